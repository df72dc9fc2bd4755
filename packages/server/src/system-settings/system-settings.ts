/**
 * Settings that an administrator stores, as objects with fields: what is in force, what will be from the next start on, and which
 * fields the settings file, the environment or the command line fixes.
 */
import { SETTINGS_DESCRIPTIONS, type SettingsName } from '../configuration/settings-descriptions.ts';
import { isLoopback } from '../settings/exposure.ts';
import { type Computed, SETTINGS, type SettingDefinition, type SettingKey } from '../settings/keys.ts';
import type { Address } from '../settings/parsers.ts';
import type { Sealer } from '../settings/seal.ts';
import { type Origin, type Settings, settingValue } from '../settings/settings.ts';
import type { StoredKey } from '../settings/stored.ts';
import type { Directory } from '../store/directory.ts';
import type { Repositories } from '../store/repositories.ts';

export { isHost } from '../settings/parsers.ts';

export type Values = Readonly<Record<string, string | number | boolean | null>>;

/** A value that cannot be stored. */
export interface SettingProblem {
  readonly field: string;
  /** `FIXED`: something of higher precedence says it. */
  readonly code: 'MISSING' | 'FORMAT' | 'FIXED';
  /** One plain sentence in English. */
  readonly message: string;
}

export interface FixedField {
  readonly field: string;
  readonly origin: 'file' | 'environment' | 'command';
  /** Path of the file, name of the variable; of the command line empty. */
  readonly source: string;
}

export interface SettingsView {
  readonly next: Values;
  readonly inForce: Values;
  readonly waiting: readonly string[];
  readonly fixed: readonly FixedField[];
}

/** What has to be written. */
export interface SettingsChange {
  readonly save: ReadonlyArray<{ readonly key: StoredKey; readonly value: string }>;
  readonly remove: readonly StoredKey[];
}

export interface SystemSettingsDependencies {
  /** In force. */
  readonly settings: Settings;
  /** Where they came from; of a key that is not there, the command line. */
  readonly origins: ReadonlyMap<SettingKey, Origin>;
  readonly sealer: Pick<Sealer, 'seal' | 'unseal'>;
}

type Get = (key: StoredKey) => unknown;

interface Group {
  /** Fields, each with the setting that holds it. */
  readonly keys: Readonly<Record<string, StoredKey>>;
  read(get: Get): Values;
  /** What a setting will be, as it stands in a settings file. */
  text(key: StoredKey, values: Values): string | number;
  /** What fields must be together. */
  check?(values: Values): readonly SettingProblem[];
}

const PASSWORD = 'enterpriseDatabase.password';

/** Host and port as a settings file has them. */
const addressText = (host: unknown, port: unknown): string =>
  host === '' ? '' : `${String(host).includes(':') ? `[${host}]` : host}:${port}`;

/** Fields that are settings, one by one. */
const plain = (keys: Readonly<Record<string, StoredKey>>, check?: Group['check']): Group => ({
  keys,
  read: (get) =>
    Object.fromEntries(Object.entries(keys).map(([field, key]) => [field, get(key) as string | number])),
  text: (key, values) => {
    const [field] = Object.entries(keys).find(([, each]) => each === key)!;
    return values[field] as string | number;
  },
  ...(check && { check }),
});

const missing = (field: string, message: string): SettingProblem => ({ field, code: 'MISSING', message });

