import { describe, expect, test } from 'vitest';
import { descriptionsFor } from './descriptions.ts';
import type { Field, ValueType } from './fields.ts';
import { duplicates, same, strangers, validate } from './validate.ts';

const one = (value: ValueType, rest: Partial<Field> = {}) => ({
  object: 'thing',
  fields: [{ name: 'f', value, ...rest }],
});
const found = (description: ReturnType<typeof one>, input: unknown, before?: Record<string, unknown>) => {
  const read = validate(description, input, before);
  return read.ok ? read.value : read.errors.map(({ field, code }) => `${field} ${code}`);
};

const LINE = { type: 'text', min: 1, max: 3 } as const;
const BYTES = { type: 'text', max: 3, unit: 'bytes' } as const;
const LIST = {
  type: 'list',
  of: { type: 'integer', min: 1, max: 9 },
  min: 1,
  max: 3,
  distinct: true,
} as const;

test.each<[string, ValueType, unknown, unknown]>([
  ['a line is trimmed', LINE, ' ab ', { f: 'ab' }],
  ['characters are counted as people do', LINE, '😀😀😀', { f: '😀😀😀' }],
  ['one too many', LINE, '😀😀😀😀', ['f LENGTH']],
  ['too short', LINE, '  ', ['f LENGTH']],
  ['bytes are those of UTF-8', BYTES, 'é1', { f: 'é1' }],
  ['too many bytes', BYTES, 'éé', ['f LENGTH']],
  ['no text', LINE, 5, ['f FORMAT']],
  ['what XML cannot hold', LINE, 'a\u0000', ['f FORMAT']],
  ['half a character', LINE, '\ud800', ['f FORMAT']],
  ['a line has no breaks', LINE, 'a\nb', ['f FORMAT']],
  ['marks of direction alone are nothing', LINE, '\u202e', ['f REQUIRED']],
  ['nor are blanks that only look like letters', LINE, '\u3164\u200b\u2800', ['f REQUIRED']],
  ['a name from right to left, with its marks', LINE, '\u200fדן', { f: '\u200fדן' }],
  ['several lines have', { type: 'text', max: 9, form: 'lines' }, ' a\nb ', { f: ' a\nb ' }],
  [
    'markup and SQL are only text',
    { type: 'text', max: 40 },
    `<b>'; DROP TABLE t;--`,
    { f: `<b>'; DROP TABLE t;--` },
  ],
  ['a pattern holds for the whole', { type: 'text', max: 9, pattern: '[a-z]+|1' }, 'ab1', ['f FORMAT']],
  ['the least number', { type: 'integer', min: 1, max: 3 }, 1, { f: 1 }],
  ['below it', { type: 'integer', min: 1, max: 3 }, 0, ['f RANGE']],
  ['above', { type: 'integer', min: 1, max: 3 }, 4, ['f RANGE']],
  ['no whole number', { type: 'integer', min: 1, max: 3 }, 1.5, ['f FORMAT']],
  ['a number in quotes', { type: 'integer', min: 1, max: 3 }, '1', ['f FORMAT']],
  ['a flag', { type: 'flag' }, false, { f: false }],
  ['no flag', { type: 'flag' }, 'false', ['f FORMAT']],
  ['a choice', { type: 'choice', values: ['A', 'B'] }, 'B', { f: 'B' }],
  ['another', { type: 'choice', values: ['A', 'B'] }, 'b', ['f FORMAT']],
  ['a list', LIST, [3, 1], { f: [3, 1] }],
  ['an item twice', LIST, [1, 1], ['f DUPLICATE']],
  ['too few items', LIST, [], ['f REQUIRED']],
  ['too many items', LIST, [1, 2, 3, 4], ['f MAXIMUM']],
  ['where in the list', LIST, [1, 10], ['f.1 RANGE']],
  ['no list', LIST, 1, ['f FORMAT']],
  ['null', LINE, null, ['f REQUIRED']],
  ['no reference', { type: 'reference', to: 'teams', key: 'integer' }, '1', ['f FORMAT']],
])('%s', (_, type, input, expected) => {
  expect(found(one(type), { f: input })).toEqual(expected);
});

