/**
 * The one state of the page: a pure function of server objects and events. Components read it through
 * useSyncExternalStore; nothing else holds server data.
 */
import type { MobileAgent } from '@poise/client';
import type { MessageKey } from '../messages/catalogue.ts';
import { type CallEvent, type CallState, NO_CALLS, reduceCalls } from './calls.ts';
import type { LayoutState } from './layout.ts';
import type { MaintenanceEvent, MaintenanceState } from './maintenance.ts';
import { NO_NOTICES, type NoticeEvent, type NoticeState, reduceNotices } from './notices.ts';
import type { SsoState } from './sso.ts';
import { type MessageEvent, type MessageState, NO_MESSAGES, reduceMessages } from './team-messages.ts';
import { UNCONFIRMED } from './unconfirmed.ts';

export interface AgentUser {
  readonly loginId: string;
  readonly loginName?: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly extension: string;
  readonly teamId: number | null;
  readonly teamName: string;
  /** Supervised teams; empty for agents. */
  readonly teams: readonly { readonly id: number; readonly name: string }[];
  readonly state: string;
  /** Epoch ms by the server's clock; null when unknown. */
  readonly stateChangeTime: number | null;
  readonly reasonCodeId: number | null;
  readonly reasonLabel: string | null;
  /** Whether the system set the state because the connection was lost. */
  readonly byLoss?: boolean;
  /** A supervisor is the reason of this state. */
  readonly bySupervisor?: boolean;
  /** The state that follows the call and its wrap-up; '' when none was asked for. */
  readonly pendingState: string;
  readonly roles: readonly string[];
  /** '' for agents at a phone of the office. */
  readonly mobileMode?: MobileAgent['mode'] | '';
  /** Number of the phone of a mobile agent; empty: none. */
  readonly mobileNumber?: string;
  /** Length of the wrap-up, seconds; null: the server has not told. */
  readonly wrapUpSeconds?: number | null;
}

export interface Reason {
  readonly id: number;
  readonly label: string;
}

/** A sentence with its values, translated where it is shown. */
export interface Sentence {
  readonly key: MessageKey;
  /** Text is shown as it is; a sentence is translated first. */
  readonly values?: Readonly<Record<string, string | Sentence>>;
}

export type Phase = 'signed-out' | 'signing-in' | 'signed-in';
/** `conflict`, `taken-over` (by another tab of this browser) and `unauthorized` are final: only another sign-in helps. */
export type Link = 'up' | 'lost' | 'out-of-service' | 'conflict' | 'taken-over' | 'unauthorized';

/** Whether the link will not come back by itself. What is shown then may be old. */
export function isFinal(link: Link): boolean {
  return link === 'conflict' || link === 'taken-over' || link === 'unauthorized';
}

/** How far the error report is: nothing asked, on its way, taken by the server, or what went wrong. */
export type ReportState = 'idle' | 'sending' | 'sent' | { readonly error: Sentence };

/** Attempts that are left, and when the next one begins (epoch ms by this computer's clock). */
export interface RetryState {
  readonly left: number;
  readonly at: number;
}

/** How the user object that is shown came here; `stale`: events may have been missed since. */
export type Origin = 'event' | 'read' | 'stale';

export interface DesktopState {
  readonly phase: Phase;
  /** After a sign-out: whether this page asked for it, a supervisor, somebody else, a lost connection, or the end of the single sign-on. */
  readonly signedOutBy: 'own' | 'supervisor' | 'other' | 'loss' | 'expiry' | null;
  /** Label of the reason that the sign-out has, where it has one. */
  readonly signedOutReason: string | null;
  readonly waitingForServer: boolean;
  readonly link: Link;
  /** The link has been down long enough to tell the agent; until then the controls alone are blocked. */
  readonly alarm: boolean;
  /** Where the search for a server has failed, too; null: not searched there. */
  readonly other: { readonly host: string; readonly isReached: boolean } | null;
  /** The link is up again after an alarm, and nothing else has been said since. */
  readonly restored: boolean;
  /** The node that the page works with; while the link is down, the one that was lost. */
  readonly host: string;
  /** The node that takes over, until the link is up again. */
  readonly movedTo: string | null;
  readonly user: AgentUser | null;
  readonly userOrigin: Origin;
  /** Null until the server has told them: whether a reason is needed is unknown. */
  readonly notReadyReasons: readonly Reason[] | null;
  readonly signOutReasons: readonly Reason[] | null;
  /** The reasons were asked for in vain, and are asked for again. */
  readonly reasonsLate: boolean;
  /** A change was requested and its event has not come yet. */
  readonly pending: 'state' | 'sign-out' | null;
  /** What was requested, and has not been confirmed for so long that it is not waited for; it may still come true. */
  readonly unconfirmed: 'state' | 'sign-out' | null;
  /** Reason of the Not Ready that was requested last; null: none. */
  readonly askedReasonId: number | null;
  /** Reason of the Not Ready that follows the call, where this page asked for it: the server tells only the state. */
  readonly pendingReasonId: number | null;
  /** Reason of the last Not Ready, to which a call that began in it leads back; null: the agent has been Ready since, or had none. */
  readonly restReasonId: number | null;
  readonly error: Sentence | null;
  readonly calls: CallState;
  /** Null: the server has not been asked yet. */
  readonly layout: LayoutState | null;
  readonly notices: NoticeState;
  readonly report: ReportState;
  /** The same agent works in another tab of this browser, and this sign-in waits for what is wanted. */
  readonly otherTab: boolean;
  /** A sign-in that failed by the phone is tried again. */
  readonly retry: RetryState | null;
  readonly messages: MessageState;
  /** The single sign-on ends soon. */
  readonly sso: SsoState | null;
  /** Channel of a gadget that keeps the agent from signing out. */
  readonly heldBy: string | null;
  /** The node will be stopped. */
  readonly maintenance: MaintenanceState | null;
  /** Server clock minus this computer's clock, ms. */
  readonly drift: number;
}

