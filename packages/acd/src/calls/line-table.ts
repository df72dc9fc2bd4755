import type { AgentStimulus } from '../agent-state.ts';
import type { Deployment } from '../dialect.ts';
import type { LiveState } from './connection-table.ts';

/**
 * From the connections at a phone to the state of its agent, as tables: what the connections together make of
 * the line, and which stimulus a change of the line is to the agent.
 */

/** OTHER: calls outside routing, which CCX does not show as TALKING (objects.md 2.3). */
export const LINE_STATUSES = ['IDLE', 'TALKING', 'HOLDING', 'OTHER'] as const;
export type LineStatus = (typeof LINE_STATUSES)[number];

/** What one connection makes of the line by itself. ALERTING leaves the agent's state alone. */
export const LINE_OF_CONNECTION: Readonly<Record<LiveState, Exclude<LineStatus, 'OTHER'>>> = {
  INITIATE: 'TALKING',
  ALERTING: 'IDLE',
  CONNECT: 'TALKING',
  HOLD: 'HOLDING',
  QUEUED: 'IDLE',
  FAIL: 'TALKING',
};

/** The line of a phone with these connections: one active call outweighs held ones, these outweigh ringing ones. */
export function lineStatus(states: Iterable<LiveState>, deployment: Deployment, routed: boolean): LineStatus {
  let status: LineStatus = 'IDLE';
  for (const state of states) {
    const one = LINE_OF_CONNECTION[state];
    if (one === 'TALKING') status = 'TALKING';
    else if (one === 'HOLDING' && status === 'IDLE') status = 'HOLDING';
  }
  return status !== 'IDLE' && deployment === 'CCX' && !routed ? 'OTHER' : status;
}

/**
 * What a change of the line is to the agent. `start`: answered after a reservation, otherwise callStarted (an
 * available agent who dials passes offHook first). `end`: callEndedIntoWrapUp or callEnded.
 */
export type LineEffect = 'start' | 'end' | AgentStimulus;

type Changes = Readonly<Partial<Record<`${LineStatus}>${LineStatus}`, readonly LineEffect[]>>>;

/** Changes that are not listed say nothing to the agent. */
export const LINE_TABLE: Changes = {
  'IDLE>TALKING': ['start'],
  'IDLE>HOLDING': ['start', 'held'],
  'TALKING>HOLDING': ['held'],
  'TALKING>IDLE': ['end'],
  'HOLDING>TALKING': ['retrieved'],
  'HOLDING>IDLE': ['end'],
  'IDLE>OTHER': ['nonAcdStarted'],
  'OTHER>IDLE': ['nonAcdEnded'],
  'OTHER>TALKING': ['nonAcdEnded', 'start'],
  'OTHER>HOLDING': ['nonAcdEnded', 'start', 'held'],
  'TALKING>OTHER': ['end', 'nonAcdStarted'],
  'HOLDING>OTHER': ['end', 'nonAcdStarted'],
};
