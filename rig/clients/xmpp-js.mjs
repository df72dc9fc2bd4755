// xmpp.js over TCP or WebSocket, with its own reconnection and resumption (XEP-0198).
import { client, xml } from '@xmpp/client';
import { agent, browserGlobals, hear, lost, obey, password, present, resumed } from './desk.mjs';

await browserGlobals();
const xmpp = client({
  service: process.env.SERVICE,
  domain: 'localhost',
  resource: 'desktop',
  username: agent,
  password,
});
// An attempt that fails is no reason to give up: the reconnection of the library goes on.
xmpp.on('error', () => {});
xmpp.on('stanza', (stanza) => {
  if (stanza.is('presence')) present(stanza.attrs.from ?? '', stanza.attrs.type);
  else if (stanza.is('message')) hear(stanza.toString());
});
xmpp.on('online', () => void xmpp.send(xml('presence')).catch(() => {}));
xmpp.streamManagement.on('resumed', resumed);
xmpp.on('disconnect', () => lost('disconnect'));
obey(() => xmpp.stop());
xmpp.start().catch(() => {});
