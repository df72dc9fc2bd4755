import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '@poise/clock';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { controlLocation } from '../../control/location.ts';
import { ControlServer } from '../../control/server.ts';
import { catalogueOf } from '../../messages/catalogue.ts';
import { EN } from '../../messages/en.ts';
import { LogCollection } from '../../utils/index.ts';
import { EXIT } from '../command.ts';
import { runCommand } from '../poise.ts';
import type { Terminal } from '../terminal.ts';
import { dateText } from './desktop-auto-log-collection.ts';

let data: string;
let out: string[];
let errors: string[];
let prompts: string[];
let answers: string[];
let clock: VirtualClock;
let server: ControlServer;
let collection: LogCollection;
let terminal: Terminal;

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'poise-utils-'));
  [out, errors, prompts, answers] = [[], [], [], []];
  clock = new VirtualClock();
  terminal = {
    env: {},
    cwd: data,
    interactive: true,
    messages: EN,
    print: (line) => void out.push(line),
    printError: (line) => void errors.push(line),
    write: (text) => void out.push(text),
    ask: (prompt) => {
      prompts.push(prompt);
      return Promise.resolve(answers.shift() ?? null);
    },
    askSecret: () => Promise.resolve(null),
  };
  collection = new LogCollection({
    clock,
    findUser: (id) => (/^100\d+$/.test(id) ? id : undefined),
    ask: () => {},
    note: () => {},
    tellWrite: () => {},
  });
  server = new ControlServer(controlLocation(data, 'server'), collection.control);
  await server.start();
});
afterEach(async () => {
  await server.stop();
  rmSync(data, { recursive: true, force: true });
});

const run = (...given: string[]): Promise<number> => {
  out.length = 0;
  errors.length = 0;
  prompts.length = 0;
  const command = ['utils', 'finesse', 'desktop_auto_log_collection'];
  return runCommand([...command, ...given, '--data', data], terminal);
};
const create = (agents = '1001002') =>
  run('create', '--agents', agents, '--duration', '240', '--interval', '60');
const date = () => dateText(collection.list()[0]?.createdAt ?? 0);

test('create asks for what the options do not say, in the words of the original', async () => {
  answers = ['1001002', ' 240 ', '60'];
  expect(await run('create')).toBe(EXIT.done);
  expect(prompts).toEqual([
    'Enter agent IDs to continue. (Maximum 15 agents) [Example : 1001001,1001002] : ',
    'Enter duration in seconds.(value between 30 and 900) : ',
    'Enter interval in seconds.(value between 30 and 240) : ',
  ]);
  expect(out).toEqual([
    'Agent IDs entered: 1001002',
    'Duration entered: 240',
    'Interval entered: 60',
    '',
    'Successfully scheduled client log collection for the specified agent(s).',
    '',
    'Ensure the same is enabled in all the Finesse nodes in the cluster..',
  ]);
  expect(collection.list()).toMatchObject([{ agentIds: ['1001002'], durationS: 240, intervalS: 60 }]);
});

test('create asks nothing that the options say', async () => {
  answers = ['30'];
  expect(await run('create', '--agents', '1001,1002', '--duration', '900')).toBe(EXIT.done);
  expect(prompts).toEqual(['Enter interval in seconds.(value between 30 and 240) : ']);
  expect(await run('create', '--agents', '1001', '--duration', '30', '--interval', '30', '--json')).toBe(0);
  expect(JSON.parse(out[0] as string)).toMatchObject({ id: 2, agentIds: ['1001'] });
});

test('without an answer nothing is scheduled', async () => {
  answers = ['1001002'];
  expect(await run('create')).toBe(EXIT.usage);
  expect(errors[0]).toBe('The command needs --duration.');
  // Whoever wants JSON is a program, which is not asked.
  answers = ['1001002'];
  expect(await run('create', '--json')).toBe(EXIT.usage);
  expect(prompts).toEqual([]);
  expect(collection.list()).toEqual([]);
});

