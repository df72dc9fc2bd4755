/** The log of a page, and nothing else: what a support engineer has first. */
import { expect, test } from 'vitest';
import { Case } from '../src/case.ts';
import { why } from '../src/why.ts';
import { client, drift } from './incident-lines.ts';

const status = (at: string, text: string) =>
  client(at, `Container : [ClientServices] MasterPublisher._connInfoHandler() - Connection status: ${text}`);
const bind = (at: string, text: string) =>
  client(at, `Container : POST https://fin.example:7443/http-bind/ ${text}`);
const begun = (at: string) => client(at, 'Container : PageServices.init(): Establishing BOSH connection...');

const because = (...lines: readonly string[]) => {
  const trace = new Case({ agent: '2001' });
  const reader = trace.open('Agent2001_client.log');
  reader.push(Buffer.from(lines.join('\n')));
  reader.end();
  const { verdict, certainty, proof, candidates, settle } = why(trace, '2001');
  const told = proof.flatMap(({ facts }) => facts.map(({ line }) => line));
  return { said: [verdict, certainty], told, candidates, settle };
};

test('a page that goes on is connected', () => {
  const { said, told } = because(
    drift('09:13:00', 5, 9),
    status('09:13:01', 'connected'),
    drift('09:14:00', 5, 9),
  );
  expect([said, told]).toEqual([['connected', 'likely'], [3]]);
});

test('a sign-in with its one early "disconnected" is no loss', () => {
  expect(
    because(
      begun('09:13:00'),
      status('09:13:01', 'connecting'),
      drift('09:13:01', 5, 9),
      status('09:13:02', 'disconnected'),
      status('09:13:03', 'connected'),
      drift('09:14:00', 5, 9),
    ).said,
  ).toEqual(['connected', 'likely']);
});

test.each([
  [
    'client.networkCut',
    'likely',
    [bind('09:14:55', 'net::ERR_INTERNET_DISCONNECTED'), status('09:14:55', 'disconnected')],
  ],
  ['client.proxyCut', 'likely', [bind('09:14:55', '502 (Bad Gateway)'), status('09:14:56', 'disconnected')]],
  [
    'client.highLatency',
    'likely',
    [drift('09:15:00', 5, 6_100), drift('09:16:00', 5, 7_100), status('09:16:30', 'disconnected')],
  ],
  ['client.computerAsleep', 'likely', [drift('10:19:30', 5, 9), status('10:19:31', 'disconnected')]],
  [
    'returned',
    'proved',
    [status('09:14:41', 'disconnected'), status('09:14:43', 'connected'), drift('09:15:00', 5, 9)],
  ],
] as const)('a broken connection: %s', (verdict, certainty, lines) => {
  const { said, told } = because(drift('09:13:00', 5, 9), drift('09:14:00', 5, 9), ...lines);
  expect(said).toEqual([verdict, certainty]);
  expect(told.length).toBeGreaterThan(0);
});

test('a certificate that keeps the page out', () => {
  const { said } = because(
    begun('09:13:00'),
    bind('09:13:01', 'net::ERR_CERT_AUTHORITY_INVALID'),
    status('09:13:02', 'disconnected'),
  );
  expect(said).toEqual(['client.certificate', 'likely']);
});

test('a connection that breaks without a word stays open, and what would settle it is said', () => {
  const { said, candidates, settle } = because(
    drift('09:13:00', 5, 9),
    drift('09:14:00', 5, 9),
    status('09:14:41', 'disconnected'),
    drift('09:15:00', 5, 9),
  );
  expect(said).toEqual(['unknown', 'open']);
  expect(candidates).toContain('client.networkCut');
  expect(settle).toContain('settle.openfireLogs');
});

test.each([
  [504, '', 'client.proxyCut', 'proof.proxy'],
  [404, '<body type="terminate" condition="item-not-found"/>', 'client.stoppedPolling', 'proof.sessionGone'],
])('requests that a browser kept from the middle of a session on: %i', (status, answer, verdict, proof) => {
  const entry = (at: string, url: string, code: number, sent: string, got: string) => ({
    startedDateTime: `2017-06-17T09:${at}.000Z`,
    time: 100,
    request: {
      method: sent === '' ? 'GET' : 'POST',
      url: `https://fin.example:${url}`,
      headers: [{ name: 'Authorization', value: `Basic ${Buffer.from('2001:x').toString('base64')}` }],
      postData: { text: sent },
    },
    response: { status: code, headers: [], content: { text: got } },
  });
  const poll = (at: string, rid: number, code: number, got: string) =>
    entry(at, '7443/http-bind/', code, `<body rid="${rid}" sid="ab12cd34"/>`, got);
  const har = JSON.stringify({
    log: {
      entries: [
        entry('00:00', '8445/finesse/api/User/2001', 200, '', '<User><loginId>2001</loginId></User>'),
        poll('00:10', 1, 200, '<body/>'),
        poll('00:40', 2, 200, '<body/>'),
        poll('01:10', 3, status, answer),
      ],
    },
  });
  const trace = new Case({ agent: '2001' });
  const reader = trace.open('desktop.har');
  reader.push(Buffer.from(har));
  reader.end();
  const result = why(trace, '2001');
  expect([result.verdict, result.proof[0]?.id]).toEqual([verdict, proof]);
});
