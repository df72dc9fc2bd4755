import type { AgentChange, AgentView } from '../agent-model.ts';
import type { AgentStimulus } from '../agent-state.ts';
import type { Parts } from './parts.ts';

/** Tells what happened to agents, and lets everything that depends on an agent's state follow. */
export class AgentDesk {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @returns whether the agent's state knew the stimulus */
  apply(loginId: string, stimulus: AgentStimulus | 'signOutBySystem', reason = 0): boolean {
    const change = this.#parts.agents.apply(loginId, stimulus, reason);
    if (change) this.tell(change);
    return change !== null;
  }

  /** The agent on the phone, if any. */
  on(device: string): AgentView | undefined {
    return this.#parts.agents.agentOn(device);
  }

  tell(change: AgentChange): void {
    const { emit, wrapUps, nailed, routing, figures, board, agents } = this.#parts;
    emit({ type: 'agent', change });
    const { previousInstrument, kind } = change;
    const { loginId } = change.agent.profile;
    // As the agent is now: the change may have waited for its turn.
    const agent = agents.agent(loginId) ?? change.agent;
    figures.update(agent);
    wrapUps.follow(agent);
    if ((kind === 'signOut' || kind === 'relocated') && previousInstrument !== null) {
      const line = board.line(previousInstrument);
      if (line?.reservation?.agentId === loginId) routing.pullBack(line.reservation, 'REDIRECTED');
      if (line) board.touchLine(line);
    }
    nailed.follow(agent, kind);
    routing.follow(agent, kind);
  }
}
