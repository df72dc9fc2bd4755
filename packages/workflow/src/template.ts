/** Texts with `${name}` in them; `\` before `{`, `}`, `$` or `\` takes their meaning away (objects.md 9). */

/** How a value is written where it stands. */
export type Escape = (value: string) => string;

export const asIs: Escape = (value) => value;

/** Half a character, which neither a URL nor XML can carry, becomes U+FFFD. */
const wellFormed = (value: string): string => value.replace(/\p{Surrogate}/gu, '\ufffd');

export const inUrl: Escape = (value) => encodeURIComponent(wellFormed(value));

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Characters that XML cannot carry are left out. */
export const inXml: Escape = (value) =>
  wellFormed(value)
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/[&<>"']/g, (character) => ENTITIES[character]!);

/** Inside the quotes of a JSON string. */
export const inJson: Escape = (value) => JSON.stringify(value).slice(1, -1);

/** How values are written in a body of this type: also `application/problem+xml; charset=utf-8` and the like. */
export function escapeFor(contentType: string): Escape {
  const type = contentType.split(';')[0]!.trim().toLowerCase();
  if (/[/+]xml$/.test(type)) return inXml;
  if (/[/+]json$/.test(type)) return inJson;
  return type === 'application/x-www-form-urlencoded' ? inUrl : asIs;
}

const PIECE = /\\([{}$\\])|\$\{([^{}]*)\}/g;

/** The variables that a text asks for. */
export const namesIn = (template: string): readonly string[] =>
  [...template.matchAll(PIECE)].flatMap(([, , name]) => (name === undefined ? [] : [name.trim()]));

/** @param variable undefined: there is no such variable, which reads as empty */
export function expand(
  template: string,
  variable: (name: string) => string | undefined,
  write: Escape,
): string {
  return template.replace(PIECE, (_whole, plain: string | undefined, name: string | undefined) =>
    plain === undefined ? write(variable((name ?? '').trim()) ?? '') : plain,
  );
}
