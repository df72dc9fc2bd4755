import { expect, test } from 'vitest';
import { AGENT_STATES, type AgentState, permission, REGULAR_TRANSITIONS, type Verb } from './agent-state.ts';
import { applyToAgent, unknownAgent } from './agents.ts';
import type { Deployment } from './profile.ts';

const ask = (
  verb: Verb,
  from: AgentState,
  by: 'agent' | 'supervisor' = 'agent',
  deployment: Deployment = 'CCE',
) => permission({ deployment, verb, by, from, wrapUpOptional: false });

test('an agent of CCE signs out from NOT_READY only, one of CCX from READY too', () => {
  const from = (deployment: Deployment) =>
    AGENT_STATES.filter((state) => ask('LOGOUT', state, 'agent', deployment) === 'forward');
  expect(from('CCE')).toEqual(['NOT_READY', 'UNKNOWN']);
  expect(from('CCX')).toEqual(['NOT_READY', 'READY', 'UNKNOWN']);
  expect(ask('LOGOUT', 'READY')).toBe('refuse:invalid-state-word');
  expect(ask('LOGOUT', 'LOGOUT')).toBe('refuse:invalid-state');
});

test('READY and NOT_READY while signed out are accepted and refused afterwards', () => {
  for (const by of ['agent', 'supervisor'] as const) {
    expect(ask('READY', 'LOGOUT', by)).toBe('later:signed-out');
    expect(ask('NOT_READY', 'LOGOUT', by)).toBe('later:signed-out');
  }
});

test('a supervisor signs out from every state but LOGOUT and never signs in or asks for wrap-up', () => {
  for (const state of AGENT_STATES) {
    expect(ask('LOGIN', state, 'supervisor')).toBe('refuse:invalid-state');
    expect(ask('WORK', state, 'supervisor')).toBe('refuse:invalid-state');
    const out = state === 'LOGOUT' || state === 'UNKNOWN' ? 'refuse:invalid-state' : 'forward';
    expect(ask('LOGOUT', state, 'supervisor')).toBe(out);
  }
  expect(AGENT_STATES.filter((state) => ask('NOT_READY', state, 'supervisor') === 'forward')).toEqual([
    'READY',
    'WORK',
    'WORK_READY',
  ]);
});

test('wrap-up may be asked for during a call where the team has it optional', () => {
  const during = (from: AgentState, wrapUpOptional: boolean) =>
    permission({ deployment: 'CCE', verb: 'WORK', by: 'agent', from, wrapUpOptional });
  expect(during('TALKING', true)).toBe('forward');
  expect(during('TALKING', false)).toBe('later:work');
  expect(during('READY', true)).toBe('later:work');
});

test('only CCE lets a request end an outbound reservation', () => {
  expect(ask('READY', 'RESERVED_OUTBOUND', 'agent', 'CCE')).toBe('forward');
  expect(ask('READY', 'RESERVED_OUTBOUND', 'agent', 'CCX')).toBe('later:reserved-outbound');
});

test('every regular transition and every other one leads where the event says', () => {
  for (const deployment of ['CCE', 'CCX'] as const) {
    for (const from of AGENT_STATES) {
      for (const to of AGENT_STATES) {
        const before = {
          ...unknownAgent('2001'),
          known: true,
          state: from,
          extension: '2003',
          stateChangeTime: 1,
        };
        const event = {
          type: 'state',
          state: to,
          reasonCode: 7,
          extension: '2003',
          pendingState: undefined,
          at: 5,
        } as const;
        const { agent, changes } = applyToAgent(before, event, deployment);
        expect(agent.state).toBe(to);
        expect(agent.extension).toBe(to === 'LOGOUT' ? '' : '2003');
        expect(changes.includes('state')).toBe(from !== to);
        const reasons = to === 'NOT_READY' || to === 'LOGOUT';
        expect(agent.reasonCode).toBe(reasons ? 7 : 0);
        expect(agent.stateChangeTime).toBe(from !== to || reasons ? 5 : 1);
      }
    }
    for (const [from, to] of REGULAR_TRANSITIONS[deployment]) {
      expect(AGENT_STATES).toContain(from);
      expect(AGENT_STATES).toContain(to);
    }
  }
});

test('the same event again changes nothing', () => {
  const event = {
    type: 'state',
    state: 'NOT_READY',
    reasonCode: 10,
    extension: '2003',
    pendingState: undefined,
    at: 5,
  } as const;
  const first = applyToAgent(unknownAgent('2001'), event, 'CCE');
  expect(first.changes.length).toBeGreaterThan(0);
  expect(applyToAgent(first.agent, { ...event, at: 9 }, 'CCE')).toEqual({ agent: first.agent, changes: [] });
});

test('after a loss CCE keeps times and reason of an unchanged state, CCX does not', () => {
  const known = {
    ...unknownAgent('2001'),
    known: true,
    state: 'NOT_READY',
    extension: '2003',
    stateChangeTime: 1,
    reasonCode: 10,
  } as const;
  const snapshot = { type: 'snapshot', state: 'NOT_READY', extension: '2003' } as const;
  expect(applyToAgent(known, snapshot, 'CCE').agent).toMatchObject({ stateChangeTime: 1, reasonCode: 10 });
  expect(applyToAgent(known, snapshot, 'CCX').agent).toMatchObject({ stateChangeTime: null, reasonCode: 0 });
});
