/** What `/poise/api/config/schema` tells: the fields of each collection as data. Forms are drawn from it. */
export type Json = string | number | boolean | null | readonly Json[] | Item;
export interface Item {
  readonly [name: string]: Json;
}

export type ValueType =
  | {
      readonly type: 'text';
      readonly min?: number;
      readonly max: number;
      readonly unit?: 'characters' | 'bytes';
      readonly pattern?: string;
      readonly form?: 'line' | 'lines' | 'xml' | 'password';
    }
  | { readonly type: 'integer'; readonly min: number; readonly max: number }
  | { readonly type: 'flag' }
  | { readonly type: 'choice'; readonly values: readonly string[] }
  | { readonly type: 'reference'; readonly to: string; readonly key: 'integer' | 'text' }
  | {
      readonly type: 'list';
      readonly of: ValueType;
      readonly min?: number;
      readonly max: number;
      readonly ordered?: true;
    }
  | { readonly type: 'object'; readonly fields: readonly Field[] };
export type TypeOf<K extends ValueType['type']> = Extract<ValueType, { type: K }>;

export interface Field {
  readonly name: string;
  readonly value: ValueType;
  readonly required?: true;
  readonly nullable?: true;
  readonly default?: Json;
  readonly readOnly?: true;
  readonly writeOnly?: true;
  readonly fixed?: true;
}

export interface Resource {
  readonly name: string;
  readonly fields: readonly Field[];
  readonly methods: readonly string[];
  readonly label: string;
}

export interface Schema {
  readonly resources: Readonly<Record<string, Resource>>;
  readonly teamResources: Pick<Resource, 'fields'>;
  /** Single objects, by name. */
  readonly settings: Readonly<Record<string, Pick<Resource, 'fields'>>>;
}

/** What a form begins with. */
export function emptyValue(type: ValueType): Json {
  switch (type.type) {
    case 'text':
      return '';
    case 'flag':
      return false;
    case 'list':
      return [];
    case 'choice':
      return type.values[0] ?? '';
    case 'object':
      return newItem(type.fields);
    default:
      return null;
  }
}

/** A new object. */
export const newItem = (fields: readonly Field[]): Item =>
  Object.fromEntries(
    fields
      .filter(({ readOnly }) => !readOnly)
      .map(({ name, value, default: given }) => [name, given !== undefined ? given : emptyValue(value)]),
  );
