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
}

const value = ({ text, children }: Open): XmlValue => children ?? (text.trim() === '' ? null : text);

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

/**
 * @returns `{RootName: value}`; `{}` for no text at all
 * @throws Error when the text is not well-formed, has a document type, or is nested deeper than 200 elements
 */
export function parseXml(text: string): XmlObject {
  const document: XmlObject = {};
  const root: Open = { name: '', text: '', children: document };
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
    const [, cdata, closed, opened, , empty] = tag;
    if (cdata !== undefined) open.text += cdata;
    else if (closed !== undefined) {
      if (open === root || open.name !== closed) throw new Error(`XML: </${closed}> closes nothing`);
      stack.pop();
      const parent = stack[stack.length - 1] as Open;
      parent.children ??= {};
      put(parent.children, closed, value(open));
    } else if (opened !== undefined) {
      if (open === root && Object.keys(document).length > 0) throw new Error('XML: a second root element');
      if (stack.length > DEPTH_MAX) throw new Error('XML: nested too deeply');
      if (empty) {
        open.children ??= {};
        put(open.children, opened, null);
      } else stack.push({ name: opened, text: '', children: null });
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
