/** Character and entity references (XML 1.0 section 4.1), as far as they are allowed here. */
import { isName } from './names.ts';
import type { XmlErrorCode } from './xml-error.ts';

/** Code units between `&` and `;`. Leading zeros may be many; this many nobody needs. */
export const REFERENCE_LENGTH_MAX = 32;

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/**
 * The predefined entity whose reference stands whole at `at`, without a string being made of its name; undefined
 * for everything else, which {@link dereference} judges. The length of the reference is that of the name, and two.
 */
export function predefinedAt(
  text: string,
  at: number,
): { readonly name: string; readonly meaning: string } | undefined {
  switch (text.charCodeAt(at + 1)) {
    case 0x6c /* l */:
      return text.startsWith('t;', at + 2) ? LT : undefined;
    case 0x67 /* g */:
      return text.startsWith('t;', at + 2) ? GT : undefined;
    case 0x71 /* q */:
      return text.startsWith('uot;', at + 2) ? QUOT : undefined;
    case 0x61 /* a */:
      if (text.startsWith('mp;', at + 2)) return AMP;
      return text.startsWith('pos;', at + 2) ? APOS : undefined;
    default:
      return undefined;
  }
}

const LT = { name: 'lt', meaning: '<' };
const GT = { name: 'gt', meaning: '>' };
const QUOT = { name: 'quot', meaning: '"' };
const AMP = { name: 'amp', meaning: '&' };
const APOS = { name: 'apos', meaning: "'" };

/** The character that `reference` (without `&` and `;`) stands for, or why it is refused. */
export function dereference(
  reference: string,
): string | { readonly code: XmlErrorCode; readonly detail: string } {
  if (reference.charCodeAt(0) !== 0x23 /* # */) {
    if (Object.hasOwn(ENTITIES, reference)) return ENTITIES[reference]!;
    // RFC 6120 11.1: references to any entity but the five are restricted, not merely unknown.
    return isName(reference)
      ? { code: 'restricted', detail: 'only the five predefined entities are allowed' }
      : { code: 'not-well-formed', detail: 'malformed reference' };
  }
  const isHex = reference.charCodeAt(1) === 0x78; /* x */
  const digits = reference.slice(isHex ? 2 : 1);
  if (!(isHex ? /^[0-9a-fA-F]+$/ : /^[0-9]+$/).test(digits)) {
    return { code: 'not-well-formed', detail: 'malformed character reference' };
  }
  const code = Number.parseInt(digits, isHex ? 16 : 10);
  if (!isXmlCharacter(code)) {
    return { code: 'invalid-character', detail: 'reference to a character not allowed in XML' };
  }
  return String.fromCodePoint(code);
}

/** Production Char of XML 1.0. */
function isXmlCharacter(code: number): boolean {
  if (code < 0x20) return code === 0x09 || code === 0x0a || code === 0x0d;
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
}

/** `#` and what names are made of: anything else between `&` and `;` is no reference at all. */
export function isReferenceCharacter(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x61 && code <= 0x7a) ||
    code === 0x23 ||
    code === 0x5f ||
    code === 0x2d ||
    code === 0x2e ||
    code > 0xbf
  );
}
