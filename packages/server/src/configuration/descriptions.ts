/**
 * The collections of configuration, as data: what their objects are made of, and within which bounds (objects.md 6 to 10;
 * admin.md A7 to A15). Users, teams, skill groups, phones and dialled numbers are those of the embedded contact centre.
 */
import { LAYOUT_LIMITS } from '@poise/layout';
import type { Deployment } from '../domain/profile.ts';
import { QUEUE_PRIORITY } from '../store/directory.ts';
import type {
  ChoiceType,
  Field,
  FlagType,
  IntegerType,
  ListType,
  ObjectType,
  ReferenceType,
  ResourceDescription,
  TextType,
  ValueType,
} from './fields.ts';
import {
  ACTION_NAME_MAX,
  ACTION_TYPES,
  ACTION_VARIABLE_NAME_MAX,
  ACTIONS_PER_WORKFLOW_MAX,
  CODE_MAX,
  COLUMNS_MAX,
  COMPARATOR,
  CONDITIONS_MAX,
  CONTACT_LENGTHS,
  DISPLAY_NAME_MAX,
  ENTRIES_MAX,
  EXTENSION,
  EXTENSION_MAX,
  HANDLERS,
  LOGIN_ID_MAX,
  LOGIN_NAME,
  LONGEST_PARAM_MAX,
  MEDIA_LAYOUT_DESCRIPTION_MAX,
  MEDIA_LAYOUT_NAME_MAX,
  MEDIA_MAX,
  MEDIA_PROPERTY,
  NAME_MAX,
  NODE_MAX,
  PARAMS_MAX,
  PHONE_BOOK_NAME_MAX,
  PHONE_BOOKS_MAX,
  REASON_CATEGORIES,
  REASON_LABEL_MAX,
  TEAM_REASON_CODES_MAX,
  TEST_VALUE_MAX,
  TRIGGERS_MAX,
  VALUE_MAX,
  VARIABLE_NAME_MAX,
  VARIABLES_MAX,
  WORKFLOW_DESCRIPTION_MAX,
  WORKFLOW_NAME_MAX,
  WORKFLOWS_PER_TEAM_MAX,
  WRAP_UP_LABEL_BYTES_MAX,
  WRAP_UP_REASONS_PER_TEAM_MAX,
} from './limits.ts';

/** What descriptions depend on. */
export interface DescriptionOptions {
  readonly deployment: Deployment;
  /** Shortest password, characters. */
  readonly passwordMin: number;
}

const PASSWORD_MAX = 1_024;
const WRAP_UP_SECONDS_MAX = 7_200;
/** SkillGroupNumber and SkillGroupID are UINT of GED-188; 0xffffffff stands for none. */
const SKILL_GROUP_MAX = 2_147_483_647;
const ID_MAX = 2_147_483_647;
const TEAMS_MAX = 1_000;
const SKILL_GROUPS_OF_USER_MAX = 50;

const text = (min: number, max: number, rest: Partial<TextType> = {}): TextType => ({
  type: 'text',
  ...(min > 0 && { min }),
  max,
  ...rest,
});
const integer = (min: number, max: number): IntegerType => ({ type: 'integer', min, max });
const flag: FlagType = { type: 'flag' };
const choice = (...values: readonly string[]): ChoiceType => ({ type: 'choice', values });
const list = (of: ValueType, max: number, rest: Partial<ListType> = {}): ListType => ({
  type: 'list',
  of,
  max,
  ...rest,
});
const object = (...fields: readonly Field[]): ObjectType => ({ type: 'object', fields });
const reference = (to: string, key: ReferenceType['key'] = 'integer'): ReferenceType => ({
  type: 'reference',
  to,
  key,
});
const references = (to: string, max: number): ListType => list(reference(to), max, { distinct: true });

const ALL = ['list', 'get', 'create', 'update', 'remove'] as const;
const WRAP_UP_MODES = choice('REQUIRED', 'OPTIONAL', 'NOT_ALLOWED', 'REQUIRED_WITH_WRAP_UP_DATA');

