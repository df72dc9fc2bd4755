// What the CTI server believes, asked by a client of its own that nothing comes between; and the sign-outs that it saw.
import { AgentState } from '@poise/ged188';
import { CtiObserver } from '../bench/cti-observer.mjs';

const RETRY_MS = 250;
/** What becomes of a forced LOGOUT with reason 255: signed out with it, or Not Ready for a connection failure. */
const FORCED = { [AgentState.LOGOUT]: [255, 50_002], [AgentState.NOT_READY]: [50_002] };

export class Belief {
  #port;
  #observer = null;
  #closed = false;
  /** Forced sign-outs that nobody has looked at: { agent, at } in order. */
  forced = [];

  constructor(port) {
    this.#port = port;
  }

  async open() {
    while (!this.#closed) {
      try {
        this.#observer = await new CtiObserver(this.#port, (message) => this.#heard(message)).open();
        return;
      } catch {
        await new Promise((done) => setTimeout(done, RETRY_MS));
      }
    }
  }

  close() {
    this.#closed = true;
  }

  /** @throws while the CTI server does not answer */
  async pictureOf(agent) {
    if (this.#observer === null) throw new Error('no session at the CTI server');
    return this.#observer.pictureOf(agent);
  }

  #heard(message) {
    if (message === null) {
      this.#observer = null;
      void this.open();
      return;
    }
    if (message.name !== 'AGENT_STATE_EVENT' || message.fields.MonitorID) return;
    const { AgentID, AgentState: state, EventReasonCode: reason } = message.fields;
    if (FORCED[state]?.includes(reason)) this.forced.push({ agent: AgentID, at: performance.now(), reason });
  }
}
