/** Checks of a form before it is sent, from the same description that the server checks by; the server has the last word. Pure. */
import type { FieldFault } from './api.ts';
import type { Field, Item, Json, ValueType } from './schema.ts';

/** Whether the value is the server's: said by it alone, or said once when the object was made. */
const isSettled = ({ readOnly, fixed }: Field, isNew: boolean): boolean =>
  readOnly === true || (fixed === true && !isNew);

/** What is sent: fields that were left empty and have a default of the server are left out. */
export const toSend = (fields: readonly Field[], item: Item, isNew: boolean): Item =>
  Object.fromEntries(
    fields.flatMap((field) => {
      const value = item[field.name];
      if (value === undefined || isSettled(field, isNew)) return [];
      const isEmpty = value === '' || (value === null && !field.nullable);
      if (isEmpty && (field.writeOnly || (!field.required && isLeftOut(field.value)))) return [];
      return [[field.name, value]];
    }),
  );

/**
 * What a form shows once it is saved: what is stored now, but for what was changed while the answer was on its way.
 * @param now what the form shows @param sent what it showed when it was saved @param stored what the server has made of it
 */
export const afterSave = (now: Item, sent: Item, stored: Item): Item => ({
  ...now,
  ...Object.fromEntries(Object.entries(stored).filter(([name]) => isSame(now[name], sent[name]))),
});

/** Fields that something else fixes: they can be read, are not sent, and so nobody misses them. */
export const withFixed = (fields: readonly Field[], names: ReadonlySet<string>): readonly Field[] =>
  fields.map((field) => (names.has(field.name) ? { ...field, fixed: true } : field));

/** Empty means nothing was said. */
const isLeftOut = (type: ValueType): boolean =>
  type.type === 'integer' || (type.type === 'text' && (type.min ?? 0) > 0);

const bytes = new TextEncoder();

/**
 * @param item what is to be sent
 * @param before what is stored; undefined: a new object. What is as it was is no fault: the server keeps it, whatever the
 *   bounds were when it came
 * @param path of what the fields are in; empty: the object itself
 */
export function faultsOf(
  fields: readonly Field[],
  item: Item,
  before: Item | undefined,
  path = '',
): FieldFault[] {
  return fields.flatMap((field) => {
    if (isSettled(field, before === undefined)) return [];
    const value = item[field.name];
    const at = path === '' ? field.name : `${path}.${field.name}`;
    const isEmpty = value === undefined || value === null || value === '';
    if (isEmpty) return field.required ? [{ field: at, code: 'REQUIRED', message: '' }] : [];
    if (before !== undefined && isSame(value, before[field.name])) return [];
    return valueFaults(field.value, value, at);
  });
}

const isSame = (a: Json | undefined, b: Json | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);

function valueFaults(type: ValueType, value: Json, at: string): FieldFault[] {
  const fault = (code: string): FieldFault[] => [{ field: at, code, message: '' }];
  switch (type.type) {
    case 'text': {
      const text = type.form === undefined || type.form === 'line' ? String(value).trim() : String(value);
      if (text === '' && (type.min ?? 0) > 0) return fault('REQUIRED');
      const length = type.unit === 'bytes' ? bytes.encode(text).length : [...text].length;
      if (length > type.max || length < (type.min ?? 0)) return fault('LENGTH');
      if (type.pattern !== undefined && !new RegExp(`^(?:${type.pattern})$`).test(text))
        return fault('FORMAT');
      return [];
    }
    case 'integer':
      if (typeof value !== 'number' || !Number.isInteger(value)) return fault('FORMAT');
      return value < type.min || value > type.max ? fault('RANGE') : [];
    case 'list': {
      const items = value as readonly Json[];
      if (items.length > type.max) return fault('MAXIMUM');
      if (items.length < (type.min ?? 0)) return fault('REQUIRED');
      return items.flatMap((item, index) => valueFaults(type.of, item, `${at}.${index}`));
    }
    case 'object':
      // Whatever is inside comes whole.
      return faultsOf(type.fields, value as Item, undefined, at);
    default:
      return [];
  }
}

/** Names of fields that are different in two versions of an object. */
export const differences = (fields: readonly Field[], a: Item, b: Item): readonly Field[] =>
  fields.filter(({ name, writeOnly, readOnly }) => !writeOnly && !readOnly && !isSame(a[name], b[name]));

/** The least number within the bounds that nobody has; null: there is none left. */
export function nextFree(
  used: ReadonlySet<unknown>,
  { min, max }: { readonly min: number; readonly max: number },
): number | null {
  for (let one = min; one <= max; one++) if (!used.has(one)) return one;
  return null;
}
