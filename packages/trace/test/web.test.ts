import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { Case } from '../src/case.ts';
import { EN } from '../src/messages.ts';
import { signInJson, signInText, whyText } from '../src/print.ts';
import { signIn } from '../src/signin.ts';
import { type Verdict, why } from '../src/why.ts';
import { debugLog, infoLog } from './lines.ts';

type Bytes = string | Uint8Array;

function caseOf(
  files: Readonly<Record<string, Bytes>>,
  agent = '2001',
  step = Number.POSITIVE_INFINITY,
): Case {
  const trace = new Case({ agent });
  for (const [name, content] of Object.entries(files)) {
    const bytes = Buffer.from(content as string);
    const reader = trace.open(name);
    for (let from = 0; from < bytes.length; from += step) reader.push(bytes.subarray(from, from + step));
    reader.end();
  }
  return trace;
}

const BASE = Date.UTC(2019, 0, 11, 23, 56, 0);
const basic = (name: string) => `Basic ${Buffer.from(`${name}:tr0ub4dor`).toString('base64')}`;

interface Options {
  method?: string;
  body?: string;
  status?: number;
  answer?: string;
  ms?: number;
  error?: string;
  user?: string;
  content?: Readonly<Record<string, unknown>>;
}

/** One entry of a HAR file, as Chrome writes it. */
function entry(second: number, url: string, options: Options = {}) {
  const { method = 'GET', body, status = 200, answer = '', ms = 20, error, user = '2001', content } = options;
  return {
    _resourceType: 'xhr',
    startedDateTime: new Date(BASE + second * 1000).toISOString(),
    time: status === 0 ? -1 : ms,
    request: {
      method,
      url: url.startsWith('http') ? url : `https://fin1.example:8445${url}`,
      headers: [{ name: 'Authorization', value: basic(user) }],
      ...(body === undefined ? {} : { postData: { mimeType: 'application/xml', text: body } }),
    },
    response: {
      status,
      headers: [],
      content: content ?? { size: answer.length, mimeType: 'text/xml', text: answer },
      ...(error === undefined ? {} : { _error: error }),
    },
  };
}

const har = (...entries: readonly unknown[]) =>
  JSON.stringify({ log: { version: '1.2', creator: { name: 'WebInspector' }, pages: [], entries } }, null, 2);

const BOSH = 'https://fin1.example:7443/http-bind/';
const poll = (second: number, rid: number, options: Options = {}) =>
  entry(second, BOSH, {
    method: 'POST',
    body: `<body xmlns="http://jabber.org/protocol/httpbind" rid="${rid}" sid="ab12"/>`,
    answer: '<body xmlns="http://jabber.org/protocol/httpbind"/>',
    ms: 30_000,
    ...options,
  });
const systemInfo = (second: number, options: Options = {}) =>
  entry(second, `/finesse/api/SystemInfo?timestamponly&nocache=${BASE + second * 1000}`, options);

const event = (state: string, requestId: string) =>
  `<body xmlns='http://jabber.org/protocol/httpbind'><message xmlns="jabber:client" from="pubsub.fin1.example" to="2001@fin1.example"><event xmlns="http://jabber.org/protocol/pubsub#event"><items node="/finesse/api/User/2001"><item id="1"><notification xmlns="http://jabber.org/protocol/pubsub">&lt;Update&gt;&lt;data&gt;&lt;user&gt;&lt;state&gt;${state}&lt;/state&gt;&lt;/user&gt;&lt;/data&gt;&lt;requestId&gt;${requestId}&lt;/requestId&gt;&lt;/Update&gt;</notification></item></items></event></message></body>`;

