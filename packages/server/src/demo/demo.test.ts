import { describe, expect, test } from 'vitest';
import { ScramDecoys } from '../accounts/scram-decoys.ts';
import { createDirectory, mergeData } from '../store/snapshot.ts';
import { demoConfiguration, demoUsers } from './centre.ts';
import { benchCrowd, demoCrowd } from './crowd.ts';
import { demoPasswords } from './passwords.ts';

const data = { ...demoConfiguration(), users: demoUsers() };
const directory = createDirectory(1, data);

describe('the demonstration centre', () => {
  test.each([
    ['2001', 'mmouse', 'Mickey Mouse', 'Agent', 5000, ''],
    ['2002', 'alovelace', 'Ada Lovelace', 'Agent', 5000, ''],
    ['2004', 'ghopper', 'Grace Hopper', 'Agent', 5000, ''],
    ['2050', 'minnie', 'Minnie Mouse', 'Agent,Supervisor', 5000, '5000'],
    ['47483648', 'isaac', 'Isaac Newton', 'Agent', 5001, ''],
    ['1001003', 'enoether', 'Emmy Noether', 'Agent', 5001, ''],
    ['2051', 'cgauss', 'Carl Gauss', 'Agent,Supervisor', 5001, '5001,5002'],
    ['3001', 'dev1', 'Dev One', 'Agent', 5002, ''],
    ['3020', 'dev20', 'Dev Twenty', 'Agent', 5002, ''],
    ['admin', 'admin', ' ', 'Administrator', null, ''],
  ])('has the user %s', (loginId, loginName, name, roles, teamId, supervised) => {
    const user = directory.user(loginId)!;
    expect([
      user.loginName,
      `${user.firstName} ${user.lastName}`,
      user.roles.join(),
      user.teamId,
      user.supervisedTeamIds.join(),
    ]).toEqual([loginName, name, roles, teamId, supervised]);
  });

  test('has 28 users, each with a login name and a skill target of its own', () => {
    expect(data.users).toHaveLength(28);
    expect(new Set(data.users.map((user) => user.loginName)).size).toBe(28);
    expect(new Set(data.users.map((user) => user.skillTargetId)).size).toBe(28);
  });

  test('has the skill group and the agent of the published sign-in trace', () => {
    expect(directory.skillGroup(85881)).toEqual({ number: 85881, id: 5000, name: 'Sales' });
    expect(directory.user('2001')).toMatchObject({ skillTargetId: 5001, skillGroupNumbers: [85881] });
  });

  test('has teams with their wrap-up', () => {
    expect(
      directory
        .teams()
        .map(({ id, name, wrapUpOnIncoming, wrapUpTimerSeconds }) => [
          id,
          name,
          wrapUpOnIncoming,
          wrapUpTimerSeconds,
        ]),
    ).toEqual([
      [5000, 'Minnies_Team', 'REQUIRED', 30],
      [5001, 'Maths', 'OPTIONAL', 30],
      [5002, 'Sandbox', 'NOT_ALLOWED', 30],
    ]);
    expect(directory.wrapUpReasons(5000).map((reason) => reason.label)).toEqual([
      'Call back later',
      'Sale made',
      'Wrong number',
    ]);
    expect(directory.wrapUpReasons(5002)).toEqual([]);
  });

  test('needs no reason in team 5002', () => {
    expect(directory.reasonCodes('NOT_READY', 5002)).toEqual([]);
    expect(directory.reasonCodes('LOGOUT', 5002)).toEqual([]);
    expect(directory.reasonCodes('NOT_READY', 5001).map((reason) => [reason.code, reason.label])).toEqual([
      [20, 'Lunch'],
      [10, 'Team Meeting'],
      [30, 'Training'],
    ]);
  });

  test('has its phones, numbers and phone books', () => {
    const phones = directory.devices();
    expect(phones).toHaveLength(1 + 45 + 1 + 100 + 20);
    for (const phone of ['2003', '2005', '2049', '1001003', '10000', '10099', '3001', '3020'])
      expect(phones).toContain(phone);
    for (const phone of ['2001', '2004', '2050', '10100', '3021']) expect(phones).not.toContain(phone);
    expect(directory.dialledNumbers()).toEqual([
      { number: '6001', skillGroupNumber: 85881, priority: 5 },
      { number: '6002', skillGroupNumber: 85882, priority: 5 },
      { number: '6003', skillGroupNumber: 85883, priority: 5 },
    ]);
    expect(directory.phoneBooks(5000).map((book) => [book.name, book.contacts.length])).toEqual([
      ['Company', 5],
      ['Suppliers', 3],
    ]);
  });
});

describe('a crowd', () => {
  test('of demonstration agents has phones that equal the id, and twenty in a team', () => {
    const crowd = createDirectory(1, mergeData(data, demoCrowd(41)));
    expect(crowd.user('7000001')).toMatchObject({ loginName: 'agent1', roles: ['Agent'], teamId: 7001 });
    expect(crowd.user('7000041')).toMatchObject({ teamId: 7003 });
    expect(crowd.user('7000042')).toBeUndefined();
    expect(crowd.teamMembers(7001)).toHaveLength(20);
    expect(crowd.devices()).toContain('7000041');
    expect(crowd.reasonCodes('NOT_READY', 7001)).toEqual([]);
  });

  test('for a bench has a publisher that is no agent', () => {
    const crowd = createDirectory(1, mergeData(data, benchCrowd(20)));
    expect(crowd.user('8000001')).toMatchObject({ teamId: 8001 });
    expect(crowd.user('publisher')).toMatchObject({ roles: [], teamId: null });
  });

  test('of nobody is empty', () => {
    expect(demoCrowd(0).users).toEqual([]);
    expect(demoCrowd(0).skillGroups).toEqual([]);
  });

  test('never shares ids with the centre or another crowd', () => {
    const all = mergeData(mergeData(data, demoCrowd(10_000)), benchCrowd(20_000));
    expect(all.users).toHaveLength(28 + 30_001);
    expect(new Set(all.users.map((user) => user.skillTargetId)).size).toBe(all.users.length);
    expect(all.teams).toHaveLength(3 + 1500);
  });
});

describe('the passwords', () => {
  const crowd = benchCrowd(2);
  const demo = mergeData(data, demoCrowd(2));
  const passwords = demoPasswords(
    demo,
    crowd,
    'bench-secret',
    ScramDecoys.ofProcess(4096),
    (loginId) => loginId === '2002',
  );
  const verify = (loginId: string, secret: string): Promise<boolean | undefined> =>
    passwords.verify([...demo.users, ...crowd.users].find((user) => user.loginId === loginId)!, secret);

  test.each([
    ['2001', '2001', true],
    ['2001', '2002', false],
    ['2001', '', false],
    ['admin', 'admin', true],
    ['7000002', '7000002', true],
    ['8000002', 'bench-secret', true],
    ['8000002', '8000002', false],
    ['publisher', 'bench-secret', true],
    ['2002', '2002', undefined],
  ])('of %s: %j gives %s', async (loginId, secret, verdict) => {
    expect(await verify(loginId, secret)).toBe(verdict);
  });
});
