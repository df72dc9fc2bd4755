export type { NodeRules } from './access.ts';
export { StoredSubscriptions } from './kept-subscriptions.ts';
export { boshLimits, type NotificationSettings, xmppLimits } from './limits.ts';
export type { PresenceSink } from './observer.ts';
export { XmppHost, type XmppHostOptions, type XmppPort } from './xmpp-host.ts';
