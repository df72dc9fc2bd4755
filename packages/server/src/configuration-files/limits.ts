/** How much there may be of each kind, as the original's administrators know it (admin.md 1; rest-api.md 8). */
import {
  CONTACTS_IN_ALL_MAX,
  CONTACTS_MAX,
  GLOBAL_REASONS_MAX,
  MEDIA_PROPERTIES_LAYOUTS_MAX,
  PHONE_BOOKS_MAX,
  TEAM_REASON_CODES_MAX,
  TEAM_WRAP_UP_REASONS_MAX,
  WORKFLOW_ACTIONS_MAX,
  WORKFLOWS_MAX,
  WORKFLOWS_PER_TEAM_MAX,
  WRAP_UP_REASONS_PER_TEAM_MAX,
} from '../configuration/limits.ts';
import type { Assigned, SectionName, WholeTree } from './tree.ts';

/** More than there may be. */
export interface Excess {
  readonly section: SectionName;
  /** What is counted. */
  readonly what: string;
  readonly count: number;
  readonly max: number;
}

const isGlobal = ({ assignedTo }: { readonly assignedTo: Assigned }): boolean => assignedTo === 'all';

/** The first limit that a whole configuration exceeds. */
export function excessOf(tree: WholeTree): Excess | null {
  for (const [section, what, count, max] of counted(tree))
    if (count > max) return { section, what, count, max };
  return null;
}

function* counted(
  tree: WholeTree,
): Iterable<readonly [section: SectionName, what: string, count: number, max: number]> {
  for (const category of ['NOT_READY', 'LOGOUT'] as const) {
    const own = tree.reasonCodes.filter((reason) => !reason.system && reason.category === category);
    const global = own.filter(isGlobal).length;
    yield ['reasonCodes', `${category} for all`, global, GLOBAL_REASONS_MAX];
    yield ['reasonCodes', `${category} for teams`, own.length - global, TEAM_REASON_CODES_MAX];
  }
  const globalReasons = tree.wrapUpReasons.filter(isGlobal).length;
  yield ['wrapUpReasons', 'for all', globalReasons, GLOBAL_REASONS_MAX];
  yield ['wrapUpReasons', 'for teams', tree.wrapUpReasons.length - globalReasons, TEAM_WRAP_UP_REASONS_MAX];
  const perTeam = new Map<string, number>();
  for (const { assignedTo } of tree.wrapUpReasons)
    if (assignedTo !== 'all') for (const team of assignedTo) perTeam.set(team, (perTeam.get(team) ?? 0) + 1);
  for (const [team, count] of perTeam)
    yield ['wrapUpReasons', `of team ${team}`, count, WRAP_UP_REASONS_PER_TEAM_MAX];
  for (const type of ['GLOBAL', 'TEAM'] as const)
    yield [
      'phoneBooks',
      type,
      tree.phoneBooks.filter((book) => book.type === type).length,
      PHONE_BOOKS_MAX[type],
    ];
  let contacts = 0;
  for (const book of tree.phoneBooks) {
    yield ['phoneBooks', `contacts of ${book.name}`, book.contacts.length, CONTACTS_MAX];
    contacts += book.contacts.length;
  }
  yield ['phoneBooks', 'contacts in all', contacts, CONTACTS_IN_ALL_MAX];
  yield ['callVariables', 'layouts', tree.callVariables.length, MEDIA_PROPERTIES_LAYOUTS_MAX];
  yield ['workflowActions', 'actions', tree.workflowActions.length, WORKFLOW_ACTIONS_MAX];
  yield ['workflows', 'workflows', tree.workflows.length, WORKFLOWS_MAX];
  for (const { team, workflows } of tree.teamWorkflows)
    yield ['teamWorkflows', `of team ${team}`, workflows.length, WORKFLOWS_PER_TEAM_MAX];
}
