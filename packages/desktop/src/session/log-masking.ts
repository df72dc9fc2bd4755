/**
 * What a gadget may have written into the log and no file shall keep. The server masks the same in logs that come as text
 * (`journal/escape.ts`); a zip it does not open.
 */

const BLANK = '(?:\\s|%(?:25)?20|\\+)+';
/** After the header's name any credential counts, elsewhere one that is long enough not to be a word. */
const CREDENTIALS = new RegExp(
  `(authorization\\W{0,4}(?:3D|3A)?\\W{0,3}(?:Basic|Bearer)${BLANK})[^\\s,;&"'<>]+|((?:Basic|Bearer)${BLANK})[A-Za-z0-9+/=._~-]{8,}`,
  'gi',
);
/** `password=x`, `"password":"x"`, `<password>x</password>`, and their short forms. */
const PASSWORDS = /((?:password|passwd|pwd)["']?\s*(?:=|:|>|&gt;)\s*)(?:"[^"\n]*"|'[^'\n]*'|[^\s"'<>&,;]+)/gi;

export function maskCredentials(text: string): string {
  return text
    .replace(CREDENTIALS, (_all, named?: string, bare?: string) => `${named ?? bare}***`)
    .replace(PASSWORDS, '$1***');
}
