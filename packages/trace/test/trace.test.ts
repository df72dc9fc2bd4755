import { describe, expect, test } from 'vitest';
import { Case } from '../src/case.ts';
import { EN, MESSAGES } from '../src/messages.ts';
import { overview } from '../src/overview.ts';
import { overviewJson, overviewText, signInJson, signInText, whyJson, whyText } from '../src/print.ts';
import { signIn } from '../src/signin.ts';
import { type Claim, type Verdict, why } from '../src/why.ts';
import { cutWebservicesLog, debugLog, infoLog, signInDocument, webservicesLog } from './lines.ts';

type Files = Readonly<Record<string, string | Uint8Array>>;

function caseOf(files: Files, agent?: string, step = Number.POSITIVE_INFINITY): Case {
  const trace = new Case(agent === undefined ? {} : { agent });
  for (const [name, content] of Object.entries(files)) {
    const bytes = Buffer.from(content as string);
    const reader = trace.open(name);
    for (let from = 0; from < bytes.length; from += step) reader.push(bytes.subarray(from, from + step));
    reader.end();
  }
  return trace;
}

const because = (files: Files, agent = '1001003', at: number | null = null) =>
  why(caseOf(files, agent), agent, at);
const doc = { 'doc.txt': `\`\`\`\n${signInDocument}` };
const lines = (claims: readonly Claim[]) =>
  claims.flatMap(({ facts }) => facts.map(({ file, line }) => `${file}:${line}`));

test('what others asked for a moment after a sign-in belongs to no earlier step of it', () => {
  const at = (time: string, rest: string) =>
    `0000000001: 127.0.0.1: Nov 30 2026 00:23:${time} +0000: %CCBU_http-8080-1-6-${rest}`;
  const files = {
    'Desktop-webservices.log': [
      at(
        '53.980',
        'API_REQUEST: %[REQUEST_URL=User/3001][agent_id=3001][request_identifier=r1][request_method=user.PUT][request_parameters= extension:3001 state:LOGIN]: Request from client to webservice api',
      ),
      at(
        '59.700',
        'API_REQUEST: %[REQUEST_URL=SystemInfo][agent_id=][request_identifier=][request_method=systemInfo.GET][request_parameters=]: Request from client to webservice api',
      ),
    ].join('\n'),
  };
  const { steps } = signIn(caseOf(files, '3001'), '3001');
  const of = (id: string) => steps.find((step) => step.id === id)?.status;
  expect([of('login.received'), of('systemInfo.asked')]).toEqual(['found', 'missing']);
});

describe('a sign-in in a document with excerpts', () => {
  const result = signIn(caseOf(doc, '2001'), '2001');

  test('is complete; each step has its line', () => {
    expect(result.outcome).toBe('complete');
    expect(result.requestId).toBe('6e210ca9-5786-43bc-babf-64a397a6057f');
    expect(result.extension).toBe('2003');
    expect(
      Object.fromEntries(result.steps.map(({ id, status, facts }) => [id, facts[0]?.line ?? status])),
    ).toEqual({
      page: 3,
      'systemInfo.asked': 11,
      'systemInfo.answered': 37,
      'bosh.connecting': 38,
      'bosh.credentials': 77,
      'bosh.connected': 52,
      presence: 56,
      'user.asked': 62,
      'user.answered': 64,
      'login.sent': 83,
      'login.received': 89,
      'cti.request': 93,
      'cti.trace': 100,
      'cti.event': 106,
      publish: 113,
      route: 120,
      'client.event': 125,
      'client.loggedIn': 133,
      data: 'optional',
    });
  });

  test('has times where only the client has a clock and ids have moments, and tells that the clocks differ', () => {
    const at = (id: string) => new Date(result.steps.find((step) => step.id === id)?.at ?? 0).toISOString();
    // 18:40:05 at the client is 22:40:05 UTC, because nocache=1366756805180 stands beside it.
    expect(at('bosh.connecting')).toBe('2013-04-23T22:40:03.000Z');
    expect(at('cti.event')).toBe('2013-04-23T22:40:08.374Z');
    expect(result.skew?.ms).toBe(2375);
  });

  test('prints no password in any language or form', () => {
    const trace = caseOf(doc, '2001');
    const texts = Object.values(MESSAGES).map((messages) =>
      signInText(signIn(trace, '2001'), trace, messages),
    );
    for (const text of [...texts, signInJson(signIn(trace, '2001'), trace)]) {
      expect(text).not.toContain('MjAwMToyMDAx');
      expect(text).not.toContain('C11F62C5');
    }
  });

  test('is the same however the bytes come in', () => {
    const print = (step: number) => {
      const trace = caseOf(doc, '2001', step);
      return signInText(signIn(trace, '2001'), trace, EN);
    };
    expect(print(7)).toBe(print(Number.POSITIVE_INFINITY));
  });

  test('one early "disconnected" is no loss', () => {
    const verdict = because(doc, '2001');
    expect(verdict.verdict).toBe('connected');
    expect(verdict.proof.map(({ id }) => id)).toEqual(['proof.connected', 'proof.earlyDisconnect']);
  });

  test('steps behind the last line are missing, those of logs that were not given cannot be seen', () => {
    const cut = signInDocument.slice(0, signInDocument.indexOf('Trace: AGENT_EVENT'));
    const stopped = signIn(caseOf({ 'doc.txt': `\`\`\`\n${cut}` }, '2001'), '2001');
    expect(stopped.outcome).toBe('incomplete');
    expect(stopped.stoppedAt).toBe('cti.event');
    const status = (id: string) => stopped.steps.find((step) => step.id === id)?.status;
    expect([status('cti.trace'), status('cti.event'), status('client.loggedIn')]).toEqual([
      'unseen',
      'missing',
      'missing',
    ]);
  });
});

