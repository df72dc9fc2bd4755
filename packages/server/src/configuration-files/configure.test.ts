import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { verifyPassword } from '../accounts/scram-keys.ts';
import { seedDemo } from '../demo/seed.ts';
import { Store } from '../store/store.ts';
import { provideSystemReasonCodes } from '../store/system-reason-codes.ts';
import { applyTree, exportDocument, type Passwords, planFor } from './configure.ts';
import { readTree } from './document.ts';

let store: Store;
beforeEach(async () => {
  store = await Store.open();
});
afterEach(() => store.close());

const passwords: Passwords = {
  read: (_loginId, reference) => Promise.resolve('env' in reference ? `of ${reference.env}` : 'of a file'),
  iterations: 4096,
  now: () => 1_700_000_000_000,
};
const apply = (source: string, to = store) => applyTree(to, readTree(source), passwords);
const lines = async (source: string) =>
  (await planFor(store, readTree(source), passwords)).plan.map(
    ({ action, section, key, fields }) => `${action} ${section} ${key}${fields.length ? `: ${fields}` : ''}`,
  );

const CENTRE = `
poise: 1
teams:
  - { id: 7, name: Sales, wrapUpOnIncoming: REQUIRED }
  - { name: Service }
skillGroups:
  - { number: 10, id: 5010, name: Orders }
dialledNumbers:
  - { number: "6010", skillGroupNumber: 10 }
devices: [3001, "3002"]
users:
  - { loginId: anna, firstName: Anna, team: Sales, skillGroups: [10], password: { env: ANNA } }
  - { loginId: max, roles: [Supervisor, Agent], team: Service, supervises: [Service, Sales] }
reasonCodes:
  NOT_READY:
    - { code: 12, label: Lunch }
    - { code: 13, label: "Stock <b>take</b>'; drop table team; --", assignedTo: [Sales] }
  LOGOUT:
    - { code: 40, label: End of shift }
wrapUpReasons:
  - { label: Sold }
  - { label: Complaint, assignedTo: [Service] }
phoneBooks:
  - name: Suppliers
    type: TEAM
    teams: [Sales]
    contacts:
      - { firstName: Zoë, phoneNumber: "+49 30 1" }
      - { lastName: Müller, phoneNumber: "2", description: "=1+1" }
workflowActions:
  - name: Open CRM
    type: BROWSER_POP
    handledBy: FINESSE_DESKTOP
    params: [{ name: path, value: "https://crm.example/" }]
workflows:
  - name: Pop
    media: Voice
    triggerSet: { type: SYSTEM, name: CALL_ARRIVES }
    conditionSet: { applyMethod: ALL }
    actions: [Open CRM]
teamWorkflows:
  - { team: Sales, workflows: [Pop] }
`;

test('a centre from nothing, and a second time nothing', async () => {
  const { plan, passwords: set } = await apply(CENTRE);
  expect(plan.every(({ action }) => action === 'add')).toBe(true);
  expect(set).toEqual(['anna']);
  const directory = store.directory.current;
  const sales = directory.team(7);
  expect(sales).toEqual({
    id: 7,
    name: 'Sales',
    wrapUpOnIncoming: 'REQUIRED',
    wrapUpOnOutgoing: 'NOT_ALLOWED',
    wrapUpTimerSeconds: 30,
  });
  expect(directory.user('ANNA')).toMatchObject({ teamId: 7, roles: ['Agent'], skillGroupNumbers: [10] });
  expect(directory.user('max')?.supervisedTeamIds).toHaveLength(2);
  expect(directory.reasonCodes('NOT_READY', 7).map(({ code }) => code)).toEqual([12, 13]);
  expect(directory.workflows(7).map(({ name, actions }) => [name, actions[0]?.name])).toEqual([
    ['Pop', 'Open CRM'],
  ]);
  const credential = await store.repositories.credentials.find('anna');
  expect(await verifyPassword('of ANNA', credential!)).toBe(true);
  expect(await apply(CENTRE)).toEqual({ plan: [], passwords: [] });
});

