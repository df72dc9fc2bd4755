import type { Clock } from '@poise/clock';
import type { AgentChange, AgentModel } from './agent-model.ts';
import type { CallControl } from './calls/call-control.ts';
import type { CallFact } from './calls/call-fact.ts';
import type { CallOutcome, CallRequest } from './calls/call-request.ts';
import type { Dialect } from './dialect.ts';
import type { RosterDifference } from './directory.ts';
import { CONTROL, control } from './requests/request.ts';

/** The call model as the contact centre needs it: control of calls, and everything that touches agents' lines. */
export interface Calls extends CallControl {
  /** What the agent model answered to a request; comes back as facts of type `agent`, with what follows from them. */
  agentChanged(changes: readonly AgentChange[]): void;
  /** A phone left or came back into service; false: nothing changed. */
  setInstrumentService(device: string, inService: boolean): boolean;
  /** After AgentModel.replaceRoster. */
  rosterReplaced(difference: RosterDifference, changes: readonly AgentChange[]): void;
}

/** What a call model needs and whom it tells. */
export interface CallsContext {
  readonly clock: Clock;
  readonly dialect: Dialect;
  readonly model: AgentModel;
  /** Everything that happens, in order. */
  readonly emit: (fact: CallFact) => void;
  /** A phone left or came back into service; told before the facts that follow from it. */
  readonly instrumentService: (device: string, inService: boolean) => void;
  /** The exchange went away or came back. */
  readonly switchState: (up: boolean) => void;
}

/** A contact centre without a switch: there is no call, and nothing that could make one. */
export class NoCalls implements Calls {
  readonly #context: CallsContext;

  constructor(context: CallsContext) {
    this.#context = context;
  }

  request({ type }: CallRequest, done: (outcome: CallOutcome) => void): void {
    const code = type === 'make' ? CONTROL.INVALID_FEATURE : CONTROL.INVALID_CONNECTION;
    done({ ok: false, failure: control(code) });
  }

  call(_id: number): ReturnType<CallControl['call']> {
    return undefined;
  }

  callsAt(_device: string): ReturnType<CallControl['callsAt']> {
    return [];
  }

  calls(): ReturnType<CallControl['calls']> {
    return [];
  }

  offerContact(): boolean {
    return false;
  }

  figures(_skillGroup: number): ReturnType<CallControl['figures']> {
    return undefined;
  }

  agentChanged(changes: readonly AgentChange[]): void {
    for (const change of changes) this.#context.emit({ type: 'agent', change });
  }

  setInstrumentService(device: string, inService: boolean): boolean {
    const changes = this.#context.model.setInstrumentService(device, inService);
    if (changes === null) return false;
    this.#context.instrumentService(device, inService);
    this.agentChanged(changes);
    return true;
  }

  rosterReplaced(_difference: RosterDifference, changes: readonly AgentChange[]): void {
    this.agentChanged(changes);
  }
}
