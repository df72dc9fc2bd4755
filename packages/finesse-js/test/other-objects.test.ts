import { beforeEach, describe, expect, test, vi } from 'vitest';
import { type Frame, frame } from './frame.ts';

let f: Frame;
beforeEach(async () => {
  f = await frame();
  f.begun();
});

function user() {
  const u = new f.finesse.restservices.User({ id: '1001' });
  f.last().answer(200, '<User><loginId>1001</loginId></User>');
  return u;
}
const REQUESTS = 'finesse.info.requests';

describe('media', () => {
  const media = (id: string, state: string) =>
    `<Media><uri>/finesse/api/User/1001/Media/${id}</uri><id>${id}</id><name>Chat</name><state>${state}</state><routable>true</routable><interruptible>false</interruptible><maxDialogLimit>5</maxDialogLimit></Media>`;
  const list = () => {
    const all = user().getMediaList();
    f.last().answer(200, `<MediaList>${media('5000', 'NOT_READY')}</MediaList>`);
    return all;
  };

  test('is had from the list, with handlers, and not if the user lacks it', async () => {
    const all = list();
    const onLoad = vi.fn();
    const onChange = vi.fn();
    const m = all.getMedia({ id: '5000', onLoad, onChange });
    // The gadget has it in its variable by then.
    expect(onLoad).not.toHaveBeenCalled();
    await Promise.resolve();
    expect(onLoad).toHaveBeenCalledExactlyOnceWith(m);
    expect(() => all.getMedia({ id: '5000', onLoad: 'x' as never })).toThrow('must be a function');
    expect(() => all.getMedia({ id: '1' })).toThrow('no media 1');
    f.hub.update('/finesse/api/User/1001/Media/5000', {
      event: 'PUT',
      source: '/finesse/api/User/1001/Media/5000',
      data: { media: { id: '5000', state: 'READY' } },
    });
    expect(onChange).toHaveBeenCalledExactlyOnceWith(m);
    expect([m.getId(), m.getMediaId(), m._data.id, m.getState(), m.isLoggedIn()]).toEqual([
      '5000',
      '5000',
      '5000',
      'READY',
      true,
    ]);
  });

  test('tells what is known of it', () => {
    const m = list().getMedia({ id: '5000' });
    expect([
      m.getName(),
      m.getRoutable(),
      m.getInterruptible(),
      m.getMaxDialogLimit(),
      m.getReasonCodeId(),
      m.getReasonCodeLabel(),
    ]).toEqual(['Chat', true, false, '5', undefined, '']);
  });

  test('is signed in and out, and made routable, by requests', () => {
    const m = list().getMedia({ id: '5000' });
    m.login({ maxDialogLimit: 3, interruptAction: 'ACCEPT', dialogLogoutAction: 'TRANSFER' });
    expect([f.last().method, f.last().path, f.last().body]).toEqual([
      'PUT',
      '/finesse/api/User/1001/Media/5000',
      '<Media><state>LOGIN</state><maxDialogLimit>3</maxDialogLimit><interruptAction>ACCEPT</interruptAction><dialogLogoutAction>TRANSFER</dialogLogoutAction></Media>',
    ]);
    m.setRoutable({ routable: false });
    expect(f.last().body).toBe('<Media><routable>false</routable></Media>');
    m.logout({ id: '4' });
    expect(f.last().body).toBe('<Media><state>LOGOUT</state><reasonCodeId>4</reasonCodeId></Media>');
    expect(() => m.login({ interruptAction: 'MAYBE' })).toThrow('no interrupt action');
    expect(() => m.login({ dialogLogoutAction: 'MAYBE' })).toThrow('no dialog logout action');
  });

  test('is signed in again after a failover with its options, and only then', () => {
    const all = list();
    all.getMedia({ id: '5000', mediaOptions: { maxDialogLimit: 2, interruptAction: 'IGNORE' } });
    f.hub.publish('finesse.info.connection', { status: 'failing' });
    expect(f.sent.filter((each) => each.method === 'PUT')).toHaveLength(0);
    f.hub.publish('finesse.info.connection', { status: 'recovered' });
    expect(f.sent.filter((each) => each.method === 'PUT').map((each) => each.body)).toEqual([
      '<Media><state>LOGIN</state><maxDialogLimit>2</maxDialogLimit><interruptAction>IGNORE</interruptAction></Media>',
    ]);
  });

  test('has tasks that are acted on as the user', () => {
    const added = vi.fn();
    const tasks = list().getMedia({ id: '5000' }).getMediaDialogs({ onCollectionAdd: added });
    const node = '/finesse/api/User/1001/Dialogs/Media';
    expect(f.last().path).toBe(node);
    expect(f.hub.request(REQUESTS, 'SubscribeNodeReq').data).toEqual({ node });
    f.last().answer(200, '<Dialogs/>');
    const task = {
      uri: '/finesse/api/Dialog/1_2_3',
      id: '1_2_3',
      state: 'OFFERED',
      mediaProperties: { mediaId: '5000' },
    };
    f.hub.update(node, { event: 'POST', source: node, data: { dialogs: { Dialog: task } } });
    const d = tasks.getCollection()['1_2_3'];
    expect(added).toHaveBeenCalledWith(d);
    expect(d?.getMediaProperties()).toEqual({ mediaId: '5000' });
    d?.setTaskState('ACCEPT');
    expect([f.last().path, f.last().body]).toEqual([
      '/finesse/api/Dialog/1_2_3',
      '<Dialog><targetMediaAddress>1001</targetMediaAddress><requestedAction>ACCEPT</requestedAction></Dialog>',
    ]);
    d?.transfer('selector');
    expect(f.last().body).toContain(
      '<requestedAction>TRANSFER</requestedAction><toAddress>selector</toAddress>',
    );
    const { MediaDialog, InterruptActions, DialogLogoutActions } = f.finesse.restservices;
    expect([MediaDialog.States.WRAPPING_UP, MediaDialog.Actions.WRAP_UP]).toEqual(['WRAPPING_UP', 'WRAP_UP']);
    expect([InterruptActions.isValidAction('ACCEPT'), DialogLogoutActions.isValidAction('ACCEPT')]).toEqual([
      true,
      false,
    ]);
  });
});

