/** The sounds of the desktop, as notes: nothing is loaded, and each can be told from the others in a room full of phones. */

export interface Note {
  /** Hz. */
  readonly pitch: number;
  /** Seconds from the start of the tune. */
  readonly at: number;
  /** Seconds until it has died away. */
  readonly length: number;
}

export const TUNES = {
  bells: [
    { pitch: 880, at: 0, length: 0.35 },
    { pitch: 1109, at: 0.18, length: 0.35 },
    { pitch: 880, at: 0.5, length: 0.35 },
    { pitch: 1109, at: 0.68, length: 0.5 },
  ],
  steps: [
    { pitch: 523, at: 0, length: 0.2 },
    { pitch: 659, at: 0.16, length: 0.2 },
    { pitch: 784, at: 0.32, length: 0.4 },
  ],
  phone: [
    { pitch: 440, at: 0, length: 0.9 },
    { pitch: 480, at: 0, length: 0.9 },
  ],
  drop: [
    { pitch: 1175, at: 0, length: 0.12 },
    { pitch: 784, at: 0.1, length: 0.25 },
  ],
  tap: [{ pitch: 660, at: 0, length: 0.15 }],
} as const satisfies Readonly<Record<string, readonly Note[]>>;

export type Tune = keyof typeof TUNES;
export const TUNE_NAMES = Object.keys(TUNES) as readonly Tune[];

export function isTune(value: unknown): value is Tune {
  return typeof value === 'string' && Object.hasOwn(TUNES, value);
}