const teamIds: Field = {
  name: 'teamIds',
  about: 'Teams that have it, where not everybody has it.',
  value: references('teams', TEAMS_MAX),
  default: [],
};
const forAll: Field = { name: 'forAll', about: 'Everybody has it.', value: flag, default: true };

const users = ({ passwordMin }: DescriptionOptions): ResourceDescription => ({
  name: 'users',
  object: 'user',
  about: 'Agents, supervisors and administrators.',
  key: 'text',
  label: 'loginId',
  methods: ALL,
  fields: [
    {
      name: 'loginId',
      about: 'In URIs and events; on CCE the peripheral number.',
      value: text(1, LOGIN_ID_MAX, {
        pattern: '[A-Za-z0-9._-]+',
        patternText: 'made of letters, digits, dots, hyphens and underscores',
      }),
      required: true,
      fixed: true,
      unique: { ignoreCase: true },
    },
    {
      name: 'loginName',
      about: 'A second name for signing in; the login id where it is left out.',
      value: text(1, NAME_MAX, {
        pattern: LOGIN_NAME,
        patternText: 'without blanks, quotes, characters that nobody sees, and : & / < > @',
      }),
      unique: { ignoreCase: true },
    },
    { name: 'firstName', value: text(0, NAME_MAX), default: '' },
    { name: 'lastName', value: text(0, NAME_MAX), default: '' },
    {
      name: 'roles',
      value: list(choice('Agent', 'Supervisor', 'Administrator'), 3, { min: 1, distinct: true }),
      required: true,
    },
    {
      name: 'teamId',
      about: 'The team of which he is a member.',
      value: reference('teams'),
      nullable: true,
      default: null,
    },
    {
      name: 'supervisedTeamIds',
      about: 'The teams that he supervises.',
      value: references('teams', TEAMS_MAX),
      default: [],
    },
    {
      name: 'skillGroupNumbers',
      about: 'The skill groups whose calls he gets.',
      value: references('skillGroups', SKILL_GROUPS_OF_USER_MAX),
      default: [],
    },
    {
      name: 'skillTargetId',
      about: 'SkillTargetID of GED-188, given by the server.',
      value: integer(0, ID_MAX),
      readOnly: true,
    },
    {
      name: 'builtIn',
      about: 'Of the demonstration or of a bench: lives in memory and cannot be changed.',
      value: flag,
      readOnly: true,
    },
    {
      name: 'password',
      about: 'A new password. Only keys made of it are stored.',
      value: text(passwordMin, PASSWORD_MAX, { form: 'password' }),
      writeOnly: true,
    },
  ],
});

const TEAMS: ResourceDescription = {
  name: 'teams',
  object: 'team',
  about: 'Teams of agents, and how their calls are wrapped up.',
  key: 'integer',
  label: 'name',
  methods: ALL,
  fields: [
    { name: 'name', value: text(1, NAME_MAX), required: true, unique: {} },
    {
      name: 'wrapUpOnIncoming',
      about: 'Wrap-up after calls of customers.',
      value: WRAP_UP_MODES,
      default: 'OPTIONAL',
    },
    {
      name: 'wrapUpOnOutgoing',
      about: 'Wrap-up after calls that the agent made.',
      value: WRAP_UP_MODES,
      default: 'NOT_ALLOWED',
    },
    {
      name: 'wrapUpTimerSeconds',
      about: 'Longest wrap-up, seconds.',
      value: integer(1, WRAP_UP_SECONDS_MAX),
      default: 30,
    },
  ],
};

const SKILL_GROUPS: ResourceDescription = {
  name: 'skillGroups',
  object: 'skill group',
  about: 'Skill groups, the queues of the API.',
  key: 'integer',
  label: 'name',
  methods: ALL,
  fields: [
    {
      name: 'number',
      about: 'SkillGroupNumber of GED-188 and id of the Queue; the next free one where it is left out.',
      value: integer(1, SKILL_GROUP_MAX),
      fixed: true,
      unique: {},
    },
    {
      name: 'skillGroupId',
      about: 'SkillGroupID of GED-188; the next free one where it is left out.',
      value: integer(1, SKILL_GROUP_MAX),
      fixed: true,
      unique: {},
    },
    { name: 'name', value: text(1, NAME_MAX), required: true, unique: {} },
  ],
};

