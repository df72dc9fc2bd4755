/** From what people wrote to one typed, frozen object; every refusal names the key, the value and what is allowed. */
import { resolve as resolvePath } from 'node:path';
import { type Phrase, PlainError, phrase } from '../messages/catalogue.ts';
import { isLoopback } from './exposure.ts';
import {
  type Computed,
  type DefaultContext,
  SETTINGS,
  type SettingDefinition,
  type SettingKey,
} from './keys.ts';
import { natsHost } from './parsers.ts';
import { similarTo } from './similar.ts';

type ValueOf<Definition> = Definition extends SettingDefinition<infer T> ? T : never;
type Path<Key extends string, T> = Key extends `${infer Head}.${infer Rest}`
  ? { readonly [Name in Head]: Path<Rest, T> }
  : { readonly [Name in Key]: T };
type Intersection<Union> = (Union extends unknown ? (part: Union) => void : never) extends (
  all: infer I,
) => void
  ? I
  : never;
type Nested = Intersection<{ [Key in SettingKey]: Path<Key, ValueOf<(typeof SETTINGS)[Key]>> }[SettingKey]>;

/**
 * The settings in effect: `settings.presence.idle`. Durations in ms, sizes in bytes, ports with
 * `ports.offset` added (null: off, 0: any free one), `data` as absolute path.
 */
export interface Settings extends Nested {}

/** Where a value came from; later ones win. */
export type Origin =
  | { readonly kind: 'default' }
  /** Written by an administrator through an API. */
  | { readonly kind: 'store' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'command' };

export interface RawSetting {
  readonly key: string;
  readonly value: unknown;
  readonly origin: Origin;
}

/** Every problem at once, so that a file is corrected in one go. */
export class SettingsError extends Error {
  override readonly name: string = 'SettingsError';
  readonly problems: readonly Phrase[];

  constructor(problems: readonly Phrase[]) {
    super(problems.map((problem) => new PlainError(problem).message).join('\n'));
    this.problems = problems;
  }
}

export interface LoadedSettings {
  readonly settings: Settings;
  readonly origins: ReadonlyMap<SettingKey, Origin>;
}

export interface ResolveOptions {
  readonly demo?: boolean;
  readonly bench?: boolean;
  /** Base of relative paths; default: the working directory. */
  readonly cwd?: string;
}

const KEYS = Object.keys(SETTINGS) as SettingKey[];
const PATH_KEYS: readonly SettingKey[] = [
  'data',
  'https.certificate',
  'https.key',
  'cluster.credentials',
  'cluster.ca',
];

const isSettingKey = (key: string): key is SettingKey => Object.hasOwn(SETTINGS, key);

function originPhrase(origin: Origin): Phrase {
  if (origin.kind === 'file') return phrase('source.file', { path: origin.path });
  if (origin.kind === 'environment') return phrase('source.environment', { name: origin.name });
  if (origin.kind === 'store') return phrase('source.store');
  return phrase('source.command');
}

/** A value in a sentence: quoted, short, on one line. */
function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

function isComputed(fallback: unknown): fallback is Computed<unknown> {
  return typeof fallback === 'object' && fallback !== null && 'compute' in fallback;
}

function unknownKey(raw: RawSetting): Phrase {
  const similar = similarTo(raw.key, KEYS);
  const source = originPhrase(raw.origin);
  return similar === undefined
    ? phrase('settings.unknown', { key: raw.key, source })
    : phrase('settings.unknownSimilar', { key: raw.key, source, similar });
}

