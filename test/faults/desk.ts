/** The desktop of one user: the page's own logic and SDK, in a browser of its own. */

import { ApiError, PoiseClient, type Queue, type Update, type User } from '@poise/client';
import { DesktopController } from '../../packages/desktop/src/session/controller.ts';
import type { DesktopClient } from '../../packages/desktop/src/session/desktop-client.ts';
import { type DesktopState, Store } from '../../packages/desktop/src/session/store.ts';
import { browserFetch, browserWebSocket } from './browser.ts';
import { phoneOf } from './directory.ts';
import type { Lines } from './lines.ts';
import type { Network, Wire } from './network.ts';
import type { SimProcess } from './process.ts';

export interface DeskOptions {
  readonly network: Network;
  readonly process: SimProcess;
  readonly lines: Lines;
  /** Of the node that the page is loaded from. */
  readonly host: string;
  readonly loginId: string;
  readonly transport: 'websocket' | 'bosh';
  readonly random: () => number;
  /** Teams whose members are shown, for supervisors. */
  readonly teams: readonly number[];
  /** Queues whose figures are shown, by their numbers. */
  readonly queues: readonly number[];
  readonly line: (text: string) => void;
  readonly item: (id: string, rid: string | undefined) => void;
  /** Everything that the notification service sends to this page. */
  readonly heard: (page: AgentDesktop, xml: string, rid: string | undefined) => void;
  /** This page sends a request that changes something. */
  readonly asked: (requestId: string) => void;
  readonly broken: (invariant: string, detail: string) => void;
  /** Since when (monotonic ms) no fault has lasted; Infinity while one does. */
  readonly calmSince: () => number;
}

/** A promise of the SDK that has not been settled. */
export interface OpenPromise {
  readonly what: string;
  /** Monotonic ms. */
  readonly since: number;
}

const WATCHED = [
  'signIn',
  'setState',
  'signOut',
  'user',
  'dialogs',
  'reasonCodes',
  'team',
  'queue',
  'systemInfo',
] as const;
const CALLS = ['make', 'answer', 'hold', 'retrieve', 'drop', 'consult', 'transfer', 'conference'] as const;

const IS_WELL: ReadonlySet<string> = new Set(['connected', 'recovered', 'resumed']);
const IS_LOST: ReadonlySet<string> = new Set(['disconnected', 'reconnecting', 'failing', 'moving']);
/** In these the page leaves its node by its own wish, when the maintenance mode has long begun. */
const LEAVES: ReadonlySet<string | undefined> = new Set(['moving', 'stays']);

/** Members that could not be read are asked for again. */
const MEMBERS_AGAIN_MS = 5_000;

export class AgentDesktop {
  readonly loginId: string;
  readonly process: SimProcess;
  readonly lines: Lines;
  readonly store = new Store();
  readonly controller: DesktopController;
  readonly open = new Set<OpenPromise>();
  /** Members of the supervised teams as shown: states by login id. */
  readonly members = new Map<string, string>();
  /** Figures of queues as shown, by number ({@link figuresOf}). */
  readonly queues = new Map<number, string>();
  readonly #options: DeskOptions;
  #client: PoiseClient | undefined;
  /** Requests whose answer was heard, by node. */
  readonly #answers = new Set<string>();
  #membersHeard = 0;
  /** How often figures were told or shown, by number of the queue. */
  readonly #queuesHeard = new Map<number, number>();
  /** Monotonic ms. */
  #connectedSince = 0;
  /** The connection as the page was told last. */
  connection = 'disconnected';
  /** When it was lost last (monotonic ms), and what was told of that. A move for maintenance is no loss. */
  lost = { at: Number.NEGATIVE_INFINITY, detail: '' };

