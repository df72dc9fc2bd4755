/** Three nodes on one PostgreSQL: what is changed at one holds at all; the database is lost and comes back; a node dies. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PoiseClient } from '../packages/client/src/index.ts';
import { type Nodes, nodesMissing, startNodes, type TestNode } from './nodes.ts';

const missing = nodesMissing();
/** Behind each name, so that whoever reads that a test was skipped reads why. */
const why = missing === undefined ? '' : ` (${missing})`;
let nodes: Nodes;
const clients: PoiseClient[] = [];

beforeAll(async () => {
  if (missing === undefined) nodes = await startNodes();
}, 300_000);
afterAll(async () => {
  for (const client of clients) client.close();
  await nodes?.stop();
});

const basic = (user: string, password = user) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

async function configure(node: TestNode, method: string, path: string, body?: object, tag?: string) {
  const answer = await fetch(`${node.origin}/poise/api/config/${path}`, {
    method,
    headers: {
      authorization: basic('admin'),
      ...(body && { 'content-type': 'application/json' }),
      ...(tag !== undefined && { 'if-match': tag }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const json = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
  return { status: answer.status, json, tag: answer.headers.get('etag') ?? '' };
}

/** Changes an object that is there. @returns the status */
async function change(node: TestNode, path: string, body: object): Promise<number> {
  const { tag } = await configure(node, 'GET', path);
  return (await configure(node, 'PUT', path, body, tag)).status;
}

/** Tries until it is so. @returns how long it took, ms */
async function until(what: () => Promise<boolean> | boolean, limitMs = 90_000): Promise<number> {
  const from = performance.now();
  for (;;) {
    if (await what()) return performance.now() - from;
    if (performance.now() - from > limitMs) throw new Error(`not within ${limitMs} ms: ${what}`);
    await new Promise((done) => setTimeout(done, 10));
  }
}

const statusAt = async (node: TestNode, user: string, password: string) => {
  const headers = { authorization: basic(user, password) };
  return (await fetch(`${node.origin}/finesse/api/User/${user}`, { headers })).status;
};
const hostIn = (xml: string, node: string) =>
  new RegExp(`<${node}>\\s*<host>([^<]*)</host>`).exec(xml)?.[1] ?? '';
async function pairAt(node: TestNode): Promise<string[]> {
  const xml = await (await fetch(`${node.origin}/finesse/api/SystemInfo`)).text();
  return [hostIn(xml, 'primaryNode'), hostIn(xml, 'secondaryNode')];
}
async function stateOf(asked: TestNode, host: string): Promise<string | undefined> {
  const answer = await fetch(`${asked.origin}/poise/api/nodes`);
  const { nodes: told } = (await answer.json()) as { nodes: { host: string; state: string }[] };
  return told.find((node) => node.host === host)?.state;
}
async function connected(node: TestNode, user: string, password: string): Promise<PoiseClient> {
  const client = new PoiseClient({ baseUrl: node.origin, user, password, failover: false });
  clients.push(client);
  await client.connect();
  return client;
}

const USER = {
  loginId: '7001',
  loginName: 'maria',
  firstName: 'Maria',
  lastName: 'Muster',
  roles: ['Agent'],
  teamId: null,
  password: 'first-password',
};

test.skipIf(missing !== undefined)(
  `nodes that start together on an empty database know each other${why}`,
  async () => {
    const [a, b, c] = nodes.nodes as [TestNode, TestNode, TestNode];
    for (const node of nodes.nodes)
      for (const { host } of nodes.nodes)
        await until(async () => (await stateOf(node, host)) === 'IN_SERVICE');
    expect(await pairAt(a)).toEqual([a.host, b.host]);
    expect(await pairAt(b)).toEqual([a.host, b.host]);
    // Who compares xmppDomain with the primary node finds another one that lives.
    expect(await pairAt(c)).toEqual([a.host, c.host]);
    const page = await fetch(`${a.origin}/desktop/container/`);
    expect(page.headers.get('content-security-policy')).toContain(c.origin);
  },
  240_000,
);

test.skipIf(missing !== undefined)(
  `a user who is made, changed and removed at one node is so at the others, with events and sessions${why}`,
  async () => {
    const [a, b] = nodes.nodes as [TestNode, TestNode, TestNode];
    expect((await configure(a, 'POST', 'users', USER)).status).toBe(201);
    for (const node of nodes.nodes)
      await until(async () => (await statusAt(node, '7001', 'first-password')) === 200);
    const client = await connected(b, '7001', 'first-password');
    const names: string[] = [];
    const ends: string[] = [];
    client.on('update', ({ data }) => {
      if (data.type === 'user') names.push(data.user.firstName);
    });
    client.on('connection', (status) => ends.push(status));
    expect(await change(a, 'users/7001', { firstName: 'Mary' })).toBe(200);
    await until(() => names.includes('Mary'));
    expect(await change(a, 'users/7001', { password: 'second-password' })).toBe(200);
    await until(async () => (await statusAt(b, '7001', 'first-password')) === 401);
    expect(await statusAt(b, '7001', 'second-password')).toBe(200);
    expect((await configure(a, 'DELETE', 'users/7001')).status).toBe(204);
    await until(() => ends.includes('unauthorized') || ends.includes('disconnected'));
  },
  240_000,
);

test.skipIf(missing !== undefined)(
  `a change is seen at both other nodes; how soon is printed${why}`,
  async () => {
    const [a, ...others] = nodes.nodes as [TestNode, TestNode, TestNode];
    const times: number[] = [];
    // A hundred, or as many as a busy machine does in a minute.
    const begun = performance.now();
    for (let round = 0; round < 100 && performance.now() - begun < 60_000; round++) {
      const wrapUpTimerSeconds = 10 + round;
      expect(await change(a, 'teams/5000', { wrapUpTimerSeconds })).toBe(200);
      const seen = (node: TestNode) => async () =>
        (await configure(node, 'GET', 'teams/5000')).json.wrapUpTimerSeconds === wrapUpTimerSeconds;
      times.push(...(await Promise.all(others.map((node) => until(seen(node))))));
    }
    times.sort((x, y) => x - y);
    const at = (part: number) => Math.round(times[Math.ceil(times.length * part) - 1] as number);
    console.log(
      `${times.length / 2} changes seen at two nodes: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`,
    );
  },
  300_000,
);

test.skipIf(missing !== undefined)(
  `without the database all nodes serve, and they write again by themselves when it is back${why}`,
  async () => {
    const { postgres } = nodes;
    const works = (node: TestNode) => async () =>
      (await change(node, 'teams/5000', { wrapUpTimerSeconds: 60 + node.number })) === 200;
    const served = async (agent: string) => {
      for (const node of nodes.nodes) {
        expect(await statusAt(node, agent, agent)).toBe(200);
        expect((await configure(node, 'GET', 'teams')).status).toBe(200);
      }
    };
    for (const [what, end, back] of [
      ['gone', () => postgres!.down('SIGQUIT'), () => postgres!.up()],
      ['frozen', async () => postgres!.freeze(), async () => postgres!.thaw()],
    ] as const) {
      await end();
      for (const node of nodes.nodes) {
        const refused = await until(
          async () => (await change(node, 'teams/5000', { wrapUpTimerSeconds: 9 })) === 503,
        );
        console.log(`database ${what}: a change at ${node.name} is refused after ${Math.round(refused)} ms`);
      }
      await served('3001');
      await back();
      const times = await Promise.all(nodes.nodes.map((node) => until(works(node))));
      console.log(`database ${what} and back: written again after ${times.map(Math.round).join(', ')} ms`);
    }
  },
  300_000,
);

test.skipIf(missing !== undefined)(
  `when a node dies, the others name one that lives, and tell so${why}`,
  async () => {
    const [a, b, c] = nodes.nodes as [TestNode, TestNode, TestNode];
    const client = await connected(c, '3001', '3001');
    const primaries: string[] = [];
    client.on('systemInfo', ({ primaryNode }) => primaries.push(primaryNode));
    await a.process.end('SIGKILL');
    const took = await until(async () => (await pairAt(c))[0] === b.host);
    console.log(`a node that was killed is not named any more after ${Math.round(took)} ms`);
    expect(await pairAt(c)).toEqual([b.host, c.host]);
    // Each node finds it out by itself.
    await until(async () => (await stateOf(b, a.host)) === 'GONE');
    expect(await pairAt(b)).toEqual([c.host, b.host]);
    await until(() => primaries.includes(b.host));
    await nodes.again(0);
    await until(async () => (await pairAt(c))[0] === a.host);
    await until(async () => (await stateOf(b, a.host)) === 'IN_SERVICE');
    expect(await pairAt(b)).toEqual([a.host, b.host]);
  },
  240_000,
);
