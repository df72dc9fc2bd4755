import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { verifyPassword } from '../accounts/scram-keys.ts';
import { controlLocation } from '../control/location.ts';
import { ControlServer } from '../control/server.ts';
import { EN } from '../messages/en.ts';
import { Store } from '../store/store.ts';
import { provideSystemReasonCodes } from '../store/system-reason-codes.ts';
import { runCommand } from './poise.ts';
import type { Terminal } from './terminal.ts';

let dir: string;
let out: string[];
let errors: string[];
let env: Record<string, string>;
let secret: string | null;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'poise-config-'));
  out = [];
  errors = [];
  env = {};
  secret = null;
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const poise = (...given: string[]): Promise<number> => poiseOn('data', ...given);
const poiseOn = (data: string, ...given: string[]): Promise<number> => {
  const terminal: Terminal = {
    env,
    cwd: dir,
    interactive: false,
    messages: EN,
    print: (line) => void out.push(line),
    printError: (line) => void errors.push(line),
    write: (text) => void out.push(text),
    ask: () => Promise.resolve(null),
    askSecret: () => Promise.resolve(secret),
  };
  return runCommand([...given, '--data', join(dir, data)], terminal);
};
const file = (source: string): void => writeFileSync(join(dir, 'centre.yaml'), `poise: 1\n${source}\n`);

test('a plan alone writes nothing, also where no server has run yet; it knows the codes of the system all the same', async () => {
  file('reasonCodes: { NOT_READY: [{ code: 999, system: true, label: By a supervisor }] }');
  expect(await poise('config', 'apply', 'centre.yaml', '--dry-run')).toBe(0);
  expect(out.at(-1)).toBe('Changes that would be made: 1.');
  const store = await Store.open({ path: join(dir, 'data') });
  expect(await store.repositories.reasonCodes.all()).toEqual([]);
  await store.close();
});

test('a server that runs has read what was applied when the command is over; a plan alone is not told', async () => {
  const refreshes: number[] = [];
  const control = new ControlServer(controlLocation(join(dir, 'data'), 'server'), {
    'store.refresh': async () => {
      const store = await Store.open({ path: join(dir, 'data') });
      refreshes.push(store.directory.current.users().length);
      await store.close();
    },
  });
  await control.start();
  try {
    file('users: [{ loginId: anna }]');
    expect(await poise('config', 'apply', 'centre.yaml', '--dry-run')).toBe(0);
    expect(refreshes).toEqual([]);
    expect(await poise('config', 'apply', 'centre.yaml')).toBe(0);
    expect(refreshes).toEqual([1]);
    secret = 'a long password';
    expect(await poise('user', 'set-password', 'anna')).toBe(0);
    expect(refreshes).toEqual([1, 1]);
  } finally {
    await control.stop();
  }
});

test('a plan is printed, carried out, and is empty then; the export is the same again', async () => {
  env['ANNA'] = 'a long password';
  file('teams: [{ id: 3, name: Sales }]\nusers: [{ loginId: anna, team: Sales, password: { env: ANNA } }]');
  expect(await poise('config', 'apply', 'centre.yaml', '--dry-run')).toBe(0);
  const plan = ['+ teams 3 "Sales"', '+ users anna', '~ users anna: password'];
  expect(out).toEqual([...plan, 'Changes that would be made: 3.']);
  out.length = 0;
  expect(await poise('config', 'apply', 'centre.yaml')).toBe(0);
  expect(out).toEqual([...plan, 'Changes made: 3.']);
  out.length = 0;
  expect(await poise('config', 'apply', 'centre.yaml')).toBe(0);
  expect(out).toEqual(['Nothing to change.']);
  const store = await Store.open({ path: join(dir, 'data') });
  const credential = await store.repositories.credentials.find('anna');
  await store.close();
  expect(await verifyPassword('a long password', credential!)).toBe(true);

  out.length = 0;
  expect(await poise('config', 'export', 'again.yaml')).toBe(0);
  expect(readFileSync(join(dir, 'again.yaml'), 'utf8')).toContain('loginId: anna');
  if (process.platform !== 'win32') expect(statSync(join(dir, 'again.yaml')).mode & 0o077).toBe(0);
  expect(await poise('config', 'apply', 'again.yaml')).toBe(0);
  expect(out).toEqual(['Nothing to change.']);
});

test('the export of one centre is applied to a data directory on which no server has run', async () => {
  const source = await Store.open({ path: join(dir, 'data') });
  await provideSystemReasonCodes(source, 'CCE');
  await source.close();
  file('teams: [{ id: 3, name: Sales }]');
  await poise('config', 'apply', 'centre.yaml');
  expect(await poise('config', 'export', 'whole.yaml')).toBe(0);
  expect(readFileSync(join(dir, 'whole.yaml'), 'utf8')).toContain('Supervisor Initiated');
  out.length = 0;
  const applied = await poiseOn('new', 'config', 'apply', 'whole.yaml');
  expect([applied, errors]).toEqual([0, []]);
  expect(out).toContain('+ teams 3 "Sales"');
  out.length = 0;
  expect(await poiseOn('new', 'config', 'apply', 'whole.yaml')).toBe(0);
  expect(out).toEqual(['Nothing to change.']);
});

