import { VirtualClock } from '@poise/clock';
import { expect, test } from 'vitest';
import { dialog, OWN, part } from '../../test/dialogs.ts';
import { type CallsHeard, CallTeller, REST_MS, SETTLES_MS } from './call-teller.ts';
import type { Calls } from './calls.ts';
import type { Sentence } from './store.ts';

const CUSTOMER = '15551234';
const call = (own: string, ...others: readonly string[]) =>
  dialog('1', [part(OWN, own), ...[CUSTOMER, ...others].map((party) => part(party, 'ACTIVE'))]);
const consult = (own: string) =>
  dialog('2', [part(OWN, own), part('10000', own === 'ACTIVE' ? 'ACTIVE' : 'ALERTING')], {
    fromAddress: OWN,
    toAddress: '10000',
    callType: 'CONSULT',
  });

const HELD: Sentence = {
  key: 'calls.news',
  values: { call: { key: 'calls.with', values: { party: CUSTOMER } }, state: { key: 'call.state.HELD' } },
};

/** What of the page changes. */
interface Change {
  readonly dialogs?: Calls;
  readonly gone?: Calls;
  readonly busy?: readonly string[];
  readonly state?: string;
}

/** A page with a call, and what is told of it. */
function page(first: Change) {
  const clock = new VirtualClock();
  const told: Sentence[] = [];
  let now: CallsHeard = {
    calls: { dialogs: [], gone: [], handing: null, busy: new Set() },
    user: { extension: OWN, state: 'TALKING' },
  };
  const after = ({ dialogs, gone, busy, state }: Change): CallsHeard => ({
    calls: {
      ...now.calls,
      ...(dialogs && { dialogs }),
      ...(gone && { gone }),
      ...(busy && { busy: new Set(busy) }),
    },
    user: { extension: OWN, state: state ?? now.user?.state ?? '' },
  });
  now = after(first);
  const teller = new CallTeller(clock, now, (sentences) => told.push(...sentences));
  return {
    clock,
    told,
    teller,
    see(change: Change) {
      now = after(change);
      teller.see(now);
    },
  };
}

/** The same events at once, and with each of the gaps between them so long that all before has settled. */
const GAPS = [0, SETTLES_MS - 1, SETTLES_MS + 1, 10_000];

/** All ways in which events can come, with what is told of each. */
function eachWay(first: Change, events: readonly Change[]): readonly (readonly Sentence[])[] {
  let ways: readonly (readonly number[])[] = [[]];
  for (const _ of events) ways = ways.flatMap((way) => GAPS.map((gap) => [...way, gap]));
  return ways.map((gaps) => {
    const { clock, told, see } = page(first);
    events.forEach((event, index) => {
      clock.advance(gaps[index] ?? 0);
      see(event);
    });
    clock.advance(SETTLES_MS);
    return told;
  });
}

test('a consultation: that the customer is on hold is told once, whichever comes first and however much later the other', () => {
  const first = { dialogs: [call('ACTIVE')] };
  const begun = [
    { dialogs: [call('HELD'), consult('INITIATING')] },
    { dialogs: [call('HELD'), consult('INITIATED')] },
  ];
  for (const told of eachWay(first, [{ dialogs: [call('HELD')] }, ...begun])) expect(told).toEqual([HELD]);
  for (const told of eachWay(first, [{ dialogs: [call('ACTIVE'), consult('INITIATING')] }, ...begun]))
    expect(told).toEqual([HELD]);
});

test('a hold that the state of the agent tells is not told again when another call begins', () => {
  const other = { dialogs: [call('HELD'), consult('INITIATING')], state: 'TALKING' };
  const ways = [
    [{ dialogs: [call('HELD')] }, { state: 'HOLD' }],
    [{ state: 'HOLD' }, { dialogs: [call('HELD')] }],
  ];
  for (const way of ways) {
    const { clock, told, see } = page({ dialogs: [call('ACTIVE')] });
    for (const event of way) {
      clock.advance(10_000);
      see(event);
    }
    clock.advance(SETTLES_MS);
    see(other);
    clock.advance(SETTLES_MS);
    expect(told).toEqual([]);
  }
});

test('a hold that nothing has told of keeps nothing else from being told once', () => {
  const { clock, told, see } = page({ dialogs: [call('ACTIVE')] });
  see({ dialogs: [call('HELD')] });
  clock.advance(SETTLES_MS);
  see({ dialogs: [{ ...call('HELD'), wrapUpReason: 'Sale made' }] });
  clock.advance(SETTLES_MS);
  const reason = [{ key: 'calls.news', values: { call: { key: 'call.wrapUp' }, state: 'Sale made' } }];
  expect(told).toEqual(reason);
  see({ dialogs: [{ ...call('ACTIVE'), wrapUpReason: 'Sale made' }] });
  clock.advance(SETTLES_MS);
  expect(told).toEqual(reason);
});

test('a conference that this page asked for: its consultation has not ended, however late the rest of it comes', () => {
  const events: readonly Change[] = [
    { busy: ['1'] },
    { dialogs: [call('HELD'), consult('DROPPED')] },
    { dialogs: [call('HELD')], gone: [consult('DROPPED')] },
    { dialogs: [call('ACTIVE', '10000')] },
    { busy: [] },
  ];
  for (const told of eachWay({ dialogs: [call('HELD'), consult('ACTIVE')] }, events))
    expect(told).toEqual([{ key: 'calls.with', values: { party: `${CUSTOMER}, 10000` } }]);
});

const CONFERENCE: Sentence = { key: 'calls.with', values: { party: `${CUSTOMER}, 10000` } };
const OVER: Sentence = { key: 'calls.over', values: { party: '10000' } };

