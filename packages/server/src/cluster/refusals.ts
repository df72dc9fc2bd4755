/** What was not taken from other nodes: counted by reason, and told to the operator no more than once a minute each. */
import type { Clock } from '@poise/clock';
import type { EnvelopeProblem } from './envelope.ts';

/** Why a message or value of another node was not taken. */
export type Refusal = EnvelopeProblem | 'another’s name' | 'malformed' | 'played back' | 'stale lease';

/** What the operator can do about it. */
const ADVICE: Readonly<Partial<Record<Refusal, string>>> = {
  'not one of ours':
    'It is not sealed for this place under the node.secret of this node, which must be the same at all nodes.',
  'unknown version': 'It is of another release: bring all nodes to the same one.',
  'impossible clock': 'Set the clock of its machine by NTP.',
  'played back': 'Somebody who may write to NATS has sent once more what a node had said before.',
  'another’s name': 'Give each node a name of its own (node.name).',
};

/** What was refused and why, in one or two sentences. */
export const refusedText = (what: string, reason: Refusal): string =>
  [`${what} was refused: ${reason}.`, ADVICE[reason]].filter((part) => part !== undefined).join(' ');

/** Each reason and sender is told once within this time, ms. */
export const TOLD_EVERY_MS = 60_000;
/** Senders that are remembered; more share one place. */
const SENDERS_MAX = 1_000;

export class Refusals {
  readonly #clock: Clock;
  readonly #onProblem: (text: string) => void;
  readonly #counts = new Map<Refusal, number>();
  /** Reason and sender → when it was told, monotonic ms. */
  readonly #told = new Map<string, number>();

  constructor(clock: Clock, onProblem: (text: string) => void) {
    this.#clock = clock;
    this.#onProblem = onProblem;
  }

  /**
   * @param place topic, or `bucket/key`
   * @param sender who it says it is from; empty: cannot be told
   */
  refuse(reason: Refusal, place: string, sender = ''): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
    const now = this.#clock.monotonic();
    const who = `${reason}\n${sender}`;
    const told = this.#told.get(who);
    if (told !== undefined && now - told < TOLD_EVERY_MS) return;
    if (this.#told.size >= SENDERS_MAX) this.#told.clear();
    this.#told.set(who, now);
    // Names come from outside: quoted, and short.
    const from = sender === '' ? '' : ` of ${JSON.stringify(sender.slice(0, 64))}`;
    this.#onProblem(refusedText(`What nodes share: ${JSON.stringify(place.slice(0, 128))}${from}`, reason));
  }

  /** How many, by reason, since the start. */
  get counts(): Readonly<Partial<Record<Refusal, number>>> {
    return Object.fromEntries(this.#counts);
  }
}
