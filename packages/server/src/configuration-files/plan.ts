/** What has to be done so that a server has the configuration of a tree: a pure comparison of two trees. */
import { type DirectoryData, foldId } from '../store/snapshot.ts';
import { excessOf } from './limits.ts';
import { type ConfigurationTree, type SectionName, treeOf, type WholeTree } from './tree.ts';

type Entry<S extends SectionName> = WholeTree[S][number];

/** One thing to do. `before` and `after` are what the trees have. */
export interface Step<S extends SectionName = SectionName> {
  readonly section: S;
  readonly action: 'add' | 'change' | 'remove';
  /** What it is called in the plan: unique in its section. */
  readonly key: string;
  readonly before: Entry<S> | null;
  readonly after: Entry<S> | null;
  /** Names of the fields that differ; of a change only. */
  readonly fields: readonly string[];
}

/** Two entries are the same thing when these are equal. Login ids have no case. */
const KEYS: { readonly [S in SectionName]: (entry: Entry<S>) => string } = {
  teams: ({ id, name }) => (id === undefined ? name : String(id)),
  skillGroups: ({ number }) => String(number),
  dialledNumbers: ({ number }) => number,
  devices: (extension) => extension,
  users: ({ loginId }) => foldId(loginId),
  reasonCodes: ({ category, code }) => `${category} ${code}`,
  wrapUpReasons: ({ label }) => label,
  phoneBooks: ({ name }) => name,
  callVariables: ({ name, isDefault }) => (isDefault ? 'default' : name),
  desktopLayouts: ({ team }) => team ?? 'default',
  workflowActions: ({ name }) => name,
  workflows: ({ name }) => name,
  teamWorkflows: ({ team }) => team,
  settings: ({ key }) => key,
};

type Unique<S extends SectionName> = Readonly<Record<string, (entry: Entry<S>) => string | undefined>>;

/**
 * What besides its key no two entries of a section have alike, by field; undefined: the server gives it. A team without a number and
 * one that is renamed are told apart by their keys.
 */
const UNIQUE: { readonly [S in SectionName]?: Unique<S> } = {
  teams: { name: ({ name }) => name },
  skillGroups: { id: ({ id }) => String(id) },
  users: {
    loginName: ({ loginName }) => foldId(loginName),
    skillTargetId: ({ skillTargetId }) => (skillTargetId === undefined ? undefined : String(skillTargetId)),
  },
  reasonCodes: { label: ({ category, label }) => `${category} ${label}` },
  callVariables: { name: ({ name }) => name },
};

export const SECTIONS_WITH_UNIQUE = Object.keys(UNIQUE) as readonly SectionName[];
export const uniqueFields = <S extends SectionName>(section: S) =>
  Object.entries((UNIQUE[section] ?? {}) as Unique<S>);

/** Of these a tree need not say the value: it stays. A password is no state that can be compared. */
const MAY_BE_LEFT_OUT: ReadonlySet<string> = new Set(['id', 'skillTargetId', 'password']);

/** What the platform has and nobody can take away. */
const STAYS: { readonly [S in SectionName]?: (entry: Entry<S>) => boolean } = {
  reasonCodes: ({ system }) => system,
  callVariables: ({ isDefault }) => isDefault,
};

/**
 * First what goes and frees names, then what others refer to, then the others, last what nobody refers to any more. Each row: which
 * sections, and which actions of them.
 */
const ORDER: ReadonlyArray<readonly [actions: readonly Step['action'][], sections: readonly SectionName[]]> =
  [
    [
      ['remove'],
      [
        'teamWorkflows',
        'workflows',
        'users',
        'dialledNumbers',
        'devices',
        'phoneBooks',
        'wrapUpReasons',
        'reasonCodes',
        'callVariables',
        'desktopLayouts',
        'settings',
      ],
    ],
    [
      ['change', 'add'],
      ['teams', 'skillGroups'],
    ],
    [
      ['change', 'add'],
      [
        'dialledNumbers',
        'devices',
        'users',
        'reasonCodes',
        'wrapUpReasons',
        'phoneBooks',
        'callVariables',
        'desktopLayouts',
        'workflowActions',
        'workflows',
        'teamWorkflows',
        'settings',
      ],
    ],
    [['remove'], ['workflowActions', 'skillGroups', 'teams']],
  ];

