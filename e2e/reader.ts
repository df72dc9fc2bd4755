/**
 * What a screen reader would make of the page: what its live regions say, in their order, and what is wrong with its
 * headings, landmarks, tables and names.
 */
import type { Page } from 'playwright-core';

/** Something that was said. */
export interface Said {
  readonly text: string;
  /** `assertive` breaks in; `polite` waits for a pause. */
  readonly how: string;
}

/** Keeps what the live regions of the page say from its beginning on. To be called before the page is opened. */
export async function listen(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const LIVE = '[aria-live], [role=status], [role=alert], [role=log], output';
    const said: Said[] = [];
    Object.assign(window, { said });
    const howOf = (region: Element) =>
      region.getAttribute('aria-live') ?? (region.getAttribute('role') === 'alert' ? 'assertive' : 'polite');
    /** Nobody hears what is not there for the reader. */
    const isHeard = (region: Element) =>
      howOf(region) !== 'off' && region.closest('[aria-hidden=true], [inert], [hidden]') === null;
    const textOf = (node: Node): string => {
      if (node instanceof Text) return node.data;
      if (!(node instanceof Element) || node.matches('[aria-hidden=true], [hidden], [aria-live=off]'))
        return '';
      const text = node.getAttribute('aria-label') ?? [...node.childNodes].map(textOf).join('');
      return node.matches('p, button') ? ` ${text} ` : text;
    };
    const wordsOf = (node: Node) => textOf(node).replace(/\s+/g, ' ').trim();
    /** Of a log only what comes is read. */
    const isLog = (region: Element) => region.getAttribute('role') === 'log';
    /** Every other region is read as a whole when its words are others than before; one that takes all away says nothing. */
    const words = new Map<Element, string>();
    const read = (changes: readonly MutationRecord[]) => {
      for (const { target, addedNodes } of changes) {
        const log = target instanceof Element ? target.closest('[role=log]') : null;
        for (const node of log !== null && isHeard(log) ? addedNodes : [])
          if (wordsOf(node) !== '') said.push({ text: wordsOf(node), how: 'polite' });
      }
      for (const region of document.querySelectorAll(LIVE)) {
        if (isLog(region)) continue;
        const text = wordsOf(region);
        const before = words.get(region);
        words.set(region, text);
        if (text === before || text === '' || !isHeard(region)) continue;
        // What stands in a polite region when it comes on the page is not told by most readers.
        if (before === undefined && howOf(region) !== 'assertive') continue;
        said.push({ text, how: howOf(region) });
      }
    };
    new MutationObserver(read).observe(document, { subtree: true, childList: true, characterData: true });
    interface Said {
      text: string;
      how: string;
    }
  });
}

/** Everything that was said since it was asked last. */
export function saidSince(page: Page): Promise<readonly Said[]> {
  return page.evaluate(() => (window as unknown as { said: Said[] }).said.splice(0));
}

/** Names, by language, of the buttons that close a pop-over or dialog and that only readers meet: the library's own. */
const DISMISS: ReadonlySet<string> = new Set(['Dismiss', 'Schließen', 'Rejeter']);

interface Entry {
  readonly depth: number;
  readonly role: string;
  readonly name: string;
  readonly more: string;
}

/** The accessibility tree, one entry a line: `- button "Hold" [disabled]`. */
async function entriesOf(page: Page): Promise<readonly Entry[]> {
  // What is inert is not in the tree; the library's picture of it does not know that.
  const marked = () =>
    page.evaluate(() => {
      for (const e of document.querySelectorAll('[data-e2e-inert]')) {
        e.removeAttribute('aria-hidden');
        e.removeAttribute('data-e2e-inert');
      }
    });
  await page.evaluate(() => {
    for (const e of document.querySelectorAll('[inert]:not([aria-hidden])')) {
      e.setAttribute('aria-hidden', 'true');
      e.setAttribute('data-e2e-inert', '');
    }
  });
  const lines = (await page.locator('body').ariaSnapshot()).split('\n');
  await marked();
  return lines.flatMap((line) => {
    const found = /^(\s*)- '?([a-z]+)(?: "((?:[^"\\]|\\.)*)")?(.*)$/.exec(line);
    if (!found) return [];
    const [, space = '', role = '', name = '', more = ''] = found;
    return [{ depth: space.length, role, name, more }];
  });
}