test('what the server refuses is said', async () => {
  expect(await create('9999')).toBe(EXIT.failed);
  expect(errors).toEqual(['The running Poise refused the command: There is no agent or supervisor "9999".']);
  expect(await run('create', '--agents', '1001', '--duration', '901', '--interval', '60')).toBe(EXIT.failed);
  expect(errors).toEqual([
    'The running Poise refused the command: The duration must be a whole number of seconds from 30 to 900, not "901".',
  ]);
});

test('list prints each schedule as the original does', async () => {
  expect(await run('list')).toBe(EXIT.done);
  expect(out).toEqual(['There are no live log collection schedules.']);
  await create();
  await create('1001,1002');
  await run('list');
  expect(out).toEqual([
    'These are the live log collection schedules:',
    '',
    `Schedule ID:1 Created At: ${date()}`,
    'Duration: 240 seconds',
    'Frequency: 60 seconds',
    'Agent Ids: 1001002',
    '',
    `Schedule ID:2 Created At: ${date()}`,
    'Duration: 240 seconds',
    'Frequency: 60 seconds',
    'Agent Ids: 1001,1002',
  ]);
  await run('list', '--json');
  expect(JSON.parse(out[0] as string)).toHaveLength(2);
  // Its output is read by scripts: it does not follow the language.
  terminal = { ...terminal, messages: await catalogueOf('de') };
  await run('list');
  expect(out[0]).toBe('These are the live log collection schedules:');
});

test('the date has the form of the original, with the zone', () => {
  const at = Date.UTC(2019, 5, 7, 6, 3, 53);
  expect(dateText(at, 'America/Los_Angeles')).toBe('Thu Jun 6 23:03:53 PDT 2019');
  expect(dateText(Date.UTC(2026, 0, 10), 'UTC')).toBe('Sat Jan 10 00:00:00 UTC 2026');
});

test('delete shows the schedules and asks which one, or is told', async () => {
  await create();
  await create();
  await create();
  answers = ['1'];
  expect(await run('delete')).toBe(EXIT.done);
  expect(prompts).toEqual(["Enter schedule ID to delete (enter 'all' to delete all): "]);
  expect(out.filter((line) => line.startsWith('Schedule ID:'))).toHaveLength(3);
  expect(out.slice(-3)).toEqual([
    'Schedule ID entered: 1',
    '',
    'Successfully deleted the log collection with schedule id : 1',
  ]);
  expect(await run('delete', '--id', '1')).toBe(EXIT.failed);
  expect(errors).toEqual(['The running Poise refused the command: There is no schedule "1".']);
  expect(await run('delete', '--id', 'all', '--json')).toBe(EXIT.done);
  expect(out).toEqual(['{"deleted":2}']);
  expect(await run('delete')).toBe(EXIT.done);
  expect(prompts).toEqual([]);
});

test('without a running server, or its token, there is nothing to be had', async () => {
  await server.stop();
  expect(await create()).toBe(EXIT.failed);
  expect(errors).toEqual([`No Poise is running with the data directory ${data}.`]);
});

test.each([
  [['utils', '--help'], 0],
  [['utils', 'finesse', '--help'], 0],
  [['help', 'utils', 'finesse'], 0],
  [['utils', 'finesse', 'desktop_auto_log_collection'], 2],
])('poise %j lists what can follow', async (given, status) => {
  expect(await runCommand(given, terminal)).toBe(status);
  const [text] = status === 0 ? out : errors;
  expect(text).toMatch(/^Usage: poise utils[a-z_ ]* COMMAND/);
  expect(text).toContain('  utils finesse desktop_auto_log_collection create');
  expect(text).not.toContain('  start');
});

test('of a word that is none the whole is named, and the nearest one', async () => {
  const given = ['utils', 'finesse', 'desktop_auto_log_collection', 'creat'];
  expect(await runCommand(given, terminal)).toBe(EXIT.usage);
  expect(errors[0]).toBe(
    'There is no command utils finesse desktop_auto_log_collection creat. Did you mean utils finesse desktop_auto_log_collection create?',
  );
});
