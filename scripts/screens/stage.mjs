// A demonstration server, the browsers of those who work there, and the camera.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import UPNG from 'upng-js';
import { root } from '../toolchain.mjs';

const SIZES = [
  [1280, 800],
  [1920, 1080],
];
const SCHEMES = ['light', 'dark'];
/** Colours of a picture: enough for a page that has few, and half the bytes. */
const COLOURS = 256;
const WAIT_MS = 60_000;

const basic = (user) => `Basic ${Buffer.from(`${user}:${user}`).toString('base64')}`;

export class Stage {
  #browser;
  #dir;
  #offset;
  /** Names of the pictures that are still to be taken. */
  #left;
  #server;
  #data;
  #contexts = [];
  #closers = [];

  constructor(browser, { dir, offset, left }) {
    this.#browser = browser;
    this.#dir = dir;
    this.#offset = offset;
    this.#left = left;
  }

  get http() {
    return 8082 + this.#offset;
  }

  /** Starts the demonstration server. @param sets settings, `key=value` */
  async open(sets = []) {
    this.#data = mkdtempSync(join(tmpdir(), 'poise-screens-'));
    const poise = join(root, 'packages/server/bin/poise.mjs');
    const all = [`ports.offset=${this.#offset}`, ...sets].flatMap((set) => ['--set', set]);
    this.#server = spawn(process.execPath, [poise, 'start', '--demo', '--data', this.#data, ...all], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((done, fail) => {
      this.#server.stdout.on('data', (chunk) => /IN_SERVICE/.test(chunk) && done());
      this.#server.once('exit', (code) => fail(new Error(`the server ended with ${code}`)));
    });
  }

  /** What has to be ended with the act. */
  onClose(close) {
    this.#closers.push(close);
  }

  async close() {
    for (const context of this.#contexts) await context.close();
    if (this.#server) {
      this.#server.kill('SIGTERM');
      if (this.#server.exitCode === null) await new Promise((done) => this.#server.once('exit', done));
    }
    if (this.#data) rmSync(this.#data, { recursive: true, force: true });
    for (const close of this.#closers) await close();
  }

  /** Somebody's browser, at the sign-in. @param options of the browser's context */
  async page(options = {}) {
    const context = await this.#browser.newContext({
      viewport: { width: 1280, height: 800 },
      colorScheme: 'light',
      locale: 'en-US',
      reducedMotion: 'reduce',
      ...options,
    });
    this.#contexts.push(context);
    const page = await context.newPage();
    page.setDefaultTimeout(WAIT_MS);
    await page.goto(`http://localhost:${this.http}/desktop/container/`);
    await page.locator('form input').first().waitFor();
    return page;
  }

  /** Somebody at work. */
  async signIn(user, extension, options) {
    const page = await this.page(options);
    await page.getByLabel('Agent ID or login name').fill(user);
    await page.getByLabel('Password').fill(user);
    await page.getByLabel('Extension', { exact: true }).fill(extension);
    await page.keyboard.press('Enter');
    await page.locator('.state-now').waitFor();
    await this.settled(page);
    return page;
  }

  /** Nothing is being read any more: lists have their rows. */
  async settled(page) {
    // Asked from here: a page whose clock is held does not ask by itself.
    const isReading = () => page.evaluate(() => /Loading|are being read/.test(document.body.textContent));
    for (const endsAt = Date.now() + WAIT_MS; await isReading(); ) {
      if (Date.now() > endsAt) throw new Error('the page is still being read');
      await new Promise((done) => setTimeout(done, 100));
    }
  }

  /** Takes a picture in both sizes and schemes, if it is wanted. */
  async take(page, name, { schemes = SCHEMES } = {}) {
    if (!this.#left.has(name)) return;
    await this.settled(page);
    // Out of the way: the pointer would show what it is over.
    await page.mouse.move(0, 0);
    for (const [width, height] of SIZES) {
      await page.setViewportSize({ width, height });
      for (const scheme of schemes) {
        await page.emulateMedia(
          scheme === 'contrast'
            ? { colorScheme: 'light', contrast: 'more' }
            : { colorScheme: scheme, contrast: 'no-preference' },
        );
        await page.evaluate(
          () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
        );
        const path = join(this.#dir, `${name}-${width}-${scheme}.png`);
        writeFileSync(path, smaller(await page.screenshot({ caret: 'hide' })));
        console.log(path);
      }
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.emulateMedia({ colorScheme: 'light', contrast: 'no-preference' });
    this.#left.delete(name);
  }

  /** The REST API. @returns status and text of the answer */
  async rest(user, method, path, body) {
    const answer = await fetch(`http://127.0.0.1:${this.http}/finesse/api${path}`, {
      method,
      headers: { authorization: basic(user), 'content-type': 'application/xml' },
      body,
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text;
  }

  /** The simulated telephony. */
  async sim(path, body, method = 'POST') {
    const answer = await fetch(`http://127.0.0.1:${this.http}/poise/api/sim/${path}`, {
      method,
      headers: { authorization: basic('admin'), 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  customer(to, from, variables = {}) {
    return this.sim('calls', { to, from, variables });
  }

  phone(extension, action, value) {
    return this.sim(`phones/${extension}`, { action, ...(value === undefined ? {} : { value }) });
  }

  /** A colleague who works without a browser. @param state asked for after the sign-in @param reason its label */
  async colleague(user, extension, state, reason) {
    await this.rest(
      user,
      'PUT',
      `/User/${user}`,
      `<User><state>LOGIN</state><extension>${extension}</extension></User>`,
    );
    await this.stateIs(user, 'NOT_READY');
    const reasons = await this.rest(user, 'GET', `/User/${user}/ReasonCodes?category=NOT_READY`);
    const reasonCodeId = /ReasonCode\/(\d+)</.exec(
      reasons.split('<ReasonCode>').find((code) => code.includes(`<label>${reason}</label>`)) ?? '',
    )?.[1];
    if (state === 'READY' || reasonCodeId !== undefined)
      await this.rest(
        user,
        'PUT',
        `/User/${user}`,
        `<User><state>${state}</state>${reasonCodeId === undefined ? '' : `<reasonCodeId>${reasonCodeId}</reasonCodeId>`}</User>`,
      );
    await this.stateIs(user, state);
  }

  async stateIs(user, state) {
    for (const endsAt = Date.now() + WAIT_MS; ; ) {
      const now = /<state>(\w+)<\/state>/.exec(await this.rest(user, 'GET', `/User/${user}`))?.[1];
      if (now === state) return;
      if (Date.now() > endsAt) throw new Error(`${user} is ${now}, not ${state}`);
      await new Promise((done) => setTimeout(done, 100));
    }
  }
}

/** The same picture with a palette, where that is smaller. */
function smaller(png) {
  const image = UPNG.decode(png);
  const palette = Buffer.from(UPNG.encode(UPNG.toRGBA8(image), image.width, image.height, COLOURS));
  return palette.length < png.length ? palette : png;
}
