/** A node whose picture comes from queries of the CTI server, which have no reasons, has them from one that has heard of the changes. */
import { AgentState, TeamConfigOperation } from '@poise/ged188';
import { afterEach, expect, test } from 'vitest';
import { NodePair } from '../../test/centre/node-pair.ts';
import type { TestCentre, TestCentreOptions } from '../../test/centre/test-centre.ts';

let pair: NodePair;
afterEach(() => pair?.close());

const { NOT_READY } = AgentState;
/** Code of a reason that the directory of the tests has, see {@link told}. */
const LUNCH = 20;
const told = (centre: TestCentre): string[] =>
  centre.published.flatMap(({ node, payload }) =>
    node === '/finesse/api/User/2001'
      ? [`${/<state>(\w+)/.exec(payload)?.[1]} ${/<code>(\d+)/.exec(payload)?.[1] ?? '-'}`]
      : [],
  );
const reasonAt = (centre: TestCentre): number => centre.desk.agents.get('2001').reasonCode;

/** A has heard that the agent is not ready; B has its picture from now on. */
async function bBegins(options: TestCentreOptions = {}, reason = LUNCH): Promise<void> {
  pair = await NodePair.open(options);
  pair.eventDelayMs = null;
  pair.a.server.event('2001', NOT_READY, '2001', reason);
  pair.b.server.agents.set('2001', { state: NOT_READY, extension: '2001' });
  pair.clock.advance(300_000);
  pair.quiet();
}

/** Until the link of B is in service again. */
function reopen(): void {
  pair.b.server.drop();
  pair.clock.advance(2_000);
  expect(pair.b.link.state).toBe('IN_SERVICE');
}

test('a node that begins shows the reason that another has heard, and tells of it once', async () => {
  await bBegins();
  reopen();
  expect(reasonAt(pair.b)).toBe(LUNCH);
  expect(told(pair.b).at(-1)).toBe(`NOT_READY ${LUNCH}`);
  expect((await pair.b.call('2001', 'GET', 'User/2001')).body).toContain(`<code>${LUNCH}</code>`);
  const { length } = told(pair.b);
  pair.clock.advance(60_000);
  expect(told(pair.b)).toHaveLength(length);
  expect(told(pair.a)).toEqual([]);
});

test('a reason that cannot be seen, because it has no record, is no reason for an event', async () => {
  await bBegins({}, 50_002);
  pair.fabricA.cut(true);
  reopen();
  // Since when is told by then.
  pair.b.desk.ctiListener.agentSince('2001', {
    type: 'since',
    state: 'NOT_READY',
    since: pair.clock.now() - 300_000,
  });
  pair.quiet().fabricA.cut(false);
  pair.clock.advance(3_000);
  expect(reasonAt(pair.b)).toBe(50_002);
  expect(told(pair.b)).toEqual([]);
});

test('the bus delivers at most once: it asks once more, and when the others can be reached again', async () => {
  await bBegins();
  pair.fabricA.cut(true);
  reopen();
  expect(reasonAt(pair.b)).toBe(0);
  pair.fabricA.cut(false);
  pair.clock.advance(3_000);
  expect(reasonAt(pair.b)).toBe(LUNCH);
  pair.fabricB.cut(true);
  reopen();
  pair.clock.advance(10_000);
  pair.fabricB.cut(false);
  pair.clock.advance(1);
  expect(reasonAt(pair.b)).toBe(LUNCH);
});

test('an event of the CTI server counts more, also one without a reason', async () => {
  await bBegins();
  pair.fabricA.cut(true);
  reopen();
  pair.b.server.event('2001', NOT_READY, '2001', 0);
  pair.fabricA.cut(false);
  pair.clock.advance(10_000);
  expect(reasonAt(pair.b)).toBe(0);
});

test('a reason of another period is none', async () => {
  await bBegins();
  // It says itself since when.
  pair.b.server.replay = [
    [
      'AGENT_TEAM_CONFIG_EVENT',
      {
        PeripheralID: 5001,
        TeamID: 5000,
        NumberOfAgents: 1,
        ConfigOperation: TeamConfigOperation.RESTORE_PERMANENT_CONFIG,
        DepartmentID: 0,
        agents: [{ AtcAgentID: '2001', AgentFlags: 0, AtcAgentState: NOT_READY, AtcStateDuration: 20 }],
      },
    ],
  ];
  reopen();
  pair.clock.advance(10_000);
  expect(reasonAt(pair.b)).toBe(0);
});

test('where a deployment forgets reasons with the link, nobody is asked to remember them', async () => {
  await bBegins({ profile: { deployment: 'CCX' } });
  reopen();
  pair.clock.advance(10_000);
  expect(reasonAt(pair.b)).toBe(0);
});

test('answers to nobody’s question, and such as cannot be read, change nothing', async () => {
  await bBegins();
  pair.fabricA.cut(true);
  const ids: string[] = [];
  pair.stranger.hear('reasons.question', ({ body }) => ids.push((body as { id: string }).id));
  reopen();
  expect(ids).toHaveLength(1);
  const [id] = ids;
  const reason = { agentId: '2001', reasonCode: 7, forMs: 300_000 };
  for (const body of [
    null,
    [],
    { id: 'other', reasons: [reason] },
    { id, reasons: 'all' },
    { id, reasons: [{ ...reason, reasonCode: 65_536 }] },
    { id, reasons: [{ ...reason, forMs: -1 }] },
    { id, reasons: [{ ...reason, agentId: 'nobody' }] },
    { id, reasons: Array.from({ length: 501 }, () => reason) },
  ])
    pair.stranger.tell('reasons.answer', 'reasons.answer', body);
  for (const body of [
    null,
    { id: 1, agents: [] },
    { id: 'x', agents: [1] },
    { id: 'x', agents: Array(501).fill('2001') },
  ])
    pair.stranger.tell('reasons.question', 'reasons.question', body);
  pair.clock.advance(1);
  expect(reasonAt(pair.b)).toBe(0);
  pair.stranger.tell('reasons.answer', 'reasons.answer', { id, reasons: [reason] });
  pair.clock.advance(1);
  expect(reasonAt(pair.b)).toBe(7);
});
