/** The client's side: page, browser, computer, network. */
import type { Fact } from '../case.ts';
import type { FactKind } from '../fact.ts';
import type { MessageId } from '../messages.ts';
import {
  AFTER_MS,
  CAUSE_MS,
  claim,
  goodbyes,
  type Incident,
  type Judgement,
  last,
  of,
  own,
  type Rule,
  seconds,
  silence,
} from './incident.ts';
import { CLIENT_CAUSES } from './verdict.ts';

export const CLIENT_RULES: readonly Rule[] = [
  {
    verdict: 'client.certificate',
    judge: (incident) =>
      clientSide(incident, 'client.certificate', 'proof.certificate', 'settle.port') ?? onlyThePort(incident),
  },
  {
    verdict: 'client.unsupportedBrowser',
    judge: (incident) => clientSide(incident, 'client.browser', 'proof.browser', 'settle.browser'),
  },
  {
    verdict: 'client.gadget',
    judge: (incident) => clientSide(incident, 'client.gadget', 'proof.gadget', 'settle.gadget'),
  },
  {
    verdict: 'client.computerAsleep',
    judge: (incident) => clientSide(incident, 'client.sleep', 'proof.sleep', 'settle.sleep', wakening),
  },
  {
    verdict: 'client.proxyCut',
    judge: (incident) => {
      const gateway = of(incident, 'client.proxy').filter((fact) => isNear(fact, incident));
      if (gateway.length === 0) return null;
      return {
        certainty: 'likely',
        proof: [...claim('proof.proxy', gateway.slice(0, 3)), ...silence(incident)],
        candidates: ['client.networkCut'],
        settle: ['settle.network'],
      };
    },
  },
  {
    verdict: 'client.networkCut',
    judge: (incident) => {
      const offline = of(incident, 'client.offline').filter((fact) => isNear(fact, incident));
      if (offline.length === 0) return null;
      return {
        certainty: 'likely',
        proof: [...claim('proof.offline', offline.slice(0, 3)), ...silence(incident)],
        settle: ['settle.network'],
      };
    },
  },
  {
    verdict: 'client.tabThrottled',
    judge: (incident) => {
      const seen = around(incident, 'client.hidden', 'client.visible').filter(
        ({ at }) => (at as number) < incident.at,
      );
      const hidden = last(seen);
      if (hidden?.kind !== 'client.hidden') return null;
      const late = around(incident, 'client.late').filter(
        ({ at }) => (at as number) >= (hidden.at as number) && (at as number) < incident.at + CAUSE_MS,
      );
      const isFrozen = /frozen/.test(hidden.excerpt);
      // Once late, and only at the end, may as well be a sleep.
      if (!isFrozen && late.length < REPEATED) return null;
      return {
        certainty: 'likely',
        proof: [
          ...claim('proof.hidden', [hidden]),
          ...claim('proof.late', late.slice(0, 4), lateness(late)),
          ...silence(incident),
        ],
        candidates: isFrozen ? [] : ['client.starved'],
        settle: ['settle.sleep'],
      };
    },
  },
  {
    verdict: 'client.starved',
    judge: (incident) => {
      const held = around(incident, 'client.late', 'client.busy').filter(
        ({ at }) => (at as number) < incident.at + CAUSE_MS,
      );
      if (held.length < REPEATED) return null;
      return {
        certainty: 'likely',
        proof: [...claim('proof.late', held.slice(-4), lateness(held)), ...silence(incident)],
        candidates: ['client.tabThrottled', 'client.gadget', 'client.computerAsleep'],
        settle: ['settle.computer', 'settle.gadget'],
      };
    },
  },
  {
    verdict: 'server.clockDrift',
    judge: (incident) => {
      const pair = clockSet(incident);
      if (pair === null) return null;
      const ms = Math.abs(Number(pair[1].data.drift) - Number(pair[0].data.drift));
      return {
        certainty: 'likely',
        proof: [...claim('proof.clockSet', pair, { ms }), ...silence(incident)],
        candidates: ['client.computerAsleep'],
        settle: ['settle.ntp', 'settle.sleep'],
      };
    },
  },
  {
    verdict: 'client.tabThrottled',
    judge: (incident) => {
      // A browser wakes the timers of a hidden tab by the minute: it polls, but too late, again and again.
      const { late, shown, isRegular } = latePolls(incident);
      if (late.length < REPEATED || !isRegular) return null;
      return {
        certainty: 'likely',
        proof: [...claim('proof.throttled', shown.slice(0, 4), { count: late.length }), ...silence(incident)],
        candidates: ['client.starved', 'client.highLatency'],
        settle: ['settle.clientLog'],
      };
    },
  },
  {
    verdict: 'client.starved',
    judge: (incident) => {
      // Late, now more, now less, and the network was quick: the page itself was held up.
      const { late, shown } = latePolls(incident);
      const trips = around(incident, 'client.drift').filter(
        ({ at }) => (at as number) <= incident.at + CAUSE_MS,
      );
      if (late.length < REPEATED || trips.length === 0) return null;
      if (trips.some(({ data }) => Number(data.latency) >= SLOW_MS)) return null;
      return {
        certainty: 'likely',
        proof: [
          ...claim('proof.throttled', shown.slice(0, 4), { count: late.length }),
          ...claim('proof.quickNetwork', trips.slice(-2)),
          ...silence(incident),
        ],
        candidates: ['client.tabThrottled', 'client.computerAsleep', 'client.gadget'],
        settle: ['settle.computer', 'settle.gadget'],
      };
    },
  },
  {
    verdict: 'client.browserClosed',
    judge: (incident) => {
      const gap = clientGap(incident);
      const start = gap === null ? undefined : newPage(incident, gap[1]);
      if (gap === null || start === undefined) return null;
      return {
        certainty: 'likely',
        proof: [
          ...claim('proof.newPage', [gap[0], start], { seconds: gapSeconds([gap[0], start]) }),
          ...silence(incident),
        ],
        candidates: ['client.computerAsleep'],
        settle: ['settle.sleep'],
      };
    },
  },
  {
    verdict: 'client.computerAsleep',
    judge: (incident) => {
      const gap = clientGap(incident);
      if (gap === null || goodbyes(incident).length > 0) return null;
      // Who sleeps, sleeps once. A page with holes before that was held up by something else.
      if (holesBefore(incident, gap[0]) > 0 || around(incident, 'client.busy').length > 0) return null;
      const isSilent = silence(incident).length > 0 || of(incident, 'client.sessionGone').length > 0;
      // Over WebSocket nothing is told of silence: there the page may also have been closed, and opened again.
      // A page's own log alone: that its connection was gone behind the hole is the loss.
      const isPages = incident.head.family === 'client';
      if (!isSilent && !isPages && own(incident, 'presence.unavailable').length === 0) return null;
      return {
        certainty: 'likely',
        proof: [...claim('proof.clientGap', gap, { seconds: gapSeconds(gap) }), ...silence(incident)],
        candidates: [
          'client.starved',
          'client.tabThrottled',
          ...(isSilent ? [] : (['client.browserClosed'] as const)),
        ],
        settle: ['settle.sleep'],
      };
    },
  },
  {
    verdict: 'client.highLatency',
    judge: (incident) => {
      const trips = around(incident, 'client.drift').filter(({ data }) => data.latency !== undefined);
      const before = trips.filter(({ at }) => (at as number) <= incident.at).slice(-2);
      const isSlow = before.length === 2 && before.every(({ data }) => Number(data.latency) >= SLOW_MS);
      const slow = isSlow
        ? before
        : trips.filter((trip) => isNear(trip, incident) && Number(trip.data.latency) >= VERY_SLOW_MS);
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
      const tries = of(incident, 'client.status', 'client.disconnect', 'client.port').filter(
        (fact) =>
          (fact.kind !== 'client.status' || fact.data.status === 'disconnected') &&
          isNear(fact, incident) &&
          // A page that learns of the end only when the session is closed already was told by the server.
          byTheServersClock(fact, incident) < incident.at - 2_000,
      );
      const unanswered = of(incident, 'client.unanswered').filter(
        (fact) => fact.data.path === '/http-bind' && isNear(fact, incident),
      );
      // Over WebSocket nothing is told of silence: the page has to have lived on behind the loss.
      const isLost =
        idle !== undefined ||
        (own(incident, 'presence.unavailable').length > 0 &&
          goodbyes(incident).length === 0 &&
          livedOn(incident));
      // A page that wrote nothing meanwhile did not run: what it saw afterwards is no network's doing.
      if (unanswered.length === 0 && (!isLost || tries.length === 0 || clientGap(incident) !== null))
        return null;
      return {
        certainty: 'likely',
        proof: [
          ...silence(incident),
          ...claim('proof.unanswered', unanswered.slice(0, 3)),
          ...claim('proof.clientTried', tries.slice(0, 3)),
        ],
        candidates: ['client.proxyCut'],
        settle: ['settle.capture', 'settle.network'],
      };
    },
  },
  {
    verdict: 'client.unsupportedBrowser',
    judge: (incident) => {
      // A page says it when it is loaded, and may be lost hours later.
      const said = last(
        incident.about.filter(({ kind, at }) => kind === 'client.browser' && at !== null && at < incident.at),
      );
      const quiet = silence(incident);
      if (said === undefined || quiet.length === 0) return null;
      return {
        certainty: 'open',
        proof: [...claim('proof.browserEarlier', [said]), ...quiet],
        candidates: CLIENT_CAUSES,
        settle: ['settle.browser', 'settle.capture', 'settle.sleep', 'settle.network'],
      };
    },
  },
  {
    verdict: 'client.stoppedPolling',
    judge: (incident) => {
      const proof = silence(incident);
      if (proof.length === 0) {
        // The page alone tells of it: the session was over when it asked, and nothing says since when.
        const gone = claim('proof.sessionGone', of(incident, 'client.sessionGone').slice(0, 3));
        if (gone.length === 0) return connectionLost(incident);
        return {
          certainty: 'open',
          proof: gone,
          candidates: ['client.computerAsleep', 'client.networkCut', 'server.notificationStopped'],
          settle: ['settle.openfireLogs', 'settle.sleep'],
        };
      }
      return {
        certainty: 'proved',
        proof,
        candidates: CLIENT_CAUSES,
        settle: ['settle.clientLog', 'settle.capture', 'settle.sleep', 'settle.network'],
      };
    },
  },
];

