export type { HubClock } from './hub/clock.ts';
export { HUB_ERROR, HubError, type HubErrorCode } from './hub/error.ts';
export { FLOOD_LIMITS, type Flood, type FloodLimits } from './hub/flood-gate.ts';
export {
  type HubClientOptions,
  type HubEvent,
  type HubPort,
  ManagedHub,
  type ManagedHubOptions,
} from './hub/managed-hub.ts';
