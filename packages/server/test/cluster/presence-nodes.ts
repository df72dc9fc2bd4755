/** Several nodes of one centre in one process: presence watches over one hub, a CTI server that all hear, and the truth about each agent. */
import { VirtualClock } from '@poise/clock';
import { LocalHub } from '../../src/cluster/index.ts';
import { NodeCluster } from '../../src/cluster/node-cluster.ts';
import type { OwnRequest } from '../../src/commands/agent-request.ts';
import type { AgentState } from '../../src/domain/agent-state.ts';
import { unknownAgent } from '../../src/domain/agents.ts';
import { Happenings } from '../../src/happenings.ts';
import { SharedPresence } from '../../src/presence/shared-presence.ts';
import { SignOutLog } from '../../src/presence/sign-out-log.ts';
import { SignsOfLife } from '../../src/presence/signs-of-life.ts';
import { type KeptPresence, PresenceWatch } from '../../src/presence/watch.ts';
import { MemorySignOuts } from '../centre/presence-centre.ts';
import { SharedDatabase } from './shared-database.ts';
import { StandingStill } from './standing-still.ts';

/** From the request to the event unless told otherwise, ms. */
const CTI_MS = 5;

export interface NodeOptions {
  readonly kept?: Iterable<KeptPresence>;
  /** Configured. */
  readonly hosts?: readonly string[];
}

export class PresenceNode {
  readonly name: string;
  readonly still: StandingStill;
  readonly local;
  readonly cluster: NodeCluster;
  readonly watch: PresenceWatch;
  readonly shared: SharedPresence;
  readonly store = new MemorySignOuts();
  readonly log: SignOutLog;
  readonly kept = new Map<string, KeptPresence>();
  readonly problems: string[] = [];
  readonly lines: string[] = [];
  /** What this node's CTI session has told it. */
  readonly states = new Map<string, AgentState>();
  readonly centre: PresenceNodes;
  isInService = true;
  /** How long a request waits behind others of its agent, ms. */
  queueMs = 0;
  isDead = false;
  /** Other nodes do not reach it over HTTPS, nor it them. */
  isIsolated = false;
  /** It does not reach the database that nodes share. */
  isWithoutDatabase = false;

  constructor(centre: PresenceNodes, name: string, { kept = [], hosts = [] }: NodeOptions) {
    this.centre = centre;
    this.name = name;
    this.local = centre.hub.join();
    this.still = new StandingStill(centre.clock, this.local);
    const { clock } = this.still;
    const happenings = new Happenings(() => clock.now());
    happenings.observe((told) => {
      if (told.kind === 'presence.monitor') this.lines.push(`${told.event} ${told.agentId}`);
    });
    for (const [loginId, state] of centre.truth) this.states.set(loginId, state);
    for (const one of kept) this.kept.set(one.loginId, one);
    this.cluster = new NodeCluster({
      clock,
      fabric: this.still.fabric,
      secret: 'a secret of the nodes',
      self: { name, instance: `${name}-${centre.newInstance()}` },
      word: { host: name, inService: true, inMaintenance: false, version: '1', ports: {} },
      teller: { problem: (text) => this.problems.push(text), info: () => {} },
    });
    this.log = new SignOutLog({ store: this.store, clock, happenings, onProblem: () => {} }, 0);
    this.watch = new PresenceWatch(
      {
        clock,
        happenings,
        deployment: centre.leadsTo === 'LOGOUT' ? 'CCX' : 'CCE',
        graceMs: 60_000,
        resources: 'any',
        hasPeer: true,
        elsewhere: (loginId) => this.shared.elsewhere(loginId),
        isStillAbsent: (loginId) => this.shared.isStillAbsent(loginId),
        isShownElsewhere: (loginId) => this.shared.isShownElsewhere(loginId),
        changed: (loginId) => this.shared.changed(loginId),
        agent: (loginId) => ({
          ...unknownAgent(loginId),
          known: true,
          state: this.states.get(loginId) ?? 'LOGOUT',
        }),
        isSigningIn: () => false,
        isUser: () => true,
        inService: () => this.isInService,
        askSignOut: (loginId, _cause, own) => () => {
          const go = () => this.centre.asked(this, loginId, own);
          if (this.queueMs === 0) go();
          else clock.schedule(this.queueMs, go);
        },
        newId: () => `${name} ${centre.newInstance()}`,
        log: this.log,
        keep: (loginId, one) => {
          if (one === null) this.kept.delete(loginId);
          else this.kept.set(loginId, one);
          this.#flush();
        },
      },
      kept,
    );
    this.shared = new SharedPresence(
      {
        cluster: this.cluster,
        clock,
        hosts,
        inService: () => this.isInService,
        askHosts: (loginId, hosts) => centre.askHosts(loginId, hosts, this),
        ...(centre.noticeMs === undefined ? {} : { noticeMs: centre.noticeMs }),
        signs: centre.database && this.#signs(centre.database),
        onProblem: (text) => this.problems.push(text),
      },
      this.watch,
    );
  }

