import { parse } from '@poise/xml';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TestCentre } from '../../../test/centre/test-centre.ts';

let centre: TestCentre;
beforeEach(async () => {
  centre = await TestCentre.open();
});
afterEach(() => centre.close());

const get = (user: string, path: string, headers = {}) =>
  centre.call(user, 'GET', `TeamResource/${path}`, undefined, headers);

it.each([
  'ReasonCodes?category=NOT_READY',
  'ReasonCodes?category=ALL',
  'PhoneBooks',
  'MediaPropertiesLayouts',
])('%s of a team are those of its members', async (path) => {
  const ofTeam = await get('2001', `5000/${path}`);
  const ofUser = await centre.call('2001', 'GET', `User/2001/${path}`);
  expect([ofTeam.statusCode, ofTeam.body]).toEqual([200, ofUser.body]);
  expect(ofTeam.body).not.toContain('2001/');
});

it('wrap-up reasons are the same for all members, whoever asks', async () => {
  const [one, other] = [await get('2001', '5000/WrapUpReasons'), await get('2050', '5000/WrapUpReasons')];
  expect(one.body).toBe(other.body);
  const [reason] = parse(one.body, { declaration: 'allow' }).elements('WrapUpReason');
  expect([reason?.child('uri')?.text, reason?.child('label')?.text]).toEqual([
    '/finesse/api/WrapUpReason/31',
    'Sale made',
  ]);
});

it('reason codes need a category, phone books take a range', async () => {
  expect((await get('2001', '5000/ReasonCodes')).statusCode).toBe(400);
  const books = await get('2001', '5000/PhoneBooks', { range: 'objects=1-2' });
  expect([books.statusCode, books.headers['content-range']]).toEqual([206, 'objects 1-2/8']);
});

it.each([
  ['an agent of another team', '3001', '5000', 401, 'Invalid Authorization'],
  ['a supervisor of other teams', '2051', '5000', 401, 'Invalid Authorization'],
  ['an administrator', 'admin', '5000', 401, 'Authorization Failure'],
  ['a supervisor who asks for no team', '2050', '99', 404, 'Not Found'],
])('refuses %s', async (_who, user, team, status, type) => {
  const answer = await get(user, `${team}/WrapUpReasons`);
  expect([answer.statusCode, parse(answer.body).child('ApiError')?.child('ErrorType')?.text]).toEqual([
    status,
    type,
  ]);
});

it('a supervisor has those of a team that he supervises without being in it', async () => {
  expect((await get('2051', '5002/PhoneBooks')).statusCode).toBe(200);
});