const GROUPS: Readonly<Record<SettingsName, Group>> = {
  cti: {
    keys: {
      host: 'cti.a',
      port: 'cti.a',
      backupHost: 'cti.b',
      backupPort: 'cti.b',
      peripheralId: 'cti.peripheralId',
    },
    read: (get) => {
      const [a, b] = [get('cti.a') as Address | null, get('cti.b') as Address | null];
      return {
        host: a?.host ?? '',
        port: a?.port ?? null,
        backupHost: b?.host ?? '',
        backupPort: b?.port ?? null,
        peripheralId: get('cti.peripheralId') as number,
      };
    },
    text: (key, { host, port, backupHost, backupPort, peripheralId }) =>
      key === 'cti.a'
        ? addressText(host, port)
        : key === 'cti.b'
          ? addressText(backupHost, backupPort)
          : (peripheralId as number),
    check: ({ host, backupHost, backupPort }) => {
      if (host === '') return [missing('host', 'host is missing.')];
      if (backupHost === '' && backupPort !== null)
        return [missing('backupHost', 'backupPort is of no use without backupHost.')];
      if (backupHost !== '' && backupPort === null)
        return [missing('backupPort', 'backupHost is of no use without backupPort.')];
      // Both sides of the embedded CTI server are on this machine.
      return backupHost !== '' && backupHost === host && !isLoopback(String(host))
        ? [{ field: 'backupHost', code: 'FORMAT', message: 'backupHost must be another host than host.' }]
        : [];
    },
  },
  cluster: plain({ secondaryNode: 'node.secondary' }),
  enterpriseDatabase: plain(
    {
      host: 'enterpriseDatabase.host',
      backupHost: 'enterpriseDatabase.backupHost',
      port: 'enterpriseDatabase.port',
      databaseName: 'enterpriseDatabase.name',
      domain: 'enterpriseDatabase.domain',
      username: 'enterpriseDatabase.user',
    },
    ({ host, backupHost }) =>
      host === '' && backupHost !== '' ? [missing('host', 'backupHost is of no use without host.')] : [],
  ),
  chat: plain(
    { primaryNode: 'chat.primary', secondaryNode: 'chat.secondary' },
    ({ primaryNode, secondaryNode }) =>
      primaryNode === '' && secondaryNode !== ''
        ? [missing('primaryNode', 'secondaryNode is of no use without primaryNode.')]
        : [],
  ),
};

/** What is wrong with a value by itself, in the words of its field. */
const FORMATS: Readonly<Partial<Record<StoredKey, string>>> = {
  'cti.a': 'must be the name or address of a host, and a port from 1 to 65535',
  'cti.b': 'must be the name or address of a host, and a port from 1 to 65535',
  'node.secondary': 'must be the name or address of a host',
  'enterpriseDatabase.host': 'must be the name or address of a host',
  'enterpriseDatabase.backupHost': 'must be the name or address of a host',
  'chat.primary': 'must be an address that begins with https://',
  'chat.secondary': 'must be an address that begins with https://',
};

export class SystemSettings {
  readonly #d: SystemSettingsDependencies;

  constructor(dependencies: SystemSettingsDependencies) {
    this.#d = dependencies;
  }

