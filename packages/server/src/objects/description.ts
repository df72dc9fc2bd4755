/**
 * How an object looks in XML, as data: fields in printed order, their types, since which release and on
 * which deployment they exist. Writers for answers and for events are compiled from the same description,
 * so that GET and Update cannot disagree (rest-api.md 1.3; notification-service.md 5.4).
 */
import { type Deployment, isSince, type Profile, type Release } from '../domain/profile.ts';

/** Null prints an empty element, undefined leaves an optional field out. */
export type Scalar = string | number | boolean | null | undefined;
export type ScalarType = 'string' | 'uri' | 'integer' | 'boolean' | 'time' | 'enum';

interface FieldTraits {
  readonly name: string;
  /** First release that prints it. */
  readonly since?: Release;
  /** Last release that prints it. */
  readonly until?: Release;
  /** The only deployment that prints it. */
  readonly deployment?: Deployment;
  /** Left out (instead of printed empty) when its value is undefined. */
  readonly optional?: boolean;
}

export interface ScalarField<S> extends FieldTraits {
  readonly kind: 'scalar';
  readonly type: ScalarType;
  /** Allowed words of an enum. */
  readonly values?: readonly string[];
  read(source: S, profile: Profile): Scalar;
}

export interface GroupField<S> extends FieldTraits {
  readonly kind: 'group';
  readonly fields: ReadonlyArray<Field<never>>;
  /** Undefined: the group is left out. */
  read(source: S, profile: Profile): unknown;
}

export interface ListField<S> extends FieldTraits {
  readonly kind: 'list';
  /** Name of each item's element. */
  readonly item: string;
  /** 'text': items are scalars. */
  readonly fields: ReadonlyArray<Field<never>> | 'text';
  read(source: S, profile: Profile): Iterable<unknown> | undefined;
}

export type Field<S> = ScalarField<S> | GroupField<S> | ListField<S>;

export interface ObjectDescription<S> {
  /** Root element of HTTP answers. */
  readonly root: string;
  /** Root element inside `data` of an Update. */
  readonly eventRoot: string;
  /** Whether HTTP answers begin with an XML declaration; a release: from that one on. */
  readonly declaration: boolean | Release;
  readonly fields: ReadonlyArray<Field<S>>;
}

type Traits = Omit<FieldTraits, 'name'>;

/** Makes the fields of objects with sources of type S. */
export function fieldsOf<S>() {
  type Read<V> = (source: S, profile: Profile) => V;
  const scalar =
    (type: ScalarType) =>
    (name: string, read: Read<Scalar>, traits: Traits = {}): ScalarField<S> => ({
      kind: 'scalar',
      type,
      name,
      read,
      ...traits,
    });
  return {
    text: scalar('string'),
    uri: scalar('uri'),
    integer: scalar('integer'),
    boolean: scalar('boolean'),
    /** Wall ms or null; printed in UTC, by 9.1 without milliseconds. */
    time(name: string, read: Read<number | null>, traits: Traits = {}): ScalarField<S> {
      return {
        kind: 'scalar',
        type: 'time',
        name,
        ...traits,
        read: (source, profile) => timeText(read(source, profile), profile.release),
      };
    },
    oneOf(name: string, values: readonly string[], read: Read<Scalar>, traits: Traits = {}): ScalarField<S> {
      return { kind: 'scalar', type: 'enum', name, values, read, ...traits };
    },
    group<G>(
      name: string,
      fields: ReadonlyArray<Field<G>>,
      read: Read<G | undefined>,
      traits: Traits = {},
    ): GroupField<S> {
      return { kind: 'group', name, fields: fields as ReadonlyArray<Field<never>>, read, ...traits };
    },
    list<I>(
      name: string,
      item: string,
      fields: ReadonlyArray<Field<I>>,
      read: Read<Iterable<I> | undefined>,
      traits: Traits = {},
    ): ListField<S> {
      return { kind: 'list', name, item, fields: fields as ReadonlyArray<Field<never>>, read, ...traits };
    },
    texts(
      name: string,
      item: string,
      read: Read<Iterable<Scalar> | undefined>,
      traits: Traits = {},
    ): ListField<S> {
      return { kind: 'list', name, item, fields: 'text', read, ...traits };
    },
  };
}

/** The fields that a profile prints, in order. */
export function fieldsFor<S>(fields: ReadonlyArray<Field<S>>, profile: Profile): ReadonlyArray<Field<S>> {
  return fields.filter(
    (field) =>
      (field.since === undefined || isSince(profile.release, field.since)) &&
      (field.until === undefined || isSince(field.until, profile.release)) &&
      (field.deployment === undefined || field.deployment === profile.deployment),
  );
}

/** UTC, ISO 8601; without milliseconds in 9.1; empty when unknown (objects.md, conventions). */
export function timeText(wallMs: number | null, release: Release): string {
  if (wallMs === null) return '';
  const text = new Date(wallMs).toISOString();
  return release === '9.1' ? text.replace(/\.\d{3}Z$/, 'Z') : text;
}
