/** What every part reads: store, directory, accounts. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '@poise/clock';
import { AccountBook } from '../accounts/account-book.ts';
import { ConsoleSessions } from '../accounts/console-sessions.ts';
import { PasswordProvider } from '../accounts/password-provider.ts';
import { ScramDecoys } from '../accounts/scram-decoys.ts';
import { createStoredKeys } from '../accounts/scram-keys.ts';
import { SharedVerifiers } from '../accounts/shared-verifiers.ts';
import type { StartOptions } from '../cli/main-types.ts';
import type { Cluster } from '../cluster/index.ts';
import { demoUsers } from '../demo/centre.ts';
import { benchCrowd, demoCrowd } from '../demo/crowd.ts';
import { demoPasswords } from '../demo/passwords.ts';
import { seedDemo } from '../demo/seed.ts';
import { makeDirectories } from '../directories/make-directories.ts';
import type { Happenings } from '../happenings.ts';
import { phrase, words } from '../messages/catalogue.ts';
import { sealerIn } from '../settings/seal.ts';
import { resealed } from '../settings/stored.ts';
import type { SignOn } from '../sso/index.ts';
import { EMPTY_DIRECTORY, mergeData } from '../store/snapshot.ts';
import { Store, storeOptions } from '../store/store.ts';
import { provideSystemReasonCodes } from '../store/system-reason-codes.ts';

/** What all nodes sign and seal with. */
const SECRETS = ['gadgets.tokenKey', 'sso.flowKey', 'accounts.decoyKey'];

export interface Foundation {
  readonly store: Store;
  readonly directory: Store['directory'];
  readonly accounts: AccountBook;
  /** Of the administration console. */
  readonly sessions: ConsoleSessions;
  /** Undefined: everybody has a password. */
  readonly signOn: SignOn | undefined;
  /** What one node has verified spares the others the derivation, from now on. */
  readonly shareVerifiers: (cluster: Cluster, secret: string) => SharedVerifiers;
  /** Bench agents may see every node. */
  readonly unrestricted: (user: { readonly loginId: string }) => boolean;
}

/** Store, directory and accounts: what every part reads. */
export async function openFoundation(
  options: StartOptions,
  clock: Clock,
  happenings: Happenings,
): Promise<Foundation> {
  const { settings, demo, bench } = options;
  makeDirectories(join(settings.data, '3rdpartygadget', 'files'));
  const open = (): Promise<Store> =>
    Store.open({
      ...storeOptions(settings),
      now: () => clock.now(),
      onBackup: ({ path, from, to }) =>
        options.operator.info(
          `The data had format ${from}; a backup is at ${path}, it has format ${to} now.`,
        ),
      onWait: (place) => options.operator.info(words(phrase('store.waits', { place }))),
    });
  const store = await (options.patiently?.(open) ?? open());
  await store.claim();
  // Later the database may be lost when one is needed first.
  if (settings.store.url !== '') for (const name of SECRETS) await store.secret(name, () => randomBytes(32));
  const sealed = resealed(
    await store.repositories.settings.all(),
    sealerIn(settings.data, settings.node.secret),
  );
  if (sealed.length > 0)
    await store.change(async (repositories) => {
      for (const setting of sealed) await repositories.settings.save(setting);
    });
  const demoData = demo
    ? mergeData({ ...EMPTY_DIRECTORY, users: demoUsers() }, demoCrowd(settings.demo.agents))
    : EMPTY_DIRECTORY;
  const benchData = bench === undefined ? EMPTY_DIRECTORY : benchCrowd(bench, settings.bench.firstLoginId);
  if (demo || bench !== undefined) {
    if (demo) await seedDemo(store);
    store.layBeside(mergeData(demoData, benchData));
  }
  await provideSystemReasonCodes(store, settings.deployment);
  const benchIds = new Set(benchData.users.map((user) => user.loginId));
  const derived = bench !== undefined && settings.bench.credentials === 'derived';
  // All bench agents share one password, so one record of keys serves them all.
  const benchKeys = derived
    ? await createStoredKeys(settings.bench.password, settings.accounts.iterations)
    : undefined;
  const decoys = new ScramDecoys(
    {
      key: () => store.secret('accounts.decoyKey', () => randomBytes(32)),
      iterationsInUse: () => store.repositories.credentials.iterationsInUse(),
    },
    settings.accounts.iterations,
  );
  const publicPasswords = demoPasswords(
    demoData,
    derived ? EMPTY_DIRECTORY : benchData,
    settings.bench.password,
    decoys,
    (id) => store.isStored(id),
  );
  const keysOf = async (id: string) => {
    if (benchKeys && benchIds.has(id)) return benchKeys;
    // Demonstration and bench users are not in the store: asking it would cost a query at each first sign-in.
    return store.isStored(id) ? store.credentialOf(id) : undefined;
  };
  const signOn =
    settings.sso.systemAuthMode === 'NON_SSO'
      ? undefined
      : new (await import('../sso/sign-on.ts')).SignOn(settings.sso, store.directory, clock);
  const passwords = new PasswordProvider({ keysOf });
  const accounts = new AccountBook({
    directory: store.directory,
    clock,
    providers: [passwords, publicPasswords],
    tokens: signOn,
    limits: settings.accounts,
    happenings,
    decoys,
  });
  const sessions = new ConsoleSessions({
    directory: store.directory,
    monotonic: () => clock.monotonic(),
  });
  // What `poise user` writes beside a running server holds at once.
  store.watch(clock, undefined, (error) =>
    options.operator.warn(`What another process wrote could not be read: ${String(error)}`),
  );
  store.onProblem((problem) => {
    const place = store.place;
    if (problem === null) options.operator.info(words(phrase('store.back', { place })));
    else options.operator.error(words(phrase('store.lost', { place, reason: problem })));
  });
  store.onCredentialChange((id) => {
    accounts.forget(id);
    sessions.endOf(id);
    decoys.refresh();
  });
  const shareVerifiers = (cluster: Cluster, secret: string): SharedVerifiers => {
    const isRemembered = (loginId: string) => accounts.remembers(loginId);
    const shared = new SharedVerifiers({ cluster, secret, clock, isRemembered });
    passwords.shareThrough(shared);
    store.onCredentialChange((id) => shared.forget(id));
    return shared;
  };
  return {
    store,
    shareVerifiers,
    directory: store.directory,
    accounts,
    sessions,
    signOn,
    unrestricted: ({ loginId }) => benchIds.has(loginId),
  };
}
