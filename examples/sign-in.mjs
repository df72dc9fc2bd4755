// Signs an agent of the demonstration centre in, prints every event it gets, and signs it out at Ctrl+C.
//
//   node examples/sign-in.mjs [agent] [extension]        (needs a running `npm start`)
import { PoiseClient } from '@poise/client';

const agent = process.argv[2] ?? '3001';
const extension = process.argv[3] ?? agent;

const client = new PoiseClient({
  baseUrl: process.env.POISE_URL ?? 'http://localhost:8082',
  user: agent,
  password: agent,
  transport: 'bosh',
  resource: 'example',
});
client.on('connection', (status) => console.log(`notification service: ${status}`));
client.on('update', ({ node, event, requestId, data }) =>
  console.log(
    `${event} ${node} requestId=${requestId || '(none)'} ${data.type === 'user' ? data.user.state : data.type}`,
  ),
);

await client.connect();
const user = await client.signIn({ extension });
console.log(`${user.firstName} ${user.lastName} is ${user.state} on ${user.extension}. Ctrl+C signs out.`);

process.on('SIGINT', async () => {
  try {
    if ((await client.user()).state !== 'NOT_READY') await client.setState('NOT_READY');
    await client.signOut();
  } finally {
    client.close();
  }
});
