import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { isConnectionLost, reasonOf, storeErrorOf } from './store-error.ts';

/** As Node tells it of a name that leads to two addresses, at neither of which anybody listens. */
const refusedTwice = (): Promise<Error> =>
  new Promise((told) => {
    const addresses = ['127.0.0.1', '127.0.0.9'].map((address) => ({ address, family: 4 }));
    connect({
      host: 'db.example.com',
      port: 1,
      lookup: (_name, _options, done) => done(null, addresses),
    }).once('error', told);
  });

test('a server whose name leads to several addresses is lost as one with a single address is, and the reason has words', async () => {
  const error = await refusedTwice();
  expect(isConnectionLost(error)).toBe(true);
  expect(reasonOf(error)).toMatch(
    /^connect ECONNREFUSED 127\.0\.0\.1:1, connect ECONNREFUSED 127\.0\.0\.9:1$/,
  );
  expect(storeErrorOf(error)).toMatchObject({
    code: 'unavailable',
    statusCode: 503,
    message: reasonOf(error),
  });
});

test('a reason is a part of a sentence', () => {
  expect(reasonOf(new Error('Use a newer Poise.'))).toBe('Use a newer Poise');
  expect(reasonOf(new TypeError(''))).toBe('TypeError');
  expect(reasonOf('gone')).toBe('gone');
});
