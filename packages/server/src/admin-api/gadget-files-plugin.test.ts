import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { heldToContract } from '../../test/centre/json-contract.ts';
import { makeZip } from '../../test/centre/make-zip.ts';
import { TestAccounts } from '../../test/centre/test-accounts.ts';
import { demoUsers } from '../demo/centre.ts';
import { GadgetFolders } from '../gadget-upload/index.ts';
import type { AuditRow } from '../store/audit-repository.ts';
import { EMPTY_DIRECTORY } from '../store/snapshot.ts';
import { Store } from '../store/store.ts';
import { gadgetFilesPlugin } from './gadget-files-plugin.ts';

const GADGET = '<?xml version="1.0"?>\n<Module><ModulePrefs title="Hello"/></Module>';
let data: string;
let root: string;
let app: FastifyInstance;
let store: Store;
let notes: AuditRow[];
let written: object[];

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'poise-gadget-files-'));
  root = join(data, '3rdpartygadget/files');
  mkdirSync(root, { recursive: true });
  notes = [];
  written = [];
  store = await Store.open();
  store.layBeside({ ...EMPTY_DIRECTORY, users: demoUsers() });
  app = heldToContract();
  await app.register(
    gadgetFilesPlugin({
      accounts: new TestAccounts(store.directory),
      directory: store.directory,
      folders: new GadgetFolders({ root }),
      now: () => 1_000,
      note: async (row) => void notes.push(row),
      tellWrite: (line) => void written.push(line),
    }),
    { prefix: '/poise/api' },
  );
});
afterEach(async () => {
  await app.close();
  await store.close();
  rmSync(data, { recursive: true, force: true });
});

const ask = async (
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path = '',
  payload?: Buffer | string,
  type = method === 'POST' ? 'application/zip' : 'application/octet-stream',
  user = 'admin',
) => {
  const answer = await app.inject({
    method,
    url: `/poise/api/gadgetFiles${path}`,
    headers: {
      authorization: `Basic ${Buffer.from(`${user}:${user}`).toString('base64')}`,
      ...(payload !== undefined && { 'content-type': type }),
    },
    ...(payload !== undefined && { payload }),
  });
  return {
    status: answer.statusCode,
    body: answer.body === '' ? null : answer.json(),
    headers: answer.headers,
  };
};
const refusal = async (zip: Buffer, path = '') => {
  const { status, body } = await ask('POST', path, zip);
  return [status, body.code];
};
/** Nothing half done is left beside the folder. */
const isTidy = () => expect(readdirSync(join(data, '3rdpartygadget'))).toEqual(['files']);

test('an archive with everything in one folder becomes that folder; what systems leave behind stays out', async () => {
  const zip = makeZip({
    'Hello/': '',
    'Hello/Hello.xml': GADGET,
    'Hello/js/Hello.js': 'var x;',
    'Hello/.DS_Store': '?',
    '__MACOSX/Hello/._Hello.xml': '?',
  });
  const made = await ask('POST', '', zip);
  expect([made.status, made.headers.location]).toEqual([201, '/poise/api/gadgetFiles/Hello']);
  expect(made.body).toMatchObject({
    name: 'Hello',
    files: 2,
    bytes: GADGET.length + 6,
    gadgets: ['/3rdpartygadget/files/Hello/Hello.xml'],
  });
  expect(readFileSync(join(root, 'Hello/js/Hello.js'), 'utf8')).toBe('var x;');
  expect(await ask('GET')).toMatchObject({ status: 200, body: { total: 1, items: [made.body] } });
  expect(notes).toMatchObject([{ method: 'POST', who: 'admin', resource: 'gadgetFiles', objectId: 'Hello' }]);
  expect(written).toMatchObject([{ method: 'POST', url: '/poise/api/gadgetFiles' }]);
  isTidy();
});

test('one that is there is replaced as a whole, and only when that is asked for', async () => {
  await ask('POST', '', makeZip({ 'Hello/Hello.xml': GADGET, 'Hello/old.js': '1' }));
  const newer = makeZip({ 'Hello.xml': GADGET, 'new.js': '1' });
  expect(await refusal(newer)).toEqual([400, 'NAME_NEEDED']);
  expect(await refusal(newer, '?name=Hello')).toEqual([409, 'FOLDER_EXISTS']);
  expect(readdirSync(join(root, 'Hello'))).toEqual(['Hello.xml', 'old.js']);
  expect((await ask('POST', '?name=Hello&replace=true', newer)).status).toBe(200);
  expect(readdirSync(join(root, 'Hello'))).toEqual(['Hello.xml', 'new.js']);
  expect(JSON.parse(notes.at(-1)?.before ?? '')).toMatchObject({ name: 'Hello', files: 2 });
  isTidy();
});

