/** A body with hundreds of stanzas is processed in shares, so that others are served between them. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { Bosh, Client, DATA, EMPTY, message, PRESENCE, TERMINATE, turn } from '../../test/bosh-fixture.ts';

const RESTART = "to='d' xmlns:xmpp='urn:xmpp:xbosh' xmpp:restart='true'";
const IQS = (count: number) => Array.from({ length: count }, (_, n) => `<iq id='${n}'/>`).join('');

/** A client whose stanzas are answered, each by one. */
function answered(): Client {
  const c = new Client(new Bosh());
  c.stream.onReceived = (element) => c.stream.transport.stanza(`<iq id='r${element.attr('id')}'/>`);
  return c;
}

const replies = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, n) => `<iq xmlns="jabber:client" id='r${from + n}'/>`).join('');

test('a hundred stanzas are processed at once', () => {
  const c = answered();
  expect(c.send(IQS(100)).body).toBe(DATA(replies(0, 100)));
  expect(c.bosh.nextTurn()).toBe(0);
});

test('the rest has to wait until the others had their turn; all come in one answer, in order', async () => {
  const c = answered();
  const other = new Client(c.bosh);
  const long = c.send(IQS(250));
  await turn();
  expect(c.stream.elements).toHaveLength(100);
  expect(long.open).toBe(true);
  expect(other.send(PRESENCE).open).toBe(true);
  expect(other.stream.names).toEqual(['presence']);
  c.bosh.nextTurn();
  expect(c.stream.elements).toHaveLength(200);
  expect(long.open).toBe(true);
  c.bosh.nextTurn();
  expect(long.body).toBe(DATA(replies(0, 250)));
  expect(c.bosh.nextTurn()).toBe(0);
});

test('requests behind it wait for their turn', () => {
  const c = answered();
  const long = c.send(IQS(150));
  const next = c.send("<iq id='150'/>");
  expect(c.stream.elements).toHaveLength(100);
  c.bosh.nextTurn();
  expect(c.stream.elements).toHaveLength(151);
  expect(long.body).toBe(DATA(replies(0, 151)).replace("bind'>", `bind' ack='${c.rid}'>`));
  expect(next.open).toBe(true);
});

test('a poll that was held before it is answered with what comes of it, and the long one is held in its place', () => {
  const c = answered();
  const poll = c.send();
  const long = c.send(IQS(150));
  expect(poll.open).toBe(true);
  c.bosh.nextTurn();
  expect(poll.body).toContain(replies(0, 150));
  expect(long.open).toBe(true);
});

test('a poll whose wait ends meanwhile is answered with it', () => {
  const c = answered();
  const poll = c.send();
  c.send(IQS(150));
  c.bosh.clock.advance(30_000);
  expect(poll.open).toBe(true);
  c.bosh.nextTurn();
  expect(poll.body).toContain(replies(0, 150));
});

test('restart and terminate of its attributes come after the last stanza', () => {
  const c = answered();
  const restart = c.send(IQS(101), RESTART);
  expect(c.stream.headers).toHaveLength(1);
  c.bosh.nextTurn();
  expect(c.stream.headers).toHaveLength(2);
  expect(restart.body).toContain(`${replies(0, 101)}<stream:features>`);
  const end = c.send(IQS(101), "type='terminate'");
  expect(c.stream.ends).toEqual([]);
  c.bosh.nextTurn();
  expect(c.stream.ends).toEqual([{ how: 'closed', error: undefined }]);
  expect(end.body).toContain(replies(0, 101));
});

test('a session that ends meanwhile processes no more of it', () => {
  const c = answered();
  const long = c.send(IQS(150));
  c.stream.transport.end({ condition: 'conflict' });
  expect(long.body).toContain('<conflict ');
  c.bosh.nextTurn();
  expect(c.stream.elements).toHaveLength(100);
});

test('a request that breaks a rule behind it ends the session when its turn has come', () => {
  const sha1 = (text: string) => createHash('sha1').update(text).digest('hex');
  const c = new Client(new Bosh(), `ver='1.6' newkey='${sha1('first')}'`);
  const long = c.send(IQS(150), `key='first' newkey='${sha1('second')}'`);
  const next = c.send(PRESENCE, "key='guessed'");
  expect(long.open && next.open).toBe(true);
  c.bosh.nextTurn();
  expect(c.stream.elements).toHaveLength(150);
  expect(long.body).toBe(TERMINATE('item-not-found'));
});

test('repeated meanwhile it is processed once', () => {
  const c = answered();
  const first = c.send(IQS(150));
  const again = c.at(c.rid, IQS(150));
  expect(first.body).toBe(EMPTY);
  c.bosh.nextTurn();
  expect(c.stream.elements).toHaveLength(150);
  expect(again.body).toBe(DATA(replies(0, 150)));
});

test('events of others that come meanwhile stand behind the answers so far, and the queue keeps its limit', async () => {
  const c = answered();
  const long = c.send(IQS(150));
  c.stream.transport.stanza(message('event'));
  await turn();
  expect(long.open).toBe(true);
  c.bosh.nextTurn();
  expect(long.body).toContain(`id='r99'/><message xmlns="jabber:client" id='event'/>`);
  c.send(IQS(1001));
  for (let n = 0; n < 11; n++) c.bosh.nextTurn();
  await turn();
  expect(c.stream.ends).toEqual([{ how: 'lost', error: { condition: 'policy-violation' } }]);
});
