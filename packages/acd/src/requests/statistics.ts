import { FailureStatus, type Fields } from '@poise/ged188';
import type { SkillGroupFigures } from '../calls/skill-group-figures.ts';
import { agentNamed, CONTROL, control, NULL_ID, type RequestTable, status, text } from './request.ts';

/** Figures of agents and skill groups, polled by clients. */

export const STATISTICS_REQUESTS: RequestTable = {
  QUERY_AGENT_STATISTICS_REQ: (centre, client, fields) => {
    const { model } = centre;
    const anybody = text(fields.AgentInstrument) ?? text(fields.AgentExtension) ?? text(fields.AgentID);
    if (anybody === undefined && !client.binding) return status(FailureStatus.REQUIRED_DATA_MISSING);
    const agent = anybody === undefined ? centre.boundAgent(client) : agentNamed(centre, fields);
    if (!agent) {
      // A phone without an agent, or an id that nobody has.
      const phone = text(fields.AgentInstrument) ?? text(fields.AgentExtension);
      return phone !== undefined && model.roster.hasDevice(phone)
        ? status(FailureStatus.AGENT_NOT_LOGGED_ON)
        : control(CONTROL.INVALID_AGENT_ID);
    }
    const { loginId } = agent.profile;
    return {
      conf: 'QUERY_AGENT_STATISTICS_CONF',
      fields: {
        PeripheralID: centre.dialect.peripheralId,
        ...centre.statisticsOf(loginId),
        AgentExtension: agent.instrument ?? undefined,
        AgentID: Buffer.byteLength(loginId) < 12 ? loginId : undefined,
        AgentInstrument: agent.instrument ?? undefined,
      },
    };
  },

  QUERY_SKILL_GROUP_STATISTICS_REQ: (centre, _client, fields) => {
    const { roster } = centre.model;
    const byNumber = Number(fields.SkillGroupNumber ?? NULL_ID);
    const byId = Number(fields.SkillGroupID ?? NULL_ID);
    const group =
      byNumber === NULL_ID ? roster.skillGroups.find(({ id }) => id === byId) : roster.skillGroup(byNumber);
    const figures = group && centre.calls.figures(group.number);
    if (!group || !figures || (byNumber !== NULL_ID && byId !== NULL_ID && byId !== group.id))
      return status(FailureStatus.INVALID_SKILL_GROUP);
    return {
      conf: 'QUERY_SKILL_GROUP_STATISTICS_CONF',
      fields: {
        ...UNKNOWN,
        ...centre.skillGroupStatisticsOf(group.number),
        PeripheralID: centre.dialect.peripheralId,
        SkillGroupNumber: group.number,
        SkillGroupID: group.id,
        ...present(figures, centre.nowMs()),
      },
    };
  },
};

/** The 22 present figures. RouterLongestCallQ… is a duration in seconds. */
function present(figures: SkillGroupFigures, now: number): Fields {
  const since = figures.longestQueuedSince;
  const longest = since === null ? 0 : Math.max(0, Math.floor((now - since) / 1000));
  return {
    AgentsLoggedOn: figures.agentsLoggedOn,
    AgentsAvail: figures.agentsAvail,
    AgentsNotReady: figures.agentsNotReady,
    AgentsReady: figures.agentsReady,
    AgentsTalkingIn: figures.agentsTalkingIn,
    AgentsTalkingOut: figures.agentsTalkingOut,
    AgentsTalkingOther: figures.agentsTalkingOther,
    AgentsWorkNotReady: figures.agentsWorkNotReady,
    AgentsWorkReady: figures.agentsWorkReady,
    AgentsBusyOther: figures.agentsBusyOther,
    AgentsReserved: figures.agentsReserved,
    AgentsHold: figures.agentsHold,
    AgentsICMAvailable: figures.agentsAvail,
    AgentsApplicationAvailable: 0,
    AgentsTalkingAutoOut: 0,
    AgentsTalkingPreview: 0,
    AgentsTalkingReservation: 0,
    RouterCallsQNow: figures.callsInQueue,
    LongestRouterCallQNow: longest,
    // Calls wait in the router; no queue of the peripheral exists beside it.
    CallsQNow: 0,
    CallsQTimeNow: 0,
    LongestCallQNow: 0,
  };
}

/** Calls in a queue of the peripheral, which does not exist (see above): 0xffffffff says so. */
const UNKNOWN: Fields = Object.fromEntries(
  ['5', 'Half', 'Today'].flatMap((interval) =>
    ['CallsQ', 'CallsQTime', 'LongestCallQ'].map((name) => [`${name}${interval}`, NULL_ID]),
  ),
);
