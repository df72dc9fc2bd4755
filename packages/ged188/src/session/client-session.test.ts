import { VirtualClock } from '@poise/clock';
import { describe, expect, test } from 'vitest';
import {
  type ClientSessionEvent,
  type ClientSessionLimits,
  CtiClientSession,
  type CtiMessage,
  decode,
  encode,
  FailureStatus,
  message,
  type OpenParameters,
  ServiceMask,
  SystemEventID,
} from '../index.ts';
import { CLIENT_TRANSITIONS } from './client-transitions.ts';

const OPEN: OpenParameters = {
  clientId: 'poise',
  clientPassword: 'secret',
  clientSignature: 'Poise-a',
  services: ServiceMask.ALL_EVENTS | ServiceMask.CLIENT_CONTROL | ServiceMask.SUPERVISOR,
};

/** A session, what it sent (decoded), what it told, and the server's part by hand. */
function bench(open: Partial<OpenParameters> = {}, limits: Partial<ClientSessionLimits> = {}) {
  const clock = new VirtualClock();
  const sent: CtiMessage[] = [];
  const events: ClientSessionEvent[] = [];
  const session: CtiClientSession = new CtiClientSession({
    clock,
    open: { ...OPEN, ...open },
    send: (bytes) => sent.push(decode(bytes, session.version, { strict: true })),
    onEvent: (event) => events.push(event),
    limits,
  });
  const receive = (incoming: CtiMessage) => session.received(encode(incoming, session.version));
  const last = () => sent.at(-1) as CtiMessage;
  const openUp = (granted = open.services ?? OPEN.services) => {
    session.connected();
    receive(
      message('OPEN_CONF', {
        InvokeID: last().fields.InvokeID as number,
        ServicesGranted: granted,
        PeripheralOnline: 1,
      }),
    );
  };
  const types = () => events.map((event) => event.type);
  return { clock, sent, events, session, receive, last, openUp, types };
}

describe('opening', () => {
  test('asks with every mask bit that the version knows, and no other', () => {
    const { session, last } = bench();
    session.connected();
    expect(last().fields).toMatchObject({
      VersionNumber: 24,
      IdleTimeout: 20,
      PeripheralID: 0xffffffff,
      ServicesRequested: 0x94,
      CallMsgMask: 0xffffffff,
      AgentStateMask: 0x3fff,
      ConfigMsgMask: 0x2ff,
      ClientSignature: 'Poise-a',
    });
    const older = bench({ version: 15 });
    older.session.connected();
    expect(older.last().fields).toMatchObject({ CallMsgMask: 0x0fffffff, ConfigMsgMask: 0x1f });
  });

  test('tells of the open session with its version and the services that were not granted', () => {
    const { openUp, events, session } = bench();
    openUp(ServiceMask.ALL_EVENTS | ServiceMask.CLIENT_CONTROL);
    expect(events).toMatchObject([
      { type: 'open', version: 24, services: 0x14, missing: ServiceMask.SUPERVISOR },
    ]);
    expect(session.state).toBe('OPEN');
    expect(session.services).toBe(0x14);
    expect(session.status.inService()).toBe(true);
  });

  test('treats a grant without the essential services as a refusal', () => {
    const { openUp, events } = bench();
    openUp(ServiceMask.ALL_EVENTS);
    expect(events).toEqual([
      { type: 'refused', status: null, missing: ServiceMask.CLIENT_CONTROL, nextVersion: null },
      { type: 'reset', reason: 'refused' },
    ]);
  });

  test('falls back through the versions after INVALID_VERSION, one connection each, then starts over', () => {
    const { session, receive, last, events } = bench();
    const asked: unknown[] = [];
    for (let i = 0; i < 6; i++) {
      session.connected();
      asked.push(last().fields.VersionNumber);
      const InvokeID = last().fields.InvokeID as number;
      receive(message('FAILURE_CONF', { InvokeID, Status: FailureStatus.INVALID_VERSION }));
      session.lost();
    }
    expect(asked).toEqual([24, 23, 20, 19, 15, 24]);
    const refused = events.filter((event) => event.type === 'refused');
    expect(refused.map(({ nextVersion }) => nextVersion)).toEqual([23, 20, 19, 15, null, 23]);
  });

  test('reports other refusals with their status and asks for a reset', () => {
    const { session, receive, last, events } = bench();
    session.connected();
    receive(message('FAILURE_CONF', { InvokeID: last().fields.InvokeID as number, Status: 36 }));
    expect(events).toEqual([
      { type: 'refused', status: FailureStatus.INVALID_PASSWORD, missing: 0, nextVersion: null },
      { type: 'reset', reason: 'refused' },
    ]);
  });

  test('gives up after 30 s without an answer', () => {
    const { session, clock, events } = bench();
    session.connected();
    clock.advance(29_999);
    expect(events).toEqual([]);
    clock.advance(1);
    expect(events).toEqual([{ type: 'reset', reason: 'open-timeout' }]);
    expect(session.state).toBe('RESETTING');
  });

  test('understands an OPEN_CONF that stops before SessionType although version 24 was agreed', () => {
    const { session, last, events } = bench();
    session.connected();
    const InvokeID = last().fields.InvokeID as number;
    const peripherals = [{ FltPeripheralID: 5000, MultilineAgentControl: 1 }];
    // Version 23 has the wide header and no SessionType.
    session.received(encode(message('OPEN_CONF', { InvokeID, ServicesGranted: 0x94, peripherals }), 23));
    expect(events[0]).toMatchObject({ type: 'open', conf: { fields: { NumPeripherals: 1, peripherals } } });
  });
});

