/** The tree as a YAML document: reading with the line of what is wrong, writing in one settled form (docs/configuration-files.md). */
import { parseLayout } from '@poise/layout';
import { isNode, LineCounter, parseDocument, stringify } from 'yaml';
import {
  CODE_MAX,
  EXTENSION,
  EXTENSION_MAX,
  LOGIN_ID_MAX,
  LOGIN_NAME,
  NAME_MAX,
  oneLine,
} from '../configuration/limits.ts';
import { words } from '../messages/catalogue.ts';
import { SETTINGS, type SettingDefinition } from '../settings/keys.ts';
import type { StoredKey } from '../settings/stored.ts';
import {
  type MediaPropertyEntry,
  QUEUE_PRIORITY,
  type WorkflowConditionRecord,
  type WorkflowVariableRecord,
} from '../store/directory.ts';
import { byText } from '../store/snapshot.ts';
import {
  bytes,
  flag,
  integer,
  list,
  nullable,
  object,
  oneOf,
  optional,
  type Path,
  type Reader,
  TreeError,
  text,
} from './readers.ts';
import {
  type Assigned,
  type CallVariablesEntry,
  type ConfigurationTree,
  type ContactEntry,
  type DesktopLayoutEntry,
  type PhoneBookEntry,
  PLAIN_KEYS,
  type ReasonCodeEntry,
  type SecretReference,
  type SettingEntry,
  type TeamEntry,
  type TeamWorkflowsEntry,
  TREE_VERSION,
  type UserEntry,
  type WholeTree,
  type WorkflowActionEntry,
  type WorkflowEntry,
  type WrapUpReasonEntry,
} from './tree.ts';

/** Longest document, bytes. 50,000 contacts of 200 bytes are 10 MB. */
const DOCUMENT_BYTES_MAX = 64 * 1024 * 1024;
/** Most entries of a list; what may be there of a kind is refused by what it is applied to. */
const ENTRIES_MAX = 100_000;
const ID_MAX = 2 ** 31 - 1;
const LAYOUT_LENGTH_MAX = 1024 * 1024;

/** As the APIs take it: a line that was broken is one again. */
const line =
  (min: number, max: number, measure?: (value: string) => number): Reader<string> =>
  (value, path) =>
    text(min, max, measure)(typeof value === 'string' ? oneLine(value) : value, path);
const name = (max: number): Reader<string> => line(1, max);
const short = line(0, 128);
const names =
  (max: number): Reader<readonly string[]> =>
  (value, path) =>
    [...new Set(list(name(max), ENTRIES_MAX)(value, path))].sort(byText);
const teamName = name(NAME_MAX);
const teamNames = names(NAME_MAX);
const WRAP_UP_MODES = ['REQUIRED', 'OPTIONAL', 'NOT_ALLOWED', 'REQUIRED_WITH_WRAP_UP_DATA'] as const;
const ROLES = ['Agent', 'Supervisor', 'Administrator'] as const;
const id = integer(1, ID_MAX);

const assigned: Reader<Assigned> = (value, path) => (value === 'all' ? 'all' : teamNames(value, path));

const ascending: Reader<readonly number[]> = (value, path) =>
  [...new Set(list(integer(0, ID_MAX), ENTRIES_MAX)(value, path))].sort((a, b) => a - b);

const roles: Reader<UserEntry['roles']> = (value, path) => {
  const given = list(oneOf(...ROLES), ROLES.length)(value, path);
  return ROLES.filter((role) => given.includes(role));
};

const secret: Reader<SecretReference> = (value, path) => {
  if (typeof value === 'string')
    throw new TreeError(path, 'must say where it is to be found, {env: NAME} or {file: PATH}');
  const found = object<{ env: string | undefined; file: string | undefined }>({
    env: optional(name(256), undefined),
    file: optional(name(4096), undefined),
  })(value, path);
  if (found.env !== undefined && found.file === undefined) return { env: found.env };
  if (found.file !== undefined && found.env === undefined) return { file: found.file };
  throw new TreeError(path, 'must be {env: NAME} or {file: PATH}');
};

