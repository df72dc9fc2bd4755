/** The command as an operator meets it: parts alone and together, and one plain sentence for what cannot be. */
import { readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Connection } from './connections/connection.ts';
import { eventually, PATIENT_MS, within } from './connections/deadline.ts';
import { Ged188Connection } from './connections/ged188.ts';
import { exchange } from './connections/http.ts';
import { tcpSession } from './connections/tcp-session.ts';
import {
  dataDirectory,
  freeOffset,
  type LaunchedPoise,
  launchPoise,
  type Ports,
  portsAt,
  rest,
  startPoise,
} from './server.ts';

// Each command is a process of its own.
vi.setConfig({ testTimeout: 240_000 });

const directories: string[] = [];
const launched: LaunchedPoise[] = [];
function newData(): string {
  const data = dataDirectory();
  directories.push(data);
  return data;
}
function launch(...args: string[]): LaunchedPoise {
  const poise = launchPoise(args);
  launched.push(poise);
  return poise;
}
afterAll(async () => {
  for (const { child } of launched)
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  await Promise.all(launched.map((poise) => poise.ended()));
  for (const data of directories) rmSync(data, { recursive: true, force: true });
});

/** Which ports answer. */
async function openPorts(ports: Ports): Promise<string[]> {
  const names = Object.keys(ports) as (keyof Ports)[];
  const open = await Promise.all(
    names.map(async (name) => {
      try {
        (await Connection.tcp(ports[name])).destroy();
        return true;
      } catch {
        return false;
      }
    }),
  );
  return names.filter((_, i) => open[i]);
}

async function endsInOrder(poise: LaunchedPoise): Promise<void> {
  expect(await within(PATIENT_MS, 'the end after SIGTERM', poise.end('SIGTERM'))).toBe(0);
}

const page = async (port: number, path: string) => {
  const { status, headers, body } = await exchange(port, 'GET', path, []);
  return { status, location: headers.get('location'), body };
};

