import { describe, expect, it } from 'vitest';
import type { CallDataPatch } from './call.ts';
import { dataRefusal, difference, EMPTY_CALL_DATA, merged, patched } from './call-data.ts';
import { CALL_SETTINGS } from './call-settings.ts';
import { RouterCallKeys } from './router-call-key.ts';
import { CallCentre } from './testing/call-centre.ts';

const scalar = (name: string, value: string) => ({ name, index: null, value });
const element = (name: string, index: number, value: string) => ({ name, index, value });

describe('setting call data', () => {
  function talking(): CallCentre {
    const centre = new CallCentre();
    centre.available('1001', '201');
    centre.exchange.arrive('5550001111', '7001');
    centre.answer('201');
    centre.log();
    return centre;
  }

  it('changes what is named, is told to everybody, and leaves the rest', () => {
    const centre = talking();
    expect(centre.setData('201', { variables: { 0: 'a', 9: 'j' } })).toBe('ok');
    expect(
      centre.setData('201', { variables: { 0: 'b' }, named: [scalar('user.x', '1')], wrapUp: 'Sale' }, 1),
    ).toBe('ok');
    expect(centre.log()).toEqual(['data #1 variables', 'data #1 variables,named,wrapUp']);
    expect(centre.calls.call(101)?.data).toMatchObject({
      variables: ['b', '', '', '', '', '', '', '', '', 'j'],
      named: [scalar('user.x', '1')],
      wrapUp: 'Sale',
    });
    expect(centre.facts.at(-1)).toMatchObject({
      type: 'dataUpdated',
      changed: { variables: { 0: 'b' }, wrapUp: 'Sale' },
    });
  });

  it('is for the parties of a call', () => {
    const centre = talking();
    expect(centre.setData('201', { wrapUp: 'x' }, 9)).toBe('E INVALID_CALLID');
    expect(centre.setData('202', { wrapUp: 'x' }, 1)).toBe('E NOT_CALL_PARTY');
    expect(centre.setData('202', { wrapUp: 'x' })).toBe('E INVALID_CALLID');
    expect(centre.setData('5550001111', { wrapUp: 'x' }, 1)).toBe('ok');
  });

  it('a refused change changes nothing', () => {
    const centre = talking();
    expect(centre.setData('201', { variables: { 0: 'ok', 1: 'x'.repeat(41) } })).toBe('E VALUE_TOO_LONG');
    expect(centre.log()).toEqual([]);
    expect(centre.calls.call(101)?.data.variables[0]).toBe('');
  });

  it('data of a call from outside that is no data is left out', () => {
    const centre = new CallCentre();
    centre.exchange.arrive('5550001111', '7001', { variables: { 0: 'x'.repeat(41) } });
    expect(centre.calls.call(101)?.data.variables[0]).toBe('');
  });
});

describe('limits', () => {
  const refusal = (
    patch: CallDataPatch,
    known: CallDataPatch = {},
    names: ReadonlySet<string> | null = null,
  ) => dataRefusal(patched(EMPTY_CALL_DATA, known), patch, { ...CALL_SETTINGS, namedVariables: names });

  it.each<[string, CallDataPatch, number | null]>([
    ['40 bytes fit', { variables: { 0: 'x'.repeat(40) }, wrapUp: 'x'.repeat(40) }, null],
    ['41 do not', { variables: { 0: 'x'.repeat(41) } }, 74],
    ['nor in wrap-up data', { wrapUp: 'x'.repeat(41) }, 74],
    ['bytes count, not characters', { variables: { 3: 'ä'.repeat(21) } }, 74],
    ['20 of two bytes fit', { variables: { 3: 'ä'.repeat(20) } }, null],
    ['entered digits', { callerEnteredDigits: '1'.repeat(41) }, 74],
    ['user to user', { userToUser: 'x'.repeat(132) }, 74],
    ['half a character', { variables: { 0: '\ud83d' } }, 62],
    ['a zero byte', { wrapUp: 'a\0b' }, 62],
    ['an eleventh variable', { variables: { 10: 'x' } as never }, 61],
    ['a name that is none', { named: [scalar('no spaces', 'x')] }, 67],
    ['an array of such a name', { named: [element('1st', 0, 'x')] }, 68],
    ['a zero byte in a value', { named: [scalar('user.a', '\0')] }, 62],
    ['an index out of range', { named: [element('user.a', 256, 'x')] }, 61],
    ['a scalar and an array of one name', { named: [scalar('user.a', 'x'), element('user.a', 0, 'x')] }, 76],
  ])('%s', (_, patch, expected) => expect(refusal(patch)).toBe(expected));

  it('names and values of expanded variables with their zero bytes are together at most 2,000 bytes', () => {
    const fill = Array.from({ length: 10 }, (_, i) => scalar(`user.v${i}`, 'x'.repeat(191)));
    expect(refusal({ named: fill })).toBeNull();
    expect(refusal({ named: [scalar('u', '')] }, { named: fill })).toBe(73);
    expect(refusal({ named: [scalar('user.v0', 'short')] }, { named: fill })).toBeNull();
    const elements = Array.from({ length: 10 }, (_, i) => element('user.v0', i, 'x'.repeat(191)));
    expect(refusal({ named: elements })).toBe(73);
  });

  it('scalars stay scalars, arrays stay arrays', () => {
    expect(refusal({ named: [element('user.a', 0, 'x')] }, { named: [scalar('user.a', 'x')] })).toBe(76);
    expect(refusal({ named: [scalar('user.a', 'x')] }, { named: [element('user.a', 0, 'x')] })).toBe(75);
  });

  it('where names are configured, others are unknown', () => {
    const names = new Set(['user.a']);
    expect(refusal({ named: [scalar('user.a', 'x')] }, {}, names)).toBeNull();
    expect(refusal({ named: [scalar('user.b', 'x')] }, {}, names)).toBe(67);
  });
});

it('a call that takes in another keeps its own values and gains those it has none of', () => {
  const kept = patched(EMPTY_CALL_DATA, { variables: { 0: 'own' }, named: [scalar('user.a', '1')] });
  const other = patched(EMPTY_CALL_DATA, {
    variables: { 0: 'other', 1: 'new' },
    named: [scalar('user.a', '2'), scalar('user.b', '3')],
    wrapUp: 'Sale',
  });
  const result = merged(kept, other);
  expect(result.variables.slice(0, 2)).toEqual(['own', 'new']);
  expect(result.named).toEqual([scalar('user.a', '1'), scalar('user.b', '3')]);
  expect(difference(kept, result)).toEqual({
    variables: { 1: 'new' },
    named: [scalar('user.b', '3')],
    wrapUp: 'Sale',
  });
  expect(difference(kept, kept)).toBeNull();
});

it('router call keys count from the time of day at the start, and from one on later days', () => {
  const keys = new RouterCallKeys();
  const noon = Date.UTC(2016, 2, 1, 12);
  const first = keys.next(noon, 1);
  expect(first).toEqual({ day: 151_635, callId: 43_200_001, sequence: 1 });
  expect(keys.next(noon + 1000, 1).callId).toBe(43_200_002);
  expect(keys.next(noon + 86_400_000, 1)).toEqual({ day: 151_636, callId: 1, sequence: 1 });
});
