import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '@poise/clock';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { heldToContract } from '../../test/centre/json-contract.ts';
import { TestAccounts } from '../../test/centre/test-accounts.ts';
import { issueAuthority } from '../certificates/issue.ts';
import { CertificateKeeper } from '../certificates/keeper.ts';
import { demoUsers } from '../demo/centre.ts';
import type { AuditRow } from '../store/audit-repository.ts';
import { EMPTY_DIRECTORY } from '../store/snapshot.ts';
import { Store } from '../store/store.ts';
import { certificatePlugin } from './certificate-plugin.ts';

const NOW = Date.parse('2026-11-27T08:00:00Z');
const DAY = 86_400_000;
let data: string;
let app: FastifyInstance;
let store: Store;
let keeper: CertificateKeeper;
let notes: AuditRow[];
let written: string[];

async function open(configured = { certificate: '', key: '' }): Promise<void> {
  const clock = new VirtualClock(NOW);
  keeper = new CertificateKeeper({ clock, data, ...configured, hosts: ['cc.example.com'] });
  app = heldToContract();
  await app.register(
    certificatePlugin({
      accounts: new TestAccounts(store.directory),
      directory: store.directory,
      certificates: keeper,
      now: () => clock.now(),
      note: async (row) => void notes.push(row),
      tellWrite: (line) => void written.push(line.payload),
    }),
    { prefix: '/poise/api' },
  );
}

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'poise-certificate-'));
  notes = [];
  written = [];
  store = await Store.open();
  store.layBeside({ ...EMPTY_DIRECTORY, users: demoUsers() });
});
afterEach(async () => {
  await app.close();
  await store.close();
  rmSync(data, { recursive: true, force: true });
});

const made = () => {
  const { certificate, key } = issueAuthority('desk.example', { fromMs: NOW, untilMs: NOW + 90 * DAY });
  return { certificate, key };
};
const ask = async (method: 'GET' | 'PUT' | 'DELETE', body?: object, user = 'admin') => {
  const answer = await app.inject({
    method,
    url: '/poise/api/certificate',
    headers: { authorization: `Basic ${Buffer.from(`${user}:${user}`).toString('base64')}` },
    ...(body && { payload: body }),
  });
  return { status: answer.statusCode, body: answer.json(), text: answer.body };
};

test('tells what is served, takes another, and goes back; each is written down, the key never', async () => {
  await open();
  const own = await ask('GET');
  expect([own.status, own.body.source, own.body.chain.length]).toEqual([200, 'own', 2]);
  const given = made();
  const put = await ask('PUT', given);
  expect([put.status, put.body.source, put.body.chain[0].subject]).toEqual([
    200,
    'installed',
    'O=Poise, CN=desk.example',
  ]);
  expect(keeper.current.certificate).toBe(given.certificate);
  expect((await ask('DELETE')).body).toEqual(own.body);
  expect(notes.map(({ method, who, resource }) => [method, who, resource])).toEqual([
    ['PUT', 'admin', 'certificate'],
    ['DELETE', 'admin', 'certificate'],
  ]);
  expect(JSON.parse(notes[0]?.after ?? '')).toMatchObject({
    source: 'installed',
    subject: 'O=Poise, CN=desk.example',
  });
  expect(written).toEqual([JSON.stringify({ ...given, key: '***' }), '']);
  for (const told of [put.text, JSON.stringify(notes)]) expect(told).not.toContain('PRIVATE KEY');
});

test('what cannot be served is refused with the text that is to blame', async () => {
  await open();
  const { certificate, key } = made();
  const refused = async (body: object) => {
    const answer = await ask('PUT', body);
    return [answer.status, answer.body.code, answer.body.errors[0].field];
  };
  expect(await refused({ certificate, key: made().key })).toEqual([400, 'MISMATCH', 'key']);
  expect(await refused({ certificate: key, key })).toEqual([400, 'NOT_A_CERTIFICATE', 'certificate']);
  expect(await refused({ certificate })).toEqual([400, 'INVALID', 'key']);
  expect(await refused({ certificate: 'x'.repeat(70_000), key })).toEqual([400, 'INVALID', 'certificate']);
  expect(keeper.source).toBe('own');
  expect(notes).toEqual([]);
});

test('one that the settings name is theirs to change', async () => {
  const { certificate, key } = made();
  const first = new CertificateKeeper({
    clock: new VirtualClock(NOW),
    data,
    certificate: '',
    key: '',
    hosts: [],
  });
  first.install(certificate, key);
  first.close();
  await open({ certificate: join(data, 'certs/installed.crt'), key: join(data, 'certs/installed.key') });
  expect((await ask('GET')).body.source).toBe('configured');
  for (const method of ['PUT', 'DELETE'] as const) {
    const answer = await ask(method, method === 'PUT' ? made() : undefined);
    expect([answer.status, answer.body.code]).toEqual([409, 'FIXED']);
  }
});

test('is no business of agents', async () => {
  await open();
  expect((await ask('GET', undefined, '3001')).status).toBe(403);
  expect((await ask('PUT', made(), '2050')).status).toBe(403);
  expect((await ask('DELETE', undefined, 'nobody')).status).toBe(401);
});
