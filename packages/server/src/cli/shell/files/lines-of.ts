/** The lines of a file, in portions, without ever holding the file or a line without end. */
import type { FileHandle } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';

const CHUNK_BYTES = 256 * 1024;
/** What a longer line has more is left out, and said. */
export const LINE_MAX = 65_536;

/**
 * Portions of complete lines, without their ends.
 * @param from first byte
 */
export async function* linesOf(handle: FileHandle, from = 0): AsyncGenerator<readonly string[]> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let cut = 0;
  let position = from;
  const whole = (): string => {
    const line = cut === 0 ? rest : `${rest}… (${cut} characters more)`;
    rest = '';
    cut = 0;
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  };
  const add = (text: string): void => {
    const room = LINE_MAX - rest.length;
    rest += text.slice(0, Math.max(0, room));
    cut += Math.max(0, text.length - room);
  };
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    const pieces = decoder.write(buffer.subarray(0, bytesRead)).split('\n');
    const lines: string[] = [];
    for (const [index, piece] of pieces.entries()) {
      add(piece);
      if (index < pieces.length - 1) lines.push(whole());
    }
    if (lines.length > 0) yield lines;
  }
  add(decoder.end());
  if (rest !== '' || cut > 0) yield [whole()];
}
