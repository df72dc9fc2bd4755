import type { Failure } from '../agent-model.ts';
import type {
  CallData,
  CallTypeName,
  CallView,
  ConnectionState,
  ConnectionView,
  DeviceKind,
} from '../calls/call.ts';
import type { CallFact } from '../calls/call-fact.ts';
import type { CallOutcome, CallRequest } from '../calls/call-request.ts';
import type { SkillGroupFigures } from '../calls/skill-group-figures.ts';
import { type CallsContext, NoCalls } from '../no-calls.ts';

/** A call model without a model: calls are put into it, requests are noted and answered as the test says. */
export class FakeCalls extends NoCalls {
  readonly requests: CallRequest[] = [];
  readonly views = new Map<number, CallView>();
  readonly figuresOf = new Map<number, SkillGroupFigures>();
  /** What happens to the next requests; without one they are confirmed without a connection. */
  answer: (request: CallRequest, done: (outcome: CallOutcome) => void) => void = (_request, done) =>
    done({ ok: true });
  readonly #emit: (fact: CallFact) => void;

  constructor(context: CallsContext) {
    super(context);
    this.#emit = context.emit;
  }

  /** The calls as they are now. */
  set(...calls: CallView[]): void {
    for (const call of calls) this.views.set(call.id, call);
  }

  /** Facts of one happening; their calls are the calls from now on. */
  happen(...facts: CallFact[]): void {
    for (const fact of facts) {
      if (fact.type !== 'agent') this.views.set(fact.call.id, fact.call);
      this.#emit(fact);
    }
  }

  refuse(failure: Failure): void {
    this.answer = (_request, done) => done({ ok: false, failure });
  }

  override request(request: CallRequest, done: (outcome: CallOutcome) => void): void {
    this.requests.push(request);
    this.answer(request, done);
  }

  override call(id: number): CallView | undefined {
    return this.views.get(id);
  }

  override callsAt(device: string): readonly CallView[] {
    return [...this.views.values()].filter(({ connections }) =>
      connections.some((connection) => connection.device === device),
    );
  }

  override calls(): Iterable<CallView> {
    return this.views.values();
  }

  override figures(skillGroup: number): SkillGroupFigures | undefined {
    return this.figuresOf.get(skillGroup);
  }
}

export const NO_DATA: CallData = {
  ani: '',
  dnis: '',
  dialedNumber: '',
  callerEnteredDigits: '',
  userToUser: '',
  variables: Array.from({ length: 10 }, () => ''),
  named: [],
  wrapUp: '',
  key: null,
};

/** A call of these connections: `2003 CONNECT`, with the kind and the agent as they come. */
export function callOf(
  id: number,
  type: CallTypeName,
  connections: readonly Partial<ConnectionView>[],
  rest: Partial<Omit<CallView, 'data'>> & { readonly data?: Partial<CallData> } = {},
): CallView {
  const { data, ...others } = rest;
  return {
    id,
    type,
    skillGroup: null,
    associated: null,
    controller: null,
    startedAt: 0,
    ...others,
    data: { ...NO_DATA, ...data },
    connections: connections.map((connection) => ({
      callId: id,
      device: '',
      kind: 'station',
      state: 'CONNECT',
      callType: type,
      agentId: null,
      since: 0,
      outgoing: false,
      skillGroup: null,
      listening: false,
      ...connection,
    })),
  };
}

/** A connection of a phone (or something else) in a state. */
export function at(
  device: string,
  state: ConnectionState = 'CONNECT',
  kind: DeviceKind = 'station',
  rest: Partial<ConnectionView> = {},
): Partial<ConnectionView> {
  return { device, state, kind, ...rest };
}
