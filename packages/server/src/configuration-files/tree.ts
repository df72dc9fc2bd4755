/**
 * The configuration as one readable tree, as `poise config export` writes it and `poise config apply` reads it (docs/configuration-files.md).
 * What is named by a number of the database elsewhere has its name here, so that a tree means the same on every server.
 */

import { SETTINGS } from '../settings/keys.ts';
import { STORED_KEYS, type StoredKey } from '../settings/stored.ts';
import type {
  ContactRecord,
  DialledNumberRecord,
  MediaPropertiesLayoutRecord,
  PhoneBookRecord,
  ReasonCategory,
  Role,
  SkillGroupRecord,
  TeamRecord,
  UserRecord,
  WorkflowActionRecord,
  WorkflowRecord,
} from '../store/directory.ts';
import { byLoginId, byText, type DirectoryData } from '../store/snapshot.ts';

/** Version of the form of the tree. */
export const TREE_VERSION = 1;

/** Whose it is: everybody's, or that of the teams with these names, in the order of the names. */
export type Assigned = 'all' | readonly string[];

export interface TeamEntry extends Omit<TeamRecord, 'id'> {
  /** As in `/finesse/api/Team/{id}`; absent: the one that the name has, else a new one. */
  readonly id?: number | undefined;
}

/** Where a password is to be found. The tree itself never holds one. */
export type SecretReference = { readonly env: string } | { readonly file: string };

export interface UserEntry extends Pick<UserRecord, 'loginId' | 'loginName' | 'firstName' | 'lastName'> {
  readonly roles: readonly Role[];
  /** Name; null: none. */
  readonly team: string | null;
  /** Names of teams, in order. */
  readonly supervises: readonly string[];
  /** Numbers, ascending. */
  readonly skillGroups: readonly number[];
  /** CCE skill target; absent: the one that the user has, else a free one. */
  readonly skillTargetId?: number | undefined;
  /** Read when the tree is applied, never written by an export. */
  readonly password?: SecretReference | undefined;
}

export interface ReasonCodeEntry {
  readonly category: ReasonCategory;
  readonly code: number;
  readonly label: string;
  readonly assignedTo: Assigned;
  /** Of the platform: of these the label alone can be changed. */
  readonly system: boolean;
}

export interface WrapUpReasonEntry {
  readonly label: string;
  readonly assignedTo: Assigned;
}

export type ContactEntry = Omit<ContactRecord, 'id'>;

export interface PhoneBookEntry extends Pick<PhoneBookRecord, 'name' | 'type'> {
  /** Names of teams, in order. */
  readonly teams: readonly string[];
  readonly contacts: readonly ContactEntry[];
}

export type CallVariablesEntry = Omit<MediaPropertiesLayoutRecord, 'id'>;

export interface DesktopLayoutEntry {
  /** Name; null: the default layout. */
  readonly team: string | null;
  readonly useDefault: boolean;
  readonly xml: string;
}

export type WorkflowActionEntry = Omit<WorkflowActionRecord, 'id'>;

export interface WorkflowEntry extends Omit<WorkflowRecord, 'id' | 'actions' | 'teams'> {
  /** Names, in the order in which they run. */
  readonly actions: readonly string[];
}

export interface TeamWorkflowsEntry {
  readonly team: string;
  /** Names, in the order of the team. */
  readonly workflows: readonly string[];
}

/** A setting as an administrator has stored it; those that are secret are no part of a tree. */
export interface SettingEntry {
  readonly key: StoredKey;
  /** As in a settings file. */
  readonly value: string;
}

/** A section that is absent is left as it is; of one that is there, what it does not name is removed. */
export interface ConfigurationTree {
  readonly teams?: readonly TeamEntry[] | undefined;
  readonly skillGroups?: readonly SkillGroupRecord[] | undefined;
  readonly dialledNumbers?: readonly DialledNumberRecord[] | undefined;
  readonly devices?: readonly string[] | undefined;
  readonly users?: readonly UserEntry[] | undefined;
  readonly reasonCodes?: readonly ReasonCodeEntry[] | undefined;
  readonly wrapUpReasons?: readonly WrapUpReasonEntry[] | undefined;
  readonly phoneBooks?: readonly PhoneBookEntry[] | undefined;
  readonly callVariables?: readonly CallVariablesEntry[] | undefined;
  readonly desktopLayouts?: readonly DesktopLayoutEntry[] | undefined;
  readonly workflowActions?: readonly WorkflowActionEntry[] | undefined;
  readonly workflows?: readonly WorkflowEntry[] | undefined;
  readonly teamWorkflows?: readonly TeamWorkflowsEntry[] | undefined;
  readonly settings?: readonly SettingEntry[] | undefined;
}

