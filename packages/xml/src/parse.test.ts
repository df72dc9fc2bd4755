import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  DEFAULT_LIMITS,
  type Element,
  type ParseOptions,
  type Place,
  parse,
  XmlError,
  type XmlErrorCode,
} from './index.ts';

/** What this process has computed since, ms: a machine that does other things beside makes it no longer. */
const computedMs = (since: NodeJS.CpuUsage) => process.cpuUsage(since).user / 1_000;

const utf8 = (text: string) => new TextEncoder().encode(text);
const bytes = (...values: (number | string)[]) =>
  Uint8Array.from(values.flatMap((value) => (typeof value === 'number' ? [value] : [...utf8(value)])));

function refusal(input: Uint8Array | string, options?: ParseOptions): XmlError {
  try {
    parse(input, options);
  } catch (error) {
    expect(error).toBeInstanceOf(XmlError);
    return error as XmlError;
  }
  throw new Error(`accepted: ${String(input).slice(0, 100)}`);
}

describe('hostile and broken documents are refused', () => {
  const refused: [title: string, document: Uint8Array | string, code: XmlErrorCode][] = [
    ['nothing at all', '', 'not-well-formed'],
    ['only white space', ' \n', 'not-well-formed'],
    ['text alone', 'hello', 'not-well-formed'],
    ['an HTTP request', 'GET / HTTP/1.1\r\n', 'not-well-formed'],
    ['a second root', '<a/><b/>', 'not-well-formed'],
    ['text before the root', 'x<a/>', 'not-well-formed'],
    ['text after the root', '<a/>x', 'not-well-formed'],
    ['CDATA after the root', '<a/><![CDATA[x]]>', 'not-well-formed'],
    ['an unclosed element', '<a><b></b>', 'not-well-formed'],
    ['a wrong end tag', '<a></b>', 'not-well-formed'],
    ['an end tag that differs in its prefix', '<p:a xmlns:p="u"></a>', 'not-well-formed'],
    ['an end tag without start', '</a>', 'not-well-formed'],
    ['an empty end tag', '<a></></a>', 'not-well-formed'],
    ['elements that overlap', '<a><b><c></b></c></a>', 'not-well-formed'],
    ['an attribute without value', '<a b/>', 'not-well-formed'],
    ['an attribute without quotes', '<a b=c/>', 'not-well-formed'],
    ['a less-than sign in an attribute', '<a b="<"/>', 'not-well-formed'],
    ['attributes that touch', '<a b="1"c="2"/>', 'not-well-formed'],
    ['the same attribute twice', '<a b="1" b="2"/>', 'not-well-formed'],
    [
      'the same attribute under two prefixes',
      '<a xmlns:p="u" xmlns:q="u" p:b="1" q:b="2"/>',
      'not-well-formed',
    ],
    ['the default namespace twice', '<a xmlns="u" xmlns="v"/>', 'not-well-formed'],
    ['a prefix declared twice', '<a xmlns:p="u" xmlns:p="v"/>', 'not-well-formed'],
    ['an element under an unbound prefix', '<p:a/>', 'unbound-prefix'],
    ['an attribute under an unbound prefix', '<a p:b="1"/>', 'unbound-prefix'],
    ['a prefix out of scope', '<a><b xmlns:p="u"/><p:c/></a>', 'unbound-prefix'],
    ['a prefix called __proto__', '<__proto__:a/>', 'unbound-prefix'],
    ['a prefix undeclared', '<a xmlns:p="u"><b xmlns:p=""/></a>', 'not-well-formed'],
    ['a name with two colons', '<a:b:c xmlns:a="u"/>', 'not-well-formed'],
    ['a name that begins with a colon', '<:a/>', 'not-well-formed'],
    ['a name that ends with a colon', '<a:/>', 'not-well-formed'],
    ['a local name that begins with a digit', '<p:1 xmlns:p="u"/>', 'not-well-formed'],
    ['an attribute with a malformed local name', '<a xml:1="u"/>', 'not-well-formed'],
    ['an empty prefix declared', '<a xmlns:="u"/>', 'not-well-formed'],
    ['xmlns as prefix of an element', '<xmlns:a/>', 'not-well-formed'],
    ['xmlns declared', '<a xmlns:xmlns="http://www.w3.org/2000/xmlns/"/>', 'not-well-formed'],
    ['xml bound to something else', '<a xmlns:xml="u"/>', 'not-well-formed'],
    ['another prefix for xml', '<a xmlns:x="http://www.w3.org/XML/1998/namespace"/>', 'not-well-formed'],
    ['xml as default namespace', '<a xmlns="http://www.w3.org/XML/1998/namespace"/>', 'not-well-formed'],
    ['xmlns as default namespace', '<a xmlns="http://www.w3.org/2000/xmlns/"/>', 'not-well-formed'],
    ['a bare ampersand', '<a>R & D</a>', 'not-well-formed'],
    ['a reference without end', '<a>&amp</a>', 'not-well-formed'],
    ['an empty reference', '<a>&;</a>', 'not-well-formed'],
    ['a reference to no character', '<a>&#;</a>', 'not-well-formed'],
    ['a hexadecimal reference with a capital X', '<a>&#X41;</a>', 'not-well-formed'],
    ['a decimal reference with letters', '<a>&#4A;</a>', 'not-well-formed'],
    ['the end of a CDATA section in text', '<a>]]></a>', 'not-well-formed'],
    ['an unknown entity', '<a>&nbsp;</a>', 'restricted'],
    ['an entity called like an inherited property', '<a>&constructor;</a>', 'restricted'],
    ['a reference of a thousand digits', `<a>&#${'0'.repeat(1000)}65;</a>`, 'restricted'],
    ['a DTD', '<!DOCTYPE a><a/>', 'restricted'],
    ['a DTD within the root', '<a><!DOCTYPE a></a>', 'restricted'],
    ['an external entity', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', 'restricted'],
    [
      'a billion laughs',
      `<!DOCTYPE l [<!ENTITY a "ha">${'bcdefghij'.replace(/./g, (name) => `<!ENTITY ${name} "${`&${String.fromCharCode(name.charCodeAt(0) - 1)};`.repeat(10)}">`)}]><l>&j;</l>`,
      'restricted',
    ],
    ['a comment', '<a><!-- x --></a>', 'restricted'],
    ['a comment before the root', '<!-- x --><a/>', 'restricted'],
    ['a processing instruction', '<a><?php x ?></a>', 'restricted'],
    ['a processing instruction before the root', '<?xml-stylesheet href="x"?><a/>', 'restricted'],
    ['a processing instruction after the root', '<a/><?x y?>', 'restricted'],
    ['an XML declaration where none is expected', '<?xml version="1.0"?><a/>', 'restricted'],
    ['NUL', '<a>\0</a>', 'invalid-character'],
    ['NUL as bytes', bytes('<a>x', 0, '</a>'), 'invalid-character'],
    ['a control character in text', '<a>\x01</a>', 'invalid-character'],
    ['a control character in an attribute', '<a b="\x1f"/>', 'invalid-character'],
    ['a control character in a name', '<a\x01/>', 'invalid-character'],
    ['a control character in an attribute name', '<a b\x0b="x"/>', 'invalid-character'],
    ['a control character in an end tag', '<a></a\x02>', 'invalid-character'],
    ['a control character in CDATA', '<a><![CDATA[\x08]]></a>', 'invalid-character'],
    ['a control character before the root', '\x02<a/>', 'invalid-character'],
    ['a control character in a reference', '<a>&am\x03p;</a>', 'invalid-character'],
    ['U+FFFE', '<a>\ufffe</a>', 'invalid-character'],
    ['U+FFFF in an attribute', '<a b="\uffff"/>', 'invalid-character'],
    ['NUL as a reference', '<a>&#0;</a>', 'invalid-character'],
    ['U+0001 as a reference', '<a>&#1;</a>', 'invalid-character'],
    ['U+FFFE as a reference in an attribute', '<a b="&#xFFFE;"/>', 'invalid-character'],
    ['a surrogate as a reference', '<a>&#xD83D;&#xDE00;</a>', 'invalid-character'],
    ['a reference beyond Unicode', '<a>&#x110000;</a>', 'invalid-character'],
    ['a reference beyond any number', `<a>&#${'9'.repeat(30)};</a>`, 'invalid-character'],
    ['the first half of a surrogate pair', '<a>\ud83d</a>', 'invalid-character'],
    ['the second half of a surrogate pair', '<a>\ude00</a>', 'invalid-character'],
    ['half a pair in an attribute', '<a b="\ud83dx"/>', 'invalid-character'],
    ['half a pair at the very end', '<a/>\ud83d', 'invalid-character'],
    ['bytes that are not UTF-8', bytes('<a>', 0xff, '</a>'), 'invalid-encoding'],
    ['Latin-1', bytes('<a>h', 0xe4, '</a>'), 'invalid-encoding'],
    ['an overlong form', bytes('<a>', 0xc0, 0xbc, '</a>'), 'invalid-encoding'],
    ['NUL in an overlong form', bytes('<a>', 0xc0, 0x80, '</a>'), 'invalid-encoding'],
    ['a surrogate in UTF-8', bytes('<a>', 0xed, 0xa0, 0xbd, '</a>'), 'invalid-encoding'],
    ['a character beyond Unicode in UTF-8', bytes('<a>', 0xf4, 0x90, 0x80, 0x80, '</a>'), 'invalid-encoding'],
    ['a continuation byte alone', bytes('<a>', 0x80, '</a>'), 'invalid-encoding'],
    ['a character cut off at the end', bytes('<a/>', 0xe2, 0x82), 'invalid-encoding'],
    ['UTF-16, little end first', bytes(0xff, 0xfe, 0x3c, 0, 0x61, 0, 0x2f, 0, 0x3e, 0), 'invalid-encoding'],
    ['UTF-16, big end first', bytes(0xfe, 0xff, 0, 0x3c, 0, 0x61), 'invalid-encoding'],
    ['UTF-16 without byte-order mark', bytes(0x3c, 0, 0x61, 0, 0x2f, 0, 0x3e, 0), 'invalid-encoding'],
    ['nesting 100,000 deep', '<a>'.repeat(100_000), 'limit-size'],
    ['nesting 65 deep', '<a>'.repeat(65), 'limit-depth'],
    ['nesting 65 deep by an empty element', `${'<a>'.repeat(64)}<b/>`, 'limit-depth'],
    [
      '65 attributes',
      `<a ${Array.from({ length: 65 }, (_, i) => `a${i}="1"`).join(' ')}/>`,
      'limit-attributes',
    ],
    [
      '65 declarations',
      `<a ${Array.from({ length: 65 }, (_, i) => `xmlns:a${i}="1"`).join(' ')}/>`,
      'limit-attributes',
    ],
    ['a long element name', `<${'a'.repeat(257)}/>`, 'limit-name'],
    ['a long attribute name', `<a ${'a'.repeat(257)}="1"/>`, 'limit-name'],
    ['a long attribute value', `<a b="${'a'.repeat(16_385)}"/>`, 'limit-size'],
    ['64 MB', new Uint8Array(64 * 1024 * 1024).fill(0x61), 'limit-size'],
  ];

  test.each(refused)('%s', (_title, document, code) => {
    expect(refusal(document).code).toBe(code);
    // The next document is not touched by what became of the last.
    expect(parse('<ok x="1"/>').attrs.x).toBe('1');
  });

  test('nesting 100,000 deep ends at the limit, however large the document may be', () => {
    const start = process.cpuUsage();
    expect(refusal('<a>'.repeat(100_000), { bytesMax: 1e9 }).code).toBe('limit-depth');
    expect(computedMs(start)).toBeLessThan(2_000);
  });

  test('a run of text is limited across references and sections', () => {
    const limits = { textLengthMax: 10 };
    expect(parse('<a>12345<b/>&lt;6789</a>', limits).text).toBe('12345<6789');
    expect(refusal('<a>12345<![CDATA[678901]]></a>', limits).code).toBe('limit-size');
    expect(refusal('<a>12345678&lt;90</a>', limits).code).toBe('limit-size');
  });

  test('bytes are counted as UTF-8, also in a string', () => {
    expect(parse('<a>ää</a>', { bytesMax: 11 }).text).toBe('ää');
    expect(refusal('<a>ää</a>', { bytesMax: 10 }).code).toBe('limit-size');
    expect(parse('<a>😀</a>', { bytesMax: 11 }).text).toBe('😀');
    expect(refusal('<a>😀</a>', { bytesMax: 10 }).code).toBe('limit-size');
    expect(refusal(utf8('<a>ää</a>'), { bytesMax: 10 }).code).toBe('limit-size');
  });

  test('each limit holds exactly', () => {
    expect(parse('<a>'.repeat(64) + '</a>'.repeat(64)).name).toBe('a');
    expect(parse(`<${'a'.repeat(DEFAULT_LIMITS.nameLengthMax)}/>`).name).toHaveLength(256);
    expect(parse(`<a b="${'c'.repeat(DEFAULT_LIMITS.attributeLengthMax)}"/>`).attr('b')).toHaveLength(16_384);
  });
});

describe('errors say where', () => {
  test.each([
    ['<a>\n  <b></c></a>', 12, 2, 9],
    ['<a>\n\r\nä&#0;</a>', 10, 3, 5],
    ['<a b="1" b="2"/>', 13, 1, 14],
    ['<a>&lt;b&quot;\nc&amp;]]></a>', 23, 2, 9],
    ['<a>x&lt;&gt;&ampel;</a>', 18, 1, 19],
    ['<a>x&lt;y&apos;\u0001</a>', 15, 1, 16],
    ['<a>\r', 4, 2, 1],
    ['<a>\r\n<b>', 8, 2, 3],
  ])('%j', (document, offset, line, column) => {
    const error = refusal(document);
    expect([error.offset, error.line, error.column]).toEqual([offset, line, column]);
    expect(error.message).toContain(`(line ${line}, column ${column})`);
    expect(error.name).toBe('XmlError');
  });

  test('a bad byte is placed behind the last good character', () => {
    const error = refusal(bytes('<a>\nä', 0xff, '</a>'));
    expect([error.offset, error.line]).toEqual([5, 2]);
  });

  test('half a surrogate pair is placed', () => {
    const error = refusal('<a>\n<b>x\ud800</b></a>');
    expect([error.offset, error.line, error.column]).toEqual([8, 2, 5]);
  });
});

describe('good documents give their tree', () => {
  test('names, prefixes, namespaces, attributes and text', () => {
    const root = parse(
      `<p:a xmlns:p='u' xmlns='v' x='1' xml:lang='en' p:y="a&#10;b&quot;">t<b xmlns=''/>&lt;<![CDATA[<c>&]]><p:d/></p:a>`,
    );
    expect([root.name, root.prefix, root.ns]).toEqual(['a', 'p', 'u']);
    expect({ ...root.attrs }).toEqual({ x: '1', 'xml:lang': 'en', 'p:y': 'a\nb"' });
    expect(root.attrNS('u', 'y')).toBe('a\nb"');
    expect(root.attrNS('', 'x')).toBe('1');
    expect(root.attrNS('http://www.w3.org/XML/1998/namespace', 'lang')).toBe('en');
    expect(root.attrNS('v', 'x')).toBeUndefined();
    expect(root.text).toBe('t<<c>&');
    expect(root.children).toHaveLength(4);
    expect(root.elements().map((child) => [child.name, child.ns])).toEqual([
      ['b', ''],
      ['d', 'u'],
    ]);
    expect(root.child('b', 'v')).toBeUndefined();
    expect(root.child('d', 'u')?.prefix).toBe('p');
  });

  test('names that objects inherit are no attributes unless written', () => {
    const root = parse(`<a __proto__='1' constructor='2'/>`);
    expect(root.attr('__proto__')).toBe('1');
    expect(root.attr('constructor')).toBe('2');
    expect(root.attr('toString')).toBeUndefined();
    expect(parse('<a/>').attr('constructor')).toBeUndefined();
    expect(refusal(`<a __proto__='1' __proto__='1'/>`).code).toBe('not-well-formed');
  });

  test('line ends and white space in attributes are normalised', () => {
    expect(parse('<a b="1\t2\n3\r\n4">x\r\ny\rz</a>').attrs.b).toBe('1 2 3 4');
    expect(parse('<a>x\r\ny\rz&#13;</a>').text).toBe('x\ny\nz\r');
  });

  test('comments and a declaration pass where they are allowed', () => {
    const options = { comments: 'skip', declaration: 'allow' } as const;
    const root = parse(
      '<?xml version="1.0" encoding="utf-8"?>\n<!-- a --><a>b<!-- <c> & -- -->d</a>'.replace(' -- ', ' '),
      options,
    );
    expect(root.children).toEqual(['bd']);
    expect(refusal('<!DOCTYPE a><a/>', options).code).toBe('restricted');
    expect(refusal('<a><?x?></a>', options).code).toBe('restricted');
    expect(refusal(' <?xml version="1.0"?><a/>', options).code).toBe('restricted');
    expect(refusal('<?xml encoding="utf-8"?><a/>', options).code).toBe('not-well-formed');
    expect(refusal('<!-- a -- b --><a/>', options).code).toBe('not-well-formed');
  });

  test('a declaration cannot announce another encoding of bytes, nor XML 1.1', () => {
    const declared = (encoding: string) => utf8(`<?xml version="1.0" encoding="${encoding}"?><a/>`);
    expect(parse(declared('UTF-8'), { declaration: 'allow' }).name).toBe('a');
    expect(refusal(declared('ISO-8859-1'), { declaration: 'allow' }).code).toBe('invalid-encoding');
    expect(parse('<?xml version="1.0" encoding="UTF-16"?><a/>', { declaration: 'allow' }).name).toBe('a');
    expect(refusal('<?xml version="1.1"?><a>&#1;</a>', { declaration: 'allow' }).code).toBe(
      'invalid-character',
    );
  });

  test('a byte-order mark is tolerated at the start and is a character elsewhere', () => {
    expect(parse(bytes(0xef, 0xbb, 0xbf, '<a/>')).name).toBe('a');
    expect(parse('\ufeff<a>\ufeff</a>').text).toBe('\ufeff');
  });

  test('names and text of all planes', () => {
    const root = parse(utf8('<größe 名="😀">𝒳\u{1fffe}</größe>'));
    expect([root.name, root.attr('名'), root.text]).toEqual(['größe', '😀', '𝒳\u{1fffe}']);
  });
});

test('whatever comes in, the outcome is a tree or an XmlError', () => {
  const fragment = fc.constantFrom(
    ...[
      '<',
      '>',
      '</',
      '/>',
      '<a',
      '<a>',
      '</a>',
      ' b="',
      '"',
      "'",
      '=',
      '&',
      '&amp;',
      '&#x',
      ';',
      '<!--',
      '-->',
    ],
    ...[
      '<![CDATA[',
      ']]>',
      '<?',
      '?>',
      '<?xml version="1.0"?>',
      '<!DOCTYPE',
      'xmlns',
      'xmlns:p="u"',
      'p:',
      ':',
    ],
    ...['\0', '\r', '\n', '\ufeff', '\ud83d', '\ude00', 'ä', 'x'],
  );
  const junk = fc.array(fc.oneof({ weight: 5, arbitrary: fragment }, fc.string()), { maxLength: 25 });
  const input = fc.oneof(
    junk.map((parts) => parts.join('')),
    junk.map((parts) => `<a>${parts.join('')}</a>`),
    fc.uint8Array({ maxLength: 60 }),
  );
  fc.assert(
    fc.property(input, (document) => {
      try {
        const root = parse(document, { comments: 'skip', declaration: 'allow' });
        // What is accepted must survive being written.
        expect(parse(root.toString()).toString()).toBe(root.toString());
      } catch (error) {
        if (!(error instanceof XmlError)) throw error;
        expect(error.line).toBeGreaterThan(0);
        expect(error.offset).toBeLessThanOrEqual(document.length);
      }
    }),
    { numRuns: 2000 },
  );
});

test('who asks is told where each element begins', () => {
  const places = new WeakMap<Element, Place>();
  const root = parse('<?xml version="1.0"?>\n<a>\n  <b x="1"/><!-- 😀\n--> <c>text</c>\r\n\t<d/></a>', {
    declaration: 'allow',
    comments: 'skip',
    places,
  });
  expect([root, ...root.elements()].map((each) => [each.name, places.get(each)])).toEqual([
    ['a', { line: 2, column: 1 }],
    ['b', { line: 3, column: 3 }],
    ['c', { line: 4, column: 5 }],
    ['d', { line: 5, column: 2 }],
  ]);
});
