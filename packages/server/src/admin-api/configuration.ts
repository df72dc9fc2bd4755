/** The one way in which all collections are listed, read, made, changed and removed. */
import { createHash } from 'node:crypto';
import type { ChangeOrigin } from '../audit/trail.ts';
import type { CollectionName, Descriptions } from '../configuration/descriptions.ts';
import { TEAM_RESOURCES } from '../configuration/descriptions.ts';
import type { FieldError } from '../configuration/fields.ts';
import { duplicates, type JsonObject, strangers, validate } from '../configuration/validate.ts';
import type { Directory, DirectorySource } from '../store/directory.ts';
import type { Repositories } from '../store/repositories.ts';
import { StoreError } from '../store/store-error.ts';
import { type SystemSettings, saveSettings } from '../system-settings/system-settings.ts';
import {
  type Changing,
  type Collection,
  IMPORT_MODES,
  type ImportMode,
  type Item,
  type PasswordKeys,
  type Surroundings,
} from './collection.ts';
import { collectionsOf } from './collections.ts';
import { Problem, refuseErrors } from './problem.ts';
import { settingsChange, settingsItem, settingsNameOf, type TestedSide, testedSide } from './settings.ts';
import { assignTeamResources, teamResourceErrors, teamResources } from './team-resources.ts';

export interface ConfigurationDependencies extends Surroundings {
  readonly directory: DirectorySource;
  readonly descriptions: Descriptions;
  readonly systemSettings: SystemSettings;
  /** Tries to open a session with a CTI server; takes its time, but not for ever. */
  readonly testCti: (side: TestedSide) => Promise<CtiTestOutcome>;
  /** One transaction; the directory has it when this is done. @throws StoreError */
  readonly change: <T>(work: (repositories: Repositories) => Promise<T>, origin: ChangeOrigin) => Promise<T>;
}

/** What came of a test of the connection. */
export interface CtiTestOutcome {
  readonly ok: boolean;
  /** For programs, and for pages in other languages. */
  readonly code: string;
  /** One sentence in English. */
  readonly text: string;
  readonly detail: string;
}

export interface ListQuery {
  readonly search: string;
  /** Fields of a choice, with the one that is wanted. */
  readonly only: Readonly<Record<string, string>>;
  /** A field; with a hyphen before it: downwards. */
  readonly sort: string;
  readonly offset: number;
  readonly limit: number | undefined;
}

/** More are not told: whoever sends so many looks at the first ones. */
const IMPORT_ERRORS_MAX = 100;

/** What is asked for: a collection, in which parent, which object. */
export interface Place {
  readonly name: CollectionName;
  readonly parent?: number;
}

/** Strong, in quotes: a hash of what is stored. */
export const etagOf = (value: unknown): string =>
  `"${createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22)}"`;

/** Whether `If-Match` names the tag. `*` stands for any. */
export function matches(header: string, tag: string): boolean {
  return (
    header.trim() === '*' ||
    header
      .split(',')
      .map((one) => one.trim())
      .includes(tag)
  );
}

export class Configuration {
  readonly #d: ConfigurationDependencies;
  readonly #collections: Readonly<Record<CollectionName, Collection>>;

  constructor(dependencies: ConfigurationDependencies) {
    this.#d = dependencies;
    this.#collections = collectionsOf(dependencies.descriptions);
  }

  get descriptions(): Descriptions {
    return this.#d.descriptions;
  }

