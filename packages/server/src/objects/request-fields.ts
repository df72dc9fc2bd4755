/**
 * The fields of request bodies, one function for each kind. A value that cannot be is thrown as {@link Refused} and becomes
 * the answer in {@link reading}, so that readers of small parts need no results of their own.
 */
import type { Element } from '@poise/xml';
import { hasVisible, lengthOf, oneLine } from '../configuration/limits.ts';
import { type ApiFailure, failure, type SyncErrorCode } from '../domain/errors.ts';
import { childText, lastChild, type Reading, refuse } from './request.ts';

/** What is refused, on its way to the answer. */
export class Refused extends Error {
  readonly failure: ApiFailure;

  constructor(failed: ApiFailure) {
    super(failed.errorMessage);
    this.failure = failed;
  }
}

export const invalid = (data: string, message: string, code: SyncErrorCode = 'INVALID_INPUT'): Refused =>
  new Refused(failure(code, data, message));

export const missing = (name: string, code: SyncErrorCode = 'PARAMETER_MISSING'): Refused =>
  new Refused(failure(code, name, `${name} Parameter missing`));

/** Of a text that nobody could read or choose. */
export const unseen = (name: string, code?: SyncErrorCode): Refused =>
  invalid(name, `${name} must have a character that can be seen`, code);

/** Runs a reader that may throw {@link Refused}. */
export function reading<T>(read: () => Reading<T>): Reading<T> {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refused) return refuse(error.failure);
    throw error;
  }
}

/** The same of objects whose bodies are a Bad Request, whatever is wrong with them: workflows, what a team has (rest-endpoints.json). */
export const readingBadRequest = <T>(read: () => Reading<T>): Reading<T> =>
  reading(() => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { errorData, errorMessage } = error.failure;
      return refuse(failure('BAD_REQUEST', errorData, errorMessage));
    }
  });

/** On one line; undefined where it is absent. Something is to be seen in it, or it is empty. Lengths in characters as people count them, not in code units. */
export function short(
  parent: Element,
  name: string,
  max: number,
  min = 0,
  code: SyncErrorCode = 'INVALID_INPUT',
): string | undefined {
  const given = lastChild(parent, name)?.text;
  if (given === undefined) return undefined;
  const text = oneLine(given);
  const length = lengthOf(text);
  if (length < min || length > max)
    throw invalid(name, `${name} must have ${min > 0 ? `${min} to` : 'at most'} ${max} characters`, code);
  if (text !== '' && !hasVisible(text)) throw unseen(name, code);
  return text;
}

/** Undefined where it is absent or empty. */
export function oneOf<T extends string>(
  parent: Element,
  name: string,
  words: readonly T[],
  code: SyncErrorCode = 'INVALID_INPUT',
): T | undefined {
  const text = childText(parent, name);
  if (text === undefined) return undefined;
  const word = words.find((known) => known === text);
  if (word === undefined) throw invalid(name, `${name} must be ${words.join(' or ')}`, code);
  return word;
}

/** `true` or `false` in any case; undefined where it is absent or empty. */
export function flagOf(
  parent: Element,
  name: string,
  code: SyncErrorCode = 'INVALID_INPUT',
): boolean | undefined {
  const text = childText(parent, name)?.toLowerCase();
  if (text === undefined) return undefined;
  if (text !== 'true' && text !== 'false') throw invalid(name, `${name} must be true or false`, code);
  return text === 'true';
}

/** A whole number within bounds; undefined where it is absent or empty. */
export function integerOf(
  parent: Element,
  name: string,
  min: number,
  max: number,
  code: SyncErrorCode = 'INVALID_INPUT',
): number | undefined {
  const text = childText(parent, name);
  if (text === undefined) return undefined;
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max))
    throw invalid(name, `${name} must be a whole number from ${min} to ${max}`, code);
  return value;
}

/**
 * The items of a list that takes the place of what is there. Elsewhere what is unknown is passed over; here that would make a list with a slip in
 * it a shorter or empty one, and take away what nobody wanted to lose.
 */
export function itemsOf(list: Element, item: string): readonly Element[] {
  const known = (child: Element | string) =>
    typeof child === 'string' ? child.trim() === '' : child.name === item;
  if (!list.children.every(known))
    throw invalid(list.name, `${list.name} has ${item} elements and nothing else`);
  return list.elements(item);
}

/** The items of a list; none where it is absent. */
export function listOf(parent: Element, list: string, item: string, max: number): readonly Element[] {
  const found = lastChild(parent, list);
  const items = found === undefined ? [] : itemsOf(found, item);
  if (items.length > max) throw invalid(list, `${list} can have at most ${max} ${item}`);
  return items;
}

/** Ids out of the `uri` of items, absolute or not; whether they exist is known elsewhere. */
export function idsOf(items: readonly Element[], object: string): readonly number[] {
  return items.map((item) => {
    const uri = childText(item, 'uri') ?? '';
    const id = uri.split(`/finesse/api/${object}/`)[1] ?? '';
    if (!/^\d{1,9}$/.test(id)) throw invalid('uri', `uri must be that of a ${object}`);
    return Number(id);
  });
}
