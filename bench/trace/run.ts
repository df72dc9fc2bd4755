/**
 * The tracer held against incidents of known cause: how often its verdict is right, by fault and by what was done to the
 * logs; then its speed and memory on a large log.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { Case, type Claim, TRACE_MESSAGES, type Verdict, type Why, why, whyText } from '@poise/trace';
import { streamOf } from '../../test/faults/chance.ts';
import { FAULT_NAMES, type FaultName, type Incident, incident } from './incidents.ts';
import { DAMAGE_NAMES, DAMAGES, type DamageName, type Files } from './mutilate.ts';

const { values: opt } = parseArgs({
  options: {
    seeds: { type: 'string', default: '13' },
    from: { type: 'string', default: '1' },
    wrong: { type: 'boolean', default: false },
    keep: { type: 'string', default: '' },
    fault: { type: 'string', default: '' },
    damage: { type: 'string', default: '' },
  },
});

/**
 * `right`: the label. `open`: a group that the cause belongs to, with what would settle it, because a log was taken away on
 * purpose. `unsure`: such a group although the evidence is there. `wrong`: anything else.
 */
type Mark = 'right' | 'open' | 'unsure' | 'wrong';

/** Verdicts that leave the cause open, if they name it among what is not ruled out. */
const GROUPS: ReadonlySet<Verdict> = new Set([
  'client.stoppedPolling',
  'server.presenceLogout',
  'server.manyAtOnce',
  // What brought it down may be open still.
  'server.notificationCrashed',
  'returned',
  'unknown',
]);
/** Damages that take evidence away. */
const TAKES_AWAY: ReadonlySet<DamageName> = new Set(['missing', 'cut']);

function markOf({ cause, label }: Incident, damage: DamageName, result: Why): Mark {
  const { verdict, certainty, candidates, settle } = result;
  if (verdict === cause) return 'right';
  const isGroup =
    (GROUPS.has(verdict) || certainty === 'open') &&
    settle.length > 0 &&
    (candidates.includes(cause) || verdict === 'unknown');
  if (!isGroup) return 'wrong';
  if (label !== cause && (verdict === label || verdict === 'returned')) return 'right';
  return TAKES_AWAY.has(damage) ? 'open' : 'unsure';
}

const textOf = (content: string | Buffer): string =>
  typeof content === 'string' ? content : gunzipSync(content).toString();

/** Whether the line that a claim cites is there and says what is quoted of it, wrapped as it may be. */
function isSupported({ file, line, excerpt, family }: Claim['facts'][number], files: Files): boolean {
  // The name of the file says it.
  if (line === 0) return [...files.keys()].some((name) => name.replace(/\.gz$/, '') === file);
  const name = [...files.keys()].find((key) => key.replace(/\.gz$/, '') === file);
  const content = name === undefined ? undefined : files.get(name);
  if (content === undefined) return false;
  const around = textOf(content)
    .split('\n')
    .slice(line - 1, line + 4)
    .join('')
    .replace(/[\s\p{Cc}]+/gu, '');
  // Control characters are written out in quotations.
  const quoted = excerpt.replace(/\s+|\\x[0-9a-f]{2}/g, '').slice(0, QUOTED);
  // What is quoted of requests is put together from their parts.
  return family === 'http' ? around !== '' : around.includes(quoted);
}
/** So many characters of a quotation are looked for. */
const QUOTED = 20;

function judge({ agent, at }: Incident, files: Files): { result: Why; unsupported: number } {
  const trace = new Case({ agent });
  for (const [name, content] of files) {
    const reader = trace.open(name.replace(/\.gz$/, ''));
    reader.push(typeof content === 'string' ? Buffer.from(content) : gunzipSync(content));
    reader.end();
  }
  const result = why(trace, agent, at);
  const unsupported = [...result.proof, ...result.against].filter(
    ({ facts }) => facts.length === 0 || facts.some((fact) => !isSupported(fact, files)),
  ).length;
  whyText(result, trace, TRACE_MESSAGES.en);
  return { result, unsupported };
}

