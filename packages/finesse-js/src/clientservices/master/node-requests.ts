/** Nodes that parts of the page want to hear of: one subscription for all that want the same (gadgets.md 7.2). */

/** Undefined: done. */
export type NodeError = string | undefined;

interface Request {
  readonly action: 'subscribe' | 'unsubscribe';
  /** Of the request that subscribes. */
  readonly id: string;
  readonly done: (error: NodeError) => void;
}

interface Node {
  readonly owners: Set<string>;
  /** In the order in which they came; the first may be with the tunnel. */
  readonly waiting: Request[];
  isAsking: boolean;
}

export interface NodeTunnel {
  subscribe(node: string): void;
  unsubscribe(node: string): void;
}

/** More than a page needs; what is beyond is refused. */
const WAITING_MAX = 1_000;

export class NodeRequests {
  readonly #tunnel: NodeTunnel;
  readonly #nodes = new Map<string, Node>();
  #isConnected = false;

  constructor(tunnel: NodeTunnel) {
    this.#tunnel = tunnel;
  }

  /** Until there is a connection requests wait; those of before it was lost are the tunnel's to make again. */
  connected(is: boolean): void {
    this.#isConnected = is;
    if (is) for (const [name, node] of this.#nodes) this.#next(name, node);
  }

  /** There will be no connection: what waits is refused. */
  refuse(error: string): void {
    this.#isConnected = false;
    const waiting = [...this.#nodes.values()].flatMap((node) => node.waiting.splice(0));
    this.#nodes.clear();
    for (const { done } of waiting) done(error);
  }

  request(action: Request['action'], name: string, id: string, done: Request['done']): void {
    const node = this.#nodes.get(name) ?? { owners: new Set<string>(), waiting: [], isAsking: false };
    this.#nodes.set(name, node);
    if (node.waiting.length >= WAITING_MAX || this.#nodes.size > WAITING_MAX) {
      done('There are too many requests.');
      return;
    }
    node.waiting.push({ action, id, done });
    this.#next(name, node);
  }

  /** What the tunnel says of a node. */
  answered(action: Request['action'], name: string, error: NodeError): void {
    const node = this.#nodes.get(name);
    if (node === undefined) return;
    const [first] = node.waiting;
    if (!node.isAsking || first?.action !== action) {
      // After a loss: a subscription that could not be made again.
      if (action === 'subscribe' && error !== undefined) node.owners.clear();
      return;
    }
    node.isAsking = false;
    node.waiting.shift();
    if (action === 'subscribe' && error === undefined) node.owners.add(first.id);
    first.done(error);
    this.#next(name, node);
  }

  #next(name: string, node: Node): void {
    while (!node.isAsking) {
      const [first] = node.waiting;
      if (first === undefined) break;
      const { action, id, done } = first;
      if (this.#isDone(node, action, id)) {
        node.waiting.shift();
        done(undefined);
        continue;
      }
      if (!this.#isConnected) return;
      node.isAsking = true;
      this.#tunnel[action](name);
    }
    if (node.waiting.length === 0 && node.owners.size === 0) this.#nodes.delete(name);
  }

  /** Without the tunnel: others have the node, or want it still. */
  #isDone(node: Node, action: Request['action'], id: string): boolean {
    if (action === 'subscribe') {
      if (node.owners.size === 0) return false;
      node.owners.add(id);
      return true;
    }
    return !node.owners.delete(id) || node.owners.size > 0;
  }
}
