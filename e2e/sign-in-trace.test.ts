/**
 * One sign-in against the running server, and every line it leaves in the logs held against the published
 * traces, field by field: only times, ids, hosts and counters are free.
 */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Logs, nearest, template } from './log-template.ts';
import { dataDirectory, type RunningPoise, rest, signOutBody, startPoise } from './server.ts';
import { DISCONNECT, EVENT_2019, RELEASE_9_1, USER_2019 } from './sign-in-trace.fixtures.ts';
import {
  type Agent,
  BoshDesktop,
  basic,
  exchange,
  saslPlain,
  type TracedSignIn,
  tracedSignIn,
} from './traced-desktop.ts';

/** On a busy machine too. */
const PATIENT = { timeout: 60_000, interval: 50 };

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Runs a server from start to stop; what it wrote, debug.log with it, is complete then. */
async function run<T>(args: readonly string[], during: (poise: RunningPoise) => Promise<T>) {
  const data = dataDirectory();
  folders.push(data);
  const poise = await startPoise({
    data,
    args: [...args, ...settings({ 'notification.log.debug': 'true' })],
  });
  try {
    const seen = await during(poise);
    expect(await poise.stop()).toBe(0);
    return { seen, logs: new Logs(data), poise };
  } finally {
    await poise.stop();
  }
}

const settings = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).flatMap(([key, value]) => ['--set', `${key}=${value}`]);

function holds(entries: readonly string[], wanted: string): void {
  if (!entries.some((entry) => template(wanted).test(entry)))
    expect(nearest(entries, wanted)).toMatch(template(wanted));
}

/** The templates match entries in this order, others may stand between. */
function holdsInOrder(entries: readonly string[], wanted: readonly string[]): void {
  let from = 0;
  for (const one of wanted) {
    holds(entries, one);
    const found = entries.slice(from).findIndex((entry) => template(one).test(entry));
    expect(found, `out of order: ${one}`).toBeGreaterThanOrEqual(0);
    from += found + 1;
  }
}

/** Does something while a call of another agent has begun and waits for its body. */
async function duringAnother(poise: RunningPoise, something: () => Promise<unknown>): Promise<void> {
  const body = '<User><state>READY</state></User>';
  const call = httpRequest({
    host: '127.0.0.1',
    port: poise.ports.http,
    method: 'PUT',
    path: '/finesse/api/User/3002',
    headers: {
      authorization: `Basic ${basic({ id: '3002', extension: '' })}`,
      'content-type': 'Application/XML',
      'content-length': body.length,
      expect: '100-continue',
    },
  });
  const continued = once(call, 'continue');
  call.flushHeaders();
  await continued;
  await something();
  const answered = once(call, 'response');
  call.end(body);
  const [response] = await answered;
  response.resume();
  await once(response, 'end');
}

const unindented = (xml: string) => xml.split('\n').map((line) => line.trim());

