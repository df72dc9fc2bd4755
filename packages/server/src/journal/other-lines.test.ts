import { expect, test } from 'vitest';
import type { Happening } from '../happenings.ts';
import { accessLine } from './access-lines.ts';
import { clientLogName } from './client-logs.ts';
import { escapeBlock, escapeValue, escapeXmlLines, maskCredentials, VALUE_LENGTH_MAX } from './escape.ts';
import { openfireLine, wireLines } from './openfire-lines.ts';
import { realmHeader, realmLine } from './realm-lines.ts';
import { localZone, Timestamps } from './timestamps.ts';

const times = new Timestamps(() => 330);
const at = Date.UTC(2017, 5, 16, 18, 46, 4, 30);

function access(over: Partial<Happening<'http.access'>> = {}): Happening<'http.access'> {
  return {
    kind: 'http.access',
    at,
    cause: {},
    remoteAddress: '10.10.10.211',
    user: '',
    port: 80,
    method: 'GET',
    uri: '/',
    status: 302,
    bytes: null,
    elapsedMs: 141,
    ...over,
  };
}

test('access log lines as in the sign-in trace', () => {
  expect(accessLine(access())).toBe('10.10.10.211 10.10.10.211 - - 80 GET / HTTP/1.1 302 - 141');
  expect(accessLine(access({ uri: '/desktop/container/', status: 200, bytes: 4541, elapsedMs: 184.6 }))).toBe(
    '10.10.10.211 10.10.10.211 - - 80 GET /desktop/container/ HTTP/1.1 200 4541 185',
  );
  expect(
    accessLine(
      access({
        remoteAddress: '127.0.0.1',
        uri: '/finesse/api/SystemInfo?nocache=1366756802163',
        status: 200,
        bytes: 336,
        elapsedMs: 120,
      }),
    ),
  ).toBe('127.0.0.1 127.0.0.1 - - 80 GET /finesse/api/SystemInfo?nocache=1366756802163 HTTP/1.1 200 336 120');
  expect(accessLine(access({ user: '2001' }))).toContain(' 2001 - 80 GET ');
});

test('a user name with blanks and line breaks stays one field', () => {
  expect(accessLine(access({ user: 'x - 80 GET /\n1.2.3.4' }))).toBe(
    '10.10.10.211 10.10.10.211 x\\x20-\\x2080\\x20GET\\x20/\\n1.2.3.4 - 80 GET / HTTP/1.1 302 - 141',
  );
});

test('realm lines', () => {
  const failed = {
    kind: 'auth.failed',
    at,
    cause: {},
    user: '2001\n',
    where: 'rest',
    reason: 'wrong',
  } as const;
  expect(realmLine(failed, 1043.7, times)).toBe(
    '0000001043: Jun 17 2017 00:16:04.030 +0530: [http-8080-1] INFO CCRealmConfig.finesseAuthenticate(): Unable to authenticate user: 2001\\n',
  );
  expect(realmHeader(at, times)).toMatch(/^0000000000: Jun 17 2017 .* Log configuration: /);
});

test('notification service lines', () => {
  expect(
    openfireLine(
      'Session (id=f382a015) was last active 63231 ms ago: 1001003@fin.example.com/desktop',
      at,
      times,
    ),
  ).toBe(
    '2017.06.17 00:16:04 Session (id=f382a015) was last active 63231 ms ago: 1001003@fin.example.com/desktop',
  );
});

test('the wire log of a checked sign-in, with credentials and cookies masked', () => {
  const lines = wireLines({
    kind: 'notification.wire',
    at,
    cause: {},
    user: '2001',
    body: '<User>\n <dialogs>/finesse/api/User/2001/Dialogs</dialogs>\n</User>\n',
  });
  expect(lines).toEqual([
    '>> "GET /finesse/api/User/2001 HTTP/1.1[\\r][\\n]"',
    'Adding Host request header',
    '>>"Authorization: Basic ***[\\r][\\n]"',
    '>>"User-Agent: Jakarta Commons-HttpClient/3.1[\\r][\\n]"',
    '>>"Host: localhost:8080[\\r][\\n]"',
    '>>"[\\r][\\n]"',
    '<<"HTTP/1.1 200 OK[\\r][\\n]"',
    '<<"HTTP/1.1 200 OK[\\r][\\n]"',
    '<<"Pragma: No-cache[\\r][\\n]"',
    '<<"Cache-Control: no-cache[\\r][\\n]"',
    'Cookie accepted: "$Version=0; JSESSIONIDSSO=***; $Path=/"',
    'Cookie accepted: "$Version=0; JSESSIONID=***; $Path=/finesse"',
    'Buffering response body',
    '<<"<User>[\\n]"',
    '<<" <dialogs>/finesse/api/User/2001/Dialogs</dialogs>[\\n]"',
    '<<"</User>"',
  ]);
});

