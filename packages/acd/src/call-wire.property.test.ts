import type { Fields, MessageName } from '@poise/ged188';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { FakeClient } from './testing/fake-client.ts';
import { call, FlowCentre } from './testing/flow.ts';

/**
 * Random requests, callers and phones against the whole server side: every request is answered exactly once, every
 * device hears BEGIN_CALL_EVENT first and END_CALL_EVENT last, old and new versions hear the same, confirmations and
 * events name the same parties, nothing is left.
 */

const LONG = process.env.POISE_TEST_LONG !== undefined;
const RUNS = LONG ? 1_000 : 60;
const PHONES = ['2003', '2005', '2006', '3001'];
const NUMBERS = [...PHONES, '6001', '6002', '15551234', '99', ''];
const AGENTS = ['2001', '2002', '2050', '3001'];

type Action = (centre: FlowCentre, bridge: FakeClient) => void;
/** Which phone and which of its calls, found when it is time: mostly a phone with a call. */
interface Pick {
  readonly phone: number;
  readonly call: number;
  /** Take whatever the numbers say, be it nonsense. */
  readonly wild: boolean;
}

const phone = fc.constantFrom(...PHONES);
const number = fc.constantFrom(...NUMBERS);
const pick = fc.record<Pick>({
  phone: fc.nat({ max: 7 }),
  call: fc.nat({ max: 7 }),
  wild: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});

function found({ test }: FlowCentre, { phone: n, call: m, wild }: Pick): { device: string; id: number } {
  const { calls } = test.centre;
  const busy = PHONES.filter((device) => calls.callsAt(device).length > 0);
  const from = wild || busy.length === 0 ? PHONES : busy;
  const device = from[n % from.length] ?? '';
  const own = calls.callsAt(device).map(({ id }) => id);
  if (wild) return { device, id: call(m) };
  return { device, id: own[m % (own.length + 1)] ?? 0xffffffff };
}

/** A request about one connection. */
const single = (name: MessageName, prefix = '', extra: fc.Arbitrary<Fields> = fc.constant({})) =>
  fc.tuple(pick, extra).map<Action>(([which, more]) => (centre, bridge) => {
    const { device, id } = found(centre, which);
    bridge.request(name, {
      [`${prefix}ConnectionCallID`]: id,
      [`${prefix}ConnectionDeviceID`]: device,
      ...more,
    });
  });
/** A request about two; mostly the device's only active and only held call. */
const pair = (name: MessageName, other = 'Held') =>
  pick.map<Action>((which) => (centre, bridge) => {
    const { device, id } = found(centre, which);
    bridge.request(name, {
      ActiveConnectionCallID: which.wild ? id : 0xffffffff,
      ActiveConnectionDeviceID: device,
      [`${other}ConnectionCallID`]: which.wild ? call(which.phone) : 0xffffffff,
      [`${other}ConnectionDeviceID`]: device,
    });
  });
