/**
 * Why an agent was signed out or lost the connection. A verdict is one of a closed list; each is a rule in a table
 * that gives the lines which prove it, or nothing. No rule may claim anything without a line.
 */
import { type Case, type Fact, LOSSES } from './case.ts';
import type { FactKind } from './facts.ts';
import type { MessageId } from './messages.ts';

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

interface Incident {
  readonly agent: string;
  /** The loss itself: a closed session, an unavailable presence, a sign-out. */
  readonly head: Fact;
  readonly at: number;
  /** Facts around it, in order. */
  readonly facts: readonly Fact[];
  /** All facts about the agent, also those of other times. */
  readonly about: readonly Fact[];
  readonly trace: Case;
}

interface Judgement {
  readonly certainty: Why['certainty'];
  readonly proof: readonly Claim[];
  readonly against?: readonly Claim[];
  readonly candidates?: readonly Verdict[];
  readonly settle?: readonly MessageId[];
}

/** Facts of an incident: so long before its head, and after it (120 s until a silence is noticed, 60 s of grace). */
const BEFORE_MS = 200_000;
const AFTER_MS = 200_000;
/** Facts about the server this long before a loss may be its cause. */
const CAUSE_MS = 120_000;
/** Losses are simultaneous within this. */
const TOGETHER_MS = 2_000;
/** Others who were lost at once, so that it is the server's side. */
const MANY = 3;

const claim = (
  id: MessageId,
  facts: ReadonlyArray<Fact | undefined>,
  values: Readonly<Record<string, string | number>> = {},
): Claim[] => {
  const [first, ...rest] = facts.filter((fact) => fact !== undefined);
  return first === undefined ? [] : [{ id, values, facts: [first, ...rest] }];
};

const of = (incident: Incident, ...kinds: readonly FactKind[]): Fact[] =>
  incident.facts.filter((fact) => kinds.includes(fact.kind));
const own = (incident: Incident, ...kinds: readonly FactKind[]): Fact[] =>
  of(incident, ...kinds).filter((fact) => fact.agent === incident.agent);
/** Facts about everybody in the time in which they can have been the cause. */
const causes = (incident: Incident, ...kinds: readonly FactKind[]): Fact[] =>
  of(incident, ...kinds).filter(
    ({ at }) => at !== null && at >= incident.at - CAUSE_MS && at <= incident.at + 1_500,
  );
const last = <T>(list: readonly T[]): T | undefined => list.at(-1);

/** Seconds, with at most three places. */
const seconds = (ms: number): number => Math.round(ms) / 1000;

interface Rule {
  readonly verdict: Verdict;
  readonly judge: (incident: Incident) => Judgement | null;
}

