import { describe, expect, it } from 'vitest';
import {
  AGENT_STATES,
  type AgentInput,
  type AgentStateName,
  type AgentStatus,
  REQUESTS,
  SIGNED_OUT,
  STIMULI,
  step,
  TRANSITIONS,
} from './agent-state.ts';
import type { Deployment } from './dialect.ts';

/**
 * The expected outcome of every input in every state, written down apart from the table under test.
 * Columns: LO NR AV RS RO RP TK HD WN WR. `=` reported again, `p` pending, `.` refused with 22, a number:
 * refused with that code, else the state entered.
 */
const COLUMNS = {
  LO: 'LOGOUT',
  NR: 'NOT_READY',
  AV: 'AVAILABLE',
  RS: 'RESERVED',
  RO: 'RESERVED_OUTBOUND',
  RP: 'RESERVED_OUTBOUND_PREVIEW',
  TK: 'TALKING',
  HD: 'HOLD',
  WN: 'WORK_NOT_READY',
  WR: 'WORK_READY',
} as const;

const EXPECTED_CCE = `
                      LO   NR   AV   RS   RO   RP   TK   HD   WN   WR
signIn                NR   =    =    =    =    =    =    =    =    =
signInElsewhere       .    =    =    .    .    .    .    .    =    =
signOut               .    LO   .    .    .    .    .    .    .    .
signOutForced         .    LO   LO   p    p    p    p    p    LO   LO
signOutBySupervisor   .    LO   LO   p    p    p    p    p    LO   LO
signOutBySystem       .    LO   LO   LO   LO   LO   LO   LO   LO   LO
disconnectToNotReady  .    NR   NR   p    p    p    p    p    NR   NR
disconnectToLogout    .    LO   LO   p    p    p    p    p    LO   LO
ready                 .    AV   =    .    AV   p    p    p    AV   AV
readyBySupervisor     .    AV   =    .    AV   .    p    p    AV   AV
notReady              257  NR   NR   .    NR   p    p    p    NR   NR
notReadyBySupervisor  257  .    NR   .    .    .    .    .    NR   NR
work                  .    .    .    .    .    .    p    p    .    .
offered               .    .    RS   .    .    .    .    .    .    .
offeredOutbound       .    .    RO   .    .    .    .    .    .    .
offeredPreview        .    .    RP   .    .    .    .    .    .    .
withdrawn             .    .    .    NR   NR   NR   .    .    .    .
notAnswered           .    .    .    NR   NR   NR   .    .    .    .
answered              .    .    .    TK   TK   TK   .    .    .    .
callStarted           .    TK   TK   .    .    .    .    .    TK   TK
held                  .    .    .    .    .    .    HD   .    .    .
retrieved             .    .    .    .    .    .    .    TK   .    .
callEnded             .    .    .    .    .    .    NR   NR   .    .
callEndedIntoWrapUp   .    .    .    .    .    .    WN   WN   .    .
wrapUpTimer           .    .    .    .    .    .    .    .    NR   NR
offHook               .    .    NR   .    .    .    .    .    .    .
nonAcdStarted         .    .    .    .    .    .    .    .    .    .
nonAcdEnded           .    .    .    .    .    .    .    .    .    .
phoneFailed           .    NR   NR   .    .    .    .    .    .    .`;

