import type { Element } from '@poise/xml';
import { find, number, type Open, text, time } from './read.ts';

export interface SystemInfo {
  readonly status: Open<'IN_SERVICE' | 'OUT_OF_SERVICE'>;
  readonly statusReason: string;
  readonly deploymentType: Open<'UCCE' | 'UCCX'>;
  readonly xmppDomain: string;
  readonly xmppPubSubDomain: string;
  /** Host of each node; '' where there is none. */
  readonly primaryNode: string;
  readonly secondaryNode: string;
  /** The server's clock when it wrote the answer. */
  readonly currentTimestamp: Date | null;
  /** Minutes east of UTC. */
  readonly timezoneOffset: number | null;
  readonly license: string;
  readonly peripheralId: number | null;
  readonly systemAuthMode: string;
  readonly ctiVersion: number | null;
  readonly lastCTIHeartbeatStatus: string;
  readonly uri: string;
}

export function readSystemInfo(element: Element): SystemInfo {
  return {
    status: text(element, 'status'),
    statusReason: text(element, 'statusReason'),
    deploymentType: text(element, 'deploymentType'),
    xmppDomain: text(element, 'xmppDomain'),
    xmppPubSubDomain: text(element, 'xmppPubSubDomain'),
    primaryNode: text(find(element, 'primaryNode'), 'host'),
    secondaryNode: text(find(element, 'secondaryNode'), 'host'),
    currentTimestamp: time(element, 'currentTimestamp'),
    timezoneOffset: number(element, 'timezoneOffset'),
    license: text(element, 'license'),
    peripheralId: number(element, 'peripheralId'),
    systemAuthMode: text(element, 'systemAuthMode'),
    ctiVersion: number(element, 'ctiVersion'),
    lastCTIHeartbeatStatus: text(element, 'lastCTIHeartbeatStatus'),
    uri: text(element, 'uri'),
  };
}
