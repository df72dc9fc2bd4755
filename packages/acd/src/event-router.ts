import { Broadcast, type CtiMessage, FailureStatus, ServiceMask, wantsEvent } from '@poise/ged188';
import type { AgentChange } from './agent-model.ts';
import { type Binding, type CtiClient, hasService } from './client.ts';

/**
 * Who gets which event: ALL_EVENTS clients everything, CLIENT_EVENTS clients their device, monitors what
 * they watch. Lookups only; an event never walks clients that do not care.
 */

/** A monitor started by a client: events of one team or one device, repeated with its MonitorID. */
export interface Monitor {
  readonly id: number;
  readonly client: CtiClient;
  readonly kind: 'team' | 'device';
  readonly key: number | string;
  agentStateMask: number;
}

/** Most monitors of one client. */
export const MONITORS_PER_CLIENT_MAX = 1000;

export class EventRouter {
  readonly #clients = new Set<CtiClient>();
  readonly #all = new Set<CtiClient>();
  /** By {@link identity}. */
  readonly #byIdentity = new Map<string, CtiClient>();
  readonly #byAgent = new Map<string, CtiClient>();
  readonly #byInstrument = new Map<string, CtiClient>();
  readonly #monitors = new Map<number, Monitor>();
  readonly #monitorsByKey = new Map<number | string, Set<Monitor>>();
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
  desktopOf(agentId: string, instrument: string | null): CtiClient | undefined {
    return this.holder({ agentId, instrument });
  }

  /** Delivers one agent event; every recipient gets it once, monitors once more with their id. */
  agentEvent(change: AgentChange, event: CtiMessage): void {
    const wants = (client: CtiClient): boolean =>
      wantsEvent(client, event) &&
      !(change.kind === 'again' && hasService(client, ServiceMask.IGNORE_DUPLICATE_AGENT_EVENTS));
    const shared = new Broadcast(event);
    for (const client of this.#all) if (wants(client)) client.send(shared);
    const { profile, instrument } = change.agent;
    const bound = new Set<CtiClient | undefined>([this.#byAgent.get(profile.loginId)]);
    for (const phone of [instrument, change.previousInstrument])
      if (phone !== null) bound.add(this.#byInstrument.get(phone));
    for (const client of bound) if (client && !this.#all.has(client) && wants(client)) client.send(shared);
    if (this.#monitors.size === 0) return;
    const watching = new Set<Monitor>();
    for (const key of [profile.teamId, instrument, change.previousInstrument]) {
      if (key !== null) for (const monitor of this.#monitorsByKey.get(key) ?? []) watching.add(monitor);
    }
    for (const monitor of watching) {
      const { services, callMsgMask, configMsgMask } = monitor.client;
      const interests = { services, callMsgMask, configMsgMask, agentStateMask: monitor.agentStateMask };
      if (!wantsEvent(interests, event)) continue;
      monitor.client.send({ name: event.name, fields: { ...event.fields, MonitorID: monitor.id } });
    }
  }

  /** Delivers to every client that `wanted` accepts. */
  broadcast(message: CtiMessage, wanted: (client: CtiClient) => boolean = () => true): void {
    const shared = new Broadcast(message);
    for (const client of this.#clients) if (wanted(client)) client.send(shared);
  }

  /** @returns the monitor, or the FailureStatus of the refusal */
  startMonitor(
    client: CtiClient,
    kind: Monitor['kind'],
    key: number | string,
    agentStateMask: number,
  ): Monitor | number {
    const own = this.#monitorsOf.get(client) ?? new Set();
    for (const monitor of own) {
      if (monitor.key !== key) continue;
      return kind === 'team'
        ? FailureStatus.AGENT_TEAM_MONITOR_ALREADY_EXISTS
        : FailureStatus.MONITOR_ALREADY_EXISTS;
    }
    if (own.size >= MONITORS_PER_CLIENT_MAX) return FailureStatus.UNSPECIFIED_FAILURE;
    const monitor: Monitor = { id: this.#nextMonitor++, client, kind, key, agentStateMask };
    this.#monitors.set(monitor.id, monitor);
    this.#monitorsOf.set(client, own.add(monitor));
    const watching = this.#monitorsByKey.get(key) ?? new Set();
    this.#monitorsByKey.set(key, watching.add(monitor));
    return monitor;
  }

  /** The client's own monitor of that id and kind. */
  monitor(client: CtiClient, id: number, kind: Monitor['kind']): Monitor | undefined {
    const monitor = this.#monitors.get(id);
    return monitor?.client === client && monitor.kind === kind ? monitor : undefined;
  }

  stopMonitor(monitor: Monitor): void {
    this.#drop(monitor);
    this.#monitorsOf.get(monitor.client)?.delete(monitor);
  }

  #drop(monitor: Monitor): void {
    this.#monitors.delete(monitor.id);
    const watching = this.#monitorsByKey.get(monitor.key);
    watching?.delete(monitor);
    if (watching?.size === 0) this.#monitorsByKey.delete(monitor.key);
  }
}

/** Two sessions of one identity belong to one client: the newer ends the older. */
function identity({ clientId, clientSignature, binding }: CtiClient): string {
  return JSON.stringify([clientId, clientSignature, binding?.agentId, binding?.instrument]);
}
