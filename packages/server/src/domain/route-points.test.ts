import { expect, test } from 'vitest';
import { TestDirectorySource } from '../../test/centre/test-directory.ts';
import { isRoutePointOf } from './route-points.ts';

test('a dialled number is one as long as the directory of the moment has it', () => {
  const source = new TestDirectorySource();
  const isRoutePoint = isRoutePointOf(source);
  expect(isRoutePoint('6003')).toBe(false);
  const dialled = [{ number: '6003', skillGroupNumber: 5001, priority: 5 }];
  source.current = { ...source.current, dialledNumbers: () => dialled };
  expect(isRoutePoint('6003')).toBe(true);
  expect(isRoutePoint('2001')).toBe(false);
});
