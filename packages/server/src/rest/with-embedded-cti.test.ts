import { type CtiServer, startCtiServer } from '@poise/acd';
import { systemClock } from '@poise/clock';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { TestAccounts } from '../../test/centre/test-accounts.ts';
import { MemoryTeamMessages } from '../../test/centre/test-centre.ts';
import { agent, TEST_DATA, TestDirectorySource } from '../../test/centre/test-directory.ts';
import { CTI_LINK_DEFAULTS, CtiLink } from '../cti/link.ts';
import { tcpSocket } from '../cti/socket.ts';
import { createDesk, type Desk } from '../desk/desk.ts';
import { Happenings } from '../happenings.ts';
import type { UserRecord } from '../store/directory.ts';
import { restPlugin } from './plugin.ts';

/** The real clock, real sockets and the real embedded CTI server; only the HTTP port is spared. */
class Centre {
  readonly clock = systemClock();
  readonly happenings = new Happenings(() => this.clock.now());
  readonly directory: TestDirectorySource;
  readonly payloads = new Map<string, string[]>();
  readonly #waiting: Array<{ count: number; done: () => void }> = [];
  #published = 0;
  server!: CtiServer;
  link!: CtiLink;
  desk!: Desk;
  app!: FastifyInstance;

  constructor(users: readonly UserRecord[]) {
    this.directory = new TestDirectorySource({ ...TEST_DATA, users });
  }

