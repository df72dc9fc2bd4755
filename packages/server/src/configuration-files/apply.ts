/** Carries out a plan on the repositories, in the transaction of whoever calls. */
import type { Repositories } from '../store/repositories.ts';
import { type DirectoryData, foldId } from '../store/snapshot.ts';
import { StoreError, storeErrorOf } from '../store/store-error.ts';
import { SECTIONS_WITH_UNIQUE, type Step, uniqueFields } from './plan.ts';
import type { Assigned, SectionName, WholeTree } from './tree.ts';

type Entry<S extends SectionName> = WholeTree[S][number];

/** The numbers of what has a name, those of what was just made included. */
class Names {
  readonly teams: Map<string, number>;
  readonly reasonCodes: Map<string, number>;
  readonly wrapUpReasons: Map<string, number>;
  readonly phoneBooks: Map<string, number>;
  readonly callVariables: Map<string, number>;
  readonly workflowActions: Map<string, number>;
  readonly workflows: Map<string, number>;

  constructor(data: DirectoryData) {
    const byName = (records: ReadonlyArray<{ name: string; id: number }>) =>
      new Map(records.map(({ name, id }) => [name, id]));
    this.teams = byName(data.teams);
    this.reasonCodes = new Map(data.reasonCodes.map(({ category, code, id }) => [`${category} ${code}`, id]));
    this.wrapUpReasons = new Map(data.wrapUpReasons.map(({ label, id }) => [label, id]));
    this.phoneBooks = byName(data.phoneBooks);
    this.callVariables = new Map(
      data.mediaPropertiesLayouts.map(({ name, isDefault, id }) => [isDefault ? 'default' : name, id]),
    );
    this.workflowActions = byName(data.workflowActions);
    this.workflows = byName(data.workflows);
  }
}

const idIn = (names: ReadonlyMap<string, number>, name: string): number => {
  const id = names.get(name);
  if (id === undefined) throw new StoreError('not-found', `There is no ${name}.`);
  return id;
};
const idsIn = (names: ReadonlyMap<string, number>, wanted: readonly string[]): number[] =>
  wanted.map((name) => idIn(names, name));
const teamIds = ({ teams }: Names, assignedTo: Assigned): number[] =>
  assignedTo === 'all' ? [] : idsIn(teams, assignedTo);
const inOneTeam = (names: Names, team: string | null): number | null =>
  team === null ? null : idIn(names.teams, team);

interface Verbs<S extends SectionName> {
  readonly add: (repositories: Repositories, names: Names, entry: Entry<S>) => Promise<void>;
  readonly change: (
    repositories: Repositories,
    names: Names,
    entry: Entry<S>,
    step: Step<S>,
  ) => Promise<void>;
  readonly remove: (repositories: Repositories, names: Names, step: Step<S>) => Promise<void>;
}

