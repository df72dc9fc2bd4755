/** Envelopes in the name of this node: sealed for others, opened from others; what cannot be opened is refused and told. */
import type { Clock } from '@poise/clock';
import {
  ENVELOPE_BYTES_MAX,
  type Envelope,
  type EnvelopeProblem,
  isPossibleClock,
  opened,
  sealed,
  senderOf,
} from './envelope.ts';
import type { Refusals } from './refusals.ts';

/** One process among the nodes. */
export interface Self {
  /** Its `node.name`. */
  readonly name: string;
  /** Made anew with each process. */
  readonly instance: string;
}

export class Seals {
  readonly self: Self;
  readonly refusals: Refusals;
  readonly #secret: string;
  readonly #clock: Clock;
  #number = 0;

  /** @param secret `node.secret` */
  constructor(secret: string, self: Self, clock: Clock, refusals: Refusals) {
    this.#secret = secret;
    this.self = self;
    this.#clock = clock;
    this.refusals = refusals;
  }

  /**
   * @param place topic, or `bucket/key`
   * @throws RangeError when it would be longer than {@link ENVELOPE_BYTES_MAX}
   */
  seal(place: string, kind: string, body: unknown): Uint8Array {
    const { name: node, instance } = this.self;
    const [at, number] = [this.#clock.now(), ++this.#number];
    const bytes = sealed(this.#secret, place, { node, instance, at, number, kind, body });
    if (bytes.length > ENVELOPE_BYTES_MAX)
      throw new RangeError(`${place}: ${bytes.length} bytes are more than ${ENVELOPE_BYTES_MAX}.`);
    return bytes;
  }

  /** Undefined: refused, and told. */
  open(place: string, bytes: Uint8Array): Envelope | undefined {
    const envelope = this.read(place, bytes);
    return typeof envelope === 'object' ? envelope : undefined;
  }

  /** As {@link open}, with the reason. */
  read(place: string, bytes: Uint8Array): Envelope | EnvelopeProblem {
    const envelope = opened(this.#secret, place, bytes);
    if (typeof envelope === 'string') this.refusals.refuse(envelope, place, senderOf(bytes, envelope));
    return envelope;
  }

  /** Whether the others believe the clock of this machine. */
  get isClockPossible(): boolean {
    return isPossibleClock(this.#clock.now());
  }
}
