import { ApiError } from '@poise/client';
import { VirtualClock } from '@poise/clock';
import { beforeEach, expect, test } from 'vitest';
import { settle } from '../../test/fake-client.ts';
import { ErrorReport, newest, TOLD_MS } from './error-report.ts';
import { Store } from './store.ts';

let store: Store;
let clock: VirtualClock;
beforeEach(() => {
  store = new Store();
  clock = new VirtualClock();
});

test('the log is sent, that is told, and then the entry is there again', async () => {
  const sent: string[] = [];
  const report = new ErrorReport(store, clock, { text: () => 'one\ntwo\u0000\ud800' });
  let goOn = () => {};
  const client = {
    clientLog: (text: string) => {
      sent.push(text);
      return new Promise<void>((done) => {
        goOn = done;
      });
    },
  };
  const done = report.send(client, () => true);
  void report.send(client, () => true);
  expect(store.snapshot().report).toBe('sending');
  goOn();
  await done;
  expect(sent).toEqual(['one\ntwo\ufffd\ufffd']);
  expect(store.snapshot().report).toBe('sent');
  clock.advance(TOLD_MS);
  expect(store.snapshot().report).toBe('idle');
});

test('what went wrong is told', async () => {
  const report = new ErrorReport(store, clock, { text: () => 'one' });
  const refused = (status: number) => ({ clientLog: () => Promise.reject(new ApiError(status, [])) });
  await report.send(refused(413), () => true);
  expect(store.snapshot().report).toEqual({ error: { key: 'report.tooLong' } });
  await report.send(refused(503), () => true);
  expect(store.snapshot().report).toEqual({ error: { key: 'error.outOfService' } });
});

test('an answer to somebody who is signed out by now says nothing', async () => {
  const report = new ErrorReport(store, clock, { text: () => 'one' });
  store.dispatch({ type: 'report', report: 'idle' });
  await report.send({ clientLog: () => Promise.resolve() }, () => false);
  await settle();
  expect(store.snapshot().report).toBe('sending');
});

test('of a long log the newest whole lines are sent, by characters and by bytes', () => {
  expect(newest('one\ntwo\nthree', 9, 100)).toBe('two\nthree');
  expect(newest('one\ntwo\nthree', 8, 100)).toBe('three');
  expect(newest('x'.repeat(50), 20, 100).length).toBe(20);
  const wide = Array.from({ length: 100 }, (_, k) => `${k} äöü`).join('\n');
  const kept = newest(wide, 10_000, 300);
  expect(new TextEncoder().encode(kept).length).toBeLessThanOrEqual(300);
  expect(kept.endsWith('99 äöü')).toBe(true);
  expect(kept).toMatch(/^\d+ äöü/);
});
