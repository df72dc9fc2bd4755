/**
 * The published disconnect trace, line by line, on virtual time: a real notification service with a BOSH session
 * that stops polling, the watch, the request to the CTI server and its event.
 */
import { AgentState, decodedBean } from '@poise/ged188';
import { expect, test } from 'vitest';
import { PresenceCentre } from '../../test/centre/presence-centre.ts';
import { agent, TEST_DATA } from '../../test/centre/test-directory.ts';
import type { Happening } from '../happenings.ts';
import { Timestamps } from '../journal/timestamps.ts';
import { webservicesEntries } from '../journal/webservices-lines.ts';
import { XmppHost } from '../xmpp-host/xmpp-host.ts';

const ID = '1001003';
const JID = `${ID}@fin1.example/desktop`;
const HTTPBIND = 'http://jabber.org/protocol/httpbind';
const ZONE_MS = 330 * 60_000;
const wall = (time: string): number => Date.parse(`2017-06-17T${time}Z`) - ZONE_MS;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function traced(onDisconnect: 'LOGOUT' | 'NOT_READY', deployment: 'CCX' | 'CCE', state: number) {
  // The sweep of the watch and that of the notification service are as far apart as in the trace.
  const p = await PresenceCentre.open({
    startMs: wall('00:13:35.384'),
    profile: { deployment },
    data: { ...TEST_DATA, users: [...TEST_DATA.users, agent(ID, 'a3', 'A', 'Three', 5002)] },
  });
  const { clock, happenings, server, directory, accounts } = p.centre;
  const until = (time: string): void => clock.advance(wall(time) - clock.now());
  until('00:14:04.630');
  const xmpp = new XmppHost({
    clock,
    happenings,
    accounts,
    nodes: {
      nodeAccess: () => 'allow',
      nodesOf: () => [],
      automaticNodes: (user) => [`/finesse/api/User/${user}`],
      canonicalNode: (node) => node,
    },
    directory,
    domain: 'fin1.example',
    eventForm: '11.6',
    version: '0.1.0',
    sid: 'short',
    presence: p.watch,
    debugging: () => true,
    random: (bytes) => new Uint8Array(bytes).fill(0xf3),
  });
  await xmpp.start();
  let rid = 1000;
  const answers: string[] = [];
  const post = async (attributes: string, children = ''): Promise<void> => {
    const body = `<body xmlns='${HTTPBIND}' rid='${++rid}' ${attributes}>${children}</body>`;
    xmpp.boshBody(Buffer.from(body), {
      answer: (text) => answers.push(text),
      refuse: (status) => void answers.push(String(status)),
      held: null,
      secure: false,
      remoteAddress: '10.1.2.3',
      remotePort: 49_805,
      loopback: true,
      saslPolicy: undefined,
    });
    await turn();
    clock.advance(1);
    await turn();
  };
  await post(`to='fin1.example' ver='1.6' hold='1' wait='30' xmlns:xmpp='urn:xmpp:xbosh' xmpp:version='1.0'`);
  const sid = `sid='${/ sid="(\w+)"/.exec(answers[0]!)![1]}'`;
  const plain = Buffer.from(`\0${ID}\0${ID}`).toString('base64');
  await post(sid, `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${plain}</auth>`);
  await post(`${sid} xmlns:xmpp='urn:xmpp:xbosh' xmpp:restart='true'`);
  await post(
    sid,
    `<iq type='set' id='b' xmlns='jabber:client'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>desktop</resource></bind></iq>`,
  );
  await post(sid, `<presence xmlns='jabber:client'/>`);
  await p.signsIn(ID, ID);
  if (state !== AgentState.NOT_READY) server.event(ID, state, ID);
  until('00:14:34.000');
  await post(sid);
  p.centre.told.length = 0;
  server.onAgentRequest = (request) => {
    server.confirm(request);
    clock.schedule(10, () => {
      const becomes = onDisconnect === 'LOGOUT' ? AgentState.LOGOUT : AgentState.NOT_READY;
      const reason = deployment === 'CCX' ? 255 : 50_002;
      server.event(ID, becomes, ID, reason, { SkillGroupNumber: 0xffffffff });
    });
  };
  until('00:14:51.400');
  // The client is gone: it does not poll again.
  xmpp.publish(`/finesse/api/User/${ID}`, '<Update/>');
  const close = async () => {
    await xmpp.stop();
    await p.close();
  };
  return { p, until, xmpp, close };
}

/** Lines of all three logs, with their times. */
function linesOf(told: readonly Happening[], deployment: string): string[] {
  const times = new Timestamps(() => 330);
  const bean = (name: string, fields: Readonly<Record<string, unknown>>, form: '9.1' | '11.6' | '12.6') =>
    decodedBean({ name, fields } as Parameters<typeof decodedBean>[0], { form });
  return told.flatMap((happening) => {
    if (happening.kind === 'notification.debug' && happening.line.startsWith('Session '))
      return [`${times.openfire(happening.at)} ${happening.line}`];
    if (happening.kind === 'notification.info') return [`${times.openfire(happening.at)} ${happening.line}`];
    const ours = ['presence', 'unsubscribe', 'presence.monitor', 'presence.logout', 'cti.sent'];
    const isState = happening.kind === 'cti.received' && happening.name === 'AGENT_STATE_EVENT';
    if (!ours.includes(happening.kind) && !isState) return [];
    const entries = webservicesEntries(happening, { form: '11.6', deployment, bean, httpThread: () => 1 });
    return entries.map((entry) => `${times.webservices(happening.at)}: ${entry.text}`);
  });
}

