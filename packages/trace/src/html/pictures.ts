/**
 * The pictures of a report, as SVG without scripts: all that they show stands in the tables below them too.
 * Every text out of a log goes through {@link esc}.
 */
import type { Fact } from '../case.ts';
import type { FactKind } from '../fact.ts';
import { type Ink, place, t } from '../ink.ts';
import type { MessageId } from '../messages.ts';
import type { Overview } from '../overview.ts';
import type { SignIn, StepId } from '../signin.ts';
import { written } from '../times.ts';
import type { Why } from '../why.ts';
import { type Axis, axisOf, round } from './axis.ts';
import { esc } from './page.ts';

const WIDTH = 1160;
const ROW = 28;

function picture(ink: Ink, id: string, title: MessageId, height: number, body: string): string {
  return `<figure><div tabindex="0" role="group" aria-labelledby="${id}"><svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="${id}">
<title id="${id}">${esc(t(ink, title))}</title>
${body}
</svg></div><figcaption>${esc(t(ink, title))}</figcaption></figure>`;
}

const marks = ({ marks: list }: Axis, top: number, bottom: number): string =>
  list
    .map(
      ({ x, label }) =>
        `<line class="grid" x1="${x}" y1="${top}" x2="${x}" y2="${bottom}"/><text class="m c" x="${x}" y="${top - 6}">${esc(label)}</text>`,
    )
    .join('');

/** Who speaks to whom at a step of the sign-in. */
const LANES = ['client', 'webservices', 'notification', 'cti'] as const;
type Lane = (typeof LANES)[number];
const PATHS: Readonly<Record<StepId, readonly [Lane, Lane]>> = {
  page: ['client', 'webservices'],
  'systemInfo.asked': ['client', 'webservices'],
  'systemInfo.answered': ['webservices', 'client'],
  'bosh.connecting': ['client', 'notification'],
  'bosh.credentials': ['notification', 'webservices'],
  'bosh.connected': ['notification', 'client'],
  presence: ['notification', 'webservices'],
  'user.asked': ['client', 'webservices'],
  'user.answered': ['webservices', 'client'],
  'login.sent': ['client', 'webservices'],
  'login.received': ['client', 'webservices'],
  'cti.request': ['webservices', 'cti'],
  'cti.trace': ['cti', 'cti'],
  'cti.event': ['cti', 'webservices'],
  publish: ['webservices', 'notification'],
  route: ['notification', 'notification'],
  'client.event': ['notification', 'client'],
  'client.loggedIn': ['client', 'client'],
  data: ['client', 'webservices'],
};
const LANE_LEFT = 400;
const LANE_GAP = 112;
const BAR_LEFT = 790;
const BAR_WIDTH = 350;

/** The sequence of a sign-in, and beside it when each step was and how long it took. */
export function signInPicture(ink: Ink, result: SignIn): string {
  const times = result.steps.map(({ at }) => at).filter((at) => at !== null);
  const top = 40;
  const bottom = top + result.steps.length * ROW + 8;
  const laneX = (lane: Lane) => LANE_LEFT + LANES.indexOf(lane) * LANE_GAP;
  const parts = LANES.map(
    (lane) =>
      `<text class="m c" x="${laneX(lane)}" y="14">${esc(t(ink, `html.lane.${lane}`))}</text><line class="grid" x1="${laneX(lane)}" y1="20" x2="${laneX(lane)}" y2="${bottom}"/>`,
  );
  const axis =
    times.length === 0 ? null : axisOf(Math.min(...times), Math.max(...times), BAR_LEFT, BAR_WIDTH, ink.zone);
  if (axis !== null) parts.push(marks(axis, top - 4, bottom));
  result.steps.forEach((step, i) => {
    const y = top + i * ROW + ROW / 2;
    const kind =
      step.status === 'found'
        ? { line: 'ar', head: 'arh' }
        : step.status === 'missing'
          ? { line: 'ar miss', head: 'missh' }
          : { line: 'ar un', head: 'unh' };
    parts.push(`<text x="12" y="${y + 4}">${i + 1}. ${esc(t(ink, `step.${step.id}`))}</text>`);
    const [from, to] = PATHS[step.id];
    parts.push(arrow(laneX(from), laneX(to), y, kind));
    if (step.at !== null && axis !== null) {
      const end = axis.x(step.at);
      const since = step.sinceMs !== null && step.sinceMs > 0 ? step.sinceMs : 0;
      const start = axis.x(step.at - since);
      const label = since > 0 ? `+${since} ms` : '';
      const room = end > BAR_LEFT + BAR_WIDTH - 80;
      parts.push(
        `<rect class="${step.sinceMs === null ? 'soft' : 'bar'}" x="${start}" y="${y - 5}" width="${Math.max(3, round(end - start))}" height="10" rx="2"/>`,
        label === ''
          ? ''
          : `<text class="m${room ? ' e' : ''}" x="${room ? start - 4 : end + 8}" y="${y + 4}">${esc(label)}</text>`,
      );
    } else if (step.status !== 'found')
      parts.push(
        `<text class="${step.status === 'missing' ? 'badText' : 'm'}" x="${BAR_LEFT}" y="${y + 4}">${esc(t(ink, `status.${step.status}`))}</text>`,
      );
  });
  return picture(ink, 'p-signin', 'html.signInPicture', bottom + 8, parts.join('\n'));
}

