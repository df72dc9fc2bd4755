import type { Clock } from '@poise/clock';
import type { Failure } from './agent-model.ts';
import type { CallControl } from './calls/call-control.ts';
import type { CallOutcome, CallRequest } from './calls/call-request.ts';
import type { CtiClient } from './client.ts';
import type { Manners } from './manners.ts';
import { CONTROL, control, type Reply, sendAnswer } from './requests/request.ts';

/** Requests for one device that may wait for the switch; more are refused with CF 44. */
export const CALL_REQUESTS_WAITING_MAX = 32;

export interface CallRequestsOptions {
  readonly clock: Clock;
  readonly manners: Manners;
  readonly calls: () => CallControl;
  /** Whether a session is still open. */
  readonly isOpen: (client: CtiClient) => boolean;
}

/** Carries requests about calls to the model and answers each exactly once, as soon as the model knows. */
export class CallRequests {
  readonly #options: CallRequestsOptions;
  /** Requests without an answer yet, by device. */
  readonly #waiting = new Map<string, number>();

  constructor(options: CallRequestsOptions) {
    this.#options = options;
  }

  /**
   * @param device whose limit counts
   * @param confirm makes the confirmation at the moment of the outcome: what it reads is live
   */
  carryOut(
    client: CtiClient,
    invokeId: number,
    device: string,
    request: CallRequest,
    confirm: (outcome: Extract<CallOutcome, { ok: true }>) => Reply,
  ): Failure | 'later' {
    const waiting = this.#waiting.get(device) ?? 0;
    if (waiting >= CALL_REQUESTS_WAITING_MAX) return control(CONTROL.OUTSTANDING_REQUEST_LIMIT);
    this.#waiting.set(device, waiting + 1);
    const held: (() => void)[] = [];
    let returned = false;
    let answered = false;
    this.#options.calls().request(request, (outcome) => {
      if (answered) return;
      answered = true;
      this.#done(device);
      const reply = outcome.ok ? confirm(outcome) : outcome.failure;
      const send = () => {
        // A client that has gone in the meantime is not told.
        if (this.#options.isOpen(client)) sendAnswer(client, invokeId, reply);
      };
      if (outcome.ok) this.#confirm(send, returned ? null : held);
      else send();
    });
    returned = true;
    for (const send of held) send();
    return 'later';
  }

  /** Sends a confirmation, or keeps it as long as the manners ask. `held`: to be sent after the events. */
  #confirm(send: () => void, held: (() => void)[] | null): void {
    const { manners, clock } = this.#options;
    const { confirmAfterEvents = false, confirmDelayMs = 0 } = manners;
    if (confirmDelayMs > 0) clock.schedule(confirmDelayMs, send);
    else if (!confirmAfterEvents) send();
    else if (held) held.push(send);
    else clock.schedule(0, send);
  }

  #done(device: string): void {
    const waiting = (this.#waiting.get(device) ?? 1) - 1;
    if (waiting === 0) this.#waiting.delete(device);
    else this.#waiting.set(device, waiting);
  }
}
