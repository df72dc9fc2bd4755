import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  clientStanza,
  dataBody,
  EMPTY_BODY,
  emptyBody,
  NS_HTTPBIND,
  parseBody,
  readBody,
  scanPoll,
  TERMINATED_BODY,
  terminateBody,
} from './body.ts';
import { boshLimitsWith } from './limits.ts';

const LIMITS = boshLimitsWith();
const read = (text: string) => readBody(Buffer.from(text), LIMITS);

describe('reading', () => {
  // The forms that clients are known to write.
  test.each([
    ['JabberWerx', `<body xmlns='${NS_HTTPBIND}' sid='3445afbe' rid='1640532660'/>`],
    ['Strophe', `<body rid='1640532660' xmlns='${NS_HTTPBIND}' sid='3445afbe'/>`],
    ['libpurple', `<body rid='1640532660' sid='3445afbe' xmlns='${NS_HTTPBIND}'></body>`],
    ['stanza', `<body xmlns="${NS_HTTPBIND}" rid="1640532660" sid="3445afbe"/>`],
  ])('the empty poll of %s is recognised without the parser', (_, text) => {
    const poll = { sid: '3445afbe', rid: 1640532660, element: null, fingerprint: 0, bytes: text.length };
    expect(scanPoll(Buffer.from(text))).toEqual(poll);
    expect(parseBody(Buffer.from(text), LIMITS)).toEqual(poll);
  });

  test('the smallest poll of the capture has 83 bytes', () => {
    const text = `<body xmlns="${NS_HTTPBIND}" sid="3445afbe" rid="1640532660"/>`;
    expect(text.length).toBe(83);
    expect(scanPoll(Buffer.from(text))).toBeDefined();
  });

  test.each([
    `<body rid='1' rid='1' sid='a' xmlns='${NS_HTTPBIND}'/>`,
    `<body rid='1' sid='a' xmlns='other'/>`,
    `<body rid='1' sid='a' xmlns='${NS_HTTPBIND}' xmlns='${NS_HTTPBIND}'/>`,
    `<body rid='1' sid='a' sid='a' xmlns='${NS_HTTPBIND}'/>`,
    `<body rid='1' sid='a<' xmlns='${NS_HTTPBIND}'/>`,
    `<body rid='1' sid='a' xmlns='${NS_HTTPBIND}'`,
    `<body rid='1' sid='a' xmlns='${NS_HTTPBIND}'/>x`,
    `<body rid='1'sid='a' xmlns='${NS_HTTPBIND}'/>`,
    `<body rid=1 sid='a' xmlns='${NS_HTTPBIND}'/>`,
    `<body rid='1" sid='a' xmlns='${NS_HTTPBIND}'/>`,
    `<body rid='1' sid='a' xmlns='${NS_HTTPBIND}'></bode>`,
    '<body/',
    '',
  ])('%s is no poll, and no body at all', (text) => {
    expect(scanPoll(Buffer.from(text))).toBeUndefined();
    expect(read(text)).toBeUndefined();
  });

  test.each([
    [`<body sid='a' rid='1'/>`, { sid: 'a', rid: 1 }],
    [
      `<?xml version='1.0' encoding='UTF-8'?><body sid='a' rid='1' xmlns='${NS_HTTPBIND}'/>`,
      { sid: 'a', rid: 1 },
    ],
    [`<body\n sid='a&#x62;'\trid='1' xmlns='${NS_HTTPBIND}' ></body >\n`, { sid: 'ab', rid: 1 }],
    [`<body rid='1' sid='&#97;b' xmlns='${NS_HTTPBIND}'/>`, { sid: 'ab', rid: 1 }],
    [`<b:body sid='a' rid='1' xmlns:b='${NS_HTTPBIND}'/>`, { sid: 'a', rid: 1 }],
    [`<body sid='a' xmlns='${NS_HTTPBIND}'/>`, { sid: 'a', rid: undefined }],
    [`<body rid='0' sid='a' xmlns='${NS_HTTPBIND}'/>`, { sid: 'a', rid: undefined }],
    [`<body rid='7' xmlns='${NS_HTTPBIND}'/>`, { sid: undefined, rid: 7 }],
  ])('%s goes through the parser', (text, expected) => {
    expect(scanPoll(Buffer.from(text))).toBeUndefined();
    expect(read(text)).toMatchObject(expected);
  });

  test.each([
    ["type='terminate'", 'type'],
    ["pause='5'", 'pause'],
    ["key='x'", 'key'],
    ["xmlns:xmpp='urn:xmpp:xbosh' xmpp:restart='true'", 'xmpp:restart'],
  ])('a body with %s is no empty poll', (attribute, name) => {
    const body = read(`<body sid='a' rid='1' ${attribute} xmlns='${NS_HTTPBIND}'/>`);
    expect(body?.element?.attr(name)).toBeDefined();
    // Only these ask for something that must not be taken for an empty poll of the same rid.
    expect(body?.fingerprint !== 0).toBe(name === 'type' || name.endsWith('restart'));
  });

  const RIGHT = [" rid='5'", ' sid="a1"', ` xmlns='${NS_HTTPBIND}'`];
  // Mostly right, sometimes not: pieces that are put together at random.
  const piece = (right: string, ...wrong: string[]) =>
    fc.oneof({ weight: 12, arbitrary: fc.constant(right) }, ...wrong.map((text) => fc.constant(text)));
  const value = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('1', '1640532660', '9007199254740991', '3445afbe', NS_HTTPBIND) },
    fc.constantFrom(
      '',
      '0',
      '-1',
      '1e3',
      '9007199254740992',
      '007',
      'a b',
      'é',
      '&amp;',
      '&#49;',
      '<',
      'x"y',
      "x'y",
      '\n',
    ),
    fc.string({ maxLength: 5 }),
  );
  const attribute = fc
    .tuple(
      piece(' ', '', '  ', '\n', '\t'),
      fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom('rid', 'sid', 'xmlns') },
        fc.constantFrom('Rid', 'to', 'type', 'xml:lang', 'x:y'),
      ),
      piece('=', ' =', '= ', '=='),
      fc.constantFrom('"', "'"),
      value,
    )
    .map(([blank, name, equals, quote, text]) => `${blank}${name}${equals}${quote}${text}${quote}`);
  const document = fc
    .tuple(
      piece('<body', '<bodY', '<b', ' <body', '\ufeff<body'),
      fc.oneof(
        { weight: 4, arbitrary: fc.shuffledSubarray(RIGHT, { minLength: 2 }) },
        // One odd attribute beside or in place of the right ones.
        {
          weight: 4,
          arbitrary: fc
            .tuple(attribute, fc.shuffledSubarray([0, 1, 2, 3], { minLength: 3 }))
            .map(([odd, order]) => order.map((i) => RIGHT[i] ?? odd)),
        },
        fc.array(attribute, { maxLength: 4 }),
      ),
      piece(
        '/>',
        '></body>',
        '>',
        ' />',
        '> </body>',
        '></body >',
        '><a/></body>',
        '/>\n',
        '/>x',
        '></body>\u0000',
      ),
    )
    .map(([open, attributes, close]) => open + attributes.join('') + close);

  test('whatever the scanner takes, the parser understands in the same way', () => {
    let taken = 0;
    fc.assert(
      fc.property(document, (text) => {
        const bytes = Buffer.from(text);
        const scanned = scanPoll(bytes);
        if (scanned === undefined) return;
        taken++;
        expect(scanned).toEqual(parseBody(bytes, LIMITS));
      }),
      { numRuns: 20_000 },
    );
    expect(taken).toBeGreaterThan(1000);
  });

  test('random bytes never make anything but a body or nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(() => readBody(Buffer.from(bytes), LIMITS)).not.toThrow();
      }),
    );
  });
});

