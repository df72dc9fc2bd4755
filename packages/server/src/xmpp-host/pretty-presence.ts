/** A session's last presence as the original's log prints it: with its address, an element on each line. */
import { type Attributes, type Element, escapeAttr, escapeText, parse } from '@poise/xml';

/**
 * @param xml the presence as the client sent it, empty before the first one
 * @param jid address of the session
 */
export function prettyPresence(xml: string, jid: string): string {
  if (xml === '') return '<presence type="unavailable"/>';
  let presence: Element;
  try {
    presence = parse(xml);
  } catch {
    // The memory of debug lines cuts long ones.
    return xml;
  }
  return lines(presence, presence.ns, '', { from: jid, ...presence.attrs }).join('\n');
}

/** Text is trimmed; prefixes of elements become default namespaces. */
function lines(element: Element, parentNs: string, indent: string, attrs: Attributes): string[] {
  const { name, ns, children } = element;
  const own = ns === parentNs ? '' : ` xmlns="${escapeAttr(ns)}"`;
  const attributes = Object.entries(attrs).map(([key, value]) => ` ${key}="${escapeAttr(value)}"`);
  const head = `${indent}<${name}${own}${attributes.join('')}`;
  if (children.every((child) => typeof child === 'string')) {
    const text = children.join('').trim().replace(/\s+/g, ' ');
    return [text === '' ? `${head}/>` : `${head}>${escapeText(text)}</${name}>`];
  }
  const inner = `${indent}  `;
  const content = children.flatMap((child) => {
    if (typeof child !== 'string') return lines(child, ns, inner, child.attrs);
    const text = child.trim().replace(/\s+/g, ' ');
    return text === '' ? [] : [inner + escapeText(text)];
  });
  return [`${head}>`, ...content, `${indent}</${name}>`];
}
