/**
 * The CTI server as a process of its own (`poise cti`), and everything else beside it: agents work through both,
 * the CTI server dies and comes back, and a foreign GED-188 client sees what happens.
 */
import { rmSync } from 'node:fs';
import { AgentState } from '@poise/ged188';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BoshSession, boshSession } from './connections/bosh.ts';
import { eventually } from './connections/deadline.ts';
import { apiErrors, PING } from './connections/documented.ts';
import { Ged188Connection } from './connections/ged188.ts';
import { exchange } from './connections/http.ts';
import { type TcpSession, tcpSession } from './connections/tcp-session.ts';
import type { XmppSession } from './connections/xmpp-session.ts';
import {
  dataDirectory,
  freeOffset,
  type LaunchedPoise,
  launchPoise,
  type Ports,
  portsAt,
  rest,
  signInBody,
  signOutBody,
} from './server.ts';

let ports: Ports;
let data: string;
let common: string[];
let cti: LaunchedPoise;
let server: LaunchedPoise;

async function startCti(): Promise<LaunchedPoise> {
  const launched = launchPoise(['cti', '--demo', ...common]);
  await launched.says(/^poise: IN_SERVICE/m);
  return launched;
}

beforeAll(async () => {
  const offset = await freeOffset();
  ports = portsAt(offset);
  data = dataDirectory();
  common = ['--data', data, '--set', `ports.offset=${offset}`];
  cti = await startCti();
  server = launchPoise([
    ...['start', '--demo', '--only', 'webservices,notification,desktop', ...common],
    ...['--set', 'cti.embedded=false', '--set', `cti.a=127.0.0.1:${ports.ctiA}`],
  ]);
  await server.says(/^poise: IN_SERVICE/m);
});
afterAll(async () => {
  for (const launched of [server, cti])
    if (launched?.child.exitCode === null && launched.child.signalCode === null)
      await launched.end('SIGKILL');
  if (data) rmSync(data, { recursive: true, force: true });
});

const put = (id: string, body: string, requestId: string) =>
  rest({ ports }, id, 'PUT', `/User/${id}`, body, { requestId });