function arrow(from: number, to: number, y: number, kind: { line: string; head: string }): string {
  if (from === to)
    return `<path class="${kind.line}" d="M${from} ${y - 6}h16v12h-10"/><path class="${kind.head}" d="M${from} ${y + 6}l7 -3.5v7z"/>`;
  const side = to > from ? -1 : 1;
  return `<line class="${kind.line}" x1="${from}" y1="${y}" x2="${to + side * 6}" y2="${y}"/><path class="${kind.head}" d="M${to} ${y}l${side * 8} -4v8z"/>`;
}

/** Rows of the picture of a loss, from the agent's side to the telephony's. */
const ROWS = ['client', 'session', 'presence', 'server', 'cti'] as const;
function rowOf(kind: FactKind): (typeof ROWS)[number] {
  if (kind.startsWith('client.')) return 'client';
  if (kind.startsWith('session.')) return 'session';
  if (/^(?:presence|monitor|unsubscribed|forced|unroutable)/.test(kind)) return 'presence';
  return /^cti|^api/.test(kind) ? 'cti' : 'server';
}
const BAD: ReadonlySet<FactKind> = new Set([
  'session.idle',
  'session.conflict',
  'session.terminate',
  'presence.unavailable',
  'presence.logout',
  'forced',
  'cti.lost',
  'xmpp.lost',
  'ns.stop',
  'ns.crash',
  'crash',
  'app.stop',
  'xml.invalid',
  'overload',
  'ctimanager.down',
  'client.disconnect',
  'client.unanswered',
]);

/** How long a session had been silent, ms: told once, at the last of its growing ticks. */
function silenceOf(timeline: readonly Fact[], i: number): number {
  const fact = timeline[i] as Fact;
  const ms = fact.kind === 'session.active' ? Number(fact.data.ms) || 0 : 0;
  const next = timeline
    .slice(i + 1)
    .find(({ kind, data }) => kind === fact.kind && data.sid === fact.data.sid);
  return next !== undefined && Number(next.data.ms) > ms ? 0 : ms;
}

/** What happened around a loss; numbers are those of the table. */
export function whyPicture(ink: Ink, result: Why): string {
  const facts = result.timeline.filter(({ at }) => at !== null);
  if (facts.length === 0) return '';
  const left = 220;
  const width = WIDTH - left - 40;
  const starts = facts.map(
    (f) => (f.at as number) - (f.kind === 'session.active' ? Number(f.data.ms) || 0 : 0),
  );
  const first = Math.min(
    ...facts.map(({ at }) => at as number),
    ...starts.filter((s) => s > (facts[0]?.at as number) - 600_000),
  );
  const last = Math.max(...facts.map(({ at }) => at as number), result.at ?? 0);
  const pad = Math.max(500, (last - first) * 0.02);
  const axis = axisOf(first - pad, last + pad, left, width, ink.zone);
  const top = 44;
  const height = 40;
  const bottom = top + ROWS.length * height;
  const parts = [marks(axis, top - 6, bottom)];
  ROWS.forEach((row, i) => {
    const y = top + i * height;
    parts.push(
      `<line class="grid" x1="12" y1="${y + height}" x2="${WIDTH - 12}" y2="${y + height}"/><text x="12" y="${y + 24}">${esc(t(ink, `html.row.${row}`))}</text>`,
    );
  });
  if (result.at !== null) {
    const x = axis.x(result.at);
    parts.push(
      `<line class="lost" x1="${x}" y1="${top - 6}" x2="${x}" y2="${bottom}"/><text class="badText ${x > WIDTH - 160 ? 'e' : ''}" x="${x > WIDTH - 160 ? x - 6 : x + 6}" y="${bottom + 16}">${esc(t(ink, 'html.lost'))} ${esc(written(result.at, ink.zone).slice(11, 23))}</text>`,
    );
  }
  const labels = new Map<string, { x: number; y: number; first: number; last: number }[]>();
  result.timeline.forEach((fact, i) => {
    if (fact.at === null) return;
    const row = rowOf(fact.kind);
    const y = top + ROWS.indexOf(row) * height + 24;
    const x = axis.x(fact.at);
    const silent = silenceOf(result.timeline, i);
    if (silent > 0) {
      const from = axis.x(fact.at - silent);
      parts.push(
        `<rect class="soft" x="${from}" y="${y - 3}" width="${Math.max(1, round(x - from))}" height="6"/>`,
      );
    }
    parts.push(
      `<g><title>${esc(`${i + 1}. ${place(fact)} ${fact.excerpt}`)}</title><circle class="${BAD.has(fact.kind) ? 'bad' : 'bar'}" cx="${x}" cy="${y}" r="4.5"/></g>`,
    );
    // Numbers that would cover each other are written as one range.
    const list = labels.get(row) ?? [];
    const before = list.at(-1);
    if (before !== undefined && x - before.x < 30) before.last = i + 1;
    else list.push({ x, y: y - 9, first: i + 1, last: i + 1 });
    labels.set(row, list);
  });
  for (const { x, y, first, last } of [...labels.values()].flat())
    parts.push(`<text class="m c" x="${x}" y="${y}">${first === last ? first : `${first}–${last}`}</text>`);
  return picture(ink, 'p-why', 'html.whyPicture', bottom + 26, parts.join('\n'));
}

