/** The configuration in JSON and the record of its changes over an empty store with the demonstration, and how a test asks them. */
import { VirtualClock } from '@poise/clock';
import type { FastifyInstance } from 'fastify';
import { expect } from 'vitest';
import { createStoredKeys } from '../../src/accounts/scram-keys.ts';
import type { ConsoleSessions } from '../../src/admin-api/access.ts';
import { auditPlugin } from '../../src/admin-api/audit-plugin.ts';
import { configurationPlugin } from '../../src/admin-api/plugin.ts';
import { auditing } from '../../src/audit/trail.ts';
import type { WriteTold } from '../../src/audit/write-line.ts';
import { descriptionsFor } from '../../src/configuration/descriptions.ts';
import { demoUsers } from '../../src/demo/centre.ts';
import { seedDemo } from '../../src/demo/seed.ts';
import { EMPTY_DIRECTORY } from '../../src/store/snapshot.ts';
import { Store } from '../../src/store/store.ts';
import { provideSystemReasonCodes } from '../../src/store/system-reason-codes.ts';
import { heldToContract } from './json-contract.ts';
import { TestAccounts } from './test-accounts.ts';
import { testSystemSettings } from './test-system-settings.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers of every kind are looked into
export type Json = Record<string, any>;
export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';

/** Where its clock begins. */
export const START = Date.parse('2026-11-27T08:00:00Z');

export const basic = (user: string): string => `Basic ${Buffer.from(`${user}:${user}`).toString('base64')}`;

/** Status, code, and of each error the field and its code. */
export const errors = ({ status, body }: { readonly status: number; readonly body: Json }) => [
  status,
  body.code,
  ...((body.errors ?? []) as Json[]).map(({ field, code }) => `${field} ${code}`),
];

export class Administration {
  readonly app: FastifyInstance = heldToContract();
  readonly clock = new VirtualClock(START);
  readonly store: Store;
  /** Extensions of those who are signed in, by login id. */
  signedIn: Record<string, string> = {};
  /** Of the console; undefined: there are none. */
  sessions: ConsoleSessions | undefined;
  /** What the audit log was told. */
  readonly written: Parameters<WriteTold>[0][] = [];
  /** With what every write fails. */
  broken: Error | undefined;

  private constructor(store: Store) {
    this.store = store;
  }

  static async open(): Promise<Administration> {
    const administration = new Administration(await Store.open());
    await administration.#open();
    return administration;
  }

  async #open(): Promise<void> {
    const { app, store, clock } = this;
    await seedDemo(store);
    store.layBeside({ ...EMPTY_DIRECTORY, users: demoUsers() });
    await provideSystemReasonCodes(store, 'CCE');
    const { directory } = store;
    const access = {
      accounts: new TestAccounts(directory),
      directory,
      sessions: { find: (cookies: string | undefined) => this.sessions?.find(cookies) },
    };
    await app.register(
      configurationPlugin({
        ...access,
        descriptions: descriptionsFor({ deployment: 'CCE', passwordMin: 8 }),
        deployment: 'CCE',
        change: async (work, origin) => {
          if (this.broken !== undefined) throw this.broken;
          return store.change(
            work,
            auditing(origin, () => clock.now()),
          );
        },
        isStored: (loginId) => store.isStored(loginId),
        systemSettings: testSystemSettings(),
        tellWrite: (line) => void this.written.push(line),
        testCti: () => Promise.reject(new Error('nobody asks for it here')),
        keysOf: async (password) => ({
          ...(await createStoredKeys(password, 4096)),
          setByHand: true,
          changedAtMs: clock.now(),
        }),
        signedIn: (loginId) => {
          const extension = this.signedIn[loginId];
          return extension === undefined ? undefined : { state: 'READY', extension };
        },
        userAt: (extension) =>
          Object.keys(this.signedIn).find((loginId) => this.signedIn[loginId] === extension),
      }),
      { prefix: '/poise/api' },
    );
    const find = auditPlugin({ ...access, find: (search) => store.repositories.audit.find(search) });
    await app.register(find, { prefix: '/poise/api' });
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.store.close();
  }

  async ask(
    method: Method,
    path: string,
    body?: unknown,
    { user = 'admin', headers = {} }: { user?: string; headers?: Readonly<Record<string, string>> } = {},
  ) {
    const answer = await this.app.inject({
      method,
      url: `/poise/api/${path}`,
      headers: {
        ...(user === '' ? {} : { authorization: basic(user) }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: (answer.body === '' ? {} : answer.json()) as Json,
    };
  }

  async get(path: string): Promise<Json> {
    return (await this.ask('GET', `config/${path}`)).body;
  }

  /** Makes an object, and expects that it is one. */
  async make(path: string, body: unknown): Promise<Json> {
    const answer = await this.ask('POST', `config/${path}`, body);
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    expect(answer.headers.location).toBe(`/poise/api/config/${path}/${encodeURIComponent(answer.body.id)}`);
    return answer.body;
  }

  /** Reads, then writes with the tag that was read. */
  async put(path: string, body: unknown) {
    const { headers } = await this.ask('GET', `config/${path}`);
    return this.ask('PUT', `config/${path}`, body, { headers: { 'if-match': String(headers.etag) } });
  }

  remove(path: string) {
    return this.ask('DELETE', `config/${path}`);
  }
}
