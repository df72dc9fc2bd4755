/** What a client sent, as logs may show it. */
import { Element, serialize } from '@poise/xml';

const MASK = '***';
/** Elements whose text is, or leads to, a password (SASL, XEP-0078, XEP-0077), in whatever namespace. */
const SECRET: ReadonlySet<string> = new Set(['auth', 'response', 'password', 'digest']);

/** @param ns the namespace that is not written */
export const maskedXml = (element: Element, ns: string): string =>
  serialize(hasSecret(element) ? masked(element) : element, ns);

function hasSecret(element: Element): boolean {
  if (SECRET.has(element.name)) return true;
  for (const child of element.children) if (typeof child !== 'string' && hasSecret(child)) return true;
  return false;
}

function masked(element: Element): Element {
  if (SECRET.has(element.name)) {
    return element.children.length === 0 ? element : withChildren(element, [MASK]);
  }
  if (!element.children.some((child) => typeof child !== 'string')) return element;
  return withChildren(
    element,
    element.children.map((child) => (typeof child === 'string' ? child : masked(child))),
  );
}

function withChildren(element: Element, children: ReadonlyArray<Element | string>): Element {
  return new Element(element.name, element.prefix, element.ns, element.attrs, children, element.attrPrefixes);
}
