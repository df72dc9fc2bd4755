import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestCentre } from '../../../test/centre/test-centre.ts';
import { forceSignOut } from '../../commands/force-sign-out.ts';

let centre: TestCentre;
beforeEach(async () => {
  centre = await TestCentre.open({});
});
afterEach(() => centre.close());

const errorsOf = (body: string) => [/<ErrorType>(.*?)</.exec(body)?.[1], /<ErrorData>(.*?)</.exec(body)?.[1]];

describe('where no tasks are routed', () => {
  it('a user has no media and no tasks', async () => {
    const media = await centre.call('3001', 'GET', 'User/3001/Media');
    expect([media.statusCode, media.body]).toEqual([200, '<MediaList/>']);
    const tasks = await centre.call('3001', 'GET', 'User/3001/Dialogs/Media');
    expect([tasks.statusCode, tasks.body]).toEqual([200, '<Dialogs/>']);
  });

  it('no id is known, to read and to sign in to', async () => {
    for (const [method, body] of [['GET'], ['PUT', '<Media><state>LOGIN</state></Media>']] as const) {
      const answer = await centre.call('3001', method, 'User/3001/Media/5002', body);
      expect(answer.statusCode).toBe(404);
      expect(errorsOf(answer.body)).toEqual(['Not Found', '5002']);
    }
    const long = await centre.call('3001', 'GET', `User/3001/Media/${'9'.repeat(500)}`);
    expect(errorsOf(long.body)[1]).toHaveLength(64);
  });

  it.each(['', 'x', '<Media>', '<User/>'])('the body %j is told as such', async (body) => {
    const answer = await centre.call('3001', 'PUT', 'User/3001/Media/5002', body);
    expect(answer.statusCode).toBe(400);
    expect(errorsOf(answer.body)[0]).toBe('Bad Request');
  });

  it('they are nobody else’s business', async () => {
    for (const path of ['Media', 'Media/1', 'Dialogs/Media'])
      expect((await centre.call('3001', 'GET', `User/2002/${path}`)).statusCode, path).toBe(401);
    expect((await centre.call('3001', 'GET', 'User/nobody/Media')).statusCode).toBe(404);
    expect((await centre.call('3001', 'POST', 'User/3001/Media', '<Media/>')).statusCode).toBe(405);
  });
});

it('exist with CCE only', async () => {
  const other = await TestCentre.open({ profile: { deployment: 'CCX' } });
  expect((await other.call('3001', 'GET', 'User/3001/Media')).statusCode).toBe(501);
  await other.close();
});

