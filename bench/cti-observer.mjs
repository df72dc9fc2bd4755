// A GED-188 client that takes part in nothing: it asks the CTI server how everything is, by queries and snapshots.
import {
  AgentState,
  ConnectionDeviceIDType,
  DeviceIDType,
  LocalConnectionState,
  message,
} from '@poise/ged188';
import { openCtiSession } from './cti-client.mjs';

const PERIPHERAL = 5001;

/** AgentState and LocalConnectionState in words of Finesse. */
export const STATES = {
  [AgentState.LOGOUT]: 'LOGOUT',
  [AgentState.NOT_READY]: 'NOT_READY',
  [AgentState.AVAILABLE]: 'READY',
  [AgentState.RESERVED]: 'RESERVED',
  [AgentState.TALKING]: 'TALKING',
  [AgentState.HOLD]: 'HOLD',
  [AgentState.WORK_NOT_READY]: 'WORK',
  [AgentState.WORK_READY]: 'WORK_READY',
};
const LEGS = {
  [LocalConnectionState.NULL]: 'WRAP_UP',
  [LocalConnectionState.INITIATE]: 'INITIATING',
  [LocalConnectionState.ALERTING]: 'ALERTING',
  [LocalConnectionState.CONNECT]: 'ACTIVE',
  [LocalConnectionState.HOLD]: 'HELD',
  [LocalConnectionState.QUEUED]: 'QUEUED',
  [LocalConnectionState.FAIL]: 'FAILED',
};

export class CtiObserver {
  #waiting = new Map();
  #port;
  #onEvent;

  /**
   * @param port of a side of the CTI server
   * @param onEvent called with each message that answers nothing, and with `null` when the session is over
   */
  constructor(port, onEvent = () => {}) {
    this.#port = port;
    this.#onEvent = onEvent;
  }

  async open() {
    this.session = await openCtiSession(this.#port, (event) => {
      if (event.type === 'message' && event.answers) this.#answer(event.answers.invokeId, event.message);
      else if (event.type === 'message') this.#onEvent(event.message);
      else if (event.type === 'unanswered') this.#answer(event.request.invokeId, null);
      else if (event.type === 'lost') this.#onEvent(null);
    });
    return this;
  }

  #answer(invokeId, came) {
    const waiting = this.#waiting.get(invokeId);
    this.#waiting.delete(invokeId);
    if (came === null) waiting?.fail(new Error('the CTI server leaves a request unanswered'));
    else waiting?.done(came);
  }

  ask(name, fields) {
    return new Promise((done, fail) => {
      const id = this.session.request(message(name, { PeripheralID: PERIPHERAL, ...fields }));
      if (id === null) fail(new Error(`${name} cannot be sent`));
      else this.#waiting.set(id, { done, fail });
    });
  }

  /** State of an agent, in words of Finesse. */
  async stateOf(agentId) {
    const { fields } = await this.ask('QUERY_AGENT_STATE_REQ', { MRDID: 1, ICMAgentID: 0, AgentID: agentId });
    return STATES[fields.AgentState];
  }

  /** State of an agent and the calls at the agent's phone, as lines of text (see served-picture.mjs). */
  async pictureOf(agentId, extension = agentId) {
    const state = await this.stateOf(agentId);
    const snapshot = await this.ask('SNAPSHOT_DEVICE_REQ', {
      SnapshotDeviceType: DeviceIDType.AGENT_DEVICE,
      AgentInstrument: extension,
    });
    const calls = [];
    for (const { CallConnectionCallID: id, CallState: own } of snapshot.fields.calls ?? []) {
      const call = await this.ask('SNAPSHOT_CALL_REQ', {
        ConnectionCallID: id,
        ConnectionDeviceIDType: ConnectionDeviceIDType.STATIC,
        ConnectionDeviceID: extension,
      });
      const parties = (call.fields.callDevices ?? [])
        .filter((party) => LEGS[party.CallDeviceConnectionState] !== 'QUEUED')
        .map((party) => `${party.CallDeviceID} ${LEGS[party.CallDeviceConnectionState]}`);
      if (LEGS[own] === 'WRAP_UP') parties.push(`${extension} WRAP_UP`);
      calls.push(`${id}: ${parties.sort().join(', ')}; ${call.fields.CallVariable1 ?? ''}`);
    }
    return [state, ...calls.sort()].join('\n');
  }
}
