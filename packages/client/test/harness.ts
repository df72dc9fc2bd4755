import { VirtualClock } from '@poise/clock';
import { PoiseClient } from '../src/client.ts';
import type { PoiseClientOptions } from '../src/options.ts';
import type { Update } from '../src/update.ts';
import { FakePoise } from './fake-poise.ts';
import { settle } from './wire-texts.ts';

/** A client and its server under one clock; what the client says of itself is written down. */
export class Harness {
  readonly clock = new VirtualClock();
  readonly server = new FakePoise(this.clock);
  readonly client: PoiseClient;
  readonly statuses: string[] = [];
  readonly updates: Update[] = [];
  readonly problems: unknown[] = [];

  constructor(options: Partial<PoiseClientOptions> = {}) {
    this.client = new PoiseClient({
      baseUrl: 'http://127.0.0.1:8082',
      user: '2001',
      password: 'secret',
      transport: 'websocket',
      fetch: this.server.fetch,
      WebSocket: this.server.WebSocket,
      clock: this.clock,
      random: () => 1,
      ...options,
    });
    this.client.on('connection', (status, { attempt, delayMs }) =>
      this.statuses.push(attempt === undefined ? status : `${status} ${attempt} in ${delayMs}`),
    );
    this.client.on('update', (update) => this.updates.push(update));
    this.client.on('problem', (error) => this.problems.push(error));
  }

  /** Connects and forgets what was said on the way. */
  async connect(): Promise<this> {
    const connected = this.client.connect();
    connected.catch(() => {});
    await settle();
    await connected;
    this.statuses.length = 0;
    return this;
  }

  /** Lets time pass in steps, so that what follows from a timer, such as an answer, happens before the next. */
  async pass(ms: number, stepMs = 1_000): Promise<void> {
    for (let passed = 0; passed < ms; passed += stepMs) {
      this.clock.advance(Math.min(stepMs, ms - passed));
      await settle();
    }
  }

  /** The requestId of the newest request with this method. */
  requestId(method = 'PUT'): string {
    return this.server.requests
      .filter((request) => request.method === method)
      .at(-1)!
      .headers.get('requestId')!;
  }
}

/** What a promise was rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    (value) => {
      throw new Error(`resolved with ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}