describe('queues', () => {
  test('ask for their nodes and change by events, also as a lower-case root', () => {
    const all = user().getQueues();
    f.last().answer(
      200,
      '<Queues><Queue><uri>/finesse/api/Queue/10</uri><name>Sales</name><statistics><callsInQueue>3</callsInQueue></statistics></Queue></Queues>',
    );
    const nodes = f.hub.on(REQUESTS).filter((each) => (each as { type: string }).type === 'SubscribeNodeReq');
    expect(nodes.map((each) => (each as { data: { node: string } }).data.node)).toEqual([
      '/finesse/api/User/1001/Queues',
      '/finesse/api/Queue/10',
    ]);
    const q = all.getCollection()['10'];
    const changed = vi.fn();
    q?.addHandler('change', changed);
    for (const root of ['Queue', 'queue'])
      f.hub.update('/finesse/api/Queue/10', {
        event: 'PUT',
        source: '/finesse/api/Queue/10',
        data: { [root]: { uri: '/finesse/api/Queue/10', name: 'Sales', statistics: { callsInQueue: '4' } } },
      });
    expect(changed).toHaveBeenCalledTimes(2);
    expect([q?.getName(), q?.getStatistics()]).toEqual(['Sales', { callsInQueue: '4' }]);
  });

  test('that leave the list give up their nodes', () => {
    const all = user().getQueues();
    f.last().answer(200, '<Queues><Queue><uri>/finesse/api/Queue/10</uri></Queue></Queues>');
    const { invokeID } = f.hub.request(REQUESTS, 'SubscribeNodeReq');
    const node = '/finesse/api/User/1001/Queues';
    f.hub.update(node, {
      event: 'DELETE',
      source: node,
      data: { queues: { Queue: { uri: '/finesse/api/Queue/10' } } },
    });
    expect(all.length).toBe(0);
    expect(f.hub.request(REQUESTS, 'UnsubscribeNodeReq').data).toEqual({
      node: '/finesse/api/Queue/10',
      subid: invokeID,
    });
  });
});

