/** Sessions that were resumed, terminated or given up leave nothing behind: no timer, no place, no reference. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { auth, DOMAIN, iq, MemoryClient, PUBSUB, pubsub, type Rig, rig, signIn } from '../../test/kit.ts';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

const SM = 'urn:xmpp:sm:3';
const NODE = '/finesse/api/User/2001';

async function managed(test: Rig): Promise<{ client: MemoryClient; id: string }> {
  const client = await signIn(test, '2001');
  const answer = await client.send(
    `<enable xmlns='${SM}' resume='true'/>`,
    `<a xmlns='${SM}' h='0'/>`,
    iq('set', PUBSUB, pubsub(`<subscribe node='${NODE}' jid='2001@${DOMAIN}/desktop'/>`)),
  );
  client.take();
  test.server.publish(NODE, '<e/>');
  return { client, id: / id="([0-9a-zA-Z]{32})"/.exec(answer)?.[1] ?? '' };
}

async function resumed(test: Rig, id: string): Promise<MemoryClient> {
  const client = new MemoryClient(test);
  client.open();
  await client.send(auth('2001'));
  client.open();
  expect(await client.send(`<resume xmlns='${SM}' previd='${id}' h='0'/>`)).toContain('<resumed');
  return client;
}

/** Each ends with no session of the user. */
const ENDS: ReadonlyArray<readonly [string, (test: Rig, client: MemoryClient, id: string) => Promise<void>]> =
  [
    [
      'lost, and its time is over',
      async (test, client) => {
        client.lose();
        test.server.publish(NODE, '<e/>');
        test.clock.advance(60_000);
      },
    ],
    [
      'lost, and its time over after a standstill',
      async (test, client) => {
        client.lose();
        test.clock.freeze(90_000);
        test.clock.advance(60_000);
      },
    ],
    [
      'lost, resumed, and terminated',
      async (test, client, id) => {
        client.lose();
        (await resumed(test, id)).lose('closed');
      },
    ],
    [
      'resumed over a live line, and terminated',
      async (test, _client, id) => {
        (await resumed(test, id)).lose('closed');
      },
    ],
    [
      'lost, and replaced by a bind',
      async (test, client) => {
        client.lose();
        (await signIn(test, '2001')).lose('closed');
      },
    ],
    [
      'lost, and ended by the server',
      async (test, client) => {
        client.lose();
        expect(test.server.endSession(`2001@${DOMAIN}/desktop`, 'not-authorized')).toBe(true);
      },
    ],
    [
      'given up, because too much waits',
      async (test, client) => {
        client.lose();
        for (let i = 0; i <= 1_000; i++) test.server.publish(NODE, '<e/>');
      },
    ],
  ];

test.each(ENDS)('%s', async (_name, end) => {
  const test = rig();
  const once = async (): Promise<WeakRef<object>[]> => {
    const { client, id } = await managed(test);
    expect(id).not.toBe('');
    const refs = [new WeakRef<object>(client), new WeakRef<object>(client.stream)];
    await end(test, client, id);
    return refs;
  };
  const refs = await once();
  // The subscriptions of the full JID live for ten minutes more.
  test.clock.advance(700_000);
  expect(test.server.health()).toMatchObject({ streams: 0, sessions: 0, lost: 0, queuedStanzas: 0 });
  expect(test.server.hasSubscribers(NODE)).toBe(true);
  const pending = test.clock.pending;
  for (let i = 0; i < 5; i++) refs.push(...(await once()));
  test.clock.advance(700_000);
  expect(test.clock.pending).toBe(pending);
  for (let i = 0; i < 3; i++) {
    // References taken in this turn keep their objects until it ends.
    await new Promise((resolve) => setImmediate(resolve));
    gc();
  }
  expect(refs.filter((ref) => ref.deref() !== undefined)).toHaveLength(0);
});

test('what lost sessions held counts no longer when they are gone', async () => {
  // Room for two lost sessions: each holds less than 1,500 characters.
  const test = rig({ limits: { lostBytesMax: 3_000 } });
  for (let i = 0; i < 20; i++) {
    const { client, id } = await managed(test);
    client.lose();
    if (i % 2 === 0) (await resumed(test, id)).lose('closed');
    else test.clock.advance(60_000);
    expect(test.server.health().lost).toBe(0);
  }
  const { client, id } = await managed(test);
  client.lose();
  await resumed(test, id);
});
