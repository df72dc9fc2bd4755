import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '@poise/clock';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ensureOwnCertificate } from '../certificates/own.ts';
import { peerPlugin } from './peer-plugin.ts';
import { PeerPresence, type PeerPresenceOptions, QUESTIONS_AT_ONCE } from './peer-presence.ts';
import { nonceOf, questionToken } from './peer-token.ts';

const SECRET = 'a secret of the pair';
const PATH = '/poise/api/peer/presence/2001';
const directory = mkdtempSync(join(tmpdir(), 'poise-peers-'));
const pair = ensureOwnCertificate({ directory, hosts: [], nowMs: Date.now() });
const problems: string[] = [];
let app: FastifyInstance;
let port: number;

beforeAll(async () => {
  app = Fastify({ https: { cert: pair.certificate, key: pair.key } }) as unknown as FastifyInstance;
  await app.register(
    peerPlugin({ secret: SECRET, instance: 'the other', isPresent: (id) => id === '2001' || id === 'a/b c' }),
    {
      prefix: '/poise/api',
    },
  );
  await app.listen({ host: '127.0.0.1', port: 0 });
  port = (app.server.address() as AddressInfo).port;
});
afterAll(async () => {
  await app.close();
  rmSync(directory, { recursive: true });
});
afterEach(() => {
  problems.length = 0;
});

const peers = (options: Partial<PeerPresenceOptions> = {}) =>
  new PeerPresence({
    secret: SECRET,
    hosts: ['127.0.0.1'],
    port,
    instance: 'this one',
    clock: new VirtualClock(),
    onProblem: (text) => problems.push(text),
    // However slow this machine is: only tests of silence have a limit.
    timeoutMs: 60_000,
    ...options,
  });

test('a question is good for its path and under its secret only', () => {
  const nonce = 'ab'.repeat(16);
  const token = questionToken(SECRET, nonce, PATH);
  expect(nonceOf(SECRET, PATH, token)).toBe(nonce);
  expect(nonceOf(SECRET, `${PATH}2`, token)).toBeUndefined();
  expect(nonceOf('another', PATH, token)).toBeUndefined();
  expect(nonceOf(SECRET, PATH, `${token}0`)).toBeUndefined();
  expect(nonceOf(SECRET, PATH, undefined)).toBeUndefined();
});

test('without a secret nobody is a peer, not even with a token under the empty one', () => {
  expect(nonceOf('', PATH, questionToken('', 'ab'.repeat(16), PATH))).toBeUndefined();
});

test('the other node says who is there, whoever signed its certificate', async () => {
  expect(await peers().presenceElsewhere('2001')).toBe('present');
  expect(await peers().presenceElsewhere('a/b c')).toBe('present');
  expect(await peers().presenceElsewhere('2002')).toBe('absent');
  expect(problems).toEqual([]);
});

test('who cannot be asked is not taken for absent, and told once a minute', async () => {
  const stranger = peers({ secret: 'another' });
  expect(await stranger.presenceElsewhere('2001')).toBe('unknown');
  expect(await stranger.presenceElsewhere('2001')).toBe('unknown');
  expect(problems).toEqual([expect.stringContaining('status 401')]);
  expect(await peers({ secret: '' }).presenceElsewhere('2001')).toBe('unknown');
});

test('a node that asks itself does not count, nor does one where no server runs', async () => {
  expect(await peers({ instance: 'the other' }).presenceElsewhere('2001')).toBe('absent');
  expect(await peers({ instance: 'the other', secret: '' }).presenceElsewhere('2001')).toBe('absent');
  expect(await peers({ hosts: ['127.0.0.1', '127.0.0.3'] }).presenceElsewhere('2001')).toBe('present');
  expect(await peers({ hosts: ['127.0.0.3'], secret: '' }).presenceElsewhere('2001')).toBe('absent');
  expect(problems).toEqual([]);
});

test('an answer without the secret, or to another question, is none', async () => {
  const impostor = Fastify({
    https: { cert: pair.certificate, key: pair.key },
  }) as unknown as FastifyInstance;
  impostor.get('/poise/api/peer/presence/:id', (_request, reply) =>
    reply.header('poise-node-mac', 'ab'.repeat(32)).send({ present: true, instance: 'the other' }),
  );
  await impostor.listen({ host: '127.0.0.1', port: 0 });
  const { port: itsPort } = impostor.server.address() as AddressInfo;
  expect(await peers({ port: itsPort }).presenceElsewhere('2001')).toBe('unknown');
  await impostor.close();
});

test('one that accepts and says nothing is given up', async () => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await new Promise((listening) => silent.once('listening', listening));
  const { port: silentPort } = silent.address() as AddressInfo;
  expect(await peers({ port: silentPort, timeoutMs: 50 }).presenceElsewhere('2001')).toBe('unknown');
  silent.close();
});

test('strangers are told nothing', async () => {
  const answer = await app.inject({ url: PATH });
  expect(answer.statusCode).toBe(401);
  expect(answer.body).not.toContain('present');
});

test('many questions at one time are put a few at a time, and all are answered', async () => {
  let open = 0;
  let most = 0;
  const count = (socket: Socket) => {
    most = Math.max(most, ++open);
    socket.on('close', () => --open);
  };
  app.server.on('connection', count);
  const node = peers();
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, n) => node.presenceElsewhere(n % 2 === 0 ? '2001' : `x${n}`)),
  );
  app.server.off('connection', count);
  expect(answers.filter((answer) => answer === 'present')).toHaveLength(100);
  expect(answers.filter((answer) => answer === 'absent')).toHaveLength(100);
  // The end of a connection may be seen a little later than its answer.
  expect(most).toBeLessThanOrEqual(2 * QUESTIONS_AT_ONCE);
});

test('a node that is silent is not waited for by one question after another', async () => {
  let connections = 0;
  const silent = createServer(() => void connections++);
  await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening));
  const node = peers({ port: (silent.address() as AddressInfo).port, timeoutMs: 200 });
  const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => node.presenceElsewhere(String(n))));
  silent.close();
  expect(new Set(answers)).toEqual(new Set(['unknown']));
  expect(connections).toBeLessThanOrEqual(2 * QUESTIONS_AT_ONCE);
  expect(problems).toHaveLength(1);
});
