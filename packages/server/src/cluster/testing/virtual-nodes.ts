/** Nodes of one process in virtual time. */
import { VirtualClock } from '@poise/clock';
import type { Fabric } from '../fabric.ts';
import { type LocalFabric, LocalHub } from '../local.ts';
import type { OwnWord } from '../members.ts';
import { NodeCluster } from '../node-cluster.ts';

export const SECRET = 'the secret of all nodes';
const WORD: OwnWord = { host: 'localhost', inService: false, inMaintenance: false, version: '1', ports: {} };
const STEP_MS = 100;

export interface VirtualNode {
  readonly fabric: LocalFabric;
  readonly cluster: NodeCluster;
  /** Names of the others that live, as this node sees it. */
  living(): string[];
  readonly problems: string[];
  readonly infos: string[];
}

export class VirtualNodes {
  readonly clock = new VirtualClock();
  readonly hub = new LocalHub(this.clock, (text) => this.problems.push(text));
  readonly problems: string[] = [];

  /** A process of the node; {@link start} makes it one of them. @param clock its own wall clock is off by so much, ms */
  process(name: string, instance = `${name}.1`, clockOffsetMs = 0, secret = SECRET): VirtualNode {
    const fabric = this.hub.join();
    const [problems, infos]: [string[], string[]] = [[], []];
    const { clock } = this;
    const cluster = new NodeCluster({
      clock: {
        now: () => clock.now() + clockOffsetMs,
        monotonic: () => clock.monotonic(),
        schedule: (delayMs, fn) => clock.schedule(delayMs, fn),
      },
      fabric: fabric satisfies Fabric,
      secret,
      self: { name, instance },
      word: { ...WORD, host: `${name}.example.com` },
      teller: { problem: (text) => problems.push(text), info: (text) => infos.push(text) },
    });
    const living = () => cluster.members.living().map((member) => member.name);
    return { fabric, cluster, living, problems, infos };
  }

  /** Processes that have their names. */
  async start(...names: string[]): Promise<VirtualNode[]> {
    const nodes = names.map((name) => this.process(name));
    for (const { cluster } of nodes) await this.done(cluster.members.start());
    await this.pass(0);
    return nodes;
  }

  /** Lets time pass, and everything happen that is due. */
  async pass(ms: number): Promise<void> {
    await settle();
    for (let left = ms; left > 0; left -= STEP_MS) {
      this.clock.advance(Math.min(STEP_MS, left));
      await settle();
    }
    this.clock.advance(0);
    await settle();
  }

  /** Lets time pass until it is settled. */
  async done<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const end = () => {
      isDone = true;
    };
    work.then(end, end);
    for (let ms = 0; ms < 60_000 && !isDone; ms += STEP_MS) await this.pass(isDone ? 0 : STEP_MS);
    return work;
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((done) => setImmediate(done));
}
