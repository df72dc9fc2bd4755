/** The adapter over a real NATS server: the suite of all fabrics, and what only a server can do to it. */
import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import { systemClock, VirtualClock } from '@poise/clock';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../test/free-port.ts';
import { NatsServer, natsMissing } from '../../test/nats-server.ts';
import { TcpGate } from '../../test/tcp-gate.ts';
import { issueAuthority, issueServerCertificate } from '../certificates/issue.ts';
import type { Fabric } from './fabric.ts';
import { NatsFabric, type NatsOptions } from './nats.ts';
import { BUCKETS, UnreachableError } from './registry.ts';
import { describeFabric, type FabricHarness } from './testing/fabric-contract.ts';

const clock = systemClock();
const POLL_MS = 10;
const MAX_MS = 120_000;
/** So that a test need not wait for real ones; so long a machine under load may be late with what keeps an entry alive. */
const LIFETIMES = { ...BUCKETS, nodes: 5_000 };
/** A server under load is no server that does not answer: only tests of that have the limits of the product. */
const PATIENCE = 60;
const missing = natsMissing();
const why = missing === undefined ? '' : ` (${missing})`;

async function until(what: string, isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + MAX_MS;
  while (!isSo()) {
    if (performance.now() > deadline) expect.fail(`It never came that ${what}.`);
    await new Promise((done) => setTimeout(done, POLL_MS));
  }
}

/** Tries until it is done. */
async function untilDone(what: string, work: () => Promise<unknown>): Promise<void> {
  let isDone = false;
  let isUnderWay = false;
  await until(what, () => {
    if (!isUnderWay && !isDone) {
      isUnderWay = true;
      work()
        .then(
          () => {
            isDone = true;
          },
          () => {},
        )
        .finally(() => {
          isUnderWay = false;
        });
    }
    return isDone;
  });
}

