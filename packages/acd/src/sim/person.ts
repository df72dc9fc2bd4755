import type { LegCause, LegId } from '../calls/switch.ts';
import type { Treatment } from './media.ts';

/** Somebody at the far end of a leg, acting by themselves: a customer, an outside party, a colleague. */
export interface Person {
  /** The leg's situation changed: in company of other legs, or alone with a treatment. */
  situation(company: readonly LegId[], treatment: Treatment | null): void;
  /** The leg has ended, whoever ended it. Timers end here. */
  ended(cause: LegCause): void;
}

/** What a person can do with the leg. All are without effect once the leg is gone. */
export interface Line {
  readonly leg: LegId;
  answer(): void;
  hangUp(cause?: LegCause): void;
  press(digits: string): void;
}
