import { afterEach, expect, test } from 'vitest';
import { NodePair } from '../../test/centre/node-pair.ts';
import type { TestCentre } from '../../test/centre/test-centre.ts';

let pair: NodePair;
afterEach(() => pair?.close());

const BODY = (content: string, seconds = 300) =>
  `<TeamMessage><duration>${seconds}</duration><content>${content}</content><teams><team>5000</team></teams></TeamMessage>`;
const create = (centre: TestCentre, content: string, requestId = 'r1') =>
  centre.call('2050', 'POST', 'TeamMessage', BODY(content), { requestid: requestId });
const events = (centre: TestCentre) =>
  centre.published.flatMap(({ node, payload }) =>
    node === '/finesse/api/Team/5000/TeamMessages'
      ? [
          ['event', 'content', 'requestId']
            .map((name) => new RegExp(`<${name}>(.*?)</${name}>`).exec(payload)?.[1])
            .join(' '),
        ]
      : [],
  );
const listed = async (centre: TestCentre) =>
  [...(await centre.call('2001', 'GET', 'Team/5000/TeamMessages')).body.matchAll(/<content>(.*)</g)].map(
    (match) => match[1],
  );
/** Words are delivered and the store is read. */
async function pass(ms = 1): Promise<void> {
  pair.clock.advance(ms);
  for (let i = 0; i < 5; i++) await Promise.resolve();
}

test('a message made at A is told and listed at B at once, and so is its end; both may end it', async () => {
  pair = await NodePair.open();
  await create(pair.a, 'one');
  await pass();
  expect(events(pair.b)).toEqual(['POST one r1']);
  expect(pair.b.published).toEqual(pair.a.published);
  expect(await listed(pair.b)).toEqual(['one']);
  const id = [...pair.teamMessages.stored.keys()][0];
  await pair.b.call('2050', 'DELETE', `TeamMessage/${id}`, undefined, { requestid: 'r2' });
  await pass();
  expect(events(pair.a)).toEqual(['POST one r1', 'DELETE one r2']);
  expect(pair.b.published).toEqual(pair.a.published);
  expect([await listed(pair.a), await listed(pair.b)]).toEqual([[], []]);
  await pass(400_000);
  expect(events(pair.a)).toHaveLength(2);
});

test('its time is up at both nodes, each of which tells its own clients once', async () => {
  pair = await NodePair.open();
  await create(pair.a, 'one');
  await pass();
  await pass(300_000);
  expect(events(pair.a)).toEqual(['POST one r1', 'DELETE one ']);
  expect(events(pair.b)).toEqual(events(pair.a));
  expect(pair.teamMessages.stored.size).toBe(0);
});

test('it lives as long as it was made for, whatever becomes of the wall clock', async () => {
  pair = await NodePair.open();
  await create(pair.a, 'one');
  await pass();
  pair.clock.step(7_200_000);
  await pass(200_000);
  expect(await listed(pair.b)).toEqual(['one']);
  pair.clock.step(-14_400_000);
  await pass(101_000);
  expect(events(pair.b)).toEqual(['POST one r1', 'DELETE one ']);
  expect(events(pair.a)).toEqual(events(pair.b));
});

test('what was not heard is found when the others can be reached again', async () => {
  pair = await NodePair.open();
  await create(pair.a, 'kept');
  await pass();
  pair.fabricB.cut(true);
  await create(pair.a, 'new');
  const [kept] = [...pair.teamMessages.stored.keys()];
  await pair.a.call('2050', 'DELETE', `TeamMessage/${kept}`, undefined, { requestid: 'r3' });
  await pass();
  expect(events(pair.b)).toEqual(['POST kept r1']);
  pair.fabricB.cut(false);
  await pass();
  expect(events(pair.b)).toEqual(['POST kept r1', 'POST new ', 'DELETE kept ']);
  expect(await listed(pair.b)).toEqual(['new']);
});

test('a message that is being written here is not taken for one that another node has deleted', async () => {
  pair = await NodePair.open();
  let written = () => {};
  const { create: write } = pair.teamMessages;
  pair.teamMessages.create = async (message) => {
    await new Promise<void>((resolve) => {
      written = resolve;
    });
    await write(message);
  };
  const creating = create(pair.a, 'slow');
  while (pair.a.desk.teamMessages.book.size === 0) await new Promise((resolve) => setImmediate(resolve));
  pair.stranger.tell('notice.message', 'deleted', { id: 'x', requestId: '', cause: {} });
  await pass();
  expect(pair.a.desk.teamMessages.book.size).toBe(1);
  written();
  await creating;
  await pass();
  expect(events(pair.a)).toEqual(['POST slow r1']);
  expect(events(pair.b)).toEqual(['POST slow r1']);
});

test('a store that cannot be read is read again; words of no sense are only a reason to look', async () => {
  pair = await NodePair.open();
  const { all } = pair.teamMessages;
  let fails = true;
  let reads = 0;
  pair.teamMessages.all = async () => {
    reads += 1;
    if (fails) throw new Error('no store');
    return all();
  };
  await create(pair.a, 'one');
  await pass();
  expect([events(pair.b), reads]).toEqual([[], 1]);
  fails = false;
  await pass(5_000);
  expect(events(pair.b)).toEqual(['POST one r1']);
  for (const body of [null, 7, [], { id: '' }, { id: 'x'.repeat(9_999), requestId: '', cause: {} }])
    pair.stranger.tell('notice.message', 'created', body);
  await pass();
  expect(events(pair.b)).toHaveLength(1);
  // Five words, heard by two nodes: those that come while the store is being read need one more reading only.
  expect(reads).toBe(6);
});
