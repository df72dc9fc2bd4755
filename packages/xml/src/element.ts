import { isName, NS_XML, NS_XMLNS } from './names.ts';
import { serialize } from './serialize.ts';

export type Attributes = Readonly<Record<string, string>>;

/** An object without inherited keys (an attribute may be called `constructor`) that is no slow dictionary. */
export class AttributeMap {
  [key: string]: string;
}
Object.setPrototypeOf(AttributeMap.prototype, null);
Reflect.deleteProperty(AttributeMap.prototype, 'constructor');

export const NO_ATTRIBUTES: Attributes = Object.freeze(new AttributeMap());

/** An XML element: immutable to its readers, shared freely. */
export class Element {
  /** Local name. */
  readonly name: string;
  /** Prefix as it was written, '' for none. */
  readonly prefix: string;
  /** Namespace name, '' for none. */
  readonly ns: string;
  /** Keys as written (`to`, `xml:lang`, `xmpp:version`), without the namespace declarations. */
  readonly attrs: Attributes;
  /** Elements and character data in document order; neighbouring runs of text are one string. */
  readonly children: ReadonlyArray<Element | string>;
  /** Prefix -> namespace for the prefixes of the attributes (except `xml`), where there are any. */
  readonly attrPrefixes: Attributes | undefined;

  constructor(
    name: string,
    prefix: string,
    ns: string,
    attrs: Attributes,
    children: ReadonlyArray<Element | string>,
    attrPrefixes: Attributes | undefined,
  ) {
    this.name = name;
    this.prefix = prefix;
    this.ns = ns;
    this.attrs = attrs;
    this.children = children;
    this.attrPrefixes = attrPrefixes;
  }

  /** Whether this is `name`, in namespace `ns` where one is asked for. */
  is(name: string, ns?: string): boolean {
    return this.name === name && (ns === undefined || this.ns === ns);
  }

  /** The attribute with this key as written. */
  attr(name: string): string | undefined {
    return this.attrs[name];
  }

  /** The attribute `local` of namespace `ns`, under whatever prefix. */
  attrNS(ns: string, local: string): string | undefined {
    if (ns === '') return local.includes(':') ? undefined : this.attrs[local];
    if (ns === NS_XML) return this.attrs[`xml:${local}`];
    for (const prefix in this.attrPrefixes) {
      if (this.attrPrefixes[prefix] !== ns) continue;
      const value = this.attrs[`${prefix}:${local}`];
      if (value !== undefined) return value;
    }
    return undefined;
  }

  /** The first child element with this name. */
  child(name: string, ns?: string): Element | undefined {
    for (const child of this.children) {
      if (typeof child !== 'string' && child.is(name, ns)) return child;
    }
    return undefined;
  }

  /** The child elements, all or those with this name. */
  elements(name?: string, ns?: string): Element[] {
    const found: Element[] = [];
    for (const child of this.children) {
      if (typeof child === 'string') continue;
      if ((name === undefined || child.name === name) && (ns === undefined || child.ns === ns))
        found.push(child);
    }
    return found;
  }

  /** Own character data, concatenated; that of child elements is not part of it. */
  get text(): string {
    const { children } = this;
    if (children.length === 1 && typeof children[0] === 'string') return children[0];
    let text = '';
    for (const child of children) if (typeof child === 'string') text += child;
    return text;
  }

  /** The element as a document of its own; see {@link serialize}. */
  toString(): string {
    return serialize(this);
  }
}

/**
 * Makes an element. A prefixed attribute needs its prefix declared beside it:
 * `element('body', NS, { 'xmlns:xmpp': 'urn:xmpp:xbosh', 'xmpp:version': '1.0' })`; `xml:` is always known.
 * Undefined attributes and children are left out, so that optional parts need no branches.
 * Throws TypeError on a name that XML does not allow or a prefix without declaration: names come from
 * programmers; values may hold anything.
 */
export function element(
  name: string,
  ns: string,
  attrs?: Readonly<Record<string, string | number | boolean | undefined>>,
  children?: ReadonlyArray<Element | string | undefined>,
): Element {
  if (!isName(name)) throw new TypeError(`${JSON.stringify(name)} cannot name an element`);
  if (ns === NS_XML || ns === NS_XMLNS) throw new TypeError('no element can be in a reserved namespace');
  const given = attrs === undefined ? undefined : collectAttributes(attrs);
  return new Element(
    name,
    '',
    ns,
    given?.attributes ?? NO_ATTRIBUTES,
    children === undefined ? [] : joinChildren(children),
    given?.prefixes,
  );
}

function collectAttributes(attrs: Readonly<Record<string, string | number | boolean | undefined>>): {
  attributes: Attributes;
  prefixes: Attributes | undefined;
} {
  const attributes = new AttributeMap();
  let prefixes: Record<string, string> | undefined;
  for (const key of Object.keys(attrs)) {
    const value = attrs[key];
    if (value === undefined) continue;
    const colon = key.indexOf(':');
    const prefix = colon < 0 ? '' : key.slice(0, colon);
    if (!isName(key.slice(colon + 1)) || (colon >= 0 && !isName(prefix)) || key === 'xmlns') {
      throw new TypeError(`${JSON.stringify(key)} cannot name an attribute`);
    }
    if (prefix === 'xmlns') continue;
    attributes[key] = String(value);
    if (prefix === '' || prefix === 'xml') continue;
    prefixes ??= new AttributeMap();
    prefixes[prefix] = declaredNamespace(attrs[`xmlns:${prefix}`], key);
  }
  if (prefixes !== undefined) refuseDoubleBinding(prefixes);
  return { attributes, prefixes };
}

function declaredNamespace(ns: string | number | boolean | undefined, key: string): string {
  if (ns === undefined || ns === '') throw new TypeError(`the prefix of ${key} is not declared`);
  if (ns === NS_XML || ns === NS_XMLNS)
    throw new TypeError(`the prefix of ${key} is bound to a reserved namespace`);
  return String(ns);
}

/** Two prefixes of one namespace could name the same attribute twice. */
function refuseDoubleBinding(prefixes: Attributes): void {
  const namespaces = Object.values(prefixes);
  if (new Set(namespaces).size < namespaces.length) throw new TypeError('two prefixes for one namespace');
}

/** Leaves out what is empty and joins neighbouring strings, as a parser would find them. */
function joinChildren(children: ReadonlyArray<Element | string | undefined>): (Element | string)[] {
  const joined: (Element | string)[] = [];
  for (const child of children) {
    if (child === undefined || child === '') continue;
    const last = joined.length - 1;
    if (typeof child === 'string' && typeof joined[last] === 'string') joined[last] += child;
    else joined.push(child);
  }
  return joined;
}
