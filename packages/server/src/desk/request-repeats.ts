/**
 * What other nodes have not heard of requests that are over, because they or this node could not be reached: told once more when everybody can
 * (docs/cluster.md, *Requests*). The bus itself delivers at most once.
 */
import type { Clock } from '@poise/clock';
import type { Cluster, Notice } from '../cluster/index.ts';
import { members, WordError, whole } from '../commands/word-members.ts';

/** Words that are kept; the oldest ones go first. */
export const KEPT_MAX = 2_000;
/** Whoever asked longer ago has given up, ms. */
export const KEPT_MS = 300_000;
/** An outage is noticed so much later than it begins at most, ms: what was told meanwhile is lost, too. */
export const NOTICED_MS = 10_000;
/** Nodes come back one after the other, and each of them asks, ms. */
export const GATHER_MS = 500;

const TOPIC = 'requests.missed';

export interface RequestRepeatsDependencies {
  readonly bus: Pick<Cluster, 'tell' | 'hear' | 'fabric'>;
  readonly clock: Clock;
  /** A word of another node cannot be used, and why. */
  readonly onProblem: (notice: Notice, problem: string) => void;
}

interface Kept {
  readonly topic: string;
  readonly body: object;
  /** Monotonic ms. */
  readonly at: number;
}

export class RequestRepeats {
  readonly #d: RequestRepeatsDependencies;
  readonly #kept: Kept[] = [];
  readonly #ends: (() => void)[];
  /** Since when the bus is out of reach, monotonic ms; undefined: it is not, or has not been within reach yet. */
  #lostAt: number | undefined;
  /** What was told since then is told once more; undefined: nothing is to be. */
  #from: number | undefined;

  constructor(dependencies: RequestRepeatsDependencies) {
    this.#d = dependencies;
    const { bus } = dependencies;
    let wasReachable = bus.fabric.isReachable;
    this.#ends = [
      bus.hear(TOPIC, (notice) => this.#asked(notice)),
      bus.fabric.onReachable((isReachable) => {
        if (!isReachable && wasReachable) this.#lostAt ??= dependencies.clock.monotonic();
        if (isReachable) this.#back();
        wasReachable ||= isReachable;
      }),
    ];
  }

  /** The word of the end of a request was told. */
  told(topic: string, body: object): void {
    const at = this.#d.clock.monotonic();
    this.#kept.push({ topic, body, at });
    while (this.#kept.length > KEPT_MAX || this.#kept[0]!.at < at - KEPT_MS) this.#kept.shift();
  }

  close(): void {
    for (const end of this.#ends) end();
  }

  #back(): void {
    if (this.#lostAt === undefined) return;
    const { bus, clock } = this.#d;
    const forMs = Math.min(Math.ceil(clock.monotonic() - this.#lostAt) + NOTICED_MS, KEPT_MS);
    this.#lostAt = undefined;
    // Others were within reach of each other all the time, and this one has missed their words.
    bus.tell(TOPIC, 'missed', { forMs });
    this.#repeat(forMs);
  }

  #asked(notice: Notice): void {
    try {
      if (notice.kind === 'missed') this.#repeat(whole(members(notice.body, 'body'), 'forMs', KEPT_MS));
      else this.#d.onProblem(notice, 'of an unknown kind');
    } catch (error) {
      if (!(error instanceof WordError)) throw error;
      this.#d.onProblem(notice, error.message);
    }
  }

  #repeat(forMs: number): void {
    const { bus, clock } = this.#d;
    const isWaiting = this.#from !== undefined;
    this.#from = Math.min(this.#from ?? Number.POSITIVE_INFINITY, clock.monotonic() - forMs);
    if (isWaiting) return;
    clock.schedule(GATHER_MS, () => {
      const from = this.#from!;
      this.#from = undefined;
      for (const { topic, body, at } of this.#kept)
        if (at >= from) bus.tell(topic, 'ended', { ...body, late: true });
    });
  }
}
