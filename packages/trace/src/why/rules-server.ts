/** The server's side and telephony: what happened to services, links and machines. */
import type { Fact } from '../case.ts';
import type { FactKind } from '../fact.ts';
import type { MessageId } from '../messages.ts';
import {
  AFTER_MS,
  causes,
  claim,
  goodbyes,
  type Incident,
  type Judgement,
  last,
  linkLostWith,
  livedAfter,
  of,
  othersLost,
  own,
  type Rule,
  standstill,
} from './incident.ts';
import type { Claim } from './verdict.ts';

export const SERVER_RULES: readonly Rule[] = [
  // What brought the service down comes before its fall; an orderly stop has a cause of its own.
  {
    verdict: 'server.invalidXml',
    judge: (incident) =>
      downfall(incident, causes(incident, 'xml.invalid'), 'proof.xml', ['settle.defect', 'settle.core']),
  },
  {
    verdict: 'server.overload',
    judge: (incident) =>
      downfall(incident, causes(incident, 'overload'), 'proof.overload', ['settle.counters', 'settle.core']),
  },
  {
    verdict: 'server.notificationCrashed',
    judge: (incident) => {
      const started = startedWithoutStop(incident);
      // A heap dump has no time of its own: it tells of this crash where a start without a stop does.
      const crash = [
        ...causes(incident, 'ns.crash'),
        ...(started === undefined ? [] : timeless(incident, 'ns.crash')),
      ];
      const proof = [
        ...claim('proof.crash', crash),
        ...(crash.length > 0 ? claim('proof.nsStarted', [started]) : []),
      ];
      if (crash.length > 0)
        return {
          certainty: 'proved',
          proof,
          // What brought it down is another question.
          candidates: ['server.invalidXml', 'server.overload'],
          settle: ['settle.defect', 'settle.openfireLogs'],
        };
      if (started === undefined || own(incident, 'session.idle').length > 0) return null;
      return {
        certainty: 'likely',
        proof: claim('proof.nsStartedWithoutStop', [started]),
        candidates: ['server.notificationStopped', 'server.invalidXml', 'server.overload'],
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
    verdict: 'server.clockDrift',
    judge: (incident) => {
      const stepped = causes(incident, 'clock.step');
      const many = serverWide(incident);
      if (stepped.length === 0 || many.length === 0) return null;
      return {
        certainty: 'likely',
        proof: [...claim('proof.clockStep', stepped.slice(0, 3)), ...many],
        candidates: ['server.ntp', 'server.overload'],
        settle: ['settle.ntp', 'settle.syslog'],
      };
    },
  },
  {
    verdict: 'server.ntp',
    judge: (incident) => {
      const bad = [...causes(incident, 'ntp.bad'), ...timeless(incident, 'ntp.bad')];
      const many = serverWide(incident);
      if (bad.length === 0 || many.length === 0) return null;
      return {
        certainty: 'open',
        proof: [...claim('proof.ntp', bad.slice(0, 3)), ...many],
        candidates: [
          'server.clockDrift',
          'server.notificationStopped',
          'server.overload',
          'server.ctiLinkLost',
        ],
        settle: ['settle.ntp', 'settle.openfireLogs', 'settle.syslog'],
      };
    },
  },
  // It stood still, and nothing says why.
  {
    verdict: 'server.overload',
    judge: (incident) => {
      const proof = standstill(incident);
      if (proof.length === 0 || startedWithoutStop(incident) !== undefined) return null;
      if (causes(incident, 'ns.stop', 'app.stop', 'app.start').length > 0) return null;
      return {
        certainty: 'open',
        proof: [...proof, ...othersLost(incident)],
        candidates: ['server.clockDrift', 'server.ntp', 'server.notificationCrashed'],
        settle: ['settle.counters', 'settle.syslog', 'settle.core'],
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
          'server.invalidXml',
          'server.overload',
          'server.clockDrift',
          'server.ntp',
          'server.ctiLinkLost',
          'telephony.ctiManagerDown',
        ],
        settle: ['settle.openfireLogs', 'settle.core', 'settle.service', 'settle.syslog'],
      };
    },
  },
];

/** What tells that the server's side was concerned: many were lost, or it stood still. */
const serverWide = (incident: Incident): Claim[] => [
  ...othersLost(incident),
  ...standstill(incident),
  ...claim('proof.ctiLost', linkLostWith(incident).slice(0, 2)),
];

/** Signs of trouble, behind which the service fell, or which took many sessions at once. */
function downfall(
  incident: Incident,
  signs: readonly Fact[],
  id: MessageId,
  settle: readonly MessageId[],
): Judgement | null {
  if (signs.length === 0 || causes(incident, 'ns.stop').length > 0) return null;
  const many = serverWide(incident);
  const started = startedWithoutStop(incident);
  const crash = [
    ...causes(incident, 'ns.crash'),
    ...(started === undefined ? [] : timeless(incident, 'ns.crash')),
  ];
  if (many.length === 0 && crash.length === 0 && started === undefined) return null;
  return {
    certainty: 'likely',
    proof: [
      ...claim(id, signs.slice(0, 3)),
      ...claim('proof.crash', crash),
      ...claim('proof.nsStartedWithoutStop', [started]),
      ...many,
    ],
    candidates: ['server.notificationCrashed'],
    settle,
  };
}

/** Signs of trouble, and no more: nobody else was lost, and the service lived on. */
const suspicion =
  (kind: FactKind, id: MessageId, settle: readonly MessageId[]) =>
  (incident: Incident): Judgement | null => {
    const signs = causes(incident, kind);
    if (signs.length === 0 || own(incident, 'session.idle').length > 0) return null;
    return { certainty: 'open', proof: claim(id, signs.slice(0, 3)), settle };
  };

export const SUSPICIONS: readonly Rule[] = [
  {
    verdict: 'server.invalidXml',
    judge: suspicion('xml.invalid', 'proof.xml', ['settle.defect', 'settle.core']),
  },
  {
    verdict: 'server.overload',
    judge: suspicion('overload', 'proof.overload', ['settle.counters', 'settle.core']),
  },
];

/** What has no time, and names nobody: heap dumps, the answer of `utils ntp status`. */
const timeless = ({ trace }: Incident, kind: FactKind): Fact[] =>
  trace.facts.filter((fact) => fact.kind === kind && fact.agent === null && fact.at === null);

/** A start without the stop that an orderly end would have written. */
function startedWithoutStop(incident: Incident): Fact | undefined {
  const start = of(incident, 'ns.start').find(
    ({ at }) => at !== null && at >= incident.at - 5_000 && at <= incident.at + AFTER_MS,
  );
  if (start === undefined) return undefined;
  return of(incident, 'ns.stop').some(({ at }) => (at ?? 0) <= (start.at ?? 0)) ? undefined : start;
}
