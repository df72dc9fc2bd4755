// Signs an agent of the demonstration centre in, takes the next call, holds and retrieves it, ends it, signs out again, and
// prints every event on the way.
//
//   node examples/call.mjs [agent] [extension]           (needs a running `npm start`)
//   npx poise sim call --to 6003                         (the customer; 6003 is the queue of the team Sandbox)
//
// The agent is one of Sandbox: the other teams have reasons, and wrap-up, which this example does without.
// The environment variable POISE_URL names another server than http://localhost:8082.
import { ApiError, PoiseClient } from '@poise/client';
import { describe } from './describe.mjs';

const agent = process.argv[2] ?? '3001';
const extension = process.argv[3] ?? agent;
const baseUrl = process.env.POISE_URL ?? 'http://localhost:8082';
if (!URL.canParse(baseUrl)) {
  console.error(`POISE_URL is no address: ${baseUrl}. Write it as http://host:port.`);
  process.exit(1);
}

const client = new PoiseClient({
  baseUrl,
  user: agent,
  password: agent,
  transport: 'bosh',
  resource: 'example',
});
client.on('update', (update) => console.log(describe(update)));

/** What `read` finds in the first Update in which it finds something. */
const first = (read) =>
  new Promise((found) => {
    const end = client.on('update', ({ data }) => {
      const value = read(data);
      if (value === undefined) return;
      end();
      found(value);
    });
  });

/** A dialog that rings here: the server lists ANSWER among the actions of the own part. */
const ringing = (data) => {
  const dialogs = data.type === 'dialogs' ? data.dialogs : data.type === 'dialog' ? [data.dialog] : [];
  return dialogs.find(({ participants }) =>
    participants.some(
      ({ mediaAddress, actions }) => mediaAddress === extension && actions.includes('ANSWER'),
    ),
  );
};

/** The agent, once in Not Ready. */
const notReady = (data) => (data.type === 'user' && data.user.state === 'NOT_READY' ? data.user : undefined);

async function work() {
  const call = first(ringing);
  await client.setState('READY');
  console.log(`${agent} is READY on ${extension}. Let a customer call: npx poise sim call --to 6003`);
  const { id } = await call;
  await client.calls.answer(id);
  await client.calls.hold(id);
  await client.calls.retrieve(id);
  // Asked for during a call it follows the call: until then the User shows it as pendingState.
  await client.setState('NOT_READY');
  const over = first(notReady);
  await client.calls.drop(id);
  await over;
}

async function signOut() {
  try {
    if ((await client.user()).state !== 'NOT_READY') await client.setState('NOT_READY');
    await client.signOut();
  } finally {
    client.close();
  }
}

try {
  await client.connect();
  await client.signIn({ extension });
  const interrupted = new Promise((stop) => process.once('SIGINT', stop));
  await Promise.race([work(), interrupted]);
  await signOut();
} catch (error) {
  if (!(error instanceof ApiError)) throw error;
  console.error(
    error.status === 0
      ? `No Poise answers at ${baseUrl}. Start one with npm start, or name another address in POISE_URL.`
      : `That did not work: ${error.message}.`,
  );
  client.close();
  process.exitCode = 1;
}
