import { VirtualClock } from '@poise/clock';
import { expect, test } from 'vitest';
import { Refusals, TOLD_EVERY_MS } from './refusals.ts';

function refusing() {
  const clock = new VirtualClock();
  const problems: string[] = [];
  return { clock, problems, refusals: new Refusals(clock, (text) => problems.push(text)) };
}

test('what is refused in one bucket hides nothing that is refused in another one, or on the bus', () => {
  const { refusals, problems } = refusing();
  for (const place of ['nodes/a', 'presence/3001.a', 'presence/3002.a', 'leases/x', 'request.user.3001'])
    refusals.refuse('unreadable', place);
  expect(problems).toEqual(
    ['nodes/a', 'presence/3001.a', 'leases/x', 'request.user.3001'].map(
      (place) => `What nodes share: "${place}" was refused: unreadable.`,
    ),
  );
});

test('whoever makes up keys and topics does not fill the log', () => {
  const { refusals, problems } = refusing();
  for (let n = 0; n < 10_000; n++)
    for (const place of [`nodes/${n}`, `request.${n}.x`]) refusals.refuse('unreadable', place);
  expect(problems).toHaveLength(2);
  expect(refusals.counts).toEqual({ unreadable: 20_000 });
});

test('what was not told is counted in the next line', () => {
  const { clock, refusals, problems } = refusing();
  for (let n = 0; n < 5; n++) refusals.refuse('unknown version', 'nodes/a', 'a');
  refusals.refuse('unknown version', 'nodes/b', 'b');
  clock.advance(TOLD_EVERY_MS);
  for (const sender of ['a', 'b']) refusals.refuse('unknown version', `nodes/${sender}`, sender);
  const line = (name: string, more = '') =>
    `What nodes share: "nodes/${name}" of "${name}" was refused: unknown version. It is of another release: bring all nodes to the same one.${more}`;
  expect(problems).toEqual([
    line('a'),
    line('b'),
    line('a', ' There were 4 more like it before.'),
    line('b'),
  ]);
});
