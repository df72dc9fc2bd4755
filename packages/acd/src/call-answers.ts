import type { Clock } from '@poise/clock';
import type { CallControl } from './calls/call-control.ts';
import type { CallOutcome, CallRequest } from './calls/call-request.ts';
import type { CtiClient } from './client.ts';
import type { Manners } from './manners.ts';
import { type Reply, sendAnswer } from './requests/request.ts';

export interface CallAnswersOptions {
  readonly clock: Clock;
  readonly manners: Manners;
  readonly calls: () => CallControl;
  /** Whether a session is still open. */
  readonly isOpen: (client: CtiClient) => boolean;
}

/** Carries requests about calls to the model and answers each exactly once, as soon as the model knows. */
export class CallAnswers {
  readonly #options: CallAnswersOptions;

  constructor(options: CallAnswersOptions) {
    this.#options = options;
  }

  /** @param confirm makes the confirmation at the moment of the outcome: what it reads is live */
  carryOut(
    client: CtiClient,
    invokeId: number,
    request: CallRequest,
    confirm: (outcome: Extract<CallOutcome, { ok: true }>) => Reply,
  ): void {
    const held: (() => void)[] = [];
    let returned = false;
    let answered = false;
    this.#options.calls().request(request, (outcome) => {
      if (answered) return;
      answered = true;
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
}
