import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { VirtualClock } from '@poise/clock';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Phrase } from '../messages/catalogue.ts';
import * as der from './der.ts';
import { factsOf, INSTALLED_FILES, type InstallProblem } from './installed.ts';
import { addressBytes, issueAuthority } from './issue.ts';
import { CertificateKeeper, hostsOf } from './keeper.ts';
import { loadCertificate, validityProblem } from './load.ts';
import { ensureOwnCertificate, OWN_FILES, readAuthority } from './own.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 20);
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'poise-certs-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const ensure = (hosts: readonly string[] = ['cc.example.com'], nowMs = NOW) =>
  ensureOwnCertificate({ directory, hosts, nowMs });

describe('DER', () => {
  test.each<[string, Uint8Array, string]>([
    ['a short length', der.octetString(Buffer.alloc(2)), '04020000'],
    ['a length of 127', der.octetString(Buffer.alloc(127)).subarray(0, 2), '047f'],
    ['a length of 128', der.octetString(Buffer.alloc(128)).subarray(0, 3), '048180'],
    ['a length of 256', der.octetString(Buffer.alloc(256)).subarray(0, 4), '04820100'],
    ['zero', der.integer(Uint8Array.of(0)), '020100'],
    ['a number whose first bit is set', der.integer(Uint8Array.of(0x80)), '02020080'],
    ['a number with leading zeros', der.integer(Uint8Array.of(0, 0, 1)), '020101'],
    ['an object identifier', der.oid('1.2.840.10045.4.3.2'), '06082a8648ce3d040302'],
    [
      'a time before 2050',
      der.time(Date.UTC(2049, 11, 31, 23, 59, 59)),
      `170d${hex(Buffer.from('491231235959Z'))}`,
    ],
    ['a time from 2050 on', der.time(Date.UTC(2050, 0, 1)), `180f${hex(Buffer.from('20500101000000Z'))}`],
  ])('writes %s', (_name, bytes, expected) => {
    expect(hex(bytes)).toBe(expected);
  });

  test.each([
    ['127.0.0.1', '7f000001'],
    ['::1', '00000000000000000000000000000001'],
    ['::', '00000000000000000000000000000000'],
    ['2001:db8::ff00:42:8329', '20010db8000000000000ff0000428329'],
    ['::ffff:192.0.2.1', '00000000000000000000ffffc0000201'],
    ['fe80::1%eth0', 'fe800000000000000000000000000001'],
  ])('knows the bytes of the address %s', (address, expected) => {
    expect(hex(addressBytes(address))).toBe(expected);
  });
});

