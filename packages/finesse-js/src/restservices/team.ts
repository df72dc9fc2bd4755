import { RestBase, type RestData, type RestHandlers, type RestUpdate } from './rest-base.ts';
import { RestCollectionBase } from './rest-collection-base.ts';
import { User } from './user.ts';

/** The members of a team, whose states change: node `/finesse/api/Team/{id}/Users`. */
export class Users extends RestCollectionBase<User> {
  override getRestType(): string {
    return 'Users';
  }
  override getRestItemType(): string {
    return 'User';
  }
  protected override needsNodeSubscription(): boolean {
    return this._parent !== undefined;
  }
  /** Members are read with their team. */
  protected override getReadUrl(): string {
    return this._parent ? `${this._parent.getRestUrl()}?includeLoggedOutAgents=true` : this.getRestUrl();
  }
  protected override bodyOf(object: RestData | null | undefined): RestData | null | undefined {
    const team = object?.Team ?? object?.team;
    // A team without members has them as an empty element.
    return team ? (team.users ?? {}) : super.bodyOf(object);
  }
  override applyUpdate(update: RestUpdate): void {
    const ofTeam = this._parent !== undefined && update.source === this._parent.getRestUrl();
    if (ofTeam) this.applyToCollection(update.event, update.data);
    else super.applyUpdate(update);
  }
  protected override makeItem(id: string, data: RestData): User {
    return new User({ id, data, parentObj: this, autoSubscribe: false });
  }
}

/** A team: `/finesse/api/Team/{id}`, for its supervisors. */
export class Team extends RestBase {
  declare private _users: Users | undefined;

  override getRestType(): string {
    return 'Team';
  }
  override getRestUrl(): string {
    return `/finesse/api/Team/${this._id}`;
  }
  override getId(): string {
    return this._id;
  }
  getName(): string {
    return this.textOf('name');
  }
  getUri(): string {
    return this.textOf('uri');
  }
  /** The members. Handlers are those of the first time. */
  getUsers(handlers?: RestHandlers): Users {
    this._users ??= new Users({ ...handlers, parentObj: this });
    return this._users;
  }
}

/** All teams: `/finesse/api/Teams`, for administrators. */
export class Teams extends RestCollectionBase<Team> {
  override getRestType(): string {
    return 'Teams';
  }
  override getRestItemType(): string {
    return 'Team';
  }
  protected override makeItem(id: string, data: RestData): Team {
    return new Team({ id, data, parentObj: this, autoSubscribe: false });
  }
}
