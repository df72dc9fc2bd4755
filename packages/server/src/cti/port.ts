/** What commands need of the CTI link, and nothing more. */
import type { MobileAgent } from '../domain/agents.ts';
import type { NamedCallVariable } from '../domain/dialog.ts';
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
  /** The webservices verified a token: SSOEnabled 1, and no password (ged188.md 7.1). */
  readonly singleSignOn?: boolean;
  /** Login id of the supervisor who asks, else null. */
  readonly supervisorId: string | null;
  /** Presence-driven sign-outs set AgentServiceReq 1 (notification-service.md 6.3). */
  readonly agentServiceReq: 0 | 1;
}

/** What a call control request may set; undefined leaves a value as it is. Indexes of `variables` are 0 to 9. */
export interface CallDataWish {
  readonly variables?: Readonly<Record<number, string>>;
  readonly named?: readonly NamedCallVariable[];
  readonly wrapUpReason?: string;
}

/** Call control in the words of the API; connections are found by dialog and extension. */
export type CallControl =
  | {
      readonly verb: 'MAKE_CALL';
      readonly extension: string;
      readonly toAddress: string;
      /** The agent was READY: the CTI server is asked to make it NOT_READY meanwhile. */
      readonly fromReady: boolean;
      readonly data: CallDataWish;
    }
  | {
      readonly verb: 'ANSWER' | 'HOLD' | 'RETRIEVE' | 'DROP' | 'START_RECORDING';
      readonly dialogId: string;
      readonly extension: string;
    }
  | {
      readonly verb: 'CONSULT_CALL' | 'TRANSFER_SST';
      readonly dialogId: string;
      readonly extension: string;
      readonly toAddress: string;
    }
  | {
      readonly verb: 'TRANSFER' | 'CONFERENCE';
      readonly heldDialogId: string;
      readonly activeDialogId: string;
      readonly extension: string;
    }
  | {
      readonly verb: 'SEND_DTMF';
      readonly dialogId: string;
      readonly extension: string;
      readonly digits: string;
    }
  | {
      readonly verb: 'UPDATE_CALL_DATA';
      readonly dialogId: string;
      readonly extension: string;
      readonly data: CallDataWish;
    }
  /** Sets BAResponse of the outbound option to these texts, one after the other. */
  | {
      readonly verb: 'RESPOND';
      readonly dialogId: string;
      readonly extension: string;
      readonly responses: readonly string[];
    }
  /** Removes the party `target` on behalf of `extension`. */
  | {
      readonly verb: 'PARTICIPANT_DROP';
      readonly dialogId: string;
      readonly extension: string;
      readonly target: string;
    }
  /** `dialogId`: the watched call of the agent. */
  | {
      readonly verb: 'SILENT_MONITOR' | 'BARGE_CALL';
      readonly dialogId: string;
      readonly agentExtension: string;
      readonly supervisorExtension: string;
      /** Monitor call that a barge starts from; null: none. */
      readonly monitorDialogId: string | null;
    };

/** How a request ended at the CTI server; exactly one per request. */
export type CtiAnswer =
  /** `newDialogId`: of MAKE_CALL, CONSULT_CALL, TRANSFER, CONFERENCE and supervision, when the server told it. */
  | { readonly type: 'confirmed'; readonly newDialogId?: string }
  | { readonly type: 'refused'; readonly refusal: CtiRefusal }
  /** No answer within the deadline (20 s). */
  | { readonly type: 'timeout' }
  /** The link was lost, or is not in service. */
  | { readonly type: 'lost' };

export interface CtiPort {
  readonly inService: boolean;
  /**
   * `answered` is called exactly once, possibly before this returns (link not in service).
   * @returns the InvokeID; undefined when nothing was sent
   */
  setAgentState(
    request: SetAgentState,
    cause: Cause,
    answered: (answer: CtiAnswer) => void,
  ): number | undefined;
  /** Asks in which state the agent is; what differs from the picture is told like an event. Again until an answer comes. Nothing while not in service. */
  askAgent(agentId: string): void;
  /** As above. A dialog or connection that the link does not know is answered `refused` with 13. */
  callControl(request: CallControl, cause: Cause, answered: (answer: CtiAnswer) => void): void;
}
