import { beforeEach, describe, expect, it } from 'vitest';
import { CallCentre } from './testing/call-centre.ts';

const CUSTOMER = '5550001111';
let centre: CallCentre;

/** Agent 1001 on phone 201 talks to a customer of queue 7001 (#1); 1005 on 205 and 1003 on 203 are there. */
function talking(options: ConstructorParameters<typeof CallCentre>[0] = {}): void {
  centre = new CallCentre(options);
  centre.available('1001', '201');
  centre.exchange.arrive(CUSTOMER, '7001', { variables: { 0: 'gold' } });
  centre.answer('201');
  centre.signIn('1005', '205');
  centre.signIn('1003', '203');
  centre.log();
}
beforeEach(() => talking());

/** And consults 1005 (#2), who has answered. */
function consulting(): void {
  centre.consult('201', '205');
  centre.answer('205');
  centre.log();
}

describe('a consult call', () => {
  it('holds the first call and carries its data and key along', () => {
    expect(centre.consult('201', '205')).toBe('ok');
    expect(centre.log()).toEqual([
      'held #1 201 CONSULT',
      'begin #2 201',
      'serviceInitiated #2 201 CONSULT',
      'originated #2 201 > 205',
      'begin #2 205',
      'delivered #2 205 from 201',
    ]);
    const [first, second] = [...centre.calls.calls()];
    expect(first!.associated).toBe(102);
    expect(second).toMatchObject({ type: 'CONSULT', associated: 101, skillGroup: 1 });
    expect(second!.data).toMatchObject({ ani: '201', dialedNumber: '205', wrapUp: '' });
    expect(second!.data.variables[0]).toBe('gold');
    expect(second!.data.key).toEqual({ ...first!.data.key, sequence: 2 });
    expect(second!.connections.map(({ callType }) => callType)).toEqual(['CONSULT', 'CONSULT_OFFERRED']);
    expect(centre.exchange.at('201')?.hears).toBe('ring');
    expect(centre.exchange.at(CUSTOMER)?.hears).toBe('music');
    centre.answer('205');
    expect(centre.log()).toEqual(['established #2 205 from 201', '1005 TALKING']);
    expect(centre.stateOf('1001')).toBe('TALKING');
    expect(centre.calls.figures(1)).toMatchObject({ agentsTalkingOther: 2, agentsTalkingIn: 0 });
  });

  it.each([
    ['the own number', '201', 'CF INVALID_DESTINATION'],
    ['no number', '', 'CF INVALID_DIALED_NUMBER'],
  ])('to %s is refused', (_, number, expected) => {
    expect(centre.consult('201', number)).toBe(expected);
    expect(centre.log()).toEqual([]);
  });

  it('while ringing, on hold, or beside another one is refused', () => {
    centre.hold('201');
    expect(centre.consult('201', '205')).toBe('CF INVALID_OBJECT_STATE');
    centre.retrieve('201');
    consulting();
    expect(centre.consult('201', '203', 2)).toBe('CF INVALID_OBJECT_STATE/20999');
    centre.exchange.arrive('5550002222', '203');
    expect(centre.consult('203', '204')).toBe('CF NO_ACTIVE_CALL');
  });

  it('to a number that does not exist fails; the first call is retrieved', () => {
    centre.consult('201', '999');
    expect(centre.at('201')).toBe('#1 HOLD, #2 FAIL');
    centre.log();
    expect(centre.retrieve('201')).toBe('ok');
    expect(centre.log()).toEqual(['left #2 201', 'cleared #2 201', 'retrieved #1 201', 'end #2 201']);
    expect(centre.exchange.at(CUSTOMER)?.hears).toBe('call 101');
  });

  it('reconnect ends it and retrieves the first call', () => {
    consulting();
    expect(centre.pair('reconnect', '201')).toBe('ok');
    expect(centre.log()).toEqual([
      'left #2 201',
      'left #2 205',
      'cleared #2 201,205',
      'retrieved #1 201',
      '1005 NOT_READY',
      'end #2 201',
      'end #2 205',
    ]);
    expect(centre.parties(1)).toBe('5550001111 CONNECT, 201 CONNECT');
    expect(centre.calls.call(101)?.associated).toBeNull();
  });

  it('reconnect also while it rings', () => {
    centre.consult('201', '205');
    expect(centre.pair('reconnect', '201')).toBe('ok');
    expect(centre.exchange.at('205')).toBeUndefined();
    expect(centre.at('201')).toBe('#1 CONNECT');
  });

  it('alternate swaps the two', () => {
    consulting();
    expect(centre.pair('alternate', '201')).toBe('ok');
    expect(centre.log()).toEqual(['held #2 201 ALTERNATE', 'retrieved #1 201 ALTERNATE']);
    expect(centre.exchange.at('205')?.hears).toBe('music');
    expect(centre.exchange.at('201')?.hears).toBe('call 101');
  });

  it('ended by the colleague leaves the customer on hold', () => {
    consulting();
    centre.exchange.hangUp('205');
    expect(centre.logOf('1001')).toEqual(['1001 HOLD']);
    expect(centre.at('201')).toBe('#1 HOLD');
  });

  it('the customer gives up meanwhile: the consult call goes on', () => {
    consulting();
    centre.exchange.hangUp(CUSTOMER);
    expect(centre.log()).toEqual([
      'left #1 5550001111',
      'left #1 201',
      'cleared #1 5550001111,201',
      'end #1 201',
    ]);
    expect(centre.at('201')).toBe('#2 CONNECT');
    expect(centre.exchange.at('201')?.hears).toBe('call 102');
  });

  it('to a queue is routed with the data', () => {
    centre.ready('1003');
    centre.log();
    centre.consult('201', '7002');
    expect(centre.logOf('queued', 'preCall', 'delivered')).toEqual([
      'queued #2 7002 waiting 1',
      'dequeued #2 7002 waiting 0',
      'preCall #2 1003',
      'delivered #2 203 from 201',
    ]);
    centre.answer('203');
    expect(centre.calls.call(102)?.connections.map(({ callType }) => callType)).toEqual([
      'CONSULT',
      'CONSULT_OFFERRED',
    ]);
    expect(centre.pair('transfer', '201')).toBe('ok');
    expect(centre.calls.call(101)).toMatchObject({ type: 'TRANSFER_IN', data: { ani: CUSTOMER } });
    expect(centre.parties(1)).toBe('5550001111 CONNECT, 203 CONNECT');
  });
});

