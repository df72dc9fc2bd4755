/** An enumeration (one of) or a mask (any of) of the protocol. Numbers not listed pass through everywhere. */
export interface EnumDef {
  readonly kind: 'enum' | 'mask';
  /** Integer type that carries it on the wire. */
  readonly base: 'UCHAR' | 'USHORT' | 'UINT';
  readonly values: Readonly<Record<string, number>>;
  /** What the guides put before each name, for instance `E_CTI_`. */
  readonly prefix?: string;
  /** First protocol version of the whole list. */
  readonly since?: number;
  /** First protocol version of single names. */
  readonly sinceByName?: Readonly<Record<string, number>>;
  /** Other numbers that names had below a version. */
  readonly before?: { readonly version: number; readonly values: Readonly<Record<string, number>> };
}

/** Metadata of an enumeration, kept beside its plain name-to-number object. */
const METADATA = new WeakMap<object, EnumDef>();

/**
 * Declares an enumeration or mask. The result is the plain object of names and numbers, so that
 * `AgentState.NOT_READY` is the number 2; the rest is found by {@link enumDef}.
 */
export function defineEnum<const V extends Record<string, number>>(
  kind: EnumDef['kind'],
  base: EnumDef['base'],
  values: V,
  more: Omit<EnumDef, 'kind' | 'base' | 'values'> = {},
): Readonly<V> {
  METADATA.set(values, { kind, base, values, ...more });
  return Object.freeze(values);
}

/** The declaration behind an object made by {@link defineEnum}. */
export function enumDef(values: object): EnumDef {
  const def = METADATA.get(values);
  if (def === undefined) throw new TypeError('not an enumeration of this package');
  return def;
}
