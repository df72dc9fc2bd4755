/**
 * A copy of a string that outlives its stanza. A string cut from a received chunk keeps the whole chunk (64 KiB)
 * alive, and one put together from pieces keeps all pieces; the copy is flat and owns its characters.
 */
export function retained(text: string): string {
  return Buffer.from(text).toString();
}
