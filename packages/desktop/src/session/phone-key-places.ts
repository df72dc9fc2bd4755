/** Where the arrows lead among the keys of a telephone, which stand as on a telephone in every language. */
import { PHONE_KEYS } from './dial-number.ts';

/** Keys of a row. */
export const COLUMNS = 3;

/**
 * The key that is next in that direction; at an edge it stays (WAI-ARIA, grid pattern).
 * @param key `KeyboardEvent.key`
 * @param isFar with Ctrl: `Home` and `End` are those of all rows
 * @returns null: the key leads nowhere
 */
export function keyAt(index: number, key: string, isFar: boolean): number | null {
  const last = PHONE_KEYS.length - 1;
  const first = index - (index % COLUMNS);
  if (key === 'Home') return isFar ? 0 : first;
  if (key === 'End') return isFar ? last : first + COLUMNS - 1;
  if (isFar) return null;
  switch (key) {
    case 'ArrowLeft':
      return Math.max(first, index - 1);
    case 'ArrowRight':
      return Math.min(first + COLUMNS - 1, index + 1);
    case 'ArrowUp':
      return index < COLUMNS ? index : index - COLUMNS;
    case 'ArrowDown':
      return index + COLUMNS > last ? index : index + COLUMNS;
    default:
      return null;
  }
}
