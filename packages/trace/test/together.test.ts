/** What many agents' losses have in common, and which day they were on. */
import { describe, expect, test } from 'vitest';
import { Case } from '../src/case.ts';
import { overviewHtml, whyHtml } from '../src/html/report.ts';
import { EN } from '../src/messages.ts';
import { overview } from '../src/overview.ts';
import { overviewText, signInText } from '../src/print.ts';
import { signIn } from '../src/signin.ts';
import { why } from '../src/why.ts';
import { idle, presence, silence } from './incident-lines.ts';

function caseOf(files: Readonly<Record<string, string | readonly string[]>>, agent?: string): Case {
  const trace = new Case(agent === undefined ? {} : { agent });
  for (const [name, lines] of Object.entries(files)) {
    const reader = trace.open(name);
    reader.push(Buffer.from(typeof lines === 'string' ? lines : lines.join('\n')));
    reader.end();
  }
  return trace;
}

describe('a site whose network was cut', () => {
  // Polls are held for 30 s each, so the sessions fall silent one after the other.
  const site = Array.from({ length: 8 }, (_, i) =>
    idle(`09:16:${String(4 * i).padStart(2, '0')}`).replaceAll(/f382a015|2001/g, (one) =>
      one === '2001' ? String(3001 + i) : `f382a0${i}`,
    ),
  );

  test('shows as one event in the overview, not as eight clients at different times', () => {
    const trace = caseOf({ 'info.log': [...site, idle('11:00:00')] });
    const result = overview(trace);
    expect(result.waves).toEqual([]);
    expect(result.near.map(({ agents }) => agents.length)).toEqual([8]);
    expect(result.lost.filter((one) => one.losses > one.together).map(({ agent }) => agent)).toEqual([
      '2001',
    ]);
    expect(overviewText(result, trace, EN)).toContain('something they share');
    expect(overviewHtml(result, trace, 'de')).toContain('etwas Gemeinsames');
  });

  test('stands beside the verdict of one of them, with lines of others', () => {
    const { verdict, against } = why(caseOf({ ...silence, 'site/info.log': site }, '2001'), '2001');
    expect([verdict, against.map(({ id, values }) => [id, values.count])]).toEqual([
      'client.stoppedPolling',
      [['against.othersNear', 8]],
    ]);
  });

  test('is none when a few agents are lost in an hour', () => {
    const few = site.map((line, i) => line.replace(/09:16:\d\d/, `09:${String(i * 7).padStart(2, '0')}:00`));
    const result = overview(caseOf({ 'info.log': few }));
    expect([result.waves, result.near]).toEqual([[], []]);
    expect(why(caseOf({ ...silence, 'site/info.log': few }, '2001'), '2001').against).toEqual([]);
  });
});

describe('the day', () => {
  test('stands with each time of an overview that goes over several', () => {
    const lost = (day: string) =>
      `0000001043: 10.0.0.1: Jun ${day} 2017 23:00:00.000 +0200: %CCBU_CTIMessageReader-1-2-CTI_CONNECTION_LOST: %[a=b]: lost`;
    const days = caseOf({ 'ws.log': [presence('09:00:00.000', 'unavailable'), lost('18'), lost('19')] });
    expect(overviewText(overview(days), days, EN)).toContain('2017-06-18 23:00:00.000  ws.log:2');
    const one = caseOf({ 'ws.log': [presence('09:00:00.000', 'unavailable'), lost('17')] });
    expect(overviewText(overview(one), one, EN)).toContain('   23:00:00.000  ws.log:2');
  });

  test('and the zone of a log of refused passwords are its own', () => {
    const refused =
      '0000123: Jun 17 2017 09:00:00.123 -0500: [exec-2] INFO CCRealmConfig.finesseAuthenticate(): Unable to authenticate user: 2001';
    const trace = caseOf({ 'realm.log': refused }, '2001');
    expect(signInText(signIn(trace, '2001'), trace, EN)).toContain('2017-06-17 09:00:00.123  realm.log:1');
  });
});

test('the picture has a cross for each loss, also where nobody wrote that the agent had come back', () => {
  const twice = caseOf({
    'ws.log': [presence('09:00:00.000', 'unavailable'), presence('11:00:00.000', 'unavailable')],
  });
  const crosses = overviewHtml(overview(twice), twice, 'fr').match(/<path class="x"/g);
  expect(crosses).toHaveLength(2);
});

test('fractions are written as the language writes them', () => {
  const texts = (['en', 'de', 'fr'] as const).map((language) => {
    const trace = caseOf(silence, '2001');
    return whyHtml(why(trace, '2001'), trace, language);
  });
  expect(texts.map((text) => /63[.,]231/.exec(text)?.[0])).toEqual(['63.231', '63,231', '63,231']);
});

test('an overview goes from the first time that stands in the logs to the last, whatever the lines say', () => {
  const idleLine = (at: string) =>
    `0000001043: 10.0.0.1: Jun 17 2017 ${at} +0200: %CCBU_pool-21-thread-1-6-QUEUE_STATISTICS_REQUEST: %[count=751]: Starting new round`;
  const quiet = caseOf({ 'ws.log': [idleLine('09:00:00.000'), idleLine('09:00:10.000')] });
  const { from, to } = overview(quiet);
  expect(overviewText(overview(quiet), quiet, EN)).toContain('2017-06-17 09:00:00.000 +02:00');
  expect([from, to].map((at) => new Date(at ?? 0).toISOString())).toEqual([
    '2017-06-17T07:00:00.000Z',
    '2017-06-17T07:00:10.000Z',
  ]);
});
