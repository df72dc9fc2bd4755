export { AGENT_REQUESTS_WAITING_MAX } from './agent-control.ts';
export type {
  AgentChange,
  AgentLine,
  AgentStateRequest,
  AgentView,
  ChangeKind,
  Failure,
  MobilePhone,
  Outcome,
} from './agent-model.ts';
export { AgentModel } from './agent-model.ts';
export {
  AGENT_STATES,
  type AgentInput,
  type AgentStateName,
  type AgentStatus,
  type PendingState,
  TRANSITIONS,
  type TransitionTable,
} from './agent-state.ts';
export type * from './calls/call.ts';
export type { CallControl } from './calls/call-control.ts';
export type { CallFact, CallFactType, Cause, DeviceName, PartyName } from './calls/call-fact.ts';
export { CallModel, type CallModelOptions } from './calls/call-model.ts';
export type { CallOutcome, CallRequest, CallRequestType, ConnectionWish } from './calls/call-request.ts';
export { CALL_SETTINGS, type CallSettings } from './calls/call-settings.ts';
export type { SkillGroupFigures } from './calls/skill-group-figures.ts';
export type * from './calls/switch.ts';
export type { EndReason, SessionInfo } from './connection.ts';
export type { ContactCentre } from './contact-centre.ts';
export {
  CTI_SERVER_LIMITS,
  type CtiServer,
  type CtiServerHealth,
  type CtiServerLimits,
  type CtiServerOptions,
  type Side,
  startCtiServer,
} from './cti-server.ts';
export {
  type Deployment,
  DISCONNECT_REASON,
  type Dialect,
  dialectOf,
  type OnDisconnect,
  type SystemReasons,
} from './dialect.ts';
export {
  type AcdAgent,
  type AcdDialledNumber,
  type AcdDirectory,
  type AcdSkillGroup,
  type AcdTeam,
  Roster,
  type WrapUpMode,
} from './directory.ts';
export type { Manners } from './manners.ts';
