import { CallModel } from './calls/call-model.ts';
import type { CallSettings } from './calls/call-settings.ts';
import type { Switch } from './calls/switch.ts';
import { type Calls, type CallsContext, NoCalls } from './no-calls.ts';

/** Call numbers of a process that is told no other. */
const FIRST_CALL_ID = 0x100_0001;
const LAST_CALL_ID = 0xffff_fffe;

/** What the calls of a contact centre are made of. */
export interface CallOptions {
  /** What carries the calls; without it there are none. */
  readonly switch?: Switch | undefined;
  /** Ring time and other settings of the call model. */
  readonly callSettings?: Partial<CallSettings> | undefined;
  /** ConnectionCallID of the next call, unique across restarts; default: counts up from 16,777,217. */
  readonly nextCallId?: (() => number) | undefined;
}

/** The call model over the switch, if there is one. */
export function callsOf(options: CallOptions, context: CallsContext): Calls {
  const { switch: exchange, callSettings = {}, nextCallId = counter() } = options;
  if (exchange === undefined) return new NoCalls(context);
  const { clock, dialect, model: agents, emit, instrumentService, switchState } = context;
  return new CallModel({
    clock,
    dialect,
    agents,
    switch: exchange,
    nextCallId,
    emit,
    settings: callSettings,
    instrumentService,
    switchState,
  });
}

function counter(): () => number {
  let last = FIRST_CALL_ID - 1;
  return () => {
    last = last >= LAST_CALL_ID ? FIRST_CALL_ID : last + 1;
    return last;
  };
}
