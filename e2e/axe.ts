/** Accessibility faults of a page that axe can find (WCAG 2.2 A and AA), and what the page must bear besides. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface Axe {
  run(options: object): Promise<{
    violations: { id: string; help: string; nodes: { html: string }[] }[];
  }>;
}

/**
 * One line for each fault of what is shown now. Works under any content security policy.
 * @param only ids of the rules that count; undefined: all
 */
export async function axeFaults(page: Page, only?: readonly string[]): Promise<readonly string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(SOURCE);
  return page.evaluate(
    async (runOnly) => {
      const { violations } = await (window as unknown as { axe: Axe }).axe.run({ runOnly });
      // Behind a dialog the page is inert, with its heading and its landmarks.
      const OF_PAGE = ['landmark-one-main', 'page-has-heading-one'];
      const isCovered = document.querySelector('main[inert], :has(> main)[inert], [inert] main') !== null;
      return violations.flatMap(({ id, help, nodes }) =>
        nodes.filter(() => !isCovered || !OF_PAGE.includes(id)).map(({ html }) => `${id}: ${help}: ${html}`),
      );
    },
    only === undefined ? RULES : { type: 'rule', values: [...only] },
  );
}

/** Until a page that was resized stands still. */
const SETTLED_MS = 15_000;

/** How far the page can be scrolled to the side, px. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/**
 * What is wrong with the page in light and dark, and at 200 % zoom of a screen of 1280 pixels, where 640 are left
 * (WCAG 1.4.10). Leaves the page as it was.
 */
export async function pageFaults(page: Page): Promise<readonly string[]> {
  const before = page.viewportSize() ?? { width: 1280, height: 800 };
  const faults: string[] = [];
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    faults.push(...(await axeFaults(page)).map((fault) => `${colorScheme}: ${fault}`));
  }
  await page.setViewportSize({ width: 640, height: 400 });
  // What is placed beside something else finds its place anew within a frame or two.
  await page
    .waitForFunction(
      () => document.documentElement.scrollWidth <= document.documentElement.clientWidth,
      undefined,
      { timeout: SETTLED_MS },
    )
    .catch(() => {});
  const wide = await overflow(page);
  if (wide > 0) faults.push(`at 640 pixels the page is ${wide} pixels too wide`);
  await page.setViewportSize(before);
  return faults;
}
