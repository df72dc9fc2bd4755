/** What reasons of the CTI server mean, and lines that stand far from the loss they explain. */
import { expect, test } from 'vitest';
import { Case } from '../src/case.ts';
import { masked } from '../src/mask.ts';
import { MESSAGES } from '../src/messages.ts';
import { whyText } from '../src/print.ts';
import { why } from '../src/why.ts';
import { client, LOST, logoutEvent, presence, silence } from './incident-lines.ts';

function caseOf(files: Readonly<Record<string, string | readonly string[]>>): Case {
  const trace = new Case({ agent: '2001' });
  for (const [name, lines] of Object.entries(files)) {
    const reader = trace.open(name);
    reader.push(Buffer.from(typeof lines === 'string' ? lines : lines.join('\n')));
    reader.end();
  }
  return trace;
}
const because = (files: Readonly<Record<string, string | readonly string[]>>) => {
  const { verdict, certainty, proof } = why(caseOf(files), '2001');
  return [verdict, certainty, ...proof.map(({ id }) => id)];
};

test('a reason of the system is said in words, in each language', () => {
  const files = { 'ws.log': [presence('08:00:00.000', 'available'), logoutEvent('09:16:00.000', 50003)] };
  expect(because(files)).toEqual(['server.systemSignOut', 'proved', 'proof.systemSignOut.50003']);
  const texts = (['en', 'de', 'fr'] as const).map((language) => {
    const trace = caseOf(files);
    return whyText(why(trace, '2001'), trace, MESSAGES[language]);
  });
  expect(texts[0]).toContain("reason 50003: the agent's phone was out of service");
  expect(texts[1]).toContain('Grund 50003: das Telefon des Agenten war außer Betrieb');
  expect(texts[2]).toContain("raison 50003 : le téléphone de l'agent était hors service");
});

test('one that nobody knows stands as its number', () => {
  expect(because({ 'ws.log': logoutEvent('09:16:00.000', 4711) })).toEqual([
    'server.systemSignOut',
    'proved',
    'proof.systemSignOut',
  ]);
});

test('a relogin that CCX reports is a second sign-in', () => {
  expect(
    because({
      'ws.log': [
        presence('08:00:00.000', 'available'),
        logoutEvent('09:16:00.000', 32740),
        presence('09:16:01.000', 'available'),
      ],
    }),
  ).toEqual(['agent.duplicateSignIn', 'proved', 'proof.relogin']);
});

test('the trace of the CTI server is enough for a sign-out that the system made', () => {
  const trace = [
    'Events from June 17, 2017:',
    '09:16:59:171 cg1A-ctisvr SESSION 9: MsgType:AGENT_STATE_EVENT (MonitorID:0 PeripheralID:5000 SessionID:0x0',
    '09:16:59:171 cg1A-ctisvr SESSION 9:         AgentState:LOGOUT EventReasonCode:50003 AgentID:"2001"',
    '09:16:59:171 cg1A-ctisvr SESSION 9:         AgentExtension:"2003" AgentInstrument:"2003" )',
  ];
  const read = caseOf({ 'ctisvr.txt': trace });
  const { verdict, effect, proof } = why(read, '2001');
  expect([verdict, effect, proof[0]?.facts[0]?.line]).toEqual(['server.systemSignOut', 'signedOut', 2]);
});

test('a computer that tells of its sleep when it wakes, long after the loss, slept', () => {
  const woken = client(
    '09:41:00',
    'Container : POST https://fin:7443/http-bind/ net::ERR_NETWORK_IO_SUSPENDED',
  );
  expect(because({ ...silence, 'clientlog.2001.x.log': woken })[0]).toBe('client.computerAsleep');
  // But not of this one, if the page wrote something else before.
  expect(
    because({ ...silence, 'clientlog.2001.x.log': [client('09:17:00', 'Container : alive'), woken] })[0],
  ).toBe('client.stoppedPolling');
});

test('a browser that was named unsupported when the page was loaded is named, and decides nothing', () => {
  const said = client('08:00:00', 'Container : This browser is not supported');
  expect(because({ ...silence, 'clientlog.2001.x.log': said }).slice(0, 3)).toEqual([
    'client.unsupportedBrowser',
    'open',
    'proof.browserEarlier',
  ]);
});

test('the engine of CCX says that CTIManager went away', () => {
  const engine =
    '128: Jun 17 09:16:02.102 CEST %MIVR-SS_TEL-3-PROVIDER_OUT_OF_SERVICE: Module=JTAPI_PROVIDER_INIT';
  expect(because({ ...LOST, 'Cisco001MIVR.log': engine }).slice(0, 2)).toEqual([
    'telephony.ctiManagerDown',
    'likely',
  ]);
});

test('a session that was silent already when the logs end is not called connected without a doubt', () => {
  const [a, b, c] = silence['debug.log'];
  const { verdict, certainty, candidates } = why(caseOf({ 'debug.log': [a, b, c] as string[] }), '2001');
  expect([verdict, certainty, candidates]).toEqual(['connected', 'open', ['client.stoppedPolling']]);
  expect(because({ 'debug.log': [a, b] as string[] }).slice(0, 2)).toEqual(['connected', 'likely']);
});

test('a password within a URL is masked', () => {
  expect(masked('GET https://2001:pa55@fin.example:8445/x and ftp://a/b@c')).toBe(
    'GET https://2001:***@fin.example:8445/x and ftp://a/b@c',
  );
});

test('a short word for a password masks its value, too; words that end so do not', () => {
  expect(masked("Header : login pw:secret1, PW = 'two words' pw%3Dsecret2&x=1")).toBe(
    'Header : login pw:***, PW = *** pw%3D***&x=1',
  );
  expect(masked('kpw:12 pwx=3')).toBe('kpw:12 pwx=3');
});

test('the class that says a line of the notification service may stand before it', () => {
  const lines = Object.values(silence).flat() as string[];
  const named = lines.map((line) =>
    line.replace(/^(\S+ \S+) (?=Session|Closing)/, '$1 org.jivesoftware.openfire.http.HttpSessionManager - '),
  );
  expect(named).not.toEqual(lines);
  const [plain, told] = [lines, named].map((some) => why(caseOf({ 'debug.log': some }), '2001'));
  expect(told?.verdict).toBe('client.stoppedPolling');
  expect([told?.verdict, told?.certainty, told?.at]).toEqual([plain?.verdict, plain?.certainty, plain?.at]);
});
