/** The comparators of triggers and conditions (desktop.md 14). Values and members of lists are trimmed; letters count as they are. */

type Compare = (actual: string, wanted: string) => boolean;

const members = (list: string): readonly string[] => list.split(',').map((member) => member.trim());

const isEqual: Compare = (actual, wanted) => actual === wanted;
const contains: Compare = (actual, wanted) => actual.includes(wanted);
const beginsWith: Compare = (actual, wanted) => actual.startsWith(wanted);
const endsWith: Compare = (actual, wanted) => actual.endsWith(wanted);
const isEmpty: Compare = (actual) => actual === '';
const isInList: Compare = (actual, wanted) => members(wanted).includes(actual);
const not =
  (compare: Compare): Compare =>
  (actual, wanted) =>
    !compare(actual, wanted);

/** IS_EQUAL and IS_IN_LIST are confirmed names; of the others each form that may be the original's. */
const COMPARATORS: ReadonlyMap<string, Compare> = new Map([
  ['IS_EQUAL', isEqual],
  ['EQUALS', isEqual],
  ['IS_NOT_EQUAL', not(isEqual)],
  ['NOT_EQUALS', not(isEqual)],
  ['CONTAINS', contains],
  ['DOES_NOT_CONTAIN', not(contains)],
  ['NOT_CONTAINS', not(contains)],
  ['BEGINS_WITH', beginsWith],
  ['STARTS_WITH', beginsWith],
  ['ENDS_WITH', endsWith],
  ['IS_EMPTY', isEmpty],
  ['IS_NOT_EMPTY', not(isEmpty)],
  ['IS_IN_LIST', isInList],
  ['IS_NOT_IN_LIST', not(isInList)],
]);

export const COMPARATOR_NAMES: readonly string[] = [...COMPARATORS.keys()];

/** @returns null for a comparator that is not known */
export function compare(comparator: string, actual: string, wanted: string): boolean | null {
  const known = COMPARATORS.get(comparator.trim().toUpperCase());
  return known === undefined ? null : known(actual.trim(), wanted.trim());
}
