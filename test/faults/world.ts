/** The whole system in one process on one virtual clock: CTI server, node, browsers, people, and the network between them. */
import { VirtualClock } from '@poise/clock';
import type { Happenings } from '../../packages/server/src/happenings.ts';
import { TestDirectorySource } from '../../packages/server/test/centre/test-directory.ts';
import { between, bytesOf, exponential, type Random, streamOf, uuidOf } from './chance.ts';
import { SimCti } from './cti.ts';
import { CtiAnswers } from './cti-answers.ts';
import { Defect, type DefectName } from './defects.ts';
import { Deliveries } from './deliveries.ts';
import { AgentDesktop } from './desk.ts';
import { CENTRE, QUEUES } from './directory.ts';
import { Network, Wire } from './network.ts';
import { Disk, SimNode } from './node.ts';
import { act, isAttentive } from './person.ts';
import { SimProcess } from './process.ts';
import { Recording } from './record.ts';
import { Repetitions } from './repetitions.ts';
import { RequestLedger } from './request-ledger.ts';

export interface WorldOptions {
  readonly seed: number;
  readonly defect?: DefectName | undefined;
  readonly print?: ((line: string) => void) | undefined;
  /** How all browsers are told of events; undefined: one way or the other, by chance. */
  readonly transport?: 'websocket' | 'bosh' | undefined;
}

const LATENCY_MS = { cti: 2, web: 15 } as const;
/** Mean pause between two looks at the page; of those for whom it rings, or who have called somebody about a call. */
const PAUSE_MS = 12_000;
const SHORT_PAUSE_MS = 3_000;
const CALLS_PER_SECOND = 0.08;

/** How something that several faults may do at the same time begins and ends. */
export class Condition {
  #holders = 0;
  readonly #begin: () => void;
  readonly #end: () => void;

  constructor(begin: () => void, end: () => void) {
    this.#begin = begin;
    this.#end = end;
  }

