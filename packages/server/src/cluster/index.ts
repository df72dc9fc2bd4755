export { type Bus, type BusListener, wordOf } from './bus.ts';
export { BusGate, type Gate } from './bus-gate.ts';
export type { Cluster, Leases, Member, Members, Notice } from './cluster.ts';
export { type Envelope, type EnvelopeProblem, opened, sealed } from './envelope.ts';
export type { Fabric } from './fabric.ts';
export { type LocalFabric, LocalHub } from './local.ts';
export { BEAT_MS, GONE_MS, type NodeMembers, type OwnWord, type Teller } from './members.ts';
export { NodeCluster, type NodeClusterOptions } from './node-cluster.ts';
export { ClusterPart, type Engine } from './part.ts';
export {
  BUCKETS,
  type Bucket,
  type Entry,
  type Registry,
  UnreachableError,
  VALUE_BYTES_MAX,
  type Watcher,
} from './registry.ts';
export type { Self } from './seals.ts';
