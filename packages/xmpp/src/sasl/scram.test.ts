// Vectors: RFC 5802 section 5 and RFC 7677 section 3 (user "user", password "pencil").
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { expect, test } from 'vitest';
import type { ScramDecoy, ScramMechanism, ScramRecord } from '../authenticator.ts';
import { parseClientFirst, ScramExchange } from './scram.ts';

const b64 = (text: string): string => Buffer.from(text).toString('base64');
const text = (data: string): string => Buffer.from(data, 'base64').toString();

function record(hash: 'sha1' | 'sha256', salt: string, iterations: number): ScramRecord {
  const bytes = Buffer.from(salt, 'base64');
  const salted = pbkdf2Sync('pencil', bytes, iterations, hash === 'sha1' ? 20 : 32, hash);
  const hmac = (data: string): Buffer => createHmac(hash, salted).update(data).digest();
  return {
    loginId: 'user',
    salt: bytes,
    iterations,
    storedKey: createHash(hash).update(hmac('Client Key')).digest(),
    serverKey: hmac('Server Key'),
  };
}

const VECTORS: ReadonlyArray<{
  mechanism: ScramMechanism;
  record: ScramRecord;
  clientNonce: string;
  serverNonce: string;
  proof: string;
  verifier: string;
}> = [
  {
    mechanism: 'SCRAM-SHA-1',
    record: record('sha1', 'QSXCR+Q6sek8bf92', 4096),
    clientNonce: 'fyko+d2lbbFgONRv9qkxdawL',
    serverNonce: '3rfcNHYJY1ZVvWVs7j',
    proof: 'v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
    verifier: 'rmF9pqV8S7suAoZWja4dJRkFsKQ=',
  },
  {
    mechanism: 'SCRAM-SHA-256',
    record: record('sha256', 'W22ZaJ0SNY7soEsUEjb6gQ==', 4096),
    clientNonce: 'rOprNGfwEbeRWgbNEkqO',
    serverNonce: '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0',
    proof: 'dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
    verifier: '6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
  },
];

function begin(
  vector: (typeof VECTORS)[number],
  known: ScramRecord | ScramDecoy = vector.record,
): ScramExchange {
  const first = parseClientFirst(b64(`n,,n=user,r=${vector.clientNonce}`));
  if (!first.ok) throw new Error(first.condition);
  return new ScramExchange(vector.mechanism, first.value, known, vector.serverNonce);
}

test.each(VECTORS)('$mechanism agrees with the example of its RFC', (vector) => {
  const exchange = begin(vector);
  const nonce = vector.clientNonce + vector.serverNonce;
  expect(text(exchange.challenge)).toBe(
    `r=${nonce},s=${Buffer.from(vector.record.salt).toString('base64')},i=4096`,
  );
  const result = exchange.finish(b64(`c=biws,r=${nonce},p=${vector.proof}`));
  expect(result).toEqual({ ok: true, value: b64(`v=${vector.verifier}`) });
});

test.each(VECTORS)('$mechanism refuses a wrong proof, nonce or binding', (vector) => {
  const nonce = vector.clientNonce + vector.serverNonce;
  const wrong = Buffer.alloc(Buffer.from(vector.proof, 'base64').length).toString('base64');
  for (const final of [
    `c=biws,r=${nonce},p=${wrong}`,
    `c=biws,r=${nonce},p=AAAA`,
    `c=biws,r=${nonce}x,p=${vector.proof}`,
    `c=eSws,r=${nonce},p=${vector.proof}`,
  ])
    expect(begin(vector).finish(b64(final))).toEqual({ ok: false, condition: 'not-authorized' });
  expect(begin(vector).finish(b64('c=biws'))).toEqual({ ok: false, condition: 'malformed-request' });
  expect(begin(vector).finish('***')).toEqual({ ok: false, condition: 'incorrect-encoding' });
});

test('a user without keys gets the challenge of his decoy, and fails at the end', () => {
  const vector = VECTORS[0] as (typeof VECTORS)[number];
  const { salt, iterations } = vector.record;
  const exchange = begin(vector, { loginId: null, salt, iterations });
  expect(exchange.challenge).toBe(begin(vector).challenge);
  const nonce = vector.clientNonce + vector.serverNonce;
  expect(exchange.finish(b64(`c=biws,r=${nonce},p=${vector.proof}`))).toEqual({
    ok: false,
    condition: 'not-authorized',
  });
});

test.each([
  ['p=tls-unique,,n=user,r=abc', 'malformed-request'],
  ['n,,n=user', 'malformed-request'],
  ['n,,n=us=er,r=abc', 'malformed-request'],
  ['n,a=other,n=user,r=abc', 'invalid-authzid'],
  // RFC 5802 5.1: the attribute that is kept for extensions which must be understood fails wherever it stands.
  ['n,,m=x,n=user,r=abc', 'malformed-request'],
  ['n,,n=user,r=abc,m=x', 'malformed-request'],
  ['n,,n=user,r=abc,x=1,m=x', 'malformed-request'],
])('the first message %j is refused with %s', (message, condition) => {
  expect(parseClientFirst(b64(message))).toEqual({ ok: false, condition });
});

test('an optional extension is passed over; one that must be understood fails in the last message, too', () => {
  expect(parseClientFirst(b64('n,,n=user,r=abc,x=m=1'))).toMatchObject({ ok: true, value: { nonce: 'abc' } });
  const vector = VECTORS[0] as (typeof VECTORS)[number];
  const nonce = vector.clientNonce + vector.serverNonce;
  expect(begin(vector).finish(b64(`c=biws,r=${nonce},m=x,p=${vector.proof}`))).toEqual({
    ok: false,
    condition: 'malformed-request',
  });
});

test('the escapes of names are undone', () => {
  expect(parseClientFirst(b64('y,,n=a=2Cb=3Dc,r=abc'))).toMatchObject({
    ok: true,
    value: { authcid: 'a,b=c' },
  });
});
