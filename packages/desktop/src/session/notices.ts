/** What the notification centre lists (desktop.md section 10). */
import type { Sentence } from './store.ts';

/** `other`: what a gadget tells. */
export type NoticeKind = 'call' | 'state' | 'connection' | 'team-message' | 'other';

export interface Page {
  readonly url: string;
  /** The same name uses the same window again; empty: a new one. */
  readonly windowName: string;
}

export interface NoticeDraft {
  readonly kind: NoticeKind;
  readonly sentence: Sentence;
  /** A window that the browser did not let open, and that a click opens. */
  readonly page?: Page;
  /** Id by which a gadget is told that it was clicked. */
  readonly click?: string;
  /** How long it pops up in the page; 0: never. Default: as its kind has it. */
  readonly popUpMs?: number;
}

export interface Notice extends NoticeDraft {
  readonly id: number;
  /** Epoch ms by this computer's clock. */
  readonly at: number;
}

export interface NoticeState {
  /** Newest first. */
  readonly entries: readonly Notice[];
  /** How many came since the centre was looked at. */
  readonly unread: number;
  readonly lastId: number;
}

export const NO_NOTICES: NoticeState = { entries: [], unread: 0, lastId: 0 };

/** Entries that are kept; the oldest go. */
export const NOTICES_MAX = 100;

export type NoticeEvent =
  | { readonly type: 'notice'; readonly notice: NoticeDraft; readonly at: number }
  /** The centre was opened. */
  | { readonly type: 'notices seen' }
  /** "Mark all as read": nothing is left. */
  | { readonly type: 'notices cleared' };

export function reduceNotices(state: NoticeState, event: NoticeEvent): NoticeState {
  switch (event.type) {
    case 'notice': {
      const id = state.lastId + 1;
      const entries = [{ ...event.notice, id, at: event.at }, ...state.entries].slice(0, NOTICES_MAX);
      return { entries, unread: Math.min(state.unread + 1, NOTICES_MAX), lastId: id };
    }
    case 'notices seen':
      return state.unread === 0 ? state : { ...state, unread: 0 };
    case 'notices cleared':
      return { ...state, entries: [], unread: 0 };
  }
}
