import { VirtualClock } from '@poise/clock';
import { describe, expect, test } from 'vitest';
import type { OrderResult, SwitchEvent, SwitchOrder } from '../calls/switch.ts';
import { type SwitchHarness, switchContract } from '../testing/switch-contract.ts';
import { CHAT_MS, TALK_MAX_MS } from './colleague.ts';
import { SPECIAL_NUMBERS } from './outside-numbers.ts';
import type { Line } from './person.ts';
import { SimulatedSwitch, type SimulatedSwitchOptions } from './simulated-switch.ts';

const PHONES = ['3001', '3002', '3003', '10000'];
const AGENTS = new Set(['3001', '3002', '3003']);
const plan = { isPhone: (n: string) => PHONES.includes(n), isRoutePoint: (n: string) => n === '6001' };

function make(options: Partial<SimulatedSwitchOptions> = {}) {
  const clock = new VirtualClock();
  const exchange = new SimulatedSwitch({ clock, plan, attended: (phone) => AGENTS.has(phone), ...options });
  const events: SwitchEvent[] = [];
  exchange.attach((event) => events.push(event));
  const order = (given: SwitchOrder): OrderResult | undefined => {
    let result: OrderResult | undefined;
    exchange.order(given, (told) => {
      result = told;
    });
    return result;
  };
  const offer = (leg: string, address: string, kind: 'station' | 'external' = 'station') =>
    order({
      type: 'offer',
      leg,
      address,
      kind,
      purpose: 'call',
      autoAnswer: false,
      callerId: '1',
      ringMs: null,
    });
  return { clock, exchange, events, order, offer };
}

function harness(delayMs?: number): SwitchHarness {
  const { clock, exchange } = make(delayMs === undefined ? {} : { delayMs });
  const lines = new Map<string, Line>();
  return {
    switch: exchange,
    phones: ['3001', '3002', '3003'],
    outside: { answers: '15551234567', busy: '5550101', unobtainable: '5550102' },
    // An outside party needs a second at least, so nobody answers by themselves meanwhile.
    settle: async () => clock.advance(100),
    pass: async (ms) => clock.advance(ms),
    callIn: (from, to) => {
      exchange.arrive({ from, to }, (line) => {
        lines.set(line.leg, line);
        return { situation: () => {}, ended: () => {} };
      });
    },
    callerHangsUp: (leg) => lines.get(leg)!.hangUp(),
    hand: {
      answer: (phone) => exchange.answer(phone),
      hangUp: (phone) => exchange.hangUp(phone),
      dial: (phone, to) => void exchange.dial(phone, to),
      hold: (phone) => exchange.hold(phone),
      unhold: (phone) => exchange.unhold(phone),
      press: (phone, digits) => exchange.press(phone, digits),
      transfer: (phone, to) => exchange.transfer(phone, to),
      setInService: (phone, inService) => exchange.setInService(phone, inService),
    },
    hears: async (leg) => exchange.leg(leg)!.hears.voices,
    digitsHeard: async (leg) => exchange.leg(leg)!.digitsHeard,
    isRecorded: async (callId) => exchange.isRecorded(callId),
  };
}

switchContract('simulated, at once', () => harness());
switchContract('simulated, with orders that take 20 ms', () => harness(20));

const typesOf = (events: readonly SwitchEvent[], leg: string) =>
  events.flatMap((event) => ('leg' in event && event.leg === leg ? [event.type] : []));

