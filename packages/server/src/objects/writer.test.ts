import { parse } from '@poise/xml';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { agent, TEST_DATA, TestDirectorySource } from '../../test/centre/test-directory.ts';
import { testPresenter } from '../../test/centre/test-presenter.ts';
import { AgentBook } from '../domain/agents.ts';
import { type Profile, RELEASES } from '../domain/profile.ts';
import { fieldsFor, fieldsOf, timeText } from './description.ts';
import { USER, type UserSource } from './user.ts';
import { objectWriter } from './writer.ts';

const profiles: Profile[] = RELEASES.flatMap((release) => [
  { release, deployment: 'CCE' } as const,
  { release, deployment: 'CCX' } as const,
]);

test('answer and event hold the same elements, order and values, whatever the names are', () => {
  const text = fc.string({ unit: 'binary', maxLength: 20 });
  fc.assert(
    fc.property(text, text, fc.constantFrom(...profiles), (firstName, lastName, profile) => {
      const user = agent('2001', 'x', firstName, lastName, 5000);
      const directory = new TestDirectorySource({ ...TEST_DATA, users: [user] });
      const presenter = testPresenter({ directory, agents: new AgentBook(profile.deployment), profile });
      const source = presenter.userSource(user);
      const answer = parse(presenter.user.document(source));
      const event = parse(presenter.user.event(source).trimEnd());
      expect([answer.name, event.name]).toEqual(['User', 'user']);
      const flat = (element: typeof answer) => element.elements().map((child) => [child.name, child.text]);
      const trimmed = flat(answer).map(([name, value]) => [name, value!.trim() === '' ? '' : value]);
      const trimmedEvent = flat(event).map(([name, value]) => [name, value!.trim() === '' ? '' : value]);
      expect(trimmedEvent).toEqual(trimmed);
    }),
  );
});

test('a writer is compiled once per description and profile', () => {
  const profile: Profile = { release: '11.6', deployment: 'CCE' };
  expect(objectWriter(USER, profile)).toBe(objectWriter(USER, { ...profile }));
  expect(objectWriter(USER, profile)).not.toBe(objectWriter(USER, { ...profile, release: '9.1' }));
});

test('since, until and deployment decide which fields a profile prints', () => {
  const f = fieldsOf<object>();
  const fields = [
    f.text('always', () => ''),
    f.text('late', () => '', { since: '12.6' }),
    f.text('early', () => '', { until: '9.1' }),
    f.text('express', () => '', { deployment: 'CCX' }),
  ];
  const names = (profile: Profile) => fieldsFor(fields, profile).map(({ name }) => name);
  expect(names({ release: '9.1', deployment: 'CCE' })).toEqual(['always', 'early']);
  expect(names({ release: '12.6', deployment: 'CCX' })).toEqual(['always', 'late', 'express']);
});

test('every field of a user has a type, and enumerations list their words', () => {
  for (const field of USER.fields as ReadonlyArray<(typeof USER)['fields'][number]>) {
    if (field.kind === 'scalar' && field.type === 'enum') expect(field.values!.length).toBeGreaterThan(0);
  }
  expect(new Set(USER.fields.map(({ name }) => name)).size).toBe(USER.fields.length);
});

test('times are UTC, in 9.1 without milliseconds, and empty when unknown', () => {
  const at = Date.parse('2013-04-23T22:40:08.374Z');
  expect(timeText(at, '9.1')).toBe('2013-04-23T22:40:08Z');
  expect(timeText(at, '11.6')).toBe('2013-04-23T22:40:08.374Z');
  expect(timeText(null, '12.6')).toBe('');
});

test('a source type is only a shape: the writer reads nothing but what the description names', () => {
  const f = fieldsOf<Pick<UserSource, 'addressedAs'>>();
  const description = {
    root: 'A',
    eventRoot: 'a',
    declaration: true,
    fields: [f.text('b', (s) => s.addressedAs)],
  };
  const writer = objectWriter(description, { release: '11.6', deployment: 'CCE' });
  expect(writer.document({ addressedAs: '1' }, { id: '"' })).toBe(
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<A id="&quot;">\n  <b>1</b>\n</A>',
  );
});
