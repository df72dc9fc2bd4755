/** With what an agent signs in, and when a sign-in that was lost is made anew (desktop.md 12). Pure. */
import type { MobileAgent, SignInOptions, User } from '@poise/client';
import { isByLoss } from './chosen-state.ts';

/** What somebody typed to sign in. */
export interface Credentials {
  readonly user: string;
  /** Null: of a user of single sign-on. */
  readonly password: string | null;
  readonly extension: string;
  readonly mobile: MobileAgent | undefined;
  /** Nobody typed it: the page was loaded anew. Who is not signed in any more is not signed in again. */
  readonly isKept?: boolean;
  /** What was kept with it. */
  readonly seat?: SignInOptions | undefined;
  readonly other?: string | undefined;
  /** The node was down: an agent whom that has signed out is signed in again. */
  readonly hasWaited?: boolean | undefined;
  /** The page of another node has left it here. */
  readonly isHandedOver?: boolean | undefined;
}

/**
 * Whether an agent who is signed out after a recovery is signed in again: after a move unless somebody else has signed him out, and on
 * the same node where its contact centre was started anew. That one knows of no state before, not even when it ended.
 */
export function mustSignInAgain(me: User, hasMoved: boolean): boolean {
  if (me.state !== 'LOGOUT') return false;
  if (hasMoved) return me.reasonCode === null || isByLoss(me);
  return isForgotten(me);
}

/** Signed out without a reason, and at no time: the contact centre has not known this agent since it was started. */
export function isForgotten(me: User): boolean {
  return me.state === 'LOGOUT' && me.reasonCode === null && me.stateChangeTime === null;
}

/** Whether the loss of his node has signed the agent out, while his page waited for one. */
export function wasSignedOutByWaiting(me: User, { hasWaited, seat }: Credentials): boolean {
  return hasWaited === true && seat !== undefined && (me.reasonCode === null || isByLoss(me));
}
