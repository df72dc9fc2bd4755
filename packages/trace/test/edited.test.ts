/**
 * Logs that somebody edited by hand: lines taken out, doubled, in another order, in another zone, with months of another
 * language and keys misspelt. The verdict may become less sure, never another cause.
 */
import { describe, expect, test } from 'vitest';
import { Case } from '../src/case.ts';
import { type Verdict, type Why, why } from '../src/why.ts';
import {
  client,
  clientLog,
  drift,
  LOST,
  logoutEvent,
  others,
  presence,
  put,
  silence,
  ws,
} from './incident-lines.ts';

type Files = Readonly<Record<string, readonly string[]>>;

const listed = (files: Readonly<Record<string, string | readonly string[]>>): Files =>
  Object.fromEntries(
    Object.entries(files).map(([name, lines]) => [name, typeof lines === 'string' ? [lines] : lines]),
  );

const begun = (user: string) =>
  ws(
    '09:16:00.000',
    `%CCBU_http-8080-7-6-REQUEST_START: %[method_name=PUT][parameter_name={ }][resource_name=/User/2001][usr=${user}]: Request start`,
  );
const forcedOut = [
  ws(
    '09:17:04.632',
    '%CCBU_CoreImpl-worker12-6-PRESENCE DRIVEN LOGOUT: %[agent_id=2001]: Performing CTI Logout on basis of the agents unavailable presence',
  ),
  ws(
    '09:17:04.633',
    '%CCBU_CoreImpl-worker12-6-MESSAGE_TO_CTI_SERVER: %[cti_message=Invoke id :39 , agentstate : 1, workmode : 0, reason code: 255, forceflag :1, agentcapacity: 1, agenttext: 2003, agentid: 2001, supervisorid: null, ssoFlag=false][cti_message_name=SetAgentStateReq]: Message going to the backend cti server',
  ),
  logoutEvent('09:17:04.643', 255),
];
const lost = { ...silence, 'ws.log': [silence['ws.log'], ...forcedOut] };
const disconnected = (at: string) =>
  client(
    at,
    'Container : [ClientServices] MasterPublisher._connInfoHandler() - Connection status: disconnected',
  );
const console_ = (at: string, text: string) =>
  client(at, `Container : POST https://fin.example:7443/http-bind/ ${text}`);

/** Incidents by their cause; second, causes that the same lines allow when others are gone. */
const INCIDENTS: ReadonlyArray<readonly [string, Verdict, readonly Verdict[], Files]> = [
  ['silence', 'client.stoppedPolling', [], listed(lost)],
  [
    'a computer asleep',
    'client.computerAsleep',
    [],
    listed({ ...lost, 'clientlog.2001.x.log': [drift('09:14:30', 5, 9), drift('09:18:10', 5, 9)] }),
  ],
  [
    'a browser that says the computer slept',
    'client.computerAsleep',
    ['client.networkCut'],
    listed({
      ...lost,
      ...clientLog(console_('09:16:05', 'net::ERR_NETWORK_IO_SUSPENDED'), disconnected('09:16:06')),
    }),
  ],
  [
    'a network that was cut',
    'client.networkCut',
    [],
    listed({
      ...lost,
      ...clientLog(console_('09:15:10', 'net::ERR_INTERNET_DISCONNECTED'), disconnected('09:15:11')),
    }),
  ],
  [
    'a certificate',
    'client.certificate',
    ['client.networkCut'],
    listed({
      ...lost,
      ...clientLog(console_('09:15:10', 'net::ERR_CERT_DATE_INVALID'), disconnected('09:15:11')),
    }),
  ],
  [
    'a supervisor',
    'supervisor.signedOut',
    // The request of 9.1 names the agent: without its beginning it may be his own, and says so.
    ['agent.signedOut', 'server.systemSignOut'],
    listed({
      'ws.log': [begun('2050'), put('09:16:00.000', '2001', 'LOGOUT'), logoutEvent('09:16:00.020', 999)],
    }),
  ],
  [
    'the agent',
    'agent.signedOut',
    ['server.systemSignOut'],
    listed({
      'ws.log': [begun('2001'), put('09:16:00.000', '2001', 'LOGOUT'), logoutEvent('09:16:00.020', 1)],
    }),
  ],
  [
    'a service that stopped',
    'server.notificationStopped',
    ['server.notificationCrashed', 'server.manyAtOnce'],
    listed({
      'ws.log': [presence('09:16:04.630', 'unavailable'), ...others('09:16:04.700')],
      'info.log': ['2017.06.17 09:16:03 Openfire stopped', '2017.06.17 09:17:30 HTTP bind service started'],
    }),
  ],
];

