/** Tasks of media beside voice: what an agent may do with each (objects.md 4.2). Who offers them is not decided here. */
import type { MediaChannel, WorkingState } from './media.ts';

export const TASK_STATES = ['OFFERED', 'ACCEPTED', 'ACTIVE', 'PAUSED', 'WRAPPING_UP', 'CLOSED'] as const;
export type TaskState = (typeof TASK_STATES)[number];
export const TASK_ACTIONS = ['ACCEPT', 'START', 'PAUSE', 'RESUME', 'WRAP_UP', 'TRANSFER', 'CLOSE'] as const;
export type TaskAction = (typeof TASK_ACTIONS)[number];

/** What an action makes of a task. One that is transferred is over for this agent. */
const AFTER: Readonly<Record<TaskState, Readonly<Partial<Record<TaskAction, TaskState>>>>> = {
  OFFERED: { ACCEPT: 'ACCEPTED' },
  ACCEPTED: { START: 'ACTIVE', TRANSFER: 'CLOSED', CLOSE: 'CLOSED' },
  ACTIVE: { PAUSE: 'PAUSED', WRAP_UP: 'WRAPPING_UP', TRANSFER: 'CLOSED', CLOSE: 'CLOSED' },
  PAUSED: { RESUME: 'ACTIVE', WRAP_UP: 'WRAPPING_UP', TRANSFER: 'CLOSED', CLOSE: 'CLOSED' },
  WRAPPING_UP: { CLOSE: 'CLOSED' },
  CLOSED: {},
};

export interface TaskVariable {
  readonly name: string;
  readonly value: string;
}

export interface Task {
  /** With underscores, so that it is no id of a call. */
  readonly id: string;
  readonly loginId: string;
  readonly channel: MediaChannel;
  readonly state: TaskState;
  /** Wall ms. */
  readonly startTime: number;
  readonly stateChangeTime: number;
  readonly variables: readonly TaskVariable[];
}

export function actionsOfTask({ state }: Task): readonly TaskAction[] {
  return TASK_ACTIONS.filter((action) => AFTER[state][action] !== undefined);
}

/** What a medium is in while an agent has these tasks of it; null: nothing goes on. */
export function workOf(tasks: readonly Task[]): WorkingState | null {
  const has = (...states: readonly TaskState[]) => tasks.some(({ state }) => states.includes(state));
  if (has('ACTIVE', 'ACCEPTED')) return 'ACTIVE';
  if (has('OFFERED')) return 'RESERVED';
  if (has('PAUSED')) return 'PAUSED';
  return has('WRAPPING_UP') ? 'WORK' : null;
}

export class TaskBook {
  readonly #tasks = new Map<string, Task>();
  #count = 0;

  get(id: string): Task | undefined {
    return this.#tasks.get(id);
  }

  /** Oldest first. @param channelId of one medium only */
  of(loginId: string, channelId?: string): readonly Task[] {
    return [...this.#tasks.values()].filter(
      (task) => task.loginId === loginId && (channelId === undefined || task.channel.id === channelId),
    );
  }

  offer(loginId: string, channel: MediaChannel, variables: readonly TaskVariable[], now: number): Task {
    const id = `151_${channel.id}_${++this.#count}_1`;
    const task: Task = {
      id,
      loginId,
      channel,
      state: 'OFFERED',
      startTime: now,
      stateChangeTime: now,
      variables,
    };
    this.#tasks.set(id, task);
    return task;
  }

  /** What another node has made of it. @returns whether it is another than before */
  put(task: Task): boolean {
    const before = this.#tasks.get(task.id);
    // Numbers of both nodes are kept apart as far as each has heard of the other's.
    this.#count = Math.max(this.#count, Number(task.id.split('_').at(-2)) || 0);
    if (task.state === 'CLOSED') return this.#tasks.delete(task.id);
    this.#tasks.set(task.id, task);
    return before?.state !== task.state;
  }

  /** @returns the task afterwards; null: its state does not allow that */
  act(id: string, action: TaskAction, now: number): Task | null {
    const task = this.#tasks.get(id);
    const state = task && AFTER[task.state][action];
    return state === undefined ? null : this.#become(task as Task, state, now);
  }

  /** @returns those that were closed */
  closeAll(loginId: string, channelId: string, now: number): readonly Task[] {
    return this.of(loginId, channelId).map((task) => this.#become(task, 'CLOSED', now));
  }

  #become(task: Task, state: TaskState, now: number): Task {
    const after: Task = { ...task, state, stateChangeTime: now };
    if (state === 'CLOSED') this.#tasks.delete(task.id);
    else this.#tasks.set(task.id, after);
    return after;
  }
}
