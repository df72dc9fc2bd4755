import { afterEach, describe, expect, test } from 'vitest';
import { callCentre, error } from '../../../test/centre/call-centre.ts';
import type { TestCentre } from '../../../test/centre/test-centre.ts';
import { TALKING } from '../../../test/domain/call-scenarios.ts';
import { agentIs } from '../../../test/domain/call-script.ts';
import { AGENT_STATES, type AgentState } from '../../domain/agent-state.ts';

let centre: TestCentre;
afterEach(() => centre?.close());

const to = (state: string, requestId = 'r1', user = 's') => centre.put(user, { state }, requestId, 'a');

/** objects.md 2.5, column of the supervisor. */
const ALLOWED: Readonly<Record<string, readonly AgentState[]>> = {
  LOGOUT: [
    'READY',
    'NOT_READY',
    'RESERVED',
    'RESERVED_OUTBOUND',
    'RESERVED_OUTBOUND_PREVIEW',
    'TALKING',
    'HOLD',
    'WORK',
    'WORK_READY',
  ],
  READY: ['NOT_READY', 'READY', 'WORK', 'WORK_READY', 'RESERVED_OUTBOUND', 'TALKING', 'HOLD'],
  NOT_READY: ['READY', 'WORK', 'WORK_READY'],
};

describe.each(Object.keys(ALLOWED))('a supervisor asks for %s of an agent', (verb) => {
  test.each(AGENT_STATES.filter((state) => state !== 'LOGOUT'))('in %s', async (state) => {
    centre = await callCentre([agentIs('a', state, '2001')]);
    const response = await to(verb);
    if (ALLOWED[verb]!.includes(state)) expect(response.statusCode).toBe(202);
    else expect(error(response)).toEqual([400, 'Invalid State', 'state']);
  });
});

test('a supervisor can never ask for WORK or LOGIN', async () => {
  centre = await callCentre(TALKING);
  expect(error(await to('WORK'))).toEqual([400, 'Invalid State', 'state']);
  const login = await centre.put('s', { state: 'LOGIN', extension: '2001' }, 'r1', 'a');
  expect(error(login)).toEqual([400, 'Invalid State', 'state']);
});

test('during a call READY and LOGOUT wait for its end; agent and team see it, the requestId on both nodes', async () => {
  for (const verb of ['READY', 'LOGOUT']) {
    centre = await callCentre(TALKING);
    centre.server.onAgentRequest = (request) => centre.server.confirm(request);
    expect((await to(verb, 'later')).statusCode).toBe(202);
    const answers = centre.answers('later');
    expect(answers.map(({ node }) => node)).toEqual(['/finesse/api/User/a', '/finesse/api/Team/5000/Users']);
    for (const { payload } of answers) {
      expect(payload).toContain('<state>TALKING</state>');
      expect(payload).toContain(`<pendingState>${verb}</pendingState>`);
    }
    centre.play([agentIs('a', 'NOT_READY', '2001')]);
    expect(centre.desk.agents.get('a').pendingState).toBe('');
    await centre.close();
  }
});

test('an agent who is signed out in the middle of a call loses the dialog, too', async () => {
  centre = await callCentre(TALKING);
  centre.server.onAgentRequest = (request) => centre.server.confirm(request);
  await to('LOGOUT', 'out');
  centre.play([agentIs('a', 'LOGOUT', '2001')]);
  expect((await centre.call('a', 'GET', 'User/a/Dialogs')).body).toBe('<Dialogs/>');
  const last = centre.published.filter(({ node }) => node === '/finesse/api/User/a/Dialogs').at(-1)!;
  expect(last.payload).toContain('<event>DELETE</event>');
});

test('on CCX the refusal of a wish during a call comes from the CTI server', async () => {
  centre = await callCentre(TALKING, { profile: { deployment: 'CCX' } });
  centre.server.onAgentRequest = (request) => centre.server.refuse(request, 265);
  expect((await to('READY', 'later')).statusCode).toBe(202);
  const { node, payload } = centre.answers('later')[0]!;
  expect(node).toBe('/finesse/api/User/a');
  expect(payload).toContain('<errorData>265</errorData>');
  expect(centre.answers('later').map((one) => one.node)).toEqual([
    '/finesse/api/User/a',
    '/finesse/api/User/s',
  ]);
});
