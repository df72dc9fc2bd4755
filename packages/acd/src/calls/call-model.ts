import type { Clock } from '@poise/clock';
import { ControlFailureCode as CF } from '@poise/ged188';
import type { AgentChange, AgentModel, Failure } from '../agent-model.ts';
import type { Dialect } from '../dialect.ts';
import type { RosterDifference } from '../directory.ts';
import { AgentDesk } from './agent-desk.ts';
import { AgentLines } from './agent-line.ts';
import { Board } from './board.ts';
import type { CallView } from './call.ts';
import type { CallControl } from './call-control.ts';
import type { CallFact } from './call-fact.ts';
import type { CallOutcome, CallRequest } from './call-request.ts';
import { CallRequests } from './call-requests.ts';
import { CALL_SETTINGS, type CallSettings } from './call-settings.ts';
import { CALL_TYPES } from './call-type.ts';
import { Clearing } from './clearing.ts';
import { ConferenceRules } from './conference-rules.ts';
import { Consulting } from './consult.ts';
import { Dialling } from './dialling.ts';
import { Figures } from './figures.ts';
import { Holding } from './holding.ts';
import { Making } from './making.ts';
import { Media } from './media.ts';
import { Monitoring } from './monitoring.ts';
import { NailedLegs } from './nailed-legs.ts';
import { Offers } from './offers.ts';
import { control, type Operation } from './operation.ts';
import { Orders } from './orders.ts';
import { Outbound, type OutboundContact } from './outbound.ts';
import type { Parts } from './parts.ts';
import { actingDevice, RequestLine } from './request-line.ts';
import { Routing } from './routing.ts';
import { SingleStepMoves } from './single-step.ts';
import type { SkillGroupFigures } from './skill-group-figures.ts';
import { Supervision } from './supervision.ts';
import type { Switch, SwitchEvent } from './switch.ts';
import { SwitchEvents } from './switch-events.ts';
import { Transfer } from './transfer.ts';
import { Turns } from './turns.ts';
import { WrapUps } from './wrap-up.ts';

export interface CallModelOptions {
  readonly clock: Clock;
  readonly dialect: Dialect;
  readonly agents: AgentModel;
  readonly switch: Switch;
  /** Unique also across restarts; 1 to 0xfffffffe. */
  readonly nextCallId: () => number;
  /** Told of everything that happens, in order. May call the model again: it is served afterwards. */
  readonly emit: (fact: CallFact) => void;
  readonly settings?: Partial<CallSettings>;
  /** A phone left or came back into service: told before the agent's and the calls' facts. */
  readonly instrumentService?: (device: string, inService: boolean) => void;
  /** The exchange went away or came back. */
  readonly switchState?: (up: boolean) => void;
}

type Handler = (operation: Operation, request: never) => Failure | undefined;

/**
 * Calls, queues and the lines of agents. Pure and synchronous: time and switch are handed in; what happens
 * comes out as facts. Inputs that arrive while another is being served wait for it.
 */
export class CallModel implements CallControl {
  readonly #parts: Parts;
  readonly #options: CallModelOptions;
  readonly #requests: RequestLine;
  readonly #others: CallRequests;
  readonly #events: SwitchEvents;
  readonly #handlers: Readonly<Record<Exclude<CallRequest['type'], 'setData' | 'release'>, Handler>>;

