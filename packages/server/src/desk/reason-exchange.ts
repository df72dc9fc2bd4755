/**
 * Why agents are not ready: GED-188 tells of states without their reasons when a session is opened, so a node that has started, or
 * whose CTI link was lost, asks the others, which have heard of the change (docs/cluster.md).
 */
import type { Clock, Timer } from '@poise/clock';
import type { Notice } from '../cluster/index.ts';
import { list, members, text, textOf, WordError, whole } from '../commands/word-members.ts';
import type { Agent, AgentBook, AgentTransition } from '../domain/agents.ts';
import type { RequestBus } from './request-exchange.ts';

const QUESTION = 'reasons.question';
const ANSWER = 'reasons.answer';
/** Agents of one message. */
const BATCH = 500;
/** The bus delivers at most once: who is still without a reason is asked for once more, ms. */
const AGAIN_MS = 3_000;
/** Later answers are none, ms. */
const ANSWER_MS = 10_000;
/** EventReasonCode is two bytes (GED-188, AGENT_STATE_EVENT). */
const REASON_MAX = 0xffff;
/** An age of a state that somebody may tell, ms: a year. */
const AGE_MAX_MS = 366 * 24 * 3_600_000;

export interface ReasonExchangeDependencies {
  readonly bus: RequestBus;
  readonly clock: Clock;
  readonly agents: Pick<AgentBook, 'get' | 'apply'>;
  /** Of a question: one that no other process gives. */
  readonly newId: () => string;
  /** Whether the picture of the agents is that of the CTI server. */
  readonly inService: () => boolean;
  /** A reason was found out. */
  readonly found: (before: Agent, found: AgentTransition) => void;
}

export class ReasonExchange {
  readonly #d: ReasonExchangeDependencies;
  /** Agents who are not ready, of whom no event has come since the link is there. */
  readonly #unknown = new Set<string>();
  readonly #questions = new Set<string>();
  readonly #timers = new Set<Timer>();
  readonly #ends: (() => void)[];

  constructor(dependencies: ReasonExchangeDependencies) {
    this.#d = dependencies;
    const { bus } = dependencies;
    this.#ends = [
      bus.hear(QUESTION, (notice) => ifReadable(() => this.#asked(notice))),
      bus.hear(ANSWER, (notice) => ifReadable(() => this.#answered(notice))),
      bus.fabric.onReachable((isReachable) => {
        if (isReachable) this.#ask();
      }),
    ];
  }

  /** An answer to a query of the CTI server, which has no reason. */
  recovered({ loginId, state, reasonCode }: Agent): void {
    if (state === 'NOT_READY' && reasonCode === 0) this.#unknown.add(loginId);
    else this.#unknown.delete(loginId);
  }

  /** An event of the CTI server: if it has no reason, there is none. */
  heard(loginId: string): void {
    this.#unknown.delete(loginId);
  }

  /** The picture is complete. */
  ask(): void {
    this.#ask();
    this.#later(AGAIN_MS, () => this.#ask());
  }

  close(): void {
    for (const end of this.#ends) end();
    for (const timer of this.#timers) timer.cancel();
  }

  #ask(): void {
    const { bus, newId, inService } = this.#d;
    if (!inService()) return;
    const all = [...this.#unknown];
    for (let from = 0; from < all.length; from += BATCH) {
      const id = newId();
      this.#questions.add(id);
      this.#later(ANSWER_MS, () => this.#questions.delete(id));
      bus.tell(QUESTION, QUESTION, { id, agents: all.slice(from, from + BATCH) });
    }
  }

  #asked({ body }: Notice): void {
    const { agents, bus, clock, inService } = this.#d;
    if (!inService()) return;
    const question = members(body, 'body');
    const id = text(question, 'id');
    const reasons = list(question.agents, 'agents', BATCH).flatMap((one) => {
      const agent = agents.get(textOf(one, 'agents'));
      if (agent.state !== 'NOT_READY' || agent.reasonCode === 0) return [];
      const { loginId: agentId, reasonCode, stateChangeTime } = agent;
      // Wall clocks differ: what others are told is an age.
      const forMs = stateChangeTime === null ? null : Math.max(0, Math.round(clock.now() - stateChangeTime));
      return [{ agentId, reasonCode, forMs }];
    });
    if (reasons.length > 0) bus.tell(ANSWER, ANSWER, { id, reasons });
  }

  #answered({ body }: Notice): void {
    const { agents, clock, found } = this.#d;
    const answer = members(body, 'body');
    if (!this.#questions.has(text(answer, 'id'))) return;
    for (const one of list(answer.reasons, 'reasons', BATCH)) {
      const told = members(one, 'reasons');
      const agentId = text(told, 'agentId');
      const reasonCode = whole(told, 'reasonCode', REASON_MAX);
      const since = told.forMs === null ? null : clock.now() - whole(told, 'forMs', AGE_MAX_MS);
      if (!this.#unknown.has(agentId)) continue;
      const before = agents.get(agentId);
      const transition = agents.apply(agentId, { type: 'reason', state: 'NOT_READY', reasonCode, since });
      if (transition.changes.length === 0) continue;
      this.#unknown.delete(agentId);
      found(before, transition);
    }
  }

  #later(ms: number, then: () => void): void {
    const timer = this.#d.clock.schedule(ms, () => {
      this.#timers.delete(timer);
      then();
    });
    this.#timers.add(timer);
  }
}

/** What cannot be read is as if it had not come: nobody waits for it. */
function ifReadable(read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof WordError)) throw error;
  }
}
