/**
 * The life of one accepted request as a table. Whatever happens, in whatever order, it is answered
 * exactly once: "every 202 is followed by exactly one Update with its requestId" (rest-api.md 1.6).
 */
export type Phase =
  /** Waits for its turn. */
  | 'waiting'
  /** At the CTI server, neither confirmed nor answered. */
  | 'sent'
  /** Its event came before its confirmation; answered. A confirmation that fails to come ends it soon. */
  | 'answered'
  /** Confirmed; its event has not come. */
  | 'confirmed'
  | 'done';

export type Step =
  | 'dispatch'
  | 'settleLocally'
  | 'confirm'
  | 'refuse'
  | 'event'
  | 'settle'
  | 'timeout'
  | 'lost';

/** Which answer a step gives: the object (changed or not), an error, or none. */
export type Effect = 'object' | 'error' | 'none';

/** Steps that are not listed are late, repeated or foreign, and change nothing. */
export const REQUEST_LIFE: Readonly<
  Record<Phase, Readonly<Partial<Record<Step, readonly [Phase, Effect]>>>>
> = {
  waiting: {
    dispatch: ['sent', 'none'],
    settleLocally: ['done', 'object'],
    refuse: ['done', 'error'],
    // Those before it took too long: it is not sent any more.
    timeout: ['done', 'error'],
    lost: ['done', 'error'],
  },
  sent: {
    confirm: ['confirmed', 'none'],
    refuse: ['done', 'error'],
    event: ['answered', 'object'],
    settle: ['done', 'object'],
    timeout: ['done', 'error'],
    lost: ['done', 'error'],
  },
  answered: {
    confirm: ['done', 'none'],
    settle: ['done', 'none'],
    refuse: ['done', 'none'],
    timeout: ['done', 'none'],
    lost: ['done', 'none'],
  },
  confirmed: {
    event: ['done', 'object'],
    settle: ['done', 'object'],
    // Confirmed, but nothing ever showed that could be published.
    timeout: ['done', 'error'],
    lost: ['done', 'error'],
  },
  done: {},
};
