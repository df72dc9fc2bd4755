import { type Fields, ServiceMask } from '@poise/ged188';
import { beforeEach, describe, expect, it } from 'vitest';
import { DESKTOP } from './testing/fake-client.ts';
import { call, FlowCentre } from './testing/flow.ts';

/** The order of messages in the documented flows, with the real call model (ged188.md 7.2, 8.2 to 8.4, 9). */

let centre: FlowCentre;
beforeEach(() => {
  centre = new FlowCentre();
});

const at = (n: number, device: string): Fields => ({ ConnectionCallID: call(n), ConnectionDeviceID: device });
const active = (n: number, device: string): Fields => ({
  ActiveConnectionCallID: call(n),
  ActiveConnectionDeviceID: device,
});
const held = (n: number, device: string): Fields => ({
  HeldConnectionCallID: call(n),
  HeldConnectionDeviceID: device,
});
const NONE_HELD = { HeldConnectionCallID: 0xffffffff, HeldConnectionDeviceIDType: 0xffff };

/** Agent 2001 at 2003 talks to a customer of the queue 6001 in call #1. */
function routedCall(): string {
  centre.signIn('2001', '2003', true);
  const customer = centre.exchange.arrive('15551234', '6001');
  centre.ask('ANSWER_CALL_REQ', at(1, '2003'));
  return customer;
}

/** … and has consulted agent 2002 at 2005 in call #2. */
function consulted(): string {
  const customer = routedCall();
  centre.signIn('2002', '2005');
  centre.ask('CONSULTATION_CALL_REQ', { ...active(1, '2003'), DialedNumber: '2005' });
  centre.ask('ANSWER_CALL_REQ', at(2, '2005'));
  return customer;
}

/** Everybody hangs up: nothing may be left. */
function everythingEnds(): void {
  for (const leg of [...centre.exchange.legs.keys()]) centre.exchange.gone(leg);
  centre.test.clock.advance(7_200_000);
  expect([...centre.test.centre.calls.calls()]).toEqual([]);
  expect(centre.copies.scope.size).toBe(0);
}

