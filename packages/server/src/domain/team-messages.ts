/**
 * Messages of supervisors to teams (objects.md 5; desktop.md 8). Pure: time is an argument, storing and telling
 * are the caller's business.
 */
import type { TeamMessageRecord } from '../store/team-message-repository.ts';
import type { Deployment } from './profile.ts';

export type TeamMessage = TeamMessageRecord;

/** What a supervisor asks for. */
export interface TeamMessageRequest {
  readonly content: string;
  readonly durationSeconds: number;
  /** Ascending, each once. Whether they exist, and whose they are, is not known here. */
  readonly teamIds: readonly number[];
}

/** Most characters of a message. */
export const CONTENT_MAX = 255;
/** The pages offer 5 min to 23 h 55 min; programs may choose more freely, up to a day. */
export const DURATION_SECONDS = { min: 1, max: 86_400 } as const;

/** What the original allows (desktop.md 8). */
export const TEAM_MESSAGE_LIMITS: Readonly<
  Record<Deployment, { readonly active: number; readonly operationsPerHour: number }>
> = {
  CCE: { active: 4_800, operationsPerHour: 400 },
  CCX: { active: 1_600, operationsPerHour: 100 },
};

export const expiresAt = (message: TeamMessage): number => message.createdAt + message.durationSeconds * 1000;

const HOUR_MS = 3_600_000;

/** The active messages, by id and by team. */
export class TeamMessageBook {
  readonly #limits: { readonly active: number; readonly operationsPerHour: number };
  readonly #messages = new Map<string, TeamMessage>();
  readonly #byTeam = new Map<number, Map<string, TeamMessage>>();
  /** Times of the creations and deletions of the last hour, oldest first; at most the limit of them. */
  readonly #operations: number[] = [];

  constructor(deployment: Deployment) {
    this.#limits = TEAM_MESSAGE_LIMITS[deployment];
  }

  get size(): number {
    return this.#messages.size;
  }

  get(id: string): TeamMessage | undefined {
    return this.#messages.get(id);
  }

  /** Newest first. */
  ofTeam(teamId: number): readonly TeamMessage[] {
    return newestFirst(this.#byTeam.get(teamId)?.values() ?? []);
  }

  /** Newest first. */
  createdBy(loginId: string): readonly TeamMessage[] {
    return newestFirst([...this.#messages.values()].filter(({ createdBy }) => createdBy.id === loginId));
  }

  all(): Iterable<TeamMessage> {
    return this.#messages.values();
  }

  /** Whether one more message may be created now. */
  hasRoom(now: number): boolean {
    return this.#messages.size < this.#limits.active && this.mayOperate(now);
  }

  /** Whether one more creation or deletion fits into the hour. */
  mayOperate(now: number): boolean {
    while (this.#operations.length > 0 && this.#operations[0]! <= now - HOUR_MS) this.#operations.shift();
    return this.#operations.length < this.#limits.operationsPerHour;
  }

  /** Counts a creation or deletion of somebody. */
  operated(now: number): void {
    this.#operations.push(now);
  }

  add(message: TeamMessage): void {
    this.#messages.set(message.id, message);
    for (const teamId of message.teamIds) {
      const ofTeam = this.#byTeam.get(teamId) ?? new Map<string, TeamMessage>();
      this.#byTeam.set(teamId, ofTeam.set(message.id, message));
    }
  }

  remove(id: string): TeamMessage | undefined {
    const message = this.#messages.get(id);
    if (message === undefined) return undefined;
    this.#messages.delete(id);
    for (const teamId of message.teamIds) {
      const ofTeam = this.#byTeam.get(teamId);
      ofTeam?.delete(id);
      if (ofTeam?.size === 0) this.#byTeam.delete(teamId);
    }
    return message;
  }
}

function newestFirst(messages: Iterable<TeamMessage>): TeamMessage[] {
  return [...messages].sort((a, b) => b.createdAt - a.createdAt);
}
