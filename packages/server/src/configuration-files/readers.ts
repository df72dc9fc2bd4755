/** Small readers out of which the form of a tree is put together: each takes a value of unknown form and gives what it should be. */
import { hasVisible, lengthOf } from '../configuration/limits.ts';

/** What stands in a tree is not what may stand there. */
export class TreeError extends Error {
  override readonly name = 'TreeError';
  /** From the root: names and positions. */
  readonly path: Path;

  /** @param reason for people, in English */
  constructor(path: Path, reason: string) {
    super(path.length === 0 ? reason : `${pathText(path)}: ${reason}`);
    this.path = path;
  }
}

/** `teams[0].name`; empty for the root. */
const pathText = (path: Path): string =>
  path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`),
    '',
  );

export type Path = readonly (string | number)[];
export type Reader<T> = (value: unknown, path: Path) => T;

/** Characters that no XML document can hold, with which the value would be shown to agents. */
const NOT_XML =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** @param measure in what the bounds are; characters unless said */
export const text =
  (min: number, max: number, measure: (value: string) => number = lengthOf): Reader<string> =>
  (value, path) => {
    // A number that is meant as text: `3001` needs no quotation marks.
    const found = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
    if (typeof found !== 'string') throw new TreeError(path, 'must be text');
    const size = measure(found);
    if (size < min || size > max)
      throw new TreeError(
        path,
        min === 0 ? `must not be longer than ${max}` : `must have ${min} to ${max} characters`,
      );
    if (NOT_XML.test(found)) throw new TreeError(path, 'has characters that cannot be shown');
    // What has to be there is a name.
    if (min > 0 && !hasVisible(found)) throw new TreeError(path, 'has no character that can be seen');
    return found;
  };

export const bytes = (value: string): number => Buffer.byteLength(value);

export const integer =
  (min: number, max: number): Reader<number> =>
  (value, path) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max)
      throw new TreeError(path, `must be a whole number from ${min} to ${max}`);
    return value;
  };

export const flag: Reader<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw new TreeError(path, 'must be true or false');
  return value;
};

export const oneOf =
  <const T extends string>(...values: readonly T[]): Reader<T> =>
  (value, path) => {
    const found = values.find((each) => each === value);
    if (found === undefined) throw new TreeError(path, `must be one of ${values.join(', ')}`);
    return found;
  };

export const list =
  <T>(of: Reader<T>, max: number): Reader<readonly T[]> =>
  (value, path) => {
    if (!Array.isArray(value)) throw new TreeError(path, 'must be a list');
    if (value.length > max) throw new TreeError(path, `must not have more than ${max} entries`);
    return value.map((each, index) => of(each, [...path, index]));
  };

export const nullable =
  <T>(of: Reader<T>): Reader<T | null> =>
  (value, path) =>
    value === null ? null : of(value, path);

/** May be left out; then it is `otherwise`. */
export const optional = <T, U>(of: Reader<T>, otherwise: U): Reader<T | U> => {
  const read: Reader<T | U> = (value, path) => (value === undefined ? otherwise : of(value, path));
  return Object.assign(read, { isOptional: true });
};

/** Exactly these fields; one that is not known may be a slip, and is refused. */
export const object =
  <T extends object>(fields: { readonly [K in keyof T]-?: Reader<T[K]> }): Reader<T> =>
  (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new TreeError(path, 'must have fields');
    const given = value as Readonly<Record<string, unknown>>;
    for (const name of Object.keys(given))
      if (!Object.hasOwn(fields, name))
        throw new TreeError(
          [...path, name],
          `is not known here; there are ${Object.keys(fields).join(', ')}`,
        );
    const read: Record<string, unknown> = {};
    for (const [name, of] of Object.entries(fields) as [string, Reader<unknown>][]) {
      if (given[name] === undefined && !('isOptional' in of))
        throw new TreeError([...path, name], 'is missing');
      const found = of(given[name], [...path, name]);
      if (found !== undefined) read[name] = found;
    }
    return read as T;
  };
