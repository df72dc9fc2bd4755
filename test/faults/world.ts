/** The whole system in one process on one virtual clock: CTI server, nodes, browsers, people, and the network between them. */
import { VirtualClock } from '@poise/clock';
import { LocalHub } from '../../packages/server/src/cluster/index.ts';
import type { Happenings } from '../../packages/server/src/happenings.ts';
import { TestDirectorySource } from '../../packages/server/test/centre/test-directory.ts';
import { between, exponential, pick, type Random, streamOf, uuidOf } from './chance.ts';
import { SimCti } from './cti.ts';
import { CtiAnswers } from './cti-answers.ts';
import { SharedDatabase } from './database.ts';
import { Defect, type DefectName } from './defects.ts';
import { Deliveries } from './deliveries.ts';
import { AgentDesktop } from './desk.ts';
import { CENTRE, QUEUES } from './directory.ts';
import { Doings } from './doings.ts';
import { HubLine } from './hub-line.ts';
import { Lines } from './lines.ts';
import { Network, Wire } from './network.ts';
import { type Disk, SimNode } from './node.ts';
import { askHosts } from './peer-question.ts';
import { act, isAttentive } from './person.ts';
import { Place } from './place.ts';
import { SimProcess } from './process.ts';
import { Recording } from './record.ts';
import { RequestLedger } from './request-ledger.ts';
import { SameWords } from './same-words.ts';

export interface WorldOptions {
  readonly seed: number;
  readonly defect?: DefectName | undefined;
  readonly print?: ((line: string) => void) | undefined;
  /** How all browsers are told of events; undefined: one way or the other, by chance. */
  readonly transport?: 'websocket' | 'bosh' | undefined;
  /** How many nodes there are; default 1, which shares nothing with anybody. */
  readonly nodes?: number | undefined;
}

