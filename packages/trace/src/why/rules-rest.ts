import type { Fact } from '../case.ts';
import { EN, type MessageId } from '../messages.ts';
import { claim, last, mineOrBeside, of, own, type Rule, states } from './incident.ts';
import { CLIENT_CAUSES, type Claim } from './verdict.ts';

/** The event with which the CTI server signed the agent out, and what its reason means where it is one of the system's own. */
function systemSignOut(event: Fact): Claim[] {
  // -1 and 65535 are the same 16 bits.
  const code = Number(event.data.reason);
  const id = `proof.systemSignOut.${code < 0 ? code + 65_536 : code}`;
  return id in EN
    ? claim(id as MessageId, [event])
    : claim('proof.systemSignOut', [event], { code: event.data.reason ?? '?' });
}

/** The event that signs the agent out came before anything was lost: what was lost then followed from it. */
export const SIGN_OUT_RULES: readonly Rule[] = [
  {
    verdict: 'server.systemSignOut',
    judge: (incident) => {
      const event = states(incident).find(({ data }) => data.state === 'LOGOUT' && data.reason !== '255');
      if (event === undefined) return null;
      const earlier = own(
        incident,
        'presence.unavailable',
        'session.idle',
        'session.closed',
        'presence.logout',
      ).some(({ at }) => (at ?? 0) < (event.at ?? 0) - 1_000);
      if (earlier) return null;
      return {
        certainty: 'proved',
        proof: systemSignOut(event),
        settle: ['settle.ctiTrace'],
      };
    },
  },
];

export const REST_RULES: readonly Rule[] = [
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
        candidates: [
          ...CLIENT_CAUSES,
          'client.stoppedPolling',
          'server.notificationStopped',
          'server.notificationCrashed',
        ],
        settle: ['settle.openfireLogs', 'settle.clientLog'],
      };
    },
  },
  {
    verdict: 'server.systemSignOut',
    judge: (incident) => {
      const event = last(states(incident).filter(({ data }) => data.state === 'LOGOUT'));
      if (event === undefined) return null;
      return {
        certainty: 'proved',
        proof: systemSignOut(event),
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
