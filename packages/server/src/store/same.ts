/** What was read again and is as it was stays the same object, so that nobody takes it for changed. */
import type { CredentialRecord } from './credential-repository.ts';
import type { Section } from './repository.ts';
import type { DirectoryData } from './snapshot.ts';

/**
 * @param sections that were read; of the others `now` has what was known
 * @returns the data with every record that has not changed as it was known, and the sections that have
 */
export function unlessSame(
  known: DirectoryData,
  now: DirectoryData,
  sections: readonly Section[],
): { readonly data: DirectoryData; readonly changed: Set<Section> } {
  const data: Partial<Record<Section, readonly unknown[]>> = {};
  const changed = new Set<Section>();
  for (const section of sections) {
    const before = known[section];
    const byText = new Map(before.map((record) => [JSON.stringify(record), record]));
    const records = now[section].map((record) => byText.get(JSON.stringify(record)) ?? record);
    const isSame = records.length === before.length && records.every((record, at) => record === before[at]);
    data[section] = isSame ? before : records;
    if (!isSame) changed.add(section);
  }
  return { data: { ...now, ...(data as Partial<DirectoryData>) }, changed };
}

/** Folded login ids of those whose keys differ, or are there only before or after. */
export function changedCredentials(
  before: ReadonlyMap<string, CredentialRecord>,
  after: ReadonlyMap<string, CredentialRecord> = new Map(),
): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter((loginId) => {
    const [old, now] = [before.get(loginId), after.get(loginId)];
    return JSON.stringify(old) !== JSON.stringify(now);
  });
}
