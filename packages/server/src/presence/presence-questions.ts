/**
 * Asks all other nodes at once whether they have a user: each answers from its own memory, so the answer is the truth of this moment,
 * which no registry holds. Questions of one moment go in one message. docs/cluster.md
 */
import type { Clock, Timer } from '@poise/clock';
import { type Cluster, wordOf } from '../cluster/index.ts';

export type PresenceAnswer =
  /** He has a session at one. */
  | 'present'
  /** One waits for him, or signs him out. */
  | 'awaited'
  /** Every node that lives has said that it does not have him. */
  | 'nowhere'
  /** One that lives has not answered. */
  | 'silent';

const TOPIC = 'presence.question';
const answerTopic = (node: string): string => `presence.answer.${wordOf(node)}`;

/** Questions are collected for so long, ms: after a failover 2,000 are due at one moment. */
const COLLECT_MS = 5;
/** Users of one message. */
const BATCH = 500;
/** An answer that takes longer is none, ms. */
export const ANSWER_MS = 2_000;

interface Question {
  readonly logins: ReadonlyMap<string, (answer: PresenceAnswer) => void>;
  /** Who is waited for somewhere; another node may have him. */
  readonly awaitedAt: Set<string>;
  /** Names of nodes that have not answered. */
  readonly silent: Set<string>;
  readonly timer: Timer;
}

/** Answers for this node. @param has what it has of a user; undefined: nothing @returns ends it */
export function answerPresence(
  cluster: Cluster,
  has: (loginId: string) => 'present' | 'awaited' | undefined,
): () => void {
  return cluster.hear(TOPIC, ({ node, body }) => {
    const { id, logins } = (body ?? {}) as { readonly id?: unknown; readonly logins?: unknown };
    if (typeof id !== 'string' || !Array.isArray(logins)) return;
    const answer: Record<'present' | 'awaited', string[]> = { present: [], awaited: [] };
    for (const loginId of logins) {
      const what = typeof loginId === 'string' ? has(loginId) : undefined;
      if (what !== undefined) answer[what].push(loginId);
    }
    cluster.tell(answerTopic(node), 'presence.answer', { id, ...answer });
  });
}

export class PresenceQuestions {
  readonly #cluster: Cluster;
  readonly #clock: Clock;
  readonly #questions = new Map<string, Question>();
  readonly #end: () => void;
  /** Those of the next message. */
  #next = new Map<string, ((answer: PresenceAnswer) => void)[]>();
  #timer: Timer | undefined;
  #ids = 0;

  constructor(cluster: Cluster, clock: Clock) {
    this.#cluster = cluster;
    this.#clock = clock;
    this.#end = cluster.hear(answerTopic(cluster.members.self.name), ({ node, body }) =>
      this.#answered(node, body),
    );
  }

  /** Never rejects; takes {@link ANSWER_MS} and a few at most. */
  ask(loginId: string): Promise<PresenceAnswer> {
    return new Promise((told) => {
      const waiting = this.#next.get(loginId);
      if (waiting === undefined) this.#next.set(loginId, [told]);
      else waiting.push(told);
      this.#timer ??= this.#clock.schedule(COLLECT_MS, () => this.#send());
    });
  }

  close(): void {
    this.#end();
    this.#timer?.cancel();
    for (const { timer } of this.#questions.values()) timer.cancel();
  }

  #send(): void {
    this.#timer = undefined;
    const all = [...this.#next].map(
      ([loginId, told]) =>
        [loginId, (answer: PresenceAnswer) => told.forEach((one) => void one(answer))] as const,
    );
    this.#next = new Map();
    for (let from = 0; from < all.length; from += BATCH)
      this.#sendOne(new Map(all.slice(from, from + BATCH)));
  }

  #sendOne(logins: Question['logins']): void {
    const { members } = this.#cluster;
    const silent = new Set(members.living().map(({ name }) => name));
    const id = `${members.self.instance} ${++this.#ids}`;
    const timer = this.#clock.schedule(ANSWER_MS, () =>
      this.#over(id, silent.size === 0 ? 'nowhere' : 'silent'),
    );
    this.#questions.set(id, { logins, awaitedAt: new Set(), silent, timer });
    this.#cluster.tell(TOPIC, 'presence.question', { id, logins: [...logins.keys()] });
    if (silent.size === 0) this.#over(id, 'nowhere');
  }

  #answered(node: string, body: unknown): void {
    const { id, present, awaited } = (body ?? {}) as Readonly<Record<string, unknown>>;
    const question = typeof id === 'string' ? this.#questions.get(id) : undefined;
    if (question === undefined || !Array.isArray(present) || !Array.isArray(awaited)) return;
    // Whoever has him counts, also a node that is not known to live.
    for (const loginId of present) question.logins.get(loginId)?.('present');
    for (const loginId of awaited) question.awaitedAt.add(loginId);
    question.silent.delete(node);
    if (question.silent.size === 0) this.#over(id as string, 'nowhere');
  }

  /** For those of whom nobody has said that he is there: a promise takes its first answer only. */
  #over(id: string, answer: PresenceAnswer): void {
    const question = this.#questions.get(id);
    if (question === undefined) return;
    this.#questions.delete(id);
    question.timer.cancel();
    for (const [loginId, told] of question.logins) told(question.awaitedAt.has(loginId) ? 'awaited' : answer);
  }
}
