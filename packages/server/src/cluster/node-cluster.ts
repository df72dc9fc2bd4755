/** The three doors to the other nodes over one fabric: who lives, who may, and what they tell each other. docs/cluster.md */
import type { Clock } from '@poise/clock';
import type { Cluster, Notice } from './cluster.ts';
import type { Envelope } from './envelope.ts';
import type { Fabric } from './fabric.ts';
import { NodeLeases } from './leases.ts';
import { NodeMembers, type OwnWord, type Teller } from './members.ts';
import { Playback } from './playback.ts';
import { Refusals } from './refusals.ts';
import { Seals, type Self } from './seals.ts';

export interface NodeClusterOptions {
  readonly clock: Clock;
  readonly fabric: Fabric;
  /** `node.secret` */
  readonly secret: string;
  readonly self: Self;
  /** What the others are told of this node until {@link NodeMembers.say}. */
  readonly word: OwnWord;
  readonly teller: Teller;
}

export class NodeCluster implements Cluster {
  readonly fabric: Fabric;
  readonly members: NodeMembers;
  readonly leases: NodeLeases;
  readonly refusals: Refusals;
  readonly #seals: Seals;
  readonly #teller: Teller;

  constructor({ clock, fabric, secret, self, word, teller }: NodeClusterOptions) {
    this.fabric = fabric;
    this.#teller = teller;
    this.refusals = new Refusals(clock, (text) => teller.problem(text));
    this.#seals = new Seals(secret, self, clock, this.refusals);
    this.members = new NodeMembers({ clock, fabric, seals: this.#seals, word, teller });
    this.leases = new NodeLeases({
      clock,
      fabric,
      seals: this.#seals,
      hasName: () => this.members.name === 'ours',
    });
  }

  /** Whether the other nodes believe the clock of this machine. */
  get isClockPossible(): boolean {
    return this.#seals.isClockPossible;
  }

  tell(topic: string, kind: string, body: unknown): void {
    try {
      this.fabric.bus.publish(topic, this.#seals.seal(topic, kind, body));
    } catch (error) {
      this.#teller.problem(`The other nodes were not told: ${String(error)}`);
    }
  }

  hear(topic: string, listener: (notice: Notice) => void): () => void {
    const playback = new Playback();
    return this.fabric.bus.subscribe(topic, (message, place) => {
      const envelope = this.#seals.open(place, message);
      if (envelope === undefined) return;
      if (this.#isAnothersName(envelope)) return this.refusals.refuse('another’s name', place, envelope.node);
      const { node, instance, number } = envelope;
      if (number !== undefined && !playback.isNew(instance, number, this.members.saidBy(instance)))
        return this.refusals.refuse('played back', place, node);
      listener(noticeOf(place, envelope));
    });
  }

  seal(place: string, kind: string, body: unknown): Uint8Array {
    return this.#seals.seal(place, kind, body);
  }

  open(place: string, value: Uint8Array): Notice | undefined {
    const envelope = this.#seals.open(place, value);
    return envelope && noticeOf(place, envelope);
  }

  /** Who speaks under a name that another living process has. Whoever is not known yet may be new. */
  #isAnothersName({ node, instance }: Envelope): boolean {
    const { self } = this.members;
    const owner = node === self.name ? self.instance : this.members.instanceOf(node);
    return owner !== undefined && owner !== instance;
  }
}

const noticeOf = (topic: string, { node, instance, kind, body }: Envelope): Notice => ({
  topic,
  node,
  instance,
  kind,
  body,
});
