/** A small contact centre for tests, in memory. */
import type {
  ContactRecord,
  DesktopLayoutRecord,
  DialledNumberRecord,
  Directory,
  DirectoryListener,
  DirectorySection,
  DirectorySource,
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
} from '../../src/store/directory.ts';

export interface TestCentreData {
  readonly users: readonly UserRecord[];
  readonly teams: readonly TeamRecord[];
  readonly reasonCodes: readonly ReasonCodeRecord[];
  readonly wrapUpReasons: readonly WrapUpReasonRecord[];
  readonly phoneBooks: readonly PhoneBookRecord[];
  readonly skillGroups?: readonly SkillGroupRecord[];
  readonly dialledNumbers?: readonly DialledNumberRecord[];
  readonly devices?: readonly string[];
  readonly desktopLayouts?: readonly DesktopLayoutRecord[];
  readonly mediaPropertiesLayouts?: readonly MediaPropertiesLayoutRecord[];
  readonly settings?: readonly SettingRecord[];
  readonly workflows?: readonly WorkflowRecord[];
  readonly workflowActions?: readonly WorkflowActionRecord[];
}

let skillTargetId = 5000;
export const agent = (
  loginId: string,
  loginName: string,
  firstName: string,
  lastName: string,
  teamId: number | null,
  more: Partial<UserRecord> = {},
): UserRecord => ({
  loginId,
  loginName,
  firstName,
  lastName,
  roles: ['Agent'],
  teamId,
  supervisedTeamIds: [],
  skillTargetId: ++skillTargetId,
  skillGroupNumbers: [85881],
  ...more,
});

const team = (id: number, name: string, wrapUpOnIncoming: TeamRecord['wrapUpOnIncoming']): TeamRecord => ({
  id,
  name,
  wrapUpOnIncoming,
  wrapUpOnOutgoing: 'NOT_ALLOWED',
  wrapUpTimerSeconds: 30,
});

const code = (id: number, category: ReasonCategory, number: number, label: string): ReasonCodeRecord => ({
  id,
  category,
  code: number,
  label,
  forAll: false,
  systemCode: false,
  teamIds: [5000],
});

const contact = (id: number): ContactRecord => ({
  id,
  firstName: `First${id}`,
  lastName: `Last${id}`,
  phoneNumber: `1555${id}`,
  description: 'R & D',
});

export const TEST_DATA: TestCentreData = {
  teams: [
    team(5000, 'Minnies_Team', 'REQUIRED'),
    team(5001, 'Maths', 'OPTIONAL'),
    team(5002, 'Sandbox', 'NOT_ALLOWED'),
  ],
  users: [
    agent('2001', 'mmouse', 'Mickey', 'Mouse', 5000),
    agent('2002', 'alovelace', 'Ada', 'Lovelace', 5000),
    agent('2050', 'minnie', 'Minnie', 'Mouse', 5000, {
      roles: ['Agent', 'Supervisor'],
      supervisedTeamIds: [5000],
    }),
    agent('2051', 'cgauss', 'Carl', 'Gauss', 5001, {
      roles: ['Agent', 'Supervisor'],
      supervisedTeamIds: [5001, 5002],
    }),
    agent('3001', 'dev1', 'Dev', 'One', 5002),
    agent('47483648', 'isaac', 'Isaac', 'Newton', 5001),
    agent('Anna', 'anna', 'Anna', 'Å <&> "B"', 5002),
    agent('admin', 'admin', 'System', 'Administrator', null, {
      roles: ['Administrator'],
      skillGroupNumbers: [],
    }),
  ],
  reasonCodes: [
    code(12, 'NOT_READY', 10, 'Team Meeting'),
    code(13, 'NOT_READY', 20, 'Lunch'),
    code(21, 'LOGOUT', 1, 'End of Shift'),
    { ...code(90, 'NOT_READY', 32767, 'Call Not Answered'), forAll: true, systemCode: true, teamIds: [] },
  ],
  wrapUpReasons: [{ id: 31, label: 'Sale made', forAll: false, teamIds: [5000] }],
  phoneBooks: [
    { id: 1, name: 'Company', type: 'GLOBAL', teamIds: [], contacts: [1, 2, 3, 4, 5].map(contact) },
    { id: 2, name: 'Suppliers', type: 'TEAM', teamIds: [5000], contacts: [6, 7, 8].map(contact) },
  ],
};

