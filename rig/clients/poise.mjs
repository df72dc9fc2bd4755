// Our own SDK.
import { PoiseClient } from '@poise/client';
import {
  agent,
  apiNow,
  atHost,
  beginWhereSomebodyAnswers,
  browserGlobals,
  lost,
  moveTo,
  obey,
  password,
  tell,
} from './desk.mjs';

await browserGlobals();
await beginWhereSomebodyAnswers();
/** Beginning of the move of a node's clients, spread over so many ms. */
const MAINTENANCE_SPREAD_MS = 3_000;
const { SERVICE, TRANSPORT } = process.env;
const client = new PoiseClient({
  baseUrl: new URL(apiNow()).origin,
  notificationUrl: atHost(SERVICE),
  user: agent,
  password,
  resource: 'desktop',
  transport: TRANSPORT,
  WebSocket: globalThis.WebSocket,
  ...JSON.parse(process.env.SDK ?? '{}'),
});

/** State and dialogs as the SDK has them, in the words of the rig. */
let state = '';
const dialogs = new Map();
let reason = '';
/** Agent → state, of the teams of a supervisor. */
const members = new Map();
const teams = process.env.SUPERVISES.split(',').filter(Boolean);
const tellPicture = () =>
  tell({
    is: 'picture',
    state,
    reason,
    dialogs: Object.fromEntries(dialogs),
    members: Object.fromEntries(members),
  });
const tellUser = (user) => {
  state = user.state;
  reason = String(user.reasonCode?.code ?? '');
};
/** As much of a dialog as the rig looks at, as XML. */
function printed({ participants, callVariables }) {
  const parties = participants.map(
    ({ mediaAddress, state, actions }) =>
      `<Participant><mediaAddress>${mediaAddress}</mediaAddress><state>${state}</state>${actions.map((action) => `<action>${action}</action>`).join('')}</Participant>`,
  );
  const variable = callVariables.find(({ name }) => name === 'callVariable1')?.value ?? '';
  return `${parties.join('')}<name>callVariable1</name><value>${variable}</value>`;
}

/** Updates that came since it was asked for everything: they are newer than the answers, or the same. */
let meanwhile = null;

async function fetchAll() {
  const updates = [];
  meanwhile = updates;
  while (meanwhile === updates) {
    try {
      const [user, list] = [await client.user(), await client.dialogs()];
      const watched = await Promise.all(teams.map((team) => client.team(team, true)));
      if (meanwhile !== updates) return;
      meanwhile = null;
      tellUser(user);
      for (const { users } of watched) for (const { loginId, state } of users) members.set(loginId, state);
      dialogs.clear();
      for (const dialog of list) dialogs.set(dialog.id, printed(dialog));
      for (const update of updates) apply(update);
      tellPicture();
    } catch {
      await new Promise((done) => setTimeout(done, 500));
    }
  }
}

function apply({ node, event, data }) {
  const own = `/finesse/api/User/${agent}`;
  if (data.type === 'user' && node === own) tellUser(data.user);
  if (data.type === 'user' && /\/Team\/\d+\/Users$/.test(node))
    members.set(data.user.loginId, data.user.state);
  if (node !== `${own}/Dialogs`) return;
  const listed = data.type === 'dialogs' ? data.dialogs : data.type === 'dialog' ? [data.dialog] : [];
  for (const dialog of listed) {
    if (event === 'DELETE') dialogs.delete(dialog.id);
    else dialogs.set(dialog.id, printed(dialog));
  }
}

client.on('update', (update) => {
  const { node, requestId, source } = update;
  tell({ is: 'update', node, item: null, requestId, source });
  if (meanwhile !== null) meanwhile.push(update);
  else {
    apply(update);
    tellPicture();
  }
});
// They last as long as the client, which makes them anew after each loss.
const subscribed = Promise.all(teams.map((team) => client.subscribe(`/finesse/api/Team/${team}/Users`)));
let connected = false;
client.on('connection', (status, { detail }) => {
  if (status === 'connected') {
    moveTo(client.host);
    tell({ is: 'session', at: client.host });
  }
  if (status === 'connected' || status === 'disconnected') connected = status === 'connected';
  if (status === 'disconnected' || status === 'failing') lost(`${status}: ${detail}`, connected);
  if (status === 'connected' || status === 'recovered') void subscribed.then(fetchAll);
  if (status === 'recovered') tell({ is: 'session', at: client.host });
});
/** A node in maintenance mode is left, as the page does, at a moment of chance; until there is one to go to. */
let leavesAt = null;
client.on('systemInfo', ({ finesseMMode }) => {
  const leaves = finesseMMode === 'IN_PROGRESS';
  if (!leaves) clearTimeout(leavesAt);
  else leavesAt ??= setTimeout(leave, Math.random() * MAINTENANCE_SPREAD_MS);
  if (!leaves) leavesAt = null;
});
async function leave() {
  const moves = await client.moveAway();
  leavesAt = moves ? null : setTimeout(leave, MAINTENANCE_SPREAD_MS);
}
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
