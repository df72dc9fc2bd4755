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
