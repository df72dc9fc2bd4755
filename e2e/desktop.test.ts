/** The desktop page as an agent uses it, in a real browser against the running server. */
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchBrowser, NO_BROWSER } from './browser.ts';
import { type RunningPoise, rest, signInBody, signOutBody, startPoise } from './server.ts';

let poise: RunningPoise;
let browser: Browser | undefined;
let context: BrowserContext;
let page: Page;
const problems: string[] = [];

beforeAll(async () => {
  [poise, browser] = await Promise.all([startPoise(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await poise?.stop();
});
beforeEach(async ({ skip }) => {
  if (!browser) return skip(NO_BROWSER);
  problems.length = 0;
  context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } });
  page = await context.newPage();
  page.on('pageerror', (e) => problems.push(String(e)));
  page.on('console', (m) => {
    if (/Content.Security.Policy/i.test(m.text())) problems.push(m.text());
  });
});
afterEach(async () => {
  await context?.close();
  expect(problems).toEqual([]);
});

const home = () => `http://localhost:${poise.ports.http}/`;

async function fill(user: string, password: string, extension: string) {
  await page.getByLabel('Agent ID or login name').fill(user);
  await page.getByLabel('Password').fill(password);
  await page.getByLabel('Extension').fill(extension);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Opens who is signed in, and the way out. */
const openIdentity = () => page.locator('.identity-button').click();

test('the bare address leads to the sign-in page, and an agent signs in, changes state and signs out', async () => {
  await page.goto(home());
  expect(page.url()).toMatch(/\/desktop\/container\/$/);
  await fill('2001', '2001', '2003');
  await page.getByRole('heading', { name: 'Your state' }).waitFor();
  await page.getByText('Mickey Mouse').waitFor();
  await openIdentity();
  await page.getByText('Extension 2003').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.state-now', { hasText: 'Not Ready' }).waitFor();

  await page.getByRole('button', { name: 'Change state' }).click();
  await page.getByRole('menuitemradio', { name: 'Ready', exact: true }).click();
  await page.locator('.state-now .name', { hasText: /^Ready$/ }).waitFor();
  await openIdentity();
  expect(await page.getByRole('button', { name: 'Sign out' }).isDisabled()).toBe(true);
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Change state' }).click();
  await page.getByRole('menuitemradio', { name: /Lunch/ }).click();
  await page.locator('.state-now', { hasText: 'Lunch' }).waitFor();
  expect(await page.locator('.state-now time').textContent()).toMatch(/^\d\d:\d\d$/);

  await openIdentity();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('menuitem', { name: /End of Shift/ }).click();
  await page.getByText('You are signed out.').waitFor();
  expect((await rest(poise, '2001', 'GET', '/User/2001')).text).toContain('<state>LOGOUT</state>');
});

test('everything can be done by keyboard alone', async () => {
  await page.goto(home());
  await page.getByLabel('Agent ID or login name').waitFor();
  await page.keyboard.type('3010');
  await page.keyboard.press('Tab');
  await page.keyboard.type('3010');
  await page.keyboard.press('Tab');
  await page.keyboard.type('3010');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Your state' }).waitFor();
  // The focus is on the heading after sign-in; the state menu is the next stop.
  await page.locator('#state-heading:focus').waitFor();
  await page.keyboard.press('Tab');
  await page.locator('.state-actions button:focus', { hasText: 'Change state' }).waitFor();
  await page.keyboard.press('Enter');
  const focused = (state: RegExp) => page.locator('[role=menuitemradio]:focus', { hasText: state }).waitFor();
  await page.getByRole('menuitemradio', { name: 'Ready', exact: true }).waitFor();
  // The menu opens at the present state, which is the last entry.
  await page.keyboard.press('Home');
  await focused(/^Ready/);
  await page.keyboard.press('Enter');
  await page.locator('.state-now .name', { hasText: /^Ready$/ }).waitFor();
  // The focus is back on the button: the next change needs no way there.
  await page.locator('.state-actions button:focus', { hasText: 'Change state' }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitemradio', { name: 'Not Ready' }).waitFor();
  await page.keyboard.press('End');
  await focused(/^Not Ready/);
  await page.keyboard.press('Enter');
  await page.locator('.state-now .name', { hasText: /^Not Ready$/ }).waitFor();
});

/** The field that has the focus: its label, whether it is invalid, and by what it is described. */
const focusedField = () =>
  page.evaluate(() => {
    const input = document.activeElement as HTMLInputElement;
    const texts = (input.getAttribute('aria-describedby') ?? '')
      .split(' ')
      .map((id) => document.getElementById(id)?.textContent ?? '');
    return {
      label: input.labels?.[0]?.textContent,
      invalid: input.getAttribute('aria-invalid'),
      description: texts.join(' '),
    };
  });

test('a wrong password is told at its field, which has the focus, and no other field is blamed', async () => {
  await page.goto(home());
  await fill('3011', 'wrong', '3011');
  await page.getByText('The ID or the password is not right.').waitFor();
  await expect.poll(focusedField).toEqual({
    label: 'Password',
    invalid: 'true',
    description: expect.stringContaining('The ID or the password is not right.'),
  });
  expect(await page.locator('input[aria-invalid=true]').count()).toBe(1);
  // The next attempt takes the error away.
  await page.keyboard.type('3011');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Your state' }).waitFor();
});

test('the password stays where something else was wrong, and goes where it was wrong itself', async () => {
  await rest(poise, '3020', 'PUT', '/User/3020', signInBody('3020'));
  await page.goto(home());
  await fill('3019', '3019', '3020');
  await page.getByText('Extension 3020 is in use by another agent.').waitFor();
  expect(await page.getByLabel('Password').inputValue()).toBe('3019');
  await page.getByRole('button', { name: 'Do not try again' }).click();
  await page.getByLabel('Extension').fill('3019');
  await page.getByLabel('Password').fill('wrong');
  await page.keyboard.press('Enter');
  await page.getByText('The ID or the password is not right.').waitFor();
  await expect.poll(() => page.getByLabel('Password').inputValue()).toBe('');
});

test('a server that is out of service is told before anybody types, and so is its return; nothing moves', async () => {
  let systemStatus = 'OUT_OF_SERVICE';
  await page.route('**/desktop/api/desktopConfig', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), systemStatus } });
  });
  await page.goto(home());
  const notice = page.getByRole('status').getByText('The server is out of service at the moment.');
  await notice.waitFor();
  await page.getByLabel('Agent ID or login name').pressSequentially('30');
  const place = () => page.locator('.card').boundingBox();
  const before = await place();
  systemStatus = 'IN_SERVICE';
  await notice.waitFor({ state: 'detached' });
  expect(await place()).toEqual(before);
  // Nobody who is typing is disturbed.
  expect(await focusedField()).toMatchObject({ label: 'Agent ID or login name' });
});

