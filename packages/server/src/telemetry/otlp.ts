/**
 * OTLP over HTTP in its JSON form (OpenTelemetry protocol 1.x): what the server knows as the bodies of `/v1/logs`, `/v1/metrics` and
 * `/v1/traces`. Pure. Times are whole nanoseconds as text, ids are hexadecimal.
 */
import { createHash } from 'node:crypto';
import type { ActionTrace, Step, StepName } from '../action-trace/index.ts';
import type { Happening } from '../happenings.ts';
import { type JsonLevel, jsonLevel } from '../journal/json-lines.ts';
import type { MetricFamily } from '../ops/index.ts';

type Value =
  | { readonly stringValue: string }
  | { readonly intValue: string }
  | { readonly doubleValue: number };
interface Attribute {
  readonly key: string;
  readonly value: Value;
}

/** Who tells: attributes of the resource. */
export interface Teller {
  readonly version: string;
  /** Name of this node for people and clients. */
  readonly host: string;
  /** Tells the runs of a node apart. */
  readonly instance: string;
}

const SCOPE = 'poise';

export const attributes = (values: Readonly<Record<string, string | number | undefined>>): Attribute[] =>
  Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: anyValue(value) }],
  );

const anyValue = (value: string | number): Value =>
  typeof value === 'string'
    ? { stringValue: value }
    : Number.isSafeInteger(value)
      ? { intValue: String(value) }
      : { doubleValue: value };

const resourceOf = ({ version, host, instance }: Teller) => ({
  attributes: attributes({
    'service.name': 'poise',
    'service.version': version,
    'service.instance.id': instance,
    'host.name': host,
  }),
});

/** Wall ms as nanoseconds: more digits than a number has. */
const nanos = (ms: number): string => `${BigInt(Math.round(ms * 1000)) * 1000n}`;

/** One requestId, one trace: who knows the one finds the other. */
export const traceIdOf = (requestId: string): string => digest(requestId, 32);
const spanIdOf = (requestId: string, name: string): string => digest(`${requestId}\n${name}`, 16);
const digest = (text: string, digits: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, digits);

/** OpenTelemetry logs data model, severity numbers. */
const SEVERITIES: Readonly<Record<JsonLevel, number>> = { debug: 5, info: 9, warn: 13, error: 17 };

export type LogRecord = ReturnType<typeof logRecord>;

/** @param line of poise.jsonl for the same happening: bounded, its secrets masked */
export function logRecord(happening: Happening, line: string) {
  const { requestId, invokeId, sid, stanzaId, user } = happening.cause;
  const level = jsonLevel(happening);
  return {
    timeUnixNano: nanos(happening.at),
    observedTimeUnixNano: nanos(happening.at),
    severityNumber: SEVERITIES[level],
    severityText: level.toUpperCase(),
    eventName: happening.kind,
    body: { stringValue: line },
    attributes: attributes({
      'poise.request_id': requestId,
      'poise.invoke_id': invokeId,
      'poise.session_id': sid,
      'poise.stanza_id': stanzaId,
      'enduser.id': user,
    }),
    ...(requestId === undefined || requestId === '' ? {} : { traceId: traceIdOf(requestId) }),
  };
}

export const logsBody = (teller: Teller, logRecords: readonly LogRecord[]) => ({
  resourceLogs: [{ resource: resourceOf(teller), scopeLogs: [{ scope: { name: SCOPE }, logRecords }] }],
});

/** @param since wall ms: counters count from then @param at wall ms */
export function metricsBody(teller: Teller, families: readonly MetricFamily[], since: number, at: number) {
  const metrics = families.flatMap(({ name, type, help, samples }) => {
    const dataPoints = samples
      // JSON has no word for them.
      .filter(({ value }) => Number.isFinite(value))
      .map(({ labels = {}, value }) => ({
        attributes: attributes(labels),
        timeUnixNano: nanos(at),
        ...(type === 'counter' ? { startTimeUnixNano: nanos(since) } : {}),
        asDouble: value,
      }));
    if (dataPoints.length === 0) return [];
    const data =
      type === 'counter'
        ? { sum: { dataPoints, aggregationTemporality: 2, isMonotonic: true } }
        : { gauge: { dataPoints } };
    return [{ name, description: help, unit: unitOf(name), ...data }];
  });
  return {
    resourceMetrics: [{ resource: resourceOf(teller), scopeMetrics: [{ scope: { name: SCOPE }, metrics }] }],
  };
}

