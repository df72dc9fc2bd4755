import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readBasic } from '../accounts/basic.ts';
import { resourceTable } from './documentation.ts';
import { ResourceTable, statsName } from './resource.ts';
import { RESOURCES } from './resources.ts';

const table = new ResourceTable(RESOURCES);

test('docs/rest.md holds the table of resources; print it with documentation.ts when it differs', () => {
  const document = readFileSync(new URL('../../../../docs/rest.md', import.meta.url), 'utf8');
  expect(document).toContain(resourceTable());
});

test('names match exactly, parameters are decoded, one trailing slash is tolerated', () => {
  expect(table.find('User/a%20%2Fb')?.parameters).toEqual({ userId: 'a /b' });
  expect(table.find('User/2001/')?.resource.path).toBe('User/{userId}');
  expect(table.find('User/2001/ReasonCode/3')?.parameters).toEqual({ userId: '2001', id: '3' });
  for (const path of ['user/2001', 'User/', 'User//', 'User/2001//', 'User/%zz', 'Users/1', '']) {
    expect([path, table.find(path)]).toEqual([path, undefined]);
  }
});

test('request types are named as the original registered them', () => {
  expect(statsName({ path: 'User/{userId}' }, 'PUT')).toBe('User-[id]-PUT');
  expect(statsName({ path: 'SystemInfo' }, 'GET')).toBe('SystemInfo-GET');
});

test('Basic credentials are read up to the first colon, in UTF-8', () => {
  const header = (text: string) => `bAsIc ${Buffer.from(text).toString('base64')}`;
  expect(readBasic(header('2001:a:é'))).toEqual({ user: '2001', secret: 'a:é' });
  expect(readBasic(header('2001:'))).toEqual({ user: '2001', secret: '' });
  expect(readBasic(`Basic ${'A'.repeat(4_000)}`)).toBeUndefined();
  expect(readBasic(undefined)).toBeUndefined();
});
