/** Which of what one node tells, and another one does not, is an error. */
import { beforeEach, expect, test } from 'vitest';
import type { SimNode } from './node.ts';
import { SameWords } from './same-words.ts';
import type { World } from './world.ts';

const TOPIC = '/finesse/api/User/2002';

let broken: string[];
let world: { now: number };
let words: SameWords;
let nodes: SimNode[];

beforeEach(() => {
  broken = [];
  nodes = ['node1', 'node2'].map(
    (host) =>
      ({
        host,
        process: { running: true },
        desk: { status: { inService: true } },
        part: { health: () => ({ ready: true }) },
      }) as unknown as SimNode,
  );
  const all = {
    now: 0,
    nodes,
    places: nodes,
    nodesCalm: true,
    nodesCalmSince: 0,
    broken: (_: string, detail: string) => broken.push(detail),
  };
  world = all;
  words = new SameWords(all as unknown as World);
  words.check();
});

const tells = (at: number, requestId: string, event = 'put') =>
  words.published(
    nodes[at]!,
    TOPIC,
    `<Update><event>${event}</event><requestId>${requestId}</requestId><source>${TOPIC}</source></Update>`,
  );
const passes = (ms: number) => {
  world.now += ms;
  words.check();
};

test('what one node does not tell is found', () => {
  passes(20_000);
  for (const at of [0, 1]) tells(at, 'r1');
  tells(1, 'r2');
  passes(5_000);
  expect(broken).toEqual([`node1 did not tell on ${TOPIC}: event put requestId r2 source ${TOPIC}`]);
});

test('a request that one node has answered just when all were well again may be given up by another one later', () => {
  passes(1_000);
  tells(0, 'r1');
  passes(24_000);
  tells(1, 'r1');
  passes(5_000);
  expect(broken).toEqual([]);
});

test('a call that ends by itself just when that is asked for: who hears of the request later answers with the DELETE', () => {
  passes(20_000);
  const [knows, hears] = [0, 1];
  tells(knows, 'r1', 'PUT');
  tells(knows, '', 'DELETE');
  for (const event of ['PUT', 'DELETE']) tells(hears, '', event);
  tells(hears, 'r1', 'DELETE');
  passes(5_000);
  expect(broken).toEqual([]);
});

test.each([false, true])(
  'whoever does not answer with what has answered is found; with something else: %s',
  (isTwice) => {
    passes(20_000);
    tells(0, 'r1', 'PUT');
    tells(1, '', 'PUT');
    if (isTwice) tells(1, 'r1', 'POST');
    passes(5_000);
    expect(broken).toContain(`node2 did not tell on ${TOPIC}: event PUT requestId r1 source ${TOPIC}`);
  },
);
