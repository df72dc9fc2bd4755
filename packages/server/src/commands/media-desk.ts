/** Media beside voice and their tasks, with what is told of both. What it keeps ends with the process; other nodes are told what they need. */
import type { Clock } from '@poise/clock';
import {
  MediaBook,
  type MediaChannel,
  type MediaRefusal,
  type MediaWish,
  type Medium,
} from '../domain/media.ts';
import { type Task, type TaskAction, TaskBook, type TaskVariable, workOf } from '../domain/tasks.ts';
import type { Cause } from '../happenings.ts';
import type { UserRecord } from '../store/directory.ts';
import type { MediaWord } from './media-words.ts';

/** Hears what became of media and tasks. */
export interface MediaOutcomes {
  changed(user: UserRecord, medium: Medium, requestId: string, cause: Cause): void;
  refused(user: UserRecord, channelId: string, refusal: MediaRefusal, requestId: string, cause: Cause): void;
  taskChanged(
    user: UserRecord,
    task: Task,
    event: 'POST' | 'PUT' | 'DELETE',
    requestId: string,
    cause: Cause,
  ): void;
  taskRefused(user: UserRecord, task: Task, action: TaskAction, requestId: string, cause: Cause): void;
}

export interface MediaDeskDependencies {
  readonly channels: readonly MediaChannel[];
  readonly outcomes: MediaOutcomes;
  readonly clock: Clock;
  /** Tells the other nodes of each outcome; absent: there are none. */
  readonly tellOthers?: (word: MediaWord) => void;
}

export class MediaDesk {
  readonly #d: MediaDeskDependencies;
  /** Clients here, and other nodes. */
  readonly #outcomes: MediaOutcomes;
  readonly #book: MediaBook;
  readonly #tasks = new TaskBook();

  constructor(dependencies: MediaDeskDependencies) {
    this.#d = dependencies;
    const { outcomes, tellOthers } = dependencies;
    this.#outcomes = tellOthers === undefined ? outcomes : toldToOthers(outcomes, tellOthers);
    this.#book = new MediaBook(dependencies.channels);
  }

  of(loginId: string): readonly Medium[] {
    return this.#book.of(loginId);
  }
  get(loginId: string, channelId: string): Medium | undefined {
    return this.#book.get(loginId, channelId);
  }
  tasksOf(loginId: string): readonly Task[] {
    return this.#tasks.of(loginId);
  }
  task(id: string): Task | undefined {
    return this.#tasks.get(id);
  }

  get channels(): readonly MediaChannel[] {
    return this.#book.channels;
  }

  /** What became of a request, or of a task, at another node: taken over, and told to the clients here. */
  heard(user: UserRecord, { news, requestId, cause }: MediaWord): void {
    const { outcomes } = this.#d;
    const { loginId } = user;
    switch (news.type) {
      case 'medium':
        // Who leaves his desk leaves his media at each node by itself.
        if (this.#book.put(loginId, news.medium) || requestId !== '')
          outcomes.changed(user, news.medium, requestId, cause);
        return;
      case 'refused':
        outcomes.refused(user, news.channelId, news.refusal, requestId, cause);
        return;
      case 'task':
        if (this.#tasks.put(news.task) || requestId !== '')
          outcomes.taskChanged(user, news.task, news.event, requestId, cause);
        return;
      case 'taskRefused':
        outcomes.taskRefused(user, news.task, news.action, requestId, cause);
    }
  }

  /** Signs in or out, changes the state or whether tasks may come. Tasks of a medium that is left are closed. */
  apply(user: UserRecord, channelId: string, wish: MediaWish, requestId: string, cause: Cause): void {
    const { clock } = this.#d;
    const outcomes = this.#outcomes;
    const outcome = this.#book.apply(user.loginId, channelId, wish, clock.now());
    if (!outcome.ok) {
      outcomes.refused(user, channelId, outcome.refusal, requestId, cause);
      return;
    }
    if (wish.verb === 'LOGOUT')
      for (const task of this.#tasks.closeAll(user.loginId, channelId, clock.now()))
        outcomes.taskChanged(user, task, 'DELETE', '', cause);
    outcomes.changed(user, outcome.medium, requestId, cause);
  }

  /** No more tasks come; those that are there stay. */
  makeNotReady(user: UserRecord, cause: Cause): void {
    for (const { channel, state } of this.#book.of(user.loginId))
      if (state === 'READY')
        this.apply(user, channel.id, { verb: 'NOT_READY', reasonCodeId: null }, '', cause);
  }

  /** Leaves all media. */
  signOut(user: UserRecord): void {
    for (const { channel, state } of this.#book.of(user.loginId))
      if (state !== 'LOGOUT') this.apply(user, channel.id, { verb: 'LOGOUT', reasonCodeId: null }, '', {});
  }

  forget(loginId: string): void {
    for (const { channel } of this.#book.of(loginId))
      this.#tasks.closeAll(loginId, channel.id, this.#d.clock.now());
    this.#book.forget(loginId);
  }

  /** @returns null: the agent is not ready there, not routable, or has as many tasks as may be */
  offer(user: UserRecord, channelId: string, variables: readonly TaskVariable[]): Task | null {
    const { loginId } = user;
    const medium = this.#book.get(loginId, channelId);
    const limit = medium?.signIn?.maxDialogLimit ?? 0;
    if (medium?.state !== 'READY' || !medium.routable || this.#tasks.of(loginId, channelId).length >= limit)
      return null;
    const task = this.#tasks.offer(loginId, medium.channel, variables, this.#d.clock.now());
    this.#outcomes.taskChanged(user, task, 'POST', '', {});
    this.#work(user, channelId);
    return task;
  }

  act(user: UserRecord, task: Task, action: TaskAction, requestId: string, cause: Cause): void {
    const { clock } = this.#d;
    const outcomes = this.#outcomes;
    const after = this.#tasks.act(task.id, action, clock.now());
    if (after === null) {
      outcomes.taskRefused(user, task, action, requestId, cause);
      return;
    }
    outcomes.taskChanged(user, after, after.state === 'CLOSED' ? 'DELETE' : 'PUT', requestId, cause);
    this.#work(user, task.channel.id);
  }

  /** The medium follows its tasks. */
  #work(user: UserRecord, channelId: string): void {
    const work = workOf(this.#tasks.of(user.loginId, channelId));
    const medium = this.#book.work(user.loginId, channelId, work, this.#d.clock.now());
    if (medium !== null) this.#outcomes.changed(user, medium, '', {});
  }
}

/** The same outcomes, of which the other nodes are told, too. */
function toldToOthers(outcomes: MediaOutcomes, tell: (word: MediaWord) => void): MediaOutcomes {
  return {
    changed(user, medium, requestId, cause) {
      outcomes.changed(user, medium, requestId, cause);
      tell({ agentId: user.loginId, news: { type: 'medium', medium }, requestId, cause });
    },
    refused(user, channelId, refusal, requestId, cause) {
      outcomes.refused(user, channelId, refusal, requestId, cause);
      tell({ agentId: user.loginId, news: { type: 'refused', channelId, refusal }, requestId, cause });
    },
    taskChanged(user, task, event, requestId, cause) {
      outcomes.taskChanged(user, task, event, requestId, cause);
      tell({ agentId: user.loginId, news: { type: 'task', task, event }, requestId, cause });
    },
    taskRefused(user, task, action, requestId, cause) {
      outcomes.taskRefused(user, task, action, requestId, cause);
      tell({ agentId: user.loginId, news: { type: 'taskRefused', task, action }, requestId, cause });
    },
  };
}
