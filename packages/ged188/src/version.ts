/** Protocol versions that the tables serve. 24 belongs to CCE 12.6, the release of Finesse 12.6. */
export const VERSION_MIN = 14;
export const VERSION_MAX = 25;
export const VERSION_DEFAULT = 24;

/** Versions a client tries in turn after INVALID_VERSION: OPEN_CONF carries no version to learn from. */
export const VERSION_FALLBACKS: readonly number[] = [23, 20, 19, 15];

/** Bytes of the message header: MessageLength and MessageType, both UINT. MessageLength does not count them. */
export const HEADER_SIZE = 8;

/** Header of a floating field: one byte each for tag and length up to version 19, two from 20 on. */
export interface FloatingHeader {
  readonly size: 2 | 4;
  readonly dataMax: 255 | 65535;
}
const NARROW: FloatingHeader = { size: 2, dataMax: 255 };
const WIDE: FloatingHeader = { size: 4, dataMax: 65535 };

/** True for a version of the tables. */
export const isSupportedVersion = (version: number): boolean =>
  Number.isInteger(version) && version >= VERSION_MIN && version <= VERSION_MAX;

/** The floating-field header of a version. */
export const floatingHeader = (version: number): FloatingHeader => (version < 20 ? NARROW : WIDE);

/** Longest frame in bytes, header included: 4,329 up to version 19, 12,500 above. */
export const frameSizeMax = (version: number): number => (version < 20 ? 4329 : 12500);

/** Bytes that all expanded call variables of one message may take together. */
export const NAMED_VARIABLES_BYTES_MAX = 2000;

/** "None" in a UINT and in a USHORT field. */
export const NONE_UINT = 0xffffffff;
export const NONE_USHORT = 0xffff;
