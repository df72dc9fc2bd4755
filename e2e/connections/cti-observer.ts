/** A foreign CTI client that takes part in nothing: it asks the CTI server how everything is, by queries and snapshots. */
import {
  AgentState,
  ConnectionDeviceIDType,
  type CtiMessage,
  type DecodedMessage,
  DeviceIDType,
  LocalConnectionState,
  type MessageName,
  message,
  type NamedVariable,
} from '@poise/ged188';
import { eventually } from './deadline.ts';
import { Ged188Connection } from './ged188.ts';

const PERIPHERAL = 5001;

/** What is known of an agent, in words of Finesse, from either side. */
export interface Picture {
  readonly state: string;
  readonly extension: string;
  /** By number of the call. */
  readonly calls: Readonly<Record<string, CallPicture>>;
}

export interface CallPicture {
  /** State of each party by its address; those that have left are not listed. */
  readonly parties: Readonly<Record<string, string>>;
  /** Names and values of the variables that are set; wrapUpReason among them. */
  readonly variables: Readonly<Record<string, string>>;
}

/** AgentState in words of Finesse. */
const STATES: Readonly<Record<number, string>> = {
  [AgentState.LOGOUT]: 'LOGOUT',
  [AgentState.NOT_READY]: 'NOT_READY',
  [AgentState.AVAILABLE]: 'READY',
  [AgentState.RESERVED]: 'RESERVED',
  [AgentState.TALKING]: 'TALKING',
  [AgentState.HOLD]: 'HOLD',
  [AgentState.WORK_NOT_READY]: 'WORK',
  [AgentState.WORK_READY]: 'WORK_READY',
};

/** LocalConnectionState in words of Finesse; a call without a connection at the phone is being wrapped up. */
const LEGS: Readonly<Record<number, string>> = {
  [LocalConnectionState.NULL]: 'WRAP_UP',
  [LocalConnectionState.INITIATE]: 'INITIATING',
  [LocalConnectionState.ALERTING]: 'ALERTING',
  [LocalConnectionState.CONNECT]: 'ACTIVE',
  [LocalConnectionState.HOLD]: 'HELD',
  [LocalConnectionState.QUEUED]: 'QUEUED',
  [LocalConnectionState.FAIL]: 'FAILED',
};

const leg = (state: unknown): string => LEGS[Number(state)] ?? `state ${String(state)}`;

export class CtiObserver {
  readonly #connection: Ged188Connection;
  readonly #answers = new Map<number, (answer: DecodedMessage) => void>();
  #invokeId = 100;
  /** Every event since the beginning. */
  readonly events: DecodedMessage[] = [];

  private constructor(connection: Ged188Connection) {
    this.#connection = connection;
    void this.#read();
  }

  static async open(port: number): Promise<CtiObserver> {
    return new CtiObserver(await (await Ged188Connection.connect(port)).open());
  }

  close(): void {
    this.#connection.close();
  }

  /** Sends a request. @returns its one answer, a refusal too */
  ask(name: MessageName, fields: CtiMessage['fields']): Promise<DecodedMessage> {
    const id = ++this.#invokeId;
    this.#connection.send(message(name, { InvokeID: id, ...fields }));
    let answer: DecodedMessage | undefined;
    this.#answers.set(id, (came) => {
      answer = came;
    });
    return eventually(`the answer to ${name}`, () => answer);
  }

  /** What the CTI server knows of an agent and of the calls at the agent's phone. */
  async pictureOf(agentId: string): Promise<Picture> {
    const { fields } = await this.ask('QUERY_AGENT_STATE_REQ', {
      PeripheralID: PERIPHERAL,
      MRDID: 1,
      ICMAgentID: 0,
      AgentID: agentId,
    });
    const state = STATES[Number(fields['AgentState'])] ?? `state ${String(fields['AgentState'])}`;
    if (state === 'LOGOUT') return { state, extension: '', calls: {} };
    const extension = String(fields['AgentExtension'] ?? '');
    return { state, extension, calls: await this.callsAt(extension) };
  }

  async callsAt(extension: string): Promise<Readonly<Record<string, CallPicture>>> {
    const device = await this.ask('SNAPSHOT_DEVICE_REQ', {
      PeripheralID: PERIPHERAL,
      SnapshotDeviceType: DeviceIDType.AGENT_DEVICE,
      AgentInstrument: extension,
    });
    const calls: Record<string, CallPicture> = {};
    for (const call of groupOf(device, 'calls')) {
      const id = Number(call['CallConnectionCallID']);
      const answer = await this.ask('SNAPSHOT_CALL_REQ', {
        PeripheralID: PERIPHERAL,
        ConnectionCallID: id,
        ConnectionDeviceIDType: ConnectionDeviceIDType.STATIC,
        ConnectionDeviceID: extension,
      });
      // It may have ended between the two questions.
      if (answer.name !== 'SNAPSHOT_CALL_CONF') continue;
      const parties: Record<string, string> = {};
      if (leg(call['CallState']) === 'WRAP_UP') parties[extension] = 'WRAP_UP';
      // A queue is no party of a dialog.
      for (const party of groupOf(answer, 'callDevices'))
        if (leg(party['CallDeviceConnectionState']) !== 'QUEUED')
          parties[String(party['CallDeviceID'])] = leg(party['CallDeviceConnectionState']);
      calls[String(id)] = { parties, variables: variablesOf(answer) };
    }
    return calls;
  }

  async #read(): Promise<void> {
    for (;;) {
      try {
        const came = await this.#connection.next(3_600_000);
        const answered = this.#answers.get(Number(came.fields['InvokeID']));
        if (answered) {
          this.#answers.delete(Number(came.fields['InvokeID']));
          answered(came);
        } else this.events.push(came);
      } catch {
        return;
      }
    }
  }
}

type Row = Readonly<Record<string, unknown>>;
const groupOf = ({ fields }: DecodedMessage, name: string): readonly Row[] => (fields[name] ?? []) as Row[];

function variablesOf(answer: DecodedMessage): Record<string, string> {
  const variables: Record<string, string> = {};
  for (let n = 1; n <= 10; n++) {
    const value = answer.fields[`CallVariable${n}`];
    if (value !== undefined && value !== '') variables[`callVariable${n}`] = String(value);
  }
  const wrapUp = answer.fields['CallWrapupData'];
  if (wrapUp !== undefined && wrapUp !== '') variables['wrapUpReason'] = String(wrapUp);
  for (const row of groupOf(answer, 'namedVariables')) {
    const { name, value } = row['NamedVariable'] as NamedVariable;
    variables[name.startsWith('user.') ? name : `user.${name}`] = value;
  }
  return variables;
}