const EXPECTED_CCX = `
                      LO   NR   AV   RS   RO   RP   TK   HD   WN   WR
signIn                NR   =    =    =    =    =    =    =    =    =
signInElsewhere       .    =    =    .    .    .    .    .    =    =
signOut               .    LO   LO   .    .    .    .    .    .    .
signOutForced         .    LO   LO   p    p    p    p    p    LO   LO
signOutBySupervisor   .    LO   LO   p    p    p    p    p    LO   LO
signOutBySystem       .    LO   LO   LO   LO   LO   LO   LO   LO   LO
disconnectToNotReady  .    NR   NR   p    p    p    p    p    NR   NR
disconnectToLogout    .    LO   LO   p    p    p    p    p    LO   LO
ready                 1010 AV   =    .    269  269  265  .    AV   .
readyBySupervisor     1010 AV   =    .    .    .    .    .    AV   .
notReady              1010 NR   NR   .    269  269  p    .    NR   .
notReadyBySupervisor  1010 .    NR   .    .    .    .    .    NR   .
work                  1010 .    .    .    .    .    p    .    .    .
offered               .    .    RS   .    .    .    .    .    .    .
offeredOutbound       .    .    RO   .    .    .    .    .    .    .
offeredPreview        .    .    RP   .    .    .    .    .    .    .
withdrawn             .    .    .    NR   NR   NR   .    .    .    .
notAnswered           .    .    .    NR   NR   NR   .    .    .    .
answered              .    .    .    TK   TK   TK   .    .    .    .
callStarted           .    TK   TK   .    .    .    .    .    TK   .
held                  .    .    .    .    .    .    =    .    .    .
retrieved             .    .    .    .    .    .    =    .    .    .
callEnded             .    .    .    .    .    .    NR   NR   .    .
callEndedIntoWrapUp   .    .    .    .    .    .    WN   WN   .    .
wrapUpTimer           .    .    .    .    .    .    .    .    NR   NR
offHook               .    .    NR   .    .    .    .    .    .    .
nonAcdStarted         .    =    NR   .    .    .    .    .    =    .
nonAcdEnded           .    =    .    .    .    .    .    .    =    .
phoneFailed           .    NR   NR   .    .    .    .    .    .    .`;

function parse(matrix: string): Map<string, ReadonlyMap<AgentStateName, string>> {
  const [header = [], ...rows] = matrix
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  return new Map(
    rows.map(([input = '', ...cells]) => [
      input,
      new Map(header.map((column, i) => [COLUMNS[column as keyof typeof COLUMNS], cells[i] ?? '?'])),
    ]),
  );
}

/** A status in this state, entered from NOT_READY. */
function statusIn(state: AgentStateName, extra: Partial<AgentStatus> = {}): AgentStatus {
  return { ...SIGNED_OUT, state, ...extra };
}

function outcome(deployment: Deployment, state: AgentStateName, input: AgentInput): string {
  const result = step(deployment, statusIn(state), input, { reason: 7, wrapUpOptional: true });
  if (result.kind === 'refused') return result.code === 22 ? '.' : String(result.code);
  if (result.kind === 'again') return '=';
  if (result.kind === 'pending') return 'p';
  return Object.entries(COLUMNS).find(([, name]) => name === result.status.state)?.[0] ?? '?';
}

describe('the agent state table', () => {
  for (const [deployment, matrix] of [
    ['CCE', EXPECTED_CCE],
    ['CCX', EXPECTED_CCX],
  ] as const) {
    const expected = parse(matrix);

    it(`${deployment}: the expectation names every input and every state`, () => {
      expect([...expected.keys()].sort()).toEqual([...REQUESTS, ...STIMULI].sort());
      for (const cells of expected.values())
        expect([...cells.keys()].sort()).toEqual([...AGENT_STATES].sort());
      expect(Object.keys(TRANSITIONS[deployment]).sort()).toEqual([...expected.keys()].sort());
    });

    for (const [input, cells] of expected) {
      it(`${deployment}: ${input} does what is documented in each of the ten states`, () => {
        for (const [state, cell] of cells) {
          expect(`${state}: ${outcome(deployment, state, input as AgentInput)}`).toBe(`${state}: ${cell}`);
        }
      });
    }

    it(`${deployment}: a refusal leaves nothing behind, a pending wish leaves the state`, () => {
      for (const state of AGENT_STATES) {
        for (const input of [...REQUESTS, ...STIMULI]) {
          const before = Object.freeze(statusIn(state));
          const result = step(deployment, before, input, { wrapUpOptional: true });
          if (result.kind === 'pending' || result.kind === 'again') expect(result.status.state).toBe(state);
        }
      }
    });
  }
});

