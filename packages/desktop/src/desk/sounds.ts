/** Plays tunes, and rings while a call rings. A browser that allows no sound costs the sound alone. */
import type { ClientClock, ClientTimer } from '@poise/client';
import type { Settings } from './settings.ts';
import { type Note, TUNES, type Tune } from './tunes.ts';

/** From the start of one ring to the start of the next. */
export const RING_MS = 3_000;

/** Plays notes at a loudness of 0 to 1. */
export type Play = (notes: readonly Note[], loudness: number) => void;

export class Sounds {
  readonly #play: Play;
  readonly #clock: ClientClock;
  readonly #settings: () => Pick<Settings, 'callSound' | 'noticeSound' | 'volume'>;
  #ring: ClientTimer | null = null;

  constructor(play: Play, clock: ClientClock, settings: () => Settings) {
    this.#play = play;
    this.#clock = clock;
    this.#settings = settings;
  }

  /** As it will sound, for who chooses. */
  sample(tune: Tune | 'off'): void {
    if (tune !== 'off') this.#play(TUNES[tune], this.#settings().volume / 100);
  }

  notice(): void {
    this.sample(this.#settings().noticeSound);
  }

  /** Whether a call rings; what is set takes effect with the next ring. */
  ringing(isRinging: boolean): void {
    if (isRinging === (this.#ring !== null)) return;
    this.#ring?.cancel();
    this.#ring = null;
    if (isRinging) this.#again();
  }

  #again(): void {
    this.sample(this.#settings().callSound);
    this.#ring = this.#clock.schedule(RING_MS, () => this.#again());
  }
}

/** Notes by WebAudio. The context is made with the first of them: browsers want a click or a key before. */
export function webAudio(): Play {
  let context: AudioContext | null = null;
  return (notes, loudness) => {
    if (loudness <= 0) return;
    try {
      context ??= new AudioContext();
      // Rejected, or left open, where the page may not sound yet.
      void context.resume().catch(() => {});
      for (const note of notes) sound(context, note, loudness);
    } catch {
      context = null;
    }
  };
}

function sound(context: AudioContext, { pitch, at, length }: Note, loudness: number): void {
  const start = context.currentTime + at;
  const gain = context.createGain();
  // A straight start or end would click.
  gain.gain.setValueAtTime(0.0001, start);
  gain.gain.exponentialRampToValueAtTime(Math.max(0.0002, loudness * 0.3), start + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.0001, start + length);
  const oscillator = context.createOscillator();
  oscillator.frequency.value = pitch;
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(start);
  oscillator.stop(start + length);
}
