/**
 * The one state of the page: a pure function of server objects and events. Components read it through
 * useSyncExternalStore; nothing else holds server data.
 */
import type { MessageKey } from '../messages/catalogue.ts';

export interface AgentUser {
  readonly loginId: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly extension: string;
  readonly teamName: string;
  readonly state: string;
  /** Epoch ms by the server's clock; null when unknown. */
  readonly stateChangeTime: number | null;
  readonly reasonCodeId: number | null;
  readonly reasonLabel: string | null;
  readonly roles: readonly string[];
}

export interface Reason {
  readonly id: number;
  readonly label: string;
}

/** A sentence with its values, translated where it is shown. */
export interface Sentence {
  readonly key: MessageKey;
  /** Text is shown as it is; a key is translated first. */
  readonly values?: Readonly<Record<string, string | { readonly key: MessageKey }>>;
}

export type Phase = 'signed-out' | 'signing-in' | 'signed-in';
export type Link = 'up' | 'lost' | 'out-of-service' | 'conflict';

export interface DesktopState {
  readonly phase: Phase;
  /** True after a sign-out on this page, so that it can say so. */
  readonly justSignedOut: boolean;
  readonly waitingForServer: boolean;
  readonly link: Link;
  readonly host: string;
  readonly user: AgentUser | null;
  readonly notReadyReasons: readonly Reason[];
  readonly signOutReasons: readonly Reason[];
  /** A change was requested and its event has not come yet. */
  readonly pending: boolean;
  readonly error: Sentence | null;
  /** Server clock minus this computer's clock, ms. */
  readonly drift: number;
}

export const INITIAL: DesktopState = {
  phase: 'signed-out',
  justSignedOut: false,
  waitingForServer: false,
  link: 'up',
  host: '',
  user: null,
  notReadyReasons: [],
  signOutReasons: [],
  pending: false,
  error: null,
  drift: 0,
};

export type DesktopEvent =
  | { readonly type: 'sign-in started'; readonly host: string }
  | { readonly type: 'waiting for server' }
  | { readonly type: 'sign-in failed'; readonly error: Sentence }
  | { readonly type: 'signed in'; readonly user: AgentUser }
  | { readonly type: 'reasons'; readonly notReady: readonly Reason[]; readonly signOut: readonly Reason[] }
  | { readonly type: 'user'; readonly user: AgentUser }
  | { readonly type: 'requested' }
  | { readonly type: 'answered'; readonly error: Sentence | null }
  | { readonly type: 'link'; readonly link: Link }
  | { readonly type: 'clock'; readonly drift: number }
  | { readonly type: 'error seen' };

export function reduce(state: DesktopState, event: DesktopEvent): DesktopState {
  switch (event.type) {
    case 'sign-in started':
      return { ...INITIAL, phase: 'signing-in', host: event.host, drift: state.drift };
    case 'waiting for server':
      return { ...state, waitingForServer: true };
    case 'sign-in failed':
      return { ...INITIAL, host: state.host, error: event.error };
    case 'signed in':
      return {
        ...state,
        phase: 'signed-in',
        waitingForServer: false,
        user: event.user,
        error: null,
        link: 'up',
      };
    case 'reasons':
      return { ...state, notReadyReasons: event.notReady, signOutReasons: event.signOut };
    case 'user':
      // While signing in, an old LOGOUT event says nothing new; once signed in, it ends the desktop.
      if (event.user.state === 'LOGOUT' && state.phase === 'signed-in')
        return { ...INITIAL, host: state.host, drift: state.drift, justSignedOut: true };
      return { ...state, user: event.user };
    case 'requested':
      return { ...state, pending: true, error: null };
    case 'answered':
      return { ...state, pending: false, error: event.error };
    case 'link':
      return { ...state, link: event.link };
    case 'clock':
      return { ...state, drift: event.drift };
    case 'error seen':
      return state.error ? { ...state, error: null } : state;
  }
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
