/** A real Chromium for the tests that need one; undefined where none is installed. */
import { type Browser, chromium } from 'playwright-core';
import { program } from './server.ts';

const executablePath = program(
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
);

/** For `waitForFunction`: not by the frames that a page draws, as is the default. A busy machine may draw none for long, what is hidden draws none at all. */
export const OFTEN = { polling: 50 } as const;

export const NO_BROWSER = 'no Chromium is installed';

/**
 * @param features what the library switches off in a browser, e.g. `back-forward-cache`, and is wanted here
 * @param more further arguments of the browser
 */
export function launchBrowser(
  features: readonly string[] = [],
  more: readonly string[] = [],
): Promise<Browser> | undefined {
  if (!executablePath) return undefined;
  return chromium.launch({
    executablePath,
    ignoreDefaultArgs: features.map((feature) => `--disable-${feature}`),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  });
}
