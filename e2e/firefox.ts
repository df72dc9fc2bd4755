/**
 * A real Firefox for the tests that need one, over WebDriver BiDi: Debian's own, which Playwright cannot drive. What a
 * person does at a desktop page in it.
 */
import puppeteer, { type Browser, type ElementHandle, type KeyInput, type Page } from 'puppeteer-core';
import { expect } from 'vitest';
import { program, type RunningPoise } from './server.ts';

const executablePath = program('/usr/bin/firefox-esr', '/usr/bin/firefox');

export const NO_FIREFOX = 'no Firefox is installed';

/** A busy machine may need half a minute for the first start of a profile. */
const LAUNCH_MS = 60_000;
const WAIT_MS = 30_000;

/** Undefined where none is installed. */
export function launchFirefox(): Promise<Browser> | undefined {
  if (!executablePath) return undefined;
  return puppeteer.launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    timeout: LAUNCH_MS,
    defaultViewport: { width: 1280, height: 800 },
  });
}

export class FirefoxDesk {
  readonly page: Page;
  readonly #poise: RunningPoise;
  /** What went wrong in its scripts, or was against the policy for them. */
  readonly problems: string[] = [];

  private constructor(page: Page, poise: RunningPoise) {
    this.page = page;
    this.#poise = poise;
    page.setDefaultTimeout(WAIT_MS);
    page.on('pageerror', (error) => this.problems.push(String(error)));
    // Who leaves a page in a call is asked.
    page.on('dialog', (dialog) => void dialog.accept());
    page.on('console', (message) => {
      if (message.type() === 'error') this.problems.push(message.text());
    });
  }

  /** A desk whose storage is its own. */
  static async open(browser: Browser, poise: RunningPoise): Promise<FirefoxDesk> {
    const context = await browser.createBrowserContext();
    return new FirefoxDesk(await context.newPage(), poise);
  }

  close(): Promise<void> {
    return this.page.browserContext().close();
  }

  /** By keyboard, from the address on. */
  async signIn(id: string, extension: string): Promise<void> {
    await this.page.goto(`http://localhost:${this.#poise.ports.http}/?locale=en`);
    await this.has('Agent ID or login name');
    for (const [i, text] of [id, id, extension].entries()) {
      if (i > 0) await this.page.keyboard.press('Tab');
      await this.page.keyboard.type(text);
    }
    await this.page.keyboard.press('Enter');
    await this.shows('h2', /^Calls$/);
  }

  /** Waits until an element of that kind has such a text. */
  async shows(selector: string, text: RegExp): Promise<void> {
    try {
      await this.page.waitForFunction(
        (css, source) =>
          [...document.querySelectorAll(css)].some((e) => new RegExp(source).test(e.textContent ?? '')),
        {},
        selector,
        text.source,
      );
    } catch (cause) {
      const now = await this.page.evaluate(
        (css) => [...document.querySelectorAll(css)].map((e) => e.textContent),
        selector,
      );
      throw new Error(`${selector} is not ${text}, but ${JSON.stringify(now)}`, { cause });
    }
  }

  stateIs(text: RegExp): Promise<void> {
    return this.shows('.state-now .name', text);
  }

  async callIs(state: string): Promise<void> {
    await this.page.waitForSelector(`.call-card[data-state="${state}"]`);
  }

  /** Waits until that has the focus. */
  async has(name: string): Promise<void> {
    await expect.poll(() => this.focused(), { timeout: WAIT_MS }).toBe(name);
  }

  /** What has the focus, as a person would name it; empty: nothing. */
  focused(): Promise<string> {
    return this.page.evaluate(() => {
      const e = document.activeElement as HTMLElement & { labels?: NodeListOf<HTMLLabelElement> };
      if (!e || e === document.body) return '';
      const text = e.getAttribute('aria-label') ?? e.labels?.[0]?.textContent ?? e.textContent ?? '';
      return text.replace('▾', '').trim();
    });
  }

  /** Presses keys together, the last of them as a stroke. */
  async keys(...keys: readonly KeyInput[]): Promise<void> {
    const held = keys.slice(0, -1);
    for (const key of held) await this.page.keyboard.down(key);
    await this.page.keyboard.press(keys.at(-1) as KeyInput);
    for (const key of held.reverse()) await this.page.keyboard.up(key);
  }

  /** Presses what is called that with the pointer, once it can be pressed. */
  async click(selector: string, name: string): Promise<void> {
    // The browser's own search by name is right, too, but takes seconds.
    const found = await this.page.waitForFunction(
      (css, wanted) =>
        [...document.querySelectorAll<HTMLElement>(css)].find((e) => {
          const label = e.getAttribute('aria-label') ?? (e as HTMLInputElement).labels?.[0]?.textContent;
          const text = (label ?? e.textContent ?? '').replace('▾', '').trim();
          return text === wanted && e.checkVisibility() && e.getAttribute('aria-disabled') !== 'true';
        }),
      {},
      selector,
      name,
    );
    await (found.asElement() as ElementHandle<HTMLElement> | null)?.click();
  }
}
