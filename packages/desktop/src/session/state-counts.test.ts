import { VirtualClock } from '@poise/clock';
import { beforeEach, expect, test } from 'vitest';
import { LiveRows } from './live-rows.ts';
import { COUNTS_EVERY_MS, groupOf, type StateCounts, StateCountsOf } from './state-counts.ts';

interface Row {
  readonly state: string;
}
let clock: VirtualClock;
let rows: LiveRows<Row>;
let counts: StateCountsOf<Row>;
let told: StateCounts[];
beforeEach(() => {
  clock = new VirtualClock();
  rows = new LiveRows((run) => run());
  counts = new StateCountsOf(rows, clock, (run) => run());
  told = [];
  counts.shown.subscribe(() => told.push(counts.shown.snapshot()));
});

const team = (states: readonly string[]) => new Map(states.map((state, index) => [String(index), { state }]));

test('a team that was read is counted at once, states of one kind together', () => {
  rows.replace(
    team(['READY', 'RESERVED', 'RESERVED_OUTBOUND', 'WORK', 'WORK_READY', 'NOT_READY', 'LOGOUT', 'X']),
  );
  expect(told).toEqual([{ READY: 1, RESERVED: 2, TALKING: 0, HOLD: 0, WORK: 2, NOT_READY: 1, LOGOUT: 1 }]);
  expect(groupOf('toString')).toBeNull();
});

test('two hundred events in a second are one change of the figures', () => {
  rows.replace(team(['READY', 'NOT_READY']));
  told = [];
  for (let i = 0; i < 200; i++) {
    rows.put('0', { state: i % 2 === 0 ? 'TALKING' : 'READY' });
    clock.advance(4);
  }
  rows.put('1', { state: 'READY' });
  rows.put('2', { state: 'HOLD' });
  rows.remove('2');
  clock.advance(COUNTS_EVERY_MS);
  expect(told).toEqual([expect.objectContaining({ READY: 2, TALKING: 0, HOLD: 0, NOT_READY: 0 })]);
});

test('what comes out as it was is not told', () => {
  rows.replace(team(['READY']));
  told = [];
  rows.put('0', { state: 'TALKING' });
  rows.put('0', { state: 'READY' });
  rows.redraw();
  clock.advance(5 * COUNTS_EVERY_MS);
  expect(told).toEqual([]);
});
