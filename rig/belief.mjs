// What the CTI server believes, asked by a client of its own that nothing comes between; and the sign-outs that it saw.
import { AgentState } from '@poise/ged188';
import { CtiObserver } from '../bench/cti-observer.mjs';

const RETRY_MS = 250;
/** What becomes of a forced LOGOUT with reason 255: signed out with it, or Not Ready for a connection failure. */
const FORCED = { [AgentState.LOGOUT]: [255, 50_002], [AgentState.NOT_READY]: [50_002] };
/** States in which an agent stays without a call; after one he is again in the one before, for the reason that it had. */
const STANDING = [AgentState.LOGOUT, AgentState.NOT_READY, AgentState.AVAILABLE];
/** Changes of state that are remembered of each agent. */
const REMEMBERED = 100;

/** What an agent may do with a call (objects.md 3.6, CCE; the rig has no consult calls and no conferences), by the own state. */
const ACTIONS = {
  ALERTING: ['ANSWER'],
  ACTIVE: ['CONSULT_CALL', 'DROP', 'HOLD', 'SEND_DTMF', 'TRANSFER_SST', 'UPDATE_CALL_DATA'],
  FAILED: ['DROP'],
  HELD: ['DROP', 'RETRIEVE', 'UPDATE_CALL_DATA'],
  INITIATING: ['DROP', 'UPDATE_CALL_DATA'],
  WRAP_UP: ['UPDATE_CALL_DATA'],
};
/** The same, also, for a held call beside an active one. */
const ACTIONS_BESIDE_ACTIVE = ['CONFERENCE', 'TRANSFER'];

export class Belief {
  #port;
  #observer = null;
  #closed = false;
  #opening = false;
  /** Agent → state and reason in which he stood last, and whether a call has come since. */
  #stands = new Map();
  /** Agent → { at, standing } of the last changes of his state. */
  #changes = new Map();
  /** Since when no event has been missed, ms. */
  #hearsSince = 0;
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
        this.#hearsSince = performance.now();
      } catch {
        await new Promise((done) => setTimeout(done, RETRY_MS));
      }
    }
    this.#opening = false;
  }

  close() {
    this.#closed = true;
  }

  /**
   * State, calls with what may be done with them, and the states of others, as lines of text.
   *
   * @param desk { agent, extension }
   * @param members agents whose states belong to the picture, for supervisors
   * @throws while the CTI server does not answer
   */
  async pictureOf({ agent, extension }, members = []) {
    const observer = this.#observer;
    if (observer === null) throw new Error('no session at the CTI server');
    const [picture, ...states] = await Promise.all([
      observer.pictureOf(agent, extension),
      ...members.map((member) => observer.stateOf(member)),
    ]);
    const [state, ...calls] = picture.split('\n');
    return [
      state,
      // Whoever is signed out has no phone; what rings there is not his.
      ...(state === 'LOGOUT' ? [] : withActions(calls, extension)),
      ...members.map((member, i) => memberLine(member, states[i])),
    ].join('\n');
  }

  /** The reason of the state that the agent stands in, and since when, ms; null: not known, or in a call. */
  reasonOf(agent) {
    const stands = this.#stands.get(agent);
    return stands === undefined || stands.hasCall || stands.state === AgentState.AVAILABLE ? null : stands;
  }

  /** Whether the agent was in a call, or wrapped one up, at any time between the two; null: not known. */
  wasBusy(agent, from, to) {
    let busy = false;
    for (const { at, standing } of this.#changes.get(agent) ?? []) {
      if (at <= from) busy = !standing;
      else if (at <= to) busy ||= !standing;
    }
    return busy || this.#hearsSince <= from ? busy : null;
  }

  #heard(observer, message) {
    if (message === null && observer === this.#observer) {
      this.#observer = null;
      // What comes now is not heard.
      this.#hearsSince = Number.POSITIVE_INFINITY;
      this.#stands.clear();
      void this.open();
    }
    if (message === null || message.name !== 'AGENT_STATE_EVENT' || message.fields.MonitorID) return;
    const { AgentID, AgentState: state, EventReasonCode: reason } = message.fields;
    const at = performance.now();
    const changes = this.#changes.get(AgentID) ?? [];
    this.#changes.set(AgentID, changes);
    changes.push({ at, standing: STANDING.includes(state) });
    if (changes.length > REMEMBERED) changes.shift();
    if (this.#isBackFromCall(AgentID, state, reason, at)) return;
    if (FORCED[state]?.includes(reason)) this.forced.push({ agent: AgentID, at, reason });
  }

  /** Notes the state. @returns whether it is that of before the call, told once more */
  #isBackFromCall(agent, state, reason, at) {
    const before = this.#stands.get(agent);
    if (!STANDING.includes(state)) {
      if (before !== undefined) before.hasCall = true;
      return false;
    }
    this.#stands.set(agent, { state, reason, at, hasCall: false });
    return before?.hasCall === true && before.state === state && before.reason === reason;
  }
}

/** A member of a team, as a line. */
export const memberLine = (member, state) => `member ${member}: ${state}`;

/** Lines of calls, with the actions of the agent at the extension at the end. */
function withActions(calls, extension) {
  const owns = calls.map((line) => new RegExp(`[ ]${extension} (\\w+)`).exec(line)?.[1]);
  return calls.map((line, i) => {
    const besideActive = owns[i] === 'HELD' && owns.some((own, k) => k !== i && own === 'ACTIVE');
    const actions = [...(ACTIONS[owns[i]] ?? []), ...(besideActive ? ACTIONS_BESIDE_ACTIVE : [])];
    return `${line}; ${actions.sort().join('+')}`;
  });
}