/** In order: the first rule that finds its lines gives the verdict; later ones that do become candidates. */
export const RULES: readonly Rule[] = [
  {
    verdict: 'supervisor.signedOut',
    judge: (incident) => {
      const record = own(incident, 'forced').find(({ data }) => data.cause === 'supervisor');
      const request = signOutRequests(incident).find(
        ({ data }) => data.user !== undefined && data.user !== incident.agent,
      );
      const sent = own(incident, 'cti.request').find(
        ({ data }) => data.state === '1' && data.supervisor !== undefined,
      );
      const facts = [record, request, sent];
      const first = facts.find((fact) => fact !== undefined);
      if (first === undefined) return null;
      const who = record?.data.actor ?? request?.data.user ?? sent?.data.supervisor ?? '?';
      return { certainty: 'proved', proof: claim('proof.supervisor', facts, { who }) };
    },
  },
  {
    verdict: 'agent.signedOut',
    judge: (incident) => {
      const request = signOutRequests(incident).find(
        ({ data }) => data.user === undefined || data.user === incident.agent,
      );
      if (request === undefined) return null;
      const event = own(incident, 'cti.state').find(({ data }) => data.state === 'LOGOUT');
      return { certainty: 'proved', proof: claim('proof.agent', [request, event]) };
    },
  },
  {
    verdict: 'agent.duplicateSignIn',
    judge: (incident) => {
      // A session that fell silent was not replaced.
      if (own(incident, 'session.idle').length > 0) return null;
      const conflict = own(incident, 'session.conflict');
      const sids = new Set(
        own(incident, 'session.active', 'session.idle', 'session.bound').map(({ data }) => data.sid),
      );
      const bySid = of(incident, 'session.conflict').filter(
        ({ data }) => data.sid !== undefined && sids.has(data.sid),
      );
      const record = own(incident, 'forced').find(({ data }) => data.departure === 'replaced');
      const proof = claim('proof.conflict', [...conflict, ...bySid, record]);
      return proof.length === 0 ? null : { certainty: 'proved', proof };
    },
  },
  {
    verdict: 'server.notificationCrashed',
    judge: (incident) => {
      const crash = causes(incident, 'ns.crash');
      const started = startedWithoutStop(incident);
      const proof = [
        ...claim('proof.crash', crash),
        ...(crash.length > 0 ? claim('proof.nsStarted', [started]) : []),
      ];
      if (crash.length > 0) return { certainty: 'proved', proof };
      if (started === undefined || own(incident, 'session.idle').length > 0) return null;
      return {
        certainty: 'likely',
        proof: claim('proof.nsStartedWithoutStop', [started]),
        candidates: ['server.notificationStopped'],
        settle: ['settle.core', 'settle.openfireLogs'],
      };
    },
  },
  {
    verdict: 'server.notificationStopped',
    judge: (incident) => {
      // A session that was closed for its silence had its own cause.
      if (own(incident, 'session.idle').length > 0) return null;
      const stopped = last(causes(incident, 'ns.stop'));
      if (stopped === undefined || livedAfter(incident, stopped) || goodbyes(incident).length > 0)
        return null;
      const started = of(incident, 'ns.start').find((fact) => (fact.at ?? 0) >= (stopped.at ?? 0));
      return {
        certainty: 'proved',
        proof: [...claim('proof.nsStopped', [stopped]), ...claim('proof.nsStarted', [started])],
      };
    },
  },
  {
    verdict: 'server.invalidXml',
    judge: (incident) => {
      const bad = causes(incident, 'xml.invalid');
      if (bad.length === 0 || own(incident, 'session.idle').length > 0) return null;
      const many = othersLost(incident);
      return {
        certainty: many.length > 0 ? 'likely' : 'open',
        proof: [...claim('proof.xml', bad.slice(0, 3)), ...many],
        settle: ['settle.defect', 'settle.core'],
      };
    },
  },
  {
    verdict: 'server.webservicesRestarted',
    judge: (incident) => {
      const restarts = causes(incident, 'app.stop', 'app.start');
      if (restarts.length === 0 || own(incident, 'session.idle').length > 0) return null;
      return {
        certainty: 'likely',
        proof: claim('proof.restart', restarts.slice(0, 3)),
        settle: ['settle.service'],
      };
    },
  },
  {
    verdict: 'telephony.ctiManagerDown',
    judge: (incident) => {
      const down = causes(incident, 'ctimanager.down');
      if (down.length === 0 || own(incident, 'session.idle').length > 0) return null;
      return {
        certainty: 'likely',
        proof: claim('proof.ctiManager', down.slice(0, 3)),
        settle: ['settle.ctiManager'],
      };
    },
  },
  {
    verdict: 'server.ctiLinkLost',
    judge: (incident) => {
      const lost = causes(incident, 'cti.lost');
      // A closed session has its own cause: the CTI link carries no polls.
      if (lost.length === 0 || own(incident, 'session.idle', 'presence.logout').length > 0) return null;
      const up = of(incident, 'cti.up').find((fact) => (fact.at ?? 0) >= (lost[0]?.at ?? 0));
      return {
        certainty: 'likely',
        proof: [...claim('proof.ctiLost', lost.slice(0, 3)), ...claim('proof.ctiUp', [up])],
      };
    },
  },
  {
    verdict: 'server.overload',
    judge: (incident) => {
      const signs = causes(incident, 'overload');
      if (signs.length === 0) return null;
      return {
        certainty: othersLost(incident).length > 0 ? 'likely' : 'open',
        proof: [...claim('proof.overload', signs.slice(0, 3)), ...othersLost(incident)],
        settle: ['settle.counters', 'settle.core'],
      };
    },
  },
  {
    verdict: 'server.manyAtOnce',
    judge: (incident) => {
      const proof = othersLost(incident);
      if (proof.length === 0) return null;
      return {
        certainty: 'likely',
        proof,
        candidates: [
          'server.notificationStopped',
          'server.notificationCrashed',
          'server.webservicesRestarted',
          'server.overload',
        ],
        settle: ['settle.openfireLogs', 'settle.core', 'settle.service', 'settle.syslog'],
      };
    },
  },
  {
    verdict: 'client.certificate',
    judge: (incident) => clientSide(incident, 'client.certificate', 'proof.certificate', 'settle.port'),
  },
  {
    verdict: 'client.unsupportedBrowser',
    judge: (incident) => clientSide(incident, 'client.browser', 'proof.browser', 'settle.browser'),
  },
  {
    verdict: 'client.computerAsleep',
    judge: (incident) => {
      const told = clientSide(incident, 'client.sleep', 'proof.sleep', 'settle.sleep');
      if (told !== null) return told;
      const gap = clientGap(incident);
      const ms =
        silence(incident).length === 0 || gap === null ? null : (gap[1].at as number) - (gap[0].at as number);
      if (gap === null || ms === null) return null;
      return {
        certainty: 'likely',
        proof: [...claim('proof.clientGap', gap, { seconds: seconds(ms) }), ...silence(incident)],
        candidates: ['client.starved', 'client.tabThrottled'],
        settle: ['settle.sleep'],
      };
    },
  },
  {
    verdict: 'client.gadget',
    judge: (incident) => clientSide(incident, 'client.gadget', 'proof.gadget', 'settle.gadget'),
  },
  {
    verdict: 'client.tabThrottled',
    judge: (incident) => {
      // Timers of a hidden tab run once a minute at most: it polls, but too late, again and again.
      const ticks = incident.trace.facts.filter(
        ({ kind, agent, at }) =>
          kind === 'session.active' &&
          agent === incident.agent &&
          at !== null &&
          at <= incident.at &&
          at >= incident.at - 30 * 60_000,
      );
      const late = ticks.filter(
        ({ data }, i) =>
          Number(data.ms) > 31_000 &&
          ticks[i + 1] !== undefined &&
          Number(ticks[i + 1]?.data.ms) < 30_000 &&
          ticks[i + 1]?.data.sid === data.sid,
      );
      if (late.length < 3) return null;
      return {
        certainty: 'likely',
        proof: [...claim('proof.throttled', late.slice(-4), { count: late.length }), ...silence(incident)],
        candidates: ['client.starved', 'client.highLatency'],
        settle: ['settle.clientLog'],
      };
    },
  },
  {
    verdict: 'client.highLatency',
    judge: (incident) => {
      const slow = of(incident, 'client.drift').filter(({ data }) => Number(data.latency) >= 5_000);
      if (slow.length === 0) return null;
      const ms = Math.max(...slow.map(({ data }) => Number(data.latency)));
      return {
        certainty: 'likely',
        proof: [...claim('proof.latency', slow.slice(0, 3), { ms }), ...silence(incident)],
        settle: ['settle.network'],
      };
    },
  },
  {
    verdict: 'client.browserClosed',
    judge: (incident) => {
      const goodbye = goodbyes(incident);
      const record = own(incident, 'forced').find(
        ({ data }) => data.departure === 'closed' || data.departure === 'unavailable',
      );
      const unload = of(incident, 'client.unload').filter(
        ({ at }) => Math.abs((at ?? 0) - incident.at) < 60_000,
      );
      const said = claim('proof.goodbye', [...goodbye, record, ...unload.slice(0, 1)]);
      if (said.length > 0 && own(incident, 'session.idle').length === 0)
        return { certainty: 'proved', proof: said };
      // Unavailable at once, while the log that would tell of an idle session is there and tells of none.
      const away = last(own(incident, 'presence.unavailable'));
      const alive = own(incident, 'session.active').filter((fact) => (fact.at ?? 0) <= incident.at);
      if (away === undefined || own(incident, 'session.idle').length > 0 || alive.length === 0) return null;
      const latest = last(alive) as Fact;
      if (Number(latest.data.ms) >= 30_000) return null;
      return {
        certainty: 'likely',
        proof: claim('proof.withoutIdle', [away, latest], { ms: latest.data.ms as string }),
        candidates: ['client.networkCut', 'client.proxyCut'],
        settle: ['settle.debugLog', 'settle.clientLog'],
      };
    },
  },
  {
    verdict: 'client.networkCut',
    judge: (incident) => {
      const idle = last(own(incident, 'session.idle'));
      // The page went on and saw its connection break, while the server heard nothing of it.
      const tries = of(incident, 'client.status', 'client.disconnect').filter(
        ({ data, kind, at }) =>
          (kind === 'client.disconnect' || data.status === 'disconnected') &&
          at !== null &&
          at >= incident.at - CAUSE_MS &&
          at <= incident.at + CAUSE_MS,
      );
      const record = own(incident, 'forced').find(({ data }) => data.departure === 'lost');
      if (record !== undefined)
        return {
          certainty: 'likely',
          proof: claim('proof.lost', [record]),
          candidates: ['client.proxyCut', 'client.computerAsleep'],
          settle: ['settle.clientLog', 'settle.network'],
        };
      if (idle === undefined || tries.length === 0) return null;
      return {
        certainty: 'likely',
        proof: [...silence(incident), ...claim('proof.clientTried', tries.slice(0, 3))],
        candidates: ['client.proxyCut'],
        settle: ['settle.capture', 'settle.network'],
      };
    },
  },
  {
    verdict: 'client.stoppedPolling',
    judge: (incident) => {
      const proof = silence(incident);
      if (proof.length === 0) return null;
      return {
        certainty: 'proved',
        proof,
        candidates: [
          'client.browserClosed',
          'client.computerAsleep',
          'client.tabThrottled',
          'client.networkCut',
          'client.proxyCut',
          'client.highLatency',
        ],
        settle: ['settle.clientLog', 'settle.capture', 'settle.sleep', 'settle.network'],
      };
    },
  },
  {
    verdict: 'server.presenceLogout',
    judge: (incident) => {
      const forced = own(incident, 'cti.request').filter(({ data }) => data.reason === '255');
      const logout = mineOrBeside(incident, 'presence.logout', forced);
      const events = own(incident, 'cti.state').filter(({ data }) => data.reason === '255');
      const proof = claim('proof.presenceLogout', [
        ...own(incident, 'presence.unavailable').slice(-1),
        ...logout,
        ...forced,
        ...events,
      ]);
      if (logout.length + forced.length + events.length === 0) return null;
      return {
        certainty: 'proved',
        proof,
        candidates: ['client.browserClosed', 'client.stoppedPolling', 'server.notificationStopped'],
        settle: ['settle.openfireLogs', 'settle.clientLog'],
      };
    },
  },
  {
    verdict: 'server.systemSignOut',
    judge: (incident) => {
      const event = last(own(incident, 'cti.state').filter(({ data }) => data.state === 'LOGOUT'));
      if (event === undefined) return null;
      return {
        certainty: 'proved',
        proof: claim('proof.systemSignOut', [event], { code: event.data.reason ?? '?' }),
        settle: ['settle.ctiTrace'],
      };
    },
  },
  {
    verdict: 'server.clockDrift',
    judge: (incident) => {
      const off = of(incident, 'client.drift').filter(({ data }) => Math.abs(Number(data.drift)) >= 60_000);
      const ms = Math.max(0, ...off.map(({ data }) => Math.abs(Number(data.drift))));
      const proof = claim('proof.drift', off.slice(0, 3), { ms });
      return proof.length === 0 ? null : { certainty: 'open', proof, settle: ['settle.ntp'] };
    },
  },
  {
    verdict: 'server.ntp',
    judge: (incident) => {
      const proof = claim('proof.ntp', of(incident, 'ntp.bad').slice(0, 3));
      return proof.length === 0 ? null : { certainty: 'open', proof, settle: ['settle.ntp'] };
    },
  },
];

