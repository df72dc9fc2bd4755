/** What became of the agent, whether he came back, and what speaks against a verdict. */
import type { Fact } from '../case.ts';
import {
  claim,
  type Incident,
  mineOrBeside,
  othersAlive,
  othersLost,
  othersNear,
  own,
  seconds,
  silence,
} from './incident.ts';
import type { Claim, Effect, Verdict } from './verdict.ts';

/** What in these lines speaks against a verdict. */
export function againstOf(incident: Incident, verdict: Verdict): Claim[] {
  if (verdict.startsWith('client.') || verdict === 'server.presenceLogout') {
    const others = othersLost(incident);
    if (others.length === 0 && silence(incident).length > 0) return othersNear(incident);
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
export function returnOf(incident: Incident): Claim[] | null {
  // The server says so, or, where the page alone tells of the loss, the page.
  const isPages = incident.head.family === 'client';
  const back = incident.facts.find(
    ({ kind, agent, data, at }) =>
      at !== null &&
      at > incident.at &&
      at <= incident.at + 60_000 &&
      ((kind === 'presence.available' && agent === incident.agent) ||
        (isPages && kind === 'client.status' && data.status === 'connected')),
  );
  if (back === undefined) return null;
  return claim('proof.returned', [incident.head, back], {
    seconds: seconds((back.at as number) - incident.at),
  });
}

export function effectOf(incident: Incident): { effect: Effect; effectFacts: readonly Fact[] } {
  const sent = own(incident, 'cti.request').filter(({ data }) => data.state === '1' || data.reason === '255');
  const after = (fact: Fact) => (fact.at ?? 0) >= incident.at - 1_000;
  const told = own(incident, 'client.event').filter((f) => f.data.state === 'LOGOUT' && after(f));
  const kind = own(incident, 'cti.state').length > 0 || told.length > 0 ? 'cti.state' : 'cti.trace';
  const beside = [
    ...mineOrBeside(incident, 'cti.state', sent),
    ...(kind === 'cti.trace' ? own(incident, kind) : []),
  ];
  const out = beside.filter((f) => f.data.state === 'LOGOUT' && after(f));
  if (out.length > 0) return { effect: 'signedOut', effectFacts: [...sent, ...out] };
  const idle = beside.filter(
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
  if (told.length > 0) return { effect: 'signedOut', effectFacts: [...sent, ...told] };
  const asked = [...mineOrBeside(incident, 'presence.logout', sent), ...sent];
  return asked.length > 0 ? { effect: 'requested', effectFacts: asked } : { effect: 'none', effectFacts: [] };
}
