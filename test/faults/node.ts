/** One node: webservices and notification service in one simulated process, composed as main.ts composes them. */
import Fastify, { type FastifyInstance } from 'fastify';
import { createNodePolicy } from '../../packages/server/src/accounts/node-policy.ts';
import { BusGate, ClusterPart, type Fabric, NodeCluster } from '../../packages/server/src/cluster/index.ts';
import { forceSignOut } from '../../packages/server/src/commands/force-sign-out.ts';
import { CTI_LINK_DEFAULTS, CtiLink } from '../../packages/server/src/cti/link.ts';
import { createDesk, type Desk } from '../../packages/server/src/desk/desk.ts';
import { createServices, type Services } from '../../packages/server/src/desk/services.ts';
import type { SignOutRecord } from '../../packages/server/src/domain/presence.ts';
import type { Shift } from '../../packages/server/src/domain/shift.ts';
import { Happenings } from '../../packages/server/src/happenings.ts';
import {
  ShiftBook,
  type ShiftChange,
  type ShiftStore,
} from '../../packages/server/src/history/shift-book.ts';
import { identityOf } from '../../packages/server/src/main/addresses.ts';
import { behindBus } from '../../packages/server/src/main/cti-behind-bus.ts';
import { nodesOf } from '../../packages/server/src/main/nodes.ts';
import { nodesPlugin } from '../../packages/server/src/peers/nodes-plugin.ts';
import {
  type KeptPresence,
  KeptPresences,
  PresenceWatch,
  SharedPresence,
  SignOutLog,
} from '../../packages/server/src/presence/index.ts';
import { SignsOfLife, type SignTable } from '../../packages/server/src/presence/signs-of-life.ts';
import { restPlugin } from '../../packages/server/src/rest/plugin.ts';
import type { Settings } from '../../packages/server/src/settings/settings.ts';
import { XmppHost } from '../../packages/server/src/xmpp-host/index.ts';
import {
  StoredSubscriptions,
  type SubscriptionStore,
} from '../../packages/server/src/xmpp-host/kept-subscriptions.ts';
import { MemoryTeamMessages } from '../../packages/server/test/centre/memory-team-messages.ts';
import { TestAccounts } from '../../packages/server/test/centre/test-accounts.ts';
import type { TestDirectorySource } from '../../packages/server/test/centre/test-directory.ts';
import { testSystemSettings } from '../../packages/server/test/centre/test-system-settings.ts';
import { CTI_PORTS, ctiSockets, type Side } from './cti.ts';
import type { CtiAnswers } from './cti-answers.ts';
import type { Defect } from './defects.ts';
import type { HubLine } from './hub-line.ts';
import type { Network, Wire } from './network.ts';
import type { SimProcess } from './process.ts';
import { serve, type WebServerOptions } from './web-server.ts';

/** What outlives the process: the store. It may be full. */
export class Disk implements SubscriptionStore {
  full = false;
  readonly #kept = new Map<string, KeptPresence>();
  readonly #signOuts = new Map<number, SignOutRecord>();
  readonly #shifts = new Map<string, Shift>();
  #lastEntry = 0;
  readonly teamMessages = new MemoryTeamMessages();
  readonly #subscriptions = new Map<string, Parameters<SubscriptionStore['write']>[0][number]>();