test('a conference that somebody else makes: while the agent talks and there is no call to talk in, its consultation has not ended', () => {
  const first = { dialogs: [call('HELD'), consult('ACTIVE')] };
  for (const gap of [0, SETTLES_MS - 1, SETTLES_MS + 1, REST_MS * 0.7]) {
    const { clock, told, see } = page(first);
    see({ dialogs: [call('HELD'), consult('DROPPED')] });
    clock.advance(gap / 2);
    see({ dialogs: [call('HELD')], gone: [consult('DROPPED')] });
    clock.advance(gap);
    see({ dialogs: [call('ACTIVE', '10000')] });
    clock.advance(10_000);
    expect(told).toEqual([CONFERENCE]);
    expect(clock.pending).toBe(0);
  }
});

test('so do who is asked into a conference, and who is handed a call', () => {
  const asked = (own: string) =>
    dialog('2', [part('10000', 'ACTIVE'), part(OWN, own)], {
      fromAddress: '10000',
      callType: 'CONSULT_OFFERED',
    });
  for (const others of [['10000', CUSTOMER], [CUSTOMER]]) {
    const { clock, told, see } = page({ dialogs: [asked('ACTIVE')] });
    see({ dialogs: [], gone: [asked('DROPPED')] });
    clock.advance(REST_MS);
    see({ dialogs: [dialog('1', [part(OWN, 'ACTIVE'), ...others.map((one) => part(one, 'ACTIVE'))])] });
    clock.advance(10_000);
    expect(told).toEqual(others.length === 2 ? [] : [OVER]);
  }
});

test('a transfer that somebody else makes is told as one, also when the calls go one after the other', () => {
  const { clock, told, see } = page({ dialogs: [call('HELD'), consult('ACTIVE')] });
  see({ dialogs: [call('HELD')], gone: [consult('DROPPED')] });
  clock.advance(1_000);
  see({ dialogs: [], state: 'READY' });
  clock.advance(SETTLES_MS);
  expect(told).toEqual([{ key: 'calls.handedOver', values: { party: CUSTOMER, to: '10000' } }]);
});

test('a consultation that has ended is told with the state that comes of it, and without one as late as can be waited for', () => {
  for (const [state, afterMs] of [
    ['HOLD', SETTLES_MS],
    ['TALKING', SETTLES_MS + REST_MS],
  ] as const) {
    const { clock, told, see } = page({ dialogs: [call('HELD'), consult('ACTIVE')] });
    see({ dialogs: [call('HELD')], gone: [consult('DROPPED')], state });
    clock.advance(afterMs - 1);
    expect(told).toEqual([]);
    clock.advance(1);
    expect(told).toEqual([OVER]);
    expect(clock.pending).toBe(0);
  }
});

test('whoever asks for something while the rest is waited for has seen the end of the consultation', () => {
  const { clock, told, see } = page({ dialogs: [call('HELD'), consult('ACTIVE')] });
  see({ dialogs: [call('HELD')], gone: [consult('DROPPED')] });
  clock.advance(1_000);
  expect(told).toEqual([]);
  see({ busy: ['1'] });
  expect(told).toEqual([OVER]);
});

test('a call that comes and goes at once is told; nothing is told after the end', () => {
  const ringing = dialog('3', [part(OWN, 'ALERTING', ['ANSWER']), part('15550002', 'ACTIVE')], {
    fromAddress: '15550002',
  });
  const { clock, told, see, teller } = page({ dialogs: [] });
  see({ dialogs: [ringing] });
  see({ dialogs: [] });
  clock.advance(SETTLES_MS);
  expect(told).toEqual([{ key: 'calls.rangOut', values: { party: '15550002' } }]);
  see({ dialogs: [ringing] });
  see({ dialogs: [] });
  teller.stop();
  clock.advance(10_000);
  expect(told.length).toBe(1);
  expect(clock.pending).toBe(0);
});

test('a call that is answered, held, retrieved and held for a consultation, however fast: the last hold alone is told here', () => {
  const told = eachWay({ dialogs: [] }, [
    { dialogs: [call('ALERTING')], state: 'RESERVED' },
    { dialogs: [call('ACTIVE')], state: 'TALKING' },
    { dialogs: [call('HELD')], state: 'HOLD' },
    { dialogs: [call('ACTIVE')], state: 'TALKING' },
    { dialogs: [call('HELD')] },
    { dialogs: [call('HELD'), consult('INITIATED')] },
  ]);
  for (const one of told) expect(one).toEqual([HELD]);
});

test('a call that is left right after barging in has ended, and did not ring in vain; however fast', () => {
  const monitored = dialog('1', [part(OWN, 'ACTIVE'), part('3002', 'ACTIVE')], {
    fromAddress: OWN,
    toAddress: '3002',
    callType: 'SUPERVISOR_MONITOR',
  });
  const barged = (own: string, actions: readonly string[]) =>
    dialog('2', [part(OWN, own, actions), part('3002', 'ACTIVE'), part(CUSTOMER, 'ACTIVE')]);
  const told = eachWay({ dialogs: [monitored] }, [
    { dialogs: [monitored], busy: ['1'] },
    { dialogs: [], busy: ['1'] },
    { dialogs: [barged('ALERTING', ['ANSWER'])], busy: [] },
    { dialogs: [barged('ACTIVE', ['DROP'])] },
    { busy: ['2'] },
    { dialogs: [], busy: ['2'] },
    { busy: [] },
  ]);
  for (const one of told)
    expect(one).toEqual([{ key: 'calls.over', values: { party: `3002, ${CUSTOMER}` } }]);
});
