/** Bodies in other encodings than UTF-8: which one they are in (RFC 7303 section 3), and the same in UTF-8. */

/** The XML declaration of a body in an encoding that has ASCII as its lower half. */
const DECLARATION =
  /^<\?xml[ \t\r\n][^>]{0,200}?\bencoding[ \t\r\n]*=[ \t\r\n]*["']([A-Za-z][\w.-]{0,40})["']/;
const CHARSET = /;[ \t]*charset[ \t]*=[ \t]*"?([\w.:-]{1,40})/i;
const UTF_8 = /^(?:utf-?8|us-ascii|ascii)$/i;
/** What XML processors must know (XML 1.0 section 4.3.3), and what Windows writes where nobody chose. */
const OTHERS = /^(?:utf-16(?:le|be)?|iso-?8859-1?\d|windows-125\d|latin-?1|cp125\d)$/i;

/**
 * A body of XML as UTF-8, its declaration saying so. A byte order mark comes first, then the charset of the header,
 * then the declaration, as RFC 7303 has it. What is UTF-8, or in an encoding that we do not know, is given back as
 * it is: the parser says then what is wrong with it.
 * @param contentType as the client sent it; forms and other text are not looked at
 */
export function asUtf8(body: Uint8Array, contentType: string): Uint8Array {
  const given = CHARSET.exec(contentType)?.[1];
  const wide = markOfUtf16(body);
  if (wide === undefined && given === undefined && !mayDeclare(body)) return body;
  if (/^(?:multipart\/|text\/(?!xml))/i.test(contentType)) return body;
  const declared = DECLARATION.exec(Buffer.from(body.subarray(0, 256)).toString('latin1'))?.[1];
  // COMPAT: .NET writes XML into strings with a declaration of UTF-16 and then sends them as UTF-8. Whose declaration
  // could be read byte by byte is not UTF-16.
  const honest = declared !== undefined && /^utf-16/i.test(declared) ? 'utf-8' : declared;
  const encoding = wide ?? given ?? honest;
  if (encoding === undefined || (UTF_8.test(encoding) && (declared === undefined || UTF_8.test(declared))))
    return body;
  if (!UTF_8.test(encoding) && !OTHERS.test(encoding)) return body;
  try {
    return Buffer.from(withUtf8Declared(new TextDecoder(encoding, { fatal: true }).decode(body)));
  } catch {
    return body;
  }
}

/** Begins like a declaration: everything else has none. */
const mayDeclare = (body: Uint8Array): boolean => body[0] === 0x3c && body[1] === 0x3f;

function markOfUtf16(body: Uint8Array): string | undefined {
  if (body[0] === 0xff && body[1] === 0xfe) return 'utf-16le';
  if (body[0] === 0xfe && body[1] === 0xff) return 'utf-16be';
  return undefined;
}

function withUtf8Declared(text: string): string {
  const declared = DECLARATION.exec(text);
  if (declared === null) return text;
  const { 0: whole, 1: encoding } = declared;
  const until = whole.length - encoding!.length - 1;
  return `${text.slice(0, until)}UTF-8${text.slice(whole.length - 1)}`;
}
