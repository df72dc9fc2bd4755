import { describe, expect, test, vi } from 'vitest';
import { demoConfiguration, demoUsers } from '../demo/centre.ts';
import { createDirectory, EMPTY_DIRECTORY, mergeData } from './snapshot.ts';
import { LayeredDirectory } from './source.ts';

const demo = { ...demoConfiguration(), users: demoUsers() };
const directory = createDirectory(1, demo);
const labels = (records: ReadonlyArray<{ label: string }>): string[] => records.map((record) => record.label);

describe('a directory', () => {
  test('finds users by exact spelling first, then without regard to case', () => {
    const base = demo.users[0]!;
    const both = createDirectory(1, {
      ...EMPTY_DIRECTORY,
      users: [
        { ...base, loginId: 'ANNA', loginName: 'A1' },
        { ...base, loginId: 'Anna', loginName: 'a2' },
      ],
    });
    expect(both.user('Anna')?.loginName).toBe('a2');
    expect(both.user('ANNA')?.loginName).toBe('A1');
    expect(both.user('anna')?.loginName).toBe('A1');
    expect(both.userByName('A2')?.loginId).toBe('Anna');
    expect(both.user('hanna')).toBeUndefined();
  });

  test('orders login ids that are numbers as numbers', () => {
    expect(
      directory
        .users()
        .slice(0, 4)
        .map((user) => user.loginId),
    ).toEqual(['2001', '2002', '2004', '2050']);
    expect(directory.users().at(-1)?.loginId).toBe('admin');
    expect(directory.teamMembers(5001).map((user) => user.loginId)).toEqual(['2051', '1001003', '47483648']);
    expect(directory.teamMembers(1)).toEqual([]);
  });

  test('gives a team the global records and its own, ordered by label, without system codes', () => {
    const own = createDirectory(1, {
      ...demo,
      reasonCodes: [
        ...demo.reasonCodes,
        {
          id: 90,
          category: 'NOT_READY',
          code: 90,
          label: 'Anywhere',
          forAll: true,
          systemCode: false,
          teamIds: [],
        },
        {
          id: 91,
          category: 'NOT_READY',
          code: 999,
          label: 'Supervisor',
          forAll: true,
          systemCode: true,
          teamIds: [],
        },
      ],
    });
    expect(labels(own.reasonCodes('NOT_READY', 5000))).toEqual([
      'Anywhere',
      'Lunch',
      'Team Meeting',
      'Training',
    ]);
    expect(labels(own.reasonCodes('NOT_READY', 5002))).toEqual(['Anywhere']);
    expect(labels(own.reasonCodes('NOT_READY', null))).toEqual(['Anywhere']);
    expect(labels(own.reasonCodes('LOGOUT', 5001))).toEqual(['Break', 'End of Shift']);
    expect(own.reasonCodeByCode('NOT_READY', 999)?.id).toBe(91);
    expect(own.reasonCode(91)?.label).toBe('Supervisor');
  });

  test('gives global phone books first', () => {
    expect(directory.phoneBooks(5000).map((book) => book.name)).toEqual(['Company', 'Suppliers']);
    expect(directory.phoneBooks(5001).map((book) => book.name)).toEqual(['Company']);
    expect(directory.phoneBooks(null).map((book) => book.name)).toEqual(['Company']);
  });
});

describe('layers', () => {
  test('keep what is stored when both have a record of the same identity', () => {
    const stored = { ...EMPTY_DIRECTORY, users: [{ ...demo.users[0]!, loginId: '2001', loginName: 'real' }] };
    const merged = createDirectory(1, mergeData(stored, demo));
    expect(merged.user('2001')?.loginName).toBe('real');
    expect(merged.users()).toHaveLength(demo.users.length);
  });

  test('keep a stored login name, too', () => {
    const stored = { ...EMPTY_DIRECTORY, users: [{ ...demo.users[0]!, loginId: '77', loginName: 'MMOUSE' }] };
    const merged = createDirectory(1, mergeData(stored, demo));
    expect(merged.userByName('mmouse')?.loginId).toBe('77');
    expect(merged.user('2001')).toBeUndefined();
  });

  test('tell of each change once, with a version that grows', () => {
    const source = new LayeredDirectory(EMPTY_DIRECTORY, demo);
    const listener = vi.fn();
    const end = source.onChange(listener);
    const before = source.current;
    source.replaceStored({ ...EMPTY_DIRECTORY, devices: ['1'] }, new Set(['devices']));
    expect(listener).toHaveBeenCalledExactlyOnceWith(source.current, new Set(['devices']));
    expect(source.current.version).toBeGreaterThan(before.version);
    expect(before.devices()).not.toContain('1');
    end();
    source.replaceBeside(EMPTY_DIRECTORY);
    expect(listener).toHaveBeenCalledTimes(1);
    expect(source.current.users()).toEqual([]);
  });
});