describe('a call of a queue', () => {
  const RINGS = [
    'BEGIN_CALL 6001 #1 PREROUTE_ACD_IN',
    'CALL_QUEUED 6001 #1 QUEUED NEW_CALL',
    'CALL_DEQUEUED 6001 #1 NULL',
    'END_CALL 6001 #1',
    'AGENT_PRE_CALL 2003',
    'AGENT_STATE 2001 RESERVED',
    'BEGIN_CALL 2003 #1 PREROUTE_ACD_IN',
    'CALL_DELIVERED 2003 #1 ALERTING NEW_CALL',
  ];

  it('is queued, announced, rings, is answered, held, retrieved, and ends', () => {
    centre.signIn('2001', '2003', true);
    const customer = centre.exchange.arrive('15551234', '6001');
    expect(centre.told()).toEqual(RINGS);
    expect(centre.ask('ANSWER_CALL_REQ', at(1, '2003'))).toEqual([
      'ANSWER_CALL_CONF',
      'CALL_ESTABLISHED 2003 #1 CONNECT NEW_CALL',
      'AGENT_STATE 2001 TALKING',
    ]);
    expect(centre.ask('HOLD_CALL_REQ', at(1, '2003'))).toEqual([
      'HOLD_CALL_CONF',
      'CALL_HELD 2003 #1 HOLD',
      'AGENT_STATE 2001 HOLD',
    ]);
    expect(centre.ask('RETRIEVE_CALL_REQ', held(1, '2003'))).toEqual([
      'RETRIEVE_CALL_CONF',
      'CALL_RETRIEVED 2003 #1 CONNECT',
      'AGENT_STATE 2001 TALKING',
    ]);
    expect(centre.ask('SEND_DTMF_SIGNAL_REQ', { ...at(1, '2003'), DTMFString: '12#' })).toEqual([
      'SEND_DTMF_SIGNAL_CONF',
    ]);
    expect(centre.ask('START_RECORDING_REQ', at(1, '2003'))).toEqual(['START_RECORDING_CONF']);
    centre.exchange.gone(customer);
    expect(centre.told()).toEqual([
      'CALL_CONNECTION_CLEARED 2003 #1 CONNECT',
      'CALL_CONNECTION_CLEARED 2003 #1 NULL',
      'CALL_CLEARED 2003 #1 NULL',
      'AGENT_STATE 2001 AVAILABLE',
      'END_CALL 2003 #1',
    ]);
    everythingEnds();
  });

  it('is the same for a bridge of version 14, and what a desktop hears is its own part of it', () => {
    const old = centre.test.open({ version: 14 });
    const desktop = centre.test.open({ services: DESKTOP, binding: { agentId: '2001', instrument: null } });
    centre.signIn('2001', '2003', true);
    old.inbox.length = 0;
    desktop.inbox.length = 0;
    centre.exchange.arrive('15551234', '6001');
    expect(centre.told(old)).toEqual(RINGS);
    expect(centre.told(desktop)).toEqual(RINGS.slice(4));
  });

  it('is wrapped up: its data may still be set, and it ends with the wrap-up', () => {
    centre.signIn('2002', '2003', true);
    const customer = centre.exchange.arrive('15551234', '6001');
    centre.ask('ANSWER_CALL_REQ', at(1, '2003'));
    centre.exchange.gone(customer);
    expect(centre.told().slice(2)).toEqual([
      'CALL_CLEARED 2003 #1 NULL',
      'AGENT_STATE 2002 WORK_READY then AVAILABLE in 30 s',
    ]);
    const wrapUp = { ...at(1, '2003'), CallWrapupData: 'Sale made' };
    expect(centre.ask('SET_CALL_DATA_REQ', wrapUp)).toEqual([
      'SET_CALL_DATA_CONF',
      'CALL_DATA_UPDATE 2003 #1 PREROUTE_ACD_IN',
    ]);
    expect(centre.ask('SNAPSHOT_DEVICE_REQ', { AgentInstrument: '2003' })).toEqual(['SNAPSHOT_DEVICE_CONF']);
    centre.test.clock.advance(30_000);
    expect(centre.told()).toEqual(['AGENT_STATE 2002 AVAILABLE', 'END_CALL 2003 #1']);
    expect(centre.ask('SET_CALL_DATA_REQ', wrapUp)).toEqual(['FAILURE_CONF E 13']);
    everythingEnds();
  });

  it('is not answered: diverted, back to the queue, the agent not ready', () => {
    centre = new FlowCentre({ callSettings: { ringMs: 10_000 } });
    centre.signIn('2001', '2003', true);
    centre.exchange.arrive('15551234', '6001');
    centre.told();
    centre.test.clock.advance(10_000);
    expect(centre.told()).toEqual([
      'CALL_DIVERTED 2003 #1 NULL CALL_NOT_ANSWERED',
      'END_CALL 2003 #1',
      'BEGIN_CALL 6001 #1 PREROUTE_ACD_IN',
      'CALL_QUEUED 6001 #1 QUEUED REDIRECTED',
      'AGENT_STATE 2001 NOT_READY 32767',
    ]);
    everythingEnds();
  });

  it('is given up while it waits, and while it rings', () => {
    const waiting = centre.exchange.arrive('15551234', '6001');
    centre.told();
    centre.exchange.gone(waiting);
    expect(centre.told().map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      'CALL_CONNECTION_CLEARED 6001 #1',
      'CALL_DEQUEUED 6001 #1',
      'END_CALL 6001 #1',
    ]);
    centre.signIn('2001', '2003', true);
    const ringing = centre.exchange.arrive('15551234', '6001');
    centre.told();
    centre.exchange.gone(ringing);
    const events = centre.told();
    expect(events.at(-1)).toBe('END_CALL 2003 #2');
    expect(events).toContain('AGENT_STATE 2001 AVAILABLE');
    everythingEnds();
  });
});

