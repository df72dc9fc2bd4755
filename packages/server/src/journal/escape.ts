/**
 * What keeps values from forging log lines. The rule, for every family:
 *
 * 1. Control characters (C0, DEL, C1) and the Unicode line and paragraph separators inside a value are
 *    written `\xNN` or `\uNNNN`; line feed and carriage return as `\n` and `\r`, tab as `\t`.
 * 2. Inside `%[key=value]` lists the sequence `][` of a value is written `]\[`, so that a value cannot
 *    begin another key.
 * 3. Values longer than {@link VALUE_LENGTH_MAX} are cut; what follows says by how much.
 *
 * One exception: {@link escapeXmlLines}.
 *
 * A backslash itself stays as it is: names such as `DOMAIN\user` must look as in the original.
 */

export const VALUE_LENGTH_MAX = 64 * 1024;

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** One value, fit to stand anywhere in a line. */
export function escapeValue(value: string): string {
  return withoutControls(shortened(value));
}

function shortened(value: string): string {
  if (value.length <= VALUE_LENGTH_MAX) return value;
  return `${value.slice(0, VALUE_LENGTH_MAX)}... (${value.length - VALUE_LENGTH_MAX} more characters)`;
}

function withoutControls(text: string): string {
  return CONTROL.test(text) ? text.replace(CONTROLS, written) : text;
}

/** Line feeds before an element, whether its bracket is written as it is or as `&lt;`. */
const BEFORE_ELEMENT = /\n(?= *(?:<|&lt;))/;

/**
 * A text with XML in it, for the files of the notification service: like the original, it keeps the line
 * feeds before elements. What follows such a line feed begins with blanks and a bracket, never with a time,
 * so it cannot be taken for a line of its own. Other line feeds are written out.
 */
export function escapeXmlLines(text: string): string {
  if (!text.includes('\n')) return escapeValue(text);
  return shortened(text).split(BEFORE_ELEMENT).map(withoutControls).join('\n');
}

/** A value inside `%[key=value][key=value]`. */
export function escapeKeyed(value: string): string {
  const text = escapeValue(value);
  return text.includes('][') ? text.replaceAll('][', ']\\[') : text;
}

/** A field of the access log, which blanks separate; an empty one is `-`. */
export function escapeField(value: string): string {
  if (value === '') return '-';
  const text = escapeValue(value);
  return text.includes(' ') ? text.replaceAll(' ', '\\x20') : text;
}

/** Several lines of a client's own log: line feeds stay, other control characters but tabs are written out. */
export function escapeBlock(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (c) => (c === '\r' ? '' : written(c)));
}

const BLANK = '(?:\\s|%(?:25)?20|\\+)+';
/** After the header's name any credential counts, elsewhere one that is long enough not to be a word. */
const CREDENTIALS = new RegExp(
  `(authorization\\W{0,4}(?:3D|3A)?\\W{0,3}(?:Basic|Bearer)${BLANK})[^\\s,;&"'<>]+|((?:Basic|Bearer)${BLANK})[A-Za-z0-9+/=._~-]{8,}`,
  'gi',
);

/** `password=x`, `"password":"x"`, `<password>x</password>`, and their short forms. */
const PASSWORDS =
  /((?:password|passwd|pwd|\bpw)["']?\s*(?:=|:|>|&gt;)\s*)(?:"[^"\n]*"|'[^'\n]*'|[^\s"'<>&,;]+)/gi;

/**
 * Free text in which a client may have written a credential: an Authorization header loses the credential
 * and keeps its kind, a value named password is lost.
 */
export function maskCredentials(text: string): string {
  return text
    .replace(CREDENTIALS, (_all, named?: string, bare?: string) => `${named ?? bare}***`)
    .replace(PASSWORDS, '$1***');
}

function written(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  if (character === '\t') return '\\t';
  const code = character.charCodeAt(0).toString(16);
  return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`;
}
