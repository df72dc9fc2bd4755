/**
 * Turns changes into Updates on nodes. For one change the order is User, Dialogs, Team
 * (notification-service.md 5.5); a payload is built once per node, whoever listens.
 */
import type { Clock } from '@poise/clock';
import type { Agent, AgentChange } from '../domain/agents.ts';
import type { AsyncError } from '../domain/errors.ts';
import { compareDirectories, isApiUser } from '../domain/teams.ts';
import type { Cause } from '../happenings.ts';
import { CLIENT_LOG } from '../objects/client-log.ts';
import type { Presenter } from '../objects/presenter.ts';
import { SYSTEM_INFO, type SystemInfoSource } from '../objects/system-info.ts';
import { errorUpdate, type UpdateEvent, updateOf } from '../objects/update.ts';
import { mediaState, type UserSource } from '../objects/user.ts';
import { type ObjectWriter, objectWriter } from '../objects/writer.ts';
import type { Directory, DirectorySource, UserRecord } from '../store/directory.ts';
import type { NodeRank, Publisher } from './publisher.ts';

export interface NotifierDependencies {
  readonly presenter: Presenter;
  readonly directory: DirectorySource;
  readonly systemInfo: () => SystemInfoSource;
  readonly publisher: Publisher;
  readonly clock: Clock;
  /** Publishes the dialogs of a user anew, after the user. */
  readonly republishDialogs?: (loginId: string) => void;
  /** Updates per turn when everything is published anew; default 100. */
  readonly batch?: number;
}

const API = '/finesse/api';

/** Fits the port of the commands to which outcomes go. */
export class Notifier {
  readonly #d: NotifierDependencies;
  readonly #systemInfo: ObjectWriter<SystemInfoSource>;
  /** Users whose team was told last that they are busy in a call (mediaState of CCX). */
  readonly #busy = new Set<string>();

  constructor(dependencies: NotifierDependencies) {
    this.#d = dependencies;
    this.#systemInfo = objectWriter(SYSTEM_INFO, dependencies.presenter.profile);
  }

  publishAgent(agentId: string, requestId: string, cause: Cause, toTeam = true): void {
    const record = this.#d.directory.current.user(agentId);
    if (record !== undefined) this.#publishUser(record, 'PUT', requestId, cause, toTeam);
  }

  /** Nobody asked: what cannot be seen in the object is not told, as it would be the same event twice. */
  publishChanges(before: Agent, after: Agent, changes: readonly AgentChange[]): void {
    const hidden = changes.every(
      (change) => change === 'reason' && this.#d.presenter.printsSameReason(before, after),
    );
    if (!hidden) this.publishAgent(after.loginId, '', {});
  }

  publishError(error: AsyncError, agentId: string, actingId: string, requestId: string, cause: Cause): void {
    const source = `${API}/User/${agentId}`;
    const payload = errorUpdate([error], requestId, source, this.#d.presenter.profile);
    this.#publish('user', source, payload, cause);
    // A supervisor may not subscribe to the agent's node, and would wait in vain.
    if (actingId !== agentId) this.#publish('user', `${API}/User/${actingId}`, payload, cause);
  }

  /** The dialogs of these users changed: on CCX their teams see who is busy. */
  dialogsChanged(loginIds: Iterable<string>): void {
    const { presenter, directory } = this.#d;
    if (presenter.profile.deployment !== 'CCX') return;
    for (const loginId of new Set(loginIds)) {
      const record = directory.current.user(loginId);
      if (record === undefined || record.teamId === null) continue;
      const from = presenter.userSource(record);
      if (isBusy(from) !== this.#busy.has(loginId)) this.#publishSummary(record, from, '', {});
    }
  }

  /** The status or a node of the system changed. */
  publishSystemInfo(cause: Cause = {}): void {
    const source = `${API}/SystemInfo`;
    const data = this.#systemInfo.event(this.#d.systemInfo());
    this.#publish('other', source, updateOf(data, { event: 'PUT', requestId: '', source }), cause);
  }

  /** Asks the desktop of this agent for its log (notification-service.md 5.4). @param requestId which the log is to bear */
  askForClientLog(loginId: string, requestId: string): void {
    const source = `${API}/User/${loginId}/ClientLog`;
    const data = objectWriter(CLIENT_LOG, this.#d.presenter.profile).event({ loginId });
    this.#publish('user', source, updateOf(data, { event: 'PUT', requestId, source }), {});
  }

  /**
   * Publishes the present state of these agents and their dialogs, a batch per turn (after the CTI link came back).
   * @param then called when that is done
   */
  republish(agentIds: readonly string[], then: () => void = () => {}): void {
    const batch = this.#d.batch ?? 100;
    for (const agentId of agentIds.slice(0, batch)) {
      this.publishAgent(agentId, '', {});
      this.#d.republishDialogs?.(agentId);
    }
    if (agentIds.length > batch) this.#d.clock.schedule(0, () => this.republish(agentIds.slice(batch), then));
    else then();
  }

  /** Users and teams after a change of the configuration. */
  directoryChanged(before: Directory, after: Directory): void {
    const { added, removed, changed, teamIds } = compareDirectories(before, after);
    for (const user of removed) {
      const source = `${API}/User/${user.loginId}`;
      this.#publish('user', source, updateOf(null, { event: 'DELETE', requestId: '', source }), {});
    }
    for (const user of added) this.#publishUser(user, 'POST', '', {});
    for (const { after: user } of changed) if (isApiUser(user)) this.#publishUser(user, 'PUT', '', {});
    for (const teamId of teamIds) this.#publishTeam(teamId, after);
  }

  #publishUser(record: UserRecord, event: UpdateEvent, requestId: string, cause: Cause, toTeam = true): void {
    const { presenter } = this.#d;
    const source = `${API}/User/${record.loginId}`;
    const from = presenter.userSource(record);
    this.#publish('user', source, updateOf(presenter.user.event(from), { event, requestId, source }), cause);
    if (record.teamId === null || event !== 'PUT' || !toTeam) return;
    this.#publishSummary(record, from, requestId, cause);
  }

  #publishSummary(record: UserRecord, from: UserSource, requestId: string, cause: Cause): void {
    const { presenter } = this.#d;
    const source = `${API}/User/${record.loginId}`;
    if (isBusy(from)) this.#busy.add(record.loginId);
    else this.#busy.delete(record.loginId);
    const summary = updateOf(presenter.summary.event(from), { event: 'PUT', requestId, source });
    this.#publish('team', `${API}/Team/${record.teamId}/Users`, summary, cause);
  }

  /** Membership changed: the whole team, with all its members. */
  #publishTeam(teamId: number, directory: Directory): void {
    const team = directory.team(teamId);
    if (team === undefined) return;
    const { presenter } = this.#d;
    const data = presenter.team.event(presenter.teamSource(team, true));
    this.#publish(
      'team',
      `${API}/Team/${teamId}/Users`,
      updateOf(data, { event: 'PUT', requestId: '', source: `${API}/Team/${teamId}` }),
      {},
    );
  }

  #publish(rank: NodeRank, node: string, payload: string, cause: Cause): void {
    this.#d.publisher.publish(rank, node, payload, cause);
  }
}

const isBusy = (from: UserSource): boolean => mediaState(from) === 'BUSY';