  constructor(options: CallModelOptions) {
    this.#options = options;
    const { clock, dialect, agents, emit } = options;
    // The parts know each other through this record; none uses another before all are there.
    const parts = {
      clock,
      dialect,
      agents,
      emit,
      types: CALL_TYPES[dialect.deployment],
      settings: { ...CALL_SETTINGS, ...options.settings },
    } as { -readonly [K in keyof Parts]: Parts[K] };
    this.#parts = parts;
    this.#requests = new RequestLine(parts);
    const rules = new ConferenceRules(dialect.deployment);
    parts.turns = new Turns(() => this.#settle());
    parts.orders = new Orders(options.switch, parts.turns);
    parts.board = new Board(parts, options.nextCallId);
    parts.media = new Media(parts);
    parts.clearing = new Clearing(parts);
    parts.dialling = new Dialling(parts);
    parts.offers = new Offers(parts);
    parts.routing = new Routing(parts);
    parts.lines = new AgentLines(parts);
    parts.desk = new AgentDesk(parts);
    parts.wrapUps = new WrapUps(parts);
    parts.figures = new Figures(parts);
    parts.nailed = new NailedLegs(parts);
    parts.outbound = new Outbound(parts, (request, failed) =>
      this.#request(request, (outcome) => {
        if (!outcome.ok) failed();
      }),
    );
    parts.monitoring = new Monitoring(parts, this.#requests);
    parts.supervision = new Supervision(parts, this.#requests, rules);
    this.#others = new CallRequests(parts, this.#requests);
    const transfer = new Transfer(parts, this.#requests, rules);
    const consulting = new Consulting(parts, this.#requests, rules);
    const making = new Making(parts);
    const holding = new Holding(parts, this.#requests);
    const moves = new SingleStepMoves(parts, this.#requests, rules);
    this.#events = new SwitchEvents(parts, making, holding, moves);
    this.#handlers = {
      make: making.make.bind(making),
      answer: holding.answer.bind(holding),
      hold: holding.hold.bind(holding),
      retrieve: holding.retrieve.bind(holding),
      alternate: holding.alternate.bind(holding),
      reconnect: holding.reconnect.bind(holding),
      clear: this.#others.clear.bind(this.#others),
      clearCall: this.#others.clearCall.bind(this.#others),
      consult: consulting.consult.bind(consulting),
      transfer: transfer.transfer.bind(transfer),
      conference: transfer.conference.bind(transfer),
      singleStepTransfer: moves.run.bind(moves),
      singleStepConference: moves.run.bind(moves),
      deflect: moves.deflect.bind(moves),
      dtmf: this.#others.dtmf.bind(this.#others),
      supervise: parts.supervision.run.bind(parts.supervision),
      record: this.#others.record.bind(this.#others),
    };
    agents.attachLine({
      wrapUpDataMissing: (loginId) => parts.wrapUps.dataMissing(loginId),
      onNonAcdCall: (loginId) => parts.lines.onNonAcdCall(loginId),
    });
    options.switch.attach((event) => parts.turns.run(() => this.#event(event)));
  }

  request(request: CallRequest, done: (outcome: CallOutcome) => void): void {
    this.#parts.turns.run(() => this.#request(request, done));
  }

  call(id: number): CallView | undefined {
    return this.#parts.board.calls.get(id);
  }

  callsAt(device: string): readonly CallView[] {
    const { board } = this.#parts;
    const line = board.line(device);
    if (!line) return [...board.calls.values()].filter((call) => call.connection(device));
    const calls = new Set<CallView>(line.connections.map(({ call }) => call));
    if (line.wrapUp) calls.add(line.wrapUp.call);
    return [...calls].sort((a, b) => a.startedAt - b.startedAt || a.id - b.id);
  }

  calls(): Iterable<CallView> {
    return this.#parts.board.calls.values();
  }

  /** What the model keeps: all zero when nothing is going on. */
  get load(): { readonly calls: number; readonly legs: number; readonly wrapUps: number } {
    const { board, wrapUps } = this.#parts;
    return { calls: board.size, legs: board.legs.size, wrapUps: wrapUps.size };
  }

  figures(skillGroup: number): SkillGroupFigures | undefined {
    return this.#parts.figures.of(skillGroup);
  }

  /**
   * What AgentModel answered to a request of a client: told as facts of type `agent`, then routing follows
   * (an available agent gets a call, wrap-up ends, a nailed connection is set up). Nobody else needs to
   * publish these changes.
   */
  agentChanged(changes: readonly AgentChange[]): void {
    const { turns, desk } = this.#parts;
    turns.run(() => {
      for (const change of changes) desk.tell(change);
    });
  }

  /**
   * A phone left or came back into service: its agent is signed out, its calls are cleared.
   * @returns false if nothing changed
   */
  setInstrumentService(device: string, inService: boolean): boolean {
    const { agents, turns } = this.#parts;
    const changes = agents.setInstrumentService(device, inService);
    if (!changes) return false;
    turns.run(() => {
      const { desk, board } = this.#parts;
      this.#options.instrumentService?.(device, inService);
      for (const change of changes) desk.tell(change);
      const line = board.line(device);
      if (line) board.touchLine(line);
      if (!inService) this.#clearDevice(device);
    });
    return true;
  }

  /**
   * Offers a contact of a campaign to the agent at a phone, who answers by BAResponse.
   * @returns false when nobody is available there
   */
  offerContact(device: string, contact: OutboundContact): boolean {
    let taken = false;
    this.#parts.turns.run(() => {
      taken = this.#parts.outbound.offer(device, contact);
    });
    return taken;
  }

  /** After AgentModel.replaceRoster: agents, skills and queues as they are now. `changes` are told as facts. */
  rosterReplaced(difference: RosterDifference, changes: readonly AgentChange[]): void {
    const { desk, routing, figures, turns } = this.#parts;
    turns.run(() => {
      for (const change of changes) desk.tell(change);
      for (const { loginId } of difference.agents.removed) {
        routing.forget(loginId);
        figures.forget(loginId);
      }
      routing.rosterReplaced(difference.skillGroups.removed.map(({ number }) => number));
      for (const device of difference.devices.removed) this.#clearDevice(device);
    });
  }

  #request(request: CallRequest, done: (outcome: CallOutcome) => void): void {
    switch (request.type) {
      case 'setData': {
        const outcome = this.#others.setData(request);
        done(outcome);
        if (!outcome.ok) return;
        this.#others.applyData(request);
        const call = this.#parts.board.calls.get(outcome.call?.id ?? 0);
        if (call) this.#parts.outbound.responded(call);
        return;
      }
      case 'release': {
        const outcome = this.#others.release(request);
        done(outcome);
        const line = this.#parts.board.line(request.connection.device);
        if (outcome.ok && line) this.#parts.wrapUps.release(line);
        return;
      }
      default: {
        const handler = this.#handlers[request.type] as (
          operation: Operation,
          request: CallRequest,
        ) => Failure | undefined;
        const device = actingDevice(request);
        if (device === '') done({ ok: false, failure: control(CF.INVALID_CSTA_DEVICE_IDENTIFIER) });
        else this.#requests.run(device, done, (operation) => handler(operation, request));
      }
    }
  }

  #event(event: SwitchEvent): void {
    const { orders } = this.#parts;
    switch (event.type) {
      case 'down':
        orders.setUp(false);
        this.#options.switchState?.(false);
        return;
      case 'back':
        orders.setUp(true);
        this.#options.switchState?.(true);
        this.#events.audit(event.legs);
        return;
      case 'deviceState':
        this.setInstrumentService(event.device, event.inService);
        return;
      default:
        this.#events.serve(event);
    }
  }

  #clearDevice(device: string): void {
    const { board, clearing, offers } = this.#parts;
    const line = board.line(device);
    if (!line) return;
    for (const claim of [...line.claims]) if ('target' in claim) offers.unanswered(claim, 'outOfService');
    for (const connection of [...line.connections]) clearing.connection(connection, 'MAINTENANCE');
  }

  /** Draws the consequences of an input, until there are none left. */
  #settle(): void {
    const { board, lines, media, monitoring, routing } = this.#parts;
    do {
      monitoring.sweep();
      for (const line of take(board.touchedLines)) lines.update(line);
      if (board.orphans.size > 0) continue;
      for (const { call, device } of board.ends.splice(0)) board.endNow(call, device);
      for (const call of take(board.touchedCalls)) {
        if (call.ended) board.forget(call);
        else media.refresh(call);
      }
      routing.match();
    } while (board.touchedLines.size + board.touchedCalls.size + board.ends.length + board.orphans.size > 0);
  }
}

function take<T>(set: Set<T>): T[] {
  const items = [...set];
  set.clear();
  return items;
}