/** A desktop's requests from its page to the event that signs it in. */
const signInEntries = [
  entry(0, '/desktop/container/', { answer: '<html></html>' }),
  entry(1, `/finesse/api/SystemInfo?nocache=${BASE + 1000}`, {
    answer: '<SystemInfo><status>IN_SERVICE</status><xmppDomain>fin1.example</xmppDomain></SystemInfo>',
  }),
  entry(2, BOSH, {
    method: 'POST',
    body: '<body xmlns="http://jabber.org/protocol/httpbind" to="fin1.example" rid="1" wait="30" hold="1"/>',
    answer:
      '<body xmlns="http://jabber.org/protocol/httpbind" sid="ab12" wait="30"><stream:features/></body>',
  }),
  entry(2.1, BOSH, {
    method: 'POST',
    body: `<body rid="2" sid="ab12"><auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">${Buffer.from('\x002001\0tr0ub4dor').toString('base64')}</auth></body>`,
    answer: '<body><success xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/></body>',
  }),
  entry(2.3, BOSH, {
    method: 'POST',
    body: '<body rid="3" sid="ab12"><iq id="1" type="set"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/></iq></body>',
    answer:
      '<body><iq id="1" type="result"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><jid>2001@fin1.example/desktop</jid></bind></iq></body>',
  }),
  entry(3, `/finesse/api/User/2001?nocache=${BASE + 3000}`, { answer: '<User><state>LOGOUT</state></User>' }),
  entry(4, '/finesse/api/User/2001', {
    method: 'PUT',
    status: 202,
    body: '<User><extension>2003</extension><state>LOGIN</state><requestId>6e210ca9-5786-43bc-babf-64a397a6057f</requestId></User>',
  }),
  poll(3.5, 4, { answer: event('NOT_READY', '6e210ca9-5786-43bc-babf-64a397a6057f'), ms: 900 }),
  entry(5, '/finesse/api/User/2001/ReasonCodes?category=NOT_READY'),
];

