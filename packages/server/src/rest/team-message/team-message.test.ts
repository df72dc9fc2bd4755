import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestCentre } from '../../../test/centre/test-centre.ts';

let centre: TestCentre;
beforeEach(async () => {
  centre = await TestCentre.open();
});
afterEach(() => centre.close());

const message = (content = 'Fire drill at 3', teams: readonly number[] = [5000], duration = '300') =>
  `<TeamMessage><duration>${duration}</duration><content>${content}</content><teams>${teams
    .map((team) => `<team>${team}</team>`)
    .join('')}</teams></TeamMessage>`;
const create = (user: string, body: string, path = 'TeamMessage') =>
  centre.call(user, 'POST', path, body, { requestid: 'r-1', host: 'desk.example:8445' });
const events = (team = 5000) =>
  centre.published
    .filter(({ node }) => node === `/finesse/api/Team/${team}/TeamMessages`)
    .map(({ payload }) => payload);

describe('POST TeamMessage', () => {
  it('stores the message, answers with its place, and tells the team', async () => {
    const answer = await create('2050', message());
    expect([answer.statusCode, answer.body]).toEqual([200, '']);
    const uri = '/finesse/api/TeamMessage/00000000-0000-4000-8000-000000000001';
    expect(answer.headers.location).toBe(`http://desk.example:8445${uri}`);
    expect(centre.teamMessages.stored.size).toBe(1);
    const createdAt = Math.floor((centre.clock.now() - 1) / 1000);
    expect(events()).toEqual([
      [
        '<Update>',
        '<data>',
        '<TeamMessage>',
        `<uri>${uri}</uri>`,
        '<id>00000000-0000-4000-8000-000000000001</id>',
        '<createdBy>',
        '<id>2050</id>',
        '<firstName>Minnie</firstName>',
        '<lastName>Mouse</lastName>',
        '</createdBy>',
        `<createdAt>${createdAt}</createdAt>`,
        '<duration>300</duration>',
        '<content>Fire drill at 3</content>',
        '<teams>',
        '<team>5000</team>',
        '</teams>',
        '</TeamMessage>',
        '</data>',
        '<event>POST</event>',
        '<requestId>r-1</requestId>',
        `<source>${uri}</source>`,
        '</Update>',
      ].join('\n'),
    ]);
  });

  it('is told to the audit log, and so is its end; what is refused is not', async () => {
    const body = message();
    await create('2050', body);
    await create('2050', message(' '));
    await create('3001', body);
    const url = '/finesse/api/TeamMessage/00000000-0000-4000-8000-000000000001';
    await centre.call('2050', 'DELETE', url.slice('/finesse/api/'.length));
    expect(
      centre.told.flatMap((one) =>
        one.kind === 'audit' ? [[one.user, one.method, one.url, one.payload]] : [],
      ),
    ).toEqual([
      ['2050', 'POST', '/finesse/api/TeamMessage', body],
      ['2050', 'DELETE', url, ''],
    ]);
  });

  it('is served at the plural too', async () => {
    expect((await create('2050', message(), 'TeamMessages')).statusCode).toBe(200);
  });

  it.each([
    ['a body that is no XML', '<TeamMessage>', 400, 'Bad Request', ''],
    ['another root', '<Team/>', 400, 'Bad Request', 'Team'],
    ['no content', message(' '), 400, 'Parameter Missing', 'content'],
    ['no duration', message('x', [5000], ''), 400, 'Parameter Missing', 'duration'],
    ['no team', message('x', []), 400, 'Parameter Missing', 'teams'],
    ['a long content', message('x'.repeat(256)), 400, 'Invalid Input', 'content'],
    ['a duration of nothing', message('x', [5000], '0'), 400, 'Invalid Input', 'duration'],
    ['a duration of words', message('x', [5000], 'long'), 400, 'Invalid Input', 'duration'],
    ['a duration beyond a day', message('x', [5000], '86401'), 400, 'Invalid Input', 'duration'],
    ['a team that is no number', message().replace('>5000<', '>x<'), 400, 'Invalid Input', 'team'],
    ['an unknown team', message('x', [77]), 404, 'Not Found', '77'],
    ['a team of another supervisor', message('x', [5000, 5001]), 401, 'Invalid Supervisor', '5001'],
  ])('refuses %s', async (_what, body, status, type, data) => {
    const answer = await create('2050', body);
    expect(answer.statusCode).toBe(status);
    expect(answer.body).toContain(`<ErrorType>${type}</ErrorType>\n    <ErrorData>${data}</ErrorData>`);
    expect(centre.teamMessages.stored.size).toBe(0);
  });

  it('is for supervisors and administrators', async () => {
    expect((await create('2001', message())).statusCode).toBe(401);
    expect((await create('admin', message('x', [5000, 5001]))).statusCode).toBe(200);
  });

  it('counts characters, not code units', async () => {
    expect((await create('2050', message('\u{1F525}'.repeat(255)))).statusCode).toBe(200);
  });

  it('takes 400 changes an hour and no more', async () => {
    for (let i = 0; i < 400; i++) expect((await create('2050', message())).statusCode).toBe(200);
    const refused = await create('2050', message());
    expect(refused.statusCode).toBe(400);
    expect(refused.body).toContain('<ErrorType>System Resource Limit Exceeded</ErrorType>');
    expect(refused.body).toContain('<ErrorData>teammessage.max.limit.exceeded</ErrorData>');
    centre.clock.advance(3_600_000);
    expect((await create('2050', message())).statusCode).toBe(200);
  });
});

