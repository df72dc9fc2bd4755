import { AgentState } from '@poise/ged188';
import { beforeEach, describe, expect, it } from 'vitest';
import { AGENT_REQUESTS_WAITING_MAX } from './agent-control.ts';
import { DESKTOP } from './testing/fake-client.ts';
import { LOGIN, settled, TestCentre } from './testing/test-centre.ts';

let test: TestCentre;
beforeEach(() => {
  test = new TestCentre();
});

describe('passwords', () => {
  it('that came are checked, also from a bridge', async () => {
    const client = test.open();
    client.setState(AgentState.LOGIN, { ...LOGIN, AgentPassword: 'wrong' });
    client.setState(AgentState.LOGIN, { ...LOGIN, AgentPassword: '2001' });
    await settled();
    expect(client.take('FailureCode')).toEqual([
      'CONTROL_FAILURE_CONF FailureCode=257',
      'SET_AGENT_STATE_CONF',
      'AGENT_STATE_EVENT',
    ]);
  });

  it('a desktop without one may not sign in, whatever it says of single sign-on; a bridge may', async () => {
    const desktop = test.open({ services: DESKTOP, binding: { agentId: '2001', instrument: null } });
    desktop.setState(AgentState.LOGIN, LOGIN);
    desktop.setState(AgentState.LOGIN, { ...LOGIN, SSOEnabled: 1 });
    expect(desktop.take('FailureCode')).toEqual([
      'CONTROL_FAILURE_CONF FailureCode=257',
      'CONTROL_FAILURE_CONF FailureCode=257',
    ]);
    test.open().setState(AgentState.LOGIN, { ...LOGIN, SSOEnabled: 1, AgentPassword: 'a token' });
    expect(desktop.take('AgentState')).toEqual(['AGENT_STATE_EVENT AgentState=2']);
  });

  it('may be checked alone on CCX; CCE reserves that', async () => {
    const ask = (AgentPassword: string) =>
      client.setState(AgentState.LOGIN, { ...LOGIN, AgentPassword, ForcedFlag: 2 });
    let client = test.open();
    ask('2001');
    await settled();
    expect(client.take('FailureCode')).toEqual(['CONTROL_FAILURE_CONF FailureCode=3']);
    test = new TestCentre('CCX');
    client = test.open();
    ask('2001');
    await settled();
    ask('wrong');
    await settled();
    expect(client.take('FailureCode')).toEqual([
      'SET_AGENT_STATE_CONF',
      'CONTROL_FAILURE_CONF FailureCode=257',
    ]);
    expect(test.centre.model.signedIn).toBe(0);
  });

  it('hold back later requests of the same agent and nobody else', async () => {
    const [a, b] = [test.open(), test.open()];
    a.setState(AgentState.LOGIN, { ...LOGIN, AgentPassword: '2001' });
    b.setState(AgentState.AVAILABLE, { AgentID: '2001' });
    b.setState(AgentState.LOGIN, { ...LOGIN, AgentID: '3001', AgentInstrument: '3001' });
    expect(b.take('AgentID')).toEqual(['SET_AGENT_STATE_CONF', 'AGENT_STATE_EVENT AgentID=3001']);
    await settled();
    expect(b.take('AgentID', 'AgentState')).toEqual([
      'AGENT_STATE_EVENT AgentID=2001 AgentState=2',
      'SET_AGENT_STATE_CONF',
      'AGENT_STATE_EVENT AgentID=2001 AgentState=3',
    ]);
  });

  it('requests that pile up behind a check are refused with 44 at the limit', () => {
    const client = test.open();
    for (let i = 0; i < AGENT_REQUESTS_WAITING_MAX + 2; i++)
      client.setState(AgentState.LOGIN, { ...LOGIN, AgentPassword: 'x' });
    expect(client.take('FailureCode')).toEqual(['CONTROL_FAILURE_CONF FailureCode=44']);
  });

  it('of whom is locked are refused with 289; the directory is told where they come from', async () => {
    const seen: string[][] = [];
    test.directory.checkPassword = async (...asked) => {
      seen.push(asked);
      return 'locked';
    };
    const client = test.open();
    client.setState(AgentState.LOGIN, { ...LOGIN, AgentPassword: '2001' });
    await settled();
    expect(client.take('FailureCode')).toEqual(['CONTROL_FAILURE_CONF FailureCode=289']);
    expect(seen).toEqual([['2001', '2001', client.address]]);
  });

  it('a check that fails to run counts as wrong and is noted, without the password', async () => {
    test.directory.checkPassword = () => Promise.reject(new Error('store is closed'));
    const client = test.open();
    client.setState(AgentState.LOGIN, { ...LOGIN, AgentPassword: 'secret' });
    await settled();
    expect(client.take('FailureCode')).toEqual(['CONTROL_FAILURE_CONF FailureCode=257']);
    expect(test.noted).toEqual(['the password of 2001 could not be checked: Error: store is closed']);
  });

  it('of a client that went away meanwhile sign nobody in', async () => {
    const [leaver, witness] = [test.open(), test.open()];
    leaver.setState(AgentState.LOGIN, { ...LOGIN, AgentPassword: '2001' });
    test.centre.closed(leaver);
    await settled();
    expect(witness.take()).toEqual([]);
    expect(test.centre.model.signedIn).toBe(0);
  });
});

describe('a desktop session', () => {
  it('sees its own device only and may control nothing else', () => {
    const bridge = test.open();
    const desktop = test.open({
      services: DESKTOP,
      binding: { agentId: '2001', instrument: null },
      clientSignature: 'mine',
    });
    bridge.setState(AgentState.LOGIN, { ...LOGIN, AgentID: '3001', AgentInstrument: '3001' });
    bridge.setState(AgentState.LOGIN, LOGIN);
    expect(desktop.take('AgentID', 'ClientSignature')).toEqual([
      'AGENT_STATE_EVENT AgentID=2001 ClientSignature=mine',
    ]);
    desktop.setState(AgentState.AVAILABLE, { AgentID: '3001' });
    desktop.setState(AgentState.AVAILABLE, { AgentInstrument: '3001' });
    desktop.setState(AgentState.AVAILABLE, { AgentInstrument: '2003' });
    expect(desktop.take('FailureCode', 'AgentState')).toEqual([
      'CONTROL_FAILURE_CONF FailureCode=8',
      'CONTROL_FAILURE_CONF FailureCode=8',
      'SET_AGENT_STATE_CONF',
      'AGENT_STATE_EVENT AgentState=3',
    ]);
  });

  it('bound to a phone follows whoever signs in there, to the last event', () => {
    const bridge = test.open();
    const desktop = test.open({ services: DESKTOP, binding: { agentId: null, instrument: '2003' } });
    bridge.setState(AgentState.LOGIN, LOGIN);
    bridge.setState(AgentState.LOGIN, { ...LOGIN, AgentInstrument: '2005' });
    bridge.setState(AgentState.AVAILABLE, { AgentID: '2001' });
    expect(desktop.take('AgentInstrument')).toEqual([
      'AGENT_STATE_EVENT AgentInstrument=2003',
      'AGENT_STATE_EVENT AgentInstrument=2005',
    ]);
  });
});

it('an agent id that the protocol cannot carry is noted for the operator', () => {
  test.directory.agentList.push({
    ...test.directory.agentList[0]!,
    loginId: 'x'.repeat(32),
    skillTargetId: 1,
  });
  test.directory.changed();
  expect(test.noted).toEqual([`the agent id ${'x'.repeat(32)} is too long for the CTI protocol`]);
});