describe('heartbeats', () => {
  test('are sent only when nothing else was sent for the interval', () => {
    const { openUp, clock, session, sent } = bench();
    openUp();
    clock.advance(4_000);
    session.request(message('QUERY_AGENT_STATE_REQ', { PeripheralID: 5000, AgentID: '2001' }));
    clock.advance(4_999);
    expect(sent.map(({ name }) => name)).toEqual(['OPEN_REQ', 'QUERY_AGENT_STATE_REQ']);
    clock.advance(1);
    expect(sent.at(-1)?.name).toBe('HEARTBEAT_REQ');
  });

  test('come once each, wherever sums of fractions of milliseconds round to', () => {
    const { openUp, clock, sent } = bench();
    // From here five seconds later is, as a difference, a moment less than five seconds.
    clock.advance(31_923 * 0.1);
    openUp();
    clock.advance(5_000);
    expect(sent.map(({ name }) => name)).toEqual(['OPEN_REQ', 'HEARTBEAT_REQ']);
  });

  test('reset the connection when three of them stay without an answer', () => {
    const { openUp, clock, events, sent } = bench();
    openUp();
    clock.advance(19_999);
    expect(sent.filter(({ name }) => name === 'HEARTBEAT_REQ')).toHaveLength(3);
    expect(events.at(-1)?.type).toBe('open');
    clock.advance(1);
    expect(events.at(-1)).toEqual({ type: 'reset', reason: 'heartbeats-missed' });
    clock.advance(60_000);
    expect(clock.pending).toBe(0);
  });

  test('go on as long as they are answered', () => {
    const { openUp, clock, last, receive, types } = bench();
    openUp();
    for (let i = 0; i < 20; i++) {
      clock.advance(5_000);
      expect(last().name).toBe('HEARTBEAT_REQ');
      receive(message('HEARTBEAT_CONF', { InvokeID: last().fields.InvokeID as number }));
    }
    expect(types()).toEqual(['open']);
  });

  test('that are refused mean that the server goes offline', () => {
    const { openUp, clock, last, receive, events } = bench();
    openUp();
    clock.advance(5_000);
    receive(message('FAILURE_CONF', { InvokeID: last().fields.InvokeID as number, Status: 15 }));
    expect(events.slice(1)).toEqual([
      { type: 'failure', status: 15 },
      { type: 'reset', reason: 'server-offline' },
    ]);
  });

  test('do not hide a dead server from a client that keeps asking', () => {
    const { openUp, clock, session, events } = bench();
    openUp();
    for (let i = 0; i < 30; i++) {
      if (session.state === 'OPEN') {
        session.request(message('QUERY_AGENT_STATE_REQ', { PeripheralID: 5000, AgentID: '1' }));
      }
      clock.advance(1_000);
    }
    expect(events.at(-1)).toEqual({ type: 'reset', reason: 'server-silent' });
  });

  test.each([
    ['a client that is silent itself: a beat after 5 s, and 15 s for its answer', 0, 20_000],
    ['one that asks once', 1, 15_000],
    ['one that asks every second', 30, 15_000],
  ])('tell %s', (_title, asks, expectedMs) => {
    const { openUp, clock, session, events } = bench();
    openUp();
    const begun = clock.monotonic();
    for (let i = 0; session.state === 'OPEN' && i < 300; i++) {
      if (i % 10 === 0 && i / 10 < asks)
        session.request(message('QUERY_AGENT_STATE_REQ', { PeripheralID: 5000, AgentID: '1' }));
      clock.advance(100);
    }
    expect(events.some(({ type }) => type === 'reset')).toBe(true);
    expect(clock.monotonic() - begun).toBe(expectedMs);
  });

  test('that were put off while the process stood still are no proof of silence', () => {
    const { openUp, clock, session, receive, last } = bench();
    openUp();
    session.request(message('QUERY_AGENT_STATE_REQ', { PeripheralID: 5000, AgentID: '1' }));
    clock.freeze(60_000);
    clock.advance(1);
    expect(session.state).toBe('OPEN');
    expect(last().name).toBe('HEARTBEAT_REQ');
    receive(message('HEARTBEAT_CONF', { InvokeID: last().fields.InvokeID as number }));
    clock.advance(4_000);
    expect(session.state).toBe('OPEN');
  });
});

