import { VirtualClock } from '@poise/clock';
import { beforeEach, describe, expect, it } from 'vitest';
import { AgentModel, type AgentStateRequest, type Outcome } from './agent-model.ts';
import { dialectOf, type OnDisconnect } from './dialect.ts';
import { type AcdAgent, Roster } from './directory.ts';
import { demoDirectory } from './testing/demo-directory.ts';

const directory = demoDirectory();
let clock: VirtualClock;
let model: AgentModel;

function create(deployment: 'CCE' | 'CCX' = 'CCE', onDisconnect: OnDisconnect = 'notReady'): void {
  clock = new VirtualClock();
  model = new AgentModel({
    clock,
    dialect: dialectOf(deployment, 5001, onDisconnect),
    roster: new Roster(directory),
  });
}
beforeEach(() => create());

function ask(request: AgentStateRequest): Outcome {
  return model.request(request);
}
function signIn(agentId = '2001', instrument = '2003', extra: Partial<AgentStateRequest> = {}): Outcome {
  return ask({ state: 'LOGIN', agentId, instrument, forced: true, reason: 50004, ...extra });
}
function code(outcome: Outcome): string {
  if (outcome.ok)
    return outcome.changes
      .map((change) => `${change.kind} ${change.agent.status.state} ${change.agent.status.reason}`)
      .join();
  return outcome.failure.kind === 'control'
    ? `CF ${outcome.failure.code}${outcome.failure.peripheral ? `/${outcome.failure.peripheral}` : ''}`
    : `E ${outcome.failure.status}`;
}

describe('sign-in', () => {
  it('puts the agent on the phone, not ready, without the reason code the request carried', () => {
    expect(code(signIn())).toBe('signIn NOT_READY 0');
    expect(model.agent('2001')).toMatchObject({
      instrument: '2003',
      status: { state: 'NOT_READY', reason: 0 },
    });
    expect(model.agentOn('2003')?.profile.loginId).toBe('2001');
  });

  it('finds the agent without regard to case', () => {
    expect(code(signIn('AGENT-X', '2005'))).toBe('signIn NOT_READY 0');
    expect(model.agentOn('2005')?.profile.loginId).toBe('agent-x');
  });

  it.each([
    ['an unknown agent', { agentId: '9999' }, 'CF 256'],
    ['a phone that does not exist', { instrument: '999' }, 'CF 260/10125'],
    ['an empty phone', { instrument: '' }, 'CF 260/10125'],
    ['no phone', { instrument: undefined }, 'E 6'],
    ['no agent', { agentId: undefined }, 'E 6'],
    ['a mobile mode without a number', { workMode: 3 }, 'CF 265'],
    ['a number without a mobile mode', { instrument: '2003;5551234' }, 'CF 265'],
  ])('is refused for %s', (_, extra, expected) => {
    expect(code(signIn('2001', '2003', extra))).toBe(expected);
    expect(model.signedIn).toBe(0);
  });

  it('is refused with 33 on a phone that another agent uses, and free again after sign-out', () => {
    signIn();
    expect(code(signIn('2002', '2003'))).toBe('CF 33');
    expect(code(ask({ state: 'LOGOUT', agentId: '2001', instrument: '2003', reason: 1 }))).toBe(
      'signOut LOGOUT 1',
    );
    expect(code(signIn('2002', '2003'))).toBe('signIn NOT_READY 0');
  });

  it('again on the same phone keeps the state and its duration', () => {
    signIn();
    ask({ state: 'AVAILABLE', agentId: '2001' });
    clock.advance(61_500);
    expect(code(signIn())).toBe('again AVAILABLE 0');
    expect(model.agent('2001')?.stateSeconds).toBe(61);
  });

  it('on another phone needs force, and then keeps the state', () => {
    signIn();
    ask({ state: 'AVAILABLE', agentId: '2001' });
    expect(code(signIn('2001', '2005', { forced: false }))).toBe('CF 259');
    expect(code(signIn('2001', '2005'))).toBe('relocated AVAILABLE 0');
    expect(model.agentOn('2003')).toBeUndefined();
    expect(model.agentOn('2005')?.profile.loginId).toBe('2001');
    expect(model.signedIn).toBe(1);
  });

  it('as a mobile agent remembers mode and number, on CCE only', () => {
    expect(code(signIn('2001', '2003;5551234', { workMode: 4 }))).toBe('signIn NOT_READY 0');
    expect(model.agentOn('2003')?.mobile).toEqual({ mode: 'NAILED_CONNECTION', number: '5551234' });
    create('CCX');
    expect(code(signIn('2001', '2003;5551234', { workMode: 4 }))).toBe('CF 265');
  });
});

