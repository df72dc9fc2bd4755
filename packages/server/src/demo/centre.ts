/**
 * The demonstration centre: the table that documents, tests and other programs rely on. Skill group and
 * ids of the agent 2001 are those of the published sign-in traces.
 */
import {
  type PhoneBookRecord,
  QUEUE_PRIORITY,
  type ReasonCodeRecord,
  type Role,
  type SkillGroupRecord,
  type TeamRecord,
  type UserRecord,
  type WorkflowRecord,
  type WrapUpMode,
  type WrapUpReasonRecord,
} from '../store/directory.ts';
import type { DirectoryData } from '../store/snapshot.ts';

const TEAMS: readonly TeamRecord[] = [
  team(5000, 'Minnies_Team', 'REQUIRED', 'NOT_ALLOWED'),
  team(5001, 'Maths', 'OPTIONAL', 'OPTIONAL'),
  team(5002, 'Sandbox', 'NOT_ALLOWED', 'NOT_ALLOWED'),
];

function team(id: number, name: string, incoming: WrapUpMode, outgoing: WrapUpMode): TeamRecord {
  return { id, name, wrapUpOnIncoming: incoming, wrapUpOnOutgoing: outgoing, wrapUpTimerSeconds: 30 };
}

const SKILL_GROUPS: readonly SkillGroupRecord[] = [
  { number: 85881, id: 5000, name: 'Sales' },
  { number: 85882, id: 5001, name: 'Support' },
  { number: 85883, id: 5002, name: 'Sandbox' },
];

const SKILL_GROUP_OF_TEAM: Readonly<Record<number, number>> = { 5000: 85881, 5001: 85882, 5002: 85883 };

type Row = readonly [
  loginId: string,
  loginName: string,
  firstName: string,
  lastName: string,
  teamId: number,
  supervises?: readonly number[],
];

const NAMED: readonly Row[] = [
  ['2001', 'mmouse', 'Mickey', 'Mouse', 5000],
  ['2002', 'alovelace', 'Ada', 'Lovelace', 5000],
  ['2004', 'ghopper', 'Grace', 'Hopper', 5000],
  ['2050', 'minnie', 'Minnie', 'Mouse', 5000, [5000]],
  ['47483648', 'isaac', 'Isaac', 'Newton', 5001],
  ['1001003', 'enoether', 'Emmy', 'Noether', 5001],
  ['2051', 'cgauss', 'Carl', 'Gauss', 5001, [5001, 5002]],
];

const NUMBER_WORDS = [
  'One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Thirteen Fourteen Fifteen Sixteen',
  'Seventeen Eighteen Nineteen Twenty',
]
  .join(' ')
  .split(' ');

const DEVELOPERS: readonly Row[] = NUMBER_WORDS.map((word, index) => [
  String(3001 + index),
  `dev${index + 1}`,
  'Dev',
  word,
  5002,
]);

/** The first SkillTargetID: agent 2001 bears it in the published traces (ICMAgentID 5001). */
const FIRST_SKILL_TARGET = 5001;

function users(): UserRecord[] {
  const agents = [...NAMED, ...DEVELOPERS].map(
    ([loginId, loginName, firstName, lastName, teamId, supervises], index): UserRecord => {
      const roles: readonly Role[] = supervises === undefined ? ['Agent'] : ['Agent', 'Supervisor'];
      return {
        loginId,
        loginName,
        firstName,
        lastName,
        roles,
        teamId,
        supervisedTeamIds: supervises ?? [],
        skillTargetId: FIRST_SKILL_TARGET + index,
        skillGroupNumbers: [SKILL_GROUP_OF_TEAM[teamId]!],
      };
    },
  );
  return [...agents, administrator('admin', FIRST_SKILL_TARGET + agents.length)];
}

function administrator(name: string, skillTargetId: number): UserRecord {
  return {
    loginId: name,
    loginName: name,
    firstName: '',
    lastName: '',
    roles: ['Administrator'],
    teamId: null,
    supervisedTeamIds: [],
    skillTargetId,
    skillGroupNumbers: [],
  };
}

function reasons(): ReasonCodeRecord[] {
  const rows: ReadonlyArray<readonly [ReasonCodeRecord['category'], number, string]> = [
    ['NOT_READY', 10, 'Team Meeting'],
    ['NOT_READY', 20, 'Lunch'],
    ['NOT_READY', 30, 'Training'],
    ['LOGOUT', 1, 'End of Shift'],
    ['LOGOUT', 2, 'Break'],
  ];
  // None for team 5002, so that simple clients need no reason there.
  return rows.map(([category, code, label], index) => ({
    id: index + 1,
    category,
    code,
    label,
    forAll: false,
    systemCode: false,
    teamIds: [5000, 5001],
  }));
}

