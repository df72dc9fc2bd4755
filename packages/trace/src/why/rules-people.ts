/** Somebody did it: the agent, a supervisor, a second sign-in. */
import type { Fact } from '../case.ts';
import { claim, type Incident, linkLostWith, of, othersLost, own, type Rule, states } from './incident.ts';
import type { Verdict } from './verdict.ts';

/** CCX: System Initiated Relogin. */
const RELOGIN = '32740';

export const PEOPLE_RULES: readonly Rule[] = [
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
      // A reason that nobody can choose: CTI servers write it where a supervisor forced it.
      const coded = states(incident).find(
        ({ data }) =>
          data.state === 'LOGOUT' &&
          (data.reason === '999' || (data.reason === '22' && data.deployment === 'CCX')),
      );
      const facts = [record, request, sent];
      const first = facts.find((fact) => fact !== undefined);
      if (first === undefined)
        return coded === undefined
          ? null
          : {
              certainty: 'likely',
              proof: claim('proof.supervisorCode', [coded], { code: coded.data.reason as string }),
              settle: ['settle.webservicesLogs'],
            };
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
      const event = states(incident).find(({ data }) => data.state === 'LOGOUT');
      const proof = claim('proof.agent', [request, event]);
      // Without the line by which the call began it may have been asked for by somebody else.
      return request.kind === 'client.logout' || request.data.asker !== undefined
        ? { certainty: 'proved', proof }
        : {
            certainty: 'open',
            proof,
            candidates: ['supervisor.signedOut'],
            settle: ['settle.webservicesLogs'],
          };
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
      // CCX says so itself.
      const relogin = states(incident).find(({ data }) => data.state === 'LOGOUT' && data.reason === RELOGIN);
      if (relogin !== undefined && proof.length === 0)
        return { certainty: 'proved', proof: claim('proof.relogin', [relogin], { code: RELOGIN }) };
      // A page that is loaded anew does the same when its goodbye is lost.
      const candidates: readonly Verdict[] = ['returned'];
      if (proof.length > 0) return { certainty: 'proved', proof, candidates };
      // Present again, and never absent between: another session took the place of the first.
      const present = own(incident, 'presence.available').find(
        ({ at }) => Math.abs((at ?? 0) - incident.at) < 5_000,
      );
      if (present === undefined || own(incident, 'presence.unavailable', 'monitor.added').length > 0)
        return null;
      // All of them at once signed in nowhere else.
      if (othersLost(incident).length > 0 || linkLostWith(incident).length > 0) return null;
      const closed = own(incident, 'session.closed').find(
        ({ at }) => Math.abs((at ?? 0) - incident.at) < 5_000,
      );
      // The page that loses its place is told so; debug.log, where it is there, tells of that.
      const isTold = own(incident, 'session.active').some(({ at }) => (at ?? 0) < incident.at);
      if (closed !== undefined && isTold) return null;
      if (closed !== undefined)
        return {
          // debug.log would tell of the conflict.
          certainty: 'open',
          proof: claim('proof.replaced', [closed, present]),
          candidates,
          settle: ['settle.debugLog'],
        };
      if (incident.head !== present) return null;
      return {
        certainty: 'open',
        proof: claim('proof.presentTwice', [present]),
        candidates: ['returned', 'server.notificationStopped'],
        settle: ['settle.openfireLogs', 'settle.debugLog'],
      };
    },
  },
];

/** Requests to sign this agent out, made for no longer than half a minute before. */
function signOutRequests(incident: Incident): Fact[] {
  const gone = own(incident, 'cti.state').find(({ data }) => data.state === 'LOGOUT')?.at ?? incident.at;
  return own(incident, 'api.request', 'client.logout').filter(
    ({ kind, data, at }) =>
      (kind === 'client.logout' || data.state === 'LOGOUT') &&
      at !== null &&
      at >= gone - 30_000 &&
      at <= gone + 1_000,
  );
}
