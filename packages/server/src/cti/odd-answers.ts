/** Answers of the CTI server that fit no question: what is said about them, however many there are. */
import type { Clock } from '@poise/clock';

/** After a sentence the next one waits so long, ms; those in between are counted. */
export const ODD_ANSWERS_QUIET_MS = 60_000;

/** Devices that one sentence names. */
const TOLD_MAX = 8;

export class OddAnswers {
  readonly #clock: Clock;
  readonly #say: (text: string) => void;
  #saidAt = Number.NEGATIVE_INFINITY;
  #unsaid = 0;

  constructor(clock: Clock, say: (text: string) => void) {
    this.#clock = clock;
    this.#say = say;
  }

  /** A confirmation without a request of its kind. */
  unasked(name: string, invokeId: number): void {
    this.#note(
      `${name} with InvokeID ${invokeId} answers no request that waits: it came late, twice, or is meant for another`,
    );
  }

  /** An answer about an agent that speaks of somebody else; `told` in words. */
  foreignAgent(invokeId: number, asked: string, told: string): void {
    this.#note(
      `QUERY_AGENT_STATE_CONF with InvokeID ${invokeId} tells of ${told}, but ${asked} was asked for`,
    );
  }

  /** An answer about a device or a call that speaks of other devices; `asked` in words. */
  foreignDevices(name: string, asked: string, told: readonly string[]): void {
    this.#note(`${name} tells of ${told.slice(0, TOLD_MAX).join(', ')}, but ${asked} was asked for`);
  }

  #note(what: string): void {
    const now = this.#clock.monotonic();
    if (now - this.#saidAt < ODD_ANSWERS_QUIET_MS) {
      this.#unsaid += 1;
      return;
    }
    const more = this.#unsaid === 0 ? '' : ` (${this.#unsaid} more since the last such line)`;
    this.#saidAt = now;
    this.#unsaid = 0;
    this.#say(`An answer of the CTI server was not used: ${what}.${more}`);
  }
}
