import { beforeEach, describe, expect, it } from 'vitest';
import { CallCentre } from './testing/call-centre.ts';

let centre: CallCentre;
beforeEach(() => {
  centre = new CallCentre();
  centre.signIn('1001', '201');
  centre.signIn('1005', '205');
  centre.log();
});

describe('a call that an agent places', () => {
  it('to a colleague (GED-188 flow of an outgoing call)', () => {
    expect(centre.make('201', '205')).toBe('ok');
    expect(centre.log()).toEqual([
      'begin #1 201',
      'serviceInitiated #1 201',
      'originated #1 201 > 205',
      '1001 TALKING',
      'begin #1 205',
      'delivered #1 205 from 201',
    ]);
    expect(centre.parties(1)).toBe('201 INITIATE, 205 ALERTING');
    centre.answer('205');
    expect(centre.log()).toEqual(['established #1 205 from 201', '1005 TALKING']);
    expect(centre.calls.call(101)).toMatchObject({
      type: 'AGENT_INSIDE',
      data: { ani: '201', dialedNumber: '205', dnis: '205', key: null },
    });
    expect(centre.exchange.at('201')?.hears).toBe('call 101');
    centre.drop('201');
    expect(centre.log()).toEqual([
      'left #1 201',
      'left #1 205',
      'cleared #1 201,205',
      '1001 NOT_READY',
      '1005 NOT_READY',
      'end #1 201',
      'end #1 205',
    ]);
  });

  it('to an outside number', () => {
    centre.make('201', '5550001111', { data: { variables: { 2: 'x' } } });
    expect(centre.log()).toEqual([
      'begin #1 201',
      'serviceInitiated #1 201',
      'originated #1 201 > 5550001111',
      '1001 TALKING',
      'reachedNetwork #1 201 > 5550001111',
      'delivered #1 5550001111 from 201',
    ]);
    centre.exchange.pickUp('5550001111');
    expect(centre.log()).toEqual(['established #1 5550001111 from 201']);
    expect(centre.calls.call(101)).toMatchObject({
      type: 'OUT',
      data: { variables: ['', '', 'x', '', '', '', '', '', '', ''] },
    });
    expect(centre.calls.figures(1)).toMatchObject({ agentsTalkingOut: 1 });
  });

  it('CCX: is inside until it leaves the switch, and leaves the agent not ready', () => {
    centre = new CallCentre({ deployment: 'CCX' });
    centre.available('1001', '201');
    centre.make('201', '5550001111');
    expect(centre.log()).toEqual([
      'begin #1 201',
      'serviceInitiated #1 201',
      'originated #1 201 > 5550001111',
      '1001 NOT_READY 32762',
      'reachedNetwork #1 201 > 5550001111',
      'data #1 OUT',
      'delivered #1 5550001111 from 201',
    ]);
    centre.exchange.pickUp('5550001111');
    expect(centre.ready('1001')).toBe('33');
    centre.log();
    centre.drop('201');
    expect(centre.logOf('1001')).toEqual(['1001 AVAILABLE']);
  });

  it('CCX: a direct call that an available agent takes', () => {
    centre = new CallCentre({ deployment: 'CCX' });
    centre.available('1001', '201');
    centre.exchange.arrive('5550001111', '201');
    centre.answer('201');
    expect(centre.stateOf('1001')).toBe('NOT_READY 32761');
    centre.hold('201');
    centre.exchange.hangUp('5550001111');
    expect(centre.stateOf('1001')).toBe('AVAILABLE');
  });

  it('CCX: TALKING stays while a routed call is on hold', () => {
    centre = new CallCentre({ deployment: 'CCX' });
    centre.available('1001', '201');
    centre.exchange.arrive('5550001111', '7001');
    centre.answer('201');
    centre.log();
    centre.hold('201');
    expect(centre.log()).toEqual(['held #1 201', '1001 TALKING again']);
    expect(centre.ready('1001')).toBe('265');
    expect(centre.notReady('1001', 10)).toBe('ok');
    expect(centre.notReady('1001', 20)).toBe('265');
    centre.exchange.hangUp('5550001111');
    expect(centre.stateOf('1001')).toBe('NOT_READY 10');
  });

  it('to a queue waits there like any other', () => {
    centre.make('201', '7001');
    expect(centre.logOf('queued')).toEqual(['queued #1 7001 waiting 1']);
    expect(centre.parties(1)).toBe('201 INITIATE, 7001 QUEUED');
    expect(centre.exchange.at('201')?.hears).toBe('music');
    centre.ready('1005');
    centre.answer('205');
    expect(centre.parties(1)).toBe('201 CONNECT, 205 CONNECT');
    expect(centre.calls.call(101)?.connections.map(({ callType }) => callType)).toEqual([
      'AGENT_INSIDE',
      'PREROUTE_ACD_IN',
    ]);
  });

  it.each([
    ['a number that does not exist', '999', 'DEST_NOT_OBTAINABLE'],
    ['a phone out of service', '209', 'DEST_NOT_OBTAINABLE'],
    ['a phone that is busy', '205', 'BUSY'],
  ])('to %s fails, and ends when nobody ends it', (_, number, cause) => {
    centre.exchange.emit({ type: 'deviceState', device: '209', inService: false });
    centre.exchange.arrive('5550001111', '205');
    centre.log();
    expect(centre.make('201', number)).toBe('ok');
    expect(centre.logOf('failed', '1001')).toEqual(['1001 TALKING', `failed #2 ${number} ${cause}`]);
    expect(centre.parties(2)).toBe('201 FAIL');
    expect(centre.exchange.at('201')?.hears).toBe('busy');
    centre.clock.advance(20_000);
    expect(centre.parties(2)).toBe('none');
    expect(centre.stateOf('1001')).toBe('NOT_READY');
  });

  it('to somebody who turns it away fails as busy', () => {
    centre.make('201', '205');
    centre.exchange.hangUp('205', 'rejected');
    expect(centre.parties(1)).toBe('201 FAIL');
    expect(centre.drop('201')).toBe('ok');
    expect([...centre.calls.calls()]).toEqual([]);
  });

  it.each([
    ['the own number', '201', 'CF INVALID_DESTINATION'],
    ['no number', '', 'CF INVALID_DIALED_NUMBER'],
    ['a number without end', '5'.repeat(41), 'CF INVALID_DIALED_NUMBER'],
  ])('to %s is refused', (_, number, expected) => {
    expect(centre.make('201', number)).toBe(expected);
    expect(centre.log()).toEqual([]);
  });

  it('from a phone that is unknown, out of service or without an agent is refused', () => {
    expect(centre.make('999', '205')).toBe('CF INVALID_CSTA_DEVICE_IDENTIFIER');
    expect(centre.make('207', '205')).toBe('CF INVALID_OBJECT_STATE');
    centre.exchange.refuse.set('offer', 'refused');
    expect(centre.make('201', '205')).toBe('CF GENERIC_SYSTEM_RESOURCE_AVAILABILITY');
    expect(centre.log()).toEqual([]);
    expect([...centre.calls.calls()]).toEqual([]);
  });

  it('beside another active call is refused; beside a held one it uses the same line', () => {
    centre.make('201', '5550001111');
    centre.exchange.pickUp('5550001111');
    expect(centre.make('201', '205')).toBe('CF RESOURCE_BUSY');
    centre.hold('201');
    expect(centre.make('201', '205')).toBe('ok');
    expect(centre.at('201')).toBe('#1 HOLD, #2 INITIATE');
    expect([...centre.exchange.legs.values()].filter(({ address }) => address === '201')).toHaveLength(1);
    centre.answer('205');
    centre.hold('201', 2);
    expect(centre.make('201', '202')).toBe('CF MAXIMUM_LINE_LIMIT_EXCEEDED');
  });

  it('a phone that nobody lifts ends it', () => {
    centre.exchange.silent.add('201');
    expect(centre.make('201', '205')).toBe('ok');
    expect(centre.log()).toEqual(['begin #1 201', 'serviceInitiated #1 201', '1001 TALKING']);
    centre.clock.advance(180_000);
    expect(centre.log()).toEqual([
      'left #1 201 CALL_NOT_ANSWERED',
      'cleared #1 201 CALL_NOT_ANSWERED',
      '1001 NOT_READY',
      'end #1 201',
    ]);
  });

  it('a phone that is lifted by hand and dials', () => {
    centre.exchange.dial('201', '205');
    expect(centre.log()).toEqual([
      'begin #1 201',
      'serviceInitiated #1 201',
      'originated #1 201 > 205',
      '1001 TALKING',
      'begin #1 205',
      'delivered #1 205 from 201',
    ]);
  });

  it('on a second line: the call that nobody has answered yet ends, one that was answered is held', () => {
    centre = new CallCentre({ settings: { callsPerDeviceMax: 3 } });
    centre.signIn('1001', '201');
    centre.signIn('1005', '205');
    centre.make('201', '7001');
    centre.exchange.dial('201', '205');
    expect(centre.at('201')).toBe('#2 INITIATE');
    centre.answer('205');
    centre.exchange.dial('201', '5550001111');
    expect(centre.at('201')).toBe('#2 HOLD, #3 INITIATE');
  });
});

