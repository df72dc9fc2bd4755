/** Tokens in the place of passwords (rest-api.md 1.4, 7.3). */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TestCentre } from '../../test/centre/test-centre.ts';

let centre: TestCentre;
beforeEach(async () => {
  centre = await TestCentre.open();
});
afterEach(() => centre.close());

const ask = (
  token: string,
  url = '/finesse/api/User/2001',
  method: 'GET' | 'PUT' = 'GET',
  payload?: string,
) =>
  centre.app.inject({
    method,
    url,
    headers: { authorization: `Bearer ${token}` },
    ...(payload !== undefined && { payload }),
  });

it('a token opens the own user, and no other', async () => {
  expect((await ask('token-2001')).statusCode).toBe(200);
  const other = await ask('token-2002');
  expect([other.statusCode, /<ErrorType>(.*)</.exec(other.body)?.[1]]).toEqual([
    401,
    'Invalid Authorization User Specified',
  ]);
});

it('a token that is refused gets the documented error, and the challenge of its kind', async () => {
  const answer = await ask('token-nobody');
  expect(answer.statusCode).toBe(401);
  expect(answer.body).toContain('<ErrorType>Authorization Failure</ErrorType>');
  expect(answer.body).toContain('<ErrorMessage>UNAUTHORIZED</ErrorMessage>');
  expect(answer.body).not.toContain('token-nobody');
  expect(answer.headers['www-authenticate']).toBe('Bearer realm="Poise", error="invalid_token"');
});

it('a sign-in with a token reaches the CTI server as single sign-on, without a password', async () => {
  const body = '<User><state>LOGIN</state><extension>2001</extension></User>';
  expect((await ask('token-2001', '/finesse/api/User/2001', 'PUT', body)).statusCode).toBe(202);
  centre.clock.advance(1);
  const request = centre.server.received.find(({ name }) => name === 'SET_AGENT_STATE_REQ');
  expect(request?.fields).toMatchObject({ AgentID: '2001', AgentState: 0, SSOEnabled: 1 });
  expect(request?.fields).not.toHaveProperty('AgentPassword');
});
