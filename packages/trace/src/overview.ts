/**
 * Many agents: who was lost when. At different times it is the clients' side, all at once the server's (the
 * distinction of the published documents); what happened to the server itself stands beside it.
 */
import { type Case, type Fact, LOSSES } from './case.ts';
import type { FactKind } from './facts.ts';

export interface Wave {
  readonly at: number;
  readonly agents: readonly string[];
  readonly facts: readonly Fact[];
}

export interface AgentLosses {
  readonly agent: string;
  readonly losses: number;
  /** Losses within a wave. */
  readonly together: number;
  /** Sign-outs with reason 255, or for absence. */
  readonly signedOut: number;
  readonly first: number;
  readonly last: number;
  /** The last loss. */
  readonly fact: Fact;
}

/** From a presence, or a sign-in, to the loss that ended it. */
export interface Session {
  readonly agent: string;
  /** Null: before these logs begin. */
  readonly from: number | null;
  /** Null: it goes on behind their end. */
  readonly to: number | null;
}

export interface Overview {
  readonly from: number | null;
  readonly to: number | null;
  /** Agents who are named anywhere. */
  readonly agents: number;
  readonly waves: readonly Wave[];
  /** Lost one after the other within {@link NEAR_MS}: no accident, but not at once either. */
  readonly near: readonly Wave[];
  /** Most losses first. */
  readonly lost: readonly AgentLosses[];
  readonly server: readonly Fact[];
  /** Moments of all losses, in order. */
  readonly losses: readonly number[];
  /** Connections of those who were lost, agent by agent, in order. */
  readonly sessions: readonly Session[];
  /** Agents whose passwords were refused, with how often. */
  readonly refused: ReadonlyArray<{ readonly agent: string; readonly count: number; readonly fact: Fact }>;
}

/** Losses of one agent within this are one: idle close, presence, repetition. ms */
const ONE_LOSS_MS = 5_000;
const WAVE_MS = 2_000;
const WAVE_MIN = 3;
/**
 * When what many share is cut (the network of a site, a proxy), each session is closed when its own silence has lasted long enough: polls
 * are held for 30 s, so the closes lie that far apart, and the check that finds them is due every 30 s.
 */
const NEAR_MS = 65_000;
const NEAR_MIN = 5;

const SERVER: ReadonlySet<FactKind> = new Set([
  'ns.start',
  'ns.stop',
  'ns.crash',
  'crash',
  'app.start',
  'app.stop',
  'cti.lost',
  'cti.up',
  'xmpp.lost',
  'xmpp.up',
  'xml.invalid',
  'overload',
  'ntp.bad',
  'ctimanager.down',
]);

interface Loss {
  readonly agent: string;
  readonly at: number;
  readonly fact: Fact;
  /** The server closed the session because nothing came from the client. */
  bySilence: boolean;
}

/** Losses of so many agents within a span, from the first of them on; and which losses are in none. */
function wavesOf(losses: readonly Loss[], span: number, least: number) {
  const waves: Wave[] = [];
  const grouped: Loss[] = [];
  const rest: Loss[] = [];
  for (let i = 0; i < losses.length; ) {
    let j = i;
    const start = (losses[i] as Loss).at;
    while (j < losses.length && (losses[j] as Loss).at - start <= span) j++;
    const group = losses.slice(i, j);
    const agents = [...new Set(group.map(({ agent }) => agent))].sort();
    if (agents.length >= least) {
      waves.push({ at: start, agents, facts: group.slice(0, WAVE_MIN).map(({ fact }) => fact) });
      grouped.push(...group);
      i = j;
    } else {
      rest.push(losses[i] as Loss);
      i++;
    }
  }
  return { waves, grouped, rest };
}