describe('an available agent who dials', () => {
  beforeEach(() => {
    centre.ready('1001');
    centre.log();
  });

  it('must insist on CCE, is not ready on the way and available afterwards', () => {
    expect(centre.make('201', '205')).toBe('CF INVALID_OBJECT_STATE');
    expect(centre.make('201', '205', { belligerent: true })).toBe('ok');
    expect(centre.logOf('1001')).toEqual(['1001 NOT_READY 50006', '1001 TALKING']);
    centre.answer('205');
    centre.drop('201');
    expect(centre.stateOf('1001')).toBe('AVAILABLE');
  });

  it('is given no other call from the moment of the request on', () => {
    centre.exchange.holdAnswers = true;
    centre.exchange.silent.add('201');
    expect(centre.make('201', '205', { belligerent: true })).toBe('waiting');
    centre.exchange.arrive('5550001111', '7001');
    expect(centre.parties(1)).toBe('5550001111 INITIATE, 7001 QUEUED');
  });

  it('goes where a wish during the call says', () => {
    centre.make('201', '205', { belligerent: true });
    centre.answer('205');
    expect(centre.notReady('1001', 10)).toBe('ok');
    expect(centre.stateOf('1001')).toBe('TALKING (NOT_READY)');
    centre.drop('201');
    expect(centre.stateOf('1001')).toBe('NOT_READY 10');
  });
});

