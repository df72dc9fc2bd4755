import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Deployment } from '../dialect.ts';
import type { CallFact } from './call-fact.ts';
import type { CallRequest } from './call-request.ts';
import type { CallSettings } from './call-settings.ts';
import type { SwitchOrder } from './switch.ts';
import { CallCentre, outcomeText } from './testing/call-centre.ts';
import { Mirror } from './testing/mirror.ts';

/**
 * Random lives of a contact centre: callers, phones, agents, supervisors, operators and a switch with moods.
 * After every step the model must agree with what somebody concludes who sees nothing but the facts, and with
 * plain rules about agents, queues, figures and sound that a person would write down.
 */

const LONG = process.env.POISE_TEST_LONG !== undefined;
const RUNS = LONG ? 2_500 : 75;

const PHONES = ['201', '202', '203', '204', '205'] as const;
const AGENTS = ['1001', '1002', '1003', '1004', '1090'] as const;
const NUMBERS = ['7001', '7002', '7009', ...PHONES, '5559990001', '12', ''] as const;
const CALLERS = ['5550000001', '5550000002', '5550000003', '', '201'] as const;
const ORDERS: readonly SwitchOrder['type'][] = [
  'accept',
  'connect',
  'park',
  'drop',
  'digits',
  'listen',
  'offer',
];

type Command =
  /** One of the things that make sense at that moment. */
  | { readonly do: 'act'; readonly pick: number; readonly where: number }
  | { readonly do: 'arrive'; readonly from: string; readonly to: string }
  | { readonly do: 'callerLeaves'; readonly nth: number }
  | {
      readonly do: 'pickUp' | 'hangUp' | 'keyHold' | 'keyRetrieve' | 'keyHangUp' | 'busy';
      readonly phone: string;
    }
  | { readonly do: 'dial' | 'keyTransfer'; readonly phone: string; readonly to: string }
  | {
      readonly do: 'state';
      readonly agent: string;
      readonly state: 'LOGIN' | 'LOGOUT' | 'NOT_READY' | 'AVAILABLE' | 'WORK_READY';
      readonly forced: boolean;
      readonly phone: string;
    }
  | {
      readonly do: 'request';
      readonly type: CallRequest['type'];
      readonly phone: string;
      readonly to: string;
      readonly other: string;
      readonly named: boolean;
      readonly action: number;
    }
  | { readonly do: 'pass'; readonly seconds: number }
  | { readonly do: 'phoneService'; readonly phone: string; readonly inService: boolean }
  | { readonly do: 'switch'; readonly up: boolean }
  | { readonly do: 'mood'; readonly order: SwitchOrder['type']; readonly result: 'refused' | 'gone' | 'fine' }
  | { readonly do: 'silent'; readonly phone: string; readonly on: boolean }
  | { readonly do: 'slow'; readonly on: boolean }
  | { readonly do: 'release'; readonly count: number }
  | { readonly do: 'skills'; readonly agent: string; readonly groups: readonly number[] }
  | { readonly do: 'mobile'; readonly agent: string; readonly phone: string; readonly nailed: boolean }
  | { readonly do: 'queue'; readonly exists: boolean };

const phone = fc.constantFrom(...PHONES);
const number = fc.constantFrom(...NUMBERS);
const agent = fc.constantFrom(...AGENTS);

function command<T extends Command['do']>(
  weight: number,
  what: T,
  rest: { [K in keyof Omit<Command & { do: T }, 'do'>]: fc.Arbitrary<(Command & { do: T })[K]> },
): fc.WeightedArbitrary<Command> {
  return {
    weight,
    arbitrary: fc.record({ do: fc.constant(what), ...rest } as never) as unknown as fc.Arbitrary<Command>,
  };
}

