/** The teams, and what each has besides what everybody has: reason codes, wrap-up reasons, phone books, workflows (rest-api.md 8). */
import {
  PHONE_BOOKS_MAX,
  TEAM_REASON_CODES_MAX,
  WORKFLOWS_PER_TEAM_MAX,
  WRAP_UP_REASONS_PER_TEAM_MAX,
} from '../../configuration/limits.ts';
import { failure } from '../../domain/errors.ts';
import type { Profile } from '../../domain/profile.ts';
import { readAssignment } from '../../objects/assignment-request.ts';
import { listDocument } from '../../objects/list.ts';
import { PHONE_BOOK_SUMMARY } from '../../objects/phone-books.ts';
import { REASON_CODE, WRAP_UP_REASON_CONFIGURATION } from '../../objects/reasons.ts';
import { Refused } from '../../objects/request-fields.ts';
import { TEAM_ENTRY } from '../../objects/user.ts';
import { WORKFLOW_OF_TEAM } from '../../objects/workflows.ts';
import { type ObjectWriter, objectWriter } from '../../objects/writer.ts';
import type {
  Directory,
  PhoneBookRecord,
  ReasonCategory,
  ReasonCodeRecord,
  TeamRecord,
  WorkflowRecord,
  WrapUpReasonRecord,
} from '../../store/directory.ts';
import { type Answer, ok } from '../answer.ts';
import type { Call } from '../call.ts';
import type { ConfigurationRepositories } from '../dependencies.ts';
import { reasonCategoryOf } from '../reasons/reasons.ts';
import type { Resource } from '../resource.ts';
import { answering, changingQuietly, handler, numberOf } from './configuration.ts';

/** One kind of what a team has. */
interface Assignment<T extends { readonly id: number }> {
  /** Its objects, `PhoneBook`; the list has an s. */
  readonly object: string;
  /** As in the log, `teamPhoneBooks`. */
  readonly name: string;
  readonly max: number;
  /** How they are printed, one by one. */
  writer(profile: Profile): ObjectWriter<T>;
  /** What the team has, in order. */
  assigned(directory: Directory, teamId: number, category: ReasonCategory): readonly T[];
  find(directory: Directory, id: number): T | undefined;
  /** Whether teams can have it, or everybody has it. */
  isAssignable(one: T, category: ReasonCategory): boolean;
  assign(
    repositories: ConfigurationRepositories,
    teamId: number,
    ids: readonly number[],
    category: ReasonCategory,
  ): Promise<void>;
  /** The query says of which category. */
  readonly byCategory?: true;
}

/** The team of the path. Who asks for another is told of the assignment, unlike elsewhere. @throws Refused */
function teamOf(call: Call): TeamRecord {
  const id = numberOf(call);
  const team = id === null ? undefined : call.dependencies.directory.current.team(id);
  if (team === undefined)
    throw new Refused(failure('TEAM_ASSIGNMENT_NOT_FOUND', (call.parameters.id ?? '').slice(0, 64)));
  return team;
}

/** @throws Refused */
function categoryOf(call: Call): ReasonCategory {
  const category = reasonCategoryOf(call);
  if (!category.ok) throw new Refused(category.failure);
  if (category.value === 'ALL')
    throw new Refused(failure('BAD_REQUEST', 'category', 'Invalid category specified for ReasonCodes'));
  return category.value;
}

/** Does not matter to kinds that have none. */
const categoryFor = (kind: { readonly byCategory?: true }, call: Call): ReasonCategory =>
  kind.byCategory === true ? categoryOf(call) : 'NOT_READY';

function get<T extends { readonly id: number }>(kind: Assignment<T>, call: Call): Answer {
  const { directory, presenter } = call.dependencies;
  return answering(() => {
    const team = teamOf(call);
    const category = categoryFor(kind, call);
    const assigned = kind.assigned(directory.current, team.id, category);
    const attributes = kind.byCategory === true ? { category } : {};
    return ok(listDocument(`${kind.object}s`, kind.writer(presenter.profile), assigned, attributes));
  });
}

/** Replaces what the team has of the kind. */
function put<T extends { readonly id: number }>(kind: Assignment<T>, call: Call): Promise<Answer> {
  const read = readAssignment(call.body, kind.object);
  return changingQuietly(call, kind.object, async (repositories) => {
    const team = teamOf(call);
    const category = categoryFor(kind, call);
    if (!read.ok) throw new Refused(read.failure);
    if (read.value.length > kind.max) throw new Refused(failure('MAXIMUM_EXCEEDED', kind.object));
    for (const id of read.value) refuseStranger(kind, call.dependencies.directory.current, id, category);
    await kind.assign(repositories, team.id, read.value, category);
  });
}

