/**
 * Text frames from server to client (RFC 6455 5.2): not masked, not fragmented. Written here instead of one by
 * one through the library, so that all that one turn has for a client is one buffer and one write.
 */

const TEXT = 0x81;
/** Below half of the pool's size an unsafe allocation costs next to nothing. */
const POOLED_BYTES = Buffer.poolSize >>> 1;

/** All texts, one frame each, in one buffer. */
export function textFrames(texts: readonly string[]): Buffer {
  let total = 0;
  for (const text of texts) total += 10 + text.length * 3;
  // Sized for the worst case where that is small; measured where it is not.
  if (total > POOLED_BYTES) {
    total = 0;
    for (const text of texts) total += 10 + Buffer.byteLength(text);
  }
  const frames = Buffer.allocUnsafe(total);
  let at = 0;
  for (const text of texts) at = writeFrame(frames, at, text);
  return frames.subarray(0, at);
}

function writeFrame(frames: Buffer, at: number, text: string): number {
  // The length stands before the text: assume one byte a character, and move the text when that was wrong.
  const guess = headerBytes(text.length);
  let length = frames.write(text, at + guess);
  const header = headerBytes(length);
  if (header !== guess) length = frames.write(text, at + header);
  frames[at] = TEXT;
  if (header === 2) {
    frames[at + 1] = length;
  } else if (header === 4) {
    frames[at + 1] = 126;
    frames.writeUInt16BE(length, at + 2);
  } else {
    frames[at + 1] = 127;
    frames.writeUInt32BE(0, at + 2);
    frames.writeUInt32BE(length, at + 6);
  }
  return at + header + length;
}

function headerBytes(length: number): number {
  if (length < 126) return 2;
  return length < 65_536 ? 4 : 10;
}
