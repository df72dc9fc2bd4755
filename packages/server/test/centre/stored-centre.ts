/** A test centre over a real store with the demonstration's configuration: what the API writes is read from there. */
import { auditing } from '../../src/audit/trail.ts';
import { seedDemo } from '../../src/demo/seed.ts';
import { Store } from '../../src/store/store.ts';
import { provideSystemReasonCodes } from '../../src/store/system-reason-codes.ts';
import { TestCentre, type TestCentreOptions } from './test-centre.ts';
import { TEST_DATA } from './test-directory.ts';

/** Wall ms of all records of changes. */
export const AUDITED_AT = Date.parse('2026-11-27T08:00:00Z');

export interface StoredCentre {
  readonly store: Store;
  readonly centre: TestCentre;
  close(): Promise<void>;
}

export async function openStoredCentre(options: TestCentreOptions = {}): Promise<StoredCentre> {
  const store = await Store.open();
  await seedDemo(store);
  await provideSystemReasonCodes(store, options.profile?.deployment ?? 'CCE');
  const stored = () => {
    const { current } = store.directory;
    return {
      reasonCodes: [...current.allReasonCodes('NOT_READY'), ...current.allReasonCodes('LOGOUT')],
      wrapUpReasons: current.allWrapUpReasons(),
      phoneBooks: current.allPhoneBooks(),
      workflows: current.allWorkflows(),
      workflowActions: current.workflowActions(),
      mediaPropertiesLayouts: current.mediaPropertiesLayouts(),
      desktopLayouts: [null, ...current.teams().map(({ id }) => id)].flatMap(
        (teamId) => current.desktopLayout(teamId) ?? [],
      ),
      settings: [...current.settings()].map(([key, value]) => ({ key, value })),
    };
  };
  const centre = await TestCentre.open({
    ...options,
    profile: { release: '12.6', ...options.profile },
    data: { ...TEST_DATA, ...stored() },
    change: (directory) => async (work, origin) => {
      const result = await store.change(
        work,
        auditing(origin, () => AUDITED_AT),
      );
      directory.replace({ ...directory.data, ...stored() });
      return result;
    },
  });
  return {
    store,
    centre,
    close: async () => {
      await centre.close();
      await store.close();
    },
  };
}
