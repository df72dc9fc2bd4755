import { beforeEach, describe, expect, it } from 'vitest';
import { CallCentre } from './testing/call-centre.ts';

const CUSTOMER = '5550001111';
let centre: CallCentre;

/** Agent 1001 on 201 talks to a customer (#1); 1090 on 209 supervises, 1091 on 208 another team. */
function talking(options: ConstructorParameters<typeof CallCentre>[0] = {}): void {
  centre = new CallCentre(options);
  centre.available('1001', '201');
  centre.signIn('1090', '209');
  centre.signIn('1091', '208');
  centre.exchange.arrive(CUSTOMER, '7001');
  centre.answer('201');
  centre.log();
}
beforeEach(() => talking());

describe('silent monitoring', () => {
  it('is a call of the supervisor’s own; the agent’s call is not changed', () => {
    expect(centre.supervise('monitor', '209', '201')).toBe('ok');
    expect(centre.log()).toEqual([
      'begin #2 209',
      'delivered #2 209 from 209 SUPERVISOR_MONITOR',
      'established #2 209 from 209 SUPERVISOR_MONITOR',
      '1090 TALKING',
    ]);
    expect(centre.calls.call(102)).toMatchObject({ type: 'SUPERVISOR_MONITOR', associated: 101 });
    expect(centre.calls.call(102)?.connections).toMatchObject([
      { device: '209', state: 'CONNECT', listening: true, callType: 'SUPERVISOR_MONITOR' },
    ]);
    expect(centre.parties(1)).toBe('5550001111 CONNECT, 201 CONNECT');
    expect(centre.exchange.at('209')?.hears).toBe(`monitor ${centre.exchange.at('201')!.id}`);
  });

  it('goes over to whispering and back', () => {
    centre.supervise('monitor', '209', '201');
    centre.log();
    expect(centre.supervise('whisper', '209', '201')).toBe('ok');
    expect(centre.log()).toEqual(['data #2 SUPERVISOR_WHISPER']);
    expect(centre.exchange.at('209')?.hears).toBe(`whisper ${centre.exchange.at('201')!.id}`);
    expect(centre.supervise('monitor', '209', '201')).toBe('ok');
    expect(centre.log()).toEqual(['data #2 SUPERVISOR_MONITOR']);
  });

  it.each(['clear', 'drop'] as const)('ends by %s', (how) => {
    centre.supervise('monitor', '209', '201');
    centre.log();
    expect(how === 'clear' ? centre.supervise('clear', '209', '201') : centre.drop('209')).toBe('ok');
    const cause = how === 'clear' ? ' SUPERVISOR_CLEAR' : '';
    expect(centre.log()).toEqual([
      `left #2 209${cause}`,
      `cleared #2 209${cause}`,
      '1090 NOT_READY',
      'end #2 209',
    ]);
    expect(centre.parties(1)).toBe('5550001111 CONNECT, 201 CONNECT');
    expect(centre.exchange.at('209')).toBeUndefined();
  });

  it('lets the supervisor record the call that it watches', () => {
    const record = (on: boolean) =>
      centre.request({ type: 'record', connection: { device: '209', callId: 102 }, on });
    const orders = () => centre.exchange.orders.filter(({ type }) => type === 'record');
    centre.supervise('monitor', '209', '201');
    expect([record(true), record(false)]).toEqual(['ok', 'ok']);
    const ordered = [
      { type: 'record', callId: 101, on: true },
      { type: 'record', callId: 101, on: false },
    ];
    expect(orders()).toEqual(ordered);
    centre.hold('201');
    expect(record(true)).toBe('CF INVALID_OBJECT_STATE');
    expect(orders()).toEqual(ordered);
  });

  it('ends with the call that it watches', () => {
    centre.supervise('monitor', '209', '201');
    centre.log();
    centre.exchange.hangUp(CUSTOMER);
    expect(centre.logOf('#2')).toEqual([
      'left #2 209 SUPERVISOR_CLEAR',
      'cleared #2 209 SUPERVISOR_CLEAR',
      'end #2 209',
    ]);
  });

  it('goes on through hold, and through a consult call that was made later', () => {
    centre.supervise('monitor', '209', '201');
    centre.signIn('1005', '205');
    centre.consult('201', '205');
    centre.answer('205');
    centre.pair('conference', '201');
    expect(centre.parties(2)).toBe('209 CONNECT');
    centre.drop('201');
    expect(centre.parties(2)).toBe('none');
  });

  it('of a consult call ends when that call is conferenced', () => {
    centre.signIn('1005', '205');
    centre.consult('201', '205');
    centre.answer('205');
    expect(centre.supervise('monitor', '209', '201')).toBe('ok');
    expect(centre.calls.call(103)?.associated).toBe(102);
    centre.pair('conference', '201');
    expect(centre.parties(3)).toBe('none');
    expect(centre.stateOf('1090')).toBe('NOT_READY');
  });

  it.each([
    ['HOLD', () => centre.hold('201'), 'CF INVALID_OBJECT_STATE/13145'],
    ['AVAILABLE', () => centre.drop('201'), 'CF INVALID_OBJECT_STATE'],
    [
      'NOT_READY',
      () => {
        centre.drop('201');
        centre.notReady('1001');
      },
      'CF INVALID_OBJECT_STATE/13145',
    ],
  ] as const)('of an agent in %s is refused', (_, prepare, expected) => {
    prepare();
    centre.log();
    expect(centre.supervise('monitor', '209', '201')).toBe(expected);
    expect(centre.log()).toEqual([]);
  });

  it('CCX: is refused with the number of CCX, and watches calls outside routing too', () => {
    talking({ deployment: 'CCX' });
    centre.drop('201');
    expect(centre.supervise('monitor', '209', '201')).toBe('CF INVALID_OBJECT_STATE/88049');
    centre.notReady('1001');
    expect(centre.supervise('monitor', '209', '201')).toBe('CF INVALID_OBJECT_STATE/88049');
    centre.make('201', CUSTOMER);
    centre.exchange.pickUp(CUSTOMER);
    expect(centre.stateOf('1001')).toBe('NOT_READY');
    expect(centre.supervise('monitor', '209', '201')).toBe('ok');
  });

  it('is for the supervisor of the agent’s team, who is not ready, and one at a time', () => {
    expect(centre.supervise('monitor', '208', '201')).toBe('CF PRIVILEGE_VIOLATION_ON_SPECIFIED_DEVICE');
    expect(centre.supervise('monitor', '207', '201')).toBe('CF PRIVILEGE_VIOLATION_ON_SPECIFIED_DEVICE');
    expect(centre.supervise('monitor', '209', '207')).toBe('CF PRIVILEGE_VIOLATION_ON_SPECIFIED_DEVICE');
    centre.ready('1090');
    expect(centre.supervise('monitor', '209', '201')).toBe('CF INVALID_OBJECT_STATE');
    centre.notReady('1090');
    centre.supervise('monitor', '209', '201');
    centre.available('1005', '205');
    centre.exchange.arrive('5550002222', '7001');
    centre.answer('205');
    expect(centre.supervise('monitor', '209', '205')).toBe('CF INVALID_OBJECT_STATE');
  });

  it('cannot be deflected', () => {
    centre.exchange.silent.add('209');
    centre.ask(
      {
        type: 'supervise',
        action: 'monitor',
        agent: { device: '201', callId: null },
        supervisor: { device: '209', callId: null },
      },
      [],
    );
    centre.exchange.emit({ type: 'ringing', leg: centre.exchange.at('209')!.id });
    expect(centre.at('209')).toBe('#2 ALERTING');
    const connection = { device: '209', callId: null };
    expect(centre.request({ type: 'deflect', connection, to: '205' })).toBe('CF INVALID_OBJECT_STATE');
  });

  it('leaves nothing behind when the supervisor’s phone is not answered or the switch cannot listen', () => {
    centre.exchange.silent.add('209');
    const answers: string[] = [];
    const request = {
      type: 'supervise',
      action: 'monitor',
      agent: { device: '201', callId: null },
      supervisor: { device: '209', callId: null },
    } as const;
    centre.ask(request, answers);
    centre.exchange.hangUp('209', 'busy');
    expect(answers).toEqual(['CF GENERIC_SYSTEM_RESOURCE_AVAILABILITY']);
    expect(centre.log()).toEqual([]);
    centre.exchange.silent.clear();
    centre.exchange.refuse.set('listen', 'refused');
    expect(centre.request(request)).toBe('ok');
    expect(centre.logOf('cleared', 'end')).toEqual(['cleared #3 209 RESOURCES_NOT_AVAILABLE', 'end #3 209']);
    expect([...centre.calls.calls()]).toHaveLength(1);
  });
});

