/** An administrator sets up a new centre of three teams in the console from nothing, by keyboard alone, and an agent of it signs in. */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { connect } from 'node:tls';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { issueAuthority } from '../packages/server/src/certificates/issue.ts';
import { makeZip } from '../packages/server/test/centre/make-zip.ts';
import { launchBrowser, NO_BROWSER } from './browser.ts';
import { ConsolePage } from './console-page.ts';
import { dataDirectory, type RunningPoise, startPoise } from './server.ts';

vi.setConfig({ testTimeout: 240_000 });
const PASSWORD = 'correct horse battery';

let data: string;
let poise: RunningPoise;
let browser: Browser | undefined;
let admin: ConsolePage;

beforeAll(async () => {
  data = dataDirectory();
  const command = resolve(import.meta.dirname, '../packages/server/bin/poise.mjs');
  const made = spawnSync(
    process.execPath,
    [command, 'user', 'set-password', 'boss', '--administrator', '--data', data],
    { input: `${PASSWORD}\n`, encoding: 'utf8' },
  );
  expect(made.status, made.stderr).toBe(0);
  [poise, browser] = await Promise.all([
    startPoise({ data, command: ['start'], args: ['--set', 'enterpriseDatabase.host=awdb.example'] }),
    launchBrowser(),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await poise?.stop();
  rmSync(data, { recursive: true, force: true });
});
beforeEach(async ({ skip }) => {
  if (!browser) return skip(NO_BROWSER);
  admin = await ConsolePage.open(browser, poise);
});
afterEach(async () => {
  await admin?.close();
  expect(admin?.problems).toEqual([]);
});

/** The CTI server has done what was asked for. */
async function isSignedIn(id: string): Promise<void> {
  const headers = { authorization: `Basic ${Buffer.from(`${id}:${PASSWORD}`).toString('base64')}` };
  const read = async () =>
    (await fetch(`http://localhost:${poise.ports.http}/finesse/api/User/${id}`, { headers })).text();
  await expect.poll(read).toContain('<state>NOT_READY</state>');
}

const TEAMS = ['Blue', 'Green', 'Red'];

test('a centre of three teams, from nothing, by keyboard alone', async () => {
  const { page } = admin;
  await admin.signIn('boss', PASSWORD);
  for (const name of TEAMS) await admin.create('Teams', () => admin.type('Name', name));
  await admin.create('Skill groups', () => admin.type('Name', 'Sales'));
  for (const extension of ['1001', '1002', '1003'])
    await admin.create('Phones', () => admin.type('Extension', extension));
  await admin.create('Dialled numbers', async () => {
    await admin.type('Number', '5000');
    await admin.choose('Skill group', 'Sales');
  });
  for (const [index, team] of TEAMS.entries())
    await admin.create('Users', async () => {
      await admin.type('Login ID', `200${index + 1}`);
      await admin.type('First name', 'Anna');
      await admin.type('Last name', team);
      await admin.check('Agent');
      await admin.choose('Team', team);
      await admin.add('Skill groups', 'Sales');
      await admin.type('New password', PASSWORD);
    });
  await admin.create('Users', async () => {
    await admin.type('Login ID', '2050');
    await admin.check('Agent');
    await admin.check('Supervisor');
    await admin.choose('Team', 'Blue');
    for (const team of TEAMS) await admin.add('Supervised teams', team);
    await admin.type('New password', PASSWORD);
  });
  await admin.create('Not Ready reasons', async () => {
    expect(await page.getByLabel(/^Code/).inputValue()).toBe('1');
    await admin.looksRight('new-reason');
    await admin.type('Code', '11');
    await admin.type('Label', 'Lunch');
    await admin.check('For everybody');
  });

  // What a team has: chosen in its resources.
  await admin.area('Teams');
  await admin.pressInTable('Resources: Blue');
  await page.getByRole('heading', { level: 1, name: 'Team resources: Blue' }).waitFor();
  await admin.add('Not Ready reasons', '11 Lunch');
  await admin.looksRight('resources');
  await admin.press('Save');
  await page.locator('.said', { hasText: 'Saved.' }).waitFor();

  const desktop = await page.context().newPage();
  await desktop.goto(`http://localhost:${poise.ports.http}/desktop/container/`);
  await desktop.getByLabel('Agent ID or login name').fill('2001');
  await desktop.getByLabel('Password').fill(PASSWORD);
  await desktop.getByLabel('Extension', { exact: true }).fill('1001');
  await desktop.keyboard.press('Enter');
  await desktop.getByRole('heading', { name: 'Calls', exact: true }).waitFor();

  // The administrator sees the agent there, and signs the agent out.
  await admin.area('Signed-in users');
  await admin.pressInTable('Sign out 2001');
  await page.getByRole('alertdialog').waitFor();
  await admin.looksRight('ask');
  await admin.answer('Sign out');
  await page.locator('.said', { hasText: '2001 is signed out.' }).waitFor();
  await desktop.getByText('A supervisor or administrator has signed you out.').waitFor();
});

test('says beside the field what is wrong, and goes to the first one', async () => {
  const { page } = admin;
  await admin.signIn('boss', PASSWORD);
  await admin.area('Phones');
  await admin.press('New');
  await admin.type('Extension', 'abc');
  await admin.press('Save');
  await page.locator('.field-error', { hasText: 'Digits, * and # only.' }).waitFor();
  expect(await admin.focused()).toBe('Extension');
  await admin.looksRight('faults');
  await admin.type('Extension', '1001');
  await admin.press('Save');
  await page.locator('.field-error', { hasText: 'Another entry has this already.' }).waitFor();
  expect(await admin.focused()).toBe('Extension');
});

test('who mends one of several faults stays in that field', async () => {
  const { page } = admin;
  await admin.signIn('boss', PASSWORD);
  await admin.area('Dialled numbers');
  await admin.press('New');
  await admin.type('Number', 'abc');
  await admin.type('Priority (1 is served first)', '999999');
  await admin.press('Save');
  await expect.poll(() => page.locator('.field-error').count()).toBe(3);
  expect(await admin.focused()).toBe('Number');
  await admin.type('Number', '5104');
  expect(await page.getByLabel(/^Number/).inputValue()).toBe('5104');
  expect(await admin.focused()).toBe('Number');
  expect(await page.locator('.field-error').count()).toBe(2);
});

test('what is typed while a save is on its way stays, and is still to be saved', async () => {
  const { page } = admin;
  const authorization = `Basic ${Buffer.from(`boss:${PASSWORD}`).toString('base64')}`;
  const url = `http://localhost:${poise.ports.http}/poise/api/config/users`;
  const headers = { authorization, 'content-type': 'application/json' };
  const body = JSON.stringify({ loginId: '2401', firstName: 'Before', roles: ['Agent'] });
  expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(201);
  await admin.signIn('boss', PASSWORD, '#/users/2401');
  let goOn = () => {};
  const typed = new Promise<void>((done) => {
    goOn = done;
  });
  await page.route('**/users/2401', async (route) => {
    if (route.request().method() === 'PUT') await typed;
    await route.continue();
  });
  await admin.type('First name', ' After ');
  await admin.press('Save');
  await page.getByText('Saving').waitFor();
  await admin.type('Last name', 'Typed meanwhile');
  goOn();
  await page.locator('.said', { hasText: 'Saved.' }).waitFor();
  expect(await page.getByLabel('First name').inputValue()).toBe('After');
  expect(await page.getByLabel('Last name').inputValue()).toBe('Typed meanwhile');
  // Nobody leaves it unasked.
  await admin.tabTo('Teams', 'a');
  await page.keyboard.press('Enter');
  await page.getByRole('alertdialog').waitFor();
  await page.keyboard.press('Escape');
  await admin.press('Save');
  const stored = async () => (await fetch(`${url}/2401`, { headers })).json();
  await expect.poll(stored).toMatchObject({ firstName: 'After', lastName: 'Typed meanwhile' });
});

test('what is typed while a new one is saved for the first time stays, and is saved to the same', async () => {
  const { page } = admin;
  await admin.signIn('boss', PASSWORD, '#/users/new');
  let goOn = () => {};
  const typed = new Promise<void>((done) => {
    goOn = done;
  });
  await page.route('**/config/users', async (route) => {
    if (route.request().method() === 'POST') await typed;
    await route.continue();
  });
  await admin.type('Login ID', '2402');
  await admin.type('First name', 'New');
  await admin.check('Agent');
  await admin.type('New password', PASSWORD);
  await admin.press('Save');
  await page.getByText('Saving').waitFor();
  await admin.type('Last name', 'Typed meanwhile');
  goOn();
  await page.locator('.said', { hasText: 'Saved.' }).waitFor();
  expect(await page.getByLabel('Last name').inputValue()).toBe('Typed meanwhile');
  expect(await admin.focused()).toBe('Last name');
  // Nobody leaves it unasked.
  await admin.tabTo('Teams', 'a');
  await page.keyboard.press('Enter');
  await page.getByRole('alertdialog').waitFor();
  await page.keyboard.press('Escape');
  await admin.press('Save');
  await page.waitForURL(/#\/users\/2402$/);
  await page.locator('form.editor').waitFor();
  expect(await page.getByLabel('Last name').inputValue()).toBe('Typed meanwhile');
  expect(await page.getByLabel('First name').inputValue()).toBe('New');
});

test('what is stored is opened, changed and saved, be its name fixed or its code of the system', async () => {
  const { page } = admin;
  const authorization = `Basic ${Buffer.from(`boss:${PASSWORD}`).toString('base64')}`;
  const url = `http://localhost:${poise.ports.http}/poise/api/config`;
  const headers = { authorization, 'content-type': 'application/json' };
  const make = async (collection: string, body: object) => {
    const answer = await fetch(`${url}/${collection}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(201);
    return (await answer.json()) as { readonly id: string | number };
  };
  const read = async (path: string) =>
    (await (await fetch(`${url}/${path}`, { headers })).json()) as Record<string, unknown>;
  const { id: skillGroupNumber } = await make('skillGroups', { name: 'Edited' });
  const user = await make('users', { loginId: '3001', firstName: 'Before', roles: ['Agent'] });
  const number = await make('dialledNumbers', { number: '5100', skillGroupNumber });
  const notReady = await make('reasonCodes', { category: 'NOT_READY', code: 31, label: 'Break before' });
  const signOut = await make('reasonCodes', { category: 'LOGOUT', code: 32, label: 'Home before' });
  const { items } = (await read('reasonCodes')) as {
    items: readonly { id: number; category: string; systemCode: boolean }[];
  };
  const system = items.find(({ category, systemCode }) => category === 'NOT_READY' && systemCode);
  await admin.signIn('boss', PASSWORD);
  for (const [area, collection, id, label, text, field] of [
    ['users', 'users', user.id, 'First name', 'After', 'firstName'],
    ['dialledNumbers', 'dialledNumbers', number.id, 'Priority (1 is served first)', '3', 'priority'],
    ['notReadyReasons', 'reasonCodes', notReady.id, 'Label', 'Break after', 'label'],
    ['signOutReasons', 'reasonCodes', signOut.id, 'Label', 'Home after', 'label'],
    ['notReadyReasons', 'reasonCodes', system?.id, 'Label', 'Of the system, renamed', 'label'],
  ] as const) {
    const here = `${collection}/${id}`;
    await admin.goTo(`#/${area}/${id}`);
    await page.locator('form.editor').waitFor();
    await admin.type(label, text);
    await admin.press('Save');
    await expect.poll(async () => String((await read(here))[field]), { message: here }).toBe(text);
    expect(await page.locator('.field-error, .notice.error').count(), here).toBe(0);
    const deletes = page.getByRole('button', { name: 'Delete', exact: true });
    expect(await deletes.count(), here).toBe(id === system?.id ? 0 : 1);
    await admin.looksRight(`edited-${collection}-${id}`);
  }

  // A stale one is told, as everywhere.
  await admin.goTo(`#/notReadyReasons/${notReady.id}`);
  await admin.type('Label', 'Mine');
  await fetch(`${url}/reasonCodes/${notReady.id}`, {
    method: 'PUT',
    headers: { ...headers, 'if-match': '*' },
    body: '{"label":"Theirs"}',
  });
  await admin.press('Save');
  await page.getByRole('alertdialog', { name: 'Changed meanwhile by somebody else' }).waitFor();
  await admin.answer('Save mine');
  await expect.poll(async () => (await read(`reasonCodes/${notReady.id}`)).label).toBe('Mine');
});

test('a node that answers an order too late is looked at until it answers; then nothing is wrong any more', async () => {
  const { page } = admin;
  const report = (drain: string) => ({ drain, desktops: 0, programs: 0, problems: [] });
  let told: object | null = report('empty');
  await page.route('**/console/nodes', (route) => {
    const common = { role: '', version: '1', clockOffsetMs: 0, state: 'IN_SERVICE' };
    const nodes = [
      { ...common, name: 'node1', host: 'one.example', isOwn: true, report: report('off') },
      { ...common, name: 'node2', host: 'two.example', isOwn: false, report: told },
    ];
    return route.fulfill({ json: { at: '', nodes } });
  });
  await page.route('**/console/nodes/node2/maintenance', (route) => {
    told = null;
    return route.fulfill({ status: 503, json: { code: 'NO_ANSWER', message: 'The node does not answer.' } });
  });
  await admin.signIn('boss', PASSWORD, '#/nodes');
  await admin.press('End maintenance: node2');
  await page.getByRole('alertdialog').waitFor();
  await admin.answer('End maintenance');
  const problem = page.getByText('The node does not answer. Look how it is now.');
  await problem.waitFor();
  const node2 = page.getByRole('region', { name: 'node2', exact: true });
  await node2.getByText('The node does not answer').waitFor();
  told = report('off');
  await node2.getByText('All are ready').waitFor();
  await problem.waitFor({ state: 'detached' });
  await page.locator('.said', { hasText: 'The maintenance of node2 has ended.' }).waitFor();
  await page.getByRole('button', { name: 'Move desktops away: node2' }).waitFor();
});

test('what somebody else has changed meanwhile is not overwritten', async () => {
  const { page } = admin;
  const authorization = `Basic ${Buffer.from(`boss:${PASSWORD}`).toString('base64')}`;
  const url = `http://localhost:${poise.ports.http}/poise/api/config/wrapUpReasons`;
  const json = { authorization, 'content-type': 'application/json' };
  const made = await fetch(url, { method: 'POST', headers: json, body: '{"label":"Order"}' });
  const { id } = (await made.json()) as { id: number };
  await admin.signIn('boss', PASSWORD, `#/wrapUpReasons/${id}`);
  await admin.type('Label', 'Mine');
  const headers = { ...json, 'if-match': made.headers.get('etag') ?? '' };
  await fetch(`${url}/${id}`, { method: 'PUT', headers, body: '{"label":"Theirs"}' });
  await admin.press('Save');
  await page.getByRole('alertdialog', { name: 'Changed meanwhile by somebody else' }).waitFor();
  await page.getByRole('cell', { name: 'Mine', exact: true }).waitFor();
  await page.getByRole('cell', { name: 'Theirs', exact: true }).waitFor();
  await admin.looksRight('conflict');
  await admin.press('Take what is stored');
  await expect.poll(() => page.getByLabel('Label').inputValue()).toBe('Theirs');
  // Nor does it go away unseen.
  const { headers: now } = await fetch(`${url}/${id}`, { headers: json });
  const again = { ...json, 'if-match': now.get('etag') ?? '' };
  await fetch(`${url}/${id}`, { method: 'PUT', headers: again, body: '{"label":"Theirs again"}' });
  await admin.press('Delete');
  await admin.answer('Delete');
  await page.getByText('Not deleted: somebody else has changed it meanwhile.').waitFor();
  expect(await page.getByLabel('Label').inputValue()).toBe('Theirs again');
  await admin.looksRight('delete-changed');
  await admin.press('Delete');
  await admin.answer('Delete');
  await page.getByText('Deleted.').waitFor();
  expect((await fetch(`${url}/${id}`, { headers: json })).status).toBe(404);
});

test('contacts come out of a file all at once, in the place of those that are there, or not at all', async () => {
  const { page } = admin;
  const authorization = `Basic ${Buffer.from(`boss:${PASSWORD}`).toString('base64')}`;
  const url = `http://localhost:${poise.ports.http}/poise/api/config/phoneBooks`;
  const headers = { authorization, 'content-type': 'application/json' };
  const post = async (to: string, body: object) =>
    (await (await fetch(to, { method: 'POST', headers, body: JSON.stringify(body) })).json()) as {
      id: number;
    };
  const { id } = await post(url, { name: 'Partners', type: 'GLOBAL' });
  await post(`${url}/${id}/contacts`, { firstName: 'Old', lastName: 'One', phoneNumber: '1' });
  await admin.signIn('boss', PASSWORD, `#/phoneBooks/${id}/contacts`);
  await page
    .getByRole('gridcell', { name: 'Old' })
    .or(page.getByRole('cell', { name: 'Old' }))
    .waitFor();
  const give = (lines: string) =>
    page.locator('input[type=file]').setInputFiles({
      name: 'contacts.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(`"First Name","Last Name","Phone Number","Notes"\r\n${lines}`),
    });
  await give(`Anna,Blue,5551,\r\nBert,${'x'.repeat(300)},5552,`);
  await page.getByRole('alertdialog', { name: 'Import 2 contacts?' }).waitFor();
  await admin.looksRight('import');
  await admin.answer('Import CSV');
  await page.getByText('Nothing was imported. Line 3, Last name:').waitFor();
  await post(`${url}/${id}/contacts`, { firstName: 'Meanwhile', lastName: 'Two', phoneNumber: '2' });
  await give('Anna,Blue,5551,\r\nBert,Green,5552,');
  await admin.answer('Import CSV');
  await page.getByText('Nothing was imported: somebody else has changed these contacts meanwhile.').waitFor();
  await page.getByText('Meanwhile', { exact: true }).waitFor();
  await give('Anna,Blue,5551,\r\nBert,Green,5552,');
  await admin.answer('Import CSV');
  await page.getByText('Contacts imported: 2. The phone book has 2 now.').waitFor();
  await page.getByText('Bert').waitFor();
  expect(await page.getByText('Old').count()).toBe(0);
  await give('Carl,Grey,5553,');
  await page.getByRole('radio', { name: 'stay' }).check();
  await admin.answer('Import CSV');
  await page.getByText('Contacts imported: 1. The phone book has 3 now.').waitFor();
});

test('settings say what is fixed and what waits for a start; a side is asked before it is stored', async () => {
  const { page } = admin;
  await admin.signIn('boss', PASSWORD, '#/enterpriseDatabase');
  const host = page.getByLabel('Host', { exact: true });
  await host.waitFor();
  await page.getByText('Fixed by the command line.').waitFor();
  expect(await host.inputValue()).toBe('awdb.example');
  expect(await host.getAttribute('readonly')).not.toBeNull();
  await admin.type('Name of the database', 'icm_awdb');
  await admin.press('Save');
  await page.locator('.said', { hasText: 'Saved.' }).waitFor();
  await page.getByText('In force now: nothing.').waitFor();
  await page.getByText(/^In force after the next start of the server: /).waitFor();
  await admin.looksRight('settings-fixed');

  await admin.area('CTI server');
  await admin.type('Host', 'localhost');
  await admin.type('Port', String(poise.ports.ctiB));
  await admin.press('Test side A');
  await page.getByText(`localhost:${poise.ports.ctiB} has opened a session`).waitFor();
  await admin.type('Port', String(poise.ports.http));
  await admin.press('Test side A');
  await page.getByText(`What answers at localhost:${poise.ports.http} is no CTI server.`).waitFor();
  await admin.type('Host', 'a b');
  await admin.press('Save');
  await page.locator('.field-error', { hasText: 'The name or address of a host, without port.' }).waitFor();
  expect(await admin.focused()).toBe('Host');
  await admin.looksRight('settings-cti');
});

test('log levels change while the server runs', async () => {
  const { page } = admin;
  await admin.signIn('boss', PASSWORD, '#/logs');
  await page.getByText(`${data}/logs`).waitFor();
  expect(await page.getByLabel('Notification service').inputValue()).toBe('information');
  const debug = `${data}/logs/desktop/logs/openfire/debug.log`;
  expect(existsSync(debug)).toBe(false);
  await admin.choose('Notification service', 'Debug');
  await admin.press('Save');
  await page.locator('.said', { hasText: 'Saved.' }).waitFor();
  const body =
    "<body xmlns='http://jabber.org/protocol/httpbind' rid='1001' to='localhost' hold='1' wait='1' ver='1.6' xml:lang='en'/>";
  await fetch(`http://localhost:${poise.ports.bosh}/http-bind/`, { method: 'POST', body });
  await expect.poll(() => existsSync(debug), { timeout: 30_000 }).toBe(true);
  await admin.looksRight('logs');

  // Two administrators, one field: the second is told.
  await admin.choose('Webservices', 'Errors');
  const url = `http://localhost:${poise.ports.http}/poise/api/logs`;
  const authorization = `Basic ${Buffer.from(`boss:${PASSWORD}`).toString('base64')}`;
  const headers = { authorization, 'content-type': 'application/json' };
  const put = await fetch(url, { method: 'PUT', headers, body: '{"webservices":"warning"}' });
  expect(put.status).toBe(200);
  await admin.press('Save');
  const dialog = page.getByRole('alertdialog', { name: 'Changed meanwhile by somebody else' });
  await dialog.getByRole('cell', { name: 'Errors', exact: true }).waitFor();
  await dialog.getByRole('cell', { name: 'Warnings and errors', exact: true }).waitFor();
  await admin.looksRight('logs-conflict');
  await admin.answer('Take what is stored');
  await expect.poll(() => page.getByLabel('Webservices').inputValue()).toBe('warning');
  await admin.choose('Webservices', 'Information');
  await admin.press('Save');
  const stored = async () => (await fetch(url, { headers })).json();
  await expect.poll(stored).toMatchObject({ webservices: 'information' });
  await page.reload();
  expect(await page.getByLabel('Notification service').inputValue()).toBe('debug');
  await admin.area('Audit log');
  await page
    .getByRole('gridcell', { name: /"notification": ?"debug"|debug/ })
    .first()
    .waitFor();
});

test('what was done for a request of an agent, step by step, found by the agent', async () => {
  const { page } = admin;
  const url = `http://localhost:${poise.ports.http}`;
  const basic = (user: string, password: string) => ({
    authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
  });
  const make = async (path: string, body: object) => {
    const headers = { ...basic('boss', PASSWORD), 'content-type': 'application/json' };
    const { status } = await fetch(`${url}/poise/api/config/${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    expect(status).toBe(201);
  };
  await make('devices', { extension: '1301' });
  await make('users', { loginId: '2301', password: PASSWORD, roles: ['Agent'] });
  const { status } = await fetch(`${url}/finesse/api/User/2301`, {
    method: 'PUT',
    headers: { ...basic('2301', PASSWORD), 'content-type': 'application/xml', requestId: 'sign-in-of-2301' },
    body: '<User><state>LOGIN</state><extension>1301</extension></User>',
  });
  expect(status).toBe(202);
  await isSignedIn('2301');
  await admin.signIn('boss', PASSWORD);
  await admin.area('Trace');
  await admin.type('Agent (login ID)', '2301');
  await page.keyboard.press('Enter');
  await page.getByRole('row', { name: /State.*Not Ready.*AGENT_STATE_EVENT/ }).waitFor();
  await admin.looksRight('trace-agent');
  await admin.press('sign-in-of-2301');
  await page.getByRole('row', { name: /HTTP answer.*202/ }).waitFor();
  await page.getByRole('row', { name: /CTI server confirms.*SET_AGENT_STATE_CONF/ }).waitFor();
  await admin.looksRight('trace-request');
  await admin.type('requestId', 'nobody');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('No request with this requestId is remembered.').waitFor();
});

test('the logs of this server, and files, are read by the tracer', async () => {
  const { page } = admin;
  const url = `http://localhost:${poise.ports.http}`;
  const headers = {
    authorization: `Basic ${Buffer.from(`boss:${PASSWORD}`).toString('base64')}`,
    'content-type': 'application/json',
  };
  for (const [path, body] of [
    ['devices', { extension: '1302' }],
    ['users', { loginId: '2302', password: PASSWORD, roles: ['Agent'] }],
  ] as const) {
    const answer = await fetch(`${url}/poise/api/config/${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(201);
  }
  const signedIn = await fetch(`${url}/finesse/api/User/2302`, {
    method: 'PUT',
    headers: {
      authorization: `Basic ${Buffer.from(`2302:${PASSWORD}`).toString('base64')}`,
      'content-type': 'application/xml',
    },
    body: '<User><state>LOGIN</state><extension>1302</extension></User>',
  });
  expect(signedIn.status).toBe(202);
  await isSignedIn('2302');
  await admin.signIn('boss', PASSWORD);
  await admin.area('Log analysis');
  await admin.press('Analyse');
  await page.getByRole('alert').getByText('Name an agent.').waitFor();
  await admin.choose('Question', 'A sign-in');
  await admin.type('Agent', '2302');
  await page.keyboard.press('Enter');
  const report = page.frameLocator('.report');
  await report.getByText('SetAgentStateReq').first().waitFor({ timeout: 60_000 });
  await admin.looksRight('log-analysis');

  // Files of somebody else: markup in them is text.
  await admin.choose('Logs', 'Files');
  await page.getByLabel('Files', { exact: true }).setInputFiles([
    {
      name: 'info.log',
      mimeType: 'text/plain',
      buffer: Buffer.from(
        '2014.04.10 00:16:04 Closing idle session (id=f382a015): 1001003@fin.example.com/desktop after being inactive for more than threshold value of 60\n2014.04.10 00:16:04 <img src=x onerror=alert(1)> 1001003\n',
      ),
    },
  ]);
  await admin.choose('Question', 'Why');
  await admin.type('Agent', '1001003');
  await admin.press('Analyse');
  await report
    .getByText(/^2014.*Closing idle session|Closing idle session.*60$/)
    .and(report.locator(':visible'))
    .first()
    .waitFor({ timeout: 60_000 });
  expect(await report.locator('img').count()).toBe(0);
});

test('gadgets come in an archive or file by file, are replaced and deleted, and served', async () => {
  const { page } = admin;
  const gadget = '<Module><ModulePrefs title="Hello"/><Content type="html">Hello</Content></Module>';
  const served = async (path: string) =>
    (await fetch(`http://localhost:${poise.ports.http}/3rdpartygadget/files/${path}`)).status;
  const archive = (files: Record<string, string>, name = 'Hello-1.0.zip') =>
    page.getByLabel('ZIP archive').setInputFiles({
      name,
      mimeType: 'application/zip',
      buffer: makeZip(files),
    });
  await admin.signIn('boss', PASSWORD, '#/gadgetFiles');
  await page.getByText('There are no gadgets yet.').waitFor();
  await admin.press('Upload');
  await page.getByRole('alert').getByText('Choose an archive or files first.').waitFor();
  await archive({ 'Hello/Hello.xml': gadget, 'Hello/old.js': '1' });
  await admin.press('Upload');
  await page.locator('.said', { hasText: 'Hello is here. Files: 2.' }).waitFor();
  await page.getByText('/3rdpartygadget/files/Hello/Hello.xml').waitFor();
  expect([await served('Hello/Hello.xml'), await served('Hello/old.js')]).toEqual([200, 200]);
  await archive({ 'Hello/Hello.xml': gadget });
  await admin.press('Upload');
  await admin.answer('Replace');
  await page.locator('.said', { hasText: 'Hello is here. Files: 1.' }).waitFor();
  expect([await served('Hello/Hello.xml'), await served('Hello/old.js')]).toEqual([200, 404]);
  await page.getByLabel('ZIP archive').setInputFiles({
    name: 'no.zip',
    mimeType: 'application/zip',
    buffer: Buffer.from('no'),
  });
  await admin.press('Upload');
  await page.getByRole('alert').getByText('This is no ZIP archive').waitFor();
  await admin.looksRight('gadgets-refused');
  await page.getByLabel('ZIP archive').setInputFiles([
    { name: 'Two.xml', mimeType: 'text/xml', buffer: Buffer.from(gadget) },
    { name: 'two.js', mimeType: 'text/javascript', buffer: Buffer.from('2') },
  ]);
  await page.getByLabel('Folder to put them into').fill('Two');
  await admin.press('Upload');
  await page.locator('.said', { hasText: 'Two is here. Files: 2.' }).waitFor();
  expect(await served('Two/two.js')).toBe(200);
  await admin.looksRight('gadgets');
  await admin.pressInTable('Delete Hello');
  await admin.answer('Delete');
  await page.locator('.said', { hasText: 'Hello is deleted.' }).waitFor();
  expect([await served('Hello/Hello.xml'), await served('Two/Two.xml')]).toEqual([404, 200]);
  await admin.area('Audit log');
  await page.getByLabel('Search').fill('gadgetFiles');
  await page.getByRole('gridcell', { name: 'DELETE' }).first().waitFor();
});

test('another certificate is served to new connections at once, and the own one again', async () => {
  const { page } = admin;
  const served = () =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(
        { port: poise.ports.https, host: '127.0.0.1', rejectUnauthorized: false },
        () => {
          resolve(String(socket.getPeerCertificate().subject.CN));
          socket.destroy();
        },
      );
      socket.on('error', reject);
    });
  const own = await served();
  const now = Date.now();
  const made = issueAuthority('desk.example', { fromMs: now - 1_000, untilMs: now + 20 * 86_400_000 });
  await admin.signIn('boss', PASSWORD, '#/certificate');
  await page.getByText('Poise made this certificate itself').waitFor();
  const install = () => admin.press('Install');
  await page.getByLabel('Certificate (PEM)').fill(made.certificate);
  await page.getByLabel('Private key (PEM)').fill('no key');
  await install();
  await page.locator('.field-error', { hasText: 'This is no private key' }).waitFor();
  await admin.looksRight('certificate-refused');
  await page.getByLabel('Private key (PEM)').fill(made.key);
  await install();
  await page.locator('.said', { hasText: 'The certificate is installed.' }).waitFor();
  await page.getByText('The certificate ends within 30 days.').waitFor();
  expect(await page.getByLabel('Private key (PEM)').inputValue()).toBe('');
  expect(await served()).toBe('desk.example');
  await admin.looksRight('certificate-installed');
  await admin.press('Back to our own certificate');
  await admin.answer('Back to our own certificate');
  await page.getByText('Poise made this certificate itself').waitFor();
  expect(await served()).toBe(own);
  await admin.area('Audit log');
  await page.getByLabel('Search').fill('DESK.example');
  await page.getByText('Entries: 2').waitFor();
});

test('old changes are reached page by page, and found by what they were', async () => {
  const { page } = admin;
  const authorization = `Basic ${Buffer.from(`boss:${PASSWORD}`).toString('base64')}`;
  const url = `http://localhost:${poise.ports.http}/poise/api/config/teams`;
  const headers = { authorization, 'content-type': 'application/json' };
  const made = await fetch(url, { method: 'POST', headers, body: '{"name":"Oldest of the log"}' });
  const { id } = (await made.json()) as { id: number };
  for (let at = 0; at <= 60; at++)
    await fetch(`${url}/${id}`, {
      method: 'PUT',
      headers: { ...headers, 'if-match': '*' },
      body: `{"name":"Renamed ${at}"}`,
    });
  await admin.signIn('boss', PASSWORD, '#/audit');
  await page.getByText(/^Page 1 of \d+$/).waitFor();
  await page.getByRole('gridcell', { name: /Renamed 60/ }).waitFor();
  await admin.looksRight('audit-long');
  // No word is broken but those of the objects themselves.
  const broken = await page
    .locator('.table td.words bdi, .table th.words bdi')
    .evaluateAll((words) =>
      words
        .filter((word) => !word.textContent?.includes(' ') && word.getClientRects().length > 1)
        .map(({ textContent }) => textContent),
    );
  expect(broken).toEqual([]);
  await admin.press('Next page');
  await page.getByText(/^Page 2 of \d+$/).waitFor();
  await admin.type('Search', 'oldest of the LOG');
  // Made, and renamed for the first time.
  await page.getByText('Entries: 2').waitFor();
  await page.getByRole('gridcell', { name: 'POST', exact: true }).waitFor();
  await fetch(`${url}/${id}`, { method: 'DELETE', headers: { ...headers, 'if-match': '*' } });
});

test('a workflow is tried on a call before it is saved', async () => {
  const { page } = admin;
  const authorization = `Basic ${Buffer.from(`boss:${PASSWORD}`).toString('base64')}`;
  const url = `http://localhost:${poise.ports.http}/poise/api/config`;
  const post = async (to: string, body: object) => {
    const headers = { authorization, 'content-type': 'application/json' };
    const answer = await fetch(`${url}/${to}`, { method: 'POST', headers, body: JSON.stringify(body) });
    expect(answer.status).toBe(201);
    return (await answer.json()) as { id: number };
  };
  const action = await post('workflowActions', {
    name: 'Open the customer',
    type: 'BROWSER_POP',
    params: [{ name: 'path', value: 'https://crm.example/customer' }],
  });
  const { id } = await post('workflows', {
    name: 'Tried first',
    triggerSet: { name: 'CALL_ARRIVES' },
    conditionSet: {
      applyMethod: 'ALL',
      conditions: [
        {
          variable: { name: 'dialedNumber', node: '//Dialog/mediaProperties/dialedNumber', type: 'SYSTEM' },
          comparator: 'IS_EQUAL',
          value: '6001',
        },
      ],
    },
    actionIds: [action.id],
  });
  await admin.signIn('boss', PASSWORD, `#/workflows/${id}`);
  await admin.press('Try it');
  await page.getByText('The workflow would run.').waitFor();
  await page.getByText('Open the customer would open https://crm.example/customer').waitFor();
  await page.getByLabel('Dialled number').fill('6002');
  await admin.press('Add a call variable');
  await admin.press('Try it');
  await page.getByText('It would not run: its conditions do not hold.').waitFor();
  await page.getByText('dialedNumber IS_EQUAL “6001” (found “6002”)').waitFor();
  await admin.looksRight('dry-run');
});

test('a layout is seen as a picture for each role while it is typed', async () => {
  const { page } = admin;
  await admin.signIn('boss', PASSWORD, '#/layouts/default');
  const preview = page.getByRole('region', { name: 'Preview' });
  await preview.getByRole('heading', { name: 'Header' }).waitFor();
  await preview.getByLabel('Layout for').selectOption('Supervisor');
  await preview.getByText('team-performance').first().waitFor();
  await preview.scrollIntoViewIfNeeded();
  await admin.looksRight('preview');
  expect(await page.getByLabel('Use the default layout').count()).toBe(0);
  const xml = page.getByLabel('Layout (XML)');
  const text = await xml.inputValue();
  await xml.fill(text.replace('</finesseLayout>', '<nothing/></finesseLayout>'));
  await preview
    .getByText(/^Line \d+, column \d+: /)
    .first()
    .waitFor();
  expect(await preview.getByRole('heading', { name: 'Header' }).count()).toBe(0);
  await xml.fill(text);
  await preview.getByRole('heading', { name: 'Header' }).waitFor();
});

test('names that turn the direction turn nothing but themselves; those that nobody sees are refused', async () => {
  const { page } = admin;
  const authorization = `Basic ${Buffer.from(`boss:${PASSWORD}`).toString('base64')}`;
  const url = `http://localhost:${poise.ports.http}/poise/api/config`;
  const headers = { authorization, 'content-type': 'application/json' };
  const post = (collection: string, body: object) =>
    fetch(`${url}/${collection}`, { method: 'POST', headers, body: JSON.stringify(body) });
  const make = async (collection: string, body: object) => {
    const answer = await post(collection, body);
    expect(answer.status, collection).toBe(201);
    return (await answer.json()) as { readonly id: number | string };
  };
  const turning = (name: string) => `\u2069\u202e${name} \u05e9\u05dc\u05d5\u05dd \u2067`;
  const team = await make('teams', { name: turning('team') });
  const group = await make('skillGroups', { name: turning('skills') });
  const user = {
    firstName: turning('first'),
    lastName: turning('last'),
    teamId: team.id,
    skillGroupNumbers: [group.id],
  };
  const made = {
    teams: team,
    users: await make('users', { loginId: '3101', loginName: 'nimda', roles: ['Agent'], ...user }),
    dialledNumbers: await make('dialledNumbers', { number: '5101', skillGroupNumber: group.id }),
    notReadyReasons: await make('reasonCodes', {
      category: 'NOT_READY',
      code: 41,
      label: turning('reason'),
      forAll: false,
      teamIds: [team.id],
    }),
    wrapUpReasons: await make('wrapUpReasons', { label: 'a\u202eb\u2066c' }),
    phoneBooks: await make('phoneBooks', { name: turning('book'), type: 'TEAM', teamIds: [team.id] }),
    mediaPropertiesLayouts: await make('mediaPropertiesLayouts', { name: turning('layout') }),
    workflowActions: await make('workflowActions', {
      name: turning('action'),
      type: 'BROWSER_POP',
      params: [{ name: 'path', value: 'https://crm.example/' }],
    }),
    workflows: await make('workflows', {
      name: turning('flow'),
      description: turning('about'),
      triggerSet: { name: 'CALL_ARRIVES' },
    }),
  };
  const contact = { firstName: turning('first'), lastName: turning('last'), phoneNumber: '1' };
  const { id: contactId } = await make(`phoneBooks/${made.phoneBooks.id}/contacts`, contact);
  const refused = await post('teams', { name: '\u202e\u2066' });
  expect([refused.status, ((await refused.json()) as { errors: object[] }).errors]).toEqual([
    400,
    [expect.objectContaining({ field: 'name', code: 'REQUIRED' })],
  ]);
  const turned = { loginId: '3102', loginName: '\u202enimda', roles: ['Agent'], ...user };
  expect((await post('users', turned)).status).toBe(400);
  await admin.signIn('boss', PASSWORD);
  const isInOrder = async (address: string) => {
    await admin.goTo(`#/${address}`);
    await page.locator('.table tbody tr, form.editor').first().waitFor();
    await expect.poll(() => page.locator('.hint', { hasText: 'Loading' }).count()).toBe(0);
    expect(await page.evaluate(turnedWords), address).toEqual([]);
  };
  for (const [area, { id }] of Object.entries(made)) {
    await isInOrder(area);
    await isInOrder(`${area}/${id}`);
  }
  await isInOrder(`phoneBooks/${made.phoneBooks.id}/contacts`);
  await isInOrder(`phoneBooks/${made.phoneBooks.id}/contacts/${contactId}`);
  await isInOrder(`teams/${team.id}/resources`);
  await isInOrder('users');
  await admin.looksRight('turned-users');
  await isInOrder('audit');
  await admin.type('Search', 'CALL_ARRIVES');
  // What is in the log is what was typed, seen as it was typed.
  await page.getByText('\\u202eflow').waitFor();
  expect(await page.evaluate(turnedWords), 'audit').toEqual([]);
  await admin.looksRight('turned-audit');
});

/** In the page: texts and names in which something turns the direction and is not kept to itself. */
function turnedWords(): string[] {
  const turns = /[\u0590-\u08ff\u202a-\u202e\u2066-\u2069]/;
  const isolate = /[\u2066-\u2068][^\u2066-\u2069]*\u2069/g;
  const faults: string[] = [];
  const look = (text: string, where: string) => {
    let rest = text;
    while (isolate.test(rest)) rest = rest.replace(isolate, '');
    if (turns.test(rest)) faults.push(`${where}: ${JSON.stringify(text)}`);
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { data, parentElement } = texts.currentNode as Text;
    // What stands in an element of its own is kept to itself, if it ends nothing that it has not begun.
    if (!parentElement?.closest('bdi, textarea, script'))
      look(data, parentElement?.outerHTML.slice(0, 60) ?? '');
  }
  for (const element of document.querySelectorAll('[aria-label], [title]'))
    for (const name of ['aria-label', 'title']) look(element.getAttribute(name) ?? '', name);
  return faults;
}

test('a session that has ended keeps what was typed', async () => {
  const { page } = admin;
  await admin.signIn('boss', PASSWORD);
  await admin.area('Teams');
  await admin.press('New');
  await admin.type('Name', 'Typed before');
  await page.context().clearCookies();
  await admin.press('Save');
  await page.getByRole('heading', { name: 'Sign in again' }).waitFor();
  await page.getByText('nothing was asked for 30 minutes').waitFor();
  await admin.looksRight('again');
  await admin.tabTo('Password');
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Sign in again' }).waitFor({ state: 'detached' });
  expect(await page.getByLabel('Name').inputValue()).toBe('Typed before');
  await admin.press('Save');
  await page.getByRole('button', { name: 'Delete', exact: true }).waitFor();
});

test.each(['en', 'de', 'fr'])('every area looks right in %s', async (locale) => {
  const { page } = admin;
  await page.goto(`http://localhost:${poise.ports.http}/cfadmin/?locale=${locale}`);
  await page.locator('input[name=username]').waitFor();
  await admin.looksRight(`${locale}-sign-in`);
  await admin.signIn('boss', PASSWORD, `?locale=${locale}`);
  const areas = await page
    .locator('.areas a')
    .evaluateAll((links) => links.map((link) => link.getAttribute('href') as string));
  for (const area of areas) {
    await admin.goTo(area);
    await page.locator('.table, .facts, main form').first().waitFor();
    await admin.looksRight(`${locale}-${area.slice(2)}`);
    expect(await page.locator('.notice.error').count(), area).toBe(0);
  }
});
