/** How a screen bears other colours, contrast, and 200 % zoom: the faults that a program can find. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { axeFaults, overflow } from './axe.ts';

interface Mode {
  readonly name: string;
  readonly colorScheme: 'light' | 'dark';
  readonly theme: 'system' | 'contrast';
  readonly forced?: true;
}

const LIGHT: Mode = { name: 'light', colorScheme: 'light', theme: 'system' };
const DARK: Mode = { name: 'dark', colorScheme: 'dark', theme: 'system' };
const CONTRAST: Mode = { name: 'contrast', colorScheme: 'light', theme: 'contrast' };
/** Everything is looked at in the first of them; in the others colours alone differ. */
const MODES: Readonly<Record<'known' | 'new' | 'all', readonly Mode[]>> = {
  known: [CONTRAST],
  new: [DARK, CONTRAST],
  all: [
    LIGHT,
    DARK,
    CONTRAST,
    { name: 'dark contrast', colorScheme: 'dark', theme: 'contrast' },
    { name: 'forced colours', colorScheme: 'light', theme: 'system', forced: true },
  ],
};

/** Texts that lie over each other, or are cut off with no sign of it. */
export function textFaults(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    interface Piece {
      readonly text: string;
      readonly owner: Element;
      readonly layer: Element | null;
      readonly box: DOMRect;
    }
    const LAYER =
      '.popover, .modal-overlay, .incoming-calls, .pop-ups, .top, .banners, .grid-head, .modal-head, .skip';
    const pieces: Piece[] = [];
    const faults = new Set<string>();
    /** Of what scrolls, or is cut, only that part counts which is seen. */
    const seenOf = (line: DOMRect, owner: Element, text: string): DOMRect => {
      let box = line;
      for (let e: Element | null = owner; e !== null && e !== document.body; e = e.parentElement) {
        const style = getComputedStyle(e);
        // Hidden from all but readers.
        if (style.clipPath !== 'none') return new DOMRect();
        if (style.overflowX === 'visible' && style.overflowY === 'visible') continue;
        const clip = e.getBoundingClientRect();
        if (
          e === owner &&
          style.textOverflow !== 'ellipsis' &&
          style.overflowX === 'hidden' &&
          box.right > clip.right + 2
        )
          faults.add(`“${text.slice(0, 40)}” is cut off`);
        const [left, top] = [Math.max(box.left, clip.left), Math.max(box.top, clip.top)];
        const [right, bottom] = [Math.min(box.right, clip.right), Math.min(box.bottom, clip.bottom)];
        box = new DOMRect(left, top, Math.max(0, right - left), Math.max(0, bottom - top));
      }
      return box;
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const text = (node.textContent ?? '').trim();
      const owner = node.parentElement;
      if (text === '' || owner === null || !owner.checkVisibility({ visibilityProperty: true })) continue;
      if (owner.closest('script, style, option, .visually-hidden, [inert]')) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      // Each line by itself: the box around several covers what stands beside them.
      for (const line of range.getClientRects()) {
        const box = seenOf(line, owner, text);
        if (box.width >= 2 && box.height >= 2) pieces.push({ text, owner, layer: owner.closest(LAYER), box });
      }
    }
    pieces.forEach((a, index) => {
      for (const b of pieces.slice(index + 1)) {
        if (a.layer !== b.layer || a.owner === b.owner) continue;
        const width = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
        const height = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
        // Boxes of lines are higher than their letters.
        const lower = Math.min(a.box.height, b.box.height);
        if (width > 3 && height > lower / 3)
          faults.add(`“${a.text.slice(0, 40)}” and “${b.text.slice(0, 40)}” overlap`);
      }
    });
    return [...faults];
  });
}

/** Until a page that was resized stands still, on a machine that others use, too. */
const SETTLED_MS = 5_000;

/** Faults that stay: what hangs on an edge finds its place again in a moment. */
async function lasting(look: () => Promise<readonly string[]>): Promise<readonly string[]> {
  const end = performance.now() + SETTLED_MS;
  for (;;) {
    const faults = await look();
    if (faults.length === 0 || performance.now() > end) return faults;
  }
}

/**
 * What is wrong with what is shown now in other colours, and at 200 % zoom of a screen of 1280 pixels. Leaves the page in light.
 * Keeps pictures where SCREENSHOTS names a folder.
 * @param colours `known`: another test looks at it in light and dark; `all`: in every one that there is
 */
export async function screenFaults(
  page: Page,
  name: string,
  colours: keyof typeof MODES,
): Promise<readonly string[]> {
  const before = page.viewportSize() ?? { width: 1280, height: 800 };
  const theme = await page.evaluate(() => document.documentElement.dataset.theme ?? 'system');
  const show = async (mode: Mode) => {
    const forcedColors = mode.forced ? 'active' : 'none';
    await page.emulateMedia({ colorScheme: mode.colorScheme, forcedColors, reducedMotion: 'reduce' });
    await page.evaluate((value) => {
      document.documentElement.dataset.theme = value;
    }, mode.theme);
  };
  const faults: string[] = [];
  const found = (mode: string, those: readonly string[]) =>
    faults.push(...those.map((fault) => `${name}, ${mode}: ${fault}`));
  for (const [index, mode] of MODES[colours].entries()) {
    await show(mode);
    found(mode.name, await axeFaults(page, index === 0 ? undefined : ['color-contrast']));
  }
  await show({ ...LIGHT, theme: theme === 'contrast' ? 'contrast' : 'system' });
  found('1280', await textFaults(page));
  await page.setViewportSize({ width: 640, height: 400 });
  found(
    '200 %',
    await lasting(async () => {
      const wide = await overflow(page);
      return wide > 0 ? [`the page is ${wide} pixels too wide`] : [];
    }),
  );
  found('200 %', await lasting(() => textFaults(page)));
  const shots = process.env.SCREENSHOTS;
  if (shots) {
    mkdirSync(shots, { recursive: true });
    await page.screenshot({ path: join(shots, `${name.replaceAll(' ', '-')}-640.png`) });
  }
  await page.setViewportSize(before);
  return faults;
}

const SIZES = [
  [1920, 1080],
  // 200 % zoom of the one below.
  [640, 400],
  [1280, 800],
] as const;

/**
 * Holds that what is shown now has no fault that axe can find, in light and dark, and is cut off at no side at any width. Leaves it in
 * light, 1280 pixels wide. Keeps pictures where SCREENSHOTS names a folder.
 */
export async function looksRight(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const [width, height] of SIZES) {
      await page.setViewportSize({ width, height });
      const shots = process.env.SCREENSHOTS;
      if (shots) {
        mkdirSync(shots, { recursive: true });
        await page.screenshot({ path: join(shots, `${name}-${width}-${colorScheme}.png`) });
      }
      // What hangs on the edge finds its place again in a moment.
      await expect.poll(() => overflow(page), { message: `${name} at ${width}`, timeout: 10_000 }).toBe(0);
    }
    expect(await axeFaults(page), `${name}, ${colorScheme}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}