describe('poise start --only', () => {
  const WEB = ['http', 'https', 'metrics'];
  const BOSH = ['bosh', 'boshTls'];
  const XMPP = ['xmpp', 'xmppTls'];
  const CTI = ['ctiA', 'ctiB'];

  interface Combination {
    readonly only: string;
    readonly open: readonly string[];
    /** The URLs behind IN_SERVICE. */
    readonly urls: (ports: Ports) => string;
    check(ports: Ports): Promise<void>;
  }
  const webUrls = ({ http, https }: Ports) => ` http://localhost:${http}/ https://localhost:${https}/`;
  const notificationUrls = ({ bosh, xmpp }: Ports) =>
    ` http://localhost:${bosh}/http-bind/ xmpp://localhost:${xmpp}`;
  const ctiUrls = ({ ctiA, ctiB }: Ports) => ` ged188://127.0.0.1:${ctiA} ged188://127.0.0.1:${ctiB}`;

  const COMBINATIONS: readonly Combination[] = [
    {
      only: 'cti',
      open: CTI,
      urls: ctiUrls,
      async check({ ctiA }) {
        (await (await Ged188Connection.connect(ctiA)).open()).close();
      },
    },
    {
      only: 'desktop',
      open: WEB,
      urls: webUrls,
      async check({ http }) {
        expect(await page(http, '/')).toMatchObject({ status: 302, location: '/desktop/container/' });
        expect((await page(http, '/finesse/api/SystemInfo')).status).toBe(404);
        expect((await page(http, '/http-bind/')).status).toBe(404);
      },
    },
    {
      only: 'notification',
      open: [...WEB, ...BOSH, ...XMPP],
      urls: notificationUrls,
      async check({ http, xmpp }) {
        const session = await tcpSession(xmpp, '3001', 'alone');
        session.send('<presence/><iq type="get" id="p" to="localhost"><ping xmlns="urn:xmpp:ping"/></iq>');
        // Without webservices their presence is not there.
        expect(await session.until(/id="p"/)).not.toContain('finesse@');
        session.close();
        expect((await page(http, '/finesse/api/SystemInfo')).status).toBe(404);
      },
    },
    {
      only: 'webservices,cti',
      open: [...WEB, ...CTI],
      urls: (ports) => webUrls(ports) + ctiUrls(ports),
      async check(ports) {
        expect((await page(ports.http, '/finesse/api/SystemInfo')).body).toContain(
          '<status>IN_SERVICE</status>',
        );
        expect((await rest({ ports }, '3001', 'GET', '/User/3001')).text).toContain('<state>LOGOUT</state>');
        expect((await page(ports.http, '/http-bind/')).status).toBe(404);
      },
    },
    {
      only: 'webservices,notification,cti',
      open: [...WEB, ...BOSH, ...XMPP, ...CTI],
      urls: (ports) => webUrls(ports) + notificationUrls(ports) + ctiUrls(ports),
      async check({ xmpp, metrics }) {
        const session = await (await tcpSession(xmpp, '3001', 'together')).appear();
        const figures = (await page(metrics, '/metrics')).body;
        expect(figures).toMatch(/^poise_xmpp_sessions 1$/m);
        expect(figures).toMatch(/^poise_cti_in_service 1$/m);
        expect(figures).toMatch(/^poise_agents_signed_in 0$/m);
        expect(figures).toMatch(/^poise_journal_dropped_total 0$/m);
        expect(figures).not.toMatch(/^poise_part_ready\{.*\} 0$/m);
        session.close();
      },
    },
  ];

  test.each(COMBINATIONS)('$only', async ({ only, open, urls, check }) => {
    const offset = await freeOffset();
    const ports = portsAt(offset);
    const data = newData();
    const poise = launch(
      'start',
      '--demo',
      '--only',
      only,
      '--data',
      data,
      '--set',
      `ports.offset=${offset}`,
    );
    await poise.says(/^poise: IN_SERVICE.*\n/m);
    expect(poise.output()).toBe(`poise: IN_SERVICE${urls(ports)}\n`);
    expect((await openPorts(ports)).toSorted()).toEqual([...open].toSorted());
    await check(ports);
    await endsInOrder(poise);
    expect(await openPorts(ports)).toEqual([]);
    // The database was closed: its log is in the file.
    expect(readdirSync(data).filter((name) => name.startsWith('poise.sqlite'))).toEqual(['poise.sqlite']);
  });

  test('a server without an administrator says how to make one', async () => {
    const offset = await freeOffset();
    const poise = launch('start', '--data', newData(), '--set', `ports.offset=${offset}`);
    await poise.says(/^poise: IN_SERVICE.*\n/m);
    // By the other stream, which is read in its own time.
    await poise.says(/There is no administrator yet\..*poise user set-password NAME --administrator/);
    await endsInOrder(poise);
  });

  test('webservices without a CTI server are up, and say why they are out of service', async () => {
    const offset = await freeOffset();
    const ports = portsAt(offset);
    const data = newData();
    const poise = launch(
      ...['start', '--demo', '--only', 'webservices', '--data', data, '--set', `ports.offset=${offset}`],
    );
    const info = await eventually('SystemInfo answers', () =>
      page(ports.http, '/finesse/api/SystemInfo').catch(() => undefined),
    );
    expect(info.body).toContain('<status>OUT_OF_SERVICE</status>');
    // It tries again and again: for moments it is connecting.
    const said = await eventually(
      'the status says that the link is disconnected',
      async () => {
        const status = launch('status', '--data', data);
        expect(await status.ended()).toBe(1);
        return status.output().includes('The CTI link is disconnected') ? status.output() : undefined;
      },
      2 * PATIENT_MS,
    );
    expect(said).toMatch(/^ *cti +running: The CTI link is disconnected: .*\.$/m);
    expect(said).toMatch(/^ *webservices +running: The CTI server is not connected\.$/m);
    expect(said).toMatch(/^ *http +ready$/m);
    expect(poise.output()).not.toContain('poise: IN_SERVICE');
    await endsInOrder(poise);
  });
});

