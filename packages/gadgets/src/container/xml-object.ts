/** XML as the objects that gadgets read: exactly the rule of finesse-js.md 1, on which their code relies. */

/** An element, whoever parsed it. */
export interface XmlNode {
  readonly name: string;
  /** Its character data. */
  readonly text: string;
  elements(): readonly XmlNode[];
}

export type XmlValue = string | null | readonly XmlValue[] | { readonly [name: string]: XmlValue };

/** Repeated children are an array, a single one is what it holds, an empty element is null. Attributes do not count. */
function xmlValue(node: XmlNode): XmlValue {
  const children = node.elements();
  if (children.length === 0) return node.text.trim() === '' ? null : node.text;
  const values = new Map<string, XmlValue[]>();
  for (const child of children) {
    const known = values.get(child.name);
    if (known) known.push(xmlValue(child));
    else values.set(child.name, [xmlValue(child)]);
  }
  return Object.fromEntries(
    [...values].map(([name, list]) => [name, list.length === 1 ? (list[0] as XmlValue) : list]),
  );
}

/** `{Update: …}` */
export function objectOf(root: XmlNode): XmlValue {
  return { [root.name]: xmlValue(root) };
}
