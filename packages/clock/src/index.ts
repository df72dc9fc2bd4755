export type { Clock, Timer } from './clock.ts';
export { READ_SHARE_BYTES, ReadShare, type SharedReader } from './read-share.ts';
export { LATE_MS, PULSE_MS, Standstill } from './standstill.ts';
export { PLATFORM_DELAY_MAX_MS, type SystemClockOptions, systemClock } from './system-clock.ts';
export { VIRTUAL_START_WALL_MS, VirtualClock, type VirtualClockOptions } from './virtual-clock.ts';
