/** The server's clock beside this computer's (notification-service.md 7.3). */
import type { ClientClock, ClientTimer } from './platform.ts';

/** One comparison. All times in ms. */
export interface ClockMeasurement {
  /** This computer's clock halfway between question and answer, ms since 1970. */
  readonly clientTime: number;
  /** What the server wrote into its answer, ms since 1970. */
  readonly serverTime: number;
  /** Server minus client: positive when the server's clock is ahead. True within half of the round trip. */
  readonly drift: number;
  readonly roundTrip: number;
  /** What timers should add to this computer's clock: steadier than `drift`, and no victim of a single odd answer. */
  readonly offset: number;
  /** Of the server, minutes east of UTC; null when unknown. */
  readonly timezoneOffset: number | null;
}

export interface ServerTime {
  readonly currentTimestamp: Date | null;
  readonly timezoneOffset: number | null;
}

export interface ClockWatchOptions {
  readonly clock: ClientClock;
  readonly intervalMs: number;
  ask(): Promise<ServerTime>;
  measured(measurement: ClockMeasurement): void;
  /** The computer slept, its timers were held up, or its clock was set: by so many ms. */
  woke(lateMs: number): void;
}

/** A change of the offset beyond this is believed when a second answer says the same. */
const JUMP_MS = 5_000;
const SECOND_LOOK_MS = 1_000;
/** While a question is open both clocks of this computer run alike; else it slept, or its clock was set. */
const DISAGREEMENT_MAX_MS = 500;
/** A timer this short shows when the computer slept; one that fires so much later tells of it. */
const TICK_MS = 15_000;
const TICK_LATE_MS = 20_000;

/**
 * Asks for the server's time once a minute, also while nothing else happens. An answer that never comes, comes after
 * a sleep, or from a clock that is wrong once changes nothing: the next one counts.
 */
export class ClockWatch {
  readonly #options: ClockWatchOptions;
  #offset: number | undefined;
  /** An offset that awaits its confirmation. */
  #suspected: number | undefined;
  #timer: ClientTimer | undefined;
  #tick: ClientTimer | undefined;
  /** Tells the answers of a run from those of an earlier one. */
  #run = 0;

  constructor(options: ClockWatchOptions) {
    this.#options = options;
  }

  /** Measures now and then at the interval; begins anew when it runs already. */
  start(): void {
    this.stop();
    if (this.#options.intervalMs > 0) void this.#measure(this.#run);
    this.#watchSleep();
  }

  stop(): void {
    this.#run++;
    this.#timer?.cancel();
    this.#tick?.cancel();
  }

  /** Another server has another clock. */
  forget(): void {
    this.#offset = undefined;
    this.#suspected = undefined;
  }

  #watchSleep(): void {
    const { clock, woke } = this.#options;
    const dueAt = clock.now() + TICK_MS;
    this.#tick = clock.schedule(TICK_MS, () => {
      const lateMs = Math.abs(clock.now() - dueAt);
      this.#watchSleep();
      // Hidden tabs run timers once a minute: then this is one question a minute, and no harm.
      if (lateMs > TICK_LATE_MS) woke(lateMs);
    });
  }

  async #measure(run: number): Promise<void> {
    const { clock, intervalMs, ask, measured } = this.#options;
    const sentAt = clock.now();
    const sentMonotonic = clock.monotonic();
    let nextMs = intervalMs;
    try {
      const { currentTimestamp, timezoneOffset } = await ask();
      if (run !== this.#run) return;
      const roundTrip = clock.monotonic() - sentMonotonic;
      const isSteady = Math.abs(clock.now() - sentAt - roundTrip) <= DISAGREEMENT_MAX_MS;
      if (currentTimestamp !== null && isSteady) {
        const clientTime = sentAt + roundTrip / 2;
        const serverTime = currentTimestamp.getTime();
        const drift = serverTime - clientTime;
        const offset = this.#settle(drift, roundTrip / 2);
        if (this.#suspected !== undefined) nextMs = SECOND_LOOK_MS;
        measured({ clientTime, serverTime, drift, roundTrip, offset, timezoneOffset });
      }
    } catch {
      // Whether the server can be reached is told by the connection.
    }
    if (run !== this.#run) return;
    this.#timer = clock.schedule(nextMs, () => void this.#measure(run));
  }

  /** @param uncertainty how far the truth may be from `drift` */
  #settle(drift: number, uncertainty: number): number {
    const known = this.#offset;
    // Timers must not jump by what nobody can tell apart.
    if (known !== undefined && Math.abs(drift - known) <= uncertainty) {
      this.#suspected = undefined;
      return known;
    }
    const before = this.#suspected;
    const isJump = known !== undefined && Math.abs(drift - known) > JUMP_MS;
    const isConfirmed = before !== undefined && Math.abs(drift - before) <= JUMP_MS;
    if (isJump && !isConfirmed) {
      this.#suspected = drift;
      return known;
    }
    this.#suspected = undefined;
    this.#offset = drift;
    return drift;
  }
}

/**
 * A measurement as a line of the original's client log:
 * `<PC time ±hh:mm>: : <host>: <server time ±hhmm>: Header : Client: …, Server: …, Drift: n ms, Network Latency (round trip): n ms`.
 * @param pcOffsetMinutes of this computer, east of UTC
 */
export function driftLine(
  host: string,
  { clientTime, serverTime, drift, roundTrip, timezoneOffset }: ClockMeasurement,
  pcOffsetMinutes: number,
): string {
  const receivedAt = clientTime + roundTrip / 2;
  const pcTime = `${shifted(receivedAt, pcOffsetMinutes).toISOString().slice(0, -1)} ${hours(pcOffsetMinutes, ':')}`;
  const client = new Date(clientTime).toISOString();
  const server = new Date(serverTime).toISOString();
  return (
    `${pcTime}: : ${host}: ${serverStamp(serverTime, timezoneOffset ?? 0)}: Header : Client: ${client}, ` +
    `Server: ${server}, Drift: ${Math.round(drift)} ms, Network Latency (round trip): ${Math.round(roundTrip)} ms`
  );
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Jan 11 2019 11:24:14.577 -0600`. */
function serverStamp(time: number, offsetMinutes: number): string {
  const [date = '', clock = ''] = shifted(time, offsetMinutes).toISOString().slice(0, -1).split('T');
  const [year, month, day] = date.split('-');
  return `${MONTHS[Number(month) - 1]} ${day} ${year} ${clock} ${hours(offsetMinutes, '')}`;
}

const shifted = (time: number, offsetMinutes: number) => new Date(time + offsetMinutes * 60_000);

function hours(offsetMinutes: number, separator: string): string {
  const minutes = Math.abs(offsetMinutes);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${separator}${two(minutes % 60)}`;
}
