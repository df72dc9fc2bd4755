import { beforeEach, describe, expect, it } from 'vitest';
import type { CallRequest } from './call-request.ts';
import { CallCentre } from './testing/call-centre.ts';

const CUSTOMER = '5550001111';
let centre: CallCentre;
beforeEach(() => {
  centre = new CallCentre();
  centre.available('1001', '201');
  centre.exchange.arrive(CUSTOMER, '7001');
});

describe('a switch that takes its time', () => {
  const answerRequest: CallRequest = { type: 'answer', connection: { device: '201', callId: 101 } };

  it('two answers at once: one answers the call, the other is refused', () => {
    centre.exchange.holdAnswers = true;
    const answers: string[] = [];
    centre.ask(answerRequest, answers);
    centre.ask(answerRequest, answers);
    centre.exchange.release();
    expect(answers).toEqual(['ok', 'CF NO_CALL_TO_ANSWER']);
    expect(centre.parties(1)).toBe('5550001111 CONNECT, 201 CONNECT');
  });

  it('the event that proves an order answers the request before the facts are told', () => {
    centre.exchange.holdAnswers = true;
    const seen: string[] = [];
    centre.log();
    centre.calls.request(answerRequest, ({ ok }) => seen.push(`${ok}`, ...centre.log()));
    expect(seen).toEqual(['true']);
    expect(centre.log()).toEqual(['established #1 201 from 5550001111', '1001 TALKING']);
    centre.exchange.release();
    expect(seen).toEqual(['true']);
  });

  it('the caller hangs up while the answer is on its way', () => {
    centre.exchange.refuse.set('accept', 'done');
    centre.exchange.holdAnswers = true;
    const answers: string[] = [];
    centre.ask(answerRequest, answers);
    centre.exchange.hangUp(CUSTOMER);
    expect(answers).toEqual([]);
    centre.exchange.holdAnswers = false;
    centre.exchange.release();
    expect(answers).toEqual(['CF INVALID_CSTA_CONNECTION_IDENTIFIER']);
    expect(centre.stateOf('1001')).toBe('AVAILABLE');
  });

  it('a flood of requests on one phone: so many wait, the others are refused, each is answered once', () => {
    centre.answer('201');
    centre.exchange.holdAnswers = true;
    const answers: string[] = [];
    for (let i = 0; i < 100; i++)
      centre.ask({ type: i % 2 ? 'retrieve' : 'hold', connection: { device: '201', callId: 101 } }, answers);
    expect(answers).toHaveLength(67);
    expect(new Set(answers)).toEqual(new Set(['CF OUTSTANDING_REQUEST_LIMIT_EXCEEDED']));
    centre.exchange.holdAnswers = false;
    centre.exchange.release();
    expect(answers).toHaveLength(100);
    expect(answers.filter((answer) => answer === 'ok')).toHaveLength(33);
    expect(centre.parties(1)).toBe('5550001111 CONNECT, 201 HOLD');
  });

  it('requests of other phones do not wait', () => {
    centre.answer('201');
    centre.exchange.holdAnswers = true;
    centre.ask({ type: 'hold', connection: { device: '201', callId: 101 } }, []);
    centre.exchange.holdAnswers = false;
    centre.signIn('1005', '205');
    expect(centre.make('205', '5550002222')).toBe('ok');
  });
});

