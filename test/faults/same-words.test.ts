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

const tells = (at: number, requestId: string) =>
  words.published(
    nodes[at]!,
    TOPIC,
    `<Update><event>put</event><requestId>${requestId}</requestId><source>${TOPIC}</source></Update>`,
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
