/**
 * One bucket of NATS KV as a {@link Registry}. What is watched is mirrored whole, so that one consumer serves all watchers, what ends
 * by its age is told (the server tells nobody), and what was emptied by hand or lost with the server is found.
 */

import type { KV, Kvm, KvStatus, KvWatchEntry } from '@nats-io/kv';
import type { Clock, Timer } from '@poise/clock';
import { tooLong } from './local.ts';
import { within } from './patience.ts';
import {
  type Bucket,
  type Entry,
  type Registry,
  UnreachableError,
  VALUE_BYTES_MAX,
  type Watcher,
} from './registry.ts';

/** A question that is not answered within this time is given up, ms. */
export const ANSWER_MS = 1_800;
/** The server removes what is too old first, ms. */
const EXPIRY_MARGIN_MS = 500;
/**
 * A bucket that was removed is made again no sooner, ms: servers of version 2.9 still remove its files when they have said that it is gone, and
 * one that is made meanwhile loses them, too.
 */
const REMAKE_MS = 1_000;
/** After so many writes in a row for which the server lacks the files of the bucket, it is made anew. */
const BROKEN_WRITES = 2;
/** Entries of these are worth nothing after the server has lost them, or should never be on a disk. */
const IN_MEMORY: ReadonlySet<Bucket> = new Set(['verifiers']);

/** Codes of the API of JetStream. */
const STREAM_NOT_FOUND = 10_059;
const STORE_FAILED = 10_077;
const WRONG_LAST_SEQUENCE: ReadonlySet<unknown> = new Set([10_071, 10_164]);

export interface NatsBucketOptions {
  readonly clock: Clock;
  readonly bucket: Bucket;
  /** How long an entry lives after its last write, ms; 0: until it is removed. */
  readonly lifeMs: number;
  /** Of the bucket at NATS. */
  readonly prefix: string;
  readonly replicas: number;
  /** So many times as long as {@link ANSWER_MS} it waits for an answer. Default 1. */
  readonly patience?: number | undefined;
  readonly onProblem: (text: string) => void;
  /** A question was not answered as it should have been: somebody should look. */
  readonly onDoubt: () => void;
}

/** What is known of a key; without a value it was removed, and the server keeps a mark of it. */
interface Kept {
  readonly revision: number;
  readonly value: Uint8Array | undefined;
  timer: Timer | undefined;
}

interface Watching {
  readonly prefix: string;
  readonly watcher: Watcher;
  /** It has been told everything once. */
  isPrimed: boolean;
}

/** One consumer: first everything that is there, then what changes. */
interface Feed {
  isLoaded: boolean;
  /** What has come until everything is there. */
  readonly entries: Map<string, KvWatchEntry>;
  /** Everything is there with this revision; undefined: not known yet. */
  until: number | undefined;
  /** Highest revision that has come. */
  heard: number;
  /** … at the look before. */
  heardBefore: number;
  /** Looks at which not everything was there. */
  looks: number;
  stop(): void;
}

export class NatsBucket implements Registry {
  readonly #o: NatsBucketOptions;
  readonly #name: string;
  readonly #patience: number;
  readonly #watchings = new Set<Watching>();
  #kv: KV | undefined;
  #mirror = new Map<string, Kept>();
  #isMirrored = false;
  #feed: Feed | undefined;
  /** When the bucket was made, by the server's clock: another one is another bucket. */
  #created = '';
  /** Looks in a row at which the bucket did not hold what the mirror holds. */
  #odd = 0;
  /** Since when it is known to be gone, monotonic ms. */
  #goneSince: number | undefined;
  /** Writes in a row that failed because the server lacks files. */
  #brokenWrites = 0;

  constructor(options: NatsBucketOptions) {
    this.#o = options;
    this.#name = `${options.prefix}_${options.bucket}`;
    this.#patience = options.patience ?? 1;
  }

  // ---- what the fabric does with it -------------------------------------------------------------

