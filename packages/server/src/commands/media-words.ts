/** What one node tells the others of a medium or task, as JSON, and how it is read: strictly (docs/cluster.md). */
import {
  DIALOG_LIMIT,
  DIALOG_LOGOUT_ACTIONS,
  INTERRUPT_ACTIONS,
  MEDIA_ERRORS,
  MEDIA_STATES,
  type MediaChannel,
  type MediaRefusal,
  type MediaSignIn,
  type Medium,
  WORKING_STATES,
} from '../domain/media.ts';
import { TASK_ACTIONS, TASK_STATES, type Task, type TaskAction } from '../domain/tasks.ts';
import type { Cause } from '../happenings.ts';
import {
  flag,
  list,
  type Members,
  members,
  name,
  oneOf,
  readOrigin,
  text,
  VALUE_MAX,
  WordError,
  whole,
} from './word-members.ts';

/** What has become of a medium or task of an agent. */
export type MediaNews =
  | { readonly type: 'medium'; readonly medium: Medium }
  | { readonly type: 'refused'; readonly channelId: string; readonly refusal: MediaRefusal }
  | { readonly type: 'task'; readonly task: Task; readonly event: 'POST' | 'PUT' | 'DELETE' }
  | { readonly type: 'taskRefused'; readonly task: Task; readonly action: TaskAction };

export interface MediaWord {
  readonly agentId: string;
  readonly news: MediaNews;
  readonly requestId: string;
  readonly cause: Cause;
}

const EVENTS = ['POST', 'PUT', 'DELETE'] as const;
const VARIABLES_MAX = 64;

/**
 * @param channels of this node: others are none
 * @throws {WordError}
 */
export function readMediaWord(body: unknown, channels: readonly MediaChannel[]): MediaWord {
  const word = members(body, 'body');
  return {
    agentId: name(word, 'agentId'),
    news: readNews(members(word.news, 'news'), channels),
    ...readOrigin(word),
  };
}

function readNews(news: Members, channels: readonly MediaChannel[]): MediaNews {
  const type = oneOf(news, 'type', ['medium', 'refused', 'task', 'taskRefused'] as const);
  switch (type) {
    case 'medium':
      return { type, medium: readMedium(members(news.medium, 'medium'), channels) };
    case 'refused': {
      const refusal = oneOf(news, 'refusal', Object.keys(MEDIA_ERRORS) as MediaRefusal[]);
      return { type, channelId: channelOf(news.channelId, channels).id, refusal };
    }
    case 'task':
      return {
        type,
        task: readTask(members(news.task, 'task'), channels),
        event: oneOf(news, 'event', EVENTS),
      };
    case 'taskRefused':
      return {
        type,
        task: readTask(members(news.task, 'task'), channels),
        action: oneOf(news, 'action', TASK_ACTIONS),
      };
  }
}

function readMedium(medium: Members, channels: readonly MediaChannel[]): Medium {
  const time = medium.stateChangeTime;
  return {
    channel: channelOf(members(medium.channel, 'channel').id, channels),
    state: oneOf(medium, 'state', MEDIA_STATES),
    work: medium.work === null ? null : oneOf(medium, 'work', WORKING_STATES),
    stateChangeTime: time === null ? null : whole(medium, 'stateChangeTime', TIME_MAX),
    reasonCodeId: medium.reasonCodeId === null ? null : whole(medium, 'reasonCodeId', 0x7fff_ffff),
    routable: flag(medium, 'routable'),
    signIn: medium.signIn === null ? null : readSignIn(members(medium.signIn, 'signIn')),
  };
}

function readSignIn(signIn: Members): MediaSignIn {
  return {
    maxDialogLimit: whole(signIn, 'maxDialogLimit', DIALOG_LIMIT.max),
    interruptAction: oneOf(signIn, 'interruptAction', INTERRUPT_ACTIONS),
    dialogLogoutAction: oneOf(signIn, 'dialogLogoutAction', DIALOG_LOGOUT_ACTIONS),
  };
}

function readTask(task: Members, channels: readonly MediaChannel[]): Task {
  const id = name(task, 'id');
  if (!TASK_ID.test(id)) throw new WordError('id');
  return {
    id,
    loginId: name(task, 'loginId'),
    channel: channelOf(members(task.channel, 'channel').id, channels),
    state: oneOf(task, 'state', TASK_STATES),
    startTime: whole(task, 'startTime', TIME_MAX),
    stateChangeTime: whole(task, 'stateChangeTime', TIME_MAX),
    variables: list(task.variables, 'variables', VARIABLES_MAX).map((one) => {
      const variable = members(one, 'variables');
      return { name: text(variable, 'name'), value: text(variable, 'value', VALUE_MAX) };
    }),
  };
}

/** Ids of calls are other numbers: a task is never taken for one. */
const TASK_ID = /^\d{1,10}_[\w-]{1,64}_\d{1,15}_\d{1,10}$/;
/** Wall ms of 2100. */
const TIME_MAX = 4_102_444_800_000;

function channelOf(id: unknown, channels: readonly MediaChannel[]): MediaChannel {
  const channel = channels.find((one) => one.id === id);
  if (channel === undefined) throw new WordError('channel');
  return channel;
}