describe('a call that an agent places', () => {
  it('to outside: confirmed, initiated, originated, out, established, ended', () => {
    centre.signIn('2001', '2003');
    const make = { AgentInstrument: '2003', DialedNumber: '15557777' };
    const initiated = centre.ask('MAKE_CALL_REQ', make);
    expect(initiated.filter((line) => !line.startsWith('AGENT_STATE'))).toEqual([
      'MAKE_CALL_CONF 2003 #1',
      'BEGIN_CALL 2003 #1 OUT',
      'CALL_SERVICE_INITIATED 2003 #1 INITIATE NEW_CALL',
      'CALL_ORIGINATED 2003 #1 INITIATE NEW_CALL',
      'CALL_REACHED_NETWORK 2003 #1 INITIATE',
      'CALL_DELIVERED 2003 #1 INITIATE NEW_CALL',
    ]);
    expect(initiated).toContain('AGENT_STATE 2001 TALKING');
    centre.exchange.pickUp('15557777');
    expect(centre.told()).toEqual(['CALL_ESTABLISHED 2003 #1 CONNECT NEW_CALL']);
    expect(centre.ask('CLEAR_CONNECTION_REQ', at(1, '2003'))).toEqual([
      'CLEAR_CONNECTION_CONF',
      'CALL_CONNECTION_CLEARED 2003 #1 NULL',
      'CALL_CLEARED 2003 #1 NULL',
      'AGENT_STATE 2001 NOT_READY',
      'END_CALL 2003 #1',
    ]);
    everythingEnds();
  });

  it('from AVAILABLE needs to be belligerent, and passes NOT_READY 50006', () => {
    centre.signIn('2001', '2003', true);
    const make = { AgentInstrument: '2003', DialedNumber: '15557777' };
    expect(centre.ask('MAKE_CALL_REQ', make)).toEqual(['CONTROL_FAILURE_CONF CF 22']);
    const events = centre.ask('MAKE_CALL_REQ', { ...make, CallMannerType: 2 });
    expect(events.filter((line) => line.startsWith('AGENT_STATE'))).toEqual([
      'AGENT_STATE 2001 NOT_READY 50006',
      'AGENT_STATE 2001 TALKING',
    ]);
    centre.ask('CLEAR_CALL_REQ', at(1, '2003'));
    expect(centre.test.centre.model.agent('2001')?.status.state).toBe('AVAILABLE');
    everythingEnds();
  });

  it('to a colleague: both phones have their own events', () => {
    centre.signIn('2001', '2003');
    centre.signIn('3001', '2005');
    const events = centre.ask('MAKE_CALL_REQ', { AgentInstrument: '2003', DialedNumber: '2005' });
    expect(events.filter((line) => line.includes('2005'))).toEqual([
      'BEGIN_CALL 2005 #1 AGENT_INSIDE',
      'CALL_DELIVERED 2005 #1 ALERTING NEW_CALL',
    ]);
    expect(centre.ask('ANSWER_CALL_REQ', at(1, '2005'))).toEqual([
      'ANSWER_CALL_CONF',
      'CALL_ESTABLISHED 2003 #1 CONNECT NEW_CALL',
      'CALL_ESTABLISHED 2005 #1 CONNECT NEW_CALL',
      'AGENT_STATE 3001 TALKING',
    ]);
    everythingEnds();
  });

  it('fails: told with the cause, cleared when the agent hangs up', () => {
    centre.signIn('2001', '2003');
    const events = centre.ask('MAKE_CALL_REQ', { AgentInstrument: '2003', DialedNumber: '99' });
    expect(events).toContain('CALL_FAILED 2003 #1 FAIL DEST_NOT_OBTAINABLE');
    expect(centre.ask('CLEAR_CONNECTION_REQ', at(1, '2003'))).toEqual([
      'CLEAR_CONNECTION_CONF',
      'CALL_CONNECTION_CLEARED 2003 #1 NULL',
      'CALL_CLEARED 2003 #1 NULL',
      'AGENT_STATE 2001 NOT_READY',
      'END_CALL 2003 #1',
    ]);
    everythingEnds();
  });
});

