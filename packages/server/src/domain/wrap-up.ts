/**
 * Wrap-up: a leg that has left becomes WRAP_UP while its agent is in WORK or WORK_READY. Call events and agent
 * events have no fixed order (ged188.md 5), so a leg may have to wait for its agent's state. Pure.
 */
import type { AgentState } from './agent-state.ts';
import type { Agent } from './agents.ts';
import { isLive, type Leg } from './call-picture.ts';
import { moved } from './call-reducer.ts';

const WRAPPING: ReadonlySet<AgentState> = new Set(['WORK', 'WORK_READY']);
const ON_CALL: ReadonlySet<AgentState> = new Set(['TALKING', 'HOLD']);

export const wrapsUp = (agent: Agent): boolean => WRAPPING.has(agent.state);
export const isOnCall = (agent: Agent): boolean => ON_CALL.has(agent.state);

/**
 * A leg has just left. It wraps up, is over, or waits: when the agent's state still shows the call, and
 * (`mayLag`) when it never did.
 */
export function departed(leg: Leg, agent: Agent, mayLag: boolean): Leg {
  if (wrapsUp(agent)) return moved(leg, 'wrapsUp', leg.stateChangeTime);
  return isOnCall(agent) || (mayLag && !leg.talked) ? { ...leg, shown: 'settling' } : leg;
}

/** What a state of its agent means for a leg. */
export function withState(leg: Leg, agent: Agent, at: number): Leg {
  if (isLive(leg)) {
    // While a phone rings its agent may be on another call.
    const takesPart = isOnCall(agent) && leg.state !== 'ALERTING';
    return takesPart && !leg.talked ? { ...leg, talked: true } : leg;
  }
  if (leg.state === 'WRAP_UP') return wrapsUp(agent) ? leg : moved(leg, 'left', at);
  if (leg.shown !== 'settling') return leg;
  if (wrapsUp(agent)) return moved(leg, 'wrapsUp', at);
  if (isOnCall(agent)) return leg.talked ? leg : { ...leg, talked: true };
  return leg.talked ? { ...leg, shown: 'now' } : leg;
}

/** The wait is over, one way or the other. */
export function settled(leg: Leg, agent: Agent | undefined): Leg {
  if (leg.shown !== 'settling') return leg;
  return agent !== undefined && wrapsUp(agent)
    ? moved(leg, 'wrapsUp', leg.stateChangeTime)
    : { ...leg, shown: 'now' };
}

/** An agent is signed in on the device of a call that nobody had seen yet. */
export const withAgent = (leg: Leg, agent: Agent): Leg =>
  leg.agentId === null && isLive(leg)
    ? { ...leg, agentId: agent.loginId, mediaAddressType: 'AGENT_DEVICE', talked: isOnCall(agent) }
    : leg;

/** The agent has left the device: the call may go on there, the agent's part in it is over. */
export function withoutAgent(leg: Leg, at: number): Leg {
  const rest: Leg = leg.state === 'WRAP_UP' ? moved(leg, 'left', at) : leg;
  return { ...rest, agentId: null, shown: rest.shown === 'settling' ? 'now' : rest.shown };
}
