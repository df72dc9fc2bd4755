/** Presence over several nodes with a real NATS: who moves stays, who is gone is signed out by one, nobody is while nobody can know. */
import { afterEach, expect, test, vi } from 'vitest';
import { TcpGate } from '../packages/server/test/tcp-gate.ts';
import { BoshDesktop } from './bosh-desktop.ts';
import { type Nodes, type NodesOptions, nodesMissing, startNodes } from './nodes.ts';
import { rest, signInBody } from './server.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });
const missing = nodesMissing({ postgres: false });
const withoutDatabase = nodesMissing();
/** Long enough to sign on at another node, however busy the machine. */
const GRACE_MS = 6_000;
const OPTIONS: NodesOptions = {
  postgres: false,
  ctiArgs: ['--set', 'presence.onDisconnect=logout'],
  args: ['presence.idle=2s', 'presence.sweep=200ms', `presence.grace=${GRACE_MS}ms`].flatMap((pair) => [
    '--set',
    pair,
  ]),
};

let nodes: Nodes;
afterEach(() => nodes?.stop());

const at = (number: number) => ({ ports: nodes.ports, host: nodes.nodes[number]!.host });
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

async function stateAt(number: number, id: string): Promise<string> {
  return /<state>(\w*)</.exec((await rest(at(number), id, 'GET', `/User/${id}`)).text)?.[1] ?? '';
}
const seen = (number: number, id: string, state: string, timeout = 60_000) =>
  vi.waitFor(async () => expect(await stateAt(number, id)).toBe(state), { timeout, interval: 100 });

async function arrives(number: number, id: string): Promise<BoshDesktop> {
  const desktop = await BoshDesktop.open(at(number), id);
  if ((await stateAt(number, id)) === 'LOGOUT') {
    await rest(at(number), id, 'PUT', `/User/${id}`, signInBody(id));
    await seen(number, id, 'NOT_READY');
  }
  return desktop;
}

async function recordsAt(
  number: number,
): Promise<readonly { readonly agentId: string; readonly outcome: string }[]> {
  const authorization = `Basic ${Buffer.from('admin:admin').toString('base64')}`;
  const answer = await fetch(`http://${at(number).host}:${nodes.ports.http}/poise/api/signOuts`, {
    headers: { authorization },
  });
  return ((await answer.json()) as { signOuts: { agentId: string; outcome: string }[] }).signOuts;
}

/** The records of all these nodes are those, in any order. They are written behind what they tell of. */
const told = (numbers: readonly number[], expected: readonly string[]) =>
  vi.waitFor(
    async () => {
      const records = (await Promise.all(numbers.map(recordsAt))).flat();
      expect(records.map(({ agentId, outcome }) => `${agentId} ${outcome}`).sort()).toEqual(expected);
    },
    { timeout: 30_000, interval: 100 },
  );

test.skipIf(missing !== undefined)(
  `who moves stays signed in; a node is killed: who comes back stays, who does not is signed out by one node${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  async () => {
    nodes = await startNodes({ ...OPTIONS, count: 3 });
    const first = await arrives(0, '3001');
    await arrives(0, '3002');
    await arrives(0, '3003');
    // He moves within his grace period.
    first.kill();
    const second = await arrives(1, '3001');
    await pause(3 * GRACE_MS + 20_000);
    expect(await stateAt(2, '3001')).toBe('NOT_READY');
    await nodes.nodes[0]!.process.end('SIGKILL');
    await arrives(2, '3003');
    await seen(1, '3002', 'LOGOUT');
    // The node that died comes back with what it had kept.
    await nodes.again(0);
    await pause(3 * GRACE_MS + 20_000);
    expect(await stateAt(0, '3001')).toBe('NOT_READY');
    expect(await stateAt(0, '3003')).toBe('NOT_READY');
    second.kill();
    await seen(0, '3001', 'LOGOUT');
    await told([0, 1, 2], ['3001 signedOut', '3002 signedOut']);
  },
);

test.skipIf(missing !== undefined)(
  `while NATS is gone nobody is signed out; when it is back, who left is${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  async () => {
    nodes = await startNodes({ ...OPTIONS, count: 2 });
    const first = await arrives(0, '3001');
    const second = await arrives(0, '3002');
    await pause(5_000);
    await nodes.nats!.kill();
    first.kill();
    second.kill();
    await arrives(1, '3002');
    await pause(10_000 + 3 * GRACE_MS);
    expect(await stateAt(1, '3001')).toBe('NOT_READY');
    await nodes.nats!.start();
    await seen(1, '3001', 'LOGOUT');
    await pause(10_000);
    expect(await stateAt(0, '3002')).toBe('NOT_READY');
    await told([0], ['3001 signedOut']);
    await told([1], []);
  },
);

/** The other node in the SystemInfo of one that is the primary one. */
async function otherNamedBy(node: number): Promise<string | undefined> {
  const info = await (await fetch(`${nodes.nodes[node]!.origin}/finesse/api/SystemInfo`)).text();
  return /<secondaryNode>\s*<host>([^<]*)/.exec(info)?.[1];
}

test.skipIf(withoutDatabase !== undefined)(
  `a node that only its agents and PostgreSQL reach keeps who is there, by nodes that have never seen it; who leaves it, and whoever is there when it dies, is signed out once; it names another node that lives${withoutDatabase === undefined ? '' : ` (skipped: ${withoutDatabase})`}`,
  async () => {
    let gate: TcpGate | undefined;
    nodes = await startNodes({
      ...OPTIONS,
      postgres: true,
      count: 3,
      // Nobody listens where the others ask it.
      argsOf: (number) => (number === 0 ? ['--set', 'ports.https=off'] : []),
      through: async (what, node, port) => {
        if (what !== 'nats' || node > 0) return port;
        gate = await TcpGate.open(port);
        return gate.port;
      },
    });
    try {
      const first = await arrives(0, '3001');
      const second = await arrives(0, '3002');
      // The others have it in the bucket.
      await pause(5_000);
      gate!.cut(true);
      await expect.poll(() => otherNamedBy(0), { timeout: 60_000 }).toBe('127.0.0.2');
      await nodes.nodes[1]!.process.end('SIGKILL');
      // Nobody tells it but the database.
      await expect.poll(() => otherNamedBy(0), { timeout: 120_000 }).toBe('127.0.0.3');
      await nodes.nodes[2]!.process.end('SIGKILL');
      await Promise.all([1, 2].map((number) => nodes.again(number)));
      // They take over both, and know neither over NATS nor over HTTPS that anybody is there.
      second.kill();
      await seen(1, '3002', 'LOGOUT', 150_000);
      await pause(2_000);
      expect(await stateAt(1, '3001')).toBe('NOT_READY');
      expect(await stateAt(0, '3001')).toBe('NOT_READY');
      await nodes.nodes[0]!.process.end('SIGKILL');
      first.kill();
      await seen(1, '3001', 'LOGOUT', 150_000);
      await told([1], ['3001 signedOut', '3002 signedOut']);
    } finally {
      await gate?.close();
    }
  },
  400_000,
);