const commonly = [
  command(110, 'act', { pick: fc.nat(1000), where: fc.nat(1000) }),
  command(10, 'arrive', { from: fc.constantFrom(...CALLERS), to: number }),
  command(4, 'callerLeaves', { nth: fc.nat(5) }),
  command(6, 'pickUp', { phone }),
  command(3, 'hangUp', { phone }),
  command(1, 'busy', { phone }),
  command(1, 'keyRetrieve', { phone }),
  command(1, 'keyHangUp', { phone }),
  command(1, 'keyHangUp', { phone }),
  command(1, 'keyTransfer', { phone, to: number }),
  command(2, 'dial', { phone, to: number }),
  command(16, 'state', {
    agent,
    state: fc.constantFrom(
      'LOGIN',
      'LOGIN',
      'LOGOUT',
      'NOT_READY',
      'AVAILABLE',
      'AVAILABLE',
      'AVAILABLE',
      'WORK_READY',
    ),
    forced: fc.boolean(),
    phone,
  }),
  command(60, 'request', {
    type: fc.constantFrom<CallRequest['type'][]>(
      'make',
      'make',
      'answer',
      'answer',
      'answer',
      'hold',
      'retrieve',
      'clear',
      'clear',
      'clearCall',
      'consult',
      'consult',
      'consult',
      'alternate',
      'reconnect',
      'transfer',
      'transfer',
      'conference',
      'conference',
      'singleStepTransfer',
      'singleStepConference',
      'deflect',
      'dtmf',
      'setData',
      'release',
      'supervise',
      'supervise',
      'record',
    ),
    phone,
    to: number,
    other: phone,
    named: fc.boolean(),
    action: fc.nat(4),
  }),
  command(8, 'pass', { seconds: fc.constantFrom(1, 5, 16, 61, 200) }),
] as const;

const rarely = [
  command(1, 'phoneService', { phone, inService: fc.boolean() }),
  command(1, 'switch', { up: fc.boolean() }),
  command(2, 'mood', {
    order: fc.constantFrom(...ORDERS),
    result: fc.constantFrom('refused', 'gone', 'fine', 'fine'),
  }),
  command(1, 'silent', { phone, on: fc.boolean() }),
  command(2, 'slow', { on: fc.boolean() }),
  command(4, 'release', { count: fc.constantFrom(1, 2, 100) }),
  command(1, 'skills', { agent, groups: fc.constantFrom([1], [2], [1, 2], []) }),
  command(2, 'mobile', { agent, phone, nailed: fc.boolean() }),
  command(1, 'queue', { exists: fc.boolean() }),
] as const;

class Life {
  readonly centre: CallCentre;
  readonly mirror = new Mirror((to) => (to === '7009' ? 1 : 5));
  /** What was not fair at the moment at which it happened. */
  readonly unfair: string[] = [];
  readonly answers: { readonly request: CallRequest; readonly got: string[] }[] = [];
  readonly #deployment: Deployment;
  #down = false;
  #hadSilence = false;
  #hadMobile = false;
  /** Nothing strange is going on at the switch: rules about sound and routing hold at once. */
  #calm = true;
  #outOfService = new Set<string>();

