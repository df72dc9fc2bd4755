/** Protocol versions in which a field, tag or message exists, both ends inclusive. */
export interface VersionRange {
  readonly since?: number;
  readonly until?: number;
}

/** True when the version lies in the range. */
export const inVersion = (range: VersionRange, version: number): boolean =>
  (range.since === undefined || range.since <= version) &&
  (range.until === undefined || version <= range.until);
