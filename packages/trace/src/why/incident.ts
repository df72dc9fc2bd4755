/** One loss, and what its rules may ask about it. */
import type { Case, Fact } from '../case.ts';
import type { FactKind } from '../fact.ts';
import type { MessageId } from '../messages.ts';
import type { Claim, Verdict, Why } from './verdict.ts';

export interface Incident {
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

export interface Judgement {
  readonly certainty: Why['certainty'];
  readonly proof: readonly Claim[];
  readonly against?: readonly Claim[];
  readonly candidates?: readonly Verdict[];
  readonly settle?: readonly MessageId[];
}

/** Facts of an incident: so long before its head, and after it (120 s until a silence is noticed, 60 s of grace). */
export const BEFORE_MS = 200_000;
export const AFTER_MS = 200_000;
/** Facts about the server this long before a loss may be its cause. */
export const CAUSE_MS = 120_000;
/** Losses are simultaneous within this. */
export const TOGETHER_MS = 2_000;
/** Others who were lost at once, so that it is the server's side. */
const MANY = 3;

export const claim = (
  id: MessageId,
  facts: ReadonlyArray<Fact | undefined>,
  values: Readonly<Record<string, string | number>> = {},
): Claim[] => {
  const [first, ...rest] = facts.filter((fact) => fact !== undefined);
  return first === undefined ? [] : [{ id, values, facts: [first, ...rest] }];
};

export const of = (incident: Incident, ...kinds: readonly FactKind[]): Fact[] =>
  incident.facts.filter((fact) => kinds.includes(fact.kind));
export const own = (incident: Incident, ...kinds: readonly FactKind[]): Fact[] =>
  of(incident, ...kinds).filter((fact) => fact.agent === incident.agent);
/** Facts about everybody in the time in which they can have been the cause. */
export const causes = (incident: Incident, ...kinds: readonly FactKind[]): Fact[] =>
  of(incident, ...kinds).filter(
    ({ at }) => at !== null && at >= incident.at - CAUSE_MS && at <= incident.at + 1_500,
  );
/** What the CTI server says of the agent's state: as the web application had it, else as its own trace has it. */
export function states(incident: Incident): Fact[] {
  const events = own(incident, 'cti.state');
  return events.length > 0
    ? events
    : own(incident, 'cti.trace').filter(({ data }) => data.state !== undefined);
}
export const last = <T>(list: readonly T[]): T | undefined => list.at(-1);

/** Seconds, with at most three places. */
export const seconds = (ms: number): number => Math.round(ms) / 1000;

export interface Rule {
  readonly verdict: Verdict;
  readonly judge: (incident: Incident) => Judgement | null;
}

/** Ticks at which the session had been silent, ever longer, and the idle close. */
export function silence(incident: Incident): Claim[] {
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

/** The page ended its session itself. */
export function goodbyes(incident: Incident): Fact[] {
  const sids = new Set(own(incident, 'session.active', 'session.bound').map(({ data }) => data.sid));
  return of(incident, 'session.terminate').filter(
    ({ data, agent, at }) =>
      (agent === incident.agent || (data.sid !== undefined && sids.has(data.sid))) &&
      Math.abs((at ?? 0) - incident.at) < 5_000,
  );
}

/** The agent was seen after something that cannot have been the cause, then. */
export const livedAfter = (incident: Incident, cause: Fact): boolean =>
  own(incident, 'session.active', 'presence.available').some(
    ({ at }) => at !== null && at > (cause.at ?? 0) + 1_000 && at < incident.at,
  );

/** Lines in which nobody is named (cut ones) count when they stand beside one that names the agent. */
export function mineOrBeside(incident: Incident, kind: FactKind, named: readonly Fact[]): Fact[] {
  return of(incident, kind).filter(
    (fact) =>
      fact.agent === incident.agent ||
      (fact.agent === null &&
        named.some(({ at, file }) => file === fact.file && Math.abs((at ?? 0) - (fact.at ?? 0)) < 1_000)),
  );
}

/** Others who were lost at the same time: at least three of them. */
export function othersLost({ trace, at }: Incident): Claim[] {
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

/** So many others who were lost within so long share something with this one, ms. */
const NEAR_MS = 65_000;
const NEAR = 5;

/** Others who were lost shortly before or after, but not at once. */
export function othersNear({ trace, at }: Incident): Claim[] {
  const agents = new Set<string>();
  const facts: Fact[] = [];
  for (const together of trace.lossesBySecond.values()) {
    const idle = together.facts.filter(
      (fact) => fact.kind === 'session.idle' && fact.at !== null && Math.abs(fact.at - at) <= NEAR_MS,
    );
    for (const fact of idle) if (fact.agent !== null) agents.add(fact.agent);
    facts.push(...idle);
  }
  if (agents.size < NEAR) return [];
  return claim('against.othersNear', facts.sort((a, b) => a.index - b.index).slice(0, MANY), {
    count: agents.size,
  });
}

/** Others whose sessions lived on: the service was there. */
export function othersAlive({ trace, at }: Incident): Claim[] {
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

/** The CTI link was lost with the session: what took one of them took both. */
export const linkLostWith = (incident: Incident): Fact[] =>
  of(incident, 'cti.lost').filter(({ at }) => Math.abs((at ?? 0) - incident.at) <= 10_000);

/** Checks of sessions are due every 30 s; when none comes for so long, the service itself stood still. */
const STANDSTILL_MS = 75_000;

/** A hole in the checks of all sessions that ends about when this one was lost, and with the CTI link, which was not served either. */
export function standstill({ agent, trace, at }: Incident): Claim[] {
  const ticks = [
    ...trace.facts.filter((fact) => fact.kind === 'session.active' && fact.agent === agent),
    ...[...trace.aliveBySecond.values()].flatMap(({ facts }) => facts),
  ].filter((fact) => fact.at !== null && fact.at <= at + 31_000);
  ticks.sort((a, b) => (a.at as number) - (b.at as number));
  for (let i = ticks.length - 1; i > 0; i--) {
    const [before, after] = [ticks[i - 1] as Fact, ticks[i] as Fact];
    const ms = (after.at as number) - (before.at as number);
    if (ms < STANDSTILL_MS || Math.abs((after.at as number) - at) > CAUSE_MS) continue;
    // An excerpt has holes, too: then nothing else went wrong at its end.
    const isFelt = trace.facts.some(
      (fact) => fact.kind === 'cti.lost' && Math.abs((fact.at ?? 0) - (after.at as number)) <= 5_000,
    );
    if (!isFelt) continue;
    return claim('proof.standstill', [before, after], { seconds: seconds(ms) });
  }
  return [];
}
