/** The whole of a text that had to be cut to its place, for the pointer: readers have it anyway. */
import { shortened, TEXT_MAX } from '../messages/typed-text.ts';

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
