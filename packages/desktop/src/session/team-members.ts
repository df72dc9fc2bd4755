/** Members of a team as Team Performance shows them (desktop.md 7.1). */
import type { User } from '@poise/client';
import { personName } from './person-name.ts';

export interface Member {
  readonly id: string;
  readonly name: string;
  /** '' while signed out. */
  readonly extension: string;
  readonly state: string;
  readonly reasonLabel: string | null;
  /** The state that follows the call; '' when none was asked for. */
  readonly pendingState: string;
  /** Since when, epoch ms by the server's clock; null: no change since the server started. */
  readonly since: number | null;
  /** CCX: in a call that the router did not send, while Not Ready. */
  readonly isBusy: boolean;
}

export function memberOf(user: User): Member {
  return {
    id: user.loginId,
    name: personName(user, user.loginId),
    extension: user.extension,
    state: user.state,
    reasonLabel: user.reasonCode?.label || null,
    pendingState: user.pendingState,
    since: user.stateChangeTime?.getTime() ?? null,
    isBusy: user.mediaState === 'BUSY',
  };
}

/** States in which an agent has the customer on the line. */
export const isTalking = ({ state, isBusy }: Member): boolean => state === 'TALKING' || isBusy;