describe('what cannot be is refused with one plain sentence', () => {
  let offset: number;
  let ports: Ports;
  let data: string;
  let running: LaunchedPoise;
  const blockers: Server[] = [];

  beforeAll(async () => {
    offset = await freeOffset();
    ports = portsAt(offset);
    data = newData();
    running = launch('start', '--demo', '--data', data, '--set', `ports.offset=${offset}`);
    await running.says(/^poise: IN_SERVICE/m);
  });
  afterAll(() => {
    for (const blocker of blockers) blocker.close();
  });

  async function refused(...args: string[]): Promise<string> {
    const poise = launch(...args);
    expect(await within(PATIENT_MS, () => `the refusal: ${poise.output()}`, poise.ended())).toBe(1);
    return poise.output();
  }

  test('a second server on the same data directory; the first goes on', async () => {
    const second = await freeOffset();
    expect(await refused('start', '--demo', '--data', data, '--set', `ports.offset=${second}`)).toBe(
      `Another Poise (process ${running.child.pid}) already uses the data directory ${data}.\n`,
    );
    expect((await rest({ ports }, '3001', 'GET', '/User/3001')).status).toBe(200);
  });

  test.each(['http', 'https', 'bosh', 'boshTls', 'xmpp', 'xmppTls', 'ctiA', 'ctiB', 'metrics'] as const)(
    'a port that somebody else has: ports.%s',
    async (name) => {
      const other = await freeOffset();
      const port = portsAt(other)[name];
      const blocker = createServer();
      blockers.push(blocker);
      await new Promise<void>((done) => blocker.listen(port, '127.0.0.1', done));
      const output = await refused('start', '--demo', '--data', newData(), '--set', `ports.offset=${other}`);
      expect(output.split('\n')).toHaveLength(2);
      expect(output).toMatch(/^The part \S+ cannot start: [A-Z].*\.\n$/);
      expect(output).toContain(String(port));
      expect(output).toContain(`ports.${name}`);
      blocker.close();
    },
  );

  test.each([
    [
      ['--set', 'ports.htp=9000'],
      'Unknown setting ports.htp (from the command line). Did you mean ports.http?\n',
    ],
    [
      ['--set', 'ports.http=many'],
      'The setting ports.http cannot be "many" (from the command line). Allowed: a port number from 0 to 65535, where 0 takes any free one, or off.\n',
    ],
    [
      ['--set', 'host=0.0.0.0'],
      'The demonstration passwords are public, so demo mode serves this machine only. Leave the setting host at 127.0.0.1 instead of 0.0.0.0.\n',
    ],
  ])('%j', async (args, sentence) => {
    expect(await refused('start', '--demo', '--data', newData(), ...args)).toBe(sentence);
  });

  test('an address for everybody without a password that was set by hand', async () => {
    expect(
      await refused('start', '--data', newData(), '--set', 'host=0.0.0.0', '--set', `ports.offset=${offset}`),
    ).toBe(
      'Serving 0.0.0.0 needs an administrator whose password was set by hand. Set it first with poise user set-password.\n',
    );
  });

  test('a port that somebody has taken meanwhile: the tests’ own start looks for others', async () => {
    const blocked = await freeOffset();
    const blocker = createServer();
    blockers.push(blocker);
    await new Promise<void>((done) => blocker.listen(portsAt(blocked).metrics, '127.0.0.1', done));
    const offsets = [blocked];
    const started = await startPoise({ offset: async () => offsets.shift() ?? freeOffset() });
    expect(started.ports).not.toEqual(portsAt(blocked));
    expect(await started.stop()).toBe(0);
    blocker.close();
  });

  // Of this file system Node asks for ever.
  test.skipIf(process.platform !== 'linux').each([
    [['start', '--demo'], '/proc/x'],
    [['cti'], '/proc/x'],
    [['cti'], '/proc'],
  ])('%j on a data directory where nothing can be made', async (args, path) => {
    expect(await refused(...args, '--data', path, '--set', `ports.offset=${offset}`)).toMatch(
      /^Cannot open the data directory \/proc(\/x)?: (ENOENT|EACCES)\.\n$/,
    );
  });

  test('and the server that runs ends in order', () => endsInOrder(running));
});
