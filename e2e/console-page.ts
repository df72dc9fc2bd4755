/** The administration console as an administrator without a mouse works with it. */
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { eventually, PATIENT_MS } from './connections/deadline.ts';
import { looksRight } from './looks.ts';
import type { RunningPoise } from './server.ts';

const TABS_MAX = 150;
/** Chromium takes letters for those of one word that come within a second of each other. */
const WORD_MS = 1_500;

export class ConsolePage {
  readonly page: Page;
  readonly #url: string;
  /** What went wrong in its scripts, violations of the content security policy among it. */
  readonly problems: string[] = [];

  private constructor(page: Page, url: string) {
    this.page = page;
    this.#url = url;
    page.on('pageerror', (error) => this.problems.push(String(error)));
    page.on('console', (message) => {
      if (/Content.Security.Policy/i.test(message.text())) this.problems.push(message.text());
    });
  }

  static async open(browser: Browser, { ports }: Pick<RunningPoise, 'ports'>): Promise<ConsolePage> {
    const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENT_MS);
    return new ConsolePage(page, `http://localhost:${ports.http}/cfadmin/`);
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  async signIn(user: string, password: string, search = ''): Promise<void> {
    await this.page.goto(this.#url + search);
    await this.page.locator('input[name=username]').waitFor();
    await this.page.keyboard.type(user);
    await this.page.keyboard.press('Tab');
    await this.page.keyboard.type(password);
    await this.page.keyboard.press('Enter');
    await this.page.locator('.areas').waitFor();
  }

  /** What has the focus, as a person would name it; empty: nothing. */
  focused(): Promise<string> {
    return this.page.evaluate(() => {
      const e = document.activeElement as HTMLElement & { labels?: NodeListOf<HTMLLabelElement> };
      if (e === document.body || e.tagName === 'MAIN') return '';
      const text = e.getAttribute('aria-label') ?? e.labels?.[0]?.textContent ?? e.textContent ?? '';
      return text.replace(' (required)', '').trim();
    });
  }

  /** Goes on with Tab until that has the focus; it may not be there yet. @param selector what it is besides */
  async tabTo(name: string, selector = '*'): Promise<void> {
    const seen: string[] = [];
    const end = performance.now() + PATIENT_MS;
    for (let presses = 0; presses < TABS_MAX || performance.now() < end; presses++) {
      const now = await this.focused();
      if (now === name && (await this.page.locator(`${selector}:focus`).count()) > 0) return;
      seen.push(now);
      await this.page.keyboard.press('Tab');
    }
    throw new Error(`${name} cannot be reached with Tab; there are ${[...new Set(seen)].join(' | ')}`);
  }

  async press(name: string): Promise<void> {
    await this.tabTo(name);
    await this.page.keyboard.press('Enter');
  }

  /** Answers the question that stands over the page, which takes the focus first. */
  async answer(name: string): Promise<void> {
    const dialog = this.page.getByRole('alertdialog');
    await dialog.locator(':focus').waitFor();
    await dialog.getByRole('button', { name, exact: true }).press('Enter');
  }

  /** Goes to a page by its address, and waits until it stands in the place of the one before. @param hash `#/users/3001` */
  async goTo(hash: string): Promise<void> {
    await this.page.evaluate((to) => {
      const address = (from: string) => from.replace(/^#\/?/, '') || 'users';
      if (address(location.hash) === address(to)) return;
      for (const element of document.querySelectorAll('#main > *')) element.setAttribute('data-left', '');
      location.hash = to;
    }, hash);
    await this.page.waitForFunction(
      () =>
        document.querySelector('#main > *') !== null &&
        document.querySelector('#main > [data-left]') === null,
    );
  }

  /** Goes to a button within a table: Tab leads to a row, arrows to its cells. */
  async pressInTable(name: string): Promise<void> {
    const { page } = this;
    await page.getByRole('grid').getByRole('button', { name, exact: true }).waitFor();
    for (let presses = 0; (await page.locator('[role=grid] :focus').count()) === 0; presses++) {
      expect(presses).toBeLessThan(TABS_MAX);
      await page.keyboard.press('Tab');
    }
    for (let row = 0; row < 20; row++) {
      for (let cell = 0; cell < 12; cell++) {
        if ((await this.focused()) === name) return page.keyboard.press('Enter');
        await page.keyboard.press('ArrowRight');
      }
      await page.keyboard.press('ArrowDown');
    }
    throw new Error(`${name} cannot be reached with arrows`);
  }

  async area(name: string): Promise<void> {
    // Fields may have the names of areas.
    await this.tabTo(name, 'a');
    await this.page.keyboard.press('Enter');
    await this.page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
  }

  async type(label: string, text: string): Promise<void> {
    await this.tabTo(label);
    await this.page.keyboard.press('Control+A');
    await this.page.keyboard.type(text);
  }

  /** Chooses in a list by the first letters; begins again where a busy machine brought them too late to be one word. */
  async choose(label: string, text: string): Promise<void> {
    const { page } = this;
    await this.tabTo(label);
    await page.locator(':focus option', { hasText: text }).first().waitFor({ state: 'attached' });
    const isChosen = () =>
      page.evaluate(
        (wanted) =>
          (document.activeElement as HTMLSelectElement).selectedOptions[0]?.text
            .toLowerCase()
            .startsWith(wanted.toLowerCase()),
        text,
      );
    await eventually(`${text} is chosen in ${label}`, async () => {
      await page.keyboard.type(text);
      if (await isChosen()) return true;
      await page.waitForTimeout(WORD_MS);
      return isChosen();
    });
  }

  async check(label: string): Promise<void> {
    await this.tabTo(label);
    await this.page.keyboard.press('Space');
  }

  async add(label: string, text: string): Promise<void> {
    await this.choose(label, text);
    await this.press(`Add: ${label}`);
    await this.page.locator('.chosen .text', { hasText: text }).waitFor();
  }

  /** A new object of the area that is shown, with what is typed and chosen meanwhile. */
  async create(area: string, fill: () => Promise<void>): Promise<void> {
    await this.area(area);
    await this.press('New');
    await this.page.getByRole('heading', { level: 1, name: /^New: / }).waitFor();
    await fill();
    await this.press('Save');
    await this.page.getByRole('button', { name: 'Delete', exact: true }).waitFor();
  }

  /** Looks for faults in light and dark, at two widths and at 200 % zoom. */
  looksRight(name: string): Promise<void> {
    return looksRight(this.page, name);
  }
}
