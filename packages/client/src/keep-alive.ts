/** Whoever is on the way and cuts silent connections gets a word in time, at most this often, ms. */
const LEAST_MS = 1_000;
/** Of the silence that was cut: the rest is for timers and lines that are late. */
const SHARE = 0.6;
/** Shorter silences are none: something was being said. */
const SILENCE_MIN_MS = 500;
/** A connection that held for longer was not cut for its first silence, ms. */
const SHORT_LIFE_MS = 60_000;
/** How far two silences may differ that the same limit has ended, ms. */
const TOLERANCE_MS = 250;

/** A connection that was lost although the server was well, as far as the client knows. */
export interface Cut {
  /** Since the last word of either side, the unanswered ping not counted, ms. */
  readonly silenceMs: number;
  /** How long it had been of use, ms. */
  readonly lifeMs: number;
}

/**
 * How long a connection may be silent before the client pings. A proxy or firewall may forget connections sooner than that. It is
 * known by its limit: two connections in a row end soon, after equal silence, and each time the server is found well at the first
 * attempt. From then on pings come earlier. What has been learned holds for as long as the client lives: pinging oftener does no harm.
 */
export class KeepAlive {
  #intervalMs: number;
  /** The silence of the last loss. */
  #suspectMs: number | undefined;

  /** @param intervalMs silence before a ping as long as nothing else has been learned */
  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  /** Silence before a ping, ms. */
  get intervalMs(): number {
    return this.#intervalMs;
  }

  /** @returns whether pings come earlier from now on */
  cut({ silenceMs, lifeMs }: Cut): boolean {
    const before = this.#suspectMs;
    const isTelling = silenceMs >= SILENCE_MIN_MS && lifeMs <= SHORT_LIFE_MS;
    this.#suspectMs = isTelling ? silenceMs : undefined;
    if (!isTelling || before === undefined || Math.abs(before - silenceMs) > TOLERANCE_MS) return false;
    const intervalMs = Math.max(Math.round(Math.min(before, silenceMs) * SHARE), LEAST_MS);
    if (intervalMs >= this.#intervalMs) return false;
    this.#intervalMs = intervalMs;
    this.#suspectMs = undefined;
    return true;
  }

  /** The loss had another cause: the server could not be reached afterwards, or ended the connection itself. */
  explained(): void {
    this.#suspectMs = undefined;
  }
}
