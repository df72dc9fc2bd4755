/** Forms in which `utils finesse …` prints what it finds (admin.md 4). */

/** `| No. | Module | Name | Level |` with lines around. */
export function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): readonly string[] {
  const widths = head.map((name, at) => Math.max(name.length, ...rows.map((row) => (row[at] ?? '').length)));
  const line = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+`;
  const row = (cells: readonly string[]): string =>
    `|${widths.map((width, at) => ` ${(cells[at] ?? '').padEnd(width)} `).join('|')}|`;
  return [line, row(head), line, ...rows.map(row), line];
}

/** What a list says when something is taken out of it: numbered, with `a` for all and `q` to leave. */
export const menu = (entries: readonly string[]): readonly string[] => [
  ...entries.map((entry, at) => `${at + 1}: ${entry}`),
  'a: all',
  'q: quit',
];

/** The entries that an answer to the menu means; null: none is meant; undefined: the answer is none. */
export function chosen(
  answer: string | null,
  entries: readonly string[],
): readonly string[] | null | undefined {
  const word = (answer ?? 'q').trim().toLowerCase();
  if (word === 'q') return null;
  if (word === 'a') return entries;
  const entry = /^\d{1,4}$/.test(word) ? entries[Number(word) - 1] : undefined;
  return entry === undefined ? undefined : [entry];
}

export const labelled = (figures: ReadonlyArray<readonly [string, number]>): readonly string[] =>
  figures.map(([label, value]) => `${label}: ${value}`);

export const lockedOutLines = (users: readonly string[]): readonly string[] => [
  `Total locked out users : ${users.length}`,
  ...users.map((user, at) => `${at + 1}) ${user}`),
];

/** After a change that is in force, as desktops learn it. */
export const CHANGED_AT_ONCE: readonly string[] = [
  '',
  'Make the same change on all nodes of the cluster.',
  'No restart is needed. Desktops have it when their page is loaded anew.',
];

/** After a change that the next start of the server puts in force. */
export const CHANGED_FOR_NEXT_START: readonly string[] = [
  '',
  'Make the same change on all nodes of the cluster.',
  'It takes effect at the next start of Poise: a restart of Cisco Finesse Tomcat alone does not read it.',
  'Restart Poise with: poise stop, then poise start as before.',
];
