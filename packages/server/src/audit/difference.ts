/** What a change of the store came to, object by object: pure. */
import { createHash } from 'node:crypto';
import type { DirectorySection, PhoneBookRecord, SettingRecord, WorkflowRecord } from '../store/directory.ts';
import type { DirectoryData } from '../store/snapshot.ts';

export interface ObjectChange {
  /** Collection of the configuration API. */
  readonly resource: string;
  readonly id: string;
  /** Null: it did not exist. */
  readonly before: unknown;
  /** Null: it does not exist any more. */
  readonly after: unknown;
}

interface Kind<T> {
  readonly resource: string;
  readonly id: (record: T) => string;
  /** What is kept of it; default: all. */
  readonly shown?: (record: T) => unknown;
}

const kind = <T>(
  resource: string,
  id: (record: T) => string | number | null,
  shown?: (record: T) => unknown,
): Kind<unknown> =>
  ({ resource, id: (record) => String(id(record as T)), ...(shown && { shown }) }) as Kind<unknown>;

/** What has them is told elsewhere: a changed action is no change of its workflows, a contact none of its book. */
const KINDS: Readonly<Record<DirectorySection, Kind<unknown>>> = {
  users: kind<{ loginId: string }>('users', ({ loginId }) => loginId),
  teams: kind<{ id: number }>('teams', ({ id }) => id),
  reasonCodes: kind<{ id: number }>('reasonCodes', ({ id }) => id),
  wrapUpReasons: kind<{ id: number }>('wrapUpReasons', ({ id }) => id),
  phoneBooks: kind<PhoneBookRecord>(
    'phoneBooks',
    ({ id }) => id,
    ({ contacts: _, ...book }) => book,
  ),
  skillGroups: kind<{ number: number }>('skillGroups', ({ number }) => number),
  dialledNumbers: kind<{ number: string }>('dialledNumbers', ({ number }) => number),
  devices: kind<string>(
    'devices',
    (extension) => extension,
    (extension) => ({ extension }),
  ),
  desktopLayouts: kind<{ teamId: number | null }>('layouts', ({ teamId }) => teamId ?? 'default'),
  mediaPropertiesLayouts: kind<{ id: number }>('mediaPropertiesLayouts', ({ id }) => id),
  workflows: kind<WorkflowRecord>(
    'workflows',
    ({ id }) => id,
    ({ actions, ...workflow }) => ({ ...workflow, actionIds: actions.map(({ id }) => id) }),
  ),
  workflowActions: kind<{ id: number }>('workflowActions', ({ id }) => id),
  settings: kind<SettingRecord>(
    'settings',
    ({ key }) => key,
    ({ key, value }) => ({ value: /password|secret/i.test(key) ? `(set, ${markOf(value)})` : value }),
  ),
};

/** Tells that a sealed secret is another one, and nothing of it. */
const markOf = (sealed: string): string => createHash('sha256').update(sealed).digest('hex').slice(0, 8);

/** Contacts of one book that are told one by one; of more, as after an import, their number is. */
const CONTACTS_TOLD_MAX = 20;

const CONTACT = kind<{ id: number }>('contacts', ({ id }) => id);

function* changed(
  { resource, id, shown = (record) => record }: Kind<unknown>,
  before: readonly unknown[],
  after: readonly unknown[],
): Iterable<ObjectChange> {
  const known = new Map(before.map((record) => [id(record), record]));
  for (const record of after) {
    const key = id(record);
    const old = known.get(key);
    known.delete(key);
    if (old === undefined) yield { resource, id: key, before: null, after: shown(record) };
    else {
      const [was, is] = [shown(old), shown(record)];
      if (JSON.stringify(was) !== JSON.stringify(is)) yield { resource, id: key, before: was, after: is };
    }
  }
  for (const [key, record] of known) yield { resource, id: key, before: shown(record), after: null };
}

function* contactChanges(
  before: readonly PhoneBookRecord[],
  after: readonly PhoneBookRecord[],
): Iterable<ObjectChange> {
  const books = new Map(before.map((book) => [book.id, book.contacts]));
  for (const { id, contacts } of after) {
    const old = books.get(id) ?? [];
    const changes = [...changed(CONTACT, old, contacts)];
    if (changes.length > CONTACTS_TOLD_MAX)
      yield {
        resource: 'contacts',
        id: String(id),
        before: { contacts: old.length },
        after: { contacts: contacts.length },
      };
    else for (const change of changes) yield { ...change, id: `${id}/${change.id}` };
  }
}

/** Every object of the sections that is different. Proportional to what the sections hold. */
export function differences(
  before: DirectoryData,
  after: DirectoryData,
  sections: Iterable<DirectorySection>,
): readonly ObjectChange[] {
  const changes: ObjectChange[] = [];
  for (const section of sections) {
    changes.push(...changed(KINDS[section], before[section], after[section]));
    if (section === 'phoneBooks') changes.push(...contactChanges(before.phoneBooks, after.phoneBooks));
  }
  return changes;
}
