/** What a row of the table of settings is made of. */
import type { Parser } from './parsers.ts';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const KIB = 1024;
export const MIB = 1024 * KIB;

/** What a default may depend on. */
export interface DefaultContext {
  readonly demo: boolean;
  readonly bench: boolean;
  /** Value of a setting that stands earlier in the table. */
  get(key: string): unknown;
}

export interface SettingDefinition<T> {
  readonly parser: Parser<T>;
  readonly fallback: T | Computed<T>;
  readonly doc: string;
  readonly secret: boolean;
}

/** A default that depends on other settings, with the words for it in the documentation. */
export interface Computed<T> {
  readonly words: string;
  compute(context: DefaultContext): T;
}

/** Rows by their keys, in the order in which they are documented. */
export type SettingTable = Record<string, SettingDefinition<never> | SettingDefinition<unknown>>;

export function setting<T>(parser: Parser<T>, fallback: T | Computed<T>, doc: string): SettingDefinition<T> {
  return { parser, fallback, doc, secret: false };
}

/** One that is printed masked. */
export function secret<T>(parser: Parser<T>, fallback: T, doc: string): SettingDefinition<T> {
  return { parser, fallback, doc, secret: true };
}
