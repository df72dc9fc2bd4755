export { type Bus, type BusListener, wordOf } from './bus.ts';
export type { Cluster, Leases, Member, Members, Notice } from './cluster.ts';
export { type Envelope, type EnvelopeProblem, opened, sealed } from './envelope.ts';
export type { Fabric } from './fabric.ts';
export { type LocalFabric, LocalHub } from './local.ts';
export {
  BUCKETS,
  type Bucket,
  type Entry,
  type Registry,
  UnreachableError,
  type Watcher,
} from './registry.ts';
