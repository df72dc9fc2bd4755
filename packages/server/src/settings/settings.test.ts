import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bindHost, embedsCti, exposureProblem, isLoopback } from './exposure.ts';
import { SETTINGS, type SettingDefinition, type SettingKey } from './keys.ts';
import { printable, printSettings, settingsDocument } from './print.ts';
import { resolveSettings, SettingsError, settingsOf, settingValue } from './settings.ts';
import { environmentName } from './sources.ts';

const KEYS = Object.keys(SETTINGS) as SettingKey[];
const definition = (key: SettingKey): SettingDefinition<unknown> =>
  SETTINGS[key] as SettingDefinition<unknown>;

function problemOf(key: string, value: unknown, demo = false): string {
  try {
    resolveSettings([{ key, value, origin: { kind: 'command' } }], { demo });
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  throw new Error(`${key}=${String(value)} was accepted`);
}

describe('the table of settings', () => {
  test('has the fixed points that other programs rely on', () => {
    const { host, domain, ports, presence, node, deployment, compatibility, cti, demo } = settingsOf();
    expect({ host, domain, node, deployment, compatibility, demo }).toEqual({
      host: '127.0.0.1',
      domain: 'localhost',
      node: { name: 'node1', primary: 'localhost', secondary: '', others: [], secret: '' },
      deployment: 'CCE',
      compatibility: '11.6',
      demo: { agents: 0 },
    });
    expect(ports).toEqual({
      offset: 0,
      http: 8082,
      https: 8445,
      bosh: 7071,
      boshTls: 7443,
      httpRedirect: null,
      xmpp: 5222,
      xmppTls: 5223,
      ctiA: 42027,
      ctiB: 43027,
      ssh: null,
      metrics: 9464,
    });
    expect(presence).toMatchObject({ idle: 60_000, sweep: 30_000, grace: 60_000, onDisconnect: 'notReady' });
    expect(cti).toMatchObject({ a: { host: '127.0.0.1', port: 42027 }, b: null, version: 24 });
  });

  test.each(KEYS)('the default of %s survives being printed and read again', (key) => {
    const value = settingValue(settingsOf(), key);
    const { parser } = definition(key);
    expect(parser.parse(String(parser.print(value)))).toEqual(value);
  });

  test('gives each key an environment variable of its own', () => {
    expect(new Set(KEYS.map(environmentName)).size).toBe(KEYS.length);
  });

  test('has no key that is also the beginning of another', () => {
    for (const key of KEYS) expect(KEYS.filter((other) => other.startsWith(`${key}.`))).toEqual([]);
  });

  test('is what docs/settings.md says', () => {
    const path = new URL('../../../../docs/settings.md', import.meta.url);
    expect(readFileSync(path, 'utf8')).toBe(settingsDocument());
  });

  const SECRETS: Partial<Record<string, string>> = {
    'store.url': 'postgres://poise:Tr0ub4dor@db.example/poise',
    'otlp.headers': 'api-key=Tr0ub4dor',
  };
  test.each(KEYS.filter((key) => definition(key).secret))('never prints the secret %s', (key) => {
    const value = SECRETS[key] ?? 'Tr0ub4dor';
    const loaded = resolveSettings([{ key, value, origin: { kind: 'command' } }]);
    expect(printSettings(loaded)).not.toContain('Tr0ub4dor');
    expect(printable(loaded.settings).get(key)).toBe('***');
    expect(problemOf(key, 'Tr0ub4dor\u0000')).not.toContain('Tr0ub4dor');
  });
});

describe('SCRAM', () => {
  test.each([
    [false, [], false],
    ['true', ['xmpp', 'xmppTls', 'https', 'boshTls'], true],
    ['boshTls, xmpp', ['xmpp', 'boshTls'], 'xmpp,boshTls'],
    [['https', 'https'], ['https'], 'https'],
    ['', [], false],
  ])('set to %j is offered by %j', (value, listeners, printed) => {
    const settings = settingsOf({ 'notification.scram': value });
    expect(settings.notification.scram).toEqual(listeners);
    expect(printable(settings).get('notification.scram')).toBe(printed);
  });

  test('is not offered by a listener without TLS', () => {
    expect(problemOf('notification.scram', 'bosh')).toContain(
      'true, false, or some of xmpp, xmppTls, https, boshTls, separated by commas',
    );
  });
});

describe('trusted proxies', () => {
  test('are addresses and networks', () => {
    const value = '127.0.0.1, 10.0.0.0/8,2001:db8::/32';
    expect(settingsOf({ 'http.trustedProxies': value }).http.trustedProxies).toEqual([
      '127.0.0.1',
      '10.0.0.0/8',
      '2001:db8::/32',
    ]);
  });

  test.each(['proxy.example', '10.0.0.0/33', '10.0.0.0/', '::/129', '10.0.0.0/8/8', '10.0.0'])(
    'are not %s',
    (value) => {
      expect(problemOf('http.trustedProxies', value)).toContain('IP addresses or networks');
    },
  );
});

describe('a refusal', () => {
  test('names an unknown key, where it stood, and what was probably meant', () => {
    expect(problemOf('presence.idel', '1s')).toBe(
      'Unknown setting presence.idel (from the command line). Did you mean presence.idle?',
    );
    expect(problemOf('onDisconnect', 'logout')).toContain('Did you mean presence.onDisconnect?');
    expect(problemOf('completely-different-thing', '1')).toBe(
      'Unknown setting completely-different-thing (from the command line).',
    );
  });

  test('names the key, the bad value and what is allowed', () => {
    expect(problemOf('deployment', 'UCCE')).toBe(
      'The setting deployment cannot be "UCCE" (from the command line). Allowed: one of CCE, CCX.',
    );
    expect(problemOf('presence.idle', '60')).toContain(
      'Allowed: a duration such as 500ms, 60s, 5m or 2h, from 1s to 1h.',
    );
    expect(problemOf('cti.version', 26)).toContain('Allowed: a whole number from 14 to 25.');
  });

  test('tells all problems at once', () => {
    const raw = ['a.b', 'deployment', 'cti.version'].map((key) => ({
      key,
      value: 'x',
      origin: { kind: 'command' } as const,
    }));
    expect(() => resolveSettings(raw)).toThrow(
      expect.objectContaining({ problems: expect.objectContaining({ length: 3 }) }),
    );
  });

  test.each<[SettingKey, unknown]>([
    ['host', 'a b'],
    ['host', ''],
    ['host', '-x'],
    ['ports.http', 65536],
    ['ports.http', -1],
    ['ports.http', '80a'],
    ['ports.http', 1.5],
    ['cti.a', 'somewhere'],
    ['cti.a', 'host:99999'],
    ['cti.a', 'ho st:1'],
    ['presence.grace', '-1s'],
    ['presence.grace', '2d'],
    ['presence.grace', '99999999h'],
    ['notification.stanzaMax', '64KB'],
    ['notification.log.debug', 'yes'],
    ['http.corsOrigins', 'https://crm.example.com/path'],
    ['http.corsOrigins', 'javascript:alert(1)'],
    ['https.hosts', ['ok.example', 'not ok']],
    ['node.name', 'a\nb'],
    ['node.name', { a: 1 }],
    ['data', 'a\0b'],
    ['compatibility', 12],
  ])('is what %s = %j gets', (key, value) => {
    expect(problemOf(key, value)).toContain(`The setting ${key} cannot be`);
  });

  test('never prints more than a line of a huge value', () => {
    expect(problemOf('deployment', 'x'.repeat(100_000)).length).toBeLessThan(250);
  });

  test('is all that arbitrary values can cause', () => {
    fc.assert(
      fc.property(fc.constantFrom(...KEYS), fc.anything(), (key, value) => {
        try {
          resolveSettings([{ key, value, origin: { kind: 'command' } }]);
        } catch (error) {
          expect(error).toBeInstanceOf(SettingsError);
        }
      }),
    );
  });
});

describe('values', () => {
  test('a YAML number works where a release is meant', () => {
    expect(settingsOf({ compatibility: 9.1 }).compatibility).toBe('9.1');
  });

  test('ports.offset moves every port, but neither 0 nor off', () => {
    const { ports, cti } = settingsOf({ 'ports.offset': 1000, 'ports.https': 0, 'ports.metrics': 'off' });
    expect(ports).toMatchObject({ http: 9082, xmpp: 6222, https: 0, metrics: null });
    expect(cti.a).toEqual({ host: '127.0.0.1', port: 43027 });
    expect(problemOf('ports.offset', 60_000)).toContain('The port ports.http is 68082 with ports.offset');
  });

  test('an address of a CTI server that was set is not moved', () => {
    expect(
      settingsOf({ 'ports.offset': 1, 'cti.a': '[::1]:5000', 'cti.b': 'b.example:43027' }).cti,
    ).toMatchObject({
      a: { host: '::1', port: 5000 },
      b: { host: 'b.example', port: 43027 },
    });
  });

  test('defaults follow the deployment and the demo mode', () => {
    expect(settingsOf({ deployment: 'CCX' }).presence.onDisconnect).toBe('logout');
    expect(settingsOf({ deployment: 'CCX', 'presence.onDisconnect': 'notReady' }).presence.onDisconnect).toBe(
      'notReady',
    );
    expect(settingsOf().notification.log.debug).toBe(false);
    expect(settingsOf({}, { demo: true }).notification.log.debug).toBe(true);
  });

  test('the settings cannot be changed afterwards', () => {
    const settings = settingsOf();
    expect(() => ((settings.presence as { idle: number }).idle = 1)).toThrow(TypeError);
  });

  test('a certificate needs its key', () => {
    expect(problemOf('https.certificate', 'a.pem')).toBe('Set https.certificate and https.key together.');
  });
});

describe('exposure', () => {
  test.each(['127.0.0.1', '127.9.8.7', '::1', 'localhost', 'LOCALHOST.', 'a.localhost'])(
    '%s is loopback',
    (host) => {
      expect(isLoopback(host)).toBe(true);
    },
  );

  test.each(['0.0.0.0', '::', '192.168.1.1', 'example.com', '128.0.0.1', 'localhost.example.com'])(
    '%s is not',
    (host) => {
      expect(isLoopback(host)).toBe(false);
      expect(problemOf('host', host, true)).toContain('The demonstration passwords are public');
    },
  );

  test('others are served only over TLS and with an administrator password set by hand', () => {
    const open = settingsOf({ host: '0.0.0.0' });
    expect(exposureProblem(open, true)).toBeNull();
    expect(exposureProblem(open, false)?.id).toBe('settings.exposedPassword');
    expect(exposureProblem(settingsOf({ host: '0.0.0.0', 'ports.https': 'off' }), true)?.id).toBe(
      'settings.exposedTls',
    );
    expect(exposureProblem(settingsOf(), false)).toBeNull();
  });

  test('clear ports stay on loopback unless an administrator allows more', () => {
    expect(bindHost(settingsOf({ host: '0.0.0.0' }), 'clear')).toBe('127.0.0.1');
    expect(bindHost(settingsOf({ host: '0.0.0.0' }), 'tls')).toBe('0.0.0.0');
    expect(bindHost(settingsOf({ host: '0.0.0.0', 'http.allowInsecure': true }), 'clear')).toBe('0.0.0.0');
    expect(bindHost(settingsOf({ host: '127.0.0.2' }), 'clear')).toBe('127.0.0.2');
  });

  test('the embedded CTI server runs when side A is this machine', () => {
    expect(embedsCti(settingsOf())).toBe(true);
    expect(embedsCti(settingsOf({ 'cti.a': 'cti.example.com:42027' }))).toBe(false);
    expect(embedsCti(settingsOf({ 'cti.a': 'cti.example.com:42027', 'cti.embedded': 'true' }))).toBe(true);
    expect(embedsCti(settingsOf({ 'cti.embedded': 'false' }))).toBe(false);
    // As a settings file has it.
    expect(embedsCti(settingsOf({ 'cti.embedded': false }))).toBe(false);
  });
});

describe('the settings of a cluster', () => {
  const problemsOf = (overrides: Parameters<typeof settingsOf>[0]): readonly string[] => {
    try {
      settingsOf(overrides);
      return [];
    } catch (error) {
      return error instanceof SettingsError ? error.problems.map(({ id }) => id) : [String(error)];
    }
  };
  const local = { 'cluster.nats': 'nats://127.0.0.1:4222', 'node.secret': 's' };
  const remote = { ...local, 'cluster.nats': 'tls://nats1.example.com:4222,tls://[::1]:4223' };

  test('name servers of NATS, all with TLS or none', () => {
    expect(settingsOf({ ...remote, 'cluster.token': 't' }).cluster.nats).toEqual([
      'tls://nats1.example.com:4222',
      'tls://[::1]:4223',
    ]);
    for (const wrong of [
      'http://127.0.0.1:4222',
      '127.0.0.1:4222',
      'nats://user:secret@127.0.0.1:4222',
      'nats://127.0.0.1:4222/path',
      'nats://127.0.0.1:4222,tls://127.0.0.1:4222',
      'nats://bad host:4222',
    ])
      expect([wrong, problemOf('cluster.nats', wrong)]).toEqual([wrong, expect.stringContaining('Allowed:')]);
  });

  test('are without effect where no server is named', () => {
    expect(problemsOf({ 'cluster.user': 'poise' })).toEqual([]);
    expect(settingsOf().cluster).toMatchObject({ nats: [], name: 'poise', replicas: '1' });
  });

  test('need the secret of the nodes', () => {
    expect(problemsOf(local)).toEqual([]);
    expect(problemsOf({ ...local, 'node.secret': '' })).toEqual(['settings.clusterSecret']);
  });

  test('need TLS and credentials for what is not on this machine', () => {
    expect(problemsOf(remote)).toEqual(['settings.clusterExposed']);
    expect(problemsOf({ ...remote, 'cluster.nats': 'nats://10.0.0.1:4222', 'cluster.token': 't' })).toEqual([
      'settings.clusterExposed',
    ]);
    expect(problemsOf({ ...remote, 'cluster.token': 't' })).toEqual([]);
    expect(problemsOf({ ...remote, 'cluster.user': 'u', 'cluster.password': 'p' })).toEqual([]);
    expect(problemsOf({ ...remote, 'cluster.credentials': '/etc/poise/nats.creds' })).toEqual([]);
  });

  test('take one kind of credentials, and that whole', () => {
    const both = { ...local, 'cluster.token': 't', 'cluster.credentials': 'nats.creds' };
    expect(problemsOf(both)).toEqual(['settings.clusterCredentials']);
    expect(problemsOf({ ...local, 'cluster.user': 'u' })).toEqual(['settings.clusterCredentials']);
    expect(problemsOf({ ...local, 'cluster.password': 'p' })).toEqual(['settings.clusterCredentials']);
  });
});
