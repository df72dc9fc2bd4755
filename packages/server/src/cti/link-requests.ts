/** What the link asks of the CTI server: requests as messages, sent in the session and filed until they are answered. */
import type { Clock } from '@poise/clock';
import {
  type CtiClientSession,
  type CtiMessage,
  type DecodedMessage,
  type Fields,
  Ged188Error,
  type MessageName,
} from '@poise/ged188';
import type { CtiRefusal } from '../domain/errors.ts';
import type { Cause, Happenings } from '../happenings.ts';
import {
  type AgentKey,
  isLongAgentId,
  queryAgentStateFields,
  setAgentStateFields,
} from './agent-messages.ts';
import { type CallRequest, callRequests } from './call-messages.ts';
import type { Connections } from './connections.ts';
import type { CtiListener } from './listener.ts';
import { newConnectionOf } from './new-connection.ts';
import type { CallControl, CtiAnswer, SetAgentState } from './port.ts';
import type { FiledAgentQuery, FiledRequest, RequestLedger } from './requests.ts';

/** A dialog or connection that no event told us of. */
const UNKNOWN_CONNECTION: CtiRefusal = { code: 13, constant: 'CF_INVALID_CSTA_CONNECTION_IDENTIFIER' };

export interface LinkRequestsDependencies {
  readonly clock: Clock;
  /** The one of the side in use. */
  readonly session: () => Pick<CtiClientSession, 'state' | 'request'>;
  readonly ledger: RequestLedger;
  readonly connections: Connections;
  readonly happenings: Happenings;
  readonly peripheralId: number;
  readonly agentIds: () => readonly AgentKey[];
  readonly listener: () => CtiListener;
  readonly inService: () => boolean;
  readonly warn: (text: string) => void;
  /** A request about this agent was never answered: it may have been carried out, and nobody told. */
  readonly doubted: (agentId: string) => void;
}

export class LinkRequests {
  readonly #d: LinkRequestsDependencies;

  constructor(dependencies: LinkRequestsDependencies) {
    this.#d = dependencies;
  }

  /** @returns the InvokeID; undefined when it could not be sent, which has been answered then */
  send(name: MessageName, fields: Fields, filed: FiledRequest): number | undefined {
    const { ledger, happenings } = this.#d;
    const session = this.#d.session();
    let invokeId: number;
    if (session.state !== 'OPEN') {
      // The session has just ended, and those who waited are being told: what they ask next comes too late.
      if (filed.kind === 'agentQuery') filed.answered(null);
      else filed.answered({ type: 'lost' });
      return undefined;
    }
    try {
      invokeId = session.request({ name, fields } as CtiMessage) ?? 0;
    } catch (error) {
      // Too many requests under way, or a value the protocol has no room for.
      if (!(error instanceof Ged188Error)) throw error;
      this.#d.warn(`A request to the CTI server could not be sent: ${error.message}`);
      if (filed.kind === 'agentQuery') filed.answered(null);
      else filed.answered({ type: 'refused', refusal: { code: 70, text: error.code } });
      return undefined;
    }
    ledger.file(invokeId, filed);
    if (happenings.observed && (filed.kind === 'setAgentState' || filed.kind === 'callControl')) {
      const { AgentPassword: _, ...visible } = fields;
      happenings.publish(
        'cti.sent',
        { name, fields: { InvokeID: invokeId, ...visible } },
        { ...filed.cause, invokeId },
      );
    }
    return invokeId;
  }

  /** @returns the InvokeID of SET_AGENT_STATE_REQ; undefined when it could not be sent */
  setAgentState(
    request: SetAgentState,
    cause: Cause,
    answered: (answer: CtiAnswer) => void,
  ): number | undefined {
    return this.send('SET_AGENT_STATE_REQ', setAgentStateFields(request, this.#d.peripheralId), {
      kind: 'setAgentState',
      agentId: request.agentId,
      cause,
      answered: (answer) => {
        answered(answer);
        if (answer.type === 'timeout') this.#d.doubted(request.agentId);
      },
    });
  }

  queryAgent(agentId: string, filed: FiledAgentQuery): void {
    const key = isLongAgentId(agentId)
      ? this.#d.agentIds().find(({ loginId }) => loginId === agentId)
      : { loginId: agentId, skillTargetId: 0 };
    if (key === undefined) filed.answered(null);
    else this.send('QUERY_AGENT_STATE_REQ', queryAgentStateFields(key, this.#d.peripheralId), filed);
  }

  /** One act of call control may take several messages, each sent when the one before was confirmed. */
  callControl(request: CallControl, cause: Cause, answered: (answer: CtiAnswer) => void): void {
    const { connections, peripheralId } = this.#d;
    const steps = callRequests(request, peripheralId, (dialogId, extension) =>
      connections.find(Number(dialogId), extension),
    );
    if (steps === null) answered({ type: 'refused', refusal: UNKNOWN_CONNECTION });
    else this.#callSteps(request, steps, cause, answered);
  }

  #callSteps(
    request: CallControl,
    [first, ...rest]: readonly CallRequest[],
    cause: Cause,
    answered: (answer: CtiAnswer) => void,
  ): void {
    const { name, fields, mayFail } = first!;
    this.send(name, fields, {
      kind: 'callControl',
      cause,
      answered: (answer) => {
        if (rest.length > 0 && (answer.type === 'answered' || (mayFail && answer.type === 'refused'))) {
          if (this.#d.inService()) this.#callSteps(request, rest, cause, answered);
          else answered({ type: 'lost' });
          return;
        }
        answered(answer.type === 'answered' ? this.#callConfirmed(request, answer.message) : answer);
      },
    });
  }

  #callConfirmed(request: CallControl, { fields }: DecodedMessage): CtiAnswer {
    const { clock, connections, listener } = this.#d;
    if (request.verb === 'START_RECORDING') {
      const { dialogId: callId, extension: device } = request;
      // No event tells it.
      listener().call({ type: 'recording', callId, at: clock.now(), device, local: null, on: true });
    }
    const connection = newConnectionOf(fields);
    if (connection === null) return { type: 'confirmed' };
    const device = 'extension' in request ? request.extension : request.supervisorExtension;
    connections.note(connection, device);
    return { type: 'confirmed', newDialogId: String(connection.callId) };
  }
}