const extension = text(1, EXTENSION_MAX, { pattern: EXTENSION, patternText: 'made of digits, * and #' });

const DEVICES: ResourceDescription = {
  name: 'devices',
  object: 'phone',
  about: 'Phones at which agents can sign in.',
  key: 'text',
  label: 'extension',
  methods: ['list', 'get', 'create', 'remove'],
  fields: [{ name: 'extension', value: extension, required: true, fixed: true, unique: {} }],
};

const DIALLED_NUMBERS: ResourceDescription = {
  name: 'dialledNumbers',
  object: 'dialled number',
  about: 'Numbers that callers dial, and the skill group that answers.',
  key: 'text',
  label: 'number',
  methods: ALL,
  fields: [
    { name: 'number', value: extension, required: true, fixed: true, unique: {} },
    { name: 'skillGroupNumber', value: reference('skillGroups'), required: true },
    {
      name: 'priority',
      about: '1: its callers are served first.',
      value: integer(QUEUE_PRIORITY.first, QUEUE_PRIORITY.last),
      default: QUEUE_PRIORITY.usual,
    },
  ],
};

const reasonCodes = ({ deployment }: DescriptionOptions): ResourceDescription => ({
  name: 'reasonCodes',
  object: 'reason code',
  about: 'Why agents are not ready or sign out.',
  key: 'integer',
  label: 'label',
  methods: ALL,
  fields: [
    { name: 'category', value: choice(...REASON_CATEGORIES), required: true, fixed: true },
    {
      name: 'code',
      value: integer(1, CODE_MAX[deployment]),
      required: true,
      unique: { within: ['category'] },
    },
    {
      name: 'label',
      value: text(1, REASON_LABEL_MAX),
      required: true,
      unique: { within: ['category'] },
    },
    forAll,
    {
      name: 'systemCode',
      about: 'Set by the platform itself: only its label can be changed.',
      value: flag,
      readOnly: true,
    },
    teamIds,
  ],
});

const WRAP_UP_REASONS: ResourceDescription = {
  name: 'wrapUpReasons',
  object: 'wrap-up reason',
  about: 'What a call was about.',
  key: 'integer',
  label: 'label',
  methods: ALL,
  fields: [
    {
      name: 'label',
      value: text(1, WRAP_UP_LABEL_BYTES_MAX, { unit: 'bytes' }),
      required: true,
      unique: {},
    },
    forAll,
    teamIds,
  ],
};

const PHONE_BOOKS: ResourceDescription = {
  name: 'phoneBooks',
  object: 'phone book',
  about: 'Phone books, of everybody or of teams.',
  key: 'integer',
  label: 'name',
  methods: ALL,
  fields: [
    { name: 'name', value: text(1, PHONE_BOOK_NAME_MAX), required: true, unique: {} },
    { name: 'type', value: choice('GLOBAL', 'TEAM'), required: true },
    teamIds,
    { name: 'contactCount', value: integer(0, ID_MAX), readOnly: true },
  ],
};

const [, FIRST_NAME_MAX] = CONTACT_LENGTHS.firstName;
const [, LAST_NAME_MAX] = CONTACT_LENGTHS.lastName;
const [NUMBER_MIN, NUMBER_MAX] = CONTACT_LENGTHS.phoneNumber;
const [, NOTE_MAX] = CONTACT_LENGTHS.description;

const CONTACTS: ResourceDescription = {
  name: 'contacts',
  object: 'contact',
  about: 'The contacts of one phone book.',
  key: 'integer',
  label: 'lastName',
  methods: ALL,
  fields: [
    { name: 'firstName', value: text(0, FIRST_NAME_MAX), default: '' },
    { name: 'lastName', value: text(0, LAST_NAME_MAX), default: '' },
    { name: 'phoneNumber', value: text(NUMBER_MIN, NUMBER_MAX), required: true },
    { name: 'description', value: text(0, NOTE_MAX), default: '' },
  ],
};

