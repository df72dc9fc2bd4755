/**
 * Why agents are not ready: GED-188 tells of states without their reasons when a session is opened, so a node that has started, or
 * whose CTI link was lost, asks the others, which have heard of the change (docs/cluster.md).
 */
import { type Members, text, whole } from '../commands/word-members.ts';
import type { Agent, AgentBook, AgentTransition } from '../domain/agents.ts';
import { ageOf, NodeQuestion, type NodeQuestionDependencies, timeOf } from './node-question.ts';

/** EventReasonCode is two bytes (GED-188, AGENT_STATE_EVENT). */
const REASON_MAX = 0xffff;

export interface ReasonExchangeDependencies extends NodeQuestionDependencies {
  readonly agents: Pick<AgentBook, 'get' | 'apply'>;
  /** A reason was found out. */
  readonly found: (before: Agent, found: AgentTransition) => void;
}

export class ReasonExchange {
  readonly #d: ReasonExchangeDependencies;
  /** Agents who are not ready, of whom no event has come since the link is there. */
  readonly #unknown = new Set<string>();
  readonly #question: NodeQuestion;

  constructor(dependencies: ReasonExchangeDependencies) {
    this.#d = dependencies;
    this.#question = new NodeQuestion(dependencies, {
      name: 'reasons',
      keys: 'agents',
      answers: 'reasons',
      batch: 500,
      lacking: () => [...this.#unknown],
      known: (agentId) => this.#known(agentId),
      take: (told) => this.#take(told),
    });
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
    this.#question.ask();
  }

  close(): void {
    this.#question.close();
  }

  #known(agentId: string): Members | undefined {
    const { state, reasonCode, stateChangeTime } = this.#d.agents.get(agentId);
    if (state !== 'NOT_READY' || reasonCode === 0) return undefined;
    return { agentId, reasonCode, forMs: ageOf(stateChangeTime, this.#d.clock.now()) };
  }

  #take(told: Members): void {
    const { agents, clock, found } = this.#d;
    const agentId = text(told, 'agentId');
    const reasonCode = whole(told, 'reasonCode', REASON_MAX);
    const since = timeOf(told, 'forMs', clock.now());
    if (!this.#unknown.has(agentId)) return;
    const before = agents.get(agentId);
    const transition = agents.apply(agentId, { type: 'reason', state: 'NOT_READY', reasonCode, since });
    if (transition.changes.length === 0) return;
    this.#unknown.delete(agentId);
    found(before, transition);
  }
}
