/**
 * What the nodes show each other in bucket `presence`: who has a session where, and who is waited for where. Read from a watch, so that
 * it is at hand; written behind. docs/cluster.md
 */
import type { Clock } from '@poise/clock';
import { type Cluster, type Entry, type Registry, wordOf } from '../cluster/index.ts';
import type { SessionPlace } from '../domain/presence.ts';
import { WriteBehind } from '../store/write-behind.ts';
import type { ShownPresence } from './watched.ts';

/** What a process of a node shows of a user. */
export interface BookedPresence extends ShownPresence {
  /** He was at a node that fell silent, which may be news to his client: its host, null where it is not known, and for how long, ms. */
  readonly uninformed?: { readonly host: string | null; readonly forMs: number };
}

/** … with who has written it. */
export interface BookEntry extends BookedPresence {
  readonly node: string;
  readonly instance: string;
  readonly revision: number;
  /** When it was read, monotonic ms. */
  readonly at: number;
}

export interface PresenceBookOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  /** What this node shows of a user now; undefined: nothing. */
  readonly shownOf: (loginId: string) => BookedPresence | undefined;
  /** All of whom it shows anything. */
  readonly shown: () => Iterable<string>;
  /** What another process shows of a user has come or changed. */
  readonly onShown: (entry: BookEntry) => void;
  /** {@link PresenceBook.isCurrent} has changed. */
  readonly onCurrent: () => void;
  /** What a node has written was not taken; told once of each node. */
  readonly onProblem: (text: string) => void;
}

const WRITE_AFTER_MS = 20;
/** Writes under way at once. */
const BATCH = 64;
/** Nodes that are told of. */
const REFUSED_MAX = 100;

export class PresenceBook {
  readonly #options: PresenceBookOptions;
  readonly #registry: Registry;
  readonly #behind: WriteBehind<string, null>;
  /** By login id, then by name of the node. */
  readonly #entries = new Map<string, Map<string, BookEntry>>();
  /** By key: what a removal is of. */
  readonly #logins = new Map<string, { readonly loginId: string; readonly node: string }>();
  /** Nodes of which something was refused. */
  readonly #refused = new Set<string>();
  readonly #ends: (() => void)[];
  #isCurrent = false;

