import { expect, test } from 'vitest';
import { JOINED_WITHIN_MS, SharedReads } from './shared-reads.ts';

/** The proxy answers when the test says so. */
function setup() {
  const asked: { body: string; answer: (text: string) => void; fail: () => void }[] = [];
  let now = 0;
  const wait = (ms: number) => {
    now += ms;
  };
  const reads = new SharedReads(
    (body) =>
      new Promise((resolve, reject) => {
        asked.push({
          body,
          answer: (text) => resolve({ status: 200, text }),
          fail: () => reject(new Error('no network')),
        });
      }),
    () => now,
  );
  const told: string[] = [];
  const read = (who: string, key = 'user') =>
    reads.read(key, `body of ${who}`, (status, text, isJoined) =>
      told.push(`${who}: ${status} ${text}${isJoined ? ', joined' : ''}`),
    );
  const settled = () => new Promise((done) => setImmediate(done));
  return { reads, asked, told, read, settled, wait };
}

test('who asks for what is under way gets its answer; who asks afterwards reads anew', async () => {
  const { asked, told, read, settled } = setup();
  read('a');
  read('b');
  read('c', 'dialogs');
  expect(asked.map(({ body }) => body)).toEqual(['body of a', 'body of c']);
  asked[0]?.answer('first');
  await settled();
  expect(told).toEqual(['a: 200 first', 'b: 200 first, joined']);
  read('d');
  expect(asked.length).toBe(3);
});

test('after a change nobody joins what was asked before it, and everybody gets his own answer', async () => {
  const { reads, asked, told, read, settled } = setup();
  read('before');
  reads.changed();
  read('after');
  read('too');
  expect(asked.length).toBe(2);
  asked[1]?.answer('new');
  asked[0]?.answer('old');
  await settled();
  expect(told.sort()).toEqual(['after: 200 new', 'before: 200 old', 'too: 200 new, joined']);
});

test('an answer to what was asked before a change leaves the later request to be joined', async () => {
  const { reads, asked, read, settled } = setup();
  read('before');
  reads.changed();
  read('after');
  asked[0]?.answer('old');
  await settled();
  read('too');
  expect(asked.length).toBe(2);
});

test('without an answer everybody is told, also when one of them throws', async () => {
  const { reads, asked, told, read, settled } = setup();
  read('a');
  reads.read('user', '', () => {
    throw new Error('of a gadget');
  });
  read('b');
  asked[0]?.fail();
  await settled();
  expect(told).toEqual(['a: 0 ', 'b: 0 , joined']);
});

test('nobody joins a request that has been without an answer for long', async () => {
  const { asked, told, read, settled, wait } = setup();
  read('a');
  wait(JOINED_WITHIN_MS - 1);
  read('b');
  wait(1);
  read('c');
  read('d');
  expect(asked.length).toBe(2);
  asked[1]?.answer('new');
  await settled();
  expect(told).toEqual(['c: 200 new', 'd: 200 new, joined']);
});
