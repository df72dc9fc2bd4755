// `npm run screens`: pictures of every screen into docs/screens/, made with Chromium. Each act of `screens/acts.mjs` has a
// demonstration server of its own, so that no picture shows what an earlier one has left behind.
import { existsSync, mkdirSync } from 'node:fs';
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
  --only NAME      one act, or one picture`);
  process.exit(0);
}

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = CHROMIUM.find((path) => existsSync(path));
if (!executablePath) {
  console.error(`no Chromium is installed (looked for ${CHROMIUM.join(', ')})`);
  process.exit(1);
}

prepare();
mkdirSync(opt.dir, { recursive: true });
const { chromium } = await import('playwright-core');
const { ACTS } = await import('./screens/acts.mjs');
const { Stage } = await import('./screens/stage.mjs');

const wanted = ACTS.filter(
  ({ name, pictures }) => opt.only === '' || opt.only === name || pictures.includes(opt.only),
);
if (wanted.length === 0) {
  console.error(`there is no act or picture ${opt.only}`);
  process.exit(1);
}
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-quic'] });
const missing = [];
for (const act of wanted) {
  const left = new Set(opt.only === '' || opt.only === act.name ? act.pictures : [opt.only]);
  const stage = new Stage(browser, { dir: opt.dir, offset: Number(opt.offset), left });
  try {
    await act.play(stage);
  } catch (error) {
    console.error(`${act.name}: ${error.message}`);
  } finally {
    await stage.close();
  }
  missing.push(...left);
}
await browser.close();
if (missing.length > 0) {
  console.error(`pictures are missing: ${missing.join(', ')}`);
  process.exit(1);
}
