import { beforeEach, describe, expect, it } from 'vitest';
import { CallCentre } from './testing/call-centre.ts';

let centre: CallCentre;
beforeEach(() => {
  centre = new CallCentre();
});

const CUSTOMER = '5550001111';

describe('a call to a queue', () => {
  it('rings at an available agent, is talked through, and ends (GED-188 call flow of an inbound routed call)', () => {
    centre.available('1001', '201');
    centre.exchange.arrive(CUSTOMER, '7001');
    expect(centre.log()).toEqual([
      'begin #1 7001',
      'queued #1 7001 waiting 1',
      'dequeued #1 7001 waiting 0',
      'end #1 7001',
      'preCall #1 1001',
      '1001 RESERVED',
      'begin #1 201',
      'delivered #1 201 from 5550001111',
    ]);
    expect(centre.parties(1)).toBe('5550001111 INITIATE, 201 ALERTING');
    expect(centre.answer('201')).toBe('ok');
    expect(centre.log()).toEqual(['established #1 201 from 5550001111', '1001 TALKING']);
    expect(centre.parties(1)).toBe('5550001111 CONNECT, 201 CONNECT');
    centre.exchange.hangUp(CUSTOMER);
    expect(centre.log()).toEqual([
      'left #1 5550001111',
      'left #1 201',
      'cleared #1 5550001111,201',
      '1001 AVAILABLE',
      'end #1 201',
    ]);
    expect([...centre.calls.calls()]).toEqual([]);
    expect(centre.exchange.legs.size).toBe(0);
  });

  it('knows who called what, which queue it came through, and has a key of its own', () => {
    centre.available('1001', '201');
    centre.exchange.arrive(CUSTOMER, '7001', {
      variables: { 0: 'gold' },
      named: [{ name: 'user.id', index: null, value: '7' }],
    });
    centre.exchange.arrive('5550002222', '7001');
    const [first, second] = [...centre.calls.calls()];
    expect(first).toMatchObject({
      type: 'PREROUTE_ACD_IN',
      skillGroup: 1,
      associated: null,
      controller: null,
    });
    expect(first!.data).toMatchObject({
      ani: CUSTOMER,
      dialedNumber: '7001',
      dnis: '201',
      variables: ['gold', '', '', '', '', '', '', '', '', ''],
      named: [{ name: 'user.id', index: null, value: '7' }],
    });
    expect(first!.data.key).toMatchObject({
      day: Math.round((Date.UTC(2024, 0, 1) - Date.UTC(1601, 0, 1)) / 86_400_000),
      sequence: 1,
    });
    expect(second!.data.key!.callId).toBe(first!.data.key!.callId + 1);
    expect(first!.connections[1]).toMatchObject({
      device: '201',
      agentId: '1001',
      callType: 'PREROUTE_ACD_IN',
    });
  });

  it('CCX calls it ACD_IN', () => {
    centre = new CallCentre({ deployment: 'CCX' });
    centre.available('1001', '201');
    centre.exchange.arrive(CUSTOMER, '7001');
    expect(centre.calls.call(101)?.type).toBe('ACD_IN');
  });

  it('waits for an agent who becomes available, in the order of arrival', () => {
    centre.signIn('1001', '201');
    centre.exchange.arrive('5550000001', '7001');
    centre.exchange.arrive('5550000002', '7001');
    expect(centre.logOf('queued')).toEqual(['queued #1 7001 waiting 1', 'queued #2 7001 waiting 2']);
    centre.ready('1001');
    expect(centre.logOf('1001', 'delivered')).toEqual([
      '1001 AVAILABLE',
      'preCall #1 1001',
      '1001 RESERVED',
      'delivered #1 201 from 5550000001',
    ]);
    expect(centre.parties(2)).toBe('5550000002 INITIATE, 7001 QUEUED');
  });

  it('goes first when its number has a better priority', () => {
    centre.signIn('1001', '201');
    centre.exchange.arrive('5550000001', '7001');
    centre.exchange.arrive('5550000002', '7009');
    centre.ready('1001');
    expect(centre.logOf('delivered')).toEqual(['delivered #2 201 from 5550000002']);
  });

  it('rings at the agent who has been available longest', () => {
    for (const [id, phone] of [
      ['1001', '201'],
      ['1005', '205'],
      ['1003', '203'],
    ] as const)
      centre.signIn(id, phone);
    centre.ready('1005');
    centre.ready('1001');
    centre.ready('1003');
    centre.log();
    for (const from of ['5550000001', '5550000002', '5550000003']) centre.exchange.arrive(from, '7001');
    expect(centre.logOf('preCall')).toEqual(['preCall #1 1005', 'preCall #2 1001', 'preCall #3 1003']);
  });

  it('a call that an agent sends back to the queue goes to whoever has been available longer', () => {
    centre.available('1001', '201');
    centre.exchange.arrive(CUSTOMER, '7001');
    centre.answer('201');
    centre.available('1005', '205');
    expect(centre.singleStep('singleStepTransfer', '201', '7001')).toBe('ok');
    expect(centre.parties(1)).toBe('5550001111 CONNECT, 205 ALERTING');
  });

  it('an agent of two queues takes the call that is to be served first in either', () => {
    centre.signIn('1003', '203');
    centre.exchange.arrive('5550000001', '7002');
    centre.exchange.arrive('5550000002', '7001');
    centre.exchange.arrive('5550000003', '7009');
    centre.ready('1003');
    expect(centre.logOf('preCall')).toEqual(['preCall #3 1003']);
  });

  it('is cleared as busy where too many wait', () => {
    centre = new CallCentre({ settings: { waitingMax: 1 } });
    centre.exchange.arrive('5550000001', '7001');
    centre.log();
    centre.exchange.arrive('5550000002', '7001');
    expect(centre.log()).toEqual([]);
    expect(centre.exchange.orders.at(-1)).toMatchObject({ type: 'drop', cause: 'busy' });
    expect(centre.calls.figures(1)).toMatchObject({ callsInQueue: 1 });
  });
});

