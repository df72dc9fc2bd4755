/** What can go wrong with a gadget, told in the frame of that gadget and in the log. */
import { type Phrase, PlainError } from '../messages/catalogue.ts';

/** One plain sentence for the frame, the status of the answer, and what only the log says. */
export class GadgetError extends PlainError {
  override readonly name = 'GadgetError';
  readonly status: number;
  /** For the log; never shown to the browser. */
  readonly reason: string;

  /** @param status as Shindig: 400 bad request, 403 not allowed, 404 no such file, 502, 504 host of the gadget, 500 gadget broken */
  constructor(status: number, said: Phrase, reason = '', options?: { cause?: unknown }) {
    super(said, options);
    this.status = status;
    this.reason = reason;
  }
}
