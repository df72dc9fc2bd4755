/** The webservices with everything real but the outside: directory, accounts, sockets, time. */
import type { ServerResponse } from 'node:http';
import { VirtualClock } from '@poise/clock';
import Fastify, { type FastifyInstance, type LightMyRequestResponse } from 'fastify';
import type { RequestLimits } from '../../src/commands/agent-requests.ts';
import type { DialogRequestLimits } from '../../src/commands/dialog-requests.ts';
import type { Comings } from '../../src/commands/sign-out-witness.ts';
import { CTI_LINK_DEFAULTS, CtiLink } from '../../src/cti/link.ts';
import type { CallControl, CtiAnswer } from '../../src/cti/port.ts';
import { createDesk, type Desk, type DeskDependencies } from '../../src/desk/desk.ts';
import type { MediaChannel } from '../../src/domain/media.ts';
import type { ParticipantDropRule } from '../../src/domain/participant-drop.ts';
import type { Profile } from '../../src/domain/profile.ts';
import type { ShiftListener } from '../../src/domain/shift.ts';
import { type Happening, Happenings } from '../../src/happenings.ts';
import { behindBus } from '../../src/main/cti-behind-bus.ts';
import type { ConnectedSession, RestDependencies } from '../../src/rest/dependencies.ts';
import { restPlugin } from '../../src/rest/plugin.ts';
import type { SettingKey } from '../../src/settings/keys.ts';
import type { Origin } from '../../src/settings/settings.ts';
import { ScriptedCtiServer } from '../cti/scripted-cti-server.ts';
import { eventsOf, type Step, type Style } from '../domain/call-script.ts';
import { Contract } from './contract.ts';
import { layoutsIn } from './memory-layouts.ts';
import { MemoryTeamMessages } from './memory-team-messages.ts';
import { TestAccounts } from './test-accounts.ts';
import { type TestCentreData, TestDirectorySource } from './test-directory.ts';
import { testSystemSettings } from './test-system-settings.ts';

export interface Published {
  readonly node: string;
  readonly payload: string;
}

export interface TestCentreOptions {
  readonly profile?: Partial<Profile>;
  readonly data?: TestCentreData;
  readonly requestLimits?: RequestLimits;
  readonly dialogRequestLimits?: DialogRequestLimits;
  readonly participantDrop?: ParticipantDropRule;
  readonly mediaChannels?: readonly MediaChannel[];
  readonly bodyBytesMax?: number;
  readonly comings?: Comings;
  readonly shifts?: ShiftListener;
  /** How configuration is written. Default: {@link layoutsIn}. */
  readonly change?: (directory: TestDirectorySource) => RestDependencies['change'];
  /** In force, by key. */
  readonly settings?: Partial<Record<SettingKey, unknown>>;
  /** Where they came from; default: nowhere. */
  readonly origins?: ReadonlyMap<SettingKey, Origin>;
  /** Wall ms at which the clock starts. */
  readonly startMs?: number;
  /** Shared with other centres; default: one of its own. */
  readonly clock?: VirtualClock;
  readonly nodes?: DeskDependencies['nodes'];
  /** Shared with other nodes; default: one of its own. */
  readonly teamMessages?: MemoryTeamMessages;
}

/** A call control request at the CTI port, and how it is answered. */
export interface Asked {
  readonly control: CallControl;
  readonly answered: (answer: CtiAnswer) => void;
}

const START = Date.parse('2013-04-23T22:40:08.374Z');

export class TestCentre {
  readonly clock: VirtualClock;
  readonly told: Happening[] = [];
  readonly published: Published[] = [];
  /** Called with each of them. */
  onPublish: (published: Published) => void = () => {};
  readonly happenings = new Happenings(
    () => this.clock.now(),
    (error) => {
      throw error;
    },
  );
  readonly directory: TestDirectorySource;
  readonly accounts: TestAccounts;
  readonly server: ScriptedCtiServer;
  readonly link: CtiLink;
  /** Call control that reached the CTI port. */
  readonly asked: Asked[] = [];
  /** What becomes of it; by default nothing, until the test answers. */
  onCallControl: (asked: Asked) => void = () => {};
  readonly desk: Desk;
  /** Who is connected to the notification service. */
  connected = { desktop: 0, fippa: 0, thirdparty: 0 };
  /** Sessions there, one by one. */
  sessions: readonly ConnectedSession[] = [];
  /** What the store would hold. */
  readonly teamMessages: MemoryTeamMessages;
  #ids = 0;
  /** What is answered and published has to be what the documents say. */
  readonly #contract: Contract;
  #problem: unknown;
  readonly app: FastifyInstance;
  /** The raw answer of the last request that came in. */
  lastResponse: ServerResponse | undefined;

