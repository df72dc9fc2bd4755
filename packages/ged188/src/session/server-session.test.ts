import { VirtualClock } from '@poise/clock';
import { describe, expect, test } from 'vitest';
import {
  Broadcast,
  type CtiMessage,
  CtiServerSession,
  decode,
  encode,
  FailureStatus,
  type FieldsOf,
  message,
  type OpenDecision,
  type ServerSessionEvent,
  type ServerSessionLimits,
  ServiceMask,
  sameClient,
} from '../index.ts';
import { SERVER_TRANSITIONS } from './server-transitions.ts';

const OPEN = {
  InvokeID: 7,
  VersionNumber: 24,
  IdleTimeout: 20,
  PeripheralID: 0xffffffff,
  ServicesRequested: ServiceMask.ALL_EVENTS | ServiceMask.CLIENT_CONTROL | ServiceMask.SUPERVISOR,
  CallMsgMask: 0xffffffff,
  AgentStateMask: 0x3fff,
  ClientID: 'desk',
  ClientPassword: '',
} satisfies FieldsOf<'OPEN_REQ'>;

const PERIPHERALS = [{ id: 5000, online: true, multiline: true }];

function bench(decision: OpenDecision | null = null, limits: Partial<ServerSessionLimits> = {}) {
  const clock = new VirtualClock();
  const sent: CtiMessage[] = [];
  const events: ServerSessionEvent[] = [];
  const session: CtiServerSession = new CtiServerSession({
    clock,
    send: (bytes) => sent.push(decode(bytes, session.version ?? 24)),
    onEvent: (event) => events.push(event),
    accept: () => decision ?? { ok: true, peripherals: PERIPHERALS },
    limits,
  });
  const receive = (incoming: CtiMessage, version = session.version ?? 24) =>
    session.received(encode(incoming, version));
  const open = (fields: Partial<FieldsOf<'OPEN_REQ'>> = {}) => {
    const complete = { ...OPEN, ...fields };
    const version = Math.min(25, Math.max(14, complete.VersionNumber));
    receive(message('OPEN_REQ', complete), version);
  };
  const opened = (fields: Partial<FieldsOf<'OPEN_REQ'>> = {}) => {
    open(fields);
    sent.length = 0;
    events.length = 0;
  };
  return { clock, sent, events, session, receive, open, opened };
}

const failure = (InvokeID: number, Status: number) => ({
  name: 'FAILURE_CONF',
  fields: { InvokeID, Status },
});

