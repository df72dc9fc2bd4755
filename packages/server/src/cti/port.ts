/** What commands need of the CTI link, and nothing more. */
import type { MobileAgent } from '../domain/agents.ts';
import type { CtiRefusal } from '../domain/errors.ts';
import type { Cause } from '../happenings.ts';

/** A wish for SET_AGENT_STATE_REQ in our words. */
export interface SetAgentState {
  readonly agentId: string;
  readonly state: 'LOGIN' | 'LOGOUT' | 'READY' | 'NOT_READY' | 'WORK';
  /** Instrument of the agent; at sign-in the extension asked for. */
  readonly extension: string;
  readonly mobile: MobileAgent | null;
  readonly activeDeviceId: string | null;
  /** EventReasonCode, 0 to 65535. */
  readonly reasonCode: number;
  readonly forced: boolean;
  /** Sent, never kept or logged; undefined when unknown (single sign-on, supervisors, presence). */
  readonly password: string | undefined;
  /** Login id of the supervisor who asks, else null. */
  readonly supervisorId: string | null;
  /** Presence-driven sign-outs set AgentServiceReq 1 (notification-service.md 6.3). */
  readonly agentServiceReq: 0 | 1;
}

/** How a request ended at the CTI server; exactly one per request. */
export type CtiAnswer =
  | { readonly type: 'confirmed' }
  | { readonly type: 'refused'; readonly refusal: CtiRefusal }
  /** No answer within the deadline (20 s). */
  | { readonly type: 'timeout' }
  /** The link was lost, or is not in service. */
  | { readonly type: 'lost' };

export interface CtiPort {
  readonly inService: boolean;
  /** `answered` is called exactly once, possibly before this returns (link not in service). */
  setAgentState(request: SetAgentState, cause: Cause, answered: (answer: CtiAnswer) => void): void;
}
