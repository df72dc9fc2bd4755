/** XML that must be refused, as rows: what is wrong, the text inside an element, and what each protocol says. */

export interface BadXml {
  readonly title: string;
  readonly inner: string | Uint8Array;
  /** Code in the ErrorMessage of the webservices. */
  readonly code: string;
  /** Stream error on TCP, TLS and WebSocket (RFC 6120 4.9.3). */
  readonly condition: string;
}

const row = (
  title: string,
  inner: string | Uint8Array,
  code: string,
  condition = 'not-well-formed',
): BadXml => ({
  title,
  inner,
  code,
  condition,
});

/** Ten entities, each ten times the one before: 10^10 characters if somebody expanded them. */
const BOMB = `<!DOCTYPE bomb [<!ENTITY e0 "boom">${Array.from(
  { length: 10 },
  (_, i) => `<!ENTITY e${i + 1} "${`&e${i};`.repeat(10)}">`,
).join('')}]>`;

export const BAD_XML: readonly BadXml[] = [
  row('an element that is not closed', '<a><b></a>', 'not-well-formed'),
  row('an attribute without quotes', '<a b=c/>', 'not-well-formed'),
  row('the same attribute twice', "<a b='1' b='2'/>", 'not-well-formed'),
  row('a prefix that nobody declared', '<a:b/>', 'unbound-prefix'),
  row('a control character', 'a\u0001b', 'invalid-character'),
  row('a zero byte', 'a\u0000b', 'invalid-character'),
  row('the noncharacter U+FFFF', 'a\uffffb', 'invalid-character'),
  row('a reference to a control character', '&#1;', 'invalid-character'),
  row('a reference to zero', '&#x0;', 'invalid-character'),
  row('a reference to U+FFFE', '&#xFFFE;', 'invalid-character'),
  row('a reference to half a surrogate pair', '&#xD800;', 'invalid-character'),
  row('a reference beyond Unicode', '&#x110000;', 'invalid-character'),
  row('a reference to a control character in an attribute', "<a b='&#8;'/>", 'invalid-character'),
  row('a control character in the name of an element', '<a\u0002b/>', 'invalid-character'),
  row('a control character in the name of an attribute', "<a b\u0003='c'/>", 'invalid-character'),
  row('a noncharacter in a name', '<a\ufffeb/>', 'invalid-character'),
  row('a reference in a name', '<a&#1;b/>', 'not-well-formed'),
  row(
    'bytes that are not UTF-8',
    Buffer.from([0x61, 0xff, 0xfe, 0x62]),
    'invalid-encoding',
    'unsupported-encoding',
  ),
  row(
    'a surrogate pair encoded as two characters',
    Buffer.from([0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]),
    'invalid-encoding',
    'unsupported-encoding',
  ),
  row('an entity that nobody declared', '&nope;', 'restricted', 'restricted-xml'),
  row('a document type inside an element', `${BOMB}&e10;`, 'restricted', 'restricted-xml'),
  row('a processing instruction', '<?php echo 1 ?>', 'restricted', 'restricted-xml'),
  row('12,000 elements, each in the one before', '<a>'.repeat(12_000), 'limit-depth', 'policy-violation'),
  row('an element with 5,000 attributes', `<a${attributes(5_000)}/>`, 'limit-attributes', 'policy-violation'),
];

function attributes(count: number): string {
  let text = '';
  for (let i = 0; i < count; i++) text += ` a${i}=''`;
  return text;
}

/** Documents that begin with a document type. */
export const DOCTYPES: readonly { title: string; prolog: string }[] = [
  { title: 'an entity bomb', prolog: BOMB },
  { title: 'an external entity', prolog: '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' },
  { title: 'an external document type', prolog: '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd">' },
];

export const DEEP = '<a>'.repeat(100_000);

/** `before`, then 64 KiB pieces of text up to `total` bytes. */
export function* megabytes(total: number, before = ''): Iterable<Uint8Array> {
  if (before !== '') yield Buffer.from(before);
  const piece = Buffer.alloc(65_536, 'x');
  for (let sent = 0; sent < total; sent += piece.length) yield piece;
}

/** `before` + `inner` + `after` as bytes. */
export function wrap(before: string, inner: string | Uint8Array, after: string): Buffer {
  return Buffer.concat([Buffer.from(before), Buffer.from(inner as Uint8Array), Buffer.from(after)]);
}
