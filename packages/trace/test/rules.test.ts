/**
 * Each rule of `why` with a sample of the lines that it is made for, in the forms of the published documents and of the
 * platform's own programs; and with one that looks alike and is none.
 */
import { describe, expect, test } from 'vitest';
import { Case } from '../src/case.ts';
import { EN } from '../src/messages.ts';
import { whyText } from '../src/print.ts';
import { RULES, type Verdict, type Why, why } from '../src/why.ts';
import {
  active,
  client,
  clientLog,
  drift,
  idle,
  LOST,
  logoutEvent,
  others,
  presence,
  put,
  silence,
  ws,
} from './incident-lines.ts';

type Files = Readonly<Record<string, string | readonly string[]>>;

function because(files: Files, agent = '2001'): Why {
  const trace = new Case({ agent });
  for (const [name, content] of Object.entries(files)) {
    const reader = trace.open(name);
    reader.push(Buffer.from(typeof content === 'string' ? content : content.join('\n')));
    reader.end();
  }
  const result = why(trace, agent);
  // No claim without a line, whatever the rule.
  for (const { facts } of [...result.proof, ...result.against])
    for (const fact of facts)
      expect(whyText(result, trace, EN)).toContain(`${fact.file}:${fact.line}`.replace(/:0$/, ''));
  return result;
}

interface Sample {
  readonly files: Files;
  readonly certainty: Why['certainty'];
  /** `file:line` of the first proof. */
  readonly proof: string;
}

