/** The body of PUT /User/{id}: reads and checks what can be judged without knowing the agent. */
import type { Element } from '@poise/xml';
import { isVerb, type Verb } from '../domain/agent-state.ts';
import type { MobileAgent } from '../domain/agents.ts';
import { failure } from '../domain/errors.ts';
import { childText, lastChild, type Reading, refuse } from './request.ts';

export interface UserRequest {
  readonly verb: Verb;
  readonly extension: string | undefined;
  readonly mobileAgent: MobileAgent | undefined;
  readonly activeDeviceId: string | undefined;
  /** Database id of the reason, not its code. */
  readonly reasonCodeId: number | undefined;
}

/** What a phone can be called: printable, no `;` (it separates the number of mobile agents on the CTI link). */
const EXTENSION = /^[0-9A-Za-z*#+._-]{1,32}$/;
const DIAL_NUMBER = /^[0-9A-Za-z*#+.()-]{1,31}$/;
const DEVICE_ID = /^[\x21-\x3a\x3c-\x7e]{1,64}$/;

/** Reads the children of `<User>`. */
export function readUserRequest(root: Element): Reading<UserRequest> {
  const word = childText(root, 'state');
  if (word === undefined) return refuse(failure('STATE_MISSING'));
  if (!isVerb(word)) return refuse(failure('INVALID_STATE_WORD'));
  const reason = readReasonCodeId(childText(root, 'reasonCodeId'));
  if (!reason.ok) return reason;
  if (word !== 'LOGIN') {
    return {
      ok: true,
      value: {
        verb: word,
        extension: undefined,
        mobileAgent: undefined,
        activeDeviceId: undefined,
        reasonCodeId: reason.value,
      },
    };
  }
  const extension = childText(root, 'extension');
  if (extension === undefined)
    return refuse(failure('PARAMETER_MISSING', 'extension', 'extension Parameter missing'));
  if (!EXTENSION.test(extension))
    return refuse(failure('BAD_REQUEST', 'extension', 'Invalid extension specified for user'));
  const mobile = readMobileAgent(lastChild(root, 'mobileAgent'));
  if (!mobile.ok) return mobile;
  const activeDeviceId = childText(root, 'activeDeviceId');
  if (activeDeviceId !== undefined && !DEVICE_ID.test(activeDeviceId)) {
    return refuse(failure('INVALID_INPUT', 'activeDeviceId', 'Invalid activeDeviceId specified for user'));
  }
  return {
    ok: true,
    value: {
      verb: 'LOGIN',
      extension,
      mobileAgent: mobile.value,
      activeDeviceId,
      reasonCodeId: reason.value,
    },
  };
}

function readReasonCodeId(text: string | undefined): Reading<number | undefined> {
  if (text === undefined) return { ok: true, value: undefined };
  if (!/^\d{1,10}$/.test(text))
    return refuse(failure('INVALID_INPUT', 'reasonCodeId', 'Invalid reasonCodeId specified for user'));
  return { ok: true, value: Number(text) };
}

function readMobileAgent(element: Element | undefined): Reading<MobileAgent | undefined> {
  if (element === undefined) return { ok: true, value: undefined };
  const mode = childText(element, 'mode');
  const dialNumber = childText(element, 'dialNumber');
  if (mode === undefined) return refuse(failure('PARAMETER_MISSING', 'mode', 'mode Parameter missing'));
  if (mode !== 'CALL_BY_CALL' && mode !== 'NAILED_CONNECTION') {
    return refuse(failure('INVALID_INPUT', 'mode', 'Invalid mode specified for mobileAgent'));
  }
  if (dialNumber === undefined)
    return refuse(failure('PARAMETER_MISSING', 'dialNumber', 'dialNumber Parameter missing'));
  if (!DIAL_NUMBER.test(dialNumber))
    return refuse(failure('INVALID_INPUT', 'dialNumber', 'Invalid dialNumber specified for mobileAgent'));
  return { ok: true, value: { mode, dialNumber } };
}
