import { beforeEach, describe, expect, it } from 'vitest';
import { CallCentre } from './testing/call-centre.ts';

const CUSTOMER = '5550001111';
let centre: CallCentre;
beforeEach(() => {
  centre = new CallCentre();
});

/** The agent has talked to a customer of the queue, who hangs up. */
function called(agent: string, phone: string, queue = '7001'): void {
  centre.available(agent, phone);
  centre.exchange.arrive(CUSTOMER, queue);
  centre.answer(phone);
  centre.log();
}

describe('wrap-up', () => {
  it('REQUIRED follows an incoming call; the call ends for the agent with it', () => {
    called('1002', '202');
    centre.exchange.hangUp(CUSTOMER);
    expect(centre.log()).toEqual([
      'left #1 5550001111',
      'left #1 202',
      'cleared #1 5550001111,202',
      '1002 WORK_READY',
    ]);
    expect(centre.at('202')).toBe('#1 WRAP_UP');
    expect(centre.setData('202', { wrapUp: 'Sale made' }, 1)).toBe('ok');
    expect(centre.log()).toEqual(['data #1 wrapUp']);
    centre.clock.advance(29_999);
    expect(centre.log()).toEqual([]);
    centre.clock.advance(1);
    expect(centre.log()).toEqual(['1002 AVAILABLE', 'end #1 202']);
    expect([...centre.calls.calls()]).toEqual([]);
    expect(centre.clock.pending).toBe(0);
  });

  it('is left early by a request, and then the next call comes', () => {
    called('1002', '202');
    centre.exchange.hangUp(CUSTOMER);
    centre.exchange.arrive('5550002222', '7001');
    centre.log();
    expect(centre.ready('1002')).toBe('ok');
    expect(centre.logOf('1002', 'end #1', 'delivered')).toEqual([
      '1002 AVAILABLE',
      'end #1 202',
      'preCall #2 1002',
      '1002 RESERVED',
      'delivered #2 202 from 5550002222',
    ]);
    centre.clock.advance(14_000);
    expect(centre.stateOf('1002')).toBe('RESERVED');
  });

  it('leads to what the agent wished during the call', () => {
    called('1002', '202');
    expect(centre.notReady('1002', 10)).toBe('ok');
    centre.exchange.hangUp(CUSTOMER);
    expect(centre.stateOf('1002')).toBe('WORK_NOT_READY (NOT_READY)');
    centre.clock.advance(30_000);
    expect(centre.stateOf('1002')).toBe('NOT_READY 10');
  });

  it('a forced sign-out waits for its end', () => {
    called('1002', '202');
    centre.state({ state: 'LOGOUT', agentId: '1002', forced: true, reason: 5 });
    centre.exchange.hangUp(CUSTOMER);
    centre.log();
    centre.clock.advance(30_000);
    expect(centre.log()).toEqual(['1002 LOGOUT 5', 'end #1 202']);
  });

  it.each([
    ['CCE', 'logout', '1002 LOGOUT 50002'],
    ['CCE', 'notReady', '1002 TALKING (NOT_READY)'],
    ['CCX', 'logout', '1002 TALKING (LOGOUT)'],
  ] as const)('%s, %s: a lost desktop in the midst of a call', (deployment, onDisconnect, told) => {
    centre = new CallCentre({ deployment, onDisconnect });
    called('1002', '202');
    centre.log();
    centre.state({ state: 'LOGOUT', agentId: '1002', forced: true, reason: 255 });
    expect(centre.log().join()).toBe(told);
    // The phone goes on talking, whoever is signed in there.
    centre.exchange.hangUp(CUSTOMER);
    centre.clock.advance(30_000);
    expect(centre.stateOf('1002')).toBe(
      onDisconnect === 'logout' ? `LOGOUT ${deployment === 'CCE' ? 50002 : 255}` : 'NOT_READY 50002',
    );
  });

  it('goes by the direction: NOT_ALLOWED after outgoing calls here', () => {
    centre.signIn('1002', '202');
    centre.make('202', CUSTOMER);
    centre.exchange.pickUp(CUSTOMER);
    centre.drop('202');
    expect(centre.stateOf('1002')).toBe('NOT_READY');
  });

  it('REQUIRED after an outgoing call that was answered, not after one that was not', () => {
    centre.signIn('1004', '204');
    centre.make('204', CUSTOMER);
    centre.exchange.hangUp(CUSTOMER, 'busy');
    centre.drop('204');
    expect(centre.stateOf('1004')).toBe('NOT_READY');
    centre.make('204', CUSTOMER);
    centre.exchange.pickUp(CUSTOMER);
    centre.drop('204');
    expect(centre.stateOf('1004')).toBe('WORK_NOT_READY');
    expect(centre.at('204')).toBe('#2 WRAP_UP');
  });

  it('OPTIONAL follows when the agent asked for it during the call', () => {
    called('1003', '203');
    centre.exchange.hangUp(CUSTOMER);
    expect(centre.stateOf('1003')).toBe('AVAILABLE');
    centre.exchange.arrive(CUSTOMER, '7001');
    centre.answer('203');
    expect(centre.state({ state: 'WORK_READY', agentId: '1003' })).toBe('ok');
    centre.exchange.hangUp(CUSTOMER);
    expect(centre.stateOf('1003')).toBe('WORK_READY');
    centre.clock.advance(60_000);
    expect(centre.stateOf('1003')).toBe('AVAILABLE');
  });

  it('NOT_ALLOWED never follows, and asking for it is refused', () => {
    called('1001', '201');
    expect(centre.state({ state: 'WORK_READY', agentId: '1001' })).toBe('265');
    centre.exchange.hangUp(CUSTOMER);
    expect(centre.stateOf('1001')).toBe('AVAILABLE');
  });

  it('REQUIRED_WITH_WRAP_UP_DATA is not left without data', () => {
    called('1004', '204', '7002');
    centre.exchange.hangUp(CUSTOMER);
    expect(centre.ready('1004')).toBe('280');
    expect(centre.notReady('1004', 10)).toBe('280');
    expect(centre.stateOf('1004')).toBe('WORK_READY');
    centre.setData('204', { wrapUp: 'Wrong number' }, 1);
    expect(centre.ready('1004')).toBe('ok');
    expect(centre.stateOf('1004')).toBe('AVAILABLE');
  });

  it('its timer asks for no data', () => {
    called('1004', '204', '7002');
    centre.exchange.hangUp(CUSTOMER);
    centre.clock.advance(60_000);
    expect(centre.stateOf('1004')).toBe('AVAILABLE');
  });

  it('data entered during the call will do', () => {
    called('1004', '204', '7002');
    centre.setData('204', { wrapUp: 'Sale made' });
    centre.exchange.hangUp(CUSTOMER);
    expect(centre.ready('1004')).toBe('ok');
  });

  it('CCX knows no WORK_READY', () => {
    centre = new CallCentre({ deployment: 'CCX' });
    called('1002', '202');
    centre.exchange.hangUp(CUSTOMER);
    expect(centre.stateOf('1002')).toBe('WORK_NOT_READY');
    centre.clock.advance(30_000);
    expect(centre.stateOf('1002')).toBe('AVAILABLE');
  });

  it('comes after the last of several calls, and only once', () => {
    called('1002', '202');
    centre.signIn('1005', '205');
    centre.consult('202', '205');
    centre.answer('205');
    centre.exchange.hangUp('205');
    expect(centre.stateOf('1002')).toBe('HOLD');
    centre.exchange.hangUp(CUSTOMER);
    expect(centre.stateOf('1002')).toBe('WORK_READY');
    expect(centre.at('202')).toBe('#1 WRAP_UP');
  });

  it('ends when the agent dials; the data of the ended call then too', () => {
    called('1002', '202');
    centre.exchange.hangUp(CUSTOMER);
    centre.log();
    expect(centre.make('202', CUSTOMER)).toBe('ok');
    expect(centre.log().slice(0, 5)).toEqual([
      'begin #2 202',
      'serviceInitiated #2 202',
      'originated #2 202 > 5550001111',
      '1002 TALKING',
      'end #1 202',
    ]);
    expect(centre.setData('202', { wrapUp: 'late' }, 1)).toBe('E INVALID_CALLID');
    centre.drop('202');
    expect(centre.stateOf('1002')).toBe('AVAILABLE');
    centre.clock.advance(60_000);
    expect(centre.stateOf('1002')).toBe('AVAILABLE');
  });

  it('outlives the release of the call, which only ends its data', () => {
    called('1002', '202');
    const release = () => centre.request({ type: 'release', connection: { device: '202', callId: 101 } });
    expect(release()).toBe('E INVALID_OBJECT_STATE');
    centre.exchange.hangUp(CUSTOMER);
    centre.log();
    expect(release()).toBe('ok');
    expect(centre.log()).toEqual(['end #1 202']);
    expect(centre.stateOf('1002')).toBe('WORK_READY');
    expect(release()).toBe('E INVALID_CALLID');
    centre.clock.advance(30_000);
    expect(centre.stateOf('1002')).toBe('AVAILABLE');
  });

  it('moves with an agent who signs in on another phone, without the call', () => {
    called('1002', '202');
    centre.exchange.hangUp(CUSTOMER);
    centre.log();
    centre.signIn('1002', '206');
    expect(centre.logOf('end')).toEqual(['end #1 202']);
    expect(centre.stateOf('1002')).toBe('WORK_READY');
    centre.clock.advance(30_000);
    expect(centre.stateOf('1002')).toBe('AVAILABLE');
  });

  it('a team that names no length has the one of the settings', () => {
    centre = new CallCentre({ settings: { wrapUpSeconds: 7 } });
    centre.directory.teamList = centre.directory.teamList.map(({ wrapUpTimerSeconds: _, ...team }) => team);
    centre.directoryChanged();
    called('1002', '202');
    centre.exchange.hangUp(CUSTOMER);
    centre.clock.advance(6_999);
    expect(centre.stateOf('1002')).toBe('WORK_READY');
    centre.clock.advance(1);
    expect(centre.stateOf('1002')).toBe('AVAILABLE');
  });
});
