/** Reports as text, for people, and as JSON, for programs. The same input gives the same bytes. */
import type { Case, Fact } from './case.ts';
import { clock, dayOf, type Ink, place, readRows, safe, t, time } from './ink.ts';
import { plain } from './mask.ts';
import type { MessageId, Messages } from './messages.ts';
import type { Overview, Wave } from './overview.ts';
import type { SignIn, Step } from './signin.ts';
import { written } from './times.ts';
import type { Claim, Why } from './why.ts';

/** Most rows of one list in a text report; JSON has all. */
const ROWS_MAX = 20;

const cited = (ink: Ink, facts: readonly Fact[], indent: string): string[] =>
  facts.flatMap((fact) => [`${indent}${clock(ink, fact)}  ${place(fact)}`, `${indent}    ${fact.excerpt}`]);

const claims = (ink: Ink, list: readonly Claim[]): string[] =>
  list.flatMap((one) => [`  - ${t(ink, one.id, safe(one.values))}`, ...cited(ink, one.facts, '     ')]);

/** @param at the moment that the report's head tells with its date */
const inkOf = (trace: Case, messages: Messages, at: number | null): Ink => {
  const ink: Ink = { messages, zone: trace.zone };
  return at === null ? ink : { ...ink, day: dayOf(ink, at) };
};

/** Where an overview begins, if it ends on the same day; null: its times need their dates. */
export const oneDay = ({ from, to }: Overview, { zone }: Case): number | null =>
  from !== null && to !== null && written(from, zone).slice(0, 10) === written(to, zone).slice(0, 10)
    ? from
    : null;

export function signInText(result: SignIn, trace: Case, messages: Messages): string {
  const first = result.steps.find(({ at }) => at !== null)?.at ?? null;
  const ink = inkOf(trace, messages, first);
  const lines = [t(ink, 'signin.title', { agent: plain(result.agent) })];
  lines.push(t(ink, `signin.${result.outcome}`));
  if (result.requestId !== null)
    lines.push(
      t(ink, 'signin.ids', { requestId: plain(result.requestId), extension: plain(result.extension ?? '?') }),
    );
  if (result.attempts > 1) lines.push(t(ink, 'signin.attempts', { count: result.attempts }));
  if (first !== null) lines.push(dayOf(ink, first));
  if (result.steps.length > 0) lines.push('');
  result.steps.forEach((step, i) => {
    lines.push(...stepLines(ink, step, i + 1));
  });
  if (result.failure !== null) {
    lines.push('', t(ink, `failure.${result.failure.reason}`, { detail: plain(result.failure.detail) }));
    lines.push(...cited(ink, result.failure.facts, '  '));
  }
  if (result.stoppedAt !== null)
    lines.push('', t(ink, 'signin.stoppedAt', { step: t(ink, `step.${result.stoppedAt}`) }));
  if (result.slowest !== null) {
    const { from, to, ms } = result.slowest;
    lines.push('', t(ink, 'signin.slowest', { from: t(ink, `step.${from}`), to: t(ink, `step.${to}`), ms }));
  }
  if (result.skew !== null) {
    lines.push('', t(ink, 'signin.skew', { ms: result.skew.ms }), ...cited(ink, result.skew.facts, '  '));
  }
  return finished(lines, trace, ink);
}

function stepLines(ink: Ink, step: Step, number: number): string[] {
  const first = step.facts[0];
  const head = `${String(number).padStart(2)}. ${t(ink, `step.${step.id}`)}`;
  const status = t(ink, `status.${step.status}`);
  if (first === undefined) return [`${head}: ${status}`];
  const since = step.sinceMs === null || step.sinceMs < 0 ? '' : `  +${step.sinceMs} ms`;
  return [`${head}: ${status}${since}`, ...cited(ink, step.facts, '    ')];
}

export function whyText(result: Why, trace: Case, messages: Messages): string {
  const ink = inkOf(trace, messages, result.at);
  const lines = [
    t(ink, 'why.title', { agent: plain(result.agent) }),
    t(ink, 'why.verdict', { verdict: result.verdict, certainty: t(ink, `certainty.${result.certainty}`) }),
    t(ink, `verdict.${result.verdict}`),
  ];
  if (result.at !== null)
    lines.push(t(ink, 'why.at', { at: time(ink, result.at) }), t(ink, `effect.${result.effect}`));
  if (result.incidents > 1) lines.push(t(ink, 'why.incidents', { count: result.incidents }));
  const section = (id: MessageId, rows: readonly string[]) => {
    if (rows.length > 0) lines.push('', `${t(ink, id)}:`, ...rows);
  };
  section('why.proof', claims(ink, result.proof));
  section('why.against', claims(ink, result.against));
  section(
    'why.candidates',
    result.candidates.map((one) => `  - ${one}: ${t(ink, `verdict.${one}`)}`),
  );
  section(
    'why.settle',
    result.settle.map((id) => `  - ${t(ink, id)}`),
  );
  section('why.timeline', cited(ink, result.timeline, '  '));
  return finished(lines, trace, ink);
}

