import { hub } from '../frame/hub.ts';
import { service } from '../frame/service.ts';
import { TOPICS } from '../frame/topics.ts';
import { guarded, validateHandler } from '../restservices/handlers.ts';

/** A task that an agent works on, or has left. */
export interface TaskActivity {
  readonly taskId: string;
  /** false: another one is worked on now. */
  readonly active: boolean;
  readonly mediaType: string;
  /** Milliseconds since 1970; now unless it is given. */
  readonly timestamp?: number;
  readonly contextInfo?: unknown;
}

export interface TaskNotification {
  readonly from: string;
  readonly message: TaskActivity;
}

const REQUIRED = ['taskId', 'active', 'mediaType'] as const;

/** What each sender in this gadget told last: told again to whoever asks. */
const latest = new Map<string, TaskNotification>();
let answering = false;

function answerRequests(): void {
  if (answering) return;
  answering = true;
  hub.listen(TOPICS.taskRequests, () => {
    for (const notification of latest.values()) hub.publish(TOPICS.taskActivity, notification);
  });
}

/** @param _containerServices as the original's; nothing of it is needed */
function begin(_containerServices?: unknown): void {
  answerRequests();
}

/** `finesse.containerservices.TaskActivityNotification`: gadgets tell each other which task the agent works on. */
export const TaskActivityNotification = service(begin, {
  /**
   * Tells the other gadgets of a task.
   * @param from the name of the sender
   * @throws Error when from, taskId, active or mediaType is missing
   */
  notifyTaskSelection(from: string, task: TaskActivity): void {
    if (typeof from !== 'string' || from === '') throw new Error('notifyTaskSelection: from is missing');
    for (const name of REQUIRED)
      if (task?.[name] === undefined || task[name] === null)
        throw new Error(`notifyTaskSelection: ${name} is missing`);
    const notification = { from, message: { ...task, timestamp: task.timestamp ?? Date.now() } };
    latest.set(from, notification);
    answerRequests();
    hub.publish(TOPICS.taskActivity, notification);
  },

  /** Calls back with `{from, message}` whenever a gadget tells of a task. @returns the function that ends it */
  registerForTaskNotifications(callback: (notification: TaskNotification) => void): () => void {
    validateHandler(callback);
    return hub.listen(TOPICS.taskActivity, (payload) =>
      guarded('task', () => callback(payload as TaskNotification)),
    );
  },

  /** Asks all gadgets to tell again what they told last, of a task that has been left, too. */
  requestCurrentTasks(): void {
    hub.request(TOPICS.taskRequests, 'CurrentTasksReq', {});
  },
});