const VERBS: { readonly [S in SectionName]: Verbs<S> } = {
  teams: {
    add: async ({ teams }, names, { id, ...team }) => {
      names.teams.set(team.name, await teams.create({ ...team, ...(id !== undefined && { id }) }));
    },
    change: async ({ teams }, names, { id: _, ...team }, { key }) => {
      await teams.update(Number(key), team);
      names.teams.set(team.name, Number(key));
    },
    remove: ({ teams }, _names, { key }) => teams.remove(Number(key)),
  },
  skillGroups: {
    add: ({ skillGroups }, _names, group) => skillGroups.create(group),
    change: async ({ skillGroups }, _names, { number, name }, { fields }) => {
      if (fields.includes('id'))
        throw new StoreError('invalid', `The id of skill group ${number} cannot be changed.`);
      await skillGroups.rename(number, name);
    },
    remove: ({ skillGroups }, _names, { key }) => skillGroups.remove(Number(key)),
  },
  dialledNumbers: {
    add: ({ dialledNumbers }, _names, entry) => dialledNumbers.create(entry),
    change: async ({ dialledNumbers }, _names, entry, { fields }) => {
      if (!fields.includes('skillGroupNumber'))
        return dialledNumbers.setPriority(entry.number, entry.priority);
      await dialledNumbers.remove(entry.number);
      await dialledNumbers.create(entry);
    },
    remove: ({ dialledNumbers }, _names, { key }) => dialledNumbers.remove(key),
  },
  settings: {
    add: ({ settings }, _names, entry) => settings.save(entry),
    change: ({ settings }, _names, entry) => settings.save(entry),
    remove: ({ settings }, _names, { key }) => settings.remove(key),
  },
  devices: {
    add: ({ devices }, _names, extension) => devices.create(extension),
    change: () => Promise.resolve(),
    remove: ({ devices }, _names, { key }) => devices.remove(key),
  },
  users: {
    add: async ({ users }, names, user) => {
      const { team, supervises, skillGroups, skillTargetId, password: _, ...rest } = user;
      await users.create({
        ...rest,
        teamId: inOneTeam(names, team),
        supervisedTeamIds: idsIn(names.teams, supervises),
        skillGroupNumbers: skillGroups,
        skillTargetId: skillTargetId ?? (await users.freeSkillTarget()),
      });
    },
    change: ({ users }, names, user, { fields }) => {
      const has = (field: keyof Entry<'users'>) => fields.includes(field);
      if (has('loginId'))
        throw new StoreError('invalid', `The spelling of the login id ${user.loginId} cannot be changed.`);
      return users.update(user.loginId, {
        ...(has('loginName') && { loginName: user.loginName }),
        ...(has('firstName') && { firstName: user.firstName }),
        ...(has('lastName') && { lastName: user.lastName }),
        ...(has('roles') && { roles: user.roles }),
        ...(has('team') && { teamId: inOneTeam(names, user.team) }),
        ...(has('supervises') && { supervisedTeamIds: idsIn(names.teams, user.supervises) }),
        ...(has('skillGroups') && { skillGroupNumbers: user.skillGroups }),
        ...(has('skillTargetId') && { skillTargetId: user.skillTargetId as number }),
      });
    },
    remove: ({ users }, _names, { key }) => users.remove(foldId(key)),
  },
  reasonCodes: {
    add: async ({ reasonCodes }, names, { category, code, label, assignedTo, system }) => {
      if (system)
        throw new StoreError('invalid', `${category} ${code} is no code of the system in this deployment.`);
      await reasonCodes.create({
        category,
        code,
        label,
        forAll: assignedTo === 'all',
        systemCode: false,
        teamIds: teamIds(names, assignedTo),
      });
    },
    change: async ({ reasonCodes }, names, { label, assignedTo }, { key, before, fields }) => {
      if (fields.includes('system') || (before?.system && fields.includes('assignedTo')))
        throw new StoreError('invalid', `Of ${key}, a code of the system, the label alone can be changed.`);
      await reasonCodes.update(idIn(names.reasonCodes, key), {
        label,
        forAll: assignedTo === 'all',
        teamIds: teamIds(names, assignedTo),
      });
    },
    remove: ({ reasonCodes }, names, { key }) => reasonCodes.remove(idIn(names.reasonCodes, key)),
  },
  wrapUpReasons: {
    add: async ({ wrapUpReasons }, names, { label, assignedTo }) => {
      await wrapUpReasons.create({
        label,
        forAll: assignedTo === 'all',
        teamIds: teamIds(names, assignedTo),
      });
    },
    change: ({ wrapUpReasons }, names, { label, assignedTo }) =>
      wrapUpReasons.update(idIn(names.wrapUpReasons, label), {
        forAll: assignedTo === 'all',
        teamIds: teamIds(names, assignedTo),
      }),
    remove: ({ wrapUpReasons }, names, { key }) => wrapUpReasons.remove(idIn(names.wrapUpReasons, key)),
  },
  phoneBooks: {
    add: async ({ phoneBooks }, names, { name, type, teams, contacts }) => {
      const id = await phoneBooks.create({ name, type, teamIds: idsIn(names.teams, teams) });
      if (contacts.length > 0) await phoneBooks.replaceContacts(id, contacts);
    },
    change: async ({ phoneBooks }, names, { name, type, teams, contacts }, { fields }) => {
      const id = idIn(names.phoneBooks, name);
      if (fields.includes('type') || fields.includes('teams'))
        await phoneBooks.update(id, { type, teamIds: idsIn(names.teams, teams) });
      if (fields.includes('contacts')) await phoneBooks.replaceContacts(id, contacts);
    },
    remove: ({ phoneBooks }, names, { key }) => phoneBooks.remove(idIn(names.phoneBooks, key)),
  },
  callVariables: {
    add: async ({ mediaPropertiesLayouts }, _names, { isDefault, ...layout }) => {
      if (isDefault)
        throw new StoreError('invalid', 'There is one default layout of call variables already.');
      await mediaPropertiesLayouts.create(layout);
    },
    change: ({ mediaPropertiesLayouts }, names, { isDefault: _, ...layout }, { key }) =>
      mediaPropertiesLayouts.update(idIn(names.callVariables, key), layout),
    remove: ({ mediaPropertiesLayouts }, names, { key }) =>
      mediaPropertiesLayouts.remove(idIn(names.callVariables, key)),
  },
  desktopLayouts: {
    add: ({ desktopLayouts }, names, { team, useDefault, xml }) =>
      desktopLayouts.save({ teamId: inOneTeam(names, team), useDefault, xml }),
    change: ({ desktopLayouts }, names, { team, useDefault, xml }) =>
      desktopLayouts.save({ teamId: inOneTeam(names, team), useDefault, xml }),
    remove: ({ desktopLayouts }, names, { before }) => desktopLayouts.remove(inOneTeam(names, before!.team)),
  },
  workflowActions: {
    add: async ({ workflowActions }, names, action) => {
      names.workflowActions.set(action.name, await workflowActions.create(action));
    },
    change: ({ workflowActions }, names, action) =>
      workflowActions.update(idIn(names.workflowActions, action.name), action),
    remove: ({ workflowActions }, names, { key }) => workflowActions.remove(idIn(names.workflowActions, key)),
  },
  workflows: {
    add: async ({ workflows }, names, { actions, ...workflow }) => {
      const id = await workflows.create({ ...workflow, teams: [] }, idsIn(names.workflowActions, actions));
      names.workflows.set(workflow.name, id);
    },
    change: ({ workflows }, names, { actions, ...workflow }) =>
      workflows.update(idIn(names.workflows, workflow.name), workflow, idsIn(names.workflowActions, actions)),
    remove: ({ workflows }, names, { key }) => workflows.remove(idIn(names.workflows, key)),
  },
  teamWorkflows: {
    add: ({ workflows }, names, entry) =>
      workflows.assign(idIn(names.teams, entry.team), idsIn(names.workflows, entry.workflows)),
    change: ({ workflows }, names, entry) =>
      workflows.assign(idIn(names.teams, entry.team), idsIn(names.workflows, entry.workflows)),
    remove: ({ workflows }, names, { key }) => workflows.assign(idIn(names.teams, key), []),
  },
};

