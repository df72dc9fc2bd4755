import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { Part, PartHealth } from '../parts/part.ts';
import { collect, FIGURES, figureTable, type ProcessFigures } from './figures.ts';
import { METRICS_CONNECTIONS_MAX, Metrics } from './metrics.ts';
import { exposition } from './prometheus.ts';

function part(name: string, health: Partial<PartHealth> | Error): Part {
  return {
    name,
    start: async () => {},
    stop: async () => {},
    health: () => {
      if (health instanceof Error) throw health;
      return { state: 'running', ready: true, ...health };
    },
  };
}

const process: ProcessFigures = {
  residentBytes: () => 1024,
  cpuSeconds: () => 1.5,
  startedAt: 1_700_000_000,
  eventLoopDelay: (quantiles) => quantiles.map((quantile) => quantile / 4),
};

const PARTS = [
  part('journal', { detail: { dropped: 7 } }),
  part('cti-server', { detail: { sessions: 1, agentsSignedIn: 3 } }),
  part('notification', { detail: { streams: 5, sessions: 4, boshSessions: 2, nodes: 9 } }),
  part('cti', { ready: false, reason: 'Not connected.', detail: { pending: 6 } }),
  part('webservices', { detail: { agentsSignedIn: 3 } }),
  part('http', {
    detail: {
      listeners: {
        http: { port: 1, connections: 8, refused: 0 },
        https: { port: 2, connections: 1, refused: 4 },
      },
    },
  }),
  part('cluster', {
    detail: {
      living: 3,
      nodes: [
        { name: 'node2', clockOffsetMs: 1500 },
        { name: 'node3', clockOffsetMs: -20 },
      ],
      published: 11,
      heard: 12,
      dropped: 1,
      refused: { 'unknown version': 2, 'not one of ours': 1 },
    },
  }),
  part('odd', new Error('cannot tell')),
];
const lines = (parts: readonly Part[]) =>
  exposition(collect(parts, process, true))
    .split('\n')
    .filter((line) => !line.startsWith('#'));

describe('the figures', () => {
  test('are taken from what the process and the parts say', () => {
    expect(lines(PARTS)).toEqual([
      'process_resident_memory_bytes 1024',
      'process_cpu_seconds_total 1.5',
      'process_start_time_seconds 1700000000',
      'nodejs_eventloop_delay_seconds{quantile="0.5"} 0.125',
      'nodejs_eventloop_delay_seconds{quantile="0.99"} 0.2475',
      'poise_leaving 1',
      'poise_part_ready{part="journal"} 1',
      'poise_part_ready{part="cti-server"} 1',
      'poise_part_ready{part="notification"} 1',
      'poise_part_ready{part="cti"} 0',
      'poise_part_ready{part="webservices"} 1',
      'poise_part_ready{part="http"} 1',
      'poise_part_ready{part="cluster"} 1',
      'poise_part_ready{part="odd"} 0',
      'poise_xmpp_streams 5',
      'poise_xmpp_sessions 4',
      'poise_bosh_sessions 2',
      'poise_pubsub_nodes 9',
      'poise_cti_in_service 0',
      'poise_cti_requests_pending 6',
      'poise_agents_signed_in 3',
      'poise_cti_server_sessions 1',
      'poise_cti_server_agents_signed_in 3',
      'poise_http_connections{listener="http"} 8',
      'poise_http_connections{listener="https"} 1',
      'poise_http_connections_refused_total{listener="http"} 0',
      'poise_http_connections_refused_total{listener="https"} 4',
      'poise_journal_dropped_total 7',
      'poise_cluster_nodes 3',
      'poise_cluster_clock_offset_seconds{node="node2"} 1.5',
      'poise_cluster_clock_offset_seconds{node="node3"} -0.02',
      'poise_cluster_published_total 11',
      'poise_cluster_heard_total 12',
      'poise_cluster_dropped_total 1',
      'poise_cluster_refused_total{reason="unknown version"} 2',
      'poise_cluster_refused_total{reason="not one of ours"} 1',
      '',
    ]);
  });

  test('of a part that does not run here are left out', () => {
    expect(lines([]).filter((line) => line.startsWith('poise_'))).toEqual(['poise_leaving 1']);
    expect(lines([part('notification', { ready: false })])).not.toContainEqual(
      expect.stringContaining('poise_xmpp'),
    );
  });

  test('are named as Prometheus wants it: counters end in _total, names are unique', () => {
    for (const { name, type } of FIGURES) {
      expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
    }
    expect(new Set(FIGURES.map(({ name }) => name)).size).toBe(FIGURES.length);
  });

  test('stand in docs/metrics.md; print the table with figureTable() when it differs', () => {
    const document = readFileSync(new URL('../../../../docs/metrics.md', import.meta.url), 'utf8');
    expect(document).toContain(figureTable());
  });
});