describe('state requests', () => {
  it('find the agent by phone alone', () => {
    signIn();
    expect(code(ask({ state: 'AVAILABLE', instrument: '2003' }))).toBe('state AVAILABLE 0');
  });

  it('are refused as inconsistent when agent and phone do not belong together', () => {
    signIn();
    expect(code(ask({ state: 'AVAILABLE', agentId: '2001', instrument: '2005' }))).toBe('E 32');
  });

  it.each([
    ['CCE', 'CF 22', 'CF 257', 'CF 22'],
    ['CCX', 'CF 1010', 'CF 1010', 'CF 22'],
  ] as const)('while signed out are refused on %s', (deployment, ready, notReady, logout) => {
    create(deployment);
    for (const who of [{ agentId: '2001' }, { instrument: '2003' }]) {
      expect(code(ask({ state: 'AVAILABLE', ...who }))).toBe(ready);
      expect(code(ask({ state: 'NOT_READY', ...who }))).toBe(notReady);
      expect(code(ask({ state: 'LOGOUT', ...who }))).toBe(logout);
    }
  });

  it('demand a reason where the team does', () => {
    signIn('2002', '2005');
    expect(code(ask({ state: 'NOT_READY', agentId: '2002' }))).toBe('CF 281');
    expect(code(ask({ state: 'NOT_READY', agentId: '2002', reason: 10 }))).toBe('state NOT_READY 10');
    expect(code(ask({ state: 'LOGOUT', agentId: '2002' }))).toBe('CF 281');
    expect(code(ask({ state: 'LOGOUT', agentId: '2002', reason: 1 }))).toBe('signOut LOGOUT 1');
  });

  it('work is refused outside a call, and with 265 where wrap-up is not optional', () => {
    signIn();
    expect(code(ask({ state: 'WORK_NOT_READY', agentId: '2001' }))).toBe('CF 22');
  });
});

describe('the lost desktop (LOGOUT, reason 255, forced)', () => {
  const lost = { state: 'LOGOUT', agentId: '2001', instrument: '2003', reason: 255, forced: true } as const;
  it.each([
    ['CCE', 'notReady', 'state NOT_READY 50002'],
    ['CCE', 'logout', 'signOut LOGOUT 50002'],
    ['CCX', 'logout', 'signOut LOGOUT 255'],
  ] as const)('%s with %s', (deployment, onDisconnect, expected) => {
    create(deployment, onDisconnect);
    signIn();
    ask({ state: 'AVAILABLE', agentId: '2001' });
    expect(code(ask(lost))).toBe(expected);
  });

  it('a forced sign-out with another reason signs out from AVAILABLE, an ordinary one does not', () => {
    signIn();
    ask({ state: 'AVAILABLE', agentId: '2001' });
    expect(code(ask({ ...lost, reason: 1, forced: false }))).toBe('CF 22');
    expect(code(ask({ ...lost, reason: 1 }))).toBe('signOut LOGOUT 1');
  });
});