function clientSide(incident: Incident, kind: FactKind, id: MessageId, settle: MessageId): Judgement | null {
  const signs = of(incident, kind).filter(
    ({ agent, at }) => agent !== null || Math.abs((at ?? 0) - incident.at) < CAUSE_MS,
  );
  if (signs.length === 0) return null;
  return {
    certainty: 'likely',
    proof: [...claim(id, signs.slice(0, 3)), ...silence(incident)],
    settle: [settle, 'settle.clientLog'],
  };
}

/** The page ended its session itself. */
function goodbyes(incident: Incident): Fact[] {
  const sids = new Set(own(incident, 'session.active', 'session.bound').map(({ data }) => data.sid));
  return of(incident, 'session.terminate').filter(
    ({ data, agent, at }) =>
      (agent === incident.agent || (data.sid !== undefined && sids.has(data.sid))) &&
      Math.abs((at ?? 0) - incident.at) < 5_000,
  );
}

/** The agent was seen after something that cannot have been the cause, then. */
const livedAfter = (incident: Incident, cause: Fact): boolean =>
  own(incident, 'session.active', 'presence.available').some(
    ({ at }) => at !== null && at > (cause.at ?? 0) + 1_000 && at < incident.at,
  );

/** The client's own log has a hole around the loss, and goes on behind it: nothing ran there. Lines with their own time only. */
function clientGap({ about, at }: Incident): readonly [Fact, Fact] | null {
  const lines = about.filter((fact) => fact.family === 'client' && fact.time !== null && fact.at !== null);
  lines.sort((a, b) => (a.at as number) - (b.at as number));
  for (let i = 1; i < lines.length; i++) {
    const [before, after] = [lines[i - 1] as Fact, lines[i] as Fact];
    const [from, to] = [before.at as number, after.at as number];
    // The page says something once a minute. The hole begins before the close, and after the last poll at the earliest.
    if (to - from >= 90_000 && from >= at - CAUSE_MS - 60_000 && from <= at && to >= at - 5_000)
      return [before, after];
  }
  return null;
}

