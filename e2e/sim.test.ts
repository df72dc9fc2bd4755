/** A customer calls: the simulated telephony as a person at a terminal and an administrator meet it. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { eventually } from './connections/deadline.ts';
import { dataDirectory, launchPoise, type RunningPoise, rest, startPoise } from './server.ts';

const SLOW = { timeout: 120_000 };
const running: RunningPoise[] = [];
const directories: string[] = [];
afterAll(async () => {
  for (const { child } of running) child.kill('SIGKILL');
  for (const data of directories) rmSync(data, { recursive: true, force: true });
});

async function start(data: string, ...command: string[]): Promise<RunningPoise> {
  const poise = await startPoise({ data, command });
  running.push(poise);
  return poise;
}

function newData(): string {
  const data = dataDirectory();
  directories.push(data);
  return data;
}

/** `poise sim …` as typed. @returns what it printed */
async function sim(data: string, ...args: string[]): Promise<string> {
  const command = launchPoise(['sim', ...args, '--data', data]);
  expect([await command.ended(), command.output()]).toEqual([0, expect.any(String)]);
  return command.output().trim();
}

/** Numbers of the calls that the CTI server has told of so far. */
function callIds(data: string): number[] {
  const path = join(data, 'logs/cti/cti-trace.log');
  const text = existsSync(path) ? readFileSync(path, 'latin1') : '';
  return [
    ...new Set(
      [...text.matchAll(/ConnectionCallID:0x([0-9a-f]+)/g)].map((match) => Number.parseInt(match[1]!, 16)),
    ),
  ];
}

test(
  'a call waits, rings at the agent who becomes ready, is answered, and ends when the customer hangs up',
  SLOW,
  async () => {
    const data = newData();
    // Nobody hurries here: the machine may be busy.
    const poise = await start(data, 'start', '--demo', '--set', 'acd.ringTime=1m');
    const user = '/User/3001';
    const stateOf = async () => /<state>(\w+)/.exec((await rest(poise, '3001', 'GET', user)).text)?.[1];
    const put = (xml: string) => rest(poise, '3001', 'PUT', user, `<User>${xml}</User>`);
    const becomes = (state: string) =>
      eventually(`3001 becomes ${state}`, async () => (await stateOf()) === state);
    await put('<state>LOGIN</state><extension>3001</extension>');
    await becomes('NOT_READY');

    expect(await sim(data, 'call', '--to', '6003', '--var', 'callVariable1=abc')).toBe(
      'Customer 1 calls 6003 from 15551234.',
    );
    expect(await sim(data, 'status')).toContain('1 called; 1 wait, 0 talk');
    await put('<state>READY</state>');
    await becomes('RESERVED');
    await sim(data, 'phone', '3001', 'answer');
    await becomes('TALKING');
    expect(await sim(data, 'stop')).toBe('Simulated traffic has stopped. Customers that hung up: 1.');
    await becomes('READY');

    const ask = (who: string) =>
      fetch(`http://127.0.0.1:${poise.ports.http}/poise/api/sim`, {
        headers: { authorization: `Basic ${Buffer.from(`${who}:${who}`).toString('base64')}` },
      });
    expect(await (await ask('admin')).json()).toMatchObject({
      customers: { calls: 1, completed: 1 },
      legs: 0,
    });
    expect((await ask('2050')).status).toBe(403);
    expect(callIds(data).every((id) => id > 16_777_216)).toBe(true);
  },
);

test(
  'poise cti has the same telephony, and never numbers two calls alike, also when it was killed',
  SLOW,
  async () => {
    const data = newData();
    const seen: number[] = [];
    for (let round = 0; round < 2; round++) {
      const poise = await start(data, 'cti', '--demo');
      expect(await sim(data, 'load', '--calls-per-second', '50', '--seed', '1', '--patience', 'none')).toBe(
        'Simulated customers call 6001, 6002, 6003, 50 a second on average, with the seed 1.',
      );
      const before = new Set(seen);
      await eventually('twenty calls', () => callIds(data).length > before.size + 20);
      poise.child.kill('SIGKILL');
      await new Promise((ended) => poise.child.once('exit', ended));
      const fresh = callIds(data).filter((id) => !before.has(id));
      // The second process goes on behind all that the first one could have used.
      if (round > 0) expect(Math.min(...fresh)).toBeGreaterThan(Math.max(...seen) + 1_000);
      seen.push(...fresh);
    }
    const gone = launchPoise(['sim', 'status', '--data', data]);
    expect(await gone.ended()).toBe(1);
    expect(gone.output()).toContain('No Poise is running');
  },
);
