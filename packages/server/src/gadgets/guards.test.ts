/** The parts that decide where a request may go, each alone. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { systemClock, VirtualClock } from '@poise/clock';
import { afterEach, describe, expect, test } from 'vitest';
import { Happenings } from '../happenings.ts';
import { phrase } from '../messages/catalogue.ts';
import { readHostRule } from '../settings/host-rule.ts';
import { GadgetError } from './gadget-error.ts';
import { HostList } from './host-list.ts';
import { addressKind, Networks } from './network.ts';
import { isForGadgets, OWN_LIMITS, OwnServer } from './own-server.ts';
import { SecurityTokens, TOKEN_LIFE_MS } from './security-token.ts';
import { readTarget, resolveTarget, shownUrl, type Target, targetText } from './target.ts';
import { LINES_MAX, REPEAT_MS, TroubleLog } from './trouble-log.ts';

describe('addresses', () => {
  test.each([
    ['8.8.8.8', 'public'],
    ['172.15.255.255', 'public'],
    ['172.32.0.0', 'public'],
    ['2001:4860:4860::8888', 'public'],
    ['2a00:1450::1', 'public'],
    ['10.255.0.1', 'private'],
    ['172.16.0.0', 'private'],
    ['100.64.0.1', 'private'],
    ['fd12::1', 'private'],
    ['127.255.255.255', 'loopback'],
    ['::1', 'loopback'],
    ['169.254.169.254', 'link-local'],
    ['fe80::1', 'link-local'],
    ['239.1.1.1', 'multicast'],
    ['ff0e::1', 'multicast'],
    ['::ffff:8.8.8.8', 'wrapped'],
    ['64:ff9b::808:808', 'wrapped'],
    ['2002:808:808::', 'wrapped'],
    ['2001:0:1::', 'wrapped'],
    ['::', 'reserved'],
    ['::8.8.8.8', 'reserved'],
    ['2001:db8::1', 'reserved'],
    ['4000::1', 'reserved'],
    ['fe80::1%eth0', 'reserved'],
    ['192.0.2.1', 'reserved'],
    ['0.0.0.0', 'reserved'],
    ['localhost', 'reserved'],
  ])('%s is %s', (address, kind) => expect(addressKind(address)).toBe(kind));

  test('a named network holds its addresses, and no wrapped ones', () => {
    const networks = new Networks(['10.1.0.0/16', '192.168.7.7', 'fd00::/8']);
    expect(['10.1.2.3', '192.168.7.7', 'fd12::1'].map((ip) => networks.has(ip))).toEqual([true, true, true]);
    for (const ip of ['10.2.0.1', '192.168.7.8', '::ffff:10.1.2.3', 'x', 'fd12::1%eth0'])
      expect(networks.has(ip)).toBe(false);
  });
});

describe('lists of hosts', () => {
  test.each([
    ['crm.example', 'http://crm.example/', true],
    ['crm.example', 'https://CRM.example/x', true],
    ['crm.example', 'https://crm.example:8444/', false],
    ['crm.example:8444', 'https://crm.example:8444/', true],
    ['crm.example:443', 'https://crm.example/', true],
    ['crm.example:443', 'http://crm.example/', false],
    ['crm.example:*', 'http://crm.example:1/', true],
    ['crm.example', 'http://a.crm.example/', false],
    ['*.example', 'http://a.b.example/', true],
    ['*.example', 'http://example/', false],
    ['*.example', 'http://badexample/', false],
    ['*.1', 'http://127.0.0.1/', false],
    ['*', 'http://anything.example/', true],
    ['*', 'http://anything.example:81/', false],
    ['[2a00::1]', 'http://[2a00::1]/', true],
    ['10.1.2.3:*', 'http://10.1.2.3:99/', true],
  ])('%s and %s: %s', (rule, url, fits) => expect(new HostList([rule]).has(new URL(url))).toBe(fits));

  test.each([
    '',
    'a b',
    'http://a',
    'a/b',
    'a:0',
    'a:65536',
    'a:b',
    '*a',
    'a.*',
    'a..b',
    '.a',
    'a.',
    '-a',
    '[::1',
    '[x]',
    'a@b',
    'ä',
  ])('%j is no entry', (text) => expect(readHostRule(text)).toBeUndefined());
});

describe('where a URL leads', () => {
  const names = { hosts: () => new Set(['fin1.example']), ports: () => new Set([25082]) };
  const shown = (target: Target) => `${target.kind} ${targetText(target)}`;
  const read = (url: string) => shown(readTarget(url, names, 'seen.example'));

  test.each([
    ['/finesse/api/User/1?a=b#c', 'own /finesse/api/User/1?a=b'],
    ['http://localhost/finesse/api/x', 'own /finesse/api/x'],
    ['https://LOCALHOST:8445/a b', 'own /a%20b'],
    ['http://[::1]:25082/x', 'own /x'],
    ['http://seen.example:8082/x', 'own /x'],
    ['http://fin1.example:25082/a/../b', 'own /b'],
    ['http://fin1.example:5222/x', 'foreign http://fin1.example:5222/x'],
    ['http://fin2.example:8082/x', 'foreign http://fin2.example:8082/x'],
    ['https://crm.example/a?b=ä#c', 'foreign https://crm.example/a?b=%C3%A4'],
    ['http://crm.example:80/', 'foreign http://crm.example/'],
  ])('%s: %s', (url, expected) => expect(read(url)).toBe(expected));

  test.each([
    ['https://desk.example:4443/g.xml', 'desk.example:4443', 'own'],
    ['https://desk.example:4443/g.xml', 'desk.example', 'foreign'],
    ['https://desk.example:4444/g.xml', 'desk.example:4443', 'foreign'],
    ['http://localhost:4443/finesse/api/User/1', 'desk.example:4443', 'own'],
    ['https://crm.example:4443/g.xml', 'desk.example:4443', 'foreign'],
    ['https://[2001:db8::1]:4443/g.xml', '[2001:db8::1]:4443', 'own'],
  ])('%s, asked for at %s, is %s: one name may stand before the nodes, at any port', (url, host, kind) => {
    expect(readTarget(url, names, host).kind).toBe(kind);
  });

  test('references are read where they stand', () => {
    const own = readTarget('/3rdpartygadget/files/a/b.xml?x=1', names);
    const foreign = readTarget('https://crm.example/g/g.xml', names);
    const resolved = (reference: string, base: Target) => shown(resolveTarget(reference, base, names));
    expect(resolved(' c.html?y ', own)).toBe('own /3rdpartygadget/files/a/c.html?y');
    expect(resolved('../../../../x', own)).toBe('own /x');
    expect(resolved('https://crm.example/x', own)).toBe('foreign https://crm.example/x');
    expect(resolved('//crm.example/x', own)).toBe('foreign https://crm.example/x');
    expect(resolved('/x', foreign)).toBe('foreign https://crm.example/x');
    expect(() => resolved('..\\x', own)).toThrow();
    expect(() => resolved('file:///etc/passwd', foreign)).toThrow();
  });

  test('logs show no secrets', () => {
    expect(shownUrl('http://a:b@crm.example/x?token=1')).toBe('http://***@crm.example/x');
    expect(shownUrl('//a:b@crm.example/x#y')).toBe('//***@crm.example/x');
  });

  test('paths of this server that are for gadgets', () => {
    for (const path of [
      '/finesse/api/User/a%40b',
      '/desktop/',
      '/desktop/assets/js/x.js',
      '/3rdpartygadget/files/a/b.xml',
    ])
      expect(isForGadgets(path)).toBe(true);
    for (const path of [
      '/',
      '/finesse',
      '/poise/api/health',
      '/desktop/sso',
      '/desktop/sso/login',
      '/desktopx',
      '/http-bind/',
      '/finesse/api/%2e%2e/x',
      '/finesse/api//x',
    ])
      expect(isForGadgets(path)).toBe(false);
  });
});

describe('security tokens', () => {
  test('are worth something to one gadget, for half a day, and are renewed in use', async () => {
    const clock = new VirtualClock();
    const tokens = new SecurityTokens(clock, async () => Buffer.from('key'));
    const token = await tokens.make('3001', '/a.xml');
    const known = await tokens.read(token);
    expect(known).toEqual({ loginId: '3001', gadgetUrl: '/a.xml', expiresAt: clock.now() + TOKEN_LIFE_MS });
    expect(await tokens.renewed(known!)).toBeUndefined();

    clock.advance(TOKEN_LIFE_MS / 2);
    const second = (await tokens.renewed(known!)) as string;
    clock.advance(TOKEN_LIFE_MS / 2);
    expect(await tokens.read(token)).toBeUndefined();
    expect(await tokens.read(second)).toMatchObject({ loginId: '3001', gadgetUrl: '/a.xml' });
  });

  test('of others are worth nothing', async () => {
    const clock = new VirtualClock();
    const tokens = new SecurityTokens(clock, async () => Buffer.from('key'));
    const foreign = await new SecurityTokens(clock, async () => Buffer.from('other')).make('3001', '/a.xml');
    const [text, signature] = (await tokens.make('3001', '/a.xml')).split('.');
    const other = Buffer.from(JSON.stringify(['1', '/b.xml', 1e15])).toString('base64url');
    for (const token of [
      '',
      '.',
      'a.b',
      foreign,
      `${text}.`,
      `${text}.${signature}.x`,
      `${other}.${signature}`,
      'x'.repeat(20_000),
    ])
      expect(await tokens.read(token)).toBeUndefined();
  });
});

describe('the log of troubles', () => {
  test('has the same thing once a minute, and not more than so much', () => {
    const clock = new VirtualClock();
    const happenings = new Happenings(() => clock.now());
    const lines: string[] = [];
    happenings.observe((happening) => {
      if (happening.kind === 'operator') lines.push(String(happening.detail?.gadget));
    });
    const log = new TroubleLog(clock, happenings);
    const trouble = new GadgetError(404, phrase('gadget.busy'));
    for (let times = 0; times < 3; times++) expect(log.told(trouble, '/a.xml?secret')).toBe(trouble);
    expect(lines).toEqual(['/a.xml']);
    clock.advance(REPEAT_MS);
    log.told(trouble, '/a.xml');
    expect(lines).toEqual(['/a.xml', '/a.xml']);
    for (let n = 0; n < 2 * LINES_MAX; n++) log.told(trouble, `/${n}.xml`);
    expect(lines).toHaveLength(LINES_MAX + 1);
    clock.advance(REPEAT_MS);
    log.told(trouble, '/new.xml');
    expect(lines.at(-1)).toBe('/new.xml');
  });

  test('an error that nobody foresaw is told the browser in general words only', () => {
    const clock = new VirtualClock();
    const told = new TroubleLog(clock, new Happenings(() => 0)).told(new TypeError('inner'), '');
    expect([told.status, told.said.id]).toEqual([500, 'gadget.internal']);
    expect(told.reason).toContain('inner');
  });
});

describe('this server over TLS', () => {
  const pem = (name: string) => readFileSync(join(import.meta.dirname, '../http/fixtures', name), 'utf8');
  let server: Server | undefined;
  let own: OwnServer | undefined;
  afterEach(() => {
    own?.close();
    server?.close();
  });

  test('is asked only where it presents the certificate that is in use', async () => {
    let asked = 0;
    const listener = createServer({ cert: pem('first.cert.pem'), key: pem('first.key.pem') }, (_req, res) => {
      asked++;
      res.end('own');
    });
    server = listener;
    await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done));
    let certificate = pem('first.cert.pem');
    own = new OwnServer({
      clock: systemClock(),
      listener: () => ({
        protocol: 'https:',
        host: '127.0.0.1',
        port: (listener.address() as AddressInfo).port,
      }),
      certificate: () => certificate,
      limits: OWN_LIMITS,
    });
    const target = { kind: 'own', path: '/finesse/api/SystemInfo', search: '' } as const;
    expect(String((await own.fetch(target, 'localhost', { method: 'GET', headers: [] })).body)).toBe('own');
    own.close();
    certificate = pem('second.cert.pem');
    await expect(own.fetch(target, 'localhost', { method: 'GET', headers: [] })).rejects.toMatchObject({
      status: 502,
    });
    expect(asked).toBe(1);
  });
});
