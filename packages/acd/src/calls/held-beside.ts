import type { CallControl } from './call-control.ts';

/** Whether the device has a call on hold beside one that is neither held nor ringing. */
export function holdsBesideActive(calls: CallControl, device: string): boolean {
  const states = calls
    .callsAt(device)
    .flatMap(({ connections }) => connections.find((party) => party.device === device)?.state ?? []);
  return states.includes('HOLD') && states.some((state) => state !== 'HOLD' && state !== 'ALERTING');
}
