/** Result set management (XEP-0059) over a list whose entries are their own ids. */
import type { Element } from '@poise/xml';
import { escapeAttr, escapeText } from '@poise/xml';
import { NS } from '../namespaces.ts';

export interface Page {
  readonly entries: readonly string[];
  /** The `<set/>` of the answer; empty when the request had none. */
  readonly xml: string;
}

/** @returns null when `before` or `after` names an entry that is not in the list (XEP-0059 2.1: item-not-found) */
export function pageOf(list: readonly string[], request: Element | undefined): Page | null {
  if (request === undefined) return { entries: list, xml: '' };
  const field = (name: string): string | undefined => request.child(name)?.text;
  const wanted = Number(field('max') ?? Number.NaN);
  const max = Number.isInteger(wanted) && wanted >= 0 ? wanted : list.length;
  const after = field('after');
  const before = field('before');
  const index = Number(field('index') ?? Number.NaN);
  let from = Number.isInteger(index) && index > 0 ? index : 0;
  if (after !== undefined && after !== '') {
    const at = list.indexOf(after);
    if (at < 0) return null;
    from = at + 1;
  } else if (before !== undefined) {
    // An empty <before/> asks for the last page.
    const end = before === '' ? list.length : list.indexOf(before);
    if (end < 0) return null;
    from = Math.max(0, end - max);
    return page(list, from, Math.min(max, end - from));
  }
  return page(list, from, max);
}

function page(list: readonly string[], from: number, max: number): Page {
  const entries = list.slice(from, from + max);
  const first = entries[0];
  const last = entries.at(-1);
  const bounds =
    first === undefined || last === undefined
      ? ''
      : `<first index="${from}">${escapeText(first)}</first><last>${escapeText(last)}</last>`;
  return { entries, xml: `<set xmlns="${escapeAttr(NS.rsm)}">${bounds}<count>${list.length}</count></set>` };
}