describe('barging in', () => {
  it('from a monitor call: that one ends, a conference results', () => {
    centre.supervise('monitor', '209', '201');
    centre.log();
    expect(centre.supervise('bargeIn', '209', '201', 2)).toBe('ok');
    expect(centre.log()).toEqual([
      'left #2 209 SUPERVISOR_BARGE_IN',
      'cleared #2 209 SUPERVISOR_BARGE_IN',
      'begin #1 209',
      'conferenced #1 by 201: 5550001111,201,209 SUPERVISOR_BARGE_IN',
      'data #1 CONFERENCE',
      'end #2 209',
    ]);
    expect(centre.calls.call(101)).toMatchObject({ controller: '201', type: 'CONFERENCE' });
    // A conference to all but the supervisor, whose call type says how it came to be one.
    expect(centre.calls.call(101)?.connections.map(({ callType }) => callType)).toEqual([
      'CONFERENCE',
      'CONFERENCE',
      'SUPERVISOR_BARGEIN',
    ]);
    expect(centre.calls.call(101)?.connections[2]?.listening).toBe(false);
    expect(centre.exchange.at('209')?.hears).toBe('call 101');
    expect(centre.stateOf('1090')).toBe('TALKING');
  });

  it('without one rings the supervisor’s phone', () => {
    expect(centre.supervise('bargeIn', '209', '201')).toBe('ok');
    expect(centre.logOf('begin', 'established', 'conferenced')).toEqual([
      'begin #1 209',
      'established #1 209 from 5550001111 SUPERVISOR_BARGE_IN',
      'conferenced #1 by 201: 5550001111,201,209 SUPERVISOR_BARGE_IN',
    ]);
  });

  it('ends for the supervisor alone, and without wrap-up', () => {
    centre.supervise('bargeIn', '209', '201');
    centre.log();
    expect(centre.supervise('clear', '209', '201')).toBe('ok');
    expect(centre.log()).toEqual(['left #1 209 SUPERVISOR_CLEAR', '1090 NOT_READY', 'end #1 209']);
    expect(centre.parties(1)).toBe('5550001111 CONNECT, 201 CONNECT');
    expect(centre.calls.call(101)?.controller).toBeNull();
    expect(centre.supervise('clear', '209', '201')).toBe('CF INVALID_CSTA_CONNECTION_IDENTIFIER');
  });

  it('is refused while the agent is on hold, sets up a conference, or does not control one', () => {
    centre.signIn('1005', '205');
    centre.hold('201');
    expect(centre.supervise('bargeIn', '209', '201')).toBe('CF INVALID_DESTINATION');
    centre.retrieve('201');
    centre.consult('201', '205');
    centre.answer('205');
    expect(centre.supervise('bargeIn', '209', '201')).toBe('CF INVALID_OBJECT_STATE/20999');
    centre.pair('conference', '201');
    expect(centre.supervise('bargeIn', '209', '205')).toBe('CF INVALID_OBJECT_STATE/20999');
    expect(centre.supervise('bargeIn', '209', '201')).toBe('ok');
  });

  it('is refused where the bridge is full', () => {
    talking({ settings: { conferencePartiesMax: 2 } });
    expect(centre.supervise('bargeIn', '209', '201')).toBe('CF CONFERENCE_MEMBER_LIMIT_EXCEEDED/20700');
  });
});

