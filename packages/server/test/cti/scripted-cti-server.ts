/**
 * A CTI server for tests: no sockets, no state machine of its own, just what the script says. It answers
 * the opening by itself; agent requests go to `onAgentRequest`, which answers late, twice, wrongly or not at all.
 */
import type { Clock } from '@poise/clock';
import {
  AgentState,
  ConfigEndStatus,
  type CtiMessage,
  type DecodedMessage,
  decode,
  encode,
  type Fields,
  Framer,
  PeripheralType,
  SystemEventID,
} from '@poise/ged188';
import type { CtiSocketEvents, CtiSocketFactory } from '../../src/cti/socket.ts';

export interface ScriptedAgent {
  state: number;
  extension: string;
}

/** A call as the snapshots tell it. */
export interface ScriptedCall {
  readonly callType: number;
  readonly parties: ReadonlyArray<{
    readonly device: string;
    readonly state: number;
    /** DeviceIDType; default AGENT_DEVICE. */
    readonly deviceType?: number;
    /** SilentMonitorStatus; default NORMAL. */
    readonly monitor?: number;
    /** Listed by the device alone: its agent wraps up. */
    readonly over?: boolean;
  }>;
  /** Further fields of SNAPSHOT_CALL_CONF. */
  readonly fields?: Fields;
}

export class ScriptedCtiServer {
  readonly clock: Clock;
  readonly version = 24;
  /** Every request that came, in order. */
  readonly received: DecodedMessage[] = [];
  /** Answers to QUERY_AGENT_STATE_REQ. */
  readonly agents = new Map<string, ScriptedAgent>();
  /** Answers to SNAPSHOT_DEVICE_REQ and SNAPSHOT_CALL_REQ, by call number. */
  readonly calls = new Map<number, ScriptedCall>();
  /** One way, ms. */
  delayMs = 0;
  answersSnapshots = true;
  /** Sent right after OPEN_CONF. */
  replay: ReadonlyArray<readonly [name: string, fields: Fields]> = [];
  /** False: connections are refused. */
  listening = true;
  /** Host of a side from which nothing comes back. */
  blackHole: string | null = null;
  answersConfiguration = true;
  answersQueries = true;
  answersHeartbeats = true;
  /** Answers to QUERY_SKILL_GROUP_STATISTICS_REQ by skill group number; others are refused. */
  readonly figures = new Map<number, Fields>();
  connections = 0;
  onAgentRequest: (request: DecodedMessage) => void = (request) => this.play(request);
  onAgentQuery: (fields: Fields) => void = (fields) => this.query(fields);
  onDeviceSnapshot: (fields: Fields) => void = (fields) => this.snapshotDevice(fields);
  onCallSnapshot: (fields: Fields) => void = (fields) => this.snapshotCall(fields);
  /** Answers OPEN_REQ; by default the session is opened. */
  onOpen: (fields: Fields) => void = (fields) => this.open(fields);
  /** Call control; by default nothing is answered. */
  onCallRequest: (request: DecodedMessage) => void = () => {};
  #events: CtiSocketEvents | null = null;
  #framer = new Framer();

  /** Of the agents' events. */
  readonly peripheralId: number;

  constructor(clock: Clock, peripheralId = 5001) {
    this.clock = clock;
    this.peripheralId = peripheralId;
  }

