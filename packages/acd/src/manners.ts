/** Liberties that real CTI servers take and that a client must survive; for testing clients. */
export interface Manners {
  /** Events of a request go out before its confirmation. */
  readonly confirmAfterEvents?: boolean;
  /** Confirmations are late by this much, events are not. */
  readonly confirmDelayMs?: number;
  /** Newer versions are refused with INVALID_VERSION. */
  readonly versionMax?: number;
  /** Of one happening the agent states are told before the call. */
  readonly agentEventsBeforeCallEvents?: boolean;
  /** END_CALL_EVENT comes before the agent's wrap-up instead of at its end. */
  readonly endCallBeforeWrapUp?: boolean;
}