  enter(): void {
    if (this.#holders++ === 0) this.#begin();
  }

  leave(): void {
    if (--this.#holders === 0) this.#end();
  }
}

export class World {
  readonly seed: number;
  readonly clock = new VirtualClock();
  readonly recording: Recording;
  readonly network: Network;
  readonly directory = new TestDirectorySource(CENTRE);
  readonly disk = new Disk();
  readonly ctiWires: Readonly<Record<'A' | 'B', Wire>>;
  readonly ctiAnswers: CtiAnswers;
  readonly requests: RequestLedger;
  readonly deliveries: Deliveries;
  readonly #repetitions = new Repetitions((...told) => this.broken(...told));
  readonly #defect: Defect;
  readonly #transport: WorldOptions['transport'];
  /** Browsers by login id; none: the user has no computer now. */
  readonly desktops = new Map<string, AgentDesktop>();
  /** Items that each page got: id → the request that brought it. */
  readonly #items = new Map<SimProcess, Map<string, string | undefined>>();
  readonly #uuid: () => string;
  readonly #nodeBytes: (count: number) => Uint8Array;
  readonly #busy = { count: 0 };
  /** Who has signed out at the phone, until it was seen. */
  readonly signedOutAtPhone = new Set<string>();
  #peopleWork = true;
  #browsers = 0;
  cti!: SimCti;
  /** Undefined while the node is down. */
  node: SimNode | undefined;
  /** Called before a node starts, with all that it will tell. */
  onHappenings: (happenings: Happenings, process: SimProcess) => void = () => {};
  /** Called with each node that starts. */
  onNode: (node: SimNode) => void = () => {};
  /** Faults that last now, and since when (monotonic ms) there has been none. */
  #faults = 0;
  calmSince = 0;
  /** An invariant was broken at this place; the run ends. */
  broken: (invariant: string, detail: string) => void = () => {};

  constructor({ seed, defect, print, transport }: WorldOptions) {
    this.seed = seed;
    this.#transport = transport;
    this.recording = new Recording(() => this.clock.monotonic(), print);
    this.network = new Network(this.clock, this.random('network'));
    this.ctiWires = {
      A: new Wire(this.network, 'CTI A', LATENCY_MS.cti),
      B: new Wire(this.network, 'CTI B', LATENCY_MS.cti),
    };
    const uuids = this.random('uuid');
    this.#uuid = () => uuidOf(uuids);
    this.#nodeBytes = bytesOf(this.random('node'));
    this.ctiAnswers = new CtiAnswers(this, this.random('CTI answers'));
    this.requests = new RequestLedger(this);
    this.deliveries = new Deliveries(this);
    this.#defect = new Defect(defect, this.random('defect'));
  }

  /** `presence.onDisconnect`: who is away is signed out; else made Not Ready. */
  get signsOut(): boolean {
    return this.seed % 2 === 1;
  }

  random(name: string): Random {
    return streamOf(this.seed, name);
  }

  get now(): number {
    return this.clock.monotonic();
  }

  line(text: string): void {
    this.recording.line(text);
  }

  /** Whether no fault lasts now. */
  get calm(): boolean {
    return this.#faults === 0;
  }

  faultBegins(text: string): void {
    this.#faults++;
    this.recording.fault(text);
  }

  faultEnds(text: string): void {
    this.recording.fault(text);
    if (--this.#faults === 0) this.calmSince = this.now;
  }

  newId(): string {
    return this.#uuid();
  }

  async start(): Promise<void> {
    const process = new SimProcess('cti', this.clock);
    this.cti = await SimCti.start(this.network, process, this.directory, {
      onDisconnect: this.signsOut ? 'logout' : 'notReady',
      seed: this.seed,
      log: (text) => this.line(`cti: ${text}`),
    });
    await this.startNode();
    for (const { loginId } of CENTRE.users) this.openBrowser(loginId);
    this.cti.simulation.startLoad({
      callsPerSecond: CALLS_PER_SECOND,
      durationMs: null,
      to: ['6001', '6002', '3001', '3004'],
      talk: { kind: 'exponential', meanMs: 25_000 },
      patience: { kind: 'exponential', meanMs: 60_000 },
      data: (n) => ({ variables: { 0: `customer ${n}` } }),
      seed: this.seed,
    });
    for (const { loginId } of CENTRE.users) this.#employ(loginId);
  }

  async startNode(): Promise<void> {
    if (this.node !== undefined) return;
    const process = new SimProcess('node', this.clock);
    const node = await SimNode.start({
      network: this.network,
      process,
      directory: this.directory,
      disk: this.disk,
      wires: this.ctiWires,
      random: this.#nodeBytes,
      newId: this.#uuid,
      busy: this.#busy,
      answered: (request, status) => {
        if (this.node === node) this.requests.answered(node, request, status);
      },
      defect: this.#defect,
      ctiAnswers: this.ctiAnswers,
      created: (happenings) => this.onHappenings(happenings, process),
      published: (...told) => {
        this.#repetitions.published(...told);
        this.deliveries.published(...told);
      },
    });
    this.node = node;
    node.happenings.observe((happening) => {
      if (!process.alive) return;
      switch (happening.kind) {
        case 'cti.link':
          if (happening.state === 'IN_SERVICE') this.#repetitions.recovered();
          this.line(`node link ${happening.state} side ${happening.side}: ${happening.reason}`);
          break;
        case 'operator':
          this.line(`node ${happening.level}: ${happening.text}`);
          if (happening.level === 'error') this.broken('no internal error', happening.text);
          break;
        case 'cti.sent':
          if (happening.name === 'SET_AGENT_STATE_REQ')
            this.line(`node sends ${happening.name} ${JSON.stringify(happening.fields)}`);
          break;
        case 'presence':
          this.line(`node presence ${happening.jid} ${happening.type}`);
          break;
        case 'xmpp.publish':
          this.requests.published(happening.node, happening.payload);
          break;
        case 'notification.info':
          this.line(`node ${happening.line}`);
          break;
      }
    });
    this.onNode(node);
  }

  killNode(): void {
    const { node } = this;
    this.node = undefined;
    node?.process.kill();
    this.requests.nodeDied();
  }

  /** A new page for the user, on a new machine unless a wire is given; it does nothing until somebody signs in. */
  openBrowser(loginId: string, wire?: Wire): AgentDesktop {
    const serial = ++this.#browsers;
    const process = new SimProcess(`browser ${loginId} ${serial}`, this.clock);
    const random = this.random(`browser ${serial}`);
    const record = this.directory.current.user(loginId)!;
    this.#items.set(process, new Map());
    const desktop = new AgentDesktop({
      network: this.network,
      process,
      wire:
        wire ?? new Wire(this.network, process.name, between(random, LATENCY_MS.web / 3, LATENCY_MS.web * 2)),
      loginId,
      transport: this.#transportBy(random),
      random,
      teams: record.supervisedTeamIds,
      queues: record.supervisedTeamIds.length > 0 ? QUEUES : [],
      line: (text) => this.line(text),
      item: (id, rid) => this.#item(process, loginId, id, rid),
      heard: (...told) => this.deliveries.heard(...told),
      broken: (invariant, detail) => this.broken(invariant, detail),
      calmSince: () => (this.calm ? this.calmSince : Number.POSITIVE_INFINITY),
    });
    this.desktops.set(loginId, desktop);
    return desktop;
  }

  /** Chance is asked in any case: seeds tell the same stories. */
  #transportBy(random: Random): 'websocket' | 'bosh' {
    const drawn = random() < 0.5 ? 'websocket' : 'bosh';
    return this.#transport ?? drawn;
  }

  /** No event twice; a BOSH answer that is fetched again under its rid is the same answer. */
  #item(process: SimProcess, loginId: string, id: string, rid: string | undefined): void {
    const items = this.#items.get(process)!;
    if (items.has(id) && (rid === undefined || items.get(id) !== rid))
      this.broken('no event twice', `item ${id} came to ${loginId} again`);
    items.set(id, rid);
  }

  #employ(loginId: string): void {
    const random = this.random(`person ${loginId}`);
    const look = () => {
      if (!this.#peopleWork) return;
      act({ desktop: () => this.desktops.get(loginId), random, line: (text) => this.line(text) });
      const pauseMs = isAttentive(this.desktops.get(loginId)) ? SHORT_PAUSE_MS : PAUSE_MS;
      this.clock.schedule(exponential(random, pauseMs), look);
    };
    this.clock.schedule(between(random, 0, 4_000), look);
  }

  /** People put their hands in their laps, and customers hang up. */
  rest(): void {
    this.#peopleWork = false;
    this.line('people rest');
    this.cti.simulation.stop();
  }

  /** Lets time pass. */
  async pass(ms: number): Promise<void> {
    const until = this.now + ms;
    await this.#settle();
    for (;;) {
      const nextMs = this.clock.nextDelayMs;
      if (nextMs === undefined || this.now + nextMs > until) break;
      do this.clock.runNext();
      while (this.clock.nextDelayMs === 0);
      await this.#settle();
    }
    this.clock.advance(until - this.now);
    await this.#settle();
  }

  /** Promises and the ends of turns run before time goes on. */
  async #settle(): Promise<void> {
    for (let i = 0; i < 3; i++) await turn();
    while (this.#busy.count > 0) {
      await new Promise((done) => setImmediate(done));
      if (this.#busy.count === 0) for (let i = 0; i < 3; i++) await turn();
    }
  }
}

const turn = (): Promise<void> => new Promise((done) => process.nextTick(done));
