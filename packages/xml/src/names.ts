export const NS_XML = 'http://www.w3.org/XML/1998/namespace';
export const NS_XMLNS = 'http://www.w3.org/2000/xmlns/';
/** The namespace of XMPP streams; its elements keep their prefix `stream:` when written. */
export const NS_STREAM = 'http://etherx.jabber.org/streams';

const ASCII_NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

// NameStartChar and NameChar of XML 1.0 (fifth edition) without the colon: NCName of XML namespaces.
const START =
  'A-Z_a-z\\xc0-\\xd6\\xd8-\\xf6\\xf8-\\u02ff\\u0370-\\u037d\\u037f-\\u1fff\\u200c\\u200d\\u2070-\\u218f' +
  '\\u2c00-\\u2fef\\u3001-\\ud7ff\\uf900-\\ufdcf\\ufdf0-\\ufffd\\u{10000}-\\u{effff}';
const NC_NAME = new RegExp(`^[${START}][${START}.0-9\\xb7\\u0300-\\u036f\\u203f\\u2040-]*$`, 'u');

/** Whether `name` may name an element, an attribute or a prefix (NCName). */
export function isName(name: string): boolean {
  return ASCII_NAME.test(name) || NC_NAME.test(name);
}