describe('a transfer', () => {
  it('lets the held call survive: normally the original (objects.md 3.1)', () => {
    consulting();
    expect(centre.pair('transfer', '201')).toBe('ok');
    expect(centre.log()).toEqual([
      'begin #1 205',
      'transferred #1+#2 by 201: 5550001111,205',
      'data #1 TRANSFER_IN',
      '1001 AVAILABLE',
      'end #2 201',
      'end #2 205',
      'end #1 201',
    ]);
    expect(centre.parties(1)).toBe('5550001111 CONNECT, 205 CONNECT');
    expect(centre.parties(2)).toBe('none');
    expect(centre.exchange.at('205')?.hears).toBe('call 101');
    expect(centre.exchange.at('201')).toBeUndefined();
    expect(centre.calls.call(101)?.connections.map(({ callType }) => callType)).toEqual([
      'PREROUTE_ACD_IN',
      'TRANSFER_IN',
    ]);
  });

  it('lets the consult call survive if that one is held', () => {
    consulting();
    centre.setData('205', { variables: { 1: 'note' } });
    centre.pair('alternate', '201');
    centre.log();
    expect(centre.pair('transfer', '201')).toBe('ok');
    expect(centre.logOf('transferred', 'data #2', 'end')).toEqual([
      'transferred #2+#1 by 201: 205,5550001111',
      'data #2 TRANSFER_IN',
      'end #1 201',
      'end #2 201',
    ]);
    expect(centre.parties(2)).toBe('205 CONNECT, 5550001111 CONNECT');
    expect(centre.calls.call(102)?.connections[0]).toMatchObject({ device: '205', callType: 'TRANSFER_IN' });
    expect(centre.calls.call(102)?.data.variables.slice(0, 2)).toEqual(['gold', 'note']);
    expect(centre.calls.call(102)?.data.key?.sequence).toBe(2);
  });

  it('while the consult call still rings is refused', () => {
    centre.consult('201', '205');
    expect(centre.pair('transfer', '201', 2, 1)).toBe('CF INVALID_CONNECTION_ID_FOR_ACTIVE_CALL');
    expect(centre.pair('conference', '201', 2, 1)).toBe('CF INVALID_CONNECTION_ID_FOR_ACTIVE_CALL');
    expect(centre.at('201')).toBe('#1 HOLD, #2 INITIATE');
  });

  it('without a second call is refused', () => {
    expect(centre.pair('transfer', '201')).toBe('CF NO_HELD_CALL');
    centre.hold('201');
    expect(centre.pair('transfer', '201')).toBe('CF INVALID_CONNECTION_ID_FOR_ACTIVE_CALL');
  });

  it('of two calls that have nothing to do with each other is possible, or refused by setting', () => {
    const unrelated = () => {
      centre.hold('201');
      centre.make('201', '205');
      centre.answer('205');
      return centre.pair('transfer', '201');
    };
    expect(unrelated()).toBe('ok');
    talking({ settings: { arbitraryPairs: false } });
    expect(unrelated()).toBe('CF ARBITRARY_CONF_OR_XFER_NOT_SUPPORTED');
  });

  it('the agent then wraps up after the customer’s call, which ends for the agent with the wrap-up', () => {
    centre = new CallCentre();
    centre.available('1002', '202');
    centre.exchange.arrive(CUSTOMER, '7001');
    centre.answer('202');
    centre.signIn('1005', '205');
    centre.consult('202', '205');
    centre.answer('205');
    centre.log();
    centre.pair('transfer', '202');
    expect(centre.logOf('1002', 'end')).toEqual(['1002 WORK_READY', 'end #2 202', 'end #2 205']);
    expect(centre.at('202')).toBe('#1 WRAP_UP');
    centre.clock.advance(30_000);
    expect(centre.log()).toEqual(['1002 AVAILABLE', 'end #1 202']);
  });

  it('the customer hangs up before the switch has answered', () => {
    consulting();
    centre.exchange.holdAnswers = true;
    const answers: string[] = [];
    centre.ask(
      { type: 'transfer', active: { device: '201', callId: 102 }, held: { device: '201', callId: 101 } },
      answers,
    );
    centre.exchange.hangUp(CUSTOMER);
    expect(answers).toEqual([]);
    centre.exchange.holdAnswers = false;
    centre.exchange.release();
    expect(answers).toEqual(['CF NO_HELD_CALL']);
    expect(centre.at('201')).toBe('#2 CONNECT');
    expect(centre.exchange.at('205')?.hears).toBe('call 102');
  });
});

