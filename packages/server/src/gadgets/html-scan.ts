/**
 * Reads the HTML of a gadget as far as it must be known where our own tags go: comments, tags, and elements whose content is text
 * (WHATWG HTML 13.2.5). The gadget's text itself stays as it is.
 */

export interface StartTag {
  /** Lower case. */
  readonly name: string;
  /** Offsets of `<` and of what follows `>`. */
  readonly start: number;
  readonly end: number;
}

export interface HtmlOutline {
  /** Where the tags of a head go: behind doctype, `<html>` and `<head>`, in front of everything else. */
  readonly headAt: number;
  readonly hasDoctype: boolean;
  readonly tags: readonly StartTag[];
  /** What must be written behind the text so that a tag there is a tag: the end of a comment or element that was left open. */
  readonly closing: string;
}

/** Elements whose content is text up to their own end tag; scripts run here, so `noscript` is one of them. */
const TEXT_ELEMENTS: ReadonlySet<string> = new Set([
  'script',
  'style',
  'textarea',
  'title',
  'xmp',
  'iframe',
  'noembed',
  'noframes',
  'noscript',
]);

const TAG_NAME = /[a-zA-Z][^\s/>]*/y;
export function outlineOf(html: string): HtmlOutline {
  const tags: StartTag[] = [];
  let headAt = 0;
  let hasDoctype = false;
  /** Still in front of everything that makes a body. */
  let leading = true;
  let closing = '';
  let at = 0;
  for (;;) {
    const open = html.indexOf('<', at);
    if (leading && /\S/.test(html.slice(at, open < 0 ? html.length : open))) leading = false;
    if (open < 0) break;
    if (html.startsWith('<!--', open)) {
      const end = endOfComment(html, open + 4);
      if (end < 0) {
        closing = '-->';
        break;
      }
      at = end;
      continue;
    }
    if (html[open + 1] === '!' || html[open + 1] === '?') {
      const end = html.indexOf('>', open);
      if (end < 0) {
        closing = '>';
        break;
      }
      at = end + 1;
      if (leading && /^<!doctype[\s>]/i.test(html.slice(open, open + 10)) && tags.length === 0) {
        hasDoctype = true;
        headAt = at;
      }
      continue;
    }
    const isEnd = html[open + 1] === '/';
    TAG_NAME.lastIndex = open + (isEnd ? 2 : 1);
    const name = TAG_NAME.exec(html)?.[0].toLowerCase();
    if (name === undefined) {
      // A lone `<`, or `</>`: text, or nothing.
      leading = leading && isEnd;
      at = open + 1;
      continue;
    }
    const tag = endOfTag(html, TAG_NAME.lastIndex);
    if (typeof tag === 'string') {
      closing = tag;
      break;
    }
    at = tag;
    if (isEnd) continue;
    tags.push({ name, start: open, end: at });
    if (leading && (name === 'html' || name === 'head')) headAt = at;
    else leading = false;
    if (TEXT_ELEMENTS.has(name)) {
      const end = endOfText(html, name, at);
      if (end < 0) {
        closing =
          name === 'script' && /<!--(?![\s\S]*-->)/.test(html.slice(at)) ? `--></${name}>` : `</${name}>`;
        break;
      }
      at = end;
    }
  }
  return { headAt, hasDoctype, tags, closing };
}

/** Behind the `>` that ends a tag, or what has to be written to end it: a `>` inside of a quoted value does not. */
function endOfTag(html: string, from: number): number | string {
  for (let at = from; at < html.length; at++) {
    const char = html[at];
    if (char === '>') return at + 1;
    if (char !== '=') continue;
    while (/\s/.test(html[at + 1] ?? '')) at++;
    const quote = html[at + 1];
    if (quote !== '"' && quote !== "'") continue;
    at = html.indexOf(quote, at + 2);
    if (at < 0) return `${quote}>`;
  }
  return '>';
}

/** `-->`, `--!>`, or `>` right after the beginning. */
function endOfComment(html: string, from: number): number {
  if (html[from] === '>') return from + 1;
  if (html.startsWith('->', from)) return from + 2;
  const match = /--!?>/g;
  match.lastIndex = from;
  return match.exec(html) === null ? -1 : match.lastIndex;
}

/** Offset of the end tag, which is read as any other. */
function endOfText(html: string, name: string, from: number): number {
  const match = new RegExp(`</${name}(?=[\\s/>])`, 'gi');
  match.lastIndex = from;
  return match.exec(html)?.index ?? -1;
}

/** Attributes of a start tag that hold a URL, and where their values stand. */
const URL_ATTRIBUTES =
  /\s(?:src|href|action|data|poster|formaction)\s*=\s*("([^"]*)"|'([^']*)'|([^\s"'>]+))/gi;

/**
 * The HTML with each URL of a tag that `replace` has another one for.
 * @param replace gets the value as written; undefined: it stays
 */
export function replaceUrls(
  html: string,
  tags: readonly StartTag[],
  replace: (url: string) => string | undefined,
): string {
  let result = '';
  let copied = 0;
  for (const { start, end } of tags) {
    const tag = html.slice(start, end);
    for (const match of tag.matchAll(URL_ATTRIBUTES)) {
      const written = match[1] as string;
      const url = match[2] ?? match[3] ?? match[4] ?? '';
      const other = replace(url.trim());
      if (other === undefined) continue;
      const valueAt = start + match.index + match[0].length - written.length;
      result += `${html.slice(copied, valueAt)}"${other.replaceAll('"', '&quot;')}"`;
      copied = valueAt + written.length;
    }
  }
  return result + html.slice(copied);
}
