/** Reading JSON of any form strictly, member by member; texts are ones that XML can hold. */
import { isXmlText } from '@poise/xml';
import type { Cause } from '../happenings.ts';

/** A word of another node cannot be used; the message says which member. */
export class WordError extends Error {
  constructor(member: string) {
    super(`${member} is missing or wrong`);
    this.name = 'WordError';
  }
}

/** requestIds are as long as REST takes them; all other texts are shorter. */
const REQUEST_ID_MAX = 2_048;
const TEXT_MAX = 512;
/** Characters of a value of a variable, or of a text for people. */
export const VALUE_MAX = 4_096;

export type Members = Readonly<Record<string, unknown>>;

function readCause(value: unknown): Cause {
  const cause = members(value, 'cause');
  const read = (member: 'nocache' | 'requestId' | 'user') =>
    cause[member] === undefined ? {} : { [member]: text(cause, member, REQUEST_ID_MAX) };
  return { ...read('nocache'), ...read('requestId'), ...read('user') };
}

/** What every word of a request has: by what its answer is known, and what led to it. */
export const readOrigin = (from: Members): { readonly requestId: string; readonly cause: Cause } => ({
  requestId: text(from, 'requestId', REQUEST_ID_MAX),
  cause: readCause(from.cause),
});

export function members(value: unknown, what: string): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new WordError(what);
  return value as Members;
}

export function list(value: unknown, what: string, max: number): readonly unknown[] {
  if (!Array.isArray(value) || value.length > max) throw new WordError(what);
  return value;
}

export function textOf(value: unknown, what: string, max = TEXT_MAX): string {
  if (typeof value !== 'string' || value.length > max || !isXmlText(value)) throw new WordError(what);
  return value;
}

export const text = (from: Members, member: string, max?: number): string =>
  textOf(from[member], member, max);

/** A text that is not empty. */
export function name(from: Members, member: string): string {
  const value = text(from, member);
  if (value === '') throw new WordError(member);
  return value;
}

export function whole(from: Members, member: string, max: number): number {
  const value = from[member];
  if (!Number.isSafeInteger(value) || (value as number) < 0 || (value as number) > max)
    throw new WordError(member);
  return value as number;
}

export function flag(from: Members, member: string): boolean {
  const value = from[member];
  if (typeof value !== 'boolean') throw new WordError(member);
  return value;
}

export function oneOf<T extends string>(from: Members, member: string, words: readonly T[]): T {
  const value = from[member];
  if (!words.includes(value as T)) throw new WordError(member);
  return value as T;
}