test('of two connections the one before the request to sign in belongs to it', () => {
  const line = (second: string, text: string) =>
    `0000000001: 10.0.0.1: Jun 17 2017 00:10:${second} +0000: ${text}`;
  const available = (second: string) =>
    line(
      second,
      '%CCBU_Smack Listener Processor (1)-6-PRESENCE_NOTIFICATION_RECIEVED: %[FROM JID=2001@f/desktop][PRESENCE_TYPE=available]: x',
    );
  const login = line(
    '10.000',
    '%CCBU_http-8080-1-6-API_REQUEST: %[REQUEST_URL=User/2001][agent_id=2001][request_identifier=r][request_method=user.PUT][request_parameters= extension:2003 state:LOGIN]: x',
  );
  const result = signIn(
    caseOf({ w: [available('09.000'), login, available('33.000')].join('\n') }, '2001'),
    '2001',
  );
  expect(result.steps.find(({ id }) => id === 'presence')?.facts[0]?.line).toBe(1);
});

test('a CTI trace has no dates: they are those of the other logs', () => {
  const login = (day: string, second: string) =>
    `0000000001: 10.0.0.1: Jun ${day} 2017 23:59:${second} +0200: %CCBU_http-8080-1-6-API_REQUEST: %[REQUEST_URL=User/2001][agent_id=2001][request_identifier=r][request_method=user.PUT][request_parameters= extension:2003 state:LOGIN]: x`;
  const event = (at: string) =>
    `${at} MsgType:AGENT_STATE_EVENT (SkillGroupState:LOGIN AgentState:NOT_READY EventReasonCode:0 AgentID:"2001" AgentExtension:"2003" )`;
  const trace = caseOf(
    {
      w: `${login('16', '59.000')}\n0000000002: 10.0.0.1: Jun 17 2017 00:05:00.000 +0200: %CCBU_x-6-CTI_CONNECTION_ESTABLISHED: %[]: x`,
      'cti-trace.log': [event('23:59:59.010'), event('00:00:30.000')].join('\n'),
    },
    '2001',
  );
  const found = signIn(trace, '2001').steps.find(({ id }) => id === 'cti.trace');
  expect([found?.facts[0]?.line, new Date(found?.at ?? 0).toISOString()]).toEqual([
    1,
    '2017-06-16T21:59:59.010Z',
  ]);
});