function wrapUpReasons(): WrapUpReasonRecord[] {
  return ['Sale made', 'Call back later', 'Wrong number'].map((label, index) => ({
    id: index + 1,
    label,
    forAll: false,
    teamIds: [5000, 5001],
  }));
}

function phoneBooks(): PhoneBookRecord[] {
  let nextContactId = 1;
  const contact = (firstName: string, lastName: string, phoneNumber: string, description: string) => ({
    id: nextContactId++,
    firstName,
    lastName,
    phoneNumber,
    description,
  });
  return [
    {
      id: 1,
      name: 'Company',
      type: 'GLOBAL',
      teamIds: [],
      contacts: [
        contact('Reception', '', '10000', 'Front desk, 8 to 18'),
        contact('Help', 'Desk', '10001', 'Computers and phones'),
        contact('Rosalind', 'Franklin', '10002', 'Quality'),
        contact('Alan', 'Turing', '10003', 'Engineering'),
        contact('Katherine', 'Johnson', '10004', 'Planning'),
      ],
    },
    {
      id: 2,
      name: 'Suppliers',
      type: 'TEAM',
      teamIds: [5000],
      contacts: [
        contact('Acme', 'Orders', '15550100', 'Parts'),
        contact('Globex', 'Support', '15550101', 'Service contract 4711'),
        contact('Initech', 'Billing', '15550102', 'Invoices'),
      ],
    },
  ];
}

/**
 * One workflow that shows what workflows are, and does nothing unless a call asks for it: on arrival of a call whose
 * callVariable1 is `workflow` it opens a page about the caller.
 */
function workflows(): WorkflowRecord[] {
  const media = '//Dialog/mediaProperties';
  const callVariable1 = {
    name: 'callVariable1',
    node: `${media}/callvariables/CallVariable[name='callVariable1']/value`,
    type: 'SYSTEM',
  };
  const custom = (name: string, node: string) => ({ name, node, type: 'CUSTOM' });
  const inbound =
    'ACD_IN,PREROUTE_ACD_IN,PREROUTE_DIRECT_AGENT,TRANSFER,OTHER_IN,AGENT_INSIDE,CONSULT_OFFERED';
  return [
    {
      id: 1,
      name: 'Page about the caller',
      description: 'On arrival of a call whose callVariable1 is workflow',
      media: 'Voice',
      triggerSet: {
        type: 'SYSTEM',
        name: 'CALL_ARRIVES',
        triggers: [
          { variable: custom('mediaType', '//Dialog/mediaType'), comparator: 'IS_EQUAL', value: 'Voice' },
          { variable: custom('callType', `${media}/callType`), comparator: 'IS_IN_LIST', value: inbound },
        ],
        allowOverlappingCallWorkflow: false,
      },
      conditionSet: {
        applyMethod: 'ALL',
        conditions: [{ variable: callVariable1, comparator: 'IS_EQUAL', value: 'workflow' }],
      },
      actions: [
        {
          id: 1,
          name: 'Page about the caller',
          type: 'BROWSER_POP',
          handledBy: 'FINESSE_DESKTOP',
          params: [
            { name: 'path', value: `https://www.example.com/?caller=\${fromAddress}` },
            { name: 'windowName', value: 'caller' },
          ],
          variables: [
            { name: 'fromAddress', node: '//Dialog/fromAddress', type: 'SYSTEM', testValue: '15550100' },
          ],
        },
      ],
      teams: [{ teamId: 5000, position: 0 }],
    },
  ];
}

function range(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => String(first + index));
}

/** Users of the table; their passwords equal the login id, in demo mode only. */
export function demoUsers(): UserRecord[] {
  return users();
}

/** Teams, queues, numbers, phones, reasons and phone books of the table. */
export function demoConfiguration(): Omit<DirectoryData, 'users'> {
  return {
    teams: TEAMS,
    reasonCodes: reasons(),
    wrapUpReasons: wrapUpReasons(),
    phoneBooks: phoneBooks(),
    workflows: workflows(),
    workflowActions: workflows().flatMap(({ actions }) => actions),
    skillGroups: SKILL_GROUPS,
    dialledNumbers: [
      { number: '6001', skillGroupNumber: 85881, priority: QUEUE_PRIORITY.usual },
      { number: '6002', skillGroupNumber: 85882, priority: QUEUE_PRIORITY.usual },
      { number: '6003', skillGroupNumber: 85883, priority: QUEUE_PRIORITY.usual },
    ],
    devices: ['2003', ...range(2005, 2049), '1001003', ...range(10000, 10099), ...range(3001, 3020)],
    // The store brings its own.
    desktopLayouts: [],
    mediaPropertiesLayouts: [],
    settings: [],
  };
}