/** What says that the cause is open is no claim; neither is one that names the cause among what it does not rule out. */
function isNoWrongClaim(result: Why, cause: Verdict, also: readonly Verdict[]): boolean {
  const { verdict, certainty, candidates } = result;
  if (verdict === cause || also.includes(verdict)) return true;
  if (verdict === 'unknown' || verdict === 'connected' || verdict === 'unknownAgent') return true;
  const isGroup =
    certainty === 'open' || ['client.stoppedPolling', 'server.presenceLogout'].includes(verdict);
  return isGroup && (candidates.includes(cause) || cause === 'client.stoppedPolling');
}

function judged(files: Files): Why {
  const trace = new Case({ agent: '2001' });
  for (const [name, lines] of Object.entries(files)) {
    const reader = trace.open(name);
    reader.push(Buffer.from(lines.join('\n')));
    reader.end();
  }
  const result = why(trace, '2001');
  for (const { facts } of [...result.proof, ...result.against])
    for (const { file, line } of facts)
      expect(files[file]?.[line - 1], `${file}:${line} is a line of the input`).toBeDefined();
  return result;
}

const changed = (
  files: Files,
  change: (lines: readonly string[], name: string) => readonly string[],
): Files => Object.fromEntries(Object.entries(files).map(([name, lines]) => [name, change(lines, name)]));

/** Every line alone taken out, every pair of lines, and the whole of every file. */
function* withoutLines(files: Files): Generator<Files> {
  const places = Object.entries(files).flatMap(([name, lines]) => lines.map((_, i) => `${name}:${i}`));
  for (const one of places)
    for (const other of places)
      if (one <= other)
        yield changed(files, (lines, name) => lines.filter((_, i) => ![one, other].includes(`${name}:${i}`)));
  for (const gone of Object.keys(files)) yield { ...files, [gone]: [] };
}

/** Months as servers of other languages write them. */
const MONTHS = ['juin', 'Juni', 'Jun.', 'JUN'];
const SLIPS: ReadonlyArray<readonly [RegExp, string]> = [
  [/PRESENCE_NOTIFICATION_RECIEVED/g, 'PRESENCE_NOTIFICATON_RECEIVED'],
  [/REQUEST_START/g, 'REQUEST_STRAT'],
  [/API_REQUEST/g, 'API_REQEUST'],
  [/DECODED_MESSAGE_FROM_CTI_SERVER/g, 'DECODED_MESAGE_FROM_CTI_SERVER'],
  [/request_parameters/g, 'request_paramters'],
  [/PRESENCE_TYPE/g, 'PRESENSE_TYPE'],
];

describe.each(INCIDENTS)('%s', (_, cause, also, files) => {
  test('as it was', () => expect(judged(files).verdict).toBe(cause));

  test('lines missing', () => {
    for (const edited of withoutLines(files)) {
      const result = judged(edited);
      expect(
        isNoWrongClaim(result, cause, also),
        `${result.verdict} ${result.certainty} of ${JSON.stringify(edited)}`,
      ).toBe(true);
    }
  });

  test.each<[string, (files: Files) => Files]>([
    ['lines doubled', (all) => changed(all, (lines) => lines.flatMap((line) => [line, line]))],
    [
      'files doubled',
      (all) => ({
        ...all,
        ...Object.fromEntries(
          Object.entries(all).map(([name, lines]) => [
            name === 'clientlog.2001.x.log' ? name : `again-${name}`,
            lines,
          ]),
        ),
      }),
    ],
    ['the other way round', (all) => changed(all, (lines) => [...lines].reverse())],
    [
      'neighbours changed',
      (all) => changed(all, (lines) => lines.map((__, i) => lines[i ^ 1] ?? (lines[i] as string))),
    ],
    [
      'blank lines and remarks',
      (all) => changed(all, (lines) => lines.flatMap((line) => ['', line, '   <== look here!!'])),
    ],
  ])('%s: the same cause', (__, edit) => expect(judged(edit(files)).verdict).toBe(cause));

  test.each(MONTHS)('the month is %s', (month) => {
    const edited = changed(files, (lines) => lines.map((line) => line.replaceAll('Jun 17', `${month} 17`)));
    expect(judged(edited).verdict).toBe(cause);
  });

  test.each(SLIPS.map(([pattern, slip]) => [pattern.source, pattern, slip] as const))(
    '%s misspelt',
    (__, pattern, slip) => {
      const result = judged(changed(files, (lines) => lines.map((line) => line.replace(pattern, slip))));
      expect(isNoWrongClaim(result, cause, also), `${result.verdict} ${result.certainty}`).toBe(true);
    },
  );

  test('the webservices log in another zone than the rest', () => {
    // The same moments, five and a half hours east of UTC, while openfire keeps the wall clock of before.
    const edited = changed(files, (lines, name) =>
      name === 'ws.log'
        ? lines.map((line) =>
            line.replace(
              /(\d\d)(:\d\d:\d\d\.\d{3}) \+0200/,
              (___, h, rest) => `${String(Number(h) + 2).padStart(2, '0')}${rest} +0400`,
            ),
          )
        : lines,
    );
    const result = judged(edited);
    expect(isNoWrongClaim(result, cause, also), `${result.verdict} ${result.certainty}`).toBe(true);
  });
});

