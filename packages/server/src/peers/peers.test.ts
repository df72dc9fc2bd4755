import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ensureOwnCertificate } from '../certificates/own.ts';
import { peerPlugin } from './peer-plugin.ts';
import { PeerPresence, type PeerPresenceOptions } from './peer-presence.ts';
import { isPeer, peerToken } from './peer-token.ts';

const SECRET = 'a secret of the pair';
const PATH = '/poise/api/peer/presence/2001';
const directory = mkdtempSync(join(tmpdir(), 'poise-peers-'));
const pair = ensureOwnCertificate({ directory, hosts: [], nowMs: Date.now() });
const problems: string[] = [];
let app: FastifyInstance;
let port: number;

beforeAll(async () => {
  app = Fastify({ https: { cert: pair.certificate, key: pair.key } }) as unknown as FastifyInstance;
  await app.register(peerPlugin({ secret: SECRET, isPresent: (id) => id === '2001' || id === 'a/b c' }), {
    prefix: '/poise/api',
  });
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
    trusted: () => pair.certificate,
    onProblem: (text) => problems.push(text),
    ...options,
  });

test('a token is good for its path and under its secret only', () => {
  const token = peerToken(SECRET, PATH);
  expect(isPeer(SECRET, PATH, token)).toBe(true);
  expect(isPeer(SECRET, `${PATH}2`, token)).toBe(false);
  expect(isPeer('another', PATH, token)).toBe(false);
  expect(isPeer(SECRET, PATH, `${token}0`)).toBe(false);
  expect(isPeer(SECRET, PATH, undefined)).toBe(false);
  expect(peerToken(SECRET, PATH)).not.toBe(token);
});

test('without a secret nobody is a peer, not even with a token under the empty one', () => {
  expect(isPeer('', PATH, peerToken('', PATH))).toBe(false);
});

test('the other node says who is there', async () => {
  expect(await peers().presenceElsewhere('2001')).toBe('present');
  expect(await peers().presenceElsewhere('a/b c')).toBe('present');
  expect(await peers().presenceElsewhere('2002')).toBe('absent');
  expect(problems).toEqual([]);
});

test('whoever cannot be asked is not taken for absent', async () => {
  expect(await peers({ secret: 'another' }).presenceElsewhere('2001')).toBe('unknown');
  expect(problems).toEqual([expect.stringContaining('status 401')]);
  expect(await peers({ secret: '' }).presenceElsewhere('2001')).toBe('unknown');
  expect(await peers({ hosts: ['127.0.0.1', '127.0.0.3'] }).presenceElsewhere('2002')).toBe('unknown');
  expect(await peers({ hosts: ['127.0.0.1', '127.0.0.3'] }).presenceElsewhere('2001')).toBe('present');
});

test('a node with a certificate that nobody vouches for is not asked', async () => {
  const other = mkdtempSync(join(tmpdir(), 'poise-peers-'));
  const stranger = ensureOwnCertificate({ directory: other, hosts: [], nowMs: Date.now() });
  rmSync(other, { recursive: true });
  expect(await peers({ trusted: () => stranger.certificate }).presenceElsewhere('2001')).toBe('unknown');
  expect(problems).toHaveLength(1);
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
