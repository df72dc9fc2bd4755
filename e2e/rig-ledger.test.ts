/** What the fault rig demands of requests over several nodes (rig/nodes/ledger.mjs), and when it demands nothing. */
import { resolve } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

interface NodesLedger {
  readonly waiting: number;
  sent(id: string, desk: object, method: string, path: string): object;
  answered(entry: object, status: number, text: string, at: string): void;
  of(host: string): { witnessed(told: { node: string; item: string; text: string }): void };
  away(host: string, isAway: boolean): void;
  apart(host: string, why: string, isApart: boolean): void;
  check(): void;
}
const { NodesLedger } = (await import(resolve(import.meta.dirname, '../rig/nodes/ledger.mjs'))) as {
  readonly NodesLedger: new (
    limitMs: number,
    broken: (sentence: string) => void,
    hosts: readonly string[],
    shared: boolean,
  ) => NodesLedger;
};

const LIMIT_MS = 10_000;
const [ONE, TWO] = ['127.0.0.1', '127.0.0.2'] as const;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function bench() {
  const broken: string[] = [];
  const ledger = new NodesLedger(LIMIT_MS, (sentence) => broken.push(sentence), [ONE, TWO], true);
  let items = 0;
  const tell = (host: string, node: string, text: string) => {
    items += 1;
    ledger.of(host).witnessed({ node: `/finesse/api/${node}`, item: String(items), text });
  };
  return {
    ledger,
    /** A request of 3001 at the first node is accepted there, and answered there by an Update. */
    request(id: string) {
      const desk = { name: '3001', at: ONE };
      ledger.answered(ledger.sent(id, desk, 'PUT', 'User/3001'), 202, '', ONE);
      tell(
        ONE,
        'User/3001',
        `<Update><source>/finesse/api/User/3001</source><requestId>${id}</requestId></Update>`,
      );
    },
    status: (host: string, status: string) =>
      tell(
        host,
        'SystemInfo',
        `<Update><data><systemInfo><status>${status}</status></systemInfo></data></Update>`,
      ),
    /** Sentences since the last look, when the time of all requests is up. */
    broken() {
      vi.advanceTimersByTime(2 * LIMIT_MS);
      ledger.check();
      return broken.splice(0);
    },
  };
}

const MISSING = [`at ${TWO}: request a (PUT User/3001) of 3001: accepted, and no Update followed`];

test('each node owes an Update for a request that any of them accepted', () => {
  const { request, broken } = bench();
  request('a');
  expect(broken()).toEqual(MISSING);
});

test('nodes that do not hear of each other owe none for requests of that time, and all for later ones', () => {
  const { ledger, request, broken } = bench();
  ledger.apart(TWO, 'fault', true);
  ledger.apart(TWO, 'told', true);
  request('b');
  ledger.apart(TWO, 'told', false);
  request('c');
  expect(broken()).toEqual([]);
  ledger.apart(TWO, 'fault', false);
  request('a');
  expect(broken()).toEqual(MISSING);
});

test('a node without its session at the CTI server owes none for what others asked for', () => {
  const { request, status, broken } = bench();
  request('b');
  status(TWO, 'OUT_OF_SERVICE');
  request('c');
  status(TWO, 'IN_SERVICE');
  request('a');
  expect(broken()).toEqual(MISSING);
});

test('a request about a call that has gone on to another phone may be answered 401, and nothing else with 401 or 500', () => {
  const { ledger, broken } = bench();
  const answer = (status: number, text: string) => {
    const desk = { name: '3001', at: ONE };
    ledger.answered(ledger.sent(text, desk, 'PUT', 'Dialog/7'), status, text, ONE);
    return broken();
  };
  expect(
    answer(401, 'The user specified in the authentication credentials takes no part in the dialog'),
  ).toEqual([]);
  expect(answer(401, 'Authorization Failure')).toEqual([
    `PUT Dialog/7 of 3001 at ${ONE}: status 401 Authorization Failure`,
  ]);
  expect(answer(500, 'takes no part in the dialog')).toHaveLength(1);
});
