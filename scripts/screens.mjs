// `npm run screens`: pictures of every screen into docs/screens/, made with Chromium against a demonstration server of its own.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepare, root } from './toolchain.mjs';

const { values: opt } = parseArgs({
  options: {
    dir: { type: 'string', default: join(root, 'docs/screens') },
    offset: { type: 'string', default: '16400' },
    only: { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
});
if (opt.help) {
  console.log(`usage: npm run screens -- [options]
  --dir DIR        where the pictures go (default docs/screens)
  --offset N       ports.offset of the server (default 16400)
  --only NAME      one screen`);
  process.exit(0);
}

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = CHROMIUM.find((path) => existsSync(path));
if (!executablePath) {
  console.error(`no Chromium is installed (looked for ${CHROMIUM.join(', ')})`);
  process.exit(1);
}

const SIZES = [
  [1280, 800],
  [1920, 1080],
];
const SCHEMES = ['light', 'dark'];
const http = 8082 + Number(opt.offset);
const poise = join(root, 'packages/server/bin/poise.mjs');
const data = mkdtempSync(join(tmpdir(), 'poise-screens-'));

/** An agent (id = password) and the phone; each screen has one of its own, so that no call goes astray. */
const SEATS = {
  agent: ['3001', '3001'],
  supervisor: ['2051', '10002'],
};
/** Colleagues in the supervisor's team, and what they do. */
const COLLEAGUES = {
  3002: 'READY',
  3003: 'READY',
  3004: 'NOT_READY',
  3005: 'READY',
  3006: 'READY',
  3007: 'NOT_READY',
};

const customer = () =>
  spawnSync(
    process.execPath,
    // biome-ignore format: one option per line says less
    [poise, 'sim', 'call', '--to', '6003', '--data', data, '--from', '4930123456',
     '--var', 'callVariable1=Gold', '--var', 'callVariable2=Order 4711', '--var', 'callVariable3=Delivery is late'],
    { stdio: 'inherit' },
  );
const ready = (page) => page.keyboard.press('Control+Alt+R');
const cards = (page, state) => page.locator(`.call-card[data-state="${state}"]`).first().waitFor();
const incoming = async (page) => {
  await ready(page);
  await page.locator('.state-now .name', { hasText: /^Ready$/ }).waitFor();
  customer();
  await cards(page, 'ALERTING');
};
const talking = async (page) => {
  await incoming(page);
  await page.keyboard.press('Control+Alt+A');
  await cards(page, 'ACTIVE');
};
const wrapUp = async (page) => {
  await talking(page);
  await page.keyboard.press('Control+Alt+E');
  await cards(page, 'WRAP_UP');
};

/** Name, seat (null: nobody signs in), and what leads to it. */
const SCREENS = [
  ['sign-in', null, async () => {}],
  ['agent-idle', 'agent', async () => {}],
  ['incoming', 'agent', incoming],
  [
    'calls',
    'agent',
    async (page) => {
      await talking(page);
      await page.keyboard.press('Control+Alt+C');
    },
  ],
  ['wrap-up', 'agent', wrapUp],
  ['history', 'agent', (page) => page.keyboard.press('Control+Alt+2')],
  [
    'supervisor',
    'supervisor',
    async (page) => {
      for (const [id, state] of Object.entries(COLLEAGUES)) {
        await rest(id, 'PUT', `<User><state>LOGIN</state><extension>${id}</extension></User>`);
        await rest(id, 'PUT', `<User><state>${state}</state></User>`);
      }
      await page.getByRole('combobox', { name: 'Team' }).selectOption('Sandbox');
      customer();
      customer();
      await page.getByRole('gridcell').filter({ hasText: 'Reserved' }).first().waitFor();
    },
  ],
  ['messages', 'supervisor', (page) => page.keyboard.press('Control+Alt+0')],
  [
    'settings',
    'agent',
    async (page) => {
      await page.locator('.identity-button').click();
      await page.getByRole('button', { name: 'Settings' }).click();
      await page.getByRole('dialog', { name: 'Settings' }).waitFor();
    },
  ],
  [
    'shortcuts',
    'agent',
    async (page) => {
      await page.keyboard.press('Control+Alt+F');
      await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    },
  ],
  [
    'notifications',
    'agent',
    async (page) => {
      await incoming(page);
      await page.getByRole('button', { name: /^Notifications/ }).click();
    },
  ],
  [
    'banner',
    'agent',
    async (page, context) => {
      // The page loses its server, as far as it can tell.
      await context.setOffline(true);
      await page.locator('.banner').first().waitFor({ timeout: 60_000 });
    },
  ],
];

async function rest(user, method, body) {
  const answer = await fetch(`http://127.0.0.1:${http}/finesse/api/User/${user}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${user}:${user}`).toString('base64')}`,
      'content-type': 'application/xml',
    },
    body,
  });
  return answer.text();
}

/** What is asked for next in each state, on the way out; anything else ends with the call. */
const WAY_OUT = { READY: 'NOT_READY', WORK: 'NOT_READY', WORK_READY: 'NOT_READY', NOT_READY: 'LOGOUT' };
const REASONS = { NOT_READY: 10, LOGOUT: 1 };

/** Nobody is signed in, and no customer is on the line: the next screen begins like the first. */
async function sweep() {
  spawnSync(process.execPath, [poise, 'sim', 'stop', '--data', data], { stdio: 'ignore' });
  const users = [...Object.values(SEATS).map(([user]) => user), ...Object.keys(COLLEAGUES)];
  for (const user of users) {
    for (let looks = 0; looks < 40; looks++) {
      const state = /<state>(\w+)<\/state>/.exec(await rest(user, 'GET'))?.[1];
      if (state === 'LOGOUT' || state === undefined) break;
      const next = WAY_OUT[state];
      if (next)
        await rest(
          user,
          'PUT',
          `<User><state>${next}</state>${looks % 2 === 0 ? '' : `<reasonCodeId>${REASONS[next]}</reasonCodeId>`}</User>`,
        );
      await new Promise((done) => setTimeout(done, 250));
    }
  }
}

async function signIn(page, [user, extension]) {
  await page.getByLabel('Agent ID or login name').fill(user);
  await page.getByLabel('Password').fill(user);
  await page.getByLabel('Extension').fill(extension);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('heading', { name: 'Your state' }).waitFor({ state: 'attached' });
}

async function take(browser, [name, seat, lead], [width, height], colorScheme) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme,
    locale: 'en-US',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  try {
    await page.goto(`http://localhost:${http}/desktop/container/`);
    await page.getByLabel('Agent ID or login name').waitFor();
    if (seat) await signIn(page, SEATS[seat]);
    await lead(page, context);
    // What is loaded when it is seen, and what follows from the last key.
    await page.waitForLoadState('networkidle', { timeout: 2_000 }).catch(() => {});
    await page.waitForTimeout(400);
    const path = join(opt.dir, `${name}-${width}-${colorScheme}.png`);
    await page.screenshot({ path });
    console.log(path);
    return true;
  } catch (error) {
    console.error(`${name} ${width} ${colorScheme}: ${error.message.split('\n')[0]}`);
    return false;
  } finally {
    await context.close();
    await sweep();
  }
}

prepare();
mkdirSync(opt.dir, { recursive: true });
const server = spawn(
  process.execPath,
  [poise, 'start', '--demo', '--data', data, '--set', `ports.offset=${opt.offset}`],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
let failed = 0;
try {
  await new Promise((done, fail) => {
    server.stdout.on('data', (chunk) => /IN_SERVICE/.test(chunk) && done());
    server.once('exit', (code) => fail(new Error(`the server ended with ${code}`)));
  });
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-quic'] });
  for (const screen of SCREENS) {
    if (opt.only && screen[0] !== opt.only) continue;
    for (const size of SIZES)
      for (const scheme of SCHEMES) if (!(await take(browser, screen, size, scheme))) failed++;
  }
  await browser.close();
} finally {
  server.kill('SIGTERM');
  await new Promise((done) => (server.exitCode === null ? server.once('exit', done) : done()));
  rmSync(data, { recursive: true, force: true });
}
if (failed > 0) {
  console.error(`${failed} pictures are missing`);
  process.exit(1);
}