describe('requests', () => {
  const query = message('QUERY_AGENT_STATE_REQ', { PeripheralID: 5000, AgentID: '2001' });

  test('come back with their answer and the time it took', () => {
    const { openUp, session, receive, events, clock } = bench();
    openUp();
    const invokeId = session.request(query);
    clock.advance(120);
    receive(message('QUERY_AGENT_STATE_CONF', { InvokeID: invokeId as number, AgentState: 2 }));
    expect(events.at(-1)).toMatchObject({
      type: 'message',
      answers: { invokeId, request: { name: 'QUERY_AGENT_STATE_REQ' } },
      elapsedMs: 120,
    });
    expect(session.pending).toBe(0);
  });

  test('are answered by failures too', () => {
    const { openUp, session, receive, events } = bench();
    openUp();
    const invokeId = session.request(query) as number;
    receive(message('CONTROL_FAILURE_CONF', { InvokeID: invokeId, FailureCode: 256 }));
    expect(events.at(-1)).toMatchObject({ type: 'message', answers: { invokeId } });
  });

  test('wait for their own confirmation: one of another kind is reported as late', () => {
    const { openUp, session, receive, events } = bench();
    openUp();
    const invokeId = session.request(query) as number;
    receive(message('HOLD_CALL_CONF', { InvokeID: invokeId }));
    expect(events.at(-1)).toMatchObject({ type: 'late', message: { name: 'HOLD_CALL_CONF' } });
    receive(message('QUERY_AGENT_STATE_CONF', { InvokeID: invokeId, AgentState: 2 }));
    expect(events.at(-1)).toMatchObject({ type: 'message', answers: { invokeId } });
  });

  test('are given up after 20 s; the answer that comes later is reported as late', () => {
    const { openUp, session, receive, events, clock } = bench({}, { heartbeatIntervalMs: 0 });
    openUp();
    const invokeId = session.request(query) as number;
    clock.advance(20_000);
    expect(events.at(-1)).toMatchObject({ type: 'unanswered', reason: 'timeout', request: { invokeId } });
    receive(message('QUERY_AGENT_STATE_CONF', { InvokeID: invokeId }));
    expect(events.at(-1)).toMatchObject({ type: 'late', message: { name: 'QUERY_AGENT_STATE_CONF' } });
  });

  test('stay open until the last part of a team list', () => {
    const { openUp, session, receive, events } = bench();
    openUp();
    const InvokeID = session.request(message('LIST_AGENT_TEAM_REQ', { SupervisorID: 1 })) as number;
    receive(message('LIST_AGENT_TEAM_CONF', { InvokeID, More: 1, teams: [{ TeamID: 1 }] }));
    receive(message('LIST_AGENT_TEAM_CONF', { InvokeID, More: 0, teams: [{ TeamID: 2 }] }));
    receive(message('LIST_AGENT_TEAM_CONF', { InvokeID, More: 0 }));
    expect(events.slice(1).map(({ type }) => type)).toEqual(['message', 'message', 'late']);
  });

  test('are all reported unanswered when the connection is lost', () => {
    const { openUp, session, events } = bench();
    openUp();
    session.request(query);
    session.request(query);
    session.lost();
    expect(events.slice(1)).toMatchObject([
      { type: 'unanswered', reason: 'ended', request: { invokeId: 2 } },
      { type: 'unanswered', reason: 'ended', request: { invokeId: 3 } },
    ]);
  });

  test('are refused while the session is not open, and beyond the limit', () => {
    const { session, openUp } = bench({}, { requestsMax: 2 });
    expect(() => session.request(query)).toThrow('not open');
    openUp();
    session.request(query);
    session.request(query);
    expect(() => session.request(query)).toThrow('2 requests wait');
  });

  test('without an InvokeID are sent as they are', () => {
    const { openUp, session, last } = bench();
    openUp();
    expect(session.request(message('CONFIG_REQUEST_EVENT', { ConfigInformation: 0 }))).toBe(null);
    expect(last().name).toBe('CONFIG_REQUEST_EVENT');
    expect(session.pending).toBe(0);
  });
});