export function testDirectory(data: TestCentreData = TEST_DATA, version = 1): Directory {
  const byId = new Map(data.users.map((user) => [user.loginId.toLowerCase(), user]));
  const byName = new Map(data.users.map((user) => [user.loginName.toLowerCase(), user]));
  const members = groupByTeam(data.users);
  const teams = new Map(data.teams.map((record) => [record.id, record]));
  const inTeam = (record: { forAll?: boolean; teamIds: readonly number[] }, teamId: number | null) =>
    record.forAll === true || (teamId !== null && record.teamIds.includes(teamId));
  return {
    version,
    user: (loginId) => byId.get(loginId.toLowerCase()),
    userByName: (loginName) => byName.get(loginName.toLowerCase()),
    users: () => data.users,
    team: (id) => teams.get(id),
    teams: () => data.teams,
    teamMembers: (teamId) => members.get(teamId) ?? [],
    reasonCode: (id) => data.reasonCodes.find((record) => record.id === id),
    reasonCodeByCode: (category, number) =>
      data.reasonCodes.find((r) => r.category === category && r.code === number),
    reasonCodes: (category, teamId) =>
      data.reasonCodes.filter((r) => r.category === category && !r.systemCode && inTeam(r, teamId)),
    allReasonCodes: (category) => data.reasonCodes.filter((r) => r.category === category),
    systemReasonCodes: () => data.reasonCodes.filter((r) => r.systemCode),
    wrapUpReason: (id) => data.wrapUpReasons.find((record) => record.id === id),
    wrapUpReasons: (teamId) => data.wrapUpReasons.filter((record) => inTeam(record, teamId)),
    allWrapUpReasons: () => data.wrapUpReasons,
    allPhoneBooks: () => data.phoneBooks,
    phoneBook: (id) => data.phoneBooks.find((book) => book.id === id),
    phoneBooks: (teamId) => data.phoneBooks.filter((book) => book.type === 'GLOBAL' || inTeam(book, teamId)),
    workflows: (teamId) =>
      (data.workflows ?? []).filter(({ teams }) => teams.some((t) => t.teamId === teamId)),
    allWorkflows: () => data.workflows ?? [],
    workflowActions: () => data.workflowActions ?? [],
    skillGroups: () => data.skillGroups ?? [],
    skillGroup: (number) => data.skillGroups?.find((group) => group.number === number),
    hasAgents: (number) => data.users.some((user) => user.skillGroupNumbers.includes(number)),
    dialledNumbers: () => data.dialledNumbers ?? [],
    devices: () => data.devices ?? [],
    desktopLayout: (teamId) => data.desktopLayouts?.find((layout) => layout.teamId === teamId),
    mediaPropertiesLayout: (id) => data.mediaPropertiesLayouts?.find((layout) => layout.id === id),
    mediaPropertiesLayouts: () => data.mediaPropertiesLayouts ?? [],
    settings: () => new Map((data.settings ?? []).map(({ key, value }) => [key, value])),
  };
}

function groupByTeam(users: readonly UserRecord[]): Map<number | null, UserRecord[]> {
  const groups = new Map<number | null, UserRecord[]>();
  for (const user of users) groups.set(user.teamId, [...(groups.get(user.teamId) ?? []), user]);
  return groups;
}

export class TestDirectorySource implements DirectorySource {
  current: Directory;
  readonly #listeners = new Set<DirectoryListener>();

  #data: TestCentreData;

  constructor(data: TestCentreData = TEST_DATA) {
    this.#data = data;
    this.current = testDirectory(data);
  }

  onChange(listener: DirectoryListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get data(): TestCentreData {
    return this.#data;
  }

  replace(data: TestCentreData): void {
    const sections = Object.keys({ ...this.#data, ...data }) as DirectorySection[];
    const changed = new Set(sections.filter((section) => this.#data[section] !== data[section]));
    this.#data = data;
    this.current = testDirectory(data, this.current.version + 1);
    for (const listener of this.#listeners) listener(this.current, changed);
  }
}
