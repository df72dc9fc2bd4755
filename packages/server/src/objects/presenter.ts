/** Joins directory and live picture to what objects are printed from, and prints them. */
import type { Agent, AgentBook } from '../domain/agents.ts';
import { carriesReason } from '../domain/agents.ts';
import type { Dialog, DialogAction, DialogBookView, Participant } from '../domain/dialog.ts';
import { actionsOf } from '../domain/dialog-actions.ts';
import type { Medium } from '../domain/media.ts';
import { mayDropParticipants, type ParticipantDropRule } from '../domain/participant-drop.ts';
import { isSince, type Profile } from '../domain/profile.ts';
import type { QueueBook } from '../domain/queues.ts';
import { isApiUser } from '../domain/teams.ts';
import type {
  DirectorySource,
  ReasonCodeRecord,
  SkillGroupRecord,
  TeamRecord,
  UserRecord,
} from '../store/directory.ts';
import { DIALOG, type DialogSource } from './dialog.ts';
import type { MediaSource } from './media.ts';
import { QUEUE, type QueueSource } from './queue.ts';
import { TEAM, type TeamSource, USER, USER_SUMMARY, type UserSource } from './user.ts';
import { type ObjectWriter, objectWriter } from './writer.ts';

export interface PresenterDependencies {
  readonly directory: DirectorySource;
  readonly agents: AgentBook;
  readonly queues: QueueBook;
  readonly dialogs: DialogBookView;
  readonly profile: Profile;
  /** Who may remove parties of a conference. */
  readonly participantDrop: ParticipantDropRule;
}

/** The only place that knows how a User or a Dialog looks: GET and Update both come from here. */
export class Presenter {
  readonly profile: Profile;
  readonly user: ObjectWriter<UserSource>;
  readonly summary: ObjectWriter<UserSource>;
  readonly team: ObjectWriter<TeamSource>;
  readonly queue: ObjectWriter<QueueSource>;
  readonly #queues: QueueBook;
  readonly dialog: ObjectWriter<DialogSource>;
  readonly #directory: DirectorySource;
  readonly #agents: AgentBook;
  readonly #dialogs: DialogBookView;
  readonly #participantDrop: ParticipantDropRule;

  constructor(dependencies: PresenterDependencies) {
    this.profile = dependencies.profile;
    this.#directory = dependencies.directory;
    this.#agents = dependencies.agents;
    this.#dialogs = dependencies.dialogs;
    this.#participantDrop = dependencies.participantDrop;
    this.user = objectWriter(USER, this.profile);
    this.summary = objectWriter(USER_SUMMARY, this.profile);
    this.team = objectWriter(TEAM, this.profile);
    this.queue = objectWriter(QUEUE, this.profile);
    this.#queues = dependencies.queues;
    this.dialog = objectWriter(DIALOG, this.profile);
  }

  /** What a User is printed from, now. */
  userSource(record: UserRecord, addressedAs: string = record.loginId): UserSource {
    const directory = this.#directory.current;
    const agent = this.#agents.get(record.loginId);
    const supervisedTeams = record.supervisedTeamIds
      .map((id) => directory.team(id))
      .filter((team): team is TeamRecord => team !== undefined);
    return {
      record,
      agent,
      team: record.teamId === null ? undefined : directory.team(record.teamId),
      supervisedTeams,
      ...this.#reasonOf(agent),
      addressedAs,
      // Only CCX prints it.
      onCall:
        this.profile.deployment === 'CCX' &&
        agent.extension !== '' &&
        this.#dialogs.at(agent.extension).some(isUnderWay(agent.extension)),
    };
  }

  /** Whether the reasons of both are printed alike: all codes without a record are. */
  printsSameReason(one: Agent, other: Agent): boolean {
    const [a, b] = [this.#reasonOf(one), this.#reasonOf(other)];
    return a.reason === b.reason && a.reasonCodeId === b.reasonCodeId;
  }

  #reasonOf(agent: Agent): Pick<UserSource, 'reason' | 'reasonCodeId'> {
    const explained = carriesReason(agent.state) && agent.stateChangeTime !== null;
    const reason =
      explained && agent.reasonCode !== 0 && (agent.state === 'NOT_READY' || agent.state === 'LOGOUT')
        ? this.#printable(this.#directory.current.reasonCodeByCode(agent.state, agent.reasonCode))
        : undefined;
    // Absent before the first event and in states that carry no reason (seeds 000, 003).
    const isPrinted = explained || (agent.known && agent.state === 'NOT_READY');
    return { reason, reasonCodeId: isPrinted ? (reason?.id ?? -1) : undefined };
  }

  /** Before 11.6 the codes of the platform itself were no objects. */
  #printable(reason: ReasonCodeRecord | undefined): ReasonCodeRecord | undefined {
    return reason?.systemCode === true && !isSince(this.profile.release, '11.6') ? undefined : reason;
  }

  /** What a Dialog is printed from, now. @param viewer extension of the user who looks at it */
  dialogSource(dialog: Dialog, viewer: string | null): DialogSource {
    return { dialog, viewer, actionsOf: (participant) => this.actionsOf(dialog, participant) };
  }

  /** What a participant may do now. */
  actionsOf(dialog: Dialog, participant: Participant): readonly DialogAction[] {
    const { agentId, mediaAddress } = participant;
    const user = agentId === null ? undefined : this.#directory.current.user(agentId);
    const supervises = user?.roles.includes('Supervisor') ?? false;
    return actionsOf({
      dialog,
      participant,
      dialogsThere: participant.mediaAddressType === '' ? [] : this.#dialogs.at(mediaAddress),
      profile: this.profile,
      mayDropParticipants: mayDropParticipants(this.#participantDrop, dialog, participant, supervises),
    });
  }

  /** The voice dialogs of a user, oldest first. */
  dialogSources(record: UserRecord): DialogSource[] {
    const { extension } = this.#agents.get(record.loginId);
    if (extension === '') return [];
    return this.#dialogs.shownAt(extension).map((dialog) => this.dialogSource(dialog, extension));
  }

  /** What a Media is printed from. */
  mediaSource({ loginId, teamId }: UserRecord, medium: Medium): MediaSource {
    const { state, reasonCodeId } = medium;
    const codes =
      state === 'READY' || reasonCodeId === null ? [] : this.#directory.current.reasonCodes(state, teamId);
    return { medium, loginId, reason: codes.find(({ id }) => id === reasonCodeId) };
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

/** Whether the extension takes part in a dialog in any way but wrap-up. */
const isUnderWay =
  (extension: string) =>
  ({ participants }: Dialog): boolean =>
    participants.some(
      ({ mediaAddress, state }) =>
        mediaAddress === extension && state !== 'DROPPED' && state !== 'WRAP_UP' && state !== 'ALERTING',
    );
