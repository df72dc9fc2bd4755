/**
 * `npx tsx bench/rolling-upgrade.ts --clients 100`: three nodes on this machine, with a nats-server, a PostgreSQL and a CTI server, are drained,
 * stopped and started one after the other while clients of our SDK work (`e2e/rolling.ts`). With `--from FOLDER` they are at first of the release
 * that was built there, and of this one afterwards.
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { nodesMissing, startNodes } from '../e2e/nodes.ts';
import { rollingUpgrade } from '../e2e/rolling.ts';

const FIRST_AGENT = 7_000_001;

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '100' },
    every: { type: 'string', default: '5000' },
    nodes: { type: 'string', default: '3' },
    from: { type: 'string' },
  },
});
const missing = nodesMissing();
if (missing !== undefined) throw new Error(missing);
const [clients, everyMs, count] = [Number(values.clients), Number(values.every), Number(values.nodes)];
const set = (...settings: string[]) => settings.flatMap((setting) => ['--set', setting]);
const demo = set(`demo.agents=${clients}`);
const nodes = await startNodes({
  count,
  from: values.from,
  args: [...demo, ...set('maintenance.notice=5s', 'presence.grace=10s')],
  ctiArgs: demo,
});
try {
  const agents = Array.from({ length: clients }, (_, index) => String(FIRST_AGENT + index));
  const begun = loadavg()[0];
  const figures = await rollingUpgrade(nodes, {
    agents,
    everyMs,
    spreadMs: 10_000,
    afterMs: 20_000,
    print: console.log,
  });
  const at = (sorted: readonly number[], share: number) =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN);
  const { times, moves } = figures;
  console.log(
    `clients ${clients}, nodes ${count}, a change each ${everyMs} ms and client; load ${begun?.toFixed(1)}`,
  );
  console.log(
    `changes ${figures.changes}; request to event p50 ${at(times, 0.5)} p99 ${at(times, 0.99)} max ${at(times, 1)} ms`,
  );
  console.log(
    `moves ${moves.length}; until a whole picture p50 ${at(moves, 0.5)} p99 ${at(moves, 0.99)} max ${at(moves, 1)} ms`,
  );
  console.log(
    `drained and stopped after ${figures.drains.map((seconds) => seconds.toFixed(1)).join(', ')} s`,
  );
  console.log(
    `errors ${figures.errors.length}, told LOGOUT ${figures.signOuts}, connections lost ${figures.losses}, wrong pictures ${figures.wrong.length}`,
  );
  for (const line of [...figures.errors, ...figures.wrong].slice(0, 20)) console.log(line);
} finally {
  await nodes.stop();
}
process.exit(0);
