/** A JSON schema as far as the services of this library need it. */
export interface JsonSchema {
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean';
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean;
  readonly items?: JsonSchema;
  readonly enum?: readonly unknown[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

export interface JsonValidation {
  readonly isValid: boolean;
  /** One sentence for each fault, with the place in front. */
  readonly errors: readonly string[];
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function typed(value: unknown, type: NonNullable<JsonSchema['type']>): boolean {
  return type === 'integer' ? Number.isInteger(value) : typeOf(value) === type;
}

const BOUNDS = [
  ['minItems', 'array', (v: unknown, n: number) => (v as unknown[]).length >= n, 'has fewer entries than'],
  ['maxItems', 'array', (v: unknown, n: number) => (v as unknown[]).length <= n, 'has more entries than'],
  ['minLength', 'string', (v: unknown, n: number) => (v as string).length >= n, 'is shorter than'],
  ['maxLength', 'string', (v: unknown, n: number) => (v as string).length <= n, 'is longer than'],
  ['minimum', 'number', (v: unknown, n: number) => (v as number) >= n, 'is less than'],
  ['maximum', 'number', (v: unknown, n: number) => (v as number) <= n, 'is more than'],
] as const;

function check(value: unknown, schema: JsonSchema, at: string, errors: string[]): void {
  if (schema.type && !typed(value, schema.type)) {
    errors.push(`${at} is no ${schema.type}`);
    return;
  }
  if (schema.enum && !schema.enum.includes(value)) errors.push(`${at} is none of ${schema.enum.join(', ')}`);
  for (const [bound, type, holds, what] of BOUNDS) {
    const limit = schema[bound];
    if (limit !== undefined && typeOf(value) === type && !holds(value, limit))
      errors.push(`${at} ${what} ${limit}`);
  }
  if (Array.isArray(value) && schema.items) {
    for (const [i, item] of value.entries()) check(item, schema.items, `${at}[${i}]`, errors);
  }
  if (typeOf(value) !== 'object') return;
  const object = value as Record<string, unknown>;
  for (const name of schema.required ?? [])
    if (object[name] === undefined || object[name] === null) errors.push(`${at}.${name} is missing`);
  for (const [name, content] of Object.entries(object)) {
    const inner =
      schema.properties && Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
    if (inner && content !== undefined && content !== null) check(content, inner, `${at}.${name}`, errors);
    else if (!inner && schema.additionalProperties === false) errors.push(`${at}.${name} is not known`);
  }
}

/** `finesse.utilities.JsonValidator`. */
export const JsonValidator = {
  /** Compares a value with a schema (type, required, properties, items, enum and bounds). */
  validateJson(json: unknown, schema: JsonSchema): JsonValidation {
    const errors: string[] = [];
    check(json, schema, '$', errors);
    return { isValid: errors.length === 0, errors };
  },
};