  #signs(database: SharedDatabase): SignsOfLife {
    const { members } = this.cluster;
    return new SignsOfLife({
      clock: this.still.clock,
      table: database.of(this),
      self: members.self,
      host: this.name,
      isSeen: (node) => members.living().some(({ name }) => name === node),
      flush: async () => this.#flush(),
    });
  }

  /** What it keeps goes to the database at once, when it can. */
  #flush(): boolean {
    return this.centre.database?.keep(this) ?? true;
  }

  async start(): Promise<void> {
    await this.cluster.members.start();
    this.watch.resumed();
    this.watch.inService();
  }

  arrives(loginId: string, resource = 'desktop'): void {
    const jid = `${loginId}@${this.name}/${resource}`;
    this.centre.came(loginId, this);
    const place = { jid, transport: 'bosh', address: '10.1.2.3' };
    this.still.when(() => this.watch.presenceChanged(loginId, jid, 'available', false, { place }));
  }

  leaves(loginId: string, resource = 'desktop'): void {
    this.centre.went(loginId, this);
    this.still.when(() =>
      this.watch.presenceChanged(loginId, `${loginId}@${this.name}/${resource}`, 'unavailable', true, {
        how: 'lost',
      }),
    );
  }

  /** SIGSTOP, SIGCONT. */
  stand(isStill: boolean): void {
    this.still.stand(isStill);
  }

  cut(isCut: boolean): void {
    this.local.cut(isCut);
  }

  /** Neither over NATS nor over HTTPS: its agents reach it, and it the database. */
  isolate(isIsolated: boolean): void {
    this.isIsolated = isIsolated;
    this.cut(isIsolated);
  }

  /** kill -9: nothing of it runs any more, and all sessions at it are over. */
  kill(): void {
    this.isDead = true;
    this.still.stand(true);
    this.centre.lost(this);
    void this.local.close();
  }

  async records() {
    await this.log.flush();
    return [...this.store.records.values()];
  }
}

export class PresenceNodes {
  readonly clock = new VirtualClock();
  /** What nodes share beside the hub; undefined: each has a file of its own. */
  readonly database: SharedDatabase | undefined;
  readonly hub = new LocalHub(this.clock, (text) => {
    throw new Error(text);
  });
  readonly nodes: PresenceNode[] = [];
  /** What the CTI server knows. */
  readonly truth = new Map<string, AgentState>();
  /** Requests that reached the CTI server. */
  readonly signOuts: { readonly node: string; readonly loginId: string; readonly at: number }[] = [];
  /** Sign-outs of somebody who was at a node, or had left one that others see for less than the grace period. */
  readonly wrong: string[] = [];
  /** Where each has a session in truth. */
  readonly #sessions = new Map<string, Set<PresenceNode>>();
  readonly #leftAt = new Map<string, number>();
  #instances = 0;
  /** From a request to its event, ms. */
  ctiMs = CTI_MS;

  /** Where a forced sign-out leads: with `presence.onDisconnect` notReady (CCE) to NOT_READY. */
  readonly leadsTo: AgentState;
  /** How late clients may notice that their node is silent. */
  readonly noticeMs: number | undefined;

  constructor({
    database = false,
    leadsTo = 'LOGOUT',
    noticeMs,
  }: {
    readonly database?: boolean;
    readonly leadsTo?: 'LOGOUT' | 'NOT_READY';
    readonly noticeMs?: number;
  } = {}) {
    this.leadsTo = leadsTo;
    this.noticeMs = noticeMs;
    this.database = database ? new SharedDatabase(this.clock) : undefined;
  }