describe('the server of the figures', () => {
  let metrics: Metrics;
  const sockets: Socket[] = [];
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await metrics?.stop();
  });
  let reads: boolean[] = [];
  const leaving = { now: false, read: (said: boolean) => void reads.push(said) };
  async function started(parts: readonly Part[] = PARTS): Promise<number> {
    metrics = new Metrics({ port: 0, parts: () => parts, leaving });
    await metrics.start();
    return metrics.port;
  }
  const ask = (port: number, path: string, method = 'GET', headers: Record<string, string> = {}) =>
    new Promise<{ status: number | undefined; type: string | undefined; text: string }>((resolve, reject) => {
      const call = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode, type: response.headers['content-type'], text }),
        );
      });
      call.on('error', reject);
      call.end();
    });

  test('answers GET /metrics with the figures of this process', async () => {
    const { status, type, text } = await ask(await started(), '/metrics?x');
    expect([status, type]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    expect(text).toContain(
      '# HELP poise_xmpp_sessions Sessions with a bound resource, over every transport.\n# TYPE poise_xmpp_sessions gauge\npoise_xmpp_sessions 4\n',
    );
    const value = (name: string) => Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]);
    expect(value('process_resident_memory_bytes')).toBeGreaterThan(10e6);
    expect(value('process_cpu_seconds_total')).toBeGreaterThan(0);
    expect(Math.abs(value('process_start_time_seconds') - Date.now() / 1000)).toBeLessThan(3600);
    expect(text).toMatch(/^nodejs_eventloop_delay_seconds\{quantile="0.99"\} (NaN|\d[\de.-]*)$/m);
  });

  test('says that it will be stopped on purpose, and remembers who was told', async () => {
    reads = [];
    const port = await started();
    await ask(port, '/metrics');
    await ask(port, '/metrics', 'HEAD');
    await ask(port, '/');
    leaving.now = true;
    expect((await ask(port, '/metrics')).text).toContain('\npoise_leaving 1\n');
    leaving.now = false;
    await expect.poll(() => reads).toEqual([false, true]);
  });

  test('says nothing else, and nothing under a foreign name', async () => {
    const port = await started();
    expect((await ask(port, '/')).status).toBe(404);
    expect((await ask(port, '/metrics', 'POST')).status).toBe(405);
    expect(await ask(port, '/metrics', 'HEAD')).toMatchObject({ status: 200, text: '' });
    expect(await ask(port, '/metrics', 'GET', { host: `evil.example:${port}` })).toMatchObject({
      status: 403,
      text: 'Only programs on this machine may ask.\n',
    });
  });

  test('closes connections beyond its limit, and serves again when there is room', async () => {
    const port = await started();
    const open = () =>
      new Promise<Socket>((resolve) => {
        const socket = connect(port, '127.0.0.1', () => resolve(socket));
        socket.on('error', () => {});
        sockets.push(socket);
      });
    const held = await Promise.all(Array.from({ length: METRICS_CONNECTIONS_MAX }, open));
    const beyond = await open();
    await new Promise((resolve) => beyond.on('close', resolve).resume());
    held[0]?.destroy();
    await expect.poll(async () => (await ask(port, '/metrics').catch(() => undefined))?.status).toBe(200);
  });

  test('a port in use is refused with one sentence that names the setting', async () => {
    const port = await started();
    const second = new Metrics({ port, parts: () => [], leaving });
    await expect(second.start()).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is used by another program. Stop that program, choose another port with the setting ports.metrics or ports.offset, or switch the metrics off with ports.metrics=off.`,
    );
    expect(second.health()).toMatchObject({ state: 'failed', ready: false });
    await second.stop();
  });

  test('stops at once, also with a connection open, and can start again', async () => {
    const port = await started();
    await new Promise<void>((resolve) => sockets.push(connect(port, '127.0.0.1', resolve)));
    await metrics.stop();
    expect([metrics.port, metrics.health().ready]).toEqual([0, false]);
    await metrics.stop();
    await metrics.start();
    expect((await ask(metrics.port, '/metrics')).status).toBe(200);
    expect(metrics.health()).toMatchObject({ state: 'running', ready: true });
  });
});