  constructor(options: DeskOptions) {
    const { process, loginId, lines } = options;
    this.#options = options;
    this.loginId = loginId;
    this.process = process;
    this.lines = lines;
    this.controller = new DesktopController(this.store, `https://${options.host}:8445`, {
      clock: process.clock,
      log: { add: (text) => options.line(`${loginId} log ${text}`), text: () => '' },
      frame: (draw) => process.clock.schedule(16, draw),
      random: options.random,
      createClient: (given) => this.#createClient(given),
    });
    this.store.subscribe(() => this.#changed());
  }

  /** The line to its first node: of one node, the only one. */
  get wire(): Wire {
    return this.lines.all[0]!;
  }

  /** Of the node that it was loaded from. */
  get firstHost(): string {
    return this.#options.host;
  }

  /** Of the node that it works with, or wants to. */
  get host(): string {
    const [node] = this.#client?.nodes ?? [];
    return node === undefined ? this.#options.host : new URL(node).hostname;
  }

  get state(): DesktopState {
    return this.store.snapshot();
  }

  /** Signed in at the page, and told that events flow. */
  get isLive(): boolean {
    return (
      this.process.running &&
      this.state.phase === 'signed-in' &&
      this.state.link === 'up' &&
      this.#client?.connected === true
    );
  }

  /** A supervisor changes the state of a member of the team. */
  supervise(member: string, state: 'NOT_READY' | 'LOGOUT'): void {
    this.#client?.setState(state, undefined, member).catch(() => {});
  }

  signIn(): Promise<void> {
    return this.controller.signIn(this.loginId, this.loginId, phoneOf(this.loginId));
  }

  #createClient(given: ConstructorParameters<typeof PoiseClient>[0]): DesktopClient {
    const { network, process, lines, transport, random, line, item, heard, asked } = this.#options;
    const browser = {
      network,
      process,
      lines,
      heard: (xml: string, rid: string | undefined) => {
        heard(this, xml, rid);
        for (const [, id] of xml.matchAll(/<item id=["']([^"']+)["']/g)) item(id!, rid);
      },
    };
    const client = new PoiseClient({
      ...given,
      transport,
      clock: process.clock,
      random,
      fetch: browserFetch(browser),
      WebSocket: browserWebSocket(browser),
    });
    this.#client = client;
    for (const name of WATCHED) this.#watch(client as never, name);
    for (const name of CALLS) this.#watch(client.calls as never, name);
    client.on('connection', (status, { detail }) => {
      if (this.#client !== client) return;
      const isWish = status === 'moving' && LEAVES.has(this.state.maintenance?.phase);
      const isLoss = IS_WELL.has(this.connection) && IS_LOST.has(status) && !isWish;
      if (isLoss && this.state.phase === 'signed-in')
        this.lost = { at: process.clock.monotonic(), detail: `${status} ${detail}` };
      this.connection = status;
      if (status === 'connected') this.#connectedSince = process.clock.monotonic();
      line(`${this.loginId} connection ${status} ${detail}`);
      if (status === 'recovered') void this.#readMembers(client);
    });
    client.on('asked', asked);
    client.on('update', (update) => {
      this.#heardTwice(update);
      this.#memberUpdate(update);
      this.#queueUpdate(update);
    });
    const nodes = [
      ...this.#options.queues.map((queue) => `/finesse/api/Queue/${queue}`),
      ...this.#options.teams.map((team) => `/finesse/api/Team/${team}/Users`),
    ];
    // What is read before the first subscription is made may change unheard; later ones are made before `recovered`.
    void Promise.all(nodes.map((node) => client.subscribe(node))).then(
      () => this.#readMembers(client),
      () => {},
    );
    return client;
  }

  /** Notes the promise of each call until it is settled. */
  #watch(of: Record<string, (...args: unknown[]) => Promise<unknown>>, name: string): void {
    const original = of[name]!;
    const { clock } = this.#options.process;
    of[name] = (...args) => {
      const entry = { what: `${name}(${args.map(String).join(', ')})`, since: clock.monotonic() };
      this.open.add(entry);
      const promise = original.apply(of, args);
      promise.then(
        () => this.open.delete(entry),
        (error: unknown) => {
          this.open.delete(entry);
          this.#rejected(entry, error);
        },
      );
      return promise;
    };
  }

  #rejected({ what, since }: OpenPromise, error: unknown): void {
    const { line, broken, calmSince } = this.#options;
    line(`${this.loginId} ${what} failed: ${String(error)}`);
    // While nothing was wrong and the connection stood, an accepted request has its event.
    if (
      error instanceof ApiError &&
      error.status === 408 &&
      Math.max(calmSince(), this.#connectedSince) <= since
    )
      broken('every request answered once', `${this.loginId} ${what}: ${error.message}`);
  }

  #heardTwice({ node, requestId }: Update): void {
    if (requestId === '') return;
    const key = `${node} ${requestId}`;
    if (this.#answers.has(key))
      this.#options.broken(
        'no event twice',
        `${this.loginId} heard request ${requestId} answered twice on ${node}`,
      );
    this.#answers.add(key);
  }

  #memberUpdate({ node, data, event }: Update): void {
    if (!/\/Team\/\d+\/Users$/.test(node)) return;
    this.#membersHeard++;
    if (data.type === 'user' && event !== 'DELETE') this.#showMember(data.user);
  }

  #showMember({ loginId, state, stateChangeTime }: User): void {
    if (loginId !== '') this.members.set(loginId, `${state} ${stateChangeTime?.toISOString() ?? ''}`);
  }

  #queueUpdate({ node, data }: Update): void {
    if (data.type === 'queue' && /\/Queue\/\d+$/.test(node)) this.#showQueue(data.queue);
  }

  #showQueue({ id, statistics }: Queue): void {
    const number = Number(id);
    this.#queuesHeard.set(number, (this.#queuesHeard.get(number) ?? 0) + 1);
    this.queues.set(number, figuresOf(statistics));
  }

  /** As the page does with calls: read again when an event came meanwhile. */
  async #readMembers(client: PoiseClient): Promise<void> {
    try {
      for (const id of this.#options.teams) {
        for (let reads = 0; reads < 5; reads++) {
          const heard = this.#membersHeard;
          const { users } = await client.team(id);
          if (heard !== this.#membersHeard) continue;
          for (const user of users) this.#showMember(user);
          break;
        }
      }
      for (const number of this.#options.queues) {
        const heard = this.#queuesHeard.get(number);
        const queue = await client.queue(number);
        if (heard === this.#queuesHeard.get(number)) this.#showQueue(queue);
      }
    } catch {
      const { clock } = this.#options.process;
      clock.schedule(MEMBERS_AGAIN_MS, () => {
        if (this.#client === client && client.connected) void this.#readMembers(client);
      });
    }
  }

  #shown = '';
  #changed(): void {
    const { phase, link, user, calls, pending } = this.state;
    const dialogs = calls.dialogs.map(
      ({ id, participants }) =>
        `${id}(${participants.map(({ mediaAddress, state }) => `${mediaAddress} ${state}`).join(', ')})`,
    );
    const shown = `${phase} ${link} ${user?.state ?? '-'} ${pending ?? ''} ${dialogs.join(' ')}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#options.line(`${this.loginId} shows ${shown}`);
  }
}

/** Counts of a queue as text. When the longest call began is told to the second only, and left out. */
export const figuresOf = (statistics: object): string =>
  Object.entries(statistics)
    .filter(([name]) => name !== 'startTimeOfLongestCallInQueue')
    .map(([name, value]) => `${name} ${value ?? -1}`)
    .sort()
    .join(', ');
