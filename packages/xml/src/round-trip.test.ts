import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { describe, expect, test } from 'vitest';
import { type Element, element, escapeAttr, escapeText, isXmlText, parse, serialize } from './index.ts';

/** Strings with everything that XML cannot carry or must escape. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        '<',
        '>',
        '&',
        '"',
        "'",
        ']]>',
        '\r',
        '\n',
        '\t',
        '\0',
        '\x1f',
        '\x7f',
        '\ufffe',
        '\uffff',
        '\ud800',
        '\udc00',
        '😀',
        'ä',
        'text',
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
);
const localName = fc.constantFrom('a', 'body', 'constructor', '__proto__', 'x-1', 'größe', '名');
const namespace = fc.constantFrom(
  '',
  'u',
  'urn:v',
  'http://etherx.jabber.org/streams',
  'a&b<"',
  'jabber:client',
);
const prefix = fc.constantFrom('p', 'q', 'stream', 'x');

const attributes = fc
  .tuple(
    fc.dictionary(localName, anyText, { maxKeys: 3, noNullPrototype: true }),
    fc.uniqueArray(
      fc.tuple(prefix, fc.constantFrom('u', 'w', 'http://etherx.jabber.org/streams'), localName, anyText),
      {
        maxLength: 2,
        selector: ([, ns]) => ns,
      },
    ),
    fc.option(anyText, { nil: undefined }),
  )
  .filter(([, prefixed]) => new Set(prefixed.map(([name]) => name)).size === prefixed.length)
  .map(([plain, prefixed, lang]) => {
    const attrs: [string, string][] = Object.entries(plain);
    for (const [name, ns, local, value] of prefixed)
      attrs.push([`xmlns:${name}`, ns], [`${name}:${local}`, value]);
    if (lang !== undefined) attrs.push(['xml:lang', lang]);
    return Object.fromEntries(attrs);
  });

const tree = fc.letrec<{ node: Element; child: Element | string }>((tie) => ({
  node: fc
    .tuple(
      localName,
      namespace,
      attributes,
      fc.array(tie('child'), { maxLength: 4, depthIdentifier: 'tree' }),
    )
    .map(([name, ns, attrs, children]) => element(name, ns, attrs, children)),
  child: fc.oneof({ depthIdentifier: 'tree', withCrossShrink: true }, anyText, tie('node')),
})).node;

/** What is left of a string when XML has carried it. */
const legal = (text: string) =>
  text.replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]|\p{Surrogate}/gu, '\ufffd');

/** A tree as data: prefixes are dropped, attributes named by namespace. */
function plain(node: Element, wasWritten: (text: string) => string): unknown {
  const attrs = Object.keys(node.attrs).map((key) => {
    const colon = key.indexOf(':');
    const ns = colon < 0 ? '' : key.startsWith('xml:') ? 'xml' : node.attrPrefixes?.[key.slice(0, colon)];
    return [ns, key.slice(colon + 1), wasWritten(node.attrs[key]!)];
  });
  return {
    name: node.name,
    ns: node.ns,
    attrs: attrs.sort(),
    children: node.children.map((child) =>
      typeof child === 'string' ? wasWritten(child) : plain(child, wasWritten),
    ),
  };
}

const unchanged = (text: string) => text;

describe('what is written is read back', () => {
  test('any tree gives a text that parses into the same tree', () => {
    fc.assert(
      fc.property(tree, (root) => {
        const read = parse(root.toString(), { depthMax: 1000 });
        expect(plain(read, unchanged)).toEqual(plain(root, legal));
        // Writing is stable: a second turn changes nothing.
        expect(parse(read.toString(), { depthMax: 1000 }).toString()).toBe(read.toString());
      }),
      { numRuns: 1000 },
    );
  });

  test('any tree parses within the default namespace and prefixes that surround it', () => {
    fc.assert(
      fc.property(tree, namespace, (root, ns) => {
        const scope = { stream: 'http://etherx.jabber.org/streams', p: 'u' };
        const inner = serialize(root, ns, scope);
        const outer = `<o xmlns="${escapeAttr(ns)}" xmlns:stream="${scope.stream}" xmlns:p="u">${inner}</o>`;
        expect(plain(parse(outer, { depthMax: 1000 }).elements()[0]!, unchanged)).toEqual(plain(root, legal));
      }),
      { numRuns: 500 },
    );
  });

  test('any string, as text or as an attribute between quotes of either kind', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const root = parse(`<a b="${escapeAttr(text)}" c='${escapeAttr(text)}'>${escapeText(text)}</a>`);
        expect([root.attr('b'), root.attr('c'), root.text]).toEqual([legal(text), legal(text), legal(text)]);
        expect(isXmlText(text)).toBe(legal(text) === text);
      }),
      { numRuns: 2000 },
    );
  });
});

/** The tree as saxes itself builds it, by the route of its documentation. */
function referenceTree(document: string): unknown {
  const parser = new SaxesParser({ xmlns: true });
  const stack: { name: string; ns: string; attrs: unknown[]; children: unknown[] }[] = [];
  let root: unknown;
  const addText = (text: string) => {
    const siblings = stack.at(-1)?.children;
    if (siblings === undefined || text === '') return;
    if (typeof siblings.at(-1) === 'string') siblings.push(`${siblings.pop()}${text}`);
    else siblings.push(text);
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('opentag', (tag) => {
    const attrs = Object.values(tag.attributes)
      .filter(({ prefix, name }) => prefix !== 'xmlns' && name !== 'xmlns')
      .map(({ prefix, uri, local, value }) => [prefix === 'xml' ? 'xml' : uri, local, value]);
    const node = { name: tag.local, ns: tag.uri, attrs: attrs.sort(), children: [] };
    stack.at(-1)?.children.push(node);
    stack.push(node);
  });
  parser.on('closetag', () => {
    root = stack.pop();
  });
  parser.write(document).close();
  return root;
}

test('documents of all shapes give the same tree, or the same refusal, as saxes with its own namespaces', () => {
  const piece = fc.constantFrom(
    ...[
      '<a>',
      '</a>',
      '<b xmlns="u">',
      '</b>',
      '<p:c xmlns:p="v" p:x="1" x="2">',
      '</p:c>',
      '<d/>',
      '<p:e/>',
    ],
    ...[
      'text',
      ' ',
      '\r\n',
      '&lt;',
      '&#65;',
      '&#x1F600;',
      '<![CDATA[<x>&]]>',
      ']]',
      '<f xml:lang="en" y="&#10;\t"/>',
    ],
    ...['<p:g xmlns:p="w"><p:h p:i=""/></p:g>', '<j xmlns=""/>', '&bad;', '<k z="1" z="2"/>', '&#0;'],
  );
  let accepted = 0;
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (parts) => {
      const document = `<p:root xmlns:p="r" xmlns="s">${parts.join('')}</p:root>`;
      let expected: unknown;
      let refused = false;
      try {
        expected = referenceTree(document);
      } catch {
        refused = true;
      }
      if (refused) expect(() => parse(document)).toThrow();
      else {
        accepted++;
        expect(plain(parse(document), unchanged)).toEqual(expected);
      }
    }),
    { numRuns: 3000 },
  );
  expect(accepted).toBeGreaterThan(100);
});
