import { ControlFailureCode as CF } from '@poise/ged188';
import type { Failure } from '../agent-model.ts';
import type { Line } from './call-record.ts';
import type { CallOutcome } from './call-request.ts';
import type { OrderResult } from './switch.ts';

/** A request that is being carried out. Whatever happens meanwhile, it is answered exactly once. */
export class Operation {
  readonly line: Line;
  readonly #done: (outcome: CallOutcome) => void;
  readonly #finished: () => void;
  /** What follows once the switch has done its part; taken by an answer of the switch or by the event that proves it. */
  #next: (() => Failure | undefined) | null = null;
  answered = false;

  constructor(line: Line, done: (outcome: CallOutcome) => void, finished: () => void) {
    this.line = line;
    this.#done = done;
    this.#finished = finished;
  }

  /** What to do when the switch has done what was asked, or when an event shows that it has; may still refuse. */
  proceed(next: () => Failure | undefined): void {
    this.#next = next;
  }

  /** An event proves that the switch has done it, though its answer is still on the way. */
  confirm(): void {
    const next = this.#next;
    this.#next = null;
    const refusal = next?.();
    if (refusal) this.refuse(refusal);
  }

  /** The answer of the switch to the order that the request depends on. */
  settle(result: OrderResult): void {
    if (result === 'done') this.confirm();
    else if (this.#next) this.refuse(result === 'gone' ? GONE : REFUSED);
  }

  succeed(outcome: Omit<CallOutcome & { ok: true }, 'ok'> = {}): void {
    this.#answer({ ok: true, ...outcome });
  }

  refuse(failure: Failure): void {
    this.#answer({ ok: false, failure });
  }

  #answer(outcome: CallOutcome): void {
    if (this.answered) return;
    this.answered = true;
    this.#next = null;
    this.#done(outcome);
    this.#finished();
  }
}

export function control(code: number, peripheral = 0): Failure {
  return { kind: 'control', code, peripheral };
}

export function status(code: number): Failure {
  return { kind: 'status', status: code };
}

/** The leg had ended before the order came. */
export const GONE = control(CF.INVALID_CSTA_CONNECTION_IDENTIFIER);
/** The switch cannot do it. */
export const REFUSED = control(CF.GENERIC_SYSTEM_RESOURCE_AVAILABILITY);
