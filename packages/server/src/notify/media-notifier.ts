/** Media of a user on his nodes: that of the medium, and the one of all media, which releases before 12 have (notification-service.md 5.1). */
import { MEDIA_ERRORS, type MediaRefusal, type Medium } from '../domain/media.ts';
import type { Task, TaskAction } from '../domain/tasks.ts';
import type { Cause } from '../happenings.ts';
import { MEDIA } from '../objects/media.ts';
import type { Presenter } from '../objects/presenter.ts';
import { TASK } from '../objects/task.ts';
import { errorUpdate, type UpdateEvent, updateOf } from '../objects/update.ts';
import { objectWriter } from '../objects/writer.ts';
import type { UserRecord } from '../store/directory.ts';
import type { Publisher } from './publisher.ts';

export interface MediaNotifierDependencies {
  readonly presenter: Presenter;
  readonly publisher: Publisher;
}

/** Fits the port of the commands to which outcomes go. */
export class MediaNotifier {
  readonly #d: MediaNotifierDependencies;

  constructor(dependencies: MediaNotifierDependencies) {
    this.#d = dependencies;
  }

  changed(user: UserRecord, medium: Medium, requestId: string, cause: Cause): void {
    const { presenter } = this.#d;
    const source = sourceOf(user, medium.channel.id);
    const data = objectWriter(MEDIA, presenter.profile).event(presenter.mediaSource(user, medium));
    this.#publish(user, source, updateOf(data, { event: 'PUT', requestId, source }), cause);
  }

  refused(user: UserRecord, channelId: string, refusal: MediaRefusal, requestId: string, cause: Cause): void {
    const source = sourceOf(user, channelId);
    const error = { ...MEDIA_ERRORS[refusal], errorMedia: channelId };
    this.#publish(user, source, errorUpdate([error], requestId, source, this.#d.presenter.profile), cause);
  }

  /** New and closed ones are told of their list, with the whole list element around them; the others by themselves. */
  taskChanged(user: UserRecord, task: Task, event: UpdateEvent, requestId: string, cause: Cause): void {
    const { presenter, publisher } = this.#d;
    const writer = objectWriter(TASK, presenter.profile);
    const node = tasksOf(user);
    const isChange = event === 'PUT';
    const data = isChange ? writer.event(task) : `<dialogs>\n${writer.item(task, 'flat', 0)}</dialogs>\n`;
    const source = isChange ? `/finesse/api/Dialog/${task.id}` : node;
    publisher.publish('dialogs', node, updateOf(data, { event, requestId, source }), cause);
  }

  taskRefused(user: UserRecord, task: Task, action: TaskAction, requestId: string, cause: Cause): void {
    const { presenter, publisher } = this.#d;
    const error = {
      errorType: 'Generic Error',
      errorData: task.id,
      errorMedia: task.channel.id,
      errorMessage: `INVALID_ACTION ${action}`,
    };
    const source = `/finesse/api/Dialog/${task.id}`;
    const payload = errorUpdate([error], requestId, source, presenter.profile);
    publisher.publish('dialogs', tasksOf(user), payload, cause);
  }

  #publish({ loginId }: UserRecord, source: string, payload: string, cause: Cause): void {
    for (const node of [source, `/finesse/api/User/${loginId}/Media`])
      this.#d.publisher.publish('other', node, payload, cause);
  }
}

const sourceOf = ({ loginId }: UserRecord, channelId: string): string =>
  `/finesse/api/User/${loginId}/Media/${channelId}`;

const tasksOf = ({ loginId }: UserRecord): string => `/finesse/api/User/${loginId}/Dialogs/Media`;
