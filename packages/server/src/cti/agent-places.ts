/**
 * Whether an agent can be at the phone that an answer about him names. Nobody else is at an agent's phone while he is there, so it
 * depends on the one who was last heard there: on what the CTI server says of him since one began to ask. Both may have moved.
 */

/** What a place is known by; an answer that has less than who is there is not his. */
export const PlaceStrength = {
  /** An answer that names nobody. */
  UNNAMED: 0,
  /** An answer with the id of the agent. */
  NAMED: 1,
  /** An event, or an answer that says what was known. */
  SURE: 2,
} as const;
export type PlaceStrength = (typeof PlaceStrength)[keyof typeof PlaceStrength];

/** What has been said of an agent's place since one began to ask. */
export type Whereabouts =
  /** That he is where he was last heard. */
  | { readonly type: 'there'; readonly strength: PlaceStrength }
  /** Nothing yet; an answer is to come. */
  | { readonly type: 'due' }
  /** Nothing, and nobody has asked. */
  | { readonly type: 'unasked' }
  /** Nothing, and no answer will come: he may be anywhere. */
  | { readonly type: 'untold' }
  /** That he is elsewhere, in an answer that has still to be judged itself. */
  | { readonly type: 'claims'; readonly claim: PlaceClaim };

export interface PlaceClaim {
  readonly agentId: string;
  readonly extension: string;
  readonly strength: PlaceStrength;
}

export interface Places {
  /** Agents who were last heard at this phone. */
  at(extension: string): Iterable<string>;
  whereabouts(agentId: string): Whereabouts;
}

export type PlaceVerdict =
  | { readonly type: 'use' }
  /** It is the phone of `agentId`, who is there. */
  | { readonly type: 'foreign'; readonly agentId: string }
  /** What becomes of it is known when more is said of `agentId`. */
  | { readonly type: 'wait'; readonly agentId: string }
  /** The same, and he has to be asked for it. */
  | { readonly type: 'ask'; readonly agentId: string };

/** @param before claims that led here: agents who have changed phones in a circle make room for each other */
export function judgePlace(
  claim: PlaceClaim,
  places: Places,
  before: ReadonlySet<string> = new Set(),
): PlaceVerdict {
  let verdict: PlaceVerdict = { type: 'use' };
  const path = new Set(before).add(claim.agentId);
  for (const agentId of places.at(claim.extension)) {
    if (path.has(agentId)) continue;
    const said = places.whereabouts(agentId);
    if (said.type === 'there') {
      if (said.strength > claim.strength) return { type: 'foreign', agentId };
    } else if (said.type === 'due') {
      verdict = { type: 'wait', agentId };
    } else if (said.type === 'unasked') {
      verdict = { type: 'ask', agentId };
    } else if (said.type === 'claims') {
      const other = judgePlace(said.claim, places, path);
      // Where his answer is refused, he is asked again.
      if (other.type === 'foreign') verdict = { type: 'wait', agentId };
      else if (other.type !== 'use') verdict = other;
    }
  }
  return verdict;
}
