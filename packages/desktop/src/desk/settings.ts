/** What an agent has set for this desktop: kept in the browser, for each agent apart. A storage that fails costs the memory alone. */
import { keep, recall } from '@poise/pages';
import { isTune, type Tune } from './tunes.ts';

export const THEMES = ['system', 'light', 'dark', 'contrast'] as const;
export type Theme = (typeof THEMES)[number];
export const DENSITIES = ['normal', 'compact'] as const;
export type Density = (typeof DENSITIES)[number];
/** Minutes without input after which the page is covered; 0: never. */
export const IDLE_MINUTES = [0, 2, 5, 10, 15, 30] as const;

export interface Settings {
  /** Null: the one that the browser or the sign-in page chose. */
  readonly language: string | null;
  readonly theme: Theme;
  readonly density: Density;
  readonly callSound: Tune | 'off';
  readonly noticeSound: Tune | 'off';
  /** 0 to 100. */
  readonly volume: number;
  /** Whether the browser shall tell what happens while the page is not seen. */
  readonly notifications: boolean;
  /** The agent was asked whether it shall. */
  readonly notificationsAsked: boolean;
  readonly idleMinutes: number;
  readonly shortcutsOn: boolean;
  /** Keys by id of the action, where they are not the predefined ones; '': none. */
  readonly shortcuts: Readonly<Record<string, string>>;
}

export const DEFAULTS: Settings = {
  language: null,
  theme: 'system',
  density: 'normal',
  callSound: 'bells',
  noticeSound: 'drop',
  volume: 60,
  notifications: true,
  notificationsAsked: false,
  idleMinutes: 0,
  shortcutsOn: true,
  shortcuts: {},
};

/** More entries than there are actions; longer than any keys. */
const SHORTCUTS_MAX = 200;
const KEYS_MAX = 40;

type Check<T> = (value: unknown) => value is T;
const oneOf =
  <T>(values: readonly T[]): Check<T> =>
  (value): value is T =>
    values.includes(value as T);
const isBoolean: Check<boolean> = (value) => typeof value === 'boolean';
const isSound: Check<Tune | 'off'> = (value): value is Tune | 'off' => value === 'off' || isTune(value);

const CHECKS: { readonly [K in keyof Settings]: Check<Settings[K]> } = {
  language: (value): value is string | null => value === null || /^[a-z]{2}$/.test(String(value)),
  theme: oneOf(THEMES),
  density: oneOf(DENSITIES),
  callSound: isSound,
  noticeSound: isSound,
  volume: (value): value is number => typeof value === 'number' && value >= 0 && value <= 100,
  notifications: isBoolean,
  notificationsAsked: isBoolean,
  idleMinutes: oneOf<number>(IDLE_MINUTES),
  shortcutsOn: isBoolean,
  shortcuts: (value): value is Settings['shortcuts'] =>
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).length <= SHORTCUTS_MAX &&
    Object.values(value).every((keys) => typeof keys === 'string' && keys.length <= KEYS_MAX),
};

/** Settings as they were kept; whatever is missing or makes no sense is the default. */
export function parseSettings(text: string | null): Settings {
  let kept: unknown;
  try {
    kept = JSON.parse(text ?? '{}');
  } catch {
    return DEFAULTS;
  }
  if (typeof kept !== 'object' || kept === null) return DEFAULTS;
  const names = Object.keys(DEFAULTS) as (keyof Settings)[];
  const sound = names.filter((name) => Object.hasOwn(kept, name) && CHECKS[name](kept[name as never]));
  return { ...DEFAULTS, ...Object.fromEntries(sound.map((name) => [name, kept[name as never]])) };
}

interface Memory {
  recall(key: string): string | null;
  keep(key: string, value: string): unknown;
}

const keyOf = (loginId: string) => `poise.settings.${loginId}`;
/** Looks of the page before anybody has signed in: those of the last agent. */
const LOOKS = 'poise.looks';

/** The settings of the agent who is signed in, and who looks at them. */
export class SettingsStore {
  readonly #memory: Memory;
  #loginId: string | null = null;
  #settings: Settings;
  readonly #listeners = new Set<() => void>();

  constructor(memory: Memory = { recall, keep }) {
    this.#memory = memory;
    const { theme, density } = parseSettings(memory.recall(LOOKS));
    this.#settings = { ...DEFAULTS, theme, density };
  }

  readonly snapshot = (): Settings => this.#settings;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** From here on the settings are those of this agent. */
  open(loginId: string): void {
    if (loginId === this.#loginId) return;
    this.#loginId = loginId;
    this.#settings = parseSettings(this.#memory.recall(keyOf(loginId)));
    this.#changed();
  }

  change(change: Partial<Settings>): void {
    this.#settings = { ...this.#settings, ...change };
    if (this.#loginId !== null) this.#memory.keep(keyOf(this.#loginId), JSON.stringify(this.#settings));
    this.#changed();
  }

  #changed(): void {
    const { theme, density } = this.#settings;
    this.#memory.keep(LOOKS, JSON.stringify({ theme, density }));
    for (const listener of this.#listeners) listener();
  }
}