export function overview(trace: Case): Overview {
  trace.resolve();
  const losses: Loss[] = [];
  const lastOf = new Map<string, number>();
  const signedOut = new Map<string, number>();
  const lastOut = new Map<string, number>();
  const refused = new Map<string, { count: number; fact: Fact }>();
  // Times of the day get their date only here.
  let from = trace.span?.from ?? null;
  let to = trace.span?.to ?? null;
  for (const fact of trace.facts) {
    const { agent, at, kind, data } = fact;
    if (at !== null && !fact.derived) {
      from = from === null ? at : Math.min(from, at);
      to = to === null ? at : Math.max(to, at);
    }
    if (agent === null) continue;
    if (kind === 'auth.failed') {
      const known = refused.get(agent);
      refused.set(agent, { count: (known?.count ?? 0) + 1, fact });
    }
    if (at === null) continue;
    if (LOSSES.has(kind)) {
      if (at - (lastOf.get(agent) ?? Number.NEGATIVE_INFINITY) > ONE_LOSS_MS)
        losses.push({ agent, at, fact, bySilence: kind === 'session.idle' });
      else if (kind === 'session.idle') {
        // The presence was read first.
        const same = losses.findLast((loss) => loss.agent === agent);
        if (same !== undefined) same.bySilence = true;
      }
      lastOf.set(agent, at);
    }
    const isOut =
      kind === 'presence.logout' ||
      (kind === 'cti.request' && data.reason === '255') ||
      (kind === 'cti.state' && data.reason === '255');
    if (isOut) {
      if (at - (lastOut.get(agent) ?? Number.NEGATIVE_INFINITY) > 60_000)
        signedOut.set(agent, (signedOut.get(agent) ?? 0) + 1);
      lastOut.set(agent, at);
    }
  }
  const atOnce = wavesOf(losses, WAVE_MS, WAVE_MIN);
  const near = wavesOf(
    atOnce.rest.filter(({ bySilence }) => bySilence),
    NEAR_MS,
    NEAR_MIN,
  );
  const inWave = new Map<string, number>();
  for (const { agent } of [...atOnce.grouped, ...near.grouped])
    inWave.set(agent, (inWave.get(agent) ?? 0) + 1);
  const lost = new Map<string, AgentLosses>();
  for (const { agent, at, fact } of losses) {
    const known = lost.get(agent);
    lost.set(agent, {
      agent,
      losses: (known?.losses ?? 0) + 1,
      together: inWave.get(agent) ?? 0,
      signedOut: signedOut.get(agent) ?? 0,
      first: known?.first ?? at,
      last: at,
      fact,
    });
  }
  return {
    from,
    to,
    agents: trace.agents.size,
    waves: atOnce.waves,
    near: near.waves,
    lost: [...lost.values()].sort((a, b) => b.losses - a.losses || (a.agent < b.agent ? -1 : 1)),
    server: trace.facts.filter(({ kind }) => SERVER.has(kind)),
    losses: losses.map(({ at }) => at),
    sessions: sessionsOf(trace, losses),
    refused: [...refused]
      .map(([agent, one]) => ({ agent, ...one }))
      .sort((a, b) => b.count - a.count || (a.agent < b.agent ? -1 : 1)),
  };
}

/** Presence comes and goes; a loss without a presence before it ends a session that began before these logs. */
function sessionsOf(trace: Case, losses: ReadonlyArray<{ agent: string; at: number }>): Session[] {
  const lost = new Set(losses.map(({ agent }) => agent));
  const come = trace.facts
    .filter(({ kind, agent, at }) => kind === 'presence.available' && at !== null && lost.has(agent ?? ''))
    .map(({ agent, at }) => ({ agent: agent as string, at: at as number, isLoss: false }));
  const moments = [...losses.map(({ agent, at }) => ({ agent, at, isLoss: true })), ...come].sort(
    (a, b) => a.at - b.at,
  );
  const open = new Map<string, number>();
  const seen = new Set<string>();
  const sessions: Session[] = [];
  for (const { agent, at, isLoss } of moments) {
    const from = open.get(agent);
    if (isLoss) {
      // Lost again without a line of his return: that he was there is all that is known.
      sessions.push({ agent, from: from ?? (seen.has(agent) ? at : null), to: at });
      open.delete(agent);
    } else if (from === undefined) open.set(agent, at);
    seen.add(agent);
  }
  for (const [agent, from] of open) sessions.push({ agent, from, to: null });
  return sessions.sort((a, b) => (a.agent < b.agent ? -1 : a.agent > b.agent ? 1 : 0));
}
