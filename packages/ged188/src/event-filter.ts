import { CallMsgMask } from './enums/call.ts';
import { ConfigMask, ConfigType } from './enums/configuration.ts';
import { enumName, enumValue } from './enums/names.ts';
import type { EnumName } from './enums/registry.ts';
import { ServiceMask } from './enums/session.ts';
import { type CtiMessage, type MessageName, messageByName } from './message-table.ts';
import type { Service } from './messages/define.ts';

const { CLIENT_EVENTS, ALL_EVENTS, PERIPHERAL_MONITOR } = ServiceMask;
/** Any of the services that bring events of calls and agents. */
const EVENTS = CLIENT_EVENTS | ALL_EVENTS | PERIPHERAL_MONITOR;

/** What a session must have asked for to get a message: one of the services, and the bit of a mask. */
export interface EventNeed {
  /** Any of these; 0: none needed. */
  readonly services: number;
  /** Bit of CallMsgMask. */
  readonly call?: keyof typeof CallMsgMask;
  /** Bit of ConfigMsgMask; counts for updates, not for the upload that was asked for. */
  readonly config?: keyof typeof ConfigMask;
  /** AgentStateMask decides, by the states in the message. */
  readonly agentState?: true;
}

const call = (bit: keyof typeof CallMsgMask, services: number = EVENTS): EventNeed => ({
  services,
  call: bit,
});
const config = (bit: keyof typeof ConfigMask): EventNeed => ({ services: 0, config: bit });

/** Unsolicited messages of the server; what is not listed goes to every session. */
export const EVENT_NEEDS: Partial<Record<MessageName, EventNeed>> = {
  CALL_DELIVERED_EVENT: call('CALL_DELIVERED'),
  CALL_QUEUED_EVENT: call('CALL_QUEUED'),
  CALL_ESTABLISHED_EVENT: call('CALL_ESTABLISHED'),
  CALL_HELD_EVENT: call('CALL_HELD'),
  CALL_RETRIEVED_EVENT: call('CALL_RETRIEVED'),
  CALL_CLEARED_EVENT: call('CALL_CLEARED'),
  CALL_CONNECTION_CLEARED_EVENT: call('CALL_CONNECTION_CLEARED'),
  CALL_ORIGINATED_EVENT: call('CALL_ORIGINATED'),
  CALL_CONFERENCED_EVENT: call('CALL_CONFERENCED'),
  CALL_TRANSFERRED_EVENT: call('CALL_TRANSFERRED'),
  CALL_DIVERTED_EVENT: call('CALL_DIVERTED'),
  CALL_SERVICE_INITIATED_EVENT: call('CALL_SERVICE_INITIATED'),
  CALL_TRANSLATION_ROUTE_EVENT: call('CALL_TRANSLATION_ROUTE', ALL_EVENTS),
  BEGIN_CALL_EVENT: call('BEGIN_CALL'),
  END_CALL_EVENT: call('END_CALL'),
  CALL_DATA_UPDATE_EVENT: call('CALL_DATA_UPDATE'),
  CALL_FAILED_EVENT: call('CALL_FAILED'),
  CALL_REACHED_NETWORK_EVENT: call('CALL_REACHED_NETWORK'),
  CALL_DEQUEUED_EVENT: call('CALL_DEQUEUED'),
  AGENT_PRE_CALL_EVENT: call('AGENT_PRE_CALL'),
  AGENT_PRE_CALL_ABORT_EVENT: call('AGENT_PRE_CALL_ABORT'),
  AGENT_LEGACY_PRE_CALL_EVENT: call('AGENT_LEGACY_PRE_CALL'),
  RTP_STARTED_EVENT: call('RTP_STARTED'),
  RTP_STOPPED_EVENT: call('RTP_STOPPED'),
  AGENT_TEAM_CONFIG_EVENT: call('AGENT_TEAM_CONFIG', EVENTS | ServiceMask.SUPERVISOR),
  CALL_ATTRIBUTE_CHANGE_EVENT: call('CALL_ATTRIBUTE_CHANGE', ALL_EVENTS),
  CALL_TERMINATION_EVENT: call('CALL_TERMINATION'),
  CALL_AGENT_GREETING_EVENT: call('CALL_AGENT_GREETING'),
  NETWORK_RECORDING_STARTED_EVENT: call('NETWORK_RECORDING_STARTED'),
  NETWORK_RECORDING_ENDED_EVENT: call('NETWORK_RECORDING_ENDED'),
  NETWORK_RECORDING_FAILED_EVENT: call('NETWORK_RECORDING_FAILED'),
  NETWORK_RECORDING_TARGET_INFO_EVENT: call('NETWORK_RECORDING_TARGET_INFO'),
  AGENT_STATE_EVENT: { services: EVENTS, agentState: true },
  EMERGENCY_CALL_EVENT: { services: EVENTS | ServiceMask.SUPERVISOR },
  SUPERVISOR_ASSIST_EVENT: { services: EVENTS | ServiceMask.SUPERVISOR },
  CLIENT_SESSION_OPENED_EVENT: { services: ServiceMask.CLIENT_MONITOR },
  CLIENT_SESSION_CLOSED_EVENT: { services: ServiceMask.CLIENT_MONITOR },
  STANDBY_ACTIVE_EVENT: { services: ServiceMask.ACTIVE_STANDBY },
  ACTIVE_MAINTENANCE_REQ: { services: ServiceMask.ACTIVE_STANDBY },
  ACTIVE_MAINTENANCE_EVENT: { services: ServiceMask.ACTIVE_STANDBY },
  CONFIG_SERVICE_EVENT: config('SERVICE'),
  CONFIG_SKILL_GROUP_EVENT: config('SKILL_GROUP'),
  CONFIG_AGENT_EVENT: config('AGENT'),
  CONFIG_DEVICE_EVENT: config('DEVICE'),
  CONFIG_CALL_TYPE_EVENT: config('CALL_TYPE'),
  CONFIG_MRD_EVENT: config('MEDIA_ROUTING_DOMAIN'),
  CONFIG_PERIPHERAL_EVENT: config('PERIPHERAL'),
  CONFIG_AGENT_DESK_SETTINGS_EVENT: config('AGENT_DESK_SETTINGS'),
  CONFIG_TERMINAL_EVENT: config('TERMINAL'),
  CONFIG_AGENT_SERVICE_EVENT: config('AGENT_SERVICE'),
};

