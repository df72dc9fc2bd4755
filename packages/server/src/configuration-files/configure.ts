/** Export and apply over a store (docs/configuration-files.md). */

import { createStoredKeys, type StoredKeys, verifyPassword } from '../accounts/scram-keys.ts';
import { auditing, type ChangeOrigin } from '../audit/trail.ts';
import type { ReasonCodeRecord } from '../store/directory.ts';
import { loadData, type Repositories, SECTIONS } from '../store/repositories.ts';
import { EMPTY_DIRECTORY } from '../store/snapshot.ts';
import type { Store } from '../store/store.ts';
import { carryOut } from './apply.ts';
import { writeTree } from './document.ts';
import { planOf, type Step } from './plan.ts';
import { type ConfigurationTree, type SecretReference, treeOf, type WholeTree } from './tree.ts';

const dataOf = (repositories: Repositories) => loadData(repositories, SECTIONS, EMPTY_DIRECTORY);

/** What is stored. Users who live in memory only are no part of it. */
export const storedTree = async (store: Store): Promise<WholeTree> =>
  treeOf(await dataOf(store.repositories));

/** The same as a YAML document. */
export const exportDocument = async (store: Store): Promise<string> => writeTree(await storedTree(store));

export interface Passwords {
  /** Reads what a reference names. @throws what the caller wants to be told */
  readonly read: (loginId: string, reference: SecretReference) => Promise<string>;
  /** Of PBKDF2, for new keys. */
  readonly iterations: number;
  /** Wall ms. */
  readonly now: () => number;
}

export interface Outcome {
  readonly plan: readonly Step[];
  /** Login ids whose password is another one than the stored one. */
  readonly passwords: readonly string[];
}

/**
 * What {@link applyTree} would do. Nothing is written.
 * @param supposed reason codes that would be there before, as those of the system on data that no server has run on
 * @throws PlanError
 */
export async function planFor(
  store: Store,
  tree: ConfigurationTree,
  passwords: Passwords,
  supposed: readonly Omit<ReasonCodeRecord, 'id'>[] = [],
): Promise<Outcome> {
  const data = await dataOf(store.repositories);
  // Ids that nothing has.
  const added = supposed.map((reason, index) => ({ ...reason, id: -1 - index }));
  const plan = planOf({ ...data, reasonCodes: [...data.reasonCodes, ...added] }, tree);
  return { plan, passwords: [...(await changedPasswords(store, tree, passwords)).keys()] };
}

/** Who applies a file has the data directory; nobody is signed in. */
const ORIGIN: ChangeOrigin = {
  who: '',
  address: '',
  client: 'cli',
  method: 'apply',
  path: 'poise config apply',
};

/**
 * Brings the stored configuration to the state of the tree, in one transaction: all of it or nothing. Done twice, the second
 * time changes nothing.
 *
 * @throws PlanError, StepError
 */
export async function applyTree(
  store: Store,
  tree: ConfigurationTree,
  passwords: Passwords,
): Promise<Outcome> {
  // Deriving keys takes its time; nobody else's change waits for it.
  const changed = await changedPasswords(store, tree, passwords);
  const keys = new Map<string, StoredKeys>();
  for (const [loginId, password] of changed)
    keys.set(loginId, await createStoredKeys(password, passwords.iterations));
  const plan = await store.change(
    async (repositories) => {
      const data = await dataOf(repositories);
      const steps = planOf(data, tree);
      await carryOut(repositories, data, steps);
      for (const [loginId, each] of keys)
        await repositories.credentials.save(loginId, {
          ...each,
          setByHand: true,
          changedAtMs: passwords.now(),
        });
      return steps;
    },
    auditing(ORIGIN, passwords.now),
  );
  return { plan, passwords: [...changed.keys()] };
}

async function changedPasswords(
  store: Store,
  { users = [] }: ConfigurationTree,
  { read }: Passwords,
): Promise<ReadonlyMap<string, string>> {
  const changed = new Map<string, string>();
  for (const { loginId, password: reference } of users) {
    if (reference === undefined) continue;
    const password = await read(loginId, reference);
    const stored = await store.repositories.credentials.find(loginId);
    if (stored === undefined || !(await verifyPassword(password, stored))) changed.set(loginId, password);
  }
  return changed;
}
