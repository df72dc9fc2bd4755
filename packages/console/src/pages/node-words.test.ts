import { expect, test } from 'vitest';
import { en, type MessageKey } from '../messages/index.tsx';
import { clockWords, drainWords, isAwaited, isUnderWay, type NodeLine, order } from './node-words.ts';

const t = (key: MessageKey, values: Readonly<Record<string, string>> = {}) =>
  en[key].replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
const numbers = new Intl.NumberFormat('en');
type Drain = NonNullable<NodeLine['report']>['drain'];

const node = (drain: Drain | null, more: Partial<NodeLine> = {}): NodeLine => ({
  name: 'node1',
  host: 'one.example',
  state: 'IN_SERVICE',
  role: 'primary',
  isOwn: false,
  version: '1',
  clockOffsetMs: 0,
  report: drain === null ? null : { drain, desktops: 1_200, programs: 0, problems: [] },
  ...more,
});

test.each([
  ['off', 'begin', false, ''],
  ['announced', 'end', true, 'Agents have been told; their desktops move soon. Still here: 1,200.'],
  ['moving', 'end', true, 'Desktops move to other nodes. Still here: 1,200.'],
  ['empty', 'end', false, 'No desktop has to be waited for: the node can be stopped. Desktops here: 1,200.'],
  ['failed', 'begin', false, 'The last maintenance was over while desktops were left. Desktops here: 1,200.'],
  ['unknown', null, false, ''],
  [null, null, false, ''],
] as const)('a maintenance that is %s', (drain, wants, goesOn, words) => {
  const one = node(drain);
  expect([order(one), isUnderWay(one)]).toEqual([wants, goesOn]);
  expect(drainWords(t, one, (count) => numbers.format(count))).toBe(words);
});

test('a node in maintenance is followed also past an answer that did not come', () => {
  expect(isUnderWay(node(null, { state: 'MAINTENANCE' }))).toBe(true);
  expect(isUnderWay(node('empty', { state: 'MAINTENANCE' }))).toBe(false);
});

test('nothing can be wanted of a node without a name', () => {
  expect(order(node('off', { name: '' }))).toBeNull();
});

test.each([
  [null, 'Not known', false],
  [400, 'Agrees with this node', false],
  [-4_600, '5 s behind this node', false],
  [6_000, '6 s ahead of this node', true],
  [-3_600_000, '3,600 s behind this node', true],
])('a clock that is %j ms off', (clockOffsetMs, text, isWrong) => {
  expect(clockWords(t, node('off', { clockOffsetMs }), numbers)).toEqual({ text, isWrong });
});

test('a node that has not answered an order is waited for until it answers, or is known to be silent', () => {
  expect(isAwaited([node(null)], 'node1')).toBe(true);
  expect(isAwaited([node('off')], 'node1')).toBe(false);
  expect(isAwaited([node(null)], 'node2')).toBe(false);
  for (const state of ['GONE', 'CUT_OFF', 'UNKNOWN'] as const)
    expect(isAwaited([node(null, { state })], 'node1')).toBe(false);
});