describe('reasons', () => {
  it('belong to NOT_READY and LOGOUT only', () => {
    const ready = step('CCE', statusIn('NOT_READY', { reason: 20 }), 'ready', { reason: 20 });
    expect(ready).toMatchObject({ kind: 'moved', status: { state: 'AVAILABLE', reason: 0 } });
    const away = step('CCE', statusIn('AVAILABLE'), 'notReady', { reason: 20 });
    expect(away).toMatchObject({ kind: 'moved', status: { state: 'NOT_READY', reason: 20 } });
  });

  it('the same reason again changes nothing and is reported again', () => {
    const status = statusIn('NOT_READY', { reason: 20 });
    expect(step('CCE', status, 'notReady', { reason: 20 })).toEqual({ kind: 'again', status });
    expect(step('CCE', status, 'notReady', { reason: 30 })).toMatchObject({
      kind: 'moved',
      status: { reason: 30 },
    });
  });

  it('a required reason that is missing is refused with 281, after the state was found right', () => {
    const required = { reason: 0, reasonRequired: true };
    expect(step('CCE', statusIn('AVAILABLE'), 'notReady', required)).toEqual({ kind: 'refused', code: 281 });
    expect(step('CCE', statusIn('AVAILABLE'), 'signOut', required)).toEqual({ kind: 'refused', code: 22 });
  });
});

describe('wishes during a call', () => {
  const talking = statusIn('TALKING', { resume: { state: 'AVAILABLE', reason: 0 } });

  it('without a wish the agent returns to what the call interrupted', () => {
    expect(step('CCE', talking, 'callEnded')).toMatchObject({ status: { state: 'AVAILABLE' } });
    const fromBreak = statusIn('TALKING', { resume: { state: 'NOT_READY', reason: 20 } });
    expect(step('CCE', fromBreak, 'callEnded')).toMatchObject({ status: { state: 'NOT_READY', reason: 20 } });
  });

  it('the last wish is carried out after the call', () => {
    const first = step('CCE', talking, 'notReady', { reason: 20 });
    if (first.kind !== 'pending') throw new Error(first.kind);
    expect(first.status).toMatchObject({ state: 'TALKING', pending: { state: 'NOT_READY', reason: 20 } });
    const second = step('CCE', first.status, 'ready');
    if (second.kind !== 'pending') throw new Error(second.kind);
    expect(step('CCE', first.status, 'callEnded')).toMatchObject({
      status: { state: 'NOT_READY', reason: 20, pending: null },
    });
    expect(step('CCE', second.status, 'callEnded')).toMatchObject({
      status: { state: 'AVAILABLE', pending: null },
    });
  });

  it('a forced sign-out waits for the end of the call and of the wrap-up', () => {
    const wish = step('CCE', talking, 'signOutForced', { reason: 5 });
    if (wish.kind !== 'pending') throw new Error(wish.kind);
    const work = step('CCE', wish.status, 'callEndedIntoWrapUp');
    if (work.kind !== 'moved') throw new Error(work.kind);
    expect(work.status.state).toBe('WORK_NOT_READY');
    expect(step('CCE', work.status, 'wrapUpTimer')).toMatchObject({ status: { state: 'LOGOUT', reason: 5 } });
  });

  it('wrap-up leads where the agent was going: WORK_READY on CCE, WORK_NOT_READY always on CCX', () => {
    expect(step('CCE', talking, 'callEndedIntoWrapUp')).toMatchObject({ status: { state: 'WORK_READY' } });
    expect(step('CCX', talking, 'callEndedIntoWrapUp')).toMatchObject({
      status: { state: 'WORK_NOT_READY' },
    });
  });

  it('work may be asked for only where wrap-up is optional', () => {
    expect(step('CCE', talking, 'work', {})).toEqual({ kind: 'refused', code: 265 });
    expect(step('CCE', talking, 'work', { wrapUpOptional: true })).toMatchObject({
      kind: 'pending',
      status: { wrapUpWanted: true },
    });
  });

  it('CCX takes one wish per call', () => {
    const first = step('CCX', talking, 'notReady', { reason: 20 });
    if (first.kind !== 'pending') throw new Error(first.kind);
    expect(step('CCX', first.status, 'notReady', { reason: 30 })).toEqual({ kind: 'refused', code: 265 });
  });
});