const LANDMARKS: ReadonlySet<string> = new Set(['region', 'navigation', 'complementary', 'search', 'form']);
const ONCE: ReadonlySet<string> = new Set(['main', 'banner', 'contentinfo']);
/** What has to say what it is. */
const NAMED: ReadonlySet<string> = new Set([
  ...LANDMARKS,
  ...[
    'button',
    'link',
    'textbox',
    'searchbox',
    'combobox',
    'checkbox',
    'radio',
    'switch',
    'slider',
    'spinbutton',
  ],
  ...['menuitem', 'menuitemradio', 'option', 'tab', 'columnheader', 'heading', 'img'],
  ...['dialog', 'alertdialog', 'grid', 'table', 'menu', 'listbox', 'tablist', 'tree'],
]);
/** What has to be told apart from others of its kind, wherever it stands. */
const DISTINCT: ReadonlySet<string> = new Set([
  ...LANDMARKS,
  ...['button', 'link', 'textbox', 'searchbox', 'combobox', 'checkbox', 'slider', 'grid', 'menuitem', 'tab'],
]);

/** What is wrong with the page for who hears it, one sentence each. */
export async function readerFaults(page: Page): Promise<readonly string[]> {
  const entries = await entriesOf(page);
  const faults: string[] = [];
  const seen = new Map<string, number>();
  const isOpen = entries.some(({ role }) => role === 'dialog' || role === 'alertdialog' || role === 'menu');
  // The heading of level 1 is not in the tree while a dialog is open.
  let level = isOpen ? 1 : 0;
  entries.forEach(({ role, name, more, depth }, index) => {
    const key = `${role} "${name}"`;
    // Those of a table are told with its name; the two that the library hides at the ends of a pop-over do the same.
    const isOfTable = entries.slice(0, index).findLast((each) => each.depth < depth)?.role === 'columnheader';
    if (!isOfTable && !DISMISS.has(name)) seen.set(key, (seen.get(key) ?? 0) + 1);
    // A name made of signs says nothing.
    if (NAMED.has(role) && !/[\p{L}\p{N}*#]/u.test(name))
      faults.push(`a ${role} has no name (entry ${index})`);
    if (role === 'heading') {
      const own = Number(/\[level=(\d)\]/.exec(more)?.[1] ?? 0);
      if (own > level + 1) faults.push(`heading "${name}" of level ${own} follows one of level ${level}`);
      level = own;
    }
    if (role === 'grid' || role === 'table') {
      const inside = entries.slice(index + 1);
      const end = inside.findIndex((each) => each.depth <= depth);
      const part = end < 0 ? inside : inside.slice(0, end);
      // Keys that stand in rows have no columns that could be named.
      const cells = part.filter((each) => each.role === 'gridcell');
      const isOfButtons =
        cells.length > 0 && part.filter((each) => each.role === 'button').length === cells.length;
      if (!isOfButtons && !part.some((each) => each.role === 'columnheader'))
        faults.push(`${key} has no column headers`);
    }
  });
  for (const [key, count] of seen) {
    const [role = ''] = key.split(' ');
    if (count > 1 && DISTINCT.has(role)) faults.push(`${key} is there ${count} times`);
  }
  for (const role of ONCE) {
    const count = entries.filter((entry) => entry.role === role).length;
    if (count > 1) faults.push(`there are ${count} landmarks ${role}`);
    if (count === 0 && role === 'main' && !isOpen) faults.push('there is no main landmark');
  }
  return faults;
}
