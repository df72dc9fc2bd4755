/**
 * A place where ASCII text is put together byte by byte. Joined from slices, a document with a reference in every tenth
 * place would leave hundreds of pieces to be collected; from here it comes as one string.
 */

export const SCRATCH_BYTES = 65_536;

/** Shared by all: nobody keeps anything here longer than until {@link scratchText}. */
export const scratch = new Uint8Array(SCRATCH_BYTES);

const decoder = new TextDecoder();

/** The first `length` bytes, all of them below 0x80. */
export function scratchText(length: number): string {
  return decoder.decode(scratch.subarray(0, length));
}
