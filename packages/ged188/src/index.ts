export * from './data-types.ts';
export { type DecodedMessage, type DecodeOptions, decode, type UnknownField } from './decode.ts';
export {
  type BeanOptions,
  beanName,
  decodedBean,
  describeDecoded,
  type MessageBeanOptions,
} from './decoded-bean.ts';
export { encode } from './encode.ts';
export * from './enums/agent.ts';
export * from './enums/call.ts';
export * from './enums/call-cause.ts';
export * from './enums/configuration.ts';
export type { EnumDef } from './enums/define.ts';
export * from './enums/device.ts';
export * from './enums/failure.ts';
export * from './enums/names.ts';
export { ENUMS, type EnumName } from './enums/registry.ts';
export * from './enums/session.ts';
export * from './enums/supervisor.ts';
export { GED188_ERRORS, Ged188Error, type Ged188ErrorCode } from './error.ts';
export {
  EVENT_NEEDS,
  type EventNeed,
  requestNeeds,
  type SessionInterests,
  wantsEvent,
} from './event-filter.ts';
export {
  type AgentTraceDetails,
  type ExtraFields,
  formatMessage,
  type PrintedMask,
  traceAgentEvent,
} from './format.ts';
export { Framer } from './framer.ts';
export * from './message-table.ts';
export { isOpenRequest, openRequestVersion } from './open-request.ts';
export { CCE_REASON_CODES, CCX_REASON_CODES, type SystemReasonCode } from './reason-codes.ts';
export { Broadcast } from './session/broadcast.ts';
export {
  CLIENT_SESSION_LIMITS,
  type ClientResetReason,
  type ClientSessionEvent,
  type ClientSessionLimits,
  type ClientSessionOptions,
  CtiClientSession,
} from './session/client-session.ts';
export { CLIENT_TRANSITIONS, type ClientState } from './session/client-transitions.ts';
export {
  IDLE_TIMEOUT_MIN_SECONDS,
  type OpenDecision,
  type OpenRequest,
  type PeripheralState,
  sameClient,
} from './session/open-check.ts';
export { BRIDGE_SERVICES, type OpenParameters } from './session/open-parameters.ts';
export type { PendingRequest } from './session/pending-requests.ts';
export { PeripheralStatus } from './session/peripheral-status.ts';
export {
  CtiServerSession,
  SERVER_SESSION_LIMITS,
  type ServerResetReason,
  type ServerSessionEvent,
  type ServerSessionLimits,
  type ServerSessionOptions,
} from './session/server-session.ts';
export { SERVER_TRANSITIONS, type ServerState } from './session/server-transitions.ts';
export { transitionDiagram } from './session/transition.ts';
export { TAGS, type TagName } from './tags.ts';
export { textOf } from './text.ts';
export * from './version.ts';