/** UCUM. */
const unitOf = (name: string): string =>
  /_seconds(?:_total)?$/.test(name) ? 's' : name.endsWith('_bytes') ? 'By' : '1';

const INTERNAL = 1;
const SERVER = 2;
const CLIENT = 3;

/** Spans below that of the whole action: from a step to the last of another one. */
const PARTS: ReadonlyArray<{
  readonly name: string;
  readonly kind: number;
  readonly from: StepName;
  readonly to: StepName;
}> = [
  { name: 'HTTP', kind: SERVER, from: 'request', to: 'answered' },
  { name: 'CTI request', kind: CLIENT, from: 'ctiSent', to: 'ctiConfirmed' },
  { name: 'CTI event', kind: CLIENT, from: 'ctiSent', to: 'ctiEvent' },
  { name: 'notification', kind: INTERNAL, from: 'published', to: 'delivered' },
  { name: 'page draws', kind: CLIENT, from: 'received', to: 'painted' },
];
/** Status of the HTTP answer from which on a span has failed. */
const FAILED_FROM = 400;
const STATUS_ERROR = 2;

export type Span = ReturnType<typeof spansOf>[number];

/** The spans of one action: the whole, with every step as an event, and below it its parts. */
export function spansOf({ requestId, user, agent, steps }: ActionTrace) {
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined) return [];
  const traceId = traceIdOf(requestId);
  const root = spanIdOf(requestId, '');
  const { method, resource } = steps.find(({ step }) => step === 'request')?.detail ?? {};
  const status = steps.find(({ step }) => step === 'answered')?.detail.status;
  const failed = typeof status === 'number' && status >= FAILED_FROM;
  const span = (name: string, spanId: string, kind: number, from: Step, to: Step, more: object) => ({
    traceId,
    spanId,
    name,
    kind,
    startTimeUnixNano: nanos(from.at),
    endTimeUnixNano: nanos(Math.max(from.at, to.at)),
    ...more,
  });
  return [
    span(`${method ?? ''} ${routeOf(String(resource ?? ''))}`.trim(), root, INTERNAL, first, last, {
      attributes: attributes({
        'poise.request_id': requestId,
        'enduser.id': user,
        'poise.agent': agent === '' ? undefined : agent,
        'http.request.method': method,
        'url.path': resource,
        'http.response.status_code': status,
      }),
      events: steps.map(({ at, step, detail }) => ({
        timeUnixNano: nanos(at),
        name: step,
        attributes: attributes(detail),
      })),
      status: failed ? { code: STATUS_ERROR } : {},
    }),
    ...PARTS.flatMap(({ name, kind, from, to }) => {
      const begin = steps.find(({ step }) => step === from);
      const end = steps.findLast(({ step }) => step === to);
      if (begin === undefined || end === undefined) return [];
      return [
        span(name, spanIdOf(requestId, name), kind, begin, end, {
          parentSpanId: root,
          attributes: attributes(end.detail),
        }),
      ];
    }),
  ];
}

/** Names of spans are few: what stands for one thing among many is left out. */
const routeOf = (resource: string): string =>
  resource.replace(/^(\/[A-Za-z]+)\/[^/]+/, '$1/{id}').replace(/\/\d+/g, '/{id}');

export const tracesBody = (teller: Teller, spans: readonly Span[]) => ({
  resourceSpans: [{ resource: resourceOf(teller), scopeSpans: [{ scope: { name: SCOPE }, spans }] }],
});
