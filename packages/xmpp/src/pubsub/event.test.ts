import { expect, test } from 'vitest';
import { DOMAIN, rig, signIn } from '../../test/kit.ts';
import type { EventForm } from './event.ts';

const NODE = '/finesse/api/User/2001';
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';

async function event(form: EventForm, payload: string): Promise<string> {
  const test = rig({ eventForm: form });
  const client = await signIn(test, '2001');
  expect(test.server.publish(NODE, payload).delivered).toBe(1);
  return client.take();
}
const wire = (id: string, item: string, ns: string, text: string): RegExp =>
  new RegExp(
    `^<message from="pubsub\\.${DOMAIN}" to="2001@${DOMAIN}" id="${id}">` +
      `<event xmlns="http://jabber\\.org/protocol/pubsub#event"><items node="${NODE}"><item id="${item}">` +
      `<notification xmlns="${ns}">${text}</notification></item></items></event></message>$`,
  );

const PAYLOAD = '<Update>\n<data>Tom &amp; "Ada"</data>\n</Update>';
const TEXT = '&lt;Update&gt;\n&lt;data&gt;Tom &amp;amp; "Ada"&lt;/data&gt;\n&lt;/Update&gt;';

test('the form of 11.6: node and JID in the id, UUID as item id, text payload', async () => {
  const id = `${NODE}__2001@${DOMAIN}__[0-9A-Za-z]{5}`;
  expect(await event('11.6', PAYLOAD)).toMatch(wire(id, UUID, 'http://jabber\\.org/protocol/pubsub', TEXT));
});

test('the form of 9.1 differs in the item id', async () => {
  const id = `${NODE}__2001@${DOMAIN}__[0-9A-Za-z]{5}`;
  expect(await event('9.1', PAYLOAD)).toMatch(
    wire(id, '[0-9A-Za-z]{15}', 'http://jabber\\.org/protocol/pubsub', TEXT),
  );
});

test('the form of 12.6: short ids, other namespace, numbered item ids', async () => {
  expect(await event('12.6', PAYLOAD)).toMatch(wire('[0-9A-Za-z]{8}', `${UUID}1`, 'urn:xmpp:push:0', TEXT));
});

test('characters that XML forbids never appear, well-formed data is not touched', async () => {
  expect(await event('11.6', 'a\u0000b\ud800c')).toContain('>a\ufffdb\ufffdc</notification>');
  expect(await event('11.6', ']]> 😀 \u05d0\r\n\t')).toMatch(
    />\]\]&gt; 😀 \u05d0(?:\r|&#13;|&#xD;)\n\t<\/notification>/,
  );
});