/** Round trips in ms: the last two before the loss of the first length, or one of the second. A page of Poise gives up after 5 s. */
const SLOW_MS = 2_500;
const VERY_SLOW_MS = 5_000;
/** So often, and it is no accident. */
const REPEATED = 3;
/** Clocks that differ by so much more than before were set. */
const CLOCK_JUMP_MS = 60_000;
/** How far back signs of a page that is held up count. */
const HELD_UP_MS = 15 * 60_000;

/** What the page said in the quarter of an hour before a loss, and until shortly after it. */
const around = ({ about, at: moment }: Incident, ...kinds: readonly FactKind[]): Fact[] =>
  about.filter(
    ({ kind, at }) =>
      kinds.includes(kind) && at !== null && at >= moment - HELD_UP_MS && at <= moment + AFTER_MS,
  );

const lateness = (facts: readonly Fact[]) => ({
  count: facts.length,
  ms: Math.max(0, ...facts.map(({ data }) => Number(data.ms ?? 0))),
});
const gapSeconds = ([from, to]: readonly [Fact, Fact]): number =>
  seconds((to.at as number) - (from.at as number));

/** Nothing answers at port 7443, or its certificate is not accepted, while the REST API at the other port answers the page. */
function onlyThePort(incident: Incident): Judgement | null {
  const refused = of(incident, 'client.port').filter((fact) => isNear(fact, incident));
  const first = refused[0];
  if (first === undefined || of(incident, 'client.offline', 'client.proxy', 'client.sleep').length > 0)
    return null;
  const until = (last(refused) as Fact).at as number;
  const answered = of(incident, 'client.drift', 'client.answer', 'client.info').filter(
    ({ at }) => at !== null && at > (first.at as number) && at < Math.max(until, incident.at) + 60_000,
  );
  // Refused is an answer: the machine is there, and nothing listens, or a firewall says no.
  const isRefused = refused.some(({ data, excerpt }) => /REFUSED/.test(data.error ?? excerpt));
  // Where the page alone tells of it, the port is all that is known to have failed.
  const isKnown = answered.length > 0 || isRefused;
  const isTold = silence(incident).length > 0 || own(incident, 'presence.unavailable').length > 0;
  if (!isKnown && isTold) return null;
  return {
    certainty: isKnown ? 'likely' : 'open',
    proof: [
      ...claim('proof.port', refused.slice(0, 3)),
      ...claim('proof.restAnswers', answered.slice(0, 2)),
      ...silence(incident),
    ],
    candidates: ['client.networkCut', 'client.proxyCut', 'server.notificationStopped'],
    settle: ['settle.port', 'settle.openfireLogs'],
  };
}

