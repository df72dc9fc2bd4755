/** What the collections of the configuration API are made of: how one is read out of the directory, and how it is stored. */
import type { FieldError, ResourceDescription } from '../configuration/fields.ts';
import type { JsonObject } from '../configuration/validate.ts';
import type { Directory } from '../store/directory.ts';
import type { Repositories } from '../store/repositories.ts';

/** An object as the API shows it. */
export type Item = JsonObject & { readonly id: string | number };

/** What collections ask of the rest of the server. */
export interface Surroundings {
  /** Whether the user is signed in to a phone at the moment, and where. Undefined: he is not. */
  readonly signedIn: (loginId: string) => { readonly state: string; readonly extension: string } | undefined;
  /** Who is signed in at the phone. */
  readonly userAt: (extension: string) => string | undefined;
  /** Whether a user is stored; others live in memory. */
  readonly isStored: (loginId: string) => boolean;
  /** What is stored of a password. */
  readonly keysOf: (password: string) => Promise<PasswordKeys>;
  readonly deployment: 'CCE' | 'CCX';
}

/** As the store keeps it. */
export type PasswordKeys = Parameters<Repositories['credentials']['save']>[1];

/** Inside one transaction: what `directory` has is what is stored. */
export interface Changing {
  readonly repositories: Repositories;
  readonly directory: Directory;
  readonly surroundings: Surroundings;
  /** Of the password in the request, if there is one. */
  readonly keys?: PasswordKeys | undefined;
  /** Of the path, above the collection: the phone book of contacts. */
  readonly parent: number | undefined;
  /** Fields that the client said. */
  readonly given: ReadonlySet<string>;
}

export const IMPORT_MODES = ['replace', 'add'] as const;
export type ImportMode = (typeof IMPORT_MODES)[number];

export interface Collection {
  readonly description: ResourceDescription;
  /** Whether the collection exists below this parent. */
  hasParent?(directory: Directory, parent: number): boolean;
  list(directory: Directory, surroundings: Surroundings, parent?: number): readonly Item[];
  /** Default: looked for in the list. */
  find?(
    directory: Directory,
    surroundings: Surroundings,
    id: string | number,
    parent?: number,
  ): Item | undefined;
  /** What must hold of the object as a whole, and of all together. @param before undefined: a new one */
  check?(changing: Changing, value: JsonObject, before: Item | undefined): readonly FieldError[];
  /** @returns its id */
  create?(changing: Changing, value: JsonObject): Promise<string | number>;
  update?(changing: Changing, value: JsonObject, before: Item): Promise<void>;
  /** Many new ones at once, in the place of all that are there or beside them. */
  import?(changing: Changing, values: readonly JsonObject[], mode: ImportMode): Promise<void>;
  /** What must hold of them all together. @param count how many come */
  checkImport?(changing: Changing, count: number, mode: ImportMode): readonly FieldError[];
  /** @throws Problem while it is in use */
  remove?(changing: Changing, before: Item): Promise<void>;
}

/** Many of something, as a sentence names them. */
export const counted = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

/** The least number above those that are in use. */
export const nextFree = (used: readonly number[], first: number): number =>
  used.reduce((highest, one) => Math.max(highest, one), first - 1) + 1;
