import type { IntegerType } from '../data-types.ts';
import type { EnumName } from '../enums/registry.ts';
import type { TagName, TagOptions } from '../tags.ts';
import type { VersionRange } from '../version-range.ts';

/** Who sends a message: client to server, server to client, or both. */
export type Direction = 'C2S' | 'S2C' | 'both';

/** The service of GED-188 to which a message belongs. */
export type Service =
  | 'session'
  | 'clientEvents'
  | 'allEvents'
  | 'callDataUpdate'
  | 'miscellaneous'
  | 'clientControl'
  | 'peripheralMonitor'
  | 'clientMonitor'
  | 'supervisor'
  | 'server'
  | 'configuration';

/** Options of a field of the fixed part. */
export interface FixedOptions extends VersionRange {
  readonly enum?: EnumName;
  readonly mask?: EnumName;
  /** The value that means "none"; encode() writes it for a missing field (otherwise 0). */
  readonly none?: number;
  /** Bytes of an UNSPEC field. */
  readonly size?: number;
}

/** One field of the fixed part, in wire order: name, type, options. */
export type FixedRow = readonly [name: string, type: IntegerType | 'UNSPEC', options?: FixedOptions];

/** Options of a floating field; what is not said here is as {@link TagName} says in the tag table. */
export interface FloatingOptions extends TagOptions {
  /** 'conditional': one of several alternatives. */
  readonly required?: true | 'conditional';
  readonly maxSize?: number;
  /** Field that holds the number of elements of a packed sequence. */
  readonly count?: string;
}

/** One floating field: name, tag, options. */
export type FloatingRow = readonly [name: string, tag: TagName, options?: FloatingOptions];

/** A repeated group: as many repetitions as the count field says, fields adjacent and in this order. */
export interface GroupRow {
  readonly group: string;
  /** The field that holds the number of repetitions: fixed, or floating on the same level. */
  readonly count: string;
  /** Greatest number of repetitions. */
  readonly max?: number;
  readonly fields: readonly (FloatingRow | GroupRow)[];
}

/** One message of the protocol. */
export interface MessageRow extends VersionRange {
  readonly type: number;
  readonly direction: Direction;
  readonly service: Service;
  /** Messages that only Unified CCX has. */
  readonly dialect?: 'CCX';
  readonly fixed: readonly FixedRow[];
  readonly floating: readonly (FloatingRow | GroupRow)[];
}

/** True for a group, false for a single floating field. */
export const isGroup = (row: FloatingRow | GroupRow): row is GroupRow => 'group' in row;

/** Declares messages by name; keeps the literal types, from which field names are checked by the compiler. */
export const defineMessages = <const T extends Record<string, MessageRow>>(messages: T): T => messages;