describe('an agent who does not answer', () => {
  it('becomes not ready with the reason of the system, and the caller is at the head of the queue again', () => {
    centre.available('1001', '201');
    centre.exchange.arrive('5550000001', '7001');
    centre.exchange.arrive('5550000002', '7009');
    centre.log();
    centre.clock.advance(14_999);
    expect(centre.log()).toEqual([]);
    centre.clock.advance(1);
    expect(centre.log()).toEqual([
      'diverted #1 201 > 7001 CALL_NOT_ANSWERED',
      'end #1 201',
      'begin #1 7001',
      'queued #1 7001 waiting 2 REDIRECTED',
      '1001 NOT_READY 32767',
    ]);
    expect(centre.exchange.at('201')).toBeUndefined();
    centre.available('1005', '205');
    expect(centre.parties(1)).toBe('5550000001 INITIATE, 205 ALERTING');
  });

  it('on CCX with the reason of CCX', () => {
    centre = new CallCentre({ deployment: 'CCX' });
    centre.available('1001', '201');
    centre.exchange.arrive(CUSTOMER, '7001');
    centre.clock.advance(15_000);
    expect(centre.stateOf('1001')).toBe('NOT_READY 32763');
  });

  it('lets the caller go on to the next available agent at once', () => {
    centre.available('1001', '201');
    centre.available('1005', '205');
    centre.exchange.arrive(CUSTOMER, '7001');
    centre.log();
    centre.clock.advance(15_000);
    expect(centre.logOf('preCall', 'delivered')).toEqual([
      'preCall #1 1005',
      'delivered #1 205 from 5550001111 REDIRECTED',
    ]);
    expect(centre.calls.call(101)?.data.dnis).toBe('205');
  });

  it.each(['busy', 'rejected', 'outOfService', 'failure'] as const)(
    'so does one whose phone is %s',
    (cause) => {
      centre.available('1001', '201');
      centre.exchange.silent.add('201');
      centre.exchange.arrive(CUSTOMER, '7001');
      centre.log();
      centre.exchange.hangUp('201', cause);
      expect(centre.log()).toEqual([
        'preCallAbort #1 1001',
        'begin #1 7001',
        'queued #1 7001 waiting 1 REDIRECTED',
        '1001 NOT_READY 32767',
      ]);
    },
  );

  it('so does one who turns the call away', () => {
    centre.available('1001', '201');
    centre.exchange.arrive(CUSTOMER, '7001');
    centre.log();
    expect(centre.drop('201')).toBe('ok');
    expect(centre.stateOf('1001')).toBe('NOT_READY 32767');
    expect(centre.parties(1)).toBe('5550001111 INITIATE, 7001 QUEUED');
  });

  it('is signed out instead when a sign-out was waiting', () => {
    centre.available('1001', '201');
    centre.exchange.arrive(CUSTOMER, '7001');
    centre.state({ state: 'LOGOUT', agentId: '1001', forced: true, reason: 5 });
    centre.clock.advance(15_000);
    expect(centre.stateOf('1001')).toBe('LOGOUT 5');
  });
});

