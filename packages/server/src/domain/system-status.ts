/** Whether this node serves agents: IN_SERVICE only while everything it depends on is there. */
import { PERIPHERAL_OFFLINE_REASON } from './cti-info.ts';

export type ServiceStatus = 'IN_SERVICE' | 'OUT_OF_SERVICE';

export interface SystemState {
  /** The CTI link is open, configured and its picture of the agents is complete. */
  readonly cti: boolean;
  /** The notification service accepts publications. */
  readonly notification: boolean;
  /** The webservices have not been stopped by themselves. */
  readonly webservices: boolean;
  readonly stopping: boolean;
}

export type SystemEvent =
  | { readonly type: 'cti'; readonly inService: boolean }
  | { readonly type: 'notification'; readonly inService: boolean }
  | { readonly type: 'webservices'; readonly inService: boolean }
  | { readonly type: 'stopping' };

export const INITIAL_SYSTEM_STATE: SystemState = {
  cti: false,
  notification: true,
  webservices: true,
  stopping: false,
};

export function applyToSystem(state: SystemState, event: SystemEvent): SystemState {
  switch (event.type) {
    case 'cti':
      return { ...state, cti: event.inService };
    case 'notification':
      return { ...state, notification: event.inService };
    case 'webservices':
      return { ...state, webservices: event.inService };
    case 'stopping':
      return { ...state, stopping: true };
  }
}

export function statusOf(state: SystemState): ServiceStatus {
  return state.cti && state.notification && state.webservices && !state.stopping
    ? 'IN_SERVICE'
    : 'OUT_OF_SERVICE';
}

/**
 * Text of statusReason, which the contract leaves free: empty while in service.
 * @param isPeripheralOffline whether the CTI server is connected and its peripheral is not there
 */
export function statusReasonOf(state: SystemState, isPeripheralOffline: boolean): string {
  if (state.stopping) return 'The server is being stopped.';
  if (!state.webservices) return 'The webservices are stopped.';
  if (!state.cti) return isPeripheralOffline ? PERIPHERAL_OFFLINE_REASON : 'The CTI server is not connected.';
  if (!state.notification) return 'The notification service is not available.';
  return '';
}

/** Holds the state and tells of changes of the status. Synchronous. */
export class SystemStatus {
  #state: SystemState = INITIAL_SYSTEM_STATE;
  readonly #isPeripheralOffline: () => boolean;
  readonly #listeners = new Set<(status: ServiceStatus) => void>();

  constructor(isPeripheralOffline: () => boolean) {
    this.#isPeripheralOffline = isPeripheralOffline;
  }

  get status(): ServiceStatus {
    return statusOf(this.#state);
  }

  get reason(): string {
    return statusReasonOf(this.#state, this.#isPeripheralOffline());
  }

  get inService(): boolean {
    return this.status === 'IN_SERVICE';
  }

  apply(event: SystemEvent): void {
    const before = this.status;
    this.#state = applyToSystem(this.#state, event);
    const after = this.status;
    if (before !== after) for (const listener of this.#listeners) listener(after);
  }

  /** @returns the function that ends the observation */
  onChange(listener: (status: ServiceStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
