/** Everything that `--demo` and `--bench` add to a store: configuration once, users and passwords in memory. */
import type { KnownPasswordProvider } from '../accounts/password-provider.ts';
import type { UserRecord } from '../store/directory.ts';
import { EMPTY_DIRECTORY, mergeData } from '../store/snapshot.ts';
import type { Store } from '../store/store.ts';
import { demoUsers } from './centre.ts';
import { benchCrowd, demoCrowd } from './crowd.ts';
import { demoPasswords } from './passwords.ts';
import { seedDemo } from './seed.ts';

export interface DemoMode {
  /** Knows the public passwords; stands behind the provider of stored ones. */
  readonly passwords: KnownPasswordProvider;
  /** Agents and service user of `--bench`: may see every node. */
  isBenchUser(user: UserRecord): boolean;
}

export interface DemoModeOptions {
  /** `settings.demo.agents` */
  readonly agents: number;
  /** N of `--bench N`. */
  readonly bench?: number | undefined;
  /** `settings.bench.password` */
  readonly benchPassword: string;
}

export async function enterDemoMode(store: Store, options: DemoModeOptions): Promise<DemoMode> {
  await seedDemo(store);
  const demo = mergeData({ ...EMPTY_DIRECTORY, users: demoUsers() }, demoCrowd(options.agents));
  const bench = options.bench === undefined ? EMPTY_DIRECTORY : benchCrowd(options.bench);
  store.layBeside(mergeData(demo, bench));
  const benchIds = new Set(bench.users.map((user) => user.loginId));
  return {
    passwords: demoPasswords(demo, bench, options.benchPassword, (loginId) => store.isStored(loginId)),
    isBenchUser: (user) => benchIds.has(user.loginId) && !store.isStored(user.loginId),
  };
}