/** Virtual time that passes in small steps, each with a look at the sockets, and not at all while it is paused. */
class SlowClock extends VirtualClock {
  #isPaused = false;
  readonly #timer = setInterval(() => {
    if (!this.#isPaused) this.advance(POLL_MS);
  }, POLL_MS);

  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
  }

  async pass(ms: number): Promise<void> {
    this.advance(ms);
    for (let turn = 0; turn < 5; turn++) await new Promise((done) => setImmediate(done));
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

let prefixes = 0;
const problems: string[] = [];
const fabricOf = (servers: readonly string[], options: Partial<NatsOptions> = {}) =>
  new NatsFabric({
    clock,
    servers,
    prefix: `t${prefixes}`,
    replicas: 1,
    lifetimes: LIFETIMES,
    patience: PATIENCE,
    clientName: 'test',
    random: Math.random,
    onProblem: (text) => problems.push(text),
    ...options,
  });

describe.skipIf(missing !== undefined)(`over NATS${why}`, { timeout: 180_000 }, () => {
  let nats: NatsServer;
  beforeAll(async () => {
    nats = await NatsServer.start();
  });
  afterAll(() => nats?.stop());

  describeFabric('over NATS', async (): Promise<FabricHarness> => {
    prefixes += 1;
    problems.length = 0;
    const joined = new Map<Fabric, TcpGate>();
    return {
      async join() {
        const gate = await TcpGate.open(nats.port);
        const fabric = fabricOf([`nats://127.0.0.1:${gate.port}`]);
        joined.set(fabric, gate);
        fabric.connect();
        await until('NATS is within reach', () => fabric.isReachable);
        return fabric;
      },
      cut: (fabric, isCut) => joined.get(fabric)?.cut(isCut),
      async empty(bucket) {
        const hand = await connect({ servers: nats.url });
        await hand.request(`$JS.API.STREAM.PURGE.KV_t${prefixes}_${bucket}`);
        await hand.close();
      },
      until,
      problems,
      async close() {
        for (const [fabric, gate] of joined) {
          await fabric.close();
          await gate.close();
        }
      },
    };
  });
});

describe.skipIf(missing !== undefined)(`a server of NATS${why}`, { timeout: 180_000 }, () => {
  const ends: Array<() => Promise<unknown>> = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });
  async function served(configuration = ''): Promise<NatsServer> {
    prefixes += 1;
    problems.length = 0;
    const nats = await NatsServer.start(configuration);
    ends.push(() => nats.stop());
    return nats;
  }
  function joined(servers: readonly string[], options: Partial<NatsOptions> = {}): NatsFabric {
    const fabric = fabricOf(servers, options);
    ends.push(() => fabric.close());
    fabric.connect();
    return fabric;
  }
  async function reached(nats: NatsServer, options: Partial<NatsOptions> = {}): Promise<NatsFabric> {
    const fabric = joined([nats.url], options);
    await until('NATS is within reach', () => fabric.isReachable);
    return fabric;
  }
  function watched(fabric: Fabric) {
    const told: string[] = [];
    fabric.registry('presence').watch('', {
      changed: ({ key, value }) => told.push(`${key}=${Buffer.from(value).toString()}`),
      removed: (key) => told.push(`-${key}`),
      current: () => told.push('!'),
    });
    return told;
  }
  const put = (fabric: Fabric, key: string, value = 'x') =>
    fabric.registry('presence').put(key, Buffer.from(value));

  test('that is killed and started again loses nothing of what was written', async () => {
    const nats = await served();
    const [a, b] = [await reached(nats), await reached(nats)];
    await put(a, 'k');
    const told = watched(b);
    await until('it is told', () => told.includes('!'));
    told.length = 0;
    await nats.kill();
    await until('both know', () => !a.isReachable && !b.isReachable);
    expect(a.reason).not.toBe('');
    await nats.start();
    await until('all is told', () => a.isReachable && told.includes('!'));
    expect(told).toEqual(['!']);
    await put(a, 'l');
    await until('it is told', () => told.includes('l=x'));
  });

  test('that comes back without its data is given new buckets, and what is lost is told', async () => {
    const nats = await served();
    const [a, b] = [await reached(nats), await reached(nats)];
    await put(a, 'lost', '1');
    await put(a, 'again', '1');
    const told = watched(b);
    await until('it is told', () => told.includes('!'));
    told.length = 0;
    await nats.kill();
    nats.lose();
    await nats.start();
    await until('a is back', () => a.isReachable);
    const revision = await a.registry('presence').compareAndSet('again', Buffer.from('2'), 0);
    expect(revision).toBe(1);
    await until('all is told', () => told.includes('again=2') && told.includes('!'));
    expect(told).toContain('-lost');
  });

  test('that does not answer any more is out of reach after some 2 s, and back when it answers', async () => {
    const nats = await served();
    const gate = await TcpGate.open(nats.port);
    ends.push(() => gate.close());
    // Its time passes as far as this test lets it: what the machine is late with is nobody's silence.
    const slow = new SlowClock();
    ends.push(async () => slow.stop());
    const a = joined([`nats://127.0.0.1:${gate.port}`], { clock: slow, patience: 1 });
    await until('it is within reach', () => a.isReachable);
    await untilDone('it is written', () => put(a, 'k'));
    slow.pause(true);
    gate.hold(true);
    const answers = a.registry('presence');
    const ended: unknown[] = [];
    for (const answer of [answers.get('k'), answers.put('k', Buffer.from('2')), answers.remove('k')])
      answer.catch((error: unknown) => ended.push(error instanceof UnreachableError));
    const from = slow.monotonic();
    while (a.isReachable || ended.length < 3) {
      // Half a second to the next look, 1.4 s for its answer, and what was on its way may be seen in the first 0.2 s of it.
      expect(slow.monotonic() - from).toBeLessThan(2_200);
      await slow.pass(100);
    }
    expect(ended).toEqual([true, true, true]);
    slow.pause(false);
    gate.hold(false);
    await until('it is back', () => a.isReachable);
    await untilDone('it is written', () => put(a, 'k', '3'));
  });

  test('that is not there yet is connected as soon as it is, with what was subscribed and watched before', async () => {
    prefixes += 1;
    const nats = await NatsServer.stopped();
    ends.push(() => nats.stop());
    const [a, b] = [joined([nats.url]), joined([nats.url])];
    const told = watched(a);
    const heard: string[] = [];
    a.bus.subscribe('news', (message) => heard.push(Buffer.from(message).toString()));
    b.bus.publish('news', Buffer.from('too early'));
    await expect(put(a, 'k')).rejects.toThrow(UnreachableError);
    await until('the reason is known', () => a.reason.includes('refused'));
    expect(b.counts.dropped).toBe(1);
    await nats.start();
    await until('all is there', () => a.isReachable && b.isReachable && told.includes('!'));
    await put(b, 'k');
    b.bus.publish('news', Buffer.from('heard'));
    await until('it is told and heard', () => told.includes('k=x') && heard.length > 0);
    expect(heard).toEqual(['heard']);
  });

  test('whose bucket was removed by hand is given a new one', async () => {
    const nats = await served();
    const [a, b] = [await reached(nats), await reached(nats)];
    await put(a, 'k');
    const [mine, theirs] = [watched(a), watched(b)];
    await until('it is told', () => [mine, theirs].every((told) => told.includes('!')));
    const hand = await connect({ servers: nats.url });
    await hand.request(`$JS.API.STREAM.DELETE.KV_t${prefixes}_presence`);
    await hand.close();
    await until('it is told', () => [mine, theirs].every((told) => told.includes('-k')));
    expect(problems.some((text) => text.includes('was removed'))).toBe(true);
    await put(a, 'l');
    await until('it is told', () => [mine, theirs].every((told) => told.includes('l=x')));
  });

  test('that gives up a slow consumer does not end it: it comes back and is told everything anew', async () => {
    const nats = await served('max_pending: 1048576\nwrite_deadline: "300ms"');
    const gate = await TcpGate.open(nats.port);
    ends.push(() => gate.close());
    const a = await reached(nats);
    const slow = joined([`nats://127.0.0.1:${gate.port}`], { patience: 1 });
    await until('it is within reach', () => slow.isReachable);
    const told = watched(slow);
    const heard: number[] = [];
    slow.bus.subscribe('news', (message) => heard.push(message.length));
    await until('it watches', () => told.includes('!'));
    gate.hold(true);
    const message = new Uint8Array(100_000);
    for (let sent = 0; sent < 400; sent++) {
      a.bus.publish('news', message);
      if (sent % 20 === 0) await put(a, 'k', String(sent));
    }
    await put(a, 'k', 'last');
    await until('it is out of reach', () => !slow.isReachable);
    await until('the server has given it up', () => nats.log.includes('Slow Consumer'));
    told.length = 0;
    gate.hold(false);
    await until('it is back', () => slow.isReachable && told.includes('!'));
    // Here its own limits hold: a machine under load may lose it once more.
    expect(told.slice(0, 2)).toEqual(['k=last', '!']);
    expect(new Set(told)).toEqual(new Set(['k=last', '!']));
    expect(a.isReachable).toBe(true);
    heard.length = 0;
    await until('it hears again', () => {
      a.bus.publish('news', message);
      return heard.length > 0;
    });
  });

  test('that wants credentials says so to whom has others, and lets in whom has them', async () => {
    const nats = await served('authorization { user: poise, password: "pass word" }');
    const [none, wrong, right] = [
      joined([nats.url]),
      joined([nats.url], { credentials: { user: 'poise', password: 'x' } }),
      joined([nats.url], { credentials: { user: 'poise', password: 'pass word' } }),
    ];
    await until('it is within reach', () => right.isReachable);
    await until('both know why not', () => [none, wrong].every(({ reason }) => /authoriz/i.test(reason)));
    expect([none.isReachable, wrong.isReachable]).toEqual([false, false]);
  });

  test('needs to allow no more than docs/cluster.md says', async () => {
    const name = `t${prefixes + 1}`;
    const buckets = Object.keys(BUCKETS).map((bucket) => `$KV.${name}_${bucket}.>`);
    const subjects = [`${name}.bus.>`, ...buckets, '$JS.API.>', '$JS.FC.>', '_INBOX.>'];
    const allowed = JSON.stringify(subjects);
    const nats = await served(
      `authorization { users: [ { user: poise, password: p, permissions: { publish: ${allowed}, subscribe: ${allowed} } } ] }`,
    );
    const credentials = { user: 'poise', password: 'p' };
    const [a, b] = [await reached(nats, { credentials }), await reached(nats, { credentials })];
    const told = watched(b);
    const heard: string[] = [];
    b.bus.subscribe('news', (message) => heard.push(Buffer.from(message).toString()));
    await until('it watches', () => told.includes('!'));
    await put(a, 'k');
    await a.registry('presence').remove('k');
    await until('both are told and heard', () => {
      a.bus.publish('news', Buffer.from('x'));
      return told.includes('-k') && heard.length > 0;
    });
    expect(problems).toEqual([]);
  });

  test('that does not allow a message says so once a minute, not with each', async () => {
    const nats = await served(
      'authorization { users: [ { user: poise, password: p, permissions: { publish: { deny: ["*.bus.>"] } } } ] }',
    );
    const a = await reached(nats, { credentials: { user: 'poise', password: 'p' } });
    for (let times = 0; times < 50; times++) a.bus.publish('news', Buffer.from('x'));
    // What is answered after it came after the refusals.
    await put(a, 'k');
    await until('it is told', () => problems.length > 0);
    await put(a, 'l');
    expect(problems).toEqual([expect.stringMatching(/^NATS: .*permission/i)]);
    expect(a.isReachable).toBe(true);
  });

  test('with TLS is believed by whom has its authority, and by nobody else', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'poise-nats-tls-'));
    ends.push(async () => rmSync(directory, { recursive: true, force: true }));
    const validity = { fromMs: Date.now() - 60_000, untilMs: Date.now() + 3_600_000 };
    const authority = issueAuthority('NATS of a test', validity);
    const issuer = {
      name: 'NATS of a test',
      certificate: authority.certificate,
      key: createPrivateKey(authority.key),
    };
    const own = issueServerCertificate(issuer, ['localhost', '127.0.0.1'], validity);
    const files = { ca: authority.certificate, certificate: own.certificate, key: own.key };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
    const nats = await served(
      `tls { cert_file: "${join(directory, 'certificate')}", key_file: "${join(directory, 'key')}" }\nauthorization { token: "secret token" }`,
    );
    const url = nats.url.replace('nats:', 'tls:');
    const credentials = { token: 'secret token' };
    const ca = join(directory, 'ca');
    const [right, stranger, fileless] = [
      joined([url], { credentials, ca }),
      joined([url], { credentials }),
      joined([url], { credentials: { file: join(directory, 'missing.creds') }, ca }),
    ];
    await until('it is within reach', () => right.isReachable);
    await until('the reason is known', () => /certificate/i.test(stranger.reason));
    await until('the reason is known', () => /missing\.creds/.test(fileless.reason));
    expect([stranger.isReachable, fileless.isReachable]).toEqual([false, false]);
  });

  test('without TLS is not spoken to where TLS was asked for', async () => {
    const nats = await served();
    const a = joined([nats.url.replace('nats:', 'tls:')]);
    await until('the reason is known', () => /tls/i.test(a.reason));
    expect(a.isReachable).toBe(false);
  });

  test('that has no JetStream is out of reach, with the reason', async () => {
    const other = await NatsServer.startPlain();
    ends.push(() => other.stop());
    const a = joined([other.url]);
    await until('the reason is known', () => /jetstream/i.test(a.reason));
    expect(a.isReachable).toBe(false);
  });

  test('that is none at all is out of reach, with the reason', async () => {
    const server = createServer((socket) => socket.end('SSH-2.0-nothing\r\n')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    ends.push(async () => server.close());
    const a = joined([`nats://127.0.0.1:${(server.address() as { port: number }).port}`]);
    const first = a.reason;
    await until('the reason is known', () => a.reason !== first);
    expect(a.isReachable).toBe(false);
  });

  test('that takes the connection and answers nothing more is out of reach for a reason', async () => {
    const asked: string[] = [];
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.write(
        'INFO {"server_id":"s","version":"2.9.10","proto":1,"max_payload":1048576,"headers":true}\r\n',
      );
      socket.on('data', (chunk) => {
        const text = chunk.toString();
        if (text.includes('PING')) socket.write('PONG\r\n');
        if (text.includes('PUB ')) asked.push(text);
      });
    }).listen(0, '127.0.0.1');
    ends.push(async () => void server.close());
    await once(server, 'listening');
    const a = joined([`nats://127.0.0.1:${(server.address() as { port: number }).port}`]);
    await until('it is asked for a bucket', () => asked.length > 0);
    expect(a.isReachable).toBe(false);
    expect(a.reason).not.toBe('');
  });

  /** A cluster of three servers. */
  async function three(): Promise<NatsServer[]> {
    prefixes += 1;
    problems.length = 0;
    const routes = [await freePort(), await freePort(), await freePort()];
    const servers = await Promise.all(
      routes.map((route, index) =>
        NatsServer.start(
          `server_name: "s${index}"\ncluster { name: test, listen: "127.0.0.1:${route}", routes: [${routes.map((port) => `"nats://127.0.0.1:${port}"`).join(', ')}] }`,
        ),
      ),
    );
    ends.push(() => Promise.all(servers.map((server) => server.stop())));
    return servers;
  }

  /** Servers that have just found each other may still be without one that leads. */
  async function written(fabric: NatsFabric, value: string): Promise<void> {
    let isWritten = false;
    await until('it can be written', () => {
      if (!isWritten && fabric.isReachable)
        put(fabric, 'k', value).then(
          () => {
            isWritten = true;
          },
          () => {},
        );
      return isWritten;
    });
  }

  test('of one becomes three: the buckets get the copies that they lack', { timeout: 300_000 }, async () => {
    const urls = (await three()).map(({ url }) => url);
    const first = joined(urls, { replicas: 1 });
    await until('the cluster is within reach', () => first.isReachable);
    await written(first, '1');
    problems.length = 0;
    const told = watched(first);
    const second = joined(urls, { replicas: 3 });
    await until('the cluster is within reach', () => second.isReachable && told.includes('!'));
    const hand = await connect({ servers: urls[0] as string });
    const copies = await Promise.all(
      Object.keys(BUCKETS).map(async (bucket) => {
        const { config } = (await hand.request(`$JS.API.STREAM.INFO.KV_t${prefixes}_${bucket}`)).json<{
          config: { num_replicas: number };
        }>();
        return config.num_replicas;
      }),
    );
    await hand.close();
    expect(copies).toEqual(Object.keys(BUCKETS).map(() => 3));
    await written(second, '2');
    await until('it is told', () => told.includes('k=2'));
    expect(told.filter((text) => text.startsWith('-'))).toEqual([]);
    expect(problems.filter((text) => text.includes('stays on'))).toEqual([]);
  });

  test('that is alone cannot hold three copies: it is told, and works on', async () => {
    const nats = await served();
    const first = await reached(nats, { replicas: 1 });
    await put(first, 'k', '1');
    problems.length = 0;
    const second = await reached(nats, { replicas: 3 });
    await put(second, 'k', '2');
    expect(problems.map((text) => text.replace(/^The bucket t\d+_/, 'The bucket '))).toContainEqual(
      expect.stringMatching(/^The bucket presence of NATS stays on 1 of its servers instead of 3: ./),
    );
  });

  test('of a cluster of three may die: the buckets have three copies', { timeout: 300_000 }, async () => {
    const servers = await three();
    const urls = servers.map(({ url }) => url);
    const [a, b] = [joined(urls, { replicas: 3 }), joined(urls, { replicas: 3 })];
    await until('the cluster is within reach', () => a.isReachable && b.isReachable);
    await untilDone('it can be written', () => put(a, 'k', '1'));
    const told = watched(b);
    await until('it is told', () => told.includes('!'));
    expect(told).toEqual(['k=1', '!']);
    told.length = 0;
    const dies = servers.find(({ port }) => a.server.endsWith(String(port)));
    await dies?.kill();
    await until('a has lost it', () => !a.isReachable);
    await until('both are within reach', () => a.isReachable && b.isReachable);
    let revision: number | undefined;
    await until('it can be written', () => {
      void a
        .registry('presence')
        .get('k')
        .then((entry) => a.registry('presence').compareAndSet('k', Buffer.from('2'), entry?.revision ?? 0))
        .then(
          (written) => {
            revision ??= written;
          },
          () => {},
        );
      return revision !== undefined;
    });
    await until('it is told', () => told.includes('k=2'));
    expect(told.filter((text) => text.startsWith('-'))).toEqual([]);
  });

  test('of several takes over from one that dies', async () => {
    const [one, other] = [await served(), await NatsServer.start()];
    ends.push(() => other.stop());
    const a = joined([one.url, other.url]);
    await until('one is within reach', () => a.isReachable);
    const [dies, lives] = a.server.endsWith(String(one.port)) ? [one, other] : [other, one];
    await dies.kill();
    await until('the other one is', () => a.isReachable && a.server.endsWith(String(lives.port)));
  });
});
