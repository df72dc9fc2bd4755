/** Team messages on the node of each team they address (notification-service.md 5.1). */
import type { TeamMessage } from '../domain/team-messages.ts';
import type { Cause } from '../happenings.ts';
import type { Presenter } from '../objects/presenter.ts';
import { TEAM_MESSAGE } from '../objects/team-message.ts';
import { type UpdateEvent, updateOf } from '../objects/update.ts';
import { objectWriter } from '../objects/writer.ts';
import type { Publisher } from './publisher.ts';

const API = '/finesse/api';

export interface TeamMessageNotifierDependencies {
  readonly presenter: Presenter;
  readonly publisher: Publisher;
}

export class TeamMessageNotifier {
  readonly #d: TeamMessageNotifierDependencies;

  constructor(dependencies: TeamMessageNotifierDependencies) {
    this.#d = dependencies;
  }

  /** POST for a new message, DELETE for one that was deleted or has expired. */
  publish(message: TeamMessage, event: UpdateEvent, requestId: string, cause: Cause): void {
    const { presenter, publisher } = this.#d;
    const data = objectWriter(TEAM_MESSAGE, presenter.profile).event(message);
    const payload = updateOf(data, { event, requestId, source: `${API}/TeamMessage/${message.id}` });
    for (const teamId of message.teamIds)
      publisher.publish('other', `${API}/Team/${teamId}/TeamMessages`, payload, cause);
  }
}