describe('a consultation', () => {
  it('holds the first call and places a second', () => {
    routedCall();
    centre.signIn('2002', '2005');
    const consult = { ...active(1, '2003'), DialedNumber: '2005', ConsultType: 1 };
    expect(centre.ask('CONSULTATION_CALL_REQ', consult)).toEqual([
      'CONSULTATION_CALL_CONF 2003 #2',
      'CALL_HELD 2003 #1 HOLD CONSULT',
      'BEGIN_CALL 2003 #2 CONSULT',
      'CALL_SERVICE_INITIATED 2003 #2 INITIATE CONSULT',
      'CALL_ORIGINATED 2003 #2 INITIATE NEW_CALL',
      'BEGIN_CALL 2005 #2 CONSULT_OFFERRED',
      'CALL_DELIVERED 2003 #2 INITIATE NEW_CALL',
      'CALL_DELIVERED 2005 #2 ALERTING NEW_CALL',
    ]);
    expect(centre.ask('ANSWER_CALL_REQ', at(2, '2005'))).toEqual([
      'ANSWER_CALL_CONF',
      'CALL_ESTABLISHED 2003 #2 CONNECT NEW_CALL',
      'CALL_ESTABLISHED 2005 #2 CONNECT NEW_CALL',
      'AGENT_STATE 2002 TALKING',
    ]);
    everythingEnds();
  });

  it('is left and taken up again by ALTERNATE', () => {
    consulted();
    const other = { OtherConnectionCallID: call(1), OtherConnectionDeviceID: '2003' };
    const swapped = centre.ask('ALTERNATE_CALL_REQ', { ...active(2, '2003'), ...other });
    expect(swapped[0]).toBe('ALTERNATE_CALL_CONF');
    expect(swapped).toEqual(
      expect.arrayContaining([
        'CALL_HELD 2003 #2 HOLD ALTERNATE',
        'CALL_RETRIEVED 2003 #1 CONNECT ALTERNATE',
      ]),
    );
    everythingEnds();
  });

  it('is ended by RECONNECT, which goes back to the first call', () => {
    consulted();
    expect(centre.ask('RECONNECT_CALL_REQ', { ...active(2, '2003'), ...held(1, '2003') })).toEqual([
      'RECONNECT_CALL_CONF',
      'CALL_CONNECTION_CLEARED 2005 #2 CONNECT',
      'CALL_CONNECTION_CLEARED 2003 #2 NULL',
      'CALL_CONNECTION_CLEARED 2005 #2 NULL',
      'CALL_CLEARED 2003 #2 NULL',
      'CALL_CLEARED 2005 #2 NULL',
      'CALL_RETRIEVED 2003 #1 CONNECT',
      'AGENT_STATE 2002 WORK_NOT_READY then NOT_READY in 30 s',
      'END_CALL 2003 #2',
    ]);
    everythingEnds();
  });

  it('is completed as a transfer: the consulted phone goes over to the first call, the transferring one leaves', () => {
    const customer = consulted();
    expect(centre.ask('TRANSFER_CALL_REQ', { ...active(2, '2003'), ...held(1, '2003') })).toEqual([
      'TRANSFER_CALL_CONF 2003 #1',
      'BEGIN_CALL 2005 #1 CONSULT_OFFERRED',
      'CALL_TRANSFERRED 2005 #1 +#2 CONNECT TRANSFER',
      'CALL_TRANSFERRED 2003 #1 +#2 NULL TRANSFER',
      'CALL_DATA_UPDATE 2005 #1 TRANSFER_IN',
      'AGENT_STATE 2001 AVAILABLE',
      'END_CALL 2003 #2',
      'END_CALL 2005 #2',
      'END_CALL 2003 #1',
    ]);
    centre.exchange.gone(customer);
    expect(centre.told().slice(0, 3)).toEqual([
      'CALL_CONNECTION_CLEARED 2005 #1 CONNECT',
      'CALL_CONNECTION_CLEARED 2005 #1 NULL',
      'CALL_CLEARED 2005 #1 NULL',
    ]);
    everythingEnds();
  });

  it('is completed as a conference: three in one call', () => {
    consulted();
    const events = centre.ask('CONFERENCE_CALL_REQ', { ...active(2, '2003'), ...held(1, '2003') });
    expect(events).toEqual([
      'CONFERENCE_CALL_CONF 2003 #1',
      'BEGIN_CALL 2005 #1 CONSULT_OFFERRED',
      'CALL_CONFERENCED 2003 #1 +#2 CONNECT',
      'CALL_CONFERENCED 2005 #1 +#2 CONNECT',
      'CALL_DATA_UPDATE 2003 #1 CONFERENCE',
      'CALL_DATA_UPDATE 2005 #1 CONFERENCE',
      'END_CALL 2003 #2',
      'END_CALL 2005 #2',
    ]);
    expect(
      centre.ask('CLEAR_CONNECTION_REQ', { ...at(1, '2005'), RequestingDeviceID: '2003' }).slice(0, 3),
    ).toEqual([
      'CLEAR_CONNECTION_CONF',
      'CALL_CONNECTION_CLEARED 2003 #1 CONNECT',
      'CALL_CONNECTION_CLEARED 2005 #1 NULL',
    ]);
    everythingEnds();
  });

  it('that still rings cannot be completed', () => {
    routedCall();
    centre.signIn('2002', '2005');
    centre.ask('CONSULTATION_CALL_REQ', { ...active(1, '2003'), DialedNumber: '2005' });
    const [answer, ...events] = centre.ask('TRANSFER_CALL_REQ', { ...active(2, '2003'), ...held(1, '2003') });
    expect(answer).toMatch(/^CONTROL_FAILURE_CONF CF 2[0-9]$/);
    expect(events).toEqual([]);
    everythingEnds();
  });
});

