/** What a node whose picture comes from queries of the CTI server lacks, and has from the other nodes, which have heard the events. */
import type { Agent, AgentBook, AgentEvent, AgentTransition } from '../domain/agents.ts';
import type { DialogChange } from '../domain/dialog.ts';
import type { DialogBook } from '../domain/dialogs.ts';
import { CallExchange } from './call-exchange.ts';
import { DetailExchange } from './detail-exchange.ts';
import type { NodeQuestionDependencies } from './node-question.ts';
import { ReasonExchange } from './reason-exchange.ts';

export interface GapExchangeDependencies extends NodeQuestionDependencies {
  readonly agents: Pick<AgentBook, 'get' | 'apply'>;
  readonly dialogs: Pick<DialogBook, 'withGaps' | 'gapsOf' | 'fill'>;
  /** Something of an agent was found out. */
  readonly agentFound: (before: Agent, found: AgentTransition) => void;
  /** Something of calls was found out. */
  readonly callsFound: (changes: readonly DialogChange[]) => void;
}

export class GapExchange {
  readonly #agents: GapExchangeDependencies['agents'];
  readonly #reasons: ReasonExchange;
  readonly #details: DetailExchange;
  readonly #calls: CallExchange;

  constructor(dependencies: GapExchangeDependencies) {
    const { agentFound, callsFound, ...others } = dependencies;
    this.#agents = others.agents;
    this.#reasons = new ReasonExchange({ ...others, found: agentFound });
    this.#details = new DetailExchange({ ...others, found: agentFound });
    this.#calls = new CallExchange({ ...others, found: callsFound });
  }

  /** The answer to a query: the agent as he is known now. */
  recovered(agent: Agent): void {
    this.#reasons.recovered(agent);
    this.#details.recovered(agent);
  }

  /** The answer to a question while in service, after all that it told. */
  checked(agent: Agent): void {
    this.#details.checked(agent);
  }

  /** An event of the CTI server, before it is applied. */
  heard(loginId: string, event: Extract<AgentEvent, { type: 'state' }>): void {
    this.#reasons.heard(loginId);
    this.#details.heard(this.#agents.get(loginId), event);
  }

  /** The picture is complete. */
  ask(): void {
    for (const exchange of [this.#reasons, this.#details, this.#calls]) exchange.ask();
  }

  close(): void {
    for (const exchange of [this.#reasons, this.#details, this.#calls]) exchange.close();
  }
}
