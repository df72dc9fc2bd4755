/** `utils finesse …` over answers of the server (admin.md 4). */
import { expect, test } from 'vitest';
import { fakeShell } from '../fake-shell.ts';
import type { Shell } from '../shell.ts';
import { SHELL_COMMANDS } from '../table.ts';
import { ABSENT_COMMANDS } from './absent.ts';
import { chosen } from './tables.ts';

interface Call {
  readonly command: string;
  readonly argument: unknown;
}

/** Runs a command whose words and what follows stand in one line. */
async function run(
  line: string,
  replies: Readonly<Record<string, unknown>> = {},
  answers: string[] = [],
  parts: Partial<Shell> = {},
) {
  const calls: Call[] = [];
  const shell = fakeShell({
    control: (command, argument) => {
      calls.push({ command, argument });
      return Promise.resolve(replies[command] ?? null);
    },
    ...parts,
  });
  shell.answers.push(...answers);
  const command = SHELL_COMMANDS.filter(({ words }) => line === words || line.startsWith(`${words} `)).at(-1);
  if (command === undefined) throw new Error(`no command ${line}`);
  const rest = line.slice(command.words.length).split(' ').filter(Boolean);
  return { status: await command.run(rest, shell), out: shell.out, questions: shell.questions, calls };
}

test('node_statistics list has the labels of the original', async () => {
  const figures = {
    activeDialogs: 3,
    activeTasks: 0,
    configuredMediaPerAgent: 1,
    signedInMediaPerAgent: 0.5,
    skillGroupsPerAgent: 2,
    skillGroupsMax: 4,
    startSeconds: 6,
    signedInAgents: 10,
    skillGroups: 5,
  };
  expect((await run('utils finesse node_statistics list', { 'utils.node_statistics': figures })).out).toEqual(
    [
      'Active Dialogs Count: 3',
      'Active Tasks Count: 0',
      'Average Configured Media per Agent Count: 1',
      'Average Logged in Media per Agent Count: 0.5',
      'Average Skill Groups per Agent Count: 2',
      'Max Skill Groups per Agent Count: 4',
      'Total Time for Finesse to Start (in seconds): 6',
      'Logged in Agents on current node: 10',
      'Unique Configured Skill Groups per Agent Count: 5',
    ],
  );
});

test('locked out and connected users', async () => {
  expect(
    (await run('utils finesse locked_out_users list', { 'utils.locked_out_users': ['1001', '1002'] })).out,
  ).toEqual(['Total locked out users : 2', '1) 1001', '2) 1002']);
  const connected = { desktop: 5, fippa: 0, thirdParty: 2 };
  expect(
    (await run('utils finesse show_connected_users summary', { 'utils.connected_users': connected })).out,
  ).toEqual(['Total Connected Users: 7', 'Desktop Users: 5', 'FIPPA Users: 0', 'Third-party Users: 2']);
});

test('log configuration list is a table with one ROOT row for each module', async () => {
  const levels = { webservices: 'warning', notification: 'debug' };
  expect((await run('utils finesse log configuration list', { 'utils.log_level': levels })).out).toEqual([
    '+-----+--------------+------+-------+',
    '| No. | Module       | Name | Level |',
    '+-----+--------------+------+-------+',
    '| 1   | audit        | ROOT | INFO  |',
    '| 2   | notification | ROOT | DEBUG |',
    '| 3   | realm        | ROOT | INFO  |',
    '| 4   | webservices  | ROOT | WARN  |',
    '+-----+--------------+------+-------+',
  ]);
});

test('log configuration update changes the one level that there is', async () => {
  const { calls, questions } = await run('utils finesse log configuration update webservices ROOT WARN', {}, [
    '',
  ]);
  expect(calls).toEqual([{ command: 'utils.log_level', argument: { level: 'warning' } }]);
  expect(questions).toEqual(['Press ENTER to continue: ']);
  await expect(run('utils finesse log configuration update webservices ROOT LOUD')).rejects.toThrow(
    'one of ERROR',
  );
  await expect(run('utils finesse log configuration update realm ROOT INFO')).rejects.toThrow('Only ROOT');
  await expect(run('utils finesse log configuration add webservices org.x DEBUG')).rejects.toThrow(
    'Only ROOT',
  );
});

