import type { AgentView } from '../agent-model.ts';
import type { AgentStateName } from '../agent-state.ts';
import { type Connection, type Line, newPeriod } from './call-record.ts';
import { LINE_TABLE, type LineEffect, lineStatus } from './line-table.ts';
import type { Parts } from './parts.ts';

const RESERVED: ReadonlySet<AgentStateName> = new Set([
  'RESERVED',
  'RESERVED_OUTBOUND',
  'RESERVED_OUTBOUND_PREVIEW',
]);

/** Keeps the states of agents in line with the calls at their phones. */
export class AgentLines {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Works out what became of the line and lets its agent know. */
  update(line: Line): void {
    const { dialect, desk, figures } = this.#parts;
    for (const connection of line.connections) this.#note(line, connection);
    const before = line.status;
    const after = lineStatus(
      line.connections.map(({ state }) => state),
      dialect.deployment,
      line.period.routed,
    );
    line.status = after;
    const agent = desk.on(line.device);
    if (agent) {
      this.#endReservation(line, agent);
      if (before !== after)
        for (const effect of LINE_TABLE[`${before}>${after}`] ?? []) this.#tell(line, effect);
      const now = desk.on(line.device);
      if (now) {
        figures.update(now);
        this.#parts.routing.evaluate(now);
      }
    }
    this.#parts.outbound.follow(line);
    if (after === 'IDLE' && before !== 'IDLE') line.period = newPeriod();
  }

  /** Whether a call outside routing is at the agent's phone (CCX). */
  onNonAcdCall(loginId: string): boolean {
    const instrument = this.#parts.agents.agent(loginId)?.instrument;
    return instrument != null && this.#parts.board.line(instrument)?.status === 'OTHER';
  }

  #note({ period, status }: Line, { state, outgoing, routed, listening, callType }: Connection): void {
    if (status === 'IDLE' && outgoing && state === 'INITIATE') period.dialled = true;
    if (state !== 'CONNECT' && state !== 'HOLD') return;
    if (routed) period.routed = true;
    if (listening || callType === 'SUPERVISOR_BARGEIN') return;
    period.talked = true;
    if (!outgoing) period.incoming = true;
  }

  /** A reservation is over without an answer: the caller has gone, or the agent took another call. */
  #endReservation(line: Line, agent: AgentView): void {
    if (line.reservation || this.#parts.outbound.holds(line) || !RESERVED.has(agent.status.state)) return;
    const answered = line.connections.some(({ routed, state }) => routed && state !== 'ALERTING');
    if (!answered) this.#parts.desk.apply(agent.profile.loginId, 'withdrawn');
  }

  #tell(line: Line, effect: LineEffect): void {
    const { desk, dialect, wrapUps } = this.#parts;
    const agent = desk.on(line.device);
    if (!agent) return;
    const { loginId } = agent.profile;
    switch (effect) {
      case 'start':
        if (desk.apply(loginId, 'answered')) return;
        if (line.period.dialled) desk.apply(loginId, 'offHook', dialect.reasons.offHook);
        desk.apply(loginId, 'callStarted');
        return;
      case 'end':
        if (!wrapUps.start(line, agent)) desk.apply(loginId, 'callEnded');
        return;
      case 'nonAcdStarted': {
        const { offHook, nonAcdCall } = dialect.reasons;
        desk.apply(loginId, effect, line.period.dialled ? offHook : nonAcdCall);
        return;
      }
      default:
        desk.apply(loginId, effect);
    }
  }
}
