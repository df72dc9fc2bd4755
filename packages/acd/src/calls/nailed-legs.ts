import type { AgentView, ChangeKind } from '../agent-model.ts';
import type { Leg } from './call-record.ts';
import type { Parts } from './parts.ts';
import type { LegCause } from './switch.ts';

/** How long the phone of a mobile agent rings for the nailed connection. */
const NAILING_MS = 30_000;
const NOT_TAKEN: ReadonlySet<LegCause> = new Set(['busy', 'noAnswer', 'rejected']);

/**
 * Nailed connections: the line to a mobile agent's phone that is set up after sign-in and stays up between
 * calls. Only with it can the agent be given a call; when it is lost the agent is signed out.
 */
export class NailedLegs {
  readonly #parts: Parts;
  readonly #byAgent = new Map<string, { readonly leg: Leg; readonly number: string }>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Whether the agent can be reached: anybody who is no nailed agent, or whose line is up. */
  ready(loginId: string): boolean {
    const mobile = this.#parts.agents.agent(loginId)?.mobile;
    return mobile?.mode !== 'NAILED_CONNECTION' || this.#byAgent.get(loginId)?.leg.up === true;
  }

  leg(loginId: string): Leg | null {
    const leg = this.#byAgent.get(loginId)?.leg;
    return leg?.up ? leg : null;
  }

  /** Whether the leg is to stay although no call uses it. */
  holds(leg: Leg): boolean {
    return leg.nailedFor !== null && this.#byAgent.get(leg.nailedFor)?.leg === leg;
  }

  follow(agent: AgentView, kind: ChangeKind): void {
    const { loginId } = agent.profile;
    const mobile = agent.mobile?.mode === 'NAILED_CONNECTION' ? agent.mobile : null;
    const known = this.#byAgent.get(loginId);
    if (known && (agent.instrument === null || mobile?.number !== known.number)) {
      this.#byAgent.delete(loginId);
      this.#parts.clearing.release(known.leg);
    }
    // After a phone that was busy or not answered the agent tries again by becoming available.
    const wanted = kind === 'signIn' || kind === 'relocated' || agent.status.state === 'AVAILABLE';
    if (mobile && agent.instrument !== null && wanted && !this.#byAgent.has(loginId))
      this.#setUp(loginId, agent.instrument, mobile.number);
  }

  up(leg: Leg): void {
    if (leg.nailedFor === null) return;
    this.#parts.media.rest(leg);
    const agent = this.#parts.agents.agent(leg.nailedFor);
    if (agent) this.#parts.routing.evaluate(agent);
  }

  lost(leg: Leg, cause: LegCause): void {
    const loginId = leg.nailedFor;
    if (loginId === null || this.#byAgent.get(loginId)?.leg !== leg) return;
    this.#byAgent.delete(loginId);
    const { desk, dialect, agents, routing } = this.#parts;
    const { nailedConnectionLost, mobileNotAnswered, mobileCallFailed } = dialect.reasons;
    if (leg.up) desk.apply(loginId, 'signOutBySystem', nailedConnectionLost);
    else if (NOT_TAKEN.has(cause)) desk.apply(loginId, 'phoneFailed', mobileNotAnswered);
    else desk.apply(loginId, 'signOutBySystem', mobileCallFailed);
    const agent = agents.agent(loginId);
    if (agent) routing.evaluate(agent);
  }

  #setUp(loginId: string, device: string, number: string): void {
    const { board, orders, dialling } = this.#parts;
    const leg = board.newLeg(device, loginId);
    this.#byAgent.set(loginId, { leg, number });
    orders.send(
      {
        type: 'offer',
        leg: leg.id,
        address: number,
        kind: 'external',
        purpose: 'nailed',
        autoAnswer: false,
        callerId: device,
        ringMs: NAILING_MS,
      },
      (result) => {
        if (result !== 'done') dialling.legGone(leg, 'failure');
      },
    );
  }
}
