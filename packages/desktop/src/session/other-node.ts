/**
 * Whether this browser can reach the node that would take over (desktop.md D11, 12): where its certificate has not been accepted, that is
 * found out too late otherwise. What a browser refuses and what is not there look the same to a script.
 */
import type { ClientClock, ClientTimer } from '@poise/client';

/** The sign-in comes first. */
export const LOOK_AFTER_MS = 5_000;

export interface OtherNodeOptions {
  readonly clock: ClientClock;
  /** Whether anything answers at this origin; never rejects. */
  readonly reaches: (origin: string) => Promise<boolean>;
  /** Told once when it cannot be reached, and once when it can after that. */
  readonly told: (isReached: boolean) => void;
}

export class OtherNode {
  readonly #options: OtherNodeOptions;
  #origin: string | null = null;
  #isMissed = false;
  #timer: ClientTimer | undefined;

  constructor(options: OtherNodeOptions) {
    this.#options = options;
  }

  /** The agent has signed in, and this is the other node. */
  begin(origin: string): void {
    this.end();
    this.#origin = origin;
    this.#timer = this.#options.clock.schedule(LOOK_AFTER_MS, () => void this.#look(origin));
  }

  /** The page came to the front again: the certificate may have been accepted in another tab. */
  again(): void {
    if (this.#origin !== null && this.#isMissed) void this.#look(this.#origin);
  }

  end(): void {
    this.#timer?.cancel();
    this.#origin = null;
    this.#isMissed = false;
  }

  async #look(origin: string): Promise<void> {
    const isReached = await this.#options.reaches(origin);
    if (this.#origin !== origin || isReached !== this.#isMissed) return;
    this.#isMissed = !isReached;
    this.#options.told(isReached);
  }
}

/** Asks without reading the answer, which no server has to allow. */
export async function reaches(origin: string, get: typeof fetch = fetch): Promise<boolean> {
  try {
    await get(`${origin}/finesse/api/SystemInfo?nocache=${Date.now()}`, {
      mode: 'no-cors',
      credentials: 'omit',
      cache: 'no-store',
      signal: AbortSignal.timeout(10_000),
    });
    return true;
  } catch {
    return false;
  }
}
