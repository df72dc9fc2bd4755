import { expect, test } from 'vitest';
import { MEDIA_PROPERTY, paramMax } from '../../../server/src/configuration/limits.ts';
import { suggestionsFor } from './suggestions.ts';

test.each([
  ['triggerSet.name', 'CALL_ARRIVES'],
  ['triggerSet.triggers.0.comparator', 'IS_EQUAL'],
  ['triggerSet.triggers.0.variable.name', 'callVariable1'],
  ['conditionSet.conditions.1.comparator', 'IS_IN_LIST'],
  ['conditionSet.conditions.1.variable.name', 'fromAddress'],
  ['variables.0.name', 'callVariable10'],
  ['params.3.name', 'path'],
  ['header.mediaProperty', 'callVariable1'],
  ['columns.0.2.mediaProperty', 'queueName'],
])('%s can be %s', (path, name) => {
  expect(suggestionsFor(path)).toContain(name);
});

test.each([
  'name',
  'description',
  'label',
  'params.0.value',
  'conditionSet.conditions.0.value',
  'contacts.0.name',
])('%s is anything', (path) => {
  expect(suggestionsFor(path)).toEqual([]);
});

test('nothing is offered that cannot be stored, and nothing twice', () => {
  for (const name of suggestionsFor('header.mediaProperty')) expect(name).toMatch(MEDIA_PROPERTY);
  for (const name of suggestionsFor('params.0.name')) expect(paramMax(name)).toBeGreaterThan(0);
  expect(suggestionsFor('comparator')).not.toContain('EQUALS');
});
