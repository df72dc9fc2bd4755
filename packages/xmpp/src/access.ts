/** What the owner of the server decides: who may see which node. Implemented outside this package. */

export type NodeDecision = 'allow' | 'forbidden' | 'not-found';

export interface XmppAccess {
  /** May this user subscribe to and read this node? `not-found`: there is no such node. */
  nodeAccess(user: string, node: string): NodeDecision;
  /** Nodes that this user sees when he asks for the list. */
  nodesOf(user: string): Iterable<string>;
  /** Nodes to which the bare JID is subscribed without a request. */
  automaticNodes(user: string): readonly string[];
  /**
   * Nodes to which the bare JID is subscribed from its first available presence until its last
   * unavailable one (XmppObserver.unsubscribed is told); the original treats ClientLog so.
   */
  presenceNodes?(user: string): readonly string[];
  /** The one spelling of a node name: ids in it compare case-insensitively, aliases are resolved. */
  canonicalNode(node: string): string;
  /** A user who may create nodes and publish (load harnesses only). */
  isService(user: string): boolean;
}
