/**
 * What events tell of a call and snapshots do not: since when its parties take part and are in their states, why one failed, who controls a
 * conference, and which other call it has taken in. It is lacking of what was recovered, and can be learned from whoever has heard the
 * events. Pure.
 */
import { type CallPicture, isLive, type Leg, mapLegs } from './call-picture.ts';
import type { Participant } from './dialog.ts';

/** What is known of one party. Wall ms; null: not known. */
export type PartyGaps = Pick<
  Participant,
  'mediaAddress' | 'state' | 'stateCause' | 'startTime' | 'stateChangeTime'
>;

/** What is known of one call. */
export interface CallGaps {
  readonly controller: string | null;
  readonly secondaryId: string | null;
  readonly parties: readonly PartyGaps[];
}

const isThere = ({ state }: Leg): boolean => state !== 'DROPPED';

/** Whether something is not known that another node may know. */
export const hasGaps = ({ legs, controller }: CallPicture): boolean =>
  legs.some((leg) => isThere(leg) && (leg.startTime === null || leg.stateChangeTime === null)) ||
  (controller === null && legs.filter(isLive).length > 2);

/** What is known of a call, and of those who take part in it or wrap it up; null: nothing. */
export function gapsOf({ legs, controller, secondaryId }: CallPicture): CallGaps | null {
  const parties = legs
    .filter((leg) => isThere(leg) && (leg.startTime !== null || leg.stateChangeTime !== null))
    .map(({ mediaAddress, state, stateCause, startTime, stateChangeTime }) => ({
      mediaAddress,
      state,
      stateCause,
      startTime,
      stateChangeTime,
    }));
  return parties.length === 0 && controller === null && secondaryId === null
    ? null
    : { controller, secondaryId, parties };
}

/** Fills in what is lacking, and of states only what is of the present one; the same call when that is nothing. */
export function withGaps(call: CallPicture, told: CallGaps): CallPicture {
  const byAddress = new Map(told.parties.map((party) => [party.mediaAddress, party]));
  const next = mapLegs(call, (leg) => {
    const party = byAddress.get(leg.mediaAddress);
    return party === undefined || !isThere(leg) ? leg : filled(leg, party);
  });
  const controller = call.controller ?? told.controller;
  const secondaryId = call.secondaryId ?? told.secondaryId;
  return controller === call.controller && secondaryId === call.secondaryId
    ? next
    : { ...next, controller, secondaryId };
}

function filled(leg: Leg, party: PartyGaps): Leg {
  const isSame = party.state === leg.state;
  const startTime = leg.startTime ?? party.startTime;
  const stateChangeTime = leg.stateChangeTime ?? (isSame ? party.stateChangeTime : null);
  const stateCause = leg.stateCause || (isSame ? party.stateCause : '');
  return startTime === leg.startTime &&
    stateChangeTime === leg.stateChangeTime &&
    stateCause === leg.stateCause
    ? leg
    : { ...leg, startTime, stateChangeTime, stateCause };
}