/** Most rows of the picture of many agents; the tables have more. */
const AGENTS_MAX = 40;

/** Sessions over time, one row for each agent who was lost, and what happened to the server above them. */
export function overviewPicture(ink: Ink, result: Overview): string {
  const { from, to } = result;
  if (from === null || to === null) return '';
  const left = 150;
  const width = WIDTH - left - 40;
  const pad = Math.max(1000, (to - from) * 0.01);
  const axis = axisOf(from - pad, to + pad, left, width, ink.zone);
  const rows = result.lost.slice(0, AGENTS_MAX);
  const top = 44;
  const chart = 70;
  const height = rows.length > 16 ? 18 : 24;
  const listTop = top + 26 + chart;
  const bottom = listTop + rows.length * height + 6;
  const parts = [marks(axis, top - 6, bottom)];
  for (const { at, agents } of [...result.waves, ...result.near]) {
    const x = axis.x(at);
    parts.push(
      `<g><title>${esc(`${written(at, ink.zone)}: ${agents.length}`)}</title><rect class="wave" x="${round(x - 6)}" y="${top - 6}" width="12" height="${round(bottom - top + 6)}"/></g>`,
    );
  }
  parts.push(`<text x="12" y="${top + 16}">${esc(t(ink, 'html.row.server'))}</text>`);
  for (const fact of result.server.slice(0, 400)) {
    if (fact.at === null) continue;
    parts.push(
      `<g><title>${esc(`${place(fact)} ${fact.excerpt}`)}</title><path class="${BAD.has(fact.kind) ? 'bad' : 'ok'}" d="M${axis.x(fact.at)} ${top + 4}l6 8l-6 8l-6 -8z"/></g>`,
    );
  }
  parts.push(lossesChart(ink, result, axis, left, width, top + 26, chart));
  rows.forEach(({ agent }, i) => {
    const y = listTop + i * height;
    parts.push(
      `<text x="12" y="${y + height / 2 + 4}">${esc(agent.length > 20 ? `${agent.slice(0, 19)}…` : agent)}</text>`,
    );
    for (const session of result.sessions.filter((one) => one.agent === agent)) {
      const x1 = axis.x(session.from ?? from);
      const x2 = axis.x(session.to ?? to);
      parts.push(
        `<rect class="${session.from === null || session.to === null ? 'soft' : 'bar'}" x="${x1}" y="${y + height / 2 - 4}" width="${Math.max(1, round(x2 - x1))}" height="8" rx="2"/>`,
      );
      if (session.to !== null)
        parts.push(`<path class="x" d="M${x2 - 4} ${y + height / 2 - 5}l8 10m0 -10l-8 10"/>`);
    }
  });
  return picture(ink, 'p-overview', 'html.overviewPicture', bottom + 8, parts.join('\n'));
}

/** How many connections ended when. */
function lossesChart(
  ink: Ink,
  { losses, from, to }: Overview,
  axis: Axis,
  left: number,
  width: number,
  top: number,
  height: number,
): string {
  const bins = Math.floor(width / 8);
  const span = Math.max(1, (to as number) - (from as number));
  const counts = new Array<number>(bins).fill(0);
  for (const at of losses) {
    const bin = Math.min(bins - 1, Math.max(0, Math.floor(((at - (from as number)) / span) * bins)));
    counts[bin] = (counts[bin] as number) + 1;
  }
  const most = counts.reduce((a, b) => Math.max(a, b), 0);
  const bars = counts
    .map((count, i) => {
      if (count === 0) return '';
      const tall = round(Math.max(3, (count / most) * (height - 22)));
      const x = axis.x((from as number) + (span * (i + 0.5)) / bins);
      return `<rect class="bad" x="${round(x - 3)}" y="${round(top + height - 6 - tall)}" width="6" height="${tall}"/>`;
    })
    .join('');
  return `<text x="12" y="${top + height - 10}">${esc(t(ink, 'html.losses', { most }))}</text><line class="grid" x1="${left}" y1="${top + height - 6}" x2="${left + width}" y2="${top + height - 6}"/>${bars}`;
}

/** Facts that a picture numbers, for the table beside it. */
export const numbered = (facts: readonly Fact[]): ReadonlyArray<readonly [number, Fact]> =>
  facts.map((fact, i) => [i + 1, fact]);
