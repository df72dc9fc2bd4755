/** How much configuration may hold (admin.md A7 to A15; rest-api.md 8). Every API that writes asks here. */
import type { Deployment } from '../domain/profile.ts';
import type {
  MediaPropertiesLayoutRecord,
  PhoneBookRecord,
  ReasonCategory,
  WorkflowActionRecord,
} from '../store/directory.ts';

/** GED-188 has room for 31 bytes of an agent id, and it stands in URIs and JIDs. */
export const LOGIN_ID_MAX = 31;
/**
 * A pattern: what Basic, JIDs and people can tell apart. Of two names that differ in marks of direction or joiners alone nobody could say whose
 * he types; they are written out, for not every reader of the contract knows classes of Unicode.
 */
export const LOGIN_NAME =
  '[^\\s:"&\'/<>@\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u2800\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0]+';

/** Of teams and skill groups, and each name of a user. */
export const NAME_MAX = 64;
/** GED-188 has room for 15 characters and the end of a device. */
export const EXTENSION_MAX = 16;
/** A pattern: what a phone can be called by, and what callers can dial. */
export const EXTENSION = '[0-9*#]+';

export const REASON_CATEGORIES: readonly ReasonCategory[] = ['NOT_READY', 'LOGOUT'];
export const REASON_LABEL_MAX = 40;
/** In UTF-8. */
export const WRAP_UP_LABEL_BYTES_MAX = 39;
export const CODE_MAX: Readonly<Record<Deployment, number>> = { CCE: 65_535, CCX: 999 };
/** Of each category and of wrap-up reasons. */
export const GLOBAL_REASONS_MAX = 100;
/** Of each category. */
export const TEAM_REASON_CODES_MAX = 100;
export const TEAM_WRAP_UP_REASONS_MAX = 1_500;
export const WRAP_UP_REASONS_PER_TEAM_MAX = 100;

export const PHONE_BOOK_NAME_MAX = 64;
export const PHONE_BOOKS_MAX: Readonly<Record<PhoneBookRecord['type'], number>> = { GLOBAL: 10, TEAM: 300 };
/** Of one book, and of one import. */
export const CONTACTS_MAX = 6_000;
/** In all phone books. */
export const CONTACTS_IN_ALL_MAX = 50_000;
/** Characters, [least, most]. */
export const CONTACT_LENGTHS = {
  firstName: [0, 128],
  lastName: [0, 128],
  phoneNumber: [1, 32],
  description: [0, 128],
} as const;

/** The default one and 199 others. */
export const MEDIA_PROPERTIES_LAYOUTS_MAX = 200;
export const MEDIA_LAYOUT_NAME_MAX = 40;
export const MEDIA_LAYOUT_DESCRIPTION_MAX = 128;
export const DISPLAY_NAME_MAX = 50;
export const COLUMNS_MAX = 2;
export const ENTRIES_MAX = 10;
/** In the whole layout. */
export const POP_OVER_MAX = 5;
/** Call variables, BA and ECC variables, and what 12.x shows beside them. An array has its index in brackets. */
export const MEDIA_PROPERTY =
  /^(?=.{1,32}$)(callVariable([1-9]|10)|BA[A-Za-z]+|user\.[A-Za-z0-9_.-]+(\[\d{1,3}\])?|queueNumber|queueName|callKeyCallId|callKeyPrefix|callKeySequenceNum|wrapUpReason|DNIS|dialedNumber)$/;

export const popOverCount = ({
  header,
  columns,
}: Pick<MediaPropertiesLayoutRecord, 'header' | 'columns'>): number =>
  [...(header === null ? [] : [header]), ...columns.flat()].filter(({ showInPopOver }) => showInPopOver)
    .length;

