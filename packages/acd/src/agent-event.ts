import { ENUMS, type Fields } from '@poise/ged188';
import type { AgentChange, AgentView } from './agent-model.ts';
import type { AgentStateName, AgentStatus } from './agent-state.ts';
import { type AgentTask, NO_TASK } from './agent-task.ts';
import { clip, fits } from './clip.ts';
import type { Dialect } from './dialect.ts';
import type { Roster } from './directory.ts';

/** How an agent looks on the wire: AGENT_STATE_EVENT and QUERY_AGENT_STATE_CONF from one description. */

/** MRDID of the voice domain. */
export const VOICE_MRD = 1;
/** Sizes of the text fields in bytes, zero byte included. */
const AGENT_ID_SIZE = 12;
export const AGENT_ID_LONG_SIZE = 32;
const EXTENSION_SIZE = 16;
const NULL_SKILL_GROUP = 0xffffffff;
/** NumFltSkillGroups: the most sets an event may hold. */
const EVENT_SKILL_GROUPS_MAX = 99;
/** NumSkillGroups of the confirmation. */
const CONF_SKILL_GROUPS_MAX = 20;
/** States with a task: a call, or the wrap-up after it. */
const AT_WORK: readonly AgentStateName[] = ['TALKING', 'HOLD', 'WORK_NOT_READY', 'WORK_READY'];
const { AgentState, AgentMode, AgentAvailabilityStatus, CallDirection } = ENUMS;

/** AgentState number of a state of the model (the outbound reservations are RESERVED with a Direction). */
export function stateNumber(state: AgentStateName): number {
  return state === 'RESERVED_OUTBOUND' || state === 'RESERVED_OUTBOUND_PREVIEW'
    ? AgentState.RESERVED
    : AgentState[state];
}

/** The fields of the one AGENT_STATE_EVENT that tells of a change. MonitorID is left at 0. */
export function agentStateEvent(
  change: AgentChange,
  dialect: Dialect,
  roster: Roster,
  clientSignature: string,
  task: AgentTask = NO_TASK,
): Fields {
  const { agent, kind, previousInstrument } = change;
  const { status, profile } = agent;
  const state = stateNumber(status.state);
  const signedOut = status.state === 'LOGOUT';
  const groups = signedOut ? [] : groupsOf(profile.skillGroups, roster);
  const stateIn = groupState(kind === 'signIn' ? AgentState.LOGIN : state, groups, task);
  // The fixed part names the group that the agent works for, so that its state and the overall one agree.
  const first = groups.find(({ number }) => number === task.skillGroup) ?? groups[0];
  const extension = agent.instrument ?? previousInstrument;
  const sets = groups.length < 2 ? [] : groups.slice(0, EVENT_SKILL_GROUPS_MAX);
  return {
    MonitorID: 0,
    PeripheralID: dialect.peripheralId,
    SessionID: 0,
    PeripheralType: dialect.peripheralType,
    SkillGroupState: stateIn(first?.number ?? null),
    StateDuration: agent.stateSeconds,
    SkillGroupNumber: first?.number ?? NULL_SKILL_GROUP,
    SkillGroupID: first?.id ?? NULL_SKILL_GROUP,
    SkillGroupPriority: 0,
    AgentState: state,
    EventReasonCode: status.reason,
    ...routing(agent),
    NumFltSkillGroups: sets.length,
    DepartmentID: 0,
    ClientSignature: dialect.signatureInEvents || clientSignature !== '' ? clientSignature : undefined,
    ...identity(profile.loginId, dialect),
    AgentExtension: extensionText(extension),
    AgentInstrument: signedOut && !dialect.instrumentInLogout ? undefined : (extension ?? undefined),
    Duration: task.wrapUpSeconds ?? undefined,
    NextAgentState: nextState(status, task),
    Direction: DIRECTIONS[status.state] ?? task.direction,
    skillGroups: sets.map((group) => ({
      FltSkillGroupNumber: group.number,
      FltSkillGroupID: group.id,
      FltSkillGroupPriority: 0,
      FltSkillGroupState: stateIn(group.number),
    })),
  };
}

