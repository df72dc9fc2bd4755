/** Lists: the plural root with its items, each from the item's own description. */
import type { ObjectWriter } from './writer.ts';
import { attributeText, wrap } from './writer.ts';

/** `<Items>\n  <Item>…</Item>\n</Items>`; an empty list closes itself. */
export function listDocument<S>(
  root: string,
  writer: ObjectWriter<S>,
  sources: Iterable<S>,
  attributes: Readonly<Record<string, string>> = {},
): string {
  let items = '';
  for (const source of sources) items += writer.item(source, 'indented', 1);
  const document = wrap(root + attributeText(attributes), root, items, '');
  return writer.declaration + document;
}

/** Which way a user signs in (rest-api.md 7.3). */
export function userAuthMode(mode: 'SSO' | 'NON_SSO'): string {
  return `<UserAuthMode>\n  <authMode>${mode}</authMode>\n</UserAuthMode>`;
}
