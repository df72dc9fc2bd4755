import type { Clock } from '@poise/clock';
import { type CtiMessage, formatMessage } from '@poise/ged188';
import { agentStateEvent } from './agent-event.ts';
import type { AgentChange, AgentModel, AgentView } from './agent-model.ts';
import { type AgentTask, taskOf } from './agent-task.ts';
import { CallCopies, type CallCopy } from './call-copies.ts';
import type { CallEventFact } from './call-event.ts';
import type { CallView } from './calls/call.ts';
import type { CallControl } from './calls/call-control.ts';
import type { CallFact } from './calls/call-fact.ts';
import type { CallEventContext } from './copy-fields.ts';
import { traceAgentEvent } from './cti-trace.ts';
import { type DeskTimes, deskSettingsOf } from './desk-settings.ts';
import type { Dialect } from './dialect.ts';
import type { EventRouter } from './event-router.ts';
import type { Manners } from './manners.ts';
import { Statistics } from './statistics.ts';

/**
 * Tells the clients what happened: facts in the order in which they happened, each written once, routed, traced.
 * Facts of agents and of calls take the same path, so that their order is one.
 */

export interface PublisherOptions {
  readonly model: AgentModel;
  readonly router: EventRouter;
  readonly dialect: Dialect;
  readonly clock: Clock;
  readonly manners: Manners;
  readonly deskTimes: DeskTimes;
  /** The calls, when they are needed: the model of the calls needs the publisher first. */
  readonly calls: () => CallControl;
  readonly trace: ((line: string) => void) | undefined;
  /** Every message of a call, whoever gets it. */
  readonly heard: (message: CtiMessage) => void;
}

export class Publisher {
  readonly statistics: Statistics;
  readonly copies = new CallCopies();
  readonly #options: PublisherOptions;
  readonly #waiting: { readonly ofAgent: boolean; readonly deliver: () => void }[] = [];

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.statistics = new Statistics(options.clock);
  }

  /** Tells one fact. The views in it are live, so it is written at once, also where it has to wait. */
  fact(fact: CallFact): void {
    this.statistics.fact(fact);
    const deliveries = fact.type === 'agent' ? this.#agent(fact.change) : this.#call(fact);
    if (this.#options.manners.agentEventsBeforeCallEvents !== true)
      for (const deliver of deliveries) deliver();
    else this.#collect(fact.type === 'agent', deliveries);
  }

  /** AGENT_STATE_EVENT as it is now. */
  agentEvent(change: AgentChange): CtiMessage {
    const { model, router, dialect } = this.#options;
    const { profile, instrument } = change.agent;
    const signature = router.desktopOf(profile.loginId, instrument)?.clientSignature ?? '';
    const fields = agentStateEvent(change, dialect, model.roster, signature, this.taskOf(change.agent));
    return { name: 'AGENT_STATE_EVENT', fields };
  }

  /** What an agent is busy with. */
  taskOf(agent: AgentView): AgentTask {
    const { model, calls } = this.#options;
    const { instrument } = agent;
    const present = instrument === null ? [] : calls().callsAt(instrument);
    // When wrap-up begins the call has just left the phone and has not ended there.
    const at = present.length > 0 || instrument === null ? present : this.#leaving(instrument);
    return taskOf(
      agent,
      at,
      deskSettingsOf(model.roster.team(agent.profile.teamId), this.#options.deskTimes).wrapUpSeconds,
    );
  }

  /** BEGIN_CALL_EVENT of each call at a device, for a session that has just opened. */
  *callsAt(device: string): Generator<CtiMessage> {
    for (const call of this.#options.calls().callsAt(device)) {
      if (this.copies.scope.has(call.id, device))
        yield this.copies.begin(call, { id: device, kind: 'station' }, this.#context());
    }
  }

  /** With {@link Manners.agentEventsBeforeCallEvents}: what happens at one moment goes out together, agents first. */
  #collect(ofAgent: boolean, deliveries: readonly (() => void)[]): void {
    if (this.#waiting.length === 0) {
      this.#options.clock.schedule(0, () => {
        const waiting = this.#waiting.splice(0);
        for (const first of [true, false])
          for (const { ofAgent: agent, deliver } of waiting) if (agent === first) deliver();
      });
    }
    for (const deliver of deliveries) this.#waiting.push({ ofAgent, deliver });
  }

  #agent(change: AgentChange): (() => void)[] {
    const { router, model, trace } = this.#options;
    const ended = this.#endBeforeWrapUp(change.agent);
    const event = this.agentEvent(change);
    const deliver = () => {
      router.agentEvent(change, event);
      if (!trace) return;
      for (const line of traceAgentEvent(event, model.roster.team(change.agent.profile.teamId))) trace(line);
    };
    return [...ended, deliver];
  }

  #call(fact: CallEventFact): (() => void)[] {
    const copies = this.copies.of(fact, this.#context());
    const deliveries = copies.map((copy) => () => this.#deliver(copy));
    const gone = fact.type === 'end' && ![...this.copies.scope.devicesOf(fact.call.id)].length;
    const { id } = fact.call;
    return gone ? [...deliveries, () => this.#options.router.callEnded(id)] : deliveries;
  }

  #deliver(copy: CallCopy): void {
    const { model, router, trace } = this.#options;
    const agent = model.agentOn(copy.device.id)?.profile;
    const joined = copy.agentId === null ? undefined : model.roster.agent(copy.agentId);
    this.#options.heard(copy.message);
    router.callEvent(copy, [agent?.loginId ?? null, copy.agentId], (agent ?? joined)?.teamId ?? null);
    trace?.(formatMessage(copy.message));
  }

  /** With {@link Manners.endCallBeforeWrapUp} the call that an agent begins to wrap up ends first. */
  #endBeforeWrapUp({ instrument, status }: AgentView): (() => void)[] {
    const { manners } = this.#options;
    if (manners.endCallBeforeWrapUp !== true || instrument === null) return [];
    if (status.state !== 'WORK_NOT_READY' && status.state !== 'WORK_READY') return [];
    const device = { id: instrument, kind: 'station' } as const;
    return this.#leaving(instrument).flatMap((call) => this.#call({ type: 'end', call, device }));
  }

  /** Calls that a phone has left and that have not ended there. */
  #leaving(device: string): CallView[] {
    const { calls } = this.#options;
    const known = [...this.copies.scope.callsAt(device)].flatMap((id) => calls().call(id) ?? []);
    return known.filter((call) => !isIn(call, device));
  }

  #context(): CallEventContext {
    const { dialect, model, router, clock } = this.#options;
    return {
      dialect,
      roster: model.roster,
      signatureOf: (device) =>
        router.desktopOf(model.agentOn(device)?.profile.loginId ?? null, device)?.clientSignature ?? '',
      time: Math.floor(clock.now() / 1000),
    };
  }
}

const isIn = (call: CallView, device: string) =>
  call.connections.some((connection) => connection.device === device);
