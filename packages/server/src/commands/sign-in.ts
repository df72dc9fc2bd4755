/** Signs an agent in on an extension; forced, so that a second sign-in succeeds (rest-api.md 4.1, 4.2). */
import type { MobileAgent } from '../domain/agents.ts';
import { failure } from '../domain/errors.ts';
import { DEPLOYMENT_RULES } from '../domain/profile.ts';
import {
  type Admission,
  type Asking,
  admit,
  type CommandContext,
  isSupervisorAsking,
  refused,
  requestData,
} from './admission.ts';

/** Value that the original puts into EventReasonCode of LOGIN; signed 16 bit it prints as -15532 (seed 002). */
export const SIGN_IN_REASON = 50_004;

export interface SignIn {
  readonly extension: string;
  readonly mobileAgent: MobileAgent | undefined;
  readonly activeDeviceId: string | undefined;
  readonly reasonCodeId: number | undefined;
  /** Goes to the CTI server; undefined when the user signed on without one. */
  readonly password: string | undefined;
  /** The user signed on with a token: the CTI server is told so instead (SSOEnabled). Default: no. */
  readonly singleSignOn?: boolean;
}

export function signIn(context: CommandContext, asking: Asking, wish: SignIn): Admission {
  if (isSupervisorAsking(asking)) return refused(failure('INVALID_STATE'));
  if (wish.reasonCodeId !== undefined) return refused(failure('REASON_NOT_ALLOWED'));
  if (wish.mobileAgent !== undefined && !DEPLOYMENT_RULES[context.deployment].mobileAgents) {
    return refused(failure('INVALID_INPUT', 'mobileAgent', 'Mobile agents exist with Unified CCE only'));
  }
  const data = requestData(asking, {
    verb: 'LOGIN',
    reasonCode: SIGN_IN_REASON,
    extension: wish.extension,
    mobile: wish.mobileAgent ?? null,
    activeDeviceId: wish.activeDeviceId ?? null,
    forced: true,
    singleSignOn: wish.singleSignOn === true,
  });
  return admit(context, data, wish.password);
}
