import { expect, it } from 'vitest';
import { AGENT_STATES } from '../agent-state.ts';
import type { CallRequest } from './call-request.ts';
import {
  CONNECTION_INPUTS,
  CONNECTION_PLACES,
  CONNECTION_ROLES,
  CONNECTION_TABLE,
  type ConnectionPlace,
  connectionStep,
  type LiveState,
  REQUEST_TABLE,
  suits,
} from './connection-table.ts';
import { LINE_STATUSES, LINE_TABLE, lineStatus } from './line-table.ts';
import { MAKE_TABLE } from './making.ts';
import { MONITOR_TABLE } from './monitoring.ts';
import { CallCentre, codeName, wish } from './testing/call-centre.ts';

/**
 * What is expected of each input and request in each connection state, written down apart from the tables under
 * test. `-` NULL, `IN` INITIATE, `AL` ALERTING, `CO` CONNECT, `HO` HOLD, `QU` QUEUED, `FA` FAIL; a number: refused.
 */
const CODES = {
  '-': 'NULL',
  IN: 'INITIATE',
  AL: 'ALERTING',
  CO: 'CONNECT',
  HO: 'HOLD',
  QU: 'QUEUED',
  FA: 'FAIL',
};

const INPUTS = `
          -   IN  AL  CO  HO  QU  FA
initiate  IN  22  22  22  22  22  22
alert     AL  22  22  22  22  22  22
queue     QU  22  22  22  22  22  22
join      CO  22  22  22  22  22  22
answer    28  28  CO  28  28  28  28
reach     22  CO  22  22  22  22  22
fail      22  FA  22  22  22  22  22
hold      24  24  24  HO  24  24  24
retrieve  25  25  25  25  CO  25  25
divert    22  22  -   22  22  -   22
clear     27  -   -   -   -   -   -`;

const REQUESTS = `
                  -   IN  AL  CO  HO  QU  FA
answer            28  28  ok  28  28  28  28
hold              24  24  24  ok  22  24  24
retrieve          25  25  25  25  ok  25  25
clear             27  ok  ok  ok  ok  ok  ok
clearCall         26  ok  22  ok  ok  ok  ok
consult           24  24  24  ok  22  24  24
alternateActive   23  23  23  ok  23  23  23
alternateHeld     25  25  25  25  ok  25  25
reconnectActive   23  ok  23  ok  23  23  ok
reconnectHeld     25  25  25  25  ok  25  25
transferActive    23  23  23  ok  23  23  23
transferHeld      25  25  25  25  ok  25  25
conferenceActive  23  23  23  ok  23  23  23
conferenceHeld    25  25  25  25  ok  25  25
singleStep        24  24  24  ok  22  24  24
deflect           22  22  ok  22  22  22  22
dtmf              24  24  24  ok  22  24  24
record            24  24  24  ok  22  24  24
supervised        24  24  24  ok  14  24  24`;

function parse(matrix: string): Map<string, ReadonlyMap<string, string>> {
  const [header = [], ...rows] = matrix
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  return new Map(
    rows.map(([name = '', ...cells]) => [name, new Map(header.map((column, i) => [column, cells[i]!]))]),
  );
}

const long = (code: string) => CODES[code as keyof typeof CODES] ?? code;

it('every input in every state leads where it is expected to', () => {
  const expected = parse(INPUTS);
  expect([...expected.keys()]).toEqual([...CONNECTION_INPUTS]);
  expect(Object.keys(CONNECTION_TABLE).sort()).toEqual([...CONNECTION_INPUTS].sort());
  for (const input of CONNECTION_INPUTS) {
    const row = expected.get(input)!;
    expect([...row.keys()].map(long).sort()).toEqual([...CONNECTION_PLACES].sort());
    for (const [place, cell] of row)
      expect(`${input} in ${place}: ${connectionStep(long(place) as ConnectionPlace, input)}`).toBe(
        `${input} in ${place}: ${long(cell)}`,
      );
  }
});

