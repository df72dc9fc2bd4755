/**
 * `set_property` and `show_property`, and the lists of allowed hosts: names of the original for settings that there are here
 * (admin.md 4 and 4.1). What is set is stored for the next start, as administrators store settings, and gives way to the same as they.
 */
import { PlainError, phrase, words } from '../messages/catalogue.ts';
import { type Computed, SETTINGS, type SettingDefinition, type SettingKey } from '../settings/keys.ts';
import { PROPERTIES, type PropertyName } from '../settings/property-names.ts';
import { type Origin, type Settings, settingValue } from '../settings/settings.ts';
import type { StoredKey } from '../settings/stored.ts';

/** Lists of hosts or origins by the word of the command. */
const LISTS = {
  corsOrigins: 'http.corsOrigins',
  gadgetHosts: 'gadgets.hosts',
} as const satisfies Readonly<Record<string, StoredKey>>;
export type ListName = keyof typeof LISTS;

/** What is written into the audit log of a change. */
const COMMANDS: Readonly<Record<ListName, string>> = {
  corsOrigins: 'utils finesse cors allowed_origin',
  gadgetHosts: 'utils finesse gadget_source_check allowed_list',
};

/** All entries of a list together, in characters (admin.md 4: 4,000). */
const LIST_LENGTH_MAX = 4_000;

export interface PropertyDependencies {
  /** In force. */
  readonly settings: Settings;
  readonly origins: ReadonlyMap<SettingKey, Origin>;
  /** What is stored for the next start. */
  readonly stored: () => ReadonlyMap<string, string>;
  /** Puts a value in force at once. @returns false: only a start can */
  readonly apply?: (key: StoredKey, value: unknown) => boolean;
  /** Null: the default is meant again. */
  readonly save: (key: StoredKey, value: string | null, command: string) => Promise<void>;
}

/** A value that is in force, and the one that waits for the next start; null: none waits. */
export interface PropertyState {
  readonly value: string;
  readonly waiting: string | null;
}

export interface ListState {
  readonly entries: readonly string[];
  readonly waiting: readonly string[] | null;
}

export class PropertyBook {
  readonly #d: PropertyDependencies;
  /** Values that were put in force since the start, by their keys. */
  readonly #applied = new Map<StoredKey, unknown>();

  constructor(dependencies: PropertyDependencies) {
    this.#d = dependencies;
  }

  /** @throws PlainError for a name that is none here */
  show(module: unknown, name: unknown): PropertyState {
    const property = named(module, name);
    const value = this.#printed(property.key, this.#inForce(property.key));
    const next = this.#next(property.key);
    return {
      value: told(property, value),
      waiting: next === value ? null : told(property, next),
    };
  }

