/** Reports as one HTML file: to be read by people who have no shell, mailed, printed, and kept with a case. */
import type { Case, Fact } from '../case.ts';
import { clock, dayOf, type Ink, place, readRows, safe, t, time } from '../ink.ts';
import { plain } from '../mask.ts';
import { type Language, MESSAGES, type MessageId } from '../messages.ts';
import type { Overview, Wave } from '../overview.ts';
import { oneDay } from '../print.ts';
import type { SignIn } from '../signin.ts';
import type { Claim, Why } from '../why.ts';
import { esc, page } from './page.ts';
import { numbered, overviewPicture, signInPicture, whyPicture } from './pictures.ts';

/** Most rows of one table; JSON has all. */
const ROWS_MAX = 500;

/** @param at the moment that the page's head tells with its date */
const inkOf = (trace: Case, language: Language, at: number | null): Ink => {
  const ink: Ink = { messages: MESSAGES[language], zone: trace.zone };
  return at === null ? ink : { ...ink, day: dayOf(ink, at) };
};
const say = (ink: Ink, id: MessageId, values?: Readonly<Record<string, string | number>>): string =>
  esc(t(ink, id, values));
const section = (ink: Ink, id: MessageId, body: string): string =>
  body === '' ? '' : `<section><h2>${say(ink, id)}</h2>\n${body}</section>`;

/** Rows with cells of classes; the first row of cells is the head. */
function table(
  ink: Ink,
  heads: ReadonlyArray<readonly [string, MessageId]>,
  rows: readonly string[],
): string {
  if (rows.length === 0) return '';
  const head = heads.map(([css, id]) => `<th scope="col" class="${css}">${say(ink, id)}</th>`).join('');
  const more =
    rows.length > ROWS_MAX
      ? `<p class="muted">${say(ink, 'more', { count: rows.length - ROWS_MAX })}</p>`
      : '';
  return `<table><thead><tr>${head}</tr></thead><tbody>\n${rows.slice(0, ROWS_MAX).join('\n')}\n</tbody></table>${more}`;
}

/** A long name breaks anywhere, the number of the line behind it nowhere. */
const wholeNumber = (html: string): string => html.replace(/:\d+$/, '<span class="p">$&</span>');

const lineCells = (ink: Ink, fact: Fact): string =>
  `<td class="t">${esc(clock(ink, fact).trim())}</td><td class="f">${wholeNumber(esc(place(fact)))}</td><td class="x"><code>${esc(fact.excerpt)}</code></td>`;
const LINE_HEADS = [
  ['t', 'html.time'],
  ['f', 'html.place'],
  ['x', 'html.line'],
] as const;
const lines = (ink: Ink, facts: readonly Fact[]): string =>
  table(
    ink,
    LINE_HEADS,
    facts.map((fact) => `<tr>${lineCells(ink, fact)}</tr>`),
  );

const claims = (ink: Ink, list: readonly Claim[]): string =>
  list
    .map(
      (one) =>
        `<div class="claim"><p>${say(ink, one.id, safe(one.values))}</p>${lines(ink, one.facts)}</div>`,
    )
    .join('\n');

const list = (rows: readonly string[]): string =>
  rows.length === 0 ? '' : `<ul>${rows.map((row) => `<li>${row}</li>`).join('')}</ul>`;

const readSection = (ink: Ink, trace: Case): string =>
  section(ink, 'read.title', list(readRows(ink, trace).map(esc)));

/** @returns a whole document; the same input gives the same bytes */
export function signInHtml(result: SignIn, trace: Case, language: Language): string {
  const first = result.steps.find(({ at }) => at !== null)?.at ?? null;
  const ink = inkOf(trace, language, first);
  const title = t(ink, 'signin.title', { agent: plain(result.agent) });
  const tone = result.outcome === 'complete' ? 'ok' : result.outcome === 'failed' ? 'bad' : 'open';
  const steps = result.steps.map((step, i) => {
    const since = step.sinceMs === null || step.sinceMs < 0 ? '' : `+${step.sinceMs} ms`;
    const head = `<td class="n">${i + 1}</td><td class="s">${say(ink, `step.${step.id}`)}<br><span class="${step.status === 'missing' ? 'missing' : 'muted'}">${say(ink, `status.${step.status}`)}</span></td><td class="w">${esc(since)}</td>`;
    if (step.facts.length === 0)
      return `<tr>${head}<td class="t"></td><td class="f"></td><td class="x"></td></tr>`;
    return step.facts
      .map(
        (fact, n) =>
          `<tr>${n === 0 ? head : '<td class="n"></td><td class="s"></td><td class="w"></td>'}${lineCells(ink, fact)}</tr>`,
      )
      .join('\n');
  });
  const body = [
    `<h1>${esc(title)}</h1>`,
    first === null ? '' : `<p class="muted">${esc(time(ink, first).slice(0, 10))}</p>`,
    `<div class="verdict ${tone}"><p>${say(ink, `signin.${result.outcome}`)}</p>`,
    result.requestId === null
      ? ''
      : `<p>${say(ink, 'signin.ids', { requestId: plain(result.requestId), extension: plain(result.extension ?? '?') })}</p>`,
    result.attempts > 1 ? `<p>${say(ink, 'signin.attempts', { count: result.attempts })}</p>` : '',
    result.stoppedAt === null
      ? ''
      : `<p>${say(ink, 'signin.stoppedAt', { step: t(ink, `step.${result.stoppedAt}`) })}</p>`,
    result.slowest === null
      ? ''
      : `<p>${say(ink, 'signin.slowest', { from: t(ink, `step.${result.slowest.from}`), to: t(ink, `step.${result.slowest.to}`), ms: result.slowest.ms })}</p>`,
    '</div>',
    result.failure === null
      ? ''
      : `<div class="claim"><p>${say(ink, `failure.${result.failure.reason}`, { detail: plain(result.failure.detail) })}</p>${lines(ink, result.failure.facts)}</div>`,
    result.skew === null
      ? ''
      : `<div class="claim"><p>${say(ink, 'signin.skew', { ms: result.skew.ms })}</p>${lines(ink, result.skew.facts)}</div>`,
    result.steps.length === 0 ? '' : signInPicture(ink, result),
    section(
      ink,
      'html.steps',
      table(ink, [['n', 'html.number'], ['s', 'html.step'], ['w', 'html.since'], ...LINE_HEADS], steps),
    ),
    readSection(ink, trace),
  ];
  return page(language, title, body.filter((part) => part !== '').join('\n'));
}

