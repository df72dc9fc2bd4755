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

/** The frames, without which gadgets are left behind. */
const FRAMES = '/gadgets/';
/** What frames have in frames and workers of their own: documents and scripts among the files of their gadget. */
const FILES = '/3rdpartygadget/';
/** How long a worker may take to say that it has heard, ms: browsers start it when it is spoken to. */
const HEARD_MS = 2_000;

export class Relay {
  readonly #o: RelayOptions;
  #workers: Promise<(ServiceWorkerRegistration | null)[]> | null = null;
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
    this.#workers ??= this.#registered();
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
    if (this.#workers === null) return null;
    const leading = this.#tell().finally(() => {
      if (this.#leading === leading) this.#leading = null;
    });
    this.#leading = leading;
    return leading;
  }

  /** Of the frames first. */
  async #registered(): Promise<(ServiceWorkerRegistration | null)[]> {
    const { workers, isWanted, script, log } = this.#o;
    const register = async (address: string, scope: string) => {
      try {
        return (await workers?.register(address, { scope })) ?? null;
      } catch (error) {
        log(`what is below ${scope} cannot be led to another node: ${String(error)}`);
        return null;
      }
    };
    try {
      if (workers === undefined || !(await isWanted())) return [];
    } catch (error) {
      log(`gadgets cannot be led to another node: ${String(error)}`);
      return [];
    }
    const frames = await register(script, FRAMES);
    // One script may look after one folder: the server says so to each of its addresses.
    return frames === null ? [] : [frames, await register(`${script}?of=files`, FILES)];
  }

  async #tell(): Promise<void> {
    const [frames, files] = (await this.#workers) ?? [];
    const { origin, lost } = this.#o;
    const news: NodeNews = { relayTo: this.#node === origin ? null : this.#node };
    const isLost = news.relayTo !== null && !workerOf(frames);
    if (isLost && !this.#hasToldLost) lost(new URL(this.#node).hostname);
    this.#hasToldLost = isLost;
    await Promise.all([this.#heard(frames, news), this.#heard(files, news)]);
  }

  /** Tells one of them, and waits until it has heard. */
  async #heard(registration: ServiceWorkerRegistration | null | undefined, news: NodeNews): Promise<void> {
    const worker = workerOf(registration);
    if (!worker) return;
    const { port1, port2 } = new MessageChannel();
    const heard = new Promise<void>((done) => {
      port1.onmessage = () => done();
    });
    worker.postMessage(news, [port2]);
    await Promise.race([heard, this.#o.wait(HEARD_MS)]);
    port1.close();
  }
}

const workerOf = (registration: ServiceWorkerRegistration | null | undefined): ServiceWorker | null =>
  registration?.active ?? registration?.waiting ?? registration?.installing ?? null;
