// Our own SDK.
import { PoiseClient } from '@poise/client';
import { agent, browserGlobals, lost, obey, password, tell } from './desk.mjs';

await browserGlobals();
const { SERVICE, TRANSPORT, API } = process.env;
const client = new PoiseClient({
  baseUrl: new URL(API).origin,
  notificationUrl: SERVICE,
  user: agent,
  password,
  resource: 'desktop',
  transport: TRANSPORT,
  WebSocket: globalThis.WebSocket,
  reconnectMaxMs: 3_000,
  ...JSON.parse(process.env.SDK ?? '{}'),
});

/** State and dialogs as the SDK has them, in the words of the rig. */
let state = '';
const dialogs = new Map();
const tellPicture = () => tell({ is: 'picture', state, dialogs: Object.fromEntries(dialogs) });
const partiesOf = ({ participants }) =>
  participants.map((party) => [party.mediaAddress, party.state, party.actions]);

async function fetchAll() {
  for (;;) {
    try {
      const [user, list] = [await client.user(), await client.dialogs()];
      state = user.state;
      dialogs.clear();
      for (const dialog of list) dialogs.set(dialog.id, partiesOf(dialog));
      tellPicture();
      return;
    } catch {
      await new Promise((done) => setTimeout(done, 500));
    }
  }
}
client.on('update', ({ node, event, requestId, source, data }) => {
  const own = `/finesse/api/User/${agent}`;
  tell({ is: 'update', node, item: null, requestId, source });
  if (data.type === 'user' && node === own) state = data.user.state;
  const listed = data.type === 'dialogs' ? data.dialogs : data.type === 'dialog' ? [data.dialog] : [];
  if (node === `${own}/Dialogs`)
    for (const dialog of listed) {
      if (event === 'DELETE') dialogs.delete(dialog.id);
      else dialogs.set(dialog.id, partiesOf(dialog));
    }
  tellPicture();
});
client.on('connection', (status, { detail }) => {
  if (status === 'connected') tell({ is: 'session' });
  if (status === 'disconnected' || status === 'failing') lost(`${status}: ${detail}`);
  if (status === 'connected' || status === 'recovered') void fetchAll();
  if (status === 'recovered') tell({ is: 'session' });
});
obey(() => client.close());
async function connect() {
  try {
    await client.connect();
  } catch (error) {
    lost(error);
    setTimeout(connect, 1_000);
  }
}
void connect();
