/** The chain of causes of an agent's state, put together of what befell him. Pure. */
import type { AgentNews } from './trace-book.ts';

/** What belongs together was told within this time. */
const TOGETHER_MS = 2_000;
/** A state that a call brought follows its news within this time. */
const CALL_MS = 1_000;

/**
 * Why the agent is in his state: first the state, behind each entry the one that brought it. Ends with the first cause that is known:
 * somebody's request, the presence that was lost, a call, or the state itself where it was nobody's wish here.
 * @param news of one agent, newest first
 */
export function chainOf(news: readonly AgentNews[]): readonly AgentNews[] {
  const at = news.findIndex(({ kind, what }) => kind === 'state' && !what.startsWith('error '));
  const state = news[at];
  if (state === undefined) return [];
  const { requestId } = state.detail;
  const forced = news.find(
    (one) =>
      one.kind === 'signOut' &&
      (one.what.endsWith(' signedOut') || one.what.endsWith(' notReady')) &&
      state.what.startsWith(one.what.endsWith(' notReady') ? 'NOT_READY' : 'LOGOUT') &&
      (requestId === undefined || one.detail.requestId === requestId || one.detail.requestId === undefined) &&
      Math.abs(one.at - state.at) <= TOGETHER_MS,
  );
  const before = news.slice(at + 1);
  if (forced !== undefined) {
    const asked = requestBehind(before, forced);
    return [state, forced, ...(asked.length > 0 ? asked : departureOf(before))];
  }
  if (requestId !== undefined) return [state, ...requestBehind(before, state)];
  const call = before.find(({ kind, what }) => kind === 'dialog' && !what.startsWith('error '));
  // A state that says so, or one that the end of the call brought.
  if (call === undefined || state.at - call.at > CALL_MS) return [state];
  return [state, call, ...requestBehind(before.slice(before.indexOf(call) + 1), call)];
}

/** The request that an entry names. */
function requestBehind(before: readonly AgentNews[], { detail }: AgentNews): readonly AgentNews[] {
  if (detail.requestId === undefined) return [];
  const found = before.find((one) => one.kind === 'request' && one.detail.requestId === detail.requestId);
  return found === undefined ? [] : [found];
}

/** The presences that were lost last, back to when he was there. */
function departureOf(before: readonly AgentNews[]): readonly AgentNews[] {
  const presences = before.filter(({ kind }) => kind === 'presence');
  const there = presences.findIndex(({ what }) => what === 'available');
  return there === -1 ? presences : presences.slice(0, there);
}