  constructor(deployment: Deployment, settings: Partial<CallSettings>) {
    this.#deployment = deployment;
    this.centre = new CallCentre({ deployment, onDisconnect: 'logout', settings });
    this.centre.onFact = (_, fact) => {
      if (fact.type === 'preCall' && this.#isCalm) this.#checkTurn(fact);
      this.mirror.see(fact, this.centre.clock.now());
    };
    for (const [i, id] of AGENTS.entries()) this.centre.signIn(id, PHONES[i]!);
    for (const id of ['1001', '1002', '1003']) this.centre.ready(id);
  }

  run(step: Command): void {
    const { centre } = this;
    const { exchange } = centre;
    switch (step.do) {
      case 'act': {
        const sensible = this.#sensible(step.where);
        const action = sensible[step.pick % sensible.length];
        if (action && !this.#down) this.run(action);
        return;
      }
      case 'arrive':
        if (!this.#down) exchange.arrive(step.from, step.to);
        break;
      case 'callerLeaves': {
        const callers = [...exchange.legs.values()].filter(({ purpose }) => purpose === 'arrived');
        const leg = callers[step.nth % Math.max(1, callers.length)];
        if (leg && !this.#down) exchange.gone(leg.id);
        break;
      }
      case 'pickUp': {
        const ringing = [...exchange.legs.values()].some(({ address, up }) => address === step.phone && !up);
        if (ringing && !this.#down) exchange.pickUp(step.phone);
        break;
      }
      case 'hangUp':
      case 'busy':
        if (exchange.at(step.phone) && !this.#down)
          exchange.hangUp(step.phone, step.do === 'busy' ? 'busy' : 'normal');
        break;
      case 'keyHold':
      case 'keyRetrieve': {
        const leg = exchange.at(step.phone);
        if (leg && !this.#down)
          exchange.emit({ type: step.do === 'keyHold' ? 'held' : 'unheld', leg: leg.id });
        break;
      }
      case 'keyHangUp': {
        const leg = exchange.at(step.phone);
        if (leg && !this.#down) exchange.emit({ type: 'hangUpWish', leg: leg.id });
        break;
      }
      case 'keyTransfer': {
        const leg = exchange.at(step.phone);
        if (leg && !this.#down) exchange.emit({ type: 'transferWish', leg: leg.id, to: step.to });
        break;
      }
      case 'dial':
        if (!this.#down) exchange.dial(step.phone, step.to);
        break;
      case 'state':
        centre.state({
          state: step.state,
          agentId: step.agent,
          ...(step.state === 'LOGIN' && { instrument: step.phone }),
          forced: step.forced,
          // Every forced sign-out of a given phone number is that of a lost desktop.
          reason:
            step.state === 'NOT_READY' ? 10 : step.state === 'LOGOUT' && step.phone.endsWith('1') ? 255 : 0,
        });
        break;
      case 'request':
        this.#request(step);
        break;
      case 'pass':
        centre.clock.advance(step.seconds * 1000);
        break;
      case 'phoneService':
        if (step.inService) this.#outOfService.delete(step.phone);
        else this.#outOfService.add(step.phone);
        exchange.emit({ type: 'deviceState', device: step.phone, inService: step.inService });
        break;
      case 'switch':
        if (step.up === !this.#down) break;
        this.#down = !step.up;
        if (this.#down) exchange.emit({ type: 'down' });
        else this.#back();
        break;
      case 'mood':
        if (step.result === 'fine') exchange.refuse.delete(step.order);
        else exchange.refuse.set(step.order, step.result);
        this.#calm = false;
        break;
      case 'silent':
        this.#hadSilence = true;
        if (step.on) exchange.silent.add(step.phone);
        else exchange.silent.delete(step.phone);
        break;
      case 'slow':
        exchange.holdAnswers = step.on;
        if (!step.on) exchange.release();
        break;
      case 'release':
        exchange.release(step.count);
        break;
      case 'skills': {
        const { directory } = centre;
        directory.agentList = directory.agentList.map((profile) =>
          profile.loginId === step.agent ? { ...profile, skillGroups: step.groups } : profile,
        );
        centre.directoryChanged();
        break;
      }
      case 'mobile':
        this.#hadMobile = true;
        centre.signInMobile(
          step.agent,
          step.phone,
          `555700${step.agent}`,
          step.nailed ? 'nailed' : 'callByCall',
        );
        break;
      case 'queue': {
        const { directory } = centre;
        directory.groupList = directory.groupList.filter(({ number: group }) => group !== 2);
        if (step.exists) directory.groupList.push({ number: 2, id: 5002, name: 'Support' });
        centre.directoryChanged();
        break;
      }
    }
    this.check(`after ${JSON.stringify(step)}`);
  }

  /** What somebody with a purpose would do next. */
  #sensible(where: number): Command[] {
    const { centre, mirror } = this;
    const actions: Command[] = [];
    const somewhere = <T>(list: readonly T[]): T => list[where % list.length]!;
    const free = PHONES.filter((phone) => centre.calls.callsAt(phone).length === 0);
    const targets = [...free, ...free, ...free, '7001', '7002', '5559990001'];
    const request = (type: CallRequest['type'], phone: string, named = false, action = 0, other = phone) =>
      actions.push({ do: 'request', type, phone, to: somewhere(targets), other, named, action });
    for (const phone of PHONES) {
      const states = [...mirror.calls.values()].flatMap((parties) => parties.get(phone) ?? []);
      const [connect, hold] = [states.includes('CONNECT'), states.includes('HOLD')];
      if (states.includes('ALERTING')) {
        for (let i = 0; i < 6; i++) request('answer', phone);
        request('deflect', phone);
      }
      if (connect && hold) {
        for (const type of ['transfer', 'conference', 'alternate'] as const)
          for (let i = 0; i < 3; i++) request(type, phone);
        request('reconnect', phone);
        request('clear', phone, true, where);
      } else if (connect) {
        for (let i = 0; i < 4; i++) request('consult', phone);
        for (const type of [
          'hold',
          'singleStepTransfer',
          'singleStepConference',
          'dtmf',
          'setData',
          'clear',
        ] as const)
          request(type, phone);
        for (const other of PHONES) request('clear', phone, true, 4, other);
        for (let action = 1; action < 5; action++)
          if (phone !== '205') request('supervise', phone, true, action);
      } else if (hold) {
        for (let i = 0; i < 3; i++) request('retrieve', phone);
        request('make', phone, true);
      }
      if (centre.calls.callsAt(phone).length > states.length) request('release', phone, true);
    }
    const watching = centre.calls.callsAt('205').some(({ type }) => type.startsWith('SUPERVISOR'));
    if (watching) request('supervise', '205', true, 0, '205');
    for (const { address, up } of centre.exchange.legs.values()) {
      if (!up && address.length > 3)
        for (let i = 0; i < 4; i++) actions.push({ do: 'pickUp', phone: address });
    }
    for (const to of ['7001', '7001', '7002', '7009', ...free.slice(0, 1)])
      if (mirror.calls.size < 5) actions.push({ do: 'arrive', from: somewhere(CALLERS), to });
    for (const id of AGENTS) {
      const state = centre.agents.agent(id)?.status.state;
      const phone = free[0];
      if (state === 'LOGOUT' && phone)
        actions.push({ do: 'state', agent: id, state: 'LOGIN', forced: true, phone });
      if (state === 'NOT_READY' && id !== '1090')
        actions.push({ do: 'state', agent: id, state: 'AVAILABLE', forced: false, phone: '201' });
      if (state === 'WORK_READY') actions.push({ do: 'pass', seconds: 61 });
    }
    return actions;
  }

  /** Everybody hangs up, the switch recovers, time passes: nothing may be left. */
  finish(): void {
    const { exchange, clock, agents } = this.centre;
    exchange.refuse.clear();
    exchange.holdAnswers = false;
    exchange.release();
    if (this.#down) {
      this.#down = false;
      this.#back();
    }
    for (const device of this.#outOfService) exchange.emit({ type: 'deviceState', device, inService: true });
    for (let round = 0; round < 4; round++) {
      for (const { id } of [...exchange.legs.values()]) exchange.gone(id);
      clock.advance(250_000);
    }
    this.check('at the end');
    expect(
      [...this.centre.calls.calls()].map(({ id }) => id),
      'calls left',
    ).toEqual([]);
    expect([...this.mirror.calls.keys()], 'calls left in the story').toEqual([]);
    expect([...this.mirror.scopes], 'begun and not ended').toEqual([]);
    expect(exchange.legs.size, 'legs left').toBe(0);
    expect(this.centre.calls.load, 'left in the model').toEqual({ calls: 0, legs: 0, wrapUps: 0 });
    expect(clock.pending, 'timers left').toBe(0);
    for (const id of AGENTS) {
      const state = agents.agent(id)?.status.state;
      expect(['LOGOUT', 'NOT_READY', 'AVAILABLE'], `${id} is stuck`).toContain(state);
    }
    for (const { request, got } of this.answers) expect(got.length, JSON.stringify(request)).toBe(1);
  }

  check(when: string): void {
    const { mirror } = this;
    expect(mirror.faults, when).toEqual([]);
    expect(this.unfair, when).toEqual([]);
    for (const { got, request } of this.answers) expect(got.length, JSON.stringify(request)).toBeLessThan(2);
    this.#compareCalls(when);
    this.#checkAgents(when);
    this.#checkFigures(when);
    if (this.#isCalm) {
      // A mobile agent's calls are heard at another address.
      if (!this.#hadMobile) this.#checkSound(when);
      this.#checkRouting(when);
    }
  }

  get #isCalm(): boolean {
    return this.#calm && !this.#down && this.centre.exchange.pending === 0;
  }

  /** No other call of the agent's queues was before this one, no other idle agent of this queue available for longer. */
  #checkTurn({ call, agentId, skillGroup }: CallFact & { type: 'preCall' }): void {
    const { agents, exchange } = this.centre;
    const chosen = agents.agent(agentId)!;
    for (const [other, group] of this.mirror.waiting) {
      if (chosen.profile.skillGroups.includes(group) && this.mirror.before(other, call.id))
        this.unfair.push(`${other} was before ${call.id}`);
    }
    const since = this.mirror.agents.get(agentId)!.since;
    for (const [id, { state, phone, since: longer }] of this.mirror.agents) {
      if (state !== 'AVAILABLE' || longer >= since || this.mirror.reserved.has(id)) continue;
      if (agents.agent(id)?.mobile) continue;
      const idle = ![...exchange.legs.values()].some(({ address }) => address === phone);
      if (idle && agents.agent(id)?.profile.skillGroups.includes(skillGroup))
        this.unfair.push(`${id} was available before ${agentId}`);
    }
  }

  #request(step: Command & { do: 'request' }): void {
    const { centre } = this;
    const here = centre.calls.callsAt(step.phone);
    const there = centre.calls.callsAt(step.other);
    const stateAt = (index: number) =>
      here[index]?.connections.find(({ device }) => device === step.phone)?.state;
    const pick = here[step.action % Math.max(1, here.length)];
    const own = { device: step.phone, callId: step.named && pick ? pick.id : null };
    const active = {
      device: step.phone,
      callId: step.named ? (here.find((_, i) => stateAt(i) !== 'HOLD')?.id ?? null) : null,
    };
    const held = {
      device: step.phone,
      callId: step.named ? (here.find((_, i) => stateAt(i) === 'HOLD')?.id ?? null) : null,
    };
    const request = ((): CallRequest => {
      const { type } = step;
      switch (type) {
        case 'make':
          return { type, device: step.phone, dialed: step.to, belligerent: step.named, data: {} };
        case 'clear':
          return step.action === 4 && there[0]
            ? { type, connection: { device: step.other, callId: there[0].id }, requesting: step.phone }
            : { type, connection: own, requesting: step.phone };
        case 'consult':
          return { type, active, dialed: step.to, purpose: 'transfer', data: {} };
        case 'alternate':
        case 'reconnect':
        case 'transfer':
        case 'conference':
          return { type, active, held };
        case 'singleStepTransfer':
        case 'singleStepConference':
          return { type, active, dialed: step.to, data: { variables: { 1: 'x' } } };
        case 'deflect':
          return { type, connection: own, to: step.to };
        case 'dtmf':
          return { type, connection: own, digits: '12#' };
        case 'setData':
          return { type, connection: own, data: { variables: { 0: step.to }, wrapUp: 'Sale' } };
        case 'supervise':
          return {
            type,
            action: (['clear', 'monitor', 'whisper', 'bargeIn', 'intercept'] as const)[step.action]!,
            agent: { device: step.other, callId: null },
            supervisor: { device: '205', callId: null },
          };
        case 'record':
          return { type, connection: own, on: step.named };
        default:
          return { type, connection: own };
      }
    })();
    const expected = this.#expectation(request);
    const got: string[] = [];
    this.answers.push({ request, got });
    centre.calls.request(request, (outcome) => got.push(outcomeText(outcome)));
    if (expected !== null) expect(got, JSON.stringify(request)).toEqual([expected]);
  }

  /** The answer to a plain request that names its call, when nothing is strange; null: not predicted. */
  #expectation(request: CallRequest): string | null {
    const { exchange } = this.centre;
    if (!this.#calm || this.#down || exchange.holdAnswers || exchange.pending > 0) return null;
    // A request may wait behind one that waits for a phone to ring.
    if (this.#hadSilence) return null;
    if (!('connection' in request) || request.connection.callId === null) return null;
    const { callId, device } = request.connection;
    if (this.#hadMobile) return null;
    const state = this.mirror.calls.get(callId)?.get(device);
    const call = this.centre.calls.call(callId);
    if (call?.connections.some(({ listening }) => listening) || call?.type.startsWith('SUPERVISOR'))
      return null;
    switch (request.type) {
      case 'answer':
        return state === undefined ? null : state === 'ALERTING' ? 'ok' : 'CF NO_CALL_TO_ANSWER';
      case 'hold':
        if (state === undefined) return null;
        return state === 'CONNECT'
          ? 'ok'
          : state === 'HOLD'
            ? 'CF INVALID_OBJECT_STATE'
            : 'CF NO_ACTIVE_CALL';
      case 'retrieve':
        return state === undefined ? null : state === 'HOLD' ? 'ok' : 'CF NO_HELD_CALL';
      case 'clear':
        return state !== undefined && request.requesting === device ? 'ok' : null;
      case 'setData':
        return 'ok';
      default:
        return null;
    }
  }

  #compareCalls(when: string): void {
    const { calls } = this.centre;
    const present = new Map<number, string>();
    for (const call of calls.calls()) {
      for (const connection of call.connections) {
        expect(connection.callId, when).toBe(call.id);
        if (connection.kind === 'station')
          expect(calls.callsAt(connection.device), `${when}: ${call.id} at ${connection.device}`).toContain(
            call,
          );
      }
      const devices = call.connections.map(({ device }) => device);
      expect(new Set(devices).size, `${when}: twice in call ${call.id}`).toBe(devices.length);
      if (call.connections.length > 0)
        present.set(call.id, statesOf(call.connections.map(({ device, state }) => [device, state])));
    }
    const told = new Map<number, string>();
    for (const [id, parties] of this.mirror.calls) if (parties.size > 0) told.set(id, statesOf([...parties]));
    // An outside caller whose phone target has not rung yet, and a monitor call likewise, are not in the story yet.
    for (const [id, states] of present) if (!told.has(id) && !states.includes('CONNECT')) present.delete(id);
    expect(Object.fromEntries(present), when).toEqual(Object.fromEntries(told));
  }

  #checkAgents(when: string): void {
    const { agents, calls } = this.centre;
    for (const id of AGENTS) {
      const view = agents.agent(id)!;
      const { state } = view.status;
      const { instrument } = view;
      expect(
        this.mirror.reserved.has(id) || state !== 'RESERVED',
        `${when}: ${id} RESERVED for nothing`,
      ).toBe(true);
      expect(
        !this.mirror.reserved.has(id) || state === 'RESERVED',
        `${when}: ${id} ${state} is reserved`,
      ).toBe(true);
      if (instrument === null) continue;
      const own = [...this.mirror.calls].flatMap(([call, parties]) => {
        const party = parties.get(instrument);
        const owner = this.mirror.owners.get(`${call}/${instrument}`);
        return party && owner === this.mirror.session(id) ? [party] : [];
      });
      const all = [...this.mirror.calls.values()].flatMap((parties) => parties.get(instrument) ?? []);
      if (all.length === 0) this.mirror.amidst.delete(id);
      if (this.mirror.amidst.has(id)) continue;
      const active = own.some((party) => party === 'CONNECT' || party === 'INITIATE' || party === 'FAIL');
      const held = own.includes('HOLD');
      if (this.#deployment === 'CCE' && own.length === all.length && (active || held))
        expect(state, `${when}: ${id} with ${own}`).toBe(active ? 'TALKING' : 'HOLD');
      if (all.every((party) => party === 'ALERTING') && calls.callsAt(instrument).length === all.length)
        expect(
          ['NOT_READY', 'AVAILABLE', 'RESERVED', 'WORK_READY', 'WORK_NOT_READY'],
          `${when}: ${id} is stuck`,
        ).toContain(state);
    }
  }

  #checkFigures(when: string): void {
    const { calls, agents, directory } = this.centre;
    for (const { number: group } of directory.groupList) {
      const figures = calls.figures(group)!;
      const members = AGENTS.map((id) => agents.agent(id)!).filter(
        ({ profile, instrument }) => instrument !== null && profile.skillGroups.includes(group),
      );
      const inState = (...states: string[]) =>
        members.filter(({ status }) => states.includes(status.state)).length;
      const waiting = [...this.mirror.waiting]
        .filter(([, skillGroup]) => skillGroup === group)
        .map(([id]) => id);
      const oldest = Math.min(...waiting.map((id) => this.mirror.queuedAt.get(id)!));
      const busy =
        figures.agentsTalkingIn +
        figures.agentsTalkingOut +
        figures.agentsTalkingOther +
        figures.agentsHold +
        figures.agentsReserved +
        figures.agentsWorkReady +
        figures.agentsWorkNotReady +
        figures.agentsBusyOther;
      expect({ ...figures, busy }, `${when}: group ${group}`).toMatchObject({
        agentsLoggedOn: members.length,
        agentsAvail: inState('AVAILABLE'),
        agentsReady: inState('AVAILABLE'),
        agentsNotReady: inState('NOT_READY'),
        busy: inState('TALKING', 'HOLD', 'RESERVED', 'WORK_READY', 'WORK_NOT_READY'),
        callsInQueue: waiting.length,
        longestQueuedSince: waiting.length === 0 ? null : oldest,
      });
    }
  }

  #checkSound(when: string): void {
    const { calls, exchange } = this.centre;
    for (const call of calls.calls()) {
      const talkers = call.connections.filter(({ state, listening }) => state === 'CONNECT' && !listening);
      if (talkers.length < 2) continue;
      for (const { device } of talkers) {
        const hears = [...exchange.legs.values()]
          .filter(({ address }) => address === device)
          .map((leg) => leg.hears);
        // A caller who passes for one of our phones is named otherwise here.
        if (hears.length > 0) expect(hears, `${when}: ${device} in ${call.id}`).toContain(`call ${call.id}`);
      }
    }
  }

  /** Nobody waits while somebody could serve him. */
  #checkRouting(when: string): void {
    const { agents, exchange } = this.centre;
    for (const [call, group] of this.mirror.waiting) {
      for (const id of AGENTS) {
        const { status, instrument, profile, mobile } = agents.agent(id)!;
        if (status.state !== 'AVAILABLE' || instrument === null || mobile) continue;
        const idle = ![...exchange.legs.values()].some(({ address }) => address === instrument);
        expect(
          idle && profile.skillGroups.includes(group),
          `${when}: ${call} waits, ${id} could take it`,
        ).toBe(false);
      }
    }
  }

  #back(): void {
    const { exchange } = this.centre;
    exchange.emit({ type: 'back', legs: new Set(exchange.legs.keys()) });
  }
}

function statesOf(parties: readonly (readonly [string, string])[]): string {
  return parties
    .map(([device, state]) => `${device} ${state}`)
    .sort()
    .join(', ');
}

function lives(
  deployment: Deployment,
  commands: fc.Arbitrary<Command>,
  settings: Partial<CallSettings>,
): void {
  fc.assert(
    fc.property(fc.array(commands, { minLength: 1, maxLength: 60, size: 'max' }), (steps) => {
      const life = new Life(deployment, settings);
      life.check('at the start');
      for (const step of steps) life.run(step);
      life.finish();
    }),
    { numRuns: RUNS },
  );
}

const SETTINGS: Partial<CallSettings> = { wrapUpSeconds: 90 };
const ROOMY: Partial<CallSettings> = { ...SETTINGS, busyAtCalls: 2, callsPerDeviceMax: 3 };
const timeout = LONG ? 1_800_000 : 60_000;

it('CCE: a healthy switch', { timeout }, () => lives('CCE', fc.oneof(...commonly), SETTINGS));
it('CCE: phones with call waiting', { timeout }, () => lives('CCE', fc.oneof(...commonly), ROOMY));
it('CCE: everything that can go wrong', { timeout }, () =>
  lives('CCE', fc.oneof(...commonly, ...rarely), ROOMY),
);
it('CCX: everything that can go wrong', { timeout }, () =>
  lives('CCX', fc.oneof(...commonly, ...rarely), ROOMY),
);