/** Something in a tree that cannot be brought about, whatever the server has. */
export class PlanError extends Error {
  override readonly name = 'PlanError';

  /** @param reason for people, in English */
  constructor(section: SectionName, key: string, reason: string) {
    super(`${section}: ${key}: ${reason}`);
  }
}

/** @throws PlanError for an entry that is there twice, or a name that neither the tree nor the server knows */
export function planOf(data: DirectoryData, tree: ConfigurationTree): readonly Step[] {
  const wanted = withIds(data, tree);
  const nameById = new Map(wanted.teams?.flatMap(({ id, name }) => (id === undefined ? [] : [[id, name]])));
  const taken = new Set(wanted.teams?.map(({ name }) => name));
  // Of a team that goes, another one may have the name: what was assigned to it is not assigned to that one.
  const current = treeOf(data, ({ id, name }) => nameById.get(id) ?? (taken.has(name) ? ` ${name}` : name));
  const outcome: WholeTree = { ...current, ...(withoutAbsent(wanted) as Partial<WholeTree>) };
  checkReferences(outcome, wanted);
  const hasAdministrator = ({ users }: WholeTree) =>
    users.some(({ roles }) => roles.includes('Administrator'));
  if (hasAdministrator(current) && !hasAdministrator(outcome))
    throw new PlanError('users', 'all', 'nobody would be left who is an Administrator');
  const excess = excessOf(outcome);
  if (excess !== null)
    throw new PlanError(excess.section, excess.what, `there may be ${excess.max}, not ${excess.count}`);
  for (const section of SECTIONS_WITH_UNIQUE) refuseAlike(section, current, wanted);
  // For the comparison alone: here a renamed team has its old name.
  const before: WholeTree = { ...current, teams: treeOf(data).teams };
  const steps: Step[] = [];
  for (const [actions, sections] of ORDER)
    for (const section of sections)
      for (const step of compare(section, before, wanted))
        if (actions.includes(step.action)) steps.push(step);
  return steps;
}

/** A team without a number is the one with its name. */
function withIds(data: DirectoryData, tree: ConfigurationTree): ConfigurationTree {
  if (tree.teams === undefined) return tree;
  const byName = new Map(data.teams.map(({ id, name }) => [name, id]));
  return { ...tree, teams: tree.teams.map((team) => ({ ...team, id: team.id ?? byName.get(team.name) })) };
}

function compare<S extends SectionName>(section: S, before: WholeTree, wanted: ConfigurationTree): Step<S>[] {
  const after = wanted[section] as readonly Entry<S>[] | undefined;
  if (after === undefined) return [];
  const keyOf = KEYS[section] as (entry: Entry<S>) => string;
  const stays = STAYS[section] as ((entry: Entry<S>) => boolean) | undefined;
  const there = new Map((before[section] as readonly Entry<S>[]).map((entry) => [keyOf(entry), entry]));
  const seen = new Set<string>();
  const steps: Step<S>[] = [];
  for (const entry of after) {
    const key = keyOf(entry);
    if (seen.has(key)) throw new PlanError(section, key, 'is there twice');
    seen.add(key);
    const known = there.get(key);
    if (known === undefined)
      steps.push({ section, action: 'add', key, before: null, after: entry, fields: [] });
    else {
      const fields = differences(known, entry);
      if (fields.length > 0)
        steps.push({ section, action: 'change', key, before: known, after: entry, fields });
    }
  }
  for (const [key, entry] of there)
    if (!seen.has(key) && !stays?.(entry))
      steps.push({ section, action: 'remove', key, before: entry, after: null, fields: [] });
  return steps;
}

