import type { Workflow } from '@poise/client';
import { expect, test } from 'vitest';
import { dialog, OWN, part } from '../../desktop/test/dialogs.ts';
import { condition, WORKFLOW_USER, workflow } from '../test/workflows.ts';
import { NO_WORKFLOWS_RUN, type WorkflowRules } from './engine.ts';
import { explainWorkflows } from './explain.ts';

const rules = (workflows: readonly Workflow[], consultCalls = true): WorkflowRules => ({
  workflows,
  user: WORKFLOW_USER,
  consultCalls,
});
const ringing = (id: string, more = {}) =>
  dialog(id, [part('15551234', 'ACTIVE'), part(OWN, 'ALERTING')], more);

const WITH_CONDITION = (method: 'ANY' | 'ALL') =>
  workflow('conditional', 'CALL_ARRIVES', {
    conditionSet: {
      applyMethod: method,
      conditions: [
        condition('//Dialog/fromAddress', 'BEGINS_WITH', '1555'),
        condition("//CallVariable[name='callVariable1']/value", 'IS_EQUAL', 'gold'),
      ],
    },
  });

test('each workflow says why it runs or does not, in the order of the team', () => {
  const all = [
    workflow('empty', 'CALL_ARRIVES', { workflowActions: [] }),
    workflow('strange', 'MOON_RISES'),
    workflow('answered', 'CALL_ANSWERED'),
    WITH_CONDITION('ALL'),
    WITH_CONDITION('ANY'),
    workflow('late'),
  ];
  const step = explainWorkflows(rules(all), NO_WORKFLOWS_RUN, ringing('1'), false);
  expect(step.workflows.map(({ verdict }) => verdict)).toEqual([
    'noActions',
    'unknownTrigger',
    'trigger',
    'conditions',
    'runs',
    'earlier',
  ]);
  expect(step.runs.map((run) => run.workflow)).toEqual(['conditional']);
  expect(step.workflows[3]).toMatchObject({
    method: 'ALL',
    conditionChecks: [
      { node: '//Dialog/fromAddress', actual: '15551234', wanted: '1555', holds: true, problem: null },
      { actual: '', wanted: 'gold', holds: false, problem: null },
    ],
  });
  expect(step.workflows[2]?.triggerChecks.some(({ holds }) => !holds)).toBe(true);
});

test('what has run, other calls and consult calls are told apart', () => {
  const first = explainWorkflows(rules([workflow('a')]), NO_WORKFLOWS_RUN, ringing('1'), false);
  const again = explainWorkflows(rules([workflow('a')]), first.state, ringing('1'), false);
  const other = explainWorkflows(rules([workflow('a')]), again.state, ringing('2'), false);
  const consult = explainWorkflows(
    rules([workflow('a')], false),
    NO_WORKFLOWS_RUN,
    ringing('3', { callType: 'CONSULT' }),
    false,
  );
  expect([first, again, other, consult].map(({ workflows }) => workflows[0]?.verdict)).toEqual([
    'runs',
    'hasRun',
    'otherCall',
    'consult',
  ]);
  const ended = explainWorkflows(rules([workflow('end', 'CALL_ENDED')]), first.state, ringing('1'), true);
  expect(ended.workflows[0]?.verdict).toBe('runs');
  expect(ended.runs).toHaveLength(1);
});

test('a verdict of “runs” and a run are one and the same', () => {
  const all = [WITH_CONDITION('ALL'), workflow('answered', 'CALL_ANSWERED'), workflow('ended', 'CALL_ENDED')];
  for (const state of ['ALERTING', 'ACTIVE', 'HELD', 'DROPPED'])
    for (const ended of [false, true]) {
      const call = dialog('1', [part('15551234', 'ACTIVE'), part(OWN, state)]);
      const { runs, workflows } = explainWorkflows(rules(all), NO_WORKFLOWS_RUN, call, ended);
      const told = workflows.filter(({ verdict }) => verdict === 'runs').map((each) => each.workflow);
      expect(told, `${state} ${ended}`).toEqual(runs.map((run) => run.workflow));
    }
});

test('paths and comparators that are not understood say so', () => {
  const odd = workflow('odd', 'OWN', {
    triggerSet: {
      type: 'CUSTOM',
      name: 'OWN',
      triggers: [condition('//a[contains(b)]', 'IS_EQUAL', ''), condition('//Dialog/id', 'RHYMES_WITH', 'x')],
    },
  });
  const step = explainWorkflows(rules([odd]), NO_WORKFLOWS_RUN, ringing('1'), false);
  expect(step.workflows[0]?.triggerChecks.map(({ problem }) => problem)).toEqual(['path', 'comparator']);
});
