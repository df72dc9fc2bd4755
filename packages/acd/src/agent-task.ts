import { ENUMS } from '@poise/ged188';
import type { AgentView } from './agent-model.ts';
import type { AgentStateName } from './agent-state.ts';
import { isCampaign, isInbound } from './call-fields.ts';
import type { CallView, ConnectionState } from './calls/call.ts';

/** What an agent is busy with, as agent events tell it: the direction of the call and the skill group it came through. */

const { CallDirection } = ENUMS;

export interface AgentTask {
  /** CallDirection. */
  readonly direction: number;
  /** Group whose call it is; null: no group's, so no group is singled out. */
  readonly skillGroup: number | null;
  /** Seconds until wrap-up ends by itself; null: no wrap-up. */
  readonly wrapUpSeconds: number | null;
}

export const NO_TASK: AgentTask = { direction: CallDirection.NONE, skillGroup: null, wrapUpSeconds: null };

/** States with a call, and the local state of the connection that explains each best. */
const CONNECTION_OF: Readonly<Partial<Record<AgentStateName, ConnectionState>>> = {
  RESERVED: 'ALERTING',
  TALKING: 'CONNECT',
  HOLD: 'HOLD',
};
const WRAP_UP: readonly AgentStateName[] = ['WORK_NOT_READY', 'WORK_READY'];

/**
 * @param calls the calls at the agent's phone, oldest first; in wrap-up with the one that is wrapped up
 * @param wrapUpSeconds length of wrap-up
 */
export function taskOf(
  { status, instrument, stateSeconds }: AgentView,
  calls: readonly CallView[],
  wrapUpSeconds: number,
): AgentTask {
  const wrapUp = WRAP_UP.includes(status.state);
  if (instrument === null || (!wrapUp && !(status.state in CONNECTION_OF))) return NO_TASK;
  const wanted = CONNECTION_OF[status.state];
  const own = (call: CallView) => call.connections.find(({ device }) => device === instrument);
  const call =
    calls.find((candidate) => own(candidate)?.state === wanted) ??
    calls.find(({ skillGroup }) => skillGroup !== null) ??
    calls[0];
  return {
    direction: wrapUp || call === undefined ? CallDirection.NONE : directionOf(call, instrument),
    skillGroup: call?.skillGroup ?? null,
    wrapUpSeconds: wrapUp ? Math.max(0, wrapUpSeconds - stateSeconds) : null,
  };
}

/** In and out are the calls of queues and to outside; calls between agents, and what comes in directly, are "other". */
function directionOf(call: CallView, instrument: string): number {
  const own = call.connections.find(({ device }) => device === instrument);
  const type = own?.callType ?? call.type;
  if (isInbound(type) && call.skillGroup !== null) return CallDirection.IN;
  const placed = call.connections[0]?.device === instrument;
  if (type === 'OUT' || type === 'AGENT_OUT' || isCampaign(type)) return CallDirection.OUT;
  return placed ? CallDirection.OTHER_OUT : CallDirection.OTHER_IN;
}
