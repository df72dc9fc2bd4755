/** Checks what a client sends against a description. Pure; says everything that is wrong, not only the first. */
import type {
  Field,
  FieldError,
  ListType,
  ObjectType,
  ResourceDescription,
  TextType,
  ValueType,
} from './fields.ts';
import { hasVisible, isXmlText, lengthOf } from './limits.ts';

export type Json = unknown;
export type JsonObject = Readonly<Record<string, Json>>;

export type Validated =
  | { readonly ok: true; readonly value: JsonObject }
  | { readonly ok: false; readonly errors: readonly FieldError[] };

/** More are not told: whoever sends so many looks at the first ones. */
const ERRORS_MAX = 100;
const SHOWN_NAME_MAX = 64;

const patterns = new Map<string, RegExp>();
function patternOf(source: string): RegExp {
  let pattern = patterns.get(source);
  if (pattern === undefined) {
    pattern = new RegExp(`^(?:${source})$`, 'u');
    patterns.set(source, pattern);
  }
  return pattern;
}

/**
 * @param before what is stored, for an update: what is left out keeps its value. Undefined: a new object, which gets defaults
 * @returns the whole object: without read-only fields, with write-only ones where they were given
 */
export function validate(
  description: Pick<ResourceDescription, 'fields' | 'object'>,
  input: Json,
  before?: JsonObject,
): Validated {
  const errors: FieldError[] = [];
  const value = readObject({ type: 'object', fields: description.fields }, input, '', errors, before, true);
  return errors.length === 0
    ? { ok: true, value: value as JsonObject }
    : { ok: false, errors: errors.slice(0, ERRORS_MAX) };
}

const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const at = (path: string, name: string | number): string => (path === '' ? String(name) : `${path}.${name}`);
/** Names that come from outside are shown as far as anybody reads. */
const shown = (name: string): string => JSON.stringify(name.slice(0, SHOWN_NAME_MAX));

function readObject(
  { fields }: ObjectType,
  input: Json,
  path: string,
  errors: FieldError[],
  before: JsonObject | undefined,
  isWhole = false,
): JsonObject | undefined {
  if (!isObject(input)) {
    errors.push({ field: path, code: 'FORMAT', message: `${named(path)} must be an object.` });
    return undefined;
  }
  for (const name of Object.keys(input)) {
    // An id is in every answer, and may come back.
    if (fields.some((field) => field.name === name) || (isWhole && name === 'id')) continue;
    errors.push({
      field: at(path, name.slice(0, SHOWN_NAME_MAX)),
      code: 'FORMAT',
      message: `There is no field ${shown(name)}.`,
    });
  }
  const value: Record<string, Json> = {};
  for (const field of fields) {
    if (field.readOnly) continue;
    const kept = before?.[field.name];
    const given = Object.hasOwn(input, field.name) ? input[field.name] : undefined;
    if (given === undefined) {
      if (before !== undefined && kept !== undefined) value[field.name] = kept;
      else if (field.default !== undefined) value[field.name] = field.default;
      else if (field.required)
        errors.push({
          field: at(path, field.name),
          code: 'REQUIRED',
          message: `${field.name} is missing.`,
        });
      continue;
    }
    // What came with an update before the bounds were what they are now is no mistake of whoever sends it back.
    if (before !== undefined && kept !== undefined && same(given, kept)) {
      value[field.name] = kept;
      continue;
    }
    const read = readField(field, given, at(path, field.name), errors);
    if (field.fixed && before !== undefined && !same(read, kept)) {
      errors.push({
        field: at(path, field.name),
        code: 'FORMAT',
        message: `${field.name} cannot be changed.`,
      });
      continue;
    }
    if (read !== undefined) value[field.name] = read;
  }
  return value;
}

function readField(field: Field, given: Json, path: string, errors: FieldError[]): Json {
  if (given === null) {
    if (field.nullable) return null;
    errors.push({ field: path, code: 'REQUIRED', message: `${named(path)} cannot be null.` });
    return undefined;
  }
  return readValue(field.value, given, path, errors, field.required === true);
}

const named = (path: string): string => (path === '' ? 'The body' : path);

