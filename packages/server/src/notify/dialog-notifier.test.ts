import { afterEach, expect, test } from 'vitest';
import { callCentre, dialogUpdates, inShort } from '../../test/centre/call-centre.ts';
import type { TestCentre } from '../../test/centre/test-centre.ts';
import {
  CONSULT_RINGING,
  CONSULTING,
  INTO_WRAP_UP,
  OUTGOING,
  RINGING,
  TALKING,
  TRANSFERRED,
  WITHOUT_WRAP_UP,
  WRAP_UP_DONE,
} from '../../test/domain/call-scenarios.ts';
import { agentIs, begun, established, initiated, party, step } from '../../test/domain/call-script.ts';

let centre: TestCentre;
afterEach(() => centre?.close());

/** Kind of node by its name, with the event. */
const nodes = () =>
  centre.published.map(({ node, payload }) => {
    const event = /<event>(\w+)<\/event>/.exec(payload)![1];
    return `${node.replace('/finesse/api/', '')} ${event}`;
  });

/** The customer's call at a's phone, as SNAPSHOT_CALL_CONF tells it. */
const snapshot = (local: 'CONNECT' | 'HOLD', data = {}) =>
  step(
    {
      type: 'snapshot',
      callId: '100',
      callType: 'PREROUTE_ACD_IN',
      data,
      parties: [
        { ...party('9001'), callId: '100', local: 'CONNECT' },
        { ...party('2001'), callId: '100', local },
      ],
      original: null,
      reportedBy: ['2001'],
    },
    { 2001: local },
  );

test('what one message of the CTI server causes goes out as User, Dialogs, Team', async () => {
  centre = await callCentre(INTO_WRAP_UP.slice(0, -1));
  centre.published.length = 0;
  centre.play(INTO_WRAP_UP.slice(-1));
  expect(nodes()).toEqual(['User/a PUT', 'User/a/Dialogs PUT', 'Team/5000/Users PUT']);
});

test('the life of a routed call on the node of its agent: POST, PUT, the last PUT with DROPPED, DELETE', async () => {
  centre = await callCentre(WITHOUT_WRAP_UP);
  expect(dialogUpdates(centre, 'a').map(inShort)).toEqual([
    'POST 100 ALERTING',
    'PUT 100 ACTIVE',
    'PUT 100 ACTIVE',
    'PUT 100 DROPPED',
    'DELETE 100 DROPPED',
  ]);
  const sources = dialogUpdates(centre, 'a').map((payload) => /<source>(.*)<\/source>/.exec(payload)![1]);
  expect(new Set(sources)).toEqual(new Set(['/finesse/api/User/a/Dialogs', '/finesse/api/Dialog/100']));
});

test('wrap-up: the dialog stays until its end, and what is set in between is told', async () => {
  centre = await callCentre(WRAP_UP_DONE);
  const told = dialogUpdates(centre, 'a');
  expect(told.slice(-4).map(inShort)).toEqual([
    'PUT 100 ACTIVE',
    'PUT 100 ACTIVE',
    'PUT 100 DROPPED',
    'DELETE 100 DROPPED',
  ]);
  expect(told.at(-3)).toContain('<wrapUpReason>Sale made</wrapUpReason>');
});

test('when the consulted agent answers, the held call is told again: it may be transferred now', async () => {
  centre = await callCentre(CONSULT_RINGING);
  const before = dialogUpdates(centre, 'a').length;
  expect((await centre.call('a', 'GET', 'Dialog/100')).body).not.toContain('>TRANSFER<');
  centre.play(CONSULTING.slice(CONSULT_RINGING.length));
  const after = dialogUpdates(centre, 'a').slice(before);
  expect(after.map(inShort)).toEqual(['PUT 101 ACTIVE', 'PUT 100 ACTIVE']);
  expect(after[1]).toContain('<action>TRANSFER</action>\n<action>CONFERENCE</action>');
});

test('an Update of one call never leaves the actions of another one stale', async () => {
  for (const script of [TRANSFERRED, CONSULTING]) {
    centre = await callCentre();
    /** The last picture of each dialog on a's node. */
    const shown = new Map<string, string>();
    for (const one of script) {
      centre.published.length = 0;
      centre.play([one]);
      for (const payload of dialogUpdates(centre, 'a')) {
        const [kind, id] = inShort(payload).split(' ') as [string, string];
        if (kind === 'DELETE') shown.delete(id);
        else shown.set(id, actions(payload));
      }
      // Held back, it is told with its own change.
      if (centre.desk.dialogs.isHeldBack('100')) continue;
      const { body } = await centre.call('a', 'GET', 'User/a/Dialogs');
      const now = [...body.matchAll(/<Dialog>[\s\S]*?<\/Dialog>/g)].map(([dialog]) => actions(dialog));
      expect([...shown.values()].sort()).toEqual(now.sort());
    }
    await centre.close();
  }
});