export const INITIAL: DesktopState = {
  phase: 'signed-out',
  signedOutBy: null,
  signedOutReason: null,
  waitingForServer: false,
  link: 'up',
  alarm: false,
  other: null,
  restored: false,
  host: '',
  movedTo: null,
  user: null,
  userOrigin: 'stale',
  notReadyReasons: null,
  signOutReasons: null,
  reasonsLate: false,
  pending: null,
  unconfirmed: null,
  askedReasonId: null,
  pendingReasonId: null,
  restReasonId: null,
  error: null,
  calls: NO_CALLS,
  layout: null,
  notices: NO_NOTICES,
  report: 'idle',
  otherTab: false,
  retry: null,
  messages: NO_MESSAGES,
  sso: null,
  heldBy: null,
  maintenance: null,
  drift: 0,
};

export interface LinkEvent {
  readonly type: 'link';
  readonly link: Link;
  /** The connection stands, though the service behind it cannot be used: no event is missed. */
  readonly stillHears?: boolean;
}

export type DesktopEvent =
  | CallEvent
  | NoticeEvent
  | { readonly type: 'report'; readonly report: ReportState }
  | { readonly type: 'open in another tab' }
  /** Another tab of this browser took the desktop over. */
  | { readonly type: 'taken over' }
  | { readonly type: 'retry'; readonly retry: RetryState | null }
  | MessageEvent
  | MaintenanceEvent
  | {
      readonly type: 'sign-in started';
      readonly host: string;
      /** The page waits for a node, and has found one: what is told of that stays until all is well. */
      readonly isSearched?: boolean;
    }
  | { readonly type: 'waiting for server' }
  | { readonly type: 'sign-in failed'; readonly error: Sentence }
  /** `host`: the node that the page works with, where it had to look for one. */
  | { readonly type: 'signed in'; readonly user: AgentUser; readonly host?: string }
  | { readonly type: 'reasons'; readonly notReady: readonly Reason[]; readonly signOut: readonly Reason[] }
  | { readonly type: 'reasons late' }
  | { readonly type: 'layout'; readonly layout: LayoutState }
  | { readonly type: 'user'; readonly user: AgentUser; readonly origin: 'event' | 'read' }
  | {
      readonly type: 'requested';
      readonly what: 'state' | 'sign-out';
      readonly reasonId?: number | null;
      /** Nobody pressed anything: what was told before has not been seen. */
      readonly isByPage?: boolean;
    }
  | { readonly type: 'answered'; readonly error: Sentence | null }
  /** The outcome of the request takes too long. */
  | { readonly type: 'unconfirmed' }
  | LinkEvent
  | { readonly type: 'alarm' }
  | { readonly type: 'searched'; readonly other: { readonly host: string; readonly isReached: boolean } }
  /** Another node takes over. */
  | { readonly type: 'moved'; readonly host: string }
  | { readonly type: 'restored seen' }
  | { readonly type: 'error seen' }
  | { readonly type: 'clock'; readonly drift: number }
  | { readonly type: 'channels'; readonly heldBy: string | null }
  | { readonly type: 'sso'; readonly sso: SsoState | null }
  /** The single sign-on is over. */
  | { readonly type: 'sso ended' }
  | { readonly type: 'left' };

/**
 * Whether a user object may replace the one that is shown. Events come in the order in which things
 * happened, whatever the server's clock does meanwhile, so the later event wins. What was read by GET, or came
 * as the answer to a request, may have been overtaken by an event: it wins only when it tells of something later.
 */