/** Requests to sign this agent out, made for no longer than half a minute before. */
function signOutRequests(incident: Incident): Fact[] {
  const gone = own(incident, 'cti.state').find(({ data }) => data.state === 'LOGOUT')?.at ?? incident.at;
  return own(incident, 'api.request').filter(
    ({ data, at }) => data.state === 'LOGOUT' && at !== null && at >= gone - 30_000 && at <= gone + 1_000,
  );
}

/** Ticks at which the session had been silent, ever longer, and the idle close. */
function silence(incident: Incident): Claim[] {
  const idle = last(own(incident, 'session.idle'));
  const ticks = own(incident, 'session.active').filter(
    ({ data, at }) =>
      (idle?.data.sid === undefined || data.sid === idle.data.sid) && (at ?? 0) <= incident.at + 1_000,
  );
  const growing: Fact[] = [];
  for (const tick of ticks) {
    const before = last(growing);
    // The same tick in two files that are not quite the same.
    if (before !== undefined && tick.data.ms === before.data.ms && tick.at === before.at) continue;
    if (before !== undefined && Number(tick.data.ms) <= Number(before.data.ms)) growing.length = 0;
    growing.push(tick);
  }
  const latest = last(growing);
  const claims: Claim[] = [];
  if (latest !== undefined && Number(latest.data.ms) > 30_000)
    claims.push(...claim('proof.silence', growing, { seconds: seconds(Number(latest.data.ms)) }));
  claims.push(...claim('proof.idleClose', [idle], { threshold: idle?.data.threshold ?? 60 }));
  const record = own(incident, 'forced').find(({ data }) => data.departure === 'idle');
  if (claims.length === 0) claims.push(...claim('proof.idleRecord', [record]));
  return claims;
}

