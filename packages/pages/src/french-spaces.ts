/** Spaces of French that no line may be broken at: before `:` as wide as others, before `;`, `!`, `?` and within « » narrow. */
export function frenchSpaces<T extends Readonly<Record<string, string>>>(texts: T): T {
  const typeset = (text: string) =>
    text.replace(/ (?=:)/g, '\u00a0').replace(/ (?=[;!?»])|(?<=«) /g, '\u202f');
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, typeset(text)])) as T;
}