/** The event with this requestId, unescaped. */
async function updateOf(session: XmppSession, requestId: string, ms?: number): Promise<string> {
  const text = await session.until(
    new RegExp(`&lt;requestId&gt;${requestId}&lt;(?:(?!</message>).)*</message>`, 's'),
    ms,
  );
  const payload = text.slice(text.lastIndexOf('<notification'));
  return payload.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** The next event of SystemInfo with this status. */
const statusEvent = (session: XmppSession, status: string) =>
  session.until(
    new RegExp(
      `<items node="/finesse/api/SystemInfo">(?:(?!</message>).)*&lt;status&gt;${status}&lt;(?:(?!</message>).)*</message>`,
      's',
    ),
  );

const systemStatus = async () => {
  const { body } = await exchange(ports.http, 'GET', '/finesse/api/SystemInfo', []);
  return /<status>(\w+)<\/status>/.exec(body)?.[1];
};

let agent: TcpSession;
let other: BoshSession;
let observer: Ged188Connection;
/** Everything that the agent's session was ever sent. */
let transcript = '';

test('an agent signs in through both processes, and a foreign CTI client sees it', async () => {
  observer = await (await Ged188Connection.connect(ports.ctiA)).open();
  agent = await (await tcpSession(ports.xmpp, '3001', 'desktop')).answerPings().appear();
  agent.connection.socket.on('data', (chunk: Buffer) => {
    transcript += chunk.toString();
  });
  other = await (await boshSession(ports.bosh, '3002', 'desktop')).appear();
  expect((await put('3001', signInBody('3001'), 'in')).status).toBe(202);
  expect(await updateOf(agent, 'in')).toContain('<state>NOT_READY</state>');
  const states: number[] = [];
  const seen = async (state: number) => {
    const { fields } = await observer.until(
      ({ name, fields }) => name === 'AGENT_STATE_EVENT' && fields['AgentID'] === '3001',
    );
    expect(fields).toMatchObject({ PeripheralID: 5001, AgentExtension: '3001', AgentState: state });
    states.push(state);
  };
  await seen(AgentState.NOT_READY);
  expect((await put('3001', '<User><state>READY</state></User>', 'ready')).status).toBe(202);
  expect(await updateOf(agent, 'ready')).toContain('<state>READY</state>');
  await seen(AgentState.AVAILABLE);
  expect(states).toEqual([AgentState.NOT_READY, AgentState.AVAILABLE]);
});

test('when the CTI process is killed, a request in flight gets one error, and the server is out of service', async () => {
  // It still has its connections, but nobody answers in it: the request is on its way when it dies.
  cti.child.kill('SIGSTOP');
  expect((await put('3001', '<User><state>NOT_READY</state></User>', 'in-flight')).status).toBe(202);
  expect(await cti.end('SIGKILL')).toBe('SIGKILL');
  for (const session of [agent, other]) {
    const update = await statusEvent(session, 'OUT_OF_SERVICE');
    expect(update).toContain('&lt;event&gt;PUT&lt;/event&gt;');
    expect(update).toContain('&lt;source&gt;/finesse/api/SystemInfo&lt;/source&gt;');
  }
  expect(await systemStatus()).toBe('OUT_OF_SERVICE');
  // The error came before or after the status, but it came.
  await eventually('the request in flight is answered', () => transcript.includes('in-flight') || undefined);
  const events = transcript.split('</message>').filter((text) => text.includes('in-flight'));
  expect(events).toHaveLength(1);
  const payload = events[0]!
    .slice(events[0]!.indexOf('&lt;Update'))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>');
  expect(payload.slice(0, payload.indexOf('</Update>')).replaceAll('\n', '')).toBe(
    '<Update><data><apiErrors><apiError><errorData>78</errorData>' +
      '<errorMessage>CF_REQUEST_TIMEOUT_REJECTION</errorMessage><errorType>Generic Error</errorType>' +
      '</apiError></apiErrors></data><event>put</event><requestId>in-flight</requestId>' +
      '<source>/finesse/api/User/3001</source>',
  );
});

test('while it is away every call but SystemInfo gets 503, and XMPP goes on', async () => {
  const outOfService = [503, apiErrors('Service Unavailable', '', 'SERVER_OUT_OF_SERVICE')];
  for (const [method, path, body] of [
    ['GET', '/User/3001', undefined],
    ['GET', '/User/3001/ReasonCodes?category=ALL', undefined],
    ['GET', '/User/3001/Dialogs', undefined],
    ['PUT', '/User/3001', signOutBody],
    ['POST', '/User/3001/ClientLog', '<ClientLog><logData>x</logData></ClientLog>'],
  ] as const) {
    const { status, text } = await rest({ ports }, '3001', method, path, body, { requestId: 'away' });
    expect([status, text]).toEqual(outOfService);
  }
  expect(await systemStatus()).toBe('OUT_OF_SERVICE');
  for (const session of [agent, other]) {
    session.send(PING);
    await session.until(/<iq[^>]* type="result" id="ping"/);
  }
  const newcomer = await (await tcpSession(ports.xmpp, '3003', 'late')).appear();
  newcomer.close();
  expect(server.child.exitCode).toBeNull();
});

test('when it comes back the server is in service by itself, and requests work', async () => {
  cti = await startCti();
  for (const session of [agent, other]) await statusEvent(session, 'IN_SERVICE');
  expect(await systemStatus()).toBe('IN_SERVICE');
  // A CTI server that starts anew knows nobody, and the agents are told so.
  await agent.until(/<items node="\/finesse\/api\/User\/3001">(?:(?!<\/message>).)*state&gt;LOGOUT&lt;/s);
  expect((await put('3001', signInBody('3001'), 'in-again')).status).toBe(202);
  expect(await updateOf(agent, 'in-again')).toContain('<state>NOT_READY</state>');
  expect((await put('3002', signInBody('3002'), 'other-in')).status).toBe(202);
  expect(await updateOf(other, 'other-in')).toContain('<state>NOT_READY</state>');
  // Nothing came late for what was in flight.
  expect(transcript.split('in-flight')).toHaveLength(2);
  agent.close();
  other.close();
});

test('both processes end in order on SIGTERM, whichever goes first', async () => {
  for (const launched of [cti, server]) {
    expect(await launched.end('SIGTERM')).toBe(0);
  }
});
