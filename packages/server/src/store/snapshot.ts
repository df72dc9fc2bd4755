/** A Directory built once from records: immutable, every lookup by index. */
import type {
  DesktopLayoutRecord,
  DialledNumberRecord,
  Directory,
  DirectorySection,
  MediaPropertiesLayoutRecord,
  PhoneBookRecord,
  ReasonCategory,
  ReasonCodeRecord,
  SettingRecord,
  SkillGroupRecord,
  TeamRecord,
  UserRecord,
  WorkflowActionRecord,
  WorkflowRecord,
  WrapUpReasonRecord,
} from './directory.ts';

/** All records of a directory, without any order. */
export interface DirectoryData extends Record<DirectorySection, readonly unknown[]> {
  readonly users: readonly UserRecord[];
  readonly teams: readonly TeamRecord[];
  readonly reasonCodes: readonly ReasonCodeRecord[];
  readonly wrapUpReasons: readonly WrapUpReasonRecord[];
  readonly phoneBooks: readonly PhoneBookRecord[];
  readonly skillGroups: readonly SkillGroupRecord[];
  readonly dialledNumbers: readonly DialledNumberRecord[];
  readonly devices: readonly string[];
  readonly desktopLayouts: readonly DesktopLayoutRecord[];
  readonly mediaPropertiesLayouts: readonly MediaPropertiesLayoutRecord[];
  readonly workflows: readonly WorkflowRecord[];
  readonly workflowActions: readonly WorkflowActionRecord[];
  readonly settings: readonly SettingRecord[];
}

export const EMPTY_DIRECTORY: DirectoryData = {
  users: [],
  teams: [],
  reasonCodes: [],
  wrapUpReasons: [],
  phoneBooks: [],
  skillGroups: [],
  dialledNumbers: [],
  devices: [],
  desktopLayouts: [],
  mediaPropertiesLayouts: [],
  workflows: [],
  workflowActions: [],
  settings: [],
};

/** Identifiers are compared without regard to case; a dot-less fold, the same in every locale. */
export const foldId = (id: string): string => id.toLowerCase();

/** Code-unit order: the same on every machine, whatever its language. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Login ids that are numbers sort as numbers, before all others. */
export function byLoginId(a: UserRecord, b: UserRecord): number {
  const numberA = /^\d+$/.test(a.loginId);
  const numberB = /^\d+$/.test(b.loginId);
  if (numberA && numberB) return a.loginId.length - b.loginId.length || byText(a.loginId, b.loginId);
  return numberA === numberB ? byText(a.loginId, b.loginId) : numberA ? -1 : 1;
}

/** Exact spelling first, else folded. */
class NameIndex {
  readonly #exact = new Map<string, UserRecord>();
  readonly #folded = new Map<string, UserRecord>();

