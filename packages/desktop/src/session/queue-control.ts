/** The queues of the user, with their figures, between the server and the page (desktop.md 9). */
import { ApiError, type ClientTimer, type PoiseClient, type Queue, type Update } from '@poise/client';
import { Area } from './area.ts';
import { type AreaOptions, isPassing, Reading } from './area-control.ts';
import { LiveRows } from './live-rows.ts';
import { RowOrder } from './row-order.ts';
import { sentenceFor } from './sentences.ts';
import type { Sentence } from './store.ts';
import { BEAT_MS } from './team-control.ts';

/** The part of the SDK that queues need. */
export type QueueClient = Pick<PoiseClient, 'queues' | 'subscribe' | 'unsubscribe'>;

export interface QueuesState {
  readonly isRead: boolean;
  /** The server has no queues to show: CCX. */
  readonly isAbsent: boolean;
  readonly error: Sentence | null;
}

const UNREAD: QueuesState = { isRead: false, isAbsent: false, error: null };
const QUEUE_NODE = /^\/finesse\/api\/Queue\/([^/]+)$/;

export class QueueControl {
  readonly #o: AreaOptions;
  readonly queues: LiveRows<Queue>;
  readonly order: RowOrder<Queue>;
  readonly state: Area<QueuesState>;
  readonly #reading = new Reading();
  /** Queues whose node is subscribed. */
  readonly #subscribed = new Set<string>();
  #client: QueueClient | null = null;
  #beatTimer: ClientTimer | undefined;
  /** How many look at the queues. */
  #users = 0;

  constructor(options: AreaOptions) {
    this.#o = options;
    this.queues = new LiveRows(options.frame);
    this.order = new RowOrder(this.queues, options.frame);
    this.state = new Area(UNREAD, options.frame);
  }

  begin(client: QueueClient): void {
    this.end();
    this.#client = client;
    if (this.#users > 0) this.#open(client);
  }

  end(): void {
    this.#close();
    this.#client = null;
  }

  /** Somebody looks at the queues. @returns what ends it */
  open(): () => void {
    if (++this.#users === 1 && this.#client !== null) this.#open(this.#client);
    return () => {
      if (--this.#users > 0) return;
      for (const node of this.#nodes()) this.#client?.unsubscribe(node).catch(() => {});
      this.#close();
    };
  }

  /** What may have been missed is read again. Rejects when it failed and may go better later. */
  async recover(): Promise<void> {
    if (this.#client !== null && this.#users > 0 && !this.state.snapshot().isAbsent)
      await this.#read(this.#client, true);
  }

  /** The user asks for another attempt. */
  again(): void {
    if (this.#client === null) return;
    this.state.set({ ...this.state.snapshot(), error: null });
    void this.#read(this.#client, false);
  }

  heard({ node, event, data }: Update): void {
    if (this.#users === 0) return;
    const id = QUEUE_NODE.exec(node)?.[1];
    if (id !== undefined && this.#subscribed.has(id)) {
      this.#reading.heard(id);
      if (event === 'DELETE') this.#lose(id);
      else if (data.type === 'queue') this.queues.put(id, data.queue);
    } else if (node === this.#listNode() && data.type === 'queues') {
      for (const queue of data.queues) {
        this.#reading.heard(queue.id);
        if (event === 'DELETE') this.#lose(queue.id);
        else this.#gain(queue);
      }
    }
  }

  #open(client: QueueClient): void {
    this.#beatLater();
    void this.#read(client, false);
  }

  async #read(client: QueueClient, isRecovery: boolean): Promise<void> {
    let failure: unknown = null;
    let subscriptions: Promise<unknown>[] = [];
    await this.#reading.run(
      this.#o.clock,
      async () => {
        // A list that cannot be subscribed to is read all the same.
        await client.subscribe(this.#listNode()).catch(() => {});
        const queues = await client.queues();
        subscriptions = queues.flatMap(({ id }) => this.#subscribe(client, id) ?? []);
        return queues;
      },
      (queues, overtaken) => {
        for (const id of this.#subscribed)
          if (!overtaken.has(id) && !queues.some((queue) => queue.id === id)) this.#lose(id);
        this.queues.replace(new Map(queues.map((queue) => [queue.id, queue])), overtaken);
        this.state.set({ isRead: true, isAbsent: false, error: null });
      },
      (error) => {
        failure = error;
        const isAbsent = error instanceof ApiError && (error.status === 404 || error.status === 400);
        this.state.set({
          ...this.state.snapshot(),
          isAbsent,
          error: isAbsent ? null : sentenceFor(error, ''),
        });
        return isPassing(error) && !isRecovery;
      },
    );
    if (isRecovery && failure !== null && isPassing(failure)) throw failure;
    if (subscriptions.length === 0 || failure !== null) return;
    // Shown at once; what changed before it could be heard is read now.
    void Promise.all(subscriptions).then(() => {
      if (this.#client === client && this.#subscribed.size > 0) return this.#read(client, false);
    });
  }

  #gain(queue: Queue): void {
    if (this.#client !== null) void this.#subscribe(this.#client, queue.id);
    this.queues.put(queue.id, queue);
  }

  #lose(id: string): void {
    this.queues.remove(id);
    if (this.#subscribed.delete(id)) this.#client?.unsubscribe(nodeOf(id)).catch(() => {});
  }

  /** @returns settled when its changes are told; undefined: it is subscribed to already */
  #subscribe(client: QueueClient, id: string): Promise<void> | undefined {
    if (this.#subscribed.has(id)) return undefined;
    this.#subscribed.add(id);
    // A queue whose changes are not told is read with the next recovery.
    return client.subscribe(nodeOf(id)).catch(() => void this.#subscribed.delete(id));
  }

  #listNode(): string {
    return `/finesse/api/User/${this.#o.store.snapshot().user?.loginId ?? ''}/Queues`;
  }

  #nodes(): readonly string[] {
    return [this.#listNode(), ...[...this.#subscribed].map(nodeOf)];
  }

  #beatLater(): void {
    this.#beatTimer = this.#o.clock.schedule(BEAT_MS, () => {
      this.queues.redraw();
      this.order.beat();
      this.#beatLater();
    });
  }

  #close(): void {
    this.#reading.stop();
    this.#beatTimer?.cancel();
    this.#subscribed.clear();
    this.queues.replace(new Map());
    this.state.set(UNREAD);
  }
}

const nodeOf = (id: string): string => `/finesse/api/Queue/${id}`;
