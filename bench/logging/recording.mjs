// The form of recordings: a line of JSON for each happening (`kind`, `cause` and its members; bytes as `{"$hex"}`) and for each line of the ring
// (`ring`: the function that writes it, `args`).
import { readFileSync } from 'node:fs';

export function recordedLine(entry) {
  // A function that sees the value itself: a Buffer has made a list of numbers of it otherwise.
  return JSON.stringify(entry, function (name, value) {
    const own = this[name];
    if (own instanceof Uint8Array) return { $hex: Buffer.from(own).toString('hex') };
    return typeof value === 'bigint' ? { $bigint: String(value) } : value;
  });
}

export function readRecording(path) {
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) =>
      JSON.parse(line, (_name, value) => {
        if (typeof value?.$hex === 'string') return Uint8Array.from(Buffer.from(value.$hex, 'hex'));
        return typeof value?.$bigint === 'string' ? BigInt(value.$bigint) : value;
      }),
    );
}