type Park<S extends SectionName> = (
  repositories: Repositories,
  names: Names,
  step: Step<S>,
  field: string,
  number: number,
) => Promise<void>;

/** Values that nobody can have, for the time until a later step: names begin with no blank, numbers are positive. */
const PARK: { readonly [S in SectionName]?: Park<S> } = {
  teams: ({ teams }, _names, { key }) => teams.update(Number(key), { name: ` ${key}` }),
  users: ({ users }, _names, { key, before }, field, number) =>
    users.update(
      before!.loginId,
      field === 'loginName' ? { loginName: ` ${key}` } : { skillTargetId: -number },
    ),
  // Of a group that stays nobody can take the id: it cannot be changed.
  skillGroups: ({ skillGroups }, _names, { key }, _field, number) =>
    skillGroups.giveUpId(Number(key), -number),
  reasonCodes: ({ reasonCodes }, names, { key }) =>
    reasonCodes.update(idIn(names.reasonCodes, key), { label: ` ${key}` }),
  callVariables: ({ mediaPropertiesLayouts }, names, { key, before }) => {
    const { isDefault: _, ...layout } = before!;
    return mediaPropertiesLayouts.update(idIn(names.callVariables, key), { ...layout, name: ` ${key}` });
  },
};

/** What a step will give up, or take away, only after another one needs it: two teams that exchange their names. */
async function makeRoom<S extends SectionName>(
  repositories: Repositories,
  names: Names,
  plan: readonly Step[],
  section: S,
): Promise<void> {
  const steps = plan.filter((step): step is Step<S> => step.section === section);
  // Of most sections what goes does so before anything comes.
  const goesLast = section === 'teams' || section === 'skillGroups';
  const holders = steps.filter(({ action }) => action === 'change' || (action === 'remove' && goesLast));
  for (const [field, uniqueOf] of uniqueFields(section)) {
    const wanted = new Map(
      steps.flatMap(({ key, after }) => (after === null ? [] : [[uniqueOf(after), key]])),
    );
    for (const [number, step] of holders.entries()) {
      const taker = wanted.get(uniqueOf(step.before as Entry<S>));
      if (taker !== undefined && taker !== step.key)
        await PARK[section]?.(repositories, names, step, field, number + 1);
    }
  }
}

/** A step that the store refused; nothing of the plan was done. */
export class StepError extends Error {
  override readonly name = 'StepError';
  readonly step: Step;
  override readonly cause: StoreError;

  constructor(step: Step, cause: StoreError) {
    super(`${step.section}: ${step.key}: ${cause.message}`);
    this.step = step;
    this.cause = cause;
  }
}

/**
 * @param data what the plan was made of
 * @throws StepError
 */
export async function carryOut(
  repositories: Repositories,
  data: DirectoryData,
  plan: readonly Step[],
): Promise<void> {
  const names = new Names(data);
  for (const section of SECTIONS_WITH_UNIQUE) await makeRoom(repositories, names, plan, section);
  for (const step of plan) {
    try {
      await carryOutStep(repositories, names, step);
    } catch (error) {
      const refused = storeErrorOf(error);
      throw refused instanceof StoreError ? new StepError(step, refused) : refused;
    }
  }
}

function carryOutStep<S extends SectionName>(
  repositories: Repositories,
  names: Names,
  step: Step<S>,
): Promise<void> {
  const verbs: Verbs<S> = VERBS[step.section];
  if (step.action === 'remove') return verbs.remove(repositories, names, step);
  const entry = step.after as Entry<S>;
  return step.action === 'add'
    ? verbs.add(repositories, names, entry)
    : verbs.change(repositories, names, entry, step);
}
