/** The state that the agent chose here, and whether a loss of the connection took it away (desktop.md 12). */
import type { User } from '@poise/client';

/** Reason codes with which the system ends the work of who has lost the connection. */
const LOSS_CODES: ReadonlySet<number> = new Set([255, 50002]);

/** Whether the loss of the connection, and nobody else, is the reason of this state. */
export function isByLoss({ reasonCode }: Pick<User, 'reasonCode'>): boolean {
  return reasonCode?.code != null && LOSS_CODES.has(reasonCode.code);
}

/** Reason code of what a supervisor did to an agent (desktop.md 7.2). */
const SUPERVISOR_CODE = 999;

/** Whether a supervisor is the reason of this state. */
export function isBySupervisor({ reasonCode }: Pick<User, 'reasonCode'>): boolean {
  return reasonCode?.code === SUPERVISOR_CODE;
}

/**
 * Remembers a Ready that was chosen on this desktop until somebody else, or the agent, has it otherwise. After each
 * recovery it is asked for again once, where only the loss took it away.
 */
export class ChosenState {
  #isReady = false;
  #mayAsk = false;

  get isReady(): boolean {
    return this.#isReady;
  }

  chose(state: string): void {
    this.#isReady = state === 'READY';
  }

  recovered(): void {
    this.#mayAsk = true;
  }

  /** The computer slept, or the page was frozen, for long: whether anybody is in front of it is unknown. */
  stoodStill(): void {
    this.#isReady = false;
  }

  /** The own user, as an event or an answer shows it. */
  saw(user: Pick<User, 'state' | 'reasonCode'>): void {
    const isEnd = user.state === 'NOT_READY' || user.state === 'LOGOUT';
    if (isEnd && !isByLoss(user)) this.#isReady = false;
  }

  /** Whether Ready is to be asked for now; true once for each recovery. */
  takeRestoration(user: Pick<User, 'state' | 'reasonCode'>): boolean {
    if (!this.#isReady || !this.#mayAsk || user.state !== 'NOT_READY' || !isByLoss(user)) return false;
    this.#mayAsk = false;
    return true;
  }

  /** The agent was signed in again here, after a move: Not Ready is but how a sign-in begins. */
  takeAfterSignIn(): boolean {
    const isReady = this.#isReady;
    this.#mayAsk = false;
    return isReady;
  }
}
