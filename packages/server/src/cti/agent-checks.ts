/**
 * Questions about single agents while the link is in service, where the picture may be wrong: after a request that was never
 * answered, and for answers that the recovery did not wait for. An event that comes before the answer is newer (ged188.md 12).
 */
import { ControlFailureCode } from '@poise/ged188';
import type { CtiRefusal } from '../domain/errors.ts';
import { FOREIGN_ATTEMPTS_MAX } from './recovery-requests.ts';
import type { AgentQuestion, AgentSnapshot } from './requests.ts';

export interface AgentChecksDependencies {
  /** Sends QUERY_AGENT_STATE_REQ. */
  readonly query: (agentId: string, question: AgentQuestion) => void;
  readonly checked: (agentId: string, snapshot: AgentSnapshot) => void;
  /** An answer came, whether it can be used or not. */
  readonly answered: (agentId: string) => void;
  /** No answer came, and no event has told of the agent since. */
  readonly unanswered: (agentId: string) => void;
  /** The CTI server told of somebody else than the agent asked for; `told`: in words. */
  readonly foreign: (invokeId: number, asked: string, told: string) => void;
}

export class AgentChecks {
  readonly #d: AgentChecksDependencies;
  /** Agents asked for → the questions that are open, oldest first, and whether their answers may still be used. */
  readonly #open = new Map<string, { fresh: boolean }[]>();
  /** Who is asked for once more when all his questions are closed. */
  readonly #again = new Set<string>();

  constructor(dependencies: AgentChecksDependencies) {
    this.#d = dependencies;
  }

  /** Once at a time for each agent. */
  ask(agentId: string): void {
    if (!this.#open.has(agentId)) this.askAgain(agentId);
  }

  /** Also while an earlier question is open, whose answer may be lost. */
  askAgain(agentId: string): void {
    this.#d.query(agentId, this.expect(agentId));
  }

  /**
   * The question as it is filed, also one that has been sent before.
   * @param fresh whether no event has told of the agent since it was sent
   * @param attempt how often it has been asked, this time included: again while the answer tells of somebody else
   */
  expect(agentId: string, fresh = true, attempt = 1): AgentQuestion {
    const check = { fresh };
    this.#open.set(agentId, [...(this.#open.get(agentId) ?? []), check]);
    const closed = () => {
      const others = this.#open.get(agentId)?.filter((other) => other !== check) ?? [];
      if (others.length > 0) this.#open.set(agentId, others);
      else {
        this.#open.delete(agentId);
        if (this.#again.delete(agentId)) this.askAgain(agentId);
      }
      return check.fresh;
    };
    return {
      kind: 'agentQuery',
      agentId,
      answered: (snapshot, refusal) => {
        const earlier = this.#earlierThan(agentId, check);
        if (snapshot !== null) this.#d.answered(agentId);
        if (!closed()) return;
        if (snapshot === null) this.#d.unanswered(agentId);
        else if (says(snapshot, refusal)) {
          // What was asked before is older, if it comes at all.
          for (const one of earlier) one.fresh = false;
          this.#d.checked(agentId, snapshot);
        }
      },
      foreign: (invokeId, told) => {
        const wanted = closed();
        this.#d.foreign(invokeId, agentId, told);
        if (!wanted) return;
        if (attempt < FOREIGN_ATTEMPTS_MAX) this.#d.query(agentId, this.expect(agentId, true, attempt + 1));
        else this.#d.unanswered(agentId);
      },
    };
  }

  /** A live event told of this agent. */
  heard(agentId: string): void {
    for (const check of this.#open.get(agentId) ?? []) check.fresh = false;
  }

  /**
   * Something of this agent changed, and it is not known what: answers that are under way may be older, so he is asked for once more after
   * them, however often this happens meanwhile.
   */
  outdated(agentId: string): void {
    this.heard(agentId);
    if (this.#open.has(agentId)) this.#again.add(agentId);
    else this.askAgain(agentId);
  }

  #earlierThan(agentId: string, check: { fresh: boolean }): readonly { fresh: boolean }[] {
    const open = this.#open.get(agentId) ?? [];
    return open.slice(0, open.indexOf(check));
  }
}

/** In a recovery every refusal means that the agent is not signed in; here, where more is known, only the one that says so. */
function says({ state }: AgentSnapshot, refusal: CtiRefusal | undefined): boolean {
  return (
    state !== 'UNKNOWN' && (refusal === undefined || refusal.code === ControlFailureCode.INVALID_OBJECT_STATE)
  );
}
