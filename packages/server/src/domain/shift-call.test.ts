/** Calls of a shift, from the scripts of calls in test/domain: one step a second. */
import { expect, test } from 'vitest';
import {
  BARGED,
  BUSY,
  CONFERENCE,
  CONTROLLER_LEAVES,
  HELD_AND_BACK,
  MONITORED,
  NOT_ANSWERED,
  OUTGOING,
  RINGING,
  SCENARIOS,
  SIGNED_IN,
  SINGLE_STEP,
  TALKING,
  TRANSFERRED,
  WITHOUT_WRAP_UP,
  WRAP_UP_DONE,
} from '../../test/domain/call-scenarios.ts';
import {
  agentIs,
  cleared,
  connectionCleared,
  ended,
  type PlainEvent,
  party,
  type Style,
  step,
} from '../../test/domain/call-script.ts';
import { ShiftPicture } from '../../test/domain/shift-picture.ts';
import { OPEN_CALLS_MAX, shiftSees } from './shift.ts';
import { durationOf, type ShiftCall } from './shift-call.ts';

const S = 1_000;
const play = (script: readonly (typeof RINGING)[number][], style?: Style) =>
  new ShiftPicture().play(SIGNED_IN).play(script, style);

const inShort = ({ dialogId, type, number, disposition, continuedAs, spent }: ShiftCall) => ({
  dialogId,
  type,
  number,
  disposition,
  continuedAs,
  spent: Object.fromEntries(Object.entries(spent).filter(([, ms]) => ms > 0)),
});

test('an inbound call: ring, talk and hold make its duration; wrap-up is counted apart, its reason is told', () => {
  const [call, ...others] = play(WRAP_UP_DONE).calls('a');
  expect(others).toEqual([]);
  expect(call).toMatchObject({
    ordinal: 1,
    dialogId: '100',
    type: 'inbound',
    direction: 'inbound',
    callType: 'PREROUTE_ACD_IN',
    number: '9001',
    queueName: 'Sales',
    wrapUpReason: 'Sale made',
    disposition: 'handled',
    phase: 'gone',
    beganAway: false,
    endedAway: false,
    interrupted: false,
  });
  expect(call!.spent).toMatchObject({ ring: 1 * S, talk: 5 * S, hold: 0 });
  expect(call!.spent.wrapUp).toBeGreaterThan(0);
  expect(durationOf(call!)).toBe(6 * S);
  expect(call!.endTime! - call!.startTime).toBe(6 * S);
});

test('hold is a phase of its own, and belongs to the duration', () => {
  const [call] = play([...HELD_AND_BACK, ...WITHOUT_WRAP_UP.slice(TALKING.length)]).calls('a');
  expect(call!.spent).toMatchObject({ ring: 1 * S, hold: 2 * S });
  expect(durationOf(call!)).toBe(call!.endTime! - call!.startTime);
});

test('an outbound call: dial tone and ring-back belong to the duration', () => {
  const [call] = play([
    ...OUTGOING,
    connectionCleared('200', '2002', { 2002: 'NULL' }),
    agentIs('b', 'READY', '2002'),
  ]).calls('b');
  expect(call).toMatchObject({ type: 'outbound', number: '99555', callType: 'OUT', disposition: 'handled' });
  expect(call!.spent).toMatchObject({ dialTone: 2 * S, ringBack: 2 * S, talk: 1 * S });
  expect(durationOf(call!)).toBe(5 * S);
});

test('calls that came to nothing: not answered, busy', () => {
  const picture = play(NOT_ANSWERED);
  expect(picture.calls('a').map(inShort)).toEqual([
    {
      dialogId: '100',
      type: 'inbound',
      number: '9001',
      disposition: 'notAnswered',
      continuedAs: null,
      spent: { ring: 1 * S },
    },
  ]);
  expect(picture.calls('b').map(inShort)).toMatchObject([{ dialogId: '100', disposition: null }]);
  const busy = play([
    ...BUSY,
    connectionCleared('201', '2002', { 2002: 'NULL' }),
    agentIs('b', 'NOT_READY', '2002'),
    ended('201', '2002'),
  ]).calls('b');
  expect(busy).toMatchObject([{ dialogId: '201', type: 'outbound', disposition: 'busy', phase: 'gone' }]);
});

test('a call that talked and then failed was not transferred', () => {
  const fails = step({ type: 'failed', callId: '100', failing: party('2001'), cause: 'X' } as PlainEvent, {
    2001: 'FAIL',
  });
  const picture = play([...TALKING, fails]);
  expect(picture.calls('a')).toMatchObject([{ phase: 'failed', disposition: null }]);
  picture.play([connectionCleared('100', '2001', { 2001: 'NULL' }), agentIs('a', 'READY', '2001')]);
  expect(picture.calls('a')).toMatchObject([{ phase: 'gone', disposition: 'failed' }]);
});

test('a transfer: whoever sent it on has transferred; the consult call went over into it, at both agents', () => {
  const picture = play(TRANSFERRED);
  expect(picture.calls('a').map(inShort)).toMatchObject([
    { dialogId: '100', type: 'inbound', number: '9001', disposition: 'transferred', continuedAs: null },
    { dialogId: '101', type: 'consult', number: '2002', disposition: 'merged', continuedAs: '100' },
  ]);
  expect(picture.calls('b').map(inShort)).toMatchObject([
    { dialogId: '101', type: 'consult', number: '2001', disposition: 'merged', continuedAs: '100' },
    { dialogId: '100', type: 'inbound', number: '9001', disposition: null, continuedAs: null },
  ]);
  expect(picture.calls('a')[1]).toMatchObject({ direction: 'outbound' });
  expect(picture.calls('b')[0]).toMatchObject({ direction: 'inbound' });
});

