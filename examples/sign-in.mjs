// Signs an agent of the demonstration centre in, prints every event it gets, and signs it out at Ctrl+C.
//
//   node examples/sign-in.mjs [agent] [extension]        (needs a running `npm start`)
//
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
client.on('connection', (status) => console.log(`notification service: ${status}`));
client.on('update', (update) => console.log(describe(update)));

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
  const user = await client.signIn({ extension });
  process.once('SIGINT', signOut);
  console.log(`${user.firstName} ${user.lastName} is ${user.state} on ${user.extension}. Ctrl+C signs out.`);
} catch (error) {
  if (!(error instanceof ApiError)) throw error;
  console.error(
    error.status === 0
      ? `No Poise answers at ${baseUrl}. Start one with npm start, or name another address in POISE_URL.`
      : `${agent} cannot sign in on extension ${extension}: ${error.message}.`,
  );
  client.close();
  process.exitCode = 1;
}