describe('a conference', () => {
  it('merges the two calls; who made it is the controller', () => {
    consulting();
    expect(centre.pair('conference', '201')).toBe('ok');
    expect(centre.log()).toEqual([
      'begin #1 205',
      'conferenced #1+#2 by 201: 5550001111,201,205',
      'data #1 CONFERENCE',
      'end #2 201',
      'end #2 205',
    ]);
    expect(centre.parties(1)).toBe('5550001111 CONNECT, 201 CONNECT, 205 CONNECT');
    expect(centre.calls.call(101)).toMatchObject({ type: 'CONFERENCE', controller: '201' });
    expect([CUSTOMER, '201', '205'].map((address) => centre.exchange.at(address)?.hears)).toEqual([
      'call 101',
      'call 101',
      'call 101',
    ]);
  });

  it('goes on when one leaves, and is a plain call with two', () => {
    consulting();
    centre.pair('conference', '201');
    centre.log();
    centre.drop('201');
    expect(centre.log()).toEqual(['left #1 201', '1001 AVAILABLE', 'end #1 201']);
    expect(centre.calls.call(101)?.controller).toBeNull();
    expect(centre.exchange.at('205')?.hears).toBe('call 101');
    centre.drop('205');
    expect(centre.parties(1)).toBe('none');
  });

  it('a party on hold in it is missed by nobody', () => {
    consulting();
    centre.pair('conference', '201');
    centre.hold('201');
    expect([CUSTOMER, '201', '205'].map((address) => centre.exchange.at(address)?.hears)).toEqual([
      'call 101',
      'silence',
      'call 101',
    ]);
    centre.retrieve('201');
    expect(centre.exchange.at('201')?.hears).toBe('call 101');
  });

  it('only the controller adds parties', () => {
    consulting();
    centre.pair('conference', '201');
    expect(centre.consult('205', '203')).toBe('CF INVALID_OBJECT_STATE/20999');
    expect(centre.singleStep('singleStepConference', '205', '203')).toBe('CF INVALID_OBJECT_STATE/20999');
    expect(centre.consult('201', '203')).toBe('ok');
    centre.answer('203');
    expect(centre.pair('conference', '201')).toBe('ok');
    expect(centre.parties(1)).toBe('5550001111 CONNECT, 201 CONNECT, 205 CONNECT, 203 CONNECT');
  });

  it('CCX refuses the others without a number of the peripheral', () => {
    talking({ deployment: 'CCX' });
    consulting();
    centre.pair('conference', '201');
    expect(centre.consult('205', '203')).toBe('CF INVALID_OBJECT_STATE');
  });

  it('has room for so many and no more', () => {
    talking({ settings: { conferencePartiesMax: 3 } });
    consulting();
    expect(centre.pair('conference', '201')).toBe('ok');
    centre.consult('201', '203');
    centre.answer('203');
    expect(centre.pair('conference', '201')).toBe('CF CONFERENCE_MEMBER_LIMIT_EXCEEDED/20700');
    centre.pair('reconnect', '201');
    expect(centre.singleStep('singleStepConference', '201', '204')).toBe(
      'CF CONFERENCE_MEMBER_LIMIT_EXCEEDED/20700',
    );
  });

  it('sixteen parties are the most unless set otherwise', () => {
    for (let i = 0; i < 14; i++) {
      const number = `55577700${String(i).padStart(2, '0')}`;
      expect(centre.singleStep('singleStepConference', '201', number), String(i)).toBe('ok');
      centre.exchange.pickUp(number);
    }
    expect(centre.calls.call(101)?.connections).toHaveLength(16);
    expect(centre.singleStep('singleStepConference', '201', '5557770099')).toBe(
      'CF CONFERENCE_MEMBER_LIMIT_EXCEEDED/20700',
    );
  });

  it('the caller hangs up in the middle of its set-up', () => {
    consulting();
    centre.exchange.holdAnswers = true;
    const answers: string[] = [];
    centre.ask(
      { type: 'conference', active: { device: '201', callId: 102 }, held: { device: '201', callId: 101 } },
      answers,
    );
    centre.exchange.hangUp(CUSTOMER);
    centre.exchange.holdAnswers = false;
    centre.exchange.release();
    expect(answers).toEqual(['CF NO_HELD_CALL']);
    expect(centre.parties(2)).toBe('201 CONNECT, 205 CONNECT');
    expect([centre.exchange.at('201')?.hears, centre.exchange.at('205')?.hears]).toEqual([
      'call 102',
      'call 102',
    ]);
  });

  it('parties are removed by others as the setting allows', () => {
    consulting();
    centre.pair('conference', '201');
    centre.log();
    expect(centre.drop('205', 1, '201')).toBe('ok');
    expect(centre.log()).toEqual(['left #1 205', '1005 NOT_READY', 'end #1 205']);
    expect(centre.drop('203', 1, '201')).toBe('CF INVALID_CSTA_CONNECTION_IDENTIFIER');
    expect(centre.drop('201', 1, '203')).toBe('CF INVALID_CSTA_CONNECTION_IDENTIFIER');
    expect(centre.drop(CUSTOMER, 1, '201')).toBe('ok');
    expect(centre.parties(1)).toBe('none');
    for (const [dropOthers, expected] of [
      ['none', 'CF DROP_ANY_PARTY_NOT_ENABLED_CTI'],
      ['controller', 'CF DROP_ANY_PARTY_NOT_ENABLED_CTI'],
      ['any', 'ok'],
    ] as const) {
      talking({ settings: { dropOthers } });
      consulting();
      centre.pair('conference', '201');
      expect(centre.drop('201', 1, '205')).toBe(expected);
    }
  });

  it('two calls with the same party cannot become one', () => {
    centre.consult('201', CUSTOMER);
    centre.exchange.pickUp(CUSTOMER);
    expect(centre.pair('conference', '201')).toBe('CF INVALID_OBJECT_STATE');
  });
});

