/** What must not leave a log, and what must not reach a terminal. Every excerpt and every name goes through here. */

const MASK = '***';

/** One encoded or plain separator between `Authorization` and its value: `: `, `=`, `%3D`, `%253D`. */
const SEPARATOR = String.raw`(?:["']?\s*(?:[:=]|%(?:25)*3[adAD])\s*["']?)`;
const BLANK = String.raw`(?:[\s+]|%(?:25)*20)`;
const TOKEN = String.raw`[A-Za-z0-9+/=_.~%-]+(?:\n[A-Za-z0-9+/=_.~-]+(?=[\s\["'&<%]|$))?`;

const RULES: ReadonlyArray<readonly [RegExp, string]> = [
  // The value ends at an encoded ampersand, which stays, so that what follows can be read.
  [
    new RegExp(
      String.raw`(Authorization${SEPARATOR}(?:Basic|Bearer|Digest|Negotiate)?${BLANK}*)(?!\*\*\*)(?:(?!%(?:25)*26)${TOKEN_CHAR()})+`,
      'gi',
    ),
    `$1${MASK}`,
  ],
  [new RegExp(String.raw`\b((?:Basic|Bearer)${BLANK}+)(?!\*\*\*)(?=\S{6})${TOKEN}`, 'g'), `$1${MASK}`],
  [/\b(JSESSIONID(?:SSO)?\s?=\s?)[^;\s"'&]+/gi, `$1${MASK}`],
  [/((?:Set-)?Cookie:\s?)(?!accepted)[^\n[]+/gi, `$1${MASK}`],
  [
    /((?:password|passwd|passwort|passphrase|pwd|secret|\bpw)["']?\s*(?:[:=]|%3[dD])\s*)(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s,;&\]<>"']+)/gi,
    `$1${MASK}`,
  ],
  // `https://user:password@host`
  [/(:\/\/[^\s/:@"'<>]{1,128}:)(?!\*\*\*)[^\s/@"'<>]{1,256}(?=@)/g, `$1${MASK}`],
  [/(<(?:\w+:)?(?:password|secret)[^>]*>)[^<]*/gi, `$1${MASK}`],
  [/(&lt;(?:password|secret)&gt;)(?:(?!&lt;).)*/gi, `$1${MASK}`],
  [/(<(?:auth|response|challenge|success)\b[^>]*>)[^<]+/gi, `$1${MASK}`],
  [
    /\b((?:access_token|refresh_token|id_token|authz|token|sso_token|client_secret)(?:=|%3[dD]))[^&\s"'<\]]+/gi,
    `$1${MASK}`,
  ],
];

function TOKEN_CHAR(): string {
  return String.raw`(?:[A-Za-z0-9+/=_.~%-]|\n(?=[A-Za-z0-9+/=]+[\["'&%]))`;
}

/** Most texts have none of these, and looking for one word is cheap. */
const HINT =
  /:\/\/[^\s/]*@|authoriz|basic|bearer|jsession|cookie|passw|passphrase|pwd|\bpw\b|secret|token|authz|<(?:auth|response|challenge|success)/i;

/** Credentials as `***`. Works on whole entries, before they are cut: half a password is one. */
export function masked(text: string): string {
  if (!HINT.test(text)) return text;
  let safe = text;
  for (const [pattern, mask] of RULES) safe = safe.replace(pattern, mask);
  return safe;
}

/** Controls, and what turns the direction of writing, written out; line feeds become blanks. */
export function plain(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .join(' ')
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, (c) => {
      const code = c.charCodeAt(0);
      return code < 256
        ? `\\x${code.toString(16).padStart(2, '0')}`
        : `\\u${code.toString(16).padStart(4, '0')}`;
    });
}

/** Longest excerpt, in characters. */
export const EXCERPT_MAX = 320;

/** So much of an entry is looked at for its excerpt: hostile texts must not cost more than others. */
const LOOK_MAX = 4096;

export function excerpt(text: string): string {
  const safe = plain(masked(text.length > LOOK_MAX ? text.slice(0, LOOK_MAX) : text)).trim();
  return safe.length > EXCERPT_MAX ? `${safe.slice(0, EXCERPT_MAX)}…` : safe;
}
