/** Collects what SystemInfo prints, at the moment it is asked. */
import type { Clock } from '@poise/clock';
import type { CtiInfo } from '../domain/cti-info.ts';
import type { MaintenanceState } from '../domain/maintenance.ts';
import type { SystemStatus } from '../domain/system-status.ts';
import type { NodeAddress, SystemAuthMode, SystemInfoSource } from './system-info.ts';

/** What does not change while the server runs, but for the nodes. Hosts keep their spelling: clients compare exactly. */
export interface SystemIdentity {
  readonly primaryNode: NodeAddress;
  readonly secondaryNode: NodeAddress | null;
  readonly xmppDomain: string;
  readonly peripheralId: number;
  readonly ctiHeartbeatIntervalSeconds: number;
  readonly systemAuthMode: SystemAuthMode;
}

export function systemInfoSource(
  identity: SystemIdentity,
  status: SystemStatus,
  cti: () => CtiInfo,
  clock: Clock,
  maintenance: { readonly state: MaintenanceState; readonly seconds: number },
): () => SystemInfoSource {
  return () => {
    const now = clock.now();
    const { version, lastSignOfLife, servers } = cti();
    return {
      ...identity,
      now,
      // getTimezoneOffset counts west of UTC, the API east.
      timezoneOffsetMinutes: -new Date(now).getTimezoneOffset(),
      status: status.status,
      statusReason: status.reason,
      ctiVersion: version,
      lastHeartbeatOk: servers.some(({ active }) => active),
      lastHeartbeatAt: lastSignOfLife,
      ctiServers: servers,
      finesseMMode: maintenance.state.mode,
      finesseSecondsInMMode: maintenance.seconds,
    };
  };
}