describe('a single step', () => {
  it('of a transfer to a colleague', () => {
    routedCall();
    centre.signIn('3001', '2005');
    const events = centre.ask('TRANSFER_CALL_REQ', {
      ...active(1, '2003'),
      ...NONE_HELD,
      DialedNumber: '2005',
    });
    expect(events.filter((line) => !line.startsWith('AGENT_STATE'))).toEqual([
      'TRANSFER_CALL_CONF 2005 #1',
      'BEGIN_CALL 2005 #1 TRANSFER_IN',
      'CALL_TRANSFERRED 2005 #1 ALERTING TRANSFER',
      'CALL_TRANSFERRED 2003 #1 NULL TRANSFER',
      'CALL_DATA_UPDATE 2005 #1 TRANSFER_IN',
      'CALL_DELIVERED 2005 #1 ALERTING TRANSFER',
      'END_CALL 2003 #1',
    ]);
    everythingEnds();
  });

  it('of a conference rings the third party and adds it when it answers', () => {
    routedCall();
    centre.signIn('3001', '2005');
    const events = centre.ask('CONFERENCE_CALL_REQ', {
      ...active(1, '2003'),
      ...NONE_HELD,
      DialedNumber: '2005',
    });
    expect(events[0]).toBe('CONFERENCE_CALL_CONF 2005 #1');
    const answered = centre.ask('ANSWER_CALL_REQ', at(1, '2005'));
    expect(answered).toEqual([
      'ANSWER_CALL_CONF',
      'CALL_ESTABLISHED 2003 #1 CONNECT KEY_CONFERENCE',
      'CALL_ESTABLISHED 2005 #1 CONNECT KEY_CONFERENCE',
      'CALL_CONFERENCED 2003 #1 CONNECT',
      'CALL_CONFERENCED 2005 #1 CONNECT',
      'CALL_DATA_UPDATE 2003 #1 CONFERENCE',
      'CALL_DATA_UPDATE 2005 #1 CONFERENCE',
      'AGENT_STATE 3001 TALKING',
    ]);
    everythingEnds();
  });

  it('of a ringing call is its deflection', () => {
    centre.signIn('2001', '2003');
    centre.signIn('3001', '2005');
    centre.exchange.arrive('15551234', '2003');
    centre.told();
    const events = centre.ask('DEFLECT_CALL_REQ', { ...at(1, '2003'), CalledDeviceID: '2005' });
    expect(events[0]).toBe('DEFLECT_CALL_CONF');
    expect(events).toEqual(
      expect.arrayContaining([
        'CALL_DIVERTED 2003 #1 NULL REDIRECTED',
        'END_CALL 2003 #1',
        'BEGIN_CALL 2005 #1 OTHER_IN',
      ]),
    );
    everythingEnds();
  });
});

