// What the CTI server believes, asked by a client of its own that nothing comes between; and the sign-outs that it saw.
import { AgentState } from '@poise/ged188';
import { CtiObserver } from '../bench/cti-observer.mjs';

const RETRY_MS = 250;
/** What becomes of a forced LOGOUT with reason 255: signed out with it, or Not Ready for a connection failure. */
const FORCED = { [AgentState.LOGOUT]: [255, 50_002], [AgentState.NOT_READY]: [50_002] };
/** States in which an agent stays without a call; after one he is again in the one before, for the reason that it had. */
const STANDING = [AgentState.LOGOUT, AgentState.NOT_READY, AgentState.AVAILABLE];

export class Belief {
  #port;
  #observer = null;
  #closed = false;
  #opening = false;
  /** Agent → state and reason in which he stood last, and whether a call has come since. */
  #stands = new Map();
  /** Forced sign-outs that nobody has looked at: { agent, at } in order. */
  forced = [];

  constructor(port) {
    this.#port = port;
  }

  /** Resolves with a session; from then on there is always one, as soon as the CTI server gives it. */
  async open() {
    if (this.#opening) return;
    this.#opening = true;
    while (!this.#closed && this.#observer === null) {
      const observer = new CtiObserver(this.#port, (message) => this.#heard(observer, message));
      try {
        this.#observer = await observer.open();
      } catch {
        await new Promise((done) => setTimeout(done, RETRY_MS));
      }
    }
    this.#opening = false;
  }

  close() {
    this.#closed = true;
  }

  /** @throws while the CTI server does not answer */
  async pictureOf(agent) {
    if (this.#observer === null) throw new Error('no session at the CTI server');
    return this.#observer.pictureOf(agent);
  }

  #heard(observer, message) {
    if (message === null && observer === this.#observer) {
      this.#observer = null;
      void this.open();
    }
    if (message === null || message.name !== 'AGENT_STATE_EVENT' || message.fields.MonitorID) return;
    const { AgentID, AgentState: state, EventReasonCode: reason } = message.fields;
    if (this.#isBackFromCall(AgentID, state, reason)) return;
    if (FORCED[state]?.includes(reason)) this.forced.push({ agent: AgentID, at: performance.now(), reason });
  }

  /** Notes the state. @returns whether it is that of before the call, told once more */
  #isBackFromCall(agent, state, reason) {
    const before = this.#stands.get(agent);
    if (!STANDING.includes(state)) {
      if (before !== undefined) before.hasCall = true;
      return false;
    }
    this.#stands.set(agent, { state, reason, hasCall: false });
    return before?.hasCall === true && before.state === state && before.reason === reason;
  }
}