describe('a single-step transfer', () => {
  it('hands the call over as soon as the other phone rings', () => {
    expect(centre.singleStep('singleStepTransfer', '201', '205')).toBe('ok');
    expect(centre.log()).toEqual([
      'begin #1 205',
      'transferred #1 by 201: 5550001111,205',
      'data #1 TRANSFER_IN',
      'delivered #1 205 from 5550001111 TRANSFER',
      '1001 AVAILABLE',
      'end #1 201',
    ]);
    expect(centre.parties(1)).toBe('5550001111 CONNECT, 205 ALERTING');
    expect(centre.exchange.at(CUSTOMER)?.hears).toBe('ring');
    centre.answer('205');
    expect(centre.parties(1)).toBe('5550001111 CONNECT, 205 CONNECT');
    expect(centre.calls.call(101)?.connections[1]?.callType).toBe('TRANSFER_IN');
  });

  it('CCX offers it', () => {
    talking({ deployment: 'CCX' });
    centre.singleStep('singleStepTransfer', '201', '205');
    expect(centre.calls.call(101)?.connections[1]?.callType).toBe('OFFERED');
  });

  it('to a queue makes the customer wait there, with the same key', () => {
    const { key } = centre.calls.call(101)!.data;
    expect(centre.singleStep('singleStepTransfer', '201', '7002')).toBe('ok');
    expect(centre.log()).toEqual([
      'transferred #1 by 201: 5550001111',
      'data #1 TRANSFER_IN',
      'begin #1 7002',
      'queued #1 7002 waiting 1 TRANSFER',
      '1001 AVAILABLE',
      'end #1 201',
    ]);
    expect(centre.calls.call(101)?.data.key).toEqual({ ...key, sequence: 2 });
    centre.ready('1003');
    centre.answer('203');
    expect(centre.parties(1)).toBe('5550001111 CONNECT, 203 CONNECT');
  });

  it('to the own queue finds the agent again', () => {
    centre.singleStep('singleStepTransfer', '201', '7001');
    expect(centre.parties(1)).toBe('5550001111 CONNECT, 201 ALERTING');
    expect(centre.stateOf('1001')).toBe('RESERVED');
  });

  it.each([
    ['a number that does not exist', '999', 'CF INVALID_DESTINATION'],
    ['the own number', '201', 'CF INVALID_DESTINATION'],
    ['a busy phone', '204', 'CF RESOURCE_BUSY'],
    ['a phone out of service', '209', 'CF RESOURCE_OUT_OF_SERVICE'],
  ])('to %s is refused and the call stays', (_, number, expected) => {
    centre.exchange.arrive('5550002222', '204');
    centre.exchange.emit({ type: 'deviceState', device: '209', inService: false });
    expect(centre.singleStep('singleStepTransfer', '201', number)).toBe(expected);
    expect(centre.parties(1)).toBe('5550001111 CONNECT, 201 CONNECT');
  });

  it('to a phone that turns out busy is refused and the call stays', () => {
    centre.exchange.silent.add('205');
    const answers: string[] = [];
    centre.ask(
      { type: 'singleStepTransfer', active: { device: '201', callId: null }, dialed: '205', data: {} },
      answers,
    );
    centre.exchange.hangUp('205', 'busy');
    expect(answers).toEqual(['CF RESOURCE_BUSY']);
    expect(centre.parties(1)).toBe('5550001111 CONNECT, 201 CONNECT');
  });

  it('waits for the other phone to ring, but not for ever', () => {
    for (const [number, expected] of [
      ['205', 'CF RESOURCE_BUSY'],
      ['5550009999', 'ok'],
    ] as const) {
      centre.exchange.silent.add(number);
      const answers: string[] = [];
      const active = { device: '201', callId: null };
      centre.ask({ type: 'singleStepTransfer', active, dialed: number, data: {} }, answers);
      centre.clock.advance(7_999);
      expect(answers).toEqual([]);
      centre.clock.advance(1);
      expect(answers).toEqual([expected]);
    }
    expect(centre.parties(1)).toBe('5550001111 CONNECT');
    centre.exchange.pickUp('5550009999');
    expect(centre.parties(1)).toBe('5550001111 CONNECT, 5550009999 CONNECT');
  });

  it('that nobody answers ends the call', () => {
    centre.singleStep('singleStepTransfer', '201', '205');
    centre.log();
    centre.clock.advance(180_000);
    expect(centre.logOf('left', 'failed', 'cleared')).toEqual([
      'left #1 205 CALL_NOT_ANSWERED',
      'failed #1 205 CALL_NOT_ANSWERED',
      'left #1 5550001111 CALL_NOT_ANSWERED',
      'cleared #1 205,5550001111 CALL_NOT_ANSWERED',
    ]);
  });

  it('by the key of the phone', () => {
    centre.exchange.emit({ type: 'transferWish', leg: centre.exchange.at('201')!.id, to: '205' });
    expect(centre.parties(1)).toBe('5550001111 CONNECT, 205 ALERTING');
  });

  it('while ringing or on hold is refused', () => {
    centre.hold('201');
    expect(centre.singleStep('singleStepTransfer', '201', '205')).toBe('CF INVALID_OBJECT_STATE');
  });
});