test('another agent at a phone of the call is no news for the others, as long as they may do what they could', async () => {
  centre = await callCentre(CONSULTING);
  centre.play([agentIs('b', 'LOGOUT', '2002'), agentIs('s', 'NOT_READY', '2002')]);
  expect(dialogUpdates(centre, 's').map(inShort)).toEqual(['POST 101 ACTIVE']);
  const told = dialogUpdates(centre, 'a');
  expect(told.filter((payload, index) => payload === told[index - 1])).toEqual([]);
});

const actions = (text: string): string =>
  `${/<id>(\d+)/.exec(text)![1]}: ${[...text.matchAll(/<action>(\w+)|<mediaAddress>(\d+)/g)].map(([, action, address]) => action ?? address).join(' ')}`;

test('after the link came back users and their calls are told again; what ended meanwhile is deleted', async () => {
  centre = await callCentre([...TALKING, ...OUTGOING]);
  const { desk, clock } = centre;
  desk.ctiListener.outOfService();
  centre.published.length = 0;
  centre.play([snapshot('HOLD', { dialedNumber: '6003', ani: '9001', dnis: '6003' })]);
  expect(centre.published).toEqual([]);
  clock.advance(1_000);
  desk.ctiListener.inService(false);
  clock.advance(10);
  expect(dialogUpdates(centre, 'a').map(inShort)).toEqual(['PUT 100 ACTIVE']);
  expect(dialogUpdates(centre, 'a')[0]).toContain('<state>HELD</state>');
  expect(dialogUpdates(centre, 'b').map(inShort).at(-1)).toBe('DELETE 200 DROPPED');
  const order = nodes().filter((node) => node.startsWith('User/a'));
  expect(order).toEqual(['User/a PUT', 'User/a/Dialogs PUT']);
});

test('calls that did not change are told again, too', async () => {
  centre = await callCentre(TALKING);
  const { desk, clock } = centre;
  desk.ctiListener.outOfService();
  centre.published.length = 0;
  centre.play([snapshot('CONNECT')]);
  desk.ctiListener.inService(false);
  clock.advance(10);
  expect(dialogUpdates(centre, 'a').map(inShort)).toEqual(['PUT 100 ACTIVE']);
});

test('after the link came back a call of which only the actions changed is told once', async () => {
  centre = await callCentre(CONSULT_RINGING);
  const { desk, clock } = centre;
  desk.ctiListener.outOfService();
  centre.published.length = 0;
  centre.play([snapshot('HOLD'), ...CONSULTING.slice(CONSULT_RINGING.length)]);
  desk.ctiListener.inService(false);
  clock.advance(10);
  expect(dialogUpdates(centre, 'a').map(inShort)).toEqual(['PUT 101 ACTIVE', 'PUT 100 ACTIVE']);
  expect(dialogUpdates(centre, 'a')[1]).toContain('<action>TRANSFER</action>');
});

test('CCX tells the team who is busy in a call of its own, and when that ends', async () => {
  centre = await callCentre([agentIs('b', 'NOT_READY', '2002')], { profile: { deployment: 'CCX' } });
  const busy = () =>
    centre.published
      .filter(({ node }) => node === '/finesse/api/Team/5000/Users')
      .map(({ payload }) => /<mediaState>(\w+)<\/mediaState>/.exec(payload)![1]);
  centre.published.length = 0;
  centre.play([begun('200', '2002', 'OUT', '99555'), initiated('200', '2002')]);
  centre.play([established('200', '2002', '99555', { 2002: 'CONNECT' })]);
  expect(busy()).toEqual(['BUSY']);
  expect((await centre.call('s', 'GET', 'Team/5000')).body).toMatch(
    /<loginId>b<\/loginId>\n\s*<mediaState>BUSY/,
  );
  centre.play([
    step({ type: 'cleared', callId: '200', cause: '' }, { 2002: 'NULL' }),
    step({ type: 'ended', callId: '200' }, { 2002: null }),
  ]);
  centre.clock.advance(5_000);
  expect(busy()).toEqual(['BUSY', 'IDLE']);
});

test('a call that rings makes nobody busy, and CCE has no such word', async () => {
  centre = await callCentre(RINGING);
  expect((await centre.call('s', 'GET', 'Team/5000')).body).not.toContain('mediaState');
});

test('a node that cannot be published on keeps nothing else from being told', async () => {
  centre = await callCentre();
  const { published } = centre;
  const push = published.push.bind(published);
  published.push = (...items) => {
    if (items[0]!.node === '/finesse/api/User/a/Dialogs') throw new Error('full');
    return push(...items);
  };
  centre.play(RINGING);
  expect(centre.told.some((happening) => happening.kind === 'operator' && happening.level === 'error')).toBe(
    true,
  );
  expect(nodes()).toContain('User/a PUT');
  expect(centre.desk.dialogs.get('100')?.state).toBe('ALERTING');
});