/** The connection ended without a goodbye: a browser that crashed does that, and a network, and a proxy. */
function connectionLost(incident: Incident): Judgement | null {
  const record = own(incident, 'forced').find(({ data }) => data.departure === 'lost');
  if (record === undefined) return null;
  return {
    certainty: 'open',
    proof: claim('proof.lost', [record]),
    candidates: ['client.browserClosed', 'client.networkCut', 'client.proxyCut', 'client.computerAsleep'],
    settle: ['settle.clientLog', 'settle.network'],
  };
}

/** The page compares the clocks once a minute; what came so much later was held up, ms. */
const HOLE_MS = 68_000;

/** How often the page was late before a hole. */
function holesBefore(incident: Incident, hole: Fact): number {
  const drifts = around(incident, 'client.drift').filter(({ at }) => (at as number) <= (hole.at as number));
  return drifts.slice(1).filter(({ at }, i) => {
    const ms = (at as number) - (drifts[i]?.at as number);
    return ms >= HOLE_MS && ms < 2 * HOLE_MS;
  }).length;
}

/** What follows a hole in the log is the beginning of a page: the one before did not go on. */
function newPage({ about }: Incident, after: Fact): Fact | undefined {
  return about.find(
    ({ kind, family, file, index, at }) =>
      family === 'client' &&
      file === after.file &&
      index >= after.index &&
      (at ?? 0) <= (after.at ?? 0) + 2_000 &&
      (kind === 'client.start' || kind === 'client.connecting'),
  );
}