test.each(['/?locale=de', '/desktop?locale=de_DE', '/desktop/container/landing.jsp?locale=de'])(
  'the language in the address %s arrives',
  async (address) => {
    await page.goto(new URL(address, home()).href);
    await page.getByRole('button', { name: 'Anmelden' }).waitFor();
  },
);

test('an account that is no agent is told at the field of the ID', async () => {
  await page.goto(home());
  await fill('admin', 'admin', '3012');
  await page.getByText('This account is not an agent').waitFor();
  await expect.poll(focusedField).toMatchObject({ label: 'Agent ID or login name', invalid: 'true' });
});

test('an extension that does not exist, and one in use, are told apart at their field', async () => {
  await page.goto(home());
  await fill('3012', '3012', '999');
  await page.getByText('Extension 999 cannot be used').waitFor();
  await expect.poll(focusedField).toEqual({
    label: 'Extension',
    invalid: 'true',
    description: expect.stringMatching(
      /Extension 999 cannot be used.*The number of the phone|The number of the phone.*Extension 999 cannot be used/,
    ),
  });
  await rest(poise, '3013', 'PUT', '/User/3013', signInBody('3013'));
  await fill('3012', '3012', '3013');
  await page.getByText('Extension 3013 is in use by another agent.').waitFor();
  await expect.poll(focusedField).toMatchObject({ label: 'Extension', invalid: 'true' });
});

test('where no field is to blame, the message has the focus', async () => {
  await page.goto(home());
  await page.route('**/SystemInfo**', (route) => route.abort());
  await fill('3012', '3012', '3012');
  const alert = page.getByRole('alert');
  await alert.waitFor();
  expect(await alert.textContent()).toContain('The server cannot be reached.');
  await expect.poll(() => alert.evaluate((e) => e === document.activeElement)).toBe(true);
  expect(await page.locator('input[aria-invalid=true]').count()).toBe(0);
});

