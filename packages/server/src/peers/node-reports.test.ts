import { beforeEach, describe, expect, test } from 'vitest';
import { VirtualNodes } from '../cluster/testing/virtual-nodes.ts';
import { MaintenanceMode } from '../desk/maintenance-mode.ts';
import type { Part } from '../parts/part.ts';
import { answerOf, NODE_ANSWER_MS, NodeReports, type OwnNode } from './node-reports.ts';

let nodes: VirtualNodes;
let mode: MaintenanceMode;
let desktops: number;
const ordered: string[] = [];
beforeEach(() => {
  nodes = new VirtualNodes();
  desktops = 3;
  ordered.length = 0;
  mode = new MaintenanceMode({
    clock: nodes.clock,
    noticeMs: 10_000,
    limitMs: 100_000,
    connected: () => ({ desktop: desktops, fippa: 0, thirdparty: 1 }),
  });
});

const part = (name: string, reason?: string): Part => ({
  name,
  start: async () => {},
  stop: async () => {},
  health: () =>
    reason === undefined ? { state: 'running', ready: true } : { state: 'running', ready: false, reason },
});

const ownNode = (more: Partial<OwnNode> = {}): OwnNode => ({
  maintenance: mode,
  connected: () => ({ desktop: desktops, fippa: 2, thirdparty: 1 }),
  parts: () => [part('store'), part('cti', 'The CTI server is not connected.')],
  ordered: (want, by) => ordered.push(`${want} by ${by}`),
  ...more,
});

const look = (own = ownNode()) => answerOf(own, 'look', 'admin').report.drain;

test('how a node is, with what is not ready', () => {
  expect(answerOf(ownNode(), 'look', 'admin')).toEqual({
    outcome: 'done',
    report: {
      drain: 'off',
      desktops: 3,
      programs: 3,
      problems: [{ part: 'cti', reason: 'The CTI server is not connected.' }],
    },
  });
  expect(ordered).toEqual([]);
});

test('how far the maintenance mode is', () => {
  expect(answerOf(ownNode(), 'begin', 'admin').report.drain).toBe('announced');
  expect(answerOf(ownNode(), 'begin', 'admin').outcome).toBe('same');
  nodes.clock.advance(10_000);
  expect(look()).toBe('moving');
  desktops = 0;
  nodes.clock.advance(20_000);
  expect(look()).toBe('empty');
  expect(answerOf(ownNode(), 'end', 'admin').report.drain).toBe('off');
  expect(answerOf(ownNode(), 'end', 'admin').outcome).toBe('same');
  desktops = 1;
  answerOf(ownNode(), 'begin', 'admin');
  nodes.clock.advance(100_000);
  expect(look()).toBe('failed');
  // What was so already was ordered by nobody.
  expect(ordered).toEqual(['begin by admin', 'end by admin', 'begin by admin']);
});

test('a node without desktops is told of, and takes no order', () => {
  const own = ownNode({ maintenance: undefined });
  expect(look(own)).toBe('unknown');
  expect(answerOf(own, 'begin', 'admin').outcome).toBe('refused');
  expect(ordered).toEqual([]);
});

describe('from another node', () => {
  async function two() {
    const [a, b] = [nodes.process('a'), nodes.process('b')];
    await nodes.done(a.cluster.members.start());
    await nodes.done(b.cluster.members.start());
    await nodes.pass(3_000);
    const asks = new NodeReports(a.cluster, nodes.clock, ownNode({ maintenance: undefined }));
    return { a, b, asks };
  }

  test('it is looked at, and its mode begun, by name of who wants it', async () => {
    const { b, asks } = await two();
    new NodeReports(b.cluster, nodes.clock, ownNode());
    expect((await nodes.done(asks.ask('b', 'look', 'admin')))?.report.desktops).toBe(3);
    expect(await nodes.done(asks.ask('b', 'begin', 'admin'))).toMatchObject({
      outcome: 'done',
      report: { drain: 'announced' },
    });
    expect([mode.state.mode, ordered]).toEqual(['INITIATING', ['begin by admin (a)']]);
  });

  test('one that does not answer is not waited for longer than 3 s', async () => {
    const { asks } = await two();
    const answer = asks.ask('b', 'look', 'admin');
    let isOver = false;
    void answer.then(() => (isOver = true));
    await nodes.pass(NODE_ANSWER_MS - 100);
    expect(isOver).toBe(false);
    await nodes.pass(200);
    expect(await answer).toBeNull();
  });

  test.each([
    ['of no form', {}],
    [
      'with another word',
      { outcome: 'done', report: { drain: 'odd', desktops: 1, programs: 0, problems: [] } },
    ],
    [
      'with no number',
      { outcome: 'done', report: { drain: 'off', desktops: -1, programs: 0, problems: [] } },
    ],
  ])('an answer %s is none', async (_what, body) => {
    const { b, asks } = await two();
    b.cluster.hear('node.asked.b', (notice) => {
      const { id } = notice.body as { id: string };
      b.cluster.tell('node.told.a', 'node.told', { id, ...body });
    });
    expect(await nodes.done(asks.ask('b', 'look', 'admin'))).toBeNull();
  });

  test('nobody answers for another node', async () => {
    const { asks } = await two();
    const c = nodes.process('c');
    await nodes.done(c.cluster.members.start());
    c.cluster.hear('node.asked.b', (notice) => {
      const { id } = notice.body as { id: string };
      c.cluster.tell('node.told.a', 'node.told', { id, ...answerOf(ownNode(), 'look', '') });
    });
    expect(await nodes.done(asks.ask('b', 'look', 'admin'))).toBeNull();
  });

  test('what is asked in no form that is known does nothing', async () => {
    const { a, b } = await two();
    new NodeReports(b.cluster, nodes.clock, ownNode());
    for (const body of [null, {}, { id: 'x', want: 'stop', by: 'admin' }, { id: 'x', want: 'begin' }])
      a.cluster.tell('node.asked.b', 'node.asked', body);
    await nodes.pass(100);
    expect(mode.state.mode).toBeNull();
  });
});