  /** @throws Problem */
  list(place: Place, query: ListQuery): { readonly items: readonly Item[]; readonly total: number } {
    const collection = this.#collection(place);
    const all = collection.list(this.#d.directory.current, this.#d, place.parent);
    const only = Object.entries(query.only);
    for (const [name, value] of only) {
      const type = collection.description.fields.find((field) => field.name === name)?.value;
      if (type?.type !== 'choice')
        throw new Problem('BAD_REQUEST', `There is no parameter ${name.slice(0, 64)}.`);
      if (!type.values.includes(value))
        throw new Problem('BAD_REQUEST', `${name} must be one of ${type.values.join(', ')}.`);
    }
    const isPlain = query.search === '' && query.sort === '';
    const shown = isPlain ? undefined : this.#shown(collection);
    const found = all.filter(
      (item) =>
        only.every(([name, value]) => item[name] === value) &&
        (shown === undefined || query.search === '' || isFound(item, query.search, shown)),
    );
    if (shown !== undefined && query.sort !== '') sortBy(found, query.sort, collection, shown);
    const end = query.limit === undefined ? undefined : query.offset + query.limit;
    return { items: found.slice(query.offset, end), total: found.length };
  }

  /** What people see where an object refers to another one: its name, not its id. */
  #shown({ description }: Collection): Shown {
    const names = new Map<string, ReadonlyMap<unknown, string>>();
    for (const { name, value } of description.fields) {
      const type = value.type === 'list' ? value.of : value;
      if (type.type !== 'reference') continue;
      const to = this.#collections[type.to as CollectionName];
      const others = to.list(this.#d.directory.current, this.#d);
      names.set(name, new Map(others.map((other) => [other.id, nameOf(to, other)])));
    }
    return (field, value) => names.get(field)?.get(value) ?? value;
  }

  /** Stands for all that a collection has, whatever part of it is asked for. @throws Problem */
  listTag(place: Place): string {
    return etagOf(this.#collection(place).list(this.#d.directory.current, this.#d, place.parent));
  }

  /** @throws Problem */
  get(place: Place, id: string): Item {
    return this.#find(this.#collection(place), place, id, this.#d.directory.current);
  }

  /** @throws Problem */
  async create(place: Place, body: unknown, origin: ChangeOrigin): Promise<Item> {
    const collection = this.#collection(place);
    const { create } = collection;
    if (create === undefined) throw notAllowed();
    const keys = await this.#keysIn(place, body);
    const id = await this.#changing(place, body, keys, origin, async (changing) => {
      const value = this.#checked(collection, changing, body, undefined);
      return create.call(collection, changing, value);
    });
    return this.get(place, String(id));
  }

  /**
   * All or nothing; fields are named `items.3.phoneNumber`.
   *
   * @param ifMatch {@link listTag} of what is to be replaced; undefined: whatever is there
   * @returns how many there are now
   * @throws Problem
   */
  async import(
    place: Place,
    body: unknown,
    ifMatch: string | undefined,
    origin: ChangeOrigin,
  ): Promise<{ readonly total: number }> {
    const collection = this.#collection(place);
    if (collection.import === undefined) throw notAllowed();
    const { items, mode } = importOf(body);
    await this.#changing(place, body, undefined, origin, async (changing) => {
      if (ifMatch !== undefined)
        refuseStale(collection.list(changing.directory, this.#d, place.parent), ifMatch, false);
      const read = items.map((item) => validate(collection.description, item));
      refuseErrors(
        read
          .flatMap((one, at) => (one.ok ? [] : one.errors.map((error) => below(`items.${at}`, error))))
          .slice(0, IMPORT_ERRORS_MAX),
      );
      refuseErrors(collection.checkImport?.(changing, items.length, mode) ?? []);
      const values = read.flatMap((one) => (one.ok ? [one.value] : []));
      await collection.import?.(changing, values, mode);
    });
    return { total: collection.list(this.#d.directory.current, this.#d, place.parent).length };
  }

  /** @param ifMatch header of the request @throws Problem */
  async update(
    place: Place,
    id: string,
    body: unknown,
    ifMatch: string | undefined,
    origin: ChangeOrigin,
  ): Promise<Item> {
    const collection = this.#collection(place);
    const { update } = collection;
    if (update === undefined) throw notAllowed();
    const keys = await this.#keysIn(place, body);
    await this.#changing(place, body, keys, origin, async (changing) => {
      const before = this.#find(collection, place, id, changing.directory);
      refuseStale(before, ifMatch, true);
      const value = this.#checked(collection, changing, body, before);
      await update.call(collection, changing, value, before);
    });
    return this.get(place, id);
  }