describe('a single-step conference', () => {
  it('adds a party once it answers', () => {
    expect(centre.singleStep('singleStepConference', '201', '205')).toBe('ok');
    expect(centre.log()).toEqual(['begin #1 205', 'delivered #1 205 from 5550001111 KEY_CONFERENCE']);
    centre.answer('205');
    expect(centre.log()).toEqual([
      'established #1 205 from 5550001111 KEY_CONFERENCE',
      'conferenced #1 by 201: 5550001111,201,205',
      'data #1 CONFERENCE',
      '1005 TALKING',
    ]);
    expect(centre.calls.call(101)?.controller).toBe('201');
  });

  it('with a party that does not answer goes on without it', () => {
    centre.singleStep('singleStepConference', '201', '205');
    centre.exchange.hangUp('205', 'noAnswer');
    expect(centre.parties(1)).toBe('5550001111 CONNECT, 201 CONNECT');
  });

  it('whose maker leaves meanwhile is a plain call', () => {
    centre.singleStep('singleStepConference', '201', '205');
    centre.drop('201');
    centre.log();
    centre.answer('205');
    expect(centre.log()).toEqual(['established #1 205 from 5550001111 KEY_CONFERENCE', '1005 TALKING']);
    expect(centre.calls.call(101)?.controller).toBeNull();
  });

  it('with a queue adds the agent who is found', () => {
    centre.ready('1003');
    centre.log();
    expect(centre.singleStep('singleStepConference', '201', '7002')).toBe('ok');
    centre.answer('203');
    expect(centre.logOf('conferenced')).toEqual(['conferenced #1 by 201: 5550001111,201,203']);
    expect(centre.stateOf('1003')).toBe('TALKING');
  });
});

