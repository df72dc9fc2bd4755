import { afterEach, describe, expect, it } from 'vitest';
import { TestCentre } from '../../../test/centre/test-centre.ts';
import { agent, TEST_DATA } from '../../../test/centre/test-directory.ts';

const SKILL_GROUPS = [
  { number: 85881, id: 5000, name: 'Sales & more' },
  { number: 85882, id: 5001, name: 'Support' },
  { number: 85883, id: 5002, name: 'Nobody' },
];
const DATA = { ...TEST_DATA, skillGroups: SKILL_GROUPS };
let centre: TestCentre;
afterEach(() => centre.close());

const FIGURES = { AgentsReady: 2, AgentsLoggedOn: 3, RouterCallsQNow: 1, LongestRouterCallQNow: 8 };

async function open(deployment: 'CCE' | 'CCX' = 'CCE'): Promise<TestCentre> {
  centre = new TestCentre({ data: DATA, profile: { deployment } });
  centre.server.figures.set(85881, FIGURES);
  await centre.app.ready();
  await centre.link.start();
  centre.clock.advance(50);
  return centre;
}

describe('GET Queue', () => {
  it('prints the figures that the CTI server told', async () => {
    await open();
    const answer = await centre.call('3001', 'GET', 'Queue/85881');
    expect(answer.statusCode).toBe(200);
    const start = new Date(Math.floor((centre.clock.now() - 8_051) / 1000) * 1000)
      .toISOString()
      .replace('.000Z', 'Z');
    expect(answer.body).toBe(
      [
        '<Queue>',
        '  <name>Sales &amp; more</name>',
        '  <statistics>',
        '    <agentsBusyOther>0</agentsBusyOther>',
        '    <agentsLoggedOn>3</agentsLoggedOn>',
        '    <agentsNotReady>0</agentsNotReady>',
        '    <agentsReady>2</agentsReady>',
        '    <agentsTalkingInbound>0</agentsTalkingInbound>',
        '    <agentsTalkingInternal>0</agentsTalkingInternal>',
        '    <agentsTalkingOutbound>0</agentsTalkingOutbound>',
        '    <agentsWrapUpNotReady>0</agentsWrapUpNotReady>',
        '    <agentsWrapUpReady>0</agentsWrapUpReady>',
        '    <callsInQueue>1</callsInQueue>',
        `    <startTimeOfLongestCallInQueue>${start}</startTimeOfLongestCallInQueue>`,
        '  </statistics>',
        '  <uri>/finesse/api/Queue/85881</uri>',
        '</Queue>',
      ].join('\n'),
    );
  });

  it('prints -1 and an empty time for a queue that nobody works for', async () => {
    await open();
    const { body } = await centre.call('3001', 'GET', 'Queue/85883');
    expect(body).toContain('<agentsReady>-1</agentsReady>');
    expect(body).toContain('<startTimeOfLongestCallInQueue></startTimeOfLongestCallInQueue>');
  });

  it('does not know others', async () => {
    await open();
    for (const id of ['1', '0x1', '99999999999']) {
      const answer = await centre.call('3001', 'GET', `Queue/${id}`);
      expect(answer.statusCode).toBe(404);
      expect(answer.body).toContain(`<ErrorData>${id}</ErrorData>`);
    }
  });

  it('exists with CCE only', async () => {
    await open('CCX');
    expect((await centre.call('3001', 'GET', 'Queue/85881')).statusCode).toBe(501);
    expect((await centre.call('3001', 'GET', 'User/3001/Queues')).statusCode).toBe(501);
  });
});

describe('GET User/{id}/Queues', () => {
  it('lists the own queues, of a supervisor also those of all members; any user may ask', async () => {
    const users = [
      agent('2001', 'a', 'A', 'A', 5000, { skillGroupNumbers: [85882, 85881, 4711] }),
      agent('2050', 'b', 'B', 'B', 5001, {
        roles: ['Agent', 'Supervisor'],
        supervisedTeamIds: [5000],
        skillGroupNumbers: [85883],
      }),
    ];
    centre = await TestCentre.open({ data: { ...DATA, users } });
    const queues = async (user: string) =>
      [
        ...(await centre.call('2001', 'GET', `User/${user}/Queues`)).body.matchAll(/<uri>.*Queue\/(\d+)</g),
      ].map((match) => match[1]);
    expect(await queues('2001')).toEqual(['85881', '85882']);
    expect(await queues('2050')).toEqual(['85881', '85882', '85883']);
    expect((await centre.call('2001', 'GET', 'User/nobody/Queues')).statusCode).toBe(404);
  });
});

describe('events of queues', () => {
  const queueNodes = () => centre.published.filter(({ node }) => node.includes('Queue'));

  it('are published on the queue and its aliases, at most every ten seconds and only when changed', async () => {
    await open();
    // Nobody waits, so nothing moves by itself.
    const still = { ...FIGURES, RouterCallsQNow: 0 };
    centre.server.figures.set(85881, still);
    centre.clock.advance(10_000);
    centre.published.length = 0;
    centre.clock.advance(30_000);
    expect(queueNodes()).toEqual([]);
    centre.server.figures.set(85881, { ...still, AgentsReady: 5 });
    centre.clock.advance(10_000);
    const [first, ...aliases] = queueNodes();
    expect(first!.node).toBe('/finesse/api/Queue/85881');
    expect(first!.payload).toMatch(/^<Update>\n<data>\n<Queue>\n<name>/);
    expect(first!.payload).toContain('<agentsReady>5</agentsReady>');
    expect(first!.payload).toMatch(
      /<event>PUT<\/event>\n<requestId><\/requestId>\n<source>\/finesse\/api\/Queue\/85881<\/source>\n?<\/Update>$/,
    );
    expect(aliases.map(({ node }) => node)).toContain('/finesse/api/User/3001/Queue/85881');
    expect(new Set(aliases.map(({ payload }) => payload))).toEqual(new Set([first!.payload]));
  });

  it('tell a user which queues came and went', async () => {
    await open();
    centre.published.length = 0;
    const users = DATA.users.map((user) =>
      user.loginId === '3001' ? { ...user, skillGroupNumbers: [85882] } : user,
    );
    centre.directory.replace({ ...DATA, users });
    const own = centre.published.filter(({ node }) => node === '/finesse/api/User/3001/Queues');
    expect(own.map(({ payload }) => /<event>(\w+)</.exec(payload)![1])).toEqual(['DELETE', 'POST']);
    expect(own[0]!.payload).toContain('<data>\n<Queues>\n<Queue>\n<name>Sales &amp; more</name>');
    expect(own[1]!.payload).toContain('<uri>/finesse/api/Queue/85882</uri>');
  });

  it('a queue that is gone is told with its uri only', async () => {
    await open();
    centre.published.length = 0;
    centre.directory.replace({ ...DATA, skillGroups: SKILL_GROUPS.slice(1) });
    const gone = centre.published.find(({ node }) => node === '/finesse/api/Queue/85881');
    expect(gone!.payload).toContain(
      '<data>\n<Queue>\n<uri>/finesse/api/Queue/85881</uri>\n</Queue>\n</data>\n<event>DELETE</event>',
    );
  });
});