const SAMPLES: Readonly<Record<string, readonly Sample[]>> = {
  'supervisor.signedOut': [
    {
      files: { 'ws.log': [put('09:16:00.000', '3001', 'LOGOUT'), logoutEvent('09:16:00.020', 22)] },
      certainty: 'proved',
      proof: 'ws.log:1',
    },
  ],
  'agent.signedOut': [
    {
      files: { 'ws.log': [put('09:16:00.000', '2001', 'LOGOUT'), logoutEvent('09:16:00.020', 1)] },
      certainty: 'open',
      proof: 'ws.log:1',
    },
    {
      files: {
        'ws.log': [
          ws(
            '09:16:00.000',
            '%CCBU_http-8080-7-6-REQUEST_START: %[method_name=PUT][parameter_name={ }][resource_name=/User/2001][usr=2001]: Request start',
          ),
          put('09:16:00.000', '2001', 'LOGOUT'),
          logoutEvent('09:16:00.020', 1),
        ],
      },
      certainty: 'proved',
      proof: 'ws.log:2',
    },
  ],
  'agent.duplicateSignIn': [
    {
      files: {
        ...LOST,
        'debug.log': [
          active('09:15:50', 0),
          "2017.06.17 09:16:04 HTTPBindLog: HTTP SENT(f382a015): <body xmlns='http://jabber.org/protocol/httpbind' type='terminate' condition='remote-stream-error'><stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></body>",
        ],
      },
      certainty: 'proved',
      proof: 'debug.log:2',
    },
  ],
  'server.notificationCrashed': [
    {
      files: { ...LOST, 'core.24587.6.openfire.1497683760': '' },
      certainty: 'proved',
      proof: 'core.24587.6.openfire.1497683760:0',
    },
    {
      files: { ...LOST, 'info.log': '2017.06.17 09:16:30 HTTP bind service started' },
      certainty: 'likely',
      proof: 'info.log:1',
    },
  ],
  'server.notificationStopped': [
    {
      files: {
        ...LOST,
        'info.log': ['2017.06.17 09:16:03 Openfire stopped', '2017.06.17 09:17:30 HTTP bind service started'],
      },
      certainty: 'proved',
      proof: 'info.log:1',
    },
  ],
  'server.invalidXml': [
    {
      files: {
        'ws.log': [presence('09:16:04.630', 'unavailable'), ...others('09:16:04.700')],
        'error.log':
          '2017.06.17 09:16:02 org.jivesoftware.openfire.nio.ConnectionHandler - Closing connection due to error while processing message: org.xmlpull.v1.XmlPullParserException: An invalid XML character (Unicode: 0x1f) was found in the element content of the document.',
      },
      certainty: 'likely',
      proof: 'error.log:1',
    },
    {
      files: {
        ...LOST,
        'error.log': '2017.06.17 09:16:02 Illegal XML character in body: hexadecimal value 0x1F',
      },
      certainty: 'open',
      proof: 'error.log:1',
    },
  ],
  'server.webservicesRestarted': [
    {
      files: {
        ...LOST,
        'catalina.out': [
          'Jun 17 09:16:01 fin1 INFO: Pausing ProtocolHandler ["http-nio-8080"]',
          'Jun 17 09:16:02 fin1 INFO: Stopping service Catalina',
          'Jun 17 09:16:40 fin1 INFO: Server startup in 31415 ms',
        ],
      },
      certainty: 'likely',
      proof: 'catalina.out:1',
    },
  ],
  'telephony.ctiManagerDown': [
    {
      files: {
        'ws.log': logoutEvent('09:16:04.630', 50_004),
        CiscoSyslog:
          'Jun 17 09:16:01 cucm1 local7 2 : 12: cucm1.example: Jun 17 2017 07:16:01.5 UTC : %UC_CALLMANAGER-2-ServiceStopped: %[ServiceName=Cisco CTIManager]: Cisco CTIManager service stopped',
      },
      certainty: 'likely',
      proof: 'CiscoSyslog:1',
    },
    {
      files: { 'ws.log': logoutEvent('09:16:04.630', 50_004), 'core.24587.6.CTIDManager.1497683760': '' },
      certainty: 'likely',
      proof: 'core.24587.6.CTIDManager.1497683760:0',
    },
  ],
  'server.ctiLinkLost': [
    {
      files: {
        'ws.log': [
          ws(
            '09:16:01.000',
            '%CCBU_CTIConnection-0-3-CTI_CONNECTION_LOST: %[]: The connection to the CTI server was lost',
          ),
          logoutEvent('09:16:04.630', 50_002),
          ws(
            '09:16:31.000',
            '%CCBU_CTIConnection-0-6-CTI_CONNECTION_ESTABLISHED: %[]: The connection to the CTI server was established',
          ),
        ],
      },
      certainty: 'likely',
      proof: 'ws.log:1',
    },
  ],
  'server.overload': [
    {
      files: {
        'ws.log': [presence('09:16:04.630', 'unavailable'), ...others('09:16:04.700')],
        'error.log':
          '2017.06.17 09:15:40 Exception in thread "openfire-worker": java.lang.OutOfMemoryError: GC overhead limit exceeded',
      },
      certainty: 'likely',
      proof: 'error.log:1',
    },
    {
      files: {
        ...LOST,
        'error.log': '2017.06.17 09:15:40 java.util.concurrent.RejectedExecutionException: Task rejected',
      },
      certainty: 'open',
      proof: 'error.log:1',
    },
  ],
  'server.manyAtOnce': [
    {
      files: { 'ws.log': [presence('09:16:04.630', 'unavailable'), ...others('09:16:04.700')] },
      certainty: 'likely',
      proof: 'ws.log:2',
    },
  ],
  'client.certificate': [
    {
      files: {
        ...silence,
        ...clientLog(
          client(
            '09:15:30',
            'Container : POST https://fin.example:7443/http-bind/ net::ERR_CERT_AUTHORITY_INVALID',
          ),
        ),
      },
      certainty: 'likely',
      proof: 'clientlog.2001.x.log:2',
    },
  ],
  'client.unsupportedBrowser': [
    {
      files: {
        ...silence,
        ...clientLog(
          client('09:14:10', 'Container : Internet Explorer in compatibility view is not supported'),
        ),
      },
      certainty: 'likely',
      proof: 'clientlog.2001.x.log:2',
    },
  ],
  'client.computerAsleep': [
    {
      files: {
        ...silence,
        ...clientLog(client('09:15:58', 'Header : the computer was asleep, timer was late by 81000 ms')),
      },
      certainty: 'likely',
      proof: 'clientlog.2001.x.log:2',
    },
    {
      files: { ...silence, 'clientlog.2001.x.log': [drift('09:14:30', 5, 9), drift('09:18:10', 5, 9)] },
      certainty: 'likely',
      proof: 'clientlog.2001.x.log:1',
    },
  ],
  'client.proxyCut': [
    {
      files: {
        ...silence,
        'desktop.har': JSON.stringify(
          {
            log: {
              entries: [
                {
                  startedDateTime: '2017-06-17T09:15:20.000+02:00',
                  time: 12,
                  request: {
                    method: 'POST',
                    url: 'https://fin.example:7443/http-bind/',
                    postData: { text: '<body rid="2" sid="f382a015"/>' },
                  },
                  response: { status: 502, content: { text: '<html>Bad Gateway</html>' } },
                },
              ],
            },
          },
          null,
          1,
        ),
      },
      certainty: 'likely',
      proof: 'desktop.har:4',
    },
  ],
  'client.gadget': [
    {
      files: {
        ...silence,
        ...clientLog(
          client(
            '09:15:01',
            'Container : gadget CRM https://crm.example/gadget.xml did not respond: timed out',
          ),
        ),
      },
      certainty: 'likely',
      proof: 'clientlog.2001.x.log:2',
    },
  ],
  'client.tabThrottled': [
    {
      files: {
        'debug.log': [
          ...['09:05', '09:07', '09:09', '09:11'].flatMap((minute) => [
            active(`${minute}:04`, 42_000),
            active(`${minute}:34`, 1_000),
          ]),
          ...(silence['debug.log'] as string[]),
        ],
        'info.log': idle('09:16:04'),
        'ws.log': presence('09:16:04.630', 'unavailable'),
      },
      certainty: 'likely',
      proof: 'debug.log:1',
    },
  ],
  'client.highLatency': [
    {
      files: { ...silence, ...clientLog(drift('09:15:20', 12, 8_431)) },
      certainty: 'likely',
      proof: 'clientlog.2001.x.log:2',
    },
  ],
  'client.browserClosed': [
    {
      files: {
        ...LOST,
        'debug.log': [
          active('09:15:50', 0),
          '2017.06.17 09:16:04 HTTPBindLog: HTTP RECV(f382a015): <body type="terminate" sid="f382a015" rid="164053267"/>',
        ],
      },
      certainty: 'proved',
      proof: 'debug.log:2',
    },
    { files: { ...LOST, 'debug.log': active('09:15:50', 1_200) }, certainty: 'likely', proof: 'ws.log:1' },
  ],
  'client.networkCut': [
    {
      files: {
        ...silence,
        ...clientLog(
          client(
            '09:15:10',
            'Container : [ClientServices] MasterPublisher._connInfoHandler() - Connection status: disconnected',
          ),
        ),
      },
      certainty: 'likely',
      proof: 'debug.log:1',
    },
  ],
  'client.starved': [
    {
      files: {
        ...silence,
        ...clientLog(
          ...['09:14:20', '09:14:50', '09:15:40'].map((at) =>
            client(at, 'Container : fin.example: timer late by 24000 ms'),
          ),
        ),
      },
      certainty: 'likely',
      proof: 'clientlog.2001.x.log:2',
    },
  ],
  'client.stoppedPolling': [
    { files: silence, certainty: 'proved', proof: 'debug.log:1' },
    {
      files: {
        'ws.log': [
          presence('09:16:04.630', 'unavailable'),
          ws(
            '09:17:04.632',
            '%CCBU_CoreImpl-worker12-6-FORCED_SIGN_OUT: %[agent_id=2001][cause=presence][acting_id=][FROM JID=2001@fin.example/desktop][departure=lost][request_identifier=][invoke_id=39][outcome=done][agent_state=NOT_READY][reason_code=255][refusal=]: x',
          ),
        ],
      },
      certainty: 'open',
      proof: 'ws.log:2',
    },
  ],
  'server.presenceLogout': [
    {
      files: {
        'ws.log': [
          presence('09:16:04.630', 'unavailable'),
          ws(
            '09:17:04.632',
            '%CCBU_CoreImpl-worker12-6-PRESENCE DRIVEN LOGOUT: %[agent_id=2001]: Performing CTI Logout on basis of the agents unavailable presence',
          ),
          logoutEvent('09:17:04.643', 255),
        ],
      },
      certainty: 'proved',
      proof: 'ws.log:1',
    },
  ],
  'server.systemSignOut': [
    { files: { 'ws.log': logoutEvent('09:16:04.630', 50_004) }, certainty: 'proved', proof: 'ws.log:1' },
  ],
  'server.clockDrift': [
    {
      files: { ...LOST, 'clientlog.2001.x.log': [drift('09:15:30', -312_000, 9)] },
      certainty: 'open',
      proof: 'clientlog.2001.x.log:1',
    },
  ],
  'server.ntp': [
    {
      files: {
        ...LOST,
        CiscoSyslog: 'Jun 17 09:15:30 fin1 user 4 ntpd: synchronised to LOCAL(0), stratum 12',
      },
      certainty: 'open',
      proof: 'CiscoSyslog:1',
    },
  ],
};

