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

/** Each reason and sender is told once within this time, ms; where the sender cannot be told, each reason and bucket, or first word of a topic. */
export const TOLD_EVERY_MS = 60_000;
/** Of so many it is remembered when they were told. */
const TOLD_MAX = 1_000;

interface Told {
  /** Monotonic ms. */
  readonly at: number;
  /** Refused since, and not told. */
  more: number;
}

export class Refusals {
  readonly #clock: Clock;
  readonly #onProblem: (text: string) => void;
  readonly #counts = new Map<Refusal, number>();
  /** By reason and sender. */
  readonly #told = new Map<string, Told>();

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
    // Whoever may write chooses keys and topics: no more than their first words, which are ours.
    const who = `${reason}\n${sender === '' ? `in ${place.split(/[./]/, 1)}` : `of ${sender}`}`;
    const told = this.#told.get(who);
    if (told !== undefined && now - told.at < TOLD_EVERY_MS) {
      told.more += 1;
      return;
    }
    if (this.#told.size >= TOLD_MAX) this.#told.clear();
    this.#told.set(who, { at: now, more: 0 });
    // Names come from outside: quoted, and short.
    const from = sender === '' ? '' : ` of ${JSON.stringify(sender.slice(0, 64))}`;
    const text = refusedText(`What nodes share: ${JSON.stringify(place.slice(0, 128))}${from}`, reason);
    const more = told?.more ?? 0;
    this.#onProblem(more === 0 ? text : `${text} There were ${more} more like it before.`);
  }

  /** How many, by reason, since the start. */
  get counts(): Readonly<Partial<Record<Refusal, number>>> {
    return Object.fromEntries(this.#counts);
  }
}
