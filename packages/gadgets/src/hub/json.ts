/** Payloads between frames: JSON, so that they are copies, and functions never cross. */

/** @returns undefined: there is nothing to send. Throws where it cannot be written as JSON (a circle) */
export function toJson(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}

/** What {@link toJson} wrote; undefined too where it is no JSON. */
export function fromJson(json: string | undefined): unknown {
  if (json === undefined) return undefined;
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