/** @throws Refused */
function refuseStranger<T extends { readonly id: number }>(
  kind: Assignment<T>,
  directory: Directory,
  id: number,
  category: ReasonCategory,
): void {
  const one = kind.find(directory, id);
  if (one !== undefined && kind.isAssignable(one, category)) return;
  const why =
    one === undefined
      ? `There is no such ${kind.object}`
      : `This ${kind.object} cannot be assigned: everybody has it, or it is of another category`;
  throw new Refused(failure('API_ERROR', `/finesse/api/${kind.object}/${id}`, why));
}

const REASON_CODES: Assignment<ReasonCodeRecord> = {
  object: 'ReasonCode',
  name: 'teamReasonCodes',
  max: TEAM_REASON_CODES_MAX,
  byCategory: true,
  writer: (profile) => objectWriter(REASON_CODE, profile),
  assigned: (directory, teamId, category) =>
    directory.reasonCodes(category, teamId).filter(({ forAll }) => !forAll),
  find: (directory, id) => directory.reasonCode(id),
  isAssignable: (code, category) => !code.forAll && !code.systemCode && code.category === category,
  assign: ({ reasonCodes }, teamId, ids, category) => reasonCodes.assign(teamId, category, ids),
};

const WRAP_UP_REASONS: Assignment<WrapUpReasonRecord> = {
  object: 'WrapUpReason',
  name: 'teamWrapUpReasons',
  max: WRAP_UP_REASONS_PER_TEAM_MAX,
  writer: (profile) => objectWriter(WRAP_UP_REASON_CONFIGURATION, profile),
  assigned: (directory, teamId) => directory.wrapUpReasons(teamId).filter(({ forAll }) => !forAll),
  find: (directory, id) => directory.wrapUpReason(id),
  isAssignable: ({ forAll }) => !forAll,
  assign: ({ wrapUpReasons }, teamId, ids) => wrapUpReasons.assign(teamId, ids),
};

const PHONE_BOOKS: Assignment<PhoneBookRecord> = {
  object: 'PhoneBook',
  name: 'teamPhoneBooks',
  max: PHONE_BOOKS_MAX.TEAM,
  writer: (profile) => objectWriter(PHONE_BOOK_SUMMARY, profile),
  assigned: (directory, teamId) => directory.phoneBooks(teamId).filter(({ type }) => type === 'TEAM'),
  find: (directory, id) => directory.phoneBook(id),
  isAssignable: ({ type }) => type === 'TEAM',
  assign: ({ phoneBooks }, teamId, ids) => phoneBooks.assign(teamId, ids),
};

/** The order counts: the first that fits a call runs. */
const WORKFLOWS: Assignment<WorkflowRecord> = {
  object: 'Workflow',
  name: 'teamWorkflows',
  max: WORKFLOWS_PER_TEAM_MAX,
  writer: (profile) => objectWriter(WORKFLOW_OF_TEAM, profile),
  assigned: (directory, teamId) => directory.workflows(teamId),
  find: (directory, id) => directory.allWorkflows().find((workflow) => workflow.id === id),
  isAssignable: () => true,
  assign: ({ workflows }, teamId, ids) => workflows.assign(teamId, ids),
};

const resourceOf = <T extends { readonly id: number }>(kind: Assignment<T>): Resource => ({
  path: `Team/{id}/${kind.object}s`,
  methods: {
    GET: handler('team.assignments.read', `${kind.name}.GET`, (call) => get(kind, call)),
    PUT: handler('team.assignments.write', `${kind.name}.PUT`, (call) => put(kind, call)),
  },
});

function listTeams(call: Call): Answer {
  const { directory, presenter } = call.dependencies;
  return ok(listDocument('Teams', objectWriter(TEAM_ENTRY, presenter.profile), directory.current.teams()));
}

export const TEAM_CONFIGURATION_RESOURCES: readonly Resource[] = [
  { path: 'Teams', methods: { GET: handler('team.list', 'teams.GET', listTeams) } },
  resourceOf(REASON_CODES),
  resourceOf(WRAP_UP_REASONS),
  resourceOf(PHONE_BOOKS),
  resourceOf(WORKFLOWS),
];
