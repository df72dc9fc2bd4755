/** The pages are ready for languages that run from right to left: styles name start and end, never left and right. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const packages = resolve(import.meta.dirname, '../../..');
const sheets = ['pages', 'desktop', 'console'].flatMap((name) =>
  readdirSync(join(packages, name, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.css'))
    .map((file) => join(name, 'src', file)),
);

const SIDES =
  /^\s*(?:(?:margin|padding|border|scroll-margin)-(?:left|right)\b|left:|right:|(?:text-align|float|clear): (?:left|right))/;
/** Four values, of which that of the right side and that of the left one differ. */
const FOUR = /^\s*(?:margin|padding|inset|border-width|border-color):\s*(.+);/;

const faultsOf = (css: string): readonly string[] =>
  css.split('\n').filter((line) => {
    if (SIDES.test(line)) return true;
    const values = FOUR.exec(line)?.[1]?.match(/(?:[^\s()]|\((?:[^()]|\([^()]*\))*\))+/g) ?? [];
    return values.length === 4 && values[1] !== values[3];
  });

test.each(sheets)('%s', (sheet) => {
  expect(faultsOf(readFileSync(join(packages, sheet), 'utf8'))).toEqual([]);
});

test('sides are found, whichever way they are written', () => {
  for (const line of [
    'margin-left: 0;',
    '  right: 0;',
    'padding: 0 1px 0 calc(2 * var(--x));',
    'text-align: left;',
  ])
    expect(faultsOf(line)).toEqual([line]);
  for (const line of [
    'margin-inline-start: 0;',
    'inset-inline-end: 0;',
    'padding: 0 1px 2px 1px;',
    'margin: 0 1px 0;',
  ])
    expect(faultsOf(line)).toEqual([]);
});
