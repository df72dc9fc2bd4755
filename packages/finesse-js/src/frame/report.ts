/** Where the library says what went wrong in a gadget's own functions, and in its hub. */

type Sink = (line: string) => void;

let sink: Sink | undefined;

/** Sets where lines go besides the console. */
export function reportTo(next: Sink): void {
  sink = next;
}

export function report(message: string, error?: unknown): void {
  console.error(`finesse.js: ${message}`, error ?? '');
  const detail =
    error instanceof Error ? `${error.name}: ${error.message}` : error === undefined ? '' : String(error);
  try {
    sink?.(detail === '' ? message : `${message}: ${detail}`);
  } catch {
    // The sink is a function of the gadget's; the console has the line already.
  }
}