  constructor(options: TestCentreOptions = {}) {
    const profile: Profile = { release: '11.6', deployment: 'CCE', ...options.profile };
    this.#contract = Contract.of(profile);
    this.clock = options.clock ?? new VirtualClock(options.startMs ?? START);
    this.teamMessages = options.teamMessages ?? new MemoryTeamMessages();
    this.server = new ScriptedCtiServer(this.clock);
    this.directory = new TestDirectorySource(options.data);
    this.accounts = new TestAccounts(this.directory);
    this.happenings.observe((happening) => this.told.push(happening));
    this.link = new CtiLink({
      settings: {
        ...CTI_LINK_DEFAULTS,
        a: { host: 'cti-a', port: 42027 },
        b: null,
        version: 24,
        peripheralId: 5001,
        clientSignature: 'Poise-node1',
      },
      clock: this.clock,
      happenings: this.happenings,
      connect:
        options.nodes?.gate === undefined
          ? this.server.connect
          : behindBus(this.server.connect, options.nodes.gate),
      agentIds: () => this.desk.agentIds(),
      listener: () => this.desk.ctiListener,
    });
    const node = { host: 'fin1.example', httpsPort: 8445, xmppPort: 5222, xmppSecurePort: 5223 };
    this.desk = createDesk({
      profile,
      identity: {
        primaryNode: node,
        secondaryNode: null,
        xmppDomain: 'fin1.example',
        peripheralId: 5001,
        ctiHeartbeatIntervalSeconds: 5,
        systemAuthMode: 'NON_SSO',
      },
      directory: this.directory,
      cti: this.#port(),
      notification: {
        publish: (node, payload) => {
          try {
            this.#contract.event(node, payload);
          } catch (error) {
            // Told where the test waits: whoever publishes catches what he can.
            this.#problem ??= error;
          }
          this.published.push({ node, payload });
          this.onPublish({ node, payload });
        },
      },
      clock: this.clock,
      happenings: this.happenings,
      teamMessages: this.teamMessages,
      newId: () => `00000000-0000-4000-8000-${String(++this.#ids).padStart(12, '0')}`,
      ...(options.requestLimits === undefined ? {} : { requestLimits: options.requestLimits }),
      ...(options.dialogRequestLimits === undefined
        ? {}
        : { dialogRequestLimits: options.dialogRequestLimits }),
      ...(options.comings === undefined ? {} : { comings: options.comings }),
      ...(options.shifts === undefined ? {} : { shifts: options.shifts }),
      connected: () => this.connected,
      ...(options.nodes === undefined ? {} : { nodes: options.nodes }),
      ...(options.mediaChannels === undefined ? {} : { mediaChannels: options.mediaChannels }),
      ...(options.participantDrop === undefined ? {} : { participantDrop: options.participantDrop }),
    });
    this.app = Fastify();
    this.app.addHook('onRequest', (_request, reply, next) => {
      this.lastResponse = reply.raw;
      next();
    });
    let random = 0;
    void this.app.register(
      restPlugin({
        directory: this.directory,
        ...(options.bodyBytesMax === undefined ? {} : { bodyBytesMax: options.bodyBytesMax }),
        accounts: this.accounts,
        agents: this.desk.agents,
        presenter: this.desk.presenter,
        status: this.desk.status,
        systemInfo: this.desk.systemInfo,
        maintenance: this.desk.maintenance,
        connected: () => this.sessions,
        teamMessages: this.desk.teamMessages,
        media: this.desk.media,
        change: (options.change ?? layoutsIn)(this.directory),
        commands: this.desk.context,
        systemSettings: testSystemSettings(options.settings, options.origins),
        version: '1.0.0',
        clock: this.clock,
        happenings: this.happenings,
        random: (bytes) => new Uint8Array(bytes).fill(++random % 256),
      }),
      { prefix: '/finesse/api' },
    );
  }

