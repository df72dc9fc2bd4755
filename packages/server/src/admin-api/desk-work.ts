/** Reason codes, wrap-up reasons, phone books and their contacts, layouts, workflows: what agents see (objects.md 6 to 9). */
import { DEFAULT_LAYOUT, parseLayout } from '@poise/layout';
import type { Descriptions } from '../configuration/descriptions.ts';
import type { FieldError } from '../configuration/fields.ts';
import {
  actionProblem,
  CONTACTS_IN_ALL_MAX,
  CONTACTS_MAX,
  hasTooManyBooks,
  hasTooManyContacts,
  isFull,
  MEDIA_PROPERTIES_LAYOUTS_MAX,
  PHONE_BOOKS_MAX,
  POP_OVER_MAX,
  paramMax,
  popOverCount,
  TEAM_REASON_CODES_MAX,
  TEAM_WRAP_UP_REASONS_MAX,
  WORKFLOW_ACTIONS_MAX,
  WORKFLOWS_MAX,
  WRAP_UP_REASONS_PER_TEAM_MAX,
} from '../configuration/limits.ts';
import type { JsonObject } from '../configuration/validate.ts';
import type {
  ContactRecord,
  Directory,
  MediaPropertiesLayoutRecord,
  PhoneBookRecord,
  ReasonCodeRecord,
  WorkflowActionRecord,
  WorkflowRecord,
  WorkflowVariableRecord,
  WrapUpReasonRecord,
} from '../store/directory.ts';
import { type Changing, type Collection, counted, type Item } from './collection.ts';
import { Problem } from './problem.ts';

/** No object has it. */
const NEW = 0;

const maximum = (field: string, message: string): FieldError => ({ field, code: 'MAXIMUM', message });
const idOf = (before: Item | undefined): number => (before === undefined ? NEW : Number(before.id));
const whole = <T>(value: JsonObject): T => value as unknown as T;

/** What everybody has needs no teams; whoever names some meant something else. */
function refuseTeamsOfAll({ given }: Changing, value: JsonObject, hasAll: boolean): readonly FieldError[] {
  return hasAll && given.has('teamIds') && (value.teamIds as number[]).length > 0
    ? [{ field: 'teamIds', code: 'FORMAT', message: 'What everybody has cannot be given to teams.' }]
    : [];
}

/** What becomes global leaves its teams. */
const withTeams = <T extends { forAll: boolean; teamIds: readonly number[] }>(value: T): T =>
  value.forAll ? { ...value, teamIds: [] } : value;

const codesOf = (directory: Directory, category: ReasonCodeRecord['category']) =>
  directory.allReasonCodes(category);

/** What each team would have, and how much it may. */
function refuseFullTeams(
  teamIds: readonly number[],
  before: readonly number[],
  has: (teamId: number) => number,
  max: number,
): readonly FieldError[] {
  const full = teamIds.find((teamId) => !before.includes(teamId) && has(teamId) >= max);
  return full === undefined ? [] : [maximum('teamIds', `Team ${full} has ${max} of them already.`)];
}

export const reasonCodesOf = ({ reasonCodes }: Descriptions): Collection => ({
  description: reasonCodes,
  list: (directory) =>
    [...codesOf(directory, 'NOT_READY'), ...codesOf(directory, 'LOGOUT')].map((code) => ({ ...code })),
  find: (directory, _, id) => {
    const code = directory.reasonCode(Number(id));
    return code && { ...code };
  },
  check(changing, value, before) {
    const { category, code, forAll } = whole<ReasonCodeRecord>(value);
    if (before?.systemCode === true) {
      const fixed = [
        ...(code === before.code ? [] : ['code']),
        ...(forAll ? [] : ['forAll']),
        ...(changing.given.has('teamIds') && (value.teamIds as number[]).length > 0 ? ['teamIds'] : []),
      ];
      return fixed.map((field) => ({
        field,
        code: 'FORMAT',
        message: `The ${field} of a reason code of the system cannot be changed.`,
      }));
    }
    const all = codesOf(changing.directory, category).filter(({ systemCode }) => !systemCode);
    const isFuller = before === undefined || before.forAll !== forAll;
    return [
      ...refuseTeamsOfAll(changing, value, forAll),
      ...(isFuller && isFull(all, { id: idOf(before), forAll }, TEAM_REASON_CODES_MAX)
        ? [maximum('forAll', `There are ${TEAM_REASON_CODES_MAX} ${category} codes of this kind already.`)]
        : []),
    ];
  },
  create: ({ repositories }, value) =>
    repositories.reasonCodes.create({
      ...withTeams(whole<Omit<ReasonCodeRecord, 'id' | 'systemCode'>>(value)),
      systemCode: false,
    }),
  update: ({ repositories }, value, before) =>
    repositories.reasonCodes.update(Number(before.id), withTeams(whole<ReasonCodeRecord>(value))),
  async remove({ repositories }, before) {
    if (before.systemCode === true)
      throw new Problem('SYSTEM', 'A reason code of the system cannot be deleted.');
    await repositories.reasonCodes.remove(Number(before.id));
  },
});

