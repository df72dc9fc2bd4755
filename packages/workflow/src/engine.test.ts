import type { Dialog, Workflow } from '@poise/client';
import { describe, expect, it } from 'vitest';
import { dialog, OWN, part } from '../../desktop/test/dialogs.ts';
import { condition, popAction, WORKFLOW_USER, workflow } from '../test/workflows.ts';
import {
  NO_WORKFLOWS_RUN,
  problemsOf,
  WORKFLOWS_MAX,
  type WorkflowRules,
  type WorkflowState,
  type WorkflowStep,
  workflowsBegin,
  workflowsHear,
} from './engine.ts';

const inbound = (id: string, own: string, more: Partial<Dialog> = {}) =>
  dialog(id, [part('15551234', 'ACTIVE'), part(OWN, own)], more);
const outbound = (id: string, own: string) => inbound(id, own, { fromAddress: OWN, callType: 'OUT' });

/** One page: what ran, as `workflow@dialog`. */
class Page {
  readonly ran: string[] = [];
  #state: WorkflowState = NO_WORKFLOWS_RUN;
  readonly #rules: WorkflowRules;

  constructor(workflows: readonly Workflow[], more: Partial<WorkflowRules> = {}) {
    this.#rules = { workflows, user: WORKFLOW_USER, consultCalls: true, ...more };
  }

  begin(...dialogs: readonly Dialog[]): this {
    return this.#take(workflowsBegin(this.#rules, dialogs));
  }

  hear(...dialogs: readonly Dialog[]): this {
    for (const one of dialogs) this.#take(workflowsHear(this.#rules, this.#state, one, false));
    return this;
  }

  end(one: Dialog): this {
    return this.#take(workflowsHear(this.#rules, this.#state, one, true));
  }

  #take({ state, runs }: WorkflowStep): this {
    this.#state = state;
    this.ran.push(...runs.map((run) => `${run.workflow}@${run.dialogId}`));
    return this;
  }
}

const ARRIVES = workflow('arrives');
const ANSWERED = workflow('answered', 'CALL_ANSWERED');
const ENDED = workflow('ended', 'CALL_ENDED');
const MADE = workflow('made', 'MAKE_OUTBOUND_CALL');
const PREVIEW = workflow('preview', 'OUTBOUND_PREVIEW');
const ALL = [ARRIVES, ANSWERED, ENDED, MADE, PREVIEW];

describe('triggers', () => {
  it('an inbound call arrives, is answered and ends, each once', () => {
    const page = new Page(ALL);
    page.hear(inbound('1', 'ALERTING'), inbound('1', 'ALERTING', { callVariables: [] }));
    expect(page.ran).toEqual(['arrives@1']);
    page.hear(inbound('1', 'ACTIVE'), inbound('1', 'HELD'), inbound('1', 'ACTIVE'));
    expect(page.ran).toEqual(['arrives@1', 'answered@1']);
    page.hear(inbound('1', 'WRAP_UP'));
    page.end(inbound('1', 'WRAP_UP'));
    expect(page.ran).toEqual(['arrives@1', 'answered@1', 'ended@1']);
  });

  it('an outbound call is made, answered and ends; it does not arrive', () => {
    const page = new Page(ALL);
    page.hear(outbound('1', 'INITIATING'), outbound('1', 'INITIATED'), outbound('1', 'ACTIVE'));
    page.end(outbound('1', 'ACTIVE'));
    // The workflows stand in this order, and one event runs one.
    expect(page.ran).toEqual(['made@1', 'answered@1', 'ended@1']);
  });

  it('a preview is offered; it arrives when it was accepted', () => {
    const preview = (state: string, callType: string) =>
      inbound('1', state, { callType, mediaProperties: { callType } });
    const page = new Page(ALL);
    page.hear(preview('ALERTING', 'OUTBOUND_PREVIEW'));
    expect(page.ran).toEqual(['preview@1']);
    page.hear(preview('ACTIVE', 'OUTBOUND'));
    expect(page.ran).toEqual(['preview@1', 'arrives@1']);
  });

  it('what the server says of a trigger counts more than its name', () => {
    const triggers = [condition('//Dialog/toAddress', 'IS_EQUAL', '6003')];
    const one = workflow('own', 'CALL_ARRIVES', {
      triggerSet: { type: 'SYSTEM', name: 'CALL_ARRIVES', triggers },
    });
    expect(new Page([one]).hear(inbound('1', 'DROPPED')).ran).toEqual(['own@1']);
    expect(new Page([one]).hear(inbound('1', 'ALERTING', { toAddress: '6004' })).ran).toEqual([]);
  });

  it('triggers may speak of the user’s extension, in paths and in values', () => {
    const triggers = [
      condition(
        `//Dialog/participants/Participant/mediaAddress[.=\${userExtension}]/../state`,
        'IS_IN_LIST',
        'ALERTING',
      ),
      condition('//Dialog/fromAddress', 'IS_NOT_EQUAL', `\${userExtension}`),
      condition('//User/loginId', 'IS_EQUAL', `\${userId}`),
    ];
    const one = workflow('own', 'MINE', { triggerSet: { type: 'CUSTOM', name: 'MINE', triggers } });
    expect(new Page([one]).hear(inbound('1', 'ALERTING')).ran).toEqual(['own@1']);
    expect(new Page([one]).hear(outbound('1', 'ALERTING')).ran).toEqual([]);
  });

  it('a trigger of which nothing is known, and nothing said, never fits', () => {
    expect(new Page([workflow('x', 'FULL_MOON')]).hear(inbound('1', 'ALERTING')).ran).toEqual([]);
  });

  it('consult calls count unless the property says no', () => {
    const consulted = inbound('1', 'ALERTING', { callType: 'CONSULT_OFFERED' });
    expect(new Page(ALL).hear(consulted).ran).toEqual(['arrives@1']);
    expect(new Page(ALL, { consultCalls: false }).hear(consulted).ran).toEqual([]);
  });
});

