/** `set_property`, `show_property`, `toaster`: names of the original for settings of this server (admin.md 4). */
import { phrase } from '../../../messages/catalogue.ts';
import { PROPERTIES, PROPERTY_MODULES } from '../../../settings/property-names.ts';
import type { ShellCommand, ShellParameter } from '../grammar.ts';
import { refusal, type Shell } from '../shell.ts';
import { CHANGED_AT_ONCE, CHANGED_FOR_NEXT_START } from './tables.ts';

/** As the server answers. */
interface PropertyState {
  readonly value: string;
  readonly waiting: string | null;
}

/** Names that the Tab key offers, by module; what there is, the server says. */
const namesOf = (module: string): readonly string[] =>
  PROPERTIES.filter((property) => property.module === module).map(({ name }) => name);
const MODULES: readonly string[] = PROPERTY_MODULES;

const propertyLines = (name: string, { value, waiting }: PropertyState): readonly string[] => [
  `The value of property '${name}' is '${value}'`,
  ...(waiting === null ? [] : [`The value '${waiting}' waits for the next start of Poise.`]),
];

async function show([module = '', name = '']: readonly string[], shell: Shell): Promise<void> {
  const state = (await shell.control('utils.property.show', { module, name })) as PropertyState;
  for (const line of propertyLines(name, state)) shell.print(line);
}

async function set([module = '', name = '', ...value]: readonly string[], shell: Shell): Promise<void> {
  // Text that was not quoted is one value all the same.
  const { waiting } = (await shell.control('utils.property.set', {
    module,
    name,
    value: value.join(' '),
  })) as PropertyState;
  shell.print('Property successfully updated.');
  for (const line of waiting === null ? CHANGED_AT_ONCE : CHANGED_FOR_NEXT_START) shell.print(line);
}

const TOASTER = { module: 'desktop', name: 'notificationPopupWaitTime' } as const;
const TOASTER_SECONDS = { min: 5, max: 60, usual: 8 } as const;

async function toasterEnable([seconds]: readonly string[], shell: Shell): Promise<void> {
  const { min, max, usual } = TOASTER_SECONDS;
  const count = seconds === undefined ? usual : Number(seconds);
  if (!Number.isInteger(count) || count < min || count > max)
    throw refusal(phrase('shell.toaster', { min, max }));
  const { waiting } = (await shell.control('utils.property.set', {
    ...TOASTER,
    value: String(count),
  })) as PropertyState;
  shell.print(`Toaster notification is enabled with a timeout of ${count} seconds.`);
  for (const line of waiting === null ? CHANGED_AT_ONCE : CHANGED_FOR_NEXT_START) shell.print(line);
}

async function toasterStatus(_given: readonly string[], shell: Shell): Promise<void> {
  const { value, waiting } = (await shell.control('utils.property.show', TOASTER)) as PropertyState;
  shell.print(`Toaster notification is enabled with a timeout of ${value} seconds.`);
  if (waiting !== null) shell.print(`The value '${waiting}' waits for the next start of Poise.`);
}

const MODULE: ShellParameter = { name: MODULES.join('|'), takes: 'one', complete: () => MODULES };
const NAME: ShellParameter = {
  name: 'property',
  takes: 'one',
  complete: (_shell, _typed, before) => namesOf(before[0] ?? ''),
};

/** Under `show` and `set` they are looked for, too. */
const named = (words: readonly string[], command: Omit<ShellCommand, 'words'>): readonly ShellCommand[] =>
  words.map((each) => ({ words: each, ...command }));

export const PROPERTY_COMMANDS: readonly ShellCommand[] = [
  ...named(['utils finesse show_property', 'show finesse property'], {
    parameters: [MODULE, NAME],
    help: 'shell.help.showProperty',
    run: show,
  }),
  ...named(['utils finesse set_property', 'set finesse property'], {
    parameters: [MODULE, NAME, { name: 'value', takes: 'options' }],
    help: 'shell.help.setProperty',
    run: set,
  }),
  {
    words: 'utils finesse toaster enable',
    parameters: [{ name: '5-60', takes: 'optional' }],
    help: 'shell.help.toasterEnable',
    run: toasterEnable,
  },
  { words: 'utils finesse toaster status', help: 'shell.help.toasterStatus', run: toasterStatus },
];
