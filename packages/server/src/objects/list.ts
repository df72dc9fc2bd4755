/** Lists: the plural root with its items, each from the item's own description. */
import { escapeAttr } from '@poise/xml';
import type { ObjectWriter } from './writer.ts';
import { XML_DECLARATION } from './writer.ts';

/**
 * `<Items>\n  <Item>…</Item>\n</Items>`. An empty list is the two tags on two lines, which gives the 20
 * bytes that a capture of release 11.6 shows for Dialogs.
 */
export function listDocument<S>(
  root: string,
  writer: ObjectWriter<S>,
  sources: Iterable<S>,
  attributes: Readonly<Record<string, string>> = {},
): string {
  let out = writer.description.declaration ? XML_DECLARATION : '';
  out += `<${root}`;
  for (const [name, value] of Object.entries(attributes)) out += ` ${name}="${escapeAttr(value)}"`;
  out += '>\n';
  for (const source of sources) out += writer.item(source, 'indented', 1);
  return `${out}</${root}>`;
}

/** Voice dialogs; none exist before calls do. */
export const EMPTY_DIALOGS = '<Dialogs>\n</Dialogs>';

/** Which way a user signs in (rest-api.md 7.3). */
export function userAuthMode(mode: 'SSO' | 'NON_SSO'): string {
  return `<UserAuthMode>\n  <authMode>${mode}</authMode>\n</UserAuthMode>`;
}