/** The same lines, broken where a page breaks them. */
function brokenUp(files: Files, breaks: ReadonlyArray<readonly [string, string]>): Why {
  return judged(
    changed(files, (lines) =>
      lines.flatMap((line) => breaks.reduce((all, [from, to]) => all.replaceAll(from, to), line).split('\n')),
    ),
  );
}

test('words that a page has broken in two are read', () => {
  const files = listed({
    ...lost,
    'clientlog.2001.x.log': [
      drift('09:14:00', 5, 9),
      console_('09:15:10', 'net::ERR_CONNECTION_TIMED_OUT'),
      client('09:15:20', 'Container : FailoverMonitor.checkSystemInfo(): System info status: IN_SERVICE'),
      disconnected('09:15:21'),
    ],
  });
  expect(judged(files).verdict).toBe('client.certificate');
  const breaks = [
    ['http-bind/ net', 'http-bind/\nnet'],
    ['System info status: ', 'System info\nstatus:\n'],
  ] as const;
  expect(brokenUp(files, breaks).verdict).toBe('client.certificate');
});

test('a time that a page has left on a line of its own is that of the next line', () => {
  const files = listed({
    'ws.log': [
      presence('09:00:00.000', 'available'),
      ws('09:16:01.000', '%CCBU_CTIConnection-0-3-CTI_CONNECTION_LOST: %[]: x'),
      presence('09:30:00.000', 'available', '2002'),
    ],
  });
  for (const result of [judged(files), brokenUp(files, [[' %CCBU_', '\n%CCBU_']])])
    expect([result.verdict, result.at]).toEqual(['server.ctiLinkLost', Date.UTC(2017, 5, 17, 7, 16, 1)]);
});

/** A page's lines that sound like one cause and are another's. */
test.each<[string, Verdict, Files]>([
  [
    'an error at port 7443 in a browser without any network is no blocked port',
    'client.networkCut',
    listed({ ...lost, ...clientLog(console_('09:15:10', 'net::ERR_INTERNET_DISCONNECTED')) }),
  ],
  [
    'a hole behind which a new page begins is no sleep',
    'client.browserClosed',
    listed({
      ...lost,
      'clientlog.2001.x.log': [
        drift('09:14:30', 5, 9),
        client('09:18:10', 'Container : PageServices.init(): Establishing BOSH connection...'),
        drift('09:18:12', 5, 9),
      ],
    }),
  ],
  [
    'a reconnection behind a hole is no new page',
    'client.computerAsleep',
    listed({
      ...lost,
      'clientlog.2001.x.log': [
        drift('09:14:30', 5, 9),
        client('09:18:10', 'Container : FailoverMonitor: System info status: IN_SERVICE'),
        drift('09:18:12', 5, 9),
      ],
    }),
  ],
  [
    'the watchdog of the page names the gadget',
    'client.gadget',
    listed({
      ...lost,
      'clientlog.2001.x.log': [
        drift('09:14:30', 5, 9),
        '2017-06-17T07:18:10.000Z: : Watchdog: gadget 7 (https://crm.example/crm.xml) kept the page from answering for 210 s',
        drift('09:18:12', 5, 9),
      ],
    }),
  ],
  [
    "a page's own log: the connection as steps, in UTC",
    'client.networkCut',
    listed({
      ...lost,
      'clientlog.2001.x.log': [
        drift('09:14:00', 5, 9),
        drift('09:15:00', 5, 9),
        '2017-06-17T07:15:10.000Z: : fin.example: ready -> waiting (failed: Unreachable: no answer within 5000 ms)',
        '2017-06-17T07:16:10.000Z: : fin.example: fetching info -> waiting (failed: Timeout)',
      ],
    }),
  ],
  [
    'a session that is closed and present at once, while debug.log tells of no conflict, is a reload',
    'returned',
    listed({
      'ws.log': [presence('09:00:00.000', 'available'), presence('09:16:04.630', 'available')],
      'info.log': ['2017.06.17 09:16:04 A session is being closed for 2001@fin.example/desktop'],
      'debug.log': [
        '2017.06.17 09:15:34 Session (id=f382a015) was last active 0 ms ago: 2001@fin.example/desktop',
      ],
    }),
  ],
  [
    'a connection that broke, of which nothing else is known, is no cut network',
    'client.stoppedPolling',
    listed({
      'ws.log': [
        LOST['ws.log'],
        ws(
          '09:17:04.632',
          '%CCBU_CoreImpl-worker12-6-FORCED_SIGN_OUT: %[agent_id=2001][cause=presence][acting_id=][FROM JID=2001@fin.example/desktop][departure=lost][request_identifier=][invoke_id=39][outcome=done][agent_state=NOT_READY][reason_code=255][refusal=]: x',
        ),
      ],
    }),
  ],
])('%s', (_, verdict, files) => expect(judged(files).verdict).toBe(verdict));
