/** States of a BOSH session as a table; docs/bosh.md shows it as a diagram. */

export type BoshState =
  /** The session request waits for the features. */
  | 'opening'
  /** Requests come and go. */
  | 'open'
  /** A restart waits for the features. */
  | 'restarting'
  /** The client announced a silence (XEP-0124 10). */
  | 'paused'
  /** Over, but no request has carried the reason yet: the next one does. */
  | 'ending'
  | 'ended';

export type BoshEvent =
  /** The stream announced its features. */
  | 'features'
  /** An ordinary request was processed. */
  | 'request'
  | 'restart'
  | 'pause'
  /** The end, told to the client or not worth telling. */
  | 'end'
  /** The end, for a reason that no request was there to carry. */
  | 'end-untold';

const ENDS = { end: 'ended', 'end-untold': 'ending' } as const;

/** An event that is missing in a row leaves the state as it is. */
export const BOSH_TRANSITIONS: Readonly<Record<BoshState, Readonly<Partial<Record<BoshEvent, BoshState>>>>> =
  {
    opening: { features: 'open', ...ENDS },
    open: { restart: 'restarting', pause: 'paused', ...ENDS },
    restarting: { features: 'open', ...ENDS },
    paused: { request: 'open', restart: 'restarting', ...ENDS },
    ending: { request: 'ended', end: 'ended' },
    ended: {},
  };

export function nextState(state: BoshState, event: BoshEvent): BoshState {
  return BOSH_TRANSITIONS[state][event] ?? state;
}

/** Whether stanzas can still be exchanged. */
export function isAlive(state: BoshState): boolean {
  return state !== 'ended' && state !== 'ending';
}
