/**
 * Forms in which logs of the original are published and collected: without counters, with the name of the file in front of
 * each line, flattened onto one line, wrapped within their prefix, as the CTI server writes them, in locales with AM and PM.
 */
import { describe, expect, test } from 'vitest';
import { Case } from '../src/case.ts';
import { signIn } from '../src/signin.ts';
import { written } from '../src/times.ts';
import { why } from '../src/why.ts';
import { active, idle, logoutEvent, presence } from './incident-lines.ts';
import { signInDocument } from './lines.ts';

function caseOf(files: Readonly<Record<string, string>>, agent?: string, zone?: number): Case {
  const trace = new Case({
    ...(agent === undefined ? {} : { agent }),
    ...(zone === undefined ? {} : { zone }),
  });
  for (const [name, content] of Object.entries(files)) {
    const reader = trace.open(name);
    reader.push(Buffer.from(content));
    reader.end();
  }
  trace.resolve();
  return trace;
}

/** Kind, place and moment of each fact, in order. */
const told = (trace: Case, ...kinds: readonly string[]) =>
  trace.facts
    .filter(({ kind }) => kinds.length === 0 || kinds.includes(kind))
    .map(({ kind, line, at }) => `${kind} ${line} ${at === null ? '-' : written(at, 0).slice(0, 23)}`);

describe('a sign-in whose excerpts stand in several files', () => {
  // Editions and translations of one document, collected into one folder.
  const edition = `\`\`\`\n${signInDocument}`;
  const editions = { 'a.txt': edition, 'b.txt': `A title\n\n${edition}`, 'c.txt': `\n${edition}` };

  test('is one sign-in, and no step of it is missing that one file alone has', () => {
    const alone = signIn(caseOf({ 'a.txt': edition }, '2001'), '2001');
    const all = signIn(caseOf(editions, '2001'), '2001');
    expect(all.attempts).toBe(1);
    const statuses = ({ steps }: ReturnType<typeof signIn>) =>
      steps.map(({ id, status }) => `${id} ${status}`);
    expect(statuses(all)).toEqual(statuses(alone));
    expect(new Set(all.steps.flatMap(({ facts }) => facts.map(({ file }) => file)))).toEqual(
      new Set(['a.txt']),
    );
  });
});

