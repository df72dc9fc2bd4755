import { beforeEach, describe, expect, test } from 'vitest';
import type { LegId, OrderResult, Switch, SwitchEvent, SwitchOrder } from '../calls/switch.ts';

/**
 * What every switch below the call model must do, whether simulated or real: one suite for all of them. Times are
 * the harness's business: the suite says what happens, never after how long.
 */

/** The world around a switch, as the suite needs it. */
export interface SwitchHarness {
  readonly switch: Switch;
  /** Three phones in service which nobody answers unless the suite does. */
  readonly phones: readonly [string, string, string];
  readonly outside: { readonly answers: string; readonly busy: string; readonly unobtainable: string };
  /** Lets everything happen that is under way, ringing until somebody answers included. */
  settle(): Promise<void>;
  /** Lets `ms` pass. */
  pass(ms: number): Promise<void>;
  /** Somebody outside calls; the leg is named by the `arrived` event. */
  callIn(from: string, to: string): void;
  /** That caller hangs up. */
  callerHangsUp(leg: LegId): void;
  readonly hand: {
    answer(phone: string): void;
    hangUp(phone: string): void;
    dial(phone: string, to: string): void;
    hold(phone: string): void;
    unhold(phone: string): void;
    press(phone: string, digits: string): void;
    transfer(phone: string, to: string): void;
    setInService(phone: string, inService: boolean): void;
  };
  /** Legs whose voices this one hears. */
  hears(leg: LegId): Promise<ReadonlySet<LegId>>;
  /** Digits that the party at the leg has heard. */
  digitsHeard(leg: LegId): Promise<string>;
  isRecorded(callId: number): Promise<boolean>;
}

const RING_MS = 5_000;