export const WORKFLOWS_MAX = 100;
export const WORKFLOW_ACTIONS_MAX = 100;
export const WORKFLOWS_PER_TEAM_MAX = 20;
export const WORKFLOW_NAME_MAX = 40;
export const WORKFLOW_DESCRIPTION_MAX = 128;
export const ACTION_NAME_MAX = 64;
export const ACTIONS_PER_WORKFLOW_MAX = 5;
export const CONDITIONS_MAX = 5;
/** What triggers are made of is said by the client. */
export const TRIGGERS_MAX = 20;
export const VARIABLES_MAX = 5;
export const VARIABLE_NAME_MAX = 64;
/** Of an action. */
export const ACTION_VARIABLE_NAME_MAX = 32;
export const TEST_VALUE_MAX = 128;
export const PARAMS_MAX = 20;
export const NODE_MAX = 500;
export const VALUE_MAX = 500;
export const MEDIA_MAX = 64;
export const COMPARATOR = /^[A-Z_]{1,40}$/;
export const ACTION_TYPES = ['BROWSER_POP', 'HTTP_REQUEST'] as const;
export const HANDLERS = ['FINESSE_DESKTOP', 'OTHER'] as const;
/** Longest value of each parameter; others are kept without a meaning. */
const PARAM_MAX: Readonly<Record<string, number>> = {
  path: 500,
  windowName: 40,
  method: 10,
  location: 10,
  contentType: 500,
  body: 2_000,
};
const OTHER_PARAM_MAX = 500;
export const LONGEST_PARAM_MAX = 2_000;
export const paramMax = (name: string): number => PARAM_MAX[name] ?? OTHER_PARAM_MAX;
/** Parameters without which an action cannot run. */
export const PARAMS_NEEDED: Readonly<Record<string, readonly string[]>> = {
  BROWSER_POP: ['path'],
  HTTP_REQUEST: ['path', 'method', 'location'],
};
const HTTP_METHODS = ['PUT', 'POST', 'GET'];
const HTTP_LOCATIONS = ['FINESSE', 'OTHER'];
/** Values that a needed parameter may have; others may have any but blanks. */
export const PARAM_VALUES: Readonly<Record<string, readonly string[]>> = {
  method: HTTP_METHODS,
  location: HTTP_LOCATIONS,
};

/** A parameter of an action that is missing, or is none of the values that it may have. */
export interface ActionProblem {
  readonly param: string;
  /** As a sentence names them; undefined: missing. */
  readonly values?: string;
}

/** What must hold of an action as a whole. */
export function actionProblem({
  type,
  params,
}: Pick<WorkflowActionRecord, 'type' | 'params'>): ActionProblem | null {
  const value = (name: string) => params.find((param) => param.name === name)?.value.trim() ?? '';
  const missing = PARAMS_NEEDED[type]?.find((name) => value(name) === '');
  if (missing !== undefined) return { param: missing };
  if (type !== 'HTTP_REQUEST') return null;
  if (!HTTP_METHODS.includes(value('method'))) return { param: 'method', values: 'PUT, POST or GET' };
  if (!HTTP_LOCATIONS.includes(value('location'))) return { param: 'location', values: 'FINESSE or OTHER' };
  return null;
}

interface Countable {
  readonly id: number;
  readonly forAll: boolean;
}

/** Whether one more does not fit: those for all and those of teams are counted by themselves. @param all of the category */
export function isFull(all: readonly Countable[], { id, forAll }: Countable, teamMax: number): boolean {
  const alike = all.filter((one) => one.forAll === forAll && one.id !== id).length;
  return alike >= (forAll ? GLOBAL_REASONS_MAX : teamMax);
}

/** Whether the book cannot have so many contacts, because of itself or of what the others have. */
export function hasTooManyContacts(
  books: readonly Pick<PhoneBookRecord, 'id' | 'contacts'>[],
  bookId: number,
  own: number,
): boolean {
  const others = books.reduce((sum, { id, contacts }) => (id === bookId ? sum : sum + contacts.length), 0);
  return own > CONTACTS_MAX || others + own > CONTACTS_IN_ALL_MAX;
}

/** Whether one more phone book of the type does not fit. @param id of the one that is looked at; 0: a new one */
export function hasTooManyBooks(
  books: readonly Pick<PhoneBookRecord, 'id' | 'type'>[],
  id: number,
  type: PhoneBookRecord['type'],
): boolean {
  return books.filter((book) => book.type === type && book.id !== id).length >= PHONE_BOOKS_MAX[type];
}

/** Characters as people count them; only what is outside the Basic Multilingual Plane makes a difference. */
export const lengthOf = (text: string): number =>
  /[\ud800-\udfff]/.test(text) ? [...text].length : text.length;

/** Whether XML can hold it, and so every answer print it. */
export const isXmlText = (text: string): boolean =>
  !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\p{Surrogate}]/u.test(text);

/** A text of one line as it is stored: no blanks around it, and a line that was broken, as in a document that is set prettily, is one again. */
export const oneLine = (text: string): string => text.trim().replace(/ *[\t\r\n][ \t\r\n]*/g, ' ');

/**
 * Whether there is anything to see in it. Marks that turn the direction, joiners, fillers and blanks are allowed within a name, as
 * some scripts need them, but alone they are a name that nobody can read or choose. The Braille pattern blank is drawn as nothing, too.
 */
export const hasVisible = (text: string): boolean =>
  /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Control}\u2800]/u.test(text);
