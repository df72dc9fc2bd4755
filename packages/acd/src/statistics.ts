import type { Clock } from '@poise/clock';
import { AgentLegs } from './agent-legs.ts';
import { AgentStatistics } from './agent-statistics.ts';
import type { CallFact } from './calls/call-fact.ts';
import { SkillGroupStatistics } from './skill-group-statistics.ts';

/** What clients may ask in numbers (ged188.md 11), counted from the facts as they happen. */
export class Statistics {
  readonly agents: AgentStatistics;
  readonly skillGroups: SkillGroupStatistics;
  readonly #legs: AgentLegs;

  constructor(clock: Clock) {
    this.agents = new AgentStatistics(clock);
    this.skillGroups = new SkillGroupStatistics(clock);
    this.#legs = new AgentLegs(clock, (leg) => {
      this.agents.callEnded(leg);
      this.skillGroups.callEnded(leg);
    });
  }

  /** Counts what a fact tells; to be called for every fact, in order. */
  fact(fact: CallFact): void {
    if (fact.type !== 'agent') this.#legs.fact(fact);
    else {
      this.agents.agent(fact.change);
      this.skillGroups.agent(fact.change);
    }
  }

  /** An agent has left the directory. */
  forget(agentId: string): void {
    this.agents.forget(agentId);
    this.skillGroups.forget(agentId);
  }
}
