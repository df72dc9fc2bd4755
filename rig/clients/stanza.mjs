// stanza, with its own reconnection and, where the server offers it, its own resumption (XEP-0198).
import { agent, browserGlobals, hear, lost, obey, password, present, resumed } from './desk.mjs';

await browserGlobals();
const { SERVICE, TRANSPORT, WAIT } = process.env;

// Its BOSH transport falls silent after five attempts at one request, and tells nobody: whoever uses it has to watch for that. The
// program ends, as a page is loaded anew, and is started again. The library keeps the `fetch` that it finds when it is loaded.
const plainFetch = globalThis.fetch;
if (TRANSPORT === 'bosh')
  globalThis.fetch = async (...request) => {
    const answer = await plainFetch(...request).catch((error) => error);
    if (answer.ok) return answer;
    lost(`a poll failed: ${answer.status ?? answer.cause?.code ?? answer}`);
    setTimeout(() => process.exit(1), 100);
    return new Promise(() => {});
  };
const { createClient } = await import('stanza');
globalThis.fetch = plainFetch;

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

// Nor does it ask again when it has waited in vain.
let pollAt = performance.now();
client.on('raw:outgoing', () => {
  pollAt = performance.now();
});
if (TRANSPORT === 'bosh')
  setInterval(() => {
    if (performance.now() - pollAt <= (Number(WAIT) + 2) * 1_000) return;
    lost('a poll has no answer');
    setTimeout(() => process.exit(1), 100);
  }, 500);
