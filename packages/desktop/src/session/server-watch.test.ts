import { VirtualClock } from '@poise/clock';
import { expect, test } from 'vitest';
import { settle } from '../../test/fake-client.ts';
import type { ServerStatus } from './desktop-config.ts';
import { BAD_MS, ServerWatch, WELL_MS } from './server-watch.ts';

function watched() {
  const clock = new VirtualClock();
  const told: ServerStatus[] = [];
  const waiting: ((status: ServerStatus) => void)[] = [];
  const watch = new ServerWatch({
    clock,
    ask: () => new Promise((done) => waiting.push((status) => done({ status, config: null }))),
    told: ({ status }) => told.push(status),
  });
  const answer = async (status: ServerStatus) => {
    waiting.shift()?.(status);
    await settle();
  };
  return { clock, told, waiting, watch, answer };
}

test('a server that is out of service is asked again soon, one that is well rarely', async () => {
  const { clock, told, waiting, watch, answer } = watched();
  watch.look();
  await answer('out-of-service');
  clock.advance(BAD_MS - 1);
  expect(waiting).toHaveLength(0);
  clock.advance(1);
  await answer('unreachable');
  clock.advance(BAD_MS);
  await answer('in-service');
  clock.advance(WELL_MS - 1);
  expect(waiting).toHaveLength(0);
  clock.advance(1);
  expect(waiting).toHaveLength(1);
  expect(told).toEqual(['out-of-service', 'unreachable', 'in-service']);
});

test('what was asked before the page was put aside says nothing any more', async () => {
  const { clock, told, waiting, watch, answer } = watched();
  watch.look();
  watch.stop();
  await answer('out-of-service');
  clock.advance(WELL_MS);
  expect([told, waiting]).toEqual([[], []]);
  watch.look();
  watch.look();
  await answer('out-of-service');
  await answer('in-service');
  expect(told).toEqual(['in-service']);
});
