import type { TeamMessageStore } from '../../src/commands/team-message-board.ts';
import type { TeamMessage } from '../../src/domain/team-messages.ts';

/** Messages in memory, as a store that survives the centre. */
export class MemoryTeamMessages implements TeamMessageStore {
  readonly stored = new Map<string, TeamMessage>();
  all = async (): Promise<TeamMessage[]> => [...this.stored.values()];
  create = async (message: TeamMessage): Promise<void> => void this.stored.set(message.id, message);
  remove = async (ids: readonly string[]): Promise<void> => {
    for (const id of ids) this.stored.delete(id);
  };
}