it('every request is allowed in the states that it is expected to be allowed in', () => {
  const expected = parse(REQUESTS);
  expect([...expected.keys()]).toEqual([...CONNECTION_ROLES]);
  expect(Object.keys(REQUEST_TABLE).sort()).toEqual([...CONNECTION_ROLES].sort());
  for (const role of CONNECTION_ROLES) {
    for (const [place, cell] of expected.get(role)!)
      expect(`${role} in ${place}: ${suits(long(place) as ConnectionPlace, role)}`).toBe(
        `${role} in ${place}: ${cell}`,
      );
  }
});

it('an agent may place a call unless reserved or signed out; an available one of CCE must insist', () => {
  const reserved = ['RESERVED', 'RESERVED_OUTBOUND', 'RESERVED_OUTBOUND_PREVIEW'];
  for (const state of AGENT_STATES) {
    const never = state === 'LOGOUT' || reserved.includes(state);
    expect(MAKE_TABLE.CCE[state]).toBe(never ? 22 : state === 'AVAILABLE' ? 'belligerent' : 'ok');
    expect(MAKE_TABLE.CCX[state]).toBe(never ? 22 : 'ok');
  }
});

it('silent monitoring starts on an agent who talks', () => {
  for (const state of AGENT_STATES) {
    const cce = state === 'TALKING' ? 'ok' : state === 'HOLD' || state === 'NOT_READY' ? 'refused' : 22;
    expect(`${state} ${MONITOR_TABLE.CCE[state]}`).toBe(`${state} ${cce}`);
    const ccx = state === 'TALKING' ? 'ok' : state === 'NOT_READY' ? 'nonAcd' : 'refused';
    expect(`${state} ${MONITOR_TABLE.CCX[state]}`).toBe(`${state} ${ccx}`);
  }
});

it('the line follows from all combinations of connections', () => {
  const combinations: readonly (readonly [LiveState[], string])[] = [
    [[], 'IDLE'],
    [['ALERTING'], 'IDLE'],
    [['ALERTING', 'ALERTING'], 'IDLE'],
    [['INITIATE'], 'TALKING'],
    [['CONNECT'], 'TALKING'],
    [['FAIL'], 'TALKING'],
    [['HOLD'], 'HOLDING'],
    [['HOLD', 'HOLD'], 'HOLDING'],
    [['HOLD', 'ALERTING'], 'HOLDING'],
    [['HOLD', 'CONNECT'], 'TALKING'],
    [['CONNECT', 'HOLD'], 'TALKING'],
    [['HOLD', 'INITIATE'], 'TALKING'],
    [['FAIL', 'HOLD'], 'TALKING'],
    [['CONNECT', 'ALERTING'], 'TALKING'],
    [['HOLD', 'CONNECT', 'ALERTING'], 'TALKING'],
    [['ALERTING', 'HOLD', 'HOLD'], 'HOLDING'],
  ];
  for (const [states, expected] of combinations) {
    for (const routed of [true, false]) expect(lineStatus(states, 'CCE', routed)).toBe(expected);
    expect(lineStatus(states, 'CCX', true)).toBe(expected);
    expect(lineStatus(states, 'CCX', false)).toBe(expected === 'IDLE' ? 'IDLE' : 'OTHER');
  }
});

it('each change of the line is the stimulus that it is expected to be', () => {
  const expected: Record<string, readonly string[]> = {
    'IDLE>TALKING': ['start'],
    'IDLE>HOLDING': ['start', 'held'],
    'IDLE>OTHER': ['nonAcdStarted'],
    'TALKING>IDLE': ['end'],
    'TALKING>HOLDING': ['held'],
    'TALKING>OTHER': ['end', 'nonAcdStarted'],
    'HOLDING>IDLE': ['end'],
    'HOLDING>TALKING': ['retrieved'],
    'HOLDING>OTHER': ['end', 'nonAcdStarted'],
    'OTHER>IDLE': ['nonAcdEnded'],
    'OTHER>TALKING': ['nonAcdEnded', 'start'],
    'OTHER>HOLDING': ['nonAcdEnded', 'start', 'held'],
  };
  for (const from of LINE_STATUSES) {
    for (const to of LINE_STATUSES) {
      const change = `${from}>${to}` as const;
      expect(LINE_TABLE[change] ?? [], change).toEqual(expected[change] ?? []);
    }
  }
});