describe('a caller who gives up', () => {
  it('while waiting leaves the queue', () => {
    centre.exchange.arrive(CUSTOMER, '7001');
    centre.log();
    centre.exchange.hangUp(CUSTOMER);
    expect(centre.log()).toEqual([
      'left #1 5550001111',
      'dequeued #1 7001 waiting 0 CALL_CANCELLED',
      'cleared #1 5550001111',
      'end #1 7001',
    ]);
    expect(centre.calls.figures(1)).toMatchObject({ callsInQueue: 0, longestQueuedSince: null });
  });

  it('while the phone rings leaves the agent available', () => {
    centre.available('1001', '201');
    centre.exchange.arrive(CUSTOMER, '7001');
    centre.log();
    centre.exchange.hangUp(CUSTOMER);
    expect(centre.log()).toEqual([
      'left #1 5550001111',
      'preCallAbort #1 1001',
      'left #1 201',
      'cleared #1 5550001111,201',
      '1001 AVAILABLE',
      'end #1 201',
    ]);
    expect(centre.exchange.at('201')).toBeUndefined();
  });

  it('before the phone rings does so too', () => {
    centre.available('1001', '201');
    centre.exchange.silent.add('201');
    centre.exchange.arrive(CUSTOMER, '7001');
    centre.log();
    centre.exchange.hangUp(CUSTOMER);
    expect(centre.log()).toEqual([
      'left #1 5550001111',
      'preCallAbort #1 1001',
      'cleared #1 5550001111',
      '1001 AVAILABLE',
    ]);
  });
});

describe('an agent who goes away', () => {
  it('while the phone rings: the caller goes back to the queue', () => {
    centre.available('1001', '201');
    centre.exchange.arrive(CUSTOMER, '7001');
    centre.log();
    centre.exchange.emit({ type: 'deviceState', device: '201', inService: false });
    expect(centre.log()).toEqual([
      'phone 201 out of service',
      '1001 LOGOUT 50003',
      'diverted #1 201 > 7001 REDIRECTED',
      'end #1 201',
      'begin #1 7001',
      'queued #1 7001 waiting 1 REDIRECTED',
    ]);
  });

  it('while talking: a phone out of service ends the call', () => {
    centre.available('1001', '201');
    centre.exchange.arrive(CUSTOMER, '7001');
    centre.answer('201');
    centre.log();
    centre.exchange.emit({ type: 'deviceState', device: '201', inService: false });
    expect(centre.log()).toEqual([
      'phone 201 out of service',
      '1001 LOGOUT 50003',
      'left #1 201 MAINTENANCE',
      'left #1 5550001111 MAINTENANCE',
      'cleared #1 201,5550001111 MAINTENANCE',
      'end #1 201',
    ]);
  });

  it('while talking and removed from the directory: the call goes on at the phone', () => {
    centre.available('1001', '201');
    centre.exchange.arrive(CUSTOMER, '7001');
    centre.answer('201');
    centre.directory.agentList = centre.directory.agentList.filter(({ loginId }) => loginId !== '1001');
    centre.log();
    centre.directoryChanged();
    expect(centre.log()).toEqual(['1001 LOGOUT 65534']);
    expect(centre.parties(1)).toBe('5550001111 CONNECT, 201 CONNECT');
    centre.exchange.hangUp(CUSTOMER);
    expect(centre.logOf('1001')).toEqual([]);
    expect(centre.calls.figures(1)).toMatchObject({ agentsLoggedOn: 0 });
  });

  it('not ready at the last moment: the call goes to somebody else', () => {
    centre.available('1001', '201');
    centre.notReady('1001', 10);
    centre.exchange.arrive(CUSTOMER, '7001');
    expect(centre.parties(1)).toBe('5550001111 INITIATE, 7001 QUEUED');
  });
});

