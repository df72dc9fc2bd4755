export { AGENT_REQUESTS_WAITING_MAX } from './agent-control.ts';
export type {
  AgentChange,
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
  type AcdDirectory,
  type AcdSkillGroup,
  type AcdTeam,
  Roster,
  type WrapUpMode,
} from './directory.ts';
export type { Manners } from './manners.ts';