test('what is exported brings an empty store to the same state, and this one to no other', async () => {
  await seedDemo(store);
  await provideSystemReasonCodes(store, 'CCE');
  const document = await exportDocument(store);
  expect(await apply(document)).toEqual({ plan: [], passwords: [] });
  const other = await Store.open();
  try {
    await provideSystemReasonCodes(other, 'CCE');
    await apply(document, other);
    expect(await exportDocument(other)).toBe(document);
  } finally {
    await other.close();
  }
  expect(document).not.toMatch(/password|salt|key/i);
});

test('characters are counted as people count them, as by every other API', async () => {
  const tree = (label: string) => `poise: 1\nreasonCodes: { NOT_READY: [{ code: 5, label: ${label} }] }`;
  await apply(tree('😀'.repeat(40)));
  expect(await apply(await exportDocument(store))).toEqual({ plan: [], passwords: [] });
  expect(() => readTree(tree('😀'.repeat(41)))).toThrow('1 to 40');
});

test('what a tree does not name goes, sections that it does not have stay, and what is renamed is not made anew', async () => {
  await apply(CENTRE);
  const changed = `
poise: 1
teams: [{ id: 7, name: Verkauf }]
reasonCodes:
  NOT_READY: [{ code: 12, label: Lunch, assignedTo: [Verkauf] }]
`;
  const service = store.directory.current.teams().find(({ name }) => name === 'Service')!.id;
  expect(await lines(changed)).toEqual([
    'remove reasonCodes NOT_READY 13',
    'remove reasonCodes LOGOUT 40',
    'change teams 7: name,wrapUpOnIncoming',
    'change reasonCodes NOT_READY 12: assignedTo',
    `remove teams ${service}`,
  ]);
  const before = store.directory.current.reasonCodeByCode('NOT_READY', 12)!.id;
  await apply(changed);
  const directory = store.directory.current;
  expect(directory.teams().map(({ name }) => name)).toEqual(['Verkauf']);
  expect(directory.user('anna')?.teamId).toBe(7);
  expect(directory.user('max')).toMatchObject({ teamId: null, supervisedTeamIds: [7] });
  expect(directory.reasonCodeByCode('NOT_READY', 12)).toMatchObject({ id: before, teamIds: [7] });
  expect(directory.allWrapUpReasons()).toHaveLength(2);
});

test('a skill group in the place of another one takes over its id', async () => {
  const file = (number: number) => `
poise: 1
teams: [{ name: A }]
skillGroups: [{ number: ${number}, id: 5010, name: Orders }]
dialledNumbers: [{ number: "6010", skillGroupNumber: ${number} }]
users: [{ loginId: x, team: A, skillGroups: [${number}] }]
`;
  await apply(file(10));
  await apply(file(11));
  const directory = store.directory.current;
  expect(directory.skillGroups()).toEqual([{ number: 11, id: 5010, name: 'Orders' }]);
  expect(directory.dialledNumbers()).toMatchObject([{ number: '6010', skillGroupNumber: 11 }]);
  expect(directory.users()).toMatchObject([{ loginId: 'x', skillGroupNumbers: [11] }]);
});