describe('a changed directory', () => {
  it('new skills bring the waiting call', () => {
    centre.available('1001', '201');
    centre.exchange.arrive(CUSTOMER, '7002');
    centre.log();
    centre.directory.agentList = centre.directory.agentList.map((agent) =>
      agent.loginId === '1001' ? { ...agent, skillGroups: [2] } : agent,
    );
    centre.directoryChanged();
    expect(centre.logOf('1001', 'delivered')).toEqual([
      '1001 AVAILABLE',
      'preCall #1 1001',
      '1001 RESERVED',
      'delivered #1 201 from 5550001111',
    ]);
    expect(centre.calls.figures(1)).toMatchObject({ agentsLoggedOn: 0 });
    expect(centre.calls.figures(2)).toMatchObject({ agentsLoggedOn: 1, agentsReserved: 1 });
  });

  it('callers of a queue that is gone overflow to where their number leads now', () => {
    centre.exchange.arrive(CUSTOMER, '7002');
    centre.log();
    centre.directory.groupList = centre.directory.groupList.filter(({ number }) => number !== 2);
    centre.directory.numberList = [{ number: '7002', skillGroup: 1 }];
    centre.directoryChanged();
    expect(centre.log()).toEqual([
      'dequeued #1 7002 waiting 0 OVERFLOW',
      'end #1 7002',
      'begin #1 7002',
      'queued #1 7002 waiting 1 OVERFLOW',
    ]);
    expect(centre.calls.call(101)?.skillGroup).toBe(1);
  });

  it('and are cleared, with a word, where it leads nowhere', () => {
    centre.exchange.arrive(CUSTOMER, '7002');
    centre.log();
    centre.directory.groupList = centre.directory.groupList.filter(({ number }) => number !== 2);
    centre.directoryChanged();
    expect(centre.log()).toEqual([
      'dequeued #1 7002 waiting 0 OVERFLOW',
      'end #1 7002',
      'failed #1 7002 DEST_NOT_OBTAINABLE',
      'left #1 5550001111 DEST_NOT_OBTAINABLE',
      'cleared #1 5550001111 DEST_NOT_OBTAINABLE',
    ]);
    expect(centre.exchange.legs.size).toBe(0);
    expect(centre.calls.figures(2)).toBeUndefined();
  });
});

