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
  /** Maintenance mode of this node; '' where there is none. */
  readonly finesseMMode: Open<'INITIATING' | 'IN_PROGRESS' | ''>;
  /** Seconds since it was announced; null where that is not known, or there is none. */
  readonly finesseTimeInMMode: number | null;
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
    finesseMMode: text(element, 'finesseMMode'),
    finesseTimeInMMode: timeInMode(element),
    uri: text(element, 'uri'),
  };
}

function timeInMode(element: Element): number | null {
  const seconds = number(element, 'finesseTimeInMMode');
  return seconds === null || seconds < 0 ? null : seconds;
}