  readonly connect: CtiSocketFactory = ({ host }, events) => {
    let open = true;
    this.clock.schedule(0, () => {
      if (!open || host === this.blackHole) return;
      if (!this.listening) return events.closed('connection refused');
      this.connections += 1;
      this.#events = events;
      this.#framer = new Framer();
      return events.connected();
    });
    return {
      write: (bytes) => {
        if (!open) return;
        const copy = bytes.slice();
        this.clock.schedule(this.delayMs, () => {
          if (open && this.#events === events) this.#take(copy);
        });
      },
      unsentBytes: 0,
      destroy: () => {
        open = false;
        if (this.#events === events) this.#events = null;
      },
    };
  };

  get connected(): boolean {
    return this.#events !== null;
  }

  /** Ends the connection from this side. */
  drop(reason = 'reset by peer'): void {
    const events = this.#events;
    this.#events = null;
    events?.closed(reason);
  }

  send(name: string, fields: Fields): void {
    const bytes = encode({ name, fields } as CtiMessage, this.version);
    const events = this.#events;
    if (this.delayMs === 0) events?.data(bytes);
    else
      this.clock.schedule(this.delayMs, () => {
        if (this.#events === events) events?.data(bytes);
      });
  }

  confirm(request: DecodedMessage): void {
    this.send('SET_AGENT_STATE_CONF', { InvokeID: request.fields.InvokeID });
  }

  refuse(request: DecodedMessage, code: number): void {
    this.send('CONTROL_FAILURE_CONF', {
      InvokeID: request.fields.InvokeID,
      FailureCode: code,
      PeripheralErrorCode: 0,
    });
  }

  raw(bytes: Uint8Array): void {
    this.#events?.data(bytes);
  }

  event(agentId: string, state: number, extension: string, reason = 0, more: Fields = {}): void {
    if (state === AgentState.LOGOUT) this.agents.delete(agentId);
    else this.agents.set(agentId, { state, extension });
    this.send('AGENT_STATE_EVENT', {
      MonitorID: 0,
      PeripheralID: this.peripheralId,
      SessionID: 0,
      PeripheralType: PeripheralType.ENTERPRISE_AGENT,
      SkillGroupState: state,
      StateDuration: 0,
      SkillGroupNumber: 85881,
      SkillGroupID: 5006,
      SkillGroupPriority: 0,
      AgentState: state,
      EventReasonCode: reason,
      MRDID: 1,
      NumTasks: 0,
      AgentMode: 1,
      MaxTaskLimit: 1,
      ICMAgentID: 5001,
      AgentAvailabilityStatus: 0,
      AgentID: agentId,
      AgentExtension: extension,
      AgentInstrument: extension,
      ...more,
    });
  }

  /** What a well-behaved server does: confirmation, then the event. */
  play(request: DecodedMessage): void {
    const { AgentID, AgentState: wanted, AgentInstrument, EventReasonCode } = request.fields;
    this.confirm(request);
    const state = wanted === AgentState.LOGIN ? AgentState.NOT_READY : (wanted as number);
    const reason = wanted === AgentState.LOGIN ? 0 : (EventReasonCode as number);
    this.event(String(AgentID), state, String(AgentInstrument).split(';', 1)[0]!, reason);
  }

  #take(bytes: Uint8Array): void {
    for (const frame of this.#framer.push(bytes)) this.#request(decode(frame, this.version));
  }

  #request(request: DecodedMessage): void {
    const { name, fields } = request;
    this.received.push(request);
    switch (name) {
      case 'OPEN_REQ':
        this.onOpen(fields);
        break;
      case 'HEARTBEAT_REQ':
        if (this.answersHeartbeats) this.send('HEARTBEAT_CONF', { InvokeID: fields.InvokeID });
        break;
      case 'CONFIG_REQUEST_EVENT':
        if (this.answersConfiguration)
          this.send('CONFIG_END_EVENT', { ConfigEndStatus: ConfigEndStatus.SUCCESS });
        break;
      case 'QUERY_AGENT_STATE_REQ':
        if (this.answersQueries) this.onAgentQuery(fields);
        break;
      case 'QUERY_SKILL_GROUP_STATISTICS_REQ':
        this.#figures(fields);
        break;
      case 'SET_AGENT_STATE_REQ':
        this.onAgentRequest(request);
        break;
      case 'SNAPSHOT_DEVICE_REQ':
        if (this.answersSnapshots) this.onDeviceSnapshot(fields);
        break;
      case 'SNAPSHOT_CALL_REQ':
        if (this.answersSnapshots) this.onCallSnapshot(fields);
        break;
      case 'CLOSE_REQ':
        this.send('CLOSE_CONF', { InvokeID: fields.InvokeID });
        break;
      default:
        this.onCallRequest(request);
    }
  }

  open({ InvokeID, ServicesRequested }: Fields): void {
    this.send('OPEN_CONF', {
      InvokeID,
      ServicesGranted: ServicesRequested,
      MonitorID: 0,
      PGStatus: 0,
      ICMCentralControllerTime: 0,
      PeripheralOnline: 1,
      PeripheralType: PeripheralType.ENTERPRISE_AGENT,
      AgentState: AgentState.UNKNOWN,
    });
    this.peripheral(true);
    for (const [sent, with_] of this.replay) this.send(sent, with_);
  }

  snapshotDevice({ InvokeID, AgentInstrument }: Fields): void {
    const calls: Fields[] = [];
    for (const [id, call] of this.calls) {
      const party = call.parties.find(({ device }) => device === AgentInstrument);
      if (party === undefined) continue;
      calls.push({
        CallConnectionCallID: id,
        CallConnectionDeviceIDType: 0,
        CallConnectionDeviceID: party.device,
        CallState: party.over ? 0 : party.state,
        SilentMonitorStatus: party.monitor ?? 0,
      });
    }
    this.send('SNAPSHOT_DEVICE_CONF', { InvokeID, NumCalls: calls.length, calls });
  }

  snapshotCall({ InvokeID, ConnectionCallID }: Fields): void {
    const call = this.calls.get(ConnectionCallID as number);
    if (call === undefined) {
      this.send('CONTROL_FAILURE_CONF', { InvokeID, FailureCode: 13, PeripheralErrorCode: 0 });
      return;
    }
    const callDevices = call.parties
      .filter(({ over }) => !over)
      .map(({ device, state, deviceType }) => ({
        CallConnectionCallID: ConnectionCallID,
        CallConnectionDeviceIDType: 0,
        CallConnectionDeviceID: device,
        CallDeviceType: deviceType ?? 76,
        CallDeviceID: device,
        CallDeviceConnectionState: state,
      }));
    this.send('SNAPSHOT_CALL_CONF', {
      InvokeID,
      CallType: call.callType,
      NumCTIClients: 0,
      NumCallDevices: callDevices.length,
      callDevices,
      ...call.fields,
    });
  }

  /** The answer to a query; `told`: whom it is about. */
  query(fields: Fields, told: string = String(fields.AgentID)): void {
    const agent = this.agents.get(told);
    this.send('QUERY_AGENT_STATE_CONF', {
      InvokeID: fields.InvokeID,
      AgentState: agent?.state ?? AgentState.LOGOUT,
      MRDID: 1,
      NumTasks: 0,
      AgentMode: 1,
      MaxTaskLimit: 1,
      ICMAgentID: 5001,
      AgentAvailabilityStatus: 0,
      AgentID: told,
      ...(agent === undefined ? {} : { AgentExtension: agent.extension, AgentInstrument: agent.extension }),
    });
  }

  #figures({ InvokeID, SkillGroupNumber }: Fields): void {
    const figures = this.figures.get(Number(SkillGroupNumber));
    if (figures === undefined) this.send('FAILURE_CONF', { InvokeID, Status: 12 });
    else this.send('QUERY_SKILL_GROUP_STATISTICS_CONF', { InvokeID, SkillGroupNumber, ...figures });
  }

  /** Tells that the peripheral went or came. */
  peripheral(online: boolean): void {
    this.send('SYSTEM_EVENT', {
      PGStatus: online ? 0 : 4,
      ICMCentralControllerTime: 0,
      SystemEventID: online ? SystemEventID.PERIPHERAL_ONLINE : SystemEventID.PERIPHERAL_OFFLINE,
      SystemEventArg1: 5001,
      SystemEventArg2: 0,
      SystemEventArg3: 0,
      EventDeviceType: 0xffff,
    });
  }
}
