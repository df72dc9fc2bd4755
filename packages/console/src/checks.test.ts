import { expect, test } from 'vitest';
import { descriptionsFor, TEAM_RESOURCES } from '../../server/src/configuration/descriptions.ts';
import { SETTINGS_DESCRIPTIONS } from '../../server/src/configuration/settings-descriptions.ts';
import { validate } from '../../server/src/configuration/validate.ts';
import { afterSave, differences, faultsOf, nextFree, toSend, withFixed } from './checks.ts';
import { type Field, type Item, type Json, newItem, type ValueType } from './schema.ts';

const FIELDS: readonly Field[] = [
  { name: 'label', value: { type: 'text', min: 1, max: 5, unit: 'bytes' }, required: true },
  { name: 'code', value: { type: 'integer', min: 1, max: 10 }, required: true },
  { name: 'extension', value: { type: 'text', max: 9, pattern: '[0-9]+' }, fixed: true },
  { name: 'password', value: { type: 'text', min: 8, max: 99, form: 'password' }, writeOnly: true },
  {
    name: 'teamId',
    value: { type: 'reference', to: 'teams', key: 'integer' },
    nullable: true,
    default: null,
  },
  {
    name: 'rows',
    value: {
      type: 'list',
      max: 2,
      of: {
        type: 'object',
        fields: [{ name: 'name', value: { type: 'text', min: 1, max: 3 }, required: true }],
      },
    },
  },
  { name: 'builtIn', value: { type: 'flag' }, readOnly: true },
];
const good = { ...newItem(FIELDS), label: 'abc', code: 5 };
const codes = (change: object) =>
  faultsOf(FIELDS, { ...good, ...change }, undefined).map(({ field, code }) => `${field} ${code}`);

test('a new object has the defaults, and nothing that only the server says', () => {
  expect(newItem(FIELDS)).toEqual({
    label: '',
    code: null,
    extension: '',
    password: '',
    teamId: null,
    rows: [],
  });
});

test.each([
  [{}, []],
  [{ label: '' }, ['label REQUIRED']],
  [{ label: '  ' }, ['label REQUIRED']],
  [{ label: ' abc  ' }, []],
  [{ label: 'ööö' }, ['label LENGTH']],
  [{ code: null }, ['code REQUIRED']],
  [{ code: 11 }, ['code RANGE']],
  [{ code: 'x' }, ['code FORMAT']],
  [{ extension: 'abc' }, ['extension FORMAT']],
  [{ password: 'short' }, ['password LENGTH']],
  [{ rows: [{ name: 'a' }, { name: '' }] }, ['rows.1.name REQUIRED']],
  [{ rows: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] }, ['rows MAXIMUM']],
])('%j: %j', (change, faults) => {
  expect(codes(change)).toEqual(faults);
});

test('what was left empty is not sent; what is fixed is sent once', () => {
  expect(toSend(FIELDS, { ...good, builtIn: false, extension: '1' }, true)).toEqual({
    label: 'abc',
    code: 5,
    extension: '1',
    teamId: null,
    rows: [],
  });
  expect(toSend(FIELDS, { ...good, extension: '1' }, false)).not.toHaveProperty('extension');
});

test('two versions differ in what was changed, whatever only the server says', () => {
  const other = { ...good, label: 'x', builtIn: true, password: '12345678' };
  expect(differences(FIELDS, good, other).map(({ name }) => name)).toEqual(['label']);
});

test('a needed field that something else fixes keeps nobody from saving the others', () => {
  const fields: readonly Field[] = [
    { name: 'host', value: { type: 'text', min: 1, max: 253 }, required: true },
    { name: 'peripheralId', value: { type: 'integer', min: 1, max: 32_767 }, required: true },
  ];
  const shown = withFixed(fields, new Set(['host']));
  const sent = toSend(shown, { host: 'pg1.example', peripheralId: 5000 }, false);
  expect(sent).toEqual({ peripheralId: 5000 });
  const before = { host: 'pg1.example', peripheralId: 5001 };
  expect(faultsOf(shown, sent, before)).toEqual([]);
  expect(faultsOf(shown, {}, before)).toEqual([{ field: 'peripheralId', code: 'REQUIRED', message: '' }]);
});

/** A value of the type as the server may tell it; of texts one of these that fits. */
const TEXTS = ['', 'A name', '1001', 'callVariable1', 'IS_EQUAL'];
function told(type: ValueType): Json {
  switch (type.type) {
    case 'text': {
      const fits = new RegExp(`^(?:${type.pattern ?? '[^]*'})$`, 'u');
      const text = TEXTS.find((one) => one.length >= (type.min ?? 0) && fits.test(one));
      if (text === undefined) throw new Error(`No text is like ${type.pattern}`);
      return text;
    }
    case 'integer':
      return type.min;
    case 'flag':
      return true;
    case 'choice':
      return type.values[0] ?? '';
    case 'reference':
      return type.key === 'integer' ? 1 : '1';
    case 'list':
      return [told(type.of)];
    case 'object':
      return existing(type.fields);
  }
}
const existing = (fields: readonly Field[]): Item =>
  Object.fromEntries(fields.filter((one) => !one.writeOnly).map((one) => [one.name, told(one.value)]));

const DESCRIBED = {
  ...descriptionsFor({ deployment: 'CCE', passwordMin: 8 }),
  ...SETTINGS_DESCRIPTIONS,
  resources: TEAM_RESOURCES,
};

test.each(Object.entries(DESCRIBED))('%s: an object that exists is saved as it is', (_, description) => {
  const fields = description.fields as unknown as readonly Field[];
  const item = existing(fields);
  const sent = toSend(fields, item, false);
  expect(faultsOf(fields, sent, item)).toEqual([]);
  expect(validate(description, sent, item)).toMatchObject({ ok: true });
});

test('what was stored when the bounds were wider keeps nobody from saving the rest', () => {
  const before = { ...good, label: 'longer than it may be' };
  expect(faultsOf(FIELDS, { ...before, code: 6 }, before)).toEqual([]);
  expect(faultsOf(FIELDS, { ...before, label: 'longer still than it may be' }, before)).toEqual([
    { field: 'label', code: 'LENGTH', message: '' },
  ]);
  expect(faultsOf(FIELDS, { ...before, label: '' }, before)).toHaveLength(1);
});

test.each([
  [[], 1],
  [[1, 2, 4], 3],
  [[2, 'x', null], 1],
  [[1, 2, 3, 4], null],
])('beside %j the next free one is %s', (used, free) => {
  expect(nextFree(new Set(used), { min: 1, max: 4 })).toBe(free);
});

test('what is stored takes the place of what was sent, and of nothing that was changed meanwhile', () => {
  const sent = { label: ' Lunch ', code: 1, rows: [{ name: 'a' }], password: 'secret' };
  const now = { ...sent, code: 12, rows: [{ name: 'a' }] };
  const stored = { id: 7, label: 'Lunch', code: 1, rows: [{ name: 'A' }], password: '' };
  expect(afterSave(now, sent, stored)).toEqual({
    id: 7,
    label: 'Lunch',
    code: 12,
    rows: [{ name: 'A' }],
    password: '',
  });
});