/** What a session was granted. */
export interface SessionInterests {
  readonly services: number;
  readonly callMsgMask: number;
  readonly agentStateMask: number;
  readonly configMsgMask: number;
}

const has = (mask: number, bits: number): boolean => (mask & bits) !== 0;

/**
 * True when a session wants an unsolicited message. Whether the message concerns the device of a
 * CLIENT_EVENTS session is for the caller to know.
 *
 * @param update for configuration records: true (default) for an update, false for the requested upload.
 */
export function wantsEvent(interests: SessionInterests, event: CtiMessage, update = true): boolean {
  const need = EVENT_NEEDS[event.name as MessageName];
  if (need === undefined) return wantsConfigFrame(interests, event, update);
  if (need.services !== 0 && !has(interests.services, need.services)) return false;
  if (need.call !== undefined) return has(interests.callMsgMask, CallMsgMask[need.call]);
  if (need.config !== undefined) return !update || has(interests.configMsgMask, ConfigMask[need.config]);
  return need.agentState === undefined || wantsAgentState(interests.agentStateMask, event);
}

/** CONFIG_BEGIN_EVENT of an update names its item by a bit; the upload that was asked for always goes out. */
function wantsConfigFrame(interests: SessionInterests, event: CtiMessage, update: boolean): boolean {
  if (event.name !== 'CONFIG_BEGIN_EVENT' && event.name !== 'CONFIG_END_EVENT') return true;
  if (!update || event.fields.ConfigType === ConfigType.SOLICITED) return true;
  const items = event.fields.ConfigInformation;
  return typeof items !== 'number' || has(interests.configMsgMask, items);
}

/** Agent states without a bit of their own (UNKNOWN) go to whoever wants any state. */
function wantsAgentState(mask: number, event: CtiMessage): boolean {
  for (const state of [event.fields.AgentState, event.fields.SkillGroupState]) {
    if (typeof state !== 'number') continue;
    const name = enumName('AgentState', state);
    const bit = name === undefined ? undefined : enumValue('AgentStateMask', name);
    if (bit === undefined ? mask !== 0 : has(mask, bit)) return true;
  }
  return false;
}

/** The service a request needs, by the service chapter it belongs to. */
const SERVICE_NEEDS: Partial<Record<Service, number>> = {
  callDataUpdate: ServiceMask.CALL_DATA_UPDATE,
  clientControl: ServiceMask.CLIENT_CONTROL,
  peripheralMonitor: ServiceMask.PERIPHERAL_MONITOR,
  clientMonitor: ServiceMask.CLIENT_MONITOR,
  supervisor: ServiceMask.SUPERVISOR,
};

/** Requests whose need differs from that of their chapter. */
const REQUEST_NEEDS: Partial<Record<MessageName, number>> = {
  REGISTER_SERVICE_REQ: ServiceMask.SERVER,
  UNREGISTER_SERVICE_REQ: ServiceMask.SERVER,
  START_RECORDING_CONF: ServiceMask.SERVER,
  STOP_RECORDING_CONF: ServiceMask.SERVER,
};

/**
 * Refusals, which go both ways: a session with the service SERVER answers with them what the server passed on to it
 * (START_RECORDING_REQ).
 */
export const REFUSALS: ReadonlySet<string> = new Set<MessageName>(['FAILURE_CONF', 'CONTROL_FAILURE_CONF']);

/** Services of which a request needs one; 0: none. Otherwise the answer is FUNCTION_NOT_AVAILABLE. */
export function requestNeeds(name: MessageName): number {
  const service = messageByName(name)?.layout?.service;
  return REQUEST_NEEDS[name] ?? (service === undefined ? 0 : (SERVICE_NEEDS[service] ?? 0));
}

/** Masks of OPEN_REQ and the failure each gets for a bit that the version does not know. */
export const OPEN_MASKS = [
  ['ServicesRequested', 'ServiceMask', 'INVALID_SERVICE_MASK'],
  ['CallMsgMask', 'CallMsgMask', 'INVALID_CALL_MSG_MASK'],
  ['AgentStateMask', 'AgentStateMask', 'INVALID_AGENT_STATE_MASK'],
  ['ConfigMsgMask', 'ConfigMask', 'INVALID_CONFIG_MSG_MASK'],
] as const satisfies readonly (readonly [string, EnumName, string])[];
