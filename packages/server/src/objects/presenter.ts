/** Joins directory and live picture to what objects are printed from, and prints them. */
import type { AgentBook } from '../domain/agents.ts';
import { carriesReason } from '../domain/agents.ts';
import type { Profile } from '../domain/profile.ts';
import type { QueueBook } from '../domain/queues.ts';
import { isApiUser } from '../domain/teams.ts';
import type { DirectorySource, SkillGroupRecord, TeamRecord, UserRecord } from '../store/directory.ts';
import { QUEUE, type QueueSource } from './queue.ts';
import { TEAM, type TeamSource, USER, USER_SUMMARY, type UserSource } from './user.ts';
import { type ObjectWriter, objectWriter } from './writer.ts';

export interface PresenterDependencies {
  readonly directory: DirectorySource;
  readonly agents: AgentBook;
  readonly queues: QueueBook;
  readonly profile: Profile;
}

/** The only place that knows how a User looks: GET and Update both come from here. */
export class Presenter {
  readonly profile: Profile;
  readonly user: ObjectWriter<UserSource>;
  readonly summary: ObjectWriter<UserSource>;
  readonly team: ObjectWriter<TeamSource>;
  readonly queue: ObjectWriter<QueueSource>;
  readonly #queues: QueueBook;
  readonly #directory: DirectorySource;
  readonly #agents: AgentBook;

  constructor(dependencies: PresenterDependencies) {
    this.profile = dependencies.profile;
    this.#directory = dependencies.directory;
    this.#agents = dependencies.agents;
    this.user = objectWriter(USER, this.profile);
    this.summary = objectWriter(USER_SUMMARY, this.profile);
    this.team = objectWriter(TEAM, this.profile);
    this.queue = objectWriter(QUEUE, this.profile);
    this.#queues = dependencies.queues;
  }

  /** What a User is printed from, now. */
  userSource(record: UserRecord, addressedAs: string = record.loginId): UserSource {
    const directory = this.#directory.current;
    const agent = this.#agents.get(record.loginId);
    const explained = carriesReason(agent.state) && agent.stateChangeTime !== null;
    const reason =
      explained && agent.reasonCode !== 0 && (agent.state === 'NOT_READY' || agent.state === 'LOGOUT')
        ? directory.reasonCodeByCode(agent.state, agent.reasonCode)
        : undefined;
    const supervisedTeams = record.supervisedTeamIds
      .map((id) => directory.team(id))
      .filter((team): team is TeamRecord => team !== undefined);
    return {
      record,
      agent,
      team: record.teamId === null ? undefined : directory.team(record.teamId),
      supervisedTeams,
      reason,
      // Absent before the first event and in states that carry no reason (seeds 000, 003).
      reasonCodeId:
        explained || (agent.known && agent.state === 'NOT_READY') ? (reason?.id ?? -1) : undefined,
      addressedAs,
    };
  }

  /** Members in the directory's order; without those who are signed out when asked so. */
  teamSource(team: TeamRecord, includeLoggedOut: boolean): TeamSource {
    const members = this.#directory.current
      .teamMembers(team.id)
      .filter(isApiUser)
      .filter((member) => includeLoggedOut || this.#agents.get(member.loginId).state !== 'LOGOUT')
      .map((member) => this.userSource(member));
    return { team, members };
  }

  /** A queue that nobody works for has no figures (rest-api.md 6). */
  queueSource(queue: SkillGroupRecord): QueueSource {
    const assigned = this.#directory.current.hasAgents(queue.number);
    return { queue, statistics: assigned ? (this.#queues.get(queue.number) ?? null) : null };
  }
}