const SWEEPS = [
  `2017.06.17 00:14:34 Session (id=f3f3f3f3) was last active 0 ms ago: ${JID}`,
  `2017.06.17 00:15:04 Session (id=f3f3f3f3) was last active 13230 ms ago: ${JID}`,
  `2017.06.17 00:15:34 Session (id=f3f3f3f3) was last active 43230 ms ago: ${JID}`,
  // The published excerpt has 63231 here: thirty seconds after 43230 that is a slip of its writer.
  `2017.06.17 00:16:04 Session (id=f3f3f3f3) was last active 73230 ms ago: ${JID}`,
  `2017.06.17 00:16:04 Closing idle session (id=f3f3f3f3): ${JID} after being inactive for more than threshold value of 60`,
];
const CLOSED = `2017.06.17 00:16:04 A session is being closed for ${JID}`;
const SMACK = '%CCBU_Smack Listener Processor (1)-6-';
const AWAY = [
  `Jun 17 2017 00:16:04.630 +0530: ${SMACK}PRESENCE_NOTIFICATION_RECIEVED: %[FROM JID=${JID}][PRESENCE_TYPE=unavailable]: Finesse received a presence notifcation`,
  `Jun 17 2017 00:16:04.631 +0530: ${SMACK}UNSUBSCRIBE_REQUEST_SUCCESS: %[NodeId=/finesse/api/User/${ID}/ClientLog][user_id=${ID}@fin1.example]: Sucessfully unsubscribed from a node on the XMPP server`,
  `Jun 17 2017 00:16:04.631 +0530: ${SMACK}AGENT_PRESENCE_MONITOR: %[message_string=Adding agent ${ID} into the expiry hash.]:`,
  `Jun 17 2017 00:16:35.384 +0530: %CCBU_pool-8-thread-1-6-AGENT_PRESENCE_MONITOR: %[message_string=[Expired] Removed agent from cache ${ID}]:`,
  `Jun 17 2017 00:17:04.632 +0530: %CCBU_CoreImpl-worker12-6-PRESENCE DRIVEN LOGOUT: %[agent_id=${ID}]: Performing CTI Logout on basis of the agents unavailable presence`,
  `Jun 17 2017 00:17:04.633 +0530: %CCBU_CoreImpl-worker12-6-MESSAGE_TO_CTI_SERVER: %[cti_message=Invoke id :39 , agentstate : 1, workmode : 0, reason code: 255, forceflag :1, agentcapacity: 1, agenttext: ${ID}, agentid: ${ID}, supervisorid: null, ssoFlag=false][cti_message_name=SetAgentStateReq]: Message going to the backend cti server`,
];

test('CCX: every line of the trace, at its time', async () => {
  const { p, until, close } = await traced('LOGOUT', 'CCX', AgentState.NOT_READY);
  until('00:17:05.000');
  const lines = linesOf(p.centre.told, 'CCX').map((line) => line.replace(/Invoke id :\d+/, 'Invoke id :39'));
  expect(lines.slice(0, 5)).toEqual(SWEEPS);
  // Which of the two of one instant is first differs by file; each file has its own order.
  expect(lines.filter((line) => line === CLOSED)).toHaveLength(1);
  const webservices = lines.filter((line) => line.startsWith('Jun'));
  expect(webservices.slice(0, 6)).toEqual(AWAY);
  expect(webservices).toHaveLength(7);
  const event = webservices[6]!;
  expect(event.slice(0, 31)).toBe('Jun 17 2017 00:17:04.643 +0530:');
  for (const field of [
    'AgentStateEvent [skillGroupState=1 (LOGOUT), stateDuration=0, skillGroupNumber=-1, skillGroupPriority=0, agentState=1 (LOGOUT), eventReasonCode=255, numFltSkillGroups=0',
    `agentID=${ID}, agentExtension=${ID}`,
    `"CTI_MSG_RECEIVED":${wall('00:17:04.643')}`,
    'msgID=30',
    'msgName=AgentStateEvent, deploymentType=CCX]',
    'dispatch_phase=DnD-CHECKPOINT-3B',
  ])
    expect(event).toContain(field);
  expect((await p.records())[0]).toMatchObject({
    agentId: ID,
    cause: 'presence',
    session: { jid: JID, transport: 'bosh', address: '10.1.2.3' },
    departure: 'idle',
    lastActiveAt: wall('00:14:51.400'),
    awaySince: wall('00:16:04.630'),
    outcome: 'signedOut',
    reasonCode: 255,
    endedAt: wall('00:17:04.643'),
  });
  await close();
});

test.each([
  ['notReady', 'NOT_READY', AgentState.AVAILABLE],
  ['logout', 'LOGOUT', AgentState.TALKING],
] as const)('CCE, %s: the same lines, another end', async (_name, becomes, state) => {
  const { p, until, close } = await traced(becomes, 'CCE', state);
  until('00:17:05.000');
  const lines = linesOf(p.centre.told, 'CCE').map((line) => line.replace(/Invoke id :\d+/, 'Invoke id :39'));
  expect(lines.filter((line) => line.startsWith('Jun')).slice(0, 6)).toEqual(AWAY);
  expect(p.centre.desk.agents.get(ID)).toMatchObject({ state: becomes, reasonCode: 50_002 });
  expect(await p.records()).toMatchObject([{ state: becomes, reasonCode: 50_002 }]);
  await close();
});

test('an event for the absent user goes to nobody, and says so', async () => {
  const { p, until, xmpp, close } = await traced('LOGOUT', 'CCX', AgentState.NOT_READY);
  until('00:17:04.643');
  p.centre.told.length = 0;
  xmpp.publish(`/finesse/api/User/${ID}`, '<Update/>');
  const told = p.centre.told.flatMap((happening) =>
    happening.kind === 'notification.debug' ? [happening.line] : [],
  );
  expect(told[0]).toContain('Unable to route packet. No session is available so store offline. <message');
  await close();
});
