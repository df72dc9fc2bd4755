// Requests and events of several nodes: every request is answered once at the client that asked, and once at each node that knows of it.
import { isUndocumented, Ledger } from '../ledger.mjs';

/** A {@link Ledger} for each node, and one for all that clients hear. */
export class NodesLedger {
  #broken;
  #ledgers;
  #clients;
  #shared;
  /** Hosts of nodes that need not tell of anything now, and `host why` of those that need not know what others ask. */
  #away = new Set();
  #apart = new Set();
  count = 0;
  accepted = 0;

  /**
   * @param limitMs until an Update must have come; @param broken called with a sentence
   * @param hosts of the nodes; @param shared whether a request that is made at one node is an answer at all of them
   */
  constructor(limitMs, broken, hosts, shared) {
    this.#broken = broken;
    this.#shared = shared;
    this.#ledgers = new Map(
      hosts.map((host) => [host, new Ledger(limitMs, (sentence) => broken(`at ${host}: ${sentence}`))]),
    );
    this.#clients = new Ledger(limitMs, broken);
  }

  sent(id, desk, method, path) {
    if (method !== 'GET') this.count += 1;
    const entries = [...this.#ledgers].map(([host, ledger]) => ({
      host,
      entry: ledger.sent(id, desk, method, path),
    }));
    return { method, path, desk, entries };
  }

  /** @param at host that answered */
  answered({ method, path, desk, entries }, status, text, at) {
    if (status === 202) this.accepted += 1;
    if (isUndocumented(status, text))
      this.#broken(`${method} ${path} of ${desk.name} at ${at}: status ${status} ${text.slice(0, 200)}`);
    for (const { host, entry } of entries) {
      entry.status = status;
      entry.at = performance.now();
      entry.host = at;
      const isForeign = host !== at;
      if (this.#away.has(host) || (isForeign && (!this.#shared || this.#isApart(host, at))))
        entry.excused = true;
    }
  }

  #isApart(one, other) {
    const isSo = (host) => [...this.#apart].some((entry) => entry.startsWith(`${host} `));
    return isSo(one) || isSo(other) || this.#away.has(other);
  }

  /** For {@link Witness}: one node. */
  of(host) {
    const ledger = this.#ledgers.get(host);
    return {
      witnessed: (told) => {
        // Without its session at the CTI server a node has nothing that others' requests could explain, and forgets them (docs/cluster.md).
        const status = told.node.endsWith('/SystemInfo') ? /<status>(\w+)</.exec(told.text)?.[1] : undefined;
        if (status !== undefined) this.apart(host, 'service', status !== 'IN_SERVICE');
        ledger.witnessed(told);
      },
      excuse: () => ledger.excuse(),
    };
  }

  /** The node tells of nothing for certain until `false` is said. */
  away(host, isAway) {
    this.#note(this.#away, host, isAway);
  }

  /** The node and the others do not hear of each other, or need not, until `false` is said for the same reason. */
  apart(host, why, isApart) {
    this.#note(this.#apart, `${host} ${why}`, isApart);
  }

  #note(hosts, host, isSo) {
    if (isSo) hosts.add(host);
    else hosts.delete(host);
    for (const [one, ledger] of this.#ledgers)
      ledger.excuse(
        (entry) => (hosts === this.#away && one === host) || (entry.host ?? entry.desk.at) !== one,
      );
  }

  /** A node begins anew, and its numbers with it. */
  forget(host) {
    this.#ledgers.get(host).forget();
    this.#clients.forget();
  }

  event(desk, told) {
    this.#clients.event(desk, told);
  }

  get waiting() {
    return [...this.#ledgers.values()].reduce((sum, { waiting }) => sum + waiting, 0);
  }

  check() {
    for (const ledger of this.#ledgers.values()) ledger.check();
  }
}