test('times follow the zone, also behind Greenwich and at half hours', () => {
  expect(new Timestamps(() => -210).webservices(Date.UTC(2026, 0, 1, 0, 0, 0, 5))).toBe(
    'Dec 31 2025 20:30:00.005 -0330',
  );
  expect(times.fileStamp(at)).toBe('2017-06-17T00-16-04.030');
  expect(times.date(at)).toBe('2017-06-17');
  expect(new Timestamps(localZone).openfire(at)).toMatch(/^2017\.06\.1[67] /);
});

test('values are cut at the limit and say so', () => {
  const text = escapeValue('x'.repeat(VALUE_LENGTH_MAX + 5));
  expect(text).toHaveLength(VALUE_LENGTH_MAX + '... (5 more characters)'.length);
  expect(text.endsWith('... (5 more characters)')).toBe(true);
});

test('lines of the notification service keep line feeds before elements, and only those', () => {
  expect(openfireLine('presence: \n<presence>\n  <c/>\n</presence> rid: 1', at, times)).toBe(
    '2017.06.17 00:16:04 presence: \n<presence>\n  <c/>\n</presence> rid: 1',
  );
  expect(escapeXmlLines('&lt;a&gt;\n&lt;b/&gt;')).toBe('&lt;a&gt;\n&lt;b/&gt;');
  expect(escapeXmlLines('<a>x\n2017.06.17 00:16:04 Openfire stopped</a>')).toBe(
    '<a>x\\n2017.06.17 00:16:04 Openfire stopped</a>',
  );
  expect(escapeXmlLines('a\r\n<b/>\n\t<c/>\n \n<d/>\n')).toBe('a\\r\n<b/>\\n\\t<c/>\\n \n<d/>\\n');
  expect(escapeXmlLines(`\n<${'x'.repeat(VALUE_LENGTH_MAX)}`)).toMatch(/x\.\.\. \(2 more characters\)$/);
});

test('client logs keep their lines, lose terminal controls and credentials', () => {
  expect(escapeBlock('a\r\nb\tc\u001b[2J\u0000')).toBe('a\nb\tc\\x1b[2J\\x00');
  expect(maskCredentials('headers=Authorization: Basic MjAwMToyMDAx, x')).toBe(
    'headers=Authorization: Basic ***, x',
  );
  expect(maskCredentials('Authorization%3DBasic%2520MjAwMToyMDAx%26')).toBe('Authorization%3DBasic%2520***');
  expect(maskCredentials('authorization="Basic YTpi"')).toBe('authorization="Basic ***"');
  expect(maskCredentials('token Bearer abcdefgh.ijk-l')).toBe('token Bearer ***');
  expect(maskCredentials('password=2001&x=1')).toBe('password=***&x=1');
  expect(maskCredentials('{"password": "a b", "id": 1}')).toBe('{"password": ***, "id": 1}');
  expect(maskCredentials('<password>2001</password>')).toBe('<password>***</password>');
  expect(maskCredentials('wrong password: try again')).toBe('wrong password: *** again');
  expect(maskCredentials('login 2001 pw:secret1, kpw:12')).toBe('login 2001 pw:***, kpw:12');
  expect(maskCredentials('Basic facts')).toBe('Basic facts');
});

test('names of client logs cannot leave their folder', () => {
  expect(clientLogName('2001', 'S')).toBe('clientlog.2001.S.log');
  expect(clientLogName('../../etc/passwd\u0000', 'S')).toBe('clientlog.______etc_passwd_.S.log');
  expect(clientLogName('', 'S', 2)).toBe('clientlog._.S-2.log');
  expect(clientLogName('x'.repeat(500), 'S')).toHaveLength('clientlog.'.length + 64 + '.S.log'.length);
});
