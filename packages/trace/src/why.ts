/**
 * Why an agent was signed out or lost the connection. A verdict is one of a closed list; each is a rule in a table
 * that gives the lines which prove it, or nothing. No rule may claim anything without a line.
 */
import { type Case, type Fact, LOSSES } from './case.ts';
import type { FactKind } from './facts.ts';
import { againstOf, effectOf, returnOf } from './why/effect.ts';
import {
  AFTER_MS,
  BEFORE_MS,
  claim,
  type Incident,
  type Judgement,
  last,
  type Rule,
} from './why/incident.ts';
import { RULES } from './why/rules.ts';
import { timelineOf } from './why/timeline.ts';
import { CLIENT_CAUSES, type Verdict, type Why } from './why/verdict.ts';

export { RULES } from './why/rules.ts';
export type { Claim, Effect, Verdict, Why } from './why/verdict.ts';

/** How a session ends: that of this loss ends now, others are other losses. */
const ENDS: ReadonlySet<FactKind> = new Set(['session.idle', 'session.conflict', 'session.terminate']);
/** What follows a loss; what is much earlier followed another one. */
const CONSEQUENCES: ReadonlySet<FactKind> = new Set([
  'forced',
  'presence.logout',
  'presence.unavailable',
  'cti.request',
  'cti.state',
  'cti.trace',
]);

/** A closed session and the loss that it belongs to are so close. */
const CLOSE_TO_LOSS_MS = 3_000;

/** Losses of one agent; what belongs to one loss is one incident. */
function incidentsOf(trace: Case, agent: string): Fact[] {
  const heads: Fact[] = [];
  const own = trace.facts.filter((fact) => fact.agent === agent);
  // A session that lives on was not the one that a conflict ended.
  const lastSeen = new Map(
    own.flatMap(({ data, at }) => (data.sid === undefined || at === null ? [] : [[data.sid, at - 1_000]])),
  );
  const losses = own.filter(({ kind }) => LOSSES.has(kind));
  // The trace of the CTI server tells of states where no log of the web application does.
  const ofState: FactKind = own.some(({ kind }) => kind === 'cti.state') ? 'cti.state' : 'cti.trace';
  let until = Number.NEGATIVE_INFINITY;
  let presentSince: number | null = null;
  for (const fact of trace.facts) {
    const { kind, data, at } = fact;
    const isOwn =
      fact.agent === agent ||
      (kind === 'session.conflict' && (lastSeen.get(data.sid ?? '') ?? Number.NaN) <= (at ?? 0));
    if (!isOwn || at === null) continue;
    const isHead =
      LOSSES.has(kind) ||
      kind === 'presence.logout' ||
      kind === 'forced' ||
      kind === 'session.conflict' ||
      // Closed, and nobody was told that he is away: by another session, or with the service.
      ((kind === 'session.closed' || kind === 'monitor.added') &&
        !losses.some((loss) => Math.abs((loss.at ?? 0) - at) <= CLOSE_TO_LOSS_MS)) ||
      (kind === ofState && (data.state === 'LOGOUT' || data.reason === '50002')) ||
      (kind === 'cti.request' && data.state === '1') ||
      (kind === 'api.request' && data.state === 'LOGOUT');
    // Present twice without having been away: another session took the place, or lines are missing.
    const isAgain = kind === 'presence.available' && presentSince !== null && at - presentSince > 5_000;
    if (kind === 'presence.available') presentSince = at;
    else if (kind === 'presence.unavailable' || kind === 'session.idle') presentSince = null;
    // Who came back can be lost anew.
    if (kind === 'presence.available') until = Math.min(until, at);
    if ((!isHead && !isAgain) || at <= until) continue;
    heads.push(fact);
    // 60 s of grace, repetition, and what the CTI server says of it.
    until = at + 200_000;
  }
  if (heads.length > 0) return heads;
  const ofClient = clientHeads(trace, agent);
  return ofClient.length > 0 ? ofClient : serverHeads(trace, own);
}

/** What takes the desktops of all from them, though no line says of whom. */
const SERVER_HEADS: ReadonlySet<FactKind> = new Set(['cti.lost', 'ns.stop', 'ctimanager.down', 'app.stop']);

/** The server's own troubles while this agent was there, where none of his own are told. */
function serverHeads(trace: Case, own: readonly Fact[]): Fact[] {
  const since = own.find(({ at }) => at !== null)?.at;
  if (since === undefined || since === null) return [];
  const heads: Fact[] = [];
  let until = since;
  for (const fact of trace.facts) {
    // A line that a page has broken behind its time may have been written at any other.
    if (!SERVER_HEADS.has(fact.kind) || fact.derived || fact.at === null || fact.at <= until) continue;
    heads.push(fact);
    until = fact.at + 200_000;
  }
  return heads;
}

/** Kinds by which a client's side alone tells of a loss. */
const CLIENT_HEADS: ReadonlySet<FactKind> = new Set([
  'client.logout',
  'client.sessionGone',
  'client.unanswered',
  'client.port',
  'client.offline',
  'client.proxy',
  'client.sleep',
  'client.certificate',
  'session.terminate',
]);

/** Losses as the client's side has them (its own log, a HAR file, a Fiddler archive), where no log of the server tells of any. */
function clientHeads(trace: Case, agent: string): Fact[] {
  const heads: Fact[] = [];
  const about = trace.factsFor(agent);
  const ofPage = new Set(brokenConnections(about));
  let until = Number.NEGATIVE_INFINITY;
  for (const fact of about) {
    if (fact.at === null || fact.at <= until) continue;
    const isOfRequests =
      fact.family === 'http' &&
      CLIENT_HEADS.has(fact.kind) &&
      (fact.kind !== 'client.unanswered' || fact.data.path === '/http-bind');
    if (!isOfRequests && !ofPage.has(fact)) continue;
    heads.push(fact);
    until = fact.at + 200_000;
  }
  return heads;
}

