/** What is known of the desktop's connection to the notification service (gadgets.md 7.3). */

/** What the topic `finesse.info.connection` says. */
export type ConnectionStatus =
  | 'connecting'
  | 'connected'
  | 'disconnected'
  | 'conflict'
  | 'unauthorized'
  | 'disconnecting'
  | 'reconnecting'
  | 'unloading'
  | 'failing'
  | 'recovered';

export interface ConnectionInfo {
  readonly status: ConnectionStatus;
  readonly resourceID?: string | null;
}

const UP: readonly ConnectionStatus[] = ['connected', 'recovered'];
const DOWN: readonly ConnectionStatus[] = ['disconnected', 'conflict', 'unauthorized', 'failing'];

class Connection {
  status: ConnectionStatus | undefined;
  resourceId: string | null = null;
  /** Between failing and recovered events of objects are withheld: the objects are read again afterwards. */
  failing = false;
  readonly #recovered = new Set<() => void>();

  get up(): boolean {
    return this.status !== undefined && UP.includes(this.status);
  }

  get down(): boolean {
    return this.status !== undefined && DOWN.includes(this.status);
  }

  /** Objects that are read again after a failover. @returns the function that ends it */
  onRecovered(listener: () => void): () => void {
    this.#recovered.add(listener);
    return () => this.#recovered.delete(listener);
  }

  /** @returns whether the status is another one than before; the same is published again for whoever asks */
  apply({ status, resourceID }: ConnectionInfo): boolean {
    if (resourceID) this.resourceId = resourceID;
    if (status === this.status) return false;
    this.status = status;
    if (status === 'failing') this.failing = true;
    if (this.up) this.failing = false;
    return true;
  }

  readAgain(): void {
    for (const listener of [...this.#recovered]) listener();
  }
}

export const connection = new Connection();
