/** Keeps the gadgets of a page that moves to another node: tells the service worker of their frames where the page is (worker/gadget-relay.ts). */
import type { NodeNews } from '../worker/gadget-relay.ts';

export interface RelayOptions {
  /** Undefined: the page came over clear HTTP from another machine, or the browser has none. */
  readonly workers: Pick<ServiceWorkerContainer, 'register'> | undefined;
  /** Whether the server wants one. Rejects when it cannot be asked. */
  readonly isWanted: () => Promise<boolean>;
  readonly script: string;
  /** The page's own. */
  readonly origin: string;
  /** The page works with another node, whose host this is, and its gadgets cannot be led there. */
  readonly lost: (host: string) => void;
  readonly log: (line: string) => void;
  /** Resolves after so many ms. */
  readonly wait: (ms: number) => Promise<void>;
}

const SCOPE = '/gadgets/';
/** How long a worker may take to say that it has heard, ms: browsers start it when it is spoken to. */
const HEARD_MS = 2_000;

export class Relay {
  readonly #o: RelayOptions;
  #worker: Promise<ServiceWorkerRegistration | null> | null = null;
  #node: string;
  #hasToldLost = false;
  /** While the worker has not heard of the last move. */
  #leading: Promise<void> | null = null;

  constructor(options: RelayOptions) {
    this.#o = options;
    this.#node = options.origin;
  }

  /** There is a gadget: its frame shall be looked after before anything happens. */
  begin(): void {
    this.#worker ??= this.#registered();
    // A page that was here before may have left another node behind.
    void this.#tell();
  }

  /**
   * @param node origin of the node that the page works with now
   * @returns what has to be waited for before gadgets hear of it, for they ask at once; null: nothing
   */
  nodeIs(node: string): Promise<void> | null {
    if (node === this.#node) return this.#leading;
    this.#node = node;
    if (this.#worker === null) return null;
    const leading = this.#tell().finally(() => {
      if (this.#leading === leading) this.#leading = null;
    });
    this.#leading = leading;
    return leading;
  }

  async #registered(): Promise<ServiceWorkerRegistration | null> {
    const { workers, isWanted, script, log } = this.#o;
    try {
      if (workers === undefined || !(await isWanted())) return null;
      return await workers.register(script, { scope: SCOPE });
    } catch (error) {
      log(`gadgets cannot be led to another node: ${String(error)}`);
      return null;
    }
  }

  async #tell(): Promise<void> {
    const registration = await this.#worker;
    const { origin, lost, wait } = this.#o;
    const worker = registration?.active ?? registration?.waiting ?? registration?.installing;
    const news: NodeNews = { relayTo: this.#node === origin ? null : this.#node };
    const isLost = news.relayTo !== null && !worker;
    if (isLost && !this.#hasToldLost) lost(new URL(this.#node).hostname);
    this.#hasToldLost = isLost;
    if (!worker) return;
    const { port1, port2 } = new MessageChannel();
    const heard = new Promise<void>((done) => {
      port1.onmessage = () => done();
    });
    worker.postMessage(news, [port2]);
    await Promise.race([heard, wait(HEARD_MS)]);
    port1.close();
  }
}
