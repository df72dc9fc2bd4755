import { VirtualClock } from '@poise/clock';
import { describe, expect, test } from 'vitest';
import type { SwitchEvent } from '../calls/switch.ts';
import type { LoadPlan } from './customer-load.ts';
import { CUSTOMERS_MAX } from './customers.ts';
import { SimulatedSwitch } from './simulated-switch.ts';
import { Simulation } from './simulation.ts';

const plan = {
  isPhone: (number: string) => number === '3001' || number === '10000',
  isRoutePoint: (number: string) => number === '6001' || number === '6002',
};

function make() {
  const clock = new VirtualClock();
  const exchange = new SimulatedSwitch({ clock, plan, attended: () => true });
  const events: SwitchEvent[] = [];
  exchange.attach((event) => events.push(event));
  const simulation = new Simulation({ clock, switch: exchange, plan });
  let calls = 0;
  /** An agent who answers and talks with the customer in that leg. */
  const connect = (leg: string) => {
    const agent = `agent-${++calls}`;
    const offer = { leg: agent, address: '3001', kind: 'station', purpose: 'call', callerId: '' } as const;
    exchange.order({ type: 'offer', autoAnswer: true, ringMs: null, ...offer }, () => {});
    exchange.order({ type: 'connect', callId: calls, legs: [leg, agent] }, () => {});
    return { agent, callId: calls };
  };
  return { clock, exchange, events, simulation, connect };
}

const CALL = { from: '15551234', to: '6001', talkMs: null, patienceMs: null };
const legOf = (events: readonly SwitchEvent[]) =>
  (events.findLast((event) => event.type === 'arrived') as { leg: string }).leg;

describe('a customer', () => {
  test('arrives with number and data, and is talking when connected', () => {
    const { events, simulation, connect } = make();
    const data = { variables: { 0: 'abc' } };
    const { id } = simulation.call({ ...CALL, data });
    expect(events).toEqual([{ type: 'arrived', leg: legOf(events), from: '15551234', to: '6001', data }]);
    expect(simulation.customers.find(id)?.state).toBe('waiting');
    connect(legOf(events));
    expect(simulation.customers.find(id)?.state).toBe('talking');
  });

  test('hangs up after the talk time, in which holds do not count', () => {
    const { clock, exchange, events, simulation, connect } = make();
    const { id } = simulation.call({ ...CALL, talkMs: 30_000, patienceMs: 60_000 });
    const leg = legOf(events);
    clock.advance(20_000);
    const { agent, callId } = connect(leg);
    clock.advance(20_000);
    exchange.order({ type: 'park', leg, treatment: 'music' }, () => {});
    expect(simulation.customers.find(id)).toMatchObject({ state: 'onHold', talkedMs: 20_000 });
    clock.advance(50_000);
    exchange.order({ type: 'connect', callId, legs: [leg, agent] }, () => {});
    clock.advance(9_999);
    expect(simulation.customers.find(id)?.state).toBe('talking');
    clock.advance(1);
    expect(simulation.customers.find(id)).toMatchObject({ state: 'completed', talkedMs: 30_000 });
    expect(events.at(-1)).toEqual({ type: 'gone', leg, cause: 'normal' });
  });

  test('abandons when nobody answers in time, and when left on hold', () => {
    const { clock, exchange, events, simulation, connect } = make();
    const first = simulation.call({ ...CALL, patienceMs: 60_000 });
    exchange.order({ type: 'park', leg: legOf(events), treatment: 'music' }, () => {});
    clock.advance(60_000);
    expect(simulation.customers.find(first.id)?.state).toBe('abandoned');
    const second = simulation.call({ ...CALL, patienceMs: 60_000 });
    connect(legOf(events));
    clock.advance(120_000);
    exchange.order({ type: 'park', leg: legOf(events), treatment: 'music' }, () => {});
    clock.advance(60_000);
    expect(simulation.customers.find(second.id)?.state).toBe('abandonedOnHold');
    expect(clock.pending).toBe(0);
  });

  test('who is turned away was refused, who is hung up on has completed', () => {
    const { clock, exchange, events, simulation, connect } = make();
    const refused = simulation.call({ ...CALL, talkMs: 1_000, patienceMs: 1_000 });
    exchange.order({ type: 'drop', leg: legOf(events), cause: 'busy' }, () => {});
    const completed = simulation.call({ ...CALL, talkMs: 1_000, patienceMs: 1_000 });
    connect(legOf(events));
    exchange.order({ type: 'drop', leg: legOf(events), cause: 'normal' }, () => {});
    expect(simulation.customers.find(refused.id)?.state).toBe('refused');
    expect(simulation.customers.find(completed.id)?.state).toBe('completed');
    exchange.hangUp('3001');
    clock.advance(2_000);
    expect(simulation.status().customers).toEqual({
      calls: 2,
      waiting: 0,
      talking: 0,
      onHold: 0,
      completed: 1,
      abandoned: 0,
      abandonedOnHold: 0,
      refused: 1,
    });
    expect(clock.pending).toBe(0);
  });

  test.each(['9999', '15551234567', '', '__proto__'])('cannot call %j', (to) => {
    const { simulation } = make();
    expect(() => simulation.call({ ...CALL, to })).toThrow('neither a dialled number nor a phone');
    expect(simulation.status().customers.calls).toBe(0);
  });

  test('can be told to hang up, and all of them', () => {
    const { simulation } = make();
    const first = simulation.call(CALL);
    const others = [simulation.call(CALL), simulation.call(CALL)];
    expect(simulation.customers.hangUp(first.id)).toBe(true);
    expect(simulation.customers.hangUp(first.id)).toBe(false);
    expect(simulation.stop()).toEqual({ hungUp: 2, loadStopped: false });
    for (const { id } of others) expect(simulation.customers.find(id)?.state).toBe('abandoned');
    expect([...simulation.customers.list()]).toEqual([]);
    expect(simulation.switch.legCount).toBe(0);
  });

  test('is forgotten after a thousand others', () => {
    const { simulation } = make();
    const { id } = simulation.call(CALL);
    simulation.stop();
    for (let i = 0; i < 999; i++) simulation.call(CALL);
    simulation.stop();
    expect(simulation.customers.find(id)?.state).toBe('abandoned');
    simulation.call(CALL);
    simulation.stop();
    expect(simulation.customers.find(id)).toBeUndefined();
  });
});