/** What a page's log says of its own connection: broken after it had stood, or in the way of the notification service. */
function brokenConnections(about: readonly Fact[]): Fact[] {
  const broken: Fact[] = [];
  const files = new Map<string, { isConnecting: boolean; stood: boolean }>();
  for (const fact of about) {
    if (fact.family !== 'client') continue;
    const page = files.get(fact.file) ?? { isConnecting: false, stood: false };
    files.set(fact.file, page);
    const isUp = fact.kind === 'client.status' && fact.data.status === 'connected';
    if (fact.kind === 'client.connecting' || fact.kind === 'client.start') {
      page.isConnecting = true;
      // One early "disconnected" belongs to a normal sign-in.
      page.stood = false;
    } else if (isUp || fact.kind === 'client.established' || fact.kind === 'client.loggedIn') {
      page.isConnecting = false;
      page.stood = true;
    } else if (fact.kind === 'client.drift') page.stood ||= !page.isConnecting;
    else if (fact.kind === 'client.status' && fact.data.status === 'disconnected') {
      if (page.stood) broken.push(fact);
    } else if (CLIENT_HEADS.has(fact.kind) && /http-bind|:7443/.test(fact.excerpt)) broken.push(fact);
  }
  return broken;
}

/** What a return explains as well as it can be explained. */
const OF_A_RETURN: ReadonlySet<Verdict> = new Set([
  'client.browserClosed',
  'client.stoppedPolling',
  'server.presenceLogout',
]);

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
  const facts = about.filter(({ kind, family, at, agent: named, data }) => {
    if (at === null || at < moment - BEFORE_MS || at > moment + AFTER_MS || at >= next) return false;
    // Lines of other sessions concern other agents. A file of requests is one client's: who begins it in the middle of a session
    // has no line that says whose session that is.
    if (family !== 'http' && named === null && data.sid !== undefined && !sids.has(data.sid)) return false;
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
  // Whoever was away for a moment asks why; a page that was closed and opened again is the answer itself.
  if (effect === 'none' && returned !== null && (best === undefined || OF_A_RETURN.has(best.rule.verdict)))
    return {
      ...base,
      verdict: 'returned',
      certainty: 'proved',
      proof: [...returned, ...(best?.judgement.proof ?? [])],
      against: [],
      // Without the lines of the session it may have been anything that ends a connection.
      candidates:
        best === undefined
          ? ['client.stoppedPolling', 'agent.duplicateSignIn', ...CLIENT_CAUSES]
          : [best.rule.verdict, ...(best.judgement.candidates ?? [])],
      settle: ['settle.clientLog'],
    };
  if (best === undefined)
    return {
      ...base,
      verdict: 'unknown',
      certainty: 'open',
      proof: claim('proof.lossOnly', [head]),
      against: [],
      candidates:
        head.family === 'client'
          ? [
              'client.networkCut',
              'client.proxyCut',
              'server.notificationStopped',
              'server.notificationCrashed',
            ]
          : [],
      settle:
        head.family === 'client'
          ? ['settle.openfireLogs', 'settle.webservicesLogs', 'settle.capture', 'settle.network']
          : ['settle.openfireLogs', 'settle.webservicesLogs', 'settle.clientLog'],
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
    proof: [...best.judgement.proof, ...(effect === 'none' ? (returned ?? []) : [])],
    against: [...(best.judgement.against ?? []), ...againstOf(incident, verdict)],
    candidates: [...new Set(candidates)].filter((one) => one !== verdict),
    settle: best.judgement.settle ?? [],
  };
}

/** Longer than a held poll, ms. */
const SILENT_MS = 31_000;

/** No loss in these logs: the agent is connected as far as they go, or is not in them at all. */
function withoutIncident(trace: Case, agent: string): Why {
  const mine = trace.facts.filter((fact) => fact.agent === agent);
  const signs = trace
    .factsFor(agent)
    .filter(
      ({ kind, data }) =>
        (kind === 'client.status' && data.status === 'connected') ||
        kind === 'client.drift' ||
        kind === 'client.loggedIn' ||
        kind === 'client.poll' ||
        kind === 'cti.state' ||
        kind === 'cti.trace' ||
        kind === 'session.active' ||
        kind === 'client.event' ||
        kind === 'presence.available' ||
        (kind === 'publish' && data.state !== undefined),
    );
  const latest = last(signs);
  const lossSigns = trace
    .factsFor(agent)
    .filter(({ kind }) => kind === 'client.disconnect' || kind === 'client.status');
  const early = lossSigns.find(
    ({ kind, data }) => kind === 'client.status' && data.status === 'disconnected',
  );
  const recovered =
    early === undefined
      ? undefined
      : lossSigns.find((f) => f.index > early.index && f.data.status === 'connected');
  // A poll is held for 30 s at most: who was silent for longer when the logs end may be on his way out.
  const isSilent = latest?.kind === 'session.active' && Number(latest.data.ms) > SILENT_MS;
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
    certainty: latest === undefined || isSilent ? 'open' : 'likely',
    candidates: isSilent ? ['client.stoppedPolling'] : [],
    proof: [
      ...claim('proof.connected', [latest]),
      ...(recovered === undefined ? [] : claim('proof.earlyDisconnect', [early, recovered])),
    ],
    settle: ['settle.openfireLogs', 'settle.webservicesLogs'],
  };
}