/** Checks `raw` (ascending precedence) against the table and fills in the defaults. @throws SettingsError */
export function resolveSettings(raw: Iterable<RawSetting>, options: ResolveOptions = {}): LoadedSettings {
  const problems: Phrase[] = [];
  const chosen = new Map<SettingKey, RawSetting>();
  for (const entry of raw) {
    if (isSettingKey(entry.key)) chosen.set(entry.key, entry);
    else problems.push(unknownKey(entry));
  }
  const values = new Map<SettingKey, unknown>();
  const origins = new Map<SettingKey, Origin>();
  const context: DefaultContext = {
    demo: options.demo === true,
    bench: options.bench === true,
    get: (key) => values.get(key as SettingKey),
  };
  for (const key of KEYS) {
    const definition = SETTINGS[key] as SettingDefinition<unknown>;
    const entry = chosen.get(key);
    let value = isComputed(definition.fallback) ? definition.fallback.compute(context) : definition.fallback;
    if (entry !== undefined) {
      const parsed = definition.parser.parse(entry.value);
      if (parsed === undefined) {
        problems.push(
          phrase('settings.bad', {
            key,
            value: definition.secret ? '"***"' : shown(entry.value),
            source: originPhrase(entry.origin),
            allowed: definition.parser.allowed,
          }),
        );
      } else value = parsed;
    }
    if (key.startsWith('ports.') && key !== 'ports.offset' && typeof value === 'number' && value > 0) {
      value += values.get('ports.offset') as number;
      if ((value as number) > 65535)
        problems.push(phrase('settings.portRange', { key, port: value as number }));
    }
    if (PATH_KEYS.includes(key) && value !== '') value = resolvePath(options.cwd ?? '.', value as string);
    values.set(key, value);
    origins.set(key, entry?.origin ?? { kind: 'default' });
  }
  if (options.demo === true && !isLoopback(values.get('host') as string)) {
    problems.push(phrase('settings.demoExposed', { host: values.get('host') as string }));
  }
  if ((values.get('https.certificate') === '') !== (values.get('https.key') === '')) {
    problems.push(phrase('settings.keyPair'));
  }
  if (
    values.get('sso.systemAuthMode') !== 'NON_SSO' &&
    (values.get('sso.issuer') === '' || values.get('sso.clientId') === '')
  )
    problems.push(phrase('settings.ssoIncomplete'));
  problems.push(...clusterProblems((key) => values.get(key)));
  if (problems.length > 0) throw new SettingsError(problems);
  return { settings: nest(values), origins };
}

/** What nodes share is signed with the secret; whoever can listen between this machine and NATS must neither read nor speak. */
function clusterProblems(valueIn: (key: SettingKey) => unknown): Phrase[] {
  const urls = valueIn('cluster.nats') as readonly string[];
  if (urls.length === 0) return [];
  const problems: Phrase[] = [];
  if (valueIn('node.secret') === '') problems.push(phrase('settings.clusterSecret'));
  const has = (key: SettingKey) => valueIn(key) !== '';
  const ways = [has('cluster.user'), has('cluster.token'), has('cluster.credentials')].filter(Boolean).length;
  if (ways > 1 || has('cluster.user') !== has('cluster.password'))
    problems.push(phrase('settings.clusterCredentials'));
  const exposed = urls.find((url) => !isLoopback(natsHost(url)));
  if (exposed !== undefined && !(exposed.startsWith('tls:') && ways > 0))
    problems.push(phrase('settings.clusterExposed', { url: exposed }));
  return problems;
}

function nest(values: ReadonlyMap<SettingKey, unknown>): Settings {
  const root: Record<string, unknown> = {};
  for (const [key, value] of values) {
    const names = key.split('.');
    const last = names.pop()!;
    let place = root;
    for (const name of names) {
      place[name] ??= {};
      place = place[name] as Record<string, unknown>;
    }
    place[last] = value;
  }
  return deepFreeze(root) as unknown as Settings;
}

function deepFreeze<T extends object>(value: T): T {
  for (const child of Object.values(value)) {
    if (typeof child === 'object' && child !== null) deepFreeze(child);
  }
  return Object.freeze(value);
}

/** The value of one key, by its dotted name. */
export function settingValue(settings: Settings, key: SettingKey): unknown {
  let value: unknown = settings;
  for (const name of key.split('.')) value = (value as Record<string, unknown>)[name];
  return value;
}

/** Settings for tests and for embedding: the defaults and what `overrides` says by dotted key. */
export function settingsOf(
  overrides: Partial<Record<SettingKey, unknown>> = {},
  options: ResolveOptions = {},
): Settings {
  const raw = Object.entries(overrides).map(([key, value]) => ({
    key,
    value,
    origin: { kind: 'command' } as const,
  }));
  return resolveSettings(raw, options).settings;
}
