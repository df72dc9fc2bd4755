/** Answers "may they?" from the table of operations, in constant time. */
import type { Directory } from '../store/directory.ts';
import type { LockScope, Principal } from './accounts.ts';
import { OPERATIONS, type Operation, type OperationRule, type Ownership } from './operations.ts';

export { OPERATIONS, type Operation, type OperationRule, type Ownership } from './operations.ts';

/** What an operation is about. Ids as in the URI; login ids are compared without regard to case. */
export interface Target {
  readonly userId?: string;
  readonly teamId?: number;
}

/**
 * - `wrong-role`: nobody with these roles may do it
 * - `not-own`: about another user, and the caller is a plain agent (Invalid Authorization User Specified)
 * - `not-supervisor`: about somebody or a team that the caller, a supervisor, does not supervise (Invalid
 *   Supervisor), or a team that the caller does not belong to
 */
export type Decision = 'allow' | 'not-own' | 'wrong-role' | 'not-supervisor';

export function ruleOf(operation: Operation): OperationRule {
  return OPERATIONS[operation];
}

/** Whether the operation needs credentials at all. */
export const isPublic = (operation: Operation): boolean => ruleOf(operation).roles === null;

/** The lock-out that wrong passwords of the operation count for. */
export const lockScopeOf = (operation: Operation): LockScope => ruleOf(operation).scope;

export function decide(
  principal: Principal,
  operation: Operation,
  target: Target,
  directory: Directory,
): Decision {
  const { roles, ownership } = ruleOf(operation);
  if (roles !== null && roles.length > 0 && !roles.some((role) => principal.roles.has(role)))
    return 'wrong-role';
  const administers = principal.roles.has('Administrator') && (roles ?? []).includes('Administrator');
  return OWNERSHIP[ownership](principal, target, directory, administers);
}

/**
 * The users about whom somebody may ask, for lists that are about many. Proportional to the directory.
 * @returns login ids; undefined: everybody, also those who are not in the directory any more
 */
export function usersWithin(
  principal: Principal,
  operation: Operation,
  directory: Directory,
): readonly string[] | undefined {
  const { roles } = ruleOf(operation);
  if (principal.roles.has('Administrator') && (roles ?? []).includes('Administrator')) return undefined;
  return directory
    .users()
    .filter(({ loginId: userId }) => decide(principal, operation, { userId }, directory) === 'allow')
    .map(({ loginId }) => loginId);
}

type Test = (principal: Principal, target: Target, directory: Directory, administers: boolean) => Decision;

const isOwn = (principal: Principal, target: Target, directory: Directory): boolean => {
  if (target.userId === undefined) return false;
  if (target.userId === principal.loginId) return true;
  const found = directory.user(target.userId) ?? directory.userByName(target.userId);
  return found?.loginId === principal.loginId;
};

function supervises(principal: Principal, teamId: number | null | undefined): boolean {
  if (teamId === null || teamId === undefined || !principal.roles.has('Supervisor')) return false;
  return principal.user.supervisedTeamIds.includes(teamId);
}

const refusal = (principal: Principal): Decision =>
  principal.roles.has('Supervisor') ? 'not-supervisor' : 'not-own';

const OWNERSHIP: Readonly<Record<Ownership, Test>> = {
  any: () => 'allow',
  own: (principal, target, directory) => (isOwn(principal, target, directory) ? 'allow' : 'not-own'),
  'own-or-administrator': (principal, target, directory, administers) =>
    administers || isOwn(principal, target, directory) ? 'allow' : 'not-own',
  'own-or-supervised': (principal, target, directory, administers) => {
    if (administers || isOwn(principal, target, directory)) return 'allow';
    const user =
      target.userId === undefined
        ? undefined
        : (directory.user(target.userId) ?? directory.userByName(target.userId));
    return supervises(principal, user?.teamId) ? 'allow' : refusal(principal);
  },
  'supervised-team': (principal, target, _directory, administers) =>
    administers || supervises(principal, target.teamId) ? 'allow' : 'not-supervisor',
  'member-team': (principal, target) =>
    target.teamId !== undefined &&
    (principal.user.teamId === target.teamId || supervises(principal, target.teamId))
      ? 'allow'
      : 'not-supervisor',
};
