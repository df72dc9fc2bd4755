/** The story of a loss: the lines that tell it, in order. */
import type { Fact } from '../case.ts';
import type { FactKind } from '../fact.ts';
import type { Incident } from './incident.ts';

/** Kinds that tell the story; the rest is noise there. */
export const TOLD: ReadonlySet<FactKind> = new Set([
  'session.active',
  'session.idle',
  'session.closed',
  'session.terminate',
  'session.conflict',
  'presence.available',
  'presence.unavailable',
  'unsubscribed',
  'monitor.added',
  'monitor.expired',
  'presence.logout',
  'forced',
  'cti.request',
  'cti.state',
  'cti.trace',
  'unroutable',
  'cti.lost',
  'cti.up',
  'xmpp.lost',
  'xmpp.up',
  'app.start',
  'app.stop',
  'ns.start',
  'ns.stop',
  'ns.crash',
  'crash',
  'xml.invalid',
  'overload',
  'ntp.bad',
  'ctimanager.down',
  'client.status',
  'client.disconnect',
  'client.drift',
  'client.certificate',
  'client.sleep',
  'client.late',
  'client.busy',
  'client.hidden',
  'client.visible',
  'client.offline',
  'client.port',
  'client.gadget',
  'client.browser',
  'client.start',
  'clock.step',
  'client.unload',
  'client.unanswered',
  'client.proxy',
  'client.sessionGone',
  'client.logout',
  'auth.failed',
]);
/** Longest story. */
const TIMELINE_MAX = 60;

export function timelineOf(incident: Incident): Fact[] {
  const told = incident.facts.filter(
    (fact) => TOLD.has(fact.kind) || (fact.kind === 'api.request' && fact.data.state !== undefined),
  );
  if (told.length <= TIMELINE_MAX) return told;
  // The nearest to the loss, in order.
  const near = [...told].sort(
    (a, b) => Math.abs((a.at ?? 0) - incident.at) - Math.abs((b.at ?? 0) - incident.at),
  );
  const kept = new Set(near.slice(0, TIMELINE_MAX));
  return told.filter((fact) => kept.has(fact));
}
