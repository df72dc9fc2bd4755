/**
 * Descriptions of objects as JSON Schema with the `xml` hints of OpenAPI 3.1: what answers and events contain, made of what prints them.
 * An element without text stands for null.
 */
import type { Profile } from '../domain/profile.ts';
import { type Field, fieldsFor, type ObjectDescription, type ScalarField } from './description.ts';

export type Schema = Readonly<Record<string, unknown>>;

/** @param name of the root; default: that of answers */
export const schemaOfObject = <S>(
  { root, fields }: ObjectDescription<S>,
  profile: Profile,
  name: string = root,
): Schema => ({ ...schemaOfFields(fields, profile), xml: { name } });

/** A root with items in it, and attributes of its own. */
export const schemaOfList = (
  root: string,
  item: Schema,
  itemName: string,
  attributes: readonly string[] = [],
): Schema => ({
  type: 'object',
  xml: { name: root },
  properties: {
    ...Object.fromEntries(attributes.map((name) => [name, { type: 'string', xml: { attribute: true } }])),
    [itemName]: { type: 'array', items: item },
  },
  additionalProperties: false,
});

export function schemaOfFields<S>(fields: ReadonlyArray<Field<S>>, profile: Profile): Schema {
  const printed = fieldsFor(fields, profile);
  return {
    type: 'object',
    required: printed.filter((field) => field.kind === 'scalar' && !field.optional).map(({ name }) => name),
    properties: Object.fromEntries(
      printed.map((field) => {
        const one = schemaOfField(field, profile);
        const isTwice = printed.some((other) => other !== field && other.name === field.name);
        return [field.name, isTwice ? { type: 'array', items: one } : one];
      }),
    ),
    additionalProperties: false,
  };
}

function schemaOfField<S>(field: Field<S>, profile: Profile): Schema {
  switch (field.kind) {
    case 'scalar':
      return schemaOfScalar(field);
    case 'group':
      return schemaOfFields(field.fields as ReadonlyArray<Field<unknown>>, profile);
    case 'list':
      return {
        type: 'array',
        xml: { wrapped: true },
        items: {
          ...(field.fields === 'text'
            ? { type: 'string' }
            : schemaOfFields(field.fields as ReadonlyArray<Field<unknown>>, profile)),
          xml: { name: field.item },
        },
      };
  }
}

function schemaOfScalar<S>({ type, values = [] }: ScalarField<S>): Schema {
  switch (type) {
    case 'integer':
      return { type: ['integer', 'null'] };
    case 'boolean':
      return { type: ['boolean', 'null'] };
    case 'time':
      return { type: ['string', 'null'], format: 'date-time' };
    case 'enum':
      return { enum: [...values, null] };
    case 'uri':
      return { type: ['string', 'null'], format: 'uri-reference' };
    case 'string':
      return { type: ['string', 'null'] };
  }
}