describe('supervision', () => {
  const supervise = (SupervisoryAction: number) =>
    centre.ask('SUPERVISE_CALL_REQ', {
      SupervisoryAction,
      AgentConnectionDeviceID: '2003',
      SupervisorInstrument: '2006',
    });
  const statusOf = (device: string): unknown => {
    centre.bridge.request('SNAPSHOT_DEVICE_REQ', { AgentInstrument: device });
    const [call] = (centre.bridge.inbox.splice(0)[0]?.fields.calls ?? []) as {
      SilentMonitorStatus: number;
    }[];
    return call?.SilentMonitorStatus;
  };
  beforeEach(() => {
    routedCall();
    centre.signIn('2050', '2006');
  });

  it('monitors, barges in, drops the agent', () => {
    expect(supervise(1)).toEqual([
      'SUPERVISE_CALL_CONF 2006 #2',
      'BEGIN_CALL 2006 #2 SUPERVISOR_MONITOR',
      'CALL_DELIVERED 2006 #2 ALERTING SUPERVISOR_MONITOR',
      'CALL_ESTABLISHED 2006 #2 CONNECT SUPERVISOR_MONITOR',
      'AGENT_STATE 2050 TALKING',
    ]);
    expect([statusOf('2003'), statusOf('2006')]).toEqual([2, 1]);
    centre.bridge.request('SNAPSHOT_CALL_REQ', at(2, '2006'));
    expect(centre.bridge.inbox.splice(0)[0]?.fields).toMatchObject({
      DialedNumber: '6001',
      COCConnectionCallID: call(1),
      COCCallConnectionDeviceID: '2003',
    });
    expect(supervise(3)).toEqual([
      'SUPERVISE_CALL_CONF 2006 #1',
      'CALL_CONNECTION_CLEARED 2006 #2 NULL SUPERVISOR_BARGE_IN',
      'CALL_CLEARED 2006 #2 NULL SUPERVISOR_BARGE_IN',
      'BEGIN_CALL 2006 #1 SUPERVISOR_BARGEIN',
      'CALL_CONFERENCED 2003 #1 CONNECT SUPERVISOR_BARGE_IN',
      'CALL_CONFERENCED 2006 #1 CONNECT SUPERVISOR_BARGE_IN',
      'CALL_DATA_UPDATE 2003 #1 CONFERENCE',
      'CALL_DATA_UPDATE 2006 #1 SUPERVISOR_BARGEIN',
      'END_CALL 2006 #2',
    ]);
    expect(statusOf('2003')).toBe(0);
    const intercepted = supervise(4);
    expect(intercepted.slice(0, 3)).toEqual([
      'SUPERVISE_CALL_CONF 2006 #1',
      'CALL_CONNECTION_CLEARED 2006 #1 CONNECT SUPERVISOR_INTERCEPT',
      'CALL_CONNECTION_CLEARED 2003 #1 NULL SUPERVISOR_INTERCEPT',
    ]);
    everythingEnds();
  });

  it('whispers, and ends what was started', () => {
    expect(supervise(2).slice(0, 2)).toEqual([
      'SUPERVISE_CALL_CONF 2006 #2',
      'BEGIN_CALL 2006 #2 SUPERVISOR_WHISPER',
    ]);
    expect(supervise(0)).toEqual([
      'SUPERVISE_CALL_CONF',
      'CALL_CONNECTION_CLEARED 2006 #2 NULL SUPERVISOR_CLEAR',
      'CALL_CLEARED 2006 #2 NULL SUPERVISOR_CLEAR',
      'AGENT_STATE 2050 NOT_READY',
      'END_CALL 2006 #2',
    ]);
    everythingEnds();
  });

  it('helps an agent who calls for it', () => {
    const events = centre.ask('SUPERVISOR_ASSIST_REQ', { ...at(1, '2003'), AgentInstrument: '2003' });
    expect(events).toEqual([
      'SUPERVISOR_ASSIST_CONF 2003 #2',
      'CALL_HELD 2003 #1 HOLD CONSULT',
      'BEGIN_CALL 2003 #2 ASSIST',
      'CALL_SERVICE_INITIATED 2003 #2 INITIATE CONSULT',
      'CALL_ORIGINATED 2003 #2 INITIATE SUPERVISOR_ASSIST',
      'BEGIN_CALL 2006 #2 ASSIST',
      'CALL_DELIVERED 2003 #2 INITIATE SUPERVISOR_ASSIST',
      'CALL_DELIVERED 2006 #2 ALERTING SUPERVISOR_ASSIST',
    ]);
    everythingEnds();
  });

  it('is helped in an emergency without a call', () => {
    centre.ask('CLEAR_CALL_REQ', at(1, '2003'));
    centre.bridge.setState(2, { AgentID: '2001' });
    centre.told();
    const events = centre.ask('EMERGENCY_CALL_REQ', {
      ConnectionCallID: 0xffffffff,
      AgentInstrument: '2003',
    });
    expect(events.slice(0, 2)).toEqual(['EMERGENCY_CALL 2003 #2', 'EMERGENCY_CALL_CONF 2003 #2']);
    expect(events).toContain('CALL_DELIVERED 2006 #2 ALERTING EMERGENCY_CALL');
    everythingEnds();
  });

  it('is not for a supervisor of another team', () => {
    centre.signIn('2051', 'desk-7');
    const answer = centre.ask('SUPERVISE_CALL_REQ', {
      SupervisoryAction: 1,
      AgentConnectionDeviceID: '2003',
      SupervisorInstrument: 'desk-7',
    });
    expect(answer).toEqual(['CONTROL_FAILURE_CONF CF 8']);
  });
});