/** The pauses of a throttled tab differ by no more, ms. */
const REGULAR_MS = 24_000;
/** Polls so far apart were late: the server holds one for 30 s at most. */
const LATE_MS = 40_000;

/** A poll later than this finds its session closed: 30 s held, 60 s of silence, and the time until it is noticed. */
const LOST_MS = 95_000;

/** Polls of this agent's session that came too late, before the last silence; and whether by the clock. */
function latePolls(incident: Incident): {
  readonly late: readonly Fact[];
  /** With the polls before them. */
  readonly shown: readonly Fact[];
  readonly isRegular: boolean;
} {
  const sids = new Set(
    incident.about
      .filter(({ agent, data }) => agent === incident.agent && data.sid !== undefined)
      .map(({ data }) => data.sid),
  );
  const polls: { at: number; fact: Fact }[] = [];
  const isWired = incident.about.some(({ kind, data }) => kind === 'session.poll' && sids.has(data.sid));
  for (const fact of incident.about) {
    const at = fact.at ?? Number.NaN;
    if (!(at >= incident.at - 30 * 60_000 && at <= incident.at)) continue;
    if (fact.kind === 'session.poll' && sids.has(fact.data.sid)) polls.push({ at, fact });
    // Active 0 ms ago: a request is held, and nobody can say since when.
    // Where the polls themselves are not told, the checks tell of them.
    else if (
      !isWired &&
      fact.kind === 'session.active' &&
      fact.agent === incident.agent &&
      fact.data.ms !== '0'
    )
      polls.push({ at: at - Number(fact.data.ms), fact });
  }
  polls.sort((a, b) => a.at - b.at);
  const pauses = polls.slice(1).map(({ at, fact }, i) => {
    const before = polls[i] as (typeof polls)[number];
    return { ms: at - before.at, before: before.fact, fact };
  });
  const long = pauses.filter(({ ms }) => ms >= LATE_MS && ms <= LOST_MS);
  const lengths = long.map(({ ms }) => ms);
  return {
    late: long.map(({ fact }) => fact),
    shown: [...new Set(long.flatMap(({ before, fact }) => [before, fact]))],
    isRegular: Math.max(0, ...lengths) - Math.min(...lengths, Number.MAX_SAFE_INTEGER) <= REGULAR_MS,
  };
}