export const wrapUpReasonsOf = ({ wrapUpReasons }: Descriptions): Collection => ({
  description: wrapUpReasons,
  list: (directory) => directory.allWrapUpReasons().map((reason) => ({ ...reason })),
  check(changing, value, before) {
    const { forAll, teamIds } = whole<WrapUpReasonRecord>(value);
    const all = changing.directory.allWrapUpReasons();
    const isFuller = before === undefined || before.forAll !== forAll;
    return [
      ...refuseTeamsOfAll(changing, value, forAll),
      ...(isFuller && isFull(all, { id: idOf(before), forAll }, TEAM_WRAP_UP_REASONS_MAX)
        ? [maximum('forAll', 'There are as many reasons of this kind as there can be.')]
        : []),
      ...(forAll
        ? []
        : refuseFullTeams(
            teamIds,
            (before?.teamIds as number[]) ?? [],
            (team) => all.filter((one) => !one.forAll && one.teamIds.includes(team)).length,
            WRAP_UP_REASONS_PER_TEAM_MAX,
          )),
    ];
  },
  create: ({ repositories }, value) =>
    repositories.wrapUpReasons.create(withTeams(whole<Omit<WrapUpReasonRecord, 'id'>>(value))),
  update: ({ repositories }, value, before) =>
    repositories.wrapUpReasons.update(Number(before.id), withTeams(whole<WrapUpReasonRecord>(value))),
  remove: ({ repositories }, before) => repositories.wrapUpReasons.remove(Number(before.id)),
});

const bookItem = ({ contacts, ...book }: PhoneBookRecord): Item => ({
  ...book,
  contactCount: contacts.length,
});

export const phoneBooksOf = ({ phoneBooks }: Descriptions): Collection => ({
  description: phoneBooks,
  list: (directory) => directory.allPhoneBooks().map(bookItem),
  find: (directory, _, id) => {
    const book = directory.phoneBook(Number(id));
    return book && bookItem(book);
  },
  check(changing, value, before) {
    const { type, teamIds } = whole<PhoneBookRecord>(value);
    const isMore = before === undefined || before.type !== type;
    if (before !== undefined && type === 'GLOBAL' && teamIds.length > 0 && !changing.given.has('teamIds'))
      throw new Problem('IN_USE', `${counted(teamIds.length, 'team')} have this phone book.`);
    return [
      ...refuseTeamsOfAll(changing, value, type === 'GLOBAL'),
      ...(isMore && hasTooManyBooks(changing.directory.allPhoneBooks(), idOf(before), type)
        ? [maximum('type', `There are ${PHONE_BOOKS_MAX[type]} phone books of this type already.`)]
        : []),
    ];
  },
  create: ({ repositories }, value) => repositories.phoneBooks.create(whole<PhoneBookRecord>(value)),
  update: ({ repositories }, value, before) =>
    repositories.phoneBooks.update(Number(before.id), whole<PhoneBookRecord>(value)),
  async remove({ repositories }, before) {
    const teams = (before.teamIds as number[]).length;
    if (teams > 0)
      throw new Problem('IN_USE', `The phone book ${before.name} belongs to ${counted(teams, 'team')}.`);
    await repositories.phoneBooks.remove(Number(before.id));
  },
});

const contactsIn = (directory: Directory, book: number): number =>
  directory.phoneBook(book)?.contacts.length ?? 0;

const refuseFullBook = (directory: Directory, book: number, own: number): readonly FieldError[] =>
  hasTooManyContacts(directory.allPhoneBooks(), book, own)
    ? [
        maximum(
          '',
          `A phone book has at most ${CONTACTS_MAX} contacts, and all together ${CONTACTS_IN_ALL_MAX}.`,
        ),
      ]
    : [];