/** Others who were lost at the same time: at least three of them. */
function othersLost({ trace, at }: Incident): Claim[] {
  const agents = new Set<string>();
  const facts: Fact[] = [];
  for (const together of trace.lossesBySecond.values()) {
    const near = together.facts.some((fact) => fact.at !== null && Math.abs(fact.at - at) <= TOGETHER_MS);
    if (!near) continue;
    for (const agent of together.agents) agents.add(agent);
    facts.push(...together.facts);
  }
  if (agents.size < MANY) return [];
  return claim('proof.others', facts.sort((a, b) => a.index - b.index).slice(0, MANY), {
    count: agents.size,
  });
}

/** Others whose sessions lived on: the service was there. */
function othersAlive({ trace, at }: Incident): Claim[] {
  const agents = new Set<string>();
  const facts: Fact[] = [];
  for (const together of trace.aliveBySecond.values()) {
    if (!together.facts.some((fact) => fact.at !== null && fact.at >= at - 1_000 && fact.at <= at + 31_000))
      continue;
    for (const agent of together.agents) agents.add(agent);
    facts.push(...together.facts);
  }
  return claim('against.othersAlive', facts.sort((a, b) => a.index - b.index).slice(0, 2), {
    count: agents.size,
  });
}

/** Lines in which nobody is named (cut ones) count when they stand beside one that names the agent. */
function mineOrBeside(incident: Incident, kind: FactKind, named: readonly Fact[]): Fact[] {
  return of(incident, kind).filter(
    (fact) =>
      fact.agent === incident.agent ||
      (fact.agent === null &&
        named.some(({ at, file }) => file === fact.file && Math.abs((at ?? 0) - (fact.at ?? 0)) < 1_000)),
  );
}

