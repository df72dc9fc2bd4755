import { VirtualClock } from '@poise/clock';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { heldToContract } from '../../test/centre/json-contract.ts';
import { TestAccounts } from '../../test/centre/test-accounts.ts';
import { testSystemSettings } from '../../test/centre/test-system-settings.ts';
import { auditing } from '../audit/trail.ts';
import { descriptionsFor } from '../configuration/descriptions.ts';
import { demoUsers } from '../demo/centre.ts';
import type { SettingKey } from '../settings/keys.ts';
import type { Origin } from '../settings/settings.ts';
import { EMPTY_DIRECTORY } from '../store/snapshot.ts';
import { Store } from '../store/store.ts';
import { configurationPlugin } from './plugin.ts';
import type { TestedSide } from './settings.ts';

let app: FastifyInstance;
let store: Store;
let tested: TestedSide[];
let written: string[];

async function open(
  settings: Partial<Record<SettingKey, unknown>> = {},
  origins = new Map<SettingKey, Origin>(),
): Promise<void> {
  const clock = new VirtualClock(Date.parse('2026-11-27T08:00:00Z'));
  store = await Store.open();
  store.layBeside({ ...EMPTY_DIRECTORY, users: demoUsers() });
  tested = [];
  written = [];
  const { directory } = store;
  app = heldToContract();
  await app.register(
    configurationPlugin({
      accounts: new TestAccounts(directory),
      directory,
      descriptions: descriptionsFor({ deployment: 'CCE', passwordMin: 8 }),
      deployment: 'CCE',
      change: (work, origin) =>
        store.change(
          work,
          auditing(origin, () => clock.now()),
        ),
      isStored: (loginId) => store.isStored(loginId),
      signedIn: () => undefined,
      userAt: () => undefined,
      keysOf: () => Promise.reject(new Error('no passwords of users here')),
      systemSettings: testSystemSettings(settings, origins),
      tellWrite: ({ url }) => void written.push(url),
      testCti: async (side) => {
        tested.push(side);
        return { ok: true, code: 'OPEN', text: 'It has opened a session.', detail: '' };
      },
    }),
    { prefix: '/poise/api' },
  );
}
const close = async () => {
  await app.close();
  await store.close();
};
beforeEach(() => open());
afterEach(close);

// biome-ignore lint/suspicious/noExplicitAny: answers of every kind are looked into
type Json = Record<string, any>;
async function ask(
  method: 'GET' | 'PUT' | 'POST' | 'DELETE',
  path: string,
  body?: unknown,
  { user = 'admin', tag = '' } = {},
) {
  const answer = await app.inject({
    method,
    url: `/poise/api/config/${path}`,
    headers: {
      ...(user !== '' && { authorization: `Basic ${Buffer.from(`${user}:${user}`).toString('base64')}` }),
      ...(tag !== '' && { 'if-match': tag }),
    },
    ...(body !== undefined && { payload: body as object }),
  });
  return { status: answer.statusCode, tag: String(answer.headers.etag ?? ''), body: answer.json() as Json };
}
const write = async (path: string, body: object) =>
  ask('PUT', path, body, { tag: (await ask('GET', path)).tag });
const rows = () => store.repositories.settings.all();

