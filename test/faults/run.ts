/** `npm run simulate`: runs seeds one after another and prints what broke; one seed alone is run twice and compared. */
import { parseArgs } from 'node:util';
import { explanation } from './explanation.ts';
import { simulate } from './simulate.ts';

const HELP = `usage: npm run simulate -- [options]
  --seed N    replays one seed: its time line if it fails, and the digest of two runs
  --from N    first seed of many (default 1)
  --count N   how many (default 100)
  --nodes N   with so many nodes (default 1)
  --print     with --seed: prints every happening`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    from: { type: 'string', default: '1' },
    count: { type: 'string', default: '100' },
    nodes: { type: 'string', default: '1' },
    print: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const nodes = Number(values.nodes);

async function replay(seed: number): Promise<boolean> {
  const report = await simulate({
    seed,
    nodes,
    ...(values.print && { print: (line: string) => console.log(line) }),
  });
  const again = await simulate({ seed, nodes });
  if (report.broken !== null) console.log(explanation(report));
  console.log(
    `seed ${seed}: ${report.happenings} happenings, digest ${report.digest}, again ${again.digest}`,
  );
  return report.broken === null && report.digest === again.digest;
}

async function runMany(from: number, count: number): Promise<boolean> {
  const startedAt = performance.now();
  let failures = 0;
  let runs = 0;
  let isEnded = false;
  // Whoever ends it wants to know how far it came; a run is not ended in its middle.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      isEnded = true;
    });
  for (; runs < count && !isEnded; runs++) {
    const seed = from + runs;
    const { broken } = await simulate({ seed, nodes });
    if (broken === null) continue;
    failures++;
    console.log(`seed ${seed}: ${broken.message}`);
  }
  const each = Math.round((performance.now() - startedAt) / Math.max(1, runs));
  console.log(`${runs} runs from seed ${from}: ${failures} broken invariants, ${each} ms each`);
  return failures === 0;
}

if (values.help) console.log(HELP);
else {
  const isRight = await (values.seed === undefined
    ? runMany(Number(values.from), Number(values.count))
    : replay(Number(values.seed)));
  process.exit(isRight ? 0 : 1);
}
