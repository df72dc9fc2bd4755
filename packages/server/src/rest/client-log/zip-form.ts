/** Tells a zip by its form (APPNOTE 4.3), without unpacking anything. */

const LOCAL_FILE = [0x50, 0x4b, 0x03, 0x04];
const END_OF_DIRECTORY = [0x50, 0x4b, 0x05, 0x06];
const END_BYTES = 22;
const COMMENT_MAX = 65_535;

/** Whether it begins with a file and ends with the end of a directory, whose comment fills the rest. */
export function isZip(bytes: Uint8Array): boolean {
  if (!isAt(bytes, 0, LOCAL_FILE)) return false;
  const last = bytes.length - END_BYTES;
  for (let at = last; at >= 0 && at >= last - COMMENT_MAX; at--) {
    const commentLength = (bytes[at + 20] as number) | ((bytes[at + 21] as number) << 8);
    if (commentLength === last - at && isAt(bytes, at, END_OF_DIRECTORY)) return true;
  }
  return false;
}

const isAt = (bytes: Uint8Array, at: number, signature: readonly number[]): boolean =>
  signature.every((byte, k) => bytes[at + k] === byte);
