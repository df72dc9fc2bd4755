import { ControlFailureCode as CF } from '@poise/ged188';
import type { Failure } from '../agent-model.ts';
import { dataRefusal, patched } from './call-data.ts';
import type { Connection } from './call-record.ts';
import type { CallRequest } from './call-request.ts';
import { HELP_TYPES } from './call-type.ts';
import type { ConferenceRules } from './conference-rules.ts';
import { DIALED_NUMBER_MAX } from './destination.ts';
import { control, GONE, type Operation, status } from './operation.ts';
import type { Parts } from './parts.ts';
import { isFailure, type RequestLine } from './request-line.ts';

/** Consult calls: the first call is held, a second one goes out on the same line and takes its data along. */
export class Consulting {
  readonly #parts: Parts;
  readonly #requests: RequestLine;
  readonly #rules: ConferenceRules;

  constructor(parts: Parts, requests: RequestLine, rules: ConferenceRules) {
    this.#parts = parts;
    this.#requests = requests;
    this.#rules = rules;
  }

  consult(operation: Operation, request: CallRequest & { type: 'consult' }): Failure | undefined {
    const { media, board, emit, dialling, types } = this.#parts;
    const active = this.#requests.find(request.active, 'consult');
    if (isFailure(active)) return active;
    const { device, leg, call: original } = active;
    const refusal = this.#consultRefusal(operation, active, request);
    if (refusal || !leg) return refusal ?? GONE;
    operation.proceed(() => {
      if (active.gone || active.state !== 'CONNECT' || leg.gone) return GONE;
      const callType = request.help ? HELP_TYPES[request.help] : types.consult;
      const call = board.open(callType);
      call.associated = original.id;
      original.associated = call.id;
      call.skillGroup = original.skillGroup;
      call.segments = original.segments;
      const { data } = original;
      const key = data.key && { ...data.key, sequence: ++original.segments.last };
      call.data = patched(
        { ...data, ani: device, dnis: '', dialedNumber: '', wrapUp: '', key },
        request.data,
      );
      const connection = board.add(call, 'initiate', {
        device,
        kind: active.kind,
        callType,
        leg,
        agentId: active.agentId,
        outgoing: true,
        skillGroup: active.skillGroup,
      });
      operation.succeed({ connection: { callId: call.id, device }, call });
      board.held(active, 'CONSULT');
      board.begin(connection);
      emit({ type: 'serviceInitiated', call, device: connection.name, cause: 'CONSULT' });
      dialling.dial(connection, request.dialed);
    });
    media.silence(leg, (result) => operation.settle(result));
  }

  #consultRefusal(
    { line }: Operation,
    active: Connection,
    { dialed, data }: CallRequest & { type: 'consult' },
  ): Failure | null {
    const { settings, board } = this.#parts;
    const { call, device, listening } = active;
    if (listening) return control(CF.INVALID_OBJECT_STATE);
    if (dialed === '' || dialed.length > DIALED_NUMBER_MAX) return control(CF.INVALID_DIALED_NUMBER);
    if (dialed === device) return control(CF.INVALID_DESTINATION);
    const pairs = line.connections.some(
      (other) => other !== active && other.call.associated === call.id && other.state !== 'ALERTING',
    );
    if (pairs) return this.#rules.consulting();
    if (line.load >= settings.callsPerDeviceMax) return control(CF.MAXIMUM_LINE_LIMIT_EXCEEDED);
    if (board.size >= settings.callsMax) return control(CF.RESOURCE_BUSY);
    const controller = this.#rules.controllerRefusal(call, device);
    if (controller) return controller;
    const wrong = dataRefusal(call.data, data, settings);
    return wrong === null ? null : status(wrong);
  }
}
