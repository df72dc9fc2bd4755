/**
 * Prints objects from their descriptions. Layout of answers: two blanks per level, `\n` between lines,
 * none at the end. Layout of events: the same lines without indentation.
 */
import { escapeAttr, escapeText } from '@poise/xml';
import { isSince, type Profile } from '../domain/profile.ts';
import { type Field, fieldsFor, type ObjectDescription, type Scalar } from './description.ts';

const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

export type Layout = 'indented' | 'flat';

type Print<S> = (source: S, pad: string) => string;

/** Prints objects of one description for one profile; compiled once, used for every answer and event. */
export interface ObjectWriter<S> {
  /** What stands before the root of an HTTP answer, of one object or of a list: the XML declaration or nothing. */
  readonly declaration: string;
  /** Body of an HTTP answer. */
  document(source: S, attributes?: Readonly<Record<string, string>>): string;
  /** The object inside `data` of an Update: flat, ends with a line feed. */
  event(source: S): string;
  /** The object as an item of a list, ends with a line feed. */
  item(source: S, layout: Layout, depth: number, name?: string): string;
}

const compiled = new WeakMap<object, Map<string, ObjectWriter<never>>>();

/** The writer of a description for a profile; the same one each time. */
export function objectWriter<S>(description: ObjectDescription<S>, profile: Profile): ObjectWriter<S> {
  const byProfile = compiled.get(description) ?? new Map<string, ObjectWriter<never>>();
  compiled.set(description, byProfile);
  const key = `${profile.release} ${profile.deployment}`;
  const known = byProfile.get(key) as ObjectWriter<S> | undefined;
  if (known !== undefined) return known;
  const made = compileWriter(description, profile);
  byProfile.set(key, made as ObjectWriter<never>);
  return made;
}

function compileWriter<S>(description: ObjectDescription<S>, profile: Profile): ObjectWriter<S> {
  const indented = compile(description.fields, profile, '  ');
  const flat = compile(description.fields, profile, '');
  const item = (source: S, layout: Layout, depth: number, name = description.root): string => {
    const pad = layout === 'indented' ? '  '.repeat(depth) : '';
    const print = layout === 'indented' ? indented : flat;
    return `${wrap(name, name, print(source, layout === 'indented' ? `${pad}  ` : ''), pad)}\n`;
  };
  const { declaration: declared } = description;
  const since = typeof declared === 'string' ? isSince(profile.release, declared) : declared;
  const declaration = since ? XML_DECLARATION : '';
  return {
    declaration,
    document(source, attributes) {
      const { root } = description;
      return declaration + wrap(root + attributeText(attributes), root, indented(source, '  '), '');
    },
    event: (source) => item(source, 'flat', 0, description.eventRoot),
    item,
  };
}

/**
 * An element around what was printed inside it. Without children it closes itself, as the original's did:
 * a capture of release 11.6 has 20 bytes for an empty list in one chunk, which is `<Dialogs/>`.
 */
export function wrap(start: string, name: string, inner: string, pad: string): string {
  return inner === '' ? `${pad}<${start}/>` : `${pad}<${start}>\n${inner}${pad}</${name}>`;
}

/** `<name>text</name>\n` with escaped text; an empty value is an empty element, never a self-closed one. */
export function leaf(name: string, value: Scalar, pad = ''): string {
  return `${pad}<${name}>${valueText(value)}</${name}>\n`;
}

function valueText(value: Scalar): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? escapeText(value) : String(value);
}

export function attributeText(attributes: Readonly<Record<string, string>> | undefined): string {
  if (attributes === undefined) return '';
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escapeAttr(value)}"`)
    .join('');
}

function compile<S>(all: ReadonlyArray<Field<S>>, profile: Profile, step: string): Print<S> {
  const prints = fieldsFor(all, profile).map((field) => compileField(field, profile, step));
  return (source, pad) => {
    let out = '';
    for (const print of prints) out += print(source, pad);
    return out;
  };
}

function compileField<S>(field: Field<S>, profile: Profile, step: string): Print<S> {
  const { name } = field;
  switch (field.kind) {
    case 'scalar':
      return (source, pad) => {
        const value = field.read(source, profile);
        return value === undefined && field.optional ? '' : leaf(name, value, pad);
      };
    case 'group': {
      const inner = compile(field.fields as ReadonlyArray<Field<unknown>>, profile, step);
      return (source, pad) => {
        const value = field.read(source, profile);
        return value === undefined ? '' : `${wrap(name, name, inner(value, pad + step), pad)}\n`;
      };
    }
    case 'list': {
      const { item } = field;
      const inner =
        field.fields === 'text'
          ? null
          : compile(field.fields as ReadonlyArray<Field<unknown>>, profile, step);
      return (source, pad) => {
        const values = field.read(source, profile);
        if (values === undefined) return '';
        const innerPad = pad + step;
        let out = '';
        for (const value of values) {
          out +=
            inner === null
              ? leaf(item, value as Scalar, innerPad)
              : `${wrap(item, item, inner(value, innerPad + step), innerPad)}\n`;
        }
        return `${wrap(name, name, out, pad)}\n`;
      };
    }
  }
}
