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
export { holdsBesideActive } from './calls/held-beside.ts';
export { OUTBOUND_MODES, type OutboundContact, type OutboundMode } from './calls/outbound.ts';
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
export type { CreateServer } from './listener.ts';
export type { Manners } from './manners.ts';
export type { Calls, CallsContext } from './no-calls.ts';
export type { CustomerState } from './sim/customer.ts';
export { CALLS_PER_SECOND_MAX, type LoadPlan, type LoadView } from './sim/customer-load.ts';
export type { CustomerCall, CustomerCounts, CustomerView } from './sim/customers.ts';
export type { Distribution } from './sim/distribution.ts';
export { pick, type RandomSource, RandomStream, SEED_MAX } from './sim/random.ts';
export { type ShiftOptions, type ShiftResult, simulateShift } from './sim/shift.ts';
export type { AutoAnswer, PhoneView } from './sim/simulated-phone.ts';
export {
  type LegView,
  type NumberPlan,
  SimulatedSwitch,
  type SimulatedSwitchOptions,
} from './sim/simulated-switch.ts';
export { Simulation, type SimulationStatus } from './sim/simulation.ts';
export { SimulationError, type SimulationProblem } from './sim/simulation-error.ts';
