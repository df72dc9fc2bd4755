/** The value as an array: parsed bodies have a single child without one, and an empty element as null. */
export const arrayOf = <T>(value: unknown): T[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? (value as T[]) : [value as T];