describe('opening', () => {
  test('is confirmed, and an ALL_EVENTS client hears of each peripheral', () => {
    const { open, sent, events, session } = bench();
    open();
    expect(sent).toMatchObject([
      {
        name: 'OPEN_CONF',
        fields: {
          InvokeID: 7,
          ServicesGranted: 0x94,
          PeripheralOnline: 1,
          AgentState: 9,
          SessionType: 1,
          ICMCentralControllerTime: 1704067200,
          peripherals: [{ FltPeripheralID: 5000, MultilineAgentControl: 1 }],
        },
      },
      { name: 'SYSTEM_EVENT', fields: { SystemEventID: 3, SystemEventArg1: 5000 } },
    ]);
    expect(events).toMatchObject([{ type: 'open', services: 0x94, open: { clientId: 'desk', version: 24 } }]);
    expect(session.state).toBe('OPEN');
  });

  test('grants no more than was asked for', () => {
    const { open, sent } = bench({ ok: true, services: 0xffffffff });
    open({ ServicesRequested: ServiceMask.ALL_EVENTS });
    expect(sent[0]?.fields.ServicesGranted).toBe(ServiceMask.ALL_EVENTS);
  });

  test.each([
    ['version 13', { VersionNumber: 13 }, FailureStatus.INVALID_VERSION],
    ['version 26', { VersionNumber: 26 }, FailureStatus.INVALID_VERSION],
    ['an idle timeout of 19 s', { IdleTimeout: 19 }, FailureStatus.INVALID_TIMEOUT],
    ['a reserved field that is not zero', { Reserved2: 1 }, FailureStatus.INVALID_RESERVED_FIELD],
    ['an unknown service', { ServicesRequested: 0x4010 }, FailureStatus.INVALID_SERVICE_MASK],
    [
      'a service of a later version',
      { VersionNumber: 23, ServicesRequested: ServiceMask.ACTIVE_STANDBY },
      FailureStatus.INVALID_SERVICE_MASK,
    ],
    [
      'call messages of a later version',
      { VersionNumber: 22, CallMsgMask: 0x10000000 },
      FailureStatus.INVALID_CALL_MSG_MASK,
    ],
    ['an unknown agent state', { AgentStateMask: 0x4000 }, FailureStatus.INVALID_AGENT_STATE_MASK],
    ['an unknown configuration item', { ConfigMsgMask: 0x400 }, FailureStatus.INVALID_CONFIG_MSG_MASK],
    [
      'CLIENT_EVENTS without a peripheral',
      { ServicesRequested: ServiceMask.CLIENT_EVENTS, AgentExtension: '1001' },
      FailureStatus.INVALID_PERIPHERAL_ID,
    ],
    [
      'CLIENT_EVENTS without a device',
      { ServicesRequested: ServiceMask.CLIENT_EVENTS, PeripheralID: 5000 },
      FailureStatus.REQUIRED_DATA_MISSING,
    ],
  ])('is refused for %s', (_title, fields, status) => {
    const { open, sent, events, session } = bench();
    open(fields);
    expect(sent).toMatchObject([failure(7, status)]);
    expect(events).toEqual([{ type: 'refused', status }]);
    expect(session.state).toBe('CONNECTED');
  });

  test('is refused when ClientPassword is absent rather than empty', () => {
    const { session, sent } = bench();
    const whole = encode(message('OPEN_REQ', OPEN), 24);
    const without = whole.slice(0, whole.length - 4);
    new DataView(without.buffer).setUint32(0, without.length - 8);
    session.received(without);
    expect(sent).toMatchObject([failure(7, FailureStatus.REQUIRED_DATA_MISSING)]);
  });

  test('is refused with the status the owner gives, and may be tried again', () => {
    const { open, sent, events } = bench({ refuse: FailureStatus.INVALID_PASSWORD });
    open();
    open();
    expect(sent).toMatchObject([failure(7, 36), failure(7, 36)]);
    expect(events).toHaveLength(2);
  });

  test('twice on one connection is an error that leaves the session as it is', () => {
    const { opened, open, sent, session } = bench();
    opened();
    open({ InvokeID: 8 });
    expect(sent).toMatchObject([failure(8, FailureStatus.SESSION_ALREADY_OPEN)]);
    expect(session.state).toBe('OPEN');
  });

  test('must happen within 30 s', () => {
    const { clock, events } = bench();
    clock.advance(30_000);
    expect(events).toEqual([{ type: 'reset', reason: 'open-timeout' }]);
  });

  test('must come before anything else, and not after ten other messages', () => {
    const { receive, sent, events, session } = bench();
    for (let i = 0; i < 11; i++) receive(message('HEARTBEAT_REQ', { InvokeID: i }));
    expect(sent).toHaveLength(11);
    expect(sent[0]).toMatchObject(failure(0, FailureStatus.SESSION_NOT_OPEN));
    expect(events.at(-1)).toEqual({ type: 'reset', reason: 'flood' });
    expect(session.state).toBe('ENDED');
  });

  test('keeps the version of each connection: version 15 gets no DepartmentID and the narrow header', () => {
    const { open, sent, session } = bench();
    open({ VersionNumber: 15, CallMsgMask: 0 });
    expect(session.version).toBe(15);
    expect(sent[0]?.fields).not.toHaveProperty('DepartmentID');
    expect(sent[0]?.fields.peripherals).toHaveLength(1);
  });

  test('lets the owner recognise the same client', () => {
    const a = { clientId: 'desk', clientSignature: 'Poise-a' };
    expect(sameClient(a, { ...a })).toBe(true);
    expect(sameClient(a, { ...a, clientSignature: 'Poise-b' })).toBe(false);
  });
});

