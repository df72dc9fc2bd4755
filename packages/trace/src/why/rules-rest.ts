import { claim, last, mineOrBeside, of, own, type Rule } from './incident.ts';
import { CLIENT_CAUSES } from './verdict.ts';

/** The event that signs the agent out came before anything was lost: what was lost then followed from it. */
export const SIGN_OUT_RULES: readonly Rule[] = [
  {
    verdict: 'server.systemSignOut',
    judge: (incident) => {
      const event = own(incident, 'cti.state').find(
        ({ data }) => data.state === 'LOGOUT' && data.reason !== '255',
      );
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
        proof: claim('proof.systemSignOut', [event], { code: event.data.reason ?? '?' }),
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