describe('phones', () => {
  test('without an agent are answered by a colleague after some seconds, those of agents are not', () => {
    const { clock, events, offer } = make();
    offer('a', '10000');
    offer('b', '3001');
    clock.advance(1_999);
    expect(typesOf(events, 'a')).toEqual(['ringing']);
    clock.advance(3_001);
    expect(typesOf(events, 'a')).toEqual(['ringing', 'up']);
    expect(typesOf(events, 'b')).toEqual(['ringing']);
  });

  test('on which an agent signs in while they ring are left to the agent', () => {
    const agents = new Set<string>();
    const { clock, events, offer } = make({ attended: (phone) => agents.has(phone) });
    offer('a', '10000');
    agents.add('10000');
    clock.advance(60_000);
    expect(typesOf(events, 'a')).toEqual(['ringing']);
  });

  test('answer after one ring when they are told to, and nobody answers when they are told not to', () => {
    const { clock, events, exchange, offer } = make();
    exchange.setAutoAnswer('3001', 'on');
    exchange.setAutoAnswer('10000', 'off');
    offer('a', '3001');
    offer('b', '10000');
    clock.advance(500);
    expect(typesOf(events, 'a')).toEqual(['ringing', 'up']);
    clock.advance(60_000);
    expect(typesOf(events, 'b')).toEqual(['ringing']);
    exchange.setAutoAnswer('10000', 'on');
    clock.advance(500);
    expect(typesOf(events, 'b')).toEqual(['ringing', 'up']);
  });

  test('do what all do, unless they have a setting of their own', () => {
    const { clock, events, exchange, offer } = make();
    exchange.usualAutoAnswer = 'on';
    exchange.setAutoAnswer('3002', 'off');
    offer('a', '3001');
    offer('b', '3002');
    clock.advance(500);
    expect(typesOf(events, 'a')).toEqual(['ringing', 'up']);
    expect(typesOf(events, 'b')).toEqual(['ringing']);
    exchange.usualAutoAnswer = 'default';
    offer('c', '3003');
    clock.advance(60_000);
    expect(typesOf(events, 'c')).toEqual(['ringing']);
  });

  test('ring for three minutes at most', () => {
    const { clock, events, offer } = make();
    offer('a', '3001');
    clock.advance(180_000);
    expect(events.at(-1)).toEqual({ type: 'gone', leg: 'a', cause: 'noAnswer' });
    expect(clock.pending).toBe(0);
  });

  test('have four lines', () => {
    const { events, offer } = make();
    for (const leg of ['a', 'b', 'c', 'd', 'e']) offer(leg, '3001');
    expect(events.at(-1)).toEqual({ type: 'gone', leg: 'e', cause: 'busy' });
  });

  test('tell in a sentence why something cannot be done by hand', () => {
    const { exchange, offer } = make();
    expect(() => exchange.answer('9')).toThrow('there is no phone "9"');
    expect(() => exchange.answer('3001')).toThrow('the phone 3001 does not ring');
    expect(() => exchange.hangUp('3001')).toThrow('the phone 3001 is in no call');
    expect(() => exchange.hold('3001')).toThrow('has no call to hold');
    expect(() => exchange.unhold('3001')).toThrow('holds no call');
    expect(() => exchange.transfer('3001', '1')).toThrow('has no call to transfer');
    expect(() => exchange.press('3001', '1')).toThrow('is in no call');
    expect(() => exchange.press('3001', 'x')).toThrow('the keys of a phone are');
    expect(() => exchange.dial('3001', 'x')).toThrow('a number to dial has');
    offer('a', '3001');
    expect(() => exchange.dial('3001', '6001')).toThrow('is in a call already');
    exchange.setInService('3001', false);
    expect(() => exchange.dial('3001', '6001')).toThrow('is out of service');
  });

  test('are listed only when something is special about them', () => {
    const { exchange, offer } = make();
    expect([...exchange.phones()]).toEqual([]);
    offer('a', '3001');
    exchange.setAutoAnswer('3002', 'on');
    expect([...exchange.phones()]).toEqual([
      {
        extension: '3001',
        autoAnswer: 'default',
        inService: true,
        legs: [{ leg: 'a', state: 'ringing', held: false }],
      },
      { extension: '3002', autoAnswer: 'on', inService: true, legs: [] },
    ]);
    exchange.hangUp('3001');
    exchange.setAutoAnswer('3002', 'default');
    expect([...exchange.phones()]).toEqual([]);
  });
});