test('files come and go one by one', async () => {
  expect(await ask('PUT', '/One?path=a%2Fb.xml', GADGET)).toMatchObject({
    status: 200,
    body: { name: 'One', files: 1, gadgets: ['/3rdpartygadget/files/One/a/b.xml'] },
  });
  expect((await ask('PUT', '/One?path=empty.txt', '')).body).toMatchObject({ files: 2 });
  expect((await ask('PUT', '/One?path=a%2Fb.xml', '<x/>')).body).toMatchObject({
    files: 2,
    bytes: 4,
    gadgets: [],
  });
  expect((await ask('DELETE', '/One')).status).toBe(204);
  expect(existsSync(join(root, 'One'))).toBe(false);
  expect((await ask('DELETE', '/One')).body).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  isTidy();
});

test('nothing gets out of the folder, nor where it is not served, and nothing is changed then', async () => {
  for (const path of ['../x.xml', 'a/../../x.xml', '/etc/x.xml', 'C:/x.xml', 'a/..', '..\\x.xml'])
    expect(await refusal(makeZip({ 'Hello.xml': GADGET, [path]: 'x' }), '?name=Hello')).toEqual([
      400,
      'BAD_FILE_NAME',
    ]);
  for (const name of ['..', '.x', 'a/b', 'a.', 'a:b', 'a%00', 'x'.repeat(121)])
    expect(await refusal(makeZip({ 'Hello.xml': GADGET }), `?name=${name}`)).toEqual([400, 'BAD_FILE_NAME']);
  expect(await refusal(makeZip({ a: '1', 'a/b': '2' }), '?name=Hello')).toEqual([400, 'BAD_FILE_NAME']);
  for (const path of ['..%2Fx', '', '.x', 'a%2F..%2Fb'])
    expect((await ask('PUT', `/One?path=${path}`, 'x')).body).toMatchObject({ code: 'BAD_FILE_NAME' });
  // What somebody has linked is not written through.
  const outside = join(data, 'outside');
  mkdirSync(outside);
  symlinkSync(outside, join(root, 'Linked'));
  expect((await ask('PUT', '/Linked?path=x', 'x')).body).toMatchObject({ code: 'BAD_FILE_NAME' });
  expect(readdirSync(outside)).toEqual([]);
  expect(readdirSync(root)).toEqual(['Linked']);
  expect(notes).toEqual([]);
});

test('what is no archive, or one that swells, is refused', async () => {
  const zip = makeZip({ 'Hello/Hello.xml': GADGET });
  expect(await refusal(Buffer.from('no'))).toEqual([400, 'NOT_A_ZIP']);
  expect(await refusal(zip.subarray(0, zip.length - 30))).toEqual([400, 'NOT_A_ZIP']);
  expect(await refusal(makeZip({}))).toEqual([400, 'EMPTY']);
  expect(await refusal(makeZip({ 'H/a': 'x'.repeat(99) }, { 'H/a': 9 }))).toEqual([400, 'NOT_A_ZIP']);
  expect(await refusal(makeZip({ 'H/a': 'x' }, { 'H/a': 200_000_000 }))).toEqual([413, 'TOO_LARGE']);
  const many = Object.fromEntries(Array.from({ length: 4_001 }, (_, k) => [`H/${k}`, '']));
  expect(await refusal(makeZip(many))).toEqual([413, 'TOO_LARGE']);
  isTidy();
});

test('is for administrators, and takes nothing that a form can send', async () => {
  const zip = makeZip({ 'Hello/Hello.xml': GADGET });
  expect((await ask('GET', '', undefined, '', '3001')).status).toBe(403);
  expect((await ask('POST', '', zip, 'application/zip', '2050')).status).toBe(403);
  expect((await ask('DELETE', '/Hello', undefined, '', 'nobody')).status).toBe(401);
  for (const type of ['text/plain', 'multipart/form-data; boundary=x', 'application/json'])
    expect((await ask('POST', '', zip, type)).body).toMatchObject({ status: 415, code: 'NOT_FILES' });
  expect((await ask('PUT', '', zip)).status).toBe(405);
  expect(readdirSync(root)).toEqual([]);
});