/** One way. To the hub it is the quicker way for some nodes, for others that to the CTI server. */
const LATENCY_MS = { cti: 2, web: 15, hub: [1, 8] } as const;
/** Mean pause between two looks at the page; of those for whom it rings, or who have called somebody about a call. */
const PAUSE_MS = 12_000;
const SHORT_PAUSE_MS = 3_000;
const CALLS_PER_SECOND = 0.08;
/** Steps in which nodes that start are waited for. */
const START_STEP_MS = 100;

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
  /** Of each node. */
  readonly places: readonly Place[];
  /** What the nodes share, where there are several. */
  readonly hub: LocalHub;
  /** What several nodes have in common beside the hub; undefined: each has a database of its own. */
  readonly database: SharedDatabase | undefined;
  /** Between the nodes' web servers: who asks whom, in either direction, by {@link between}. */
  readonly #peerWires = new Map<string, Wire>();
  readonly requests: RequestLedger;
  readonly deliveries: Deliveries;
  readonly doings: Doings;
  readonly sameWords: SameWords;
  readonly #transport: WorldOptions['transport'];
  /** Browsers by login id; none: the user has no computer now. */
  readonly desktops = new Map<string, AgentDesktop>();
  /** Items that each page got: id → the request that brought it. */
  readonly #items = new Map<SimProcess, Map<string, string | undefined>>();
  readonly #uuid: () => string;
  readonly #busy = { count: 0 };
  /** Who has signed out at the phone, until it was seen. */
  readonly signedOutAtPhone = new Set<string>();
  #peopleWork = true;
  #browsers = 0;
  #instances = 0;
  cti!: SimCti;
  /** Called before a node starts, with all that it will tell. */
  onHappenings: (happenings: Happenings, process: SimProcess) => void = () => {};
  /** Called with each node that starts. */
  onNode: (node: SimNode) => void = () => {};
  /** Faults that last now, and since when (monotonic ms) there has been none. */
  #faults = 0;
  calmSince = 0;
  /** The same of faults that nodes feel, not only their clients. */
  #nodeFaults = 0;
  nodesCalmSince = 0;
  /** When what all nodes share was emptied last, monotonic ms. */
  emptiedAt = Number.NEGATIVE_INFINITY;
  /** When a node was lost with its disk last, monotonic ms. */
  lostAt = Number.NEGATIVE_INFINITY;
  /** Until when nodes do not reach each other past the hub, monotonic ms. */
  apartUntil = Number.NEGATIVE_INFINITY;
  /** Until when a node cannot write into the database that all share, monotonic ms. */
  unwrittenUntil = Number.NEGATIVE_INFINITY;
  /** An invariant was broken at this place; the run ends. */
  broken: (invariant: string, detail: string) => void = () => {};

  constructor({ seed, defect, print, transport, nodes = 1 }: WorldOptions) {
    this.seed = seed;
    this.#transport = transport;
    this.recording = new Recording(() => this.clock.monotonic(), print);
    this.network = new Network(this.clock, this.random('network'));
    this.hub = new LocalHub(this.clock, (text) => this.broken('no internal error', text));
    const uuids = this.random('uuid');
    this.#uuid = () => uuidOf(uuids);
    this.requests = new RequestLedger(this);
    this.deliveries = new Deliveries(this);
    this.database = nodes > 1 && seed % 4 > 0 ? new SharedDatabase(this) : undefined;
    this.sameWords = new SameWords(this);
    this.doings = new Doings({ broken: (...told) => this.broken(...told) });
    this.places = Array.from({ length: nodes }, (_, index) => this.#place(index + 1, nodes === 1, defect));
  }

  /** Streams of a single node have the names that they have always had. */
  #place(number: number, isAlone: boolean, defect: DefectName | undefined): Place {
    const host = `node${number}`;
    const of = (what: string) => (isAlone ? what : `${host} ${what}`);
    const wire = (side: string) => new Wire(this.network, of(`CTI ${side}`), LATENCY_MS.cti);
    const line = isAlone ? undefined : new HubLine(host, this, this.hub, this.random(of('hub')));
    if (line !== undefined)
      line.latencyMs = Math.round(between(this.random(of('way to the hub')), ...LATENCY_MS.hub));
    return new Place({
      name: isAlone ? 'node' : host,
      host,
      ctiWires: { A: wire('A'), B: wire('B') },
      ctiAnswers: new CtiAnswers(this, this.random(of('CTI answers'))),
      defect: new Defect(defect, this.random(of('defect'))),
      random: this.random(of('node')),
      line,
      broken: (...told) => this.broken(...told),
    });
  }

  /** The first node, where there is one only; undefined while it is down. */
  get node(): SimNode | undefined {
    return this.places[0]!.node;
  }

  get disk(): Disk {
    return this.places[0]!.disk;
  }

  get ctiWires(): Place['ctiWires'] {
    return this.places[0]!.ctiWires;
  }

  /** Nodes whose processes are there, running or not. */
  get nodes(): readonly SimNode[] {
    return this.places.flatMap(({ node }) => node ?? []);
  }

  /** The node that a page works with; undefined: it is down. */
  nodeOf(desktop: AgentDesktop): SimNode | undefined {
    if (this.places.length === 1) return this.node;
    return this.places.find(({ host }) => host === desktop.host)?.node;
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

  /** Whether no fault lasts now that nodes feel. */
  get nodesCalm(): boolean {
    return this.#nodeFaults === 0;
  }

  /** @param isClients no node feels it but by what the client does */
  faultBegins(text: string, isClients = false): void {
    this.#faults++;
    if (!isClients) this.#nodeFaults++;
    this.recording.fault(text);
  }

  faultEnds(text: string, isClients = false): void {
    this.recording.fault(text);
    if (--this.#faults === 0) this.calmSince = this.now;
    if (!isClients && --this.#nodeFaults === 0) this.nodesCalmSince = this.now;
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
    await this.#startNodes();
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

  async #startNodes(): Promise<void> {
    let waiting = this.places.length;
    for (const place of this.places) {
      const started = this.startNode(place);
      if (place.line === undefined) return started;
      // A node asks the others before it serves: time has to pass.
      void started.then(() => waiting--);
    }
    while (waiting > 0) await this.pass(START_STEP_MS);
  }

  async startNode(place = this.places[0]!): Promise<void> {
    if (place.node !== undefined) return;
    const { name, host, disk, line, repetitions } = place;
    const process = new SimProcess(name, this.clock);
    const node = await SimNode.start({
      network: this.network,
      process,
      directory: this.directory,
      disk,
      host,
      wires: place.ctiWires,
      random: place.bytes,
      newId: this.#uuid,
      busy: this.#busy,
      answered: (request, status) => {
        if (place.node === node) this.requests.answered(node, request, status);
      },
      defect: place.defect,
      ctiAnswers: place.ctiAnswers,
      created: (happenings) => this.onHappenings(happenings, process),
      published: (...told) => {
        repetitions.published(...told);
        this.deliveries.published(...told);
        this.sameWords.published(...told);
      },
      ...(line === undefined
        ? {}
        : {
            centre: {
              line,
              instance: `${host}-${++this.#instances}`,
              hosts: this.places.map((one) => one.host),
              signs: this.database?.of(place, process),
              askHosts: (loginId: string, hosts: readonly string[]) =>
                askHosts(loginId, hosts, {
                  network: this.network,
                  process,
                  wireTo: (other) => this.peerWire(host, other),
                }),
            },
          }),
    });
    place.node = node;
    node.happenings.observe((happening) => {
      if (!process.alive) return;
      switch (happening.kind) {
        case 'cti.link':
          if (happening.state === 'IN_SERVICE') repetitions.recovered();
          this.line(`${name} link ${happening.state} side ${happening.side}: ${happening.reason}`);
          break;
        case 'operator':
          this.line(`${name} ${happening.level}: ${happening.text}`);
          if (happening.level === 'error') this.broken('no internal error', happening.text);
          break;
        case 'cti.sent':
          this.doings.sent(host, happening);
          if (happening.name === 'SET_AGENT_STATE_REQ')
            this.line(`${name} sends ${happening.name} ${JSON.stringify(happening.fields)}`);
          break;
        case 'presence':
          this.line(`${name} presence ${happening.jid} ${happening.type}`);
          break;
        case 'xmpp.publish':
          this.requests.published(happening.node, happening.payload, name);
          break;
        case 'notification.info':
          this.line(`${name} ${happening.line}`);
          break;
      }
    });
    this.onNode(node);
  }

  killNode(place = this.places[0]!): void {
    const { node } = place;
    place.node = undefined;
    node?.process.kill();
    if (node !== undefined) this.requests.nodeDied(node);
  }

  /** The line on which one node asks another one over HTTPS; the same in both directions. */
  peerWire(one: string, other: string): Wire {
    const name = [one, other].sort().join(' to ');
    const wire = this.#peerWires.get(name) ?? new Wire(this.network, name, LATENCY_MS.cti);
    this.#peerWires.set(name, wire);
    return wire;
  }

  /**
   * A new page for the user, on a new machine unless lines are given; it does nothing until somebody signs in.
   * @param host of the node that it is loaded from; default: any
   */
  openBrowser(loginId: string, lines?: Lines, host?: string): AgentDesktop {
    const serial = ++this.#browsers;
    const process = new SimProcess(`browser ${loginId} ${serial}`, this.clock);
    const random = this.random(`browser ${serial}`);
    const record = this.directory.current.user(loginId)!;
    this.#items.set(process, new Map());
    const desktop = new AgentDesktop({
      network: this.network,
      process,
      lines:
        lines ??
        new Lines(
          this.network,
          process.name,
          between(random, LATENCY_MS.web / 3, LATENCY_MS.web * 2),
          this.places.map((place) => place.host),
        ),
      loginId,
      transport: this.#transportBy(random),
      random,
      host: host ?? this.#firstHost(random),
      teams: record.supervisedTeamIds,
      queues: record.supervisedTeamIds.length > 0 ? QUEUES : [],
      line: (text) => this.line(text),
      item: (id, rid) => this.#item(process, loginId, id, rid),
      heard: (...told) => this.deliveries.heard(...told),
      asked: (requestId) => this.doings.asked(requestId),
      broken: (invariant, detail) => this.broken(invariant, detail),
      calmSince: () => (this.calm ? this.calmSince : Number.POSITIVE_INFINITY),
    });
    this.desktops.set(loginId, desktop);
    return desktop;
  }

  /** Where somebody opens the page: at a node that runs, if any does, for elsewhere there is no page. */
  #firstHost(random: Random): string {
    if (this.places.length === 1) return this.places[0]!.host;
    const running = this.places.filter(({ node }) => node?.process.running === true);
    return pick(random, running.length > 0 ? running : this.places).host;
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