  view(name: SettingsName, directory: Directory): SettingsView {
    const { keys } = GROUPS[name];
    const next = this.#read(name, (key) => this.#next(key, directory));
    const inForce = this.#read(name, (key) => settingValue(this.#d.settings, key));
    const waiting = Object.keys(next).filter((field) => next[field] !== inForce[field]);
    if (name === 'enterpriseDatabase' && !waiting.includes('passwordSet') && this.#passwordWaits(directory))
      waiting.push('password');
    const fields = Object.entries({ ...keys, ...(name === 'enterpriseDatabase' && { password: PASSWORD }) });
    const fixed = fields.flatMap(([field, key]) => this.#fixedBy(field, key as StoredKey) ?? []);
    return { next, inForce, waiting, fixed };
  }

  /**
   * What has to be written so that these values are in force from the next start on.
   *
   * @param password undefined: it stays as it is; null: none any more
   * @returns problems, and then nothing may be written
   */
  plan(
    name: SettingsName,
    wanted: Values,
    directory: Directory,
    password?: string | null,
  ): { readonly change: SettingsChange; readonly problems: readonly SettingProblem[] } {
    const group = GROUPS[name];
    const before = this.view(name, directory);
    const problems: SettingProblem[] = [...(group.check?.(wanted) ?? [])];
    const save: Array<{ key: StoredKey; value: string }> = [];
    const remove: StoredKey[] = [];
    for (const key of problems.length > 0 ? [] : new Set(Object.values(group.keys))) {
      const fields = Object.keys(group.keys).filter((field) => group.keys[field] === key);
      const changed = fields.filter((field) => wanted[field] !== before.next[field]);
      if (changed.length === 0) continue;
      const [field] = changed as [string];
      const fixed = this.#fixedBy(field, key);
      const { parser } = SETTINGS[key] as SettingDefinition<unknown>;
      const value = String(group.text(key, wanted));
      const parsed = parser.parse(value);
      if (fixed !== undefined) problems.push(fixedProblem(fixed));
      else if (parsed === undefined)
        problems.push({ field, code: 'FORMAT', message: `${field} ${FORMATS[key] ?? 'cannot be stored'}.` });
      else if (parser.print(parsed) === parser.print(this.#fallback(key))) remove.push(key);
      else save.push({ key, value: String(parser.print(parsed)) });
    }
    if (password !== undefined) {
      const fixed = this.#fixedBy('password', PASSWORD);
      const fits = password === null || SETTINGS[PASSWORD].parser.parse(password) !== undefined;
      const isInForce = (password ?? '') === this.#d.settings.enterpriseDatabase.password;
      if (fixed !== undefined) {
        if (!isInForce) problems.push(fixedProblem(fixed));
      } else if (!fits)
        problems.push({ field: 'password', code: 'FORMAT', message: 'password cannot be stored.' });
      else if (password === null) remove.push(PASSWORD);
      else if (problems.length === 0 && this.#storedPassword(directory) !== password)
        save.push({ key: PASSWORD, value: this.#d.sealer.seal(PASSWORD, password) });
    }
    return { change: problems.length > 0 ? { save: [], remove: [] } : { save, remove }, problems };
  }

  #read(name: SettingsName, get: Get): Values {
    const values = GROUPS[name].read(get);
    return name === 'enterpriseDatabase' ? { ...values, passwordSet: get(PASSWORD) !== '' } : values;
  }

  #passwordWaits(directory: Directory): boolean {
    return this.#next(PASSWORD, directory) !== this.#d.settings.enterpriseDatabase.password;
  }

  #storedPassword(directory: Directory): string | undefined {
    const sealed = directory.settings().get(PASSWORD);
    return sealed === undefined ? undefined : this.#d.sealer.unseal(PASSWORD, sealed);
  }

  /** What a start with the same file, environment and command line would make of it. */
  #next(key: StoredKey, directory: Directory): unknown {
    if (this.#fixedBy('', key) !== undefined) return settingValue(this.#d.settings, key);
    const { parser } = SETTINGS[key] as SettingDefinition<unknown>;
    const stored = key === PASSWORD ? this.#storedPassword(directory) : directory.settings().get(key);
    return (stored === undefined ? undefined : parser.parse(stored)) ?? this.#fallback(key);
  }

  #fallback(key: StoredKey): unknown {
    const { fallback } = SETTINGS[key] as SettingDefinition<unknown>;
    const isComputed = typeof fallback === 'object' && fallback !== null && 'compute' in fallback;
    if (!isComputed) return fallback;
    const get = (name: string): unknown => settingValue(this.#d.settings, name as SettingKey);
    return (fallback as Computed<unknown>).compute({ demo: false, bench: false, get });
  }

  #fixedBy(field: string, key: StoredKey): FixedField | undefined {
    const origin = this.#d.origins.get(key) ?? { kind: 'command' };
    switch (origin.kind) {
      case 'default':
      case 'store':
        return undefined;
      case 'file':
        return { field, origin: 'file', source: origin.path };
      case 'environment':
        return { field, origin: 'environment', source: origin.name };
      case 'command':
        return { field, origin: 'command', source: '' };
    }
  }
}

const ORIGINS: Readonly<Record<FixedField['origin'], (source: string) => string>> = {
  file: (source) => `the settings file ${source}`,
  environment: (source) => `the environment variable ${source}`,
  command: () => 'the command line',
};

const fixedProblem = ({ field, origin, source }: FixedField): SettingProblem => ({
  field,
  code: 'FIXED',
  message: `${field} is fixed by ${ORIGINS[origin](source)}.`,
});

/** Carries a change out, in the transaction of whoever calls. */
export async function saveSettings(
  { settings }: Pick<Repositories, 'settings'>,
  { save, remove }: SettingsChange,
): Promise<void> {
  for (const setting of save) await settings.save(setting);
  for (const key of remove) await settings.remove(key);
}

export const isSettingsName = (name: string): name is SettingsName =>
  Object.hasOwn(SETTINGS_DESCRIPTIONS, name);