describe('a switch that cannot', () => {
  it.each([
    ['accept', 'CF GENERIC_SYSTEM_RESOURCE_AVAILABILITY', () => centre.answer('201')],
    ['drop', 'CF GENERIC_SYSTEM_RESOURCE_AVAILABILITY', () => centre.drop('201')],
  ] as const)('refuses %s: so is the request, and nothing has happened', (order, expected, ask) => {
    centre.exchange.refuse.set(order, 'refused');
    centre.log();
    expect(ask()).toBe(expected);
    expect(centre.log()).toEqual([]);
    expect(centre.parties(1)).toBe('5550001111 INITIATE, 201 ALERTING');
  });

  it.each([
    ['refused', 'CF GENERIC_SYSTEM_RESOURCE_AVAILABILITY'],
    ['gone', 'CF INVALID_CSTA_CONNECTION_IDENTIFIER'],
  ] as const)('hold answered with %s', (result, expected) => {
    centre.answer('201');
    centre.exchange.refuse.set('park', result);
    centre.log();
    expect(centre.hold('201')).toBe(expected);
    expect(centre.logOf('held')).toEqual([]);
  });

  it('connects nobody: the call is cleared, with a word', () => {
    centre.exchange.refuse.set('connect', 'refused');
    centre.log();
    expect(centre.answer('201')).toBe('ok');
    expect(centre.logOf('cleared', '1001')).toEqual([
      '1001 TALKING',
      'cleared #1 5550001111,201 RESOURCES_NOT_AVAILABLE',
      '1001 AVAILABLE',
    ]);
  });

  it('has no leg any more that is dropped: that is as good', () => {
    centre.answer('201');
    centre.exchange.refuse.set('drop', 'gone');
    expect(centre.drop('201')).toBe('ok');
    expect(centre.parties(1)).toBe('none');
    expect(centre.stateOf('1001')).toBe('AVAILABLE');
  });

  it('cannot ring a phone: the agent is set aside and the caller waits', () => {
    centre.exchange.hangUp(CUSTOMER);
    centre.exchange.refuse.set('offer', 'refused');
    centre.exchange.arrive(CUSTOMER, '7001');
    expect(centre.stateOf('1001')).toBe('NOT_READY 32767');
    expect(centre.parties(2)).toBe('5550001111 INITIATE, 7001 QUEUED');
  });

  it('a leg that comes up although it was let go is ended once more', () => {
    const { id } = centre.exchange.at('201')!;
    centre.exchange.hangUp(CUSTOMER);
    centre.exchange.orders.length = 0;
    centre.exchange.emit({ type: 'up', leg: id });
    expect(centre.exchange.orders).toEqual([{ type: 'drop', leg: id, cause: 'normal' }]);
  });
});

describe('a switch that goes away', () => {
  it('calls are frozen, requests refused, callers not routed', () => {
    centre.answer('201');
    centre.exchange.emit({ type: 'down' });
    centre.log();
    expect(centre.hold('201')).toBe('CF RESOURCE_OUT_OF_SERVICE');
    expect(centre.setData('201', { wrapUp: 'still' })).toBe('ok');
    expect(centre.logOf('#1')).toEqual(['data #1 wrapUp']);
    centre.available('1005', '205');
    expect(centre.parties(1)).toBe('5550001111 CONNECT, 201 CONNECT');
  });

  it('and comes back: what it no longer has is gone, the rest is told anew who hears whom', () => {
    centre.answer('201');
    centre.available('1005', '205');
    centre.exchange.arrive('5550002222', '7001');
    centre.answer('205');
    centre.exchange.emit({ type: 'down' });
    const alive = new Set(['c1', centre.exchange.at('201')!.id]);
    centre.exchange.orders.length = 0;
    centre.log();
    centre.exchange.emit({ type: 'back', legs: alive });
    expect(centre.logOf('switch', 'cleared')).toEqual([
      'switch back',
      'cleared #2 5550002222,205 NETWORK_NOT_OBTAINABLE',
    ]);
    expect(centre.parties(1)).toBe('5550001111 CONNECT, 201 CONNECT');
    expect(centre.exchange.orders).toContainEqual({ type: 'connect', callId: 101, legs: [...alive] });
  });

  it('legs that nobody knows are ended', () => {
    centre.exchange.emit({ type: 'down' });
    centre.exchange.orders.length = 0;
    centre.exchange.emit({ type: 'back', legs: new Set(['c1', centre.exchange.at('201')!.id, 'x9']) });
    expect(centre.exchange.orders).toContainEqual({ type: 'drop', leg: 'x9', cause: 'normal' });
  });

  it('a ring timer that falls due meanwhile waits', () => {
    centre.exchange.emit({ type: 'down' });
    centre.clock.advance(20_000);
    expect(centre.stateOf('1001')).toBe('RESERVED');
    centre.exchange.emit({ type: 'back', legs: new Set(centre.exchange.legs.keys()) });
    centre.clock.advance(1_000);
    expect(centre.stateOf('1001')).toBe('NOT_READY 32767');
  });
});

it('who is told a fact may ask at once, and is served afterwards', () => {
  const story: string[] = [];
  const eager = new CallCentre();
  eager.available('1001', '201');
  eager.onFact = (line) => {
    story.push(line);
    if (line.startsWith('delivered')) story.push(`asked: ${eager.answer('201')}`);
  };
  eager.exchange.arrive(CUSTOMER, '7001');
  expect(story.slice(-4)).toEqual([
    'delivered #1 201 from 5550001111',
    'asked: waiting',
    'established #1 201 from 5550001111',
    '1001 TALKING',
  ]);
});

it('a call too many finds the exchange congested', () => {
  const small = new CallCentre({ settings: { callsMax: 2 } });
  for (const from of ['5550000001', '5550000002', '5550000003']) small.exchange.arrive(from, '7001');
  expect([...small.calls.calls()]).toHaveLength(2);
  expect(small.exchange.orders.at(-1)).toMatchObject({ type: 'drop', cause: 'congestion' });
});
