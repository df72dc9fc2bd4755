/**
 * The tracer held against incidents of known cause: how often its verdict is right, by fault and by what was done to the
 * logs; then its speed and memory on a large log.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { Case, TRACE_MESSAGES, type Verdict, type Why, why, whyText } from '@poise/trace';
import { streamOf } from '../../test/faults/chance.ts';
import { FAULT_NAMES, type FaultName, type Incident, incident } from './incidents.ts';
import { DAMAGE_NAMES, DAMAGES, type DamageName, type Files } from './mutilate.ts';

const { values: opt } = parseArgs({
  options: {
    seeds: { type: 'string', default: '48' },
    from: { type: 'string', default: '1' },
    wrong: { type: 'boolean', default: false },
    keep: { type: 'string', default: '' },
  },
});

/** What a client that stopped polling may have had, as docs/trace.md says. */
const POLLING: ReadonlySet<Verdict> = new Set([
  'client.browserClosed',
  'client.computerAsleep',
  'client.tabThrottled',
  'client.networkCut',
  'client.proxyCut',
  'client.highLatency',
]);
type Mark = 'exact' | 'open' | 'wrong';

/** `exact`: the cause itself. `open`: another verdict, and the cause is among what is told to be not ruled out. */
function markOf({ truth }: Incident, { verdict, candidates }: Why): Mark {
  if (verdict === truth) return 'exact';
  if (candidates.includes(truth) || verdict === 'unknown') return 'open';
  const isPolling = verdict === 'client.stoppedPolling' || candidates.includes('client.stoppedPolling');
  return isPolling && POLLING.has(truth) ? 'open' : 'wrong';
}

function judge({ agent, at }: Incident, files: Files): { result: Why; unsupported: number } {
  const trace = new Case({ agent });
  for (const [name, content] of files) {
    const reader = trace.open(name.replace(/\.gz$/, ''));
    reader.push(typeof content === 'string' ? Buffer.from(content) : gunzipSync(content));
    reader.end();
  }
  const result = why(trace, agent, at);
  // A claim stands with lines; one without would be an empty list here, and no text.
  const unsupported = [...result.proof, ...result.against].filter(({ facts }) => facts.length === 0).length;
  whyText(result, trace, TRACE_MESSAGES.en);
  return { result, unsupported };
}

interface Row {
  exact: number;
  open: number;
  wrong: number;
}
const empty = (): Row => ({ exact: 0, open: 0, wrong: 0 });
const byFault = new Map<FaultName, Row>(FAULT_NAMES.map((name) => [name, empty()]));
const byDamage = new Map<DamageName, Row>(DAMAGE_NAMES.map((name) => [name, empty()]));
/** Verdicts given → how often they were the truth, and how often not: precision of the class. */
const byVerdict = new Map<Verdict, { right: number; wrong: number }>();
let unsupported = 0;
let incidents = 0;

const [from, count] = [Number(opt.from), Number(opt.seeds)];
for (let seed = from; seed < from + count; seed++)
  for (const fault of FAULT_NAMES) {
    const one = await incident(seed, fault);
    incidents++;
    for (const damage of DAMAGE_NAMES) {
      const files = DAMAGES[damage](one.files, streamOf(seed, damage));
      const judged = judge(one, files);
      unsupported += judged.unsupported;
      const mark = markOf(one, judged.result);
      (byFault.get(fault) as Row)[mark]++;
      (byDamage.get(damage) as Row)[mark]++;
      const given = byVerdict.get(judged.result.verdict) ?? { right: 0, wrong: 0 };
      if (mark === 'wrong') given.wrong++;
      else given.right++;
      byVerdict.set(judged.result.verdict, given);
      if (mark === 'wrong' && opt.wrong)
        console.log(
          `wrong: seed ${seed} ${fault} ${damage} (${one.form}): ${judged.result.verdict} ${judged.result.candidates.join(' ')}`,
        );
      if (opt.keep !== '' && opt.keep === `${seed}/${fault}/${damage}`)
        for (const [name, content] of files) writeFileSync(name.replaceAll('/', '_'), content);
    }
  }

const percent = (part: number, whole: number) =>
  whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`;
const line = (name: string, { exact, open, wrong }: Row) => {
  const all = exact + open + wrong;
  console.log(
    `${name.padEnd(28)} ${String(all).padStart(6)} ${percent(exact, all).padStart(8)} ${percent(open, all).padStart(8)} ${percent(wrong, all).padStart(8)}`,
  );
};
console.log(
  `${incidents} incidents, ${DAMAGE_NAMES.length} forms of each; claims without a line: ${unsupported}`,
);
console.log(
  `${'cause'.padEnd(28)} ${'cases'.padStart(6)} ${'exact'.padStart(8)} ${'open'.padStart(8)} ${'wrong'.padStart(8)}`,
);
for (const [name, row] of byFault) line(name, row);
console.log('done to the logs');
for (const [name, row] of byDamage) line(name, row);
console.log('precision of each verdict (exact, or left open with the cause named)');
for (const [name, { right, wrong }] of [...byVerdict].sort(([a], [b]) => (a < b ? -1 : 1)))
  console.log(
    `${name.padEnd(28)} ${String(right + wrong).padStart(6)} ${percent(right, right + wrong).padStart(8)}`,
  );
const all = [...byFault.values()].reduce(
  (sum, row) => ({ exact: sum.exact + row.exact, open: sum.open + row.open, wrong: sum.wrong + row.wrong }),
  empty(),
);
line('all', all);
