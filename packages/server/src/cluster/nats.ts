/**
 * The adapter over NATS: core for the bus, JetStream KV for the registries (server 2.9 or later). One connection; when it is lost, or
 * when what it leads to does not answer, it is given up and another one is made, for ever. docs/cluster.md
 */
import { readFileSync } from 'node:fs';
import { Kvm } from '@nats-io/kv';
import {
  connect,
  credsAuthenticator,
  type NatsConnection,
  type NodeConnectionOptions,
  type Subscription,
} from '@nats-io/transport-node';
import type { Clock, Timer } from '@poise/clock';
import type { Bus, BusListener } from './bus.ts';
import type { Fabric } from './fabric.ts';
import { tooLong } from './local.ts';
import { NatsBucket, textOf } from './nats-bucket.ts';
import { within } from './patience.ts';
import { TOLD_EVERY_MS } from './refusals.ts';
import { BUCKETS, type Bucket, type Registry, VALUE_BYTES_MAX } from './registry.ts';

/** Between two looks at the server, ms; each is a look at one bucket. */
const LOOK_MS = 500;
/** A look that is not answered within this time, in which nothing else came from the server either, gives the connection up, ms. */
const LOOK_ANSWER_MS = 1_400;
/** … and after this time in any case: a server under load is slow with its buckets, and tells other things meanwhile. */
const LOOK_ANSWER_MAX_MS = 4_200;
const CONNECT_MS = 2_000;
/** Pause before the next attempt to connect: at first, and at most, ms; from the half of it to all of it by chance. */
const PAUSE_FIRST_MS = 200;
const PAUSE_MAX_MS = 2_000;
/** Bytes that may be on their way without a sign that the server takes them; more are dropped. */
const PENDING_BYTES_MAX = 16 * 1024 * 1024;
const CLOSE_MS = 500;
/** Problems of the server that are remembered. */
const TOLD_MAX = 100;

export interface NatsCredentials {
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
  /** Path of a credentials file. */
  readonly file?: string;
}

export interface NatsOptions {
  readonly clock: Clock;
  /** `nats://host:port` or `tls://host:port`, not mixed. */
  readonly servers: readonly string[];
  readonly credentials?: NatsCredentials;
  /** Path of the certificates (PEM) that the server’s must lead to. */
  readonly ca?: string;
  /** First word of subjects and buckets. */
  readonly prefix: string;
  readonly replicas: number;
  /** Other lifetimes than those of {@link BUCKETS}; for tests. */
  readonly lifetimes?: Readonly<Record<Bucket, number>>;
  /** All limits for answers are so many times as long; for tests on a machine that has other work. Default 1. */
  readonly patience?: number;
  /** What NATS shows of us to its operators. */
  readonly clientName: string;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly onProblem: (text: string) => void;
}

interface Heard {
  readonly topic: string;
  readonly listener: BusListener;
  subscription: Subscription | undefined;
}

export interface NatsCounts {
  /** Messages that were not sent: out of reach, too long, or too many under way. */
  readonly dropped: number;
  readonly published: number;
  readonly heard: number;
}

export class NatsFabric implements Fabric {
  readonly #o: NatsOptions;
  readonly #patience: number;
  readonly #buckets: ReadonlyMap<Bucket, NatsBucket>;
  readonly #heard = new Set<Heard>();
  readonly #listeners = new Set<(isReachable: boolean) => void>();
  #isRunning = false;
  #isReachable = false;
  #reason = 'not connected yet';
  #connection: NatsConnection | undefined;
  #kvm: Kvm | undefined;
  #attempts = 0;
  #timer: Timer | undefined;
  #isLooking = false;
  /** Whose turn it is at the next look. */
  #turn = 0;
  #pendingBytes = 0;
  /** Problems of the server, with when they were told, monotonic ms. */
  readonly #told = new Map<string, number>();
  #counts = { dropped: 0, published: 0, heard: 0 };

