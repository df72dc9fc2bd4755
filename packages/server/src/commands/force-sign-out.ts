/** Sign-outs that agents do not ask for: after the loss of the last session (notification-service.md 6.3), and by administrators. */
import { DEPLOYMENT_RULES } from '../domain/profile.ts';
import type { Cause } from '../happenings.ts';
import type { UserRecord } from '../store/directory.ts';
import { type CommandContext, requestData } from './admission.ts';
import type { OwnRequest } from './agent-request.ts';

/** EventReasonCode of the presence-driven sign-out (seed 001). */
export const PRESENCE_REASON = 255;

/**
 * Takes a place in the agent's queue for a forced sign-out. Whether it is still wanted is asked when its turn
 * comes, so that it is decided once, in the order of the agent's own requests.
 * @returns the function that lets it go; undefined when the queue is full
 */
export function forceSignOut(
  context: CommandContext,
  agent: UserRecord,
  cause: Cause,
  own: OwnRequest,
): (() => void) | undefined {
  if (!context.requests.hasRoom(agent.loginId)) return undefined;
  const current = context.agents.get(agent.loginId);
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
  return context.requests.reserve(data, undefined, {
    ...own,
    sent: (invokeId) => {
      // Whatever the CTI server makes of it, nobody is there to take a task.
      context.media.makeNotReady(agent, cause);
      own.sent(invokeId);
    },
  });
}

/**
 * Takes a place in the agent's queue for a sign-out by an administrator, with the reason code of one by a supervisor.
 * @returns whether there was one; {@link OwnRequest.ended} is told of the outcome then
 */
export function signOutByAdministrator(
  context: CommandContext,
  agent: UserRecord,
  actingId: string,
  ended: OwnRequest['ended'],
): boolean {
  if (!context.requests.hasRoom(agent.loginId)) return false;
  const current = context.agents.get(agent.loginId);
  const data = requestData(
    { agent, actingId, requestId: '', cause: { user: actingId } },
    {
      verb: 'LOGOUT',
      by: 'administrator',
      reasonCode: DEPLOYMENT_RULES[context.deployment].supervisorReason.LOGOUT,
      forced: true,
      wantsAnswer: false,
      extension: current.extension || agent.loginId,
    },
  );
  const stillWanted = () => context.agents.get(agent.loginId).state !== 'LOGOUT';
  context.requests.reserve(data, undefined, { stillWanted, sent: () => {}, ended })();
  return true;
}
