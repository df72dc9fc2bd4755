/** Requests about agents in the words of GED-188 (ged188.md 7.2; seeds 001 and 002). */
import { AgentState, AgentWorkMode, type Fields } from '@poise/ged188';
import type { SetAgentState } from './port.ts';

/** Voice media routing domain. */
export const VOICE_MRD = 1;
/** Longest AgentID of the floating field; longer ids go into AgentIDLong. */
const AGENT_ID_MAX = 11;
/** Bytes of AgentPassword without its closing zero. */
const AGENT_PASSWORD_MAX = 63;

const WIRE_STATE = {
  LOGIN: AgentState.LOGIN,
  LOGOUT: AgentState.LOGOUT,
  READY: AgentState.AVAILABLE,
  NOT_READY: AgentState.NOT_READY,
  WORK: AgentState.WORK_NOT_READY,
} as const;

/** Fields of SET_AGENT_STATE_REQ, without InvokeID. */
export function setAgentStateFields(request: SetAgentState, peripheralId: number): Fields {
  const { mobile } = request;
  return {
    PeripheralID: peripheralId,
    AgentState: WIRE_STATE[request.state],
    AgentWorkMode:
      mobile === null
        ? AgentWorkMode.UNSPECIFIED
        : mobile.mode === 'CALL_BY_CALL'
          ? AgentWorkMode.RA_CALL_BY_CALL
          : AgentWorkMode.RA_NAILED_CONNECTION,
    NumSkillGroups: 0,
    EventReasonCode: request.reasonCode,
    ForcedFlag: request.forced ? 1 : 0,
    AgentServiceReq: request.agentServiceReq,
    AgentInstrument: mobile === null ? request.extension : `${request.extension};${mobile.dialNumber}`,
    ...agentIdField(request.agentId),
    ...(request.singleSignOn === true ? { SSOEnabled: 1 } : passwordField(request.password)),
    ...(request.activeDeviceId === null ? {} : { ActiveTerminal: request.activeDeviceId }),
    ...(request.supervisorId === null || request.supervisorId.length > AGENT_ID_MAX
      ? {}
      : { SupervisorID: request.supervisorId }),
  };
}

/** What an agent is called by the CTI server. */
export interface AgentKey {
  readonly loginId: string;
  /** ICMAgentID. */
  readonly skillTargetId: number;
}

/** Of such an agent one must know the skill target id, too. */
export const isLongAgentId = (loginId: string): boolean => loginId.length > AGENT_ID_MAX;

/** Fields of QUERY_AGENT_STATE_REQ for one agent, without InvokeID. Long ids have no field here. */
export function queryAgentStateFields(agent: AgentKey, peripheralId: number): Fields {
  const common = { PeripheralID: peripheralId, MRDID: VOICE_MRD };
  return !isLongAgentId(agent.loginId)
    ? { ...common, ICMAgentID: 0, AgentID: agent.loginId }
    : { ...common, ICMAgentID: agent.skillTargetId };
}

/** A password that the field has no room for is not sent: who asks was verified before. */
function passwordField(password: string | undefined): Fields {
  const fits =
    password !== undefined && Buffer.byteLength(password) <= AGENT_PASSWORD_MAX && !password.includes('\0');
  return fits ? { AgentPassword: password } : {};
}

function agentIdField(agentId: string): Fields {
  return agentId.length <= AGENT_ID_MAX ? { AgentID: agentId } : { AgentIDLong: agentId };
}
