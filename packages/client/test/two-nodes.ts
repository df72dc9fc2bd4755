import { VirtualClock } from '@poise/clock';
import { PoiseClient } from '../src/client.ts';
import type { PoiseClientOptions } from '../src/options.ts';
import type { WebSocketConstructor } from '../src/platform.ts';
import { FakePoise, FakeSocket } from './fake-poise.ts';
import { settle } from './wire-texts.ts';

/** A client and a pair of nodes, which name each other in SystemInfo. */
export class TwoNodes {
  readonly clock = new VirtualClock();
  readonly a = new FakePoise(this.clock, '127.0.0.1');
  readonly b = new FakePoise(this.clock, '127.0.0.2');
  readonly client: PoiseClient;
  readonly statuses: string[] = [];
  readonly log: string[] = [];

  constructor(options: Partial<PoiseClientOptions> = {}) {
    this.a.secondaryNode = this.b.host;
    this.b.primaryNode = this.a.host;
    this.b.secondaryNode = this.b.host;
    const at = (url: string) => (new URL(url).hostname === this.a.host ? this.a : this.b);
    this.client = new PoiseClient({
      baseUrl: 'http://127.0.0.1:8082',
      user: '2001',
      password: 'secret',
      fetch: (url, init) => at(url).fetch(url, init),
      WebSocket: class extends FakeSocket {
        constructor(url: string, protocols: string[]) {
          super(url, protocols, at(url));
        }
      } as WebSocketConstructor,
      clock: this.clock,
      random: () => 1,
      ...options,
    });
    this.client.on('connection', (status, { other, status: code }) =>
      this.statuses.push(status === 'searching' ? `searching ${other} ${code}` : status),
    );
    this.client.on('log', (line) => this.log.push(line));
  }

  /** Connects to node A and forgets what was said on the way. */
  async connect(): Promise<this> {
    const connected = this.client.connect();
    await settle();
    await connected;
    this.statuses.length = 0;
    this.log.length = 0;
    return this;
  }

  /** A node dies at once, as a process that is killed. */
  async kill(node: FakePoise): Promise<void> {
    node.isUnreachable = true;
    for (const socket of node.sockets) if (!socket.isClosed) socket.drop();
    node.bosh.drop();
    await settle();
  }

  async pass(ms: number, stepMs = 1_000): Promise<void> {
    for (let passed = 0; passed < ms; passed += stepMs) {
      this.clock.advance(Math.min(stepMs, ms - passed));
      await settle();
    }
  }

  /** How often a node was asked for SystemInfo, clock polls left out. */
  asked(node: FakePoise): number {
    return node.requests.filter(({ path, query }) => path === '/SystemInfo' && !query.has('timestamponly'))
      .length;
  }
}