const team = object<TeamEntry>({
  id: optional(id, undefined),
  name: teamName,
  wrapUpOnIncoming: optional(oneOf(...WRAP_UP_MODES), 'OPTIONAL'),
  wrapUpOnOutgoing: optional(oneOf(...WRAP_UP_MODES), 'NOT_ALLOWED'),
  wrapUpTimerSeconds: optional(integer(1, 7200), 30),
});

/** Fits into a URI and a JID without escaping. */
const loginId: Reader<string> = (value, path) => {
  const found = name(LOGIN_ID_MAX)(value, path);
  if (!/^[A-Za-z0-9._-]+$/.test(found))
    throw new TreeError(path, 'may have letters, digits, ., _ and - only');
  return found;
};

const WHOLE_LOGIN_NAME = new RegExp(`^(?:${LOGIN_NAME})$`, 'u');
const loginNameOf: Reader<string> = (value, path) => {
  const found = name(64)(value, path);
  if (!WHOLE_LOGIN_NAME.test(found))
    throw new TreeError(path, 'may not have blanks, quotes, characters that nobody sees, or : & / < > @');
  return found;
};

const userFields = object<Omit<UserEntry, 'loginName'> & { readonly loginName: string | undefined }>({
  loginId,
  loginName: optional(loginNameOf, undefined),
  firstName: optional(line(0, NAME_MAX), ''),
  lastName: optional(line(0, NAME_MAX), ''),
  roles: optional(roles, ['Agent']),
  team: optional(nullable(teamName), null),
  supervises: optional(teamNames, []),
  skillGroups: optional(ascending, []),
  skillTargetId: optional(id, undefined),
  password: optional(secret, undefined),
});
const user: Reader<UserEntry> = (value, path) => {
  const { loginName, ...rest } = userFields(value, path);
  return { ...rest, loginName: loginName ?? rest.loginId };
};

const WHOLE_EXTENSION = new RegExp(`^(?:${EXTENSION})$`);
/** Of a phone, or dialled by callers. */
const extension: Reader<string> = (value, path) => {
  const found = name(EXTENSION_MAX)(value, path);
  if (!WHOLE_EXTENSION.test(found)) throw new TreeError(path, 'may have digits, * and # only');
  return found;
};

const reasonFields = object<Omit<ReasonCodeEntry, 'category'>>({
  code: integer(1, CODE_MAX.CCE),
  label: name(40),
  assignedTo: optional(assigned, 'all'),
  system: optional(flag, false),
});
/** By category, as they are thought of. */
const reasonCodes: Reader<readonly ReasonCodeEntry[]> = (value, path) => {
  const reasons = optional(list(reasonFields, ENTRIES_MAX), []);
  const byCategory = object<
    Record<ReasonCodeEntry['category'], readonly Omit<ReasonCodeEntry, 'category'>[]>
  >({
    NOT_READY: reasons,
    LOGOUT: reasons,
  })(value, path);
  return (['NOT_READY', 'LOGOUT'] as const).flatMap((category) =>
    byCategory[category].map((reason) => ({ category, ...reason })),
  );
};

const contact = object<ContactEntry>({
  firstName: optional(short, ''),
  lastName: optional(short, ''),
  phoneNumber: name(32),
  description: optional(short, ''),
});

const callVariable = object<MediaPropertyEntry>({
  displayName: optional(line(0, 50), ''),
  mediaProperty: name(32),
  showInPopOver: optional(flag, false),
  uiEditable: optional(flag, false),
});

/** A layout that the desktop can be drawn from. */
const layoutXml: Reader<string> = (value, path) => {
  const xml = text(0, LAYOUT_LENGTH_MAX)(value, path);
  // A team that uses the default layout may never have had one of its own.
  const parsed = xml === '' ? null : parseLayout(xml);
  if (parsed === null || parsed.ok) return xml;
  const [problem] = parsed.errors;
  throw new TreeError(path, `line ${problem?.line} of the layout: ${problem?.message}`);
};

const variable = object<WorkflowVariableRecord>({
  name: text(0, 128),
  node: optional(text(0, 500), ''),
  type: optional(text(0, 64), ''),
});
const condition = object<WorkflowConditionRecord>({
  variable,
  comparator: text(0, 64),
  value: optional(text(0, 1000), ''),
});

