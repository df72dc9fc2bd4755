/** What binds the nodes together: one bus and the registries, of one engine. docs/cluster.md */
import type { Bus } from './bus.ts';
import type { Bucket, Registry } from './registry.ts';

export interface Fabric {
  readonly bus: Bus;
  registry(bucket: Bucket): Registry;
  /** Whether messages go out and come in now, as far as is known. */
  readonly isReachable: boolean;
  /** Told after each change of {@link isReachable}. @returns ends it */
  onReachable(listener: (isReachable: boolean) => void): () => void;
  /** Ends all subscriptions and watches. */
  close(): Promise<void>;
}