/** Two neighbours among the comparisons of clocks, between which one of the clocks was set. In the order of the file: the times themselves leap. */
function clockSet(incident: Incident): readonly [Fact, Fact] | null {
  const drifts = incident.about
    .filter(
      ({ kind, family, data }) => kind === 'client.drift' && family === 'client' && data.drift !== undefined,
    )
    .sort((a, b) => a.index - b.index);
  for (let i = 1; i < drifts.length; i++) {
    const [before, after] = [drifts[i - 1] as Fact, drifts[i] as Fact];
    const at = before.at ?? Number.NaN;
    const isClose = at <= incident.at + 5_000 && at >= incident.at - HELD_UP_MS;
    const ms = Math.abs(Number(after.data.drift) - Number(before.data.drift));
    if (isClose && ms >= CLOCK_JUMP_MS) return [before, after];
  }
  return null;
}

/** The page wrote into its log well behind the loss, without a hole before that. */
const livedOn = ({ about, at }: Incident): boolean =>
  about.some(
    (fact) =>
      fact.family === 'client' &&
      fact.time !== null &&
      (fact.at ?? 0) > at + 10_000 &&
      (fact.at ?? 0) < at + 90_000,
  );

/** A moment of the client's log as the server's clock had it, as far as the last comparison of the clocks tells. */
function byTheServersClock(fact: Fact, { about }: Incident): number {
  const drift = last(
    about.filter(
      ({ kind, index, file, data }) =>
        kind === 'client.drift' && data.drift !== undefined && file === fact.file && index <= fact.index,
    ),
  );
  return (fact.at as number) + Number(drift?.data.drift ?? 0);
}

/** Close enough to have been the cause, by the client's clock. */
const isNear = ({ at }: Fact, incident: Incident): boolean =>
  at !== null && at >= incident.at - CAUSE_MS && at <= incident.at + CAUSE_MS;

/** A computer tells of its sleep when it wakes, however late: the first that the page writes behind the loss. */
function wakening({ about, at: moment }: Incident): Fact[] {
  const next = about.find(
    ({ family, time, at }) => family === 'client' && time !== null && at !== null && at > moment + 5_000,
  );
  return next?.kind === 'client.sleep' ? [next] : [];
}

function clientSide(
  incident: Incident,
  kind: FactKind,
  id: MessageId,
  settle: MessageId,
  later: (incident: Incident) => Fact[] = () => [],
): Judgement | null {
  const near = of(incident, kind).filter(
    ({ agent, at }) => agent !== null || Math.abs((at ?? 0) - incident.at) < CAUSE_MS,
  );
  const signs = near.length > 0 ? near : later(incident);
  if (signs.length === 0) return null;
  return {
    certainty: 'likely',
    proof: [...claim(id, signs.slice(0, 3)), ...silence(incident)],
    settle: [settle, 'settle.clientLog'],
  };
}

/** The client's own log has a hole around the loss, and goes on behind it: nothing ran there. Lines with their own time only. */
function clientGap({ about, at, head }: Incident): readonly [Fact, Fact] | null {
  const lines = about.filter(
    (fact) => (fact.family === 'client' || fact.family === 'http') && fact.time !== null && fact.at !== null,
  );
  lines.sort((a, b) => (a.at as number) - (b.at as number));
  for (let i = 1; i < lines.length; i++) {
    const [before, after] = [lines[i - 1] as Fact, lines[i] as Fact];
    const [from, to] = [before.at as number, after.at as number];
    // The page says something once a minute. The hole begins before the close, and after the last poll at the earliest.
    if (to - from < 90_000 || from > at || to < at - 5_000) continue;
    // Where the page itself says when it came back, the hole may be as long as it likes.
    const isReturn = (head.kind === 'client.sessionGone' || head.family === 'client') && to <= at;
    if (isReturn || from >= at - CAUSE_MS - 60_000) return [before, after];
  }
  return null;
}
