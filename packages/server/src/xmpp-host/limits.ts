/** Settings of the notification service as the limits that @poise/xmpp knows. */
import type { BoshLimits, XmppLimits } from '@poise/xmpp';

/** The settings that matter here: durations in ms, sizes in bytes. */
export interface NotificationSettings {
  readonly presence: { readonly idle: number; readonly sweep: number; readonly grace: number };
  readonly notification: {
    readonly stanzaMax: number;
    readonly stanzaMaxBeforeAuth: number;
    readonly depthMax: number;
    readonly attributesMax: number;
    readonly queueBytesMax: number;
    readonly queueStanzasMax: number;
    readonly sessionsMax: number;
    readonly sessionsPerUserMax: number;
    readonly unauthenticatedMax: number;
    readonly unauthenticatedTimeout: number;
    readonly subscriptionsPerUserMax: number;
    readonly subscriptionGrace: number;
    readonly bosh: {
      readonly wait: number;
      readonly hold: number;
      readonly polling: number;
      readonly maxPause: number;
    };
    readonly websocket: { readonly ping: number; readonly idle: number; readonly frameMax: number };
    readonly tcp: { readonly ping: number; readonly idle: number };
  };
}

export function xmppLimits({ presence, notification: n }: NotificationSettings): Partial<XmppLimits> {
  return {
    stanzaBytesMax: n.stanzaMax,
    unauthenticatedStanzaBytesMax: n.stanzaMaxBeforeAuth,
    xmlDepthMax: n.depthMax,
    xmlAttributesMax: n.attributesMax,
    queuedBytesMax: n.queueBytesMax,
    queuedStanzasMax: n.queueStanzasMax,
    connectionsMax: n.sessionsMax,
    sessionsPerUserMax: n.sessionsPerUserMax,
    unauthenticatedPerAddressMax: n.unauthenticatedMax,
    signInMs: n.unauthenticatedTimeout,
    subscriptionsPerUserMax: n.subscriptionsPerUserMax,
    fullJidSubscriptionMs: n.subscriptionGrace,
    // Who comes back in time is not signed out, and neither loses anything.
    resumptionMs: presence.grace,
    webSocketFrameBytesMax: n.websocket.frameMax,
    webSocketPingAfterMs: n.websocket.ping,
    webSocketIdleMs: n.websocket.idle,
    tcpPingAfterMs: n.tcp.ping,
    tcpIdleMs: n.tcp.idle,
  };
}

/** BOSH counts in whole seconds on the wire; what is shorter becomes one. */
export function boshLimits({ presence, notification: n }: NotificationSettings): Partial<BoshLimits> {
  return {
    waitSeconds: seconds(n.bosh.wait),
    holdMax: n.bosh.hold,
    pollingSeconds: Math.round(n.bosh.polling / 1000),
    maxpauseSeconds: Math.round(n.bosh.maxPause / 1000),
    inactivitySeconds: seconds(presence.idle),
    sweepSeconds: Math.max(0.1, presence.sweep / 1000),
    bodyBytesMax: n.stanzaMax,
    unauthenticatedBodyBytesMax: n.stanzaMaxBeforeAuth,
    xmlDepthMax: n.depthMax,
    xmlAttributesMax: n.attributesMax,
    queuedStanzasMax: n.queueStanzasMax,
    queuedBytesMax: n.queueBytesMax,
    sessionsMax: n.sessionsMax,
    unauthenticatedSeconds: seconds(n.unauthenticatedTimeout),
    unauthenticatedPerAddressMax: n.unauthenticatedMax,
  };
}

function seconds(ms: number): number {
  return Math.max(1, Math.round(ms / 1000));
}