describe('why', () => {
  const all = { 'debug.log': debugLog, 'info.log': infoLog, 'ws.log': webservicesLog };

  test('a client that stopped polling, with the lines that prove it', () => {
    const result = because(all);
    expect([result.verdict, result.certainty, result.effect]).toEqual([
      'client.stoppedPolling',
      'proved',
      'signedOut',
    ]);
    expect(lines(result.proof)).toEqual([
      'debug.log:1',
      'debug.log:2',
      'debug.log:3',
      'debug.log:4',
      'info.log:1',
    ]);
    // openfire has no zone: it is that of the webservices lines.
    expect(new Date(result.at ?? 0).toISOString()).toBe('2017-06-16T18:46:04.000Z');
    expect(result.candidates).toContain('client.networkCut');
    expect(result.settle).toContain('settle.clientLog');
  });

  test('lines that were cut count beside those that name the agent', () => {
    const result = because({ 'debug.log': debugLog, 'info.log': infoLog, 'cut.log': cutWebservicesLog });
    expect([result.verdict, result.effect]).toEqual(['client.stoppedPolling', 'signedOut']);
    expect(result.effectFacts.map(({ line }) => line)).toEqual([3, 5]);
  });

  test('without the logs of the notification service only that there was no session', () => {
    const result = because({ 'ws.log': webservicesLog });
    expect(result.verdict).toBe('server.presenceLogout');
    expect(result.settle).toContain('settle.openfireLogs');
  });

  test('doubled and reordered files change nothing but the notes', () => {
    const reversed = debugLog.split('\n').reverse().join('\n');
    const trace = caseOf(
      { 'a.log': reversed, 'info.log': infoLog, 'ws.log': webservicesLog, 'copy.log': webservicesLog },
      '1001003',
    );
    const result = why(trace, '1001003');
    expect([result.verdict, result.effect]).toEqual(['client.stoppedPolling', 'signedOut']);
    expect(trace.doubled).toBe(5);
    expect(trace.reports[0]?.reordered).toBe(3);
  });

  const head = '0000000001: 10.0.0.1: Jun 17 2017 00:10:';
  const presence = (second: string, type: string, agent = '2001') =>
    `${head}${second} +0000: %CCBU_Smack Listener Processor (1)-6-PRESENCE_NOTIFICATION_RECIEVED: %[FROM JID=${agent}@fin.example/desktop][PRESENCE_TYPE=${type}]: x`;
  const put = (second: string, user: string, state: string) =>
    `${head}${second} +0000: %CCBU_http-8080-1-6-API_REQUEST: %[REQUEST_URL=User/2001][agent_id=${user}][request_identifier=1][request_method=user.PUT][request_parameters= state:${state}]: x`;
  const event = (second: string, state: string, reason: number) =>
    `${head}${second} +0000: %CCBU_CTIMessageEventExecutor-0-6-DECODED_MESSAGE_FROM_CTI_SERVER: %[cti_message=CTIAgentStateEvent [agentState=1 (${state}), eventReasonCode=${reason}, agentID=2001]CTIMessageBean [invokeID=null]]: x`;
  const active = (second: string, ms: number, agent = '2001') =>
    `2017.06.17 00:10:${second} Session (id=aa${agent}) was last active ${ms} ms ago: ${agent}@fin.example/desktop`;
  const crowd = (second: string) => ['2002', '2003', '2004'].map((id) => presence(second, 'unavailable', id));

  test.each<[string, Verdict, Files]>([
    [
      'the agent himself',
      'agent.signedOut',
      {
        w: [
          put('05.000', '2001', 'LOGOUT'),
          event('05.010', 'LOGOUT', 0),
          presence('06.000', 'unavailable'),
        ].join('\n'),
      },
    ],
    [
      'a supervisor',
      'supervisor.signedOut',
      { w: [put('05.000', '3001', 'LOGOUT'), event('05.010', 'LOGOUT', 22)].join('\n') },
    ],
    [
      'a goodbye of the page',
      'client.browserClosed',
      {
        w: presence('20.000', 'unavailable'),
        d: [
          active('04', 0),
          '2017.06.17 00:10:19 HTTPBindLog: HTTP RECV(aa2001): <body type="terminate" sid="aa2001" rid="7"/>',
        ].join('\n'),
      },
    ],
    [
      'a stopped notification service',
      'server.notificationStopped',
      {
        w: [presence('20.000', 'unavailable'), ...crowd('20.100')].join('\n'),
        i: '2017.06.17 00:10:19 Openfire stopped\n2017.06.17 00:10:40 HTTP bind service started',
      },
    ],
    [
      'a crash, by the name of its core file',
      'server.notificationCrashed',
      { w: presence('20.000', 'unavailable'), 'x/core.2458.6.openfire.1497658219': '' },
    ],
    [
      'many at once and nothing else',
      'server.manyAtOnce',
      { w: [presence('20.000', 'unavailable'), ...crowd('20.100')].join('\n') },
    ],
    [
      'a second session',
      'agent.duplicateSignIn',
      {
        w: presence('20.000', 'unavailable'),
        d: [
          active('04', 0),
          '2017.06.17 00:10:20 HTTPBindLog: HTTP SENT(aa2001): <body type="terminate"><stream:error><conflict/></stream:error></body>',
        ].join('\n'),
      },
    ],
    [
      'back within a minute',
      'returned',
      { w: [presence('20.000', 'unavailable'), presence('23.500', 'available')].join('\n') },
    ],
    ['a sign-out by the system', 'server.systemSignOut', { w: event('05.010', 'LOGOUT', 50004) }],
    ['a loss and no more', 'unknown', { w: presence('20.000', 'unavailable') }],
    ['nobody of that name', 'unknownAgent', { w: presence('20.000', 'unavailable', '2009') }],
  ])('%s', (_, verdict, files) => {
    const result = because(files, '2001');
    expect(result.verdict).toBe(verdict);
    for (const { facts } of [...result.proof, ...result.against]) expect(facts.length).toBeGreaterThan(0);
    if (verdict !== 'unknownAgent') expect(result.proof.length).toBeGreaterThan(0);
  });

  test('a service that stopped before the agent came, or after the page said goodbye, is not the cause', () => {
    const stop = (second: string) => `2017.06.17 00:10:${second} Openfire stopped`;
    const came = {
      w: [presence('15.000', 'available'), presence('20.000', 'unavailable')].join('\n'),
      i: stop('05'),
    };
    expect(because(came, '2001').verdict).toBe('unknown');
    const went = {
      w: presence('20.000', 'unavailable'),
      d: `${active('04', 0)}\n2017.06.17 00:10:20 HTTPBindLog: HTTP RECV(aa2001): <body type="terminate" sid="aa2001"/>`,
      i: stop('21'),
    };
    expect(because(went, '2001').verdict).toBe('client.browserClosed');
  });

  const drift = (at: string) =>
    `2017-06-16T18:${at}.000 +00:00: : fin.example: Jun 17 2017 00:${at}.000 +0530: Header : Client: 1, Server: 1, Drift: 5 ms, Network Latency (round trip): 9 ms`;

  test('with the client log: a hole in it is sleep, lines that go on are the network', () => {
    const asleep = because({
      ...all,
      'clientlog.1001003.x.log': [drift('44:30'), drift('48:10')].join('\n'),
    });
    expect([asleep.verdict, asleep.certainty]).toEqual(['client.computerAsleep', 'likely']);
    expect(lines(asleep.proof).slice(0, 2)).toEqual([
      'clientlog.1001003.x.log:1',
      'clientlog.1001003.x.log:2',
    ]);
    const broken =
      '2017-06-16T18:45:20.000 +00:00: : fin.example: Jun 17 2017 00:15:20.000 +0530: Container : [ClientServices] MasterPublisher._connInfoHandler() - Connection status: disconnected';
    const cut = because({
      ...all,
      'clientlog.1001003.x.log': [drift('44:30'), broken, drift('45:30'), drift('46:30')].join('\n'),
    });
    expect([cut.verdict, cut.certainty]).toEqual(['client.networkCut', 'likely']);
  });

  test("another agent's client log says nothing", () => {
    const result = because({ ...all, 'clientlog.2002.x.log': [drift('44:30'), drift('48:10')].join('\n') });
    expect(result.verdict).toBe('client.stoppedPolling');
  });

  test('what happened to another session, or before, is not taken for the cause', () => {
    const idle =
      '2017.06.17 00:10:50 Closing idle session (id=aa2001): 2001@fin.example/desktop after being inactive for more than threshold value of 60';
    const earlier =
      '2017.06.17 00:08:30 HTTPBindLog: HTTP SENT(aa2001): <body type="terminate"><conflict/></body>';
    const others =
      '2017.06.17 00:10:49 HTTPBindLog: HTTP RECV(bb2002): <body type="terminate" sid="bb2002"/>';
    const later =
      '2017.06.17 00:12:50 Closing idle session (id=aa2001): 2001@fin.example/desktop after being inactive for more than threshold value of 60';
    const result = because(
      {
        d: [earlier, active('20', 40_000), others, active('50', 70_000), idle, later].join('\n'),
        w: presence('55.000', 'available'),
      },
      '2001',
      Date.UTC(2017, 5, 17, 0, 10, 50),
    );
    expect(result.verdict).toBe('returned');
    expect(lines(result.proof)).toEqual(['d:5', 'w:1', 'd:2', 'd:4', 'd:5']);
    expect(result.timeline.map(({ file, line }) => `${file}:${line}`)).not.toContain('d:3');
  });

  test('a service that stopped two seconds after the idle close is not its cause', () => {
    const result = because({ ...all, 'x.log': '2017.06.17 00:16:06 Openfire stopped' });
    expect(result.verdict).toBe('client.stoppedPolling');
  });

  test('two rounds of losses: the one that is asked about', () => {
    const early = webservicesLog.replaceAll('Jun 17', 'Jun 16').replace(/^.*DECODED.*$/m, '');
    const trace = caseOf({ 'ws.log': `${early}\n${webservicesLog}` }, '1001003');
    expect(why(trace, '1001003').incidents).toBe(2);
    const asked = why(trace, '1001003', Date.UTC(2017, 5, 15, 19, 0));
    expect(new Date(asked.at ?? 0).toISOString()).toBe('2017-06-15T18:46:04.630Z');
  });
});

