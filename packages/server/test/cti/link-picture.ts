/** The CTI link with a picture of agents and calls behind it, and a scripted CTI server before it. */
import { VirtualClock } from '@poise/clock';
import { CTI_LINK_DEFAULTS, CtiLink } from '../../src/cti/link.ts';
import type { CtiListener } from '../../src/cti/listener.ts';
import type { CallControl, CtiAnswer } from '../../src/cti/port.ts';
import { AgentBook } from '../../src/domain/agents.ts';
import type { DialogChange } from '../../src/domain/dialog.ts';
import { DialogBook } from '../../src/domain/dialogs.ts';
import { type Happening, Happenings } from '../../src/happenings.ts';
import { summary } from '../domain/call-script.ts';
import { ScriptedCtiServer } from './scripted-cti-server.ts';

export interface LinkPictureOptions {
  readonly agents: readonly string[];
  /** Questions in flight during recovery, always; absent: as for a foreign server. */
  readonly window?: number;
  /** The CTI server has two sides, `a` and `b`. */
  readonly twoSides?: boolean;
  /** Side `b` is a server of its own: {@link LinkPicture.sideB}. */
  readonly sidesApart?: boolean;
}

export class LinkPicture {
  readonly clock = new VirtualClock();
  /** Side `a`, or both. */
  readonly server = new ScriptedCtiServer(this.clock, 5000);
  readonly sideB = new ScriptedCtiServer(this.clock, 5000);
  readonly agents = new AgentBook('CCE');
  readonly told: DialogChange[] = [];
  readonly happenings = new Happenings(() => this.clock.now());
  readonly observed: Happening[] = [];
  /** Agents and states of answers that came while in service. */
  readonly checked: string[] = [];
  /** Monotonic ms at which the link was in service, each time. */
  readonly inServiceAt: number[] = [];
  /** Side and monotonic ms of each attempt to connect. */
  readonly attempts: string[] = [];
  readonly dialogs: DialogBook;
  readonly link: CtiLink;

  constructor({ agents, window, twoSides = false, sidesApart = false }: LinkPictureOptions) {
    const { clock } = this;
    this.dialogs = this.book();
    this.happenings.observe((happening) => this.observed.push(happening));
    this.link = new CtiLink({
      settings: {
        ...CTI_LINK_DEFAULTS,
        a: { host: 'a', port: 42027 },
        b: twoSides || sidesApart ? { host: 'b', port: 43027 } : null,
        version: 24,
        peripheralId: 5000,
        clientSignature: 'Poise-node1',
        ...(window === undefined ? {} : { recoveryWindow: { least: window, most: window } }),
      },
      clock,
      happenings: this.happenings,
      connect: (address, events) => {
        this.attempts.push(`${address.host} ${clock.monotonic()}`);
        const server = sidesApart && address.host === 'b' ? this.sideB : this.server;
        return server.connect(address, events);
      },
      agentIds: () => agents.map((loginId, index) => ({ loginId, skillTargetId: 5_000 + index })),
      listener: () => this.#listener,
    });
    this.dialogs.suspend();
  }

  private book(): DialogBook {
    return new DialogBook({
      agents: this.agents,
      queueName: () => undefined,
      deployment: 'CCE',
      clock: this.clock,
      late: (changes) => this.told.push(...changes),
    });
  }

  readonly #listener: CtiListener = {
    agentState: (agentId, event) => {
      const { agent } = this.agents.apply(agentId, event);
      this.told.push(...this.dialogs.agentChanged(agent, event.at));
    },
    agentSnapshot: (agentId, event) => {
      const { agent } = this.agents.apply(agentId, event);
      this.told.push(...this.dialogs.agentChanged(agent, this.clock.now()));
    },
    agentChecked: (agentId, event) => {
      this.checked.push(`${agentId} ${event.state}`);
      this.#listener.agentSnapshot(agentId, event);
    },
    agentSince: (agentId, event) => void this.agents.apply(agentId, event),
    call: (event) => {
      const isKnown =
        event.type === 'snapshot' &&
        this.dialogs.isAt(event.callId, event.reportedBy) &&
        !this.dialogs.isInDoubt(event.callId) &&
        !this.dialogs.isPartial(event.callId);
      if (!this.link.inService || !isKnown) this.told.push(...this.dialogs.apply(event));
    },
    preCall: (call) => this.dialogs.expect(call),
    callsAt: (extension, callIds) =>
      void this.told.push(...this.dialogs.listed(extension, callIds, this.clock.now())),
    untold: (what) => {
      if ('callId' in what) this.dialogs.keep([what.callId]);
      else if ('extension' in what) this.dialogs.keepAt(what.extension);
      else this.dialogs.keepAt(this.agents.get(what.agentId).extension);
    },
    inService: () => {
      this.inServiceAt.push(this.clock.monotonic());
      this.told.push(...this.dialogs.resume(this.clock.now()));
    },
    recoveryBegins: () => this.dialogs.begin(),
    outOfService: () => this.dialogs.suspend(),
  };

  async start(): Promise<this> {
    await this.link.start();
    this.clock.advance(50);
    return this;
  }

  control(request: CallControl): CtiAnswer[] {
    const answers: CtiAnswer[] = [];
    this.link.callControl(request, { requestId: 'r1' }, (answer) => answers.push(answer));
    this.clock.advance(1);
    return answers;
  }

  /** What a user's node got since the last look. */
  news(viewer: string): string[] {
    return this.told.filter((change) => change.viewer === viewer).map(summary);
  }

  forgetNews(): void {
    this.told.length = 0;
  }

  /** Requests of a kind that came to the server. */
  requests(name: string) {
    return this.server.received.filter((message) => message.name === name);
  }
}
