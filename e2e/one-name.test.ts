/**
 * One name in front of two nodes, with the configurations that we deliver for HAProxy and nginx: every kind of client goes on at the other
 * node when its own is killed, without another address (docs/deployment.md).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Certificates, type Front, frontMissing, makeCertificates, startFront } from './front.ts';
import { launchPoise } from './server.ts';
import { type Pair, type PairNode, startPair } from './two-nodes.ts';

const root = join(import.meta.dirname, '..');

let certificates: Certificates;
let pair: Pair;
/** Those that run now: who was killed was started again. */
let nodes: Record<'a' | 'b', PairNode>;

/** A client program of the rig, against the one name. */
class Program {
  readonly #child;
  readonly #records: Record<string, unknown>[] = [];
  #looks = new Set<() => void>();

  constructor(file: string, service: string, agent: string, api: string) {
    this.#child = spawn(process.execPath, [join(root, 'rig/clients', file)], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: {
        ...process.env,
        AGENT: agent,
        PASSWORD: agent,
        SERVICE: service,
        API: api,
        WAIT: '20',
        REQUEST_MS: '30000',
        NODE_EXTRA_CA_CERTS: certificates.authority,
      },
    });
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      // Libraries write what they like there.
      if (!line.startsWith('{')) return;
      this.#records.push(JSON.parse(line));
      for (const look of this.#looks) look();
    });
  }

  /** How many records of this kind there are. */
  count(is: string): number {
    return this.#records.filter((record) => record['is'] === is).length;
  }

  /** Waits for a record. */
  hears(is: string, matches: (record: Record<string, unknown>) => boolean = () => true, from = 0) {
    return new Promise<Record<string, unknown>>((done) => {
      const look = () => {
        const found = this.#records.slice(from).find((record) => record['is'] === is && matches(record));
        if (found === undefined) return;
        this.#looks.delete(look);
        done(found);
      };
      this.#looks.add(look);
      look();
    });
  }

  /** Waits until it has a session that it has not lost since. */
  async stands(): Promise<void> {
    const last = () => this.#records.findLast(({ is }) => is === 'session' || is === 'lost')?.['is'];
    while (last() !== 'session') await new Promise((done) => setTimeout(done, 50));
  }

  get length(): number {
    return this.#records.length;
  }

  async request(id: string, method: string, path: string, body?: string) {
    this.#child.stdin.write(`${JSON.stringify({ order: 'request', id, method, path, body })}\n`);
    return this.hears('answer', (record) => record['id'] === id);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

beforeAll(async () => {
  certificates = makeCertificates();
  const settings = [
    'node.primary=localhost',
    'node.secondary=',
    'domain=localhost',
    `https.certificate=${certificates.certificate}`,
    `https.key=${certificates.key}`,
  ];
  pair = await startPair(settings.flatMap((setting) => ['--set', setting]));
  nodes = { a: pair.a, b: pair.b };
  for (const { data, host } of Object.values(nodes))
    writeFileSync(join(data, '3rdpartygadget/files/node.txt'), host);
}, 240_000);
afterAll(async () => {
  await pair?.stop();
  certificates?.remove();
});

async function desktopsAt(origin: string): Promise<string | undefined> {
  const answer = await fetch(`${origin}/finesse/api/ConnectedUsersInfo`, {
    headers: { authorization: `Basic ${btoa('admin:admin')}` },
  });
  return /<desktopUsers>\d+</.exec(await answer.text())?.[0];
}

/** The node to which the one name leads who comes now: each has a file that says so. */
async function nodeBehind(front: Front): Promise<string> {
  const asked = get(`${front.origin}/3rdpartygadget/files/node.txt`, {
    ca: readFileSync(certificates.authority),
  });
  const [answer] = await once(asked, 'response');
  return text(answer);
}

const CLIENTS = [
  ['BOSH, by hand', 'bosh.mjs', 'https', '/http-bind/', '3001', '3001'],
  ['Strophe over BOSH', 'strophe.mjs', 'https', '/http-bind/', '3002', '3002'],
  ['xmpp.js over WebSocket', 'xmpp-js.mjs', 'wss', '/ws/', '3003', '3003'],
] as const;

describe.each(['haproxy', 'nginx'] as const)('%s', (kind) => {
  let front: Front;
  const programs: Program[] = [];

  beforeAll(async () => {
    if (frontMissing(kind) !== undefined) return;
    const addresses = [pair.a, pair.b].map(({ host }) => `${host}:${pair.ports.https}`);
    front = await startFront(kind, addresses, certificates);
  });
  afterEach(() => {
    for (const program of programs.splice(0)) program.kill();
  });
  afterAll(() => front?.stop());

  test('a node that will be stopped keeps its sessions, and gets nothing new', async ({ skip }) => {
    const missing = frontMissing(kind);
    if (missing !== undefined) return skip(missing);
    if (kind === 'nginx') return skip('nginx has to be told by hand: it asks nobody');
    const api = `${front.origin}/finesse/api`;
    for (const [, file, scheme, path, agent] of CLIENTS)
      programs.push(new Program(file, `${scheme}://localhost:${front.port}${path}`, agent, api));
    await Promise.all(programs.map((program) => program.hears('session')));
    for (const [index, [, , , , agent, extension]] of CLIENTS.entries()) {
      const body = `<User><state>LOGIN</state><extension>${extension}</extension></User>`;
      await programs[index]?.request(`in-${agent}`, 'PUT', `User/${agent}`, body);
      await programs[index]?.hears('update', ({ text }) => /NOT_READY/.test(String(text)));
    }
    for (const victim of ['a', 'b'] as const) {
      const { data, origin } = nodes[victim];
      expect(await launchPoise(['maintenance', 'start', '--data', data]).ended()).toBe(0);
      expect((await fetch(`${origin}/poise/api/ready`)).status).toBe(404);
      await front.holds(victim === 'a' ? 0 : 1, 'stopping');
      const before = await desktopsAt(origin);
      // Twice: the answer to a long poll that was held already says nothing of where the next one goes.
      for (const round of [1, 2])
        for (const [index, [, , , , agent]] of CLIENTS.entries()) {
          const program = programs[index] as Program;
          const from = program.length;
          const to = round === 1 ? 'READY' : 'NOT_READY';
          const id = `${victim}-${agent}-${round}`;
          const body = `<User><state>${to}</state></User>`;
          expect(await program.request(id, 'PUT', `User/${agent}`, body)).toMatchObject({ status: 202 });
          await program.hears('update', ({ text }) => String(text).includes(`<state>${to}</state>`), from);
        }
      const fresh = new Program(
        'bosh.mjs',
        `${front.origin}/http-bind/`,
        `300${victim === 'a' ? 4 : 5}`,
        api,
      );
      programs.push(fresh);
      await fresh.hears('session');
      expect(await desktopsAt(origin)).toBe(before);
      expect(programs.map((program) => program.count('lost'))).toEqual(programs.map(() => 0));
      expect(await launchPoise(['maintenance', 'end', '--data', data]).ended()).toBe(0);
      await front.holds(victim === 'a' ? 0 : 1, 'UP');
    }
  }, 480_000);

  test('clients of others go on at the other node, whichever is killed', async ({ skip }) => {
    const missing = frontMissing(kind);
    if (missing !== undefined) return skip(missing);
    const api = `${front.origin}/finesse/api`;
    for (const [, file, scheme, path, agent] of CLIENTS)
      programs.push(new Program(file, `${scheme}://localhost:${front.port}${path}`, agent, api));
    await Promise.all(programs.map((program) => program.hears('session')));
    for (const [index, [, , , , agent, extension]] of CLIENTS.entries())
      expect(
        await programs[index]?.request(
          `in-${agent}`,
          'PUT',
          `User/${agent}`,
          `<User><state>LOGIN</state><extension>${extension}</extension></User>`,
        ),
      ).toMatchObject({ status: 202 });
    await Promise.all(
      programs.map((program) => program.hears('update', ({ text }) => /NOT_READY/.test(String(text)))),
    );
    const first = await nodeBehind(front);
    // Long polls go on for longer than an answer takes.
    for (const victim of ['a', 'b'] as const) {
      const marks = programs.map((program) => program.length);
      await nodes[victim].process.end('SIGKILL');
      await Promise.all(
        programs.map(async (program, index) => {
          const [, , , , agent] = CLIENTS[index] as (typeof CLIENTS)[number];
          // Who was at the other node has lost nothing; who was here may need longer on a busy machine.
          await Promise.race([
            program.hears('session', undefined, marks[index]),
            new Promise((done) => setTimeout(done, 15_000)),
          ]);
          await program.stands();
          const id = `${victim}-${agent}`;
          const from = program.length;
          const state = victim === 'a' ? 'READY' : 'NOT_READY';
          const body = `<User><state>${state}</state></User>`;
          expect(await program.request(id, 'PUT', `User/${agent}`, body)).toMatchObject({ status: 202 });
          await program.hears('update', ({ text }) => String(text).includes(`<state>${state}</state>`), from);
        }),
      );
      nodes[victim] = await pair.again(nodes[victim]);
      // It is not asked again at once by whoever holds it for dead: with the other one killed, too, there would be none.
      if (kind === 'haproxy') await front.holds(victim === 'a' ? 0 : 1, 'UP');
      else await expect.poll(() => nodeBehind(front), { timeout: 60_000 }).toBe(first);
    }
  }, 480_000);
});
