/** How `gadgets.util` writes text into HTML: the characters of Shindig's table as decimal references; `&` stays as it is. */

const ESCAPED: ReadonlySet<number> = new Set([
  10, 13, 34, 39, 60, 62, 92, 0x2028, 0x2029, 0xff02, 0xff07, 0xff1c, 0xff1e, 0xff3c,
]);

export function escapeString(text: unknown): string {
  if (text === undefined || text === null) return '';
  let escaped = '';
  for (const character of String(text)) {
    const code = character.codePointAt(0) as number;
    if (code === 0) continue;
    escaped += ESCAPED.has(code) ? `&#${code};` : character;
  }
  return escaped;
}

export function unescapeString(text: string): string {
  return String(text).replace(/&#([0-9]+);/g, (_all, code: string) => {
    const point = Number(code);
    return point <= 0x10ffff ? String.fromCodePoint(point) : '';
  });
}