/** By key, each in the form of a settings file. */
const settings: Reader<readonly SettingEntry[]> = (value, path) => {
  const given = object<Partial<Record<StoredKey, string>>>(
    Object.fromEntries(PLAIN_KEYS.map((key) => [key, optional(settingOf(key), undefined)])) as never,
  )(value, path);
  return PLAIN_KEYS.flatMap((key) => {
    const one = given[key];
    return one === undefined ? [] : [{ key, value: one }];
  });
};

const settingOf =
  (key: StoredKey): Reader<string> =>
  (value, path) => {
    const { parser } = SETTINGS[key] as SettingDefinition<unknown>;
    const parsed = parser.parse(value);
    if (parsed === undefined) throw new TreeError(path, `must be ${words(parser.allowed)}`);
    return String(parser.print(parsed));
  };

const tree = object<ConfigurationTree & { readonly poise: number }>({
  poise: (value, path) => {
    if (value !== TREE_VERSION)
      throw new TreeError(path, `must be ${TREE_VERSION}, the version of this form`);
    return value;
  },
  teams: optional(list(team, ENTRIES_MAX), undefined),
  skillGroups: optional(
    list(object({ number: integer(0, ID_MAX), id, name: name(NAME_MAX) }), ENTRIES_MAX),
    undefined,
  ),
  dialledNumbers: optional(
    list(
      object({
        number: extension,
        skillGroupNumber: integer(0, ID_MAX),
        priority: optional(integer(QUEUE_PRIORITY.first, QUEUE_PRIORITY.last), QUEUE_PRIORITY.usual),
      }),
      ENTRIES_MAX,
    ),
    undefined,
  ),
  devices: optional(list(extension, ENTRIES_MAX), undefined),
  users: optional(list(user, ENTRIES_MAX), undefined),
  reasonCodes: optional(reasonCodes, undefined),
  wrapUpReasons: optional(
    list(
      object<WrapUpReasonEntry>({ label: line(1, 39, bytes), assignedTo: optional(assigned, 'all') }),
      ENTRIES_MAX,
    ),
    undefined,
  ),
  phoneBooks: optional(
    list(
      object<PhoneBookEntry>({
        name: name(64),
        type: optional(oneOf('GLOBAL', 'TEAM'), 'GLOBAL'),
        teams: optional(teamNames, []),
        contacts: optional(list(contact, ENTRIES_MAX), []),
      }),
      ENTRIES_MAX,
    ),
    undefined,
  ),
  callVariables: optional(
    list(
      object<CallVariablesEntry>({
        name: name(40),
        description: optional(short, ''),
        isDefault: optional(flag, false),
        header: optional(nullable(callVariable), null),
        columns: optional(list(list(callVariable, 10), 2), []),
      }),
      ENTRIES_MAX,
    ),
    undefined,
  ),
  desktopLayouts: optional(
    list(
      object<DesktopLayoutEntry>({
        team: optional(nullable(teamName), null),
        useDefault: optional(flag, false),
        xml: layoutXml,
      }),
      ENTRIES_MAX,
    ),
    undefined,
  ),
  workflowActions: optional(
    list(
      object<WorkflowActionEntry>({
        name: name(64),
        type: name(64),
        handledBy: name(64),
        params: optional(list(object({ name: name(128), value: text(0, 100_000) }), 100), []),
        variables: optional(
          list(
            object<WorkflowActionEntry['variables'][number]>({
              name: text(0, 128),
              node: optional(text(0, 500), ''),
              type: optional(text(0, 64), ''),
              testValue: optional(text(0, 1000), ''),
            }),
            100,
          ),
          [],
        ),
      }),
      ENTRIES_MAX,
    ),
    undefined,
  ),
  workflows: optional(
    list(
      object<WorkflowEntry>({
        name: name(40),
        description: optional(short, ''),
        media: name(64),
        triggerSet: object<WorkflowEntry['triggerSet']>({
          type: name(64),
          name: name(64),
          triggers: optional(list(condition, 100), []),
          allowOverlappingCallWorkflow: optional(flag, false),
        }),
        conditionSet: object<WorkflowEntry['conditionSet']>({
          applyMethod: oneOf('ALL', 'ANY'),
          conditions: optional(list(condition, 100), []),
        }),
        actions: optional(list(name(64), 100), []),
      }),
      ENTRIES_MAX,
    ),
    undefined,
  ),
  settings: optional(settings, undefined),
  teamWorkflows: optional(
    list(object<TeamWorkflowsEntry>({ team: teamName, workflows: list(name(40), 1000) }), ENTRIES_MAX),
    undefined,
  ),
});

