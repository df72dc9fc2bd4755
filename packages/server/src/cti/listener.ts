import type { DecodedMessage } from '@poise/ged188';
import type { AgentEvent } from '../domain/agents.ts';
import type { CallEvent, PreCall } from '../domain/call-event.ts';
import type { Untold } from './recovery-requests.ts';

/** Who is told what the link hears. */
export interface CtiListener {
  agentState(agentId: string, event: Extract<AgentEvent, { type: 'state' }>): void;
  agentSnapshot(agentId: string, event: Extract<AgentEvent, { type: 'snapshot' }>): void;
  /** The answer to a question about one agent while in service: news if it is not what is known. */
  agentChecked(agentId: string, event: Extract<AgentEvent, { type: 'snapshot' }>): void;
  /** Since when the agent has been in a state: at the end of the recovery, or when it is told later. */
  agentSince(agentId: string, event: Extract<AgentEvent, { type: 'since' | 'sinceUnknown' }>): void;
  /** A call event, or the answer to a snapshot. Between the opening of a session and `inService`: part of the recovery. */
  call(event: CallEvent): void;
  /** A session is open, and the picture is asked for anew: what an earlier one told before it broke off may be out of date. */
  recoveryBegins(): void;
  /** A call is about to be sent to an agent. */
  preCall(call: PreCall): void;
  /** During the recovery: an agent's device has told all calls that it is in, or wraps up. */
  callsAt(extension: string, callIds: readonly string[]): void;
  /** During the recovery: the CTI server did not say what became of this; what was known stands. */
  untold(what: Untold): void;
  /** Anything else that came unasked: configuration, for instance. */
  other?(message: DecodedMessage): void;
  /** The picture is complete. `first`: since the start of the process. */
  inService(first: boolean): void;
  outOfService(): void;
}
