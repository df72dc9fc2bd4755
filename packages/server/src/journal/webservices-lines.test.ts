/** The lines of the published sign-in and disconnect traces, byte by byte but for times and ids. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Cause, Happening, HappeningKind, HappeningMap } from '../happenings.ts';
import { type BeanWriter, type LogForm, plainBean } from './cti-lines.ts';
import { FAMILIES } from './families.ts';
import { Timestamps } from './timestamps.ts';
import {
  type LineContext,
  WEBSERVICES_ROWS,
  webservicesEntries,
  webservicesLine,
} from './webservices-lines.ts';

function happening<K extends HappeningKind>(kind: K, payload: HappeningMap[K], cause: Cause = {}): Happening {
  return { kind, at: 0, cause, ...payload } as unknown as Happening;
}

function context(form: LogForm, bean: BeanWriter = plainBean, deployment = 'CCE'): LineContext {
  return { form, deployment, bean, httpThread: () => 7 };
}

function lines(event: Happening, form: LogForm = '9.1', bean?: BeanWriter, deployment?: string): string[] {
  return webservicesEntries(event, context(form, bean, deployment)).map(({ text }) => text);
}

test('a GET of SystemInfo by nobody', () => {
  const cause = { nocache: '1366756802163' };
  expect(
    lines(
      happening(
        'request.start',
        { method: 'GET', resource: '/SystemInfo', query: [['nocache', '1366756802163']], user: '' },
        cause,
      ),
    ),
  ).toEqual([
    '%CCBU_http-8080-7-6-REQUEST_START: %[method_name=GET][parameter_name={ nocache=[1366756802163], }][resource_name=/SystemInfo][usr=]: Request start',
  ]);
  expect(
    lines(
      happening(
        'api.request',
        { url: 'SystemInfo', agentId: '', request: 'systemInfo.GET', parameters: '' },
        cause,
      ),
    ),
  ).toEqual([
    '%CCBU_http-8080-7-6-API_REQUEST: %[REQUEST_URL=SystemInfo][agent_id=][request_identifier=][request_method=systemInfo.GET][request_parameters=]: Request from client to webservice api',
  ]);
  expect(lines(happening('api.stats', { component: 'SystemInfo-GET' }, cause))).toEqual([
    '%CCBU_http-8080-7-6-REGISTER_API_STATS_OBJECT: %[resource_name=com.cisco.ccbu:category=WebAppStats,component0=SystemInfo-GET]: Registered new api stats object for new request type.',
  ]);
  expect(lines(happening('request.end', { elapsedMs: 98.2, status: 200 }, cause))).toEqual([
    '%CCBU_http-8080-7-6-REQUEST_END: %[elapsed_time=98]: Request complete',
  ]);
});

test('a GET and a PUT of a user', () => {
  const get = { url: 'User/2001', agentId: '2001', request: 'user.GET', parameters: '2001' };
  expect(lines(happening('api.request', get))).toEqual([
    '%CCBU_http-8080-7-6-API_REQUEST: %[REQUEST_URL=User/2001][agent_id=2001][request_identifier=null][request_method=user.GET][request_parameters=2001]: Request from client to webservice api',
  ]);
  const put = { ...get, request: 'user.PUT', parameters: ' extension:2003 state:LOGIN' };
  expect(lines(happening('api.request', put, { requestId: '6e210ca9-5786-43bc-babf-64a397a6057f' }))).toEqual(
    [
      '%CCBU_http-8080-7-6-API_REQUEST: %[REQUEST_URL=User/2001][agent_id=2001][request_identifier=6e210ca9-5786-43bc-babf-64a397a6057f][request_method=user.PUT][request_parameters= extension:2003 state:LOGIN]: Request from client to webservice api',
    ],
  );
});

test('the request to the CTI server in the form of 9.1', () => {
  const fields = {
    InvokeID: 20,
    PeripheralID: 5001,
    AgentState: 0,
    AgentWorkMode: 0,
    NumSkillGroups: 0,
    EventReasonCode: 50004,
    ForcedFlag: 1,
    AgentServiceReq: 0,
    AgentInstrument: '2003',
    AgentID: '2001',
    AgentPassword: 'secret',
  };
  expect(lines(happening('cti.sent', { name: 'SET_AGENT_STATE_REQ', fields }))).toEqual([
    '%CCBU_pool-5-thread-4-6-MESSAGE_TO_CTI_SERVER: %[cti_message=Invoke id :20 , agentstate : 0, workmode : 0, reason code: -15532, forceflag :1, agentcapacity: 0, agenttext: 2003, agentid: 2001][cti_message_name=SetAgentStateReq]: Message going to the backend cti server',
  ]);
});

test('the forced sign-out in the later form, with its prefix', () => {
  const fields = {
    InvokeID: 39,
    AgentState: 1,
    AgentWorkMode: 0,
    EventReasonCode: 255,
    ForcedFlag: 1,
    AgentServiceReq: 1,
    AgentInstrument: '1001003',
    AgentID: '1001003',
  };
  const [entry] = webservicesEntries(
    happening('cti.sent', { name: 'SET_AGENT_STATE_REQ', fields }),
    context('11.6'),
  );
  const times = new Timestamps(() => 330);
  expect(webservicesLine(1061, 'XX.XX.XX.XXX', Date.UTC(2017, 5, 16, 18, 47, 4, 633), entry!, times)).toBe(
    '0000001061: XX.XX.XX.XXX: Jun 17 2017 00:17:04.633 +0530: %CCBU_CoreImpl-worker12-6-MESSAGE_TO_CTI_SERVER: %[cti_message=Invoke id :39 , agentstate : 1, workmode : 0, reason code: 255, forceflag :1, agentcapacity: 1, agenttext: 1001003, agentid: 1001003, supervisorid: null, ssoFlag=false][cti_message_name=SetAgentStateReq]: Message going to the backend cti server',
  );
});

test('any other message to the CTI server, without passwords', () => {
  expect(
    lines(
      happening('cti.sent', {
        name: 'OPEN_REQ',
        fields: { InvokeID: 1, VersionNumber: 24, ClientID: 'Poise', ClientPassword: 'secret' },
      }),
    )[0],
  ).toContain(
    '[cti_message=Invoke id :1 , versionNumber: 24, clientID: Poise, clientPassword: ***][cti_message_name=OpenReq]',
  );
});

const BEAN_91 =
  'CTIAgentStateEvent [skillGroupState=0 (LOGIN), stateDuration=0, skillGroupNumber=85881, skillGroupPriority=0, agentState=2 (NOT_READY), eventReasonCode=0, numFltSkillGroups=0,CTIClientSignature=, agentID=2001, agentExtension=2003, agentInstrument=2003, agentID_Long=null, duration=null, nextAgentState=null, fltSkillGroupNumberList=[], fltSkillGroupIDList=[], fltSkillGroupPriorityList=[], fltSkillGroupStateList=[]]';

test('a decoded message in both forms', () => {
  const received = {
    name: 'AGENT_STATE_EVENT',
    type: 30,
    fields: {},
    receivedAt: 1366756808374,
    dispatchedAt: 1366756808375,
    sequence: 105,
  };
  expect(lines(happening('cti.received', received), '9.1', () => BEAN_91)).toEqual([
    `%CCBU_CTIMessageEventExecutor-0-6-DECODED_MESSAGE_FROM_CTI_SERVER: %[cti_message=${BEAN_91}CTIMessageBean [invokeID=null, msgID=30, timeTracker={"id":"AgentStateEvent","CTI_MSG_RECEIVED":1366756808374,"CTI_MSG_DISPATCH":1366756808375}, msgName=AgentStateEvent, deploymentType=CCE]][cti_response_time=1]: Decoded Message to Finesse from backend cti server`,
  ]);
  expect(lines(happening('cti.received', received), '11.6', () => 'CTIAgentStateEvent []', 'CCX')).toEqual([
    '%CCBU_CTIMessageEventExecutor-0-6-DECODED_MESSAGE_FROM_CTI_SERVER: %[cti_message=CTIAgentStateEvent []CTIMessageBean [invokeID=null, cti_sequence_id=105, msgID=30, timeTracker={"id":"AgentStateEvent","CTI_MSG_RECEIVED":1366756808374,"CTI_MSG_DISPATCH":1366756808375}, msgName=AgentStateEvent, deploymentType=CCX]][cti_response_time=1][dispatch_phase=DnD-CHECKPOINT-3B]: Decoded Message to Finesse from backend cti server',
  ]);
});

test('the raw message before it', () => {
  expect(lines(happening('cti.raw', { type: 30, frame: Uint8Array.of(0, 0, 0, 2, 255) }))).toEqual([
    '%CCBU_CTIMessageEventExecutor-0-6-RAW_MESSAGE_FROM_CTI_SERVER: %[cti_message=00000002ff][msgID=30][length=5]: Raw Message to Finesse from backend cti server',
  ]);
});

test('a published Update on one line', () => {
  expect(
    lines(
      happening('xmpp.publish', {
        node: '/finesse/api/User/2001',
        payload: '<Update>\n<data>\n<user></user>\n</data>\n</Update>',
      }),
    ),
  ).toEqual([
    '%CCBU_pool-5-thread-5-6-XMPP_PUBLISH_ASYNCHRONOUS: %[NodeId=/finesse/api/User/2001][Payload=<Update><data><user></user></data></Update>]: Publishing XMPP Message Asynchronously',
  ]);
});

test('the way from unavailable to signed out', () => {
  expect([
    ...lines(happening('presence', { jid: '1001003@fin.example.com/desktop', type: 'unavailable' })),
    ...lines(
      happening('unsubscribe', {
        node: '/finesse/api/User/1001003/ClientLog',
        jid: '1001003@fin.example.com',
      }),
    ),
    ...lines(happening('presence.monitor', { agentId: '1001003', event: 'added' })),
    ...lines(happening('presence.monitor', { agentId: '1001003', event: 'expired' })),
    ...lines(happening('presence.logout', { agentId: '1001003' })),
  ]).toEqual([
    '%CCBU_Smack Listener Processor (1)-6-PRESENCE_NOTIFICATION_RECIEVED: %[FROM JID=1001003@fin.example.com/desktop][PRESENCE_TYPE=unavailable]: Finesse received a presence notifcation',
    '%CCBU_Smack Listener Processor (1)-6-UNSUBSCRIBE_REQUEST_SUCCESS: %[NodeId=/finesse/api/User/1001003/ClientLog][user_id=1001003@fin.example.com]: Sucessfully unsubscribed from a node on the XMPP server',
    '%CCBU_Smack Listener Processor (1)-6-AGENT_PRESENCE_MONITOR: %[message_string=Adding agent 1001003 into the expiry hash.]:',
    '%CCBU_pool-8-thread-1-6-AGENT_PRESENCE_MONITOR: %[message_string=[Expired] Removed agent from cache 1001003]:',
    '%CCBU_CoreImpl-worker12-6-PRESENCE DRIVEN LOGOUT: %[agent_id=1001003]: Performing CTI Logout on basis of the agents unavailable presence',
  ]);
});

test('values cannot forge a line or a key', () => {
  const [line] = lines(
    happening(
      'api.request',
      {
        url: 'User/1',
        agentId: '1',
        request: 'user.PUT',
        parameters: ' state:x\r\n0000000001: h: forged\u2028',
      },
      { requestId: 'a][agent_id=2002\u0000\u001b[31m' },
    ),
  );
  expect(line).not.toMatch(/[\u0000-\u001f\u2028]/);
  expect(line).toContain('[request_identifier=a]\\[agent_id=2002\\x00\\x1b[31m]');
  expect(line).toContain('state:x\\r\\n0000000001: h: forged\\u2028');
});

test('happenings of other logs give no line here', () => {
  expect(lines(happening('notification.info', { line: 'x' }))).toEqual([]);
  expect(lines(happening('operator', { level: 'info', text: 'x' }))).toEqual([]);
  expect(lines(happening('operator', { level: 'error', text: 'Disk full.' }))).toEqual([
    '%CCBU_main-3-OPERATOR_MESSAGE: %[message_string=Disk full.]:',
  ]);
});

test('whatever clients send, one happening is one line with its own keys', () => {
  const any = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('][usr=x', '\n', '\u0085', '\u2029', ']: x'),
  );
  fc.assert(
    fc.property(any, any, any, any, (method, resource, user, value) => {
      const [line, ...more] = lines(
        happening('request.start', { method, resource, query: [[value, value]], user }),
      );
      expect(more).toEqual([]);
      expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
      expect(line?.split('][')).toHaveLength(4);
    }),
  );
});

test('the documentation names every message id and every folder', () => {
  const text = readFileSync(new URL('../../../../docs/logs.md', import.meta.url), 'utf8');
  const ids = Object.values(WEBSERVICES_ROWS).flatMap((rows) => rows.map(({ id }) => id));
  for (const id of ids) if (typeof id === 'string') expect(text).toContain(`| ${id} |`);
  for (const { directory, naming } of Object.values(FAMILIES)) {
    expect(text).toContain(directory);
    expect(text).toContain(naming.kind === 'fixed' ? naming.name : naming.prefix);
  }
});