/** Two entries of a section that cannot both be, what stays of itself included. @throws PlanError */
function refuseAlike<S extends SectionName>(section: S, current: WholeTree, wanted: ConfigurationTree): void {
  const after = wanted[section] as readonly Entry<S>[] | undefined;
  if (after === undefined) return;
  const keyOf = KEYS[section] as (entry: Entry<S>) => string;
  const stays = STAYS[section] as ((entry: Entry<S>) => boolean) | undefined;
  const keys = new Set(after.map(keyOf));
  const staying = (current[section] as readonly Entry<S>[]).filter(
    (entry) => stays?.(entry) === true && !keys.has(keyOf(entry)),
  );
  for (const [field, uniqueOf] of uniqueFields(section)) {
    const holders = new Map<string, string>();
    for (const entry of [...staying, ...after]) {
      const value = uniqueOf(entry);
      if (value === undefined) continue;
      const holder = holders.get(value);
      const key = keyOf(entry);
      if (holder !== undefined && holder !== key)
        throw new PlanError(section, key, `has the ${field} of ${holder}`);
      holders.set(value, key);
    }
  }
}

/** Names of the fields that differ; a text has none, and is its own key. */
function differences(before: unknown, after: unknown): readonly string[] {
  if (typeof before !== 'object' || typeof after !== 'object') return [];
  const [was, is] = [before, after] as Record<string, unknown>[];
  return Object.keys(is as object).filter(
    (name) =>
      !(MAY_BE_LEFT_OUT.has(name) && (is![name] === undefined || name === 'password')) &&
      canonical(was![name]) !== canonical(is![name]),
  );
}

/** Independent of the order in which a file has the fields. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );

/** Every name that a tree mentions is one that will be there. */
function checkReferences(after: WholeTree, wanted: ConfigurationTree): void {
  const teams = new Set(after.teams.map(({ name }) => name));
  const groups = new Set(after.skillGroups.map(({ number }) => number));
  const actions = new Set(after.workflowActions.map(({ name }) => name));
  const workflows = new Set(after.workflows.map(({ name }) => name));
  const need = <T>(
    known: ReadonlySet<T>,
    what: string,
    section: SectionName,
    key: string,
    names: readonly T[],
  ) => {
    for (const name of names)
      if (!known.has(name)) throw new PlanError(section, key, `there is no ${what} ${String(name)}`);
  };
  for (const { loginId, team, supervises, skillGroups } of wanted.users ?? []) {
    need(teams, 'team', 'users', loginId, team === null ? supervises : [team, ...supervises]);
    need(groups, 'skill group', 'users', loginId, skillGroups);
  }
  for (const { number, skillGroupNumber } of wanted.dialledNumbers ?? [])
    need(groups, 'skill group', 'dialledNumbers', number, [skillGroupNumber]);
  for (const reason of wanted.reasonCodes ?? [])
    if (reason.assignedTo !== 'all')
      need(teams, 'team', 'reasonCodes', KEYS.reasonCodes(reason), reason.assignedTo);
  for (const { label, assignedTo } of wanted.wrapUpReasons ?? [])
    if (assignedTo !== 'all') need(teams, 'team', 'wrapUpReasons', label, assignedTo);
  for (const book of wanted.phoneBooks ?? []) need(teams, 'team', 'phoneBooks', book.name, book.teams);
  for (const { team } of wanted.desktopLayouts ?? [])
    if (team !== null) need(teams, 'team', 'desktopLayouts', team, [team]);
  for (const workflow of wanted.workflows ?? [])
    need(actions, 'workflow action', 'workflows', workflow.name, workflow.actions);
  for (const entry of wanted.teamWorkflows ?? []) {
    need(teams, 'team', 'teamWorkflows', entry.team, [entry.team]);
    need(workflows, 'workflow', 'teamWorkflows', entry.team, entry.workflows);
  }
}

const withoutAbsent = (tree: ConfigurationTree): ConfigurationTree =>
  Object.fromEntries(Object.entries(tree).filter(([, entries]) => entries !== undefined));