describe('supervisors', () => {
  it('may sign out and un-ready the agents of their teams only', () => {
    signIn();
    ask({ state: 'AVAILABLE', agentId: '2001' });
    expect(code(ask({ state: 'NOT_READY', agentId: '2001', reason: 999, supervisorId: '2051' }))).toBe(
      'CF 8',
    );
    expect(code(ask({ state: 'NOT_READY', agentId: '2001', reason: 999, supervisorId: '1' }))).toBe('E 64');
    expect(code(ask({ state: 'NOT_READY', agentId: '2001', reason: 999, supervisorId: '2050' }))).toBe(
      'state NOT_READY 999',
    );
    ask({ state: 'AVAILABLE', agentId: '2001', supervisorId: '2050' });
    expect(code(ask({ state: 'LOGOUT', agentId: '2001', reason: 999, supervisorId: '2050' }))).toBe(
      'signOut LOGOUT 999',
    );
  });

  it("are known by the reason code when a bridge asks, not when the agent's own desktop does", () => {
    signIn();
    ask({ state: 'AVAILABLE', agentId: '2001' });
    expect(code(ask({ state: 'LOGOUT', agentId: '2001', reason: 999, bridge: false }))).toBe('CF 22');
    expect(code(ask({ state: 'LOGOUT', agentId: '2001', reason: 999 }))).toBe('signOut LOGOUT 999');
  });
});

describe('phones', () => {
  it('going out of service sign their agent out with 50003 and refuse sign-in until they are back', () => {
    signIn();
    const changes = model.setInstrumentService('2003', false);
    expect(changes?.map((change) => [change.kind, change.agent.status.reason])).toEqual([['signOut', 50003]]);
    expect(code(signIn())).toBe('CF 260/10125');
    expect(model.setInstrumentService('2003', false)).toBeNull();
    expect(model.setInstrumentService('2003', true)).toEqual([]);
    expect(code(signIn())).toBe('signIn NOT_READY 0');
  });
});

describe('a changed directory', () => {
  function withAgents(
    change: (agents: AcdAgent[]) => AcdAgent[],
    devices = [...directory.devices()],
  ): Roster {
    return new Roster({
      agents: () => change([...directory.agents()]),
      teams: () => directory.teams(),
      skillGroups: () => directory.skillGroups(),
      devices: () => devices,
    });
  }

  it('signs a removed agent out and frees the phone', () => {
    signIn();
    const { changes, difference } = model.replaceRoster(
      withAgents((agents) => agents.filter((agent) => agent.loginId !== '2001')),
    );
    expect(difference.agents.removed.map((agent) => agent.loginId)).toEqual(['2001']);
    expect(changes.map((change) => [change.kind, change.agent.status.reason])).toEqual([['signOut', 65534]]);
    expect(code(signIn())).toBe('CF 256');
    expect(code(signIn('2002', '2003'))).toBe('signIn NOT_READY 0');
  });

  it('signs an agent out whose phone was removed', () => {
    signIn();
    const { changes } = model.replaceRoster(withAgents((agents) => agents, ['2005']));
    expect(changes.map((change) => [change.kind, change.agent.status.reason])).toEqual([['signOut', 65533]]);
  });

  it('reports new skills of a signed-in agent, keeps the state, and says nothing of a team move', () => {
    signIn();
    signIn('2002', '2005');
    const { changes, difference } = model.replaceRoster(
      withAgents((agents) =>
        agents.map((agent) => {
          if (agent.loginId === '2001') return { ...agent, skillGroups: [85881, 85882] };
          return agent.loginId === '2002' ? { ...agent, teamId: 5001 } : agent;
        }),
      ),
    );
    expect(difference.agents.changed.map(({ after }) => after.loginId)).toEqual(['2001', '2002']);
    expect(changes.map((change) => [change.kind, change.agent.profile.loginId])).toEqual([
      ['skills', '2001'],
    ]);
    expect(model.agent('2001')?.profile.skillGroups).toEqual([85881, 85882]);
    expect(model.agent('2002')?.profile.teamId).toBe(5001);
  });
});