test('while the server is asked the focus stays where it is, and nothing is asked twice', async () => {
  let asked = 0;
  let goOn = () => {};
  const held = new Promise<void>((done) => {
    goOn = done;
  });
  await page.route('**/SystemInfo**', async (route) => {
    asked++;
    await held;
    await route.abort();
  });
  await page.goto(home());
  await fill('3012', '3012', '3012');
  const button = page.getByRole('button', { name: 'Signing in' });
  await button.waitFor();
  expect(await button.evaluate((e) => e === document.activeElement)).toBe(true);
  expect(await button.getAttribute('aria-disabled')).toBe('true');
  await page.keyboard.press('Enter');
  await page.getByLabel('Extension').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.type('9');
  expect(await page.getByLabel('Extension').inputValue()).toBe('3012');
  goOn();
  await page.getByRole('alert').waitFor();
  expect(asked).toBe(1);
});

test('why signing out is not possible stands beside the button and describes it', async () => {
  await page.goto(home());
  await fill('3008', '3008', '3008');
  await openIdentity();
  const button = page.getByRole('button', { name: 'Sign out' });
  await button.waitFor();
  expect(await button.getAttribute('aria-describedby')).toBeNull();
  await rest(poise, '3008', 'PUT', '/User/3008', '<User><state>READY</state></User>');
  const hint = page.getByText('Set yourself to Not Ready before you sign out.');
  await hint.waitFor();
  expect(await button.getAttribute('aria-describedby')).toBe(await hint.getAttribute('id'));
  expect(await button.getAttribute('aria-disabled')).toBe('true');
  // It can be reached by keyboard, and does nothing.
  await button.focus();
  await page.keyboard.press('Enter');
  await rest(poise, '3008', 'PUT', '/User/3008', '<User><state>NOT_READY</state></User>');
  await hint.waitFor({ state: 'detached' });
  expect(await button.evaluate((e) => e === document.activeElement)).toBe(true);
  // The reasons of a sign-out may still be on their way.
  await expect.poll(() => button.getAttribute('aria-disabled')).not.toBe('true');
  await page.keyboard.press('Enter');
  await page.getByText('You are signed out.').waitFor();
});

test('the menu of states marks the present one, and choosing it changes nothing', async () => {
  await page.goto(home());
  await fill('2002', '2002', '2005');
  await page.getByRole('button', { name: 'Change state' }).click();
  await page.getByRole('menuitemradio', { name: /Lunch/ }).click();
  await page.locator('.state-now', { hasText: 'Lunch' }).waitFor();
  const change = page.getByRole('button', { name: 'Change state' });
  await change.click();
  const checked = page.getByRole('menuitemradio', { checked: true });
  await checked.waitFor();
  expect(await checked.allTextContents()).toEqual(['Not Ready – Lunch✓']);
  await expect.poll(() => checked.evaluate((e) => e === document.activeElement)).toBe(true);
  let sent = 0;
  page.on('request', (request) => {
    if (request.method() === 'PUT') sent++;
  });
  await checked.click();
  await page.getByRole('menu').waitFor({ state: 'detached' });
  await change.click();
  await page.getByRole('menuitemradio', { name: 'Ready', exact: true }).click();
  await page.locator('.state-now .name', { hasText: /^Ready$/ }).waitFor();
  expect(sent).toBe(1);
});

test('names and labels that people typed are set apart from the words around them', async () => {
  await rest(poise, '3009', 'PUT', '/User/3009', signInBody('3009'));
  await page.route('**/finesse/api/User/3009?*', async (route) => {
    const response = await route.fetch();
    const body = (await response.text())
      .replace(/<lastName>.*<\/lastName>/, '<lastName>כהן</lastName>')
      .replace(/<teamName>.*<\/teamName>/, '<teamName>צוות 7</teamName>');
    await route.fulfill({ response, body });
  });
  await page.goto(home());
  await fill('3009', '3009', '3009');
  await page.getByRole('heading', { name: 'Your state' }).waitFor();
  expect(await page.locator('.identity-button bdi').allTextContents()).toEqual(['Dev כהן']);
  await openIdentity();
  await page.getByRole('dialog').waitFor();
  expect(await page.getByRole('dialog').locator('bdi').allTextContents()).toEqual([
    'Dev כהן',
    '3009',
    '3009',
    'צוות 7',
  ]);
});

