/** Text, ids, names of nodes. */

const HTML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const XML: Readonly<Record<string, string>> = { ...HTML, '"': '&quot;', "'": '&apos;' };

/** Characters as entities, or entities as the characters that they stand for: each once, so that `&amp;lt;` is not `<`. */
function translate(value: string, entities: Readonly<Record<string, string>>, isEscaping: boolean): string {
  const pairs = Object.entries(entities).map(([a, b]): [string, string] => (isEscaping ? [a, b] : [b, a]));
  const map = new Map(pairs);
  const pattern = new RegExp(pairs.map(([from]) => from).join('|'), 'g');
  return String(value ?? '').replace(pattern, (found) => map.get(found) as string);
}

export const text = {
  /** Without white space at both ends; "" for null. */
  trim: (value: string | null | undefined): string => String(value ?? '').trim(),

  /** Without any white space. */
  removeSpaces: (value: string): string => String(value ?? '').replace(/\s/g, ''),

  /** White space as spaces that stay (U+00A0), where text is shown as it is. */
  escapeSpaces: (value: string): string => String(value ?? '').replace(/\s/g, '\u00a0'),

  /** A number with two digits at least. */
  pad: (value: number | string): string => String(value).padStart(2, '0'),

  /** A number with `width` digits at least. */
  padWithWidth: (value: number | string, width: number): string => String(value).padStart(width, '0'),

  convertNullToEmptyString: <T>(value: T | null | undefined): T | '' => value ?? '',

  /** With `shouldEscape` the characters `&<>` as entities of HTML; without, these entities as characters. */
  translateHTMLEntities: (value: string, shouldEscape = false): string =>
    translate(value, HTML, shouldEscape),

  /** As translateHTMLEntities, with the five entities of XML. */
  translateXMLEntities: (value: string, shouldEscape = false): string => translate(value, XML, shouldEscape),

  /** The last part of a URI: its id. "" without one. */
  getId: (uri: string | null | undefined): string =>
    String(uri ?? '')
      .split('/')
      .pop() ?? '',

  /** Whether two values are the same, or the same as text. */
  getEquals: (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b),

  /** The name of a node as the notification service needs it: every part of the path encoded. */
  encodeNodeName: (node: string): string => node.split('/').map(encodeURIComponent).join('/'),

  /** The host of a URL, or of `host:port`. */
  extractHostname: (url: string): string =>
    (
      String(url ?? '')
        .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
        .split(/[/?#]/)[0] as string
    )
      .replace(/^.*@/, '')
      .replace(/:\d*$/, ''),

  /** The decoded value of a parameter of `a=b&c=d`; "" when it is missing. */
  getParameterByName: (query: string, name: string): string =>
    new URLSearchParams(String(query ?? '').replace(/^[^?]*\?/, '')).get(name) ?? '',

  /** The decoded value of a parameter of a URL (by default the one of this frame); null when it is missing. */
  getQueryString(field: string, url?: string): string | null {
    const from = url ?? (globalThis as { location?: { href: string } }).location?.href ?? '';
    const query = /\?([^#]*)/.exec(from)?.[1] ?? '';
    return new URLSearchParams(query).get(field);
  },

  /** Compares two texts for Array.sort, ignoring case. */
  caseInsensitiveSort: (a: string, b: string): number =>
    String(a).toLowerCase().localeCompare(String(b).toLowerCase()),

  /** A random UUID (version 4). */
  generateUUID(): string {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  },

  /** Base64 of the UTF-8 form of a text. */
  b64Encode: (value: string): string =>
    btoa(Array.from(new TextEncoder().encode(value), (byte) => String.fromCharCode(byte)).join('')),

  /** The reverse of b64Encode; "" for what is not Base64. */
  b64Decode(value: string): string {
    try {
      return new TextDecoder().decode(Uint8Array.from(atob(value), (c) => c.charCodeAt(0)));
    } catch {
      return '';
    }
  },

  /** The browser as it names itself, without what HTML or XML would take for markup. */
  getSanitizedUserAgentString: (): string => (globalThis.navigator?.userAgent ?? '').replace(/[<>&"']/g, ''),
};