/** A start without the stop that an orderly end would have written. */
function startedWithoutStop(incident: Incident): Fact | undefined {
  const start = of(incident, 'ns.start').find(
    ({ at }) => at !== null && at >= incident.at - 5_000 && at <= incident.at + AFTER_MS,
  );
  if (start === undefined) return undefined;
  return of(incident, 'ns.stop').some(({ at }) => (at ?? 0) <= (start.at ?? 0)) ? undefined : start;
}

/** How a session ends: that of this loss ends now, others are other losses. */
const ENDS: ReadonlySet<FactKind> = new Set(['session.idle', 'session.conflict', 'session.terminate']);
/** What follows a loss; what is much earlier followed another one. */
const CONSEQUENCES: ReadonlySet<FactKind> = new Set([
  'forced',
  'presence.logout',
  'presence.unavailable',
  'cti.request',
  'cti.state',
]);

/** Losses of one agent; what belongs to one loss is one incident. */
function incidentsOf(trace: Case, agent: string): Fact[] {
  const heads: Fact[] = [];
  let until = Number.NEGATIVE_INFINITY;
  for (const fact of trace.facts) {
    const { kind, data, at } = fact;
    if (fact.agent !== agent || at === null) continue;
    const isHead =
      LOSSES.has(kind) ||
      kind === 'presence.logout' ||
      kind === 'forced' ||
      kind === 'session.conflict' ||
      (kind === 'cti.state' && (data.state === 'LOGOUT' || data.reason === '50002')) ||
      (kind === 'cti.request' && data.state === '1') ||
      (kind === 'api.request' && data.state === 'LOGOUT');
    // Who came back can be lost anew.
    if (kind === 'presence.available') until = Math.min(until, at);
    if (!isHead || at <= until) continue;
    heads.push(fact);
    // 60 s of grace, repetition, and what the CTI server says of it.
    until = at + 200_000;
  }
  return heads;
}