describe('a HAR file', () => {
  test('tells the client side of a sign-in, with the line of each request', () => {
    const text = har(...signInEntries);
    const trace = caseOf({ 'desktop.har': text });
    const result = signIn(trace, '2001');
    expect(result.outcome).toBe('complete');
    expect(result.requestId).toBe('6e210ca9-5786-43bc-babf-64a397a6057f');
    expect(result.extension).toBe('2003');
    const found = result.steps.filter(({ status }) => status === 'found').map(({ id }) => id);
    expect(found).toEqual([
      'page',
      'systemInfo.asked',
      'systemInfo.answered',
      'bosh.connecting',
      'bosh.connected',
      'user.asked',
      'user.answered',
      'login.sent',
      'client.event',
      'data',
    ]);
    const line = result.steps.find(({ id }) => id === 'login.sent')?.facts[0]?.line ?? 0;
    expect(
      text
        .split('\n')
        .slice(line - 1, line + 30)
        .join('\n'),
    ).toContain('<state>LOGIN');
    expect(result.steps.find(({ id }) => id === 'cti.event')?.status).toBe('unseen');
  });

  test('is the same in pieces of any size, and prints no password', () => {
    const print = (step: number) => {
      const trace = caseOf({ 'desktop.har': har(...signInEntries) }, '2001', step);
      return signInText(signIn(trace, '2001'), trace, EN) + signInJson(signIn(trace, '2001'), trace);
    };
    expect(print(13)).toBe(print(Number.POSITIVE_INFINITY));
    expect(print(13)).not.toMatch(/tr0ub4dor|dHIwdWI0ZG9y|AyMDAxAHRy/);
  });

  test('of a desktop that asks through the gadget server says the same', () => {
    const inner = encodeURIComponent('http://localhost/finesse/api/User/2001?nocache=1547250964000');
    const form = `url=${inner}&httpMethod=PUT&headers=${encodeURIComponent(`Authorization=${encodeURIComponent(basic('2001'))}`)}&postData=${encodeURIComponent('<User><extension>2003</extension><state>LOGIN</state></User>')}`;
    const trace = caseOf({
      'a.har': har(
        entry(4, '/gadgets/makeRequest', {
          method: 'POST',
          body: form,
          answer: `throw 1; < don't be evil' >{"x":{"rc":202,"body":""}}`,
        }),
        poll(3.5, 4, { answer: event('NOT_READY', 'r'), ms: 900 }),
      ),
    });
    const result = signIn(trace, '2001');
    expect([result.outcome, result.extension]).toEqual(['complete', '2003']);
    expect(signInText(result, trace, EN)).not.toContain('dHIwdWI0ZG9y');
  });

  test('with bodies in base64, cut ones, and missing ones: what is there counts, the rest is told', () => {
    const body = event('NOT_READY', '6e210ca9-5786-43bc-babf-64a397a6057f');
    const base64 = Buffer.from(body).toString('base64');
    const login = signInEntries[6];
    const trace = caseOf({
      'a.har': har(
        login,
        poll(4.2, 5, { ms: 300, content: { size: body.length, encoding: 'base64', text: base64 } }),
        poll(5, 6, { content: { size: 900, encoding: 'base64', text: base64.slice(0, 101) } }),
        poll(6, 7, { content: { size: 900 } }),
      ),
    });
    expect(signIn(trace, '2001').steps.find(({ id }) => id === 'client.event')?.status).toBe('found');
    expect(trace.reports[0]?.notes).toEqual({ bodiesCut: 1, bodiesMissing: 1 });
    expect(signInText(signIn(trace, '2001'), trace, EN)).toContain('1 bodies are missing');
  });

  const polls = [poll(0, 10, { answer: event('READY', 'r') }), systemInfo(10), poll(30, 11)];

  test.each<[string, Verdict, readonly unknown[]]>([
    [
      'a poll without an answer while others are answered',
      'client.networkCut',
      [...polls, poll(60, 12, { status: 0 }), systemInfo(70), systemInfo(130)],
    ],
    [
      'a poll for which a proxy answers',
      'client.proxyCut',
      [...polls, poll(60, 12, { status: 504, answer: '<html>Gateway Timeout</html>' })],
    ],
    [
      'a computer that was suspended',
      'client.computerAsleep',
      [...polls, poll(60, 12, { status: 0, error: 'net::ERR_NETWORK_IO_SUSPENDED' })],
    ],
    [
      'a session that was gone after a hole in the requests',
      'client.computerAsleep',
      [...polls, poll(400, 12, { answer: '<body type="terminate" condition="item-not-found"/>', ms: 5 })],
    ],
    [
      'a session that was gone, and nothing else',
      'client.stoppedPolling',
      [...polls, poll(60, 12, { status: 404, answer: 'Not Found', ms: 5 })],
    ],
    [
      'a certificate that is not accepted',
      'client.certificate',
      [...polls, poll(60, 12, { status: 0, error: 'net::ERR_CERT_AUTHORITY_INVALID' })],
    ],
    [
      'a blocked port',
      'client.certificate',
      [...polls, poll(60, 12, { status: 0, error: 'net::ERR_CONNECTION_TIMED_OUT' })],
    ],
    [
      'no network, though the request was one to port 7443',
      'client.networkCut',
      [...polls, poll(60, 12, { status: 0, error: 'net::ERR_INTERNET_DISCONNECTED' })],
    ],
    [
      'a goodbye of the page',
      'client.browserClosed',
      [...polls, poll(60, 12, { body: '<body rid="12" sid="ab12" type="terminate"/>', ms: 5 })],
    ],
    [
      'a sign-out by the agent',
      'agent.signedOut',
      [
        ...polls,
        entry(60, '/finesse/api/User/2001', {
          method: 'PUT',
          status: 202,
          body: '<User><state>LOGOUT</state><reasonCodeId>1</reasonCodeId></User>',
        }),
        poll(60.5, 12, { body: '<body rid="12" sid="ab12" type="terminate"/>', ms: 5 }),
      ],
    ],
    [
      'another session of the same agent',
      'agent.duplicateSignIn',
      [
        ...polls,
        poll(60, 12, {
          answer:
            '<body type="terminate" condition="remote-stream-error"><stream:error><conflict/></stream:error></body>',
        }),
      ],
    ],
    ['nothing of that kind', 'connected', polls],
    [
      'a poll that was still held when the recording ended',
      'connected',
      [...polls, poll(60, 12, { status: 0 }), systemInfo(80)],
    ],
  ])('%s', (_, verdict, entries) => {
    const trace = caseOf({ 'desktop.har': har(...entries) });
    const result = why(trace, '2001');
    expect(result.verdict).toBe(verdict);
    expect(result.proof.length).toBeGreaterThan(0);
  });

  test.each([
    ['seconds', 1],
    ['milliseconds', 1000],
  ])('with a WebSocket whose times are in %s, on one line', (_, factor) => {
    const frame = (second: number, type: string, data: string) => ({
      type,
      time: (BASE / 1000 + second) * factor,
      opcode: 1,
      data,
    });
    const socket = {
      ...entry(2, 'wss://fin1.example:8445/ws/', { status: 101 }),
      _webSocketMessages: [
        frame(
          2.1,
          'send',
          `<auth mechanism="PLAIN">${Buffer.from('\x002001\0tr0ub4dor').toString('base64')}</auth>`,
        ),
        frame(
          2.2,
          'receive',
          '<iq type="result"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><jid>2001@f/desktop</jid></bind></iq>',
        ),
        frame(4.9, 'receive', event('NOT_READY', '6e210ca9-5786-43bc-babf-64a397a6057f')),
        frame(600, 'send', '<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>'),
      ],
    };
    const text = JSON.stringify(JSON.parse(har(signInEntries[6], socket)));
    const trace = caseOf({ 'a.har': text });
    const result = signIn(trace, '2001');
    expect(result.outcome).toBe('complete');
    const at = (id: string) => (result.steps.find((step) => step.id === id)?.at ?? 0) - BASE;
    expect([at('bosh.connecting'), at('bosh.connected'), at('client.event')]).toEqual([2000, 2200, 4900]);
    const cause = why(trace, '2001');
    expect([cause.verdict, (cause.at as number) - BASE]).toEqual(['client.browserClosed', 600_000]);
    const said = signInText(result, trace, EN) + whyText(cause, trace, EN);
    expect(said).toContain('a.har!entries[1]:1');
    expect(said).not.toMatch(/tr0ub4dor|AyMDAxAHRy/);
  });

  test('of a supervisor shows whom he signed out', () => {
    const trace = caseOf(
      {
        'sup.har': har(
          entry(60, '/finesse/api/User/2001', {
            method: 'PUT',
            status: 202,
            user: '3001',
            body: '<User><state>LOGOUT</state></User>',
          }),
        ),
      },
      '2001',
    );
    expect(why(trace, '2001').verdict).toBe('supervisor.signedOut');
  });

  test('decides what the logs of the server leave open', () => {
    const at = (time: string) => (Date.parse(`2017-06-16T${time}Z`) - BASE) / 1000;
    const own = (second: number, rid: number, options: Options = {}) =>
      poll(second, rid, {
        ...options,
        user: '1001003',
        body: `<body rid="${rid}" sid="f382a015"/>`,
      });
    const alive = entry(at('18:44:30'), '/finesse/api/User/1001003/Dialogs', { user: '1001003' });
    const files = { 'debug.log': debugLog, 'info.log': infoLog };
    const bare = why(new Case({ agent: '1001003' }), '1001003');
    expect(bare.verdict).toBe('unknownAgent');
    const entries = [
      alive,
      own(at('18:44:31'), 1),
      own(at('18:45:01'), 2, { status: 0 }),
      ...[10, 30, 50].map((s) => systemInfo(at(`18:45:${s}`), { user: '1001003' })),
    ];
    const trace = new Case({ agent: '1001003', zone: 330 });
    for (const [name, content] of Object.entries({ ...files, 'desktop.har': har(...entries) })) {
      const reader = trace.open(name);
      reader.push(Buffer.from(content));
      reader.end();
    }
    const result = why(trace, '1001003');
    expect([result.verdict, result.certainty]).toEqual(['client.networkCut', 'likely']);
    expect(whyText(result, trace, EN)).toContain('http-bind left the page and got no answer');
  });

  test('that ends in the middle, or is none, is named; what was read of it counts', () => {
    const text = har(...signInEntries);
    const trace = caseOf({
      'cut.har': text.slice(0, -200),
      'broken.har': '{"log": {"entries": [}]',
      'deep.har': `{"log": {"entries": [${'['.repeat(100_000)}`,
      'names.har': '{"log": {"entries": [{"__proto__": {"request": 1}, "request": {"url": "/x"}}]}}',
    });
    expect(trace.reports.map(({ failed }) => failed)).toEqual(['cut', 'damaged', 'damaged', null]);
    expect(signIn(trace, '2001').outcome).toBe('complete');
    expect(({} as Record<string, unknown>).request).toBeUndefined();
  });

  test('with bodies larger than memory costs little', () => {
    const trace = new Case({ agent: '2001' });
    const reader = trace.open('large.har');
    reader.push(Buffer.from('{"log": {"entries": [{"request": {"url": "/x", "postData": {"text": "'));
    const piece = Buffer.alloc(1 << 20, 'a');
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 200; i++) reader.push(piece);
    expect((process.memoryUsage().rss - before) / 2 ** 20).toBeLessThan(64);
    reader.push(Buffer.from('"}}}]}}'));
    reader.end();
    expect(trace.reports[0]).toMatchObject({ entries: 1, failed: null, notes: { bodiesCut: 1 } });
  });
});