describe('a team', () => {
  const node = '/finesse/api/Team/5/Users';
  const team = () => {
    const t = new f.finesse.restservices.Team({ id: '5' });
    f.last().answer(200, '<Team><id>5</id><name>Blue</name><uri>/finesse/api/Team/5</uri><users/></Team>');
    return t;
  };

  test('has members, read with it, who change and come and go on its node', () => {
    const log: string[] = [];
    const t = team();
    expect([t.getId(), t.getName(), t.getUri()]).toEqual(['5', 'Blue', '/finesse/api/Team/5']);
    const members = t.getUsers({
      onLoad: (it) => void log.push(`load ${it.length}`),
      onCollectionAdd: (it) => void log.push(`add ${it.getId()}`),
      onCollectionDelete: (it) => void log.push(`delete ${it.getId()}`),
    });
    expect(f.last().path).toBe('/finesse/api/Team/5?includeLoggedOutAgents=true');
    expect(f.hub.request(REQUESTS, 'SubscribeNodeReq').data).toEqual({ node });
    const member = (id: string, state: string) => ({ uri: `/finesse/api/User/${id}`, loginId: id, state });
    f.last().answer(
      200,
      '<Team><users><User><uri>/finesse/api/User/1001</uri><state>READY</state></User></users></Team>',
    );
    members.getCollection()['1001']?.addHandler('change', (it) => void log.push(`change ${it.getState()}`));
    f.hub.update(node, {
      event: 'PUT',
      source: '/finesse/api/User/1001',
      data: { user: member('1001', 'TALKING') },
    });
    f.hub.update(node, {
      event: 'PUT',
      source: '/finesse/api/Team/5',
      data: { team: { users: { User: [member('1001', 'HOLD'), member('1002', 'READY')] } } },
    });
    f.hub.update(node, {
      event: 'PUT',
      source: '/finesse/api/Team/5',
      data: { team: { users: { User: member('1002', 'READY') } } },
    });
    expect(log).toEqual(['load 1', 'change TALKING', 'change HOLD', 'add 1002', 'delete 1001']);
  });

  test('without members has an empty collection', () => {
    const loaded = vi.fn();
    team().getUsers({ onLoad: loaded });
    f.last().answer(200, '<Team><users/></Team>');
    expect(loaded).toHaveBeenCalledOnce();
  });

  test('has messages', () => {
    const log: string[] = [];
    const { TeamMessages } = f.finesse.restservices;
    const all = new TeamMessages({
      parentObj: team(),
      onCollectionAdd: (it) => void log.push(it.getContent()),
      onCollectionDelete: (it) => void log.push(`${it.getId()} went`),
    });
    const at = '/finesse/api/Team/5/TeamMessages';
    expect(f.last().path).toBe(at);
    f.last().answer(200, '<TeamMessages/>');
    const message = {
      uri: '/finesse/api/TeamMessage/a',
      id: 'a',
      content: 'Hello',
      duration: '60',
      createdAt: '1',
      createdBy: { id: '1' },
      teams: { team: '5' },
    };
    // The server names the message as the source, on the node of the team.
    const source = '/finesse/api/TeamMessage/a';
    f.hub.update(at, { event: 'POST', source, data: { TeamMessage: message } });
    expect(log).toEqual(['Hello']);
    const m = all.getCollection().a;
    expect([m?.getDuration(), m?.getCreatedAt(), m?.getCreatedBy(), m?.getTeams()]).toEqual([
      '60',
      '1',
      { id: '1' },
      ['5'],
    ]);
    all.createTeamMessage({ content: 'x', duration: 60, teams: ['5', '6'] });
    expect([f.last().path, f.last().body]).toEqual([
      '/finesse/api/TeamMessage',
      '<TeamMessage><duration>60</duration><content>x</content><teams><team>5</team><team>6</team></teams></TeamMessage>',
    ]);
    m?.deleteTeamMessage();
    expect([f.last().method, f.last().path]).toEqual(['DELETE', '/finesse/api/TeamMessage/a']);
    f.hub.update(at, { event: 'DELETE', source, data: { TeamMessage: message } });
    expect([log, all.length]).toEqual([['Hello', 'a went'], 0]);
  });
});

