/** The sign-out that the server asks for when an agent's last session is gone (notification-service.md 6.3). */
import type { Cause } from '../happenings.ts';
import type { UserRecord } from '../store/directory.ts';
import { type CommandContext, requestData } from './admission.ts';

/** EventReasonCode of the presence-driven sign-out (seed 001). */
export const PRESENCE_REASON = 255;

/**
 * Asks the CTI server to sign the agent out, forced. Nothing happens when it is signed out already or its
 * queue is full. Nobody waits for an answer; supervisors hear of the outcome by the event.
 * @returns whether a request was made
 */
export function forceSignOut(context: CommandContext, agent: UserRecord, cause: Cause): boolean {
  const current = context.agents.get(agent.loginId);
  if (current.state === 'LOGOUT' || !context.requests.hasRoom(agent.loginId)) return false;
  const data = requestData(
    { agent, actingId: agent.loginId, requestId: '', cause },
    {
      verb: 'LOGOUT',
      by: 'presence',
      reasonCode: PRESENCE_REASON,
      forced: true,
      wantsAnswer: false,
      extension: current.extension || agent.loginId,
    },
  );
  context.requests.reserve(data)();
  return true;
}
