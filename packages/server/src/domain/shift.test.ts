/** States of a shift: news of one agent, and what is known of the shift afterwards. */
import { expect, test } from 'vitest';
import type { AgentState } from './agent-state.ts';
import { type AgentEvent, applyToAgent, unknownAgent } from './agents.ts';
import {
  type AgentNews,
  beginsShift,
  type Shift,
  type ShiftState,
  shiftBegins,
  shiftHears,
} from './shift.ts';

/** One agent of CCE, and the shift. */
class OneAgent {
  agent = unknownAgent('2001');
  shift: Shift | undefined;
  readonly over: ShiftState[] = [];
  #ids = 0;

  state(at: number, state: AgentState, reasonCode = 0, since?: number): this {
    return this.#hear(at, true, {
      type: 'state',
      state,
      reasonCode,
      extension: '3001',
      pendingState: undefined,
      at,
      since,
    });
  }

  found(at: number, state: AgentState): this {
    return this.#hear(at, false, { type: 'snapshot', state, extension: '3001' });
  }

  since(at: number, state: AgentState, since: number): this {
    return this.#hear(at, false, { type: 'since', state, since });
  }

  /** The process is another one: it knows the shift, and nothing of the agent. */
  restarts(): this {
    this.agent = unknownAgent('2001');
    this.shift = JSON.parse(JSON.stringify(this.shift)) as Shift;
    return this;
  }

  /** State, reason, beginning and end of every entry. */
  get rows(): unknown[] {
    const now = this.shift === undefined ? [] : [this.shift.state];
    return [...this.over, ...now].map(({ state, reasonLabel, startTime, endTime }) => [
      state,
      reasonLabel,
      startTime,
      endTime,
    ]);
  }

  #hear(at: number, live: boolean, event: AgentEvent): this {
    ({ agent: this.agent } = applyToAgent(this.agent, event, 'CCE'));
    const { reasonCode } = this.agent;
    const news: AgentNews = {
      agent: this.agent,
      reasonLabel: reasonCode === 0 ? '' : `reason ${reasonCode}`,
      at,
      live,
    };
    if (beginsShift(this.shift, news)) {
      this.shift = shiftBegins(++this.#ids, news);
      this.over.length = 0;
    } else if (this.shift !== undefined) {
      const { shift, over } = shiftHears(this.shift, news);
      this.shift = shift;
      for (const one of over) if (one.kind === 'state') this.over.push(one.entry);
    }
    return this;
  }
}

const S = 1_000;

test('every change of state or reason begins an entry; the one before ends with it', () => {
  const one = new OneAgent()
    .state(10 * S, 'NOT_READY')
    .state(12 * S, 'READY')
    .state(15 * S, 'NOT_READY', 10)
    .state(19 * S, 'NOT_READY', 20)
    .state(20 * S, 'NOT_READY');
  expect(one.rows).toEqual([
    ['NOT_READY', '', 10 * S, 12 * S],
    ['READY', '', 12 * S, 15 * S],
    ['NOT_READY', 'reason 10', 15 * S, 19 * S],
    ['NOT_READY', 'reason 20', 19 * S, 20 * S],
    ['NOT_READY', '', 20 * S, null],
  ]);
  expect(one.shift).toMatchObject({ startedAt: 10 * S, endedAt: null, lastState: 5 });
  expect(one.over.map(({ ordinal }) => ordinal)).toEqual([1, 2, 3, 4]);
});

test('what is told again changes nothing, not even the version', () => {
  const one = new OneAgent().state(10 * S, 'READY');
  const { shift } = one;
  one.state(11 * S, 'READY');
  expect(one.shift).toBe(shift);
});

test('a sign-out ends the shift, with its reason as the last entry; the next sign-in begins another', () => {
  const one = new OneAgent().state(10 * S, 'NOT_READY').state(20 * S, 'LOGOUT', 1);
  expect(one.shift).toMatchObject({ id: 1, endedAt: 20 * S });
  expect(one.rows.at(-1)).toEqual(['LOGOUT', 'reason 1', 20 * S, null]);
  one.state(21 * S, 'LOGOUT', 2);
  expect(one.rows).toHaveLength(2);
  one.state(30 * S, 'NOT_READY');
  expect(one.shift).toMatchObject({ id: 2, startedAt: 30 * S, endedAt: null });
  expect(one.rows).toEqual([['NOT_READY', '', 30 * S, null]]);
});

test('signed-out and unknown agents have no shift', () => {
  expect(new OneAgent().found(10 * S, 'LOGOUT').shift).toBeUndefined();
  expect(beginsShift(undefined, { agent: unknownAgent('2001'), reasonLabel: '', at: 0, live: false })).toBe(
    false,
  );
});

test('the link is lost and comes back: the shift goes on, and the entry says that somebody was away', () => {
  const one = new OneAgent().state(10 * S, 'READY').found(60 * S, 'READY');
  expect(one.shift).toMatchObject({ id: 1, state: { interrupted: true, startTime: 10 * S } });
  const { shift } = one;
  one.found(61 * S, 'READY');
  expect(one.shift).toBe(shift);
});

test('a change that nobody told of: its end is not known, and the next begins when the CTI server says since when', () => {
  const one = new OneAgent().state(10 * S, 'READY').found(60 * S, 'NOT_READY');
  expect(one.over).toMatchObject([{ state: 'READY', endTime: null, endedAway: true }]);
  expect(one.shift!.state).toMatchObject({ state: 'NOT_READY', startTime: null, beganAway: true });
  one.since(61 * S, 'NOT_READY', 44 * S);
  expect(one.shift!.state).toMatchObject({ startTime: 44 * S, ordinal: 2 });
});

test('away and back again in the same state: the later beginning is that of another period', () => {
  const one = new OneAgent()
    .state(10 * S, 'READY')
    .found(60 * S, 'READY')
    .since(61 * S, 'READY', 11 * S);
  expect(one.rows).toEqual([['READY', '', 10 * S, null]]);
  one.since(62 * S, 'READY', 55 * S);
  expect(one.rows).toEqual([
    ['READY', '', 10 * S, null],
    ['READY', '', 55 * S, null],
  ]);
  expect(one.over).toMatchObject([{ endedAway: true }]);
});

test('a restart of the process: reason and beginning, which no query tells, stand', () => {
  const one = new OneAgent()
    .state(10 * S, 'NOT_READY', 10)
    .restarts()
    .found(60 * S, 'NOT_READY');
  one.since(61 * S, 'NOT_READY', 11 * S);
  expect(one.rows).toEqual([['NOT_READY', 'reason 10', 10 * S, null]]);
  // The event that comes again tells the reason, and nothing new.
  one.state(62 * S, 'NOT_READY', 10, 10 * S);
  expect(one.rows).toHaveLength(1);
});

test('a restart of the process over a sign-out: the shift has ended, when is not known', () => {
  const one = new OneAgent()
    .state(10 * S, 'READY')
    .restarts()
    .found(60 * S, 'LOGOUT');
  expect(one.shift).toMatchObject({ id: 1, endedAt: 60 * S, state: { state: 'LOGOUT', beganAway: true } });
  expect(one.over).toMatchObject([{ state: 'READY', endTime: null, endedAway: true }]);
});

test('found signed in: the shift began at a time that nobody knows, and the reason may be told later', () => {
  const one = new OneAgent().found(10 * S, 'NOT_READY');
  expect(one.shift).toMatchObject({ startedAt: null, state: { startTime: null, beganAway: true } });
  one.state(20 * S, 'NOT_READY', 10, 5 * S);
  expect(one.rows).toEqual([['NOT_READY', 'reason 10', 5 * S, null]]);
});
