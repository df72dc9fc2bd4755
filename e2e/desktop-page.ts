/** The desktop page as somebody without a mouse works with it, for the tests of its parts. */
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { looksRight } from './looks.ts';
import type { RunningPoise } from './server.ts';

export class DesktopPage {
  readonly page: Page;
  readonly #poise: Pick<RunningPoise, 'ports'>;
  /** What went wrong in its scripts. */
  readonly problems: string[] = [];

  private constructor(page: Page, poise: Pick<RunningPoise, 'ports'>) {
    this.page = page;
    this.#poise = poise;
    page.on('pageerror', (error) => this.problems.push(String(error)));
  }

  static async open(browser: Browser, poise: Pick<RunningPoise, 'ports'>): Promise<DesktopPage> {
    const context = await browser.newContext({
      locale: 'en-GB',
      viewport: { width: 1280, height: 800 },
      bypassCSP: true,
    });
    return new DesktopPage(await context.newPage(), poise);
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  async signIn(id: string, extension: string): Promise<void> {
    const { page } = this;
    await page.goto(`http://localhost:${this.#poise.ports.http}/desktop/container/`);
    await page.getByLabel('Agent ID or login name').fill(id);
    await page.getByLabel('Password').fill(id);
    await page.getByLabel('Extension', { exact: true }).fill(extension);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Calls', exact: true }).waitFor();
  }

  /** What has the focus, as a person would name it; empty: nothing. */
  focused(): Promise<string> {
    return this.page.evaluate(() => {
      const e = document.activeElement as HTMLElement & { labels?: NodeListOf<HTMLLabelElement> };
      if (e === document.body) return '';
      const text = e.getAttribute('aria-label') ?? e.labels?.[0]?.textContent ?? e.textContent ?? '';
      return text.replace('▾', '').trim();
    });
  }

  /** Goes on with Tab until that has the focus. */
  async tabTo(name: string): Promise<void> {
    const seen: string[] = [];
    for (let presses = 0; presses < 60; presses++) {
      const now = await this.focused();
      if (now === name) return;
      seen.push(now);
      await this.page.keyboard.press('Tab');
    }
    throw new Error(`${name} cannot be reached with Tab; there are ${seen.join(' | ')}`);
  }

  async press(name: string): Promise<void> {
    // Where there are several calls, the name of a button goes on with that of its call.
    await this.page
      .getByRole('button', { name: new RegExp(`^${name}( Call with .*)?$`) })
      .first()
      .waitFor();
    await this.tabTo(name);
    // Nobody presses what looks blocked.
    const isBlocked = () =>
      this.page.evaluate(() => document.activeElement?.getAttribute('aria-disabled') === 'true');
    await expect.poll(isBlocked, { message: `${name} is blocked` }).toBe(false);
    await this.page.keyboard.press('Enter');
  }

  /** Asks for Ready in the menu of states. */
  async ready(): Promise<void> {
    await this.press('Change state');
    await this.page.getByRole('menuitemradio', { name: 'Ready', exact: true }).waitFor();
    await this.page.locator('[role=menu]:focus-within').waitFor();
    await this.page.keyboard.press('Home');
    await expect.poll(() => this.focused()).toMatch(/^Ready/);
    await this.page.keyboard.press('Enter');
    await this.stateIs(/^Ready$/);
  }

  stateIs(text: RegExp): Promise<void> {
    return this.page.locator('.state-now .name', { hasText: text }).waitFor();
  }

  callIs(state: string): Promise<void> {
    return this.page.locator(`.call-card[data-state="${state}"]`).waitFor();
  }

  /** Goes to the call that rings, with the one key that leads there, and takes it. */
  async answer(): Promise<void> {
    await this.page.locator('.incoming-call').first().waitFor();
    await this.page.keyboard.press('Control+Alt+P');
    await expect.poll(() => this.focused()).toMatch(/^Answer /);
    await this.page.keyboard.press('Enter');
    await this.callIs('ACTIVE');
  }

  /** Where a button of a call stands. */
  async placeOf(name: string): Promise<{ x: number; y: number }> {
    const box = await this.page
      .locator('.call-card')
      .getByRole('button', { name, exact: true })
      .boundingBox();
    return { x: Math.round(box?.x ?? -1), y: Math.round(box?.y ?? -1) };
  }

  /** Looks for faults in light and dark, at two widths and at 200 % zoom. */
  looksRight(name: string): Promise<void> {
    return looksRight(this.page, name);
  }
}
