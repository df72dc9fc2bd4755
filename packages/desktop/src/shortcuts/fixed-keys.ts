/** Keys that are not shortcuts of the table but of lists, tables and fields everywhere: listed with them, and not changed. */
import type { MessageKey } from '../messages/catalogue.ts';

export interface FixedKeys {
  /** Each with its modifiers, as in the table of shortcuts. */
  readonly keys: readonly string[];
  readonly label: MessageKey;
  /** Listed while a part of the page offers this command. */
  readonly command?: string;
}

export const FIXED_KEYS: readonly FixedKeys[] = [
  { keys: ['Tab', 'Shift+Tab'], label: 'fixedKeys.parts' },
  { keys: ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'], label: 'fixedKeys.entries' },
  { keys: ['Home', 'End'], label: 'fixedKeys.ends' },
  { keys: ['PageUp', 'PageDown'], label: 'fixedKeys.pages' },
  { keys: ['Ctrl+Home', 'Ctrl+End'], label: 'fixedKeys.corners' },
  { keys: ['Enter'], label: 'fixedKeys.choose' },
  { keys: ['Space'], label: 'fixedKeys.press' },
  { keys: ['Shift+F10'], label: 'fixedKeys.rowMenu' },
  { keys: ['Escape'], label: 'fixedKeys.close' },
  {
    keys: ['Ctrl+Shift+ArrowLeft', 'Ctrl+Shift+ArrowRight'],
    label: 'fixedKeys.moveTab',
    command: 'multi-tab',
  },
];