/** Brings phone 201 into a call (#1) in which its connection is in this state. */
const PREPARE: Readonly<Record<Exclude<LiveState, 'QUEUED'>, (centre: CallCentre) => void>> = {
  INITIATE: (centre) => centre.make('201', '202'),
  ALERTING: (centre) => centre.exchange.arrive('5550001', '201'),
  CONNECT: (centre) => {
    centre.exchange.arrive('5550001', '201');
    centre.answer('201');
  },
  HOLD: (centre) => {
    PREPARE.CONNECT(centre);
    centre.hold('201');
  },
  FAIL: (centre) => centre.make('201', '999'),
};

/** The request that puts each role to the test. Held ones of pairs need a second call: the scenarios try them. */
const REQUEST_OF: Readonly<Partial<Record<(typeof CONNECTION_ROLES)[number], CallRequest>>> = {
  answer: { type: 'answer', connection: wish('201', 1) },
  hold: { type: 'hold', connection: wish('201', 1) },
  retrieve: { type: 'retrieve', connection: wish('201', 1) },
  clear: { type: 'clear', connection: wish('201', 1), requesting: '201' },
  clearCall: { type: 'clearCall', connection: wish('201', 1) },
  consult: { type: 'consult', active: wish('201', 1), dialed: '203', purpose: 'transfer', data: {} },
  alternateActive: { type: 'alternate', active: wish('201', 1), held: wish('201', 9) },
  reconnectActive: { type: 'reconnect', active: wish('201', 1), held: wish('201', 9) },
  transferActive: { type: 'transfer', active: wish('201', 1), held: wish('201', 9) },
  conferenceActive: { type: 'conference', active: wish('201', 1), held: wish('201', 9) },
  singleStep: { type: 'singleStepTransfer', active: wish('201', 1), dialed: '203', data: {} },
  deflect: { type: 'deflect', connection: wish('201', 1), to: '203' },
  dtmf: { type: 'dtmf', connection: wish('201', 1), digits: '1' },
  record: { type: 'record', connection: wish('201', 1), on: true },
  supervised: { type: 'supervise', action: 'bargeIn', agent: wish('201', 1), supervisor: wish('209', null) },
};

it('the model answers each request in each state as the table says', () => {
  for (const [state, prepare] of Object.entries(PREPARE) as [
    Exclude<LiveState, 'QUEUED'>,
    (typeof PREPARE)['HOLD'],
  ][]) {
    for (const [name, request] of Object.entries(REQUEST_OF)) {
      const role = name as keyof typeof REQUEST_OF;
      const centre = new CallCentre();
      centre.signIn('1001', '201');
      centre.signIn('1005', '203');
      centre.signIn('1090', '209');
      prepare(centre);
      expect(centre.at('201')).toBe(`#1 ${state}`);
      const cell = suits(state, role);
      const answer = centre.request(request);
      // An active connection that will do is held up by the missing held one.
      const paired = role.endsWith('Active') ? 'CF INVALID_CSTA_CONNECTION_IDENTIFIER' : 'ok';
      const code = typeof cell === 'number' ? `CF ${codeName(cell)}` : paired;
      expect(answer, `${role} in ${state}`).toBe(code);
      if (cell !== 'ok') expect(centre.at('201'), `${role} in ${state} changes nothing`).toBe(`#1 ${state}`);
    }
  }
});
