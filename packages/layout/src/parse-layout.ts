import { defaultLayout } from './default-layout.ts';
import { readLayout } from './layout-reader.ts';
import type { LayoutReading } from './model.ts';

/**
 * Parses a layout document. All that is wrong is reported at once, each with line, column and element. A layout of 11.x, which has
 * neither header nor configs, gets the header of the default layout.
 */
export function parseLayout(text: string): LayoutReading {
  return readLayout(text, () => defaultLayout().header);
}
