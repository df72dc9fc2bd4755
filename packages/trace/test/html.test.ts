import { describe, expect, test } from 'vitest';
import { Case } from '../src/case.ts';
import { overviewHtml, signInHtml, whyHtml } from '../src/html/report.ts';
import { overview } from '../src/overview.ts';
import { signIn } from '../src/signin.ts';
import { why } from '../src/why.ts';
import { debugLog, infoLog, signInDocument, webservicesLog } from './lines.ts';

function caseOf(files: Readonly<Record<string, string>>, agent?: string): Case {
  const trace = new Case(agent === undefined ? {} : { agent });
  for (const [name, content] of Object.entries(files)) {
    const reader = trace.open(name);
    reader.push(Buffer.from(content));
    reader.end();
  }
  return trace;
}

const presence = (second: string, type: string, agent: string) =>
  `0000000001: 10.0.0.1: Jun 17 2017 00:10:${second} +0000: %CCBU_Smack Listener Processor (1)-6-PRESENCE_NOTIFICATION_RECIEVED: %[FROM JID=${agent}@fin.example/desktop][PRESENCE_TYPE=${type}]: x`;

const all = { 'debug.log': debugLog, 'info.log': infoLog, 'ws.log': webservicesLog };

/** Every tag of a page that may stand in it: what a report is made of, and nothing that runs or loads. */
const TAGS = new Set(
  'html head meta title style body main h1 h2 p div section figure figcaption svg text line rect path circle g table thead tbody tr th td code ul li br span'.split(
    ' ',
  ),
);

describe('a report as one HTML file', () => {
  test('of a sign-in has a picture with every step, and a row with file and line for each', () => {
    const trace = caseOf({ 'doc.txt': `\`\`\`\n${signInDocument}` }, '2001');
    const html = signInHtml(signIn(trace, '2001'), trace, 'en');
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(html.match(/<path class="arh"/g)).toHaveLength(18);
    expect(html).toContain('<td class="f">doc.txt<span class="p">:89</span></td>');
    expect(html).toContain('18. Client is signed in');
    expect(html).not.toContain('MjAwMToyMDAx');
    expect(html).not.toContain('C11F62C5');
  });

  test('of a loss has its verdict, its proof and its story', () => {
    const trace = caseOf(all, '1001003');
    const html = whyHtml(why(trace, '1001003'), trace, 'de');
    expect(html).toContain('client.stoppedPolling (bewiesen)');
    expect(html).toContain('<td class="f">debug.log<span class="p">:4</span></td>');
    expect(html).toContain('class="lost"');
    // One bar for one silence: 63.231 s of it, told by the last tick.
    expect(html.match(/class="soft"/g)).toHaveLength(1);
  });

  test('of many agents has the sessions of those who were lost', () => {
    const ids = ['2001', '2002', '2003'];
    const trace = caseOf({
      w: [
        ...ids.map((id) => presence('01.000', 'available', id)),
        ...ids.map((id) => presence('20.000', 'unavailable', id)),
        presence('25.000', 'available', '2002'),
        presence('30.000', 'unavailable', '2009'),
      ].join('\n'),
    });
    const result = overview(trace);
    const at = (second: number) => Date.UTC(2017, 5, 17, 0, 10, second);
    expect(result.sessions).toEqual([
      { agent: '2001', from: at(1), to: at(20) },
      { agent: '2002', from: at(1), to: at(20) },
      { agent: '2002', from: at(25), to: null },
      { agent: '2003', from: at(1), to: at(20) },
      { agent: '2009', from: null, to: at(30) },
    ]);
    const html = overviewHtml(result, trace, 'fr');
    expect(html.match(/class="wave"/g)).toHaveLength(1);
    expect(html.match(/<path class="x"/g)).toHaveLength(4);
  });

  test('of nothing is a page too', () => {
    const trace = caseOf({ 'a.txt': 'nothing' });
    expect(overviewHtml(overview(trace), trace, 'en')).toContain('No times stand in these logs.');
    const none = caseOf({ 'a.txt': 'nothing' }, '1');
    expect(whyHtml(why(none, '1'), none, 'en')).toContain('No line of a known form names this agent.');
    expect(signInHtml(signIn(none, '1'), none, 'en')).toContain('No line of a known form names this agent.');
  });

  test('is the same for the same input', () => {
    const print = () => {
      const trace = caseOf(all, '1001003');
      return whyHtml(why(trace, '1001003'), trace, 'en');
    };
    expect(print()).toBe(print());
  });

  const evil = `<script>alert(1)</script><img src=x onerror='a'>"><svg/onload=a>&lt;b&gt;\x1b[31m`;

  test('markup in logs, in names of files and of agents is text, and nothing runs', () => {
    const agent = `20"><b>01`;
    const files = {
      [`${evil}.log`]: [
        presence('01.000', 'available', agent),
        presence('20.000', 'unavailable', agent),
        ...['2002', '2003', '2004'].map((id) => presence('20.100', 'unavailable', id)),
        `0000000001: 10.0.0.1: Jun 17 2017 00:10:05.000 +0000: %CCBU_http-1-6-API_REQUEST: %[REQUEST_URL=User/${agent}][agent_id=${evil}][request_identifier=${evil}][request_method=user.PUT][request_parameters= extension:${evil} state:LOGIN]: ${evil}`,
        `0000000001: 10.0.0.1: Jun 17 2017 00:10:19.000 +0000: %CCBU_x-3-CTI_CONNECTION_LOST: %[]: ${evil}`,
      ].join('\n'),
    };
    const one = caseOf(files, agent);
    const many = caseOf(files);
    const pages = [
      signInHtml(signIn(one, agent), one, 'en'),
      whyHtml(why(one, agent), one, 'en'),
      overviewHtml(overview(many), many, 'en'),
    ];
    for (const html of pages) {
      const tags = [...html.matchAll(/<\/?([a-z0-9]+)/gi)].map(([, name]) => name as string);
      expect(tags.filter((name) => !TAGS.has(name))).toEqual([]);
      expect(html).not.toMatch(/<[^>]*\son\w+=/i);
      expect(html).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
      expect(html).toContain(`default-src 'none'`);
      expect(html).toContain('&lt;');
    }
  });

  test('loads nothing', () => {
    const trace = caseOf(all, '1001003');
    const html = whyHtml(why(trace, '1001003'), trace, 'en');
    expect(html).not.toMatch(/<(?:script|link|img|iframe|object|base|form)\b|url\(|@import|(?:src|href)=/i);
  });
});
