/**
 * Reads the configuration of a Finesse server through its API and makes a tree of it (docs/configuration-files.md). What that server does not
 * tell (queues, numbers, phones, passwords) is no part of it.
 */
import { parseLayout } from '@poise/layout';
import type { Element } from '@poise/xml';
import { oneLine } from '../configuration/limits.ts';
import type { Deployment } from '../domain/profile.ts';
import { childText, lastChild } from '../objects/request.ts';
import type {
  MediaPropertyEntry,
  WorkflowConditionRecord,
  WorkflowVariableRecord,
} from '../store/directory.ts';
import { foldId } from '../store/snapshot.ts';
import { SYSTEM_REASON_CODES } from '../store/system-reason-codes.ts';
import { readSections } from './document.ts';
import type { ConfigurationTree, WholeTree } from './tree.ts';

/** The answer to `GET /finesse/api/{path}`; null: this server does not have it (404). @throws what the caller wants to be told */
export type FinesseReader = (path: string) => Promise<Element | null>;

/** What was left out, and why. */
export interface Omission {
  readonly section: keyof ConfigurationTree;
  readonly key: string;
  /** In English. */
  readonly reason: string;
}

/** An entry whose names or descriptions had line breaks; here each of them is one line. */
export interface Joined {
  readonly section: keyof ConfigurationTree;
  /** Its name as it is here. */
  readonly key: string;
}

export interface FinesseConfiguration {
  readonly tree: ConfigurationTree;
  readonly omissions: readonly Omission[];
  readonly joined: readonly Joined[];
}

/** Questions under way at a time: the other server has agents to serve. */
const QUESTIONS_AT_ONCE = 6;

const text = (element: Element, name: string): string => childText(element, name) ?? '';
const isTrue = (element: Element, name: string): boolean => text(element, name).toLowerCase() === 'true';
/** The number at the end of an object's URI. */
const idOf = (element: Element): string =>
  /\/(\d+)\/?$/.exec(text(element, 'uri'))?.[1] ?? text(element, 'id');
const children = (list: Element | null, name: string): readonly Element[] => list?.elements(name) ?? [];
const within = (element: Element, list: string, name: string): readonly Element[] =>
  lastChild(element, list)?.elements(name) ?? [];

/**
 * @param deployment of this server, to which the codes of the system belong
 * @param current what is stored here: users whom the other server does not know, and what it does not say of users and teams, stay
 * @throws what `get` throws; DocumentError for what cannot be here
 */
export async function readFinesse(
  get: FinesseReader,
  current: WholeTree,
  deployment: Deployment,
): Promise<FinesseConfiguration> {
  const omissions: Omission[] = [];
  const users = await inTurns(children(await get('Users'), 'User'), (user) => withTeams(get, user));
  const teams = children(await get('Teams'), 'Team').map((team) => ({
    id: idOf(team),
    name: text(team, 'name'),
  }));
  const ofTeams = await inTurns(teams, async ({ id, name }) => ({
    name,
    NOT_READY: await assignedIds(get, `Team/${id}/ReasonCodes?category=NOT_READY`, 'ReasonCode'),
    LOGOUT: await assignedIds(get, `Team/${id}/ReasonCodes?category=LOGOUT`, 'ReasonCode'),
    wrapUpReasons: await assignedIds(get, `Team/${id}/WrapUpReasons`, 'WrapUpReason'),
    phoneBooks: await assignedIds(get, `Team/${id}/PhoneBooks`, 'PhoneBook'),
    workflows: children(await get(`Team/${id}/Workflows`), 'Workflow').map((each) => text(each, 'name')),
    layout: await get(`Team/${id}/LayoutConfig`),
  }));
  type Assignable = 'NOT_READY' | 'LOGOUT' | 'wrapUpReasons' | 'phoneBooks';
  const teamsWith = (kind: Assignable, id: string): readonly string[] =>
    ofTeams.filter((team) => team[kind].includes(id)).map(({ name }) => name);
  const assigned = (kind: Assignable, element: Element) =>
    isTrue(element, 'forAll') ? 'all' : teamsWith(kind, idOf(element));

  const reasons = children(await get('ReasonCodes?category=ALL'), 'ReasonCode').filter(
    (reason) => !isOfTheSystem(reason, deployment),
  );
  const ofCategory = (category: 'NOT_READY' | 'LOGOUT') =>
    reasons
      .filter((reason) => text(reason, 'category') === category)
      .map((reason) => ({
        code: Number(text(reason, 'code')),
        label: text(reason, 'label'),
        assignedTo: assigned(category, reason),
      }));
  const books = await inTurns(children(await get('PhoneBooks'), 'PhoneBook'), async (book) => ({
    name: text(book, 'name'),
    type: text(book, 'type') === 'TEAM' ? 'TEAM' : 'GLOBAL',
    teams: teamsWith('phoneBooks', idOf(book)),
    contacts: children(await get(`PhoneBook/${idOf(book)}/Contacts`), 'Contact').map((contact) => ({
      firstName: text(contact, 'firstName'),
      lastName: text(contact, 'lastName'),
      phoneNumber: text(contact, 'phoneNumber'),
      description: text(contact, 'description'),
    })),
  }));
  const layouts = [
    { team: null, of: await get('LayoutConfig/default') },
    ...ofTeams
      .filter(({ layout }) => layout && !isTrue(layout, 'useDefault'))
      .map(({ name, layout }) => ({ team: name, of: layout })),
  ].flatMap(({ team, of }) => {
    const xml = of === null ? '' : text(of, 'layoutxml');
    if (xml === '') return [];
    const parsed = parseLayout(xml);
    if (parsed.ok) return [{ team, useDefault: false, xml }];
    const [problem] = parsed.errors;
    omissions.push({
      section: 'desktopLayouts',
      key: team ?? 'default',
      reason: `line ${problem?.line}: ${problem?.message}`,
    });
    return [];
  });
  const sections = {
    teams: teams.map(({ id, name }) => teamEntry(Number(id), name, users, current)),
    users: [...users.map((user) => userEntry(user, current)), ...strangersTo(users, current)],
    reasonCodes: { NOT_READY: ofCategory('NOT_READY'), LOGOUT: ofCategory('LOGOUT') },
    wrapUpReasons: children(await get('WrapUpReasons'), 'WrapUpReason').map((reason) => ({
      label: text(reason, 'label'),
      assignedTo: assigned('wrapUpReasons', reason),
    })),
    phoneBooks: books,
    callVariables: await callVariables(get),
    desktopLayouts: layouts,
    workflowActions: children(await get('WorkflowActions'), 'WorkflowAction').map(actionEntry),
    workflows: children(await get('Workflows'), 'Workflow').map(workflowEntry),
    teamWorkflows: ofTeams
      .filter(({ workflows }) => workflows.length > 0)
      .map(({ name, workflows }) => ({ team: name, workflows })),
  };
  const tree = readSections(sections);
  return { tree, omissions, joined: joinedOf(sections) };
}

