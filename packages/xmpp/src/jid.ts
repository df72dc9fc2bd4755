/** Addresses: RFC 6122 in the subset that matters here, and XEP-0106 escaping of login ids. */

/** Bytes of each part of a JID (RFC 6122 2.1). */
export const JID_PART_BYTES_MAX = 1023;

export interface Jid {
  /** Case-folded local part, still escaped; empty for a bare domain. */
  readonly local: string;
  /** Case-folded domain. */
  readonly domain: string;
  /** Resource as written; empty when absent. */
  readonly resource: string;
}

const LOCAL_FORBIDDEN = /[\u0000-\u0020\u007f"&'/:<>@]/;
const RESOURCE_FORBIDDEN = /[\u0000-\u001f\u007f]/;
const DOMAIN_FORBIDDEN = /[\u0000-\u0020\u007f"&'/<>@]/;
const ASCII = /^[\u0000-\u007f]*$/;

/** Lower case; outside ASCII after NFKC, which covers what stringprep folds for login ids in practice. */
export function foldCase(text: string): string {
  return ASCII.test(text) ? text.toLowerCase() : text.normalize('NFKC').toLowerCase();
}

function fits(part: string): boolean {
  return part.length * 3 <= JID_PART_BYTES_MAX || Buffer.byteLength(part) <= JID_PART_BYTES_MAX;
}

/** Whether a resource can be bound: not empty, at most 1023 bytes, no control characters. */
export function isResource(text: string): boolean {
  return text !== '' && fits(text) && !RESOURCE_FORBIDDEN.test(text);
}

/** @returns null when the text is no JID */
export function parseJid(text: string): Jid | null {
  const slash = text.indexOf('/');
  const bare = slash < 0 ? text : text.slice(0, slash);
  const resource = slash < 0 ? '' : text.slice(slash + 1);
  if (slash >= 0 && !isResource(resource)) return null;
  const at = bare.indexOf('@');
  const local = at < 0 ? '' : bare.slice(0, at);
  if (at >= 0 && (local === '' || !fits(local) || LOCAL_FORBIDDEN.test(local))) return null;
  let domain = bare.slice(at + 1);
  if (domain.endsWith('.')) domain = domain.slice(0, -1);
  if (domain === '' || !fits(domain) || DOMAIN_FORBIDDEN.test(domain)) return null;
  return { local: foldCase(local), domain: foldCase(domain), resource };
}

/** Characters that XEP-0106 escapes, in the order of its table. */
const ESCAPED: ReadonlyArray<readonly [string, string]> = [
  [' ', '\\20'],
  ['"', '\\22'],
  ['&', '\\26'],
  ["'", '\\27'],
  ['/', '\\2f'],
  [':', '\\3a'],
  ['<', '\\3c'],
  ['>', '\\3e'],
  ['@', '\\40'],
  ['\\', '\\5c'],
];
const ESCAPE = new Map(ESCAPED);
const UNESCAPE = new Map(ESCAPED.map(([plain, escaped]) => [escaped, plain]));

/** Login id to local part (XEP-0106 4.2). A backslash is escaped only where it would read as an escape. */
export function escapeLocal(text: string): string {
  if (!/[ "&'/:<>@\\]/.test(text)) return text;
  return text.replace(/\\(?=20|22|26|27|2f|3a|3c|3e|40|5c)|[ "&'/:<>@]/gi, (c) => ESCAPE.get(c) ?? c);
}

/** Local part to login id (XEP-0106 4.3). */
export function unescapeLocal(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(?:20|22|26|27|2f|3a|3c|3e|40|5c)/gi, (c) => UNESCAPE.get(c.toLowerCase()) ?? c);
}

/**
 * The login id that a name given at sign-in means: `2001`, `2001@domain` is left to the caller,
 * escapes are undone, case is folded.
 */
export function loginIdOf(name: string): string {
  return foldCase(unescapeLocal(name));
}
