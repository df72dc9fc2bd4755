/** The server's side and telephony: what happened to services, links and machines. */
import type { Fact } from '../case.ts';
import {
  AFTER_MS,
  causes,
  claim,
  goodbyes,
  type Incident,
  last,
  livedAfter,
  of,
  othersLost,
  own,
  type Rule,
} from './incident.ts';

export const SERVER_RULES: readonly Rule[] = [
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
];

/** A start without the stop that an orderly end would have written. */
function startedWithoutStop(incident: Incident): Fact | undefined {
  const start = of(incident, 'ns.start').find(
    ({ at }) => at !== null && at >= incident.at - 5_000 && at <= incident.at + AFTER_MS,
  );
  if (start === undefined) return undefined;
  return of(incident, 'ns.stop').some(({ at }) => (at ?? 0) <= (start.at ?? 0)) ? undefined : start;
}
