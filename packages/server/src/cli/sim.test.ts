import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SimulatedSwitch, Simulation } from '@poise/acd';
import { VirtualClock } from '@poise/clock';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ControlRole, controlLocation } from '../control/location.ts';
import { ControlServer } from '../control/server.ts';
import { catalogueOf, LANGUAGES } from '../messages/catalogue.ts';
import { EN } from '../messages/en.ts';
import { PHONE_ACTIONS, SimulationCommands } from '../simulation/index.ts';
import { EXIT } from './command.ts';
import { runCommand } from './poise.ts';

let data: string;
let out: string[];
let errors: string[];
let servers: ControlServer[];
let clock: VirtualClock;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'poise-sim-'));
  out = [];
  errors = [];
  servers = [];
  clock = new VirtualClock();
});
afterEach(async () => {
  for (const server of servers) await server.stop();
  rmSync(data, { recursive: true, force: true });
});

const poise = (...given: string[]): Promise<number> =>
  runCommand([...given, '--data', data], {
    env: {},
    cwd: data,
    interactive: false,
    messages: EN,
    print: (line) => void out.push(line),
    printError: (line) => void errors.push(line),
    write: (text) => void out.push(text),
    ask: () => Promise.resolve(null),
    askSecret: () => Promise.resolve(null),
  });

/** A running Poise as far as the command line sees it; without a telephony it has no contact centre. */
async function running(role: ControlRole = 'server', telephony = true): Promise<Simulation> {
  const plan = {
    isPhone: (n: string) => n === '3001',
    isRoutePoint: (n: string) => ['6001', '6003'].includes(n),
  };
  const exchange = new SimulatedSwitch({ clock, plan, attended: () => true });
  const simulation = new Simulation({ clock, plan, switch: exchange });
  const commands = new SimulationCommands({
    simulation: () => (telephony ? simulation : undefined),
    dialledNumbers: () => ['6001', '6003'],
    newSeed: () => 42,
  });
  const server = new ControlServer(controlLocation(data, role), commands.control);
  await server.start();
  servers.push(server);
  return simulation;
}

test('a customer calls with all that was said', async () => {
  const simulation = await running();
  const more = ['--var', 'callVariable1=a=b', '--var', 'user.x=', '--talk', '30s', '--patience', '2m'];
  expect(await poise('sim', 'call', '--to', '6003', '--from', '4711', ...more)).toBe(EXIT.done);
  expect(out).toEqual(['Customer 1 calls 6003 from 4711.']);
  expect([...simulation.customers.list()]).toMatchObject([{ from: '4711', to: '6003', state: 'waiting' }]);
  clock.advance(120_000);
  expect(simulation.customers.find(1)?.state).toBe('abandoned');
});

test('load runs, is seen, and is stopped', async () => {
  const simulation = await running();
  const args = [
    '--calls-per-second',
    '2',
    '--for',
    '10m',
    '--to',
    '6001,6003',
    '--seed',
    '7',
    '--patience',
    'none',
  ];
  expect(await poise('sim', 'load', ...args)).toBe(EXIT.done);
  expect(await poise('sim', 'load', ...args)).toBe(EXIT.failed);
  clock.advance(60_000);
  const { calls } = simulation.status().customers;
  expect(await poise('sim', 'phone', '3001', 'auto-answer', 'on')).toBe(EXIT.done);
  expect(await poise('sim', 'status')).toBe(EXIT.done);
  expect(await poise('sim', 'stop')).toBe(EXIT.done);
  expect(await poise('sim', 'status', '--json')).toBe(EXIT.done);
  expect(out.slice(0, -1)).toEqual([
    'Simulated customers call 6001, 6003, 2 a second on average, with the seed 7.',
    'Phone 3001: auto-answer on, in service, calls: 0.',
    `Customers: ${calls} called; ${calls} wait, 0 talk, 0 are on hold; 0 have talked, 0 gave up, 0 gave up on hold, 0 were turned away.`,
    `Load: 2 calls a second to 6001, 6003, seed 7, ${calls} calls so far.`,
    'Phone 3001: auto-answer on, in service, calls: 0.',
    `Simulated traffic has stopped. Customers that hung up: ${calls}.`,
  ]);
  expect(JSON.parse(out.at(-1)!)).toMatchObject({ load: null, customers: { abandoned: calls } });
  expect(errors).toEqual([
    'The running Poise refused the command: simulated traffic is running already; stop it first.',
  ]);
});

test('the CTI server that runs alone is asked, also when another Poise without one runs beside it', async () => {
  await running('server', false);
  expect(await poise('sim', 'status')).toBe(EXIT.failed);
  expect(errors).toEqual([
    'The running Poise refused the command: no contact centre with simulated telephony runs in this process.',
  ]);
  await running('cti');
  expect(await poise('sim', 'call', '--to', '6003')).toBe(EXIT.done);
  expect(out).toEqual(['Customer 1 calls 6003 from 15551234.']);
});

describe('what cannot be done is said in a sentence', () => {
  test.each([
    [
      ['sim', 'call', '--to', '99'],
      'no customer can call "99": it is neither a dialled number nor a phone here',
    ],
    [['sim', 'call', '--to', '15551234567'], 'a phone here, but of somebody outside'],
    [
      ['sim', 'call', '--to', '6003', '--talk', 'long'],
      'talk cannot be "long"; allowed: a duration such as 30s',
    ],
    [['sim', 'call', '--to', '6003', '--var', 'colour=red'], 'there is no call variable "colour"'],
    [['sim', 'load', '--calls-per-second', 'many'], 'callsPerSecond cannot be "many"'],
    [
      ['sim', 'load', '--calls-per-second', '-1'],
      'callsPerSecond cannot be "-1"; allowed: a number from 0.001 to 1000',
    ],
    [['sim', 'phone', '77', 'answer'], 'there is no phone "77"'],
    [['sim', 'phone', '3001', 'answer'], 'the phone 3001 does not ring'],
    [
      ['sim', 'phone', '3001', 'fly'],
      'there is no action "fly"; the actions are auto-answer, out-of-service',
    ],
    [['sim', 'phone', '3001', 'dial'], 'dial needs a number'],
  ])('%j', async (given, sentence) => {
    await running();
    expect(await poise(...given)).toBe(EXIT.failed);
    expect(errors[0]).toMatch(/^The running Poise refused the command: .*\.$/);
    expect(errors[0]).toContain(sentence);
    expect(out).toEqual([]);
  });

  test.each([
    [['sim', 'call'], 'The command needs --to.'],
    [['sim', 'load'], 'The command needs --calls-per-second.'],
    [['sim', 'call', '--to', '6003', '--var', 'abc'], '--var is written NAME=VALUE, not "abc".'],
    [['sim', 'phone', '3001'], 'The command needs ACTION.'],
    [['sim', 'dial'], 'There is no command sim dial.'],
  ])('%j, before anybody is asked', async (given, sentence) => {
    expect(await poise(...given)).toBe(EXIT.usage);
    expect(errors[0]).toBe(sentence);
  });

  test('without a running server', async () => {
    expect(await poise('sim', 'call', '--to', '6003')).toBe(EXIT.failed);
    expect(errors).toEqual([`No Poise is running with the data directory ${data}.`]);
  });
});

test.each(LANGUAGES)('the help names every action of a phone (%s)', async (language) => {
  const { 'help.simPhone': help } = await catalogueOf(language);
  for (const action of Object.keys(PHONE_ACTIONS)) expect(help).toMatch(new RegExp(`[:,] ${action}\\b`));
});