describe('times of entries', () => {
  test('without a counter before them (as published)', () => {
    const line = presence('09:16:04.630', 'unavailable').replace(/^\d+: \S+ /, '');
    expect(line).toMatch(/^Jun 17 2017/);
    expect(told(caseOf({ 'a.txt': `eg.\n${line}\n` }, '2001'))).toEqual([
      'presence.unavailable 2 2017-06-17 07:16:04.630',
    ]);
  });

  test('behind the name of the file, as a search over a folder prints them', () => {
    const found = [
      `webservices/Desktop-webservices.2017-06-17T00-00-00.000.log:${presence('09:16:04.630', 'unavailable')}`,
      `openfire/info.log:171:${idle('09:16:04')}`,
      `/var/log/active/desktop/logs/openfire/debug.log.1:${active('09:15:34', 43_230)}`,
    ].join('\n');
    expect(told(caseOf({ 'search.txt': found }, '2001'))).toEqual([
      'session.active 3 2017-06-17 07:15:34.000',
      'session.idle 2 2017-06-17 07:16:04.000',
      'presence.unavailable 1 2017-06-17 07:16:04.630',
    ]);
  });

  test('of entries that lost the line breaks between them', () => {
    const flat = [
      active('09:15:34', 43_230),
      active('09:16:04', 73_230),
      idle('09:16:04'),
      presence('09:16:04.630', 'unavailable'),
      logoutEvent('09:17:04.643', 255),
    ].join(' ');
    expect(told(caseOf({ 'post.txt': flat }, '2001'))).toEqual([
      'session.active 1 2017-06-17 07:15:34.000',
      'session.active 1 2017-06-17 07:16:04.000',
      'session.idle 1 2017-06-17 07:16:04.000',
      'presence.unavailable 1 2017-06-17 07:16:04.630',
      'cti.state 1 2017-06-17 07:17:04.643',
    ]);
  });

  test('of a client log that mail has wrapped, also within the prefix', () => {
    const wrapped = [
      '2017-11-15T09:56:08.681 +00:00: : fin.example: --- -- ---- ',
      '--:--:--.--- -----: Container : ------ Started ------ 2017-11-15T09:56:08.875 ',
      '+00:00: : fin.example: --- -- ---- --:--:--.--- -----: Container : ',
      'FailoverMonitor.init(): Establishing BOSH connection... 2017-11-15T09:56:09.408 +00:00: : fin.example: Nov ',
      '15 2017 09:56:09.899 +0000: Container : [ClientServices] ',
      'MasterPublisher._connInfoHandler() - Connection status: connected ',
      '2017-11-15T09:56:10.001 +00:00: : fin.example: Nov 15 2017 09:56:10.492 +0000: Container : ',
      'Client: 2017-11-15T09:56:09.994Z, Server: 2017-11-15T09:56:10.485Z, Drift: ',
      '491ms, Network Latency (round trip): 14ms',
    ].join('\n');
    expect(told(caseOf({ 'Agent2001_client.log': wrapped }, '2001'))).toEqual([
      'client.line 1 2017-11-15 09:56:08.681',
      'client.connecting 2 2017-11-15 09:56:08.875',
      'client.status 4 2017-11-15 09:56:09.408',
      'client.drift 7 2017-11-15 09:56:10.001',
    ]);
  });

  test('of the CTI server, which writes its prefix before each line of a message, and the day above them', () => {
    const trace = [
      'Events from June 17, 2017:',
      '07:16:59:171 cg1A-ctisvr SESSION 9: MsgType:AGENT_STATE_EVENT (MonitorID:0 PeripheralID:5000 SessionID:0x0',
      '07:16:59:171 cg1A-ctisvr SESSION 9:         PeripheralType:EnterpriseAgent SkillGroupState:LOGOUT StateDuration:0',
      '07:16:59:171 cg1A-ctisvr SESSION 9:         AgentState:LOGOUT EventReasonCode:50003 AgentID:"2001"',
      '07:16:59:171 cg1A-ctisvr SESSION 9:         AgentExtension:"2003" AgentInstrument:"2003" )',
      '07:17:00:203 cg1A-ctisvr Trace: AGENT_EVENT: ID=2001 Periph=5000 Ext=2003 Inst=2003 Sig=',
    ].join('\n');
    const read = caseOf({ 'ctisvr.txt': trace }, '2001', 0);
    expect(told(read)).toEqual([
      'cti.trace 2 2017-06-17 07:16:59.171',
      'cti.trace 6 2017-06-17 07:17:00.203',
    ]);
    expect(read.facts[0]?.data).toEqual({
      skill: 'LOGOUT',
      state: 'LOGOUT',
      reason: '50003',
      extension: '2003',
    });
  });

  test('of Tomcat, whose log has the time on one line and what happened on the next, in the words of its locale', () => {
    const stop = (time: string, level: string) =>
      `${time} org.apache.catalina.core.StandardService stopInternal\n${level}: Stopping service Catalina`;
    expect(
      told(
        caseOf(
          {
            'a/catalina.out': stop('Jun 17, 2017 1:16:04 PM', 'INFO'),
            'b/catalina.out': stop('17 juin 2017 13:17:04', 'INFOS'),
            'c/catalina.out': stop('17.06.2017 13:18:04', 'INFORMATION'),
            'd/catalina.out':
              '17-Jun-2017 13:19:04.123 INFO [main] org.apache.catalina.core.StandardService.stopInternal Stopping service [Catalina]',
            'e/catalina.out': stop('Jun 17, 2017 12:20:04 AM', 'INFO'),
          },
          undefined,
          0,
        ),
      ),
    ).toEqual([
      'app.stop 1 2017-06-17 00:20:04.000',
      'app.stop 1 2017-06-17 13:16:04.000',
      'app.stop 1 2017-06-17 13:17:04.000',
      'app.stop 1 2017-06-17 13:18:04.000',
      'app.stop 1 2017-06-17 13:19:04.123',
    ]);
  });

  test('of the day with AM and PM, in client logs', () => {
    const log = [
      "6:40:02 PM: Container : [ClientServices] User: requestId='', Making REST request: method=GET, url='/finesse/api/User/2001?nocache=1366756802163'",
      '6:40:05 PM: Container : [ClientServices] MasterPublisher._connInfoHandler() - Connection status: connected',
      '12:05:06 AM: Container : [ClientServices] MasterPublisher._connInfoHandler() - Connection status: disconnected',
    ].join('\n');
    expect(told(caseOf({ 'clientlog.2001.x.log': log }, '2001'))).toEqual([
      'client.request 1 2013-04-23 22:40:02.000',
      'client.status 2 2013-04-23 22:40:05.000',
      'client.status 3 2013-04-24 04:05:06.000',
    ]);
  });

  test('of access logs with the time in brackets', () => {
    const line =
      '[17/Jun/2017:09:16:04 +0200] 10.1.1.7 10.1.1.7 2001 - 8445 GET /finesse/api/User/2001?nocache=1497683764000 HTTP/1.1 200 336 12';
    expect(told(caseOf({ 'localhost_access_log.txt': line }, '2001'))).toEqual([
      'access 1 2017-06-17 07:16:04.000',
    ]);
  });

  test('of syslog, whose day counts too', () => {
    const lines = [
      'Jun 16 23:58:01 fin1 local7 3 : 12: fin1.example: Jun 16 2017 21:58:01.004 UTC : %CCBU_SystemEvents-3-CTI_CONNECTION_LOST: %[]: lost',
      'Jun 17 00:02:11 fin1 Info ntpd[812]: time reset +63.120000 s',
    ].join('\n');
    const ofCase = caseOf({ CiscoSyslog: lines, 'ws.log': presence('23:50:00.000', 'available') }, '2001');
    expect(told(ofCase, 'cti.lost', 'clock.step')).toEqual([
      'cti.lost 1 2017-06-16 21:58:01.004',
      'clock.step 2 2017-06-16 22:02:11.000',
    ]);
  });

  test.each([
    ['11 s before', 'Jun 16 2017 21:58:12.500 UTC', '2017-06-16 21:58:01.000'],
    ['years behind', 'Jan 01 1993 00:00:09.500 UTC', '2017-06-16 21:58:01.000'],
  ])(
    'of syslog, by the clock of the machine that wrote it, also where the program is %s',
    (_how, own, at) => {
      const line = `Jun 16 23:58:01 fin1 local7 3 : 12: cti1.example: ${own} : %CCBU_SystemEvents-3-CTI_CONNECTION_LOST: %[]: lost`;
      const ofCase = caseOf({ CiscoSyslog: line, 'ws.log': presence('23:50:00.000', 'available') }, '2001');
      expect(told(ofCase, 'cti.lost')).toEqual([`cti.lost 1 ${at}`]);
    },
  );
});