describe('hold and retrieve', () => {
  beforeEach(() => {
    centre.make('201', '5550001111');
    centre.exchange.pickUp('5550001111');
    centre.log();
  });

  it('one gives the other music, and both talk again afterwards', () => {
    expect(centre.hold('201')).toBe('ok');
    expect(centre.log()).toEqual(['held #1 201', '1001 HOLD']);
    expect([centre.exchange.at('201')?.hears, centre.exchange.at('5550001111')?.hears]).toEqual([
      'silence',
      'music',
    ]);
    expect(centre.hold('201')).toBe('CF INVALID_OBJECT_STATE');
    expect(centre.retrieve('201')).toBe('ok');
    expect(centre.log()).toEqual(['retrieved #1 201', '1001 TALKING']);
    expect([centre.exchange.at('201')?.hears, centre.exchange.at('5550001111')?.hears]).toEqual([
      'call 101',
      'call 101',
    ]);
    expect(centre.retrieve('201')).toBe('CF NO_HELD_CALL');
  });

  it('by the keys of the phone', () => {
    const { id } = centre.exchange.at('201')!;
    centre.exchange.emit({ type: 'held', leg: id });
    expect(centre.log()).toEqual(['held #1 201', '1001 HOLD']);
    centre.exchange.emit({ type: 'unheld', leg: id });
    expect(centre.log()).toEqual(['retrieved #1 201', '1001 TALKING']);
    centre.exchange.emit({ type: 'unheld', leg: id });
    expect(centre.log()).toEqual([]);
  });

  it('of a call that is not there or somebody else’s', () => {
    expect(centre.hold('201', 9)).toBe('CF INVALID_CSTA_CONNECTION_IDENTIFIER');
    expect(centre.hold('205', 1)).toBe('CF INVALID_CSTA_CONNECTION_IDENTIFIER');
    expect(centre.hold('205')).toBe('CF NO_ACTIVE_CALL');
    expect(centre.hold('999')).toBe('CF INVALID_CSTA_DEVICE_IDENTIFIER');
  });

  it('retrieving a call puts the other one on hold', () => {
    centre.hold('201');
    centre.make('201', '205');
    centre.answer('205');
    centre.log();
    expect(centre.retrieve('201', 1)).toBe('ok');
    expect(centre.log()).toEqual(['held #2 201', 'retrieved #1 201']);
    expect(centre.exchange.at('205')?.hears).toBe('music');
    expect(centre.pair('alternate', '201')).toBe('ok');
    expect(centre.log()).toEqual(['held #1 201 ALTERNATE', 'retrieved #2 201 ALTERNATE']);
  });
});