test('a property is shown and set in the words of the original, and when it counts is said', async () => {
  const state = { value: 'true', waiting: 'false' };
  expect(
    (await run('utils finesse show_property desktop forceWrapUp', { 'utils.property.show': state })).out,
  ).toEqual([
    "The value of property 'forceWrapUp' is 'true'",
    "The value 'false' waits for the next start of Poise.",
  ]);
  const { out, calls } = await run('utils finesse set_property desktop logonMessage Be kind today', {
    'utils.property.set': { value: 'Be kind today', waiting: null },
  });
  expect(calls[0]?.argument).toEqual({ module: 'desktop', name: 'logonMessage', value: 'Be kind today' });
  expect(out[0]).toBe('Property successfully updated.');
  expect(out.join('\n')).toContain('No restart is needed.');
  const later = { 'utils.property.set': { value: '3600', waiting: '1800' } };
  const waits = await run('utils finesse set_property webservices maxMMTimeSec 1800', later);
  expect(waits.out.join('\n')).toContain('next start');
});

test('the toaster has its bounds', async () => {
  const set = { 'utils.property.set': { value: '8', waiting: null } };
  const { calls } = await run('utils finesse toaster enable', set);
  expect(calls[0]?.argument).toEqual({ module: 'desktop', name: 'notificationPopupWaitTime', value: '8' });
  for (const bad of ['4', '61', 'x'])
    await expect(run(`utils finesse toaster enable ${bad}`)).rejects.toThrow('from 5 to 60');
});

test('what is deleted from a list is chosen from a menu', async () => {
  const replies = {
    'utils.list.show': {
      entries: ['https://a.example'],
      waiting: ['https://a.example', 'https://b.example'],
    },
  };
  const remove = (answer?: string) =>
    run('utils finesse cors allowed_origin delete', replies, answer === undefined ? [] : [answer]);
  const { out, questions, calls } = await remove('2');
  expect(out.slice(0, 4)).toEqual(['1: https://a.example', '2: https://b.example', 'a: all', 'q: quit']);
  expect(questions).toEqual(['Select the index of the allowed origin to be deleted [1-2 or a,q]: ']);
  expect(calls[1]).toEqual({
    command: 'utils.list.delete',
    argument: { list: 'corsOrigins', entries: ['https://b.example'] },
  });
  for (const away of ['q', undefined]) expect((await remove(away)).calls).toHaveLength(1);
  await expect(remove('3')).rejects.toThrow('Answer with a number from 1 to 2');
  expect(chosen('a', ['x', 'y'])).toEqual(['x', 'y']);
  expect([chosen('0', ['x']), chosen('1e0', ['x'])]).toEqual([undefined, undefined]);
});

test('lists say what is in force and what will be', async () => {
  const replies = { 'utils.list.show': { entries: [], waiting: ['crm.example.com'] } };
  expect((await run('utils finesse gadget_source_check allowed_list list', replies)).out).toEqual([
    'No sources are allowed beyond those of the layouts.',
    '',
    'From the next start of Poise on:',
    '1: crm.example.com',
  ]);
  const { calls } = await run('utils finesse gadget_source_check allowed_list add a.example,b.example');
  expect(calls[0]?.argument).toEqual({ list: 'gadgetHosts', entries: 'a.example,b.example' });
});

test('maintenance tells how far it is', async () => {
  const answer = {
    mode: 'IN_PROGRESS',
    seconds: 130,
    report: { status: 'IN_PROGRESS', connected: { desktop: 4 } },
  };
  const { out, calls } = await run('utils finesse maintenance initiate', { 'maintenance.start': answer });
  expect(calls[0]?.command).toBe('maintenance.start');
  expect(out).toEqual([
    'Maintenance mode: In progress',
    'Seconds since it was initiated: 130',
    'Status: IN_PROGRESS',
    'Connected desktop users: 4',
  ]);
});

test('what there is not is never pretended', async () => {
  const lines = [
    ...ABSENT_COMMANDS.map(({ words }) => words),
    'utils finesse cors enable_all',
    'utils finesse cors allowed_headers add X-Mine',
    'utils finesse gadget_source_check disable',
    'utils finesse trace enable',
    'utils finesse queue_statistics disable',
    'utils finesse user_signout_channel type',
  ];
  for (const line of lines) await expect(run(line), line).rejects.toThrow(/here|fixed|no list|poise/i);
});

test('schedules of client logs are the commands of the command line', async () => {
  const { out } = await run('utils finesse user_signout_channel status');
  expect(out[0]).toContain('a (all');
  const trace = { webservices: 'information', notification: 'information' };
  expect((await run('utils finesse trace status', { 'utils.log_level': trace })).out).toHaveLength(5);
});