describe('which workflow', () => {
  const when = (name: string, value: string, method = 'ALL', more: Partial<Workflow> = {}) =>
    workflow(name, 'CALL_ARRIVES', {
      conditionSet: {
        applyMethod: method,
        conditions: [
          condition("//CallVariable[name='callVariable1']/value", 'IS_EQUAL', value),
          condition('//Dialog/toAddress', 'BEGINS_WITH', '6'),
        ],
      },
      ...more,
    });
  const call = (value: string, toAddress = '6003') =>
    inbound('1', 'ALERTING', { callVariables: [{ name: 'callVariable1', value }], toAddress });

  it('the first of the team’s whose trigger and conditions fit, and no other', () => {
    const page = new Page([
      when('gold', 'gold'),
      when('silver', 'silver'),
      workflow('any'),
      workflow('other'),
    ]);
    expect(page.hear(call('silver'), call('silver')).ran).toEqual(['silver@1']);
    expect(new Page([when('gold', 'gold'), workflow('any')]).hear(call('tin')).ran).toEqual(['any@1']);
  });

  it('all conditions, or any', () => {
    expect(new Page([when('all', 'gold')]).hear(call('gold', '7')).ran).toEqual([]);
    expect(new Page([when('any', 'gold', 'ANY')]).hear(call('gold', '7')).ran).toEqual(['any@1']);
    expect(new Page([when('any', 'gold', 'ANY')]).hear(call('tin', '7')).ran).toEqual([]);
  });

  it('data that come later may make it fit later', () => {
    expect(new Page([when('gold', 'gold')]).hear(call(''), call('gold'), call('gold')).ran).toEqual([
      'gold@1',
    ]);
  });

  it('those without actions do not count', () => {
    const empty = workflow('empty', 'CALL_ARRIVES', { workflowActions: [] });
    expect(new Page([empty, ARRIVES]).hear(inbound('1', 'ALERTING')).ran).toEqual(['arrives@1']);
  });

  it('a comparator that is not known, and a path that cannot be read, do not fit', () => {
    const odd = (node: string, comparator: string) =>
      workflow('odd', 'CALL_ARRIVES', {
        conditionSet: { applyMethod: 'ALL', conditions: [condition(node, comparator, 'x')] },
      });
    const page = new Page([odd('//Dialog/id', 'SOUNDS_LIKE'), odd('//Dialog/@id', 'IS_EQUAL')]);
    expect(page.hear(inbound('1', 'ALERTING')).ran).toEqual([]);
  });

  it('of more than 100 the rest is not looked at, and of an action list no more than five', () => {
    const many = Array.from({ length: WORKFLOWS_MAX }, (_, n) => when(`w${n}`, 'never'));
    expect(new Page([...many, ARRIVES]).hear(inbound('1', 'ALERTING')).ran).toEqual([]);
    const long = workflow('long', 'CALL_ARRIVES', {
      workflowActions: Array.from({ length: 9 }, () => popAction('/x')),
    });
    const rules = { workflows: [long], user: WORKFLOW_USER, consultCalls: true };
    const { runs } = workflowsHear(rules, NO_WORKFLOWS_RUN, inbound('1', 'ALERTING'), false);
    expect(runs[0]!.actions).toHaveLength(5);
  });
});

