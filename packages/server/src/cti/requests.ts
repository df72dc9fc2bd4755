/**
 * The ledger of requests at the CTI server: InvokeID → what was asked and who waits. Deadlines are kept
 * by the session (20 s, CF_REQUEST_TIMEOUT_REJECTION); each entry is taken exactly once.
 */
import type { DecodedMessage } from '@poise/ged188';
import type { AgentEvent } from '../domain/agents.ts';
import type { CtiRefusal } from '../domain/errors.ts';
import type { Cause } from '../happenings.ts';
import type { CtiAnswer } from './port.ts';

/** A control confirmation may take 10 to 15 s (GED-188); after this none will come. */
export const REQUEST_DEADLINE_MS = 20_000;

export type AgentSnapshot = Extract<AgentEvent, { type: 'snapshot' }>;

/** How a question to the CTI server ended. */
export type QueryAnswer =
  | { readonly type: 'answered'; readonly message: DecodedMessage }
  | Exclude<CtiAnswer, { type: 'confirmed' }>;

/** What an answer to QUERY_AGENT_STATE_REQ says, and of whom, as far as it says so. */
export interface ToldAgent {
  readonly agentId: string | undefined;
  /** ICMAgentID. */
  readonly skillTargetId: number | undefined;
  readonly snapshot: AgentSnapshot;
}

/** A question about one agent, and who waits for its answer. */
export interface AgentQuestion {
  readonly kind: 'agentQuery';
  readonly agentId: string;
  /** Where the agent is asked for by his ICMAgentID. */
  readonly skillTargetId?: number;
  /** `snapshot` is null when the answer says nothing. */
  readonly answered: (snapshot: AgentSnapshot | null, refusal?: CtiRefusal) => void;
  /** In place of `answered`: the answer tells of somebody else, in words. */
  readonly foreign: (invokeId: number, told: string) => void;
  /** There is an answer, but whether it is meant depends on what comes about another agent; false: that has come. */
  readonly waits?: (does: boolean) => void;
}

/** The same on its way. */
export interface FiledAgentQuery extends AgentQuestion {
  /** Judges whom the answer is about; `answered` or `foreign` follows. */
  readonly told: (invokeId: number, told: ToldAgent) => void;
}

export type FiledRequest =
  | {
      readonly kind: 'setAgentState';
      readonly agentId: string;
      readonly cause: Cause;
      readonly answered: (answer: CtiAnswer) => void;
    }
  /** Call control: the confirmation may name a new connection. */
  | {
      readonly kind: 'callControl';
      readonly cause: Cause;
      readonly answered: (answer: QueryAnswer) => void;
    }
  | FiledAgentQuery
  /** Any other question; whoever asks reads the answer. */
  | { readonly kind: 'query'; readonly answered: (answer: QueryAnswer) => void };

export class RequestLedger {
  readonly #filed = new Map<number, FiledRequest>();

  get size(): number {
    return this.#filed.size;
  }

  file(invokeId: number, request: FiledRequest): void {
    this.#filed.set(invokeId, request);
  }

  peek(invokeId: number): FiledRequest | undefined {
    return this.#filed.get(invokeId);
  }

  /** What waits, in order of filing. */
  get entries(): ReadonlyArray<readonly [invokeId: number, request: FiledRequest]> {
    return [...this.#filed];
  }

  confirmed(invokeId: number, message: DecodedMessage): void {
    const request = this.#take(invokeId);
    if (request?.kind === 'setAgentState') request.answered({ type: 'confirmed' });
    else if (request?.kind === 'agentQuery') request.answered(null);
    else request?.answered({ type: 'answered', message });
  }

  queried(invokeId: number, told: ToldAgent, message: DecodedMessage): void {
    if (this.peek(invokeId)?.kind !== 'agentQuery') {
      this.confirmed(invokeId, message);
      return;
    }
    const request = this.#take(invokeId);
    if (request?.kind === 'agentQuery') request.told(invokeId, told);
  }

  refused(invokeId: number, answer: Extract<CtiAnswer, { type: 'refused' }>): void {
    const request = this.#take(invokeId);
    // "Not logged on" is an ordinary answer to a query, whatever its form.
    if (request?.kind === 'agentQuery')
      request.answered({ type: 'snapshot', state: 'LOGOUT', extension: undefined }, answer.refusal);
    else request?.answered(answer);
  }

  unanswered(invokeId: number, reason: 'timeout' | 'lost'): void {
    const request = this.#take(invokeId);
    if (request?.kind === 'agentQuery') request.answered(null);
    else request?.answered({ type: reason });
  }

  /** The connection is gone: nothing will be answered, in order of filing. */
  lost(): void {
    for (const invokeId of [...this.#filed.keys()]) this.unanswered(invokeId, 'lost');
  }

  #take(invokeId: number): FiledRequest | undefined {
    const request = this.#filed.get(invokeId);
    this.#filed.delete(invokeId);
    return request;
  }
}
