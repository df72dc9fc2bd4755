import { describe, expect, test } from 'vitest';
import type { controlRequest } from '../control/client.ts';
import { controlLocation } from '../control/location.ts';
import { PlainError, phrase } from '../messages/catalogue.ts';
import { runningServers } from './backup.ts';

describe('a server on the data directory', () => {
  const DATA = '/var/lib/poise';
  /** Only the first, the server itself, is of interest; there is no CTI server. */
  const asked =
    (answer: () => Promise<unknown>): typeof controlRequest =>
    (location) =>
      location.socket === controlLocation(DATA, 'server').socket ? answer() : Promise.reject(nobody);
  const nobody = new PlainError(phrase('control.notRunning', { path: DATA }));
  const found = async (answer: () => Promise<unknown>) =>
    (await runningServers(DATA, asked(answer))).map(({ lock }) => lock);
  const server = [controlLocation(DATA, 'server').lock];

  test('is one that answers', async () => {
    expect(await found(() => Promise.resolve({ pid: 1 }))).toEqual(server);
  });

  test('is also one that is too busy to answer in time, or refuses', async () => {
    const late = new PlainError(phrase('control.timeout', { seconds: 10 }));
    expect(await found(() => Promise.reject(late))).toEqual(server);
    const refuses = new PlainError(phrase('control.refused', { reason: 'no' }));
    expect(await found(() => Promise.reject(refuses))).toEqual(server);
  });

  test('is not there where nobody listens', async () => {
    expect(await found(() => Promise.reject(nobody))).toEqual([]);
  });
});
