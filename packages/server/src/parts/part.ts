/** Every part of the server is a service inside the process: it starts, stops and says how it is, alone. */

export type PartState = 'stopped' | 'starting' | 'running' | 'stopping' | 'failed';

export interface PartHealth {
  readonly state: PartState;
  /** Serves its users right now (a running CTI link without a server is not ready). */
  readonly ready: boolean;
  /** With `ready` false: agents are served all the same, and a start is not held up by it. */
  readonly serviceGoesOn?: true;
  /** One plain sentence when not ready. */
  readonly reason?: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

export interface Part {
  readonly name: string;
  /** Rejects with a plain sentence when it cannot start (port in use, bad certificate). */
  start(): Promise<void>;
  /** Idempotent, at most 2 s; releases ports, files and timers. */
  stop(): Promise<void>;
  health(): PartHealth;
}
