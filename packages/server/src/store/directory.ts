/**
 * What the configuration store holds, as the rest of the server sees it: cached in memory, read
 * synchronously, replaced as a whole after a write. Live agent and call state is not in here.
 */

export type Role = 'Agent' | 'Supervisor' | 'Administrator';
export type ReasonCategory = 'NOT_READY' | 'LOGOUT';
export type WrapUpMode = 'REQUIRED' | 'OPTIONAL' | 'NOT_ALLOWED' | 'REQUIRED_WITH_WRAP_UP_DATA';

export interface UserRecord {
  /** Id used in URIs (CCE: peripheral number). Unique without regard to case; printed as stored. */
  readonly loginId: string;
  readonly loginName: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly roles: readonly Role[];
  /** Team the user is a member of; null for administrators. */
  readonly teamId: number | null;
  /** Teams the user supervises, ascending. */
  readonly supervisedTeamIds: readonly number[];
  /** CCE agent skill target, unique. */
  readonly skillTargetId: number;
  /** Numbers of the skill groups (queues) the agent works for, ascending. */
  readonly skillGroupNumbers: readonly number[];
}

export interface TeamRecord {
  readonly id: number;
  readonly name: string;
  readonly wrapUpOnIncoming: WrapUpMode;
  readonly wrapUpOnOutgoing: WrapUpMode;
  readonly wrapUpTimerSeconds: number;
}

export interface ReasonCodeRecord {
  /** Database id: the number at the end of the ReasonCode URI. */
  readonly id: number;
  readonly category: ReasonCategory;
  readonly code: number;
  readonly label: string;
  readonly forAll: boolean;
  readonly systemCode: boolean;
  /** Teams it is assigned to (when not forAll). */
  readonly teamIds: readonly number[];
}

export interface WrapUpReasonRecord {
  readonly id: number;
  readonly label: string;
  readonly forAll: boolean;
  readonly teamIds: readonly number[];
}

export interface ContactRecord {
  readonly id: number;
  readonly firstName: string;
  readonly lastName: string;
  readonly phoneNumber: string;
  readonly description: string;
}

export interface PhoneBookRecord {
  readonly id: number;
  readonly name: string;
  readonly type: 'GLOBAL' | 'TEAM';
  readonly teamIds: readonly number[];
  readonly contacts: readonly ContactRecord[];
}

export interface SkillGroupRecord {
  /** SkillGroupNumber of GED-188 = queue id of the API. */
  readonly number: number;
  /** SkillGroupID of GED-188. */
  readonly id: number;
  readonly name: string;
}

/** Priorities of dialled numbers: callers of a lower one are served first. */
export const QUEUE_PRIORITY = { first: 1, usual: 5, last: 10 } as const;

export interface DialledNumberRecord {
  readonly number: string;
  readonly skillGroupNumber: number;
  /** Whole number within {@link QUEUE_PRIORITY}: 1 is served first. */
  readonly priority: number;
}

/** A desktop layout as an administrator saved it. */
export interface DesktopLayoutRecord {
  /** Null: the default layout. */
  readonly teamId: number | null;
  readonly xml: string;
  /** The team uses the default layout; `xml` is what it had before. */
  readonly useDefault: boolean;
}

/** One variable of a call, as it is shown. */
export interface MediaPropertyEntry {
  /** May be empty. */
  readonly displayName: string;
  readonly mediaProperty: string;
  readonly showInPopOver: boolean;
  readonly uiEditable: boolean;
}

/** Which variables of a call are shown, and where. */
export interface MediaPropertiesLayoutRecord {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly isDefault: boolean;
  readonly header: MediaPropertyEntry | null;
  /** Left, right; none, one or two. */
  readonly columns: readonly (readonly MediaPropertyEntry[])[];
}

/** A value out of a Dialog: `node` is a path as in `//Dialog/mediaType`. */
export interface WorkflowVariableRecord {
  readonly name: string;
  readonly node: string;
  readonly type: string;
}

export interface WorkflowConditionRecord {
  readonly variable: WorkflowVariableRecord;
  readonly comparator: string;
  readonly value: string;
}

export interface WorkflowActionRecord {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly handledBy: string;
  readonly params: ReadonlyArray<{ readonly name: string; readonly value: string }>;
  readonly variables: ReadonlyArray<WorkflowVariableRecord & { readonly testValue: string }>;
}

