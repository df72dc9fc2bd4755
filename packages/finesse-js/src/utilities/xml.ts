/**
 * XML as the objects that gadgets read: repeated elements become an array, a single one an object or a string, an empty one
 * null; attributes are not used (finesse-js.md 1).
 */

export type XmlValue = string | null | XmlObject | XmlValue[];

export interface XmlObject {
  [name: string]: XmlValue | undefined;
}

/** Deeper than any answer of the API; a limit against what is not one. */
const DEPTH_MAX = 200;

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function reference(body: string): string {
  const code =
    /^#(?:x([0-9a-f]{1,6})|([0-9]{1,7}))$/i.exec(body)?.slice(1) ??
    (() => {
      const named = NAMED[body];
      if (named === undefined) throw new Error(`XML: unknown reference &${body};`);
      return named;
    })();
  if (typeof code === 'string') return code;
  const point = code[0] ? Number.parseInt(code[0], 16) : Number(code[1]);
  if (point === 0 || point > 0x10ffff) throw new Error(`XML: no character &${body};`);
  return String.fromCodePoint(point);
}

const unescapeXml = (text: string): string =>
  text.includes('&') ? text.replace(/&([^;&]*);?/g, (_all, body: string) => reference(body)) : text;

interface Open {
  readonly name: string;
  text: string;
  children: XmlObject | null;
  /** Whether there is nothing in `children` but attributes. */
  hasOnlyAttributes: boolean;
}

function value({ text, children, hasOnlyAttributes }: Open): XmlValue {
  if (children === null) return text.trim() === '' ? null : text;
  if (hasOnlyAttributes && text.trim() !== '') children['#text'] = text;
  return children;
}

function put(parent: XmlObject, name: string, child: XmlValue): void {
  const there = Object.hasOwn(parent, name) ? parent[name] : undefined;
  if (there === undefined)
    Object.defineProperty(parent, name, {
      value: child,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  else if (Array.isArray(there)) there.push(child);
  else parent[name] = [there, child];
}

const TAG =
  /<(?:!--[\s\S]*?-->|!\[CDATA\[([\s\S]*?)\]\]>|\?[\s\S]*?\?>|\/([^\s<>/]+)\s*>|([^\s<>/!?]+)((?:\s+[^\s<>/=]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>)/y;

const ATTRIBUTE = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/** `@name` of each attribute; null without any. */
function attributesOf(text: string): XmlObject | null {
  const found = [...text.matchAll(ATTRIBUTE)];
  if (found.length === 0) return null;
  return Object.fromEntries(
    found.map(([, name, double, single]) => [`@${name}`, unescapeXml(double ?? single ?? '')]),
  );
}

/**
 * @param withAttributes whether attributes become members `@name`, and text beside them `#text`
 * @returns `{RootName: value}`; `{}` for no text at all
 * @throws Error when the text is not well-formed, has a document type, or is nested deeper than 200 elements
 */
export function parseXml(text: string, withAttributes = false): XmlObject {
  const document: XmlObject = {};
  const root: Open = { name: '', text: '', children: document, hasOnlyAttributes: false };
  const stack: Open[] = [root];
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (at < text.length) {
    const open = stack[stack.length - 1] as Open;
    const next = text.indexOf('<', at);
    const end = next === -1 ? text.length : next;
    const between = text.slice(at, end);
    if (open === root && between.trim() !== '') throw new Error('XML: text outside the root element');
    open.text += unescapeXml(between);
    if (next === -1) break;
    TAG.lastIndex = next;
    const tag = TAG.exec(text);
    if (!tag) throw new Error(`XML: cannot be read at character ${next}`);
    at = TAG.lastIndex;
    const [, cdata, closed, opened, given = '', empty] = tag;
    if (cdata !== undefined) open.text += cdata;
    else if (closed !== undefined) {
      if (open === root || open.name !== closed) throw new Error(`XML: </${closed}> closes nothing`);
      stack.pop();
      const parent = stack[stack.length - 1] as Open;
      parent.children ??= {};
      parent.hasOnlyAttributes = false;
      put(parent.children, closed, value(open));
    } else if (opened !== undefined) {
      if (open === root && Object.keys(document).length > 0) throw new Error('XML: a second root element');
      if (stack.length > DEPTH_MAX) throw new Error('XML: nested too deeply');
      const attributes = withAttributes ? attributesOf(given) : null;
      if (empty) {
        open.children ??= {};
        open.hasOnlyAttributes = false;
        put(open.children, opened, attributes);
      } else
        stack.push({
          name: opened,
          text: '',
          children: attributes,
          hasOnlyAttributes: attributes !== null,
        });
    }
  }
  if (stack.length > 1) throw new Error(`XML: <${(stack[stack.length - 1] as Open).name}> is not closed`);
  return document;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

export const escapeXml = (text: string): string => text.replace(/[&<>"']/g, (c) => ESCAPES[c] as string);

/** The reverse of parseXml: arrays become repeated elements, null and undefined an empty one. Text is escaped. */
export function toXml(object: unknown): string {
  if (object === null || object === undefined) return '';
  if (typeof object !== 'object') return escapeXml(String(object));
  return Object.entries(object)
    .flatMap(([name, content]) =>
      (Array.isArray(content) ? content : [content]).map((each) => `<${name}>${toXml(each)}</${name}>`),
    )
    .join('');
}

/** Text that is well-formed content already stays as it is; what is not is escaped. */
function asContent(value: unknown): string {
  const text = String(value);
  if (!/[&<]/.test(text)) return text;
  try {
    parseXml(`<x>${text}</x>`);
    return text;
  } catch {
    return escapeXml(text);
  }
}

/**
 * XML of an object as gadgets write it by hand: members `@name` are attributes, `#text` and `#cdata` what stands in the element, and
 * text that bears markup or references already is not escaped once more.
 */
export function toMarkup(object: unknown): string {
  if (object === null || object === undefined) return '';
  if (typeof object !== 'object') return asContent(object);
  return Object.entries(object)
    .map(([name, content]) => {
      if (name.startsWith('@')) return '';
      if (name === '#text') return asContent(content ?? '');
      if (name === '#cdata') return `<![CDATA[${String(content).replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
      return (Array.isArray(content) ? content : [content]).map((each) => element(name, each)).join('');
    })
    .join('');
}

function element(name: string, content: unknown): string {
  const attributes =
    typeof content === 'object' && content !== null
      ? Object.entries(content)
          .filter(([member]) => member.startsWith('@'))
          .map(([member, given]) => ` ${member.slice(1)}="${escapeXml(String(given ?? ''))}"`)
          .join('')
      : '';
  const inside = toMarkup(content);
  return inside === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${inside}</${name}>`;
}
