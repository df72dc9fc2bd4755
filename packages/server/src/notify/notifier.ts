/**
 * Turns changes into Updates on nodes. For one change the order is User, Dialogs, Team
 * (notification-service.md 5.5); a payload is built once per node, whoever listens.
 */
import type { Clock } from '@poise/clock';
import type { AsyncError } from '../domain/errors.ts';
import { compareDirectories, isApiUser } from '../domain/teams.ts';
import type { Cause, Happenings } from '../happenings.ts';
import type { Presenter } from '../objects/presenter.ts';
import { SYSTEM_INFO, type SystemInfoSource } from '../objects/system-info.ts';
import { errorUpdate, type UpdateEvent, updateOf } from '../objects/update.ts';
import { type ObjectWriter, objectWriter } from '../objects/writer.ts';
import type { Directory, DirectorySource, UserRecord } from '../store/directory.ts';

/** The notification service as the notifier sees it. Never blocks on a slow subscriber. */
export interface NotificationPort {
  publish(node: string, payload: string): void;
  /** Whether anybody is subscribed to the node; absent: unknown. */
  hasSubscribers?(node: string): boolean;
}

export interface NotifierDependencies {
  readonly presenter: Presenter;
  readonly directory: DirectorySource;
  readonly systemInfo: () => SystemInfoSource;
  readonly port: NotificationPort;
  readonly happenings: Happenings;
  readonly clock: Clock;
  /** Updates per turn when everything is published anew; default 100. */
  readonly batch?: number;
}

const API = '/finesse/api';

/** Fits the port of the commands to which outcomes go. */
export class Notifier {
  readonly #d: NotifierDependencies;
  readonly #systemInfo: ObjectWriter<SystemInfoSource>;

  constructor(dependencies: NotifierDependencies) {
    this.#d = dependencies;
    this.#systemInfo = objectWriter(SYSTEM_INFO, dependencies.presenter.profile);
  }

  publishAgent(agentId: string, requestId: string, cause: Cause): void {
    const record = this.#d.directory.current.user(agentId);
    if (record !== undefined) this.#publishUser(record, 'PUT', requestId, cause);
  }

  publishError(error: AsyncError, agentId: string, actingId: string, requestId: string, cause: Cause): void {
    const source = `${API}/User/${agentId}`;
    const payload = errorUpdate([error], requestId, source, this.#d.presenter.profile);
    this.publish(source, payload, cause);
    // A supervisor may not subscribe to the agent's node, and would wait in vain.
    if (actingId !== agentId) this.publish(`${API}/User/${actingId}`, payload, cause);
  }

  /** The status or a node of the system changed. */
  publishSystemInfo(cause: Cause = {}): void {
    const source = `${API}/SystemInfo`;
    const data = this.#systemInfo.event(this.#d.systemInfo());
    this.publish(source, updateOf(data, { event: 'PUT', requestId: '', source }), cause);
  }

  /** Publishes the present state of these agents, a batch per turn (after the CTI link came back). */
  republish(agentIds: readonly string[]): void {
    const batch = this.#d.batch ?? 100;
    for (const agentId of agentIds.slice(0, batch)) this.publishAgent(agentId, '', {});
    if (agentIds.length > batch) this.#d.clock.schedule(0, () => this.republish(agentIds.slice(batch)));
  }

  /** Users and teams after a change of the configuration. */
  directoryChanged(before: Directory, after: Directory): void {
    const { added, removed, changed, teamIds } = compareDirectories(before, after);
    for (const user of removed) {
      const source = `${API}/User/${user.loginId}`;
      this.publish(source, updateOf(null, { event: 'DELETE', requestId: '', source }), {});
    }
    for (const user of added) this.#publishUser(user, 'POST', '', {});
    for (const { after: user } of changed) if (isApiUser(user)) this.#publishUser(user, 'PUT', '', {});
    for (const teamId of teamIds) this.#publishTeam(teamId, after);
  }

  #publishUser(record: UserRecord, event: UpdateEvent, requestId: string, cause: Cause): void {
    const { presenter } = this.#d;
    const source = `${API}/User/${record.loginId}`;
    const from = presenter.userSource(record);
    this.publish(source, updateOf(presenter.user.event(from), { event, requestId, source }), cause);
    if (record.teamId === null || event !== 'PUT') return;
    const summary = updateOf(presenter.summary.event(from), { event, requestId, source });
    this.publish(`${API}/Team/${record.teamId}/Users`, summary, cause);
  }

  /** Membership changed: the whole team, with all its members. */
  #publishTeam(teamId: number, directory: Directory): void {
    const team = directory.team(teamId);
    if (team === undefined) return;
    const { presenter } = this.#d;
    const data = presenter.team.event(presenter.teamSource(team, true));
    this.publish(
      `${API}/Team/${teamId}/Users`,
      updateOf(data, { event: 'PUT', requestId: '', source: `${API}/Team/${teamId}` }),
      {},
    );
  }

  /** One Update on one node; told to the log, and never more than an operator's line if it fails. */
  publish(node: string, payload: string, cause: Cause = {}): void {
    const { happenings, port } = this.#d;
    if (happenings.observed)
      happenings.publish('xmpp.publish', { node, payload: payload.replaceAll('\n', '') }, cause);
    try {
      port.publish(node, payload);
    } catch (error) {
      happenings.publish(
        'operator',
        { level: 'error', text: `An Update could not be published on ${node}: ${String(error)}` },
        cause,
      );
    }
  }
}