test('every rule has a sample', () => {
  expect(RULES.map(({ verdict }) => verdict).filter((verdict) => SAMPLES[verdict] === undefined)).toEqual([]);
});

describe.each(Object.entries(SAMPLES))('%s', (verdict, samples) => {
  test.each(samples.map((sample) => [sample.proof, sample] as const))(
    'by %s',
    (_, { files, certainty, proof }) => {
      const result = because(files);
      expect([result.verdict, result.certainty]).toEqual([verdict, certainty]);
      const first = result.proof[0]?.facts[0];
      expect(`${first?.file}:${first?.line}`).toBe(proof);
    },
  );
});

const terminate =
  '2017.06.17 09:16:04 HTTPBindLog: HTTP RECV(f382a015): <body type="terminate" sid="f382a015" rid="164053267"/>';
const closed = '2017.06.17 09:16:04 A session is being closed for 2001@fin.example/desktop';

/** Incidents of the simulated system of which the first verdict was wrong: what there was to see, in short. */
const FOUND: ReadonlyArray<readonly [string, Verdict, Why['certainty'], Files]> = [
  [
    'a sign-out at the phone, upon which the page says goodbye',
    'server.systemSignOut',
    'proved',
    {
      'ws.log': [logoutEvent('09:16:04.100', 50_004), presence('09:16:04.630', 'unavailable')],
      'debug.log': [active('09:15:50', 0), terminate],
    },
  ],
  [
    'a second session, of which debug.log would tell',
    'agent.duplicateSignIn',
    'open',
    {
      'ws.log': [presence('09:00:00.000', 'available'), presence('09:16:04.630', 'available')],
      'info.log': closed,
    },
  ],
  [
    'a service that stops: sessions are closed, nobody is told that anyone is away',
    'server.notificationStopped',
    'proved',
    {
      'ws.log': presence('09:00:00.000', 'available'),
      'info.log': [
        closed,
        '2017.06.17 09:16:04 Openfire stopped',
        '2017.06.17 09:18:30 HTTP bind service started',
      ],
    },
  ],
  [
    'a network cut of a WebSocket, which falls silent without a line',
    'client.networkCut',
    'likely',
    {
      ...LOST,
      'clientlog.2001.x.log': [
        drift('09:15:00', 5, 9),
        client(
          '09:15:10',
          'Container : [ClientServices] MasterPublisher._connInfoHandler() - Connection status: disconnected',
        ),
        drift('09:16:00', 5, 9),
        drift('09:16:30', 5, 9),
      ],
    },
  ],
  [
    'a computer asleep, with a WebSocket',
    'client.computerAsleep',
    'likely',
    { ...LOST, 'clientlog.2001.x.log': [drift('09:14:30', 5, 9), drift('09:18:10', 5, 9)] },
  ],
  [
    'a supervisor in the form of 9.1, which names the agent where others name who asks',
    'supervisor.signedOut',
    'proved',
    {
      'ws.log': [
        ws(
          '09:16:00.000',
          '%CCBU_http-8080-7-6-REQUEST_START: %[method_name=PUT][parameter_name={ }][resource_name=/User/2001][usr=2050]: Request start',
        ),
        put('09:16:00.000', '2001', 'LOGOUT'),
        logoutEvent('09:16:00.020', 999),
      ],
    },
  ],
  [
    'a sign-out whose words a page has broken',
    'server.systemSignOut',
    'proved',
    {
      'ws.log': logoutEvent('09:16:04.100', 50_004)
        .replace('agentState=1 (LOGOUT)', 'agentState=1 (LOG\nOUT)')
        .replace('agentID=2001', 'agent\nID=20\n01'),
      'debug.log': [active('09:15:50', 0), terminate],
    },
  ],
  [
    'a loss of which only the watch over absence tells',
    'unknown',
    'open',
    {
      'ws.log': ws(
        '09:16:04.631',
        '%CCBU_Smack Listener Processor (1)-6-AGENT_PRESENCE_MONITOR: %[message_string=Adding agent 2001 into the expiry hash.]:',
      ),
    },
  ],
];

