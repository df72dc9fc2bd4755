import { afterEach, beforeEach, expect, test } from 'vitest';
import { Store } from './store.ts';
import { provideSystemReasonCodes, SYSTEM_REASON_CODES } from './system-reason-codes.ts';

let store: Store;
beforeEach(async () => {
  store = await Store.open();
});
afterEach(() => store.close());

const codes = async () => (await store.repositories.reasonCodes.all()).filter(({ systemCode }) => systemCode);

test('they are there once, and tell why an agent is in a state', async () => {
  await provideSystemReasonCodes(store, 'CCE');
  const { version } = store.directory.current;
  await provideSystemReasonCodes(store, 'CCE');
  expect(store.directory.current.version).toBe(version);
  expect(await codes()).toHaveLength(SYSTEM_REASON_CODES.CCE.length);
  const directory = store.directory.current;
  expect(directory.reasonCodeByCode('NOT_READY', 32767)).toMatchObject({
    label: 'Call Not Answered',
    forAll: true,
    systemCode: true,
  });
  expect(directory.reasonCodeByCode('LOGOUT', 999)?.label).toBe('Supervisor Initiated');
  expect(directory.systemReasonCodes()).toHaveLength(SYSTEM_REASON_CODES.CCE.length);
});

test('nobody may choose them', async () => {
  await provideSystemReasonCodes(store, 'CCE');
  expect(store.directory.current.reasonCodes('NOT_READY', null)).toEqual([]);
  expect(store.directory.current.reasonCodes('LOGOUT', null)).toEqual([]);
});

test('another deployment has others; labels that were changed stay', async () => {
  await provideSystemReasonCodes(store, 'CCE');
  const { id } = store.directory.current.reasonCodeByCode('NOT_READY', 32762)!;
  await store.change(({ reasonCodes }) => reasonCodes.update(id, { label: 'Off the hook' }));
  await provideSystemReasonCodes(store, 'CCX');
  const rows = (await codes()).map(({ code, category }) => `${category} ${code}`);
  expect(rows.sort()).toEqual(
    SYSTEM_REASON_CODES.CCX.map(([code, category]) => `${category} ${code}`).sort(),
  );
  expect(store.directory.current.reasonCode(id)?.label).toBe('Off the hook');
});

test('a code or label that an administrator used before stays as it is', async () => {
  const own = { category: 'NOT_READY', forAll: true, systemCode: false, teamIds: [] } as const;
  await store.change(async ({ reasonCodes }) => {
    await reasonCodes.create({ ...own, code: 32767, label: 'Our own' });
    await reasonCodes.create({ ...own, code: 7, label: 'Non ACD Busy' });
  });
  await provideSystemReasonCodes(store, 'CCE');
  expect(store.directory.current.reasonCodeByCode('NOT_READY', 32767)?.label).toBe('Our own');
  expect(store.directory.current.reasonCodeByCode('NOT_READY', 50005)).toBeUndefined();
  expect(await codes()).toHaveLength(SYSTEM_REASON_CODES.CCE.length - 2);
});

test('labels fit and are unique in their category', () => {
  for (const rows of Object.values(SYSTEM_REASON_CODES)) {
    for (const [, , label] of rows) expect(label.length).toBeLessThanOrEqual(40);
    expect(new Set(rows.map(([, category, label]) => `${category} ${label}`)).size).toBe(rows.length);
    expect(new Set(rows.map(([code, category]) => `${category} ${code}`)).size).toBe(rows.length);
  }
});