describe('an open session', () => {
  test('answers heartbeats itself', () => {
    const { opened, receive, sent, events } = bench();
    opened();
    receive(message('HEARTBEAT_REQ', { InvokeID: 99 }));
    expect(sent).toMatchObject([{ name: 'HEARTBEAT_CONF', fields: { InvokeID: 99 } }]);
    expect(events).toEqual([]);
  });

  test('is reset without a message when nothing comes in for the idle timeout', () => {
    const { opened, receive, clock, sent, events } = bench();
    opened();
    clock.advance(15_000);
    receive(message('HEARTBEAT_REQ', { InvokeID: 1 }));
    clock.advance(19_999);
    expect(events).toEqual([]);
    clock.advance(1);
    expect(events).toEqual([{ type: 'reset', reason: 'idle' }]);
    expect(sent).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  test('lives on without heartbeats when the client asked for no idle timeout', () => {
    const { opened, clock, session } = bench();
    opened({ IdleTimeout: 0xffffffff });
    clock.advance(86_400_000);
    expect(session.state).toBe('OPEN');
  });

  test('hands requests to its owner', () => {
    const { opened, receive, events } = bench();
    opened();
    receive(message('SET_AGENT_STATE_REQ', { InvokeID: 3, AgentState: 3, AgentInstrument: '2003' }));
    receive(message('CONFIG_REQUEST_EVENT', { ConfigInformation: 4 }));
    expect(events).toMatchObject([
      { type: 'request', message: { name: 'SET_AGENT_STATE_REQ', fields: { AgentInstrument: '2003' } } },
      { type: 'request', message: { name: 'CONFIG_REQUEST_EVENT' } },
    ]);
  });

  test('need not be told the device by a client that is bound to one', () => {
    const { opened, session, events } = bench();
    const services = ServiceMask.CLIENT_EVENTS | ServiceMask.CLIENT_CONTROL;
    opened({ ServicesRequested: services, PeripheralID: 5000, AgentExtension: '2003' });
    session.received(Buffer.from('000000150000002600000009000013880002000000000007'.padEnd(58, '0'), 'hex'));
    expect(events).toMatchObject([{ type: 'request', message: { fields: { AgentState: 2 } } }]);
  });

  test('refuses requests of services that were not granted', () => {
    const { opened, receive, sent, events } = bench();
    opened({ ServicesRequested: ServiceMask.ALL_EVENTS });
    receive(message('SET_AGENT_STATE_REQ', { InvokeID: 3, AgentState: 3, AgentInstrument: '2003' }));
    expect(sent).toMatchObject([failure(3, FailureStatus.FUNCTION_NOT_AVAILABLE)]);
    expect(events).toMatchObject([{ type: 'malformed', status: 12 }]);
  });

  test.each([
    [
      'a body shorter than the fixed part',
      '0000000600000026 00000009 1388',
      FailureStatus.BAD_MESSAGE_FORMAT,
    ],
    [
      'a field that runs past the end',
      '0000001a00000026 00000009 00001388 0002 0000 0000 0007 00 00000000 0006 00ff 61',
      FailureStatus.INVALID_FIELD_LENGTH,
    ],
    [
      'bytes that are no field',
      '0000001800000026 00000009 00001388 0002 0000 0000 0007 00 00000000 000600',
      FailureStatus.INVALID_MESSAGE_LENGTH,
    ],
    [
      'a missing required field',
      '0000001500000026 00000009 00001388 0002 0000 0000 0007 00 00000000',
      FailureStatus.REQUIRED_DATA_MISSING,
    ],
    [
      'tag 0',
      '0000001f00000026 00000009 00001388 0002 0000 0000 0007 00 00000000 0006 0002 3100 0000 0000',
      FailureStatus.INVALID_FIELD_TAG,
    ],
    [
      'a tag of other messages',
      '0000002100000026 00000009 00001388 0002 0000 0000 0007 00 00000000 0006 0002 3100 0001 0002 6100',
      FailureStatus.INVALID_TAG_FOR_MSG_TYPE,
    ],
    [
      'a count without its list',
      '0000001b00000026 00000009 00001388 0002 0000 0001 0007 00 00000000 0006 0002 3100',
      FailureStatus.INVALID_NUM_SKILL_GROUPS,
    ],
    [
      'an integer of the wrong size',
      '0000002200000026 00000009 00001388 0002 0000 0000 0007 00 00000000 0006 0002 3100 0101 0003 000001',
      FailureStatus.INVALID_FIELD_LENGTH,
    ],
    ['a message of the server', '0000000400000006 00000009', FailureStatus.INVALID_MSG_TYPE_FOR_VERSION],
    ['an unknown message', '00000004000003e7 00000009', FailureStatus.INVALID_MSG_TYPE_FOR_VERSION],
    ['a task message', '0000000400000097 00000009', FailureStatus.FUNCTION_NOT_AVAILABLE],
  ])('answers %s with its failure and goes on', (_title, wire, status) => {
    const { opened, session, sent, receive } = bench();
    opened();
    const frame = Buffer.from(wire.replaceAll(' ', ''), 'hex');
    session.received(frame);
    expect(sent).toMatchObject([failure(9, status)]);
    receive(message('HEARTBEAT_REQ', { InvokeID: 1 }));
    expect(sent.at(-1)?.name).toBe('HEARTBEAT_CONF');
  });

  test('refuses a message of a later version', () => {
    const { opened, session, sent } = bench();
    opened({ VersionNumber: 22, CallMsgMask: 0 });
    session.received(Buffer.from('000000040000010b00000009', 'hex'));
    expect(sent).toMatchObject([failure(9, FailureStatus.INVALID_MSG_TYPE_FOR_VERSION)]);
  });

  test('is reset when an InvokeID cannot be read or a frame is impossible', () => {
    for (const [wire, reason] of [
      ['0000000200000005 0001', 'unreadable'],
      ['474554202f204854', 'framing-lost'],
      ['ffffffff00000005', 'framing-lost'],
    ]) {
      const { opened, session, events } = bench();
      opened();
      session.received(Buffer.from((wire as string).replaceAll(' ', ''), 'hex'));
      expect(events).toEqual([{ type: 'reset', reason }]);
      session.received(Buffer.from('0000000400000005', 'hex'));
      expect(events).toHaveLength(1);
    }
  });

  test('accepts frames of 4,329 bytes at most up to version 19', () => {
    const { opened, session, events } = bench();
    opened({ VersionNumber: 19, CallMsgMask: 0 });
    session.received(Buffer.from('000010e200000026', 'hex'));
    expect(events).toEqual([{ type: 'reset', reason: 'framing-lost' }]);
  });

  test('is reset after too many malformed messages in a row', () => {
    const { opened, session, receive, events } = bench(null, { malformedMax: 3 });
    opened();
    const bad = Buffer.from('00000004000003e700000009', 'hex');
    for (let i = 0; i < 20; i++) {
      session.received(bad);
      receive(message('HEARTBEAT_REQ', { InvokeID: 1 }));
    }
    expect(session.state).toBe('OPEN');
    const short = Buffer.from('000000040000002600000009', 'hex');
    for (let i = 0; i < 4; i++) session.received(short);
    expect(events.at(-1)).toEqual({ type: 'reset', reason: 'flood' });
  });
});

describe('refusals of requests of the server', () => {
  const refusals: CtiMessage[] = [
    message('FAILURE_CONF', { InvokeID: 3, Status: 17 }),
    message('CONTROL_FAILURE_CONF', { InvokeID: 4, FailureCode: 34, PeripheralErrorCode: 0 }),
  ];

  test('reach the owner from a registered server, without a reply', () => {
    const { sent, events, receive, opened } = bench();
    opened({ ServicesRequested: ServiceMask.SERVER });
    for (const refusal of refusals) receive(refusal);
    expect(sent).toEqual([]);
    expect(events).toMatchObject(refusals.map(({ name }) => ({ type: 'request', message: { name } })));
  });

  test('are refused from everybody else', () => {
    const { sent, receive, opened } = bench();
    opened();
    for (const refusal of refusals) receive(refusal);
    expect(sent).toMatchObject([failure(3, 48), failure(4, 48)]);
  });
});

describe('ending', () => {
  test('by the client is confirmed', () => {
    const { opened, receive, sent, events, session } = bench();
    opened();
    receive(message('CLOSE_REQ', { InvokeID: 5, Status: 0 }));
    expect(sent).toMatchObject([{ name: 'CLOSE_CONF', fields: { InvokeID: 5 } }]);
    expect(events).toEqual([{ type: 'closed', status: 0 }]);
    expect(session.send(message('HEARTBEAT_CONF', {}))).toBe(false);
  });

  test('by the server leaves the client 5 s to close; heartbeats are refused meanwhile', () => {
    const { opened, session, receive, sent, clock, events } = bench();
    opened();
    session.closeWith(FailureStatus.CTI_SERVER_OFFLINE);
    receive(message('HEARTBEAT_REQ', { InvokeID: 6 }));
    expect(sent).toMatchObject([{ name: 'FAILURE_EVENT', fields: { Status: 15 } }, failure(6, 15)]);
    clock.advance(5_000);
    expect(events).toEqual([{ type: 'reset', reason: 'end-timeout' }]);
  });
});

describe('events', () => {
  const state = (AgentState: number, SkillGroupState = AgentState) =>
    message('AGENT_STATE_EVENT', { AgentState, SkillGroupState, AgentID: '2001' });

  test('go out when a bit of AgentStateMask fits the overall or the group state', () => {
    const { opened, session } = bench();
    opened({ AgentStateMask: 1 | 512 });
    expect(session.deliver(state(2))).toBe(false);
    expect(session.deliver(state(2, 0))).toBe(true);
    expect(session.deliver(state(10))).toBe(true);
    expect(session.deliver(state(9))).toBe(true);
  });

  test('need an event service and the bit of CallMsgMask', () => {
    const begin = message('BEGIN_CALL_EVENT', { ConnectionCallID: 1, ConnectionDeviceID: '2003' });
    const { opened, session } = bench();
    opened({ CallMsgMask: 0x2000 });
    expect(session.wants(begin)).toBe(true);
    expect(session.wants(message('END_CALL_EVENT', { ConnectionDeviceID: '2003' }))).toBe(false);
    const control = bench();
    control.opened({ ServicesRequested: ServiceMask.CLIENT_CONTROL });
    expect(control.session.wants(begin)).toBe(false);
    expect(control.session.wants(message('SYSTEM_EVENT', {}))).toBe(true);
  });

  test('of the configuration follow ConfigMsgMask unless they were asked for', () => {
    const { opened, session } = bench();
    opened({ ConfigMsgMask: 4 });
    const groups = message('CONFIG_SKILL_GROUP_EVENT', {});
    expect(session.wants(groups)).toBe(false);
    expect(session.wants(groups, { update: false })).toBe(true);
    expect(session.wants(message('CONFIG_AGENT_EVENT', {}))).toBe(true);
    expect(session.wants(message('CONFIG_BEGIN_EVENT', { ConfigType: 2, ConfigInformation: 2 }))).toBe(false);
    expect(session.wants(message('CONFIG_BEGIN_EVENT', { ConfigType: 1, ConfigInformation: 2 }))).toBe(true);
  });

  test('are encoded once for many sessions and left out where the version lacks them', () => {
    const event = new Broadcast(message('NETWORK_RECORDING_ENDED_EVENT', { ConnectionDeviceID: '2003' }));
    expect(event.frame(24)).toBe(event.frame(24));
    const { opened, session } = bench();
    opened({ VersionNumber: 22, CallMsgMask: 0 });
    expect(session.send(event)).toBe(false);
  });
});

test('every state of the table can end, and every transition that ends stops the timer', () => {
  for (const [state, inputs] of Object.entries(SERVER_TRANSITIONS)) {
    if (state !== 'ENDED') expect(inputs.lost?.to).toBe('ENDED');
    for (const transition of Object.values(inputs)) {
      expect(Object.keys(SERVER_TRANSITIONS)).toContain(transition.to);
      if (transition.to !== state) expect(transition.do[0]).toBe('stopTimer');
    }
  }
});