describe('outside numbers', () => {
  test.each(Object.entries(SPECIAL_NUMBERS))('%s does what the table says', (number, answer) => {
    const { clock, events, offer } = make();
    offer('a', `1${number}`, 'external');
    if (answer.kind === 'fails') {
      expect(events).toEqual([{ type: 'gone', leg: 'a', cause: answer.cause }]);
    } else {
      clock.advance(60_000);
      expect(typesOf(events, 'a')).toEqual(answer.kind === 'rings' ? ['ringing'] : ['ringing', 'up']);
    }
  });

  test('answer after one to four seconds, with the same seed after the same time', () => {
    const answeredAt = (seed: number) => {
      const { clock, events, offer } = make({ seed });
      offer('a', '15551234567', 'external');
      let ms = 0;
      for (; typesOf(events, 'a').at(-1) !== 'up'; ms += 10) clock.advance(10);
      return ms;
    };
    const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
    const times = seeds.map(answeredAt);
    for (const ms of times) {
      expect(ms).toBeGreaterThanOrEqual(1_000);
      expect(ms).toBeLessThanOrEqual(4_010);
    }
    expect(new Set(times).size).toBeGreaterThan(4);
    expect(seeds.map(answeredAt)).toEqual(times);
  });

  test.each(['123456', '12', 'abc', ''])('%j is no number', (number) => {
    const { events, offer } = make();
    offer('a', number, 'external');
    expect(events).toEqual([{ type: 'gone', leg: 'a', cause: 'unobtainable' }]);
  });
});

describe('simulated people', () => {
  test('among themselves say goodbye after a while', () => {
    const { clock, events, exchange, order, offer } = make();
    const caller = exchange.arrive({ from: '1', to: '6001' }, () => ({
      situation: () => {},
      ended: () => {},
    }));
    offer('colleague', '10000');
    clock.advance(5_000);
    offer('agent', '3001');
    exchange.answer('3001');
    order({ type: 'connect', callId: 1, legs: [caller, 'colleague', 'agent'] });
    clock.advance(10 * CHAT_MS);
    expect(events.filter(({ type }) => type === 'gone')).toEqual([]);
    order({ type: 'connect', callId: 1, legs: [caller, 'colleague'] });
    clock.advance(CHAT_MS);
    expect(events.at(-1)).toEqual({ type: 'gone', leg: 'colleague', cause: 'normal' });
  });

  test('outside are in no hurry, because a mobile agent may be there, but no call lasts for ever', () => {
    const { clock, events, exchange, order, offer } = make();
    const caller = exchange.arrive({ from: '1', to: '6001' }, () => ({
      situation: () => {},
      ended: () => {},
    }));
    offer('outside', '15551234567', 'external');
    clock.advance(5_000);
    order({ type: 'connect', callId: 1, legs: [caller, 'outside'] });
    clock.advance(10 * CHAT_MS);
    expect(typesOf(events, 'outside')).toEqual(['ringing', 'up']);
    clock.advance(TALK_MAX_MS);
    expect(typesOf(events, 'outside')).toEqual(['ringing', 'up', 'gone']);
  });
});

describe('events', () => {
  test('come one after the other, after the answer to the order that caused them', () => {
    const { exchange } = make();
    const told: string[] = [];
    exchange.attach((event) => {
      told.push(event.type);
      if (event.type === 'ringing') {
        exchange.order({ type: 'drop', leg: 'a', cause: 'normal' }, (result) => told.push(`drop ${result}`));
        told.push('ringing ends');
      }
    });
    exchange.order(
      {
        type: 'offer',
        leg: 'a',
        address: '3001',
        kind: 'station',
        purpose: 'call',
        autoAnswer: false,
        callerId: '',
        ringMs: null,
      },
      (result) => told.push(`offer ${result}`),
    );
    expect(told).toEqual(['offer done', 'ringing', 'drop done', 'ringing ends', 'gone']);
  });

  test('are not lost by a listener that fails', () => {
    const { clock, exchange, offer } = make();
    const told: string[] = [];
    let fails = true;
    exchange.attach((event) => {
      told.push(event.type);
      if (fails) {
        fails = false;
        throw new Error('listener');
      }
    });
    expect(() => offer('a', '10000')).toThrow('listener');
    clock.advance(5_000);
    expect(told).toEqual(['ringing', 'up']);
  });

  test('stop while the connection is down; afterwards the list of legs tells what is left', () => {
    const { events, exchange, order, offer } = make();
    offer('a', '3001');
    offer('b', '3002');
    exchange.goDown();
    exchange.hangUp('3001');
    expect(order({ type: 'accept', leg: 'b' })).toBe('refused');
    exchange.comeBack();
    expect(events.slice(2)).toEqual([{ type: 'down' }, { type: 'back', legs: new Set(['b']) }]);
    expect(order({ type: 'accept', leg: 'b' })).toBe('done');
  });
});
