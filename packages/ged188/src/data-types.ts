/** Integer types: bytes on the wire (big-endian, no alignment) and sign. */
export const INTEGER_TYPES = {
  CHAR: { size: 1, signed: true },
  UCHAR: { size: 1, signed: false },
  SHORT: { size: 2, signed: true },
  USHORT: { size: 2, signed: false },
  INT: { size: 4, signed: true },
  UINT: { size: 4, signed: false },
  /** 0 false, 1 true. */
  BOOL: { size: 2, signed: false },
  /** Seconds since 1970 UTC. */
  TIME: { size: 4, signed: false },
} as const;

/** An integer type of the protocol. */
export type IntegerType = keyof typeof INTEGER_TYPES;

/**
 * Any type of a field. STRING is text that ends with a zero byte, UNSPEC opaque bytes; NAMEDVAR and
 * NAMEDARRAY are expanded call variables; TASKID is 12 bytes and kept opaque.
 */
export type DataType = IntegerType | 'STRING' | 'UNSPEC' | 'NAMEDVAR' | 'NAMEDARRAY' | 'TASKID';

/** Longest name and value of an expanded call variable in bytes, zero byte included. */
export const VARIABLE_NAME_MAX = 33;
export const VARIABLE_VALUE_MAX = 211;

/** An expanded call variable (scalar). */
export interface NamedVariable {
  readonly name: string;
  readonly value: string;
}

/** One element of an expanded call variable array. */
export interface NamedArrayElement {
  /** 0 to 255. */
  readonly index: number;
  readonly name: string;
  readonly value: string;
}

/** The value of one field. Enumerations, masks and BOOL are numbers; encode() also takes booleans. */
export type FieldValue =
  | number
  | boolean
  | string
  | Uint8Array
  | NamedVariable
  | NamedArrayElement
  | readonly number[];

/** Fields by their GED-188 names; a repeated group is a list of records under the group's name. */
export interface Fields {
  readonly [name: string]: FieldValue | readonly Fields[] | undefined;
}

/** TypeScript type of a data type. */
export type ValueOfType<T extends DataType> = T extends 'BOOL'
  ? number | boolean
  : T extends IntegerType
    ? number
    : T extends 'STRING'
      ? string
      : T extends 'NAMEDVAR'
        ? NamedVariable
        : T extends 'NAMEDARRAY'
          ? NamedArrayElement
          : Uint8Array | string;