describe('reading team messages', () => {
  it('gives one, the own ones, and the active ones of a team, newest first', async () => {
    await create('2050', message('first'));
    centre.clock.advance(5_000);
    await create('2050', message('second'));
    const contents = async (user: string, path: string) =>
      [...(await centre.call(user, 'GET', path)).body.matchAll(/<content>(.*)</g)].map((match) => match[1]);
    expect(await contents('2050', 'TeamMessages')).toEqual(['second', 'first']);
    expect(await contents('2051', 'TeamMessages')).toEqual([]);
    expect(await contents('2001', 'Team/5000/TeamMessages')).toEqual(['second', 'first']);
    expect(await contents('2050', 'TeamMessage/00000000-0000-4000-8000-000000000001')).toEqual(['first']);
    expect((await centre.call('2050', 'GET', 'TeamMessages')).body).toMatch(
      /^<\?xml .*\?>\n<TeamMessages>\n/,
    );
  });

  it('does not show those of other teams', async () => {
    await create('2050', message());
    expect((await centre.call('3001', 'GET', 'Team/5000/TeamMessages')).statusCode).toBe(401);
    const id = 'TeamMessage/00000000-0000-4000-8000-000000000001';
    expect((await centre.call('2051', 'GET', id)).statusCode).toBe(404);
    expect((await centre.call('2051', 'DELETE', id)).statusCode).toBe(404);
    expect((await centre.call('2050', 'GET', 'TeamMessage/x')).statusCode).toBe(404);
  });
});

describe('the end of a message', () => {
  it('by its creator is told with the requestId', async () => {
    await create('2050', message());
    const answer = await centre.call(
      '2050',
      'DELETE',
      'TeamMessage/00000000-0000-4000-8000-000000000001',
      undefined,
      {
        requestid: 'r-2',
      },
    );
    expect([answer.statusCode, answer.body]).toEqual([200, '']);
    expect(events()[1]).toContain('<event>DELETE</event>\n<requestId>r-2</requestId>');
    expect(centre.teamMessages.stored.size).toBe(0);
  });

  it('comes by itself when its time is up', async () => {
    await create('2050', message('x', [5000], '300'));
    centre.clock.advance(298_000);
    expect(events()).toHaveLength(1);
    centre.clock.advance(2_000);
    expect(events()[1]).toContain('<event>DELETE</event>\n<requestId></requestId>');
    await Promise.resolve();
    expect(centre.teamMessages.stored.size).toBe(0);
    expect((await centre.call('2001', 'GET', 'Team/5000/TeamMessages')).body).toContain('<TeamMessages/>');
  });

  it('does not come early by a restart', async () => {
    await create('2050', message('x', [5000], '300'));
    const { stored } = centre.teamMessages;
    await centre.close();
    const next = new TestCentre();
    for (const kept of stored.values()) next.teamMessages.stored.set(kept.id, kept);
    next.clock.advance(100_000);
    await next.desk.teamMessages.load();
    expect(next.desk.teamMessages.book.size).toBe(1);
    next.clock.advance(250_000);
    expect(next.desk.teamMessages.book.size).toBe(0);
    centre = next;
  });
});