const LAYOUT_FIELDS: readonly Field[] = [
  {
    name: 'useDefault',
    about: 'The team has the default layout; `xml` is kept for later.',
    value: flag,
    default: false,
  },
  {
    name: 'xml',
    about: 'The document, checked against the layout schema.',
    value: text(0, LAYOUT_LIMITS.bytesMax, { unit: 'bytes', form: 'xml' }),
    default: '',
  },
];

const LAYOUTS: ResourceDescription = {
  name: 'layouts',
  object: 'desktop layout',
  about: 'The default desktop layout (id `default`) and those of teams (id of the team).',
  key: 'text',
  label: 'name',
  methods: ['list', 'get', 'update', 'remove'],
  fields: [
    { name: 'teamId', value: reference('teams'), nullable: true, readOnly: true },
    { name: 'name', about: 'Of the team.', value: text(0, NAME_MAX), readOnly: true },
    ...LAYOUT_FIELDS,
  ],
};

const ENTRY = object(
  { name: 'displayName', value: text(0, DISPLAY_NAME_MAX), default: '' },
  {
    name: 'mediaProperty',
    about: 'A variable of a call: callVariable1 to 10, BA…, user.…',
    value: text(1, 32, { pattern: MEDIA_PROPERTY.source.slice(1, -1), patternText: 'a variable of a call' }),
    required: true,
  },
  { name: 'showInPopOver', value: flag, default: false },
  { name: 'uiEditable', value: flag, default: false },
);

const MEDIA_PROPERTIES_LAYOUTS: ResourceDescription = {
  name: 'mediaPropertiesLayouts',
  object: 'layout of call variables',
  about: 'Which variables of a call are shown, and where.',
  key: 'integer',
  label: 'name',
  methods: ALL,
  fields: [
    { name: 'name', value: text(1, MEDIA_LAYOUT_NAME_MAX), required: true, unique: {} },
    { name: 'description', value: text(0, MEDIA_LAYOUT_DESCRIPTION_MAX), default: '' },
    { name: 'isDefault', value: flag, readOnly: true },
    { name: 'header', value: ENTRY, nullable: true, default: null },
    {
      name: 'columns',
      about: 'Left and right.',
      value: list(list(ENTRY, ENTRIES_MAX, { ordered: true }), COLUMNS_MAX, { ordered: true }),
      default: [],
    },
  ],
};

const variable = (nameMax: number): readonly Field[] => [
  { name: 'name', value: text(1, nameMax), required: true },
  { name: 'node', about: 'Where it is in the Dialog.', value: text(0, NODE_MAX), default: '' },
  {
    name: 'type',
    about: 'SYSTEM: known by its name, where no node is given. CUSTOM: needs a node.',
    value: choice('SYSTEM', 'CUSTOM'),
    default: 'SYSTEM',
  },
];

const CONDITION = object(
  { name: 'variable', value: object(...variable(VARIABLE_NAME_MAX)), required: true },
  {
    name: 'comparator',
    value: text(1, 40, {
      pattern: COMPARATOR.source.slice(1, -1),
      patternText: 'made of capital letters and underscores',
    }),
    required: true,
  },
  { name: 'value', value: text(0, VALUE_MAX), default: '' },
);

const WORKFLOWS: ResourceDescription = {
  name: 'workflows',
  object: 'workflow',
  about:
    'What happens by itself with calls. Which team has which, and in which order, is said by the resources of the team.',
  key: 'integer',
  label: 'name',
  methods: ALL,
  fields: [
    { name: 'name', value: text(1, WORKFLOW_NAME_MAX), required: true, unique: {} },
    { name: 'description', value: text(0, WORKFLOW_DESCRIPTION_MAX), default: '' },
    { name: 'media', value: text(1, MEDIA_MAX), default: 'Voice' },
    {
      name: 'triggerSet',
      value: object(
        { name: 'type', value: choice('SYSTEM', 'CUSTOM'), default: 'SYSTEM' },
        { name: 'name', value: text(1, VARIABLE_NAME_MAX), required: true },
        { name: 'triggers', value: list(CONDITION, TRIGGERS_MAX, { ordered: true }), default: [] },
        {
          name: 'allowOverlappingCallWorkflow',
          about: 'Of 12.5, kept for its clients; the desktop does not look at it.',
          value: flag,
          default: false,
        },
      ),
      required: true,
    },
    {
      name: 'conditionSet',
      value: object(
        { name: 'applyMethod', value: choice('ALL', 'ANY'), default: 'ALL' },
        { name: 'conditions', value: list(CONDITION, CONDITIONS_MAX, { ordered: true }), default: [] },
      ),
      default: { applyMethod: 'ALL', conditions: [] },
    },
    {
      name: 'actionIds',
      about: 'In the order in which they run.',
      value: list(reference('workflowActions'), ACTIONS_PER_WORKFLOW_MAX, { ordered: true }),
      default: [],
    },
    { name: 'teamIds', about: 'Teams that have it.', value: references('teams', TEAMS_MAX), readOnly: true },
  ],
};