interface Row {
  right: number;
  open: number;
  unsure: number;
  wrong: number;
}
const empty = (): Row => ({ right: 0, open: 0, unsure: 0, wrong: 0 });
const byFault = new Map<FaultName, Row>(FAULT_NAMES.map((name) => [name, empty()]));
const byDamage = new Map<DamageName, Row>(DAMAGE_NAMES.map((name) => [name, empty()]));
/** By class: how often it was given, how often rightly, and how often it would have been right (as label). */
const byClass = new Map<Verdict, { given: number; right: number; labelled: number; found: number }>();
const classOf = (verdict: Verdict) => {
  const known = byClass.get(verdict) ?? { given: 0, right: 0, labelled: 0, found: 0 };
  byClass.set(verdict, known);
  return known;
};
let unsupported = 0;
let incidents = 0;

const [from, count] = [Number(opt.from), Number(opt.seeds)];
const asked = FAULT_NAMES.filter((name) => opt.fault === '' || opt.fault.split(',').includes(name));
const damages = DAMAGE_NAMES.filter((name) => opt.damage === '' || name === opt.damage);
for (let seed = from; seed < from + count; seed++)
  for (const fault of asked) {
    const one = await incident(seed, fault);
    incidents++;
    for (const damage of damages) {
      const files = DAMAGES[damage](one.files, streamOf(seed, damage));
      const judged = judge(one, files);
      unsupported += judged.unsupported;
      if (judged.unsupported > 0 && opt.wrong) console.log(`without a line: seed ${seed} ${fault} ${damage}`);
      const mark = markOf(one, damage, judged.result);
      (byFault.get(fault) as Row)[mark]++;
      (byDamage.get(damage) as Row)[mark]++;
      const { verdict } = judged.result;
      const given = classOf(verdict);
      given.given++;
      if (mark !== 'wrong') given.right++;
      // What was taken away on purpose nobody has to find.
      if (mark !== 'open') {
        const label = classOf(one.label);
        label.labelled++;
        if (mark === 'right') label.found++;
      }
      if (opt.wrong && (mark === 'wrong' || mark === 'unsure'))
        console.log(
          `${mark}: seed ${seed} ${fault} ${damage} (${one.isOriginal ? 'original ' : ''}${one.form}): ${verdict} ${judged.result.certainty} ${judged.result.candidates.join(' ')}`,
        );
      if (opt.keep !== '' && opt.keep === `${seed}/${fault}/${damage}`) {
        for (const [name, content] of files) writeFileSync(name.replaceAll('/', '_'), content);
        console.log(`agent ${one.agent} at ${new Date(one.at).toISOString()}`);
      }
    }
  }

const percent = (part: number, whole: number) =>
  whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`;
const cells = (values: readonly (string | number)[]) =>
  values.map((value) => String(value).padStart(9)).join('');
const line = (name: string, { right, open, unsure, wrong }: Row) => {
  const all = right + open + unsure + wrong;
  if (all > 0)
    console.log(
      name.padEnd(36) + cells([all, ...[right, open, unsure, wrong].map((part) => percent(part, all))]),
    );
};
console.log(`${incidents} incidents, ${damages.length} forms of each; claims without a line: ${unsupported}`);
console.log('fault'.padEnd(36) + cells(['questions', 'right', 'open', 'unsure', 'wrong']));
for (const [name, row] of byFault) line(name, row);
console.log('done to the logs');
for (const [name, row] of byDamage) line(name, row);
console.log('class'.padEnd(36) + cells(['given', 'precision', 'labelled', 'recall']));
for (const [name, { given, right, labelled, found }] of [...byClass].sort(([a], [b]) => (a < b ? -1 : 1)))
  console.log(name.padEnd(36) + cells([given, percent(right, given), labelled, percent(found, labelled)]));
const all = [...byFault.values()].reduce(
  (sum, row) => ({
    right: sum.right + row.right,
    open: sum.open + row.open,
    unsure: sum.unsure + row.unsure,
    wrong: sum.wrong + row.wrong,
  }),
  empty(),
);
line('all', all);
