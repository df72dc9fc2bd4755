/** Users, teams, skill groups, phones and dialled numbers: what the embedded contact centre is made of. */

import type { Descriptions } from '../configuration/descriptions.ts';
import type { FieldError } from '../configuration/fields.ts';
import type { JsonObject } from '../configuration/validate.ts';
import type { Role, TeamRecord, UserRecord } from '../store/directory.ts';
import {
  type Changing,
  type Collection,
  counted,
  type Item,
  nextFree,
  type Surroundings,
} from './collection.ts';
import { Problem } from './problem.ts';

type UserFields = Omit<UserRecord, 'skillTargetId'>;

const userItem = (user: UserRecord, surroundings: Surroundings): Item => {
  const { skillTargetId, ...fields } = user;
  return { id: user.loginId, ...fields, skillTargetId, builtIn: !surroundings.isStored(user.loginId) };
};

function refuseBuiltIn(item: Item): void {
  if (item.builtIn === true)
    throw new Problem('BUILT_IN', `User ${item.id} belongs to the demonstration and cannot be changed.`);
}

/** Somebody has to be able to change all this. @throws Problem */
function refuseLastAdministrator({ directory }: Changing, loginId: string): void {
  const others = directory
    .users()
    .some((user) => user.loginId !== loginId && user.roles.includes('Administrator'));
  if (!others) throw new Problem('LAST_ADMINISTRATOR', `User ${loginId} is the last administrator.`);
}

const fieldsOf = ({ password: _, ...fields }: JsonObject): Partial<UserFields> =>
  fields as Partial<UserFields>;

/** Roles that can sign in to a phone. */
const WORKING: readonly Role[] = ['Agent', 'Supervisor'];

/** A signed-in agent who could not work any more would be stuck in a call. @throws Problem */
function refuseSignedIn({ surroundings }: Changing, loginId: string): void {
  const now = surroundings.signedIn(loginId);
  if (now !== undefined)
    throw new Problem(
      'SIGNED_IN',
      `User ${loginId} is signed in at ${now.extension || 'a phone'} (${now.state}). Sign the user out first.`,
    );
}

export const usersOf = ({ users }: Descriptions): Collection => ({
  description: users,
  list: (directory, surroundings) => directory.users().map((user) => userItem(user, surroundings)),
  find: (directory, surroundings, id) => {
    const user = directory.user(String(id));
    return user && userItem(user, surroundings);
  },
  check({ directory }, value, before) {
    const { loginName, loginId } = fieldsOf(value);
    // A login id and a login name both sign in: one that is the other of somebody else would hide him.
    const errors: FieldError[] = [];
    const isOther = (user: UserRecord | undefined) =>
      user !== undefined && user.loginId !== (before?.id ?? null);
    if (before === undefined && isOther(directory.userByName(String(loginId))))
      errors.push({
        field: 'loginId',
        code: 'DUPLICATE',
        message: 'Another user has this as login name.',
      });
    if (loginName !== undefined && isOther(directory.user(loginName)))
      errors.push({
        field: 'loginName',
        code: 'DUPLICATE',
        message: 'Another user has this as login id.',
      });
    return errors;
  },
  async create({ repositories: { users: repository, credentials }, directory, keys }, value) {
    const user = fieldsOf(value) as UserFields;
    const beside = directory.users().map(({ skillTargetId }) => skillTargetId);
    const skillTargetId = Math.max(await repository.freeSkillTarget(), nextFree(beside, 1));
    await repository.create({ ...user, loginName: user.loginName ?? user.loginId, skillTargetId });
    if (keys !== undefined) await credentials.save(user.loginId, keys);
    return user.loginId;
  },
  async update(changing, value, before) {
    refuseBuiltIn(before);
    const { loginId, ...change } = fieldsOf(value) as UserFields;
    if ((before.roles as Role[]).includes('Administrator') && !change.roles.includes('Administrator'))
      refuseLastAdministrator(changing, loginId);
    if (!change.roles.some((role) => WORKING.includes(role))) refuseSignedIn(changing, loginId);
    const { users: repository, credentials } = changing.repositories;
    await repository.update(loginId, change);
    if (changing.keys !== undefined) await credentials.save(loginId, changing.keys);
  },
  async remove(changing, before) {
    refuseBuiltIn(before);
    const loginId = String(before.id);
    refuseSignedIn(changing, loginId);
    if ((before.roles as Role[]).includes('Administrator')) refuseLastAdministrator(changing, loginId);
    await changing.repositories.users.remove(loginId);
  },
});