  /** @throws Problem */
  async remove(place: Place, id: string, ifMatch: string | undefined, origin: ChangeOrigin): Promise<void> {
    const collection = this.#collection(place);
    const { remove } = collection;
    if (remove === undefined) throw notAllowed();
    await this.#changing(place, undefined, undefined, origin, async (changing) => {
      const before = this.#find(collection, place, id, changing.directory);
      refuseStale(before, ifMatch, false);
      await remove.call(collection, changing, before);
    });
  }

  /** @throws Problem */
  teamResources(id: string): JsonObject {
    return teamResources(this.#d.directory.current, this.#team(id, this.#d.directory.current));
  }

  /** @throws Problem */
  async updateTeamResources(
    id: string,
    body: unknown,
    ifMatch: string | undefined,
    origin: ChangeOrigin,
  ): Promise<JsonObject> {
    await this.#changing({ name: 'teams' }, body, undefined, origin, async (changing) => {
      const { directory, repositories } = changing;
      const teamId = this.#team(id, directory);
      const before = teamResources(directory, teamId);
      refuseStale(before, ifMatch, true);
      const read = validate(TEAM_RESOURCES, body, before);
      if (!read.ok) throw new Problem('INVALID', 'Some fields cannot be stored.', read.errors);
      refuseErrors(strangers(TEAM_RESOURCES, read.value, (to, one) => this.#knows(directory, to, one)));
      refuseErrors(teamResourceErrors(directory, read.value));
      await assignTeamResources(repositories, teamId, read.value, before);
    });
    return this.teamResources(id);
  }

  /** @throws Problem */
  settings(name: string): JsonObject {
    return settingsItem(this.#d.systemSettings, settingsNameOf(name), this.#d.directory.current);
  }

  /** @throws Problem */
  async updateSettings(
    name: string,
    body: unknown,
    ifMatch: string | undefined,
    origin: ChangeOrigin,
  ): Promise<JsonObject> {
    const known = settingsNameOf(name);
    const { systemSettings } = this.#d;
    await this.#changing({ name: 'teams' }, body, undefined, origin, async ({ directory, repositories }) => {
      refuseStale(settingsItem(systemSettings, known, directory), ifMatch, true);
      await saveSettings(repositories, settingsChange(systemSettings, known, directory, body));
    });
    return this.settings(name);
  }

  /** @throws Problem */
  testCti(body: unknown): Promise<CtiTestOutcome> {
    return this.#d.testCti(testedSide(body));
  }

  #team(id: string, directory: Directory): number {
    const team = /^\d{1,10}$/.test(id) ? directory.team(Number(id)) : undefined;
    if (team === undefined) throw new Problem('NOT_FOUND', `There is no team ${id.slice(0, 64)}.`);
    return team.id;
  }

  /** @throws Problem */
  #collection({ name, parent }: Place): Collection {
    const collection = this.#collections[name];
    if (parent !== undefined && collection.hasParent?.(this.#d.directory.current, parent) !== true)
      throw new Problem('NOT_FOUND', `There is no phone book ${parent}.`);
    return collection;
  }

  /** @throws Problem */
  #find(collection: Collection, { parent }: Place, id: string, directory: Directory): Item {
    const { description } = collection;
    const isKey = description.key === 'text' || /^\d{1,10}$/.test(id);
    const key = description.key === 'text' ? id : Number(id);
    const found = !isKey
      ? undefined
      : collection.find === undefined
        ? collection.list(directory, this.#d, parent).find((item) => item.id === key)
        : collection.find(directory, this.#d, key, parent);
    if (found === undefined)
      throw new Problem('NOT_FOUND', `There is no ${description.object} ${id.slice(0, 64)}.`);
    return found;
  }

  /** Everything that can be said of the body before it is stored. @throws Problem */
  #checked(collection: Collection, changing: Changing, body: unknown, before: Item | undefined): JsonObject {
    const { description } = collection;
    const read = validate(description, body, before);
    if (!read.ok) throw new Problem('INVALID', 'Some fields cannot be stored.', read.errors);
    const { value } = read;
    const { directory, parent } = changing;
    const needsOthers = description.fields.some(({ unique }) => unique !== undefined);
    const others = needsOthers
      ? collection.list(directory, this.#d, parent).filter(({ id }) => id !== before?.id)
      : [];
    refuseErrors([
      ...strangers(description, value, (to, id) => this.#knows(directory, to, id)),
      ...duplicates(description, value, others),
      ...(collection.check?.(changing, value, before) ?? []),
    ]);
    return value;
  }

  #knows(directory: Directory, to: string, id: unknown): boolean {
    switch (to) {
      case 'teams':
        return directory.team(Number(id)) !== undefined;
      case 'skillGroups':
        return directory.skillGroup(Number(id)) !== undefined;
      case 'reasonCodes':
        return directory.reasonCode(Number(id)) !== undefined;
      case 'wrapUpReasons':
        return directory.wrapUpReason(Number(id)) !== undefined;
      case 'phoneBooks':
        return directory.phoneBook(Number(id)) !== undefined;
      case 'workflows':
        return directory.allWorkflows().some((one) => one.id === id);
      default:
        return directory.workflowActions().some((one) => one.id === id);
    }
  }

  /** Derived before the transaction: it takes the time of many. What cannot be a password is found out later. */
  async #keysIn({ name }: Place, body: unknown): Promise<PasswordKeys | undefined> {
    if (name !== 'users' || typeof body !== 'object' || body === null) return undefined;
    const { password } = body as { password?: unknown };
    return typeof password === 'string' &&
      validate({ object: 'user', fields: this.#passwordField }, { password }).ok
      ? this.#d.keysOf(password)
      : undefined;
  }

  get #passwordField() {
    return this.#d.descriptions.users.fields.filter((field) => field.writeOnly);
  }

  /** @throws Problem */
  async #changing<T>(
    { parent }: Place,
    body: unknown,
    keys: PasswordKeys | undefined,
    origin: ChangeOrigin,
    work: (changing: Changing) => Promise<T>,
  ): Promise<T> {
    const given = new Set(typeof body === 'object' && body !== null ? Object.keys(body) : []);
    try {
      return await this.#d.change((repositories) => {
        const directory = this.#d.directory.current;
        return work({ repositories, directory, surroundings: this.#d, keys, parent, given });
      }, origin);
    } catch (error) {
      if (error instanceof StoreError) throw problemOf(error);
      throw error;
    }
  }
}