function readValue(
  type: ValueType,
  given: Json,
  path: string,
  errors: FieldError[],
  isRequired = false,
): Json {
  const wrong = (code: FieldError['code'], message: string): undefined => {
    errors.push({ field: path, code, message: `${path} ${message}` });
    return undefined;
  };
  switch (type.type) {
    case 'text':
      return readText(type, given, wrong, isRequired);
    case 'integer':
      if (typeof given !== 'number' || !Number.isInteger(given))
        return wrong('FORMAT', 'must be a whole number.');
      return given >= type.min && given <= type.max
        ? given
        : wrong('RANGE', `must be a whole number from ${type.min} to ${type.max}.`);
    case 'flag':
      return typeof given === 'boolean' ? given : wrong('FORMAT', 'must be true or false.');
    case 'choice':
      return typeof given === 'string' && type.values.includes(given)
        ? given
        : wrong('FORMAT', `must be one of ${type.values.join(', ')}.`);
    case 'reference': {
      const fits =
        type.key === 'integer'
          ? typeof given === 'number' && Number.isSafeInteger(given)
          : typeof given === 'string';
      return fits ? given : wrong('FORMAT', `must be the id of one of ${type.to}.`);
    }
    case 'list':
      return readList(type, given, path, errors, wrong);
    case 'object':
      return readObject(type, given, path, errors, undefined);
  }
}

type Wrong = (code: FieldError['code'], message: string) => undefined;

function readText(type: TextType, given: Json, wrong: Wrong, isRequired: boolean): Json {
  if (typeof given !== 'string') return wrong('FORMAT', 'must be text.');
  const { min = 0, max, unit = 'characters', form = 'line' } = type;
  // Nobody sees blanks around a name.
  const text = form === 'line' ? given.trim() : given;
  if (text === '' && min > 0 && isRequired) return wrong('REQUIRED', 'cannot be empty.');
  const length = unit === 'bytes' ? Buffer.byteLength(text) : lengthOf(text);
  const counted = unit === 'bytes' ? 'bytes in UTF-8' : 'characters';
  if (length < min || length > max)
    return wrong(
      'LENGTH',
      min > 0 ? `must have ${min} to ${max} ${counted}.` : `must have at most ${max} ${counted}.`,
    );
  if (!isXmlText(text) || (form === 'line' && /[\r\n\t]/.test(text)))
    return wrong('FORMAT', 'has characters that cannot be shown.');
  if (form === 'line' && text !== '' && !hasVisible(text))
    return wrong('REQUIRED', 'has no character that can be seen.');
  if (type.pattern !== undefined && !patternOf(type.pattern).test(text))
    return wrong('FORMAT', `must be ${type.patternText ?? `of the form ${type.pattern}`}.`);
  return text;
}

function readList(type: ListType, given: Json, path: string, errors: FieldError[], wrong: Wrong): Json {
  if (!Array.isArray(given)) return wrong('FORMAT', 'must be a list.');
  const { min = 0, max } = type;
  if (given.length > max) return wrong('MAXIMUM', `can have at most ${max} items.`);
  if (given.length < min) return wrong('REQUIRED', `must have at least ${min} item${min === 1 ? '' : 's'}.`);
  const items = given.map((item, index) => readValue(type.of, item, at(path, index), errors));
  if (!type.distinct) return items;
  return new Set(items).size < items.length ? wrong('DUPLICATE', 'has an item twice.') : items;
}

/** Whether two values of JSON are the same. */
export function same(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (Array.isArray(a) || Array.isArray(b))
    return (
      Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((one, i) => same(one, b[i]))
    );
  if (!isObject(a) || !isObject(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && same(a[name], b[name]))
  );
}

/** References of an object to what does not exist. @param knows whether there is one with this id */
export function strangers(
  { fields }: Pick<ResourceDescription, 'fields'>,
  value: JsonObject,
  knows: (to: string, id: unknown) => boolean,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const look = (type: ValueType, one: Json, path: string): void => {
    if (one === undefined || one === null) return;
    if (type.type === 'reference' && !knows(type.to, one))
      errors.push({
        field: path,
        code: 'REFERENCE',
        message: `${path} names ${shown(String(one))}, which is not among ${type.to}.`,
      });
    else if (type.type === 'list')
      for (const [index, item] of (one as readonly Json[]).entries()) look(type.of, item, at(path, index));
    else if (type.type === 'object')
      for (const field of type.fields)
        look(field.value, (one as JsonObject)[field.name], at(path, field.name));
  };
  for (const field of fields) look(field.value, value[field.name], field.name);
  return errors;
}

/** Fields whose value another object has already. @param others all but the one that is looked at */
export function duplicates(
  { fields, object }: Pick<ResourceDescription, 'fields' | 'object'>,
  value: JsonObject,
  others: readonly JsonObject[],
): readonly FieldError[] {
  return fields.flatMap(({ name, unique }) => {
    if (unique === undefined || value[name] === undefined) return [];
    const { within = [], ignoreCase } = unique;
    const fold = (one: Json): Json => (ignoreCase && typeof one === 'string' ? one.toLowerCase() : one);
    const mine = fold(value[name]);
    const isTaken = others.some(
      (other) => fold(other[name]) === mine && within.every((also) => same(other[also], value[also])),
    );
    return isTaken
      ? [{ field: name, code: 'DUPLICATE' as const, message: `Another ${object} has this ${name}.` }]
      : [];
  });
}