export const teamsOf = ({ teams }: Descriptions): Collection => ({
  description: teams,
  list: (directory) => directory.teams().map((team) => ({ ...team })),
  create: ({ repositories }, value) => repositories.teams.create(value as unknown as Omit<TeamRecord, 'id'>),
  update: ({ repositories }, value, before) =>
    repositories.teams.update(Number(before.id), value as Partial<TeamRecord>),
  async remove({ repositories, directory }, before) {
    const id = Number(before.id);
    const members = directory.teamMembers(id).length;
    const supervisors = directory
      .users()
      .filter(({ supervisedTeamIds }) => supervisedTeamIds.includes(id)).length;
    if (members + supervisors > 0)
      throw new Problem(
        'IN_USE',
        `Team ${before.name} has ${counted(members, 'member')} and ${counted(supervisors, 'supervisor')}.`,
      );
    await repositories.teams.remove(id);
  },
});

/** As in a new CCE installation. */
const FIRST_SKILL_GROUP = 1;
const FIRST_SKILL_GROUP_ID = 5_000;

export const skillGroupsOf = ({ skillGroups }: Descriptions): Collection => ({
  description: skillGroups,
  list: (directory) =>
    directory.skillGroups().map(({ number, id, name }) => ({ id: number, number, skillGroupId: id, name })),
  async create({ repositories, directory }, value) {
    const all = directory.skillGroups();
    const number =
      (value.number as number | undefined) ??
      nextFree(
        all.map((group) => group.number),
        FIRST_SKILL_GROUP,
      );
    const id =
      (value.skillGroupId as number | undefined) ??
      nextFree(
        all.map((group) => group.id),
        FIRST_SKILL_GROUP_ID,
      );
    await repositories.skillGroups.create({ number, id, name: value.name as string });
    return number;
  },
  update: ({ repositories }, value, before) =>
    repositories.skillGroups.rename(Number(before.id), value.name as string),
  async remove({ repositories, directory }, before) {
    const number = Number(before.id);
    const agents = directory
      .users()
      .filter(({ skillGroupNumbers }) => skillGroupNumbers.includes(number)).length;
    const numbers = directory
      .dialledNumbers()
      .filter(({ skillGroupNumber }) => skillGroupNumber === number).length;
    if (agents + numbers > 0)
      throw new Problem(
        'IN_USE',
        `Skill group ${before.name} has ${counted(agents, 'agent')} and ${counted(numbers, 'dialled number')}.`,
      );
    await repositories.skillGroups.remove(number);
  },
});

const taken = (field: string, by: string): readonly FieldError[] => [
  { field, code: 'DUPLICATE', message: `A ${by} has this number.` },
];

export const devicesOf = ({ devices }: Descriptions): Collection => ({
  description: devices,
  list: (directory) => directory.devices().map((extension) => ({ id: extension, extension })),
  check: ({ directory }, { extension }) =>
    directory.dialledNumbers().some(({ number }) => number === extension)
      ? taken('extension', 'dialled number')
      : [],
  async create({ repositories }, value) {
    await repositories.devices.create(value.extension as string);
    return value.extension as string;
  },
  async remove({ repositories, surroundings }, before) {
    const extension = String(before.id);
    const user = surroundings.userAt(extension);
    if (user !== undefined) throw new Problem('IN_USE', `User ${user} is signed in at ${extension}.`);
    await repositories.devices.remove(extension);
  },
});

export const dialledNumbersOf = ({ dialledNumbers }: Descriptions): Collection => ({
  description: dialledNumbers,
  list: (directory) => directory.dialledNumbers().map((record) => ({ id: record.number, ...record })),
  check: ({ directory }, { number }) =>
    directory.devices().some((extension) => extension === number) ? taken('number', 'phone') : [],
  async create({ repositories }, value) {
    const { number, skillGroupNumber, priority } = value as {
      number: string;
      skillGroupNumber: number;
      priority: number;
    };
    await repositories.dialledNumbers.create({ number, skillGroupNumber, priority });
    return number;
  },
  update: ({ repositories }, value, before) =>
    repositories.dialledNumbers.update(String(before.id), {
      skillGroupNumber: value.skillGroupNumber as number,
      priority: value.priority as number,
    }),
  remove: ({ repositories }, before) => repositories.dialledNumbers.remove(String(before.id)),
});
