import { RandomStream } from '@poise/acd';
import { describe, expect, test } from 'vitest';
import { readCallData } from './call-data.ts';
import { readCall, readLoad } from './requests.ts';
import { readDistribution, readSpan } from './spans.ts';

const problemOf = (read: () => unknown): string => {
  try {
    read();
  } catch (error) {
    expect(error).toMatchObject({ name: 'SimulationError', problem: 'badValue' });
    return (error as Error).message;
  }
  throw new Error('it was accepted');
};

describe('a customer', () => {
  test('needs no more than a number to call', () => {
    expect(readCall({ to: '6003' })).toEqual({
      from: '15551234',
      to: '6003',
      talkMs: null,
      patienceMs: 1_800_000,
    });
  });

  test('has times and data', () => {
    const variables = {
      callVariable1: 'abc',
      callVariable10: 'z',
      'user.account': '4711',
      'user.list[2]': 'x',
    };
    const more = { callerEnteredDigits: '12', userToUser: 'u' };
    expect(
      readCall({
        to: 6003,
        from: '+49301',
        talk: '30s',
        patience: 'none',
        variables: { ...variables, ...more },
      }),
    ).toEqual({
      from: '+49301',
      to: '6003',
      talkMs: 30_000,
      patienceMs: null,
      data: {
        variables: { 0: 'abc', 9: 'z' },
        named: [
          { name: 'user.account', index: null, value: '4711' },
          { name: 'user.list', index: 2, value: 'x' },
        ],
        ...more,
      },
    });
  });

  test.each([
    [{}, 'to is missing'],
    [{ to: '' }, 'to is missing'],
    [{ to: ['6003'] }, 'to must be text'],
    [{ to: '6003', from: 'me' }, 'from cannot be "me"; allowed: 1 to 32 digits'],
    [{ to: '6003', talk: '30' }, 'talk cannot be "30"; allowed: a duration such as 30s'],
    [{ to: '6003', talk: '25h' }, 'at most 24h'],
    [{ to: '6003', patience: 'long' }, 'patience cannot be "long"'],
    [{ to: '6003', patince: '1m' }, 'there is no member "patince"; the names are from, to'],
    [{ to: '6003', variables: 'a=b' }, 'variables must be an object'],
    [{ to: '6003', variables: { callVariable11: 'x' } }, 'there is no call variable "callVariable11"'],
    [{ to: '6003', variables: { callVariable0: 'x' } }, 'there is no call variable'],
    [{ to: '6003', variables: { callVariable1: {} } }, 'callVariable1 must be text'],
    [
      { to: '6003', variables: { callVariable1: 'ü'.repeat(21) } },
      'callVariable1 has 42 bytes; 40 are allowed',
    ],
    [{ to: '6003', variables: { callVariable1: 'a\0b' } }, 'has a zero character'],
    [{ to: '6003', variables: { 'user.a[255]': 'x' } }, 'the index of user.a[255] is at most 254'],
    [{ to: '6003', variables: { [`user.${'n'.repeat(28)}`]: 'x' } }, 'there is no call variable'],
    [{ to: '6003', variables: { 'user.a': 'x'.repeat(211) } }, '211 bytes; 210 are allowed'],
  ])('%j: %s', (input, sentence) => {
    expect(problemOf(() => readCall(input))).toContain(sentence);
  });

  test('may not have more expanded variables than a call can carry', () => {
    const many = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`user.v${i}`, 'x'.repeat(200)]));
    expect(problemOf(() => readCallData(many))).toContain('2,090'.replace(',', ''));
    const entries = Object.entries(many).slice(0, 9);
    expect(readCallData(Object.fromEntries(entries)).named).toHaveLength(9);
    const tooMany = Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`user.v${i}`, '']));
    expect(problemOf(() => readCall({ to: '6003', variables: tooMany }))).toContain('at most 64 variables');
  });
});

describe('load', () => {
  const read = (input: Record<string, unknown>) => readLoad(input, ['6001', '6002'], () => 42);

  test('calls every dialled number with customers of average patience, when no more is said', () => {
    expect(read({ callsPerSecond: 2 })).toEqual({
      callsPerSecond: 2,
      durationMs: null,
      to: ['6001', '6002'],
      talk: { kind: 'exponential', meanMs: 30_000 },
      patience: { kind: 'exponential', meanMs: 120_000 },
      seed: 42,
    });
  });

  test('takes what the command line and what a JSON body says', () => {
    const more = { for: '10m', talk: '20s..40s', patience: 'none' };
    const expected = {
      callsPerSecond: 0.5,
      durationMs: 600_000,
      to: ['6001', '6003'],
      talk: { kind: 'uniform', minMs: 20_000, maxMs: 40_000 },
      patience: null,
      seed: 7,
    };
    expect(read({ callsPerSecond: '0.5', to: '6001, 6003', seed: '7', ...more })).toEqual(expected);
    expect(read({ callsPerSecond: 0.5, to: ['6001', '6003'], seed: 7, ...more })).toEqual(expected);
  });

  test('draws the data of each call from the alternatives', () => {
    const { data } = read({
      callsPerSecond: 1,
      variables: { callVariable1: 'gold|silver', callVariable2: 'no-{n}' },
    });
    const random = new RandomStream(1);
    const drawn = Array.from({ length: 50 }, (_, i) => data!(i + 1, random));
    expect(new Set(drawn.map(({ variables }) => variables![0]))).toEqual(new Set(['gold', 'silver']));
    expect(drawn[8]!.variables![1]).toBe('no-9');
  });

  test.each([
    [{}, 'callsPerSecond is missing'],
    [{ callsPerSecond: 0 }, 'callsPerSecond cannot be "0"; allowed: a number from 0.001 to 1000'],
    [{ callsPerSecond: 1001 }, 'allowed: a number from 0.001 to 1000'],
    [{ callsPerSecond: '-1' }, 'callsPerSecond cannot be "-1"'],
    [{ callsPerSecond: 'NaN' }, 'callsPerSecond cannot be "NaN"'],
    [{ callsPerSecond: 1, to: [] }, 'to must name 1 to 100 numbers'],
    [{ callsPerSecond: 1, to: Array(101).fill('6001') }, 'to must name 1 to 100 numbers'],
    [{ callsPerSecond: 1, seed: 4294967296 }, 'seed cannot be "4294967296"'],
    [{ callsPerSecond: 1, talk: '40s..20s' }, 'talk cannot be "40s..20s"; allowed: a duration'],
    [{ callsPerSecond: 1, variables: { callVariable1: `ok|${'x'.repeat(41)}` } }, '41 bytes'],
    [{ callsPerSecond: 1, variables: { callVariable1: `${'x'.repeat(31)}{n}` } }, '41 bytes'],
    [{ callsPerSecond: 1, rate: 2 }, 'there is no member "rate"'],
  ])('%j: %s', (input, sentence) => {
    expect(problemOf(() => read(input))).toContain(sentence);
  });

  test('needs a number that can be called', () => {
    expect(() => readLoad({ callsPerSecond: 1 }, [], () => 1)).toThrow('there is no dialled number');
  });
});

test('spans are read as in settings', () => {
  expect(readSpan('talk', '1.5m')).toBe(90_000);
  expect(readSpan('talk', 'none')).toBeNull();
  expect(readDistribution('talk', '10s')).toEqual({ kind: 'fixed', ms: 10_000 });
});
