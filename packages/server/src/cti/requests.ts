/**
 * The ledger of requests at the CTI server: InvokeID → what was asked and who waits. Deadlines are kept
 * by the session (20 s, CF_REQUEST_TIMEOUT_REJECTION); each entry is taken exactly once.
 */
import type { Fields } from '@poise/ged188';
import type { AgentEvent } from '../domain/agents.ts';
import type { CtiRefusal } from '../domain/errors.ts';
import type { Cause } from '../happenings.ts';
import type { CtiAnswer } from './port.ts';

/** A control confirmation may take 10 to 15 s (GED-188); after this none will come. */
export const REQUEST_DEADLINE_MS = 20_000;

type Snapshot = Extract<AgentEvent, { type: 'snapshot' }>;

export type FiledRequest =
  | {
      readonly kind: 'setAgentState';
      readonly agentId: string;
      readonly cause: Cause;
      readonly answered: (answer: CtiAnswer) => void;
    }
  /** `snapshot` is null when the answer says nothing. */
  | {
      readonly kind: 'query';
      readonly agentId: string;
      readonly answered: (snapshot: Snapshot | null, refusal?: CtiRefusal) => void;
    }
  /** The fields of the confirmation as they came; null when there is none, or a refusal. */
  | { readonly kind: 'fields'; readonly answered: (fields: Fields | null) => void };

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

  confirmed(invokeId: number): void {
    const request = this.#take(invokeId);
    if (request?.kind === 'setAgentState') request.answered({ type: 'confirmed' });
    if (request?.kind === 'query') request.answered(null);
  }

  queried(invokeId: number, snapshot: Snapshot): void {
    const request = this.#take(invokeId);
    if (request?.kind === 'query') request.answered(snapshot);
    if (request?.kind === 'setAgentState') request.answered({ type: 'confirmed' });
  }

  /** A confirmation whose fields are read by whoever asked. */
  told(invokeId: number, fields: Fields): void {
    const request = this.#take(invokeId);
    if (request?.kind === 'fields') request.answered(fields);
  }

  refused(invokeId: number, answer: Extract<CtiAnswer, { type: 'refused' }>): void {
    const request = this.#take(invokeId);
    if (request?.kind === 'setAgentState') request.answered(answer);
    if (request?.kind === 'fields') request.answered(null);
    // "Not logged on" is an ordinary answer to a query, whatever its form.
    if (request?.kind === 'query') {
      request.answered({ type: 'snapshot', state: 'LOGOUT', extension: undefined }, answer.refusal);
    }
  }

  unanswered(invokeId: number, reason: 'timeout' | 'lost'): void {
    const request = this.#take(invokeId);
    if (request?.kind === 'setAgentState') request.answered({ type: reason });
    if (request?.kind === 'fields') request.answered(null);
    if (request?.kind === 'query') request.answered(null);
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
