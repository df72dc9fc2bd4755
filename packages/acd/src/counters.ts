import type { Fields } from '@poise/ged188';

/** Counters of the statistics messages by their names without suffix: numbers, and times in ms. */
export type Counters = Map<string, number>;

export function add(counters: Counters, name: string, amount: number): void {
  counters.set(name, (counters.get(name) ?? 0) + amount);
}

/** The counters as fields of a message: names with the suffix of their interval, times in whole seconds. */
export function counterFields(counters: Counters, suffix: string): Fields {
  return Object.fromEntries(
    [...counters].map(([name, value]) => [
      `${name}${suffix}`,
      name.endsWith('Time') ? Math.floor(value / 1000) : value,
    ]),
  );
}