/** @param at the moment that somebody asks about; the incident nearest to it is told */
export function why(trace: Case, agent: string, at: number | null = null): Why {
  trace.resolve();
  const heads = incidentsOf(trace, agent);
  if (heads.length === 0) return withoutIncident(trace, agent);
  const head =
    at === null
      ? (last(heads) as Fact)
      : heads.reduce((best, one) =>
          Math.abs((one.at as number) - at) <= Math.abs((best.at as number) - at) ? one : best,
        );
  const moment = head.at as number;
  const about = trace.factsFor(agent);
  const next = heads[heads.indexOf(head) + 1]?.at ?? Number.POSITIVE_INFINITY;
  const sids = new Set(
    about.filter((f) => f.agent === agent && f.data.sid !== undefined).map(({ data }) => data.sid),
  );
  const facts = about.filter(({ kind, at, agent: named, data }) => {
    if (at === null || at < moment - BEFORE_MS || at > moment + AFTER_MS || at >= next) return false;
    // Lines of other sessions concern other agents.
    if (named === null && data.sid !== undefined && !sids.has(data.sid)) return false;
    if (ENDS.has(kind)) return Math.abs(at - moment) <= 5_000;
    return !CONSEQUENCES.has(kind) || at >= moment - 31_000;
  });
  const incident: Incident = { agent, head, at: moment, facts, about, trace };
  const judged = RULES.map((rule) => ({ rule, judgement: rule.judge(incident) })).filter(
    (one): one is { rule: Rule; judgement: Judgement } =>
      one.judgement !== null && one.judgement.proof.length > 0,
  );
  const { effect, effectFacts } = effectOf(incident);
  const base = {
    agent,
    effect,
    effectFacts,
    at: moment,
    timeline: timelineOf(incident),
    incidents: heads.length,
  };
  const returned = returnOf(incident);
  const best = judged[0];
  if (
    effect === 'none' &&
    returned !== null &&
    (best === undefined || best.rule.verdict.startsWith('client'))
  )
    return {
      ...base,
      verdict: 'returned',
      certainty: 'proved',
      proof: [...returned, ...(best?.judgement.proof ?? [])],
      against: [],
      candidates: best === undefined ? [] : [best.rule.verdict],
      settle: ['settle.clientLog'],
    };
  if (best === undefined)
    return {
      ...base,
      verdict: 'unknown',
      certainty: 'open',
      proof: claim('proof.lossOnly', [head]),
      against: [],
      candidates: [],
      settle: ['settle.openfireLogs', 'settle.webservicesLogs', 'settle.clientLog'],
    };
  const { verdict } = best.rule;
  const others = judged.slice(1).map(({ rule }) => rule.verdict);
  const implied: readonly Verdict[] = [
    'server.presenceLogout',
    'server.systemSignOut',
    'client.stoppedPolling',
  ];
  const candidates = [
    ...(best.judgement.candidates ?? []),
    ...others.filter((one) => !implied.includes(one)),
  ];
  return {
    ...base,
    verdict,
    certainty: best.judgement.certainty,
    proof: best.judgement.proof,
    against: [...(best.judgement.against ?? []), ...againstOf(incident, verdict)],
    candidates: [...new Set(candidates)].filter((one) => one !== verdict),
    settle: best.judgement.settle ?? [],
  };
}

/** What in these lines speaks against a verdict. */
function againstOf(incident: Incident, verdict: Verdict): Claim[] {
  if (verdict.startsWith('client.') || verdict === 'server.presenceLogout') {
    const others = othersLost(incident);
    return others.map((one): Claim => ({ ...one, id: 'against.othersLost' }));
  }
  if (verdict.startsWith('server.') && verdict !== 'server.ctiLinkLost' && verdict !== 'server.systemSignOut')
    return [
      ...othersAlive(incident),
      ...silence(incident)
        .filter(({ id }) => id === 'proof.silence')
        .map((one): Claim => ({ ...one, id: 'against.silence' })),
    ];
  return [];
}

/** Presence came back before the grace period was over. */
function returnOf(incident: Incident): Claim[] | null {
  const back = own(incident, 'presence.available').find(
    ({ at }) => at !== null && at > incident.at && at <= incident.at + 60_000,
  );
  if (back === undefined) return null;
  return claim('proof.returned', [incident.head, back], {
    seconds: seconds((back.at as number) - incident.at),
  });
}

