/** Signs an agent out: by itself, or by a supervisor of its team (rest-api.md 4.3; objects.md 2.5). */
import { permission } from '../domain/agent-state.ts';
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

export interface SignOut {
  readonly reasonCodeId: number | undefined;
}

export function signOut(context: CommandContext, asking: Asking, wish: SignOut): Admission {
  const { agent } = asking;
  const bySupervisor = isSupervisorAsking(asking);
  const allowed = permission({
    deployment: context.deployment,
    verb: 'LOGOUT',
    by: bySupervisor ? 'supervisor' : 'agent',
    from: context.agents.get(agent.loginId).state,
    wrapUpOptional: false,
  });
  if (allowed === 'refuse:invalid-state-word') return refused(failure('INVALID_STATE_WORD'));
  if (allowed === 'refuse:invalid-state') return refused(failure('INVALID_STATE'));
  if (bySupervisor && wish.reasonCodeId !== undefined) return refused(failure('REASON_NOT_ALLOWED'));
  const reasonCode = bySupervisor
    ? DEPLOYMENT_RULES[context.deployment].supervisorReason.LOGOUT
    : reasonCodeFor(context, agent, 'LOGOUT', wish.reasonCodeId);
  if (typeof reasonCode !== 'number') return refused(reasonCode);
  return admit(context, requestData(asking, { verb: 'LOGOUT', reasonCode, forced: bySupervisor }));
}
