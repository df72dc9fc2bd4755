/** The time, as everything here is told of it. */
export interface HubClock {
  /** Milliseconds since 1970. */
  now(): number;
  schedule(delayMs: number, run: () => void): { cancel(): void };
}
