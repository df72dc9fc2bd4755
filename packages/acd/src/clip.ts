/** Text of the directory made fit for fields of limited size; sizes are bytes with the final zero byte. */

/** Whether a text fits as it is. */
export function fits(text: string, size: number): boolean {
  return Buffer.byteLength(text) < size && !text.includes('\0');
}

/** The text shortened to what fits; never cuts a character in two, drops zero characters. */
export function clip(text: string, size: number): string {
  if (fits(text, size)) return text;
  const bytes = Buffer.from(text.replaceAll('\0', ''));
  if (bytes.length < size) return bytes.toString();
  let end = size - 1;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.toString('utf8', 0, end);
}
