/** The User: the full object and its summary inside Team and on Team nodes (objects.md 1). */

import { AGENT_STATES } from '../domain/agent-state.ts';
import type { Agent } from '../domain/agents.ts';
import type { ReasonCodeRecord, TeamRecord, UserRecord } from '../store/directory.ts';
import { fieldsOf, type ObjectDescription } from './description.ts';

/** Everything a User is printed from. */
export interface UserSource {
  readonly record: UserRecord;
  readonly agent: Agent;
  readonly team: TeamRecord | undefined;
  readonly supervisedTeams: readonly TeamRecord[];
  /** The reason of the present state, when one applies and is known. */
  readonly reason: ReasonCodeRecord | undefined;
  /** Present reasonCodeId: -1 when no record is known; undefined leaves the element out. */
  readonly reasonCodeId: number | undefined;
  /** Name used to address the user: `uri` echoes it (rest-api.md 4.4). */
  readonly addressedAs: string;
  /** Takes part in a call. */
  readonly onCall: boolean;
}

const reason = fieldsOf<ReasonCodeRecord>();
/** Inside a User the fields are in alphabetical order (objects.md 6). */
const REASON_OF_USER = [
  reason.oneOf('category', ['NOT_READY', 'LOGOUT'], (code) => code.category),
  reason.integer('code', (code) => code.code),
  reason.boolean('forAll', (code) => code.forAll),
  reason.integer('id', (code) => code.id),
  reason.text('label', (code) => code.label),
  reason.boolean('systemCode', (code) => code.systemCode, { since: '12.6' }),
  reason.uri('uri', (code) => `/finesse/api/ReasonCode/${code.id}`),
];

const team = fieldsOf<TeamRecord>();
const SUPERVISED_TEAM = [
  team.integer('id', (record) => record.id),
  team.text('name', (record) => record.name),
  team.uri('uri', (record) => `/finesse/api/Team/${record.id}`),
];

const mobile = fieldsOf<{ mode: string; dialNumber: string }>();
const MOBILE_AGENT = [
  mobile.text('dialNumber', (agent) => agent.dialNumber),
  mobile.oneOf('mode', ['CALL_BY_CALL', 'NAILED_CONNECTION'], (agent) => agent.mode),
];

const user = fieldsOf<UserSource>();
const settings = fieldsOf<TeamRecord>();
const SETTINGS = [
  settings.text('deviceSelection', () => 'disabled', { since: '12.6', deployment: 'CCE' }),
  settings.text('wrapUpOnIncoming', (record) => record.wrapUpOnIncoming),
  settings.text('wrapUpOnOutgoing', (record) => record.wrapUpOnOutgoing, { since: '12.6' }),
];

const f = {
  dialogs: user.uri('dialogs', (u) => `/finesse/api/User/${u.record.loginId}/Dialogs`),
  extension: user.text('extension', (u) => u.agent.extension),
  firstName: user.text('firstName', (u) => u.record.firstName),
  lastName: user.text('lastName', (u) => u.record.lastName),
  loginId: user.text('loginId', (u) => u.record.loginId),
  pendingState: user.oneOf('pendingState', ['', ...AGENT_STATES], (u) => u.agent.pendingState, {
    since: '11.6',
  }),
  reasonCode: user.group('reasonCode', REASON_OF_USER, (u) => u.reason),
  state: user.oneOf('state', AGENT_STATES, (u) => u.agent.state),
  stateChangeTime: user.time('stateChangeTime', (u) => u.agent.stateChangeTime),
};

/** Full User. */
export const USER: ObjectDescription<UserSource> = {
  root: 'User',
  eventRoot: 'user',
  declaration: false,
  fields: [
    user.text('activeDeviceId', (u) => u.agent.activeDeviceId ?? undefined, {
      since: '12.6',
      deployment: 'CCE',
      optional: true,
    }),
    f.dialogs,
    f.extension,
    f.firstName,
    f.lastName,
    f.loginId,
    user.text('loginName', (u) => u.record.loginName),
    user.integer('mediaType', () => 1, { since: '11.6' }),
    user.group('mobileAgent', MOBILE_AGENT, (u) => u.agent.mobile ?? undefined, { deployment: 'CCE' }),
    f.pendingState,
    f.reasonCode,
    user.integer('reasonCodeId', (u) => u.reasonCodeId, { optional: true }),
    user.texts('roles', 'role', (u) => u.record.roles.filter((role) => role !== 'Administrator')),
    user.group('settings', SETTINGS, (u) => u.team, { since: '11.6' }),
    user.integer('skillTargetId', (u) => u.record.skillTargetId, { since: '12.6' }),
    f.state,
    f.stateChangeTime,
    user.integer('teamId', (u) => u.record.teamId),
    user.text('teamName', (u) => u.team?.name ?? null),
    user.list('teams', 'Team', SUPERVISED_TEAM, (u) =>
      u.record.roles.includes('Supervisor') ? u.supervisedTeams : undefined,
    ),
    user.uri('uri', (u) => `/finesse/api/User/${u.addressedAs}`),
    user.integer('wrapUpTimer', (u) => u.team?.wrapUpTimerSeconds ?? null, { since: '12.6' }),
  ],
};

/** CCX leaves an agent with a call that the router did not send in NOT_READY (objects.md 2.3). */
export function mediaState({ agent, onCall }: UserSource): 'BUSY' | 'IDLE' {
  return onCall && agent.state === 'NOT_READY' ? 'BUSY' : 'IDLE';
}

/** Summary of a member, inside Team and on the node of the team. */
export const USER_SUMMARY: ObjectDescription<UserSource> = {
  root: 'User',
  eventRoot: 'user',
  declaration: false,
  fields: [
    f.dialogs,
    f.extension,
    f.firstName,
    f.lastName,
    f.loginId,
    user.oneOf('mediaState', ['BUSY', 'IDLE'], mediaState, { deployment: 'CCX', since: '11.6' }),
    f.pendingState,
    f.reasonCode,
    f.state,
    f.stateChangeTime,
    user.uri('uri', (u) => `/finesse/api/User/${u.record.loginId}`),
  ],
};

export interface TeamSource {
  readonly team: TeamRecord;
  readonly members: readonly UserSource[];
}

const teamFields = fieldsOf<TeamSource>();
/** Team with summaries; a runtime object, hence alphabetical (rest-api.md 1.3). */
export const TEAM: ObjectDescription<TeamSource> = {
  root: 'Team',
  eventRoot: 'team',
  declaration: false,
  fields: [
    teamFields.integer('id', (t) => t.team.id),
    teamFields.text('name', (t) => t.team.name),
    teamFields.uri('uri', (t) => `/finesse/api/Team/${t.team.id}`),
    teamFields.list('users', 'User', USER_SUMMARY.fields, (t) => t.members),
  ],
};

/** In the list of all teams (objects.md 10). */
export const TEAM_ENTRY: ObjectDescription<TeamRecord> = {
  root: 'Team',
  eventRoot: 'team',
  declaration: true,
  fields: SUPERVISED_TEAM,
};