test('an overview tells who was lost at once from who was lost alone', () => {
  const lost = (second: string, id: string) =>
    `0000000001: 10.0.0.1: Jun 17 2017 00:10:${second} +0000: %CCBU_Smack Listener Processor (1)-6-PRESENCE_NOTIFICATION_RECIEVED: %[FROM JID=${id}@f/desktop][PRESENCE_TYPE=unavailable]: x`;
  const trace = caseOf({
    w: [lost('05.000', '2009'), ...['2001', '2002', '2003'].map((id) => lost('20.000', id))].join('\n'),
  });
  const result = overview(trace);
  expect(result.waves.map(({ agents }) => agents)).toEqual([['2001', '2002', '2003']]);
  expect(result.lost.filter(({ losses, together }) => losses > together).map(({ agent }) => agent)).toEqual([
    '2009',
  ]);
  expect(overviewText(result, trace, EN)).toContain('w:1');
  expect(JSON.parse(overviewJson(result, trace)).waves[0].agents).toHaveLength(3);
});

describe('bad input', () => {
  test('long lines, other encodings, escapes and what is no log are named, and the rest is used', () => {
    const trace = caseOf(
      {
        'debug.log': `${'x'.repeat(200_000)}\n${debugLog}`,
        'info.log': Buffer.concat([
          Buffer.from('Stra\xdfe \x1b[31m\n', 'latin1'),
          Buffer.from(infoLog.replace('fin.example', 'fin\x1b[2J.example')),
        ]),
        'ws.log': `${webservicesLog}\r\n`,
        'photo.png': Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3]),
      },
      '1001003',
    );
    const result = why(trace, '1001003');
    expect(result.verdict).toBe('client.stoppedPolling');
    expect(trace.reports.map(({ cut, notUtf8, entries }) => [cut, notUtf8, entries])).toEqual([
      [1, 0, 4],
      [0, 1, 2],
      [0, 0, 5],
      [0, 1, 0],
    ]);
    const text = whyText(result, trace, EN) + whyJson(result, trace);
    expect(text).toContain('\\x1b[2J');
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    expect(text).toContain('no log that is known');
  });

  test.each([
    [
      'blanks',
      `2017.06.17 00:14:34 RoutingTableImpl: Failed to route packet to JID: a@b <state>${' '.repeat(60_000)}`,
    ],
    ['one key again and again', `18:40:05: Container : ${"requestId='1', ".repeat(4000)}`],
    ['an element that never ends', `2017.06.17 00:14:34 Unable to route packet ${'<auth '.repeat(10_000)}`],
    ['brackets', `%CCBU_a-6-API_REQUEST: %${'['.repeat(60_000)}`],
    ['letters', `%CCBU_a-6-MESSAGE_TO_CTI_SERVER: %[cti_message=${'a '.repeat(30_000)}`],
    ['states', `Trace: ${'SkgState=A '.repeat(6000)}`],
    ['passwords', `2017.06.17 00:14:34 Unable to route packet ${'password='.repeat(7000)}`],
  ])('a line that is made to cost time costs little: %s', (_, line) => {
    const begun = process.cpuUsage();
    const trace = caseOf({ a: `${line}\n`.repeat(20) }, '1');
    why(trace, '1');
    const { user } = process.cpuUsage(begun);
    // Twenty lines of 64 KiB; what grows with the square of their length would take minutes.
    expect(user / 1e6).toBeLessThan(8);
  });

  test('UTF-16, as Windows programs save it', () => {
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(infoLog, 'utf16le')]);
    expect(because({ 'info.log': utf16, 'debug.log': debugLog }).verdict).toBe('client.stoppedPolling');
  });
});

test('every language says everything, with the same placeholders', () => {
  const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
  for (const messages of Object.values(MESSAGES))
    for (const [id, text] of Object.entries(EN)) {
      const said = (messages as Readonly<Record<string, string>>)[id];
      expect(said?.trim(), id).toBeTruthy();
      expect([id, holes(said as string)]).toEqual([id, holes(text)]);
    }
});
