import type { AgentView } from '../agent-model.ts';
import type { AcdTeam, WrapUpMode } from '../directory.ts';
import type { Line, LinePeriod, WrapUp } from './call-record.ts';
import type { Parts } from './parts.ts';

/** Wrap-up after calls (objects.md 2.4): who gets one, how long it lasts, and the call whose data it keeps. */
export class WrapUps {
  readonly #parts: Parts;
  readonly #byAgent = new Map<string, WrapUp>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#byAgent.size;
  }

  /** The wrap-up may not be left before data was entered. */
  dataMissing(loginId: string): boolean {
    const wrapUp = this.#byAgent.get(loginId);
    return wrapUp?.dataRequired === true && wrapUp.call.data.wrapUp === '';
  }

  /**
   * The last call at the agent's phone has ended.
   * @returns false if no wrap-up follows
   */
  start(line: Line, { profile, status }: AgentView): boolean {
    const { agents, board, desk, clock, settings } = this.#parts;
    const team = agents.roster.team(profile.teamId);
    const mode = modeOf(team, line.period);
    const wanted = mode === 'OPTIONAL' ? status.wrapUpWanted : mode !== 'NOT_ALLOWED';
    if (!wanted || !line.period.talked) return false;
    // The call that ended last is the one to wrap up; after a transfer that is the customer's.
    const index = board.ends.findLastIndex(({ device }) => device === line.device);
    const [end] = index < 0 ? [] : board.ends.splice(index, 1);
    if (!end) return false;
    if (!desk.apply(profile.loginId, 'callEndedIntoWrapUp')) {
      board.ends.splice(index, 0, end);
      return false;
    }
    const dataRequired = mode === 'REQUIRED_WITH_WRAP_UP_DATA';
    const wrapUp: WrapUp = { agentId: profile.loginId, call: end.call, line, dataRequired, timer: null };
    end.call.wrapUps++;
    line.wrapUp = wrapUp;
    this.#byAgent.set(profile.loginId, wrapUp);
    const seconds = team?.wrapUpTimerSeconds ?? settings.wrapUpSeconds;
    wrapUp.timer = clock.schedule(seconds * 1000, () => {
      this.#parts.turns.run(() => desk.apply(profile.loginId, 'wrapUpTimer'));
    });
    return true;
  }

  /** Ends the wrap-up of an agent who is no longer in it, or at another phone. */
  follow({ profile, status, instrument }: AgentView): void {
    const wrapUp = this.#byAgent.get(profile.loginId);
    if (!wrapUp) return;
    const working = status.state === 'WORK_READY' || status.state === 'WORK_NOT_READY';
    if (working && instrument === wrapUp.line.device) return;
    if (!working) {
      this.#byAgent.delete(profile.loginId);
      wrapUp.timer?.cancel();
    }
    if (wrapUp.line.wrapUp === wrapUp) this.release(wrapUp.line);
  }

  /** The data of the ended call is needed no longer; the agent stays in wrap-up. */
  release(line: Line): void {
    const { wrapUp } = line;
    if (!wrapUp) return;
    line.wrapUp = null;
    wrapUp.call.wrapUps--;
    this.#parts.board.endNow(wrapUp.call, line.device);
    this.#parts.board.forget(wrapUp.call);
  }
}

function modeOf(team: AcdTeam | undefined, { incoming }: LinePeriod): WrapUpMode {
  return (incoming ? team?.wrapUpOnIncoming : team?.wrapUpOnOutgoing) ?? 'NOT_ALLOWED';
}
