import { decode } from '../decode.ts';
import { FailureStatus } from '../enums/failure.ts';
import { knownBits } from '../enums/names.ts';
import { ServiceMask, type SessionType } from '../enums/session.ts';
import { Ged188Error } from '../error.ts';
import { OPEN_MASKS } from '../event-filter.ts';
import type { MessageOf } from '../message-table.ts';
import { openRequestVersion } from '../open-request.ts';
import { textOf } from '../text.ts';
import { isSupportedVersion, NONE_UINT } from '../version.ts';

/** What a client asked for with OPEN_REQ, checked as far as the message itself allows. */
export interface OpenRequest {
  readonly version: number;
  /** Seconds; null: the client never sends heartbeats. */
  readonly idleTimeoutSeconds: number | null;
  /** Null: not tied to a peripheral. */
  readonly peripheralId: number | null;
  readonly services: number;
  readonly callMsgMask: number;
  readonly agentStateMask: number;
  readonly configMsgMask: number;
  readonly clientId: string;
  readonly clientPassword: string;
  readonly clientSignature: string;
  readonly agentExtension: string | null;
  readonly agentId: string | null;
  readonly agentInstrument: string | null;
}

/** A peripheral as told in OPEN_CONF and the SYSTEM_EVENTs after it. */
export interface PeripheralState {
  readonly id: number;
  readonly online: boolean;
  readonly multiline?: boolean;
}

/** The owner's answer to an OPEN_REQ. */
export type OpenDecision =
  | {
      readonly ok: true;
      /** Services granted; default: all that were asked for. */
      readonly services?: number;
      readonly monitorId?: number;
      /** Bits of PGStatus; default 0. */
      readonly pgStatus?: number;
      readonly peripheralOnline?: boolean;
      readonly peripheralType?: number;
      /** State of the agent whom the session is bound to; default UNKNOWN. */
      readonly agentState?: number;
      readonly departmentId?: number;
      /** Default: ACTIVE. */
      readonly sessionType?: (typeof SessionType)[keyof typeof SessionType];
      readonly peripherals?: readonly PeripheralState[];
      readonly agentExtension?: string;
      readonly agentId?: string;
      readonly agentInstrument?: string;
    }
  | {
      readonly ok?: false;
      /** FailureStatus: 7, 8, 10, 12, 15, 32, 36, 92, 107 … */
      readonly refuse: number;
    };

/** Seconds below which IdleTimeout is refused. */
export const IDLE_TIMEOUT_MIN_SECONDS = 20;

/**
 * Reads and checks an OPEN_REQ: version, layout, idle timeout, reserved fields, masks, the device of a
 * CLIENT_EVENTS session.
 *
 * @returns the request, or the FailureStatus to refuse it with.
 * @throws Ged188Error when not even the version can be read.
 */
export function checkOpenRequest(frame: Uint8Array): OpenRequest | { readonly refuse: number } {
  const version = openRequestVersion(frame);
  if (!isSupportedVersion(version)) return { refuse: FailureStatus.INVALID_VERSION };
  let fields: MessageOf<'OPEN_REQ'>['fields'];
  try {
    // Newer clients may name themselves with tags that no public table has.
    const options = { strict: true, skipUnexpectedTags: true };
    fields = (decode(frame, version, options) as unknown as MessageOf<'OPEN_REQ'>).fields;
  } catch (error) {
    if (!(error instanceof Ged188Error)) throw error;
    return { refuse: error.status ?? FailureStatus.BAD_MESSAGE_FORMAT };
  }
  const idle = fields.IdleTimeout ?? 0;
  if (idle < IDLE_TIMEOUT_MIN_SECONDS) return { refuse: FailureStatus.INVALID_TIMEOUT };
  if (fields.Reserved1 !== 0 || fields.Reserved2 !== 0 || fields.Reserved3 !== 0) {
    return { refuse: FailureStatus.INVALID_RESERVED_FIELD };
  }
  for (const [field, mask, failure] of OPEN_MASKS) {
    if (((fields[field] ?? 0) & ~knownBits(mask, version)) !== 0) return { refuse: FailureStatus[failure] };
  }
  const request: OpenRequest = {
    version,
    idleTimeoutSeconds: idle === NONE_UINT ? null : idle,
    peripheralId: fields.PeripheralID === NONE_UINT ? null : (fields.PeripheralID ?? null),
    services: fields.ServicesRequested ?? 0,
    callMsgMask: fields.CallMsgMask ?? 0,
    agentStateMask: fields.AgentStateMask ?? 0,
    configMsgMask: fields.ConfigMsgMask ?? 0,
    clientId: fields.ClientID ?? '',
    clientPassword: textOf(fields.ClientPassword) ?? '',
    clientSignature: fields.ClientSignature ?? '',
    agentExtension: fields.AgentExtension ?? null,
    agentId: fields.AgentID ?? null,
    agentInstrument: fields.AgentInstrument ?? null,
  };
  return deviceFailure(request) ?? request;
}

/** A CLIENT_EVENTS session is bound to one device: its peripheral and one of extension, id, instrument. */
function deviceFailure(request: OpenRequest): { refuse: number } | null {
  if ((request.services & ServiceMask.CLIENT_EVENTS) === 0) return null;
  if (request.peripheralId === null) return { refuse: FailureStatus.INVALID_PERIPHERAL_ID };
  const device = request.agentExtension ?? request.agentId ?? request.agentInstrument;
  return device === null ? { refuse: FailureStatus.REQUIRED_DATA_MISSING } : null;
}

/** Two sessions of the same client: the newer one ends the older with NEW_SESSION_OPENED. */
export const sameClient = (
  a: Pick<OpenRequest, 'clientId' | 'clientSignature'>,
  b: Pick<OpenRequest, 'clientId' | 'clientSignature'>,
): boolean => a.clientId === b.clientId && a.clientSignature === b.clientSignature;