describe('manners', () => {
  it('agentEventsBeforeCallEvents', () => {
    centre = new FlowCentre({ manners: { agentEventsBeforeCallEvents: true } });
    centre.signIn('2001', '2003', true);
    centre.exchange.arrive('15551234', '6001');
    centre.test.clock.advance(0);
    expect(centre.told()[0]).toBe('AGENT_STATE 2001 RESERVED');
    centre.bridge.request('ANSWER_CALL_REQ', at(1, '2003'));
    centre.test.clock.advance(0);
    expect(centre.told()).toEqual([
      'ANSWER_CALL_CONF',
      'AGENT_STATE 2001 TALKING',
      'CALL_ESTABLISHED 2003 #1 CONNECT NEW_CALL',
    ]);
  });

  it('endCallBeforeWrapUp', () => {
    centre = new FlowCentre({ manners: { endCallBeforeWrapUp: true } });
    centre.signIn('2002', '2003', true);
    const customer = centre.exchange.arrive('15551234', '6001');
    centre.ask('ANSWER_CALL_REQ', at(1, '2003'));
    centre.exchange.gone(customer);
    expect(centre.told().slice(2)).toEqual([
      'CALL_CLEARED 2003 #1 NULL',
      'END_CALL 2003 #1',
      'AGENT_STATE 2002 WORK_READY then AVAILABLE in 30 s',
    ]);
    centre.test.clock.advance(30_000);
    expect(centre.told()).toEqual(['AGENT_STATE 2002 AVAILABLE']);
  });

  it('confirmAfterEvents and confirmDelayMs', () => {
    const ESTABLISHED = ['CALL_ESTABLISHED 2003 #1 CONNECT NEW_CALL', 'AGENT_STATE 2001 TALKING'];
    for (const manners of [{ confirmAfterEvents: true }, { confirmDelayMs: 20 }]) {
      centre = new FlowCentre({ manners });
      centre.signIn('2001', '2003', true);
      centre.test.clock.advance(20);
      centre.exchange.arrive('15551234', '6001');
      centre.told();
      centre.bridge.request('ANSWER_CALL_REQ', at(1, '2003'));
      centre.test.clock.advance(20);
      expect(centre.told()).toEqual([...ESTABLISHED, 'ANSWER_CALL_CONF']);
    }
  });
});

