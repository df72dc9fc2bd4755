// stanza, with its own reconnection and, where the server offers it, its own resumption (XEP-0198).
import { createClient } from 'stanza';
import { agent, browserGlobals, hear, lost, obey, password, present } from './desk.mjs';

await browserGlobals();
const { SERVICE, TRANSPORT } = process.env;
const client = createClient({
  jid: `${agent}@localhost`,
  password,
  resource: 'desktop',
  autoReconnect: true,
  maxReconnectBackoff: 3,
  transports: {
    websocket: TRANSPORT === 'websocket' && SERVICE,
    bosh: TRANSPORT === 'bosh' && SERVICE,
  },
});
client.on('session:started', () => client.sendPresence());
client.on('stream:management:resumed', () => present('finesse@resumed'));
client.on('presence', ({ from, type }) => present(from, type));
client.on('raw:incoming', (text) => hear(String(text)));
client.on('disconnected', () => lost('disconnected'));
obey(() => client.disconnect());
client.connect();