test('what a long poll brought, pasted from a proxy or a browser, names its agent and when his state changed', () => {
  const answer = [
    '<body xmlns=\'http://jabber.org/protocol/httpbind\'><message xmlns="jabber:client" from="pubsub.fin1.example"',
    'to="4711@fin1.example" id="/finesse/api/User/4711__4711@fin1.example__K7hYF"><event',
    'xmlns="http://jabber.org/protocol/pubsub#event"><items node="/finesse/api/User/4711"><item id="26a3"><notification',
    'xmlns="http://jabber.org/protocol/pubsub">&lt;Update&gt;',
    '&lt;state&gt;READY&lt;/state&gt;',
    '&lt;stateChangeTime&gt;2019-01-11T23:56:54.783Z&lt;/stateChangeTime&gt;',
    '&lt;/Update&gt;</notification></item></items></event></message></body>',
  ].join('\n');
  const read = caseOf({ 'doc.txt': `Prose.\n\`\`\`\n${answer}\n\`\`\`\n` }, '4711');
  expect(told(read)).toEqual(['client.event 3 2019-01-11 23:56:54.783']);
  const { verdict, proof } = why(read, '4711');
  expect([verdict, proof[0]?.facts[0]?.line]).toEqual(['connected', 3]);
});

test('an early disconnect in the log of one client is no proof for another agent', () => {
  const pasted =
    '<body xmlns="http://jabber.org/protocol/httpbind"><message to="4711@fin1.example"><items node="/finesse/api/User/4711"><notification>&lt;state&gt;READY&lt;/state&gt;</notification></items></message></body>';
  const { verdict, proof } = why(
    caseOf({ 'a.txt': `\`\`\`\n${signInDocument}`, 'b.txt': pasted }, '4711'),
    '4711',
  );
  expect([verdict, proof.map(({ id }) => id)]).toEqual(['connected', ['proof.connected']]);
});
