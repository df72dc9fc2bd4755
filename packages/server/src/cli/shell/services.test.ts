/** `utils service` and the notification log against real parts behind a real control socket (admin.md 3). */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '@poise/clock';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { controlLocation } from '../../control/location.ts';
import { ControlServer } from '../../control/server.ts';
import { EN } from '../../messages/en.ts';
import type { Part, PartState } from '../../parts/part.ts';
import { Parts } from '../../parts/parts.ts';
import { serviceCommands } from '../../parts/service-commands.ts';
import { runCommand } from '../poise.ts';
import type { Terminal } from '../terminal.ts';
import { notificationNameOf, serviceLines } from './services.ts';

let data: string;
let out: string[];
let errors: string[];
let answers: string[];
let server: ControlServer;
let parts: Parts;
let debug: boolean;
const states = new Map<string, PartState>();

function part(name: string): Part {
  states.set(name, 'stopped');
  return {
    name,
    start: async () => {
      states.set(name, 'running');
    },
    stop: async () => void states.set(name, 'stopped'),
    health: () => ({ state: states.get(name) as PartState, ready: states.get(name) === 'running' }),
  };
}

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'poise-shell-'));
  [out, errors, answers] = [[], [], []];
  debug = false;
  parts = new Parts(['store', 'journal', 'notification', 'webservices', 'http'].map(part), {
    clock: new VirtualClock(),
  });
  await parts.start();
  server = new ControlServer(controlLocation(data, 'server'), {
    ...serviceCommands(parts),
    status: () => ({ version: '1', pid: 1, uptimeSeconds: 1, urls: [], ...parts.health() }),
    'utils.notification_log': ({ enable }) => {
      if (typeof enable === 'boolean') debug = enable;
      return { debug, afterRestart: false };
    },
  });
  await server.start();
});
afterEach(async () => {
  await parts.stop();
  await server.stop();
  rmSync(data, { recursive: true, force: true });
});

const terminal = (): Terminal => ({
  env: {},
  cwd: data,
  interactive: false,
  messages: EN,
  print: (line) => void out.push(line),
  printError: (line) => void errors.push(line),
  write: (text) => void out.push(text),
  ask: () => Promise.resolve(answers.shift() ?? null),
  askSecret: () => Promise.resolve(null),
});
function poise(...given: string[]): Promise<number> {
  out.length = 0;
  errors.length = 0;
  return runCommand([...given, '--data', data], terminal());
}
const shell = (...words: string[]) => poise('shell', ...words);

test('list prints each service with its state', async () => {
  expect(await shell('utils', 'service', 'list')).toBe(0);
  expect(out).toEqual([
    'A Cisco DB[STARTED]',
    'A Cisco DB Replicator[STOPPED]  Service Not Activated',
    'Cisco Database Layer Monitor[STARTED]',
    'Cluster Manager[STOPPED]  Service Not Activated',
    'Cisco Tomcat[STARTED]',
    'Cisco Finesse Tomcat[STARTED]',
    'Cisco Finesse Notification Service[STARTED]',
    'Poise CTI Link[STOPPED]  Service Not Activated',
    'Poise CTI Server[STOPPED]  Service Not Activated',
    'Poise Log Writer[STARTED]',
    'Poise Metrics[STOPPED]  Service Not Activated',
  ]);
});

test('stop and start do it, and say so line by line', async () => {
  expect(await shell('utils', 'service', 'stop', 'Cisco', 'Finesse', 'Notification', 'Service')).toBe(0);
  expect(states.get('notification')).toBe('stopped');
  expect(out.slice(2)).toEqual([
    'Service Manager is running',
    'Cisco Finesse Notification Service[STOPPING]',
    'Cisco Finesse Notification Service[STOPPED]',
  ]);
  await shell('utils service list');
  expect(out).toContain('Cisco Finesse Notification Service[STOPPED]  Commanded Out of Service');
  // As one argument, in any case of letters, and by the name that the other deployment has.
  expect(await shell('utils service start cisco unified CCX notification service')).toBe(0);
  expect(states.get('notification')).toBe('running');
  expect(out.slice(3)).toEqual([
    'Cisco Finesse Notification Service[STARTING]',
    'Cisco Finesse Notification Service[STARTED]',
  ]);
});

test('restart stops and starts', async () => {
  expect(await shell('utils service restart Cisco Finesse Tomcat')).toBe(0);
  expect(out.slice(3)).toEqual(
    ['STOPPING', 'STOPPED', 'STARTING', 'STARTED'].map((state) => `Cisco Finesse Tomcat[${state}]`),
  );
});

test.each([
  ['utils service stop A Cisco DB', 'The service A Cisco DB cannot be stopped or started alone'],
  ['utils service stop Cluster Manager', 'The service Cluster Manager is not part of this server.'],
  ['utils service stop Poise Metrics', 'is not part of this server.'],
  ['utils service stop Cisco CallManager', 'There is no service "Cisco CallManager".'],
  ['utils service stop', 'Usage: utils service stop <service-name>...'],
])('%s is refused in words', async (line, sentence) => {
  expect(await shell(line)).toBeGreaterThan(0);
  expect(errors[0]).toContain(sentence);
  expect([...states.values()]).toEqual(Array(5).fill('running'));
});

