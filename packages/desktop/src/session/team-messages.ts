/** Messages of supervisors to their teams: pure functions over what the server tells (desktop.md 8). */
import type { TeamMessage, Update } from '@poise/client';
import type { Sentence } from './store.ts';

/** What a message may be: characters, and seconds that it is shown. */
export const CONTENT_MAX = 255;
export const DURATION_MIN_S = 5 * 60;
export const DURATION_MAX_S = (23 * 60 + 55) * 60;
/** More than a server keeps. */
const KEPT_MAX = 5_000;

export interface MessageState {
  /** Those to the own team, and those that this user sent; newest first. */
  readonly list: readonly TeamMessage[];
  /** A message is on its way, or some are being deleted. */
  readonly isBusy: boolean;
  /** Counts what was sent, so that the form knows when to empty itself. */
  readonly sent: number;
  /** Why the last one was not sent, or not deleted. */
  readonly error: Sentence | null;
  /** Why the lists could not be read. */
  readonly readError: Sentence | null;
}

export const NO_MESSAGES: MessageState = {
  list: [],
  isBusy: false,
  sent: 0,
  error: null,
  readError: null,
};

/** For whom a message is of interest. */
export interface Reader {
  readonly loginId: string;
  readonly teamId: number | null;
}

export type MessageEvent =
  /** `overtaken`: ids that events have told of since the lists were asked for. */
  | {
      readonly type: 'messages read';
      readonly messages: readonly TeamMessage[];
      readonly overtaken: ReadonlySet<string>;
    }
  /** `error` null: they are asked for again. */
  | { readonly type: 'messages unread'; readonly error: Sentence | null }
  | { readonly type: 'message told'; readonly update: Update }
  /** @param now by the server's clock, epoch ms */
  | { readonly type: 'messages expired'; readonly now: number }
  | { readonly type: 'message requested' }
  | { readonly type: 'message answered'; readonly error: Sentence | null; readonly isSent: boolean };

export function reduceMessages(state: MessageState, event: MessageEvent, reader: Reader): MessageState {
  switch (event.type) {
    case 'messages read': {
      const heard = state.list.filter(({ id }) => event.overtaken.has(id));
      return withList(
        { ...state, readError: null },
        [...heard, ...event.messages.filter(({ id }) => !event.overtaken.has(id))],
        reader,
      );
    }
    case 'messages unread':
      return { ...state, readError: event.error };
    case 'message told': {
      const id = toldId(event.update);
      const { data } = event.update;
      const isGone = event.update.event === 'DELETE';
      if (isGone) {
        const list = state.list.filter((message) => message.id !== id);
        return list.length === state.list.length ? state : { ...state, list };
      }
      return data.type === 'teamMessage' ? withList(state, [data.teamMessage, ...state.list], reader) : state;
    }
    case 'messages expired': {
      const list = state.list.filter((message) => expiresAt(message) > event.now);
      return list.length === state.list.length ? state : { ...state, list };
    }
    case 'message requested':
      return { ...state, isBusy: true, error: null };
    case 'message answered':
      return {
        ...state,
        isBusy: false,
        error: event.error,
        sent: state.sent + (event.isSent && event.error === null ? 1 : 0),
      };
  }
}

/** The message that an Update tells of; '' when it is none. */
export function toldId({ data, source }: Update): string {
  return data.type === 'teamMessage' ? data.teamMessage.id : (source.split('/TeamMessage/')[1] ?? '');
}

/** Epoch ms by the server's clock. A message without a beginning does not end by itself. */
export function expiresAt({ createdAt, durationSeconds }: TeamMessage): number {
  return createdAt === null ? Number.POSITIVE_INFINITY : createdAt.getTime() + durationSeconds * 1_000;
}

/** Those that the banner shows: to the own team, from somebody else. */
export const receivedBy = (
  list: readonly TeamMessage[],
  { loginId, teamId }: Reader,
): readonly TeamMessage[] =>
  list.filter(
    ({ teamIds, createdBy }) => teamId !== null && teamIds.includes(teamId) && createdBy.id !== loginId,
  );

export const sentBy = (list: readonly TeamMessage[], { loginId }: Reader): readonly TeamMessage[] =>
  list.filter(({ createdBy }) => createdBy.id === loginId);

/** Each once, though it is told on the node of every team that it goes to. */
function withList(state: MessageState, messages: readonly TeamMessage[], reader: Reader): MessageState {
  const byId = new Map<string, TeamMessage>();
  for (const message of messages) {
    const { id, teamIds, createdBy } = message;
    const isMine =
      createdBy.id === reader.loginId || (reader.teamId !== null && teamIds.includes(reader.teamId));
    if (isMine && !byId.has(id)) byId.set(id, message);
  }
  // Times have whole seconds: of two of the same second the one that was told later stands first.
  const list = [...byId.values()].sort(
    (a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0),
  );
  return { ...state, list: list.slice(0, KEPT_MAX) };
}
