/** What an administrator changes by the API reaches the page of an agent who works, in Chromium, and outlives the server. */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, NO_BROWSER } from './browser.ts';
import { dataDirectory, type RunningPoise, rest, startPoise } from './server.ts';

let poise: RunningPoise;
let browser: Browser | undefined;
let page: Page;

beforeAll(async () => {
  [poise, browser] = await Promise.all([startPoise(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await poise?.stop();
});

const configure = async (method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: string) => {
  const answer = await rest(poise, 'admin', method, `/${path}`, body);
  expect(answer.status, answer.text).toBeLessThan(300);
  return answer;
};
const reason = (fields: string) => `<ReasonCode>${fields}</ReasonCode>`;
const assigned = (object: string, uri: string) =>
  `<${object}s><${object}><uri>${uri}</uri></${object}></${object}s>`;

test('an agent’s menus have what was made and assigned, without a new sign-in', async ({ skip }) => {
  if (!browser) return skip(NO_BROWSER);
  page = await browser.newPage({ locale: 'en-GB' });
  await page.goto(`http://localhost:${poise.ports.http}/desktop/container/`);
  await page.getByLabel('Agent ID or login name').fill('3001');
  await page.getByLabel('Password').fill('3001');
  await page.getByLabel('Extension').fill('2003');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Your state' }).waitFor();
  await page.getByRole('button', { name: 'New call' }).click();
  await page.getByText('Reception').waitFor();

  const { headers } = await configure(
    'POST',
    'ReasonCode',
    reason('<category>NOT_READY</category><code>77</code><label>Fire drill</label><forAll>false</forAll>'),
  );
  const uri = new URL(headers.get('location')!).pathname;
  await configure('PUT', 'Team/5002/ReasonCodes?category=NOT_READY', assigned('ReasonCode', uri));
  await configure(
    'POST',
    'PhoneBook/1/Contact',
    '<Contact><firstName>Emmy</firstName><phoneNumber>10005</phoneNumber></Contact>',
  );
  // The list that is open has it.
  await page.getByText('Emmy').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Change state' }).click();
  await page.getByText('Fire drill').waitFor();
  await page.keyboard.press('Escape');

  await configure('PUT', uri.replace('/finesse/api/', ''), reason('<label>Alarm</label>'));
  await page.getByRole('button', { name: 'Change state' }).click();
  await page.getByText('Alarm').waitFor();
  await page.keyboard.press('Escape');
}, 240_000);

test('a file of contacts goes in and comes out as a form sends it', async () => {
  const path = `http://localhost:${poise.ports.http}/finesse/api/PhoneBook/1/Contacts/csvFileContent`;
  const authorization = `Basic ${btoa('admin:admin')}`;
  const form = new FormData();
  form.set('datafile', new Blob(['First Name,Last Name,Phone Number,Notes\nZoë,"O""Neil",1,\n']), 'c.csv');
  expect((await fetch(path, { method: 'POST', body: form, headers: { authorization } })).status).toBe(202);
  const file = await fetch(path, { headers: { authorization } });
  expect(file.headers.get('content-type')).toBe('text/csv;charset=ISO-8859-1');
  expect(Buffer.from(await file.arrayBuffer()).toString('latin1')).toBe(
    '"First Name","Last Name","Phone Number","Notes"\r\n"Zoë","O""Neil","1",""\r\n',
  );
});

test('what was answered is there after the process was killed', async () => {
  const data = dataDirectory();
  try {
    const first = await startPoise({ data });
    const made: string[] = [];
    // Killed while requests are under way: those that were answered count.
    const writing = Array.from({ length: 50 }, async (_, n) => {
      const body = `<WrapUpReason><label>reason ${n}</label><forAll>true</forAll></WrapUpReason>`;
      const { status } = await rest(first, 'admin', 'POST', '/WrapUpReason', body);
      if (status === 200) made.push(`reason ${n}`);
      if (made.length === 10) first.child.kill('SIGKILL');
    });
    await Promise.allSettled(writing);
    if (first.child.signalCode === null) await once(first.child, 'exit');
    await first.stop();
    expect(made.length).toBeGreaterThanOrEqual(10);
    const second = await startPoise({ data });
    const { text } = await rest(second, 'admin', 'GET', '/WrapUpReasons');
    await second.stop();
    for (const label of made) expect(text).toContain(`<label>${label}</label>`);
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}, 240_000);
