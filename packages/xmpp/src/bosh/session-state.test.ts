import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Bosh, Client, PRESENCE } from '../../test/bosh-fixture.ts';
import { BOSH_LIMITS } from './limits.ts';
import { BOSH_TRANSITIONS, type BoshEvent, type BoshState, nextState } from './session-state.ts';

const docs = readFileSync(new URL('../../../../docs/bosh.md', import.meta.url), 'utf8');

const RESTART = "xmlns:xmpp='urn:xmpp:xbosh' xmpp:restart='true'";
const stateOf = (bosh: Bosh) => [...bosh.service.sessions()].at(-1)?.state ?? 'gone';

test('the diagram in docs/bosh.md shows exactly the table', () => {
  const diagram = /```mermaid\n([\s\S]*?)```/.exec(docs)![1]!;
  const shown = [...diagram.matchAll(/^ {2}(\w+) --> (\w+): ([\w-]+)$/gm)].map(
    (m) => `${m[1]} ${m[3]} ${m[2]}`,
  );
  const table = Object.entries(BOSH_TRANSITIONS).flatMap(([from, row]) =>
    Object.entries(row).map(([event, to]) => `${from} ${event} ${to}`),
  );
  expect(shown.sort()).toEqual(table.sort());
});

test('docs/bosh.md lists every limit with its default', () => {
  const listed = [...docs.matchAll(/^\| `(\w+)` \| ([\d,]+) (\w+) \|/gm)].map((m) => [m[1], m[2], m[3]]);
  expect(listed).toEqual(
    Object.entries(BOSH_LIMITS).map(([name, limit]) => [
      name,
      limit.default.toLocaleString('en-US'),
      limit.unit,
    ]),
  );
});

test('what a row does not name changes nothing', () => {
  const events: BoshEvent[] = ['features', 'request', 'restart', 'pause', 'end', 'end-untold'];
  for (const state of Object.keys(BOSH_TRANSITIONS) as BoshState[]) {
    for (const event of events) expect(nextState(state, event)).toBe(BOSH_TRANSITIONS[state][event] ?? state);
  }
});

test('a session walks through its states', () => {
  const bosh = new Bosh({ announce: undefined });
  const c = new Client(bosh);
  expect(stateOf(bosh)).toBe('opening');
  c.stream.transport.features('');
  expect(stateOf(bosh)).toBe('open');
  c.send('', RESTART);
  expect(stateOf(bosh)).toBe('restarting');
  c.stream.transport.features('');
  expect(stateOf(bosh)).toBe('open');
  c.send('', "pause='10'");
  expect(stateOf(bosh)).toBe('paused');
  c.send(PRESENCE);
  expect(stateOf(bosh)).toBe('open');
  c.send('', "pause='10'");
  c.send('', RESTART);
  expect(stateOf(bosh)).toBe('restarting');
  c.stream.transport.features('');
  c.stream.transport.end({ condition: 'conflict' });
  expect([stateOf(bosh), bosh.service.count]).toEqual(['gone', 1]);
  c.send();
  expect(bosh.service.count).toBe(0);
});
