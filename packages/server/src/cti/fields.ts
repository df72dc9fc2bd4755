/** Reads fields of decoded messages; what is absent or of another type reads as nothing. */
import type { Fields, FieldValue } from '@poise/ged188';

/** 0 when absent. */
export function number(fields: Fields, name: string): number {
  const value = fields[name];
  return typeof value === 'number' ? value : 0;
}

/** Undefined when absent or empty. */
export function text(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The repetitions of a group. */
export function group(fields: Fields, name: string): readonly Fields[] {
  const list = fields[name];
  return Array.isArray(list) ? (list as readonly Fields[]) : [];
}

/** A record inside of a group: a named variable, for instance. */
export function record(fields: Fields, name: string): Fields | undefined {
  const value: FieldValue | readonly Fields[] | undefined = fields[name];
  return typeof value === 'object' && !Array.isArray(value) ? (value as unknown as Fields) : undefined;
}
