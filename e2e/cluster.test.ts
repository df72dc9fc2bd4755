/** Nodes over a real NATS, each a process of its own: docs/cluster.md. */
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostOf, NODE_SECRET, type Nodes, nodesMissing, startNodes, type TestNode } from './nodes.ts';
import { dataDirectory, freeOffset, launchPoise } from './server.ts';

const OPTIONS = { count: 2, postgres: false } as const;
const missing = nodesMissing(OPTIONS);
/** Within this the goodbye has arrived, however busy the machine; entries hold for 10 s, and are written every 2 s. */
const GOODBYE_MS = 7_000;
if (missing !== undefined) test.skip(`nodes over NATS: ${missing}`, () => {});

interface ClusterHealth {
  readonly ready: boolean;
  readonly reason?: string;
  readonly detail?: { readonly nodes: ReadonlyArray<Record<string, unknown>>; readonly living: number };
}

describe.skipIf(missing !== undefined)('nodes over NATS', { timeout: 240_000 }, () => {
  let nodes: Nodes;
  beforeAll(async () => {
    nodes = await startNodes(OPTIONS);
  }, 240_000);
  afterAll(() => nodes?.stop());

  async function healthOf({ origin }: TestNode): Promise<ClusterHealth> {
    const answer = await fetch(`${origin}/poise/api/health`);
    return ((await answer.json()) as { readonly parts: { readonly cluster: ClusterHealth } }).parts.cluster;
  }
  /** Asks until it is so; each answer is waited for. */
  async function until(what: string, node: number, isSo: (health: ClusterHealth) => boolean) {
    const deadline = performance.now() + 90_000;
    for (;;) {
      const health = await healthOf(nodes.nodes[node] as TestNode);
      if (isSo(health)) return health;
      if (performance.now() > deadline)
        throw new Error(`It never came that ${what}: ${JSON.stringify(health)}`);
      await new Promise((done) => setTimeout(done, 100));
    }
  }

  test('know each other, and that both are in service', async () => {
    for (const [node, other] of [
      [0, 1],
      [1, 0],
    ] as const) {
      const { detail } = await until(
        'the other one is in service',
        node,
        ({ ready, detail }) => ready && detail?.nodes[0]?.inService === true,
      );
      expect(detail?.nodes).toEqual([
        expect.objectContaining({ name: `node${other + 1}`, host: hostOf(other), inMaintenance: false }),
      ]);
      expect(detail?.living).toBe(2);
    }
  });

  test('refuse a second process of a name, which ends with one plain sentence', async () => {
    const data = dataDirectory();
    const second = launchPoise([
      ...['start', '--demo', '--only', 'webservices,notification,desktop', '--data', data],
      ...Object.entries({
        'node.name': 'node1',
        'node.secret': NODE_SECRET,
        'cluster.nats': nodes.nats?.url,
        'ports.offset': await freeOffset(),
        'ports.metrics': 'off',
        'cti.embedded': false,
        'cti.a': `127.0.0.1:${nodes.ports.ctiA}`,
      }).flatMap(([key, value]) => ['--set', `${key}=${value}`]),
    ]);
    expect(await second.ended()).toBe(1);
    expect(second.output()).toContain(
      'The part cluster cannot start: another process is the node node1 already. Give each node a name of its own (node.name), or stop the other one.',
    );
    expect(second.output()).not.toContain('IN_SERVICE');
    expect((await healthOf(nodes.nodes[0] as TestNode)).ready).toBe(true);
    rmSync(data, { recursive: true, force: true });
  });

  test('go on serving without NATS, say so, and find each other again', async () => {
    await nodes.nats?.kill();
    const cut = await until('it is cut off', 0, ({ ready }) => !ready);
    expect(cut.reason).toMatch(/^NATS is out of reach: /);
    expect((await fetch(`${nodes.nodes[0]?.origin}/`)).status).toBe(200);
    await nodes.nats?.start();
    for (const node of [0, 1])
      await until('it is back', node, ({ ready, detail }) => ready && detail?.living === 2);
  });

  test('one that stood still is gone for the other, and holds nobody for gone when it goes on', async () => {
    const frozen = nodes.nodes[0] as TestNode;
    frozen.process.child.kill('SIGSTOP');
    try {
      await until('it is gone', 1, ({ detail }) => detail?.living === 1);
    } finally {
      frozen.process.child.kill('SIGCONT');
    }
    const seen: ClusterHealth[] = [];
    await until('it is certain again', 0, (health) => {
      seen.push(health);
      return health.ready && health.detail?.living === 2;
    });
    expect(seen.filter(({ ready, detail }) => ready && detail?.living === 1)).toEqual([]);
    await until('it is back', 1, ({ ready, detail }) => ready && detail?.living === 2);
    expect(frozen.process.output()).not.toContain('Another process');
  });

  test('one that was killed has its name again when its entry has ended', async () => {
    await nodes.nodes[1]?.process.end('SIGKILL');
    await nodes.again(1);
    for (const node of [0, 1])
      await until('both know each other', node, ({ ready, detail }) => ready && detail?.living === 2);
    expect(nodes.nodes[1]?.process.output()).not.toContain('another process');
  });

  test('one that is stopped is gone at once', async () => {
    await nodes.nodes[1]?.process.end('SIGTERM');
    const ended = performance.now();
    await until('it is gone', 0, ({ detail }) => detail?.living === 1);
    // Without its goodbye its entry would have held for 8 s at least.
    expect(performance.now() - ended).toBeLessThan(GOODBYE_MS);
  });
});
