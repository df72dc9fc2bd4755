/** Listens to the keys of the page and does what they stand for. */

import type { Keymap } from './keymap.ts';
import { keysOf, type Pressed, typesCharacter } from './keys.ts';

/** Elements that get what is typed. */
export function isTyping(target: EventTarget | null): boolean {
  const element = target as {
    tagName?: string;
    type?: string;
    isContentEditable?: boolean;
    readOnly?: boolean;
  } | null;
  if (!element?.tagName) return false;
  if (element.isContentEditable) return true;
  if (element.tagName === 'TEXTAREA') return true;
  return (
    element.tagName === 'INPUT' &&
    !/^(button|checkbox|radio|range|color|submit|reset|file|image)$/.test(element.type ?? 'text')
  );
}

export const isMac = (platform: string): boolean => /mac|iphone|ipad/i.test(platform);

/**
 * Id of the shortcut that this press means; null: none, or the press belongs to whoever types.
 * @param isTypingNow whether a field has the focus
 */
export function meant(pressed: Pressed, map: Keymap, isTypingNow: boolean, mac: boolean): string | null {
  if (isTypingNow && typesCharacter(pressed, mac)) return null;
  const keys = keysOf(pressed);
  return keys === null ? null : (map.byKeys.get(keys) ?? null);
}