export const contactsOf = ({ contacts }: Descriptions): Collection => ({
  description: contacts,
  hasParent: (directory, parent) => directory.phoneBook(parent) !== undefined,
  list: (directory, _, parent) =>
    directory.phoneBook(parent ?? NEW)?.contacts.map((contact) => ({ ...contact })) ?? [],
  check: ({ directory, parent = NEW }, _, before) =>
    before === undefined ? refuseFullBook(directory, parent, contactsIn(directory, parent) + 1) : [],
  checkImport: ({ directory, parent = NEW }, count, mode) =>
    refuseFullBook(directory, parent, count + (mode === 'add' ? contactsIn(directory, parent) : 0)),
  async import({ repositories, parent = NEW }, values, mode) {
    const contacts = values.map((value) => whole<ContactRecord>(value));
    if (mode === 'replace') await repositories.phoneBooks.replaceContacts(parent, contacts);
    else await repositories.phoneBooks.addContacts(parent, contacts);
  },
  create: ({ repositories, parent = NEW }, value) =>
    repositories.phoneBooks.createContact(parent, whole<ContactRecord>(value)),
  update: ({ repositories, parent = NEW }, value, before) =>
    repositories.phoneBooks.updateContact(parent, Number(before.id), whole<ContactRecord>(value)),
  remove: ({ repositories, parent = NEW }, before) =>
    repositories.phoneBooks.removeContact(parent, Number(before.id)),
});

/** Id of the layout of everybody. */
const DEFAULT = 'default';

/** What a team has of a layout; without one of its own, the default. */
export function layoutOfTeam(
  directory: Directory,
  teamId: number | null,
): { useDefault: boolean; xml: string } {
  const saved = directory.desktopLayout(teamId);
  if (teamId === null) return { useDefault: false, xml: saved?.xml ?? DEFAULT_LAYOUT };
  return { useDefault: saved === undefined || saved.useDefault, xml: saved?.xml ?? '' };
}

/** A layout that would be used has to be one. */
export function layoutErrors(
  { useDefault, xml }: { useDefault: boolean; xml: string },
  field = 'xml',
): readonly FieldError[] {
  if (useDefault) return [];
  if (xml.trim() === '') return [{ field, code: 'REQUIRED', message: 'The layout is missing.' }];
  const reading = parseLayout(xml);
  return reading.ok
    ? []
    : reading.errors.slice(0, 20).map(({ line, column, path, message }) => ({
        field,
        code: 'FORMAT',
        message: `Line ${line}, column ${column}${path === '' ? '' : `, ${path}`}: ${message}`,
      }));
}

const layoutItem = (directory: Directory, teamId: number | null): Item => ({
  id: teamId === null ? DEFAULT : String(teamId),
  teamId,
  name: teamId === null ? '' : (directory.team(teamId)?.name ?? ''),
  ...layoutOfTeam(directory, teamId),
});

export const layoutsOf = ({ layouts }: Descriptions): Collection => ({
  description: layouts,
  list: (directory) => [
    layoutItem(directory, null),
    ...directory.teams().map(({ id }) => layoutItem(directory, id)),
  ],
  check(_, value, before) {
    const { useDefault, xml } = whole<{ useDefault: boolean; xml: string }>(value);
    if (before?.id === DEFAULT && useDefault)
      return [
        { field: 'useDefault', code: 'FORMAT', message: 'The default layout cannot use the default one.' },
      ];
    return layoutErrors({ useDefault, xml });
  },
  update: ({ repositories }, value, before) =>
    repositories.desktopLayouts.save({
      teamId: before.teamId as number | null,
      ...whole<{ useDefault: boolean; xml: string }>(value),
    }),
  async remove({ repositories, directory }, before) {
    const teamId = before.teamId as number | null;
    // Nothing was saved: it is what it would be then.
    if (directory.desktopLayout(teamId) !== undefined) await repositories.desktopLayouts.remove(teamId);
  },
});

export const mediaPropertiesLayoutsOf = ({ mediaPropertiesLayouts }: Descriptions): Collection => ({
  description: mediaPropertiesLayouts,
  list: (directory) => directory.mediaPropertiesLayouts().map((layout) => ({ ...layout })),
  check({ directory }, value, before) {
    const isFullNow = directory.mediaPropertiesLayouts().length >= MEDIA_PROPERTIES_LAYOUTS_MAX;
    return [
      ...(before === undefined && isFullNow
        ? [maximum('', `There are ${MEDIA_PROPERTIES_LAYOUTS_MAX} layouts already.`)]
        : []),
      ...(popOverCount(whole<MediaPropertiesLayoutRecord>(value)) > POP_OVER_MAX
        ? [maximum('columns', `At most ${POP_OVER_MAX} entries can be shown in the pop-over.`)]
        : []),
    ];
  },
  create: ({ repositories }, value) =>
    repositories.mediaPropertiesLayouts.create(whole<MediaPropertiesLayoutRecord>(value)),
  update: ({ repositories }, value, before) =>
    repositories.mediaPropertiesLayouts.update(Number(before.id), whole<MediaPropertiesLayoutRecord>(value)),
  async remove({ repositories }, before) {
    if (before.isDefault === true) throw new Problem('SYSTEM', 'The default layout cannot be deleted.');
    await repositories.mediaPropertiesLayouts.remove(Number(before.id));
  },
});

