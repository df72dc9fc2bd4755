/** Who belongs to whom: derived from the directory, never stored twice. */
import type { Directory, UserRecord } from '../store/directory.ts';

/** Users of the API are agents and supervisors; administrators are accounts, not users (objects.md 1). */
export function isApiUser(user: UserRecord): boolean {
  return user.roles.includes('Agent') || user.roles.includes('Supervisor');
}

/** Whether `supervisor` supervises the team of `user`. */
export function supervises(supervisor: UserRecord, user: UserRecord): boolean {
  return user.teamId !== null && supervisor.supervisedTeamIds.includes(user.teamId);
}

export interface DirectoryDifference {
  readonly added: readonly UserRecord[];
  readonly removed: readonly UserRecord[];
  /** Name, role or team changed. */
  readonly changed: ReadonlyArray<{ readonly before: UserRecord; readonly after: UserRecord }>;
  /** Teams whose membership or name changed. */
  readonly teamIds: ReadonlySet<number>;
}

/** What a change of the configuration means for users and teams. Proportional to the number of users. */
export function compareDirectories(before: Directory, after: Directory): DirectoryDifference {
  const added: UserRecord[] = [];
  const removed: UserRecord[] = [];
  const changed: Array<{ before: UserRecord; after: UserRecord }> = [];
  const teamIds = new Set<number>();
  const touch = (teamId: number | null) => teamId !== null && teamIds.add(teamId);
  for (const user of before.users()) {
    const now = after.user(user.loginId);
    if (now === undefined || now.loginId !== user.loginId || !isApiUser(now)) {
      if (isApiUser(user)) {
        removed.push(user);
        touch(user.teamId);
      }
    } else if (!sameUser(user, now, before, after)) {
      changed.push({ before: user, after: now });
      if (user.teamId !== now.teamId) {
        touch(user.teamId);
        touch(now.teamId);
      }
    }
  }
  for (const user of after.users()) {
    const was = before.user(user.loginId);
    if (isApiUser(user) && (was === undefined || was.loginId !== user.loginId || !isApiUser(was))) {
      added.push(user);
      touch(user.teamId);
    }
  }
  for (const team of after.teams()) {
    const was = before.team(team.id);
    if (was !== undefined && was.name !== team.name) teamIds.add(team.id);
  }
  return { added, removed, changed, teamIds };
}

function sameUser(a: UserRecord, b: UserRecord, before: Directory, after: Directory): boolean {
  if (a === b && a.teamId !== null && before.team(a.teamId) === after.team(a.teamId)) return true;
  return (
    a.loginName === b.loginName &&
    a.firstName === b.firstName &&
    a.lastName === b.lastName &&
    a.teamId === b.teamId &&
    a.roles.join() === b.roles.join() &&
    a.supervisedTeamIds.join() === b.supervisedTeamIds.join() &&
    teamText(a, before) === teamText(b, after)
  );
}

function teamText(user: UserRecord, directory: Directory): string {
  const team = user.teamId === null ? undefined : directory.team(user.teamId);
  return team === undefined
    ? ''
    : `${team.name}|${team.wrapUpOnIncoming}|${team.wrapUpOnOutgoing}|${team.wrapUpTimerSeconds}`;
}
