import { ControlFailureCode as CF } from '@poise/ged188';
import type { Failure } from '../agent-model.ts';
import type { Cause } from './call-fact.ts';
import type { Connection } from './call-record.ts';
import type { CallRequest } from './call-request.ts';
import { control, GONE, type Operation } from './operation.ts';
import type { Parts } from './parts.ts';
import { isFailure, othersAt, type RequestLine } from './request-line.ts';

type Pair = CallRequest & { type: 'alternate' | 'reconnect' };

/** Answering, holding, and moving between two calls of one phone. */
export class Holding {
  readonly #parts: Parts;
  readonly #requests: RequestLine;

  constructor(parts: Parts, requests: RequestLine) {
    this.#parts = parts;
    this.#requests = requests;
  }

  answer(operation: Operation, request: CallRequest & { type: 'answer' }): Failure | undefined {
    const { orders, offers } = this.#parts;
    const found = this.#requests.find(request.connection, 'answer');
    if (isFailure(found)) return found;
    const { leg, device, call } = found;
    if (!leg || leg.outside) return control(CF.INVALID_OBJECT_STATE);
    const proceed = (): Failure | undefined => {
      if (found.gone || leg.gone) return GONE;
      operation.succeed({ connection: { callId: call.id, device }, call });
      if (leg.up) offers.answered(leg);
    };
    if (leg.up) return proceed();
    operation.proceed(proceed);
    leg.provedByUp = operation;
    orders.send({ type: 'accept', leg: leg.id }, (result) => operation.settle(result));
  }

  hold(operation: Operation, request: CallRequest & { type: 'hold' }): Failure | undefined {
    const { media, board } = this.#parts;
    const found = this.#requests.find(request.connection, 'hold');
    if (isFailure(found)) return found;
    const { leg } = found;
    if (!leg || found.listening) return control(CF.INVALID_OBJECT_STATE);
    operation.proceed(() => {
      if (found.gone || found.state !== 'CONNECT') return GONE;
      operation.succeed();
      board.held(found, 'NONE');
    });
    media.silence(leg, (result) => operation.settle(result));
  }

  /** Another call of the phone is put on hold, or ended if nobody has answered it. */
  retrieve(operation: Operation, request: CallRequest & { type: 'retrieve' }): Failure | undefined {
    const found = this.#requests.find(request.connection, 'retrieve');
    if (isFailure(found)) return found;
    this.#swap(operation, found, 'NONE', (others) => {
      for (const other of others) this.stepAside(other);
    });
  }

  alternate(operation: Operation, request: Pair): Failure | undefined {
    const pair = this.#pair(request);
    if (isFailure(pair)) return pair;
    const { board } = this.#parts;
    this.#swap(operation, pair.held, 'ALTERNATE', () => board.held(pair.active, 'ALTERNATE'));
  }

  reconnect(operation: Operation, request: Pair): Failure | undefined {
    const pair = this.#pair(request);
    if (isFailure(pair)) return pair;
    const { clearing } = this.#parts;
    this.#swap(operation, pair.held, 'NONE', () => clearing.connection(pair.active, 'NONE'));
  }

  /** Hold and retrieve by the phone's own keys. */
  byHand(connection: Connection | undefined, input: 'hold' | 'retrieve'): void {
    if (!connection) return;
    const { board } = this.#parts;
    if (input === 'hold') {
      board.held(connection, 'NONE');
      return;
    }
    for (const other of othersAt(board.line(connection.device), connection)) this.stepAside(other);
    board.retrieved(connection, 'NONE');
  }

  #swap(
    operation: Operation,
    held: Connection,
    cause: Cause,
    leave: (others: readonly Connection[]) => void,
  ): void {
    const { media, board } = this.#parts;
    const { call } = held;
    operation.proceed(() => {
      if (held.gone || held.state !== 'HOLD') return GONE;
      operation.succeed();
      leave(othersAt(operation.line, held));
      board.retrieved(held, cause);
      return undefined;
    });
    media.join(call, [...media.talkers(call), held], (result) => operation.settle(result));
  }

  /** Out of the way of another call: held, or ended if nobody has answered it. */
  stepAside(other: Connection): void {
    const { board, clearing } = this.#parts;
    if (other.state === 'CONNECT' && !other.listening) board.held(other, 'NONE');
    else clearing.connection(other, 'NONE');
  }

  #pair(request: Pair) {
    const active = this.#requests.find(request.active, `${request.type}Active`);
    if (isFailure(active)) return active;
    const held = this.#requests.find(request.held, `${request.type}Held`);
    if (isFailure(held)) return held;
    if (active.device !== held.device || active.listening)
      return control(CF.INVALID_CSTA_CONNECTION_IDENTIFIER);
    return { active, held };
  }
}