  /** @throws PlainError for a name that is none here, a value that cannot be, and what something of higher precedence says */
  async set(module: unknown, name: unknown, value: unknown): Promise<PropertyState> {
    const property = named(module, name);
    const text = String(value ?? '');
    const isSeconds = property.seconds !== true || /^\d{1,9}$/.test(text);
    await this.#store(
      'utils finesse set_property',
      property.key,
      property.seconds === true ? `${text}s` : text,
      isSeconds,
    );
    return this.show(property.module, property.name);
  }

  list(name: unknown): ListState {
    const key = listKey(name);
    const [inForce, next] = [this.#printed(key, settingValue(this.#d.settings, key)), this.#next(key)];
    return { entries: entriesOf(inForce), waiting: next === inForce ? null : entriesOf(next) };
  }

  /** @param given parted by commas @throws PlainError */
  async add(name: unknown, given: unknown): Promise<ListState> {
    const key = listKey(name);
    const wanted = entriesOf(String(given ?? ''));
    if (wanted.length === 0 || wanted.includes('*')) throw new PlainError(phrase('properties.wildcard'));
    const all = [...new Set([...entriesOf(this.#next(key)), ...wanted])].join(',');
    if (all.length > LIST_LENGTH_MAX)
      throw new PlainError(phrase('properties.long', { max: LIST_LENGTH_MAX }));
    await this.#store(COMMANDS[name as ListName], key, all);
    return this.list(name);
  }

  /** @param given entries to be removed @throws PlainError where one is not in the list */
  async remove(name: unknown, given: unknown): Promise<ListState> {
    const key = listKey(name);
    const gone = new Set(Array.isArray(given) ? given.map(String) : entriesOf(String(given ?? '')));
    const before = entriesOf(this.#next(key));
    for (const entry of gone)
      if (!before.includes(entry))
        throw new PlainError(phrase('properties.notListed', { entry: entry.slice(0, 100) }));
    await this.#store(COMMANDS[name as ListName], key, before.filter((entry) => !gone.has(entry)).join(','));
    return this.list(name);
  }

  /** What another node has stored is put in force here, too, where that needs no start. */
  follow(): void {
    for (const { key } of PROPERTIES) {
      const next = this.#next(key);
      if (next === this.#printed(key, this.#inForce(key))) continue;
      const value = (SETTINGS[key] as SettingDefinition<unknown>).parser.parse(next);
      if (this.#d.apply?.(key, value) === true) this.#applied.set(key, value);
    }
  }

  async #store(command: string, key: StoredKey, text: string, fits = true): Promise<void> {
    const origin = this.#d.origins.get(key) ?? { kind: 'command' };
    if (origin.kind !== 'default' && origin.kind !== 'store')
      throw new PlainError(phrase('properties.fixed', { key, source: sourceOf(origin) }));
    const { parser } = SETTINGS[key] as SettingDefinition<unknown>;
    const parsed = fits ? parser.parse(text) : undefined;
    if (parsed === undefined)
      throw new PlainError(
        phrase('properties.value', {
          value: JSON.stringify(text.slice(0, 100)),
          allowed: words(parser.allowed),
        }),
      );
    const printed = String(parser.print(parsed));
    await this.#d.save(key, printed === this.#printed(key, this.#fallback(key)) ? null : printed, command);
    if (this.#d.apply?.(key, parsed) === true) this.#applied.set(key, parsed);
  }

  #inForce(key: StoredKey): unknown {
    return this.#applied.has(key) ? this.#applied.get(key) : settingValue(this.#d.settings, key);
  }

  #printed(key: StoredKey, value: unknown): string {
    return String((SETTINGS[key] as SettingDefinition<unknown>).parser.print(value));
  }

  /** What the next start with the same file, environment and command line makes of it. */
  #next(key: StoredKey): string {
    const origin = this.#d.origins.get(key) ?? { kind: 'command' };
    if (origin.kind !== 'default' && origin.kind !== 'store')
      return this.#printed(key, settingValue(this.#d.settings, key));
    const { parser } = SETTINGS[key] as SettingDefinition<unknown>;
    const stored = this.#d.stored().get(key);
    const parsed = stored === undefined ? undefined : parser.parse(stored);
    return this.#printed(key, parsed === undefined ? this.#fallback(key) : parsed);
  }

  #fallback(key: StoredKey): unknown {
    const { fallback } = SETTINGS[key] as SettingDefinition<unknown>;
    const isComputed = typeof fallback === 'object' && fallback !== null && 'compute' in fallback;
    // What is in force came from a default that knows of the demonstration; no other one does.
    if (isComputed && this.#d.origins.get(key)?.kind === 'default')
      return settingValue(this.#d.settings, key);
    if (!isComputed) return fallback;
    const get = (name: string): unknown => settingValue(this.#d.settings, name as SettingKey);
    return (fallback as Computed<unknown>).compute({ demo: false, bench: false, get });
  }
}

/** @throws PlainError */
function named(module: unknown, name: unknown): PropertyName {
  const said = String(name ?? '').slice(0, 100);
  const found = PROPERTIES.find((property) => property.module === module && property.name === said);
  if (found !== undefined) return found;
  const elsewhere = PROPERTIES.find((property) => property.name === said);
  if (elsewhere !== undefined)
    throw new PlainError(phrase('properties.module', { name: said, module: elsewhere.module }));
  throw new PlainError(phrase('properties.unknown', { name: said }));
}

/** @throws PlainError */
function listKey(name: unknown): StoredKey {
  if (typeof name === 'string' && Object.hasOwn(LISTS, name)) return LISTS[name as ListName];
  throw new PlainError(phrase('properties.unknown', { name: String(name).slice(0, 100) }));
}

/** `1h` as `3600`, where the property counts seconds. */
function told({ key, seconds }: PropertyName, printed: string): string {
  if (seconds !== true) return printed;
  const ms = (SETTINGS[key] as SettingDefinition<unknown>).parser.parse(printed) as number;
  return String(Math.round(ms / 1000));
}

const entriesOf = (text: string): readonly string[] =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');

const sourceOf = (origin: Origin): string =>
  origin.kind === 'file' ? origin.path : origin.kind === 'environment' ? origin.name : 'the command line';
