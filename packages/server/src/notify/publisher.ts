/**
 * The way of every Update to the notification service. What one message of the CTI server causes is published in
 * the order User, Dialogs, Team, Queue (notification-service.md 5.5), whatever the order in which it was worked out.
 */
import type { Cause, Happenings } from '../happenings.ts';

/** The notification service as the notifier sees it. Never blocks on a slow subscriber. */
export interface NotificationPort {
  publish(node: string, payload: string): void;
  /** Whether anybody is subscribed to the node; absent: unknown. */
  hasSubscribers?(node: string): boolean;
}

/** Kinds of nodes in the order of publication. */
export type NodeRank = 'user' | 'dialogs' | 'team' | 'queue' | 'other';
const RANKS: readonly NodeRank[] = ['user', 'dialogs', 'team', 'queue', 'other'];

interface Waiting {
  readonly node: string;
  readonly payload: string;
  readonly cause: Cause;
}

export class Publisher {
  readonly #port: NotificationPort;
  readonly #happenings: Happenings;
  /** What waits for the end of the message, by rank; null when none is worked on. */
  #waiting: Record<NodeRank, Waiting[]> | null = null;

  constructor(port: NotificationPort, happenings: Happenings) {
    this.#port = port;
    this.#happenings = happenings;
  }

  /** Works on one message: what is published inside goes out, in order, when `work` has ended. May be nested. */
  inOrder(work: () => void): void {
    if (this.#waiting !== null) {
      work();
      return;
    }
    const waiting: Record<NodeRank, Waiting[]> = { user: [], dialogs: [], team: [], queue: [], other: [] };
    this.#waiting = waiting;
    try {
      work();
    } finally {
      this.#waiting = null;
      for (const rank of RANKS)
        for (const { node, payload, cause } of waiting[rank]) this.#emit(node, payload, cause);
    }
  }

  publish(rank: NodeRank, node: string, payload: string, cause: Cause): void {
    if (this.#waiting === null) this.#emit(node, payload, cause);
    else this.#waiting[rank].push({ node, payload, cause });
  }

  /** Whether anybody is subscribed to the node; true where that is unknown. */
  hasSubscribers(node: string): boolean {
    return this.#port.hasSubscribers?.(node) ?? true;
  }

  #emit(node: string, payload: string, cause: Cause): void {
    if (this.#happenings.observed)
      this.#happenings.publish('xmpp.publish', { node, payload: payload.replaceAll('\n', '') }, cause);
    try {
      this.#port.publish(node, payload);
    } catch (error) {
      this.#happenings.publish(
        'operator',
        { level: 'error', text: `An Update could not be published on ${node}: ${String(error)}` },
        cause,
      );
    }
  }
}
