/** `/config/settings/…`: settings that an administrator stores, for the next start (docs/configuration-api.md). */
import type { FieldError } from '../configuration/fields.ts';
import { SETTINGS_DESCRIPTIONS, type SettingsName } from '../configuration/settings-descriptions.ts';
import { type JsonObject, validate } from '../configuration/validate.ts';
import type { Directory } from '../store/directory.ts';
import {
  isHost,
  isSettingsName,
  type SettingProblem,
  type SettingsChange,
  type SystemSettings,
  type Values,
} from '../system-settings/system-settings.ts';
import { Problem, refuseErrors } from './problem.ts';

/** @throws Problem */
export function settingsNameOf(name: string): SettingsName {
  if (!isSettingsName(name)) throw new Problem('NOT_FOUND', `There are no settings ${name.slice(0, 64)}.`);
  return name;
}

/** What will be in force from the next start on, field by field, and beside it what is. */
export function settingsItem(settings: SystemSettings, name: SettingsName, directory: Directory): JsonObject {
  const { next, ...state } = settings.view(name, directory);
  return { ...next, ...state };
}

/** @throws Problem */
export function settingsChange(
  settings: SystemSettings,
  name: SettingsName,
  directory: Directory,
  body: unknown,
): SettingsChange {
  const { next } = settings.view(name, directory);
  const read = validate(SETTINGS_DESCRIPTIONS[name], body, next);
  if (!read.ok) throw new Problem('INVALID', 'Some fields cannot be stored.', read.errors);
  const { password, ...values } = read.value;
  const { change, problems } = settings.plan(
    name,
    values as Values,
    directory,
    // A form that nobody typed a password into sends an empty one.
    password === '' ? undefined : (password as string | null | undefined),
  );
  const fixed = problems.find(({ code }) => code === 'FIXED');
  if (fixed !== undefined) throw new Problem('FIXED', fixed.message, problems.map(errorOf));
  refuseErrors(problems.map(errorOf));
  return change;
}

const errorOf = ({ field, code, message }: SettingProblem): FieldError => ({
  field,
  code: code === 'MISSING' ? 'REQUIRED' : code === 'FIXED' ? 'FIXED' : 'FORMAT',
  message,
});

/** A side of the CTI server, as it was typed. */
export interface TestedSide {
  readonly host: string;
  readonly port: number;
  readonly peripheralId: number;
}

/** @throws Problem */
export function testedSide(body: unknown): TestedSide {
  const fields = SETTINGS_DESCRIPTIONS.cti.fields.filter(({ name }) =>
    ['host', 'port', 'peripheralId'].includes(name),
  );
  const read = validate({ object: 'CTI server', fields }, body);
  if (!read.ok) throw new Problem('INVALID', 'Some fields cannot be used.', read.errors);
  const { host } = read.value as unknown as TestedSide;
  if (!isHost(host))
    refuseErrors([{ field: 'host', code: 'FORMAT', message: 'host must be the name or address of a host.' }]);
  return read.value as unknown as TestedSide;
}
