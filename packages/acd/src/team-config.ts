import {
  AgentFlags,
  CallMsgMask,
  type CtiMessage,
  type Fields,
  ServiceMask,
  TeamConfigOperation,
} from '@poise/ged188';
import { stateNumber } from './agent-event.ts';
import type { AgentModel } from './agent-model.ts';
import { type CtiClient, hasService } from './client.ts';
import { clip, fits } from './clip.ts';
import type { Dialect } from './dialect.ts';
import type { AcdAgent, AcdTeam, Roster, RosterDifference } from './directory.ts';

/** Teams on the wire: AGENT_TEAM_CONFIG_EVENT, the first full list and the changes afterwards. */

/** AtcAgentID; the message has no long form, so agents with longer ids do not appear in it. */
const AGENT_ID_SIZE = 12;
/** Most members of one message. */
const MEMBERS_MAX = 64;

interface Member {
  readonly agent: AcdAgent;
  readonly flags: number;
}

/** Members and supervisors of a team; the first supervisor counts as the primary one. */
function membersOf(roster: Roster, teamId: number): Member[] {
  const flags = new Map<AcdAgent, number>();
  for (const agent of roster.members(teamId)) flags.set(agent, 0);
  roster.supervisors(teamId).forEach((agent, i) => {
    flags.set(agent, i === 0 ? AgentFlags.PRIMARY_SUPERVISOR | AgentFlags.SUPERVISOR : AgentFlags.SUPERVISOR);
  });
  return [...flags]
    .filter(([agent]) => fits(agent.loginId, AGENT_ID_SIZE))
    .map(([agent, value]) => ({ agent, flags: value }));
}

/** The full list of a team: the first message restores it, further ones of a large team add to it. */
export function* fullTeam(team: AcdTeam, model: AgentModel, dialect: Dialect): Generator<CtiMessage> {
  const members = membersOf(model.roster, team.id);
  let operation: number = TeamConfigOperation.RESTORE_PERMANENT_CONFIG;
  for (let i = 0; i === 0 || i < members.length; i += MEMBERS_MAX) {
    yield teamEvent(team, operation, members.slice(i, i + MEMBERS_MAX), model, dialect);
    operation = TeamConfigOperation.ADD_AGENT;
  }
}

/** What a change of the directory means for the teams: per team first who left, then who came or changed. */
export function* teamChanges(
  before: Roster,
  difference: RosterDifference,
  model: AgentModel,
  dialect: Dialect,
): Generator<CtiMessage> {
  const after = model.roster;
  const touched = new Set<number>();
  const touch = (agent: AcdAgent): void => {
    if (agent.teamId !== null) touched.add(agent.teamId);
    for (const id of agent.supervisorOf) touched.add(id);
  };
  for (const agent of [...difference.agents.added, ...difference.agents.removed]) touch(agent);
  for (const change of difference.agents.changed) {
    touch(change.before);
    touch(change.after);
  }
  for (const team of difference.teams.removed) touched.add(team.id);
  for (const id of touched) {
    const team = after.team(id) ?? before.team(id);
    if (!team) continue;
    const old = new Map(membersOf(before, id).map((member) => [member.agent.loginId, member]));
    const now = after.team(id) ? membersOf(after, id) : [];
    const came = now.filter((member) => old.get(member.agent.loginId)?.flags !== member.flags);
    for (const member of now) old.delete(member.agent.loginId);
    yield* inParts(team, TeamConfigOperation.REMOVE_AGENT, [...old.values()], model, dialect);
    yield* inParts(team, TeamConfigOperation.ADD_AGENT, came, model, dialect);
  }
  for (const team of [...difference.teams.added, ...difference.teams.changed.map((change) => change.after)]) {
    yield* fullTeam(team, model, dialect);
  }
}

function* inParts(
  team: AcdTeam,
  operation: number,
  members: readonly Member[],
  model: AgentModel,
  dialect: Dialect,
): Generator<CtiMessage> {
  for (let i = 0; i < members.length; i += MEMBERS_MAX) {
    yield teamEvent(team, operation, members.slice(i, i + MEMBERS_MAX), model, dialect);
  }
}

function teamEvent(
  team: AcdTeam,
  operation: number,
  members: readonly Member[],
  model: AgentModel,
  dialect: Dialect,
): CtiMessage {
  const agents: Fields[] = members.map(({ agent, flags }) => {
    const view = model.agent(agent.loginId);
    return {
      AtcAgentID: agent.loginId,
      AgentFlags: flags,
      AtcAgentState: stateNumber(view?.status.state ?? 'LOGOUT'),
      AtcStateDuration: view?.stateSeconds ?? 0,
    };
  });
  return {
    name: 'AGENT_TEAM_CONFIG_EVENT',
    fields: {
      PeripheralID: dialect.peripheralId,
      TeamID: team.id,
      NumberOfAgents: agents.length,
      ConfigOperation: operation,
      DepartmentID: 0,
      AgentTeamName: clip(team.name, 32),
      agents,
    },
  };
}

/** Whether a session is told of teams: a supervisor's that asks for them. */
export function wantsTeams(client: CtiClient): boolean {
  return (
    hasService(client, ServiceMask.SUPERVISOR) && (client.callMsgMask & CallMsgMask.AGENT_TEAM_CONFIG) !== 0
  );
}
