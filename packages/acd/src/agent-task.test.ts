import { ENUMS } from '@poise/ged188';
import { describe, expect, it } from 'vitest';
import { agentStateConf, agentStateEvent } from './agent-event.ts';
import type { AgentView } from './agent-model.ts';
import { type AgentStateName, type AgentStatus, SIGNED_OUT } from './agent-state.ts';
import { taskOf } from './agent-task.ts';
import type { CallTypeName, CallView, ConnectionState } from './calls/call.ts';
import { dialectOf } from './dialect.ts';
import { Roster } from './directory.ts';
import { demoDirectory } from './testing/demo-directory.ts';
import { at, callOf } from './testing/fake-calls.ts';

const { AgentState, CallDirection } = ENUMS;
const roster = new Roster(demoDirectory());
const dialect = dialectOf('CCE', 5001, 'notReady');

/** Agent 2002 has the groups 85881 and 85882. */
function agentIn(state: AgentStateName, rest: Partial<AgentStatus> = {}, stateSeconds = 0): AgentView {
  const profile = roster.agent('2002');
  if (!profile) throw new Error('no agent');
  const status = { ...SIGNED_OUT, state, ...rest };
  return { profile, status, instrument: '2003', mobile: null, stateSeconds };
}

const customer = at('15551234', 'CONNECT', 'external');
const call = (
  type: CallTypeName,
  own: ConnectionState,
  skillGroup: number | null,
  placed = false,
): CallView => {
  const mine = at('2003', own);
  return callOf(77, type, placed ? [mine, customer] : [customer, mine], { skillGroup });
};

function eventOf(agent: AgentView, calls: readonly CallView[]) {
  const task = taskOf(agent, calls, 30);
  const change = { kind: 'state', agent, previousInstrument: '2003' } as const;
  return agentStateEvent(change, dialect, roster, '', task);
}

describe('Direction', () => {
  it.each<[string, AgentStateName, CallView, keyof typeof CallDirection]>([
    ['a routed call', 'TALKING', call('PREROUTE_ACD_IN', 'CONNECT', 85881), 'IN'],
    ['a call that rings', 'RESERVED', call('PREROUTE_ACD_IN', 'ALERTING', 85881), 'IN'],
    ['a held call', 'HOLD', call('PREROUTE_ACD_IN', 'HOLD', 85881), 'IN'],
    ['a call to outside', 'TALKING', call('OUT', 'CONNECT', null, true), 'OUT'],
    ['a call to an agent', 'TALKING', call('AGENT_INSIDE', 'CONNECT', null, true), 'OTHER_OUT'],
    ['a call of an agent', 'TALKING', call('AGENT_INSIDE', 'CONNECT', null), 'OTHER_IN'],
    ['a call from outside to the phone', 'TALKING', call('OTHER_IN', 'CONNECT', null), 'OTHER_IN'],
    ['a call while not ready', 'NOT_READY', call('OUT', 'CONNECT', null, true), 'NONE'],
  ])('of %s', (_what, state, view, direction) => {
    expect(eventOf(agentIn(state), [view]).Direction).toBe(CallDirection[direction]);
  });

  it('of a reservation does not wait for the call', () => {
    const directions = (['RESERVED', 'RESERVED_OUTBOUND', 'RESERVED_OUTBOUND_PREVIEW'] as const).map(
      (state) => eventOf(agentIn(state), []).Direction,
    );
    expect(directions).toEqual([
      CallDirection.IN,
      CallDirection.OUTBOUND_RESERVE,
      CallDirection.OUTBOUND_PREVIEW,
    ]);
  });

  it('is that of the call which the state belongs to', () => {
    const held = call('PREROUTE_ACD_IN', 'HOLD', 85881);
    const consult = { ...call('CONSULT', 'CONNECT', null, true), id: 78 };
    expect(eventOf(agentIn('TALKING'), [held, consult]).Direction).toBe(CallDirection.OTHER_OUT);
    expect(eventOf(agentIn('HOLD'), [held, consult]).Direction).toBe(CallDirection.IN);
  });
});

describe('states per skill group', () => {
  it('the group of the call has the state and stands first, the others are BUSY_OTHER', () => {
    const agent = agentIn('TALKING');
    const event = eventOf(agent, [call('PREROUTE_ACD_IN', 'CONNECT', 85882)]);
    expect(event).toMatchObject({
      SkillGroupNumber: 85882,
      SkillGroupID: 5001,
      SkillGroupState: AgentState.TALKING,
    });
    expect(event.skillGroups).toMatchObject([
      { FltSkillGroupNumber: 85881, FltSkillGroupState: AgentState.BUSY_OTHER },
      { FltSkillGroupNumber: 85882, FltSkillGroupState: AgentState.TALKING },
    ]);
    const conf = agentStateConf(
      agent,
      dialect,
      roster,
      taskOf(agent, [call('PREROUTE_ACD_IN', 'CONNECT', 85882)], 30),
    );
    expect(conf.skillGroups).toMatchObject([
      { SkillGroupNumber: 85881, SkillGroupState: AgentState.BUSY_OTHER },
      { SkillGroupNumber: 85882, SkillGroupState: AgentState.TALKING },
    ]);
  });

  it('a call of no group, or of one the agent no longer has, singles none out', () => {
    for (const group of [null, 85883]) {
      const event = eventOf(agentIn('TALKING'), [call('PREROUTE_ACD_IN', 'CONNECT', group)]);
      expect(event.skillGroups).toMatchObject([
        { FltSkillGroupState: AgentState.TALKING },
        { FltSkillGroupState: AgentState.TALKING },
      ]);
    }
  });
});

describe('wrap-up', () => {
  const wrapped = callOf(77, 'PREROUTE_ACD_IN', [], { skillGroup: 85882 });

  it('announces what follows, and when', () => {
    const resume = { state: 'AVAILABLE', reason: 0 } as const;
    expect(eventOf(agentIn('WORK_READY', { resume }), [wrapped])).toMatchObject({
      Duration: 30,
      NextAgentState: AgentState.AVAILABLE,
      Direction: CallDirection.NONE,
      SkillGroupNumber: 85882,
    });
    expect(eventOf(agentIn('WORK_READY', { resume }, 12), [wrapped])).toMatchObject({ Duration: 18 });
    const pending = { state: 'NOT_READY', reason: 10 } as const;
    expect(eventOf(agentIn('WORK_NOT_READY', { resume, pending }), [wrapped]).NextAgentState).toBe(
      AgentState.NOT_READY,
    );
  });

  it('a call announces only what was asked for', () => {
    const view = call('PREROUTE_ACD_IN', 'CONNECT', 85881);
    expect(eventOf(agentIn('TALKING'), [view])).toMatchObject({
      Duration: undefined,
      NextAgentState: undefined,
    });
    const pending = { state: 'LOGOUT', reason: 1 } as const;
    expect(eventOf(agentIn('TALKING', { pending }), [view]).NextAgentState).toBe(AgentState.LOGOUT);
  });
});

it('NumTasks is 1 with a call and until it is wrapped up', () => {
  const states: AgentStateName[] = [
    'NOT_READY',
    'AVAILABLE',
    'RESERVED',
    'TALKING',
    'HOLD',
    'WORK_READY',
    'WORK_NOT_READY',
  ];
  expect(states.map((state) => eventOf(agentIn(state), []).NumTasks)).toEqual([0, 0, 0, 1, 1, 1, 1]);
});