function effectOf(incident: Incident): { effect: Effect; effectFacts: readonly Fact[] } {
  const sent = own(incident, 'cti.request').filter(({ data }) => data.state === '1' || data.reason === '255');
  const after = (fact: Fact) => (fact.at ?? 0) >= incident.at - 1_000;
  const out = mineOrBeside(incident, 'cti.state', sent).filter((f) => f.data.state === 'LOGOUT' && after(f));
  if (out.length > 0) return { effect: 'signedOut', effectFacts: [...sent, ...out] };
  const idle = mineOrBeside(incident, 'cti.state', sent).filter(
    (f) =>
      f.data.state === 'NOT_READY' &&
      after(f) &&
      (f.data.reason === '50002' || f.data.reason === '-15534' || f.data.reason === '255'),
  );
  if (idle.length > 0) return { effect: 'notReady', effectFacts: [...sent, ...idle] };
  const refused = own(incident, 'forced').filter(
    ({ data }) => data.outcome === 'refused' || data.outcome === 'unanswered',
  );
  if (refused.length > 0) return { effect: 'refused', effectFacts: refused };
  const asked = [...mineOrBeside(incident, 'presence.logout', sent), ...sent];
  return asked.length > 0 ? { effect: 'requested', effectFacts: asked } : { effect: 'none', effectFacts: [] };
}

/** Kinds that tell the story; the rest is noise there. */
const TOLD: ReadonlySet<FactKind> = new Set([
  'session.active',
  'session.idle',
  'session.closed',
  'session.terminate',
  'session.conflict',
  'presence.available',
  'presence.unavailable',
  'unsubscribed',
  'monitor.added',
  'monitor.expired',
  'presence.logout',
  'forced',
  'cti.request',
  'cti.state',
  'unroutable',
  'cti.lost',
  'cti.up',
  'xmpp.lost',
  'xmpp.up',
  'app.start',
  'app.stop',
  'ns.start',
  'ns.stop',
  'ns.crash',
  'crash',
  'xml.invalid',
  'overload',
  'ntp.bad',
  'ctimanager.down',
  'client.status',
  'client.disconnect',
  'client.drift',
  'client.certificate',
  'client.sleep',
  'client.unload',
  'auth.failed',
]);
/** Longest story. */
const TIMELINE_MAX = 60;

function timelineOf(incident: Incident): Fact[] {
  const told = incident.facts.filter(
    (fact) => TOLD.has(fact.kind) || (fact.kind === 'api.request' && fact.data.state !== undefined),
  );
  if (told.length <= TIMELINE_MAX) return told;
  // The nearest to the loss, in order.
  const near = [...told].sort(
    (a, b) => Math.abs((a.at ?? 0) - incident.at) - Math.abs((b.at ?? 0) - incident.at),
  );
  const kept = new Set(near.slice(0, TIMELINE_MAX));
  return told.filter((fact) => kept.has(fact));
}

/** No loss in these logs: the agent is connected as far as they go, or is not in them at all. */
function withoutIncident(trace: Case, agent: string): Why {
  const mine = trace.facts.filter((fact) => fact.agent === agent);
  const signs = mine.filter(
    ({ kind, data }) =>
      kind === 'cti.state' ||
      kind === 'session.active' ||
      kind === 'client.event' ||
      kind === 'presence.available' ||
      (kind === 'publish' && data.state !== undefined),
  );
  const latest = last(signs);
  const lossSigns = trace.facts.filter(
    ({ kind }) => kind === 'client.disconnect' || kind === 'client.status',
  );
  const early = lossSigns.find(
    ({ kind, data }) => kind === 'client.status' && data.status === 'disconnected',
  );
  const recovered =
    early === undefined
      ? undefined
      : lossSigns.find((f) => f.index > early.index && f.data.status === 'connected');
  const base = {
    agent,
    against: [],
    candidates: [],
    effect: 'none' as const,
    effectFacts: [],
    at: null,
    incidents: 0,
    timeline: signs.slice(-8),
  };
  if (mine.length === 0)
    return {
      ...base,
      verdict: 'unknownAgent',
      certainty: 'open',
      proof: [],
      settle: ['settle.otherLogs'],
      timeline: [],
    };
  return {
    ...base,
    verdict: latest === undefined ? 'unknown' : 'connected',
    certainty: latest === undefined ? 'open' : 'likely',
    proof: [
      ...claim('proof.connected', [latest]),
      ...(recovered === undefined ? [] : claim('proof.earlyDisconnect', [early, recovered])),
    ],
    settle: ['settle.openfireLogs', 'settle.webservicesLogs'],
  };
}