describe('a direct call', () => {
  it('reaches an agent who is not ready, who then talks', () => {
    centre.signIn('1001', '201');
    centre.log();
    centre.exchange.arrive(CUSTOMER, '201');
    expect(centre.log()).toEqual(['begin #1 201', 'delivered #1 201 from 5550001111']);
    centre.answer('201');
    expect(centre.log()).toEqual(['established #1 201 from 5550001111', '1001 TALKING']);
    expect(centre.calls.call(101)?.type).toBe('OTHER_IN');
    centre.drop('201');
    expect(centre.stateOf('1001')).toBe('NOT_READY');
  });

  it('keeps an available agent from being given another call while it rings', () => {
    centre.available('1001', '201');
    centre.exchange.arrive(CUSTOMER, '201');
    centre.exchange.arrive('5550002222', '7001');
    expect(centre.stateOf('1001')).toBe('AVAILABLE');
    expect(centre.parties(2)).toBe('5550002222 INITIATE, 7001 QUEUED');
    centre.exchange.hangUp(CUSTOMER);
    expect(centre.parties(2)).toBe('5550002222 INITIATE, 201 ALERTING');
  });

  it('finds a phone in a call busy', () => {
    centre.available('1001', '201');
    centre.exchange.arrive(CUSTOMER, '7001');
    centre.exchange.arrive('5550002222', '201');
    expect(centre.exchange.orders.at(-1)).toMatchObject({ type: 'drop', cause: 'busy' });
  });

  it('finds no phone that does not exist or is out of service', () => {
    centre.exchange.emit({ type: 'deviceState', device: '202', inService: false });
    for (const number of ['999', '202', '5559999999']) {
      centre.exchange.arrive(CUSTOMER, number);
      expect(centre.exchange.orders.at(-1)).toMatchObject({ type: 'drop', cause: 'unobtainable' });
    }
    expect([...centre.calls.calls()]).toEqual([]);
  });

  it('rings no longer than a network lets it', () => {
    centre.signIn('1001', '201');
    centre.exchange.arrive(CUSTOMER, '201');
    centre.log();
    centre.clock.advance(180_000);
    expect(centre.log()).toEqual([
      'left #1 201 CALL_NOT_ANSWERED',
      'failed #1 201 CALL_NOT_ANSWERED',
      'left #1 5550001111 CALL_NOT_ANSWERED',
      'cleared #1 5550001111 CALL_NOT_ANSWERED',
      'end #1 201',
    ]);
  });

  it('a caller who passes for one of our phones is not taken for it', () => {
    centre.signIn('1001', '201');
    centre.exchange.arrive('201', '201');
    expect(centre.parties(1)).toBe('+201 INITIATE, 201 ALERTING');
    expect(centre.calls.call(101)?.data.ani).toBe('201');
  });

  it('with call waiting rings beside an active call; answering it holds the other', () => {
    centre = new CallCentre({ settings: { busyAtCalls: 2 } });
    centre.available('1001', '201');
    centre.exchange.arrive(CUSTOMER, '7001');
    centre.answer('201');
    centre.exchange.arrive('5550002222', '201');
    expect(centre.at('201')).toBe('#1 CONNECT, #2 ALERTING');
    expect(centre.stateOf('1001')).toBe('TALKING');
    centre.hold('201', 1);
    expect(centre.stateOf('1001')).toBe('HOLD');
    centre.retrieve('201', 1);
    centre.log();
    expect(centre.answer('201')).toBe('ok');
    expect(centre.log()).toEqual(['held #1 201', 'established #2 201 from 5550002222']);
    expect(centre.at('201')).toBe('#1 HOLD, #2 CONNECT');
    expect(centre.stateOf('1001')).toBe('TALKING');
    centre.exchange.hangUp('5550002222');
    expect(centre.stateOf('1001')).toBe('HOLD');
    expect(centre.exchange.legs.get('c1')?.hears).toBe('music');
    centre.exchange.hangUp(CUSTOMER);
    expect(centre.stateOf('1001')).toBe('AVAILABLE');
  });
});

describe('figures', () => {
  it('follow a call through its life', () => {
    const figures = () => {
      const { agentsLoggedOn: _, ...rest } = centre.calls.figures(1)!;
      return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== 0 && value !== null));
    };
    centre.available('1002', '202');
    centre.available('1003', '203');
    centre.exchange.arrive(CUSTOMER, '7001');
    expect(figures()).toEqual({ agentsAvail: 1, agentsReady: 1, agentsReserved: 1 });
    centre.answer('202');
    expect(figures()).toEqual({ agentsAvail: 1, agentsReady: 1, agentsTalkingIn: 1 });
    centre.hold('202');
    expect(figures()).toEqual({ agentsAvail: 1, agentsReady: 1, agentsHold: 1 });
    centre.exchange.arrive('5550002222', '7002');
    expect(figures()).toEqual({ agentsBusyOther: 1, agentsHold: 1 });
    centre.exchange.hangUp(CUSTOMER);
    expect(figures()).toEqual({ agentsBusyOther: 1, agentsWorkReady: 1 });
    const since = centre.clock.now();
    centre.exchange.arrive('5550003333', '7001');
    centre.clock.advance(1_000);
    centre.exchange.arrive('5550004444', '7009');
    expect(figures()).toEqual({
      agentsBusyOther: 1,
      agentsWorkReady: 1,
      callsInQueue: 2,
      longestQueuedSince: since,
    });
    expect(centre.calls.figures(1)).toMatchObject({ agentsLoggedOn: 2 });
    expect(centre.calls.figures(99)).toBeUndefined();
  });
});