/** What is wrong with a document, and where. */
export class DocumentError extends Error {
  override readonly name = 'DocumentError';
  /** From 1; null: unknown. */
  readonly line: number | null;

  /** @param reason in English */
  constructor(line: number | null, reason: string) {
    super(line === null ? reason : `line ${line}: ${reason}`);
    this.line = line;
  }
}

/** @throws DocumentError */
export function readTree(source: string): ConfigurationTree {
  if (Buffer.byteLength(source) > DOCUMENT_BYTES_MAX)
    throw new DocumentError(null, `is longer than ${DOCUMENT_BYTES_MAX} bytes`);
  const lines = new LineCounter();
  // Aliases could make a small document a large one.
  const document = parseDocument(source, {
    lineCounter: lines,
    schema: 'core',
    merge: false,
    // The line is ours to tell, and the sentence one line.
    prettyErrors: false,
  });
  const [error] = document.errors;
  if (error !== undefined) throw new DocumentError(lines.linePos(error.pos[0]).line, error.message);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 0 });
  } catch {
    throw new DocumentError(null, 'has aliases, which are not taken');
  }
  try {
    const { poise: _, ...sections } = tree(value, []);
    return sections;
  } catch (problem) {
    if (!(problem instanceof TreeError)) throw problem;
    throw new DocumentError(lineOf(problem.path), problem.message);
  }

  /** Of the nearest part that is there. */
  function lineOf(path: Path): number | null {
    for (let length = path.length; length >= 0; length--) {
      const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range != null) return lines.linePos(node.range[0]).line;
    }
    return null;
  }
}

/** Sections that come from elsewhere, held against the same form. @throws DocumentError */
export function readSections(sections: object): ConfigurationTree {
  try {
    const { poise: _, ...read } = tree({ poise: TREE_VERSION, ...sections }, []);
    return read;
  } catch (problem) {
    if (problem instanceof TreeError) throw new DocumentError(null, problem.message);
    throw problem;
  }
}

/** Every list that a reader takes for empty when it is not there, and every other value that goes without saying, is left out. */
export function writeTree(whole: WholeTree): string {
  const { reasonCodes: reasons, ...rest } = whole;
  const ofCategory = (category: ReasonCodeEntry['category']) =>
    reasons
      .filter((reason) => reason.category === category)
      .map(({ code, label, assignedTo, system }) => ({
        code,
        label,
        ...(assignedTo !== 'all' && { assignedTo }),
        ...(system && { system }),
      }));
  const written = {
    poise: TREE_VERSION,
    teams: rest.teams,
    skillGroups: rest.skillGroups,
    dialledNumbers: rest.dialledNumbers,
    devices: rest.devices,
    users: rest.users,
    reasonCodes: { NOT_READY: ofCategory('NOT_READY'), LOGOUT: ofCategory('LOGOUT') },
    wrapUpReasons: rest.wrapUpReasons.map(({ label, assignedTo }) => ({
      label,
      ...(assignedTo !== 'all' && { assignedTo }),
    })),
    phoneBooks: rest.phoneBooks,
    callVariables: rest.callVariables,
    desktopLayouts: rest.desktopLayouts,
    workflowActions: rest.workflowActions,
    workflows: rest.workflows.map((workflow) => {
      const { allowOverlappingCallWorkflow, ...set } = workflow.triggerSet;
      return {
        ...workflow,
        triggerSet: { ...set, ...(allowOverlappingCallWorkflow && { allowOverlappingCallWorkflow }) },
      };
    }),
    teamWorkflows: rest.teamWorkflows,
    settings: Object.fromEntries(rest.settings.map(({ key, value }) => [key, value])),
  };
  // Long texts stay in one piece: they are compared line by line by people and programs.
  return stringify(written, { lineWidth: 0, aliasDuplicateObjects: false });
}
