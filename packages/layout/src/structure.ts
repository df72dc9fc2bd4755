/** Which elements stand in which, and in what order: XML Schema's sequences, as far as layouts use them. */
import type { Element } from '@poise/xml';
import { type Located, quoted, type Report } from './report.ts';

export const LAYOUT_NS = 'http://www.cisco.com/vtg/finesse';
const NS_XSI = 'http://www.w3.org/2001/XMLSchema-instance';

/** One place of a sequence. */
export interface Slot {
  /** Names that may stand here; more than one: they exclude each other. */
  readonly names: readonly string[];
  readonly min: number;
  readonly max: number;
}

export const slot = (names: string | readonly string[], min: number, max = 1): Slot => ({
  names: typeof names === 'string' ? [names] : names,
  min,
  max,
});

const word = (names: readonly string[]): string => names.join(' or ');

function childElements(parent: Located): Located[] {
  const elements = parent.element.elements();
  const counts = new Map<string, number>();
  for (const { name } of elements) counts.set(name, (counts.get(name) ?? 0) + 1);
  const seen = new Map<string, number>();
  return elements.map((element) => {
    const number = (seen.get(element.name) ?? 0) + 1;
    seen.set(element.name, number);
    const index = counts.get(element.name) === 1 ? '' : `[${number}]`;
    return { element, path: `${parent.path}/${element.name}${index}` };
  });
}

/** The children of `parent`, which must be those of `sequence` in its order and no text; what is wrong is reported and left out. */
export function readSequence(
  parent: Located,
  sequence: readonly Slot[],
  report: Report,
): ReadonlyMap<string, readonly Located[]> {
  const found = new Map<string, Located[]>();
  const counts = sequence.map(() => 0);
  let reached = 0;
  for (const child of childElements(parent)) {
    const { name, ns } = child.element;
    const index = sequence.findIndex(({ names }) => names.includes(name));
    if (index < 0) {
      report.error(child, `${name} is not allowed in ${parent.element.name}.`);
      continue;
    }
    if (ns !== LAYOUT_NS) {
      report.error(child, `${name} is not in the namespace ${LAYOUT_NS}.`);
      continue;
    }
    if (index < reached) {
      const later = (sequence[reached] as Slot).names;
      report.error(child, `${name} must stand before ${word(later)} in ${parent.element.name}.`);
    } else reached = index;
    const { max, names } = sequence[index] as Slot;
    counts[index] = (counts[index] as number) + 1;
    if ((counts[index] as number) > max) {
      // One sentence for all that are too many.
      if (counts[index] === max + 1)
        report.error(child, `${parent.element.name} holds more than ${max} ${word(names)}.`);
      continue;
    }
    found.set(name, [...(found.get(name) ?? []), child]);
  }
  for (const [index, { names, min }] of sequence.entries()) {
    if ((counts[index] as number) < min)
      report.error(parent, `${parent.element.name} needs ${word(names)}, which is missing.`);
  }
  const text = parent.element.text.trim();
  if (text !== '') report.error(parent, `${parent.element.name} cannot hold the text ${quoted(text)}.`);
  return found;
}

/** The text of an element that holds nothing else, white space around it taken away. */
export function readText(at: Located, report: Report): string {
  for (const child of childElements(at)) {
    report.error(child, `${child.element.name} is not allowed in ${at.element.name}.`);
  }
  return at.element.text.trim();
}

/** Reports attributes beyond those named. */
export function onlyAttributes(at: Located, allowed: readonly string[], report: Report): void {
  for (const name of Object.keys(at.element.attrs)) {
    if (allowed.includes(name) || isSchemaHint(at.element, name)) continue;
    report.error(at, `${at.element.name} cannot have the attribute ${name}.`);
  }
}

/** `xsi:schemaLocation` and its like, which editors put on the root. */
function isSchemaHint(element: Element, name: string): boolean {
  const colon = name.indexOf(':');
  return colon > 0 && element.attrPrefixes?.[name.slice(0, colon)] === NS_XSI;
}