test('the same commands stand at poise utils', async () => {
  expect(await poise('utils', 'service', 'list')).toBe(0);
  expect(out).toContain('Cisco Finesse Tomcat[STARTED]');
  expect(await poise('utils', 'servic', 'list')).toBe(2);
  expect(errors[0]).toContain('There is no command');
});

test('CCX has its own name for the notification service', () => {
  expect(notificationNameOf('CCX')).toBe('Cisco Unified CCX Notification Service');
  const lines = serviceLines('CCX', [{ name: 'notification', state: 'starting', ready: false }]);
  expect(lines).toContain('Cisco Unified CCX Notification Service[STARTING]');
  expect(lines.join()).not.toContain('Finesse Notification');
});

test('notification logging enable prints what the documents show', async () => {
  expect(await shell('utils finesse notification logging enable')).toBe(0);
  expect(debug).toBe(true);
  expect(out).toEqual([
    '',
    'Checking that the Cisco Finesse Notification Service is started...',
    'The Cisco Finesse Notification Service is started.',
    '',
    'Cisco Finesse Notification Service logging is now enabled.',
    '',
    'WARNING! Cisco Finesse Notification Service logging can affect system performance',
    'and should be disabled when logging is not required.',
    '',
    'Note: Logging will be disabled automatically if you restart the Cisco Finesse Notification Service.',
  ]);
  await shell('utils finesse notification logging status');
  expect(out.at(-1)).toBe('Cisco Finesse Notification Service logging is enabled.');
  await shell('utils finesse notification logging disable');
  expect(debug).toBe(false);
});

test('of a service that is stopped it is not switched', async () => {
  await shell('utils service stop Cisco Finesse Notification Service');
  expect(await shell('utils finesse notification logging enable')).toBe(1);
  expect(out).toContain('The Cisco Finesse Notification Service is not started.');
  expect(debug).toBe(false);
});

test('the form of CCX asks first', async () => {
  answers = ['no'];
  expect(await shell('utils uccx notification-service log enable')).toBe(1);
  expect(debug).toBe(false);
  answers = ['yes'];
  expect(await shell('utils uccx notification-service log enable')).toBe(0);
  expect(debug).toBe(true);
  expect(out).toEqual([
    '',
    'WARNING! Enabling Cisco Unified CCX Notification Service logging can affect system performance',
    'and should be disabled when logging is not required.',
    '',
    'Do you want to proceed (yes/no)? ',
    '',
    'Cisco Unified CCX Notification Service logging enabled successfully.',
    '',
    'NOTE: Logging will be disabled automatically if Cisco Unified CCX Notification Service is restarted.',
  ]);
});

test('commands come from the standard input, one a line, and the answers between them', async () => {
  answers = [
    'utils uccx notification-service log enable',
    'yes',
    '',
    'utils nonsense',
    'utils finesse notification logging status',
    'quit',
    'utils service stop Cisco Finesse Tomcat',
  ];
  expect(await shell()).toBe(2);
  expect(out.at(-1)).toBe('Cisco Finesse Notification Service logging is enabled.');
  expect(errors[0]).toBe('There is no command "utils nonsense".');
  expect(states.get('webservices')).toBe('running');
});

test('what cannot be read is said, and so is what can follow', async () => {
  expect(await shell('utils service "list')).toBe(2);
  expect(errors).toEqual(['A quote " is not closed.']);
  expect(await shell('utils service')).toBe(2);
  expect(errors).toEqual([
    '"utils service" is the beginning of a command.',
    'What can follow: list, restart, start, stop',
  ]);
  expect(await shell('utils', 'ntp', '?')).toBe(0);
  expect(out[0]).toBe('utils ntp status');
  expect(await shell('help utils service')).toBe(0);
  expect(out).toContain('utils service list [page]');
});

test('without a running server the sentence says so', async () => {
  await server.stop();
  expect(await shell('utils service list')).toBe(1);
  expect(errors).toEqual([`No Poise is running with the data directory ${data}.`]);
});

test('what stands in a log does not reach the terminal as it is', async () => {
  mkdirSync(join(data, 'logs/cti'), { recursive: true });
  writeFileSync(join(data, 'logs/cti/a.log'), 'x\x1b]0;owned\x07\x9b2J\u202e\n');
  for (const command of ['view activelog', 'dump activelog', 'tail activelog'])
    expect([await shell(`file ${command} cti/a.log`), out]).toEqual([
      0,
      ['x\\x1b]0;owned\\x07\\x9b2J\\u202e'],
    ]);
  await shell('file search activelog cti owned');
  expect(out[2]).toBe('x\\x1b]0;owned\\x07\\x9b2J\\u202e');
  await shell('utils \x1b[31mservice');
  expect(errors[0]).toBe('There is no command "utils \\x1b[31mservice".');
});
