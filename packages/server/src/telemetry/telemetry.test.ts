import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { VirtualClock } from '@poise/clock';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TraceBook } from '../action-trace/index.ts';
import { Happenings } from '../happenings.ts';
import { headersOf, httpPost } from './http-post.ts';
import { traceIdOf } from './otlp.ts';
import { GATHER_MS, Outlet, QUEUE_MAX } from './outlet.ts';
import { type Signal, Telemetry, TRACE_AFTER_MS } from './telemetry.ts';

/** A collector: what it was sent, and what it answers. */
interface Collector {
  readonly server: Server;
  readonly received: { path: string; headers: IncomingMessage['headers']; body: Record<string, unknown> }[];
  answers: number[];
  /** The next request has been answered. */
  next(): Promise<void>;
}

let clock: VirtualClock;
let collector: Collector;
let happenings: Happenings;
let telemetry: Telemetry;
let url: string;

beforeEach(async () => {
  clock = new VirtualClock(Date.parse('2026-11-29T08:00:00Z'));
  const received: Collector['received'] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    received.push({ path: request.url ?? '', headers: request.headers, body: JSON.parse(text) });
    response.writeHead(collector.answers.shift() ?? 200).end('{}');
    response.once('close', () => server.emit('told'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  collector = {
    server,
    received,
    answers: [],
    next: async () => void (await once(server, 'told')),
  };
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  happenings = new Happenings(() => clock.now());
});
afterEach(async () => {
  await telemetry?.stop();
  collector.server.closeAllConnections();
  collector.server.close();
});

function telling(...signals: Signal[]): TraceBook {
  const book = new TraceBook(
    () => clock.now(),
    () => {},
    { actions: 2 },
  );
  telemetry = new Telemetry({
    clock,
    signals: new Set(signals),
    teller: { version: '1.2', host: 'node1', instance: 'run7' },
    post: httpPost(url, headersOf('api-key=k1, x-tenant = t2')!),
    book,
    parts: () => [
      {
        name: 'notification',
        start: async () => {},
        stop: async () => {},
        health: () => ({ state: 'running', ready: true, detail: { sessions: 3 } }),
      },
    ],
    process: {
      startedAt: 1_000,
      start: () => {},
      stop: () => {},
      residentBytes: () => 77,
      cpuSeconds: () => 1.5,
      eventLoopDelay: () => [Number.NaN, 0.01],
    },
    leaving: () => false,
    metricsMs: 60_000,
  });
  book.forgotten = telemetry.forgotten;
  happenings.observe(book.happened);
  happenings.observe(telemetry.happened);
  return book;
}
function act(requestId: string) {
  const cause = { requestId, user: '2001' };
  happenings.publish(
    'request.start',
    { method: 'PUT', resource: '/User/2001', query: [], user: '2001' },
    cause,
  );
  clock.advance(3);
  happenings.publish('cti.sent', { name: 'SET_AGENT_STATE_REQ', fields: {} }, { ...cause, invokeId: 7 });
  clock.advance(2);
  happenings.publish('request.end', { elapsedMs: 5, status: 202 }, cause);
}
const resource = {
  attributes: [
    { key: 'service.name', value: { stringValue: 'poise' } },
    { key: 'service.version', value: { stringValue: '1.2' } },
    { key: 'service.instance.id', value: { stringValue: 'run7' } },
    { key: 'host.name', value: { stringValue: 'node1' } },
  ],
};

test('happenings arrive as logs, with their ids, their secrets masked, and the headers of the setting', async () => {
  telling('logs');
  await telemetry.start();
  const told = collector.next();
  happenings.publish(
    'audit',
    { user: 'admin', method: 'PUT', url: '/x', payload: 'p' },
    { requestId: 'r1', user: 'admin' },
  );
  happenings.publish('operator', { level: 'warn', text: 'a limit', detail: { apiToken: 'sesame' } });
  clock.advance(GATHER_MS);
  await told;
  const [one] = collector.received;
  expect(one?.path).toBe('/v1/logs');
  expect(one?.headers).toMatchObject({
    'content-type': 'application/json',
    'api-key': 'k1',
    'x-tenant': 't2',
  });
  expect(JSON.stringify(one?.body)).not.toContain('sesame');
  expect(one?.body).toEqual({
    resourceLogs: [
      {
        resource,
        scopeLogs: [
          {
            scope: { name: 'poise' },
            logRecords: [
              {
                timeUnixNano: '1795939200000000000',
                observedTimeUnixNano: '1795939200000000000',
                severityNumber: 9,
                severityText: 'INFO',
                eventName: 'audit',
                traceId: traceIdOf('r1'),
                body: { stringValue: expect.stringContaining('"event":"audit"') },
                attributes: [
                  { key: 'poise.request_id', value: { stringValue: 'r1' } },
                  { key: 'enduser.id', value: { stringValue: 'admin' } },
                ],
              },
              expect.objectContaining({ severityNumber: 13, severityText: 'WARN', eventName: 'operator' }),
            ],
          },
        ],
      },
    ],
  });
});

test('figures arrive at the start and at each interval', async () => {
  telling('metrics');
  let told = collector.next();
  await telemetry.start();
  clock.advance(GATHER_MS);
  await told;
  told = collector.next();
  clock.advance(60_000);
  await told;
  expect(collector.received.map(({ path }) => path)).toEqual(['/v1/metrics', '/v1/metrics']);
  const { resourceMetrics } = collector.received[0]!.body as {
    resourceMetrics: { resource: object; scopeMetrics: { metrics: { name: string }[] }[] }[];
  };
  expect(resourceMetrics[0]?.resource).toEqual(resource);
  const metrics = resourceMetrics[0]!.scopeMetrics[0]!.metrics;
  const timeUnixNano = '1795939200000000000';
  expect(metrics.find(({ name }) => name === 'process_cpu_seconds_total')).toEqual({
    name: 'process_cpu_seconds_total',
    description: 'User and system CPU time spent in seconds.',
    unit: 's',
    sum: {
      dataPoints: [{ attributes: [], timeUnixNano, startTimeUnixNano: '1000000000000', asDouble: 1.5 }],
      aggregationTemporality: 2,
      isMonotonic: true,
    },
  });
  expect(metrics.find(({ name }) => name === 'poise_xmpp_sessions')).toMatchObject({
    gauge: { dataPoints: [{ asDouble: 3 }] },
  });
  // JSON knows no NaN.
  expect(metrics.find(({ name }) => name === 'nodejs_eventloop_delay_seconds')).toMatchObject({
    gauge: {
      dataPoints: [{ attributes: [{ key: 'quantile', value: { stringValue: '0.99' } }], asDouble: 0.01 }],
    },
  });
});

interface SpanBody {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  events?: { name: string }[];
}
const spansIn = (body: Record<string, unknown> | undefined): SpanBody[] =>
  (body as { resourceSpans: { scopeSpans: { spans: SpanBody[] }[] }[] }).resourceSpans[0]!.scopeSpans[0]!
    .spans;

test('a request arrives as a trace: the whole with its steps, and its parts below it', async () => {
  telling('traces');
  await telemetry.start();
  const told = collector.next();
  act('r1');
  clock.advance(TRACE_AFTER_MS + GATHER_MS);
  await told;
  const [whole, http] = spansIn(collector.received[0]?.body);
  expect(whole).toMatchObject({
    traceId: traceIdOf('r1'),
    name: 'PUT /User/{id}',
    kind: 1,
    startTimeUnixNano: '1795939200000000000',
    endTimeUnixNano: '1795939200005000000',
    events: [{ name: 'request' }, { name: 'ctiSent' }, { name: 'answered' }],
    status: {},
  });
  expect(whole?.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(whole?.spanId).toMatch(/^[0-9a-f]{16}$/);
  expect(http).toMatchObject({ name: 'HTTP', parentSpanId: whole?.spanId, kind: 2 });
});

test('a trace goes before the book forgets it, once', async () => {
  telling('traces');
  await telemetry.start();
  for (const id of ['a', 'b', 'c']) act(id);
  const told = collector.next();
  clock.advance(GATHER_MS);
  await told;
  expect(new Set(spansIn(collector.received[0]?.body).map(({ traceId }) => traceId))).toEqual(
    new Set([traceIdOf('a')]),
  );
  await telemetry.stop();
  const last = spansIn(collector.received[1]?.body).map(({ traceId }) => traceId);
  expect(new Set(last)).toEqual(new Set([traceIdOf('b'), traceIdOf('c')]));
});

test('signals that are not wanted are not sent', async () => {
  telling();
  await telemetry.start();
  act('r1');
  clock.advance(120_000);
  await telemetry.stop();
  expect(collector.received).toEqual([]);
});

/** Lets promises of an attempt end. */
const settled = async () => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

test('a collector that is busy or away is tried again, ever later; one that refuses is not', async () => {
  const at: number[] = [];
  const begun = clock.now();
  const replies: (number | Error)[] = [503, new Error('ECONNREFUSED'), 429, 200, 400];
  const outlet = new Outlet<string>(
    clock,
    async () => {
      at.push(clock.now() - begun);
      const reply = replies.shift() ?? 200;
      if (reply instanceof Error) throw reply;
      return { status: reply, retryAfterMs: reply === 429 ? 30_000 : null };
    },
    (items) => ({ items }),
  );
  outlet.push('a');
  for (let ms = 0; ms < 60_000; ms += 500) {
    clock.advance(500);
    await settled();
  }
  expect(at).toEqual([5_000, 6_000, 8_000, 38_000]);
  expect(outlet.figures).toEqual({ sent: 1, dropped: 0, trouble: '' });
  outlet.push('b');
  clock.advance(5_000);
  await settled();
  expect(outlet.figures).toEqual({ sent: 1, dropped: 1, trouble: 'the collector refuses with 400' });
});

test('what waits is bounded', async () => {
  const outlet = new Outlet<number>(
    clock,
    () => Promise.reject(new Error('away')),
    (items) => ({ items }),
  );
  for (let i = 0; i < QUEUE_MAX + 3; i++) outlet.push(i);
  expect(outlet.figures.dropped).toBe(3);
  await outlet.end();
  expect(outlet.figures).toEqual({
    sent: 0,
    dropped: QUEUE_MAX + 3,
    trouble: 'the collector does not answer: away',
  });
});

test.each([
  ['', {}],
  ['a=b', { a: 'b' }],
  ['Authorization=Bearer x=y,k=v', { Authorization: 'Bearer x=y', k: 'v' }],
  ['a', null],
  ['a b=c', null],
  ['a=b\r\nc=d', null],
])('headers %j', (text, headers) => {
  expect(headersOf(text)).toEqual(headers);
});