/** What is one line in the API of ours is named here, not what may have several: layouts, values of parameters and of conditions. */
const ONE_LINE = new Set([
  'name',
  'label',
  'description',
  'displayName',
  'firstName',
  'lastName',
  'loginName',
  'phoneNumber',
]);

function joinedOf(sections: Readonly<Record<string, unknown>>): readonly Joined[] {
  return Object.entries(sections).flatMap(([name, section]) => {
    const entries = Array.isArray(section) ? section : Object.values(section as object).flat();
    return entries
      .filter((entry) => isBroken(entry))
      .map((entry) => ({
        section: name as keyof ConfigurationTree,
        key: oneLine(String(entry.name ?? entry.label ?? entry.loginId ?? entry.team)),
      }));
  });
}

const isBroken = (value: unknown, key?: string | number): boolean => {
  if (typeof value === 'string') return ONE_LINE.has(String(key)) && oneLine(value) !== value.trim();
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([name, each]) => isBroken(each, name));
};

/** Releases before the mark list the codes of the platform like any other; they are known by their numbers. */
function isOfTheSystem(reason: Element, deployment: Deployment): boolean {
  if (lastChild(reason, 'systemCode') !== undefined) return isTrue(reason, 'systemCode');
  const [code, category] = [Number(text(reason, 'code')), text(reason, 'category')];
  return SYSTEM_REASON_CODES[deployment].some((row) => row[0] === code && row[1] === category);
}

/** What belongs to a team by itself; what everybody has is in the list of some servers, too. */
async function assignedIds(get: FinesseReader, path: string, name: string): Promise<readonly string[]> {
  const elements = children(await get(path), name);
  return elements.filter((element) => !isTrue(element, 'forAll')).map(idOf);
}

/** The API has the times of wrap-up in its users only. */
function teamEntry(id: number, name: string, users: readonly Element[], current: WholeTree) {
  const known = current.teams.find((team) => team.id === id);
  const member = users.find((user) => text(user, 'teamId') === String(id));
  const settings = member === undefined ? undefined : lastChild(member, 'settings');
  const incoming = settings && childText(settings, 'wrapUpOnIncoming');
  const outgoing = settings && childText(settings, 'wrapUpOnOutgoing');
  return {
    id,
    name,
    wrapUpOnIncoming: incoming ?? known?.wrapUpOnIncoming,
    wrapUpOnOutgoing: outgoing ?? known?.wrapUpOnOutgoing,
    wrapUpTimerSeconds: known?.wrapUpTimerSeconds,
  };
}

const ROLES: Readonly<Record<string, string>> = {
  AGENT: 'Agent',
  SUPERVISOR: 'Supervisor',
  ADMINISTRATOR: 'Administrator',
};

