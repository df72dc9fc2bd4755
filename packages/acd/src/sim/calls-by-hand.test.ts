import { VirtualClock } from '@poise/clock';
import { beforeEach, describe, expect, test } from 'vitest';
import { AgentModel, type AgentStateRequest } from '../agent-model.ts';
import { CallModel } from '../calls/call-model.ts';
import type { CallRequest } from '../calls/call-request.ts';
import { holdsBesideActive } from '../calls/held-beside.ts';
import { describe as describeFact, outcomeText, TestDirectory } from '../calls/testing/call-centre.ts';
import { dialectOf } from '../dialect.ts';
import { Roster } from '../directory.ts';
import { SimulatedSwitch } from './simulated-switch.ts';

/** The call model over the simulated exchange: what a scripted switch cannot show of either. */

const HOME = '15559990000';
const FRIEND = '15558887777';
/** Longer than anybody outside takes to answer. */
const ANSWERED_MS = 5_000;

class Office {
  readonly clock = new VirtualClock();
  readonly exchange: SimulatedSwitch;
  readonly agents: AgentModel;
  readonly calls: CallModel;
  readonly #log: string[] = [];
  #callId = 100;

  constructor() {
    const { clock } = this;
    const dialect = dialectOf('CCE', 5001, 'notReady');
    const roster = new Roster(new TestDirectory());
    this.agents = new AgentModel({ clock, dialect, roster });
    this.exchange = new SimulatedSwitch({
      clock,
      plan: {
        isPhone: (number) => roster.hasDevice(number),
        isRoutePoint: (number) => roster.dialledNumber(number) !== undefined,
      },
      attended: (extension) => this.agents.agentOn(extension) !== undefined,
      holdsAnother: (extension) => holdsBesideActive(this.calls, extension),
    });
    this.calls = new CallModel({
      clock,
      dialect,
      agents: this.agents,
      switch: this.exchange,
      settings: {},
      nextCallId: () => ++this.#callId,
      emit: (fact) => this.#log.push(describeFact(fact)),
    });
  }

  state(request: AgentStateRequest): void {
    const outcome = this.agents.request(request);
    expect(outcome.ok).toBe(true);
    if (outcome.ok) this.calls.agentChanged(outcome.changes);
  }

  signIn(agentId: string, instrument: string, workMode?: number): void {
    this.state({
      state: 'LOGIN',
      agentId,
      instrument,
      forced: true,
      ...(workMode === undefined ? {} : { workMode }),
    });
  }

  request(request: CallRequest): string {
    let answer = 'waiting';
    this.calls.request(request, (outcome) => {
      answer = outcomeText(outcome);
    });
    return answer;
  }

  make(device: string, dialed: string): string {
    return this.request({ type: 'make', device, dialed, belligerent: false, data: {} });
  }

  /** Parties of a call and their states; none: it has ended. */
  parties(id: number): string {
    const parties = this.calls.call(100 + id)?.connections ?? [];
    return parties.map(({ device, state }) => `${device} ${state}`).join(', ') || 'none';
  }

  /** What happened since the last look. */
  log(): string[] {
    return this.#log.splice(0);
  }

  /** Numbers and phones in a call or ringing. */
  get inUse(): string[] {
    return [...this.exchange.legs()].map(({ address, state }) => `${address} ${state}`);
  }
}

let office: Office;
beforeEach(() => {
  office = new Office();
});

describe('a mobile agent, call by call, who makes a call', () => {
  const signIn = (number: string) => office.signIn('1001', `201;${number}`, 3);

  test('is called first; the number that was dialled is called when the agent answers', () => {
    signIn(HOME);
    expect(office.make('201', FRIEND)).toBe('ok');
    expect(office.inUse).toEqual([`${HOME} ringing`]);
    expect(office.parties(1)).toBe('201 INITIATE');
    office.clock.advance(ANSWERED_MS);
    expect(office.inUse[0]).toBe(`${HOME} up`);
    office.clock.advance(ANSWERED_MS);
    expect(office.inUse).toEqual([`${HOME} up`, `${FRIEND} up`]);
    expect(office.parties(1)).toBe(`201 CONNECT, ${FRIEND} CONNECT`);
    // Nobody of them is in a hurry: the agent at the outside phone is no simulated person.
    office.clock.advance(600_000);
    expect(office.parties(1)).toBe(`201 CONNECT, ${FRIEND} CONNECT`);
    const connection = { callId: 101, device: '201' };
    expect(office.request({ type: 'clear', connection, requesting: '201' })).toBe('ok');
    expect(office.inUse).toEqual([]);
  });

  test('is called at a phone of the centre too, which rings like any other', () => {
    signIn('209');
    office.make('201', FRIEND);
    expect(office.inUse).toEqual(['209 ringing']);
    office.exchange.answer('209');
    expect(office.inUse).toEqual(['209 up', `${FRIEND} ringing`]);
  });

  test.each(['15555550101', '15555550103'])(
    'makes none when the own number is not answered: %s',
    (number) => {
      signIn(number);
      office.make('201', FRIEND);
      office.clock.advance(600_000);
      expect(office.parties(1)).toBe('none');
      expect(office.inUse).toEqual([]);
      expect(office.log().some((line) => line.startsWith('originated'))).toBe(false);
    },
  );
});

describe('a number dialled by hand', () => {
  test.each([
    ['99', 'failed'],
    ['201', 'failed'],
    ['209', 'begin'],
    [FRIEND, 'reachedNetwork'],
  ])('%s: the agent steps out before anything comes of it', (to, next) => {
    office.signIn('1001', '201');
    office.state({ state: 'AVAILABLE', agentId: '1001' });
    office.log();
    office.exchange.dial('201', to);
    expect(office.log().slice(0, 6)).toEqual([
      'begin #1 201',
      'serviceInitiated #1 201',
      `originated #1 201 > ${to}`,
      '1001 NOT_READY 50006',
      '1001 TALKING',
      expect.stringMatching(`^${next} #1`),
    ]);
    office.exchange.hangUp('201');
    expect(office.agents.agent('1001')?.status.state).toBe('AVAILABLE');
  });
});

describe('hanging up by hand', () => {
  const consult = () =>
    office.request({
      type: 'consult',
      active: { callId: 101, device: '201' },
      dialed: '202',
      purpose: 'transfer',
      data: {},
    });

  beforeEach(() => {
    office.signIn('1001', '201');
    office.signIn('1002', '202');
    office.exchange.arrive({ from: FRIEND, to: '201' });
    office.exchange.answer('201');
    expect(consult()).toBe('ok');
  });

  test.each(['talks', 'still rings'])('ends the consult call that %s, and the held one stays', (how) => {
    if (how === 'talks') office.exchange.answer('202');
    office.exchange.hangUp('201');
    expect([office.parties(1), office.parties(2)]).toEqual([`${FRIEND} CONNECT, 201 HOLD`, 'none']);
    expect(office.inUse).toEqual([`${FRIEND} up`, '201 up']);
    expect(office.agents.agent('1001')?.status.state).toBe('HOLD');
    expect(office.request({ type: 'retrieve', connection: { callId: 101, device: '201' } })).toBe('ok');
    office.exchange.hangUp('201');
    expect(office.inUse).toEqual([]);
  });

  test('ends the call of the other side of a consultation as ever', () => {
    office.exchange.answer('202');
    office.exchange.hangUp('202');
    expect([office.parties(1), office.parties(2)]).toEqual([`${FRIEND} CONNECT, 201 HOLD`, 'none']);
  });
});