describe('settings', () => {
  it('say what will be, what is, and what waits', async () => {
    expect((await ask('GET', 'settings/cluster')).body).toEqual({
      secondaryNode: '',
      inForce: { secondaryNode: '' },
      waiting: [],
      fixed: [],
    });
    const told = await write('settings/cluster', { secondaryNode: 'fin2.example' });
    expect([told.status, told.body]).toEqual([
      200,
      {
        secondaryNode: 'fin2.example',
        inForce: { secondaryNode: '' },
        waiting: ['secondaryNode'],
        fixed: [],
      },
    ]);
    expect((await write('settings/cluster', { secondaryNode: '' })).body.waiting).toEqual([]);
    expect(await rows()).toEqual([]);
  });

  it('take back what was told', async () => {
    for (const name of ['cti', 'cluster', 'enterpriseDatabase', 'chat']) {
      const { body } = await ask('GET', `settings/${name}`);
      expect([name, (await write(`settings/${name}`, body)).status]).toEqual([name, 200]);
    }
    expect(await rows()).toEqual([]);
  });

  it('are never overwritten unseen', async () => {
    const { tag } = await ask('GET', 'settings/cluster');
    expect((await ask('PUT', 'settings/cluster', { secondaryNode: 'a' })).status).toBe(428);
    await write('settings/cluster', { secondaryNode: 'b' });
    expect((await ask('PUT', 'settings/cluster', { secondaryNode: 'a' }, { tag })).body.code).toBe('CHANGED');
    expect(await rows()).toEqual([{ key: 'node.secondary', value: 'b' }]);
  });

  it('name what fixes a field, and refuse another value for it', async () => {
    await close();
    await open(
      { 'cti.a': 'pg1.example:42027', 'cti.peripheralId': 5000 },
      new Map([['cti.a', { kind: 'environment', name: 'POISE_CTI_A' }]]),
    );
    expect((await ask('GET', 'settings/cti')).body.fixed).toEqual([
      { field: 'host', origin: 'environment', source: 'POISE_CTI_A' },
      { field: 'port', origin: 'environment', source: 'POISE_CTI_A' },
    ]);
    const told = await write('settings/cti', { host: 'pg3.example' });
    expect([told.status, told.body]).toEqual([
      409,
      {
        title: 'host is fixed by the environment variable POISE_CTI_A.',
        status: 409,
        code: 'FIXED',
        errors: [
          { field: 'host', code: 'FIXED', message: 'host is fixed by the environment variable POISE_CTI_A.' },
        ],
      },
    ]);
  });

  it.each([
    ['cti', { port: 0 }, 'port', 'RANGE'],
    ['cti', { port: null }, 'port', 'REQUIRED'],
    ['cti', { host: '' }, 'host', 'REQUIRED'],
    ['cti', { host: 'a b' }, 'host', 'FORMAT'],
    ['cti', { backupHost: 'b' }, 'backupPort', 'REQUIRED'],
    ['cti', { backupPort: 1 }, 'backupHost', 'REQUIRED'],
    ['cti', { peripheralId: 32_768 }, 'peripheralId', 'RANGE'],
    ['cti', { secure: true }, 'secure', 'FORMAT'],
    ['cluster', { secondaryNode: '<b>' }, 'secondaryNode', 'FORMAT'],
    ['enterpriseDatabase', { username: 'x'.repeat(129) }, 'username', 'LENGTH'],
    ['chat', { primaryNode: 'javascript:alert(1)' }, 'primaryNode', 'FORMAT'],
  ])('of %s are checked: %j', async (name, body, field, code) => {
    const told = await write(`settings/${name}`, body);
    expect([told.status, told.body.errors]).toEqual([400, [expect.objectContaining({ field, code })]]);
    expect(await rows()).toEqual([]);
  });

  it('never tell a password; an empty one leaves it, null takes it away', async () => {
    const at = 'settings/enterpriseDatabase';
    const told = await write(at, { host: 'awdb', password: 's3cret' });
    expect([told.body.passwordSet, told.body.waiting]).toEqual([true, ['host', 'passwordSet']]);
    expect(JSON.stringify(told.body)).not.toContain('s3cret');
    expect((await write(at, { password: '' })).body.passwordSet).toBe(true);
    expect((await write(at, { password: null })).body.passwordSet).toBe(false);
    expect(await rows()).toEqual([{ key: 'enterpriseDatabase.host', value: 'awdb' }]);
  });

  it('take the password that is fixed with the value that it has, and no other', async () => {
    await close();
    await open(
      { 'enterpriseDatabase.password': 's3cret' },
      new Map([['enterpriseDatabase.password', { kind: 'file', path: 'poise.yaml' }]]),
    );
    const at = 'settings/enterpriseDatabase';
    expect((await write(at, { password: 's3cret' })).status).toBe(200);
    for (const password of ['other', null]) expect((await write(at, { password })).body.code).toBe('FIXED');
    expect(await rows()).toEqual([]);
  });

  it('are for administrators, and there are no others', async () => {
    expect((await ask('GET', 'settings/cti', undefined, { user: '1001001' })).status).toBeGreaterThanOrEqual(
      401,
    );
    expect((await ask('GET', 'settings/cti', undefined, { user: '' })).status).toBe(401);
    for (const name of ['host', '__proto__', 'constructor'])
      expect([name, (await ask('GET', `settings/${name}`)).status]).toEqual([name, 404]);
    expect((await ask('DELETE', 'settings/cti')).status).toBe(405);
  });
});

describe('the test of a CTI server', () => {
  const side = { host: 'pg1.example', port: 42_027, peripheralId: 5000 };

  it('asks the side that was typed, and stores nothing', async () => {
    const { status, body } = await ask('POST', 'settings/cti/test', side);
    expect([status, body, tested]).toEqual([
      200,
      { ok: true, code: 'OPEN', text: 'It has opened a session.', detail: '' },
      [side],
    ]);
    expect(await rows()).toEqual([]);
    expect(written).toEqual([]);
  });

  it('is for administrators, and for addresses that can be', async () => {
    for (const user of ['', '1001001'])
      expect((await ask('POST', 'settings/cti/test', side, { user })).status).toBeGreaterThanOrEqual(401);
    for (const wrong of [{ host: 'a b' }, { host: '' }, { port: 0 }, { port: '1' }])
      expect((await ask('POST', 'settings/cti/test', { ...side, ...wrong })).status).toBe(400);
    expect(tested).toEqual([]);
  });
});
