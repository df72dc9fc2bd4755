import { VirtualClock } from '@poise/clock';
import { beforeEach, expect, test } from 'vitest';
import { LogCollection } from './log-collection.ts';

let clock: VirtualClock;
let users: Set<string>;
let asked: string[];
let notes: string[];
let audited: string[];
let collection: LogCollection;
let startMs: number;

beforeEach(() => {
  clock = new VirtualClock(1_000_000);
  startMs = clock.now();
  users = new Set(Array.from({ length: 20 }, (_, k) => String(2001 + k)));
  asked = [];
  notes = [];
  audited = [];
  collection = new LogCollection({
    clock,
    findUser: (id) => (users.has(id) ? id : undefined),
    ask: (loginId) => asked.push(`${(clock.now() - startMs) / 1000} ${loginId}`),
    note: (text) => notes.push(text),
    tellWrite: ({ user, method, url, payload }) => audited.push(`${user}|${method}|${url}|${payload}`),
  });
});

const create = (agents: unknown = '2001', duration: unknown = '240', interval: unknown = '60') =>
  collection.create({ agents, duration, interval });
const OTHERS = { agents: '2001', duration: '240', interval: '60' };

test('a desktop is asked at once, after each interval, and at the end; then the schedule is gone', () => {
  const schedule = create();
  expect(schedule).toEqual({ id: 1, createdAt: startMs, durationS: 240, intervalS: 60, agentIds: ['2001'] });
  clock.advance(239_999);
  expect(collection.list()).toEqual([schedule]);
  clock.advance(1);
  expect(asked).toEqual(['0 2001', '60 2001', '120 2001', '180 2001', '240 2001']);
  clock.advance(1_000_000);
  expect(asked).toHaveLength(5);
  expect(collection.list()).toEqual([]);
  expect(notes).toEqual([
    'Client logs of 2001 are collected every 60 s for 240 s (schedule 1).',
    'The collection of client logs of schedule 1 is over.',
  ]);
});

test('the audit log is told what was begun and ended by hand, not what was refused and not what ends by itself', () => {
  const url = 'poise utils finesse desktop_auto_log_collection';
  const { createdAt } = create('2001,2002', '60', '30');
  create();
  expect(() => create('9999')).toThrow();
  clock.advance(60_000);
  collection.delete('2');
  collection.delete('all');
  const schedule = { id: 1, createdAt, durationS: 60, intervalS: 30, agentIds: ['2001', '2002'] };
  expect(audited).toEqual([
    `|create|${url} create|${JSON.stringify(schedule)}`,
    `|create|${url} create|${JSON.stringify({ ...schedule, id: 2, durationS: 240, intervalS: 60, agentIds: ['2001'] })}`,
    `|delete|${url} delete|{"ids":[2]}`,
  ]);
});

test('an interval that does not fit into what is left is not begun', () => {
  create('2001', '100', '60');
  clock.advance(99_999);
  expect(asked).toEqual(['0 2001', '60 2001']);
  expect(collection.list()).toHaveLength(1);
  clock.advance(1);
  expect(asked).toHaveLength(2);
  expect(collection.list()).toEqual([]);
});

test('agents are named once, and those who were deleted since are passed over', () => {
  expect(create(' 2001, 2002,,2001 ').agentIds).toEqual(['2001', '2002']);
  users.delete('2001');
  clock.advance(0);
  expect(asked).toEqual(['0 2002']);
});

test.each([
  ['', 'Agents or supervisors must be named, separated by commas'],
  [undefined, 'Agents or supervisors must be named, separated by commas'],
  [2001, 'Agents or supervisors must be named, separated by commas'],
  ['2001,9999', 'There is no agent or supervisor "9999"'],
  [
    Array.from({ length: 16 }, (_, k) => 2001 + k).join(),
    'There can be no more than 15 agents in one schedule',
  ],
])('agents %j are refused', (agents, sentence) => {
  expect(() => collection.create({ ...OTHERS, agents })).toThrow(sentence);
  expect(collection.list()).toEqual([]);
});

test('fifteen agents are not too many', () => {
  expect(create(Array.from({ length: 15 }, (_, k) => 2001 + k).join()).agentIds).toHaveLength(15);
});

test.each(['29', '901', '', '60.5', '-60', '6e1', 'x', undefined, null, {}, '9'.repeat(400)])(
  'a duration of %j is refused',
  (duration) => {
    expect(() => collection.create({ ...OTHERS, duration })).toThrow(
      'The duration must be a whole number of seconds from 30 to 900',
    );
  },
);

test.each(['29', '241', ''])('an interval of %j is refused', (interval) => {
  expect(() => create('2001', '900', interval)).toThrow(
    'The interval must be a whole number of seconds from 30 to 240',
  );
});

test('the bounds themselves are taken, as numbers too', () => {
  create('2001', '30', '30');
  create('2001', 900, 240);
  expect(collection.list().map(({ durationS, intervalS }) => [durationS, intervalS])).toEqual([
    [30, 30],
    [900, 240],
  ]);
});

test('five schedules and no more, until one is over or deleted', () => {
  for (let k = 0; k < 5; k++) create('2001', k === 0 ? '30' : '900', '60');
  expect(() => create()).toThrow('There are 5 schedules, and no more are allowed');
  clock.advance(30_000);
  create();
  expect(() => create()).toThrow('There are 5 schedules');
  collection.delete('2');
  expect(create().id).toBe(7);
});

test('one schedule is deleted by its id, all by all; nobody is asked after that', () => {
  create('2001');
  create('2002');
  create('2003');
  clock.advance(0);
  asked.length = 0;
  expect(collection.delete('2')).toEqual({ deleted: 1 });
  expect(() => collection.delete('2')).toThrow('There is no schedule "2"');
  expect(() => collection.delete(undefined)).toThrow('There is no schedule ""');
  clock.advance(60_000);
  expect(asked).toEqual(['60 2001', '60 2003']);
  expect(collection.delete('ALL')).toEqual({ deleted: 2 });
  expect(collection.delete('all')).toEqual({ deleted: 0 });
  clock.advance(900_000);
  expect(asked).toHaveLength(2);
});

test('nothing goes on after the end of the server', () => {
  create();
  collection.close();
  clock.advance(900_000);
  expect(asked).toEqual([]);
});
