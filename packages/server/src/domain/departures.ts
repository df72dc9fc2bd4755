/** What the states of the agents mean for the legs of their calls; wrap-up.ts has the rules for one leg. */
import type { Agent } from './agents.ts';
import { type CallPicture, isLive, kindOf, type Leg, legOf, mapLegs } from './call-picture.ts';
import type { Calls } from './calls.ts';
import type { Deployment } from './profile.ts';
import { departed, settled, withState } from './wrap-up.ts';

export interface DeparturesDependencies {
  readonly agents: { at(extension: string): Agent | undefined };
  readonly calls: Calls;
  readonly deployment: Deployment;
}

export class Departures {
  readonly #d: DeparturesDependencies;

  constructor(dependencies: DeparturesDependencies) {
    this.#d = dependencies;
  }

  /** For each leg that has just left: is its agent in wrap-up, is that to be waited for, or is it over? */
  after(before: CallPicture, call: CallPicture): CallPicture {
    return mapLegs(call, (leg) => {
      const agent = this.#agentOf(leg);
      if (agent === undefined) return leg;
      if (isLive(leg)) return withState(leg, agent, 0);
      const was = legOf(before, leg.mediaAddress);
      const departs = leg.state === 'DROPPED' && was !== undefined && isLive(was);
      // On CCX calls outside of routing never show in the agent's state: there is nothing to wait for.
      return departs && this.#mayWrapUp(call, leg) ? departed(leg, agent, this.#d.deployment === 'CCE') : leg;
    });
  }

  /** The wait is over, one way or the other. */
  settle(call: CallPicture): CallPicture {
    return mapLegs(call, (leg) => settled(leg, this.#agentOf(leg)));
  }

  /** Wrap-up follows a call that the agent took part in, and not while another one goes on. */
  #mayWrapUp(call: CallPicture, leg: Leg): boolean {
    if (kindOf(call) === 'monitor') return false;
    if (!leg.answered && call.originator !== leg.mediaAddress) return false;
    return !this.#d.calls.otherLegs(leg.mediaAddress, call.id).some((other) => isLive(other.leg));
  }

  #agentOf(leg: Leg): Agent | undefined {
    if (leg.agentId === null) return undefined;
    const agent = this.#d.agents.at(leg.mediaAddress);
    return agent?.loginId === leg.agentId ? agent : undefined;
  }
}