  constructor(users: readonly UserRecord[], nameOf: (user: UserRecord) => string) {
    for (const user of users) {
      const name = nameOf(user);
      if (!this.#exact.has(name)) this.#exact.set(name, user);
      const folded = foldId(name);
      if (folded !== name && !this.#folded.has(folded)) this.#folded.set(folded, user);
    }
  }

  get(name: string): UserRecord | undefined {
    const exact = this.#exact.get(name);
    if (exact !== undefined) return exact;
    const folded = foldId(name);
    return this.#exact.get(folded) ?? this.#folded.get(folded);
  }
}

interface Assignable {
  readonly forAll: boolean;
  readonly teamIds: readonly number[];
}

/** Lists per team: the global records and those assigned to the team. Key null: global ones only. */
class TeamLists<T> {
  readonly #global: readonly T[];
  readonly #byTeam = new Map<number, readonly T[]>();

  constructor(records: readonly T[], assignment: (record: T) => Assignable, order: (a: T, b: T) => number) {
    const sorted = [...records].sort(order);
    this.#global = Object.freeze(sorted.filter((record) => assignment(record).forAll));
    const teamIds = new Set(
      sorted.flatMap((record) => (assignment(record).forAll ? [] : assignment(record).teamIds)),
    );
    for (const teamId of teamIds) {
      const visible = sorted.filter((record) => {
        const { forAll, teamIds: assigned } = assignment(record);
        return forAll || assigned.includes(teamId);
      });
      this.#byTeam.set(teamId, Object.freeze(visible));
    }
  }

  of(teamId: number | null): readonly T[] {
    return (teamId === null ? undefined : this.#byTeam.get(teamId)) ?? this.#global;
  }
}

const NOBODY: readonly UserRecord[] = Object.freeze([]);
const NO_WORKFLOWS: readonly WorkflowRecord[] = Object.freeze([]);

function workflowsByTeam(
  workflows: readonly WorkflowRecord[],
): ReadonlyMap<number, readonly WorkflowRecord[]> {
  const placed = workflows.flatMap((workflow) => workflow.teams.map((place) => ({ ...place, workflow })));
  const teams = new Map<number, WorkflowRecord[]>();
  for (const { teamId, workflow } of placed.sort(
    (a, b) => a.position - b.position || a.workflow.id - b.workflow.id,
  ))
    teams.set(teamId, [...(teams.get(teamId) ?? []), workflow]);
  return teams;
}

const byName = (a: { name: string }, b: { name: string }): number => byText(a.name, b.name);

const byLabel = (a: { label: string; id: number }, b: { label: string; id: number }): number =>
  byText(a.label, b.label) || a.id - b.id;

const globalFirst = (a: PhoneBookRecord, b: PhoneBookRecord): number =>
  a.type === b.type ? byText(a.name, b.name) || a.id - b.id : a.type === 'GLOBAL' ? -1 : 1;

class Snapshot implements Directory {
  readonly version: number;
  readonly #users: readonly UserRecord[];
  readonly #byId: NameIndex;
  readonly #byName: NameIndex;
  readonly #teams: readonly TeamRecord[];
  readonly #teamById: ReadonlyMap<number, TeamRecord>;
  readonly #members = new Map<number, UserRecord[]>();
  readonly #reasonById: ReadonlyMap<number, ReasonCodeRecord>;
  readonly #reasonByCode = new Map<string, ReasonCodeRecord>();
  readonly #reasonLists: Readonly<Record<ReasonCategory, TeamLists<ReasonCodeRecord>>>;
  readonly #allReasons: Readonly<Record<ReasonCategory, readonly ReasonCodeRecord[]>>;
  readonly #wrapUpById: ReadonlyMap<number, WrapUpReasonRecord>;
  readonly #wrapUpLists: TeamLists<WrapUpReasonRecord>;
  readonly #wrapUpReasons: readonly WrapUpReasonRecord[];
  readonly #systemReasons: readonly ReasonCodeRecord[];
  readonly #phoneBookLists: TeamLists<PhoneBookRecord>;
  readonly #phoneBooks: readonly PhoneBookRecord[];
  readonly #phoneBookById: ReadonlyMap<number, PhoneBookRecord>;
  readonly #workflows: readonly WorkflowRecord[];
  readonly #workflowActions: readonly WorkflowActionRecord[];
  readonly #workflowsByTeam: ReadonlyMap<number, readonly WorkflowRecord[]>;
  readonly #skillGroups: readonly SkillGroupRecord[];
  readonly #skillGroupByNumber: ReadonlyMap<number, SkillGroupRecord>;
  readonly #staffed: ReadonlySet<number>;
  readonly #dialledNumbers: readonly DialledNumberRecord[];
  readonly #devices: readonly string[];
  readonly #desktopLayouts: ReadonlyMap<number | null, DesktopLayoutRecord>;
  readonly #mediaLayouts: readonly MediaPropertiesLayoutRecord[];
  readonly #settings: ReadonlyMap<string, string>;

  constructor(version: number, data: DirectoryData) {
    this.version = version;
    this.#users = Object.freeze([...data.users].sort(byLoginId));
    this.#byId = new NameIndex(this.#users, (user) => user.loginId);
    this.#byName = new NameIndex(this.#users, (user) => user.loginName);
    this.#teams = Object.freeze([...data.teams].sort((a, b) => a.id - b.id));
    this.#teamById = new Map(this.#teams.map((team) => [team.id, team]));
    for (const user of this.#users) {
      if (user.teamId === null) continue;
      const members = this.#members.get(user.teamId);
      if (members === undefined) this.#members.set(user.teamId, [user]);
      else members.push(user);
    }
    this.#reasonById = new Map(data.reasonCodes.map((reason) => [reason.id, reason]));
    for (const reason of data.reasonCodes) {
      const key = `${reason.category} ${reason.code}`;
      if (!this.#reasonByCode.has(key)) this.#reasonByCode.set(key, reason);
    }
    const selectable = data.reasonCodes.filter((reason) => !reason.systemCode);
    this.#systemReasons = Object.freeze(data.reasonCodes.filter((reason) => reason.systemCode));
    const listsOf = (category: ReasonCategory): TeamLists<ReasonCodeRecord> =>
      new TeamLists(
        selectable.filter((reason) => reason.category === category),
        (reason) => reason,
        byLabel,
      );
    this.#reasonLists = { NOT_READY: listsOf('NOT_READY'), LOGOUT: listsOf('LOGOUT') };
    const allOf = (category: ReasonCategory): readonly ReasonCodeRecord[] =>
      Object.freeze(
        data.reasonCodes
          .filter((reason) => reason.category === category)
          .sort((a, b) => a.code - b.code || a.id - b.id),
      );
    this.#allReasons = { NOT_READY: allOf('NOT_READY'), LOGOUT: allOf('LOGOUT') };
    this.#wrapUpById = new Map(data.wrapUpReasons.map((reason) => [reason.id, reason]));
    this.#wrapUpLists = new TeamLists(data.wrapUpReasons, (reason) => reason, byLabel);
    this.#wrapUpReasons = Object.freeze([...data.wrapUpReasons].sort(byLabel));
    this.#phoneBookLists = new TeamLists(
      data.phoneBooks,
      (book) => ({ forAll: book.type === 'GLOBAL', teamIds: book.teamIds }),
      globalFirst,
    );
    this.#phoneBooks = Object.freeze([...data.phoneBooks].sort(globalFirst));
    this.#phoneBookById = new Map(data.phoneBooks.map((book) => [book.id, book]));
    this.#workflows = Object.freeze([...data.workflows].sort(byName));
    this.#workflowActions = Object.freeze([...data.workflowActions].sort(byName));
    this.#workflowsByTeam = workflowsByTeam(data.workflows);
    this.#skillGroups = Object.freeze([...data.skillGroups].sort((a, b) => a.number - b.number));
    this.#skillGroupByNumber = new Map(this.#skillGroups.map((group) => [group.number, group]));
    this.#staffed = new Set(this.#users.flatMap((user) => user.skillGroupNumbers));
    this.#dialledNumbers = Object.freeze([...data.dialledNumbers].sort((a, b) => byText(a.number, b.number)));
    this.#devices = Object.freeze([...new Set(data.devices)]);
    this.#settings = new Map(data.settings.map(({ key, value }) => [key, value]));
    this.#desktopLayouts = new Map(data.desktopLayouts.map((layout) => [layout.teamId, layout]));
    this.#mediaLayouts = Object.freeze(
      [...data.mediaPropertiesLayouts].sort(
        (a, b) => Number(b.isDefault) - Number(a.isDefault) || byText(a.name, b.name),
      ),
    );
  }

  user(loginId: string): UserRecord | undefined {
    return this.#byId.get(loginId);
  }
  userByName(loginName: string): UserRecord | undefined {
    return this.#byName.get(loginName);
  }
  users(): readonly UserRecord[] {
    return this.#users;
  }
  team(id: number): TeamRecord | undefined {
    return this.#teamById.get(id);
  }
  teams(): readonly TeamRecord[] {
    return this.#teams;
  }
  teamMembers(teamId: number): readonly UserRecord[] {
    return this.#members.get(teamId) ?? NOBODY;
  }
  reasonCode(id: number): ReasonCodeRecord | undefined {
    return this.#reasonById.get(id);
  }
  reasonCodeByCode(category: ReasonCategory, code: number): ReasonCodeRecord | undefined {
    return this.#reasonByCode.get(`${category} ${code}`);
  }
  allReasonCodes(category: ReasonCategory): readonly ReasonCodeRecord[] {
    return this.#allReasons[category];
  }
  systemReasonCodes(): readonly ReasonCodeRecord[] {
    return this.#systemReasons;
  }
  reasonCodes(category: ReasonCategory, teamId: number | null): readonly ReasonCodeRecord[] {
    return this.#reasonLists[category].of(teamId);
  }
  wrapUpReason(id: number): WrapUpReasonRecord | undefined {
    return this.#wrapUpById.get(id);
  }
  wrapUpReasons(teamId: number | null): readonly WrapUpReasonRecord[] {
    return this.#wrapUpLists.of(teamId);
  }
  allWrapUpReasons(): readonly WrapUpReasonRecord[] {
    return this.#wrapUpReasons;
  }
  allPhoneBooks(): readonly PhoneBookRecord[] {
    return this.#phoneBooks;
  }
  phoneBook(id: number): PhoneBookRecord | undefined {
    return this.#phoneBookById.get(id);
  }
  phoneBooks(teamId: number | null): readonly PhoneBookRecord[] {
    return this.#phoneBookLists.of(teamId);
  }
  workflows(teamId: number | null): readonly WorkflowRecord[] {
    return (teamId === null ? undefined : this.#workflowsByTeam.get(teamId)) ?? NO_WORKFLOWS;
  }
  allWorkflows(): readonly WorkflowRecord[] {
    return this.#workflows;
  }
  workflowActions(): readonly WorkflowActionRecord[] {
    return this.#workflowActions;
  }
  skillGroups(): readonly SkillGroupRecord[] {
    return this.#skillGroups;
  }
  skillGroup(number: number): SkillGroupRecord | undefined {
    return this.#skillGroupByNumber.get(number);
  }
  hasAgents(number: number): boolean {
    return this.#staffed.has(number);
  }
  dialledNumbers(): readonly DialledNumberRecord[] {
    return this.#dialledNumbers;
  }
  devices(): readonly string[] {
    return this.#devices;
  }
  desktopLayout(teamId: number | null): DesktopLayoutRecord | undefined {
    return this.#desktopLayouts.get(teamId);
  }
  mediaPropertiesLayout(id: number): MediaPropertiesLayoutRecord | undefined {
    return this.#mediaLayouts.find((layout) => layout.id === id);
  }
  mediaPropertiesLayouts(): readonly MediaPropertiesLayoutRecord[] {
    return this.#mediaLayouts;
  }
  settings(): ReadonlyMap<string, string> {
    return this.#settings;
  }
}

/** Builds the indexes, in time proportional to the records. */
export function createDirectory(version: number, data: DirectoryData): Directory {
  return new Snapshot(version, data);
}

/**
 * Puts `upper` beside `lower`. Where both have a record of the same identity, that of `lower` (what is
 * stored) wins, so that a user made by an administrator is never shadowed by a demonstration user.
 */
export function mergeData(lower: DirectoryData, upper: DirectoryData): DirectoryData {
  const beside = <T, K>(
    kept: readonly T[],
    added: readonly T[],
    identity: (record: T) => K,
  ): readonly T[] => {
    if (added.length === 0) return kept;
    const known = new Set(kept.map(identity));
    return [...kept, ...added.filter((record) => !known.has(identity(record)))];
  };
  const names = new Set(lower.users.map((user) => foldId(user.loginName)));
  const users = upper.users.filter((user) => !names.has(foldId(user.loginName)));
  return {
    users: beside(lower.users, users, (user) => foldId(user.loginId)),
    teams: beside(lower.teams, upper.teams, (team) => team.id),
    reasonCodes: beside(lower.reasonCodes, upper.reasonCodes, (reason) => reason.id),
    wrapUpReasons: beside(lower.wrapUpReasons, upper.wrapUpReasons, (reason) => reason.id),
    phoneBooks: beside(lower.phoneBooks, upper.phoneBooks, (book) => book.id),
    skillGroups: beside(lower.skillGroups, upper.skillGroups, (group) => group.number),
    dialledNumbers: beside(lower.dialledNumbers, upper.dialledNumbers, (number) => number.number),
    devices: beside(lower.devices, upper.devices, (device) => device),
    desktopLayouts: beside(lower.desktopLayouts, upper.desktopLayouts, (layout) => layout.teamId),
    mediaPropertiesLayouts: beside(
      lower.mediaPropertiesLayouts,
      upper.mediaPropertiesLayouts,
      (layout) => layout.id,
    ),
    workflows: beside(lower.workflows, upper.workflows, (workflow) => workflow.id),
    workflowActions: beside(lower.workflowActions, upper.workflowActions, (action) => action.id),
    settings: beside(lower.settings, upper.settings, ({ key }) => key),
  };
}