/** The fields of QUERY_AGENT_STATE_CONF but InvokeID. */
export function agentStateConf(
  agent: AgentView,
  dialect: Dialect,
  roster: Roster,
  task: AgentTask = NO_TASK,
): Fields {
  const state = stateNumber(agent.status.state);
  const groups = groupsOf(agent.profile.skillGroups, roster).slice(0, CONF_SKILL_GROUPS_MAX);
  const stateIn = groupState(state, groups, task);
  return {
    AgentState: state,
    NumSkillGroups: groups.length,
    ...routing(agent),
    DepartmentID: 0,
    ...identity(agent.profile.loginId, dialect),
    AgentExtension: extensionText(agent.instrument),
    AgentInstrument: agent.instrument ?? undefined,
    skillGroups: groups.map((group) => ({
      SkillGroupNumber: group.number,
      SkillGroupID: group.id,
      SkillGroupPriority: 0,
      SkillGroupState: stateIn(group.number),
    })),
  };
}

/** State per skill group: whoever works on a call of one group is BUSY_OTHER in the others. */
function groupState(
  state: number,
  groups: readonly { number: number }[],
  { skillGroup }: AgentTask,
): (group: number | null) => number {
  const singledOut = groups.some(({ number }) => number === skillGroup);
  return (group) => (singledOut && group !== skillGroup ? AgentState.BUSY_OTHER : state);
}

/** What follows: the wish that waits for the end of a call, and after wrap-up also what the call interrupted. */
function nextState({ pending, resume }: AgentStatus, task: AgentTask): number | undefined {
  if (pending !== null) return AgentState[pending.state];
  return task.wrapUpSeconds === null ? undefined : AgentState[resume.state];
}

/** AgentID where it fits into its 12 bytes, AgentIDLong for longer ids and always on CCX. */
function identity(loginId: string, dialect: Dialect): Fields {
  const short = fits(loginId, AGENT_ID_SIZE);
  return {
    AgentID: short ? loginId : undefined,
    AgentIDLong: dialect.longAgentIds || !short ? clip(loginId, AGENT_ID_LONG_SIZE) : undefined,
  };
}

function extensionText(extension: string | null): string | undefined {
  return extension === null ? undefined : clip(extension, EXTENSION_SIZE);
}

/** MRDID to AgentAvailabilityStatus: the same block in the event and in the confirmation. */
function routing({ status, profile }: AgentView): Fields {
  const signedOut = status.state === 'LOGOUT';
  return {
    MRDID: VOICE_MRD,
    NumTasks: AT_WORK.includes(status.state) ? 1 : 0,
    AgentMode: signedOut ? AgentMode.NOT_ROUTABLE : AgentMode.ROUTABLE,
    MaxTaskLimit: 1,
    ICMAgentID: profile.skillTargetId,
    AgentAvailabilityStatus:
      status.state === 'AVAILABLE'
        ? AgentAvailabilityStatus.ICM_AVAILABLE
        : AgentAvailabilityStatus.NOT_AVAILABLE,
  };
}

/** Direction of reservations: they come before their call has come to the phone. A queue alone makes plain ones. */
const DIRECTIONS: Readonly<Partial<Record<AgentStateName, number>>> = {
  RESERVED: CallDirection.IN,
  RESERVED_OUTBOUND: CallDirection.OUTBOUND_RESERVE,
  RESERVED_OUTBOUND_PREVIEW: CallDirection.OUTBOUND_PREVIEW,
};

/** Skill groups of an agent; a number without a record keeps its number and has no id. */
function groupsOf(numbers: readonly number[], roster: Roster): { number: number; id: number }[] {
  return numbers.map((number) => ({ number, id: roster.skillGroup(number)?.id ?? NULL_SKILL_GROUP }));
}
