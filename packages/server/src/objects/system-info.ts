/** SystemInfo: asked without credentials, by everybody, all the time (objects.md 5; seed of release 9.1). */
import type { CtiServerInfo } from '../domain/cti-info.ts';
import type { MaintenanceWord } from '../domain/maintenance.ts';
import type { ServiceStatus } from '../domain/system-status.ts';
import { fieldsOf, type ObjectDescription } from './description.ts';

export interface NodeAddress {
  readonly host: string;
  readonly httpsPort: number;
  readonly xmppPort: number;
  readonly xmppSecurePort: number;
}

export type SystemAuthMode = 'SSO' | 'NON_SSO' | 'HYBRID';

export interface SystemInfoSource {
  /** How agents sign in: with passwords, at an identity provider, or some so and some so. */
  readonly systemAuthMode: SystemAuthMode;
  /** Wall ms at the moment of the answer. */
  readonly now: number;
  /** Minutes east of UTC, e.g. 330. */
  readonly timezoneOffsetMinutes: number;
  readonly status: ServiceStatus;
  readonly statusReason: string;
  readonly primaryNode: NodeAddress;
  /** Null: a single node; printed as an empty group. */
  readonly secondaryNode: NodeAddress | null;
  readonly xmppDomain: string;
  readonly peripheralId: number;
  readonly ctiVersion: number;
  readonly ctiHeartbeatIntervalSeconds: number;
  readonly lastHeartbeatOk: boolean;
  /** Wall ms of the last sign of life of the CTI server; null before the first. */
  readonly lastHeartbeatAt: number | null;
  readonly ctiServers: readonly CtiServerInfo[];
  /** Of this node: null: none. */
  readonly finesseMMode: MaintenanceWord | null;
  /** Since it was announced; -1: none. */
  readonly finesseSecondsInMMode: number;
}

const node = fieldsOf<NodeAddress>();
const NODE = [
  node.text('host', (n) => n.host),
  node.integer('httpsPort', (n) => n.httpsPort, { since: '12.6' }),
  node.integer('xmppPort', (n) => n.xmppPort, { since: '12.6' }),
  node.integer('xmppSecurePort', (n) => n.xmppSecurePort, { since: '12.6' }),
];
const NO_NODE: NodeAddress = { host: '', httpsPort: 0, xmppPort: 0, xmppSecurePort: 0 };

const server = fieldsOf<CtiServerInfo>();
const CTI_SERVER = [
  server.text('host', (s) => s.host),
  server.integer('connectedDuration', (s) => s.connectedSeconds),
  server.boolean('active', (s) => s.active),
];

const info = fieldsOf<SystemInfoSource>();
const CURRENT_TIMESTAMP = info.time('currentTimestamp', (s) => s.now, { since: '11.6' });
const TIMEZONE_OFFSET = info.integer('timezoneOffset', (s) => s.timezoneOffsetMinutes, { since: '11.6' });

/** In declaration order, except for 9.1, whose five fields happen to be alphabetical. */
export const SYSTEM_INFO: ObjectDescription<SystemInfoSource> = {
  root: 'SystemInfo',
  eventRoot: 'systemInfo',
  // The published samples of 12.6 have one. 9.1 has none: with two-space indentation its answer then has the
  // 336 bytes of the access log.
  declaration: '12.6',
  fields: [
    CURRENT_TIMESTAMP,
    info.oneOf(
      'deploymentType',
      ['UCCE', 'UCCX'],
      (_, profile) => (profile.deployment === 'CCE' ? 'UCCE' : 'UCCX'),
      { since: '11.6' },
    ),
    info.oneOf(
      'lastCTIHeartbeatStatus',
      ['success', 'failure'],
      (s) => (s.lastHeartbeatOk ? 'success' : 'failure'),
      { since: '11.6' },
    ),
    info.integer('lastSuccessCTIHeartbeatTime', (s) => s.lastHeartbeatAt, { since: '12.6' }),
    info.integer('ctiVersion', (s) => s.ctiVersion, { since: '12.6' }),
    info.integer('ctiHeartbeatInterval', (s) => s.ctiHeartbeatIntervalSeconds, { since: '12.6' }),
    info.text('ctiMMode', () => null, { since: '12.6' }),
    info.integer('ctiTimeInMMode', () => -1, { since: '12.6' }),
    info.text('finesseMMode', (s) => s.finesseMMode, { since: '12.6' }),
    info.integer('finesseTimeInMMode', (s) => s.finesseSecondsInMMode, { since: '12.6' }),
    // Older releases know no maintenance mode. Our page has to hear of it nevertheless, and others leave alone what they do not know.
    info.text('finesseMMode', (s) => s.finesseMMode ?? undefined, { until: '11.6', optional: true }),
    info.integer(
      'finesseTimeInMMode',
      (s) => (s.finesseMMode === null ? undefined : s.finesseSecondsInMMode),
      {
        until: '11.6',
        optional: true,
      },
    ),
    // Says something with CCX only, and is there with CCE, too: scripts that write a system down read it unasked.
    info.oneOf(
      'license',
      ['', 'STANDARD', 'ENHANCED', 'PREMIUM'],
      (_, profile) => (profile.deployment === 'CCX' ? 'PREMIUM' : ''),
      { since: '11.6' },
    ),
    info.integer('peripheralId', (s) => s.peripheralId, { since: '11.6', deployment: 'CCE' }),
    info.group('primaryNode', NODE, (s) => s.primaryNode),
    info.group('secondaryNode', NODE, (s) => s.secondaryNode ?? NO_NODE),
    info.oneOf('status', ['IN_SERVICE', 'OUT_OF_SERVICE'], (s) => s.status),
    info.text('statusReason', (s) => s.statusReason, { since: '11.6' }),
    info.oneOf('systemAuthMode', ['SSO', 'NON_SSO', 'HYBRID'], (s) => s.systemAuthMode, { since: '11.6' }),
    TIMEZONE_OFFSET,
    info.uri('uri', () => '/finesse/api/SystemInfo', { since: '11.6' }),
    info.text('xmppDomain', (s) => s.xmppDomain),
    info.text('xmppPubSubDomain', (s) => `pubsub.${s.xmppDomain}`),
    info.list('ctiServers', 'ctiServer', CTI_SERVER, (s) => s.ctiServers, { since: '12.6' }),
  ],
};

/** `SystemInfo?timestamponly`: what the clock poll of the desktop reads, in every release. */
export const SYSTEM_INFO_TIMESTAMP: ObjectDescription<SystemInfoSource> = {
  root: 'SystemInfo',
  eventRoot: 'systemInfo',
  declaration: '12.6',
  fields: [
    info.text('currentTimestamp', (s) => new Date(s.now).toISOString()),
    info.integer('timezoneOffset', (s) => s.timezoneOffsetMinutes),
  ],
};
