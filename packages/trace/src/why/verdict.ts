/** What a verdict is: one of a closed list, with the lines that prove it. */
import type { Fact } from '../case.ts';
import type { MessageId } from '../messages.ts';

export type Verdict =
  | 'client.stoppedPolling'
  | 'client.browserClosed'
  | 'client.computerAsleep'
  | 'client.tabThrottled'
  | 'client.networkCut'
  | 'client.proxyCut'
  | 'client.highLatency'
  | 'client.certificate'
  | 'client.unsupportedBrowser'
  | 'client.gadget'
  | 'client.starved'
  | 'server.notificationStopped'
  | 'server.notificationCrashed'
  | 'server.webservicesRestarted'
  | 'server.ctiLinkLost'
  | 'server.invalidXml'
  | 'server.overload'
  | 'server.clockDrift'
  | 'server.ntp'
  | 'server.manyAtOnce'
  | 'telephony.ctiManagerDown'
  | 'agent.signedOut'
  | 'supervisor.signedOut'
  | 'agent.duplicateSignIn'
  | 'server.presenceLogout'
  | 'server.systemSignOut'
  | 'returned'
  | 'connected'
  | 'unknown'
  | 'unknownAgent';

/** What can have kept a client from polling, if no line says what it was. */
export const CLIENT_CAUSES = [
  'client.browserClosed',
  'client.computerAsleep',
  'client.tabThrottled',
  'client.networkCut',
  'client.proxyCut',
  'client.highLatency',
  'client.certificate',
  'client.unsupportedBrowser',
  'client.gadget',
  'client.starved',
  'server.clockDrift',
] as const satisfies readonly Verdict[];

/** One sentence with the lines that support it; never without one. */
export interface Claim {
  readonly id: MessageId;
  readonly values: Readonly<Record<string, string | number>>;
  readonly facts: readonly [Fact, ...Fact[]];
}

/** What became of the agent. */
export type Effect = 'signedOut' | 'notReady' | 'requested' | 'refused' | 'none';

export interface Why {
  readonly agent: string;
  readonly verdict: Verdict;
  /** `proved`: lines say it. `likely`: lines speak for it and none against. `open`: they do not decide. */
  readonly certainty: 'proved' | 'likely' | 'open';
  readonly proof: readonly Claim[];
  readonly against: readonly Claim[];
  /** Verdicts that the lines do not rule out. */
  readonly candidates: readonly Verdict[];
  /** Ids of sentences: what would decide. */
  readonly settle: readonly MessageId[];
  readonly effect: Effect;
  readonly effectFacts: readonly Fact[];
  /** When the connection, or the sign-in, was lost. */
  readonly at: number | null;
  readonly timeline: readonly Fact[];
  /** More incidents of this agent in these logs. */
  readonly incidents: number;
}