function userEntry(user: Element, current: WholeTree) {
  const loginId = text(user, 'loginId');
  const known = current.users.find((each) => foldId(each.loginId) === foldId(loginId));
  return {
    loginId: known?.loginId ?? loginId,
    loginName: childText(user, 'loginName'),
    firstName: text(user, 'firstName'),
    lastName: text(user, 'lastName'),
    roles: within(user, 'roles', 'role').flatMap((role) => ROLES[role.text.trim().toUpperCase()] ?? []),
    team: childText(user, 'teamName') ?? null,
    supervises: within(user, 'teams', 'Team').map((team) => text(team, 'name')),
    skillGroups: known?.skillGroups ?? [],
    skillTargetId: known?.skillTargetId,
  };
}

/** Some servers tell the teams of a supervisor in the user alone, not in the list. */
async function withTeams(get: FinesseReader, user: Element): Promise<Element> {
  const isSupervisor = within(user, 'roles', 'role').some((role) => /^supervisor$/i.test(role.text.trim()));
  if (!isSupervisor || lastChild(user, 'teams') !== undefined) return user;
  return (await get(`User/${encodeURIComponent(text(user, 'loginId'))}`)) ?? user;
}

function strangersTo(users: readonly Element[], current: WholeTree) {
  const known = new Set(users.map((user) => foldId(text(user, 'loginId'))));
  return current.users.filter(({ loginId }) => !known.has(foldId(loginId)));
}

async function callVariables(get: FinesseReader) {
  const list = await get('MediaPropertiesLayouts');
  // Up to 11.x there is the default one alone.
  const one = list === null ? await get('MediaPropertiesLayout/default') : null;
  const elements = list === null ? (one === null ? [] : [one]) : children(list, 'MediaPropertiesLayout');
  return elements.map((layout) => {
    const header = within(layout, 'header', 'entry')[0];
    return {
      name: childText(layout, 'name') ?? 'Default Layout',
      description: text(layout, 'description'),
      isDefault: text(layout, 'type') !== 'CUSTOM',
      header: header === undefined ? null : mediaEntry(header),
      columns: layout.elements('column').map((column) => column.elements('entry').map(mediaEntry)),
    };
  });
}

const mediaEntry = (entry: Element): MediaPropertyEntry => ({
  displayName: text(entry, 'displayName'),
  mediaProperty: text(entry, 'mediaProperty'),
  showInPopOver: isTrue(entry, 'showInPopOver'),
  uiEditable: isTrue(entry, 'uiEditable'),
});

const variable = (element: Element): WorkflowVariableRecord => ({
  name: text(element, 'name'),
  node: text(element, 'node'),
  type: text(element, 'type'),
});

function condition(element: Element): WorkflowConditionRecord {
  const of = lastChild(element, 'Variable');
  return {
    variable: of === undefined ? { name: '', node: '', type: '' } : variable(of),
    comparator: text(element, 'comparator'),
    value: text(element, 'value'),
  };
}

const actionEntry = (action: Element) => ({
  name: text(action, 'name'),
  type: text(action, 'type'),
  handledBy: text(action, 'handledBy'),
  params: within(action, 'params', 'Param').map((param) => ({
    name: text(param, 'name'),
    // Bodies may begin and end with white space.
    value: lastChild(param, 'value')?.text ?? '',
  })),
  variables: within(action, 'actionVariables', 'ActionVariable').map((each) => ({
    ...variable(each),
    testValue: text(each, 'testValue'),
  })),
});

function workflowEntry(workflow: Element) {
  const triggers = lastChild(workflow, 'TriggerSet');
  const conditions = lastChild(workflow, 'ConditionSet');
  return {
    name: text(workflow, 'name'),
    description: text(workflow, 'description'),
    // Before 12.0 there is voice alone, and no word for it.
    media: childText(workflow, 'media') ?? 'Voice',
    triggerSet: {
      type: (triggers && childText(triggers, 'type')) ?? 'SYSTEM',
      name: triggers === undefined ? '' : text(triggers, 'name'),
      triggers: triggers === undefined ? [] : within(triggers, 'triggers', 'Trigger').map(condition),
      allowOverlappingCallWorkflow:
        triggers !== undefined && isTrue(triggers, 'allowOverlappingCallWorkflow'),
    },
    conditionSet: {
      applyMethod: (conditions && childText(conditions, 'applyMethod')) ?? 'ALL',
      conditions:
        conditions === undefined ? [] : within(conditions, 'conditions', 'Condition').map(condition),
    },
    actions: within(workflow, 'workflowActions', 'WorkflowAction').map((action) => text(action, 'name')),
  };
}

/** In the order of `items`, some at a time. */
async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += QUESTIONS_AT_ONCE)
    results.push(...(await Promise.all(items.slice(at, at + QUESTIONS_AT_ONCE).map(work))));
  return results;
}
