import { arrayOf } from './data.ts';
import { type RequestHandlers, validateHandlers } from './handlers.ts';
import { RestBase, type RestData, type RestUpdate } from './rest-base.ts';
import { RestCollectionBase } from './rest-collection-base.ts';

/** A message to teams. */
export class TeamMessage extends RestBase {
  override getRestType(): string {
    return 'TeamMessage';
  }
  override getRestUrl(): string {
    return `/finesse/api/TeamMessage/${this._id}`;
  }
  getContent(): string {
    return this.textOf('content');
  }
  /** Seconds for which it is shown, as text. */
  getDuration(): string {
    return this.textOf('duration');
  }
  /** Seconds since 1970, as text. */
  getCreatedAt(): string {
    return this.textOf('createdAt');
  }
  /** `{id, firstName, lastName}`. */
  getCreatedBy(): RestData | undefined {
    return (this.member('createdBy') as RestData | null | undefined) ?? undefined;
  }
  /** Ids of the teams; always an array. */
  getTeams(): string[] {
    return arrayOf<string>((this.member('teams') as RestData | null | undefined)?.team);
  }
  /** Takes the message back. */
  deleteTeamMessage(handlers?: RequestHandlers): this {
    this.restRequest(this.getRestUrl(), { ...validateHandlers(handlers), method: 'DELETE' });
    return this;
  }
}

/** The messages that are shown to a team now (parent: a Team), or those that the user has sent. */
export class TeamMessages extends RestCollectionBase<TeamMessage> {
  override getRestType(): string {
    return 'TeamMessages';
  }
  override getRestItemType(): string {
    return 'TeamMessage';
  }
  protected override makeItem(id: string, data: RestData): TeamMessage {
    return new TeamMessage({ id, data, parentObj: this, autoSubscribe: false });
  }
  /** The one message of an event stands alone in its data. */
  protected override bodyOf(object: RestData | null | undefined): RestData | null | undefined {
    const one = object?.TeamMessage ?? object?.teamMessage;
    return one ? { TeamMessage: one } : super.bodyOf(object);
  }
  /** Events of the collection's node name the message as their source: what comes and goes is of the collection all the same. */
  override applyUpdate(update: RestUpdate): void {
    const { event, data } = update;
    if (event === 'POST' || event === 'DELETE') this.applyToCollection(event, data);
    else super.applyUpdate(update);
  }
  /** Sends a message. @param message `duration` in seconds, `teams` as ids */
  createTeamMessage(
    message: { readonly content: string; readonly duration: number; readonly teams: readonly string[] },
    handlers?: RequestHandlers,
  ): this {
    const { content, duration, teams } = message;
    this.restRequest('/finesse/api/TeamMessage', {
      ...validateHandlers(handlers),
      method: 'POST',
      content: { TeamMessage: { duration, content, teams: { team: teams } } },
    });
    return this;
  }
}