describe('phone books, reasons, workflows, layouts, system', () => {
  test('phone books carry contacts, one or many or none', () => {
    const all = user().getPhoneBooks();
    const contact = (id: string) =>
      `<Contact><uri>/finesse/api/PhoneBook/1/Contact/${id}</uri><firstName>A${id}</firstName><lastName/><phoneNumber>5</phoneNumber><description/></Contact>`;
    f.last().answer(
      200,
      `<PhoneBooks>
<PhoneBook><uri>/finesse/api/PhoneBook/1</uri><name>One</name><type>GLOBAL</type><contacts>${contact('1')}</contacts></PhoneBook>
<PhoneBook><uri>/finesse/api/PhoneBook/2</uri><name>Two</name><type>TEAM</type><contacts>${contact('1')}${contact('2')}</contacts></PhoneBook>
<PhoneBook><uri>/finesse/api/PhoneBook/3</uri><name>None</name><type>TEAM</type><contacts/></PhoneBook></PhoneBooks>`,
    );
    const { 1: one, 2: two, 3: none } = all.getCollection();
    expect([one?.getName(), one?.getType()]).toEqual(['One', 'GLOBAL']);
    expect(one?.getEmbeddedContacts()?.Contact).toMatchObject({ firstName: 'A1', lastName: null });
    expect(two?.getEmbeddedContacts()?.Contact).toHaveLength(2);
    expect(none?.getEmbeddedContacts()).toBeNull();
    const loaded = vi.fn();
    const contacts = two?.getContacts({ onLoad: loaded });
    expect(loaded).toHaveBeenCalledWith(contacts);
    expect(
      Object.values(contacts?.getCollection() ?? {}).map((c) => [
        c.getFirstName(),
        c.getLastName(),
        c.getPhoneNumber(),
        c.getDescription(),
      ]),
    ).toEqual([
      ['A1', '', '5', ''],
      ['A2', '', '5', ''],
    ]);
    none?.getContacts();
    expect(f.last().path).toBe('/finesse/api/PhoneBook/3/Contacts');
  });

  test('wrap-up reasons', () => {
    const all = user().getWrapUpReasons();
    f.last().answer(
      200,
      '<WrapUpReasons><WrapUpReason><uri>/finesse/api/WrapUpReason/3</uri><label>Sold</label><forAll>true</forAll></WrapUpReason></WrapUpReasons>',
    );
    const r = all.getCollection()['3'];
    expect([r?.getLabel(), r?.getUri(), r?.getForAll()]).toEqual([
      'Sold',
      '/finesse/api/WrapUpReason/3',
      true,
    ]);
  });

  test('a collection is read as if for the first time when it is asked for', () => {
    const onLoad = vi.fn();
    const all = user().getWrapUpReasons({ onLoad });
    const reasons = (label: string) =>
      `<WrapUpReasons><WrapUpReason><uri>/finesse/api/WrapUpReason/3</uri><label>${label}</label></WrapUpReason></WrapUpReasons>`;
    f.last().answer(200, reasons('Sold'));
    expect(all.get()).toBe(all);
    f.last().answer(200, reasons('Lost'));
    expect([onLoad.mock.calls.length, all.length, all.getCollection()['3']?.getLabel()]).toEqual([
      2,
      1,
      'Lost',
    ]);
  });

  test.each([
    ['ReasonCodes', 'ALL'],
    ['NotReadyReasonCodes', 'NOT_READY'],
    ['SignOutReasonCodes', 'LOGOUT'],
  ] as const)('%s are those of category %s', (name, category) => {
    const all = new f.finesse.restservices[name]({});
    expect(f.last().path).toBe(`/finesse/api/ReasonCodes?category=${category}`);
    f.last().answer(
      200,
      '<ReasonCodes><ReasonCode><uri>/finesse/api/ReasonCode/1</uri><label>L</label><code>9</code><category>LOGOUT</category><forAll>false</forAll><systemCode>false</systemCode></ReasonCode></ReasonCodes>',
    );
    const r = all.getCollection()['1'];
    expect([r?.getLabel(), r?.getCode(), r?.getCategory(), r?.getForAll(), r?.getSystemCode()]).toEqual([
      'L',
      '9',
      'LOGOUT',
      false,
      false,
    ]);
  });

  test('workflows with their actions', () => {
    const all = user().loadWorkflows();
    f.last().answer(
      200,
      `<Workflows><Workflow><uri>/finesse/api/Workflow/1</uri><name>Pop</name><description/><TriggerSet><name>CALL_ARRIVES</name></TriggerSet>
<workflowActions><WorkflowAction><uri>/finesse/api/WorkflowAction/4</uri><name>Go</name><type>BROWSER_POP</type><handledBy>OTHER</handledBy>
<params><Param><name>path</name><value>http://x</value></Param></params><actionVariables/></WorkflowAction></workflowActions></Workflow></Workflows>`,
    );
    const w = all.getCollection()['1'];
    expect([w?.getName(), w?.getDescription(), w?.getTriggerSet(), w?.getConditionSet()]).toEqual([
      'Pop',
      '',
      { name: 'CALL_ARRIVES' },
      undefined,
    ]);
    const a = w?.getWorkflowActions().getCollection()['4'];
    expect([a?.getName(), a?.getType(), a?.getHandledBy(), a?.getParams(), a?.getActionVariables()]).toEqual([
      'Go',
      'BROWSER_POP',
      'OTHER',
      [{ name: 'path', value: 'http://x' }],
      [],
    ]);
  });

  test('layouts of call data have a header and two columns with arrays, however they come', () => {
    const layout = user().getMediaPropertiesLayout();
    f.last().answer(
      200,
      '<MediaPropertiesLayout><header><entry><displayName>Name</displayName><mediaProperty>callVariable1</mediaProperty></entry></header><column><entry><displayName>A</displayName><mediaProperty>DNIS</mediaProperty></entry></column></MediaPropertiesLayout>',
    );
    const { header, columns, type } = layout.getData();
    // The entries themselves, as libraries since 10.x give them, and by the name of their element.
    expect(header).toEqual({ displayName: 'Name', mediaProperty: 'callVariable1' });
    expect(columns).toEqual([[{ displayName: 'A', mediaProperty: 'DNIS' }], []]);
    expect([header.entry, columns[0]?.entry, columns[1]?.entry]).toEqual([header, columns[0], []]);
    expect(type).toBe('DEFAULT');
    const empty = layout.getEmptyData();
    expect(empty.header).toEqual({ displayName: null, mediaProperty: null });
    expect([empty.header.entry, empty.columns]).toEqual([null, [[], []]]);
    expect(layout.get()).toBe(layout);
    const { MediaPropertiesLayout } = f.finesse.restservices;
    expect(new MediaPropertiesLayout({ id: '1002' }).getRestUrl()).toBe(
      '/finesse/api/User/1002/MediaPropertiesLayout',
    );
  });

  test('the system', () => {
    const s = new f.finesse.restservices.SystemInfo();
    expect(f.last().path).toBe('/finesse/api/SystemInfo');
    f.last().answer(
      200,
      `<SystemInfo><currentTimestamp>2026-01-01T00:00:00.000Z</currentTimestamp><deploymentType>UCCX</deploymentType><primaryNode><host>fin.example</host></primaryNode>
<secondaryNode><host>fin2.example</host></secondaryNode><status>IN_SERVICE</status><xmppDomain>d</xmppDomain><xmppPubSubDomain>pubsub.d</xmppPubSubDomain></SystemInfo>`,
    );
    expect([
      s.getStatus(),
      s.getXmppDomain(),
      s.getXmppPubSubDomain(),
      s.getAlternateHost(),
      s.isUCCX(),
      s.getCurrentTimestamp(),
    ]).toEqual([
      f.finesse.restservices.SystemInfo.Statuses.IN_SERVICE,
      'd',
      'pubsub.d',
      'fin2.example',
      true,
      '2026-01-01T00:00:00.000Z',
    ]);
  });

  test('the system with one node, in the older form of the constructor', () => {
    const heard: string[] = [];
    const s = new f.finesse.restservices.SystemInfo('', {
      onLoad: (loaded: { isLoaded(): { _loaded: boolean } }) => heard.push(String(loaded.isLoaded()._loaded)),
    });
    const answer = (secondary: string) =>
      f
        .last()
        .answer(
          200,
          `<SystemInfo><primaryNode><host>fin.example</host></primaryNode>${secondary}<status>IN_SERVICE</status></SystemInfo>`,
        );
    answer('<secondaryNode/>');
    expect(heard).toEqual(['true']);
    expect([s.isSingleNode(), s.getThisHost('fin.example'), s.getThisHost('other.example')]).toEqual([
      true,
      'fin.example',
      undefined,
    ]);
    s.refresh();
    answer('<secondaryNode><host>fin2.example</host></secondaryNode>');
    expect([s.isSingleNode(), s.getThisHost('FIN2.example')]).toEqual([false, 'fin2.example']);
  });

  test('layouts of the desktop are read and written', () => {
    const { LayoutConfig, TeamLayoutConfig, Team } = f.finesse.restservices;
    const l = new LayoutConfig({});
    expect(f.last().path).toBe('/finesse/api/LayoutConfig/default');
    f.last().answer(200, '<LayoutConfig><layoutxml>&lt;finesseLayout/&gt;</layoutxml></LayoutConfig>');
    expect(l.getLayoutxml()).toBe('<finesseLayout/>');
    l.update('<a/>');
    expect(f.last().body).toBe('<LayoutConfig><layoutxml>&lt;a/&gt;</layoutxml></LayoutConfig>');
    const t = new TeamLayoutConfig({ parentObj: new Team({ id: '5' }) });
    expect(f.last().path).toBe('/finesse/api/Team/5/LayoutConfig');
    f.last().answer(200, '<TeamLayoutConfig><layoutxml/><useDefault>true</useDefault></TeamLayoutConfig>');
    expect(t.getUseDefault()).toBe(true);
  });

  test('a JSON answer is an object as well', () => {
    const u = new f.finesse.restservices.User({ id: '1001' });
    f.last().answer(200, '{"User":{"state":"READY"}}');
    expect(u.getState()).toBe('READY');
  });
});
