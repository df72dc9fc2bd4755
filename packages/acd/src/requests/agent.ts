import { AgentState, FailureStatus, ForcedFlag } from '@poise/ged188';
import { agentStateConf, VOICE_MRD } from '../agent-event.ts';
import type { AgentView, RequestedState } from '../agent-model.ts';
import { deskSettingsConf, deskSettingsOf } from '../desk-settings.ts';
import { CONTROL, control, type RequestTable, status, text } from './request.ts';

/** Requests about agents: states and desk settings. */

const REQUESTED: ReadonlyMap<number, RequestedState> = new Map([
  [AgentState.LOGIN, 'LOGIN'],
  [AgentState.LOGOUT, 'LOGOUT'],
  [AgentState.NOT_READY, 'NOT_READY'],
  [AgentState.AVAILABLE, 'AVAILABLE'],
  [AgentState.WORK_NOT_READY, 'WORK_NOT_READY'],
  [AgentState.WORK_READY, 'WORK_READY'],
]);
const WORK_MODE_MAX = 4;

export const AGENT_REQUESTS: RequestTable = {
  SET_AGENT_STATE_REQ: (centre, client, fields, invokeId) => {
    const state = REQUESTED.get(Number(fields.AgentState));
    if (state === undefined) return control(CONTROL.VALUE_OUT_OF_RANGE);
    const authenticateOnly = fields.ForcedFlag === ForcedFlag.AUTHENTICATE_ONLY && state === 'LOGIN';
    if (authenticateOnly && !centre.dialect.authenticateOnly) return control(CONTROL.VALUE_OUT_OF_RANGE);
    if (Number(fields.AgentWorkMode) > WORK_MODE_MAX) return status(FailureStatus.INVALID_AGENT_WORK_MODE);
    return centre.setAgentState(client, invokeId, {
      state,
      agentId: text(fields.AgentID) ?? text(fields.AgentIDLong),
      instrument: fields.AgentInstrument,
      password: fields.AgentPassword,
      sso: fields.SSOEnabled === 1,
      reason: Number(fields.EventReasonCode),
      authenticateOnly,
      forced: fields.ForcedFlag === ForcedFlag.TRUE,
      supervisorId: text(fields.SupervisorID),
      workMode: Number(fields.AgentWorkMode),
    });
  },

  QUERY_AGENT_STATE_REQ: (centre, client, fields) => {
    const { model, dialect } = centre;
    const mrd = Number(fields.MRDID);
    if (mrd !== VOICE_MRD && mrd !== 0 && mrd !== -1) return status(FailureStatus.INVALID_MR_DOMAIN);
    const agentId = text(fields.AgentID);
    const target = Number(fields.ICMAgentID ?? 0);
    const phone = text(fields.AgentInstrument) ?? text(fields.AgentExtension);
    let agent: AgentView | undefined;
    if (agentId !== undefined) agent = model.agent(agentId);
    else if (target > 0) agent = model.agentBySkillTarget(target);
    else if (phone !== undefined) {
      agent = model.agentOn(phone);
      if (!agent) return status(FailureStatus.AGENT_NOT_LOGGED_ON);
    } else if (client.binding) agent = centre.boundAgent(client);
    else return status(FailureStatus.REQUIRED_DATA_MISSING);
    if (!agent) return control(CONTROL.INVALID_AGENT_ID);
    return {
      conf: 'QUERY_AGENT_STATE_CONF',
      fields: agentStateConf(agent, dialect, model.roster, centre.taskOf(agent)),
    };
  },

  AGENT_DESK_SETTINGS_REQ: (centre, client, fields) => {
    const { model, dialect, deskTimes } = centre;
    const id = text(fields.AgentID);
    if (id === undefined && !client.binding) return status(FailureStatus.REQUIRED_DATA_MISSING);
    const agent = id === undefined ? centre.boundAgent(client) : model.agent(id);
    if (!agent) return status(FailureStatus.INVALID_AGENT_DATA);
    const settings = deskSettingsOf(model.roster.team(agent.profile.teamId), deskTimes);
    return { conf: 'AGENT_DESK_SETTINGS_CONF', fields: deskSettingsConf(settings, dialect.peripheralId) };
  },
};