  newInstance(): number {
    return ++this.#instances;
  }

  async node(name: string, options: NodeOptions = {}): Promise<PresenceNode> {
    const node = new PresenceNode(this, name, options);
    this.nodes.push(node);
    let isStarted = false;
    void node.start().then(() => {
      isStarted = true;
    });
    for (let k = 0; k < 200 && !isStarted; k++) await this.pass(100);
    if (!isStarted) throw new Error(`${name} does not start`);
    return node;
  }

  signsIn(...logins: string[]): void {
    for (const loginId of logins) {
      this.truth.set(loginId, 'READY');
      for (const node of this.nodes) {
        node.still.when(() => {
          node.states.set(loginId, 'READY');
          node.watch.signedIn(loginId);
        });
      }
    }
  }

  /** Lets time pass; what is promised meanwhile is kept. */
  async pass(ms: number): Promise<void> {
    const end = this.clock.monotonic() + ms;
    for (;;) {
      await new Promise<void>((done) => setImmediate(done));
      const next = this.clock.nextDelayMs;
      if (next === undefined || this.clock.monotonic() + next > end) break;
      this.clock.advance(next);
    }
    this.clock.advance(Math.max(0, end - this.clock.monotonic()));
    await new Promise<void>((done) => setImmediate(done));
  }

  /** The HTTPS question: whoever runs answers, who stands still does not; nobody listens where a process is dead. */
  async askHosts(
    loginId: string,
    hosts: readonly string[],
    by: PresenceNode,
  ): Promise<'present' | 'absent' | 'unknown'> {
    let answer: 'absent' | 'unknown' = 'absent';
    for (const host of hosts) {
      const node = this.nodes.find(({ name, isDead }) => name === host && !isDead);
      // Where nobody is to wait for clients of a node that stands still, it answers as before it did.
      const isSilent = this.noticeMs !== undefined && node?.still.isStill === true;
      if (this.isDark || by.isIsolated || node?.isIsolated === true || isSilent) answer = 'unknown';
      else if (node?.watch.isHere(loginId)) return 'present';
    }
    return answer;
  }

  /** Nodes do not answer over HTTPS either. */
  isDark = false;

  came(loginId: string, node: PresenceNode): void {
    this.#sessions.set(loginId, (this.#sessions.get(loginId) ?? new Set()).add(node));
  }

  went(loginId: string, node: PresenceNode): void {
    const at = this.#sessions.get(loginId);
    if (at?.delete(node) !== true || at.size > 0) return;
    // When he left a node that is cut off no other node can know.
    if (node.local.isReachable || this.database !== undefined)
      this.#leftAt.set(loginId, this.clock.monotonic());
    else this.#leftAt.delete(loginId);
  }

  lost(node: PresenceNode): void {
    for (const loginId of this.#sessions.keys()) this.went(loginId, node);
  }

  asked(by: PresenceNode, loginId: string, own: OwnRequest): void {
    if (!own.stillWanted()) {
      own.ended({ type: 'cancelled' });
      return;
    }
    own.sent(1);
    const at = this.clock.monotonic();
    this.signOuts.push({ node: by.name, loginId, at });
    const isHere = (this.#sessions.get(loginId)?.size ?? 0) > 0;
    if (isHere || at - (this.#leftAt.get(loginId) ?? Number.NEGATIVE_INFINITY) < 60_000)
      this.wrong.push(
        `${by.name} signed ${loginId} out at ${at}${isHere ? ', who was there' : ', too early'}`,
      );
    const state = this.leadsTo;
    this.truth.set(loginId, state);
    this.clock.schedule(this.ctiMs, () => {
      for (const node of this.nodes)
        node.still.when(() => {
          node.states.set(loginId, state);
          const isOwn = node === by;
          node.watch.signedOut({
            agentId: loginId,
            // That it led to NOT_READY is known by the word of the request alone.
            by: isOwn || state === 'NOT_READY' ? 'presence' : 'system',
            ...(!isOwn && state === 'NOT_READY' ? { node: by.name } : {}),
            actingId: '',
            requestId: '',
            state,
            reasonCode: 255,
          });
          if (isOwn) own.ended({ type: 'event' } as Parameters<OwnRequest['ended']>[0]);
        });
    });
  }
}