describe('digits', () => {
  beforeEach(() => {
    centre.make('201', '5550001111');
    centre.exchange.pickUp('5550001111');
    centre.log();
  });
  const dtmf = (digits: string) =>
    centre.request({ type: 'dtmf', connection: { device: '201', callId: 101 }, digits });

  it('are heard by the others, and are no event', () => {
    expect(dtmf('0123456789*#ABCD')).toBe('ok');
    expect(centre.exchange.orders.at(-1)).toMatchObject({
      type: 'digits',
      leg: centre.exchange.at('5550001111')!.id,
    });
    expect(centre.log()).toEqual([]);
  });

  it.each([
    ['', 'E INVALID_DIGITS'],
    ['12x', 'E INVALID_DIGITS'],
    ['a', 'E INVALID_DIGITS'],
    ['1'.repeat(33), 'E VALUE_TOO_LONG'],
  ])('%j is refused', (digits, expected) => expect(dtmf(digits)).toBe(expected));

  it('32 of them are not too many; on hold nobody hears them', () => {
    expect(dtmf('1'.repeat(32))).toBe('ok');
    centre.hold('201');
    expect(dtmf('1')).toBe('CF INVALID_OBJECT_STATE');
  });

  it('CCX knows no letters', () => {
    centre = new CallCentre({ deployment: 'CCX' });
    centre.signIn('1001', '201');
    centre.make('201', '5550001111');
    centre.exchange.pickUp('5550001111');
    expect(dtmf('12*#')).toBe('ok');
    expect(dtmf('A')).toBe('E INVALID_DIGITS');
  });
});

describe('recording', () => {
  it('is ordered for an active call', () => {
    centre.make('201', '5550001111');
    const record = (on: boolean) =>
      centre.request({ type: 'record', connection: { device: '201', callId: 101 }, on });
    expect(record(true)).toBe('CF NO_ACTIVE_CALL');
    centre.exchange.pickUp('5550001111');
    expect(record(true)).toBe('ok');
    expect(centre.exchange.orders.at(-1)).toEqual({ type: 'record', callId: 101, on: true });
    centre.hold('201');
    expect(record(false)).toBe('CF INVALID_OBJECT_STATE');
  });
});

describe('the whole call', () => {
  it('is cleared with everybody in it', () => {
    centre.make('201', '205');
    centre.answer('205');
    centre.log();
    expect(centre.request({ type: 'clearCall', connection: { device: '205', callId: null } })).toBe('ok');
    expect(centre.logOf('cleared', 'end')).toEqual(['cleared #1 201,205', 'end #1 201', 'end #1 205']);
  });
});
