export { ApiError, type ApiErrorDetail } from './api-error.ts';
export { type CallDataChange, Calls, type DialogOrId } from './calls.ts';
export { type ClientEvents, PoiseClient, type SignInOptions } from './client.ts';
export { type ClockMeasurement, driftLine } from './clock-watch.ts';
export type { ServicePresence } from './connection-options.ts';
export type { ConnectionDetail, ConnectionStatus } from './connection-status.ts';
export { qualifies } from './node-address.ts';
export {
  type CallVariable,
  type Dialog,
  type DialogState,
  type Participant,
  readDialog,
  type ScheduledCallback,
} from './objects/dialog.ts';
export type { CallDisposition, CallPhase, History, HistoryCall, HistoryState } from './objects/history.ts';
export type { MediaPropertiesLayout, MediaPropertyEntry } from './objects/media-properties-layout.ts';
export type { Contact, PhoneBook } from './objects/phone-book.ts';
export type { Queue, QueueStatistics } from './objects/queue.ts';
export type { ReasonCategory, ReasonCode, WrapUpReason } from './objects/reason.ts';
export type { SystemInfo } from './objects/system-info.ts';
export type { TeamMessage } from './objects/team-message.ts';
export type { AgentState, MobileAgent, RequestableState, Team, TeamName, User } from './objects/user.ts';
export {
  readWorkflows,
  type Workflow,
  type WorkflowAction,
  type WorkflowCondition,
  type WorkflowVariable,
} from './objects/workflow.ts';
export type { PoiseClientOptions, TokenSource } from './options.ts';
export type { ClientClock, ClientTimer, FetchLike, WebSocketConstructor, WebSocketLike } from './platform.ts';
export { platformClock } from './platform.ts';
export { ReconnectDelay } from './reconnect-delay.ts';
export type { TextRequest } from './rest/rest-client.ts';
export type { Notification, Update, UpdateData } from './update.ts';
export { BoshTransport } from './xmpp/bosh-transport.ts';
export { type SessionEvents, type SessionOptions, XmppSession } from './xmpp/session.ts';
export type { StreamEnd } from './xmpp/transport.ts';
export { WebSocketTransport } from './xmpp/websocket-transport.ts';