describe('a decrypted export of port 7443', () => {
  const request = (body: string, extra = '') =>
    `POST /http-bind/ HTTP/1.1\r\nHost: fin1.example:7443\r\nContent-Type: text/xml\r\n${extra}Content-Length: ${body.length}\r\n\r\n${body}`;
  const answer = (time: string, body: string) =>
    `HTTP/1.1 200 OK\r\nDate: Fri, 11 Jan 2019 ${time} GMT\r\nContent-Type: text/xml\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const poll = (rid: number) => request(`<body rid="${rid}" sid="ab12"/>`);

  test('as a followed stream: requests and answers in order, times by the server', () => {
    const trace = caseOf({
      'stream.txt': [
        poll(1),
        answer('23:56:54', event('READY', 'r1')),
        poll(2),
        answer('23:57:24', '<body type="terminate" condition="item-not-found"/>'),
      ].join(''),
    });
    const result = why(trace, '2001');
    expect([result.verdict, result.certainty]).toEqual(['client.stoppedPolling', 'open']);
    expect(new Date(result.at ?? 0).toISOString()).toBe('2019-01-11T23:57:24.000Z');
    expect(trace.reports[0]?.entries).toBe(4);
  });

  test('with packed and chunked bodies', () => {
    const packed = gzipSync(event('READY', 'r1'));
    const half = Math.floor(packed.length / 2);
    const chunk = (bytes: Buffer) =>
      Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
    const bytes = Buffer.concat([
      Buffer.from(poll(1)),
      Buffer.from(
        'HTTP/1.1 200 OK\r\nDate: Fri, 11 Jan 2019 23:56:54 GMT\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n',
      ),
      chunk(packed.subarray(0, half)),
      chunk(packed.subarray(half)),
      Buffer.from('0\r\n\r\n'),
      Buffer.from(request('<body rid="2" sid="ab12" type="terminate"/>')),
      Buffer.from(answer('23:57:00', '<body/>')),
    ]);
    for (const step of [1, 17, Number.POSITIVE_INFINITY]) {
      const trace = caseOf({ 'stream.bin': bytes }, '2001', step);
      expect(why(trace, '2001').verdict).toBe('client.browserClosed');
    }
  });

  test.each(['ascii', 'raw'])('as tshark follows a stream: %s', (form) => {
    const rule = `${'='.repeat(67)}\n`;
    const piece = (isServer: boolean, text: string) => {
      const tab = isServer ? '\t' : '';
      return form === 'raw'
        ? `${tab}${Buffer.from(text).toString('hex')}\n`
        : `${tab}${text.length}\n${text}\n`;
    };
    const heard = answer('23:56:54', event('READY', 'r1'));
    const text = [
      `\n${rule}Follow: tls,${form}\nFilter: tcp.stream eq 0\nNode 0: 10.0.0.1:50001\nNode 1: 10.0.0.2:7443\n`,
      piece(false, poll(1)),
      // In two records, cut within the body.
      piece(true, heard.slice(0, 200)),
      piece(true, heard.slice(200)),
      piece(false, request('<body rid="2" sid="ab12" type="terminate"/>')),
      piece(true, answer('23:57:24', '<body/>')),
      rule,
    ].join('');
    for (const step of [1, 17, Number.POSITIVE_INFINITY]) {
      const trace = caseOf({ 'follow.txt': Buffer.from(text) }, '2001', step);
      const result = why(trace, '2001');
      expect(result.verdict).toBe('client.browserClosed');
      const goodbye = trace.facts.find(({ kind }) => kind === 'session.terminate');
      const sent = form === 'raw' ? Buffer.from('rid="2"').toString('hex') : 'rid="2"';
      // The line of the request itself: of `ascii` its body stands some lines below.
      const at = text.split('\n').findIndex((line) => line.includes(sent)) + 1;
      expect(goodbye?.line).toBe(form === 'raw' ? at : at - 5);
      expect(trace.reports[0]?.lines).toBe(text.split('\n').length - 1);
      expect(trace.reports[0]?.entries).toBe(4);
    }
  });

  test('of HTTP/2, as a program writes it that has seen it', () => {
    const text = [
      poll(1),
      answer('23:56:54', event('READY', 'r1')),
      request('<body rid="2" sid="ab12" type="terminate"/>'),
      answer('23:57:24', '<body/>'),
    ];
    const trace = caseOf({ 'stream.txt': text.join('').replaceAll('HTTP/1.1', 'HTTP/2') });
    expect(why(trace, '2001').verdict).toBe('client.browserClosed');
  });

  test('that was cut, or has rubbish between, does not stop the reader', () => {
    const text = `${poll(1)}${answer('23:56:54', event('READY', 'r1'))}\n\nrubbish\n${poll(2)}${answer('23:57:24', '<body/>').slice(0, -3)}`;
    const trace = caseOf({ 'stream.txt': text });
    why(trace, '2001');
    expect(trace.reports[0]).toMatchObject({ entries: 4, notes: { bodiesCut: 1 } });
  });
});