  async open(phones: readonly string[]): Promise<this> {
    const { clock, happenings, directory } = this;
    const accounts = new TestAccounts(directory);
    this.server = await startCtiServer({
      directory: {
        peripheralId: 5001,
        agents: () =>
          directory.current.users().map((user) => ({
            ...user,
            skillGroups: user.skillGroupNumbers,
            supervisorOf: user.supervisedTeamIds,
          })),
        teams: () => directory.current.teams(),
        skillGroups: () => [{ number: 85881, id: 5006, name: 'Sales' }],
        devices: () => phones,
        checkPassword: async (loginId, password) => loginId === password,
      },
      clock,
      host: '127.0.0.1',
      portA: 0,
      portB: 0,
      deployment: 'CCE',
      onDisconnect: 'notReady',
    });
    this.link = new CtiLink({
      settings: {
        ...CTI_LINK_DEFAULTS,
        a: { host: '127.0.0.1', port: this.server.ports.a },
        b: { host: '127.0.0.1', port: this.server.ports.b! },
        version: 24,
        peripheralId: 5001,
        clientSignature: 'Poise-node1',
      },
      clock,
      happenings,
      connect: tcpSocket,
      agentIds: () => this.desk.agentIds(),
      listener: () => this.desk.ctiListener,
    });
    const node = { host: 'localhost', httpsPort: 8445, xmppPort: 5222, xmppSecurePort: 5223 };
    this.desk = createDesk({
      profile: { release: '11.6', deployment: 'CCE' },
      identity: {
        primaryNode: node,
        secondaryNode: null,
        xmppDomain: 'localhost',
        peripheralId: 5001,
        ctiHeartbeatIntervalSeconds: 5,
      },
      directory,
      cti: this.link,
      notification: { publish: (name, payload) => this.#heard(name, payload) },
      clock,
      happenings,
      teamMessages: new MemoryTeamMessages(),
      newId: () => 'none',
    });
    this.app = Fastify();
    const { agents, presenter, status, systemInfo, teamMessages, context: commands } = this.desk;
    const random = (bytes: number) => new Uint8Array(bytes);
    await this.app.register(
      restPlugin({
        directory,
        accounts,
        agents,
        presenter,
        status,
        systemInfo,
        teamMessages,
        commands,
        clock,
        happenings,
        random,
      }),
      { prefix: '/finesse/api' },
    );
    const inService = new Promise<void>((resolve) => {
      this.desk.status.onChange((now) => now === 'IN_SERVICE' && resolve());
    });
    await this.link.start();
    await inService;
    return this;
  }

  #heard(node: string, payload: string): void {
    if (!node.startsWith('/finesse/api/User/')) return;
    const requestId = /<requestId>(.+)<\/requestId>/.exec(payload)?.[1];
    if (requestId === undefined) return;
    this.payloads.set(requestId, [...(this.payloads.get(requestId) ?? []), payload]);
    this.#published += 1;
    for (const waiting of this.#waiting) if (this.#published >= waiting.count) waiting.done();
  }

  /** Resolves when that many Updates with a requestId were published on User nodes. */
  updates(count: number): Promise<void> {
    return new Promise((done) => {
      if (this.#published >= count) done();
      else this.#waiting.push({ count, done });
    });
  }

  async put(user: string, body: string, requestId: string): Promise<number> {
    const authorization = `Basic ${Buffer.from(`${user}:${user}`).toString('base64')}`;
    const headers = { authorization, requestid: requestId, 'content-type': 'application/xml' };
    const response = await this.app.inject({
      method: 'PUT',
      url: `/finesse/api/User/${user}`,
      headers,
      payload: body,
    });
    return response.statusCode;
  }

  async close(): Promise<void> {
    await this.link.stop();
    await this.server.stop();
    await this.app.close();
  }
}

let centre: Centre | undefined;
afterEach(async () => {
  await centre?.close();
  centre = undefined;
});

const login = (extension: string) => `<User><state>LOGIN</state><extension>${extension}</extension></User>`;
const to = (state: string) => `<User><state>${state}</state></User>`;

test('an agent signs in, goes ready and not ready, signs out: each step is answered by the embedded CTI server', async () => {
  centre = await new Centre(TEST_DATA.users.filter(({ teamId }) => teamId !== null)).open(['2003', '2004']);
  const steps: Array<[string, RegExp]> = [
    [login('2003'), /<extension>2003<\/extension>[\s\S]*<state>NOT_READY<\/state>/],
    [login('2003'), /<state>NOT_READY<\/state>/],
    [to('READY'), /<state>READY<\/state>/],
    [login('2003'), /<state>READY<\/state>/],
    [to('NOT_READY'), /<state>NOT_READY<\/state>/],
    [login('2004'), /<extension>2004<\/extension>/],
    [to('LOGOUT'), /<extension><\/extension>[\s\S]*<state>LOGOUT<\/state>/],
    [login('9999'), /<errorData>260<\/errorData>[\s\S]*<errorType>Invalid Device<\/errorType>/],
  ];
  for (const [index, [body, outcome]] of steps.entries()) {
    expect(await centre.put('3001', body, `r${index}`)).toBe(202);
    await centre.updates(index + 1);
    expect(centre.payloads.get(`r${index}`)).toEqual([expect.stringMatching(outcome)]);
  }
  expect(await centre.put('2001', login('2003'), 'mouse')).toBe(202);
  await centre.updates(steps.length + 1);
  expect(await centre.put('3001', login('2003'), 'busy')).toBe(202);
  await centre.updates(steps.length + 2);
  expect(centre.payloads.get('busy')![0]).toMatch(
    /<errorData>33<\/errorData>\n<errorMessage>CF_RESOURCE_BUSY<\/errorMessage>\n<errorType>Device Busy<\/errorType>/,
  );
});

test('a storm of sign-ins reaches an Update for every agent, each exactly once', async () => {
  const count = Number(process.env.POISE_STORM ?? 300);
  const ids = Array.from({ length: count }, (_, index) => String(7_000_001 + index));
  const users = ids.map((id, index) => agent(id, `u${id}`, 'A', `B${index}`, 5000));
  centre = await new Centre(users).open(ids);
  const started = performance.now();
  const statuses = await Promise.all(ids.map((id) => centre!.put(id, login(id), `storm-${id}`)));
  await centre.updates(count);
  if (process.env.POISE_STORM)
    console.log(`${count} sign-ins in ${Math.round(performance.now() - started)} ms`);
  expect(new Set(statuses)).toEqual(new Set([202]));
  expect(centre.payloads.size).toBe(count);
  for (const payloads of centre.payloads.values()) expect(payloads).toHaveLength(1);
});

test('when the CTI server goes and comes back, so does the service, and the agents are where they were', async () => {
  centre = await new Centre(TEST_DATA.users.filter(({ teamId }) => teamId !== null)).open(['2003']);
  await centre.put('3001', login('2003'), 'r1');
  await centre.updates(1);
  const down = new Promise<void>((resolve) =>
    centre!.desk.status.onChange((now) => now === 'OUT_OF_SERVICE' && resolve()),
  );
  await Promise.all([centre.server.goOffline('A', 'crash'), centre.server.goOffline('B', 'crash')]);
  await down;
  expect(await centre.put('3001', to('READY'), 'r2')).toBe(503);
  const up = new Promise<void>((resolve) =>
    centre!.desk.status.onChange((now) => now === 'IN_SERVICE' && resolve()),
  );
  await centre.server.comeBack('B');
  await up;
  expect(centre.desk.agents.get('3001')).toMatchObject({ state: 'NOT_READY', extension: '2003' });
  expect(await centre.put('3001', to('READY'), 'r3')).toBe(202);
  await centre.updates(2);
});

test('when side A goes the link moves to side B, where the agents are still signed in', async () => {
  centre = await new Centre(TEST_DATA.users.filter(({ teamId }) => teamId !== null)).open(['2003']);
  await centre.put('3001', login('2003'), 'r1');
  await centre.updates(1);
  const up = new Promise<void>((resolve) => {
    centre!.desk.status.onChange((now) => now === 'IN_SERVICE' && resolve());
  });
  await centre.server.goOffline('A', 'orderly');
  await up;
  expect(centre.link.health().detail).toMatchObject({ side: 'B', state: 'IN_SERVICE' });
  expect(centre.desk.agents.get('3001')).toMatchObject({ state: 'NOT_READY', extension: '2003' });
});