describe('where there are media', () => {
  const SIGN_IN =
    '<Media><state>LOGIN</state><maxDialogLimit>3</maxDialogLimit><interruptAction>ACCEPT</interruptAction></Media>';
  let chat: TestCentre;
  beforeEach(async () => {
    chat = await TestCentre.open({
      mediaChannels: [
        { id: '5001', name: 'Chat & more' },
        { id: '5002', name: 'Email' },
      ],
    });
  });
  afterEach(() => chat.close());
  const put = (body: string, requestId = 'm1', id = '5001') =>
    chat.call('3001', 'PUT', `User/3001/Media/${id}`, body, { requestid: requestId });

  it('an agent signs in, changes state and signs out; each is an event on both nodes', async () => {
    const list = (await chat.call('3001', 'GET', 'User/3001/Media')).body;
    expect(list.match(/<Media>/g)).toHaveLength(2);
    expect(list).toContain('<name>Chat &amp; more</name>');
    expect(list).toContain('<state>LOGOUT</state>');
    const answer = await put(SIGN_IN);
    expect([answer.statusCode, answer.body]).toEqual([202, '']);
    const [own, all] = chat.answers('m1');
    expect([own?.node, all?.node]).toEqual([
      '/finesse/api/User/3001/Media/5001',
      '/finesse/api/User/3001/Media',
    ]);
    expect(own?.payload).toBe(all?.payload);
    expect(own?.payload).toContain('<media>\n<uri>/finesse/api/User/3001/Media/5001</uri>');
    expect(own?.payload).toContain('<state>NOT_READY</state>');
    expect(own?.payload).toContain('<event>PUT</event>');
    expect(own?.payload).toContain('<source>/finesse/api/User/3001/Media/5001</source>');
    await put('<Media><state>READY</state></Media>');
    await put('<Media><routable>false</routable></Media>');
    const one = (await chat.call('3001', 'GET', 'User/3001/Media/5001')).body;
    for (const part of [
      '<state>READY</state>',
      '<routable>false</routable>',
      '<maxDialogLimit>3</maxDialogLimit>',
      '<interruptAction>ACCEPT</interruptAction>',
      '<dialogLogoutAction>CLOSE</dialogLogoutAction>',
      '<reasonCodeId>-1</reasonCodeId>',
    ])
      expect(one).toContain(part);
    await put('<Media><state>LOGOUT</state></Media>', 'm9');
    expect(chat.answers('m9')[0]?.payload).toContain('<state>LOGOUT</state>');
  });

  it('who is signed out because his last session is gone gets no more tasks before the CTI server has decided', async () => {
    await put(SIGN_IN);
    await put('<Media><state>READY</state></Media>');
    await put(SIGN_IN, 'other', '5002');
    const { desk, directory, clock } = chat;
    const own = { stillWanted: () => true, sent: () => {}, ended: () => {} };
    const cause = { user: '3001' };
    const before = chat.published.length;
    const letGo = forceSignOut(desk.context, directory.current.user('3001')!, cause, own);
    expect(chat.published).toHaveLength(before);
    letGo?.();
    clock.advance(1);
    const statesOf = (id: string) =>
      chat.published
        .slice(before)
        .filter(({ node }) => node === `/finesse/api/User/3001/Media/${id}`)
        .map(({ payload }) => /<state>(.*?)</.exec(payload)?.[1]);
    expect(statesOf('5001')).toEqual(['NOT_READY', 'LOGOUT']);
    expect(statesOf('5002')).toEqual(['LOGOUT']);
  });

  it('a second sign-in, and a state before the first, are refused by an event that names the medium', async () => {
    expect((await put('<Media><state>READY</state></Media>', 'early')).statusCode).toBe(202);
    expect(chat.answers('early')[0]?.payload).toContain(
      '<errorData>6</errorData>\n<errorMedia>5001</errorMedia>\n<errorMessage>E_ARM_STAT_AGENT_NOT_LOGGED_IN</errorMessage>',
    );
    await put(SIGN_IN);
    await put(SIGN_IN, 'twice');
    expect(chat.answers('twice')[0]?.payload).toContain('E_ARM_STAT_AGENT_ALREADY_LOGGED_IN');
    expect(chat.answers('twice')[0]?.payload).toContain('<event>put</event>');
  });

  it.each([
    ['<Media/>', 'Parameter Missing', 'state'],
    ['<Media><state>DANCING</state></Media>', 'Invalid Input', 'state'],
    ['<Media><state>LOGIN</state></Media>', 'Parameter Missing', 'maxDialogLimit'],
    [SIGN_IN.replace('>3<', '>11<'), 'Invalid Input', 'maxDialogLimit'],
    [SIGN_IN.replace('ACCEPT', 'PERHAPS'), 'Invalid Input', 'interruptAction'],
    ['<Media><routable>maybe</routable></Media>', 'Invalid Input', 'routable'],
    [
      '<Media><state>NOT_READY</state><reasonCodeId>99999</reasonCodeId></Media>',
      'Invalid Input',
      'reasonCodeId',
    ],
    ['<Media><state>READY</state><reasonCodeId>1</reasonCodeId></Media>', 'Invalid Input', 'reasonCodeId'],
  ])('%s is refused at once', async (body, type, data) => {
    const answer = await put(body);
    expect(answer.statusCode).toBe(400);
    expect(errorsOf(answer.body)).toEqual([type, data]);
    expect(chat.published).toEqual([]);
  });

  it('an unknown medium is not found, and signing out of the desk signs out of all', async () => {
    expect((await put(SIGN_IN, 'm1', '7')).statusCode).toBe(404);
    await put(SIGN_IN);
    chat.play([{ agent: '3001', state: 'NOT_READY', extension: '3001' }]);
    chat.published.length = 0;
    chat.play([{ agent: '3001', state: 'LOGOUT', extension: '' }]);
    const told = chat.published.filter(({ node }) => node === '/finesse/api/User/3001/Media/5001');
    expect(told).toHaveLength(1);
    expect(told[0]?.payload).toContain('<state>LOGOUT</state>');
  });

  describe('tasks', () => {
    const TASKS = '/finesse/api/User/3001/Dialogs/Media';
    const agent = () => chat.directory.current.user('3001')!;
    const act = (id: string, action: string, requestId = 'a1', user = '3001') =>
      chat.call(
        user,
        'PUT',
        `Dialog/${id}`,
        `<Dialog><requestedAction>${action}</requestedAction><targetMediaAddress>3001</targetMediaAddress></Dialog>`,
        {
          requestid: requestId,
        },
      );
    const offered = async () => {
      await put(SIGN_IN);
      await put('<Media><state>READY</state></Media>');
      chat.published.length = 0;
      return chat.desk.media.offer(agent(), '5001', [{ name: 'callVariable1', value: 'a<b' }])!;
    };

    it('are offered to who is ready, and told as dialogs of their own list', async () => {
      expect(chat.desk.media.offer(agent(), '5001', [])).toBeNull();
      const { id } = await offered();
      const [task, media] = chat.published;
      expect(task?.node).toBe(TASKS);
      for (const part of [
        '<dialogs>\n<Dialog>',
        '<mediaId>5001</mediaId>',
        '<value>a&lt;b</value>',
        '<action>ACCEPT</action>',
        '<mediaAddress>3001</mediaAddress>',
        '<state>OFFERED</state>',
        '<event>POST</event>',
        `<source>${TASKS}</source>`,
      ])
        expect(task?.payload).toContain(part);
      expect(media?.payload).toContain('<state>RESERVED</state>');
      expect((await chat.call('3001', 'GET', 'User/3001/Dialogs/Media')).body).toContain(`<id>${id}</id>`);
      expect((await chat.call('3001', 'GET', `Dialog/${id}`)).body).toContain(
        '<mediaType>Chat &amp; more</mediaType>',
      );
      // Calls are another list.
      expect((await chat.call('3001', 'GET', 'User/3001/Dialogs')).body).toBe('<Dialogs/>');
    });

    it('are worked on, and the medium follows', async () => {
      const { id } = await offered();
      const states = [];
      for (const action of ['ACCEPT', 'START', 'WRAP_UP', 'CLOSE']) {
        chat.published.length = 0;
        expect((await act(id, action)).statusCode).toBe(202);
        states.push(
          chat.published.map(({ node, payload }) => [
            node.replace('/finesse/api/User/3001/', ''),
            /<event>(\w+)</.exec(payload)?.[1],
            payload
              .match(/<state>(\w+)</g)
              ?.at(-1)
              ?.slice(7, -1),
          ]),
        );
      }
      const media = (state: string) => [
        ['Media/5001', 'PUT', state],
        ['Media', 'PUT', state],
      ];
      expect(states).toEqual([
        [['Dialogs/Media', 'PUT', 'ACCEPTED'], ...media('ACTIVE')],
        [['Dialogs/Media', 'PUT', 'ACTIVE']],
        [['Dialogs/Media', 'PUT', 'WRAPPING_UP'], ...media('WORK')],
        [['Dialogs/Media', 'DELETE', 'CLOSED'], ...media('READY')],
      ]);
      expect((await act(id, 'CLOSE')).statusCode).toBe(404);
    });

    it('refuse what their state does not allow, what is no action, and who is not their agent', async () => {
      const { id } = await offered();
      expect((await act(id, 'WRAP_UP', 'early')).statusCode).toBe(202);
      expect(chat.answers('early')[0]).toMatchObject({ node: TASKS });
      expect(chat.answers('early')[0]?.payload).toContain(
        '<errorMessage>INVALID_ACTION WRAP_UP</errorMessage>',
      );
      expect(errorsOf((await act(id, 'HOLD')).body)).toEqual(['Invalid Input', 'requestedAction']);
      expect((await act(id, 'ACCEPT', 'other', '2001')).statusCode).toBe(401);
      expect((await chat.call('2001', 'GET', `Dialog/${id}`)).statusCode).toBe(401);
    });

    it('go with the sign-out, and are no more than the agent wants', async () => {
      const first = await offered();
      for (let n = 0; n < 2; n++) expect(chat.desk.media.offer(agent(), '5001', [])).not.toBeNull();
      expect(chat.desk.media.offer(agent(), '5001', [])).toBeNull();
      chat.published.length = 0;
      await put('<Media><state>LOGOUT</state></Media>');
      expect(chat.published.filter(({ payload }) => payload.includes('<event>DELETE<'))).toHaveLength(3);
      expect(chat.desk.media.task(first.id)).toBeUndefined();
    });
  });
});