describe('the first displayed call', () => {
  it('is the one that was alone; no other runs workflows until it ended', () => {
    const page = new Page(ALL);
    page.hear(inbound('1', 'ACTIVE'), inbound('2', 'ALERTING'), inbound('2', 'ACTIVE'));
    expect(page.ran).toEqual(['arrives@1']);
    page.end(inbound('1', 'DROPPED'));
    expect(page.ran).toEqual(['arrives@1', 'ended@1']);
    // The other one is there still, and a trigger fits it.
    page.hear(inbound('2', 'ACTIVE'));
    expect(page.ran).toEqual(['arrives@1', 'ended@1', 'arrives@2']);
    page.end(inbound('2', 'DROPPED')).hear(inbound('3', 'ALERTING'));
    expect(page.ran.at(-1)).toBe('arrives@3');
  });

  it('is also one that fits no trigger, when it was alone', () => {
    const page = new Page([ARRIVES]);
    page.hear(outbound('1', 'INITIATED'), inbound('2', 'ALERTING'));
    expect(page.ran).toEqual([]);
    page.end(outbound('1', 'DROPPED'));
    page.hear(inbound('2', 'ALERTING'));
    expect(page.ran).toEqual(['arrives@2']);
  });

  it('a number that comes again is another call', () => {
    const page = new Page([ARRIVES]);
    page.hear(inbound('1', 'ALERTING')).end(inbound('1', 'DROPPED')).hear(inbound('1', 'ALERTING'));
    expect(page.ran).toEqual(['arrives@1', 'arrives@1']);
  });

  it('in a conference the surviving call keeps its place', () => {
    const page = new Page(ALL);
    page.hear(inbound('1', 'ACTIVE'), inbound('1', 'HELD'), outbound('2', 'ACTIVE'));
    page
      .end(outbound('2', 'DROPPED'))
      .hear(inbound('1', 'ACTIVE', { secondaryId: '2' }), inbound('3', 'ALERTING'));
    expect(page.ran).toEqual(['arrives@1', 'answered@1']);
  });

  it('of an end that nobody was told the beginning of nothing stays', () => {
    const page = new Page([ARRIVES]);
    page.end(inbound('9', 'DROPPED')).hear(inbound('1', 'ALERTING'));
    expect(page.ran).toEqual(['arrives@1']);
  });
});

describe('a page that was loaded anew', () => {
  it('with one call: arrives and answered run again, made too, ended does not', () => {
    expect(new Page(ALL).begin(inbound('1', 'ACTIVE')).ran).toEqual(['arrives@1', 'answered@1']);
    expect(new Page(ALL).begin(outbound('1', 'ACTIVE')).ran).toEqual(['answered@1', 'made@1']);
    const page = new Page(ALL).begin(inbound('1', 'ACTIVE')).hear(inbound('1', 'ACTIVE'));
    expect(page.ran).toHaveLength(2);
  });

  it('with a call that is in its wrap-up nothing of its end runs again', () => {
    const page = new Page(ALL).begin(inbound('1', 'WRAP_UP'));
    expect(page.hear(inbound('1', 'WRAP_UP')).end(inbound('1', 'WRAP_UP')).ran).toEqual([]);
  });

  it('with several calls none of them counts; the next one may', () => {
    const page = new Page(ALL).begin(inbound('1', 'ACTIVE'), inbound('2', 'HELD'));
    page.hear(inbound('1', 'HELD'), inbound('2', 'ACTIVE'));
    expect(page.ran).toEqual([]);
    page.hear(inbound('3', 'ALERTING'));
    expect(page.ran).toEqual(['arrives@3']);
    page.end(inbound('3', 'DROPPED')).end(inbound('1', 'DROPPED')).end(inbound('2', 'DROPPED'));
    page.hear(inbound('1', 'ALERTING'));
    expect(page.ran.at(-1)).toBe('arrives@1');
  });

  it('without calls the next one is the first', () => {
    expect(new Page(ALL).begin().hear(inbound('1', 'ALERTING')).ran).toEqual(['arrives@1']);
  });
});

it('what cannot be understood is told once, in sentences', () => {
  const odd = workflow('odd', 'FULL_MOON', {
    conditionSet: { applyMethod: 'ALL', conditions: [condition('//Dialog/@id', 'SOUNDS_LIKE', 'x')] },
    workflowActions: [
      popAction('/x', { actionVariables: [{ name: 'v', node: 'concat(1)', type: 'CUSTOM', testValue: '' }] }),
    ],
  });
  expect(problemsOf([ARRIVES, odd])).toEqual([
    'Workflow odd: the trigger FULL_MOON is not known.',
    'Workflow odd: the comparator SOUNDS_LIKE is not known.',
    'Workflow odd: the path //Dialog/@id cannot be read.',
    'Workflow odd: the path concat(1) cannot be read.',
  ]);
  expect(problemsOf(ALL)).toEqual([]);
});