test('names that two have exchanged, or that one takes over from what goes, are no obstacle', async () => {
  await apply(`
poise: 1
teams: [{ id: 7, name: A }, { id: 8, name: B }, { id: 9, name: C }]
users:
  - { loginId: x, loginName: one, skillTargetId: 100001, team: A }
  - { loginId: y, loginName: two, skillTargetId: 100002, team: B }
reasonCodes: { NOT_READY: [{ code: 1, label: L1, assignedTo: [A] }, { code: 2, label: L2, assignedTo: [C] }], LOGOUT: [] }
callVariables: [{ name: Default, isDefault: true }, { name: Other }]
`);
  const exchanged = `
poise: 1
teams: [{ id: 7, name: B }, { id: 8, name: A }, { id: 10, name: C }]
users:
  - { loginId: x, loginName: two, skillTargetId: 100002, team: B }
  - { loginId: y, loginName: ONE, skillTargetId: 100001, team: C }
reasonCodes: { NOT_READY: [{ code: 1, label: L2, assignedTo: [B] }, { code: 2, label: L1, assignedTo: [C] }], LOGOUT: [] }
callVariables: [{ name: Other, isDefault: true }, { name: Default }]
`;
  await apply(exchanged);
  expect(await apply(exchanged)).toEqual({ plan: [], passwords: [] });
  const directory = store.directory.current;
  expect(directory.teams().map(({ id, name }) => `${id} ${name}`)).toEqual(['7 B', '8 A', '10 C']);
  expect(
    directory.users().map(({ loginName, skillTargetId, teamId }) => [loginName, skillTargetId, teamId]),
  ).toEqual([
    ['two', 100002, 7],
    ['ONE', 100001, 10],
  ]);
  expect([1, 2].map((code) => directory.reasonCodeByCode('NOT_READY', code))).toMatchObject([
    { label: 'L2', teamIds: [7] },
    { label: 'L1', teamIds: [10] },
  ]);
});

test('a name that is broken in the file is one line, as the APIs take it', () => {
  const source = 'poise: 1\nwrapUpReasons:\n  - label: "New\\n sale"\n  - label: >\n      Long\n      talk\n';
  expect(readTree(source).wrapUpReasons?.map(({ label }) => label)).toEqual(['New sale', 'Long talk']);
});

test.each([
  ['teams: [{ id: 1, name: A }, { id: 2, name: A }]', 'teams: 2: has the name of 1'],
  ['users: [{ loginId: a, loginName: n }, { loginId: b, loginName: N }]', 'users: b: has the loginName of a'],
  [
    'users: [{ loginId: a, skillTargetId: 5 }, { loginId: b, skillTargetId: 5 }]',
    'users: b: has the skillTargetId of a',
  ],
  [
    'skillGroups: [{ number: 1, id: 5, name: A }, { number: 2, id: 5, name: B }]',
    'skillGroups: 2: has the id of 1',
  ],
  [
    'reasonCodes: { LOGOUT: [{ code: 1, label: L }, { code: 2, label: L }] }',
    'reasonCodes: LOGOUT 2: has the label of LOGOUT 1',
  ],
  [
    'reasonCodes: { NOT_READY: [{ code: 1, label: Offhook }] }',
    'reasonCodes: NOT_READY 1: has the label of NOT_READY 32762',
  ],
])('two of one name are told of before anything is done: %s', async (body, said) => {
  await provideSystemReasonCodes(store, 'CCE');
  await expect((async () => lines(`poise: 1\n${body}\n`))()).rejects.toThrow(said);
});

test('codes of the system stay, and take another label only', async () => {
  await provideSystemReasonCodes(store, 'CCE');
  const { length } = store.directory.current.systemReasonCodes();
  await apply('poise: 1\nreasonCodes: { NOT_READY: [{ code: 999, label: By a supervisor, system: true }] }');
  expect(store.directory.current.systemReasonCodes()).toHaveLength(length);
  expect(store.directory.current.reasonCodeByCode('NOT_READY', 999)?.label).toBe('By a supervisor');
  await expect(apply('poise: 1\nreasonCodes: { NOT_READY: [{ code: 999, label: Mine }] }')).rejects.toThrow(
    'the label alone can be changed',
  );
});

