import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestCentre } from '../../../test/centre/test-centre.ts';

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