/** @returns a whole document; the same input gives the same bytes */
export function whyHtml(result: Why, trace: Case, language: Language): string {
  const ink = inkOf(trace, language, result.at);
  const title = t(ink, 'why.title', { agent: plain(result.agent) });
  const tone =
    result.verdict === 'connected' || result.verdict === 'returned'
      ? 'ok'
      : result.certainty === 'open'
        ? 'open'
        : 'bad';
  const body = [
    `<h1>${esc(title)}</h1>`,
    `<div class="verdict ${tone}"><p>${say(ink, `verdict.${result.verdict}`)}</p>`,
    `<p>${say(ink, 'why.verdict', { verdict: result.verdict, certainty: t(ink, `certainty.${result.certainty}`) })}</p>`,
    result.at === null
      ? ''
      : `<p>${say(ink, 'why.at', { at: time(ink, result.at) })}. ${say(ink, `effect.${result.effect}`)}</p>`,
    result.incidents > 1 ? `<p>${say(ink, 'why.incidents', { count: result.incidents })}</p>` : '',
    '</div>',
    whyPicture(ink, result),
    section(ink, 'why.proof', claims(ink, result.proof)),
    section(ink, 'why.against', claims(ink, result.against)),
    section(
      ink,
      'why.candidates',
      list(result.candidates.map((one) => `<code>${esc(one)}</code>: ${say(ink, `verdict.${one}`)}`)),
    ),
    section(ink, 'why.settle', list(result.settle.map((id) => say(ink, id)))),
    section(
      ink,
      'why.timeline',
      table(
        ink,
        [['n', 'html.number'], ...LINE_HEADS],
        numbered(result.timeline).map(
          ([n, fact]) => `<tr><td class="n">${n}</td>${lineCells(ink, fact)}</tr>`,
        ),
      ),
    ),
    readSection(ink, trace),
  ];
  return page(language, `${title}: ${result.verdict}`, body.filter((part) => part !== '').join('\n'));
}

const waves = (ink: Ink, list: readonly Wave[]): string =>
  list
    .slice(0, ROWS_MAX)
    .map(
      ({ at, agents, facts }) =>
        `<div class="claim"><p>${say(ink, 'overview.wave', { at: time(ink, at), count: agents.length, agents: plain(agents.slice(0, 40).join(' ')) + (agents.length > 40 ? ' …' : '') })}</p>${lines(ink, facts)}</div>`,
    )
    .join('\n');

/** @returns a whole document; the same input gives the same bytes */
export function overviewHtml(result: Overview, trace: Case, language: Language): string {
  const ink = inkOf(trace, language, oneDay(result, trace));
  const title =
    result.from === null
      ? t(ink, 'overview.nothing')
      : t(ink, 'overview.title', {
          agents: result.agents,
          from: time(ink, result.from),
          to: time(ink, result.to),
        });
  const alone = result.lost.filter(({ losses, together }) => losses > together);
  const body = [
    `<h1>${esc(title)}</h1>`,
    result.lost.length === 0 ? `<div class="verdict ok"><p>${say(ink, 'overview.none')}</p></div>` : '',
    overviewPicture(ink, result),
    section(ink, 'overview.waves', waves(ink, result.waves)),
    section(ink, 'overview.near', waves(ink, result.near)),
    section(
      ink,
      'overview.lost',
      table(
        ink,
        [['s', 'html.agent'], ['w', 'html.lossesOf'], ['w', 'html.signedOut'], ...LINE_HEADS],
        alone.map(
          (one) =>
            `<tr><td class="s">${esc(one.agent)}</td><td class="w">${one.losses}</td><td class="w">${one.signedOut}</td>${lineCells(ink, one.fact)}</tr>`,
        ),
      ),
    ),
    section(ink, 'overview.server', lines(ink, result.server)),
    section(
      ink,
      'overview.refused',
      table(
        ink,
        [['s', 'html.agent'], ['w', 'html.count'], ...LINE_HEADS],
        result.refused.map(
          ({ agent, count, fact }) =>
            `<tr><td class="s">${esc(agent)}</td><td class="w">${count}</td>${lineCells(ink, fact)}</tr>`,
        ),
      ),
    ),
    readSection(ink, trace),
  ];
  return page(language, title, body.filter((part) => part !== '').join('\n'));
}