const dialed = number.map((DialedNumber) => ({ DialedNumber }));
const singleStep = number.map((DialedNumber) => ({ DialedNumber, HeldConnectionCallID: 0xffffffff }));
const text = fc.string({ maxLength: 4, unit: 'grapheme' }).filter((value) => !value.includes('\0'));
const consult = single('CONSULTATION_CALL_REQ', 'Active', dialed);
const requests = fc.oneof(
  { weight: 6, arbitrary: single('ANSWER_CALL_REQ') },
  { weight: 2, arbitrary: single('HOLD_CALL_REQ') },
  { weight: 3, arbitrary: single('RETRIEVE_CALL_REQ', 'Held') },
  single('CLEAR_CALL_REQ'),
  { weight: 2, arbitrary: single('CLEAR_CONNECTION_REQ') },
  single(
    'CLEAR_CONNECTION_REQ',
    '',
    phone.map((RequestingDeviceID) => ({ RequestingDeviceID })),
  ),
  single('RELEASE_CALL_REQ'),
  single('START_RECORDING_REQ'),
  single('BAD_CALL_REQ'),
  single('SEND_DTMF_SIGNAL_REQ', '', fc.constant({ DTMFString: '1' })),
  single(
    'DEFLECT_CALL_REQ',
    '',
    number.map((CalledDeviceID) => ({ CalledDeviceID })),
  ),
  single(
    'SET_CALL_DATA_REQ',
    '',
    text.map((CallVariable1) => ({ CallVariable1 })),
  ),
  single('SNAPSHOT_CALL_REQ'),
  { weight: 5, arbitrary: consult },
  single('TRANSFER_CALL_REQ', 'Active', singleStep),
  single('CONFERENCE_CALL_REQ', 'Active', singleStep),
  { weight: 3, arbitrary: pair('TRANSFER_CALL_REQ') },
  { weight: 3, arbitrary: pair('CONFERENCE_CALL_REQ') },
  pair('RECONNECT_CALL_REQ'),
  { weight: 2, arbitrary: pair('ALTERNATE_CALL_REQ', 'Other') },
  {
    weight: 3,
    arbitrary: fc.tuple(phone, number).map<Action>(([AgentInstrument, DialedNumber]) => (_centre, bridge) => {
      bridge.request('MAKE_CALL_REQ', { AgentInstrument, DialedNumber, CallMannerType: 2 });
    }),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.integer({ min: 0, max: 5 }), pick, phone)
      .map<Action>(([SupervisoryAction, which, at]) => (centre, bridge) => {
        const AgentConnectionDeviceID = found(centre, which).device;
        const SupervisorInstrument = which.wild ? at : '2006';
        bridge.request('SUPERVISE_CALL_REQ', {
          SupervisoryAction,
          AgentConnectionDeviceID,
          SupervisorInstrument,
        });
      }),
  },
  phone.map<Action>((AgentInstrument) => (_centre, bridge) => {
    bridge.request('SUPERVISOR_ASSIST_REQ', { AgentInstrument, ConnectionCallID: 0xffffffff });
    bridge.request('SNAPSHOT_DEVICE_REQ', { AgentInstrument });
    bridge.request('QUERY_AGENT_STATISTICS_REQ', { AgentInstrument });
  }),
);
const numbered = fc.nat({ max: 30 });
/** The action of a number, wrapped so that every arbitrary has one form. */
const act = <T>(
  arbitrary: fc.Arbitrary<T>,
  make: (value: T, centre: FlowCentre, bridge: FakeClient) => void,
) => arbitrary.map<Action>((value) => (centre, bridge) => make(value, centre, bridge));
const world = fc.oneof(
  {
    weight: 3,
    arbitrary: act(number, (to, { exchange }) => {
      if (to !== '') exchange.arrive('15559999', to);
    }),
  },
  {
    weight: 8,
    arbitrary: act(numbered, (n, { exchange }) => {
      const ringing = [...exchange.legs.values()].filter(({ up }) => !up);
      const leg = ringing[n % ringing.length];
      if (leg) exchange.pickUp(leg.address);
    }),
  },
  act(numbered, (n, { exchange }) => {
    const legs = [...exchange.legs.keys()];
    const leg = legs[n % legs.length];
    if (leg) exchange.gone(leg);
  }),
  act(fc.integer({ min: 1, max: 40 }), (seconds, { test }) => test.clock.advance(seconds * 1000)),
  act(
    fc.tuple(fc.constantFrom(...AGENTS), fc.constantFrom(1, 2, 3, 5)),
    ([AgentID, state], _centre, bridge) => {
      bridge.setState(state, { AgentID, EventReasonCode: 10 });
    },
  ),
  {
    weight: 3,
    arbitrary: act(fc.nat({ max: AGENTS.length - 1 }), (n, _centre, bridge) => {
      const who = { AgentID: AGENTS[n] ?? '', AgentInstrument: PHONES[n] ?? '' };
      bridge.setState(0, { ...who, ForcedFlag: 1 });
      if (n < 2) bridge.setState(3, who);
    }),
  },
  act(fc.tuple(phone, fc.nat({ max: 3 })), ([device, often], { exchange }) => {
    if (often > 0) return;
    exchange.emit({ type: 'deviceState', device, inService: false });
    exchange.emit({ type: 'deviceState', device, inService: true });
  }),
);
const action = fc.oneof({ weight: 2, arbitrary: requests }, { weight: 1, arbitrary: world });

