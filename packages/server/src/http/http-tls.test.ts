import { readFileSync } from 'node:fs';
import { request as requestInClear } from 'node:http';
import { request } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { connect, type SecureVersion } from 'node:tls';
import { systemClock } from '@poise/clock';
import { afterEach, expect, test } from 'vitest';
import { type Happening, Happenings } from '../happenings.ts';
import { HttpHost } from './http-host.ts';
import type { ListenerOptions } from './listeners.ts';

let host: HttpHost | undefined;
const access: Happening[] = [];

/** Self-signed, for this test alone. */
function certificate(name: string): { key: string; cert: string } {
  const read = (kind: string) =>
    readFileSync(new URL(`fixtures/${name}.${kind}.pem`, import.meta.url), 'utf8');
  return { key: read('key'), cert: read('cert') };
}

const context = certificate('first');
const renewed = certificate('second');

afterEach(async () => {
  await host?.stop();
  host = undefined;
  access.length = 0;
});

async function started(
  listeners: readonly ListenerOptions[] = [],
  handshakeTimeoutMs = 60_000,
): Promise<HttpHost> {
  const happenings = new Happenings(() => 0);
  happenings.observe((h) => access.push(h));
  host = new HttpHost({
    clock: systemClock(),
    happenings,
    listeners: [{ name: 'https', host: '127.0.0.1', port: 0 }, ...listeners],
    pages: { desktopDir: '/none', gadgetFilesDir: '/none' },
    plugins: [],
    secureContext: context,
    cors: 'off',
    limits: { handshakeTimeoutMs },
  });
  await host.start();
  return host;
}

function get(
  port: number,
  headers: Record<string, string> = {},
): Promise<{ status: number; issuer: string }> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path: '/', rejectUnauthorized: false, agent: false, headers };
    const req = request(options, (res) => {
      const certificate = (res.socket as import('node:tls').TLSSocket).getPeerCertificate();
      res.resume();
      res.on('end', () => resolve({ status: res.statusCode ?? 0, issuer: String(certificate.subject.CN) }));
    });
    req.on('error', reject);
    req.end();
  });
}

test('serves over TLS, counts bytes before encryption, and takes a renewed certificate for new connections', async () => {
  const h = await started();
  expect(await get(h.port('https'))).toEqual({ status: 302, issuer: 'first' });
  h.setSecureContext(renewed);
  expect(await get(h.port('https'))).toEqual({ status: 302, issuer: 'second' });
  expect(access[0]).toMatchObject({ kind: 'http.access', port: h.port('https'), status: 302, bytes: null });
});

test('a port in clear, reachable for all, leads to the same address over TLS and serves nothing', async () => {
  const h = await started([{ name: 'httpRedirect', host: '0.0.0.0', port: 0 }]);
  const tls = h.port('https');
  const ask = (method: string, path: string, headers: Record<string, string>) =>
    new Promise<[number | undefined, string | undefined]>((resolve, reject) => {
      const port = h.port('httpRedirect');
      const req = requestInClear({ host: '127.0.0.1', port, method, path, headers, agent: false }, (res) => {
        res.resume().on('end', () => resolve([res.statusCode, res.headers.location]));
      });
      req.on('error', reject).end();
    });
  const to = (path: string) => `https://desk.example:${tls}${path}`;
  const Host = 'desk.example:80';
  expect(await ask('GET', '/desktop?locale=fr_FR', { Host })).toEqual([301, to('/desktop?locale=fr_FR')]);
  expect(await ask('HEAD', '/', { Host: 'desk.example' })).toEqual([301, to('/')]);
  expect(await ask('GET', '/http-bind/', { Host })).toEqual([301, to('/http-bind/')]);
  expect(await ask('GET', '/', { Host: '[::1]:80' })).toEqual([301, `https://[::1]:${tls}/`]);
  expect(await ask('PUT', '/finesse/api/User/2001', { Host })).toEqual([403, undefined]);
  expect(await ask('GET', '/', { Host: 'a/@b' })).toEqual([400, undefined]);
  expect(await ask('GET', '/finesse/api/SystemInfo', { Host, Upgrade: 'websocket' })).toEqual([
    301,
    to('/finesse/api/SystemInfo'),
  ]);
});

test('a request that offers HTTP/2 over TLS is served as HTTP/1.1', async () => {
  const h = await started();
  const answer = await get(h.port('https'), { Connection: 'Upgrade', Upgrade: 'h2c' });
  expect(answer.status).toBe(302);
});

test.each([
  ['http/1.0', 'GET / HTTP/1.0'],
  ['http/1.1', 'GET / HTTP/1.1'],
])('a client that offers %s alone is served', async (protocol, line) => {
  const h = await started();
  const answer = await new Promise<string>((resolve) => {
    let received = '';
    const socket = connect({
      host: '127.0.0.1',
      port: h.port('https'),
      rejectUnauthorized: false,
      ALPNProtocols: [protocol],
    });
    socket.on('secureConnect', () => socket.write(`${line}\r\nHost: localhost\r\nConnection: close\r\n\r\n`));
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
    });
    socket.on('error', (error) => resolve(error.message));
    socket.on('end', () => resolve(received));
  });
  expect(answer).toMatch(/^HTTP\/1\.1 302 /);
});

test.each([
  ['TLSv1.1', false],
  ['TLSv1.2', true],
  ['TLSv1.3', true],
] as const)('%s is accepted: %s', async (version, accepted) => {
  const h = await started();
  const done = await new Promise<boolean>((resolve) => {
    const socket = connect({
      host: '127.0.0.1',
      port: h.port('https'),
      rejectUnauthorized: false,
      minVersion: version as SecureVersion,
      maxVersion: version as SecureVersion,
      ciphers: 'DEFAULT:@SECLEVEL=0',
    });
    socket.on('secureConnect', () => {
      resolve(true);
      socket.destroy();
    });
    socket.on('error', () => resolve(false));
  });
  expect(done).toBe(accepted);
});

test('clear text on the TLS port and handshakes that never end are cut, and others are served', async () => {
  // Real time: node looks at no other clock. So much that a busy machine gets the handshake of the last one done.
  const h = await started([], 3_000);
  const cut = (bytes: string) =>
    new Promise<string>((resolve) => {
      let received = '';
      const socket = connectTcp(h.port('https'), '127.0.0.1', () => socket.write(bytes));
      socket.on('data', (chunk) => {
        received += chunk.toString('latin1');
      });
      socket.on('error', () => {});
      socket.on('close', () => resolve(received));
    });
  expect(await cut('GET / HTTP/1.1\r\nHost: x\r\n\r\n')).not.toContain('HTTP/1.1 200');
  await cut('\x16');
  expect((await get(h.port('https'))).status).toBe(302);
});

test('without a certificate it says so', async () => {
  const bare = new HttpHost({
    clock: systemClock(),
    happenings: new Happenings(() => 0),
    listeners: [{ name: 'boshTls', host: '127.0.0.1', port: 0 }],
    pages: { desktopDir: '/none', gadgetFilesDir: '/none' },
    plugins: [],
    cors: 'off',
  });
  await expect(bare.start()).rejects.toThrow('ports.boshTls needs a certificate.');
});
