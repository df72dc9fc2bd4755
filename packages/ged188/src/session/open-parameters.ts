import { knownBits } from '../enums/names.ts';
import { ServiceMask } from '../enums/session.ts';
import { type CtiMessage, message } from '../message-table.ts';
import { NONE_UINT, VERSION_DEFAULT, VERSION_FALLBACKS } from '../version.ts';

/** What a client asks for when it opens a session (OPEN_REQ). */
export interface OpenParameters {
  readonly clientId: string;
  /** Present on the wire even when empty. */
  readonly clientPassword?: string;
  /** Two clients with the same id and signature end each other's sessions. */
  readonly clientSignature?: string;
  /** Bits of ServiceMask. */
  readonly services: number;
  /** Services without which the session is of no use; default: event and control services asked for. */
  readonly servicesRequired?: number;
  /** First version to try; default 24. After INVALID_VERSION: `versionFallbacks` below it. */
  readonly version?: number;
  readonly versionFallbacks?: readonly number[];
  /** 0xffffffff (default): not tied to one peripheral. */
  readonly peripheralId?: number;
  /** Default: every bit that the version knows. */
  readonly callMsgMask?: number;
  readonly agentStateMask?: number;
  readonly configMsgMask?: number;
  readonly agentExtension?: string;
  readonly agentId?: string;
  readonly agentInstrument?: string;
}

/** The services a client that serves many agents asks for: all events, control, call data, supervision. */
export const BRIDGE_SERVICES =
  ServiceMask.SUPERVISOR | ServiceMask.ALL_EVENTS | ServiceMask.CLIENT_CONTROL | ServiceMask.CALL_DATA_UPDATE;

const ESSENTIAL = ServiceMask.CLIENT_EVENTS | ServiceMask.ALL_EVENTS | ServiceMask.CLIENT_CONTROL;

/** The services that must be granted. */
export const servicesRequired = (open: OpenParameters): number =>
  open.servicesRequired ?? (open.services & ESSENTIAL) >>> 0;

/** Versions in the order in which they are tried. */
export function versionsToTry(open: OpenParameters): number[] {
  const first = open.version ?? VERSION_DEFAULT;
  return [first, ...(open.versionFallbacks ?? VERSION_FALLBACKS).filter((version) => version < first)];
}

/** OPEN_REQ of a client. The masks hold only bits that the version knows: servers refuse any other. */
export function openRequest(
  open: OpenParameters,
  version: number,
  invokeId: number,
  idleTimeoutSeconds: number,
): CtiMessage {
  return message('OPEN_REQ', {
    InvokeID: invokeId,
    VersionNumber: version,
    IdleTimeout: idleTimeoutSeconds,
    PeripheralID: open.peripheralId ?? NONE_UINT,
    ServicesRequested: open.services,
    CallMsgMask: open.callMsgMask ?? knownBits('CallMsgMask', version),
    AgentStateMask: open.agentStateMask ?? knownBits('AgentStateMask', version),
    ConfigMsgMask: open.configMsgMask ?? knownBits('ConfigMask', version),
    ClientID: open.clientId,
    ClientPassword: open.clientPassword ?? '',
    ClientSignature: open.clientSignature ?? '',
    ...(open.agentExtension === undefined ? {} : { AgentExtension: open.agentExtension }),
    ...(open.agentId === undefined ? {} : { AgentID: open.agentId }),
    ...(open.agentInstrument === undefined ? {} : { AgentInstrument: open.agentInstrument }),
  });
}