test('with forced colours every mark is still to be seen', async () => {
  await page.emulateMedia({ forcedColors: 'active' });
  await page.goto(home());
  /** Colours as they are drawn, by element and property. */
  const drawn = (selector: string, property: string, nth = 0) =>
    page
      .locator(selector)
      .nth(nth)
      .evaluate((e, name) => getComputedStyle(e).getPropertyValue(name), property);
  /** What a system colour is at present. */
  const system = (name: string) =>
    page.evaluate((colour) => {
      const probe = document.createElement('p');
      probe.style.setProperty('forced-color-adjust', 'none');
      probe.style.color = colour;
      document.body.append(probe);
      const value = getComputedStyle(probe).color;
      probe.remove();
      return value;
    }, name);
  const [canvas, gray, highlight, text] = await Promise.all(
    ['Canvas', 'GrayText', 'Highlight', 'CanvasText'].map(system),
  );
  // The focus ring.
  await page.getByLabel('Agent ID or login name').focus();
  expect(await drawn('input:focus', 'outline-style')).toBe('solid');
  expect(await drawn('input:focus', 'outline-color')).toBe(highlight);
  // A field in error, told by more than its colour.
  await fill('3010', 'wrong', '3010');
  await page.getByText('The ID or the password is not right.').waitFor();
  expect(await drawn('input[aria-invalid=true]', 'border-top-width')).toBe('2px');
  expect(await drawn('.field-error', 'border-left-width')).toBe('4px');
  // A button that cannot be used, once the wrong password is gone.
  await expect.poll(() => drawn('button[type=submit]', 'color')).toBe(gray);
  await fill('3010', '3010', '3010');
  // The mark of the state.
  await page.locator('.state-now .state-mark').waitFor();
  expect(await drawn('.state-now .state-mark', 'background-color')).toBe(text);
  expect(text).not.toBe(canvas);
  await rest(poise, '3010', 'PUT', '/User/3010', '<User><state>READY</state></User>');
  await page.locator('.state-now .name', { hasText: /^Ready$/ }).waitFor();
  await openIdentity();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  expect(await drawn('.identity-actions .action-menu .button', 'color')).toBe(gray);
  expect(await drawn('.identity-actions .action-menu .button', 'border-top-style')).toBe('dashed');
  await page.keyboard.press('Escape');
  // The entry that has the focus, and the present one.
  await page.getByRole('button', { name: 'Change state' }).click();
  await page.locator('[role=menuitemradio]:focus').waitFor();
  expect(await drawn('[role=menuitemradio]:focus', 'background-color')).toBe(highlight);
  expect(await page.locator('[aria-checked=true] .check').isVisible()).toBe(true);
  expect(await drawn('[aria-checked=true] .state-mark', 'background-color')).not.toBe(highlight);
});

test('a state changed by somebody else appears by itself', async () => {
  await page.goto(home());
  await fill('3014', '3014', '3014');
  await page.locator('.state-now', { hasText: 'Not Ready' }).waitFor();
  await rest(poise, '3014', 'PUT', '/User/3014', '<User><state>READY</state></User>');
  await page.locator('.state-now .name', { hasText: /^Ready$/ }).waitFor();
});

test('an agent who is signed out by somebody else is told so, and the message has the focus', async () => {
  await page.goto(home());
  await fill('3017', '3017', '3017');
  await page.locator('.state-now', { hasText: 'Not Ready' }).waitFor();
  await rest(poise, '3017', 'PUT', '/User/3017', signOutBody);
  const notice = page.getByText('You were signed out from another page or by the server.');
  await notice.waitFor();
  await expect.poll(() => notice.evaluate((e) => e === document.activeElement)).toBe(true);
});

test('an agent who is signed in already is taken over with the same state', async () => {
  await rest(poise, '3015', 'PUT', '/User/3015', signInBody('3015'));
  await page.goto(home());
  await fill('3015', '3015', '3015');
  await openIdentity();
  await page.getByText('Extension 3015').waitFor();
});

