/**
 * What is measured, as one table: a name, what it means, and where it is read. Figures of parts come out of
 * what they say of their health, so that asking costs as much as there are parts, not users. docs/metrics.md
 * repeats the table and is checked against it by a test.
 */
import type { Part, PartHealth } from '../parts/part.ts';
import type { MetricFamily, Sample } from './prometheus.ts';

/** What the process itself says. */
export interface ProcessFigures {
  residentBytes(): number;
  /** User and system time since the start, seconds. */
  cpuSeconds(): number;
  /** Seconds since 1970. */
  readonly startedAt: number;
  /** How late the event loop was, seconds, since the last question; NaN when nothing was measured. */
  eventLoopDelay(quantiles: readonly number[]): readonly number[];
}

export interface Figures {
  readonly process: ProcessFigures;
  /** It will be stopped on purpose. */
  readonly leaving: boolean;
  readonly parts: ReadonlyMap<string, PartHealth>;
}

interface FigureDefinition extends Omit<MetricFamily, 'samples'> {
  read(figures: Figures): readonly Sample[];
}

const QUANTILES = [0.5, 0.99];

const figure = (
  name: string,
  type: MetricFamily['type'],
  help: string,
  read: FigureDefinition['read'],
): FigureDefinition => ({ name, type, help, read });

/** One number out of the detail of a part; nothing when the part does not run here or does not say it. */
const detail =
  (part: string, key: string): FigureDefinition['read'] =>
  ({ parts }) => {
    const value = parts.get(part)?.detail?.[key];
    return typeof value === 'number' ? [{ value }] : [];
  };

/** One number of every listener of the web server. */
const perListener =
  (key: string): FigureDefinition['read'] =>
  ({ parts }) => {
    const listeners = (parts.get('http')?.detail?.listeners ?? {}) as Record<string, Record<string, unknown>>;
    return Object.entries(listeners).flatMap(([listener, { [key]: value }]) =>
      typeof value === 'number' ? [{ labels: { listener }, value }] : [],
    );
  };

/** One figure of each node of the centre but this one, told by the part `cluster`. */
const perNode: FigureDefinition['read'] = ({ parts }) => {
  const nodes = (parts.get('cluster')?.detail?.nodes ?? []) as ReadonlyArray<Record<string, unknown>>;
  return nodes.flatMap(({ name, clockOffsetMs }) =>
    typeof clockOffsetMs === 'number'
      ? [{ labels: { node: String(name) }, value: clockOffsetMs / 1000 }]
      : [],
  );
};

const perRefusal: FigureDefinition['read'] = ({ parts }) => {
  const refused = (parts.get('cluster')?.detail?.refused ?? {}) as Record<string, number>;
  return Object.entries(refused).map(([reason, value]) => ({ labels: { reason }, value }));
};

