/** What an operator may set of the call model. Times in ms of the injected clock. */
export interface CallSettings {
  /** How long a routed call rings at an agent before it goes back to the queue. */
  readonly ringMs: number;
  /** How long a call outside routing rings at most (T301 of the network). */
  readonly alertingMaxMs: number;
  /** How long a request that adds a party waits for its phone to ring. */
  readonly reachMs: number;
  /** How long a caller hears that a call failed before it is cleared. */
  readonly failedMs: number;
  /** Length of wrap-up where the team names none. */
  readonly wrapUpSeconds: number;
  /** Parties of a conference at most. */
  readonly conferencePartiesMax: number;
  /** Calls at one phone at most, held ones included. */
  readonly callsPerDeviceMax: number;
  /** Calls at a phone from which on further ones find it busy: 1 is a phone without call waiting. */
  readonly busyAtCalls: number;
  /** Calls at the same time; more find the exchange congested. */
  readonly callsMax: number;
  /** Calls that may wait for one skill group; more are cleared with MAX_QUEUE_EXCEEDED. */
  readonly waitingMax: number;
  /** Requests that may wait behind one that the switch has not answered, per device; more are refused with 44. */
  readonly requestsWaitingMax: number;
  /** Any two calls of a device may be joined; false: only a consult call and its original (284). */
  readonly arbitraryPairs: boolean;
  /** Who may remove another party: `none` refuses with 290. */
  readonly dropOthers: 'any' | 'controller' | 'none';
  /** Names of expanded variables that may be set; null: any well-formed name. */
  readonly namedVariables: ReadonlySet<string> | null;
  /** Whether a number that is neither phone nor route point is an outside party. */
  readonly isOutside: (number: string) => boolean;
}

export const CALL_SETTINGS: CallSettings = {
  ringMs: 15_000,
  alertingMaxMs: 180_000,
  reachMs: 8_000,
  failedMs: 20_000,
  wrapUpSeconds: 7200,
  conferencePartiesMax: 16,
  callsPerDeviceMax: 2,
  busyAtCalls: 1,
  callsMax: 20_000,
  waitingMax: 10_000,
  requestsWaitingMax: 32,
  arbitraryPairs: true,
  dropOthers: 'any',
  namedVariables: null,
  isOutside: (number) => /^\+?[0-9]{7,30}$/.test(number),
};
