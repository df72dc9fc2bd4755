import { describe, expect, test } from 'vitest';
import { parseXml, toXml } from './xml.ts';

describe('parseXml', () => {
  test.each<[string, string, unknown]>([
    ['a single child', '<a><b>1</b></a>', { a: { b: '1' } }],
    ['repeated children', '<a><b>1</b><b/><b>3</b></a>', { a: { b: ['1', null, '3'] } }],
    ['two empty ones', '<a><b/><b></b></a>', { a: { b: [null, null] } }],
    ['empty elements', '<a><b/><c></c><d> \n </d></a>', { a: { b: null, c: null, d: null } }],
    ['an empty root', '<Dialogs/>', { Dialogs: null }],
    ['text as it stands', '<a>  x y </a>', { a: '  x y ' }],
    ['references', '<a>&lt;&amp;&gt;&quot;&apos;&#65;&#x1F600;</a>', { a: '<&>"\'A😀' }],
    ['character data', '<a><![CDATA[<b>&amp;]]></a>', { a: '<b>&amp;' }],
    ['attributes, which are not used', `<a x="1" y='2 > 1'><b z="&lt;">t</b></a>`, { a: { b: 't' } }],
    [
      'declaration, comments, instructions',
      '\ufeff<?xml version="1.0"?><!-- <x> --><a><!-- - --><?p i?>t</a>\n',
      { a: 't' },
    ],
    ['indentation between children', '<a>\n  <b>1</b>\n  <c/>\n</a>', { a: { b: '1', c: null } }],
    [
      'names of the language',
      '<a><__proto__>1</__proto__><constructor>2</constructor></a>',
      {
        a: Object.fromEntries([
          ['__proto__', '1'],
          ['constructor', '2'],
        ]),
      },
    ],
    ['nothing', ' ', {}],
  ])('%s', (_what, xml, object) => {
    const parsed = parseXml(xml);
    expect(JSON.stringify(parsed)).toBe(JSON.stringify(object));
  });

  test.each([
    ['an open element', '<a><b></b>'],
    ['a wrong end', '<a></b>'],
    ['an end too many', '<a></a></a>'],
    ['two roots', '<a/><b/>'],
    ['text outside', '<a/>x'],
    ['a document type', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'],
    ['an unknown entity', '<a>&x;</a>'],
    ['a bare ampersand', '<a>x & y</a>'],
    ['no character', '<a>&#0;</a>'],
    ['an attribute without quotes', '<a b=1/>'],
    ['a web page', '<html><br><p>x</html>'],
    ['too deep', '<a>'.repeat(201) + '</a>'.repeat(201)],
  ])('refuses %s', (_what, xml) => {
    expect(() => parseXml(xml)).toThrow(/^XML: /);
  });

  test('reads a large answer', () => {
    const all = `<L>${'<I><n>name &amp; more</n></I>'.repeat(20_000)}</L>`;
    expect((parseXml(all).L as { I: unknown[] }).I).toHaveLength(20_000);
  });
});

describe('toXml', () => {
  test.each<[unknown, string]>([
    [
      { User: { state: 'READY', reasonCodeId: 3 } },
      '<User><state>READY</state><reasonCodeId>3</reasonCodeId></User>',
    ],
    [{ a: { b: ['1', '2'] } }, '<a><b>1</b><b>2</b></a>'],
    [{ a: null, b: undefined, c: '' }, '<a></a><b></b><c></c>'],
    [{ a: `<&>"'` }, '<a>&lt;&amp;&gt;&quot;&apos;</a>'],
    [{ a: true }, '<a>true</a>'],
  ])('%j', (object, xml) => {
    expect(toXml(object)).toBe(xml);
  });
});
