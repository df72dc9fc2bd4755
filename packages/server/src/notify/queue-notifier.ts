/** Queues on their nodes: figures on Queue/{id} and its alias per user, lists on User/{id}/Queues (notification-service.md 5). */
import { QueueUsers, queuesOf } from '../domain/user-queues.ts';
import type { Presenter } from '../objects/presenter.ts';
import { QUEUE_GONE } from '../objects/queue.ts';
import { type UpdateEvent, updateOf } from '../objects/update.ts';
import { objectWriter } from '../objects/writer.ts';
import type { Directory, SkillGroupRecord } from '../store/directory.ts';
import type { Publisher } from './publisher.ts';

const API = '/finesse/api';

export interface QueueNotifierDependencies {
  readonly presenter: Presenter;
  readonly publisher: Publisher;
}

export class QueueNotifier {
  readonly #d: QueueNotifierDependencies;
  readonly #users = new QueueUsers();

  constructor(dependencies: QueueNotifierDependencies) {
    this.#d = dependencies;
  }

  /** The figures of a queue changed. */
  publishStatistics(queue: SkillGroupRecord, directory: Directory): void {
    const { presenter } = this.#d;
    const source = `${API}/Queue/${queue.number}`;
    const data = presenter.queue.event(presenter.queueSource(queue));
    this.#publish(queue.number, updateOf(data, { event: 'PUT', requestId: '', source }), directory);
  }

  /** Queues that came, went or were renamed, and what that means for the lists of the users. */
  directoryChanged(before: Directory, after: Directory): void {
    for (const queue of before.skillGroups()) {
      const now = after.skillGroup(queue.number);
      if (now === undefined) this.#publishGone(queue, before);
      else if (now.name !== queue.name) this.publishStatistics(now, after);
    }
    for (const user of after.users()) {
      const old = before.user(user.loginId);
      if (old === undefined) continue;
      const had = queuesOf(old, before);
      const has = queuesOf(user, after);
      const removed = had.filter((queue) => !has.some(({ number }) => number === queue.number));
      const added = has.filter((queue) => !had.some(({ number }) => number === queue.number));
      if (removed.length > 0) this.#publishList(user.loginId, 'DELETE', removed);
      if (added.length > 0) this.#publishList(user.loginId, 'POST', added);
    }
  }

  #publishGone(queue: SkillGroupRecord, before: Directory): void {
    const source = `${API}/Queue/${queue.number}`;
    const data = objectWriter(QUEUE_GONE, this.#d.presenter.profile).event(queue);
    this.#publish(queue.number, updateOf(data, { event: 'DELETE', requestId: '', source }), before);
  }

  #publish(number: number, payload: string, directory: Directory): void {
    const { publisher } = this.#d;
    publisher.publish('queue', `${API}/Queue/${number}`, payload, {});
    for (const { loginId } of this.#users.of(number, directory)) {
      const alias = `${API}/User/${loginId}/Queue/${number}`;
      // Few subscribe to the alias; what nobody hears is not said.
      if (publisher.hasSubscribers(alias)) publisher.publish('queue', alias, payload, {});
    }
  }

  #publishList(loginId: string, event: UpdateEvent, queues: readonly SkillGroupRecord[]): void {
    const { presenter, publisher } = this.#d;
    const node = `${API}/User/${loginId}/Queues`;
    const items = queues
      .map((queue) => presenter.queue.item(presenter.queueSource(queue), 'flat', 0))
      .join('');
    publisher.publish(
      'queue',
      node,
      updateOf(`<Queues>\n${items}</Queues>\n`, { event, requestId: '', source: node }),
      {},
    );
  }
}
