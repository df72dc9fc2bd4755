/** `poise config export` and `poise config apply`: the stored configuration as a file, with or without a running server. */
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { StepError } from '../configuration-files/apply.ts';
import {
  applyTree,
  exportDocument,
  type Outcome,
  type Passwords,
  planFor,
} from '../configuration-files/configure.ts';
import { DocumentError, readTree } from '../configuration-files/document.ts';
import { PlanError, type Step } from '../configuration-files/plan.ts';
import type { ConfigurationTree } from '../configuration-files/tree.ts';
import { PlainError, phrase, say } from '../messages/catalogue.ts';
import { Store, storeOptions } from '../store/store.ts';
import { provideSystemReasonCodes, systemReasonCodesToProvide } from '../store/system-reason-codes.ts';
import { type Arguments, EXIT } from './command.ts';
import { settingsFrom } from './settings-arguments.ts';
import { tellStored } from './tell-stored.ts';
import type { Terminal } from './terminal.ts';

/** Longest value that is printed in a line. */
const SHOWN_MAX = 60;

export async function exportConfiguration(given: Arguments, terminal: Terminal): Promise<number> {
  const { settings } = await settingsFrom(given, terminal);
  const store = await Store.open(storeOptions(settings));
  try {
    const document = await exportDocument(store);
    const [name] = given.positionals;
    if (name === undefined) terminal.write(document);
    else await write(resolve(terminal.cwd, name), document);
    return EXIT.done;
  } finally {
    await store.close();
  }
}

async function write(file: string, document: string): Promise<void> {
  try {
    // Names and numbers of people are in it.
    await writeFile(file, document, { mode: 0o600 });
  } catch (error) {
    throw new PlainError(phrase('configFile.write', { file }), { cause: error });
  }
}

export async function applyConfiguration(given: Arguments, terminal: Terminal): Promise<number> {
  const { settings } = await settingsFrom(given, terminal);
  const name = given.positionals[0] as string;
  const file = resolve(terminal.cwd, name);
  const tree = await read(file);
  const passwords: Passwords = {
    read: passwordReader(dirname(file), settings.accounts.passwordMin, terminal),
    iterations: settings.accounts.iterations,
    now: Date.now,
  };
  const isTrial = given.flags.has('dry-run');
  const store = await Store.open(storeOptions(settings));
  try {
    // A data directory that no server has run on has none yet; a file of another one names them.
    const known = await store.repositories.reasonCodes.all();
    const isNew = !known.some(({ systemCode }) => systemCode);
    if (isNew && !isTrial) await provideSystemReasonCodes(store, settings.deployment);
    const supposed = isNew ? systemReasonCodesToProvide(known, settings.deployment).missing : [];
    const outcome = isTrial
      ? await planFor(store, tree, passwords, supposed)
      : await applyTree(store, tree, passwords);
    if (!isTrial) await tellStored(settings.data);
    report(outcome, isTrial, given.flags.has('json'), terminal);
    return EXIT.done;
  } catch (error) {
    throw told(error);
  } finally {
    await store.close();
  }
}

async function read(file: string): Promise<ConfigurationTree> {
  let source: string;
  try {
    source = await readFile(file, 'utf8');
  } catch (error) {
    throw new PlainError(phrase('configFile.read', { file }), { cause: error });
  }
  try {
    return readTree(source);
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    throw new PlainError(phrase('configFile.wrong', { file, reason: error.message }), { cause: error });
  }
}

const passwordReader =
  (folder: string, min: number, terminal: Terminal): Passwords['read'] =>
  async (user, reference) => {
    const password =
      'env' in reference
        ? terminal.env[reference.env]
        : await readFile(resolve(folder, reference.file), 'utf8').then(
            // An editor ends the last line.
            (text) => text.replace(/\r?\n$/, ''),
            () => undefined,
          );
    const place = 'env' in reference ? reference.env : reference.file;
    if (password === undefined) throw new PlainError(phrase('configFile.noSecret', { user, place }));
    if (password.length < min) throw new PlainError(phrase('configFile.shortSecret', { user, place, min }));
    return password;
  };

/** An error of a plan as a sentence; others as they are. */
export function told(error: unknown): unknown {
  if (error instanceof PlanError || error instanceof StepError)
    return new PlainError(phrase('configFile.cannot', { reason: error.message }), { cause: error });
  return error;
}

/** The plan, a line for each step, and how many there are. */
export function report(
  { plan, passwords }: Outcome,
  isTrial: boolean,
  asJson: boolean,
  terminal: Terminal,
): void {
  const { messages } = terminal;
  if (asJson) {
    for (const { section, action, key, fields } of plan)
      terminal.print(JSON.stringify({ section, action, key, fields }));
    for (const user of passwords)
      terminal.print(JSON.stringify({ section: 'users', action: 'change', key: user, fields: ['password'] }));
    return;
  }
  for (const step of plan) terminal.print(lineOf(step));
  for (const user of passwords) terminal.print(`~ users ${user}: password`);
  const count = plan.length + passwords.length;
  if (count === 0) terminal.print(say(messages, 'configFile.nothing'));
  else terminal.print(say(messages, isTrial ? 'configFile.would' : 'configFile.done', { count }));
}

const SIGNS = { add: '+', change: '~', remove: '-' } as const;

/** `~ teams 1: name "Sales" -> "Verkauf"`. The words are those of the file, in every language. */
function lineOf({ section, action, key, before, after, fields }: Step): string {
  const head = `${SIGNS[action]} ${section} ${plain(key)}`;
  if (action !== 'change') {
    const name = (after ?? before) as unknown;
    const title = isNamed(name) && name.name !== key ? ` ${quoted(name.name)}` : '';
    return head + title;
  }
  const [was, is] = [before, after] as unknown as Readonly<Record<string, unknown>>[];
  return `${head}: ${fields.map((field) => change(field, was?.[field], is?.[field])).join(', ')}`;
}

const isNamed = (value: unknown): value is { readonly name: string } =>
  typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string';

function change(field: string, was: unknown, is: unknown): string {
  if (Array.isArray(was) && Array.isArray(is)) {
    const texts = (list: readonly unknown[]) => new Set(list.map((each) => JSON.stringify(each)));
    const [before, after] = [texts(was), texts(is)];
    const added = [...after].filter((each) => !before.has(each)).length;
    const removed = [...before].filter((each) => !after.has(each)).length;
    return added + removed === 0 ? field : `${field} +${added} -${removed}`;
  }
  const isShort = [was, is].every((value) => typeof value !== 'object' || value === null);
  return isShort ? `${field} ${quoted(was)} -> ${quoted(is)}` : field;
}

const quoted = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'null';
  return plain(text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text);
};

/** In one line, without what a terminal would obey. */
export const plain = (text: string): string =>
  text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ');
