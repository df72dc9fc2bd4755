import { beforeEach, expect, test } from 'vitest';
import { Relay } from './relay.ts';

const OWN = 'https://a.example:8445';
const OTHER = 'https://b.example:8445';
const settled = () => new Promise((done) => setTimeout(done));

let news: unknown[];
let lost: string[];
let log: string[];
let isWanted: () => Promise<boolean>;
let scopes: unknown[];
let hasWorker: boolean;
/** Scope that the browser refuses. */
let refused: string;
let answers: boolean;
let waited: (() => void)[];

const made = () =>
  new Relay({
    workers: {
      register: async (script: string | URL, { scope }: RegistrationOptions = {}) => {
        scopes.push([script, scope]);
        if (!hasWorker || scope === refused) throw new Error('an SSL certificate error occurred');
        return {
          active: {
            postMessage: (data: unknown, [port]: readonly MessagePort[]) => {
              news.push(data);
              if (answers) port?.postMessage('');
            },
          },
        } as unknown as ServiceWorkerRegistration;
      },
    },
    isWanted: () => isWanted(),
    script: '/desktop/container/gadget-worker.js',
    origin: OWN,
    lost: (host) => lost.push(host),
    log: (line) => log.push(line),
    wait: () => new Promise((done) => waited.push(done)),
  });

beforeEach(() => {
  [news, lost, log, scopes, hasWorker, isWanted] = [[], [], [], [], true, async () => true];
  [answers, waited, refused] = [true, [], ''];
});

test('pages without gadgets need no worker', async () => {
  void made().nodeIs(OTHER);
  await settled();
  expect([scopes, lost]).toEqual([[], []]);
});

test('frames are looked after from the first gadget on, and the worker is told of each move', async () => {
  const relay = made();
  relay.begin();
  relay.begin();
  await settled();
  expect(scopes).toEqual([
    ['/desktop/container/gadget-worker.js', '/gadgets/'],
    ['/desktop/container/gadget-worker.js?of=files', '/3rdpartygadget/'],
  ]);
  void relay.nodeIs(OWN);
  void relay.nodeIs(OTHER);
  void relay.nodeIs(OTHER);
  void relay.nodeIs(OWN);
  await settled();
  expect(news.slice(-4)).toEqual(Array(4).fill({ relayTo: null }));
  expect(news).toContainEqual({ relayTo: null });
  void relay.nodeIs(OTHER);
  await settled();
  expect([news.slice(-2), lost]).toEqual([[{ relayTo: OTHER }, { relayTo: OTHER }], []]);
});

test('without the one of the files the frames follow all the same', async () => {
  refused = '/3rdpartygadget/';
  const relay = made();
  relay.begin();
  await settled();
  news.length = 0;
  await relay.nodeIs(OTHER);
  expect([news, lost, log.length]).toEqual([[{ relayTo: OTHER }], [], 1]);
});

test('gadgets hear of a move when the worker has, or does not say so for too long', async () => {
  const relay = made();
  relay.begin();
  await settled();
  const led = relay.nodeIs(OTHER);
  // What is told meanwhile waits for the same.
  expect(relay.nodeIs(OTHER)).toBe(led);
  await led;
  expect(relay.nodeIs(OTHER)).toBeNull();
  answers = false;
  let isLed = false;
  const slow = relay.nodeIs(OWN)?.then(() => {
    isLed = true;
  });
  await settled();
  expect(isLed).toBe(false);
  for (const done of waited) done();
  await slow;
  expect(isLed).toBe(true);
});

test.each([
  ['the server wants none', async () => false, true],
  ['the certificate is not trusted', async () => true, false],
])('where %s, gadgets are left behind, and that is said once for each move', async (_why, wanted, has) => {
  [isWanted, hasWorker] = [wanted, has];
  const relay = made();
  relay.begin();
  await settled();
  void relay.nodeIs(OTHER);
  await settled();
  relay.begin();
  await settled();
  expect(lost).toEqual(['b.example']);
  void relay.nodeIs(OWN);
  await settled();
  void relay.nodeIs(OTHER);
  await settled();
  expect(lost).toEqual(['b.example', 'b.example']);
  expect(log.length).toBe(has ? 0 : 1);
});
