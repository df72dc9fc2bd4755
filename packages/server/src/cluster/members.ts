/**
 * Who lives: each node writes its entry of bucket `nodes` every 2 s, by compare-and-set, so that a name belongs to one process. A node
 * is gone when it has said so, or when its entry is not there and nothing was heard of it for 10 s while the engine was within reach:
 * neither a bucket emptied by hand nor an engine that comes back without its data makes anybody gone. docs/cluster.md
 */
import type { Clock, Timer } from '@poise/clock';
import { PlainError, phrase, words } from '../messages/catalogue.ts';
import { wordOf } from './bus.ts';
import type { Member, Members } from './cluster.ts';
import type { Envelope } from './envelope.ts';
import type { Fabric } from './fabric.ts';
import type { Refusal } from './refusals.ts';
import { BUCKETS, type Entry, type Registry, UnreachableError } from './registry.ts';
import type { Seals, Self } from './seals.ts';

/** How often a node writes its entry, ms. */
export const BEAT_MS = 2_000;
/** A node that is not heard of for so long is gone, ms. */
export const GONE_MS = BUCKETS.nodes;
/** A clock that is further off is told to the operator, ms. */
export const CLOCK_OFFSET_MAX_MS = 5_000;
/** … and agrees again below this, so that it is not told all the time. */
const CLOCK_OFFSET_RIGHT_MS = 4_000;
/** For so long nothing but such times have to arrive, ms: after a standstill a backlog of old words arrives, too, and all of it at once. */
const CLOCK_PATIENCE_MS = 2 * BEAT_MS;
/** How often, at the start, the entry of another process is looked at, ms. */
const LOOK_MS = 500;
const KIND = 'node';
/** Processes of which it is remembered what they said last, also when they are gone. */
const PROCESSES_MAX = 1_000;

/** What a node says of itself. */
export interface OwnWord {
  readonly host: string;
  readonly inService: boolean;
  readonly inMaintenance: boolean;
  readonly version: string;
  /** By name of the listener. */
  readonly ports: Readonly<Record<string, number>>;
}

/** Who is told what an operator should know. */
export interface Teller {
  problem(text: string): void;
  info(text: string): void;
}

export interface MembersOptions {
  readonly clock: Clock;
  readonly fabric: Fabric;
  readonly seals: Seals;
  readonly word: OwnWord;
  readonly teller: Teller;
}

interface Known {
  member: Member;
  /** Monotonic ms. */
  heardAt: number;
  /** Its entry is not there now. */
  isMissing: boolean;
  isClockTold: boolean;
  /** Since when nothing but wrong times have arrived, monotonic ms. */
  wrongSince: number | undefined;
}

/** Whether this process has its name: not asked yet, yes, or another process has it. */
export type NameState = 'unknown' | 'ours' | 'taken';

export class NodeMembers implements Members {
  readonly self: Self;
  readonly #o: MembersOptions;
  readonly #registry: Registry;
  readonly #key: string;
  readonly #place: string;
  readonly #known = new Map<string, Known>();
  readonly #strangers = new Map<string, Refusal>();
  /** By process: the number of the newest entry that it has written. */
  readonly #said = new Map<string, number>();
  readonly #listeners = new Set<() => void>();
  #word: OwnWord;
  /** Of the own entry as it was last written; 0: there is none. */
  #revision = 0;
  #name: NameState = 'unknown';
  /** The entry of another process of our name, and since when it has not been written anew. */
  #rival: { readonly revision: number; readonly since: number } | undefined;
  #isTold = false;
  #wasCurrent = false;
  #reachableSince = 0;
  #hasSeenOthers = false;
  #beat: Timer | undefined;
  /** What is being written now; settles with it. */
  #writing: Promise<unknown> | undefined;
  #isRunning = false;
  #gone: Timer | undefined;
  #ends: Array<() => void> = [];

  constructor(options: MembersOptions) {
    this.#o = options;
    this.self = options.seals.self;
    this.#word = options.word;
    this.#registry = options.fabric.registry('nodes');
    this.#key = wordOf(this.self.name);
    this.#place = placeOf(this.#key);
  }