describe('the own certificate', () => {
  test('covers the configured hosts and this machine, with an elliptic curve key', () => {
    const parsed = new X509Certificate(
      ensure(['cc.example.com', '192.0.2.7', '2001:db8::1', '0.0.0.0', 'CC.Example.com.']).certificate,
    );
    expect(parsed.subjectAltName?.split(', ')).toEqual([
      'DNS:cc.example.com',
      'IP Address:192.0.2.7',
      'IP Address:2001:DB8:0:0:0:0:0:1',
      'DNS:localhost',
      'IP Address:127.0.0.1',
      'IP Address:0:0:0:0:0:0:0:1',
      'IP Address:127.0.0.2',
    ]);
    expect(parsed.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
    expect(parsed.ca).toBe(false);
    expect(parsed.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  });

  test('is signed by an authority that may sign', () => {
    const own = ensure();
    const leaf = new X509Certificate(own.certificate);
    const authority = new X509Certificate(own.authority!);
    expect(authority.ca).toBe(true);
    expect(leaf.checkIssued(authority)).toBe(true);
    expect(leaf.verify(authority.publicKey)).toBe(true);
    expect(authority.verify(authority.publicKey)).toBe(true);
    expect(leaf.checkPrivateKey(createPrivateKey(own.key))).toBe(true);
    expect(readAuthority(directory)).toBe(own.authority);
    expect(own.certificate.endsWith(own.authority!)).toBe(true);
  });

  test('lasts no longer than browsers accept', () => {
    const { validFromMs, validUntilMs } = ensure();
    expect(validFromMs).toBe(NOW - DAY);
    expect(validUntilMs - validFromMs).toBe(398 * DAY);
  });

  test('keeps its keys for the owner alone', ({ skip }) => {
    if (process.platform === 'win32') return skip('Windows has no such modes');
    ensure();
    for (const name of [OWN_FILES.key, OWN_FILES.authorityKey]) {
      expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
    }
    expect(readdirSync(directory).sort()).toEqual(Object.values(OWN_FILES).sort());
  });

  test('is the same at the next start', () => {
    const first = ensure();
    expect(ensure(undefined, NOW + 300 * DAY)).toEqual(first);
  });

  test('is renewed in its last 30 days by the same authority', () => {
    const first = ensure();
    const renewed = ensure(undefined, NOW + 368 * DAY);
    expect(renewed.certificate).not.toBe(first.certificate);
    expect(renewed.authority).toBe(first.authority);
    expect(renewed.validUntilMs).toBe(NOW + (368 + 397) * DAY);
  });

  test('gets a new authority before the old one would end', () => {
    const first = ensure();
    const later = ensure(undefined, NOW + 3300 * DAY);
    expect(later.authority).not.toBe(first.authority);
    expect(
      new X509Certificate(later.certificate).verify(new X509Certificate(later.authority!).publicKey),
    ).toBe(true);
  });

  test('is made anew for another host, and kept for fewer', () => {
    const first = ensure(['a.example', 'b.example']);
    expect(ensure(['a.example']).certificate).toBe(first.certificate);
    const second = ensure(['c.example']);
    expect(second.certificate).not.toBe(first.certificate);
    expect(second.authority).toBe(first.authority);
  });

  test.each(Object.values(OWN_FILES))('is mended when %s is broken', (name) => {
    ensure();
    writeFileSync(join(directory, name), 'garbage');
    const mended = ensure();
    expect(
      new X509Certificate(mended.certificate).verify(new X509Certificate(mended.authority!).publicKey),
    ).toBe(true);
    expect(ensure()).toEqual(mended);
  });

  test('serves a TLS client that trusts the authority', async () => {
    const own = ensureOwnCertificate({ directory, hosts: [], nowMs: Date.now() });
    const server = createServer({ cert: own.certificate, key: own.key }, (socket) => socket.end('hello'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const said = await new Promise<string>((resolve, reject) => {
      const client = connect({ port, host: '127.0.0.1', ca: own.authority!, servername: 'localhost' });
      client.on('error', reject).on('data', (chunk) => resolve(chunk.toString()));
    });
    expect(said).toBe('hello');
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('a configured certificate', () => {
  const put = (name: string, text: string): string => {
    const path = join(directory, name);
    writeFileSync(path, text);
    return path;
  };
  const validity = { fromMs: NOW, untilMs: NOW + DAY };

  test('is used as it is', () => {
    const made = issueAuthority('x', validity);
    const loaded = loadCertificate({
      certificate: put('c.pem', made.certificate),
      key: put('k.pem', made.key),
    });
    expect(loaded).toEqual({ ...made, authority: null, validFromMs: NOW, validUntilMs: NOW + DAY });
  });

  test('with anything wrong is refused in one plain sentence', () => {
    const made = issueAuthority('x', validity);
    const other = issueAuthority('x', validity);
    const certificate = put('c.pem', made.certificate);
    const key = put('k.pem', made.key);
    const none = join(directory, 'none.pem');
    expect(() => loadCertificate({ certificate: none, key })).toThrow(
      `Cannot read the certificate file ${none}: ENOENT.`,
    );
    const garbage = put('g.pem', 'x');
    expect(() => loadCertificate({ certificate: garbage, key })).toThrow(
      `The file ${garbage} is not a PEM certificate.`,
    );
    expect(() => loadCertificate({ certificate, key: certificate })).toThrow(
      `The file ${certificate} is not a PEM private key without a passphrase.`,
    );
    const foreign = put('o.pem', other.key);
    expect(() => loadCertificate({ certificate, key: foreign })).toThrow(
      `The key ${foreign} does not belong to the certificate ${certificate}.`,
    );
  });

  test('outside its dates is reported', () => {
    const made = issueAuthority('x', validity);
    const loaded = loadCertificate({
      certificate: put('c.pem', made.certificate),
      key: put('k.pem', made.key),
    });
    expect(validityProblem(loaded, 'c.pem', NOW + 1)).toBeNull();
    expect(validityProblem(loaded, 'c.pem', NOW + 2 * DAY)?.id).toBe('certificate.expired');
    expect(validityProblem(loaded, 'c.pem', NOW - 1)?.id).toBe('certificate.notYet');
  });
});

describe('while the server runs', () => {
  test('the own certificate is renewed in time and listeners are told', () => {
    const clock = new VirtualClock(NOW);
    const keeper = new CertificateKeeper({ clock, data: directory, certificate: '', key: '', hosts: [] });
    const seen: string[] = [];
    keeper.onChange((certificate) => seen.push(certificate.certificate));
    const first = keeper.current.certificate;
    clock.advance(366 * DAY);
    expect(seen).toEqual([]);
    clock.advance(2 * DAY);
    expect(seen).toEqual([keeper.current.certificate]);
    expect(keeper.current.certificate).not.toBe(first);
    keeper.close();
    expect(clock.pending).toBe(0);
  });

  test('a replaced file is taken over, a broken one is reported and the old one kept', () => {
    const clock = new VirtualClock(NOW);
    const files = { certificate: join(directory, 'c.pem'), key: join(directory, 'k.pem') };
    const put = (): void => {
      const made = issueAuthority('x', { fromMs: NOW, untilMs: NOW + 90 * DAY });
      writeFileSync(files.certificate, made.certificate);
      writeFileSync(files.key, made.key);
    };
    put();
    const problems: Phrase[] = [];
    const keeper = new CertificateKeeper({
      clock,
      data: directory,
      ...files,
      hosts: [],
      onProblem: (p) => problems.push(p),
    });
    const first = keeper.current;
    put();
    clock.advance(3_600_000);
    const second = keeper.current;
    expect(second).not.toEqual(first);
    writeFileSync(files.key, 'x');
    clock.advance(3_600_000);
    expect(keeper.current).toBe(second);
    expect(problems.map(({ id }) => id)).toEqual(['certificate.notAKey']);
    keeper.close();
  });

  test('the hosts come from the settings', () => {
    const settings = {
      host: '0.0.0.0',
      domain: 'd.example',
      node: { primary: 'p.example', secondary: '' },
      https: { hosts: ['x.example'] },
    };
    expect(hostsOf(settings)).toEqual(expect.arrayContaining(['d.example', 'p.example', 'x.example']));
  });

  describe('an installed certificate', () => {
    const issued = (name: string, untilMs = NOW + 90 * DAY) => issueAuthority(name, { fromMs: NOW, untilMs });
    const keeperNow = (
      clock = new VirtualClock(NOW),
      problems: Phrase[] = [],
      configured = { certificate: '', key: '' },
    ) =>
      new CertificateKeeper({
        clock,
        data: directory,
        ...configured,
        hosts: [],
        onProblem: (p) => problems.push(p),
      });

    test('is served at once and after a restart, until it is taken away', () => {
      const keeper = keeperNow();
      const own = keeper.current.certificate;
      const seen: string[] = [];
      keeper.onChange(({ certificate }) => seen.push(certificate));
      const made = issued('desk.example');
      keeper.install(made.certificate, made.key);
      expect([keeper.source, keeper.current.certificate, seen]).toEqual([
        'installed',
        made.certificate,
        [made.certificate],
      ]);
      expect(statSync(join(directory, 'certs', INSTALLED_FILES.key)).mode & 0o777).toBe(0o600);
      const again = keeperNow();
      expect([again.source, again.current.key]).toEqual(['installed', made.key]);
      keeper.uninstall();
      expect([keeper.source, keeper.current.certificate]).toEqual(['own', own]);
      expect(keeperNow().source).toBe('own');
    });

    test('gives way to the one that the settings name, and to our own where it was broken on the disk', () => {
      const made = issued('desk.example');
      const [certificate, key] = [join(directory, 'c.pem'), join(directory, 'k.pem')];
      writeFileSync(certificate, made.certificate);
      writeFileSync(key, made.key);
      const other = issued('other.example');
      keeperNow().install(other.certificate, other.key);
      expect(keeperNow(undefined, [], { certificate, key }).source).toBe('configured');
      writeFileSync(join(directory, 'certs', INSTALLED_FILES.key), 'no key');
      const problems: Phrase[] = [];
      expect(keeperNow(new VirtualClock(NOW), problems).source).toBe('own');
      expect(problems.map(({ id }) => id)).toEqual(['certificate.notAKey']);
    });

    test.each<[InstallProblem, (made: { certificate: string; key: string }) => [string, string]]>([
      ['NOT_A_CERTIFICATE', ({ key }) => ['', key]],
      [
        'NOT_A_CERTIFICATE',
        ({ key }) => ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', key],
      ],
      ['NOT_A_CERTIFICATE', ({ certificate, key }) => [certificate.repeat(11), key]],
      ['NOT_A_KEY', ({ certificate }) => [certificate, certificate]],
      ['MISMATCH', ({ certificate }) => [certificate, issued('x').key]],
      [
        'EXPIRED',
        () =>
          Object.values(issueAuthority('x', { fromMs: NOW - 2 * DAY, untilMs: NOW - DAY })) as [
            string,
            string,
          ],
      ],
      [
        'NOT_YET',
        () =>
          Object.values(issueAuthority('x', { fromMs: NOW + DAY, untilMs: NOW + 2 * DAY })) as [
            string,
            string,
          ],
      ],
      ['CHAIN', ({ certificate, key }) => [certificate + issued('x').certificate, key]],
    ])('that is none is refused as %s, and nothing is changed', (code, given) => {
      const keeper = keeperNow();
      const before = keeper.current;
      const [certificate, key] = given(issued('desk.example'));
      expect(() => keeper.install(certificate, key)).toThrow(expect.objectContaining({ code }));
      expect(keeper.current).toBe(before);
      expect(keeperNow().source).toBe('own');
    });

    test('is told with its names, dates and fingerprint, and so are those that follow it', () => {
      const chain = factsOf(ensure(['cc.example.com']));
      expect(chain).toHaveLength(2);
      expect(chain[0]?.names).toContain('cc.example.com');
      expect(chain[0]?.names).toContain('127.0.0.1');
      expect(chain[0]?.issuer).toContain('Poise local authority');
      expect(chain[0]?.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
      expect(Date.parse(chain[0]?.validUntil ?? '')).toBe(NOW + 397 * DAY);
    });
  });
});