export function replaces(
  next: Pick<AgentUser, 'stateChangeTime'>,
  origin: 'event' | 'read',
  shown: Pick<AgentUser, 'stateChangeTime'> | null,
  shownOrigin: Origin,
): boolean {
  if (shown === null || origin === 'event' || shownOrigin === 'stale') return true;
  const { stateChangeTime: time } = next;
  const { stateChangeTime: shownTime } = shown;
  if (shownOrigin === 'event') return time !== null && (shownTime === null || time > shownTime);
  return time === null ? shownTime === null : shownTime === null || time >= shownTime;
}

export function reduce(state: DesktopState, event: DesktopEvent): DesktopState {
  switch (event.type) {
    case 'sign-in started':
      return {
        ...INITIAL,
        phase: 'signing-in',
        host: event.host,
        drift: state.drift,
        ...(event.isSearched && { link: state.link, alarm: state.alarm, other: state.other }),
      };
    case 'waiting for server':
      return { ...state, waitingForServer: true };
    case 'sign-in failed':
      return { ...INITIAL, host: state.host, error: event.error };
    case 'signed in':
      return withUser(
        {
          ...(state.link === 'up'
            ? state
            : linked({ ...state, movedTo: event.host ?? null }, { type: 'link', link: 'up' })),
          phase: 'signed-in',
          waitingForServer: false,
          error: null,
        },
        event.user,
        'read',
      );
    case 'reasons':
      return { ...state, notReadyReasons: event.notReady, signOutReasons: event.signOut, reasonsLate: false };
    case 'reasons late':
      return { ...state, reasonsLate: true };
    case 'layout':
      // It is drawn as it was when the page was opened: a change comes with the next one (gadgets.md 1).
      return state.phase === 'signed-out'
        ? state
        : {
            ...state,
            layout: event.layout,
            calls: { ...state.calls, options: event.layout.properties },
          };
    case 'user':
      // Nobody is signed in any more: a late answer has nothing to say.
      return state.phase === 'signed-out' ? state : withUser(state, event.user, event.origin);
    case 'requested':
      return {
        ...state,
        pending: event.what,
        unconfirmed: null,
        askedReasonId: event.reasonId ?? null,
        error: null,
        restored: event.isByPage === true && state.restored,
      };
    case 'answered':
      return { ...state, pending: null, unconfirmed: null, error: event.error };
    case 'unconfirmed':
      return state.pending === null
        ? state
        : { ...state, pending: null, unconfirmed: state.pending, error: UNCONFIRMED };
    case 'link':
      return linked(state, event);
    case 'alarm':
      return state.alarm || state.link === 'up' ? state : { ...state, alarm: true };
    case 'searched':
      return state.link === 'up' ? state : { ...state, other: event.other };
    case 'moved':
      return { ...state, movedTo: event.host, other: null, userOrigin: 'stale' };
    case 'error seen':
      return state.error === null ? state : { ...state, error: null };
    case 'restored seen':
      return state.restored ? { ...state, restored: false } : state;
    case 'clock':
      return { ...state, drift: event.drift };
    case 'dialogs read':
    case 'dialogs unread':
    case 'dialog update':
    case 'wrap-up reasons':
    case 'variable layouts':
    case 'phone books':
    case 'keypad opened':
    case 'keypad closed':
    case 'keys sent':
    case 'keys answered':
    case 'call requested':
    case 'call answered':
    case 'call error seen':
      return withCalls(state, event);
    case 'notice':
    case 'notices seen':
    case 'notices cleared':
      return state.phase === 'signed-in' ? { ...state, notices: reduceNotices(state.notices, event) } : state;
    case 'report':
      return { ...state, report: event.report };
    case 'open in another tab':
      return { ...INITIAL, host: state.host, drift: state.drift, otherTab: true };
    case 'taken over':
      return linked(state, { type: 'link', link: 'taken-over' });
    case 'retry':
      return { ...state, retry: event.retry };
    case 'messages read':
    case 'messages unread':
    case 'message told':
    case 'messages expired':
    case 'message requested':
    case 'message answered':
      return withMessages(state, event);
    case 'maintenance':
      return state.phase === 'signed-out' ? state : { ...state, maintenance: event.maintenance };
    case 'channels':
      return state.heldBy === event.heldBy ? state : { ...state, heldBy: event.heldBy };
    case 'sso':
      return sameSso(state.sso, event.sso) ? state : { ...state, sso: event.sso };
    case 'sso ended':
      return { ...INITIAL, host: state.host, drift: state.drift, signedOutBy: 'expiry' };
    case 'left':
      return { ...INITIAL, host: state.host, drift: state.drift };
  }
}