describe('a deflected call', () => {
  it('rings elsewhere; a reserved agent is free again', () => {
    centre.exchange.hangUp(CUSTOMER);
    centre.exchange.arrive('5550002222', '7001');
    centre.log();
    expect(centre.request({ type: 'deflect', connection: { device: '201', callId: null }, to: '205' })).toBe(
      'ok',
    );
    expect(centre.log()).toEqual([
      'diverted #2 201 > 205 REDIRECTED',
      'begin #2 205',
      'delivered #2 205 from 5550002222 REDIRECTED',
      '1001 AVAILABLE',
      'end #2 201',
    ]);
    centre.answer('205');
    expect(centre.parties(2)).toBe('5550002222 CONNECT, 205 CONNECT');
  });

  it('to nowhere stays where it is', () => {
    centre.exchange.arrive('5550002222', '203');
    const deflect = (to: string) =>
      centre.request({ type: 'deflect', connection: { device: '203', callId: null }, to });
    expect(deflect('999')).toBe('CF INVALID_DESTINATION');
    expect(deflect('203')).toBe('CF INVALID_DESTINATION');
    expect(deflect('201')).toBe('CF RESOURCE_BUSY');
    expect(centre.at('203')).toBe('#2 ALERTING');
    centre.answer('203');
    expect(deflect('205')).toBe('CF INVALID_OBJECT_STATE');
  });
});