test.each(FOUND)('%s', (_, verdict, certainty, files) => {
  const result = because(files);
  expect([result.verdict, result.certainty]).toEqual([verdict, certainty]);
});

/** What looks like a cause and is none: the verdict is what the other lines say. */
const DECOYS: ReadonlyArray<readonly [string, Verdict, Files]> = [
  [
    'a restart of Tomcat, where the session had been silent before',
    'client.stoppedPolling',
    { ...silence, 'catalina.out': 'Jun 17 09:16:02 fin1 INFO: Stopping service Catalina' },
  ],
  [
    'a restart of Tomcat, ten minutes before',
    'unknown',
    { ...LOST, 'catalina.out': 'Jun 17 09:06:02 fin1 INFO: Stopping service Catalina' },
  ],
  [
    'a lost CTI link, where the session had been silent before',
    'client.stoppedPolling',
    {
      ...silence,
      'ws.log': [
        ws('09:16:01.000', '%CCBU_CTIConnection-0-3-CTI_CONNECTION_LOST: %[]: x'),
        presence('09:16:04.630', 'unavailable'),
      ],
    },
  ],
  [
    'a CTIManager that works',
    'server.systemSignOut',
    {
      'ws.log': logoutEvent('09:16:04.630', 50_004),
      CiscoSyslog: 'Jun 17 09:16:01 cucm1 Cisco CTIManager service is running',
    },
  ],
  [
    'an XML error after the loss',
    'unknown',
    { ...LOST, 'error.log': '2017.06.17 09:18:02 Illegal XML character in body' },
  ],
  [
    'round trips of a second',
    'client.stoppedPolling',
    { ...silence, ...clientLog(drift('09:15:20', 12, 1_100)) },
  ],
  [
    'one late poll',
    'client.stoppedPolling',
    {
      ...silence,
      'debug.log': [
        active('09:11:04', 42_000),
        active('09:11:34', 1_000),
        ...(silence['debug.log'] as string[]),
      ],
    },
  ],
  [
    'clocks that differ by a second',
    'unknown',
    { ...LOST, 'clientlog.2001.x.log': [drift('09:15:30', -1_200, 9)] },
  ],
  [
    'stratum 3',
    'unknown',
    { ...LOST, CiscoSyslog: 'Jun 17 09:15:30 fin1 ntpd: synchronised to 10.0.0.9, stratum 3' },
  ],
  [
    'a gadget that works',
    'client.stoppedPolling',
    { ...silence, ...clientLog(client('09:15:01', 'Container : gadget CRM initialized')) },
  ],
  ['a core file of another program', 'unknown', { ...LOST, 'core.24587.6.snmpd.1497683760': '' }],
  [
    'two others at the same time',
    'unknown',
    { 'ws.log': [presence('09:16:04.630', 'unavailable'), ...others('09:16:04.700').slice(0, 2)] },
  ],
];

test.each(DECOYS)('%s is no cause', (_, verdict, files) => {
  expect(because(files).verdict).toBe(verdict);
});
