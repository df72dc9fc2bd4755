/** What has become of calls, for who hears the page instead of seeing it. Pure. */
import type { Dialog } from '@poise/client';
import { allows, type CallState, type Calls, HAS_LEFT, isMonitor, otherParties, ownPart } from './calls.ts';
import { isOffered } from './outbound.ts';
import type { Sentence } from './store.ts';

const DIALLING: ReadonlySet<string> = new Set(['INITIATING', 'INITIATED']);

const TALKING: ReadonlySet<string> = new Set(['ACTIVE', 'HELD']);

const stateIn = (dialog: Dialog | undefined, extension: string): string =>
  (dialog && ownPart(dialog, extension)?.state) ?? '';

const isLive = (dialog: Dialog | undefined, extension: string): boolean => {
  const state = stateIn(dialog, extension);
  return state !== '' && !HAS_LEFT.has(state);
};

function withParties(dialog: Dialog, extension: string): Sentence {
  const party = otherParties(dialog, extension).join(', ');
  return isMonitor(dialog, extension)
    ? { key: 'calls.monitoring', values: { agent: party } }
    : { key: 'calls.with', values: { party } };
}

/**
 * What is worth saying of a change of calls: one that ended, that was answered at the other end, that somebody joined or left, with what
 * reason it is wrapped up. What
 * an incoming call and the agent's state say by themselves is not said again: that a call is on hold only where there are several.
 * @param gone the dialogs that have gone, as the server told of their end
 * @param handing the direct transfer that was asked for last
 */
export function callNews(
  before: Calls,
  after: Calls,
  extension: string,
  gone: Calls = [],
  handing: CallState['handing'] = null,
): readonly Sentence[] {
  const live = after.filter((dialog) => isLive(dialog, extension));
  const isOver = (dialog: Dialog) =>
    isLive(dialog, extension) &&
    !live.some(({ id }) => id === dialog.id) &&
    // A contact that was offered is no call yet: its call is another one, and the state says what else became of it.
    !isOffered(dialog, extension);
  const over = before.filter(isOver);
  const handedOver = handOver(over, [...after, ...gone], extension, handing);
  if (handedOver !== null) over.splice(0);
  const ended = over.flatMap((dialog): Sentence[] => {
    const parties = otherParties(dialog, extension);
    // A consultation that became a conference goes on there.
    const goesOn = live.some((other) => {
      const there = otherParties(other, extension);
      return parties.every((party) => there.includes(party));
    });
    if (goesOn) return [];
    return [
      parties.length === 0
        ? { key: 'call.error.gone' }
        : {
            // Nobody here knows whether it rings elsewhere now, or waits again.
            key: allows(dialog, extension, 'ANSWER') ? 'calls.rangOut' : 'calls.over',
            values: { party: parties.join(', ') },
          },
    ];
  });
  const changed = live.flatMap((dialog): Sentence[] => {
    const known = before.find(({ id }) => id === dialog.id);
    if (known === undefined || !isLive(known, extension)) return [];
    const [from, to] = [stateIn(known, extension), stateIn(dialog, extension)];
    const call = withParties(dialog, extension);
    const isAnswered = DIALLING.has(from) && to === 'ACTIVE';
    // Of one that rang a moment ago, was answered and is on hold already, the agent's state tells no more than that he talks.
    const isMoved =
      live.length > 1 && from !== to && (to === 'HELD' || (TALKING.has(from) && to === 'ACTIVE'));
    if (isAnswered || isMoved)
      return [
        {
          key: 'calls.news',
          values: { call, state: { key: to === 'HELD' ? 'call.state.HELD' : 'call.state.ACTIVE' } },
        },
      ];
    const isJoint = otherParties(known, extension).join() !== otherParties(dialog, extension).join();
    return isJoint && TALKING.has(from) && TALKING.has(to) ? [call] : [];
  });
  // Applied here, or by another agent of the call: it is data of the call.
  const wrapped = after.flatMap((dialog): Sentence[] => {
    const known = before.find(({ id }) => id === dialog.id);
    if (known === undefined || dialog.wrapUpReason === '' || known.wrapUpReason === dialog.wrapUpReason)
      return [];
    return [{ key: 'calls.news', values: { call: { key: 'call.wrapUp' }, state: dialog.wrapUpReason } }];
  });
  return [...(handedOver === null ? [] : [handedOver]), ...ended, ...changed, ...wrapped];
}