export function switchContract(name: string, make: () => Promise<SwitchHarness> | SwitchHarness): void {
  describe(`switch contract: ${name}`, () => {
    let world: SwitchHarness;
    let events: SwitchEvent[];
    let legs = 0;

    beforeEach(async () => {
      world = await make();
      events = [];
      world.switch.attach((event) => events.push(event));
    });

    /** Gives an order and waits for its one answer. */
    async function order(given: SwitchOrder): Promise<OrderResult> {
      const results: OrderResult[] = [];
      world.switch.order(given, (result) => results.push(result));
      await world.settle();
      expect(results).toHaveLength(1);
      return results[0]!;
    }

    function offering(
      address: string,
      extra: Partial<Extract<SwitchOrder, { type: 'offer' }>> = {},
    ): Extract<SwitchOrder, { type: 'offer' }> {
      return {
        type: 'offer',
        leg: `leg-${++legs}`,
        address,
        kind: 'station',
        purpose: 'call',
        autoAnswer: false,
        callerId: '15551234',
        ringMs: null,
        ...extra,
      };
    }

    /** A phone that has been called and answered. */
    async function answered(phone: string): Promise<LegId> {
      const offer = offering(phone, { autoAnswer: true });
      expect(await order(offer)).toBe('done');
      expect(of(offer.leg)).toEqual(['ringing', 'up']);
      return offer.leg;
    }

    async function arrived(from = '15551234', to = '6001'): Promise<LegId> {
      world.callIn(from, to);
      await world.settle();
      const event = events.findLast((each) => each.type === 'arrived');
      expect(event).toMatchObject({ from, to });
      return (event as { leg: LegId }).leg;
    }

    /** Types of the events about a leg. */
    const of = (leg: LegId): string[] =>
      events.filter((event) => 'leg' in event && event.leg === leg).map((event) => event.type);
    const goneOf = (leg: LegId) => events.filter((event) => event.type === 'gone' && event.leg === leg);

    async function hears(leg: LegId): Promise<string[]> {
      await world.settle();
      return [...(await world.hears(leg))].sort();
    }

    describe('a phone that is called', () => {
      test('rings, and is up when it is answered by hand', async () => {
        const offer = offering(world.phones[0]);
        expect(await order(offer)).toBe('done');
        expect(of(offer.leg)).toEqual(['ringing']);
        world.hand.answer(world.phones[0]);
        await world.settle();
        expect(of(offer.leg)).toEqual(['ringing', 'up']);
      });

      test('is up when it is answered on behalf of the agent, once', async () => {
        const offer = offering(world.phones[0]);
        await order(offer);
        expect(await order({ type: 'accept', leg: offer.leg })).toBe('done');
        expect(await order({ type: 'accept', leg: offer.leg })).toBe('done');
        expect(of(offer.leg)).toEqual(['ringing', 'up']);
      });

      test('stops ringing after its time', async () => {
        const offer = offering(world.phones[0], { ringMs: RING_MS });
        await order(offer);
        await world.pass(RING_MS - 1000);
        expect(of(offer.leg)).toEqual(['ringing']);
        await world.pass(1000);
        await world.settle();
        expect(goneOf(offer.leg)).toEqual([{ type: 'gone', leg: offer.leg, cause: 'noAnswer' }]);
      });

      test('that was answered does not time out', async () => {
        const offer = offering(world.phones[0], { ringMs: RING_MS });
        await order(offer);
        world.hand.answer(world.phones[0]);
        await world.pass(2 * RING_MS);
        expect(of(offer.leg)).toEqual(['ringing', 'up']);
      });

      test('can refuse the call', async () => {
        const offer = offering(world.phones[0]);
        await order(offer);
        world.hand.hangUp(world.phones[0]);
        await world.settle();
        expect(goneOf(offer.leg)).toEqual([{ type: 'gone', leg: offer.leg, cause: 'rejected' }]);
      });

      test('out of service is not rung', async () => {
        world.hand.setInService(world.phones[0], false);
        const offer = offering(world.phones[0]);
        expect(await order(offer)).toBe('done');
        expect(events).toEqual([
          { type: 'deviceState', device: world.phones[0], inService: false },
          { type: 'gone', leg: offer.leg, cause: 'outOfService' },
        ]);
      });

      test('goes off-hook by itself when it wants to dial', async () => {
        const offer = offering(world.phones[0], { purpose: 'originate' });
        expect(await order(offer)).toBe('done');
        expect(of(offer.leg)).toEqual(['up']);
      });

      test('is up for a nailed connection until it is dropped', async () => {
        const offer = offering(world.phones[0], { purpose: 'nailed' });
        await order(offer);
        world.hand.answer(world.phones[0]);
        await world.pass(60_000);
        expect(of(offer.leg)).toEqual(['ringing', 'up']);
        expect(await order({ type: 'drop', leg: offer.leg, cause: 'normal' })).toBe('done');
        expect(of(offer.leg)).toEqual(['ringing', 'up', 'gone']);
      });
    });

    describe('an outside number', () => {
      test('rings and is answered', async () => {
        const offer = offering(world.outside.answers, { kind: 'external' });
        await order(offer);
        await world.pass(10_000);
        expect(of(offer.leg)).toEqual(['ringing', 'up']);
      });

      test.each(['busy', 'unobtainable'] as const)('that is %s says so', async (cause) => {
        const offer = offering(world.outside[cause], { kind: 'external' });
        expect(await order(offer)).toBe('done');
        expect(goneOf(offer.leg)).toEqual([{ type: 'gone', leg: offer.leg, cause }]);
      });

      test('that wants to dial is called first', async () => {
        const offer = offering(world.outside.answers, { kind: 'external', purpose: 'originate' });
        expect(await order(offer)).toBe('done');
        expect(of(offer.leg)).toEqual(['ringing']);
        await world.pass(10_000);
        expect(of(offer.leg)).toEqual(['ringing', 'up']);
      });

      test('that wants to dial and is busy says so', async () => {
        const offer = offering(world.outside.busy, { kind: 'external', purpose: 'originate' });
        expect(await order(offer)).toBe('done');
        expect(goneOf(offer.leg)).toEqual([{ type: 'gone', leg: offer.leg, cause: 'busy' }]);
      });

      test('cannot be picked up on behalf of anybody', async () => {
        const offer = offering(world.outside.answers, { kind: 'external' });
        world.switch.order(offer, () => {});
        expect(await order({ type: 'accept', leg: offer.leg })).toBe('refused');
      });
    });

    describe('a leg that is gone', () => {
      test.each([
        ['accept', (leg: LegId): SwitchOrder => ({ type: 'accept', leg })],
        ['park', (leg: LegId): SwitchOrder => ({ type: 'park', leg, treatment: 'music' })],
        ['drop', (leg: LegId): SwitchOrder => ({ type: 'drop', leg, cause: 'normal' })],
        ['digits', (leg: LegId): SwitchOrder => ({ type: 'digits', leg, digits: '1' })],
        ['listen', (leg: LegId): SwitchOrder => ({ type: 'listen', leg, target: 'other', mode: 'monitor' })],
        ['unlisten', (leg: LegId): SwitchOrder => ({ type: 'unlisten', leg })],
        ['connect', (leg: LegId): SwitchOrder => ({ type: 'connect', callId: 1, legs: [leg] })],
      ])('answers %s with gone and tells nothing more', async (_name, given) => {
        const leg = await answered(world.phones[0]);
        world.hand.hangUp(world.phones[0]);
        await world.settle();
        expect(of(leg)).toEqual(['ringing', 'up', 'gone']);
        expect(await order(given(leg))).toBe('gone');
        expect(of(leg)).toEqual(['ringing', 'up', 'gone']);
      });

      test('ends once, also when both sides hang up at the same time', async () => {
        const leg = await answered(world.phones[0]);
        const results: OrderResult[] = [];
        world.switch.order({ type: 'drop', leg, cause: 'normal' }, (result) => results.push(result));
        try {
          world.hand.hangUp(world.phones[0]);
        } catch {
          // The order was quicker: there is nothing to hang up any more.
        }
        await world.settle();
        expect(results).toHaveLength(1);
        expect(goneOf(leg)).toHaveLength(1);
      });

      test('does not keep the others of a new call from talking', async () => {
        const a = await answered(world.phones[0]);
        const b = await answered(world.phones[1]);
        const c = await answered(world.phones[2]);
        world.hand.hangUp(world.phones[2]);
        await world.settle();
        expect(await order({ type: 'connect', callId: 1, legs: [a, b, c] })).toBe('gone');
        expect(await hears(a)).toEqual([b]);
      });
    });

    describe('who hears whom', () => {
      test('those who are connected hear each other, and nobody else', async () => {
        const a = await answered(world.phones[0]);
        const b = await answered(world.phones[1]);
        const c = await answered(world.phones[2]);
        expect(await order({ type: 'connect', callId: 1, legs: [a, b] })).toBe('done');
        expect([await hears(a), await hears(b), await hears(c)]).toEqual([[b], [a], []]);
        await order({ type: 'connect', callId: 1, legs: [a, b, c] });
        expect([await hears(a), await hears(b), await hears(c)]).toEqual([
          [b, c].sort(),
          [a, c].sort(),
          [a, b].sort(),
        ]);
      });

      test('who is not named any more is out, who is named elsewhere has moved', async () => {
        const a = await answered(world.phones[0]);
        const b = await answered(world.phones[1]);
        const c = await answered(world.phones[2]);
        await order({ type: 'connect', callId: 1, legs: [a, b] });
        await order({ type: 'connect', callId: 2, legs: [b, c] });
        expect([await hears(a), await hears(b), await hears(c)]).toEqual([[], [c], [b]]);
        await order({ type: 'connect', callId: 2, legs: [c] });
        expect([await hears(b), await hears(c)]).toEqual([[], []]);
      });

      test('on hold nobody is heard, and after it as before', async () => {
        const caller = await arrived();
        const agent = await answered(world.phones[0]);
        await order({ type: 'connect', callId: 1, legs: [caller, agent] });
        expect(await hears(caller)).toEqual([agent]);
        await order({ type: 'park', leg: caller, treatment: 'music' });
        await order({ type: 'park', leg: agent, treatment: 'silence' });
        expect([await hears(caller), await hears(agent)]).toEqual([[], []]);
        await order({ type: 'connect', callId: 1, legs: [caller, agent] });
        expect([await hears(caller), await hears(agent)]).toEqual([[agent], [caller]]);
      });

      test('a caller who waits hears music without being answered before', async () => {
        const caller = await arrived();
        expect(await order({ type: 'park', leg: caller, treatment: 'music' })).toBe('done');
        expect(await hears(caller)).toEqual([]);
      });

      test('a phone that rings cannot talk', async () => {
        const offer = offering(world.phones[0]);
        await order(offer);
        const caller = await arrived();
        expect(await order({ type: 'connect', callId: 1, legs: [caller, offer.leg] })).toBe('refused');
        expect(await order({ type: 'park', leg: offer.leg, treatment: 'music' })).toBe('refused');
      });

      test('a listener hears both sides and is heard by none', async () => {
        const caller = await arrived();
        const agent = await answered(world.phones[0]);
        const supervisor = await answered(world.phones[1]);
        await order({ type: 'connect', callId: 1, legs: [caller, agent] });
        const listen = { type: 'listen', leg: supervisor, target: agent, mode: 'monitor' } as const;
        expect(await order(listen)).toBe('done');
        expect(await hears(supervisor)).toEqual([agent, caller].sort());
        expect([await hears(caller), await hears(agent)]).toEqual([[agent], [caller]]);
        await order({ type: 'unlisten', leg: supervisor });
        expect(await hears(supervisor)).toEqual([]);
      });

      test('who whispers is heard by the agent alone', async () => {
        const caller = await arrived();
        const agent = await answered(world.phones[0]);
        const supervisor = await answered(world.phones[1]);
        await order({ type: 'connect', callId: 1, legs: [caller, agent] });
        await order({ type: 'listen', leg: supervisor, target: agent, mode: 'whisper' });
        expect(await hears(agent)).toEqual([caller, supervisor].sort());
        expect(await hears(caller)).toEqual([agent]);
      });

      test('a listener who joins the call is heard by all', async () => {
        const caller = await arrived();
        const agent = await answered(world.phones[0]);
        const supervisor = await answered(world.phones[1]);
        await order({ type: 'connect', callId: 1, legs: [caller, agent] });
        await order({ type: 'listen', leg: supervisor, target: agent, mode: 'monitor' });
        await order({ type: 'connect', callId: 1, legs: [caller, agent, supervisor] });
        expect(await hears(caller)).toEqual([agent, supervisor].sort());
      });

      test('the listener stays when the target is gone, and hears nothing', async () => {
        const agent = await answered(world.phones[0]);
        const supervisor = await answered(world.phones[1]);
        await order({ type: 'listen', leg: supervisor, target: agent, mode: 'monitor' });
        await order({ type: 'drop', leg: agent, cause: 'normal' });
        expect(await hears(supervisor)).toEqual([]);
        expect(of(supervisor)).toEqual(['ringing', 'up']);
      });
    });

    describe('what phones do by themselves', () => {
      test('a number dialled by hand', async () => {
        world.hand.dial(world.phones[0], '6001');
        await world.settle();
        const [event] = events;
        expect(event).toMatchObject({ type: 'dialled', device: world.phones[0], to: '6001' });
        const { leg } = event as { leg: LegId };
        const other = await answered(world.phones[1]);
        expect(await order({ type: 'connect', callId: 1, legs: [leg, other] })).toBe('done');
        expect(await hears(other)).toEqual([leg]);
      });

      test('the keys for hold and transfer', async () => {
        const leg = await answered(world.phones[0]);
        world.hand.hold(world.phones[0]);
        world.hand.unhold(world.phones[0]);
        world.hand.transfer(world.phones[0], '6002');
        await world.settle();
        expect(of(leg)).toEqual(['ringing', 'up', 'held', 'unheld', 'transferWish']);
      });

      test('keys pressed come one by one, and the others hear them', async () => {
        const a = await answered(world.phones[0]);
        const b = await answered(world.phones[1]);
        await order({ type: 'connect', callId: 1, legs: [a, b] });
        world.hand.press(world.phones[0], '12#');
        await world.settle();
        const digits = events.flatMap((event) => (event.type === 'digit' ? [[event.leg, event.digit]] : []));
        expect(digits).toEqual([
          [a, '1'],
          [a, '2'],
          [a, '#'],
        ]);
        expect(await world.digitsHeard(b)).toBe('12#');
      });

      test('a phone that goes out of service loses its calls', async () => {
        const leg = await answered(world.phones[0]);
        world.hand.setInService(world.phones[0], false);
        await world.settle();
        expect(goneOf(leg)).toEqual([{ type: 'gone', leg, cause: 'outOfService' }]);
        expect(events.at(-1)).toEqual({ type: 'deviceState', device: world.phones[0], inService: false });
        world.hand.setInService(world.phones[0], true);
        await world.settle();
        expect(events.at(-1)).toEqual({ type: 'deviceState', device: world.phones[0], inService: true });
        await answered(world.phones[0]);
      });

      test('a caller hangs up while waiting', async () => {
        const caller = await arrived();
        await order({ type: 'park', leg: caller, treatment: 'music' });
        world.callerHangsUp(caller);
        await world.settle();
        expect(goneOf(caller)).toEqual([{ type: 'gone', leg: caller, cause: 'normal' }]);
      });
    });

    test('an order names the cause with which a leg ends', async () => {
      const caller = await arrived();
      await order({ type: 'drop', leg: caller, cause: 'unobtainable' });
      expect(goneOf(caller)).toEqual([{ type: 'gone', leg: caller, cause: 'unobtainable' }]);
    });

    test('digits that are sent to a leg are heard there', async () => {
      const a = await answered(world.phones[0]);
      expect(await order({ type: 'digits', leg: a, digits: '42*' })).toBe('done');
      expect(await world.digitsHeard(a)).toBe('42*');
      expect(await order({ type: 'digits', leg: a, digits: 'x' })).toBe('refused');
    });

    test('a call is recorded from the order until the next one, or until nobody is left', async () => {
      expect(await order({ type: 'record', callId: 1, on: true })).toBe('gone');
      const a = await answered(world.phones[0]);
      const b = await answered(world.phones[1]);
      await order({ type: 'connect', callId: 1, legs: [a, b] });
      expect(await order({ type: 'record', callId: 1, on: true })).toBe('done');
      expect(await world.isRecorded(1)).toBe(true);
      await order({ type: 'record', callId: 1, on: false });
      expect(await world.isRecorded(1)).toBe(false);
      await order({ type: 'record', callId: 1, on: true });
      for (const leg of [a, b]) await order({ type: 'drop', leg, cause: 'normal' });
      expect(await world.isRecorded(1)).toBe(false);
    });

    test('a name that is taken names no second leg', async () => {
      const leg = await answered(world.phones[0]);
      expect(await order(offering(world.phones[1], { leg }))).toBe('refused');
      expect(of(leg)).toEqual(['ringing', 'up']);
    });
  });
}