describe('an object', () => {
  const team = descriptionsFor({ deployment: 'CCE', passwordMin: 8 }).teams;

  test('gets defaults when it is new, and keeps its values when it is not', () => {
    expect(validate(team, { name: 'A' })).toMatchObject({
      ok: true,
      value: { name: 'A', wrapUpOnIncoming: 'OPTIONAL', wrapUpTimerSeconds: 30 },
    });
    const before = {
      id: 1,
      name: 'A',
      wrapUpOnIncoming: 'REQUIRED',
      wrapUpOnOutgoing: 'OPTIONAL',
      wrapUpTimerSeconds: 5,
    };
    const { id: _, ...rest } = before;
    expect(validate(team, { id: 1, name: 'B' }, before)).toEqual({ ok: true, value: { ...rest, name: 'B' } });
  });

  test('tells of everything that is wrong at once', () => {
    const read = validate(team, { nam: 'A', wrapUpOnIncoming: 'NEVER', wrapUpTimerSeconds: 0 });
    expect(read.ok ? [] : read.errors.map(({ field, code }) => [field, code])).toEqual([
      ['nam', 'FORMAT'],
      ['name', 'REQUIRED'],
      ['wrapUpOnIncoming', 'FORMAT'],
      ['wrapUpTimerSeconds', 'RANGE'],
    ]);
    for (const input of [undefined, null, [], 'x', 5])
      expect(validate(team, input)).toMatchObject({ ok: false, errors: [{ field: '', code: 'FORMAT' }] });
  });

  test('may send read-only fields back, and fixed ones as they are', () => {
    expect(found(one(LINE, { readOnly: true }), { f: 'anything at all' })).toEqual({});
    expect(found(one(LINE, { fixed: true }), { f: 'a' }, { f: 'a' })).toEqual({ f: 'a' });
    expect(found(one(LINE, { fixed: true }), { f: 'b' }, { f: 'a' })).toEqual(['f FORMAT']);
  });

  test('keeps a value that was stored before the bounds were narrower', () => {
    expect(found(one(LINE), { f: 'long ago' }, { f: 'long ago' })).toEqual({ f: 'long ago' });
  });

  test('names the way to what is wrong inside', () => {
    const { mediaPropertiesLayouts } = descriptionsFor({ deployment: 'CCE', passwordMin: 8 });
    const read = validate(mediaPropertiesLayouts, {
      name: 'x',
      columns: [[{ mediaProperty: 'callVariable1' }, { mediaProperty: 'callVariable11' }]],
    });
    expect(read).toMatchObject({
      ok: false,
      errors: [{ field: 'columns.0.1.mediaProperty', code: 'FORMAT' }],
    });
  });
});

test('references are looked up wherever they are', () => {
  const description = one({ type: 'list', of: { type: 'reference', to: 'teams', key: 'integer' }, max: 9 });
  expect(strangers(description, { f: [1, 2] }, (to, id) => to === 'teams' && id === 1)).toMatchObject([
    { field: 'f.1', code: 'REFERENCE' },
  ]);
});

test.each([
  [{}, { f: 'a' }, true],
  [{}, { f: 'A' }, false],
  [{ ignoreCase: true as const }, { f: 'A' }, true],
  [{ within: ['g'] }, { f: 'a', g: 1 }, true],
  [{ within: ['g'] }, { f: 'a', g: 2 }, false],
])('unique %j beside %j', (unique, other, isTaken) => {
  expect(duplicates(one(LINE, { unique }), { f: 'a', g: 1 }, [other])).toHaveLength(isTaken ? 1 : 0);
});

test('JSON is compared by what it says', () => {
  expect(same({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toBe(true);
  expect(same({ a: [1] }, { a: [2] })).toBe(false);
  expect(same({ a: 1 }, { a: 1, b: 2 })).toBe(false);
  expect(same([], {})).toBe(false);
});

test.each(['CCE', 'CCX'] as const)(
  'the descriptions of %s: names once, patterns that compile, defaults that hold',
  (deployment) => {
    for (const description of Object.values(descriptionsFor({ deployment, passwordMin: 8 }))) {
      const names = description.fields.map(({ name }) => name);
      expect(new Set(names).size, description.name).toBe(names.length);
      const defaults = Object.fromEntries(
        description.fields.flatMap(({ name, default: usual }) =>
          usual === undefined ? [] : [[name, usual]],
        ),
      );
      const read = validate(description, defaults);
      // Layouts have a document that is checked as a whole.
      const wrong = read.ok ? [] : read.errors.filter(({ code }) => code !== 'REQUIRED');
      expect(wrong, description.name).toEqual([]);
      if (description.methods.includes('create'))
        expect(names, description.name).toContain(description.label);
    }
  },
);
