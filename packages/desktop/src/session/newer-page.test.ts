import { expect, test } from 'vitest';
import { isNewerPage } from './newer-page.ts';

const OWN = '/desktop/container/assets/index-AbCd1234.js';
const page = (script: string) => `<script type="module" src="${script}"></script><div id="root"></div>`;
const asked = (html: string, status = 200) =>
  isNewerPage(OWN, '/desktop/container/', async () => new Response(html, { status }));

test.each<[string, Promise<boolean>, boolean]>([
  ['the same page', asked(page(OWN)), false],
  ['another build', asked(page('/desktop/container/assets/index-Ef561234.js')), true],
  ['a page of the network in between', asked('<h1>Log on to this network</h1>'), false],
  ['a page of an error', asked(page('other'), 503), false],
  ['no answer', isNewerPage(OWN, '/', () => Promise.reject(new TypeError('Failed to fetch'))), false],
  ['a page in development', isNewerPage(null, '/', () => Promise.reject(new Error('asked'))), false],
])('%s', async (_what, answer, isNewer) => {
  expect(await answer).toBe(isNewer);
});