export type WholeTree = { readonly [S in keyof ConfigurationTree]-?: NonNullable<ConfigurationTree[S]> };
export type SectionName = keyof ConfigurationTree;

/** Settings of which everybody may know. */
export const PLAIN_KEYS: readonly StoredKey[] = STORED_KEYS.filter((key) => !SETTINGS[key].secret);

const ordered = (names: readonly string[]): string[] => [...new Set(names)].sort(byText);

/**
 * The tree of what is stored.
 * @param nameOf what a team is called; for a plan, the name that it will have
 */
export function treeOf(
  data: DirectoryData,
  nameOf: (team: TeamRecord) => string = ({ name }) => name,
): WholeTree {
  const names = new Map(data.teams.map((team) => [team.id, nameOf(team)]));
  const team = (id: number): string => names.get(id) as string;
  const stored = (ids: readonly number[]): string[] => ordered(ids.filter((id) => names.has(id)).map(team));
  const assigned = (one: { forAll: boolean; teamIds: readonly number[] }): Assigned =>
    one.forAll ? 'all' : stored(one.teamIds);
  return {
    teams: [...data.teams].sort((a, b) => a.id - b.id).map((each) => ({ ...each, name: team(each.id) })),
    skillGroups: [...data.skillGroups].sort((a, b) => a.number - b.number),
    dialledNumbers: [...data.dialledNumbers].sort((a, b) => byText(a.number, b.number)),
    devices: [...data.devices],
    users: [...data.users].sort(byLoginId).map((user) => ({
      loginId: user.loginId,
      loginName: user.loginName,
      firstName: user.firstName,
      lastName: user.lastName,
      roles: user.roles,
      team: user.teamId === null ? null : (names.get(user.teamId) ?? null),
      supervises: stored(user.supervisedTeamIds),
      skillGroups: user.skillGroupNumbers,
      skillTargetId: user.skillTargetId,
    })),
    reasonCodes: [...data.reasonCodes]
      .sort((a, b) => byText(b.category, a.category) || a.code - b.code)
      .map((reason) => ({
        category: reason.category,
        code: reason.code,
        label: reason.label,
        assignedTo: assigned(reason),
        system: reason.systemCode,
      })),
    wrapUpReasons: [...data.wrapUpReasons]
      .sort((a, b) => byText(a.label, b.label))
      .map((reason) => ({ label: reason.label, assignedTo: assigned(reason) })),
    phoneBooks: [...data.phoneBooks]
      .sort((a, b) => byText(a.name, b.name))
      .map(({ name, type, teamIds, contacts }) => ({
        name,
        type,
        teams: stored(teamIds),
        contacts: contacts.map(({ id: _, ...contact }) => contact),
      })),
    callVariables: [...data.mediaPropertiesLayouts]
      .sort((a, b) => Number(b.isDefault) - Number(a.isDefault) || byText(a.name, b.name))
      .map(({ id: _, ...layout }) => layout),
    desktopLayouts: data.desktopLayouts
      .filter(({ teamId }) => teamId === null || names.has(teamId))
      .map(({ teamId, useDefault, xml }) => ({
        team: teamId === null ? null : team(teamId),
        useDefault,
        xml,
      })),
    workflowActions: [...data.workflowActions]
      .sort((a, b) => byText(a.name, b.name))
      .map(({ id: _, ...action }) => action),
    workflows: [...data.workflows]
      .sort((a, b) => byText(a.name, b.name))
      .map(({ id: _, teams: __, actions, ...workflow }) => ({
        ...workflow,
        actions: actions.map(({ name }) => name),
      })),
    teamWorkflows: [...data.teams]
      .sort((a, b) => a.id - b.id)
      .map(({ id }) => ({
        team: team(id),
        workflows: data.workflows
          .flatMap(({ name, teams }) =>
            teams.filter(({ teamId }) => teamId === id).map(({ position }) => ({ name, position })),
          )
          .sort((a, b) => a.position - b.position)
          .map(({ name }) => name),
      }))
      .filter(({ workflows }) => workflows.length > 0),
    settings: PLAIN_KEYS.flatMap((key) =>
      data.settings.filter((setting) => setting.key === key).map(({ value }) => ({ key, value })),
    ),
  };
}