describe('nothing is changed by a tree', () => {
  test.each<[string, string, string | RegExp]>([
    [
      'with a slip in a name',
      'teams: [{ name: A, wrapUp: 1 }]',
      'line 2: teams[0].wrapUp: is not known here',
    ],
    ['without a version', 'teamz: []', 'is not known here'],
    ['with a value out of range', 'reasonCodes: { LOGOUT: [{ code: 70000, label: x }] }', 'from 1 to 65535'],
    ['with a label too long in bytes', `wrapUpReasons: [{ label: ${'ä'.repeat(20)} }]`, '1 to 39'],
    [
      'with a character that cannot be shown',
      'users: [{ loginId: a, firstName: "\\u0001" }]',
      'cannot be shown',
    ],
    // What the API would not take could not be changed there any more.
    [
      'with a phone that has letters',
      'devices: ["30a"]',
      'line 2: devices[0]: may have digits, * and # only',
    ],
    ['with a phone that is too long', `devices: ["${'1'.repeat(17)}"]`, '1 to 16'],
    [
      'with a dialled number that has blanks',
      'dialledNumbers: [{ number: "800 1", skillGroupNumber: 1 }]',
      'may have digits, * and # only',
    ],
    [
      'with a name of a skill group that is too long',
      `skillGroups: [{ number: 1, id: 1, name: ${'x'.repeat(65)} }]`,
      '1 to 64',
    ],
    [
      'with a name that nobody sees',
      'teams: [{ name: "\\u202e\\u2066" }]',
      'teams[0].name: has no character',
    ],
    ['with a password in the clear', 'users: [{ loginId: a, password: secret }]', 'where it is to be found'],
    ['with a login id that fits into no JID', 'users: [{ loginId: "a@b" }]', 'letters, digits'],
    ['with a login id that fits into no CTI message', `users: [{ loginId: ${'a'.repeat(32)} }]`, '1 to 31'],
    [
      'with a login name that nobody can type',
      'users: [{ loginId: a, loginName: "\\u202ea" }]',
      'users[0].loginName: may not have',
    ],
    ['with a thing that is there twice', 'devices: [1, 1]', 'devices: 1: is there twice'],
    ['with a team that nobody knows', 'users: [{ loginId: a, team: Nowhere }]', 'there is no team Nowhere'],
    ['with a layout that is none', 'desktopLayouts: [{ xml: "<finesseLayout/>" }]', 'of the layout'],
    [
      'with more than there may be',
      `reasonCodes: { LOGOUT: [${Array.from({ length: 101 }, (_, i) => `{ code: ${i + 1}, label: L${i} }`)}] }`,
      'there may be 100, not 101',
    ],
    ['with aliases', 'devices: [&a "1", *a]', 'aliases'],
    ['that is no YAML', 'teams: [', /^line 3: [^:\n]*[^.:\n]$/],
    ['with two users of one name', 'users: [{ loginId: a }, { loginId: b, loginName: A }]', 'users: b'],
  ])('%s', async (_what, body, said) => {
    const source = `poise: 1\n${body}\n`;
    await expect((async () => apply(source))()).rejects.toThrow(said);
    const directory = store.directory.current;
    expect([directory.users(), directory.teams(), directory.devices(), directory.allWrapUpReasons()]).toEqual(
      [[], [], [], []],
    );
  });
});

test('the last administrator is not taken away by a list that forgets him', async () => {
  await apply('poise: 1\nusers: [{ loginId: boss, roles: [Administrator] }]');
  await expect(apply('poise: 1\nusers: [{ loginId: a }]')).rejects.toThrow('nobody would be left');
  expect(store.directory.current.user('boss')).toBeDefined();
});

test('a new team has no number yet; its members and layout find it all the same', async () => {
  const { DEFAULT_LAYOUT } = await import('@poise/layout');
  const xml = JSON.stringify(DEFAULT_LAYOUT);
  const source = `poise: 1\nteams: [{ name: New }]\nusers: [{ loginId: a, team: New }]\ndesktopLayouts: [{ team: New, xml: ${xml} }]`;
  await apply(source);
  const { current } = store.directory;
  expect(current.desktopLayout(current.user('a')!.teamId)?.xml).toBe(DEFAULT_LAYOUT);
  await apply('poise: 1\ndesktopLayouts: []');
  expect(store.directory.current.desktopLayout(current.user('a')!.teamId)).toBeUndefined();
});

test('what is applied is recorded, and passwords only as set', async () => {
  await apply(CENTRE);
  const { rows, total } = await store.repositories.audit.find({ resource: 'users', offset: 0, limit: 10 });
  expect(total).toBe(2);
  expect(rows[0]).toMatchObject({ client: 'cli', path: 'poise config apply', before: null });
  expect(rows.map(({ after }) => JSON.parse(after!).password)).toEqual([undefined, '(set)']);
});