describe('load', () => {
  const LOAD: LoadPlan = {
    callsPerSecond: 5,
    durationMs: 600_000,
    to: ['6001', '6001', '6002'],
    talk: { kind: 'exponential', meanMs: 30_000 },
    patience: { kind: 'exponential', meanMs: 60_000 },
    seed: 7,
  };

  function history(seed: number): string[] {
    const { clock, events, simulation } = make();
    simulation.startLoad({ ...LOAD, seed, data: (n) => ({ variables: { 0: `n${n}` } }) });
    const told: string[] = [];
    for (let second = 0; second < 700; second++) {
      clock.advance(1_000);
      for (const event of events.splice(0)) told.push(`${second} ${JSON.stringify(event)}`);
    }
    return told;
  }

  test('comes at the rate asked for, in the mix asked for, and ends', () => {
    const { clock, events, simulation } = make();
    simulation.startLoad(LOAD);
    clock.advance(600_000);
    const to = events.flatMap((event) => (event.type === 'arrived' ? [event.to] : []));
    // 3,000 expected; the standard deviation is 55.
    expect(Math.abs(to.length - 3_000)).toBeLessThan(250);
    expect(to.filter((number) => number === '6001').length / to.length).toBeCloseTo(2 / 3, 1);
    expect(simulation.status().load).toBeNull();
    const { calls, abandoned, waiting } = simulation.status().customers;
    expect(calls).toBe(to.length);
    expect(abandoned + waiting).toBe(calls);
    clock.advance(20 * 60_000);
    expect(simulation.status().customers.waiting).toBe(0);
    expect(clock.pending).toBe(0);
  });

  test('has the same history with the same seed, another one with another', () => {
    const first = history(7);
    expect(history(7)).toEqual(first);
    expect(history(8)).not.toEqual(first);
  });

  test('is one at a time, and can be stopped and started again', () => {
    const { clock, simulation } = make();
    simulation.startLoad({ ...LOAD, durationMs: null });
    expect(() => simulation.startLoad(LOAD)).toThrow('running already');
    clock.advance(60_000);
    const { calls } = simulation.status().load!;
    expect(simulation.stop()).toMatchObject({ loadStopped: true });
    clock.advance(60_000);
    expect(simulation.status().customers.calls).toBe(calls);
    simulation.startLoad(LOAD);
    expect(() => simulation.stop()).not.toThrow();
    expect(() => simulation.startLoad({ ...LOAD, to: ['6001', '77'] })).toThrow('"77"');
  });

  test('keeps its rate when timers are late', () => {
    const { clock, simulation } = make();
    const late = Object.create(clock) as VirtualClock;
    late.schedule = (delayMs: number, fn: () => void) =>
      clock.schedule(Math.ceil(delayMs / 1_000) * 1_000, fn);
    late.monotonic = () => clock.monotonic();
    late.now = () => clock.now();
    const lateSimulation = new Simulation({ clock: late, switch: simulation.switch, plan });
    lateSimulation.startLoad({ ...LOAD, patience: null });
    clock.advance(602_000);
    expect(Math.abs(lateSimulation.status().customers.calls - 3_000)).toBeLessThan(250);
  });

  test('never has more customers on the line than the limit', () => {
    const { clock, simulation } = make();
    simulation.startLoad({ ...LOAD, callsPerSecond: 1_000, durationMs: 25_000, patience: null, talk: null });
    clock.advance(24_000);
    const { load, customers } = simulation.status();
    expect(customers.waiting).toBe(CUSTOMERS_MAX);
    expect(load!.left).toBeGreaterThan(1_000);
    expect(() => simulation.call(CALL)).toThrow('cannot call at once');
  });
});
