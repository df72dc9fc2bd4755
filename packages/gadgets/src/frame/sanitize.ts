/** `gadgets.util.sanitizeHtml`: text with harmless formatting only. */

const TAGS: ReadonlySet<string> = new Set(
  (
    'A ABBR B BLOCKQUOTE BR CAPTION CENTER CITE CODE COL COLGROUP DD DEL DIV DL DT EM FIGCAPTION FIGURE FONT H1 H2 H3 H4 H5 H6 HR I IMG INS ' +
    'KBD LI OL P PRE Q S SAMP SMALL SPAN STRIKE STRONG SUB SUP TABLE TBODY TD TFOOT TH THEAD TR TT U UL VAR'
  ).split(' '),
);
const DROPPED: ReadonlySet<string> = new Set(
  'SCRIPT STYLE IFRAME OBJECT EMBED TEMPLATE NOSCRIPT SVG MATH'.split(' '),
);
const ATTRIBUTES: ReadonlySet<string> = new Set(
  'align alt border cellpadding cellspacing class colspan dir height href lang rowspan src title valign width'.split(
    ' ',
  ),
);

export function sanitizeHtml(html: string, document: Document): string {
  // Nothing in the content of a template runs or loads.
  const template = document.createElement('template');
  template.innerHTML = html;
  clean(template.content);
  return template.innerHTML;
}

function clean(parent: ParentNode): void {
  for (const element of [...parent.children]) {
    if (DROPPED.has(element.tagName.toUpperCase())) {
      element.remove();
      continue;
    }
    clean(element);
    if (!TAGS.has(element.tagName)) {
      element.replaceWith(...element.childNodes);
      continue;
    }
    for (const { name, value } of [...element.attributes]) {
      const isAddress = name === 'href' || name === 'src';
      if (!ATTRIBUTES.has(name) || (isAddress && !/^(https?:|mailto:|[^:]*(?:[/?#]|$))/i.test(value.trim())))
        element.removeAttribute(name);
    }
  }
}
