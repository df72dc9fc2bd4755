import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LANGUAGES } from '../../../desktop/src/messages/languages.ts';
import { heldToContract } from '../../test/centre/json-contract.ts';
import { DESKTOP_LANGUAGES, desktopInterfacePlugin } from './desktop-interface.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'poise-gadgets-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function ask(path: string) {
  const app = heldToContract();
  await app.register(desktopInterfacePlugin({ gadgetFilesDir: directory }), { prefix: '/desktop/api' });
  const answer = await app.inject(`/desktop/api/${path}`);
  await app.close();
  return [answer.statusCode, answer.json()];
}

it('tells the languages that the desktop has catalogues for', async () => {
  expect(await ask('languages')).toEqual([200, { Language: DESKTOP_LANGUAGES }]);
  expect(
    Object.fromEntries(DESKTOP_LANGUAGES.map(({ locale, displayName }) => [locale.slice(0, 2), displayName])),
  ).toEqual(Object.fromEntries(Object.entries(LANGUAGES).map(([language, { name }]) => [language, name])));
});

it('tells the files of gadgets, but neither hidden ones nor where links lead', async () => {
  expect(await ask('resourceUrls')).toEqual([200, []]);
  mkdirSync(join(directory, 'New folder', 'deep'), { recursive: true });
  for (const name of ['b.xml', '.hidden', 'New folder/a.js', 'New folder/deep/c.css'])
    writeFileSync(join(directory, name), '');
  symlinkSync('/etc', join(directory, 'out'));
  expect(await ask('resourceUrls')).toEqual([
    200,
    [
      '/3rdpartygadget/files/New folder/a.js',
      '/3rdpartygadget/files/New folder/deep/c.css',
      '/3rdpartygadget/files/b.xml',
    ],
  ]);
  rmSync(directory, { recursive: true });
  expect(await ask('resourceUrls')).toEqual([200, []]);
});
