import {
  Broadcast,
  type CtiMessage,
  FailureStatus,
  ServiceMask,
  type SessionInterests,
  wantsEvent,
} from '@poise/ged188';
import type { AgentChange } from './agent-model.ts';
import type { CallCopy } from './call-copies.ts';
import { type Binding, type CtiClient, hasService } from './client.ts';
import { VariableRegistrations } from './variable-registrations.ts';

/**
 * Who gets which event: ALL_EVENTS clients everything, CLIENT_EVENTS clients their device, monitors what
 * they watch. Lookups only; an event never walks clients that do not care.
 */

/** What a monitor watches. */
export type MonitorTarget =
  | { readonly kind: 'team'; readonly id: number }
  | { readonly kind: 'device'; readonly id: string }
  | { readonly kind: 'call'; readonly id: number };

/** Which events of its target a monitor repeats. */
export interface MonitorMasks {
  readonly callMsgMask: number;
  readonly agentStateMask: number;
}

/** A monitor started by a client: events of one team, device or call, repeated with its MonitorID. */
export interface Monitor {
  readonly id: number;
  readonly client: CtiClient;
  readonly target: MonitorTarget;
  callMsgMask: number;
  agentStateMask: number;
}

/** Most monitors of one client. */
const MONITORS_PER_CLIENT_MAX = 1000;
/** From this version on CALL_DATA_UPDATE_EVENT carries every expanded variable. */
const ALL_NAMED_VARIABLES_SINCE = 22;

export class EventRouter {
  /** Which call variables the events of a client carry. */
  readonly variables = new VariableRegistrations();
  readonly #clients = new Set<CtiClient>();
  readonly #all = new Set<CtiClient>();
  /** By {@link identity}. */
  readonly #byIdentity = new Map<string, CtiClient>();
  readonly #byAgent = new Map<string, CtiClient>();
  readonly #byInstrument = new Map<string, CtiClient>();
  readonly #monitors = new Map<number, Monitor>();
  /** By {@link keyOf}. */
  readonly #monitorsByKey = new Map<string, Set<Monitor>>();
  readonly #monitorsOf = new Map<CtiClient, Set<Monitor>>();
  #nextMonitor = 1;

  get clients(): ReadonlySet<CtiClient> {
    return this.#clients;
  }

  add(client: CtiClient): void {
    this.#clients.add(client);
    this.#byIdentity.set(identity(client), client);
    if (hasService(client, ServiceMask.ALL_EVENTS)) this.#all.add(client);
    if (client.binding?.agentId != null) this.#byAgent.set(client.binding.agentId, client);
    if (client.binding?.instrument != null) this.#byInstrument.set(client.binding.instrument, client);
  }

