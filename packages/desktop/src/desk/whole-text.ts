/** The whole of a text that had to be cut to its place, for the pointer and for who works by keys: readers have it anyway. */
import { shortened, TEXT_MAX } from '@poise/pages';

/** How far above what the pointer is on the text may be cut. */
const STEPS = 3;
/** Titles that stand here are ours to take away. */
const OURS = 'data-whole';

/** Whether some of its text is behind an ellipsis, at the end of its line or of its last line. */
function isCut(element: HTMLElement): boolean {
  const { textOverflow, webkitLineClamp } = getComputedStyle(element);
  return (
    (textOverflow === 'ellipsis' && element.scrollWidth > element.clientWidth) ||
    // Letters may be a little higher than their line.
    (/^[0-9]/.test(webkitLineClamp) && element.scrollHeight > element.clientHeight + 4)
  );
}

/** Gives what is cut its whole text as title as soon as the pointer comes to it. @returns what ends it */
export function tellWhatIsCut(document: Document): () => void {
  const come = ({ target }: Event) => {
    let element = target instanceof HTMLElement ? target : null;
    for (let step = 0; step < STEPS && element !== null; step++, element = element.parentElement) {
      const isOurs = element.hasAttribute(OURS);
      // Who has words of his own for it keeps them.
      if (element.title !== '' && !isOurs) return;
      if (isCut(element)) {
        element.title = shortened(element.textContent?.trim() ?? '', TEXT_MAX);
        element.setAttribute(OURS, '');
        return;
      }
      if (isOurs) {
        element.removeAttribute('title');
        element.removeAttribute(OURS);
      }
    }
  };
  document.addEventListener('pointerover', come, { passive: true });
  return () => document.removeEventListener('pointerover', come);
}

/** Parts of what has the focus that are looked at: a row of a table has fewer. */
const PARTS_MAX = 60;

/** What is cut of an element and its parts, whole. */
function cutTexts(element: HTMLElement): readonly string[] {
  const parts = [element, ...[...element.querySelectorAll<HTMLElement>('*')].slice(0, PARTS_MAX)];
  const cut = parts.filter((part) => part instanceof HTMLElement && isCut(part));
  // Of two that lie in each other the inner one says it.
  return cut
    .filter((part) => !cut.some((other) => other !== part && part.contains(other)))
    .map((part) => shortened(part.textContent?.trim() ?? '', TEXT_MAX))
    .filter((text) => text !== '');
}

/**
 * Shows beside what has the focus what is cut of it, while the focus was moved by keys; Escape takes it away (WCAG 2.2, 1.4.13).
 * @returns what ends it
 */
export function showWhatIsCut(document: Document): () => void {
  const bubble = document.createElement('div');
  bubble.className = 'whole-text';
  // Readers read the text where it stands.
  bubble.setAttribute('aria-hidden', 'true');
  const hide = () => bubble.remove();
  const come = ({ target }: Event) => {
    hide();
    if (!(target instanceof HTMLElement) || !target.matches(':focus-visible')) return;
    // A field shows what is written in it as it is moved through.
    if (target.matches('input, textarea, iframe')) return;
    const texts = cutTexts(target);
    if (texts.length === 0) return;
    bubble.replaceChildren(
      ...texts.map((text) => {
        const line = document.createElement('p');
        line.dir = 'auto';
        line.textContent = text;
        return line;
      }),
    );
    document.body.append(bubble);
    place(bubble, target.getBoundingClientRect());
  };
  const press = ({ key }: KeyboardEvent) => {
    if (key === 'Escape') hide();
  };
  const listeners: readonly [string, (event: never) => void][] = [
    ['focusin', come],
    ['focusout', hide],
    ['keydown', press],
    ['pointerdown', hide],
    ['scroll', hide],
  ];
  for (const [name, listener] of listeners)
    document.addEventListener(name, listener as EventListener, { capture: true, passive: true });
  return () => {
    hide();
    for (const [name, listener] of listeners)
      document.removeEventListener(name, listener as EventListener, { capture: true });
  };
}

const GAP_PX = 6;

/** Below, or above where there is no room; never out of the window. */
function place(bubble: HTMLElement, { left, top, bottom }: DOMRect): void {
  const { innerWidth, innerHeight } = window;
  const { width, height } = bubble.getBoundingClientRect();
  const isBelow = bottom + GAP_PX + height <= innerHeight;
  bubble.style.left = `${Math.max(GAP_PX, Math.min(left, innerWidth - width - GAP_PX))}px`;
  bubble.style.top = `${Math.max(GAP_PX, isBelow ? bottom + GAP_PX : top - GAP_PX - height)}px`;
}