describe('writing', () => {
  test('the empty answer has 57 bytes, whichever the quotes', () => {
    expect(EMPTY_BODY).toBe('<body xmlns="http://jabber.org/protocol/httpbind"></body>');
    expect(EMPTY_BODY.length).toBe(57);
    expect(dataBody('', 0)).toBe("<body xmlns='http://jabber.org/protocol/httpbind'></body>");
    expect(emptyBody(0)).toBe(EMPTY_BODY);
  });

  test('an event looks as in the capture: single quotes around, xmlns first in the stanza', () => {
    const stanza =
      '<message from="pubsub.fin1.ucce.local" to="47483648@fin1.ucce.local" id="/finesse/api/User/47483648__x"><event/></message>';
    expect(dataBody(clientStanza(stanza), 0)).toBe(
      `<body xmlns='http://jabber.org/protocol/httpbind'><message xmlns="jabber:client" from="pubsub.fin1.ucce.local" ` +
        'to="47483648@fin1.ucce.local" id="/finesse/api/User/47483648__x"><event/></message></body>',
    );
  });

  test.each([
    ['<iq/>', '<iq xmlns="jabber:client"/>'],
    ["<presence type='x'/>", `<presence xmlns="jabber:client" type='x'/>`],
    ['<message>m</message>', '<message xmlns="jabber:client">m</message>'],
  ])('%s becomes %s', (xml, expected) => expect(clientStanza(xml)).toBe(expected));

  test('terminate bodies', () => {
    expect(TERMINATED_BODY).toBe(
      '<body xmlns="http://jabber.org/protocol/httpbind" type="terminate"></body>',
    );
    expect(terminateBody('item-not-found', '', '')).toBe(
      '<body xmlns="http://jabber.org/protocol/httpbind" type="terminate" condition="item-not-found"/>',
    );
    expect(terminateBody(undefined, '', '')).toBe(
      '<body xmlns="http://jabber.org/protocol/httpbind" type="terminate"/>',
    );
  });
});