test('a change says what was and what will be; nothing in it commands the terminal', async () => {
  file('teams: [{ id: 3, name: "Sales\\u009b31m" }]\ndevices: ["1"]');
  await poise('config', 'apply', 'centre.yaml');
  out.length = 0;
  file('teams: [{ id: 3, name: Verkauf, wrapUpTimerSeconds: 60 }]\ndevices: []');
  expect(await poise('config', 'apply', 'centre.yaml', '--dry-run')).toBe(0);
  expect(out).toEqual([
    '- devices 1',
    '~ teams 3: name "Sales 31m" -> "Verkauf", wrapUpTimerSeconds 30 -> 60',
    'Changes that would be made: 2.',
  ]);
  out.length = 0;
  expect(await poise('config', 'apply', 'centre.yaml', '--dry-run', '--json')).toBe(0);
  expect(out.map((line) => JSON.parse(line) as unknown)).toEqual([
    { section: 'devices', action: 'remove', key: '1', fields: [] },
    { section: 'teams', action: 'change', key: '3', fields: ['name', 'wrapUpTimerSeconds'] },
  ]);
});

test.each<[string, string, string]>([
  ['a slip', 'teams: [{ nme: x }]', 'centre.yaml, line 2: teams[0].nme: is not known here'],
  [
    'a name of nobody',
    'users: [{ loginId: a, team: x }]',
    'Nothing was changed. users: a: there is no team x',
  ],
  [
    'no secret',
    'users: [{ loginId: a, password: { env: NONE } }]',
    'The password of a is not to be found in NONE.',
  ],
  [
    'no secret file',
    'users: [{ loginId: a, password: { file: no } }]',
    'The password of a is not to be found in no.',
  ],
  ['a short secret', 'users: [{ loginId: a, password: { env: SHORT } }]', 'is too short'],
])('%s is one sentence, and nothing is changed', async (_what, source, said) => {
  env['SHORT'] = 'x';
  file(source);
  expect(await poise('config', 'apply', 'centre.yaml')).toBe(1);
  expect(errors.join('\n')).toContain(said);
  const store = await Store.open({ path: join(dir, 'data') });
  expect(store.directory.current.users()).toEqual([]);
  await store.close();
});

test('a file that is not there is named', async () => {
  expect(await poise('config', 'apply', 'none.yaml')).toBe(1);
  expect(errors[0]).toContain('none.yaml cannot be read');
});

test('settings are part of the tree: applied, exported, taken back, and no password among them', async () => {
  file('settings: { cti.a: "pg1.example:42027", cti.peripheralId: 5000 }');
  expect(await poise('config', 'apply', 'centre.yaml')).toBe(0);
  expect(out).toEqual(['+ settings cti.a', '+ settings cti.peripheralId', 'Changes made: 2.']);
  out.length = 0;
  expect(await poise('config', 'apply', 'centre.yaml')).toBe(0);
  expect(out).toEqual(['Nothing to change.']);
  const sealed = { key: 'enterpriseDatabase.password', value: 'v1:sealed' };
  const store = await Store.open({ path: join(dir, 'data') });
  await store.change(({ settings }) => settings.save(sealed));
  await store.close();
  out.length = 0;
  await poise('config', 'export');
  expect(out.join('')).toContain('settings:\n  cti.a: pg1.example:42027\n  cti.peripheralId: "5000"\n');
  expect(out.join('')).not.toContain('sealed');
  out.length = 0;
  file('settings: {}');
  expect(await poise('config', 'apply', 'centre.yaml')).toBe(0);
  expect(out).toEqual(['- settings cti.a', '- settings cti.peripheralId', 'Changes made: 2.']);
  const after = await Store.open({ path: join(dir, 'data') });
  expect(await after.repositories.settings.all()).toEqual([sealed]);
  await after.close();
});

test.each([
  ['settings: { cti.a: nowhere }', 'cti.a'],
  ['settings: { host: 0.0.0.0 }', 'host'],
  ['settings: { enterpriseDatabase.password: secret }', 'enterpriseDatabase.password'],
])('a setting that cannot be stored is refused with its line: %s', async (source, key) => {
  file(source);
  expect(await poise('config', 'apply', 'centre.yaml')).not.toBe(0);
  expect(errors.join('\n')).toContain(key);
  expect(errors.join('\n')).toContain('line 2');
});
