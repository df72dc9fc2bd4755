/** Which queues a user has: derived from the directory (rest-api.md 6). */
import type { Directory, SkillGroupRecord, UserRecord } from '../store/directory.ts';

/**
 * The queues of a user; of a supervisor also those of all members of the supervised teams. Ascending by number;
 * groups without a record are left out.
 */
export function queuesOf(user: UserRecord, directory: Directory): readonly SkillGroupRecord[] {
  const numbers = new Set(user.skillGroupNumbers);
  for (const teamId of user.supervisedTeamIds) {
    for (const member of directory.teamMembers(teamId))
      for (const number of member.skillGroupNumbers) numbers.add(number);
  }
  return [...numbers]
    .sort((a, b) => a - b)
    .map((number) => directory.skillGroup(number))
    .filter((group): group is SkillGroupRecord => group !== undefined);
}

/** For one version of the directory: who has which queue. Built once, when first asked. */
export class QueueUsers {
  #built: { directory: Directory; users: ReadonlyMap<number, readonly UserRecord[]> } | undefined;

  /** Users who have the queue of their own or through the teams they supervise. */
  of(number: number, directory: Directory): readonly UserRecord[] {
    if (this.#built?.directory !== directory) {
      const users = new Map<number, UserRecord[]>();
      for (const user of directory.users()) {
        for (const group of queuesOf(user, directory)) {
          const list = users.get(group.number);
          if (list) list.push(user);
          else users.set(group.number, [user]);
        }
      }
      this.#built = { directory, users };
    }
    return this.#built.users.get(number) ?? [];
  }
}