  async all() {
    return [...this.#subscriptions.values()];
  }

  async write(...[saved, removed]: Parameters<SubscriptionStore['write']>): Promise<void> {
    this.#check();
    for (const record of saved) this.#subscriptions.set(`${record.loginId} ${record.node}`, record);
    for (const { loginId, node } of removed) this.#subscriptions.delete(`${loginId} ${node}`);
  }

  /** The team messages as the webservices write them. */
  readonly messages = {
    all: () => this.teamMessages.all(),
    create: async (...args: Parameters<MemoryTeamMessages['create']>) => {
      this.#check();
      return this.teamMessages.create(...args);
    },
    remove: async (...args: Parameters<MemoryTeamMessages['remove']>) => {
      this.#check();
      return this.teamMessages.remove(...args);
    },
  };

  readonly presences = {
    all: async () => [...this.#kept.values()],
    write: async (saved: readonly KeptPresence[], removed: readonly string[]) => {
      this.#check();
      for (const kept of saved) this.#kept.set(kept.loginId, kept);
      for (const loginId of removed) this.#kept.delete(loginId);
    },
  };

  /** Of these users, as other nodes on a shared database read it. */
  keptOf(loginIds: readonly string[]): KeptPresence[] {
    return loginIds.flatMap((loginId) => this.#kept.get(loginId) ?? []);
  }

  readonly signOuts = {
    lastId: async () => Math.max(0, ...this.#signOuts.keys()),
    save: async (records: readonly SignOutRecord[]) => {
      this.#check();
      for (const record of records) this.#signOuts.set(record.id, record);
    },
    open: async () => [...this.#signOuts.values()].filter(({ endedAt }) => endedAt === null),
    // There is one node.
    endOf: async () => [],
    find: async () => [...this.#signOuts.values()],
  };

  /** How many sign-outs of a user are recorded here, without those that a supervisor has asked for. */
  signOutsOf(loginId: string): number {
    return [...this.#signOuts.values()].filter(
      ({ agentId, cause }) => agentId === loginId && cause !== 'supervisor',
    ).length;
  }

  /** What the history of shifts needs at a start; entries that are over are never read here. */
  readonly shifts: ShiftStore = {
    all: async () => [...this.#shifts.values()],
    lastId: async () => this.#lastEntry,
    find: async () => [],
    write: async (changes: readonly ShiftChange[]) => {
      this.#check();
      for (const change of changes) {
        if (change.type === 'entry') this.#lastEntry = change.id;
        if (change.type === 'shift') this.#shifts.set(change.shift.loginId, change.shift);
        if (change.type === 'gone') this.#shifts.delete(change.loginId);
      }
    },
  };

  #check(): void {
    if (this.full) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  }
}

export interface NodeOptions {
  readonly network: Network;
  readonly process: SimProcess;
  readonly directory: TestDirectorySource;
  readonly disk: Disk;
  readonly host: string;
  readonly wires: Readonly<Record<Side, Wire>>;
  readonly ctiAnswers: CtiAnswers;
  readonly random: (bytes: number) => Uint8Array;
  readonly newId: () => string;
  readonly answered: WebServerOptions['answered'];
  readonly busy: WebServerOptions['busy'];
  readonly defect: Defect;
  /** The other nodes; absent: there are none. */
  readonly centre?: Centre;
  /** Before anything happens: whoever keeps logs listens from here. */
  created(happenings: Happenings): void;
  /** The notification service is about to publish. */
  published(node: SimNode, name: string, payload: string): void;
}

/** What a node has in common with others. */
export interface Centre {
  readonly line: HubLine;
  /** Of this process. */
  readonly instance: string;
  /** Of all nodes: the first two are configured at each as the pair, the rest as others. */
  readonly hosts: readonly string[];
  /** The database that all share; undefined: each has its own. */
  readonly signs: SignTable | undefined;
  /** Asks other nodes past the line, as over HTTPS. */
  askHosts(loginId: string, hosts: readonly string[]): Promise<'present' | 'absent' | 'unknown'>;
}

/** Where a node's web server listens. */
export const webAt = (host: string): string => `web:${host}`;
/** `presence.grace`. */
export const GRACE_MS = 60_000;
/** As `main/presence.ts` has it with the settings' own times: how late clients of a node may notice that it stands still. */
export const NOTICE_MS = 180_000;

export class SimNode {
  readonly process: SimProcess;
  readonly happenings: Happenings;
  readonly link: CtiLink;
  readonly desk: Desk;
  readonly notification: XmppHost;
  readonly watch: PresenceWatch;
  /** With other nodes: its part of what they share, for its health. */
  readonly part: ClusterPart | undefined;
  readonly fabric: Fabric | undefined;
  readonly shared: SharedPresence | undefined;
  readonly host: string;
  readonly #services: Services;
  readonly #app: FastifyInstance;

  private constructor(options: NodeOptions, kept: Kept) {
    const { happenings, subscriptions, presences, signOuts, shifts, watched } = kept;
    const { network, process, directory, disk, wires, random, newId, defect, host, centre } = options;
    const { clock } = process;
    this.process = process;
    this.host = host;
    this.happenings = happenings;
    const nodes = centre && clusterOf(host, centre, process, happenings);
    this.part = nodes?.part;
    this.fabric = nodes?.cluster.fabric;
    const settings = settingsOf(host, centre);
    const told = nodesOf(settings, nodes?.cluster.members);
    const accounts = new TestAccounts(directory);
    this.notification = new XmppHost({
      clock,
      happenings,
      accounts,
      nodes: createNodePolicy({ directory, deployment: 'CCE', access: 'roles' }),
      directory,
      domain: settings.domain,
      eventForm: '11.6',
      version: '0',
      subscriptions,
      presence: {
        presenceChanged: (...news) => {
          if (defect.tellsPresence(news[0], news[2])) this.watch.presenceChanged(...news);
          else happenings.publish('presence', { jid: news[1], type: news[2] }, { user: news[0] });
        },
      },
      ...(nodes === undefined ? {} : { hasPeer: true }),
      random,
      // One address for all the browsers of the simulation.
      limits: { answerGapMs: 1 },
      nextTurn: (goOn) => void clock.schedule(0, goOn),
    });
    this.link = new CtiLink({
      settings: {
        ...CTI_LINK_DEFAULTS,
        a: { host: 'cti', port: CTI_PORTS.A },
        b: { host: 'cti', port: CTI_PORTS.B },
        version: 24,
        peripheralId: 5000,
        clientSignature: `Poise-${host}`,
      },
      clock,
      happenings,
      connect:
        nodes === undefined
          ? ctiSockets(network, process, wires, options.ctiAnswers)
          : behindBus(ctiSockets(network, process, wires, options.ctiAnswers), nodes.gate),
      agentIds: () => this.desk.agentIds(),
      listener: () => this.desk.ctiListener,
    });
    this.desk = createDesk({
      profile: { release: '11.6', deployment: 'CCE' },
      identity: identityOf(settings, told.pair),
      directory,
      cti: this.link,
      notification: {
        publish: (node, payload) => {
          for (const told of defect.payloads(payload)) {
            options.published(this, node, told);
            this.notification.publish(node, told);
          }
        },
      },
      teamMessages: disk.messages,
      newId,
      comings: {
        signedIn: (loginId) => this.watch.signedIn(loginId),
        signedOut: (going) => this.watch.signedOut(going),
        idle: (agent) => this.watch.idle(agent),
      },
      shifts,
      ...(nodes === undefined ? {} : { nodes: { bus: nodes.cluster, gate: nodes.gate } }),
      clock,
      happenings,
    });
    const { desk } = this;
    this.watch = new PresenceWatch(
      {
        clock,
        happenings,
        deployment: 'CCE',
        graceMs: GRACE_MS,
        resources: 'any',
        hasPeer: nodes !== undefined,
        ...(nodes === undefined
          ? {}
          : {
              elsewhere: async (loginId) => (await this.shared?.elsewhere(loginId)) ?? 'cutOff',
              isStillAbsent: (loginId) => this.shared?.isStillAbsent(loginId) ?? true,
              isShownElsewhere: (loginId) => this.shared?.isShownElsewhere(loginId) ?? false,
              changed: (loginId) => this.shared?.changed(loginId),
            }),
        agent: (loginId) => desk.agents.get(loginId),
        isSigningIn: (loginId) => desk.requests.isSigningIn(loginId),
        isUser: (loginId) => directory.current.user(loginId)?.loginId === loginId,
        inService: () => desk.status.inService,
        askSignOut(loginId, cause, own) {
          const record = directory.current.user(loginId);
          return record && forceSignOut(desk.context, record, cause, own);
        },
        newId,
        log: signOuts,
        keep: (loginId, one) => presences.keep(loginId, one),
      },
      watched,
    );
    this.shared =
      nodes &&
      new SharedPresence(
        {
          cluster: nodes.cluster,
          clock,
          hosts: centre!.hosts.slice(0, 2).filter((one) => one !== host),
          inService: () => desk.status.inService,
          noticeMs: defect.noticeMs(NOTICE_MS),
          askHosts: (...asked) => centre!.askHosts(...asked),
          signs:
            centre!.signs &&
            new SignsOfLife({
              clock,
              table: centre!.signs,
              self: nodes.cluster.members.self,
              host,
              isSeen: (node) => nodes.cluster.members.living().some(({ name }) => name === node),
              flush: () => presences.flush(),
            }),
          onProblem: (text) => happenings.publish('operator', { level: 'warn', text }),
        },
        this.watch,
      );
    this.#services = createServices({
      status: desk.status,
      link: this.link,
      notification: this.notification.name,
      setServicePresence: (available) => this.notification.setServicePresence(available),
      watch: this.watch,
      detail: () => ({}),
    });
    desk.status.onChange((status) => {
      if (status === 'IN_SERVICE') this.watch.inService();
      else this.watch.outOfService();
      nodes?.cluster.members.say({ inService: status === 'IN_SERVICE' });
    });
    if (nodes !== undefined) {
      told.onPair(() => desk.notifier.publishSystemInfo());
      desk.maintenance.onChange(() =>
        nodes.cluster.members.say({ inMaintenance: desk.maintenance.state.mode !== null }),
      );
    }
    this.#app = Fastify();
    const {
      agents,
      presenter,
      status,
      systemInfo,
      maintenance,
      teamMessages,
      media,
      context: commands,
    } = this.desk;
    this.#app.register(
      restPlugin({
        directory,
        accounts,
        agents,
        presenter,
        status,
        systemInfo,
        maintenance,
        teamMessages,
        media,
        change: () => Promise.reject(new Error('The configuration stays as it is.')),
        commands,
        systemSettings: testSystemSettings(),
        version: '1.0.0',
        clock,
        happenings,
        random,
      }),
      { prefix: '/finesse/api' },
    );
    if (nodes !== undefined)
      this.#app.register(
        nodesPlugin(() =>
          told.list({ inService: status.inService, inMaintenance: maintenance.state.mode !== null }),
        ),
        { prefix: '/poise/api' },
      );
    // Its life ends with the process; there is nothing to release.
    process.onDeath(() => this.desk.close());
  }

  static async start(options: NodeOptions): Promise<SimNode> {
    const { process, disk, network, answered, busy } = options;
    const { clock } = process;
    const onProblem = () => {};
    const subscriptions = await StoredSubscriptions.open({ store: disk, clock, onProblem });
    const presences = new KeptPresences({ store: disk.presences, clock, onProblem });
    const happenings = new Happenings(() => clock.now());
    options.created(happenings);
    const signOuts = await SignOutLog.open({ store: disk.signOuts, clock, happenings, onProblem });
    const shifts = await ShiftBook.open({
      store: disk.shifts,
      clock,
      directory: options.directory,
      onProblem,
    });
    const watched = await presences.all();
    const node = new SimNode(options, { happenings, subscriptions, presences, signOuts, shifts, watched });
    await node.#app.ready();
    await node.desk.teamMessages.load();
    await node.part?.start();
    await node.startNotification();
    await node.#services.cti.start();
    await node.#services.webservices.start();
    const web = {
      app: node.#app,
      notification: node.notification,
      has: (loginId: string) => ['present', 'away', 'unknown'].includes(node.watch.phaseOf(loginId)),
      answered,
      busy,
    };
    network.listen(webAt(options.host), process, (end) => serve(end, web));
    return node;
  }

  async startNotification(): Promise<void> {
    await this.notification.start();
    this.#services.partChanged(this.notification.name, 'started');
  }

  async stopNotification(): Promise<void> {
    this.#services.partChanged(this.notification.name, 'stopping');
    await this.notification.stop();
    this.#services.partChanged(this.notification.name, 'stopped');
  }
}

/** What the process finds on its disk. */
interface Kept {
  /** What the process tells; the log of forced sign-outs tells there, too. */
  readonly happenings: Happenings;
  readonly subscriptions: StoredSubscriptions;
  readonly presences: KeptPresences;
  readonly signOuts: SignOutLog;
  readonly shifts: ShiftBook;
  readonly watched: readonly KeptPresence[];
}

/** A pair is configured; further nodes are known by what they say of themselves. */
function settingsOf(host: string, centre: Centre | undefined): Settings {
  const [primary = host, secondary = '', ...others] = centre?.hosts ?? [];
  const settings = {
    // With one node, clients need not know it by its name.
    domain: centre === undefined ? 'desk.example' : host,
    node: { name: host, primary, secondary, others },
    ports: { http: null, https: 8445, xmpp: 5222, xmppTls: 5223 },
    http: { corsOrigins: [], allowInsecure: false },
    cti: { peripheralId: 5000, heartbeat: 5_000 },
    sso: { systemAuthMode: 'NON_SSO' },
  };
  return settings as unknown as Settings;
}

/** As `main/cluster.ts`, over the line of this place. */
function clusterOf(
  host: string,
  { line, instance }: Centre,
  process: SimProcess,
  happenings: Happenings,
): { readonly cluster: NodeCluster; readonly part: ClusterPart; readonly gate: BusGate } {
  const fabric: Fabric = line.join(process);
  const teller = {
    problem: (text: string) => happenings.publish('operator', { level: 'warn', text }),
    info: (text: string) => happenings.publish('operator', { level: 'info', text }),
  };
  const { clock } = process;
  const cluster = new NodeCluster({
    clock,
    fabric,
    secret: 'a secret of the nodes',
    self: { name: host, instance },
    word: { host, inService: false, inMaintenance: false, version: '1.0.0', ports: { https: 8445 } },
    teller,
  });
  const engine = {
    connect: () => {},
    suspend: async () => {},
    reason: 'the line is down',
    server: 'hub',
    counts: { dropped: 0, published: 0, heard: 0 },
  };
  const gate = new BusGate({
    clock,
    fabric,
    isNeeded: () => cluster.members.living().length > 0,
    afterReading: (then) => void clock.schedule(0, then),
  });
  return { cluster, part: new ClusterPart({ clock, cluster, engine, teller }), gate };
}