test('a direct transfer, and the leg that comes of it', () => {
  const picture = play(SINGLE_STEP);
  expect(picture.calls('a').map(inShort)).toMatchObject([{ disposition: 'transferred' }]);
  expect(picture.calls('b').map(inShort)).toMatchObject([
    { dialogId: '100', number: '9001', disposition: null },
  ]);
});

test('a conference: the consult call went over; whoever leaves it has handled the call, for the others it goes on', () => {
  const picture = play(CONFERENCE);
  expect(picture.calls('a').map(inShort)).toMatchObject([
    { dialogId: '100', disposition: null },
    { dialogId: '101', disposition: 'merged', continuedAs: '100' },
  ]);
  picture.play(CONTROLLER_LEAVES.slice(CONFERENCE.length));
  expect(picture.calls('a')[0]).toMatchObject({ disposition: 'handled', phase: 'wrapUp' });
  expect(picture.calls('b').at(-1)).toMatchObject({ dialogId: '100', disposition: null, phase: 'hold' });
});

test('what others do in a call that the agent has left does not describe the part of the agent', () => {
  const before = play(CONFERENCE);
  before.play(CONTROLLER_LEAVES.slice(CONFERENCE.length, CONFERENCE.length + 2));
  const { spent, endTime } = before.calls('a')[0]!;
  before.play(CONTROLLER_LEAVES.slice(CONFERENCE.length + 2));
  expect(before.calls('a')[0]).toMatchObject({ endTime, spent, phase: 'wrapUp' });
});

test('a supervisor who listens and barges in has two calls, and the agent one', () => {
  expect(play(MONITORED).calls('s')).toMatchObject([{ dialogId: '300', type: 'monitor', disposition: null }]);
  const picture = play(BARGED);
  expect(picture.calls('s')).toMatchObject([
    { dialogId: '300', type: 'monitor' },
    { dialogId: '100', type: 'bargeIn', number: '9001' },
  ]);
  expect(picture.calls('a')).toHaveLength(1);
});

test('whatever the script and the style of its events: phases add up, and what is over is complete', () => {
  for (const [name, script] of Object.entries(SCENARIOS))
    for (const style of ['perDevice', 'perCall'] as const)
      for (const agent of ['a', 'b', 's'])
        for (const call of play(script, style).calls(agent)) {
          const { endTime, startTime, disposition, phase } = call;
          expect(disposition === null, name).toBe(endTime === null);
          if (phase === 'gone') expect(disposition, name).not.toBeNull();
          if (endTime !== null && disposition !== 'busy')
            expect(durationOf(call), `${name} ${style} ${agent}`).toBe(endTime - startTime);
        }
});

test('a second call with the same dialog id is an entry of its own', () => {
  const picture = play(WITHOUT_WRAP_UP).play(RINGING);
  expect(picture.calls('a')).toMatchObject([
    { ordinal: 1, dialogId: '100', disposition: 'handled' },
    { ordinal: 2, dialogId: '100', disposition: null, phase: 'ring' },
  ]);
});

test('a call that goes on over a loss of the link is marked; one that ended meanwhile has no end and no duration', () => {
  const stays = play(TALKING).away(5_000, { 100: true });
  expect(stays.calls('a')).toMatchObject([
    { interrupted: true, endedAway: false, disposition: null, phase: 'talk' },
  ]);
  const gone = play(TALKING).away(5_000, {});
  expect(gone.calls('a')).toMatchObject([
    { endedAway: true, interrupted: false, disposition: 'unknown', endTime: null, phase: 'gone' },
  ]);
  expect(durationOf(gone.calls('a')[0]!)).toBeNull();
});

test('a call that is found when the link comes back began at a time that nobody knows', () => {
  const picture = play([]).away(5_000, {}, [SNAPSHOT]);
  const [call] = picture.calls('a');
  expect(call).toMatchObject({ dialogId: '100', disposition: null, beganAway: true, endedAway: false });
  const passed = play([]).away(5_000, {}, [...TALKING.slice(1), ...cleared100]);
  expect(passed.calls('a')).toMatchObject([
    { dialogId: '100', disposition: 'unknown', beganAway: true, endedAway: true, endTime: null },
  ]);
});

/** The answer to a question about the phone of a: a customer's call rings there. */
const SNAPSHOT = step(
  {
    type: 'snapshot',
    callId: '100',
    callType: 'PREROUTE_ACD_IN',
    parties: [
      { ...party('9001'), callId: '100', local: 'CONNECT' },
      { ...party('2001'), callId: '100', local: 'ALERTING' },
    ],
    reportedBy: ['2001'],
    original: null,
    data: { ani: '9001' },
  } as PlainEvent,
  { 2001: 'ALERTING' },
);
const cleared100 = [cleared('100', { 2001: 'NULL' }), ended('100', '2001')];

test('more calls at a time than one agent can have are not recorded', () => {
  const picture = play(RINGING);
  const dialog = picture.picture.book.get('100')!;
  const news = { kind: 'POST', extension: '2001', at: 0, live: true, mergedInto: undefined } as const;
  let shift = picture.shifts.get('a')!;
  for (let id = 1; id <= OPEN_CALLS_MAX + 5; id += 1)
    ({ shift } = shiftSees(shift, { ...news, dialog: { ...dialog, id: String(id) } }));
  expect(shift.calls).toHaveLength(OPEN_CALLS_MAX);
});
