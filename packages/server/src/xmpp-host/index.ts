export type { NodeRules } from './access.ts';
export { boshLimits, type NotificationSettings, xmppLimits } from './limits.ts';
export type { PresenceSink } from './observer.ts';
export { XmppHost, type XmppHostOptions, type XmppPort } from './xmpp-host.ts';
