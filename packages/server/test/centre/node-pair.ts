/**
 * Two nodes of one centre on one virtual clock: each with a CTI session and a picture of its own, bound by a bus within the process.
 * What happens at the CTI server is told to both, to node B as much later as the test says.
 */
import { VirtualClock } from '@poise/clock';
import { BusGate, type LocalFabric, LocalHub } from '../../src/cluster/index.ts';
import { plainBus } from '../../src/cluster/testing/plain-bus.ts';
import type { Going } from '../../src/commands/sign-out-witness.ts';
import type { Step } from '../domain/call-script.ts';
import { MemoryTeamMessages } from './memory-team-messages.ts';
import { TestCentre, type TestCentreOptions } from './test-centre.ts';

export class NodePair {
  readonly clock = new VirtualClock(Date.parse('2026-11-30T08:00:00Z'));
  readonly hub = new LocalHub(this.clock, (text) => {
    throw new Error(text);
  });
  readonly fabricA = this.hub.join();
  readonly fabricB = this.hub.join();
  /** A third one, that says what the test wants it to. */
  readonly stranger = plainBus(this.hub.join(), this.clock, 'node3');
  readonly goings = { a: [] as Going[], b: [] as Going[] };
  readonly teamMessages = new MemoryTeamMessages();
  a!: TestCentre;
  b!: TestCentre;
  /** Of the events that A causes, until B hears them, ms; null: it never does. */
  eventDelayMs: number | null = 0;
  /** Whether each node knows of the other. */
  areTogether = true;
  readonly #isGated: boolean;

  private constructor(isGated: boolean) {
    this.#isGated = isGated;
  }

  /** @param isGated whether what the nodes tell and what the CTI server tells are kept in their order, as in the product */
  static async open(options: TestCentreOptions = {}, isGated = false): Promise<NodePair> {
    const pair = new NodePair(isGated);
    pair.a = await pair.#centre(options, 'a', pair.fabricA);
    pair.b = await pair.#centre(options, 'b', pair.fabricB);
    const { a, b } = pair;
    const event = a.server.event.bind(a.server);
    a.server.event = (...told) => {
      event(...told);
      if (pair.eventDelayMs === 0) b.server.event(...told);
      else if (pair.eventDelayMs !== null)
        pair.clock.schedule(pair.eventDelayMs, () => b.server.event(...told));
    };
    return pair;
  }

  #centre(options: TestCentreOptions, name: 'a' | 'b', fabric: LocalFabric): Promise<TestCentre> {
    const { clock, teamMessages, goings } = this;
    return TestCentre.open({
      ...options,
      clock,
      teamMessages,
      comings: { signedIn() {}, signedOut: (going) => goings[name].push(going), idle() {} },
      nodes: {
        bus: plainBus(fabric, clock, `node-${name}`),
        ...(this.#isGated ? { gate: this.#gate(fabric) } : {}),
      },
    });
  }

  #gate(fabric: LocalFabric): BusGate {
    const { clock } = this;
    return new BusGate({
      clock,
      fabric,
      isNeeded: () => this.areTogether,
      afterReading: (then) => void clock.schedule(0, then),
    });
  }

  /** What the CTI server tells both of calls and agents. */
  play(steps: readonly Step[]): this {
    for (const step of steps) {
      this.a.play([step]);
      this.b.play([step]);
    }
    return this;
  }

  /** Forgets what was published so far. */
  quiet(): this {
    this.a.published.length = 0;
    this.b.published.length = 0;
    return this;
  }

  /** Updates with the requestId at each node, in words: node below /finesse/api and what stands in it. */
  answers(requestId: string): { a: string[]; b: string[] } {
    return { a: short(this.a, requestId), b: short(this.b, requestId) };
  }

  async close(): Promise<void> {
    await this.a.close();
    await this.b.close();
  }
}

const short = (centre: TestCentre, requestId: string): string[] =>
  centre.answers(requestId).map(({ node, payload }) => {
    const of = (name: string) => new RegExp(`<${name}>(.*?)</${name}>`).exec(payload)?.[1];
    const what = of('errorMessage') ?? of('state') ?? '';
    return `${node.replace('/finesse/api/', '')} ${of('event')} ${what}`;
  });
