export type { NodeDecision, XmppAccess } from './access.ts';
export type {
  Authenticator,
  AuthFailure,
  AuthResult,
  Peer,
  ScramDecoy,
  ScramMechanism,
  ScramRecord,
} from './authenticator.ts';
export { answerHeaders, type BoshRefusal, boshRefusal } from './bosh/answer-head.ts';
export {
  type BoshOptions,
  type BoshService,
  type BoshSessionInfo,
  createBoshHandler,
} from './bosh/handler.ts';
export { BOSH_LIMITS, type BoshLimits } from './bosh/limits.ts';
export type { BoshObserver } from './bosh/observer.ts';
export type { RequestPeer } from './bosh/service.ts';
export type { PublishResult } from './core.ts';
export { foldCase, type Jid, loginIdOf, parseJid } from './jid.ts';
export { LIMITS, type XmppLimits } from './limits.ts';
export type { Departure, XmppObserver } from './observer.ts';
export type { EventForm } from './pubsub/event.ts';
export type { KeptSubscription, KeptSubscriptions } from './pubsub/pubsub.ts';
export {
  createXmppServer,
  type SessionInfo,
  type XmppHealth,
  type XmppServer,
  type XmppServerOptions,
} from './server.ts';
export type { TcpListener, TcpListenOptions } from './tcp/tcp-listener.ts';
export type {
  PlainInClear,
  SaslPolicy,
  Stream,
  StreamCondition,
  StreamEnd,
  StreamError,
  StreamFactory,
  StreamHeader,
  Transport,
  TransportKind,
} from './transport.ts';
export type { AcceptedPeer, UpgradePeer, UpgradeRequest } from './websocket/websocket-host.ts';
