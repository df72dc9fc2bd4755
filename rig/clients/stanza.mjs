// stanza, with its own reconnection and, where the server offers it, its own resumption (XEP-0198).
import { createClient } from 'stanza';
import { agent, browserGlobals, hear, lost, obey, password, present, resumed } from './desk.mjs';

await browserGlobals();
const { SERVICE, TRANSPORT, WAIT } = process.env;
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
client.on('stream:management:resumed', resumed);
client.on('presence', ({ from, type }) => present(from, type));
client.on('raw:incoming', (text) => hear(String(text)));
client.on('disconnected', () => lost('disconnected'));
obey(() => client.disconnect());
client.connect();

// Its BOSH transport falls silent after a request that failed, and tells nobody: whoever uses it has to watch for that. The
// program ends, as a page is loaded anew, and is started again.
let pollAt = performance.now();
client.on('raw:outgoing', () => {
  pollAt = performance.now();
});
if (TRANSPORT === 'bosh')
  setInterval(() => {
    if (performance.now() - pollAt > (Number(WAIT) + 2) * 1_000) process.exit(1);
  }, 500);
