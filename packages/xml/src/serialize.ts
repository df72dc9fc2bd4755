import type { Attributes, Element } from './element.ts';
import { escapeAttr, escapeText } from './escape.ts';
import { NS_STREAM } from './names.ts';

/** Prefix -> namespace of what is declared around the element. */
export type PrefixScope = Readonly<Record<string, string>>;

const NO_SCOPE: PrefixScope = Object.freeze(Object.create(null) as Record<string, string>);

/**
 * The element as text. Namespaces are kept, prefixes are not: each element stands in the default
 * namespace, declared only where it changes. Exceptions: `xml:`, prefixed attributes, and the elements
 * of XMPP streams, which keep `stream:` because some clients compare the qualified name.
 * @param parentNs default namespace in force where the text will stand
 * @param scope prefixes declared there, e.g. `{ stream: 'http://etherx.jabber.org/streams' }` in a stream
 */
export function serialize(element: Element, parentNs = '', scope: PrefixScope = NO_SCOPE): string {
  const { name, ns, attrs, attrPrefixes, children } = element;
  // Another binding of `stream` for the attributes leaves the element only the default namespace.
  const isStream = ns === NS_STREAM && (attrPrefixes?.stream ?? NS_STREAM) === NS_STREAM;
  const tag = isStream ? `stream:${name}` : name;
  let text = `<${tag}`;
  let defaultNs = parentNs;
  let inner = scope;
  if (isStream) {
    if (inner.stream !== NS_STREAM) {
      text += ` xmlns:stream="${NS_STREAM}"`;
      inner = declare(inner, { stream: NS_STREAM });
    }
  } else if (ns !== parentNs) {
    text += ` xmlns="${escapeAttr(ns)}"`;
    defaultNs = ns;
  }
  if (attrPrefixes !== undefined) {
    for (const prefix in attrPrefixes) {
      const bound = attrPrefixes[prefix]!;
      if (inner[prefix] !== bound) text += ` xmlns:${prefix}="${escapeAttr(bound)}"`;
    }
    inner = declare(inner, attrPrefixes);
  }
  for (const key in attrs) text += ` ${key}="${escapeAttr(attrs[key]!)}"`;
  if (children.length === 0) return `${text}/>`;
  text += '>';
  for (const child of children) {
    text += typeof child === 'string' ? escapeText(child) : serialize(child, defaultNs, inner);
  }
  return `${text}</${tag}>`;
}

function declare(scope: PrefixScope, more: Attributes): PrefixScope {
  const inner = Object.create(null) as Record<string, string>;
  for (const prefix in scope) inner[prefix] = scope[prefix]!;
  for (const prefix in more) inner[prefix] = more[prefix]!;
  return inner;
}
