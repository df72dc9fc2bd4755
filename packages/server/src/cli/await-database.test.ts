import { VirtualClock } from '@poise/clock';
import { expect, test } from 'vitest';
import { PlainError, phrase } from '../messages/catalogue.ts';
import { EN } from '../messages/en.ts';
import { awaitDatabase } from './await-database.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** As a store tells it that cannot be opened. */
const refused = (message: string, more: object) =>
  new PlainError(phrase('store.cannotConnect', { place: 'db:5432/poise', reason: message }), {
    cause: Object.assign(new Error(message), more),
  });

function waiting(answers: (Error | 'opened')[], stopped?: Promise<void>) {
  const clock = new VirtualClock();
  const said: string[] = [];
  const terminal = { messages: EN, printError: (line: string) => said.push(line) };
  const opened = awaitDatabase(
    async () => {
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer;
    },
    terminal,
    clock,
    stopped,
  );
  return { clock, said, opened };
}

test('a database that is away is waited for; why is said once for each reason', async () => {
  const gone = refused('connect ECONNREFUSED 10.1.0.9:5432', { syscall: 'connect', code: 'ECONNREFUSED' });
  const starting = refused('the database system is starting up', { code: '57P03' });
  const { clock, said, opened } = waiting([gone, gone, starting, starting, 'opened']);
  for (const ms of [500, 1_000, 2_000, 2_000]) {
    await turn();
    clock.advance(ms - 1);
    expect(clock.pending).toBe(1);
    clock.advance(1);
  }
  expect(await opened).toBe('opened');
  expect(said).toEqual([
    'The PostgreSQL database db:5432/poise cannot be used yet: connect ECONNREFUSED 10.1.0.9:5432. The start goes on as soon as it can.',
    'The PostgreSQL database db:5432/poise cannot be used yet: the database system is starting up. The start goes on as soon as it can.',
  ]);
});

test('whoever is stopped waits no longer', async () => {
  const gone = refused('connect ECONNREFUSED 10.1.0.9:5432', { syscall: 'connect', code: 'ECONNREFUSED' });
  let stop = (): void => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const { clock, opened } = waiting([gone, gone, 'opened'], stopped);
  await turn();
  expect(clock.pending).toBe(1);
  stop();
  await expect(opened).rejects.toBe(gone);
  expect(clock.pending).toBe(0);
});

test.each([
  ['a wrong password', { code: '28P01' }],
  ['a database that does not exist', { code: '3D000' }],
  ['a certificate that is not trusted', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }],
])('%s is refused at once', async (_what, more) => {
  const { said, opened } = waiting([refused('no', more)]);
  await expect(opened).rejects.toThrow('Cannot use the PostgreSQL database db:5432/poise: no.');
  expect(said).toEqual([]);
});
