import { describe, expect, test } from 'vitest';
import { element, escapeAttr, escapeText, NS_STREAM, parse, serialize } from './index.ts';

const CLIENT = 'jabber:client';

describe('element', () => {
  test('leaves out undefined parts, turns numbers into text and joins neighbouring strings', () => {
    const iq = element('iq', CLIENT, { type: 'result', id: undefined, wait: 60, ok: true }, [
      'a',
      undefined,
      '',
      'b',
    ]);
    expect(iq.toString()).toBe('<iq xmlns="jabber:client" type="result" wait="60" ok="true">ab</iq>');
    expect(iq.children).toEqual(['ab']);
  });

  test.each([
    ['an element name', () => element('a b', '')],
    ['a prefixed element name', () => element('p:a', 'u')],
    ['an empty name', () => element('', '')],
    ['an attribute name', () => element('a', '', { '1': 'x' })],
    ['an attribute that is a default declaration', () => element('a', '', { xmlns: 'u' })],
    ['an attribute with two colons', () => element('a', '', { 'p:q:r': 'x', 'xmlns:p': 'u' })],
    ['an undeclared prefix', () => element('a', '', { 'p:b': 'x' })],
    [
      'two prefixes for one namespace',
      () => element('a', '', { 'xmlns:p': 'u', 'xmlns:q': 'u', 'p:b': 1, 'q:b': 2 }),
    ],
    ['a reserved namespace', () => element('a', 'http://www.w3.org/XML/1998/namespace')],
    [
      'a reserved namespace for a prefix',
      () => element('a', '', { 'xmlns:p': 'http://www.w3.org/2000/xmlns/', 'p:b': 1 }),
    ],
  ])('refuses %s that XML does not allow', (_title, make) => {
    expect(make).toThrow(TypeError);
  });

  test('finds children and attributes', () => {
    const root = element('a', 'u', { 'xmlns:x': 'v', 'x:b': '1', c: '2' }, [
      element('d', 'u'),
      't',
      element('d', 'w'),
      's',
    ]);
    expect(root.attrNS('v', 'b')).toBe('1');
    expect(root.attrNS('w', 'b')).toBeUndefined();
    expect(root.attrNS('', 'x:b')).toBeUndefined();
    expect(root.child('d', 'w')?.ns).toBe('w');
    expect(root.elements('d')).toHaveLength(2);
    expect(root.elements(undefined, 'u')).toHaveLength(1);
    expect(root.text).toBe('ts');
    expect(root.is('a')).toBe(true);
    expect(root.is('a', 'v')).toBe(false);
  });
});

describe('serialize', () => {
  test('declares a namespace only where it changes', () => {
    const message = element('message', CLIENT, { to: 'x' }, [
      element('event', 'http://jabber.org/protocol/pubsub#event', {}, [
        element('items', 'http://jabber.org/protocol/pubsub#event', { node: '/finesse/api/User/2001' }),
      ]),
      element('body', CLIENT, {}, ['hi']),
      element('plain', '', {}, [element('inner', '')]),
    ]);
    const inner =
      '<event xmlns="http://jabber.org/protocol/pubsub#event"><items node="/finesse/api/User/2001"/></event>' +
      '<body>hi</body><plain xmlns=""><inner/></plain></message>';
    expect(message.toString()).toBe(`<message xmlns="jabber:client" to="x">${inner}`);
    expect(serialize(message, CLIENT)).toBe(`<message to="x">${inner}`);
  });

  test('writes stream elements with their prefix, declared once unless it is in scope', () => {
    const features = element('features', NS_STREAM, {}, [
      element('bind', 'urn:ietf:params:xml:ns:xmpp-bind'),
      element('x', NS_STREAM),
      element('y', CLIENT),
    ]);
    const inner = '<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/><stream:x/>';
    expect(features.toString()).toBe(
      `<stream:features xmlns:stream="${NS_STREAM}">${inner}<y xmlns="jabber:client"/></stream:features>`,
    );
    expect(serialize(features, CLIENT, { stream: NS_STREAM })).toBe(
      `<stream:features>${inner}<y/></stream:features>`,
    );
  });

  test('drops other prefixes of elements and keeps those of attributes', () => {
    const root = parse(
      "<p:a xmlns:p='u' xmlns:xmpp='urn:xmpp:xbosh' xmpp:version='1.0'><p:b xmpp:c='2'/></p:a>",
    );
    expect(root.toString()).toBe(
      '<a xmlns="u" xmlns:xmpp="urn:xmpp:xbosh" xmpp:version="1.0"><b xmpp:c="2"/></a>',
    );
  });

  test('a stream prefix that is bound to something else does no harm', () => {
    const root = parse(`<s:a xmlns:s='${NS_STREAM}' xmlns:stream='other' stream:b='1'><s:c/></s:a>`);
    expect(root.toString()).toBe(
      `<a xmlns="${NS_STREAM}" xmlns:stream="other" stream:b="1"><stream:c xmlns:stream="${NS_STREAM}"/></a>`,
    );
  });
});

describe('escaping', () => {
  test('leaves a text without special characters as it is', () => {
    const text = 'Minnies_Team ä€';
    expect(escapeText(text)).toBe(text);
    expect(escapeAttr(text)).toBe(text);
  });

  test('markup, quotes and white space', () => {
    expect(escapeText(`<a b="c">'&'\t\n\r]]></a>`)).toBe(`&lt;a b="c"&gt;'&amp;'\t\n&#13;]]&gt;&lt;/a&gt;`);
    expect(escapeAttr(`<"'&>\t\n\r`)).toBe('&lt;&quot;&apos;&amp;&gt;&#9;&#10;&#13;');
  });

  test('what XML cannot carry is replaced, one mark for each', () => {
    expect(escapeText('a\0b\x1fc\ufffed\uffffe\ud83df\ude00g😀h\x7f\x85')).toBe(
      'a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf\ufffdg😀h\x7f\x85',
    );
    expect(escapeAttr('\ud83d')).toBe('\ufffd');
    expect(escapeText('\ud83d\ud83d\ude00')).toBe('\ufffd😀');
  });
});