export interface WorkflowRecord {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly media: string;
  readonly triggerSet: {
    readonly type: string;
    readonly name: string;
    readonly triggers: readonly WorkflowConditionRecord[];
    /** Of 12.5: kept for its clients. What it means for calls beside the first one is not published, and the desktop does not look at it. */
    readonly allowOverlappingCallWorkflow: boolean;
  };
  readonly conditionSet: {
    readonly applyMethod: 'ALL' | 'ANY';
    readonly conditions: readonly WorkflowConditionRecord[];
  };
  /** In the order in which they run. */
  readonly actions: readonly WorkflowActionRecord[];
  /** Teams it is assigned to, and its place among the workflows of the team. */
  readonly teams: ReadonlyArray<{ readonly teamId: number; readonly position: number }>;
}

/** The whole configuration at one moment. All lookups are O(1) or proportional to their answer. */
export interface Directory {
  /** Grows with every change. */
  readonly version: number;
  /** By login id: an exact match wins, else without regard to case. */
  user(loginId: string): UserRecord | undefined;
  /** By login name, as {@link user}. */
  userByName(loginName: string): UserRecord | undefined;
  users(): readonly UserRecord[];
  team(id: number): TeamRecord | undefined;
  teams(): readonly TeamRecord[];
  /** Members ordered by login id. */
  teamMembers(teamId: number): readonly UserRecord[];
  reasonCode(id: number): ReasonCodeRecord | undefined;
  /** The one with this code of this category, for turning EventReasonCode into an object. */
  reasonCodeByCode(category: ReasonCategory, code: number): ReasonCodeRecord | undefined;
  /** Global ones and those of the team, no system codes, ordered by label. */
  reasonCodes(category: ReasonCategory, teamId: number | null): readonly ReasonCodeRecord[];
  /** Whatever team they are assigned to, those of the system too, in the order of their codes. */
  allReasonCodes(category: ReasonCategory): readonly ReasonCodeRecord[];
  /** Those that the platform itself sets, of both categories. */
  systemReasonCodes(): readonly ReasonCodeRecord[];
  wrapUpReason(id: number): WrapUpReasonRecord | undefined;
  wrapUpReasons(teamId: number | null): readonly WrapUpReasonRecord[];
  /** Whatever team they are assigned to, by label. */
  allWrapUpReasons(): readonly WrapUpReasonRecord[];
  /** Global ones first, then those of the team. */
  phoneBooks(teamId: number | null): readonly PhoneBookRecord[];
  /** Whatever team they are assigned to: global ones first, then by name. */
  allPhoneBooks(): readonly PhoneBookRecord[];
  phoneBook(id: number): PhoneBookRecord | undefined;
  /** Those of the team, in its order. */
  workflows(teamId: number | null): readonly WorkflowRecord[];
  /** Whether a team has them or not, by name. */
  allWorkflows(): readonly WorkflowRecord[];
  /** Whether a workflow has them or not, by name. */
  workflowActions(): readonly WorkflowActionRecord[];
  skillGroups(): readonly SkillGroupRecord[];
  skillGroup(number: number): SkillGroupRecord | undefined;
  /** Whether anybody works for the skill group. */
  hasAgents(number: number): boolean;
  dialledNumbers(): readonly DialledNumberRecord[];
  /** Extensions that exist. */
  devices(): readonly string[];
  /** What was saved for the team, or as default layout (null). */
  desktopLayout(teamId: number | null): DesktopLayoutRecord | undefined;
  mediaPropertiesLayout(id: number): MediaPropertiesLayoutRecord | undefined;
  /** Settings that an administrator has written, by key; they are in force from the next start on. */
  settings(): ReadonlyMap<string, string>;
  /** The default one first, the others by name. */
  mediaPropertiesLayouts(): readonly MediaPropertiesLayoutRecord[];
}

/** The kinds of records, as a change names them. */
/** A setting that an administrator has written, as it stands in a settings file; a secret is sealed. */
export interface SettingRecord {
  readonly key: string;
  readonly value: string;
}

export type DirectorySection =
  | 'users'
  | 'teams'
  | 'reasonCodes'
  | 'wrapUpReasons'
  | 'phoneBooks'
  | 'skillGroups'
  | 'dialledNumbers'
  | 'devices'
  | 'desktopLayouts'
  | 'mediaPropertiesLayouts'
  | 'workflows'
  | 'workflowActions'
  | 'settings';

/** @param changed what was written; records that live in memory only are no part of it */
export type DirectoryListener = (directory: Directory, changed: ReadonlySet<DirectorySection>) => void;

/** Gives the current directory and tells of changes. */
export interface DirectorySource {
  readonly current: Directory;
  /** @returns the function that ends the observation */
  onChange(listener: DirectoryListener): () => void;
}