  /**
   * Takes the name and begins to listen. When the engine is out of reach it returns at once, and the name is taken as soon as it can be.
   * @throws PlainError another process has the name, and lives. One that has died is waited for, 10 s at most
   */
  async start(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      while (!(await this.#writeAlone())) {
        const { revision } = this.#rival ?? {};
        await new Promise<void>((done) => this.#o.clock.schedule(LOOK_MS, done));
        if (!this.#isRunning) return;
        const entry = await this.#registry.get(this.#key);
        // It has been written anew: whoever wrote it lives.
        if (entry !== undefined && revision !== undefined && entry.revision !== revision) {
          this.#isRunning = false;
          throw new PlainError(phrase('cluster.nameTaken', { name: this.self.name }));
        }
      }
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error;
    }
    if (!this.#isRunning) return;
    this.#ends = [
      this.#registry.watch('', {
        changed: (entry) => this.#changed(entry),
        removed: (key) => this.#removed(key),
        current: () => {
          if (!this.#isTold) this.#reachableSince = this.#o.clock.monotonic();
          this.#isTold = true;
          this.#judge();
        },
      }),
      this.#o.fabric.onReachable((isReachable) => {
        if (isReachable) this.#nudge();
        else this.#isTold = false;
        this.#judge();
      }),
    ];
    this.#beatLater();
  }

  /** Says goodbye, if that is possible, and forgets the others. Never rejects. */
  async stop(): Promise<void> {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    this.#beat?.cancel();
    this.#gone?.cancel();
    this.#gone = undefined;
    for (const end of this.#ends.splice(0)) end();
    // The goodbye is the last that is written.
    await this.#writing;
    const wasOurs = this.#name === 'ours';
    this.#name = 'unknown';
    this.#isTold = false;
    if (wasOurs && this.#o.fabric.isReachable) {
      try {
        // Told, so that nobody takes it for a bucket that somebody has emptied.
        const revision = await this.#registry.compareAndSet(this.#key, this.#value(true), this.#revision);
        if (revision !== undefined) await this.#registry.remove(this.#key, revision);
      } catch {
        // The entry ends by itself.
      }
    }
    this.#revision = 0;
    this.#known.clear();
    // Whoever is there is told anew at the next start.
    this.#said.clear();
    this.#strangers.clear();
    this.#told();
  }

  /** Something of this node is different; the others are told at once. */
  say(word: Partial<OwnWord>): void {
    const next = { ...this.#word, ...word };
    if (JSON.stringify(next) === JSON.stringify(this.#word)) return;
    this.#word = next;
    this.#nudge();
  }

  get name(): NameState {
    return this.#name;
  }

  living(): readonly Member[] {
    return [...this.#known.values()]
      .map(({ member }) => member)
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  isLiving(name: string, instance: string): boolean {
    if (name === this.self.name) return instance === this.self.instance;
    return this.instanceOf(name) === instance;
  }

  /** The process that is the node of this name now; undefined: none that is known. */
  instanceOf(name: string): string | undefined {
    return this.#known.get(wordOf(name))?.member.instance;
  }

  /** The number of the newest entry of a process, as in its envelope; undefined: not known. */
  saidBy(instance: string): number | undefined {
    return this.#said.get(instance);
  }

  get isCurrent(): boolean {
    return this.#isTold && this.#o.fabric.isReachable && this.#strangers.size === 0;
  }

  /** Who has an entry that was refused, and why: by key, as {@link wordOf} writes a name. */
  get strangers(): ReadonlyMap<string, Refusal> {
    return this.#strangers;
  }

  get hasSeenOthers(): boolean {
    return this.#hasSeenOthers;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  // ---- the own entry ----------------------------------------------------------------------------

  #beatLater(): void {
    this.#beat?.cancel();
    this.#beat = this.#o.clock.schedule(BEAT_MS, () => this.#nudge());
  }

  /** Writes the entry now. */
  #nudge(): void {
    if (!this.#isRunning || this.#writing !== undefined) return;
    this.#writeAlone()
      .catch((error: unknown) => {
        if (!(error instanceof UnreachableError)) this.#o.teller.problem(String(error));
      })
      .finally(() => {
        if (this.#isRunning) this.#beatLater();
      });
  }

  #value(isLeaving = false): Uint8Array {
    return this.#o.seals.seal(this.#place, KIND, isLeaving ? { ...this.#word, left: true } : this.#word);
  }

  async #writeAlone(): Promise<boolean> {
    const writing = this.#write();
    this.#writing = writing.catch(() => {});
    try {
      return await writing;
    } finally {
      this.#writing = undefined;
    }
  }

  /** @returns false: another process has the name. @throws UnreachableError */
  async #write(): Promise<boolean> {
    // The second time with what was found; whoever is quicker still is found with the next beat.
    for (let attempt = 0; attempt < 3 && this.#isRunning; attempt++) {
      const word = this.#word;
      const revision = await this.#registry.compareAndSet(this.#key, this.#value(), this.#revision);
      if (revision !== undefined) {
        this.#revision = revision;
        this.#nameIs('ours');
        if (word === this.#word) return true;
        continue;
      }
      const found = this.#found(await this.#registry.get(this.#key));
      if (found === undefined) return false;
      this.#revision = found;
    }
    return this.#name === 'ours';
  }

  /** The revision over which the own entry is written; undefined: another process lives there. */
  #found(entry: Entry | undefined): number | undefined {
    if (entry === undefined) return 0;
    const envelope = this.#o.seals.open(this.#place, entry.value);
    if (envelope === undefined) return entry.revision;
    if (envelope.instance === this.self.instance || bodyOf(envelope)?.left === true) return entry.revision;
    const now = this.#o.clock.monotonic();
    if (this.#rival?.revision !== entry.revision) this.#rival = { revision: entry.revision, since: now };
    // An entry that should have ended by itself: the bucket was made by somebody else.
    if (now - this.#rival.since > GONE_MS + BEAT_MS) return entry.revision;
    this.#revision = 0;
    this.#nameIs('taken');
    return undefined;
  }

  #nameIs(name: NameState): void {
    if (name === 'ours') this.#rival = undefined;
    if (this.#name === name) return;
    const before = this.#name;
    this.#name = name;
    // At the start it is no more than the entry of a process that died; start() tells it when there is more to it.
    if (this.#ends.length === 0) return;
    const { name: own } = this.self;
    if (name === 'taken') this.#o.teller.problem(words(phrase('cluster.nameLost', { name: own })));
    else if (before === 'taken') this.#o.teller.info(words(phrase('cluster.nameBack', { name: own })));
  }

  // ---- the others -------------------------------------------------------------------------------

  #changed(entry: Entry): void {
    const { seals, clock } = this.#o;
    const { key } = entry;
    if (key === this.#key) {
      // Whose it is shows when it is written.
      if (this.#name === 'ours' && entry.revision > this.#revision && !this.#isOwn(entry)) this.#nudge();
      return;
    }
    const envelope = seals.read(placeOf(key), entry.value);
    if (typeof envelope === 'string') {
      this.#refused(key, envelope);
      return;
    }
    const body = bodyOf(envelope);
    if (wordOf(envelope.node) !== key || body === undefined) {
      const reason = body === undefined ? 'malformed' : 'another’s name';
      seals.refusals.refuse(reason, placeOf(key), envelope.node);
      this.#refused(key, reason);
      return;
    }
    if (!this.#isNewest(envelope)) {
      // Who lives writes over it within 2 s; who does not is not kept alive by it.
      seals.refusals.refuse('played back', placeOf(key), envelope.node);
      this.#removed(key);
      return;
    }
    if (this.#strangers.delete(key)) this.#judge();
    const known = this.#known.get(key);
    if (body.left) {
      if (known?.member.instance === envelope.instance) this.#forget(key);
      return;
    }
    const heardAt = clock.monotonic();
    const readMs = envelope.at - clock.now();
    // What was told at once after the connection is of any age; it says nothing of the clock.
    const isOff = this.#isTold && Math.abs(readMs) > CLOCK_OFFSET_MAX_MS;
    const wrongSince = isOff ? (known?.wrongSince ?? heardAt) : undefined;
    const isLate = wrongSince !== undefined && heardAt - wrongSince < CLOCK_PATIENCE_MS;
    const clockOffsetMs = this.#isTold && !isLate ? readMs : (known?.member.clockOffsetMs ?? 0);
    const { host, inService, inMaintenance, version, ports } = body;
    const { node: name, instance } = envelope;
    const member = { name, instance, host, inService, inMaintenance, version, ports, clockOffsetMs };
    const isClockTold = this.#clockOf(name, clockOffsetMs, known?.isClockTold ?? false);
    this.#known.set(key, { member, heardAt, isMissing: false, isClockTold, wrongSince });
    this.#hasSeenOthers = true;
    if (known === undefined || saysOther(known.member, member)) this.#told();
  }

  /** Whether an entry is the newest one that its process has written, as far as is known. */
  #isNewest({ instance, number }: Envelope): boolean {
    if (number === undefined) return true;
    if (number <= (this.#said.get(instance) ?? 0)) return false;
    this.#said.delete(instance);
    this.#said.set(instance, number);
    if (this.#said.size > PROCESSES_MAX) this.#said.delete(this.#said.keys().next().value as string);
    return true;
  }

  /**
   * Nothing that it says is believed. But somebody is there, and whom he serves nobody knows: who was known is not gone, and who lives
   * is not certain.
   */
  #refused(key: string, reason: Refusal): void {
    this.#strangers.set(key, reason);
    const known = this.#known.get(key);
    if (known !== undefined) {
      known.heardAt = this.#o.clock.monotonic();
      known.isMissing = false;
    }
    this.#judge();
  }

  #isOwn({ value }: Entry): boolean {
    return this.#o.seals.open(this.#place, value)?.instance === this.self.instance;
  }

  #removed(key: string): void {
    if (key === this.#key) {
      // Emptied by hand; or by ourselves, and then this changes nothing.
      if (this.#name === 'ours') this.#nudge();
      return;
    }
    this.#strangers.delete(key);
    const known = this.#known.get(key);
    if (known !== undefined) known.isMissing = true;
    this.#judge();
  }

  /** Forgets who is gone, and looks again when the next one may be. */
  #judge(): void {
    this.#gone?.cancel();
    this.#gone = undefined;
    const now = this.#o.clock.monotonic();
    if (this.isCurrent) {
      let next = Number.POSITIVE_INFINITY;
      for (const [key, { isMissing, heardAt }] of this.#known) {
        if (!isMissing) continue;
        // While nothing could be heard, nobody was silent.
        const left = Math.max(heardAt, this.#reachableSince) + GONE_MS - now;
        if (left <= 0) this.#forget(key);
        else next = Math.min(next, left);
      }
      if (next < Number.POSITIVE_INFINITY) this.#gone = this.#o.clock.schedule(next, () => this.#judge());
    }
    if (this.#wasCurrent === this.isCurrent) return;
    this.#wasCurrent = this.isCurrent;
    this.#told();
  }

  #forget(key: string): void {
    if (this.#known.delete(key)) this.#told();
  }

  /** @returns whether the operator knows that the clock is wrong */
  #clockOf(name: string, offsetMs: number, isTold: boolean): boolean {
    const off = Math.abs(offsetMs);
    if (!isTold && off > CLOCK_OFFSET_MAX_MS) {
      const seconds = Math.round(offsetMs / 1000);
      this.#o.teller.problem(words(phrase('cluster.clock', { name, seconds })));
      return true;
    }
    if (!isTold || off > CLOCK_OFFSET_RIGHT_MS) return isTold;
    this.#o.teller.info(words(phrase('cluster.clockBack', { name })));
    return false;
  }

  #told(): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener();
      } catch (error) {
        this.#o.teller.problem(`A listener of the nodes failed: ${String(error)}`);
      }
    }
  }
}

const placeOf = (key: string): string => `nodes/${key}`;

function saysOther(one: Member, other: Member): boolean {
  const said = ({ clockOffsetMs: _, ...rest }: Member) => JSON.stringify(rest);
  return said(one) !== said(other);
}

/** Undefined: it is none. */
function bodyOf({ kind, body }: Envelope): (OwnWord & { readonly left: boolean }) | undefined {
  if (kind !== KIND || typeof body !== 'object' || body === null) return undefined;
  const { host, inService, inMaintenance, version, ports, left } = body as Record<string, unknown>;
  if (typeof host !== 'string' || host.length > 253 || typeof version !== 'string') return undefined;
  if (typeof inService !== 'boolean' || typeof inMaintenance !== 'boolean') return undefined;
  if (typeof ports !== 'object' || ports === null) return undefined;
  const numbers = Object.entries(ports).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number',
  );
  return {
    host,
    inService,
    inMaintenance,
    version: version.slice(0, 64),
    ports: Object.fromEntries(numbers.slice(0, 20)),
    left: left === true,
  };
}
