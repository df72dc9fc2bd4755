/**
 * What an agent does inside a gadget's frame does not reach the page: shortcuts would be dead, and the page would think that nobody is
 * there. Both are handed on, of frames of the page's origin; others keep theirs to themselves.
 */

import { typesCharacter } from '../shortcuts/keys.ts';
import { isTyping } from '../shortcuts/listener.ts';

/** Keys that gadgets have for themselves: no shortcut of the page is without one of these. */
const isShortcut = ({ ctrlKey, altKey }: KeyboardEvent) => ctrlKey || altKey;
const SIGNS = ['pointermove', 'pointerdown', 'wheel', 'touchstart'] as const;
/** How often a sign of life is handed on, ms. */
const SIGN_EVERY_MS = 1_000;

/** @param now the time, ms @param mac whether it is one: other keys write there */
export function handOnInput(frame: EventTarget, page: EventTarget, now: () => number, mac: boolean): void {
  let told = Number.NEGATIVE_INFINITY;
  const isAlive = () => {
    if (now() - told < SIGN_EVERY_MS) return;
    told = now();
    page.dispatchEvent(new Event('pointermove'));
  };
  for (const sign of SIGNS) frame.addEventListener(sign, isAlive, { capture: true, passive: true });
  // Last of all: what the gadget has taken is not the page's.
  frame.addEventListener('keydown', (event) => {
    isAlive();
    const pressed = event as KeyboardEvent;
    if (pressed.defaultPrevented || !isShortcut(pressed)) return;
    // AltGr writes letters that are a shortcut elsewhere.
    if (isTyping(pressed.target) && typesCharacter(pressed, mac)) return;
    const { key, code, ctrlKey, altKey, shiftKey, metaKey, repeat } = pressed;
    const copy = new KeyboardEvent('keydown', {
      ...{ key, code, ctrlKey, altKey, shiftKey, metaKey, repeat },
      modifierAltGraph: pressed.getModifierState('AltGraph'),
      bubbles: true,
      cancelable: true,
    });
    page.dispatchEvent(copy);
    if (copy.defaultPrevented) pressed.preventDefault();
  });
}