export const FIGURES: readonly FigureDefinition[] = [
  figure('process_resident_memory_bytes', 'gauge', 'Resident memory size in bytes.', ({ process }) => [
    { value: process.residentBytes() },
  ]),
  figure(
    'process_cpu_seconds_total',
    'counter',
    'User and system CPU time spent in seconds.',
    ({ process }) => [{ value: process.cpuSeconds() }],
  ),
  figure(
    'process_start_time_seconds',
    'gauge',
    'Start of the process in seconds since 1970.',
    ({ process }) => [{ value: process.startedAt }],
  ),
  figure(
    'nodejs_eventloop_delay_seconds',
    'summary',
    'How late the event loop was in seconds, since the last scrape.',
    ({ process }) => {
      const delays = process.eventLoopDelay(QUANTILES);
      return QUANTILES.map((quantile, index) => ({
        labels: { quantile: String(quantile) },
        value: delays[index] ?? Number.NaN,
      }));
    },
  ),
  figure(
    'poise_leaving',
    'gauge',
    'Whether it will be stopped on purpose (1: maintenance mode, or told to end) or not (0).',
    ({ leaving }) => [{ value: Number(leaving) }],
  ),
  figure('poise_part_ready', 'gauge', 'Whether a part serves its users (1) or not (0).', ({ parts }) =>
    [...parts].map(([part, { ready }]) => ({ labels: { part }, value: Number(ready) })),
  ),
  figure(
    'poise_xmpp_streams',
    'gauge',
    'Open streams of the notification service, authenticated or not.',
    detail('notification', 'streams'),
  ),
  figure(
    'poise_xmpp_sessions',
    'gauge',
    'Sessions with a bound resource, over every transport.',
    detail('notification', 'sessions'),
  ),
  figure('poise_bosh_sessions', 'gauge', 'BOSH sessions.', detail('notification', 'boshSessions')),
  figure(
    'poise_pubsub_nodes',
    'gauge',
    'Nodes that hold subscriptions or items.',
    detail('notification', 'nodes'),
  ),
  figure(
    'poise_cti_in_service',
    'gauge',
    'Whether the link to the CTI server is in service (1) or not (0).',
    ({ parts }) => {
      const link = parts.get('cti');
      return link === undefined ? [] : [{ value: Number(link.ready) }];
    },
  ),
  figure(
    'poise_cti_requests_pending',
    'gauge',
    'Requests to the CTI server without an answer yet.',
    detail('cti', 'pending'),
  ),
  figure(
    'poise_agents_signed_in',
    'gauge',
    'Agents in any state but LOGOUT.',
    detail('webservices', 'agentsSignedIn'),
  ),
  figure(
    'poise_cti_server_sessions',
    'gauge',
    'CTI sessions of the embedded CTI server.',
    detail('cti-server', 'sessions'),
  ),
  figure(
    'poise_cti_server_agents_signed_in',
    'gauge',
    'Agents signed in at the embedded CTI server.',
    detail('cti-server', 'agentsSignedIn'),
  ),
  figure(
    'poise_http_connections',
    'gauge',
    'Open connections of a listener of the web server.',
    perListener('connections'),
  ),
  figure(
    'poise_http_connections_refused_total',
    'counter',
    'Connections closed at once because a listener had too many.',
    perListener('refused'),
  ),
  figure(
    'poise_journal_dropped_total',
    'counter',
    'Log lines and client logs that were lost.',
    detail('journal', 'dropped'),
  ),
  figure(
    'poise_cluster_nodes',
    'gauge',
    'Nodes of the centre that live, as far as this one knows, itself included.',
    detail('cluster', 'living'),
  ),
  figure(
    'poise_cluster_clock_offset_seconds',
    'gauge',
    'Clock of another node less that of this one.',
    perNode,
  ),
  figure(
    'poise_cluster_published_total',
    'counter',
    'Messages to the other nodes.',
    detail('cluster', 'published'),
  ),
  figure(
    'poise_cluster_heard_total',
    'counter',
    'Messages of other nodes, once for each part that listens.',
    detail('cluster', 'heard'),
  ),
  figure(
    'poise_cluster_dropped_total',
    'counter',
    'Messages that were not sent: NATS out of reach, or not fast enough.',
    detail('cluster', 'dropped'),
  ),
  figure(
    'poise_cluster_refused_total',
    'counter',
    'Messages and values of other nodes that were refused, by reason.',
    perRefusal,
  ),
];

/**
 * Asks every part once. A part whose health cannot be told is not ready.
 *
 * @param leaving {@link Figures.leaving}
 */
export function collect(parts: Iterable<Part>, process: ProcessFigures, leaving: boolean): MetricFamily[] {
  const health = new Map<string, PartHealth>();
  for (const part of parts) {
    try {
      health.set(part.name, part.health());
    } catch {
      health.set(part.name, { state: 'failed', ready: false });
    }
  }
  return FIGURES.map(({ name, type, help, read }) => ({
    name,
    type,
    help,
    samples: read({ process, leaving, parts: health }),
  }));
}

/** The table of docs/metrics.md. */
export function figureTable(): string {
  const rows = FIGURES.map(({ name, type, help }) => `| \`${name}\` | ${type} | ${help} |`);
  return ['| metric | type | meaning |', '|---|---|---|', ...rows].join('\n');
}