describe('the sign-in of agent 2001 in the form of 9.1', () => {
  const agent: Agent = { id: '2001', extension: '2003' };
  let seen: TracedSignIn;
  let logs: Logs;
  beforeAll(async () => {
    const second = settings({ compatibility: '9.1', 'node.primary': 'node1.example.com' });
    ({ seen, logs } = await run(second, (poise) => tracedSignIn(poise, agent)));
  });

  test('the answers are those of the trace', () => {
    expect(seen.page.status).toBe(200);
    expect(unindented(seen.systemInfo.text).join('\n')).toMatch(template(RELEASE_9_1.systemInfo.join('\n')));
    expect(unindented(seen.user.text)).toEqual(RELEASE_9_1.user);
    expect(seen.put).toMatchObject({ status: 202, text: '' });
    expect(seen.after.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  test('the access log', () => holdsInOrder(logs.access, RELEASE_9_1.access));

  test.each(RELEASE_9_1.webservices.map((line) => [/%CCBU_[^:]*-\d-([A-Z_]+)/.exec(line)![1]!, line]))(
    'webservices: %s',
    (_, line) => holds(logs.webservices, line),
  );

  test('the webservices lines have the order of the trace, and a counter without gaps', () => {
    holdsInOrder(logs.webservices, RELEASE_9_1.webservices);
    const counters = logs.webservices.map((entry) => Number(entry.slice(0, 10)));
    expect(counters).toEqual(counters.map((_, index) => index + 1));
  });

  test('a line of the webservices names the node that wrote it, and not the primary one', () => {
    expect(new Set(logs.webservices.map((entry) => entry.split(': ')[1]))).toEqual(new Set(['localhost']));
  });

  test('the raw message is logged just before the decoded one', () => {
    const { webservices } = logs;
    const decoded = webservices.findIndex((entry) => entry.includes('[cti_message=CTIAgentStateEvent'));
    expect(webservices[decoded - 1]).toContain('-6-RAW_MESSAGE_FROM_CTI_SERVER: %[cti_message=');
  });

  test('the HTTP wire log of the notification service, line after line', () => {
    const first = logs.debug.findIndex((entry) => entry.includes('>> "GET '));
    const lines = logs.debug.slice(first, first + RELEASE_9_1.wireLog.length);
    expect(lines).toHaveLength(RELEASE_9_1.wireLog.length);
    for (const [index, line] of lines.entries()) expect(line).toMatch(template(RELEASE_9_1.wireLog[index]!));
  });

  test('the event in debug.log and on the wire', () => {
    holdsInOrder(logs.debug, RELEASE_9_1.debug);
    const payload = RELEASE_9_1.debug[0]!.slice(RELEASE_9_1.debug[0]!.indexOf('&lt;Update&gt;'));
    const received = seen.event.slice(seen.event.indexOf('&lt;Update&gt;'));
    expect(received).toMatch(template(`${payload}</body>`));
    expect(seen.event).toMatch(
      /<message xmlns="jabber:client" from="pubsub\.localhost" to="2001@localhost" id="/,
    );
  });

  test('the CTI trace in the short and the long form', () => {
    const first = logs.ctiTrace.findIndex((entry) => entry.includes('Trace: AGENT_EVENT'));
    const lines = logs.ctiTrace.slice(first, first + RELEASE_9_1.ctiTrace.length);
    for (const [index, line] of lines.entries()) expect(line).toMatch(template(RELEASE_9_1.ctiTrace[index]!));
  });
});

describe('a desktop that goes silent, in the form of 11.6', () => {
  const agent: Agent = { id: '1001003', extension: '1001003' };
  const args = settings({
    deployment: 'CCX',
    // Longer than a busy machine takes from one request of the sign-in to the next.
    'presence.idle': '6s',
    'presence.sweep': '100ms',
    'presence.grace': '1h',
  });
  let logs: Logs;
  beforeAll(async () => {
    ({ logs } = await run(args, async (poise) => {
      await tracedSignIn(poise, agent);
      const written = new Logs(poise.data);
      const closed = () => written.info.some((entry) => entry.includes('A session is being closed for'));
      await vi.waitFor(() => expect(closed()).toBe(true), PATIENT);
      const body = '<User><state>LOGOUT</state><reasonCodeId>4</reasonCodeId></User>';
      expect((await rest(poise, agent.id, 'PUT', `/User/${agent.id}`, body)).status).toBe(202);
      const user = async () => (await rest(poise, agent.id, 'GET', `/User/${agent.id}`)).text;
      await vi.waitFor(async () => expect(await user()).toContain('<state>LOGOUT</state>'), PATIENT);
    }));
  });

  test.each(DISCONNECT.webservices.map((line) => [/%CCBU_[^:]*-\d-([A-Z_]+)/.exec(line)![1]!, line]))(
    'webservices: %s',
    (_, line) => holds(logs.webservices, line),
  );
  test('the webservices lines have the order of the trace', () =>
    holdsInOrder(logs.webservices, DISCONNECT.webservices));
  test('debug.log', () => holdsInOrder(logs.debug, DISCONNECT.debug));
  test('info.log', () => holdsInOrder(logs.info, DISCONNECT.info));

  test('an event that nobody receives', () => {
    const found = logs.debug.filter((entry) => entry.includes('Unable to route packet'));
    const starts = found.map((entry) => entry.slice(0, entry.indexOf('&lt;Update&gt;') + 14));
    holds(starts, DISCONNECT.unroutable);
    // The form of 9.1 has a line more.
    expect(logs.debug.filter((entry) => entry.includes('RoutingTableImpl'))).toEqual([]);
  });
});

describe('objects, refusals and secrets in the form of 11.6', () => {
  const SECRET = 'Gr4ss-hopper&Kx"9';
  const isaac: Agent = { id: '47483648', extension: '10005' };
  const bench: Agent = { id: '8000001', extension: '8000001', password: SECRET };
  const cookie = 'A1B2C3D4E5F60718293A4B5C6D7E8F90';
  let user = '';
  let ready = '';
  let refusals: { status: number; text: string }[] = [];
  let unreasoned: { status: number; text: string } = { status: 0, text: '' };
  let logs: Logs;

  beforeAll(async () => {
    ({ logs } = await run(['--bench', '2', ...settings({ 'bench.password': SECRET })], async (poise) => {
      const { desktop, user: before } = await tracedSignIn(poise, isaac);
      user = before.text;
      const requestId = '07f14a42-6b3c-4855-a4c9-af50ab5e7cc6';
      const [, event] = await Promise.all([
        rest(poise, isaac.id, 'PUT', `/User/${isaac.id}`, '<User><state>READY</state></User>', { requestId }),
        desktop.until(requestId),
      ]);
      ready = event;

      // Team 5001 has reason codes, team 5002 has none.
      const put = (id: string, body: string) => rest(poise, id, 'PUT', `/User/${id}`, body);
      const state = async (id: string) =>
        /<state>(\w+)/.exec((await rest(poise, id, 'GET', `/User/${id}`)).text)?.[1];
      const reaches = (id: string, wanted: string) =>
        vi.waitFor(async () => expect(await state(id)).toBe(wanted), PATIENT);
      refusals = [
        await put(isaac.id, '<User><state>NOT_READY</state></User>'),
        await put(isaac.id, signOutBody),
      ];
      await put('3001', '<User><state>LOGIN</state><extension>3001</extension></User>');
      await reaches('3001', 'NOT_READY');
      unreasoned = await put('3001', signOutBody);
      await reaches('3001', 'LOGOUT');

      await duringAnother(poise, () => state('3001'));

      // Every way a secret can come in: REST, BOSH, CTI, a wrong one, a cookie, a gadget's query, a client log.
      await tracedSignIn(poise, bench);
      const { http } = poise.ports;
      const authorization = `Basic ${basic(bench)}`;
      const wrong = new BoshDesktop(poise, { ...isaac, password: `${SECRET}-wrong` });
      await expect(wrong.open()).rejects.toThrow();
      await exchange(http, 'GET', `/finesse/api/User/${isaac.id}`, {
        headers: { authorization: `Basic ${basic({ ...isaac, password: `${SECRET}-wrong` })}` },
      });
      await exchange(http, 'GET', '/finesse/api/SystemInfo', {
        headers: { authorization, cookie: `JSESSIONID=${cookie}; JSESSIONIDSSO=${cookie}` },
      });
      const query = encodeURIComponent(`Authorization=${encodeURIComponent(authorization)}&locale=en_US`);
      await exchange(http, 'GET', `/gadgets/makeRequest?refresh=3600&headers=${query}&postData=`);
      const log = `<ClientLog><logData>GET x Authorization: ${authorization}</logData></ClientLog>`;
      await exchange(http, 'POST', `/finesse/api/User/${bench.id}/ClientLog`, {
        body: log,
        headers: { authorization, 'content-type': 'Application/XML' },
      });
    }));
  });

  test('the user before the sign-in', () => expect(unindented(user)).toEqual(USER_2019));
  test('the event of a change as the browser showed it', () => expect(ready).toMatch(template(EVENT_2019)));

  test('a missing reason is refused by the webservices, before the CTI server is asked', () => {
    for (const { status, text } of refusals) {
      expect(status).toBe(400);
      expect(text).not.toContain('CF_REASON_CODE_REQUIRED');
    }
    expect(logs.ctiTrace.join('\n')).not.toContain('FAILURE');
  });

  test('where a team has no reason codes none is demanded', () => {
    expect(unreasoned.status).toBe(202);
    const events = logs.ctiTrace.filter((entry) => /AGENT_STATE_EVENT.*AgentID:"3001"/.test(entry));
    expect(events).toHaveLength(2);
    for (const event of events) expect(event).toContain('RemaskFunctionFlag:<0x00> <> ');
  });

  test('calls that are under way at the same time would not share a thread: each line has one', () => {
    const threads = logs.webservices.filter((entry) => entry.includes('-6-REQUEST_'));
    expect(threads.every((entry) => /%CCBU_http-8080-[1-9]\d*-6-REQUEST_(START|END): /.test(entry))).toBe(
      true,
    );
  });

  test('no secret stands in any file, in no form', () => {
    const escaped = SECRET.replace('&', '&amp;').replace('"', '&quot;');
    const secrets = [
      SECRET,
      escaped,
      encodeURIComponent(SECRET),
      Buffer.from(SECRET).toString('hex'),
      cookie,
      ...[isaac, bench].flatMap((agent) => [basic(agent), saslPlain(agent)]),
      ...[isaac, bench].map((agent) => encodeURIComponent(encodeURIComponent(basic(agent)))),
    ].flatMap((secret) => [secret, secret.replace(/=+$/, '')]);
    const files = logs.all().filter((file) => !file.directory);
    expect(files.map((file) => file.path.replace(/\d{4}-\d\d-\d\d.*/, '…'))).toEqual(
      expect.arrayContaining([
        'cti/cti-trace.log',
        'desktop/logs/openfire/debug.log',
        'desktop/logs/openfire/info.log',
        'desktop/logs/realm/realm.log',
        'desktop/logs/webservices/Desktop-webservices.…',
        'finesse/logs/localhost_access_log.…',
      ]),
    );
    // They were on their way here, and were masked.
    const text = (part: string) => files.find(({ path }) => path.includes(part))?.text;
    expect(text('cti-trace')).toMatch(/SET_AGENT_STATE_REQ .*AgentID:"8000001" AgentPassword:\*\*\*/);
    expect(text('debug.log')).toContain('mechanism="PLAIN">***</auth>');
    expect(text('clientlog.8000001')).toContain('Authorization: Basic ***');
    expect(text('access_log')).toContain('/gadgets/makeRequest?refresh=3600&headers=***&postData= ');
    for (const file of files)
      for (const secret of secrets)
        expect(file.text.includes(secret), `${secret} in ${file.path}`).toBe(false);
    // Cookies that the server gave out do not stand there either.
    for (const file of files) expect(file.text, file.path).not.toMatch(/JSESSIONID(SSO)?=[0-9A-F]/);
  });

  test('logs are for their owner and the group only', () => {
    for (const { path, mode, directory } of logs.all())
      expect([path, mode]).toEqual([path, directory ? 0o750 : 0o640]);
  });

  test('a failed sign-in is in realm.log, without its password', () => {
    const failed =
      '«counter»: «webservices»: [XMPP-1] INFO CCRealmConfig.finesseAuthenticate(): Unable to authenticate user: 47483648';
    holds(logs.entries(/realm\.log$/), failed);
    holds(logs.entries(/realm\.log$/), failed.replace('XMPP-1', 'http-8080-1'));
  });
});