/** What only the store could know. */
function problemOf(error: StoreError): Problem {
  switch (error.code) {
    case 'duplicate': {
      const columns = error.columns.map((column) => column.slice(column.indexOf('.') + 1));
      return new Problem('INVALID', 'Some fields cannot be stored.', [
        { field: '', code: 'DUPLICATE', message: `Another one has the same ${columns.join(' and ')}.` },
      ]);
    }
    case 'reference':
      return new Problem('IN_USE', 'It is in use, or refers to what does not exist.');
    case 'not-found':
      // The directory has it, the store does not: it lives in memory beside.
      return new Problem('BUILT_IN', 'It belongs to the demonstration and cannot be changed.');
    case 'invalid':
      return new Problem('INVALID', error.message);
    case 'unavailable':
      return new Problem('NOT_WRITABLE', 'The configuration cannot be stored at the moment.');
  }
}

const notAllowed = () => new Problem('METHOD_NOT_ALLOWED', 'This cannot be done here.');

/** @throws Problem when somebody else has changed it meanwhile */
function refuseStale(before: unknown, ifMatch: string | undefined, isNeeded: boolean): void {
  if (ifMatch === undefined) {
    if (!isNeeded) return;
    throw new Problem('IF_MATCH_NEEDED', 'If-Match has to say which version was read.');
  }
  if (!matches(ifMatch, etagOf(before)))
    throw new Problem('CHANGED', 'Somebody else has changed this since it was read.');
}

const below = (path: string, error: FieldError): FieldError => ({
  ...error,
  field: error.field === '' ? path : `${path}.${error.field}`,
});

/** @throws Problem */
function importOf(body: unknown): { readonly items: readonly unknown[]; readonly mode: ImportMode } {
  const given: Readonly<Record<string, unknown>> =
    typeof body === 'object' && body !== null ? { ...body } : {};
  const { items, mode = 'replace', ...rest } = given;
  const [other] = Object.keys(rest);
  if (other !== undefined) throw new Problem('BAD_REQUEST', `There is no field ${other.slice(0, 64)}.`);
  if (!IMPORT_MODES.some((one) => one === mode))
    throw new Problem('BAD_REQUEST', `mode must be one of ${IMPORT_MODES.join(', ')}.`);
  if (!Array.isArray(items)) throw new Problem('BAD_REQUEST', 'items must be a list.');
  return { items, mode: mode as ImportMode };
}

/** A value of a field as people see it. */
type Shown = (field: string, value: unknown) => unknown;

/** By which people know an object, as the console calls it. */
function nameOf({ description: { name, label } }: Collection, item: Item): string {
  if (name === 'skillGroups') return `${item.name} (${item.number})`;
  if (name === 'reasonCodes') return `${item.code} ${item.label}`;
  return String(item[label]);
}

/** Whether a text, number or word of the object has it, or the name of what it refers to, in any case. */
function isFound(item: JsonObject, search: string, shown: Shown): boolean {
  const wanted = search.toLowerCase();
  const has = (field: string, given: unknown): boolean => {
    if (Array.isArray(given)) return given.some((one) => has(field, one));
    const value = shown(field, given);
    return (
      (typeof value === 'string' || typeof value === 'number') && String(value).toLowerCase().includes(wanted)
    );
  };
  return Object.entries(item).some(([field, value]) => has(field, value));
}

/** @throws Problem when there is no such field */
function sortBy(items: Item[], sort: string, { description }: Collection, shown: Shown): void {
  const isDown = sort.startsWith('-');
  const name = isDown ? sort.slice(1) : sort;
  if (name !== 'id' && !description.fields.some((field) => field.name === name && !field.writeOnly))
    throw new Problem('BAD_REQUEST', `There is no field ${name.slice(0, 64)} to sort by.`);
  const factor = isDown ? -1 : 1;
  items.sort((a, b) => factor * compared(shown(name, a[name]), shown(name, b[name])));
}

function compared(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [one, other] = [String(a ?? ''), String(b ?? '')];
  // Numbers that are texts, as login ids and extensions, in their order.
  if (/^\d+$/.test(one) && /^\d+$/.test(other) && one.length !== other.length)
    return one.length - other.length;
  const [folded, otherFolded] = [one.toLowerCase(), other.toLowerCase()];
  return folded < otherFolded ? -1 : folded > otherFolded ? 1 : 0;
}
