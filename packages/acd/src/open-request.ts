import { FailureStatus, type OpenRequest, ServiceMask } from '@poise/ged188';
import type { AgentModel } from './agent-model.ts';
import type { Binding } from './client.ts';
import type { Dialect } from './dialect.ts';

/** Who may open a session, and with which services (OPEN_REQ; refusals are FailureStatus values). */

/** What the server can do. Anything else that is asked for is simply not granted. */
const SERVICES_OFFERED =
  ServiceMask.CLIENT_EVENTS |
  ServiceMask.CALL_DATA_UPDATE |
  ServiceMask.CLIENT_CONTROL |
  ServiceMask.CONNECTION_MONITOR |
  ServiceMask.ALL_EVENTS |
  ServiceMask.PERIPHERAL_MONITOR |
  ServiceMask.SUPERVISOR |
  ServiceMask.SERVER |
  ServiceMask.UPDATE_EVENTS |
  ServiceMask.IGNORE_DUPLICATE_AGENT_EVENTS |
  ServiceMask.IGNORE_CONF |
  ServiceMask.ACD_LINE_ONLY;

export type Admission =
  | { readonly ok: true; readonly services: number; readonly binding: Binding | null }
  | { readonly ok: false; readonly status: number };

/** Whether a number names this peripheral. */
export function isOwnPeripheral(id: number, dialect: Dialect): boolean {
  return id === dialect.peripheralId || dialect.peripheralAliases.includes(id);
}

/**
 * Decides on an OPEN_REQ that is right in itself (version, masks, reserved fields, timeout). `heldBy` tells whether another client holds the device.
 */
export function admit(
  request: OpenRequest,
  model: AgentModel,
  dialect: Dialect,
  heldBy: (binding: Binding) => boolean,
): Admission {
  const services = (request.services & SERVICES_OFFERED) >>> 0;
  if (request.peripheralId !== null && !isOwnPeripheral(request.peripheralId, dialect)) {
    return refuse(FailureStatus.INVALID_PERIPHERAL_ID);
  }
  if ((services & ServiceMask.CLIENT_EVENTS) === 0) return { ok: true, services, binding: null };
  const bound = bind(request, model);
  if (typeof bound === 'number') return refuse(bound);
  if (heldBy(bound)) return refuse(FailureStatus.DEVICE_IN_USE);
  if ((services & ServiceMask.SUPERVISOR) !== 0 && !isSupervisor(bound, model)) {
    return refuse(FailureStatus.FUNCTION_NOT_AVAILABLE);
  }
  return { ok: true, services, binding: bound };
}

function bind(request: OpenRequest, model: AgentModel): Binding | number {
  const id = text(request.agentId);
  const instrument = text(request.agentInstrument) ?? text(request.agentExtension);
  const extension = text(request.agentExtension) ?? instrument;
  if (id === null && instrument === null) return FailureStatus.REQUIRED_DATA_MISSING;
  if (extension !== instrument) return FailureStatus.INCONSISTENT_AGENT_DATA;
  if (instrument !== null && !model.roster.hasDevice(instrument)) return FailureStatus.INVALID_AGENT_DATA;
  if (id === null) return { agentId: null, instrument };
  const agent = model.agent(id);
  if (!agent) return FailureStatus.INVALID_AGENT_DATA;
  if (instrument !== null) {
    const holder = model.agentOn(instrument);
    const elsewhere = agent.instrument !== null && agent.instrument !== instrument;
    if (elsewhere || (holder && holder.profile.loginId !== agent.profile.loginId)) {
      return FailureStatus.INCONSISTENT_AGENT_DATA;
    }
  }
  return { agentId: agent.profile.loginId, instrument };
}

function isSupervisor(binding: Binding, model: AgentModel): boolean {
  const agent =
    binding.agentId !== null ? model.agent(binding.agentId) : model.agentOn(binding.instrument ?? '');
  return (agent?.profile.supervisorOf.length ?? 0) > 0;
}

function text(value: string | null): string | null {
  return value === '' ? null : value;
}

function refuse(status: number): Admission {
  return { ok: false, status };
}