  /** Makes the bucket where there is none, and tells the watchers everything anew. */
  async open(kvm: Kvm): Promise<void> {
    const { bucket, lifeMs, replicas } = this.#o;
    const kv = await kvm.create(this.#name, {
      description: `Poise: ${bucket}`,
      history: 1,
      replicas,
      // By a server that leads, so that nobody reads what was before his own write.
      allow_direct: false,
      ...(lifeMs > 0 ? { ttl: lifeMs } : {}),
      ...(IN_MEMORY.has(bucket) ? { storage: 'memory' as never } : {}),
    });
    this.#kv = kv;
    this.#goneSince = undefined;
    this.#brokenWrites = 0;
    let status: KvStatus | undefined;
    if (this.#isMirrored) status = await this.#reload(kv);
    else {
      status = await kv.status();
      this.#checkLifetime(status);
    }
    if (status !== undefined) await this.#copy(kvm, status);
  }

  /**
   * A bucket that was made for fewer servers gets the copies that are asked for now. It loses none: nodes are started anew one after the
   * other, and may be of two minds meanwhile.
   */
  async #copy(kvm: Kvm, { replicas, streamInfo }: KvStatus): Promise<void> {
    if (replicas >= this.#o.replicas) return;
    try {
      // One without a cluster takes any number, and does not find the bucket again when it is started anew.
      if (streamInfo.cluster === undefined) throw new Error('it is no cluster');
      const { streams } = await kvm.js.jetstreamManager();
      await streams.update(streamInfo.config.name, { num_replicas: this.#o.replicas });
    } catch (error) {
      this.#o.onProblem(
        `The bucket ${this.#name} of NATS stays on ${replicas} of its servers instead of ${this.#o.replicas}: ${textOf(error)}.`,
      );
    }
  }

  /** The connection is gone: nothing is told until {@link open}. */
  shut(): void {
    this.#kv = undefined;
    this.#feed?.stop();
    this.#feed = undefined;
  }

  /** Ends all watches. */
  close(): void {
    this.shut();
    this.#watchings.clear();
    for (const { timer } of this.#mirror.values()) timer?.cancel();
    this.#mirror.clear();
    this.#isMirrored = false;
  }

  /** Asks the server; whether the bucket still holds what was told. Rejects when it cannot be asked. */
  async check(kvm: Kvm): Promise<void> {
    const kv = this.#kv;
    if (kv === undefined) return;
    let status: KvStatus;
    try {
      status = await kv.status();
    } catch (error) {
      if (codeOf(error) !== STREAM_NOT_FOUND) throw error;
      return this.#gone(kvm);
    }
    this.#goneSince = undefined;
    if (this.#brokenWrites >= BROKEN_WRITES) {
      this.#o.onProblem(`NATS has lost files of the bucket ${this.#name}; it is made again.`);
      this.#brokenWrites = 0;
      await kv.destroy();
      return;
    }
    const feed = this.#feed;
    if (!this.#isMirrored || kv !== this.#kv || feed === undefined) return;
    const { created, state } = status.streamInfo;
    if (!feed.isLoaded) {
      // What should have come may have ended by its age meanwhile.
      if (++feed.looks > 1) await this.#reload(kv);
      return;
    }
    const isStuck = state.last_seq > feed.heard && feed.heard === feed.heardBefore;
    feed.heardBefore = feed.heard;
    // What is under way is no difference: only who has heard everything can compare.
    if (state.last_seq === feed.heard) this.#odd = status.values === this.#mirror.size ? 0 : this.#odd + 1;
    if (String(created) !== this.#created || isStuck || this.#odd > 1) await this.#reload(kv);
  }

  /** It is not there: makes it again, but not at once. */
  async #gone(kvm: Kvm): Promise<void> {
    const now = this.#o.clock.monotonic();
    this.#goneSince ??= now;
    if (now - this.#goneSince < REMAKE_MS) return;
    this.#o.onProblem(`The bucket ${this.#name} of NATS was removed; it is made again.`);
    await this.open(kvm);
  }

  // ---- the registry -----------------------------------------------------------------------------

  get(key: string): Promise<Entry | undefined> {
    return this.#asked(async (kv) => {
      const found = await kv.get(key);
      if (found === null || found.operation !== 'PUT') return undefined;
      return { key, value: found.value, revision: found.revision };
    });
  }

  put(key: string, value: Uint8Array): Promise<number> {
    return this.#asked((kv) => kv.put(key, value), value);
  }

  compareAndSet(key: string, value: Uint8Array, revision: number): Promise<number | undefined> {
    return this.#asked(
      (kv) => unlessWritten(revision === 0 ? kv.create(key, value) : kv.update(key, value, revision)),
      value,
    );
  }

  remove(key: string, revision?: number): Promise<boolean> {
    return this.#asked(async (kv) => {
      if (revision === undefined) {
        // No mark of what was never there.
        const found = await kv.get(key);
        if (found?.operation === 'PUT') await kv.delete(key);
        return true;
      }
      return (await unlessWritten(kv.delete(key, { previousSeq: revision }).then(() => true))) ?? false;
    });
  }

  watch(prefix: string, watcher: Watcher): () => void {
    const watching: Watching = { prefix, watcher, isPrimed: false };
    this.#watchings.add(watching);
    const kv = this.#kv;
    if (!this.#isMirrored) {
      this.#isMirrored = true;
      if (kv !== undefined) this.#reload(kv).catch(() => this.#o.onDoubt());
    } else {
      queueMicrotask(() => {
        if (this.#feed?.isLoaded && this.#watchings.has(watching)) this.#prime(watching);
      });
    }
    return () => void this.#watchings.delete(watching);
  }

  /** @throws UnreachableError whatever went wrong */
  async #asked<T>(ask: (kv: KV) => Promise<T>, value?: Uint8Array): Promise<T> {
    if (value !== undefined && value.length > VALUE_BYTES_MAX)
      throw new UnreachableError(tooLong(this.#name, value));
    const kv = this.#kv;
    if (kv === undefined) throw new UnreachableError();
    try {
      const answer = await within(this.#o.clock, ANSWER_MS * this.#patience, ask(kv));
      if (value !== undefined) this.#brokenWrites = 0;
      return answer;
    } catch (error) {
      if (kv === this.#kv && codeOf(error) === STORE_FAILED && textOf(error).includes('no such file'))
        this.#brokenWrites += 1;
      if (kv === this.#kv) this.#o.onDoubt();
      throw new UnreachableError(`NATS: ${textOf(error)}`);
    }
  }

  // ---- the mirror -------------------------------------------------------------------------------

  /** @returns how the bucket is; nothing when it was asked for anew meanwhile */
  async #reload(kv: KV): Promise<KvStatus | undefined> {
    this.#feed?.stop();
    this.#odd = 0;
    const feed: Feed = {
      isLoaded: false,
      entries: new Map(),
      until: undefined,
      heard: 0,
      heardBefore: -1,
      looks: 0,
      stop: () => {},
    };
    this.#feed = feed;
    const entries = await kv.watch();
    if (this.#feed !== feed) {
      entries.stop();
      return;
    }
    feed.stop = () => entries.stop();
    this.#follow(entries, feed).catch((error: unknown) => this.#o.onProblem(`NATS: ${textOf(error)}`));
    const status = await kv.status();
    if (this.#feed !== feed) return;
    this.#checkLifetime(status);
    this.#created = String(status.streamInfo.created);
    feed.until = status.streamInfo.state.last_seq;
    if (status.values === 0 || feed.heard >= feed.until) this.#loaded(feed);
    return status;
  }

  async #follow(entries: AsyncIterable<KvWatchEntry>, feed: Feed): Promise<void> {
    for await (const entry of entries) {
      if (this.#feed !== feed) return;
      feed.heard = Math.max(feed.heard, entry.revision);
      if (feed.isLoaded) this.#arrived(entry);
      else {
        feed.entries.set(entry.key, entry);
        if (feed.until !== undefined && (entry.delta === 0 || feed.heard >= feed.until)) this.#loaded(feed);
      }
    }
  }

  /** Everything is there: the watchers are told what is different. */
  #loaded(feed: Feed): void {
    feed.isLoaded = true;
    const primed = [...this.#watchings].filter(({ isPrimed }) => isPrimed);
    for (const [key, kept] of [...this.#mirror]) {
      if (feed.entries.has(key)) continue;
      kept.timer?.cancel();
      this.#mirror.delete(key);
      if (kept.value !== undefined) this.#tellRemoved(key, primed);
    }
    for (const entry of feed.entries.values()) this.#arrived(entry, primed);
    feed.entries.clear();
    for (const watching of primed) this.#guarded(() => watching.watcher.current());
    for (const watching of [...this.#watchings]) if (!watching.isPrimed) this.#prime(watching);
  }

  #prime(watching: Watching): void {
    if (watching.isPrimed) return;
    watching.isPrimed = true;
    for (const [key, { value, revision }] of this.#mirror)
      if (value !== undefined && key.startsWith(watching.prefix))
        this.#guarded(() => watching.watcher.changed({ key, value, revision }));
    this.#guarded(() => watching.watcher.current());
  }

  #arrived(entry: KvWatchEntry, watchings: Iterable<Watching> = this.#primed()): void {
    const { key, revision } = entry;
    const value = entry.operation === 'PUT' ? entry.value : undefined;
    const before = this.#mirror.get(key);
    before?.timer?.cancel();
    const kept: Kept = { revision, value, timer: undefined };
    this.#mirror.set(key, kept);
    const { lifeMs } = this.#o;
    // By our own clock, from when it arrived: the server's may be wrong.
    if (lifeMs > 0) this.#expireLater(lifeMs + EXPIRY_MARGIN_MS, key, kept);
    if (value === undefined) {
      if (before?.value !== undefined) this.#tellRemoved(key, watchings);
    } else if (before?.revision !== revision || !isSame(before.value, value)) {
      for (const { prefix, watcher } of watchings)
        if (key.startsWith(prefix)) this.#guarded(() => watcher.changed({ key, value, revision }));
    }
  }

  #expireLater(delayMs: number, key: string, kept: Kept): void {
    kept.timer = this.#o.clock.schedule(delayMs, () => {
      this.#expired(key, kept).catch(() => this.#o.onDoubt());
    });
  }

  /**
   * While the server is out of reach nobody can say whether it was written anew: then the next load shows it. And a process that stood
   * still has not read yet what was written meanwhile: so the server is asked.
   */
  async #expired(key: string, kept: Kept): Promise<void> {
    const feed = this.#feed;
    const isOurs = () => feed?.isLoaded && this.#feed === feed && this.#mirror.get(key) === kept;
    if (this.#kv === undefined || !isOurs()) return;
    const found = await within(this.#o.clock, ANSWER_MS * this.#patience, this.#kv.get(key));
    if (!isOurs()) return;
    if (found !== null) {
      // Another one comes soon; the same may be a moment older to the server's clock.
      if (found.revision === kept.revision) this.#expireLater(EXPIRY_MARGIN_MS, key, kept);
      return;
    }
    this.#mirror.delete(key);
    if (kept.value !== undefined) this.#tellRemoved(key, this.#primed());
  }

  #primed(): Watching[] {
    return [...this.#watchings].filter(({ isPrimed }) => isPrimed);
  }

  #tellRemoved(key: string, watchings: Iterable<Watching>): void {
    for (const { prefix, watcher } of watchings)
      if (key.startsWith(prefix)) this.#guarded(() => watcher.removed(key));
  }

  #checkLifetime({ ttl }: KvStatus): void {
    const { lifeMs, onProblem } = this.#o;
    if (ttl !== lifeMs)
      onProblem(
        `The bucket ${this.#name} of NATS keeps entries for ${ttl / 1000} s instead of ${lifeMs / 1000} s (0: for ever). Remove it; it is made again.`,
      );
  }

  #guarded(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#o.onProblem(`A listener of the nodes’ messages failed: ${String(error)}`);
    }
  }
}

/** One line of what went wrong. */
export function textOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return textOf(error.errors[0]);
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.replace(/\s+/g, ' ').trim().slice(0, 200);
}

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null ? (error as { readonly code?: unknown }).code : undefined;

/** Undefined: somebody else has written. */
async function unlessWritten<T>(written: Promise<T>): Promise<T | undefined> {
  try {
    return await written;
  } catch (error) {
    if (WRONG_LAST_SEQUENCE.has(codeOf(error))) return undefined;
    throw error;
  }
}

const isSame = (one: Uint8Array | undefined, other: Uint8Array): boolean =>
  one !== undefined && Buffer.compare(one, other) === 0;
