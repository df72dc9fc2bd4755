/** Whether who has no pointer sees where the keyboard is, and can reach everything. */
import type { Page } from 'playwright-core';

/** What is wrong with the focus, or null: it is on something that can be seen, and that shows it. */
export function focusFault(page: Page): Promise<string | null> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement) || element === document.body) return 'nothing has the focus';
    const what = `${element.tagName.toLowerCase()} “${(element.getAttribute('aria-label') ?? element.textContent ?? '').trim().slice(0, 60)}”`;
    /** What a reader is told is the element; what is marked may be the box around it. */
    const isMarked = (each: Element): boolean => {
      const style = getComputedStyle(each);
      const { width, height } = each.getBoundingClientRect();
      const isThere = width >= 8 && height >= 8;
      return isThere && style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 1;
    };
    /** Entries of menus and lists are marked by their ground. */
    const differsFromOthers = (each: HTMLElement): boolean => {
      const role = each.getAttribute('role');
      if (!role || !/^(menuitem|menuitemradio|option|tab)$/.test(role)) return false;
      const ground = getComputedStyle(each).backgroundColor;
      return [...document.querySelectorAll(`[role=${role}]`)].every(
        (other) => other === each || getComputedStyle(other).backgroundColor !== ground,
      );
    };
    let marked: Element | null = element;
    if (!differsFromOthers(element))
      for (let steps = 0; marked !== null && !isMarked(marked); steps++)
        marked = steps < 3 ? marked.parentElement : null;
    if (marked === null) return `${what} does not show that it has the focus`;
    const { left, right, top, bottom } = marked.getBoundingClientRect();
    const [x1, x2] = [Math.max(left, 0), Math.min(right, innerWidth)];
    const [y1, y2] = [Math.max(top, 0), Math.min(bottom, innerHeight)];
    if (x2 - x1 < 8 || y2 - y1 < 8) return `${what} is outside of the window`;
    // Something of it can be seen: other layers do not cover it all (WCAG 2.4.11).
    const points = [0.1, 0.5, 0.9].flatMap((x) =>
      [0.1, 0.5, 0.9].map((y) => [x1 + (x2 - x1) * x, y1 + (y2 - y1) * y] as const),
    );
    const isSeen = points.some(([x, y]) => {
      const hit = document.elementFromPoint(x, y);
      return hit !== null && (marked.contains(hit) || hit.contains(marked));
    });
    return isSeen ? null : `${what} is covered`;
  });
}

/**
 * Goes once around with Tab, from what has the focus.
 * @returns what cannot be reached though it should, and where the focus cannot be seen
 */
export async function tabFaults(page: Page): Promise<readonly string[]> {
  const wanted = await page.evaluate(() => {
    for (const old of document.querySelectorAll('[data-e2e-stop]')) old.removeAttribute('data-e2e-stop');
    const isIn = document.activeElement?.closest('[role=dialog], [role=alertdialog]') !== null;
    const STOPS = 'a[href], button, input, select, textarea, [tabindex]';
    const isShown = (e: Element) =>
      e.checkVisibility({ visibilityProperty: true }) &&
      e.closest('[inert], [aria-hidden=true]') === null &&
      // What rings over an open dialog has a key of its own.
      (!isIn || e.closest('.incoming-calls, .pop-ups, .banners') === null) &&
      !e.matches(':disabled');
    return [...document.querySelectorAll<HTMLElement>(STOPS)]
      .filter((e) => e.tabIndex >= 0 && isShown(e))
      .map((e, index) => {
        e.setAttribute('data-e2e-stop', String(index));
        return (e.getAttribute('aria-label') ?? e.textContent ?? e.tagName).trim().slice(0, 60);
      });
  });
  const reached = new Set<string>();
  const faults: string[] = [];
  // A busy page may take two presses between two looks: what was passed so is seen in a second round.
  for (let presses = 0; presses < 2 * wanted.length + 5; presses++) {
    // A list gives the focus to one of its entries.
    const at = await page.evaluate(() => {
      const stops: string[] = [];
      for (let e = document.activeElement; e !== null; e = e.parentElement)
        if (e.hasAttribute('data-e2e-stop')) stops.push(e.getAttribute('data-e2e-stop') ?? '');
      return stops;
    });
    if (at.length > 0) {
      if (reached.size === wanted.length) break;
      for (const stop of at) reached.add(stop);
      const fault = await focusFault(page);
      if (fault !== null) faults.push(fault);
    }
    await page.keyboard.press('Tab');
  }
  wanted.forEach((name, index) => {
    if (!reached.has(String(index))) faults.push(`Tab does not reach “${name}”`);
  });
  return [...new Set(faults)];
}