const workflowItem = ({ actions, teams, ...workflow }: WorkflowRecord): Item => ({
  ...workflow,
  actionIds: actions.map(({ id }) => id),
  teamIds: teams.map(({ teamId }) => teamId),
});

export const workflowsOf = ({ workflows }: Descriptions): Collection => ({
  description: workflows,
  list: (directory) => directory.allWorkflows().map(workflowItem),
  check({ directory }, value, before) {
    const { triggerSet, conditionSet } = whole<WorkflowRecord>(value);
    return [
      ...(before === undefined && directory.allWorkflows().length >= WORKFLOWS_MAX
        ? [maximum('', `There are ${WORKFLOWS_MAX} workflows already.`)]
        : []),
      ...variableErrors(
        'triggerSet.triggers.#.variable',
        triggerSet.triggers.map(({ variable }) => variable),
      ),
      ...variableErrors(
        'conditionSet.conditions.#.variable',
        conditionSet.conditions.map(({ variable }) => variable),
      ),
    ];
  },
  create({ repositories }, value) {
    const { actionIds, ...workflow } = whole<WorkflowRecord & { actionIds: number[] }>(value);
    return repositories.workflows.create({ ...workflow, teams: [] }, actionIds);
  },
  update({ repositories }, value, before) {
    const { actionIds, ...workflow } = whole<WorkflowRecord & { actionIds: number[] }>(value);
    return repositories.workflows.update(Number(before.id), workflow, actionIds);
  },
  remove: ({ repositories }, before) => repositories.workflows.remove(Number(before.id)),
});

/** Of a variable that is no system's nothing is known but where it is: without that it has no value, and what asks for it never runs. */
const variableErrors = (way: string, variables: readonly WorkflowVariableRecord[]): FieldError[] =>
  variables.flatMap(({ type, node }, index): FieldError[] =>
    type === 'CUSTOM' && node.trim() === ''
      ? [
          {
            field: `${way.replace('#', String(index))}.node`,
            code: 'REQUIRED',
            message: 'A variable of type CUSTOM needs a node.',
          },
        ]
      : [],
  );

/** What a description cannot say of the parameters of an action. */
function actionErrors(action: Pick<WorkflowActionRecord, 'type' | 'params' | 'variables'>): FieldError[] {
  const twice = (field: string, names: readonly string[]): FieldError[] =>
    new Set(names).size < names.length
      ? [{ field, code: 'DUPLICATE', message: `${field} has a name twice.` }]
      : [];
  const problem = actionProblem(action);
  return [
    ...twice(
      'params',
      action.params.map(({ name }) => name),
    ),
    ...twice(
      'variables',
      action.variables.map(({ name }) => name),
    ),
    ...variableErrors('variables.#', action.variables),
    ...action.params.flatMap(({ name, value }, index): FieldError[] =>
      value.length > paramMax(name)
        ? [
            {
              field: `params.${index}.value`,
              code: 'LENGTH',
              message: `${name} must have at most ${paramMax(name)} characters.`,
            },
          ]
        : [],
    ),
    ...(problem === null
      ? []
      : [
          {
            field: 'params',
            code: problem.values === undefined ? ('REQUIRED' as const) : ('FORMAT' as const),
            message:
              problem.values === undefined
                ? `The parameter ${problem.param} is missing.`
                : `The parameter ${problem.param} must be ${problem.values}.`,
          },
        ]),
  ];
}

export const workflowActionsOf = ({ workflowActions }: Descriptions): Collection => ({
  description: workflowActions,
  list: (directory) => directory.workflowActions().map((action) => ({ ...action })),
  check: ({ directory }, value, before) => [
    ...actionErrors(whole<WorkflowActionRecord>(value)),
    ...(before === undefined && directory.workflowActions().length >= WORKFLOW_ACTIONS_MAX
      ? [maximum('', `There are ${WORKFLOW_ACTIONS_MAX} workflow actions already.`)]
      : []),
  ],
  create: ({ repositories }, value) =>
    repositories.workflowActions.create(whole<WorkflowActionRecord>(value)),
  update: ({ repositories }, value, before) =>
    repositories.workflowActions.update(Number(before.id), whole<WorkflowActionRecord>(value)),
  async remove({ repositories, directory }, before) {
    const users = directory
      .allWorkflows()
      .filter(({ actions }) => actions.some(({ id }) => id === before.id));
    if (users.length > 0)
      throw new Problem(
        'IN_USE',
        `${counted(users.length, 'workflow')} (${users[0]!.name}${users.length > 1 ? ', …' : ''}) use this action.`,
      );
    await repositories.workflowActions.remove(Number(before.id));
  },
});