describe('what is around calls', () => {
  it('a desktop that opens in the middle of a call is told of it', () => {
    routedCall();
    const desktop = centre.test.open({ services: DESKTOP, binding: { agentId: null, instrument: '2003' } });
    centre.test.centre.opened(desktop);
    expect(centre.told(desktop)).toEqual(['BEGIN_CALL 2003 #1 PREROUTE_ACD_IN', 'AGENT_STATE 2001 TALKING']);
  });

  it('a phone that leaves service: its call is cleared, its agent signed out, both told once', () => {
    routedCall();
    centre.exchange.emit({ type: 'deviceState', device: '2003', inService: false });
    const events = centre.told();
    expect(events[0]).toBe('SYSTEM');
    expect(events.filter((line) => line.startsWith('AGENT_STATE'))).toEqual([
      'AGENT_STATE 2001 LOGOUT 50003',
    ]);
    expect(events.filter((line) => line.startsWith('END_CALL'))).toEqual(['END_CALL 2003 #1']);
    everythingEnds();
  });

  it('an exchange that is away takes the peripheral offline', () => {
    routedCall();
    centre.exchange.emit({ type: 'down' });
    expect(centre.told()).toEqual(['SYSTEM']);
    expect(centre.ask('HOLD_CALL_REQ', at(1, '2003'))).toEqual(['CONTROL_FAILURE_CONF CF 34']);
    centre.exchange.emit({ type: 'back', legs: new Set(centre.exchange.legs.keys()) });
    expect(centre.told()).toEqual(['SYSTEM']);
    expect(centre.ask('HOLD_CALL_REQ', at(1, '2003'))[0]).toBe('HOLD_CALL_CONF');
  });

  it('figures of the queue and counters of the agent follow', () => {
    routedCall();
    centre.exchange.arrive('15559999', '6001');
    centre.told();
    centre.test.clock.advance(61_000);
    centre.bridge.request('QUERY_SKILL_GROUP_STATISTICS_REQ', { SkillGroupNumber: 85881 });
    expect(centre.bridge.inbox.splice(0)[0]?.fields).toMatchObject({
      AgentsLoggedOn: 1,
      AgentsTalkingIn: 1,
      RouterCallsQNow: 1,
      LongestRouterCallQNow: 61,
    });
    centre.ask('CLEAR_CONNECTION_REQ', at(1, '2003'));
    centre.bridge.request('QUERY_AGENT_STATISTICS_REQ', { AgentInstrument: '2003' });
    expect(centre.bridge.inbox.splice(0)[0]?.fields).toMatchObject({
      HandledCallsSession: 1,
      HandledCallsTalkTimeSession: 61,
      HandledCallsToday: 1,
    });
  });

  it('more requests than may wait for the switch are refused with 44, each is answered', () => {
    routedCall();
    centre.exchange.holdAnswers = true;
    for (let i = 0; i < 40; i++) centre.bridge.request('HOLD_CALL_REQ', at(1, '2003'));
    const refused = centre.told();
    expect(refused).toEqual(Array.from({ length: 7 }, () => 'CONTROL_FAILURE_CONF CF 44'));
    centre.exchange.holdAnswers = false;
    centre.exchange.release();
    const rest = centre.told().filter((line) => line.includes('CONF'));
    expect(rest).toHaveLength(33);
    expect(rest[0]).toBe('HOLD_CALL_CONF');
  });

  it('a desktop answers its own call and no other', () => {
    const desktop = centre.test.open({
      services: DESKTOP | ServiceMask.CALL_DATA_UPDATE,
      binding: { agentId: null, instrument: '2003' },
    });
    centre.signIn('2001', '2003', true);
    centre.signIn('3001', '2005');
    centre.exchange.arrive('15551234', '6001');
    centre.exchange.arrive('15551235', '2005');
    desktop.inbox.length = 0;
    desktop.request('ANSWER_CALL_REQ', at(2, '2005'));
    desktop.request('ANSWER_CALL_REQ', { ConnectionCallID: 0xffffffff, ConnectionDeviceID: '' });
    expect(centre.told(desktop)).toEqual([
      'CONTROL_FAILURE_CONF CF 8',
      'ANSWER_CALL_CONF',
      'CALL_ESTABLISHED 2003 #1 CONNECT NEW_CALL',
      'AGENT_STATE 2001 TALKING',
    ]);
  });
});
