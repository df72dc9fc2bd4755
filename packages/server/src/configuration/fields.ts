/**
 * The fields of a configuration object as data. From one description come the checks of what a client sends, the JSON schema
 * and the forms of the console.
 */

/** What went wrong with one field. */
export type FieldCode =
  | 'REQUIRED'
  | 'FORMAT'
  | 'RANGE'
  | 'LENGTH'
  | 'DUPLICATE'
  | 'MAXIMUM'
  | 'REFERENCE'
  | 'FIXED';

export interface FieldError {
  /** `label`; inside lists and objects with the way there: `columns.0.2.mediaProperty`. Empty: the object as a whole. */
  readonly field: string;
  readonly code: FieldCode;
  /** One plain sentence in English. */
  readonly message: string;
}

export interface TextType {
  readonly type: 'text';
  /** Least length; default 0. */
  readonly min?: number;
  readonly max: number;
  /** What lengths count; default characters. */
  readonly unit?: 'characters' | 'bytes';
  /** A regular expression for the whole text, in the grammar of JavaScript. */
  readonly pattern?: string;
  /** What the pattern asks for, as the end of the sentence "… must be". */
  readonly patternText?: string;
  /** How it is edited: one line, several, an XML document, a password. Only `line` is trimmed. Default `line`. */
  readonly form?: 'line' | 'lines' | 'xml' | 'password';
}
export interface IntegerType {
  readonly type: 'integer';
  readonly min: number;
  readonly max: number;
}
export interface FlagType {
  readonly type: 'flag';
}
export interface ChoiceType {
  readonly type: 'choice';
  readonly values: readonly string[];
}
/** The id of another object. */
export interface ReferenceType {
  readonly type: 'reference';
  readonly to: string;
  /** Ids are numbers there, or texts. */
  readonly key: 'integer' | 'text';
}
export interface ListType {
  readonly type: 'list';
  readonly of: ValueType;
  readonly min?: number;
  readonly max: number;
  /** No item twice. */
  readonly distinct?: true;
  /** The order counts. */
  readonly ordered?: true;
}
export interface ObjectType {
  readonly type: 'object';
  readonly fields: readonly Field[];
}

export type ValueType =
  | TextType
  | IntegerType
  | FlagType
  | ChoiceType
  | ReferenceType
  | ListType
  | ObjectType;

export interface Field {
  readonly name: string;
  /** What it is for. */
  readonly about?: string;
  readonly value: ValueType;
  /** A new object needs it. */
  readonly required?: true;
  /** May be null. */
  readonly nullable?: true;
  /** Of a new object that does not say it. */
  readonly default?: unknown;
  /** Told, never taken: what a client sends is passed over, so that it may send back what it read. */
  readonly readOnly?: true;
  /** Taken, never told. */
  readonly writeOnly?: true;
  /** Said once, when the object is made. */
  readonly fixed?: true;
  /** No two objects have it; with `within`, none that are equal in these fields too. */
  readonly unique?: { readonly within?: readonly string[]; readonly ignoreCase?: true };
}

/** A collection of objects. */
export interface ResourceDescription {
  /** In the path. */
  readonly name: string;
  /** One of them, as sentences name it: `reason code`. */
  readonly object: string;
  readonly about: string;
  readonly fields: readonly Field[];
  readonly key: 'integer' | 'text';
  /** What can be done with it. */
  readonly methods: readonly ('list' | 'get' | 'create' | 'update' | 'remove')[];
  /** The field by which people know it. */
  readonly label: string;
}