export function overviewText(result: Overview, trace: Case, messages: Messages): string {
  const ink = inkOf(trace, messages, oneDay(result, trace));
  const lines = [
    result.from === null
      ? t(ink, 'overview.nothing')
      : t(ink, 'overview.title', {
          agents: result.agents,
          from: time(ink, result.from),
          to: time(ink, result.to),
        }),
  ];
  const section = <T>(id: MessageId, list: readonly T[], rows: (one: T) => string[]) => {
    if (list.length === 0) return;
    lines.push('', `${t(ink, id)}:`, ...list.slice(0, ROWS_MAX).flatMap(rows));
    if (list.length > ROWS_MAX) lines.push(`  ${t(ink, 'more', { count: list.length - ROWS_MAX })}`);
  };
  const wave = ({ at, agents, facts }: Wave): string[] => [
    `  - ${t(ink, 'overview.wave', {
      at: time(ink, at),
      count: agents.length,
      agents: plain(agents.slice(0, ROWS_MAX).join(' ')) + (agents.length > ROWS_MAX ? ' …' : ''),
    })}`,
    ...cited(ink, facts, '     '),
  ];
  section('overview.waves', result.waves, wave);
  section('overview.near', result.near, wave);
  section(
    'overview.lost',
    result.lost.filter(({ losses, together }) => losses > together),
    (one) => [
      `  - ${t(ink, 'overview.agent', { agent: plain(one.agent), losses: one.losses, signedOut: one.signedOut, at: time(ink, one.last) })}`,
      ...cited(ink, [one.fact], '     '),
    ],
  );
  section('overview.server', result.server, (fact) => cited(ink, [fact], '  '));
  section('overview.refused', result.refused, ({ agent, count, fact }) => [
    `  - ${t(ink, 'overview.refusedAgent', { agent: plain(agent), count })}`,
    ...cited(ink, [fact], '     '),
  ]);
  if (result.lost.length === 0) lines.push('', t(ink, 'overview.none'));
  return finished(lines, trace, ink);
}

/** What was read, and what was not, at the end of each report. */
function finished(lines: readonly string[], trace: Case, ink: Ink): string {
  const rows = readRows(ink, trace).map((row) => `  ${row}`);
  return [...lines, '', `${t(ink, 'read.title')}:`, ...rows, ''].join('\n');
}

/** One fact as JSON: the moment in UTC, whether it is its own, and where it stands. */
const factJson = (fact: Fact) => ({
  kind: fact.kind,
  family: fact.family,
  at: fact.at === null ? null : new Date(fact.at).toISOString(),
  ownTime: !fact.derived && fact.at !== null,
  agent: fact.agent === null ? null : plain(fact.agent),
  file: plain(fact.part === '' ? fact.file : `${fact.file}!${fact.part}`),
  line: fact.line === 0 ? null : fact.line,
  text: fact.excerpt,
});

const claimJson = (one: Claim) => ({ id: one.id, values: safe(one.values), lines: one.facts.map(factJson) });
const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());

const readJson = (trace: Case) => ({
  zoneMinutes: trace.zone,
  zoneSource: trace.zoneSource,
  doubled: trace.doubled,
  leftOut: Object.fromEntries(trace.leftOut),
  files: trace.reports.map((report) => ({ ...report, file: plain(report.file) })),
});

export function signInJson(result: SignIn, trace: Case): string {
  return json({
    agent: plain(result.agent),
    outcome: result.outcome,
    requestId: result.requestId === null ? null : plain(result.requestId),
    extension: result.extension === null ? null : plain(result.extension),
    attempts: result.attempts,
    steps: result.steps.map(({ id, status, at, sinceMs, facts }) => ({
      id,
      status,
      at: iso(at),
      sinceMs,
      lines: facts.map(factJson),
    })),
    failure:
      result.failure === null
        ? null
        : {
            reason: result.failure.reason,
            detail: plain(result.failure.detail),
            lines: result.failure.facts.map(factJson),
          },
    stoppedAt: result.stoppedAt,
    slowest: result.slowest,
    clientClockBehindMs:
      result.skew === null ? null : { ms: result.skew.ms, lines: result.skew.facts.map(factJson) },
    read: readJson(trace),
  });
}

export function whyJson(result: Why, trace: Case): string {
  return json({
    agent: plain(result.agent),
    verdict: result.verdict,
    certainty: result.certainty,
    at: iso(result.at),
    effect: result.effect,
    effectLines: result.effectFacts.map(factJson),
    proof: result.proof.map(claimJson),
    against: result.against.map(claimJson),
    candidates: result.candidates,
    settle: result.settle,
    incidents: result.incidents,
    timeline: result.timeline.map(factJson),
    read: readJson(trace),
  });
}

const waveJson = ({ at, agents, facts }: Wave) => ({
  at: iso(at),
  agents: agents.map(plain),
  lines: facts.map(factJson),
});

export function overviewJson(result: Overview, trace: Case): string {
  return json({
    from: iso(result.from),
    to: iso(result.to),
    agents: result.agents,
    waves: result.waves.map(waveJson),
    near: result.near.map(waveJson),
    lost: result.lost.map(({ agent, first, last, fact, ...rest }) => ({
      agent: plain(agent),
      ...rest,
      first: iso(first),
      last: iso(last),
      line: factJson(fact),
    })),
    server: result.server.map(factJson),
    refused: result.refused.map(({ agent, count, fact }) => ({
      agent: plain(agent),
      count,
      line: factJson(fact),
    })),
    read: readJson(trace),
  });
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
