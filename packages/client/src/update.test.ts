import { parse } from '@poise/xml';
import { describe, expect, test } from 'vitest';
import { updateXml, userXml } from '../test/wire-texts.ts';
import { readEventMessage, readUpdate } from './update.ts';

const NODE = '/finesse/api/User/2001';

describe('the data of an Update', () => {
  test.each([
    ['a user', userXml('READY'), { type: 'user', user: { state: 'READY', teamId: 5000 } }],
    ['a user in upper case', userXml('READY', 'User'), { type: 'user', user: { state: 'READY' } }],
    [
      'a changed dialog',
      '<dialog><id>7</id><state>ACTIVE</state></dialog>',
      { type: 'dialog', dialog: { id: '7' } },
    ],
    [
      'new dialogs',
      '<dialogs><Dialog><uri>/finesse/api/Dialog/8</uri></Dialog></dialogs>',
      { type: 'dialogs', dialogs: [{ id: '8' }] },
    ],
    [
      'a team',
      '<team><id>5000</id><name>T</name><users><User><loginId>2001</loginId></User></users></team>',
      { type: 'team', team: { id: 5000, users: [{ loginId: '2001' }] } },
    ],
    [
      'the state of the server',
      '<systemInfo><status>OUT_OF_SERVICE</status></systemInfo>',
      { type: 'systemInfo', systemInfo: { status: 'OUT_OF_SERVICE' } },
    ],
    ['something else', '<Media><name>Chat</name></Media>', { type: 'other', element: { name: 'Media' } }],
    ['a user of whom nothing is said', '<user></user>', { type: 'other', element: { name: 'user' } }],
    ['a dialog without an id', '<dialog><state>ACTIVE</state></dialog>', { type: 'other' }],
    ['nothing', '', { type: 'none' }],
  ])('%s', (_title, data, expected) => {
    expect(readUpdate(NODE, updateXml(data, 'r', NODE)).data).toMatchObject(expected);
  });

  test('without the element at all', () => {
    const update = readUpdate(NODE, '<Update><event>DELETE</event><source>/s</source></Update>');
    expect(update).toEqual({
      node: NODE,
      event: 'DELETE',
      requestId: '',
      source: '/s',
      data: { type: 'none' },
    });
  });
});

test('escaped text and plain elements, declarations and several items, in either namespace', () => {
  const update = updateXml('', 'r1');
  const message = parse(
    `<message xmlns="jabber:client"><event xmlns="http://jabber.org/protocol/pubsub#event"><items node="${NODE}">` +
      `<item><notification xmlns="urn:xmpp:push:0">&lt;?xml version="1.0"?&gt;${update.replaceAll('<', '&lt;')}</notification></item>` +
      `<item><notification xmlns="http://jabber.org/protocol/pubsub">${updateXml('', 'r2')}</notification></item>` +
      '<item><other/></item></items></event></message>',
  );
  const problems: unknown[] = [];
  const texts: string[] = [];
  const updates = readEventMessage(
    message,
    (error) => problems.push(error),
    ({ node, xml }, root) => texts.push(`${node} ${xml} ${root.name}`),
  );
  expect(updates.map(({ requestId }) => requestId)).toEqual(['r1', 'r2']);
  expect(problems).toEqual([]);
  // Gadgets get the text as it was written.
  expect(texts[0]).toBe(`${NODE} <?xml version="1.0"?>${update} Update`);
  expect(texts[1]).toMatch(/<requestId>r2<\/requestId>.* Update$/s);
});

test.each([
  ['an entity bomb', '<!DOCTYPE a [<!ENTITY b "c">]><Update>&b;</Update>'],
  ['an invalid character', '<Update>&#0;</Update>'],
  ['nesting without end', '<a>'.repeat(100_000)],
  ['JSON', '{"a":1}'],
])('%s is a problem, not a crash', (_title, payload) => {
  const escaped = payload.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const message = parse(
    `<message><event xmlns="http://jabber.org/protocol/pubsub#event"><items node="n"><item><notification>${escaped}</notification></item></items></event></message>`,
    { bytesMax: 1e7, textLengthMax: 1e7 },
  );
  const problems: unknown[] = [];
  expect(readEventMessage(message, (error) => problems.push(error))).toEqual([]);
  expect(problems).toHaveLength(1);
});