it('a supervisor who cannot be let in goes on listening', () => {
  centre.supervise('monitor', '209', '201');
  centre.exchange.refuseOnce.set('connect', 'refused');
  expect(centre.supervise('bargeIn', '209', '201')).toBe('CF GENERIC_SYSTEM_RESOURCE_AVAILABILITY');
  expect(centre.exchange.at('209')?.hears).toBe(`monitor ${centre.exchange.at('201')!.id}`);
  expect(centre.exchange.at(CUSTOMER)?.hears).toBe('call 101');
});

it('a switch that comes back is told who listens', () => {
  centre.supervise('monitor', '209', '201');
  centre.exchange.emit({ type: 'down' });
  centre.exchange.orders.length = 0;
  centre.exchange.emit({ type: 'back', legs: new Set(centre.exchange.legs.keys()) });
  expect(centre.exchange.orders).toContainEqual(expect.objectContaining({ type: 'listen', mode: 'monitor' }));
});

describe('intercepting', () => {
  it.each([true, false])('takes the call from the agent (monitored before: %s)', (monitored) => {
    if (monitored) centre.supervise('monitor', '209', '201');
    centre.log();
    expect(centre.supervise('intercept', '209', '201')).toBe('ok');
    expect(centre.logOf('conferenced', 'left #1', '1001', 'end #1')).toEqual([
      'conferenced #1 by 201: 5550001111,201,209 SUPERVISOR_INTERCEPT',
      'left #1 201 SUPERVISOR_INTERCEPT',
      '1001 AVAILABLE',
      'end #1 201',
    ]);
    expect(centre.parties(1)).toBe('5550001111 CONNECT, 209 CONNECT');
    expect(centre.exchange.at(CUSTOMER)?.hears).toBe('call 101');
  });

  it('after barging in drops the agent', () => {
    centre.supervise('bargeIn', '209', '201');
    expect(centre.supervise('intercept', '209', '201')).toBe('ok');
    expect(centre.parties(1)).toBe('5550001111 CONNECT, 209 CONNECT');
  });
});