const sameSso = (a: SsoState | null, b: SsoState | null): boolean =>
  a === b || (a?.warning === b?.warning && a?.endsAt === b?.endsAt);

/** Nobody is signed in: late news of calls have nothing to say. */
function withCalls(state: DesktopState, event: CallEvent): DesktopState {
  if (state.phase === 'signed-out') return state;
  const calls = reduceCalls(state.calls, event, state.user?.extension ?? '');
  return calls === state.calls ? state : { ...state, calls };
}

function withMessages(state: DesktopState, event: MessageEvent): DesktopState {
  if (state.user === null) return state;
  const messages = reduceMessages(state.messages, event, state.user);
  return messages === state.messages ? state : { ...state, messages };
}

/** Shows the user that counts. While signing in an old LOGOUT says nothing new; once signed in it ends the desktop. */
function withUser(state: DesktopState, user: AgentUser, origin: 'event' | 'read'): DesktopState {
  const isNewer = replaces(user, origin, state.user, state.userOrigin);
  const shown = isNewer ? user : state.user;
  if (shown?.state === 'LOGOUT' && state.phase === 'signed-in') {
    const isLoss = shown.byLoss === true || (state.link !== 'up' && shown.reasonLabel === null);
    const byOthers = shown.bySupervisor ? 'supervisor' : isLoss ? 'loss' : 'other';
    const signedOutBy = askedFor(state) === 'sign-out' ? 'own' : byOthers;
    // That it was a supervisor is all that this reason says.
    const signedOutReason = signedOutBy === 'supervisor' ? null : shown.reasonLabel;
    return { ...INITIAL, host: state.host, drift: state.drift, signedOutBy, signedOutReason };
  }
  if (!isNewer) return state;
  // What was wrong with a request in one state says nothing about the next.
  const error = state.phase === 'signed-in' && user.state !== state.user?.state ? null : state.error;
  // The next state is the outcome of what was asked for, or has overtaken it.
  const unconfirmed = user.state === state.user?.state ? state.unconfirmed : null;
  return {
    ...state,
    user,
    userOrigin: origin,
    pendingReasonId: pendingReason(state, user),
    restReasonId: restReason(state, user),
    unconfirmed,
    error,
  };
}

/** What this page asked for, and what may come true. */
const askedFor = ({ pending, unconfirmed }: DesktopState) => pending ?? unconfirmed;

/** The reason goes with the wish it belongs to, and with what may have been missed. */
function pendingReason(state: DesktopState, user: AgentUser): number | null {
  if (user.pendingState !== 'NOT_READY') return null;
  if (askedFor(state) === 'state') return state.askedReasonId;
  return state.user?.pendingState === 'NOT_READY' ? state.pendingReasonId : null;
}

function restReason({ restReasonId }: DesktopState, user: AgentUser): number | null {
  if (user.state === 'NOT_READY') return user.reasonCodeId;
  return user.state === 'READY' ? null : restReasonId;
}

/**
 * Whether somebody or something else put the agent into Not Ready: the phone that was not answered, a supervisor.
 * Such a reason is none of those that the agent may choose.
 */
export function isReasonOfOthers({ user, notReadyReasons }: DesktopState): boolean {
  if (user?.state !== 'NOT_READY' || user.reasonLabel === null || notReadyReasons === null) return false;
  return !notReadyReasons.some(({ id }) => id === user.reasonCodeId);
}

function linked(state: DesktopState, { link, stillHears = link === 'up' }: LinkEvent): DesktopState {
  // Events may be missed from now on: whatever is read next counts, even if a new server's clock is behind.
  const userOrigin = stillHears ? state.userOrigin : 'stale';
  if (link === state.link) return userOrigin === state.userOrigin ? state : { ...state, userOrigin };
  // What went wrong without a connection is over with it.
  if (link === 'up')
    return {
      ...state,
      link,
      alarm: false,
      other: null,
      host: state.movedTo ?? state.host,
      movedTo: null,
      // What was mended before anybody was told of it is not worth a word.
      restored: state.alarm,
      error: null,
      calls: { ...state.calls, error: null },
    };
  // Nobody waits any longer for the event of a request when no event will come.
  const pending = isFinal(link) ? null : state.pending;
  return { ...state, link, alarm: state.alarm || isFinal(link), restored: false, userOrigin, pending };
}

/** Holds the state and tells who looks at it. */
export class Store {
  #state = INITIAL;
  readonly #listeners = new Set<() => void>();

  readonly snapshot = (): DesktopState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  dispatch(event: DesktopEvent): void {
    const next = reduce(this.#state, event);
    if (next === this.#state) return;
    this.#state = next;
    for (const listener of this.#listeners) listener();
  }
}