describe('closing', () => {
  test('ends with CLOSE_CONF, or after 5 s without it', () => {
    for (const answered of [true, false]) {
      const { openUp, session, last, receive, clock, events } = bench();
      openUp();
      session.close();
      expect(last()).toMatchObject({ name: 'CLOSE_REQ', fields: { Status: 0 } });
      if (answered) receive(message('CLOSE_CONF', { InvokeID: last().fields.InvokeID as number }));
      else clock.advance(5_000);
      expect(events.at(-1)).toEqual({ type: 'closed' });
      expect(clock.pending).toBe(0);
    }
  });

  test('follows CTI_SERVER_OFFLINE', () => {
    const { openUp, last, receive, events } = bench();
    openUp();
    receive(message('FAILURE_EVENT', { Status: FailureStatus.CTI_SERVER_OFFLINE }));
    expect(events.at(-1)).toEqual({ type: 'failure', status: 15 });
    expect(last()).toMatchObject({ name: 'CLOSE_REQ', fields: { Status: 15 } });
  });

  test('is a reset when the server ended the session itself', () => {
    const { openUp, receive, events } = bench();
    openUp();
    receive(message('FAILURE_EVENT', { Status: FailureStatus.NEW_SESSION_OPENED }));
    expect(events.slice(1)).toEqual([
      { type: 'failure', status: 11 },
      { type: 'reset', reason: 'session-ended' },
    ]);
  });
});

describe('what comes in', () => {
  test('keeps PGStatus and peripherals, and says when they change', () => {
    const { openUp, receive, events, session } = bench();
    openUp();
    const offline = { SystemEventID: SystemEventID.PERIPHERAL_OFFLINE, SystemEventArg1: 5000 };
    receive(message('SYSTEM_EVENT', { PGStatus: 4, ...offline }));
    expect(events.slice(1)).toMatchObject([
      { type: 'status', pgStatus: 4, inService: false },
      { type: 'message', message: { name: 'SYSTEM_EVENT' } },
    ]);
    receive(message('SYSTEM_EVENT', { PGStatus: 2, SystemEventID: 3, SystemEventArg1: 5000 }));
    expect(session.status.inService(5000)).toBe(true);
    expect(session.status.peripherals).toEqual(new Map([[5000, true]]));
    receive(message('SYSTEM_EVENT', { PGStatus: 2, SystemEventID: SystemEventID.TEXT_FYI, Text: 'hello' }));
    expect(events.at(-2)?.type).not.toBe('status');
  });

  test('may hold a message that cannot be decoded: it is reported and skipped', () => {
    const { openUp, session, types } = bench();
    openUp();
    session.received(new Uint8Array([0, 0, 0, 2, 0, 0, 0, 30, 1, 2]));
    expect(types()).toEqual(['open', 'undecodable']);
    expect(session.state).toBe('OPEN');
  });

  test('is not believed when it announces 4 GB', () => {
    const { openUp, session, events } = bench();
    openUp();
    session.received(new Uint8Array([0xff, 0xff, 0xff, 0xff]));
    session.received(new Uint8Array([0, 0, 0, 30]));
    expect(events.at(-1)).toEqual({ type: 'reset', reason: 'framing-lost' });
  });
});

test('every state of the table leads back to DISCONNECTED, and every input has an effect somewhere', () => {
  const states = Object.keys(CLIENT_TRANSITIONS) as (keyof typeof CLIENT_TRANSITIONS)[];
  for (const state of states) {
    if (state !== 'DISCONNECTED') expect(CLIENT_TRANSITIONS[state].lost?.to).toBe('DISCONNECTED');
    for (const transition of Object.values(CLIENT_TRANSITIONS[state])) {
      expect(states).toContain(transition.to);
      // Whoever leaves a state with timers stops them first.
      if (transition.to !== state && state !== 'DISCONNECTED' && state !== 'RESETTING') {
        expect(transition.do[0]).toBe('stopTimers');
      }
      if (transition.to === 'RESETTING') expect(transition.do.at(-1)).toMatch(/^tell(Reset|Closed)$/);
    }
  }
});