  /** The link, but for call control, which the test answers. */
  #port() {
    const { link, asked } = this;
    const centre = this;
    return {
      get inService() {
        return link.inService;
      },
      get info() {
        return link.info;
      },
      askAgent: link.askAgent.bind(link),
      setAgentState: link.setAgentState.bind(link),
      querySkillGroup: link.querySkillGroup.bind(link),
      callControl(control: CallControl, _cause: unknown, answered: (answer: CtiAnswer) => void) {
        const one = { control, answered };
        asked.push(one);
        centre.onCallControl(one);
      },
    };
  }

  /** What the CTI server tells of calls and agents, as scripts of test/domain. */
  play(steps: readonly Step[], style: Style = 'perDevice'): this {
    const { ctiListener } = this.desk;
    for (const step of steps) {
      if ('agent' in step) {
        const { state, extension } = step;
        const event = { type: 'state', state, extension, reasonCode: 0, pendingState: undefined } as const;
        ctiListener.agentState(step.agent, { ...event, at: this.clock.now() });
      } else {
        for (const event of eventsOf(step, style, this.clock.now())) ctiListener.call(event);
      }
      this.clock.advance(1);
    }
    return this;
  }

  /** PUT Dialog/{id} or POST User/{id}/Dialogs; `fields` become children, values that begin with `<` as they are. */
  async dialog(
    user: string,
    path: string,
    fields: Record<string, string>,
    requestId = 'r1',
  ): Promise<LightMyRequestResponse> {
    const children = Object.entries(fields)
      .map(([name, value]) => `<${name}>${value}</${name}>`)
      .join('');
    const method = path.startsWith('Dialog/') ? 'PUT' : 'POST';
    return this.call(user, method, path, `<Dialog>${children}</Dialog>`, { requestid: requestId });
  }

  /** Connected and in service. */
  static async open(options: TestCentreOptions = {}): Promise<TestCentre> {
    const centre = new TestCentre(options);
    await centre.app.ready();
    await centre.link.start();
    centre.clock.advance(50);
    centre.published.length = 0;
    centre.told.length = 0;
    return centre;
  }

  /** A request of a user whose password equals its id. `path` below /finesse/api/. */
  async call(
    user: string,
    method: 'GET' | 'PUT' | 'POST' | 'DELETE',
    path: string,
    body?: string,
    headers: Record<string, string> = {},
  ): Promise<LightMyRequestResponse> {
    const directory = this.directory.current;
    const password = (directory.user(user) ?? directory.userByName(user))?.loginId ?? user;
    const response = await this.app.inject({
      method,
      url: `/finesse/api/${path}`,
      headers: {
        authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
        ...(body === undefined ? {} : { 'content-type': 'application/xml' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: body }),
    });
    this.clock.advance(1);
    const { statusCode, body: answer } = response;
    if (body !== undefined) this.#contract.request(method, path, statusCode, body);
    this.#contract.answer(method, path, statusCode, String(response.headers['content-type'] ?? ''), answer);
    if (this.#problem !== undefined) throw this.#problem;
    return response;
  }

  /** PUT User with a requestId; `fields` become children. */
  async put(
    user: string,
    fields: Record<string, string>,
    requestId: string,
    target = user,
  ): Promise<LightMyRequestResponse> {
    const children = Object.entries(fields)
      .map(([name, value]) => `<${name}>${value}</${name}>`)
      .join('');
    return this.call(user, 'PUT', `User/${target}`, `<User>${children}</User>`, { requestid: requestId });
  }

  /** Updates that carry a requestId. */
  answers(requestId: string): Published[] {
    return this.published.filter(({ payload }) => payload.includes(`<requestId>${requestId}</requestId>`));
  }

  async close(): Promise<void> {
    if (this.#problem !== undefined) throw this.#problem;
    await this.link.stop();
    this.desk.close();
    await this.app.close();
  }
}