test('the pages have no accessibility faults that axe can find, in light and dark', async () => {
  const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
  /** @param open a dialog that is open stands beside the landmarks */
  const check = async ({ open = false } = {}) => {
    await page.addScriptTag({ path: axe }).catch(() => page.evaluate(() => undefined));
    const injected = await page.evaluate(() => 'axe' in window);
    if (!injected) throw new Error('axe could not be injected');
    const result = await page.evaluate(
      (isOpen) =>
        (
          window as unknown as {
            axe: { run(o: object): Promise<{ violations: { id: string; help: string }[] }> };
          }
        ).axe.run({
          runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
          rules: { region: { enabled: !isOpen } },
        }),
      open,
    );
    return result.violations.map((v) => `${v.id}: ${v.help}`);
  };
  await context.close();
  context = await (browser as Browser).newContext({ locale: 'en-GB', bypassCSP: true });
  page = await context.newPage();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.goto(home());
    await page.getByLabel('Agent ID or login name').waitFor();
    expect(await check()).toEqual([]);
    await fill('3016', '3016', '999');
    await page.getByText('Extension 999 cannot be used').waitFor();
    expect(await check()).toEqual([]);
    await fill('3016', '3016', '3016');
    await page.getByRole('heading', { name: 'Your state' }).waitFor();
    expect(await check()).toEqual([]);
    await page.getByRole('button', { name: 'Change state' }).click();
    await page.getByRole('menu').waitFor();
    expect(await check()).toEqual([]);
    await page.getByRole('menuitemradio', { name: 'Ready', exact: true }).click();
    await page.locator('.state-now .name', { hasText: /^Ready$/ }).waitFor();
    await openIdentity();
    await page.getByText('Set yourself to Not Ready before you sign out.').waitFor();
    expect(await check({ open: true })).toEqual([]);
    await page.keyboard.press('Escape');
    await rest(poise, '3016', 'PUT', '/User/3016', '<User><state>NOT_READY</state></User>');
    // Signing out is refused until the first request has taken effect.
    await page.locator('.state-now .name', { hasText: 'Not Ready' }).waitFor();
    const signOut = await rest(poise, '3016', 'PUT', '/User/3016', signOutBody);
    expect(signOut.status).toBe(202);
    await page.getByText('You were signed out from another page').waitFor();
    expect(await check()).toEqual([]);
  }
}, 240_000);

test('an agent whose reasons cannot be fetched stays signed in, and gets them later', async () => {
  await page.route('**/ReasonCodes**', (route) => route.fulfill({ status: 503, body: '' }));
  await page.goto(home());
  await fill('3004', '3004', '3004');
  await page.getByRole('heading', { name: 'Your state' }).waitFor();
  // Whether a reason is needed is unknown, so only Ready is offered.
  const change = page.getByRole('button', { name: 'Change state' });
  await change.click();
  await expect.poll(() => page.getByRole('menuitemradio').allTextContents()).toEqual(['Ready']);
  await page.keyboard.press('Escape');
  const button = await change.elementHandle();
  await openIdentity();
  expect(await page.getByRole('button', { name: 'Sign out' }).isDisabled()).toBe(true);
  await page.getByRole('dialog').getByText('The list of reasons has not arrived yet.').waitFor();
  await page.keyboard.press('Escape');
  await page.unroute('**/ReasonCodes**');
  await change.click();
  // They come into the menu that is open.
  await page
    .getByRole('menuitemradio', { name: /^Not Ready/ })
    .first()
    .waitFor();
  // Still the same: what has the focus may not go away when the reasons arrive.
  expect(await button!.evaluate((e) => e.isConnected)).toBe(true);
  await page.getByRole('menuitemradio', { name: 'Ready', exact: true }).click();
  await page.locator('.state-now .name', { hasText: /^Ready$/ }).waitFor();
});

test('when the server goes away the page says so', async () => {
  const other = await startPoise();
  try {
    await page.goto(`http://localhost:${other.ports.http}/`);
    await fill('3001', '3001', '3001');
    await page.getByRole('heading', { name: 'Your state' }).waitFor();
    await page.getByRole('button', { name: 'Change state' }).waitFor();
    await other.stop();
    await page.getByText('Lost connection to localhost').waitFor();
    expect(await page.getByRole('button', { name: 'Change state' }).isDisabled()).toBe(true);
  } finally {
    await other.stop();
  }
}, 240_000);

test('the page speaks German and French when asked', async () => {
  await page.goto(`${home()}desktop/container/?locale=de_DE`);
  await page.getByRole('heading', { name: 'Anmelden' }).waitFor();
  await page.getByRole('button', { name: 'Français' }).click();
  await page.getByRole('heading', { name: 'Connexion' }).waitFor();
});