  constructor(options: PresenceBookOptions) {
    const { cluster, clock } = options;
    this.#options = options;
    this.#registry = cluster.fabric.registry('presence');
    this.#behind = new WriteBehind({
      clock,
      afterMs: WRITE_AFTER_MS,
      batch: BATCH,
      write: async (batch) => {
        await Promise.all(batch.map(([loginId]) => this.#write(loginId)));
      },
      // Out of reach: health and the operator know already. All is written anew when it is back.
      onProblem: () => {},
    });
    this.#ends = [
      this.#registry.watch('', {
        changed: (entry) => this.#changed(entry),
        removed: (key) => this.#removed(key),
        current: () => this.#current(),
      }),
      cluster.fabric.onReachable((isReachable) => {
        if (!isReachable) this.#setCurrent(false);
      }),
    ];
  }

  /** Entries of this and other processes, for diagnostics. */
  get size(): number {
    return this.#logins.size;
  }

  /** Whether everything that others have written is known. */
  get isCurrent(): boolean {
    return this.#isCurrent && this.#options.cluster.fabric.isReachable;
  }

  /** What all processes show of a user, this one and dead ones included. */
  of(loginId: string): Iterable<BookEntry> {
    return this.#entries.get(loginId)?.values() ?? [];
  }

  *all(): Iterable<BookEntry> {
    for (const byNode of this.#entries.values()) yield* byNode.values();
  }

  /** What this node shows of a user has changed. */
  note(loginId: string): void {
    this.#behind.set(loginId, null);
  }

  /** Writes at once what this node shows of a user. @throws UnreachableError */
  write(loginId: string): Promise<void> {
    return this.#write(loginId);
  }

  /** Removes what a process that is gone has shown, unless somebody has written since. @throws UnreachableError */
  async remove({ loginId, node, revision }: BookEntry): Promise<void> {
    await this.#registry.remove(keyOf(loginId, node), revision);
  }

  /** Writes what waits; for the end. */
  flush(): Promise<void> {
    return this.#behind.flush();
  }

  close(): void {
    for (const end of this.#ends) end();
  }

  async #write(loginId: string): Promise<void> {
    const { cluster, shownOf } = this.#options;
    const key = keyOf(loginId, cluster.members.self.name);
    const shown = shownOf(loginId);
    if (shown === undefined) await this.#registry.remove(key);
    else await this.#registry.put(key, cluster.seal(`presence/${key}`, 'presence', shown));
  }

  #changed({ key, value, revision }: Entry): void {
    const { cluster, clock, onShown } = this.#options;
    const notice = cluster.open(`presence/${key}`, value);
    if (notice === undefined) {
      this.#overwritten(key, revision);
      return;
    }
    const { node, instance } = notice;
    const shown = shownIn(notice.body);
    // Each node writes of itself alone.
    if (shown === undefined || key !== keyOf(shown.loginId, node)) {
      this.#refuse(key, node, shown === undefined ? 'malformed' : 'another’s name');
      this.#overwritten(key, revision);
      return;
    }
    const entry = { ...shown, node, instance, revision, at: clock.monotonic() };
    const byNode = this.#entries.get(shown.loginId) ?? new Map<string, BookEntry>();
    this.#entries.set(shown.loginId, byNode.set(node, entry));
    this.#logins.set(key, { loginId: shown.loginId, node });
    if (!this.#isOurs(entry)) onShown(entry);
    // Written behind, and on its way already; or an older one that somebody has put back.
    else if (this.#options.shownOf(shown.loginId)?.isPresent !== shown.isPresent) this.note(shown.loginId);
  }

  /** Somebody has put what cannot be believed into the place of an entry: its node writes it again; others believe the one before. */
  #overwritten(key: string, revision: number): void {
    const known = this.#logins.get(key);
    if (known === undefined) return;
    const { loginId, node } = known;
    const byNode = this.#entries.get(loginId);
    const before = byNode?.get(node);
    // So that it can be removed when its node is gone.
    if (before !== undefined) byNode?.set(node, { ...before, revision });
    if (node === this.#options.cluster.members.self.name) this.note(loginId);
  }

  #refuse(key: string, node: string, reason: string): void {
    if (this.#refused.has(node) || this.#refused.size >= REFUSED_MAX) return;
    this.#refused.add(node);
    this.#options.onProblem(
      `What nodes share: ${JSON.stringify(`presence/${key}`)} of ${JSON.stringify(node)} was refused: ${reason}.`,
    );
  }

  #removed(key: string): void {
    const known = this.#logins.get(key);
    if (known === undefined) return;
    const { loginId, node } = known;
    this.#logins.delete(key);
    const byNode = this.#entries.get(loginId);
    byNode?.delete(node);
    if (byNode?.size === 0) this.#entries.delete(loginId);
    // By hand, or by another node that took this one for dead.
    if (node === this.#options.cluster.members.self.name && this.#options.shownOf(loginId) !== undefined)
      this.note(loginId);
  }

  #current(): void {
    const { cluster, shown, shownOf } = this.#options;
    const { name } = cluster.members.self;
    for (const loginId of shown()) {
      const own = this.#entries.get(loginId)?.get(name);
      if (own === undefined || !this.#isOurs(own)) this.note(loginId);
    }
    for (const entry of this.all())
      if (this.#isOurs(entry) && shownOf(entry.loginId)?.isPresent !== entry.isPresent)
        this.note(entry.loginId);
    // What could not be written waits no longer.
    void this.#behind.flush();
    this.#setCurrent(true);
  }

  #setCurrent(isCurrent: boolean): void {
    if (this.#isCurrent === isCurrent) return;
    this.#isCurrent = isCurrent;
    this.#options.onCurrent();
  }

  #isOurs({ node, instance }: BookEntry): boolean {
    const { self } = this.#options.cluster.members;
    return node === self.name && instance === self.instance;
  }
}

const keyOf = (loginId: string, node: string): string => `${wordOf(loginId)}.${wordOf(node)}`;

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const timeOrNull = (value: unknown): number | null => (Number.isFinite(value) ? (value as number) : null);

/** A name or an address. */
const HOST = /^[\w.:-]{1,253}$/;

function uninformedIn(value: unknown): Pick<BookedPresence, 'uninformed'> {
  const { host, forMs } = (value ?? {}) as Record<string, unknown>;
  if (typeof forMs !== 'number' || !(forMs >= 0)) return {};
  return { uninformed: { host: typeof host === 'string' && HOST.test(host) ? host : null, forMs } };
}

/** Undefined: not of this form. */
function shownIn(body: unknown): BookedPresence | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { loginId, isPresent, session, departure, awaySince, lastActiveAt, uninformed } = body as Record<
    string,
    unknown
  >;
  const { jid, transport, address } = (session ?? {}) as Record<string, unknown>;
  if (typeof loginId !== 'string' || typeof isPresent !== 'boolean') return undefined;
  if (typeof jid !== 'string' || typeof transport !== 'string' || typeof address !== 'string')
    return undefined;
  const place: SessionPlace = { jid, transport, address };
  return {
    loginId,
    isPresent,
    session: place,
    departure: textOrNull(departure),
    awaySince: timeOrNull(awaySince),
    lastActiveAt: timeOrNull(lastActiveAt),
    ...uninformedIn(uninformed),
  };
}
