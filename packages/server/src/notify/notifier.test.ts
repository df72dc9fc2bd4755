import { AgentState } from '@poise/ged188';
import { afterEach, expect, test } from 'vitest';
import { TestCentre } from '../../test/centre/test-centre.ts';
import { agent, TEST_DATA } from '../../test/centre/test-directory.ts';

let centre: TestCentre;
afterEach(() => centre?.close());

const published = () =>
  centre.published.map(({ node, payload }) => [
    node,
    /<event>(\w+)<\/event>/.exec(payload)![1],
    /<source>(.*)<\/source>/.exec(payload)![1],
  ]);

test('a change of state goes to the user first and then, as a summary, to the team', async () => {
  centre = await TestCentre.open();
  await centre.put('2001', { state: 'LOGIN', extension: '2003' }, 'r1');
  expect(published()).toEqual([
    ['/finesse/api/User/2001', 'PUT', '/finesse/api/User/2001'],
    ['/finesse/api/Team/5000/Users', 'PUT', '/finesse/api/User/2001'],
  ]);
  const summary = centre.published[1]!.payload;
  expect(summary).toContain('<user>\n<dialogs>');
  expect(summary).not.toContain('<teamName>');
  expect(summary).toContain('<requestId>r1</requestId>');
});

test('a deleted user is told without data, and the team with the members that are left', async () => {
  centre = await TestCentre.open();
  centre.directory.replace({
    ...TEST_DATA,
    users: TEST_DATA.users.filter(({ loginId }) => loginId !== '2001'),
  });
  expect(centre.published[0]).toEqual({
    node: '/finesse/api/User/2001',
    payload:
      '<Update>\n<event>DELETE</event>\n<requestId></requestId>\n<source>/finesse/api/User/2001</source>\n</Update>',
  });
  expect(published()[1]).toEqual(['/finesse/api/Team/5000/Users', 'PUT', '/finesse/api/Team/5000']);
  expect(centre.published[1]!.payload).toContain('<team>\n<id>5000</id>');
  expect(centre.published[1]!.payload).not.toContain('<loginId>2001</loginId>');
});

test('a new user, a new name and another team are told to those concerned', async () => {
  centre = await TestCentre.open();
  const users = TEST_DATA.users.map((user) =>
    user.loginId === '2002' ? { ...user, lastName: 'Byron', teamId: 5001 } : user,
  );
  centre.directory.replace({ ...TEST_DATA, users: [...users, agent('2009', 'new', 'New', 'Agent', 5002)] });
  expect(published().slice(0, 3)).toEqual([
    ['/finesse/api/User/2009', 'POST', '/finesse/api/User/2009'],
    ['/finesse/api/User/2002', 'PUT', '/finesse/api/User/2002'],
    ['/finesse/api/Team/5001/Users', 'PUT', '/finesse/api/User/2002'],
  ]);
  const teams = published().filter(([, , source]) => source!.startsWith('/finesse/api/Team/'));
  expect(teams.map(([node]) => node).sort()).toEqual(
    [5000, 5001, 5002].map((id) => `/finesse/api/Team/${id}/Users`),
  );
});

test('a change that concerns no user publishes nothing', async () => {
  centre = await TestCentre.open();
  centre.directory.replace({ ...TEST_DATA, phoneBooks: [] });
  expect(centre.published).toEqual([]);
});

test('release 12.6 prints an error with what the peripheral said, in the order of its capture', async () => {
  centre = await TestCentre.open({ profile: { release: '12.6' } });
  centre.server.onAgentRequest = ({ fields }) =>
    centre.server.send('CONTROL_FAILURE_CONF', {
      InvokeID: fields.InvokeID,
      FailureCode: 260,
      PeripheralErrorCode: 10125,
    });
  await centre.put('2001', { state: 'LOGIN', extension: '2003' }, 'r1');
  expect(centre.published[0]!.payload).toBe(`<Update>
<data>
<apiErrors>
<apiError>
<peripheralErrorCode>10125</peripheralErrorCode>
<errorType>Invalid Device</errorType>
<errorMessage>CF_INVALID_LOGON_DEVICE_SPECIFIED</errorMessage>
<errorData>260</errorData>
</apiError>
</apiErrors>
</data>
<requestId>r1</requestId>
<source>/finesse/api/User/2001</source>
<event>put</event>
</Update>`);
});

test('a notification service that fails does not disturb the rest', async () => {
  centre = await TestCentre.open();
  const { published: list } = centre;
  list.push = () => {
    throw new Error('full');
  };
  await centre.put('2001', { state: 'LOGIN', extension: '2003' }, 'r1');
  expect(centre.desk.agents.get('2001').state).toBe('NOT_READY');
  expect(centre.told.some((happening) => happening.kind === 'operator' && happening.level === 'error')).toBe(
    true,
  );
});

test('many agents are published anew in batches, so that nobody waits long', async () => {
  const users = Array.from({ length: 250 }, (_, index) =>
    agent(String(8000 + index), `u${index}`, 'A', 'B', 5000),
  );
  centre = await TestCentre.open({ data: { ...TEST_DATA, users } });
  centre.desk.notifier.republish(users.map(({ loginId }) => loginId));
  expect(centre.published).toHaveLength(200);
  centre.clock.advance(0);
  expect(centre.published.length).toBeGreaterThan(200);
  centre.clock.advance(1);
  expect(centre.published).toHaveLength(500);
});

test('a desktop is asked for its log on its own node, without data of a log, and with the id that it is to bear', async () => {
  centre = await TestCentre.open();
  centre.desk.notifier.askForClientLog('2001', 'r7');
  expect(centre.published).toEqual([
    {
      node: '/finesse/api/User/2001/ClientLog',
      payload:
        '<Update>\n<data>\n<clientLog>\n<uri>/finesse/api/User/2001/ClientLog</uri>\n</clientLog>\n</data>\n<event>PUT</event>\n<requestId>r7</requestId>\n<source>/finesse/api/User/2001/ClientLog</source>\n</Update>',
    },
  ]);
});

test('a reason that cannot be told from the one before is not told: nobody asked, and it would be the same event twice', async () => {
  centre = await TestCentre.open();
  await centre.put('2001', { state: 'LOGIN', extension: '2003' }, 'r1');
  centre.published.length = 0;
  // Neither 0 nor 255 is a configured reason; 10 is.
  for (const reasonCode of [0, 255, 10, 10, 255, 0])
    centre.server.event('2001', AgentState.NOT_READY, '2003', reasonCode, { StateDuration: 30 });
  const own = centre.published.filter(({ node }) => node === '/finesse/api/User/2001');
  expect(own.map(({ payload }) => /<reasonCodeId>(.*)<\/reasonCodeId>/.exec(payload)![1])).toEqual([
    '-1',
    '12',
    '-1',
  ]);
});
