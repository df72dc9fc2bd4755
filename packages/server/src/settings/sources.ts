/** Reads settings from the file, the environment and the command line, in ascending precedence. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Phrase, phrase } from '../messages/catalogue.ts';
import { SETTINGS } from './keys.ts';
import { type LoadedSettings, type RawSetting, resolveSettings, SettingsError } from './settings.ts';

export interface SettingsSources {
  /** Settings file; without it `POISE_CONFIG`, else `poise.yaml` in the data directory if it exists. */
  readonly file?: string | undefined;
  /** Data directory from the command line. */
  readonly data?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** `KEY=VALUE` each. */
  readonly set?: readonly string[];
  readonly demo?: boolean;
  readonly bench?: boolean;
  readonly cwd?: string;
  /** What an administrator has written, in the lowest place above the defaults. */
  readonly stored?: readonly RawSetting[];
}

const FILE_BYTES_MAX = 1024 * 1024;

/** `presence.onDisconnect` is `POISE_PRESENCE_ONDISCONNECT`. */
export const environmentName = (key: string): string => `POISE_${key.replaceAll('.', '_').toUpperCase()}`;

const KEY_OF_ENVIRONMENT = new Map(Object.keys(SETTINGS).map((key) => [environmentName(key), key]));

/** Variables with the prefix that are no settings. */
const OTHER_VARIABLES = /^POISE_(?:CONFIG$|URL$|TEST_)/;

function fromEnvironment(env: Readonly<Record<string, string | undefined>>): RawSetting[] {
  const found: RawSetting[] = [];
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || !name.startsWith('POISE_') || OTHER_VARIABLES.test(name)) continue;
    const key =
      KEY_OF_ENVIRONMENT.get(name) ?? name.slice('POISE_'.length).toLowerCase().replaceAll('_', '.');
    found.push({ key, value, origin: { kind: 'environment', name } });
  }
  return found;
}

/** @throws SettingsError when a pair has no equals sign */
function fromCommandLine(pairs: readonly string[]): RawSetting[] {
  const problems: Phrase[] = [];
  const found: RawSetting[] = [];
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 1) problems.push(phrase('settings.pair', { text: JSON.stringify(pair.slice(0, 80)) }));
    else
      found.push({ key: pair.slice(0, at).trim(), value: pair.slice(at + 1), origin: { kind: 'command' } });
  }
  if (problems.length > 0) throw new SettingsError(problems);
  return found;
}

/** Nested or dotted keys of a YAML document. @throws SettingsError when it cannot be read as a mapping */
export async function fromFile(path: string): Promise<RawSetting[]> {
  const refuse = (reason: string): never => {
    throw new SettingsError([phrase('settings.file', { path, reason })]);
  };
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    refuse((error as NodeJS.ErrnoException).code ?? (error as Error).message);
  }
  if (text.length > FILE_BYTES_MAX) refuse(`longer than ${FILE_BYTES_MAX} bytes`);
  const { parse } = await import('yaml');
  let content: unknown;
  try {
    content = parse(text, { maxAliasCount: 0 });
  } catch (error) {
    refuse(((error as Error).message.split('\n')[0] ?? '').replace(/:$/, ''));
  }
  if (content === null || content === undefined) return [];
  if (typeof content !== 'object' || Array.isArray(content)) refuse('it is not a mapping of settings');
  const found: RawSetting[] = [];
  flatten(content as Record<string, unknown>, '', (key, value) => {
    found.push({ key, value, origin: { kind: 'file', path } });
  });
  return found;
}

function flatten(
  content: Readonly<Record<string, unknown>>,
  prefix: string,
  each: (key: string, value: unknown) => void,
): void {
  for (const [name, value] of Object.entries(content)) {
    const key = prefix + name;
    const isSetting = Object.hasOwn(SETTINGS, key);
    if (!isSetting && typeof value === 'object' && value !== null && !Array.isArray(value)) {
      flatten(value as Record<string, unknown>, `${key}.`, each);
    } else each(key, value);
  }
}

/** Reads and checks everything. @throws SettingsError with all problems */
export async function loadSettings(sources: SettingsSources): Promise<LoadedSettings> {
  const env = sources.env ?? {};
  const fromArguments = fromCommandLine(sources.set ?? []);
  if (sources.data !== undefined) {
    fromArguments.push({ key: 'data', value: sources.data, origin: { kind: 'command' } });
  }
  const later = [...fromEnvironment(env), ...fromArguments];
  const file = sources.file ?? env.POISE_CONFIG ?? fileInDataDirectory(later, sources.cwd);
  const fromSettingsFile = file === undefined ? [] : await fromFile(file);
  return resolveSettings([...(sources.stored ?? []), ...fromSettingsFile, ...later], {
    ...(sources.demo === undefined ? {} : { demo: sources.demo }),
    ...(sources.bench === undefined ? {} : { bench: sources.bench }),
    ...(sources.cwd === undefined ? {} : { cwd: sources.cwd }),
  });
}

function fileInDataDirectory(raw: readonly RawSetting[], cwd = '.'): string | undefined {
  const data = raw.findLast((entry) => entry.key === 'data')?.value ?? SETTINGS.data.fallback;
  const path = resolve(cwd, String(data), 'poise.yaml');
  return existsSync(path) ? path : undefined;
}
