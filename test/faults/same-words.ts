/**
 * All nodes tell the same: while all of them are well, what one publishes about a user the others publish, too, with the same
 * requestId, once.
 */
import type { SimNode } from './node.ts';
import type { World } from './world.ts';

/** An answer that waits for its event (1 s), and what nodes and lines take. */
const TOLD_WITHIN_MS = 4_000;
/** From when all nodes are well: what they tell of what was before need not be equal. */
const SETTLED_MS = 8_000;

const NOBODY_ASKED = 'requestId  ';
/** A call is gone. */
const ENDS = 'event DELETE';

interface Told {
  readonly topic: string;
  readonly text: string;
  /** When each node has told it, and was not yet compared, monotonic ms, by its host. */
  readonly at: Map<string, number[]>;
  /** When all was compared, monotonic ms. */
  comparedAt: number | undefined;
}

export class SameWords {
  readonly #world: World;
  readonly #told = new Map<string, Told>();
  /**
   * Calls that were there before all nodes were well: who learned of them by a recovery has more or less to tell of their end. And requests
   * that were answered then: of one whose answer the others have not heard they give up later.
   */
  readonly #old = new Set<string>();
  /** Monotonic ms. */
  #wellSince: number | undefined;

  constructor(world: World) {
    this.#world = world;
  }

  /** The webservices of a node publish. */
  published({ host }: SimNode, topic: string, payload: string): void {
    if (!/^\/finesse\/api\/User\/\d+(?:\/Dialogs)?$/.test(topic)) return;
    const about = [...payload.matchAll(/<(?:id>(\d+)|requestId>([^<]+))</g)].map(
      ([, id, asked]) => id ?? asked!,
    );
    if (!this.#isSettled) for (const id of about) this.#old.add(id);
    if (this.#wellSince === undefined || about.some((id) => this.#old.has(id))) return;
    const text = textOf(payload);
    const key = `${topic} ${text}`;
    const told = this.#told.get(key) ?? {
      topic,
      text,
      at: new Map<string, number[]>(),
      comparedAt: undefined,
    };
    this.#told.set(key, told);
    told.comparedAt = undefined;
    told.at.set(host, [...(told.at.get(host) ?? []), this.#world.now]);
  }

  /**
   * What comes about by itself just when somebody asks for it is an answer at those who know of the request by then, and told without its requestId,
   * and once more with it, at those who hear of it after that. Of a call that has come to its end the one may answer with the last PUT, the other with the DELETE.
   */
  #answers({ topic, text }: Told, host: string): boolean {
    const [, before = '', requestId = '', after = ''] = /^(.*)requestId (\S*) (.*)$/.exec(text) ?? [];
    const isTold = (is: (other: string) => boolean) =>
      [...this.#told.values()].some((other) => other.topic === topic && other.at.has(host) && is(other.text));
    if (requestId === '')
      return isTold((other) => other.startsWith(`${before}requestId `) && other.endsWith(after));
    const answer = text.includes(ENDS) ? `requestId ${requestId} ` : `${ENDS} requestId ${requestId} `;
    return (
      isTold((other) => other === `${before}${NOBODY_ASKED}${after}`) &&
      isTold((other) => other.includes(answer))
    );
  }

  get #isSettled(): boolean {
    const { nodesCalm, nodesCalmSince, now } = this.#world;
    const since = Math.max(this.#wellSince ?? now, nodesCalmSince);
    return nodesCalm && now - since > SETTLED_MS;
  }

  /** Looks for what one node has told, and another one not. */
  check(): void {
    const { now, broken, nodes, places, nodesCalm, nodesCalmSince } = this.#world;
    const areWell = nodesCalm && nodes.length === places.length && nodes.every(isWell);
    if (!areWell) {
      this.#wellSince = undefined;
      this.#told.clear();
      return;
    }
    this.#wellSince = Math.max(this.#wellSince ?? now, nodesCalmSince);
    for (const [key, told] of this.#told) {
      const { topic, text, at, comparedAt } = told;
      if (comparedAt !== undefined && now - comparedAt > TOLD_WITHIN_MS) this.#told.delete(key);
      const first = Math.min(...[...at.values()].flatMap((times) => times[0] ?? now));
      if (now - first <= TOLD_WITHIN_MS) continue;
      const silent = nodes.filter(
        ({ host }) => (at.get(host)?.length ?? 0) === 0 && !this.#answers(told, host),
      );
      for (const times of at.values()) times.shift();
      if ([...at.values()].every((times) => times.length === 0)) told.comparedAt = now;
      if (silent.length > 0 && first - this.#wellSince > SETTLED_MS)
        broken(
          'all nodes tell the same',
          `${silent.map(({ host }) => host).join()} did not tell on ${topic}: ${text}`,
        );
    }
  }
}

/** It serves and sees the others. */
const isWell = ({ process, desk, part }: SimNode): boolean =>
  process.running && desk.status.inService && part?.health().ready === true;

/**
 * Which object, its states, and whom it answers. A node that learned of a call by a recovery knows less of it: what else is in the
 * objects, the rig compares for what is newer.
 */
const textOf = (payload: string): string =>
  [
    ...payload.matchAll(
      /<(event|requestId|source|id|mediaAddress|state|pendingState|errorType|errorMessage)>([^<]*)</g,
    ),
  ]
    .map(([, name, text]) => `${name} ${text}`)
    .join(' ');