  remove(client: CtiClient): void {
    this.#clients.delete(client);
    if (this.#byIdentity.get(identity(client)) === client) this.#byIdentity.delete(identity(client));
    this.#all.delete(client);
    const { agentId = null, instrument = null } = client.binding ?? {};
    if (agentId !== null && this.#byAgent.get(agentId) === client) this.#byAgent.delete(agentId);
    if (instrument !== null && this.#byInstrument.get(instrument) === client)
      this.#byInstrument.delete(instrument);
    for (const monitor of this.#monitorsOf.get(client) ?? []) this.#drop(monitor);
    this.#monitorsOf.delete(client);
  }

  /** The session that the same client (id, signature, device) has open already, if any. */
  olderSession(client: CtiClient): CtiClient | undefined {
    const older = this.#byIdentity.get(identity(client));
    return older === client ? undefined : older;
  }

  /** The session that holds a device, if any. */
  holder(binding: Binding): CtiClient | undefined {
    return (
      (binding.agentId === null ? undefined : this.#byAgent.get(binding.agentId)) ??
      (binding.instrument === null ? undefined : this.#byInstrument.get(binding.instrument))
    );
  }

  /** The CLIENT_EVENTS session of an agent: bound to the agent or to the phone. */
  desktopOf(agentId: string | null, instrument: string | null): CtiClient | undefined {
    return this.holder({ agentId, instrument });
  }

  /** Delivers one agent event; every recipient gets it once, monitors once more with their id. */
  agentEvent(change: AgentChange, event: CtiMessage): void {
    const wants = (client: CtiClient): boolean =>
      wantsEvent(client, event) &&
      !(change.kind === 'again' && hasService(client, ServiceMask.IGNORE_DUPLICATE_AGENT_EVENTS));
    const shared = new Broadcast(event);
    const { profile, instrument } = change.agent;
    const phones = [instrument, change.previousInstrument];
    for (const client of this.#listeners([profile.loginId], phones)) if (wants(client)) client.send(shared);
    if (this.#monitors.size === 0) return;
    this.#repeat([teamKey(profile.teamId), ...phones.map(deviceKey)], () => event);
  }

  /**
   * Delivers one device's copy of a call event: to the device's sessions, to all bridges, and once more for each
   * monitor of the device, the call or the team. Encoded once per version for all who registered no variables.
   * @param agentIds agents whose session the copy concerns: who is signed in at the device, who took the call
   */
  callEvent(copy: CallCopy, agentIds: readonly (string | null)[], teamId: number | null): void {
    const { device, callId, message, older } = copy;
    const shared = new Broadcast(message);
    const sharedOlder = older && new Broadcast(older);
    const isOlder = (client: CtiClient) => older !== null && client.version < ALL_NAMED_VARIABLES_SINCE;
    for (const client of this.#listeners(agentIds, [device.id])) {
      if (!wantsEvent(client, message)) continue;
      const common = isOlder(client) && sharedOlder ? sharedOlder : shared;
      const own = this.variables.limited(client, common.message);
      client.send(own === common.message ? common : new Broadcast(own));
    }
    if (this.#monitors.size === 0) return;
    const keys = [
      teamKey(teamId),
      deviceKey(device.id),
      callId === null ? null : keyOf({ kind: 'call', id: callId }),
    ];
    this.#repeat(keys, (client) =>
      this.variables.limited(client, isOlder(client) && older ? older : message),
    );
  }

  /** The call is over everywhere: its monitors are gone. */
  callEnded(callId: number): void {
    for (const monitor of this.#monitorsByKey.get(keyOf({ kind: 'call', id: callId })) ?? [])
      this.stopMonitor(monitor);
  }

  /** Delivers to every client that `wanted` accepts. */
  broadcast(message: CtiMessage, wanted: (client: CtiClient) => boolean = () => true): void {
    const shared = new Broadcast(message);
    for (const client of this.#clients) if (wanted(client)) client.send(shared);
  }

  /** @returns the monitor, or the FailureStatus of the refusal */
  startMonitor(client: CtiClient, target: MonitorTarget, masks: MonitorMasks): Monitor | number {
    const own = this.#monitorsOf.get(client) ?? new Set();
    const key = keyOf(target);
    for (const monitor of own) {
      if (keyOf(monitor.target) !== key) continue;
      return target.kind === 'team'
        ? FailureStatus.AGENT_TEAM_MONITOR_ALREADY_EXISTS
        : FailureStatus.MONITOR_ALREADY_EXISTS;
    }
    if (own.size >= MONITORS_PER_CLIENT_MAX) return FailureStatus.UNSPECIFIED_FAILURE;
    const { callMsgMask, agentStateMask } = masks;
    const monitor: Monitor = { id: this.#nextMonitor++, client, target, callMsgMask, agentStateMask };
    this.#monitors.set(monitor.id, monitor);
    this.#monitorsOf.set(client, own.add(monitor));
    const watching = this.#monitorsByKey.get(key) ?? new Set();
    this.#monitorsByKey.set(key, watching.add(monitor));
    return monitor;
  }

  /** The client's own monitor of that id. */
  monitor(client: CtiClient, id: number): Monitor | undefined {
    const monitor = this.#monitors.get(id);
    return monitor?.client === client ? monitor : undefined;
  }

  stopMonitor(monitor: Monitor): void {
    this.#drop(monitor);
    this.#monitorsOf.get(monitor.client)?.delete(monitor);
  }

  /** Every bridge, and the sessions bound to one of these agents or phones; each once. */
  *#listeners(
    agentIds: readonly (string | null)[],
    phones: readonly (string | null)[],
  ): Generator<CtiClient> {
    yield* this.#all;
    const bound = new Set<CtiClient>();
    for (const id of agentIds) add(bound, id === null ? undefined : this.#byAgent.get(id));
    for (const phone of phones) add(bound, phone === null ? undefined : this.#byInstrument.get(phone));
    for (const client of bound) if (!this.#all.has(client)) yield client;
  }

  /** Sends an event to the monitors of these keys; each monitor once. */
  #repeat(keys: readonly (string | null)[], eventFor: (client: CtiClient) => CtiMessage): void {
    const watching = new Set<Monitor>();
    for (const key of keys) {
      if (key !== null) for (const monitor of this.#monitorsByKey.get(key) ?? []) watching.add(monitor);
    }
    for (const { id, client, callMsgMask, agentStateMask } of watching) {
      const { services, configMsgMask } = client;
      const interests: SessionInterests = { services, configMsgMask, callMsgMask, agentStateMask };
      const event = eventFor(client);
      if (!wantsEvent(interests, event)) continue;
      client.send({ name: event.name, fields: { ...event.fields, MonitorID: id } });
    }
  }

  #drop(monitor: Monitor): void {
    this.#monitors.delete(monitor.id);
    const key = keyOf(monitor.target);
    const watching = this.#monitorsByKey.get(key);
    watching?.delete(monitor);
    if (watching?.size === 0) this.#monitorsByKey.delete(key);
  }
}

const keyOf = ({ kind, id }: MonitorTarget): string => `${kind} ${id}`;
const teamKey = (id: number | null): string | null => (id === null ? null : keyOf({ kind: 'team', id }));
const deviceKey = (id: string | null): string | null => (id === null ? null : keyOf({ kind: 'device', id }));

function add<T>(set: Set<T>, value: T | undefined): void {
  if (value !== undefined) set.add(value);
}

/** Two sessions of one identity belong to one client: the newer ends the older. */
function identity({ clientId, clientSignature, binding }: CtiClient): string {
  return JSON.stringify([clientId, clientSignature, binding?.agentId, binding?.instrument]);
}