  /** Nothing is connected before {@link connect}; what is subscribed and watched until then waits. */
  constructor(options: NatsOptions) {
    this.#o = options;
    const { clock, prefix, replicas, patience = 1, lifetimes = BUCKETS, onProblem } = options;
    this.#patience = patience;
    const onDoubt = () => this.#look();
    this.#buckets = new Map(
      (Object.keys(BUCKETS) as Bucket[]).map((bucket) => [
        bucket,
        new NatsBucket({
          clock,
          bucket,
          lifeMs: lifetimes[bucket],
          prefix,
          replicas,
          patience,
          onProblem,
          onDoubt,
        }),
      ]),
    );
  }

  readonly bus: Bus = {
    publish: (topic, message) => this.#publish(topic, message),
    subscribe: (topic, listener) => {
      const heard: Heard = { topic, listener, subscription: undefined };
      this.#heard.add(heard);
      this.#subscribe(heard);
      return () => {
        this.#heard.delete(heard);
        if (heard.subscription?.isClosed() === false) heard.subscription.unsubscribe();
      };
    },
    roundTrip: (back) => this.#roundTrip(back),
  };

  registry(bucket: Bucket): Registry {
    return this.#buckets.get(bucket) as NatsBucket;
  }

  get isReachable(): boolean {
    return this.#isReachable;
  }

  /** Why it is out of reach; empty when it is not. */
  get reason(): string {
    return this.#isReachable ? '' : this.#reason;
  }

  /** The server that is connected now, `host:port`; empty: none. */
  get server(): string {
    return this.#connection?.getServer() ?? '';
  }

  get counts(): NatsCounts {
    return { ...this.#counts };
  }

  onReachable(listener: (isReachable: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Begins to connect, and goes on until {@link suspend}. */
  connect(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#attempts = 0;
    void this.#dial();
  }

  /** Gives the connection up; subscriptions and watches stay for the next {@link connect}. At most 0.5 s. */
  async suspend(): Promise<void> {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    this.#timer?.cancel();
    await this.#giveUp('stopped');
  }

  async close(): Promise<void> {
    await this.suspend();
    this.#heard.clear();
    this.#listeners.clear();
    for (const bucket of this.#buckets.values()) bucket.close();
  }

  // ---- the connection ---------------------------------------------------------------------------

  async #dial(): Promise<void> {
    let connection: NatsConnection;
    try {
      connection = await connect(this.#connectOptions());
    } catch (error) {
      this.#reason = textOf(error);
      this.#dialLater();
      return;
    }
    if (!this.#isRunning) return void connection.close();
    this.#connection = connection;
    void this.#noteErrors(connection);
    void connection.closed().then((error) => {
      if (this.#connection === connection)
        void this.#giveUp(textOf(error ?? (this.#reason || 'the connection was lost')));
    });
    try {
      const kvm = new Kvm(connection);
      const open = Promise.all([...this.#buckets.values()].map((bucket) => bucket.open(kvm)));
      await within(this.#o.clock, CONNECT_MS * this.#patience, open);
      if (this.#connection !== connection) return;
      this.#kvm = kvm;
      for (const heard of this.#heard) this.#subscribe(heard);
      this.#attempts = 0;
      this.#pendingBytes = 0;
      // Not before: as long as the buckets are not open, what was wrong is what is wrong.
      this.#reason = '';
      this.#reach(true);
      this.#lookLater();
    } catch (error) {
      if (this.#connection === connection) await this.#giveUp(textOf(error));
    }
  }

  #dialLater(): void {
    if (!this.#isRunning) return;
    const pause = Math.min(PAUSE_MAX_MS, PAUSE_FIRST_MS * 2 ** Math.min(this.#attempts, 10));
    this.#attempts += 1;
    this.#timer?.cancel();
    this.#timer = this.#o.clock.schedule(pause * (0.5 + this.#o.random() / 2), () => void this.#dial());
  }

  #connectOptions(): NodeConnectionOptions {
    const { servers, credentials = {}, ca, clientName } = this.#o;
    const { user, password, token, file } = credentials;
    return {
      servers: [...servers],
      name: clientName,
      noEcho: true,
      // One that was lost is made anew from here, so that there is one rule for all that can be lost.
      reconnect: false,
      timeout: CONNECT_MS * this.#patience,
      noAsyncTraces: true,
      ...(user ? { user, pass: password ?? '' } : {}),
      ...(token ? { token } : {}),
      // Read each time: it may have been renewed.
      ...(file ? { authenticator: credsAuthenticator(readFileSync(file)) } : {}),
      ...(servers.some((url) => url.startsWith('tls:')) ? { tls: ca ? { caFile: ca } : {} } : {}),
    };
  }

  async #noteErrors(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status())
      if (status.type === 'error' && this.#connection === connection) {
        this.#reason = textOf(status.error);
        this.#tell(`NATS: ${this.#reason}`);
      }
  }

  /** What the server refuses, such as a subject that is not allowed, it refuses each time. */
  #tell(problem: string): void {
    const now = this.#o.clock.monotonic();
    if (now - (this.#told.get(problem) ?? Number.NEGATIVE_INFINITY) < TOLD_EVERY_MS) return;
    if (this.#told.size >= TOLD_MAX) this.#told.clear();
    this.#told.set(problem, now);
    this.#o.onProblem(problem);
  }

  async #giveUp(reason: string): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#kvm = undefined;
    this.#reason = reason;
    for (const bucket of this.#buckets.values()) bucket.shut();
    for (const heard of this.#heard) heard.subscription = undefined;
    this.#reach(false);
    if (this.#isRunning) this.#dialLater();
    // A server that is frozen does not answer here, either.
    if (connection) await within(this.#o.clock, CLOSE_MS, connection.close()).catch(() => {});
  }

  #reach(isReachable: boolean): void {
    if (this.#isReachable === isReachable) return;
    this.#isReachable = isReachable;
    for (const listener of [...this.#listeners]) this.#guarded(() => listener(isReachable));
  }

  // ---- looking whether it answers ---------------------------------------------------------------

  #lookLater(): void {
    if (!this.#isRunning || this.#connection === undefined) return;
    this.#timer?.cancel();
    this.#timer = this.#o.clock.schedule(LOOK_MS, () => this.#look());
  }

  #look(): void {
    const [connection, kvm] = [this.#connection, this.#kvm];
    if (this.#isLooking || connection === undefined || kvm === undefined) return;
    this.#isLooking = true;
    const buckets = [...this.#buckets.values()];
    const bucket = buckets[this.#turn++ % buckets.length] as NatsBucket;
    const sent = this.#pendingBytes;
    const signs = { seen: () => connection.stats().inBytes, atMostMs: LOOK_ANSWER_MAX_MS * this.#patience };
    within(this.#o.clock, LOOK_ANSWER_MS * this.#patience, bucket.check(kvm), signs)
      .then(
        () => {
          if (this.#connection === connection) this.#pendingBytes -= sent;
        },
        (error: unknown) => {
          if (this.#connection === connection) void this.#giveUp(textOf(error));
        },
      )
      .finally(() => {
        this.#isLooking = false;
        this.#lookLater();
      });
  }

  // ---- the bus ----------------------------------------------------------------------------------

  #subjectOf(topic: string): string {
    return `${this.#o.prefix}.bus.${topic}`;
  }

  #publish(topic: string, message: Uint8Array): void {
    if (message.length > VALUE_BYTES_MAX) {
      this.#counts.dropped += 1;
      this.#o.onProblem(tooLong(topic, message));
      return;
    }
    const connection = this.#connection;
    if (!this.#isReachable || connection === undefined || this.#pendingBytes > PENDING_BYTES_MAX) {
      this.#counts.dropped += 1;
      return;
    }
    try {
      // It is sent after this turn: whoever published may write over it until then.
      connection.publish(this.#subjectOf(topic), Uint8Array.from(message));
      this.#pendingBytes += message.length;
      this.#counts.published += 1;
    } catch (error) {
      this.#counts.dropped += 1;
      this.#o.onProblem(`${topic} was not sent: ${textOf(error)}`);
    }
  }

  /** PING and PONG: a server answers the one behind what the connection has sent, with the other behind what it has for it. */
  #roundTrip(back: () => void): void {
    const connection = this.#connection;
    if (!this.#isReachable || connection === undefined) return;
    connection.flush().then(
      () => {
        if (this.#connection === connection) this.#guarded(back);
      },
      // The connection is closing.
      () => {},
    );
  }

  #subscribe(heard: Heard): void {
    const connection = this.#connection;
    if (connection === undefined || heard.subscription !== undefined) return;
    const skip = this.#subjectOf('').length;
    heard.subscription = connection.subscribe(this.#subjectOf(heard.topic), {
      callback: (error, message) => {
        if (error !== null) return this.#o.onProblem(`${heard.topic} cannot be heard: ${textOf(error)}`);
        this.#counts.heard += 1;
        this.#guarded(() => heard.listener(message.data, message.subject.slice(skip)));
      },
    });
  }

  #guarded(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#o.onProblem(`A listener of the nodes’ messages failed: ${String(error)}`);
    }
  }
}
