/**
 * Which states of the link are told (CTI_LINK_STATE and its kin in the logs). In a long outage every attempt ends like the
 * one before, several of them a second: such an attempt is told once, and then once a minute with the number of those alike.
 */
import type { Clock, Timer } from '@poise/clock';
import type { LinkState } from './link-state.ts';

/** An attempt that stands for so long, ms, is told however far it came: what it waits for may last for hours. */
export const STANDING_MS = 10_000;
/** How long what was told is not told again, ms. */
export const ALIKE_QUIET_MS = 60_000;
/** Different things told in that time: a reason may hold anything. */
export const DIFFERENT_TOLD_MAX = 8;

/** What was told of late, and how often it has happened again since. */
export class Repetitions {
  readonly #monotonic: () => number;
  readonly #told = new Map<string, { readonly at: number; untold: number }>();

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** @returns how many alike were not told since the last one that was; null: this one is not told either */
  next(what: string): number | null {
    const now = this.#monotonic();
    const before = this.#told.get(what);
    if (before !== undefined && now - before.at < ALIKE_QUIET_MS) {
      before.untold += 1;
      return null;
    }
    for (const [other, { at }] of this.#told)
      if (other !== what && now - at >= ALIKE_QUIET_MS) this.#told.delete(other);
    if (before === undefined && this.#told.size >= DIFFERENT_TOLD_MAX) return null;
    this.#told.set(what, { at: now, untold: 0 });
    return before?.untold ?? 0;
  }

  forget(): void {
    this.#told.clear();
  }
}

export interface LinkNews {
  readonly state: LinkState;
  readonly side: 'A' | 'B';
  readonly reason: string;
}

/** On the way to service, in order; the state of an attempt that gets no further than the last one is news to nobody. */
const WAY: readonly LinkState[] = [
  'CONNECTING',
  'OPENING',
  'PERIPHERAL_OFFLINE',
  'CONFIGURING',
  'RECOVERING',
];

interface Side {
  /** How attempts ended. */
  readonly ends: Repetitions;
  /** How far along the way the last attempt came; -1: none has failed since the link was in service. */
  reached: number;
}

export class LinkNewsRoom {
  readonly #clock: Clock;
  readonly #tell: (news: LinkNews) => void;
  readonly #sides: Readonly<Record<'A' | 'B', Side>>;
  /** States of the attempt under way that may turn out to be nothing new. */
  #held: LinkNews[] = [];
  #reached = -1;
  /** The attempt under way was told because it stands. */
  #stands = false;
  /** While anything is held. */
  #standing: Timer | null = null;

  constructor(clock: Clock, tell: (news: LinkNews) => void) {
    this.#clock = clock;
    this.#tell = tell;
    const side = (): Side => ({ ends: new Repetitions(() => clock.monotonic()), reached: -1 });
    this.#sides = { A: side(), B: side() };
  }

  heard(news: LinkNews): void {
    const { state, side } = news;
    const step = WAY.indexOf(state);
    if (step >= 0) {
      this.#reached = Math.max(this.#reached, step);
      if (step <= this.#sides[side].reached) this.#hold(news);
      else this.#flush(news);
    } else if (state === 'DISCONNECTED' && this.#reached >= 0) {
      this.#ended(news);
    } else {
      // In service, stopped, lost while in service, or begun: whatever follows is new.
      this.#flush(news);
      this.#stands = false;
      for (const known of Object.values(this.#sides)) {
        known.ends.forget();
        known.reached = -1;
      }
      this.#reached = -1;
    }
  }

  #ended(news: LinkNews): void {
    const side = this.#sides[news.side];
    const end = `${this.#reached} ${news.reason}`;
    side.reached = this.#reached;
    this.#reached = -1;
    const untold = side.ends.next(end);
    const stood = this.#stands;
    this.#stands = false;
    if (untold === null && !stood) this.#release();
    else
      this.#flush(
        untold === null || untold === 0
          ? news
          : { ...news, reason: `${news.reason} (${untold} more alike before)` },
      );
  }

  #hold(news: LinkNews): void {
    this.#held.push(news);
    this.#standing ??= this.#clock.schedule(STANDING_MS, () => {
      // Whatever follows in this attempt is news, too.
      this.#sides[news.side].reached = -1;
      this.#stands = true;
      for (const held of this.#release()) this.#tell(held);
    });
  }

  #flush(news: LinkNews): void {
    for (const held of this.#release()) this.#tell(held);
    this.#tell(news);
  }

  #release(): readonly LinkNews[] {
    const held = this.#held;
    this.#held = [];
    this.#standing?.cancel();
    this.#standing = null;
    return held;
  }
}
