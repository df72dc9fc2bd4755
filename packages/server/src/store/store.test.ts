/** One suite for every database: what the server expects of the store. */
import { beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { postgresCluster, postgresMissing } from '../../test/postgres-cluster.ts';
import { demoConfiguration } from '../demo/centre.ts';
import { seedDemo } from '../demo/seed.ts';
import type { UserRecord } from './directory.ts';
import { Store } from './store.ts';
import { StoreError } from './store-error.ts';

const USER: UserRecord = {
  loginId: 'JDoe',
  loginName: 'Jane',
  firstName: 'Jane',
  lastName: 'Doe',
  roles: ['Agent', 'Supervisor'],
  teamId: 5000,
  supervisedTeamIds: [5001, 5002],
  skillTargetId: 1,
  skillGroupNumbers: [85881, 85883],
};
const KEYS = {
  salt: Buffer.from('salt'),
  iterations: 4096,
  sha1: { storedKey: Buffer.from('s1'), serverKey: Buffer.from('k1') },
  sha256: { storedKey: Buffer.from('s2'), serverKey: Buffer.from('k2') },
  setByHand: true,
  changedAtMs: 1_700_000_000_000,
};

// Making a cluster takes some seconds of a busy disk.
beforeAll(async () => {
  if (postgresMissing() === undefined) await postgresCluster();
});

/** The backends that the suite runs on. */
const BACKENDS: ReadonlyArray<readonly [string, () => Promise<Store>, string | undefined]> = [
  ['SQLite in memory', () => Store.open(), undefined],
  [
    'PostgreSQL',
    async () => Store.open({ postgres: { url: await (await postgresCluster()).database() } }),
    postgresMissing(),
  ],
];

describe.each(BACKENDS)('a store on %s', (_name, open, missing) => {
  beforeEach(({ skip }) => {
    if (missing !== undefined) skip(missing);
  });

  async function fresh(seeded = true): Promise<Store> {
    const store = await open();
    onTestFinished(() => store.close());
    if (seeded) await seedDemo(store);
    return store;
  }
  const refused = (work: Promise<unknown>): Promise<StoreError> =>
    work.then(
      () => Promise.reject(new Error('it was accepted')),
      (error: unknown) => (error instanceof StoreError ? error : Promise.reject(error)),
    );

  test('keeps the demonstration configuration exactly', async () => {
    const store = await fresh();
    const { current } = store.directory;
    const { teams, reasonCodes, phoneBooks, skillGroups, dialledNumbers, devices, workflows } =
      demoConfiguration();
    expect(current.teams()).toEqual(teams);
    expect(reasonCodes.map(({ id }) => current.reasonCode(id))).toEqual(reasonCodes);
    expect(current.phoneBooks(5000)).toEqual(phoneBooks);
    expect(current.workflows(5000)).toEqual(workflows);
    expect(current.workflows(5001)).toEqual([]);
    expect(current.workflows(null)).toEqual([]);
    expect(current.skillGroups()).toEqual(skillGroups);
    expect(current.dialledNumbers()).toEqual(dialledNumbers);
    expect(current.devices()).toEqual(devices);
  });

  test('is seeded once, so that later changes stay', async () => {
    const store = await fresh();
    await store.change(({ teams }) => teams.remove(5002));
    expect(await seedDemo(store)).toBe(false);
    expect(store.directory.current.team(5002)).toBeUndefined();
  });

  test('that is in use is not seeded', async () => {
    const store = await fresh(false);
    await store.change(({ devices }) => devices.create('1000'));
    expect(await seedDemo(store)).toBe(false);
    expect(store.directory.current.teams()).toEqual([]);
  });

  test('keeps a user with roles, teams and skill groups', async () => {
    const store = await fresh();
    await store.change(({ users }) => users.create(USER));
    expect(store.directory.current.user('jdoe')).toEqual(USER);
    expect(store.isStored('JDOE')).toBe(true);
    const change = {
      roles: ['Agent'],
      supervisedTeamIds: [],
      teamId: null,
      skillGroupNumbers: [85882],
      loginName: 'JD',
    } as const;
    await store.change(({ users }) => users.update('jdoe', change));
    expect(store.directory.current.userByName('jd')).toEqual({ ...USER, ...change });
    await store.change(({ users }) => users.remove('JDOE'));
    expect(store.directory.current.user('JDoe')).toBeUndefined();
  });

  test.each([
    [{ loginId: 'jdoe', loginName: 'x', skillTargetId: 2 }, 'user_account.login_id_folded'],
    [{ loginId: 'x', loginName: 'JANE', skillTargetId: 2 }, 'user_account.login_name_folded'],
    [{ loginId: 'x', loginName: 'x', skillTargetId: 1 }, 'user_account.skill_target_id'],
  ])('refuses a second user like %j', async (same, column) => {
    const store = await fresh();
    await store.change(({ users }) => users.create(USER));
    const error = await refused(store.change(({ users }) => users.create({ ...USER, ...same })));
    expect([error.code, error.columns]).toEqual(['duplicate', [column]]);
  });

  test('refuses a user of a team or skill group that does not exist, and keeps nothing of him', async () => {
    const store = await fresh();
    expect((await refused(store.change(({ users }) => users.create({ ...USER, teamId: 1 })))).code).toBe(
      'reference',
    );
    expect(
      (await refused(store.change(({ users }) => users.create({ ...USER, skillGroupNumbers: [1] })))).code,
    ).toBe('reference');
    expect(await store.repositories.users.all()).toEqual([]);
  });

  test('changes all or nothing', async () => {
    const store = await fresh();
    const listener = vi.fn();
    store.directory.onChange(listener);
    await expect(
      store.change(async ({ teams }) => {
        await teams.update(5000, { name: 'Renamed' });
        throw new Error('halfway');
      }),
    ).rejects.toThrow('halfway');
    expect(store.directory.current.team(5000)?.name).toBe('Minnies_Team');
    expect(await store.repositories.teams.all()).toHaveLength(3);
    expect(listener).not.toHaveBeenCalled();
  });

  test('goes on after a change that failed', async () => {
    const store = await fresh();
    const bad = refused(store.change(({ teams }) => teams.remove(1)));
    const good = store.change(({ teams }) => teams.update(5000, { wrapUpTimerSeconds: 7 }));
    expect((await bad).code).toBe('not-found');
    await good;
    expect(store.directory.current.team(5000)?.wrapUpTimerSeconds).toBe(7);
  });

  test('makes changes one after the other, each seeing the one before', async () => {
    const store = await fresh();
    const names = ['a', 'b', 'c', 'd'];
    const versions: number[] = [];
    store.directory.onChange((directory) => versions.push(directory.version));
    await Promise.all(
      names.map((name) =>
        store.change(async ({ teams }) => {
          const team = (await teams.all()).find(({ id }) => id === 5000)!;
          await teams.update(5000, { name: team.name + name });
        }),
      ),
    );
    expect(store.directory.current.team(5000)?.name).toBe('Minnies_Teamabcd');
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
  });

  test('never uses an id twice', async () => {
    const store = await fresh();
    const create = () =>
      store.change(({ wrapUpReasons }) => wrapUpReasons.create({ label: 'x', forAll: true, teamIds: [] }));
    const id = await create();
    await store.change(({ wrapUpReasons }) => wrapUpReasons.remove(id));
    expect(await create()).toBe(id + 1);
  });

  test('takes a team out of everything that refers to it', async () => {
    const store = await fresh();
    await store.change(({ users }) => users.create(USER));
    await store.change(({ teams }) => teams.remove(5000));
    const { current } = store.directory;
    expect(current.user('jdoe')).toMatchObject({ teamId: null, supervisedTeamIds: [5001, 5002] });
    expect(current.reasonCode(1)?.teamIds).toEqual([5001]);
    expect(current.phoneBooks(5000).map((book) => book.name)).toEqual(['Company']);
  });

  test('keeps desktop layouts by team, each once, and forgets that of a team that goes', async () => {
    const store = await fresh();
    const save = (teamId: number | null, xml: string, useDefault = false) =>
      store.change(({ desktopLayouts }) => desktopLayouts.save({ teamId, xml, useDefault }));
    // Also of teams that live beside the store.
    for (const teamId of [null, 5000, 999_999]) await save(teamId, 'old');
    await save(null, '<a>äöü</a>');
    await save(5000, 'new', true);
    const layouts = () => [null, 5000, 999_999].map((id) => store.directory.current.desktopLayout(id));
    expect(layouts()).toEqual([
      { teamId: null, xml: '<a>äöü</a>', useDefault: false },
      { teamId: 5000, xml: 'new', useDefault: true },
      { teamId: 999_999, xml: 'old', useDefault: false },
    ]);
    await store.change(({ teams }) => teams.remove(5000));
    expect(layouts().map((layout) => layout?.xml)).toEqual(['<a>äöü</a>', undefined, 'old']);
  });

  test('keeps layouts of call variables, the default one first and for ever', async () => {
    const store = await fresh();
    const entry = {
      displayName: 'Ä "<&>',
      mediaProperty: 'user.x',
      showInPopOver: true,
      uiEditable: false,
    };
    const layout = { name: 'A', description: 'd', header: entry, columns: [[], [entry, entry]] };
    const id = await store.change(({ mediaPropertiesLayouts: all }) => all.create(layout));
    const all = () => store.directory.current.mediaPropertiesLayouts();
    expect(all().map(({ name, isDefault }) => [name, isDefault])).toEqual([
      ['Default Layout', true],
      ['A', false],
    ]);
    expect(store.directory.current.mediaPropertiesLayout(id)).toEqual({ ...layout, id, isDefault: false });
    const theDefault = all()[0]!;
    expect(theDefault.columns.map((column) => column.map(({ mediaProperty }) => mediaProperty))).toEqual([
      ['callVariable1', 'callVariable2', 'callVariable3', 'callVariable4', 'callVariable5'],
      ['callVariable6', 'callVariable7', 'callVariable8', 'callVariable9', 'callVariable10'],
    ]);
    const change = (work: (repository: Parameters<Parameters<Store['change']>[0]>[0]) => Promise<unknown>) =>
      store.change(work);
    await expect(
      change(({ mediaPropertiesLayouts: r }) => r.update(id, { ...layout, name: theDefault.name })),
    ).rejects.toMatchObject({ code: 'duplicate' });
    await expect(change(({ mediaPropertiesLayouts: r }) => r.remove(theDefault.id))).rejects.toMatchObject({
      code: 'not-found',
    });
    await change(({ mediaPropertiesLayouts: r }) => r.update(id, { ...layout, header: null }));
    expect(store.directory.current.mediaPropertiesLayout(id)?.header).toBeNull();
    await change(({ mediaPropertiesLayouts: r }) => r.remove(id));
    expect(all()).toEqual([theDefault]);
  });

  test('takes a skill group from its users and numbers', async () => {
    const store = await fresh();
    await store.change(({ users }) => users.create(USER));
    await store.change(({ skillGroups }) => skillGroups.remove(85881));
    expect(store.directory.current.user('jdoe')?.skillGroupNumbers).toEqual([85883]);
    expect(store.directory.current.dialledNumbers().map((record) => record.number)).toEqual(['6002', '6003']);
  });

  test('keeps the priority of a dialled number, from 1 to 10, and refuses any other', async () => {
    const store = await fresh();
    const priorities = () =>
      store.directory.current.dialledNumbers().map(({ number, priority }) => [number, priority]);
    await store.change(async ({ dialledNumbers }) => {
      await dialledNumbers.create({ number: '6009', skillGroupNumber: 85881, priority: 1 });
      await dialledNumbers.setPriority('6002', 10);
    });
    const kept = [
      ['6001', 5],
      ['6002', 10],
      ['6003', 5],
      ['6009', 1],
    ];
    expect(priorities()).toEqual(kept);
    for (const priority of [0, 11, -1, 2.5, Number.NaN, '3' as unknown as number]) {
      for (const change of [
        store.change(({ dialledNumbers }) => dialledNumbers.setPriority('6001', priority)),
        store.change(({ dialledNumbers }) =>
          dialledNumbers.create({ number: '6010', skillGroupNumber: 85881, priority }),
        ),
      ]) {
        const error = await refused(change);
        expect([priority, error.code, error.columns]).toEqual([
          priority,
          'invalid',
          ['dialled_number.priority'],
        ]);
      }
    }
    const unknown = store.change(({ dialledNumbers }) => dialledNumbers.setPriority('6010', 1));
    expect((await refused(unknown)).code).toBe('not-found');
    expect(priorities()).toEqual(kept);
  });

  test('changes reason codes and refuses doubles in one category', async () => {
    const store = await fresh();
    const reason = {
      category: 'NOT_READY',
      code: 40,
      label: 'Coffee',
      forAll: false,
      systemCode: false,
      teamIds: [5002],
    } as const;
    const id = await store.change(({ reasonCodes }) => reasonCodes.create(reason));
    expect(store.directory.current.reasonCodes('NOT_READY', 5002)).toEqual([{ id, ...reason }]);
    await store.change(({ reasonCodes }) => reasonCodes.update(id, { forAll: true, teamIds: [] }));
    expect(store.directory.current.reasonCodes('NOT_READY', null).map(({ label }) => label)).toEqual([
      'Coffee',
    ]);
    const sameCode = store.change(({ reasonCodes }) => reasonCodes.create({ ...reason, label: 'Tea' }));
    expect((await refused(sameCode)).columns).toEqual(['reason_code.category', 'reason_code.code']);
    const sameLabel = store.change(({ reasonCodes }) => reasonCodes.create({ ...reason, code: 41 }));
    expect((await refused(sameLabel)).columns).toEqual(['reason_code.category', 'reason_code.label']);
    await store.change(({ reasonCodes }) => reasonCodes.create({ ...reason, category: 'LOGOUT' }));
  });

  test('keeps phone books with thousands of contacts', async () => {
    const store = await fresh();
    const contacts = Array.from({ length: 6000 }, (_, n) => ({
      firstName: `F${n}`,
      lastName: 'L',
      phoneNumber: `${n}`,
      description: '',
    }));
    await store.change(({ phoneBooks }) => phoneBooks.replaceContacts(2, contacts));
    const book = store.directory.current.phoneBooks(5000)[1]!;
    expect(book.contacts.map(({ id: _id, ...contact }) => contact)).toEqual(contacts);
    const [first] = book.contacts;
    await store.change(({ phoneBooks }) => phoneBooks.updateContact(2, first!.id, { lastName: 'M' }));
    await store.change(({ phoneBooks }) => phoneBooks.removeContact(2, first!.id + 1));
    expect(
      store.directory.current
        .phoneBooks(5000)[1]!
        .contacts.slice(0, 2)
        .map(({ lastName }) => lastName),
    ).toEqual(['M', 'L']);
    expect(
      (await refused(store.change(({ phoneBooks }) => phoneBooks.removeContact(1, first!.id)))).code,
    ).toBe('not-found');
    const orphan = store.change(({ phoneBooks }) => phoneBooks.createContact(99, contacts[0]!));
    expect((await refused(orphan)).code).toBe('reference');
  });

  test('workflows stand in the order of their team, their actions in the order in which they run', async () => {
    const store = await fresh();
    const [sample] = store.directory.current.workflows(5000);
    const { id: _, ...action } = sample!.actions[0]!;
    const other = {
      ...sample!,
      teams: [
        { teamId: 5000, position: 0 },
        { teamId: 5001, position: 3 },
      ],
    };
    const id = await store.change(async ({ workflows, workflowActions }) => {
      const first = await workflowActions.create({ ...action, name: 'first' });
      const second = await workflowActions.create({ ...action, name: 'second' });
      return workflows.create({ ...other, name: 'other' }, [second, first, second]);
    });
    await store.change(async ({ workflows }) => {
      await workflows.create({ ...other, name: 'before', teams: [{ teamId: 5000, position: -1 }] }, []);
    });
    const names = () => store.directory.current.workflows(5000).map(({ name }) => name);
    expect(names()).toEqual(['before', sample!.name, 'other']);
    expect(store.directory.current.workflows(5001)[0]!.actions.map(({ name }) => name)).toEqual([
      'second',
      'first',
      'second',
    ]);
    const refusedWith = async (work: Parameters<typeof store.change>[0]) =>
      (await refused(store.change(work))).code;
    expect(await refusedWith(({ workflows }) => workflows.create({ ...other, name: 'other' }, []))).toBe(
      'duplicate',
    );
    expect(await refusedWith(({ workflows }) => workflows.create({ ...other, name: 'x' }, [99]))).toBe(
      'reference',
    );
    expect(await refusedWith(({ workflowActions: all }) => all.create({ ...action, name: 'first' }))).toBe(
      'duplicate',
    );
    const actions = store.directory.current.workflowActions();
    expect(actions.map(({ name }) => name)).toEqual([action.name, 'first', 'second']);
    const first = actions.find(({ name }) => name === 'first')!;
    expect(await refusedWith(({ workflowActions: all }) => all.remove(first.id))).toBe('reference');
    await store.change(async ({ workflows, workflowActions }) => {
      await workflowActions.update(first.id, { ...action, name: 'FIRST' });
      await workflows.update(id, { ...other, name: 'changed' }, [first.id]);
      await workflows.assign(5001, [sample!.id, id]);
    });
    const ofTeam = store.directory.current.workflows(5001);
    expect(ofTeam.map(({ name }) => name)).toEqual([sample!.name, 'changed']);
    expect(ofTeam[1]!.actions.map(({ name }) => name)).toEqual(['FIRST']);
    expect(names()).toEqual(['before', sample!.name, 'changed']);
    expect(await refusedWith(({ workflows }) => workflows.assign(5001, [999]))).toBe('reference');
    expect(await refusedWith(({ workflows }) => workflows.update(999, other, []))).toBe('not-found');
    expect(await refusedWith(({ workflows }) => workflows.update(id, sample!, []))).toBe('duplicate');
    await store.change(async ({ workflows, workflowActions }) => {
      await workflows.remove(id);
      await workflowActions.remove(first.id);
    });
    expect(names()).toEqual(['before', sample!.name]);
    expect(await refusedWith(({ workflows }) => workflows.remove(id))).toBe('not-found');
    expect(await refusedWith(({ workflowActions: all }) => all.remove(first.id))).toBe('not-found');
  });

  test('keeps keys instead of passwords and tells when they change', async () => {
    const store = await fresh();
    await store.change(({ users }) => users.create({ ...USER, roles: ['Administrator'] }));
    const listener = vi.fn();
    store.onCredentialChange(listener);
    expect(await store.repositories.credentials.find('jdoe')).toBeUndefined();
    expect(await store.repositories.credentials.administratorSetByHand()).toBe(false);
    await store.setCredential('JDOE', KEYS);
    expect(await store.repositories.credentials.find('jdoe')).toEqual(KEYS);
    expect(await store.repositories.credentials.administratorSetByHand()).toBe(true);
    expect(listener).toHaveBeenCalledExactlyOnceWith('JDOE');
    await store.setCredential('jdoe', { ...KEYS, iterations: 5000, setByHand: false });
    expect((await store.repositories.credentials.find('jdoe'))?.iterations).toBe(5000);
    expect(await store.repositories.credentials.iterationsInUse()).toEqual([{ iterations: 5000, users: 1 }]);
    expect(await store.repositories.credentials.administratorSetByHand()).toBe(false);
    expect((await refused(store.setCredential('nobody', KEYS))).code).toBe('not-found');
    await store.change(({ users }) => users.remove('jdoe'));
    expect(await store.repositories.credentials.find('jdoe')).toBeUndefined();
  });

  test('keeps subscriptions by folded login id, each once', async () => {
    const store = await fresh(false);
    const { subscriptions } = store.repositories;
    const row = (loginId: string, node: string, subid: string) => ({ loginId, node, subid });
    await store.change(({ subscriptions }) =>
      subscriptions.save([row('JDoe', 'a', '1'), row('x', 'a', '2')]),
    );
    await store.change(({ subscriptions }) =>
      subscriptions.save([row('jdoe', 'a', '3'), row('x', 'b', '4')]),
    );
    await store.change(({ subscriptions }) => subscriptions.remove('X', 'a'));
    await store.change(({ subscriptions }) => subscriptions.save([]));
    expect((await subscriptions.all()).sort((a, b) => (a.subid < b.subid ? -1 : 1))).toEqual([
      row('jdoe', 'a', '3'),
      row('x', 'b', '4'),
    ]);
  });

  test('makes a secret once, also when it is asked for twice at a time', async () => {
    const store = await fresh();
    let made = 0;
    const secret = (): Promise<Uint8Array> => store.secret('some.key', () => Uint8Array.of(++made, 255));
    expect(await Promise.all([secret(), secret()])).toEqual([Buffer.of(1, 255), Buffer.of(1, 255)]);
    expect(await secret()).toEqual(Buffer.of(1, 255));
  });

  test('keeps any text as it is', async () => {
    const store = await fresh();
    const names = ["Robert'); DROP TABLE team;--", 'Ünïcödé 漢字 😀', 'a\u0001\tb', '<&>"', ''];
    for (const [n, firstName] of names.entries()) {
      const user = { ...USER, loginId: `u${n}`, loginName: `n${n}`, skillTargetId: 10 + n, firstName };
      await store.change(({ users }) => users.create(user));
      expect(store.directory.current.user(`u${n}`)?.firstName).toBe(firstName);
    }
  });

  test('puts users beside what is stored, without storing them', async () => {
    const store = await fresh();
    store.layBeside({ ...demoConfiguration(), users: [{ ...USER, loginId: '2001', loginName: 'beside' }] });
    await store.change(({ users }) => users.create(USER));
    expect(store.directory.current.users().map((user) => user.loginId)).toEqual(['2001', 'JDoe']);
    expect(store.isStored('2001')).toBe(false);
    expect(await store.repositories.users.all()).toHaveLength(1);
  });
});
