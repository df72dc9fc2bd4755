import { SCRATCH_BYTES, scratch, scratchText } from './ascii-scratch.ts';

// Characters outside of XML 1.0 (production Char), without surrogates; those need a look at the neighbour.
const ILLEGAL = '\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\ufffe\\uffff';
// Surrogates send a text down the slow way, where pairs pass and halves are replaced.
const SPECIAL_IN_TEXT = new RegExp(`[&<>\\r${ILLEGAL}\\ud800-\\udfff]`);
const SPECIAL_IN_ATTRIBUTE = new RegExp(`[&<>"'\\t\\n\\r${ILLEGAL}\\ud800-\\udfff]`);
const NOT_XML_TEXT = new RegExp(`[${ILLEGAL}]|\\p{Surrogate}`, 'u');

const REPLACEMENT = '\ufffd';

/** Whether every character of `text` is one of XML 1.0 and no surrogate stands alone. */
export function isXmlText(text: string): boolean {
  return !NOT_XML_TEXT.test(text);
}

/**
 * `text` as character data. What XML cannot carry (control characters, U+FFFE, U+FFFF, lone surrogates)
 * becomes U+FFFD: a value from a caller, a database or a switch must never break a document of ours.
 * CR is written as a reference, since a raw one would be read as LF.
 */
export function escapeText(text: string): string {
  if (!SPECIAL_IN_TEXT.test(text)) return text;
  // Documents as text: for a few characters the way there is too long.
  const isDocument = text.length >= DOCUMENT_CHARACTERS_MIN && text.length <= DOCUMENT_CHARACTERS_MAX;
  return (isDocument ? escapeAscii(text) : undefined) ?? escapeSlowly(text, false);
}

const DOCUMENT_CHARACTERS_MIN = 100;
const LONGEST_REFERENCE = '&#13;';
const DOCUMENT_CHARACTERS_MAX = Math.floor(SCRATCH_BYTES / LONGEST_REFERENCE.length);

/** Character data of a text that is ASCII without illegal characters; undefined for all others. */
function escapeAscii(text: string): string | undefined {
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // The common case first: letters and what else is above '>'.
    if (code > 0x3e && code < 0x80) {
      scratch[at++] = code;
      continue;
    }
    const reference = REFERENCES[code];
    if (reference === undefined) return undefined;
    if (reference === PLAIN) scratch[at++] = code;
    else for (const byte of reference) scratch[at++] = byte;
  }
  return scratchText(at);
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const PLAIN = new Uint8Array(0);
/** By character up to '>': the bytes it becomes in a text; {@link PLAIN}: it stays; undefined: {@link escapeSlowly} knows. */
const REFERENCES: readonly (Uint8Array | undefined)[] = Array.from({ length: 0x3f }, (_, code) => {
  if (code === 0x3c) return bytesOf('&lt;');
  if (code === 0x3e) return bytesOf('&gt;');
  if (code === 0x26) return bytesOf('&amp;');
  if (code === 0x0d) return bytesOf(LONGEST_REFERENCE);
  return code >= 0x20 || code === 0x09 || code === 0x0a ? PLAIN : undefined;
});

/** `text` as an attribute value between quotes of either kind; white space survives normalisation. */
export function escapeAttr(text: string): string {
  return SPECIAL_IN_ATTRIBUTE.test(text) ? escapeSlowly(text, true) : text;
}

function escapeSlowly(text: string, inAttribute: boolean): string {
  const { length } = text;
  let out = '';
  let from = 0;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    let substitute: string;
    // The common case first: letters, digits and what else is above '>'.
    if (code > 0x3e) {
      if (code < 0xd800) continue;
      if (code < 0xe000) {
        const next = code < 0xdc00 && i + 1 < length ? text.charCodeAt(i + 1) : 0;
        if (next >= 0xdc00 && next < 0xe000) {
          i++;
          continue;
        }
        substitute = REPLACEMENT;
      } else if (code < 0xfffe) continue;
      else substitute = REPLACEMENT;
    } else if (code === 0x3c) substitute = '&lt;';
    else if (code === 0x3e) substitute = '&gt;';
    else if (code === 0x26) substitute = '&amp;';
    else if (code === 0x0d) substitute = '&#13;';
    else if (code >= 0x20) {
      if (!inAttribute || (code !== 0x22 && code !== 0x27)) continue;
      substitute = code === 0x22 ? '&quot;' : '&apos;';
    } else if (code === 0x09 || code === 0x0a) {
      if (!inAttribute) continue;
      substitute = code === 0x09 ? '&#9;' : '&#10;';
    } else substitute = REPLACEMENT;
    out += text.slice(from, i) + substitute;
    from = i + 1;
  }
  return out + text.slice(from);
}
