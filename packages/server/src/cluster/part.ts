/** The nodes among the parts: starts before whatever depends on them, and says how it is with them. */
import type { Clock } from '@poise/clock';
import { phrase, words } from '../messages/catalogue.ts';
import type { Part, PartHealth } from '../parts/part.ts';
import type { Teller } from './members.ts';
import { CLOCK_OFFSET_MAX_MS } from './members.ts';
import type { NodeCluster } from './node-cluster.ts';
import { refusedText } from './refusals.ts';

/** How long the start waits for an engine that is out of reach before it goes on without, ms. */
export const START_WAIT_MS = 3_000;

/** The engine, as far as the part must know it. */
export interface Engine {
  connect(): void;
  /** Gives the connection up; subscriptions stay. */
  suspend(): Promise<void>;
  /** Why it is out of reach. */
  readonly reason: string;
  /** Where it is; empty: not connected. */
  readonly server: string;
  readonly counts: { readonly dropped: number; readonly published: number; readonly heard: number };
}

export interface ClusterPartOptions {
  readonly clock: Clock;
  readonly cluster: NodeCluster;
  readonly engine: Engine;
  readonly teller: Teller;
}

export class ClusterPart implements Part {
  readonly name = 'cluster';
  readonly #o: ClusterPartOptions;
  #state: 'stopped' | 'starting' | 'running' = 'stopped';
  #end: (() => void) | undefined;
  #isLostTold = false;

  constructor(options: ClusterPartOptions) {
    this.#o = options;
  }

  /** Rejects when another living process has the name; an engine that is out of reach does not keep a node from serving. */
  async start(): Promise<void> {
    const { cluster, engine } = this.#o;
    if (this.#state !== 'stopped') return;
    this.#state = 'starting';
    this.#isLostTold = false;
    try {
      engine.connect();
      await this.#reached();
      this.#end = cluster.fabric.onReachable((isReachable) => this.#tell(isReachable));
      this.#tell(cluster.fabric.isReachable);
      await cluster.members.start();
      this.#state = 'running';
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.#state = 'stopped';
    this.#end?.();
    this.#end = undefined;
    await this.#o.cluster.members.stop();
    await this.#o.engine.suspend();
  }

  health(): PartHealth {
    const { cluster, engine } = this.#o;
    const { members, fabric, refusals } = cluster;
    if (this.#state === 'stopped') return { state: 'stopped', ready: false, reason: 'It is stopped.' };
    const nodes = members.living();
    const detail = {
      node: members.self.name,
      server: engine.server,
      nodes: nodes.map(({ name, host, inService, inMaintenance, version, clockOffsetMs }) => ({
        name,
        host,
        inService,
        inMaintenance,
        version,
        clockOffsetMs: Math.round(clockOffsetMs),
      })),
      living: nodes.length + 1,
      // Told, and no more than that: nothing depends on it.
      wrongClocks: nodes
        .filter(({ clockOffsetMs }) => Math.abs(clockOffsetMs) > CLOCK_OFFSET_MAX_MS)
        .map(({ name }) => name),
      refused: refusals.counts,
      ...engine.counts,
    };
    const state = this.#state;
    const not = (reason: string): PartHealth => ({
      state,
      ready: false,
      serviceGoesOn: true,
      reason,
      detail,
    });
    if (!fabric.isReachable) return not(`NATS is out of reach: ${engine.reason}.`);
    if (!cluster.isClockPossible)
      return not('The clock of this machine is wrong: the other nodes refuse what it says.');
    const [stranger] = members.strangers;
    if (stranger) {
      const [name, reason] = stranger;
      return not(
        `${refusedText(`What the node ${name} says of itself`, reason)} Until then nobody is signed out who may work there.`,
      );
    }
    if (members.name === 'taken') return not(`Another process is the node ${members.self.name}, too.`);
    if (members.name !== 'ours' || !members.isCurrent)
      return not('It is not known yet which nodes there are.');
    return { state, ready: true, detail };
  }

  #reached(): Promise<void> {
    const { fabric } = this.#o.cluster;
    if (fabric.isReachable) return Promise.resolve();
    return new Promise((done) => {
      const timer = this.#o.clock.schedule(START_WAIT_MS, done);
      const end = fabric.onReachable((isReachable) => {
        if (!isReachable) return;
        end();
        timer.cancel();
        done();
      });
    });
  }

  #tell(isReachable: boolean): void {
    const { engine, teller } = this.#o;
    if (isReachable === !this.#isLostTold) return;
    this.#isLostTold = !isReachable;
    if (isReachable) teller.info(words(phrase('cluster.back', { place: engine.server })));
    else teller.problem(words(phrase('cluster.lost', { reason: engine.reason })));
  }
}