class Life {
  readonly centre: FlowCentre;
  readonly old: FakeClient;
  /** Device and call → told of the beginning and not of the end. */
  readonly known = new Set<string>();
  /** InvokeIDs without an answer yet. */
  readonly unanswered = new Set<number>();
  #asked: number;

  constructor(deployment: 'CCE' | 'CCX') {
    this.centre = new FlowCentre({}, deployment);
    this.old = this.centre.test.open({ version: 14, services: 0x96 });
    for (const [i, AgentID] of AGENTS.entries()) this.centre.signIn(AgentID, PHONES[i] ?? '', i < 2);
    this.old.inbox.length = 0;
    this.#asked = this.centre.bridge.requests;
  }

  run(actions: readonly Action[]): void {
    for (const act of actions) {
      act(this.centre, this.centre.bridge);
      this.check();
    }
    const { exchange, test, copies } = this.centre;
    for (let i = 0; i < 3; i++) {
      for (const leg of [...exchange.legs.keys()]) exchange.gone(leg);
      test.clock.advance(7_200_000);
      this.check();
    }
    expect([...test.centre.calls.calls()].map(({ id }) => id)).toEqual([]);
    expect(copies.scope.size).toBe(0);
    expect([...this.known]).toEqual([]);
    expect([...this.unanswered]).toEqual([]);
  }

  check(): void {
    const { bridge } = this.centre;
    const heard = bridge.inbox.splice(0);
    const events = heard.filter(({ name }) => !name.endsWith('_CONF'));
    expect(this.old.inbox.splice(0).map(({ name }) => name)).toEqual(events.map(({ name }) => name));
    while (this.#asked < bridge.requests) this.unanswered.add(++this.#asked);
    for (const { name, fields } of heard) {
      if (name.endsWith('_CONF')) expect(this.unanswered.delete(Number(fields.InvokeID))).toBe(true);
    }
    for (const { name, fields } of events) this.#hear(name, fields);
    for (const [i, { name, fields }] of heard.entries()) {
      if (name === 'TRANSFER_CALL_CONF' || name === 'CONFERENCE_CALL_CONF')
        this.#sameParties(fields, heard.slice(i + 1));
    }
  }

  /** A confirmation and the event that it announces, if that has followed. */
  #sameParties(confirmed: Fields, events: readonly { name: string; fields: Fields }[]): void {
    const event = events.find(
      ({ name, fields }) =>
        (name === 'CALL_TRANSFERRED_EVENT' || name === 'CALL_CONFERENCED_EVENT') &&
        fields.PrimaryCallID === confirmed.NewConnectionCallID,
    );
    if (event) expect(confirmed.parties).toEqual(event.fields.parties);
  }

  #hear(name: string, fields: Fields): void {
    if (name === 'AGENT_STATE_EVENT' || fields.ConnectionDeviceID === undefined) return;
    const key = `${String(fields.ConnectionDeviceID)} ${String(fields.ConnectionCallID)}`;
    if (name === 'EMERGENCY_CALL_EVENT') return;
    expect(`${name} ${key} ${this.known.has(key)}`).toBe(`${name} ${key} ${name !== 'BEGIN_CALL_EVENT'}`);
    if (name === 'BEGIN_CALL_EVENT') this.known.add(key);
    else if (name === 'END_CALL_EVENT') this.known.delete(key);
  }
}

it.each(['CCE', 'CCX'] as const)(
  '%s: whatever happens, the wire stays in order',
  (deployment) => {
    fc.assert(
      fc.property(fc.array(action, { minLength: 1, maxLength: 60, size: 'max' }), (actions) => {
        new Life(deployment).run(actions);
      }),
      { numRuns: RUNS },
    );
  },
  LONG ? 600_000 : 60_000,
);
