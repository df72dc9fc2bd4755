/** READY, NOT_READY and WORK: by the agent or by a supervisor of its team (rest-api.md 4.7, 4.8). */
import { permission, type Verb } from '../domain/agent-state.ts';
import { failure } from '../domain/errors.ts';
import { DEPLOYMENT_RULES } from '../domain/profile.ts';
import {
  type Admission,
  type Asking,
  admit,
  type CommandContext,
  isSupervisorAsking,
  reasonCodeFor,
  refused,
  requestData,
} from './admission.ts';

export interface ChangeState {
  readonly verb: Exclude<Verb, 'LOGIN' | 'LOGOUT'>;
  readonly reasonCodeId: number | undefined;
}

export function changeState(context: CommandContext, asking: Asking, wish: ChangeState): Admission {
  const { agent } = asking;
  const bySupervisor = isSupervisorAsking(asking);
  const allowed = permission({
    deployment: context.deployment,
    verb: wish.verb,
    by: bySupervisor ? 'supervisor' : 'agent',
    from: context.agents.get(agent.loginId).state,
    wrapUpOptional: mayAskForWrapUp(context, agent.teamId),
  });
  if (allowed === 'refuse:invalid-state-word') return refused(failure('INVALID_STATE_WORD'));
  if (allowed === 'refuse:invalid-state') return refused(failure('INVALID_STATE'));
  if (wish.reasonCodeId !== undefined && (bySupervisor || wish.verb !== 'NOT_READY')) {
    return refused(failure('REASON_NOT_ALLOWED'));
  }
  if (wish.verb !== 'NOT_READY')
    return admit(context, requestData(asking, { verb: wish.verb, reasonCode: 0 }));
  const reasonCode = bySupervisor
    ? DEPLOYMENT_RULES[context.deployment].supervisorReason.NOT_READY
    : reasonCodeFor(context, agent, 'NOT_READY', wish.reasonCodeId);
  if (typeof reasonCode !== 'number') return refused(reasonCode);
  return admit(context, requestData(asking, { verb: 'NOT_READY', reasonCode }));
}

/** Wrap-up on request exists only where the team's setting is OPTIONAL (objects.md 2.4). */
export function mayAskForWrapUp(context: Pick<CommandContext, 'directory'>, teamId: number | null): boolean {
  const team = teamId === null ? undefined : context.directory.current.team(teamId);
  return team !== undefined && (team.wrapUpOnIncoming === 'OPTIONAL' || team.wrapUpOnOutgoing === 'OPTIONAL');
}
