import type { CallControl } from './calls/call-control.ts';
import type { CallRequestType } from './calls/call-request.ts';
import { CONTROL, control } from './requests/request.ts';

/** A contact centre without a switch: there is no call, and nothing that could make one. */

const DIALS: readonly CallRequestType[] = ['make'];

export const NO_CALLS: CallControl = {
  request: ({ type }, done) =>
    done({
      ok: false,
      failure: control(DIALS.includes(type) ? CONTROL.INVALID_FEATURE : CONTROL.INVALID_CONNECTION),
    }),
  call: () => undefined,
  callsAt: () => [],
  calls: () => [],
  figures: () => undefined,
};
