import { ApiError } from '@poise/client';
import { en, type MessageKey } from '../messages/catalogue.ts';
import type { AgentUser, DesktopState, Sentence } from './store.ts';

/** What went wrong while somebody signed in: the fields of the form may be to blame (desktop behaviour D4). */
export function signInSentence(error: unknown, extension: string): Sentence {
  const sentence = sentenceFor(error, extension);
  // The form shows no state that could be the last known one.
  if (sentence.key === 'error.timeout') return { key: 'error.noAnswer' };
  return sentence.key === 'error.signInAgain' ? { key: 'error.credentials' } : sentence;
}

/** The server does not know any more who asks; where it knows, and refuses, it says 401 too, and why. */
export function isUnknownToServer(error: unknown): boolean {
  return (
    error instanceof ApiError &&
    error.status === 401 &&
    /^($|HTTP |Unauthorized$|Authorization Failure$|Disconnected$)/.test(error.errorType)
  );
}

/** Whether the answer says nothing of what was asked for, but of the server or the line to it. */
export function isOfTheServer(error: unknown): boolean {
  if (!(error instanceof ApiError)) return true;
  const { status } = error;
  return status === 0 || status === 408 || status >= 500 || isElsewhere(error) || isUnknownToServer(error);
}

/** Not the server has answered but something before it, or it counts the requests. */
function isElsewhere(error: ApiError): boolean {
  const { status } = error;
  return status === 429 || (status >= 300 && status < 400) || (status === 404 && !error.isFromApi);
}

/** The server does not have what was asked for; a page of something before it says nothing of that. */
export function isMissing(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404 && error.isFromApi;
}

/** What went wrong with a request of or about an agent who is signed in: 404 says nothing of an account then. */
export function requestSentence(error: unknown, extension: string): Sentence {
  const sentence = sentenceFor(error, extension);
  return sentence.key === 'error.notAgent' ? { key: 'error.unknownAgent' } : sentence;
}

/** Turns whatever went wrong into one plain sentence (error catalogue of the REST API). */
export function sentenceFor(error: unknown, extension: string): Sentence {
  if (!(error instanceof ApiError)) {
    const text = error instanceof Error ? error.message : String(error);
    return /fetch|network|connect|load failed/i.test(text)
      ? { key: 'error.unreachable' }
      : { key: 'error.other', values: { detail: text } };
  }
  const { status, errorType, errorData, errorMessage } = error;
  if (status === 0) return { key: 'error.unreachable' };
  // Only what was accepted may be said to have been accepted.
  if (status === 408) return { key: errorData === 'event' ? 'error.timeout' : 'error.noAnswer' };
  if (/TIMEOUT/.test(errorMessage)) return { key: 'error.timeout' };
  if (status === 503) return { key: 'error.outOfService' };
  if (status === 429) return { key: 'error.tooMany' };
  if (isElsewhere(error)) return { key: 'error.redirected' };
  if (errorType === 'Bad Reply') return { key: 'error.unreadable' };
  if (errorType === 'Device Busy') return { key: 'error.extensionBusy', values: { extension } };
  if (errorType === 'Invalid Device') return { key: 'error.extension', values: { extension } };
  if (errorData === 'finesse.api.reasoncode.require_reasoncode') return { key: 'error.reasonRequired' };
  if (errorType === 'Invalid State') return { key: 'error.invalidState' };
  if (isUnknownToServer(error)) return { key: 'error.signInAgain' };
  if (status === 401 || status === 403) return { key: 'error.forbidden' };
  if (errorType === 'User Not Found' || status === 404) return { key: 'error.notAgent' };
  if (status === 502 || status === 504) return { key: 'error.unreachable' };
  if (status >= 500) return { key: 'error.fault' };
  if (status === 400 && /extension/i.test(`${errorData} ${errorMessage}`))
    return { key: 'error.extension', values: { extension } };
  return { key: 'error.other', values: { detail: errorMessage || errorType || `HTTP ${status}` } };
}

/** The field of the sign-in form that a sentence speaks about; null when none is to blame. */
export function fieldOf(sentence: Sentence): 'user' | 'password' | 'extension' | null {
  switch (sentence.key) {
    case 'error.credentials':
      return 'password';
    case 'error.notAgent':
      return 'user';
    case 'error.extension':
    case 'error.extensionBusy':
      return 'extension';
    default:
      return null;
  }
}

/** The state of an agent with its reason. A state that this page has no word for is shown as the server names it. */
export function stateSentence({ state, reasonLabel }: Pick<AgentUser, 'state' | 'reasonLabel'>): Sentence {
  const key = `state.${state}`;
  // States are written in capitals; other words that begin with "state." are none.
  const known = /^[A-Z_]+$/.test(state) && Object.hasOwn(en, key);
  const name = known ? { key: key as MessageKey } : state;
  if (reasonLabel) return { key: 'state.withReason', values: { state: name, reason: reasonLabel } };
  return known ? { key: key as MessageKey } : { key: 'state.other', values: { state } };
}

/** The state of an agent of a team, and what follows it. */
export function memberSentence(member: Pick<AgentUser, 'state' | 'reasonLabel' | 'pendingState'>): Sentence {
  const { state, pendingState } = member;
  const now = stateSentence(member);
  if (pendingState === '' || pendingState === state || (pendingState === 'READY' && state === 'WORK_READY'))
    return now;
  const next = stateSentence({ state: pendingState, reasonLabel: null });
  return { key: 'state.then', values: { state: now, next } };
}

/** The state of a party of a call. A state that this page has no word for is shown as the server names it. */
export function callStateSentence(state: string): Sentence {
  const key = `call.state.${state}`;
  return /^[A-Z_]+$/.test(state) && Object.hasOwn(en, key)
    ? { key: key as MessageKey }
    : { key: 'state.other', values: { state } };
}

/** The state that follows the call, with its reason where this page asked for it; null when nothing new follows. */
export function nextSentence({ user, notReadyReasons, pendingReasonId }: DesktopState): Sentence | null {
  const next = user?.pendingState ?? '';
  // The one says the other.
  if (next === '' || (next === 'READY' && user?.state === 'WORK_READY')) return null;
  const reason = notReadyReasons?.find(({ id }) => id === pendingReasonId);
  return stateSentence({ state: next, reasonLabel: reason?.label ?? null });
}