const WORKFLOW_ACTIONS: ResourceDescription = {
  name: 'workflowActions',
  object: 'workflow action',
  about: 'What workflows do: open a page, or send a request.',
  key: 'integer',
  label: 'name',
  methods: ALL,
  fields: [
    { name: 'name', value: text(1, ACTION_NAME_MAX), required: true, unique: {} },
    { name: 'type', value: choice(...ACTION_TYPES), required: true },
    { name: 'handledBy', value: choice(...HANDLERS), default: 'FINESSE_DESKTOP' },
    {
      name: 'params',
      about: 'path, windowName, method, location, contentType, body.',
      value: list(
        object(
          { name: 'name', value: text(1, ACTION_NAME_MAX), required: true },
          { name: 'value', value: text(0, LONGEST_PARAM_MAX, { form: 'lines' }), default: '' },
        ),
        PARAMS_MAX,
        { ordered: true, min: 1 },
      ),
      required: true,
    },
    {
      name: 'variables',
      value: list(
        object(...variable(ACTION_VARIABLE_NAME_MAX), {
          name: 'testValue',
          value: text(0, TEST_VALUE_MAX),
          default: '',
        }),
        VARIABLES_MAX,
        { ordered: true },
      ),
      default: [],
    },
  ],
};

/** What one team has besides what everybody has: `teams/{id}/resources`. */
export const TEAM_RESOURCES: Pick<ResourceDescription, 'fields' | 'object'> = {
  object: 'team',
  fields: [
    {
      name: 'reasonCodes',
      value: object(
        { name: 'NOT_READY', value: references('reasonCodes', TEAM_REASON_CODES_MAX), default: [] },
        { name: 'LOGOUT', value: references('reasonCodes', TEAM_REASON_CODES_MAX), default: [] },
      ),
    },
    { name: 'wrapUpReasons', value: references('wrapUpReasons', WRAP_UP_REASONS_PER_TEAM_MAX) },
    { name: 'phoneBooks', value: references('phoneBooks', PHONE_BOOKS_MAX.TEAM) },
    {
      name: 'workflows',
      about: 'In the order in which they are tried.',
      value: list(reference('workflows'), WORKFLOWS_PER_TEAM_MAX, { distinct: true, ordered: true }),
    },
    { name: 'layout', value: object(...LAYOUT_FIELDS) },
  ],
};

/** The collections, by name. */
export function descriptionsFor(options: DescriptionOptions) {
  return {
    users: users(options),
    teams: TEAMS,
    skillGroups: SKILL_GROUPS,
    devices: DEVICES,
    dialledNumbers: DIALLED_NUMBERS,
    reasonCodes: reasonCodes(options),
    wrapUpReasons: WRAP_UP_REASONS,
    phoneBooks: PHONE_BOOKS,
    contacts: CONTACTS,
    layouts: LAYOUTS,
    mediaPropertiesLayouts: MEDIA_PROPERTIES_LAYOUTS,
    workflows: WORKFLOWS,
    workflowActions: WORKFLOW_ACTIONS,
  } as const satisfies Record<string, ResourceDescription>;
}

export type Descriptions = ReturnType<typeof descriptionsFor>;
export type CollectionName = keyof Descriptions;
