/** What the rest of the server knows of the other nodes: three doors over one {@link Fabric}. docs/cluster.md */
import type { Fabric } from './fabric.ts';

/** Another node, as it last said of itself. */
export interface Member {
  /** Its `node.name`. */
  readonly name: string;
  /** Of its process. */
  readonly instance: string;
  /** Host under which clients reach it (its `domain` or the one it prints in SystemInfo). */
  readonly host: string;
  readonly inService: boolean;
  readonly inMaintenance: boolean;
  /** Its wall clock less ours when its last word came, ms. */
  readonly clockOffsetMs: number;
  /** Of its program; not known of everybody. */
  readonly version?: string;
  /** Where it listens, by name of the listener as in `ports`. */
  readonly ports?: Readonly<Record<string, number>>;
}

/** Who lives. */
export interface Members {
  /** This node's name and process. */
  readonly self: { readonly name: string; readonly instance: string };
  /** The others that live, by name. */
  living(): readonly Member[];
  isLiving(name: string, instance: string): boolean;
  /** Whether {@link living} is the present truth: the fabric is within reach and has told everything. */
  readonly isCurrent: boolean;
  /** Whether any other node has been seen since the start of this process; never becomes false again. */
  readonly hasSeenOthers: boolean;
  /** Told after a node came, went or said something else of itself, and when {@link isCurrent} changes. @returns ends it */
  onChange(listener: () => void): () => void;
}

/** What only one node does. */
export interface Leases {
  /**
   * Takes or renews a lease for the lifetime of bucket `leases`.
   * @param purpose one word or more, joined by dots: `signout.1001`
   * @returns whether this process has it; false also when the fabric cannot be asked
   */
  take(purpose: string): Promise<boolean>;
  /** Gives it back at once; never rejects. */
  release(purpose: string): Promise<void>;
}

/** Envelopes over the bus and the registry, sealed and opened; what cannot be opened is counted and logged, and not told. */
export interface Cluster {
  readonly fabric: Fabric;
  readonly members: Members;
  readonly leases: Leases;
  /** Tells all other nodes. */
  tell(topic: string, kind: string, body: unknown): void;
  /** @param topic see {@link Fabric.bus}. The sender is a node that speaks under `node.secret`, whether it is known to live or not. */
  hear(topic: string, listener: (notice: Notice) => void): () => void;
  /** For {@link Registry} values. @param place `bucket/key` */
  seal(place: string, kind: string, body: unknown): Uint8Array;
  /** Undefined: refused, and told. */
  open(place: string, value: Uint8Array): Notice | undefined;
}

/** An opened envelope. */
export interface Notice {
  readonly topic: string;
  readonly node: string;
  readonly instance: string;
  readonly kind: string;
  /** Of any form: check it. */
  readonly body: unknown;
}
