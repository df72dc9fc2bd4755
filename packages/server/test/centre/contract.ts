/** Holds what the server answers and publishes against its own contract. */
import { type Element, parse } from '@poise/xml';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { nodeOf } from '../../src/accounts/nodes.ts';
import type { Profile } from '../../src/domain/profile.ts';
import type { Schema } from '../../src/objects/xml-schema.ts';
import { ANSWERS, objectSchemas, schemaOfAnswer, schemaOfUpdate } from '../../src/rest/answers.ts';
import { requestOf } from '../../src/rest/requests.ts';
import { type Method, ResourceTable } from '../../src/rest/resource.ts';
import { RESOURCES } from '../../src/rest/resources.ts';

/** Whatever a test asks for; a list of 6,000 contacts is the longest. */
const BODY_BYTES_MAX = 16 * 1024 * 1024;
const TABLE = new ResourceTable(RESOURCES);
const contracts = new Map<string, Contract>();

/** What a profile promises. */
export class Contract {
  readonly #profile: Profile;
  readonly #schemas: Record<string, Schema>;
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });
  /** Made once for each path and kind of node. */
  readonly #made = new Map<string, Schema | undefined>();
  readonly #validators = new Map<Schema, ValidateFunction>();

  constructor(profile: Profile) {
    this.#profile = profile;
    this.#schemas = objectSchemas(profile);
    (formats as unknown as (ajv: Ajv2020) => void)(this.#ajv);
  }

  static of(profile: Profile): Contract {
    const key = `${profile.release} ${profile.deployment}`;
    const known = contracts.get(key) ?? new Contract(profile);
    contracts.set(key, known);
    return known;
  }

  /** @param path below /finesse/api/, with its query @throws Error when the contract does not describe the answer */
  answer(method: string, path: string, status: number, contentType: string, body: string): void {
    if (!contentType.includes('xml') || body === '') return;
    if (status >= 400) {
      this.#check('ApiErrors', this.#schemas.ApiErrors as Schema, body);
      return;
    }
    const found = TABLE.find(path.split('?')[0] as string);
    if (method !== 'GET' || found === undefined) return;
    const { path: pattern } = found.resource;
    const shape = ANSWERS[pattern];
    const schema = this.#once(pattern, () => shape && schemaOfAnswer(shape));
    if (schema !== undefined) this.#check(pattern, schema, body);
  }

  /** What was done although the contract does not describe it would be missing there. @throws Error */
  request(method: Method, path: string, status: number, body: string): void {
    const found = status < 300 ? TABLE.find(path.split('?')[0] as string) : undefined;
    if (found === undefined || body === '') return;
    const pattern = `${method} ${found.resource.path}`;
    const shape = requestOf(method, found.resource.path);
    if (shape === undefined || 'file' in shape) return;
    this.#check(pattern, this.#once(pattern, () => closed(shape)) as Schema, body);
  }

  /** @throws Error when the contract does not describe the event */
  event(node: string, payload: string): void {
    const name = nodeOf(node);
    if (name === null || name.kind === 'Configuration') return;
    const { kind } = name;
    const schema = this.#once(`Updates of ${kind}`, () => schemaOfUpdate(kind, this.#profile));
    this.#check(`Updates of ${kind}`, schema as Schema, payload);
  }

  #once(key: string, make: () => Schema | undefined): Schema | undefined {
    if (!this.#made.has(key)) this.#made.set(key, make());
    return this.#made.get(key);
  }

  #check(key: string, schema: Schema, body: string): void {
    const root = parse(body, {
      declaration: 'allow',
      bytesMax: BODY_BYTES_MAX,
      textLengthMax: BODY_BYTES_MAX,
    });
    const tried = this.#candidates(schema)
      .filter((one) => rootOf(one) === root.name)
      .map((one) => {
        const validate = this.#validator(one);
        return { isValid: validate(this.#valueOf(root, one)), validate };
      });
    if (tried.some(({ isValid }) => isValid)) return;
    const why = tried.map(({ validate }) => this.#ajv.errorsText(validate.errors)).join(' or ');
    throw new Error(`The contract of ${key} does not describe this: ${why || `root ${root.name}`}\n${body}`);
  }

  #validator(schema: Schema): ValidateFunction {
    const known = this.#validators.get(schema);
    if (known !== undefined) return known;
    const made = this.#ajv.compile({ ...schema, components: { schemas: this.#schemas } });
    this.#validators.set(schema, made);
    return made;
  }

  #resolved(schema: Schema): Schema {
    const ref = schema.$ref as string | undefined;
    return ref === undefined ? schema : (this.#schemas[ref.split('/').at(-1) as string] as Schema);
  }

  #candidates(schema: Schema): Schema[] {
    return 'anyOf' in schema
      ? (schema.anyOf as Schema[]).flatMap((one) => this.#candidates(one))
      : [this.#resolved(schema)];
  }

  /** An element as the schema sees it. */
  #valueOf(element: Element, asked: Schema): unknown {
    const schema = this.#candidates(asked)[0] as Schema;
    const types = [schema.type].flat();
    if (types.includes('array')) {
      const items = schema.items as Schema;
      return element.elements().map((child) => this.#valueOf(child, items));
    }
    if (types.includes('object')) {
      const properties = schema.properties as Readonly<Record<string, Schema>>;
      const value: Record<string, unknown> = { ...attributesOf(element) };
      for (const child of element.elements()) {
        const property = properties[child.name];
        const resolved = property && (this.#candidates(property)[0] as Schema);
        const isBare =
          resolved?.type === 'array' && (resolved.xml as { wrapped?: boolean } | undefined)?.wrapped !== true;
        if (isBare) {
          const before = (value[child.name] ?? []) as unknown[];
          value[child.name] = [...before, this.#valueOf(child, resolved.items as Schema)];
        } else if (Object.hasOwn(value, child.name)) value[child.name] = 'twice';
        else value[child.name] = property === undefined ? child.text : this.#valueOf(child, property);
      }
      return types.includes('null') && Object.keys(value).length === 0 ? null : value;
    }
    const { text } = element;
    if (text === '') return null;
    if (types.includes('integer') && /^-?\d+$/.test(text)) return Number(text);
    if (types.includes('boolean') && /^(true|false)$/.test(text)) return text === 'true';
    return text;
  }
}

/** The uri of what was read may be sent back; `extra` is what tests call an element that nobody knows. */
const PASSED_OVER: Readonly<Record<string, Schema>> = { uri: {}, extra: {} };

/** Elements that a request may hold but that nobody reads are in no contract. */
function closed(schema: Schema): Schema {
  const { properties, items } = schema as { properties?: Readonly<Record<string, Schema>>; items?: Schema };
  return {
    ...schema,
    ...(items && { items: closed(items) }),
    ...(properties && {
      properties: {
        ...PASSED_OVER,
        ...Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, closed(one)])),
      },
      additionalProperties: false,
    }),
  };
}

const rootOf = (schema: Schema): string | undefined => (schema.xml as { name?: string } | undefined)?.name;

const attributesOf = (element: Element): Readonly<Record<string, string>> => element.attrs;