const CONSULTING: ReadonlySet<string> = new Set(['CONSULT', 'CONSULT_OFFERED']);

/**
 * Whether a consultation that was talked in is gone, and the agent still talks, though there is no call to talk in: a conference or a transfer
 * that somebody else has made is being told, or the state that comes of the end of the consultation. One that has ended leaves the agent
 * on hold, ready or in wrap-up.
 * @param agentState as the server tells it
 */
export function isHalfTold(before: Calls, after: Calls, extension: string, agentState: string): boolean {
  const live = after.filter((dialog) => isLive(dialog, extension));
  if (agentState !== 'TALKING' || live.some((dialog) => stateIn(dialog, extension) !== 'HELD')) return false;
  return before.some(
    (dialog) =>
      CONSULTING.has(dialog.callType) &&
      TALKING.has(stateIn(dialog, extension)) &&
      !live.some(({ id }) => id === dialog.id),
  );
}

/**
 * The calls as who hears the page knows them after the news: a hold of the only call is told by the agent's state alone. One that
 * comes before a consultation the state does not tell, and it is news still when the consultation comes, however much later.
 * @param before as they were known
 * @param agentState as the server tells it
 */
export function heardOf(before: Calls, after: Calls, extension: string, agentState: string): Calls {
  const live = after.filter((dialog) => isLive(dialog, extension));
  const [held] = live;
  const known = before.find(({ id }) => id === held?.id);
  if (
    held === undefined ||
    live.length > 1 ||
    agentState === 'HOLD' ||
    stateIn(held, extension) !== 'HELD' ||
    stateIn(known, extension) === 'HELD'
  )
    return after;
  return after.map((dialog) => (dialog === held ? activeOf(held, extension) : dialog));
}

/** The only call as it is talked on: that it is retrieved the agent's state tells at once, also when it is on hold again before all has settled. */
export function retrievedOf(known: Calls, now: Calls, extension: string): Calls {
  const live = now.filter((dialog) => isLive(dialog, extension));
  const [only] = live;
  if (live.length !== 1 || stateIn(only, extension) !== 'ACTIVE') return known;
  return known.map((dialog) =>
    dialog.id === only?.id && stateIn(dialog, extension) === 'HELD' ? activeOf(dialog, extension) : dialog,
  );
}

const activeOf = (dialog: Dialog, extension: string): Dialog => ({
  ...dialog,
  participants: dialog.participants.map((part) =>
    part.mediaAddress === extension ? { ...part, state: 'ACTIVE' } : part,
  ),
});

/**
 * A transfer takes a call away, and the consultation with it, though none of them has ended: a call on hold and a consultation go together,
 * or those who are left in the wrap-up, or at the end that the server tells of, talk on.
 */
function handOver(
  over: Calls,
  last: Calls,
  extension: string,
  handing: CallState['handing'],
): Sentence | null {
  const sentence = (dialog: Dialog, to: readonly string[]): Sentence => ({
    key: 'calls.handedOver',
    values: { party: otherParties(dialog, extension).join(', '), to: to.join(', ') },
  });
  const handed = over.find(({ id }) => id === handing?.of);
  if (handed !== undefined && handing !== null) return sentence(handed, [handing.to]);
  const [consult] = over.filter(({ callType }) => callType === 'CONSULT');
  const [held] = over.filter((dialog) => dialog !== consult && stateIn(dialog, extension) === 'HELD');
  if (over.length === 2 && consult !== undefined && held !== undefined)
    return sentence(held, otherParties(consult, extension));
  for (const dialog of over) {
    // What rings, and goes on to ring elsewhere, nobody here has handed over.
    if (!TALKING.has(stateIn(dialog, extension))) continue;
    const end = last.findLast(({ id }) => id === dialog.id);
    const parties = otherParties(dialog, extension);
    const added = end ? otherParties(end, extension).filter((party) => !parties.includes(party)) : [];
    if (parties.length > 0 && added.length > 0) return sentence(dialog, added);
  }
  return null;
}
