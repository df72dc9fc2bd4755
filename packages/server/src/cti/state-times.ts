/**
 * Since when agents have been in their states, as the CTI server tells it of its own accord after the opening of a session:
 * answers to queries carry no time, but the list of every team carries durations (AGENT_TEAM_CONFIG_EVENT). A live event that
 * tells of another state is newer.
 */
import type { AgentState } from '../domain/agent-state.ts';

/** How long an agent has been in a state. */
export interface StateTime {
  readonly agentId: string;
  readonly state: AgentState;
  /** Wall ms. */
  readonly since: number;
}

/**
 * The beginning of a state that has lasted for so many whole seconds. The fraction that the duration has lost and the one that
 * rounding takes off the clock cancel out on average, and nothing is printed that looks more exact than it is.
 */
export function sinceOf(seconds: number, now: number): number {
  return Math.floor(now / 1000) * 1000 - seconds * 1000;
}

/** From the opening of a session until its recovery is over. */
export class StateTimes {
  /** When the session was opened, wall ms. */
  readonly openedAt: number;
  readonly #last = new Map<string, StateTime>();
  #telling = false;

  constructor(openedAt: number) {
    this.openedAt = openedAt;
  }

  /** Whether the server tells durations at all; of one that does not, nothing follows from its silence. */
  get isTelling(): boolean {
    return this.#telling;
  }

  note(time: StateTime): void {
    this.#telling = true;
    this.#last.set(time.agentId, time);
  }

  /** A live event. When it changes the state, the time is that of the event, and nobody needs to be told it once more. */
  heard(agentId: string, event: { readonly state: AgentState; readonly since?: number | undefined }): void {
    const { state, since } = event;
    if (since !== undefined) this.note({ agentId, state, since });
    else if (this.#last.get(agentId)?.state !== state) this.#last.delete(agentId);
  }

  of(agentId: string): StateTime | undefined {
    return this.#last.get(agentId);
  }
}
