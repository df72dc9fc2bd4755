/** The webservices on the real embedded CTI server and its simulated telephony: real clock, real sockets, no HTTP port. */
import { randomUUID } from 'node:crypto';
import { type CtiServer, SimulatedSwitch, Simulation, startCtiServer } from '@poise/acd';
import { systemClock } from '@poise/clock';
import Fastify, { type FastifyInstance } from 'fastify';
import { CTI_LINK_DEFAULTS, CtiLink } from '../../src/cti/link.ts';
import { tcpSocket } from '../../src/cti/socket.ts';
import { createDesk, type Desk } from '../../src/desk/desk.ts';
import { Happenings } from '../../src/happenings.ts';
import { restPlugin } from '../../src/rest/plugin.ts';
import type { UserRecord } from '../../src/store/directory.ts';
import { layoutsIn } from './memory-layouts.ts';
import { MemoryTeamMessages } from './memory-team-messages.ts';
import { TestAccounts } from './test-accounts.ts';
import type { Published } from './test-centre.ts';
import { TEST_DATA, TestDirectorySource } from './test-directory.ts';
import { testSystemSettings } from './test-system-settings.ts';

export class EmbeddedCentre {
  readonly clock = systemClock();
  readonly happenings = new Happenings(() => this.clock.now());
  readonly directory: TestDirectorySource;
  /** Updates with a requestId on nodes of users, by requestId. */
  readonly payloads = new Map<string, string[]>();
  readonly published: Published[] = [];
  readonly #waiting = new Set<() => void>();
  #answered = 0;
  server!: CtiServer;
  link!: CtiLink;
  desk!: Desk;
  app!: FastifyInstance;
  simulation!: Simulation;

  constructor(users: readonly UserRecord[]) {
    this.directory = new TestDirectorySource({ ...TEST_DATA, users });
  }

  async open(phones: readonly string[]): Promise<this> {
    const { clock, happenings, directory } = this;
    const accounts = new TestAccounts(directory);
    const model = () => this.server?.centre.model;
    const plan = {
      isPhone: (number: string) => model()?.roster.hasDevice(number) === true,
      isRoutePoint: (number: string) => model()?.roster.dialledNumber(number) !== undefined,
    };
    const attended = (extension: string) => model()?.agentOn(extension) !== undefined;
    const exchange = new SimulatedSwitch({ clock, plan, attended, seed: 1 });
    this.simulation = new Simulation({
      clock,
      plan,
      switch: exchange,
      offerContact: (device, contact) => this.server.centre.calls.offerContact(device, contact),
    });
    let callId = 100;
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
        dialledNumbers: () => [{ number: '6001', skillGroup: 85881 }],
        checkPassword: async (loginId, password) => loginId === password,
      },
      clock,
      host: '127.0.0.1',
      portA: 0,
      portB: 0,
      deployment: 'CCE',
      onDisconnect: 'notReady',
      switch: exchange,
      nextCallId: () => callId++,
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
        systemAuthMode: 'NON_SSO',
      },
      directory,
      cti: this.link,
      notification: { publish: (name, payload) => this.#heard(name, payload) },
      clock,
      happenings,
      teamMessages: new MemoryTeamMessages(),
      newId: randomUUID,
    });
    this.app = Fastify();
    const {
      agents,
      presenter,
      status,
      systemInfo,
      maintenance,
      teamMessages,
      media,
      context: commands,
    } = this.desk;
    const random = (bytes: number) => new Uint8Array(bytes);
    await this.app.register(
      restPlugin({
        directory,
        accounts,
        agents,
        presenter,
        status,
        systemInfo,
        maintenance,
        teamMessages,
        media,
        change: layoutsIn(directory),
        commands,
        systemSettings: testSystemSettings(),
        version: '1.0.0',
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
    this.published.push({ node, payload });
    const requestId = /<requestId>(.+)<\/requestId>/.exec(payload)?.[1];
    if (requestId !== undefined && node.startsWith('/finesse/api/User/')) {
      this.payloads.set(requestId, [...(this.payloads.get(requestId) ?? []), payload]);
      this.#answered += 1;
    }
    for (const look of this.#waiting) look();
  }

  /** Resolves when that many Updates with a requestId were published on nodes of users. */
  updates(count: number): Promise<void> {
    return this.until(() => this.#answered >= count);
  }

  /** Resolves when the condition holds; it is looked at after each Update. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((done) => {
      const look = () => {
        if (!condition()) return;
        this.#waiting.delete(look);
        done();
      };
      this.#waiting.add(look);
      look();
    });
  }

  async put(user: string, body: string, requestId: string): Promise<number> {
    return (await this.request(user, 'PUT', `User/${user}`, body, requestId)).statusCode;
  }

  /** `path` below /finesse/api/. */
  request(user: string, method: 'GET' | 'PUT' | 'POST', path: string, body?: string, requestId = '') {
    const authorization = `Basic ${Buffer.from(`${user}:${user}`).toString('base64')}`;
    return this.app.inject({
      method,
      url: `/finesse/api/${path}`,
      headers: { authorization, requestid: requestId, 'content-type': 'application/xml' },
      ...(body === undefined ? {} : { payload: body }),
    });
  }

  async close(): Promise<void> {
    this.simulation.stop();
    await this.link.stop();
    this.desk.close();
    await this.server.stop();
    await this.app.close();
  }
}
