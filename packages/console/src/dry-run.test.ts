import { expect, test } from 'vitest';
import { FIRST_CALL, tryWorkflow } from './dry-run.ts';

const condition = (name: string, node: string, comparator: string, value: string) => ({
  variable: { name, node, type: 'SYSTEM' },
  comparator,
  value,
});
const WORKFLOW = {
  name: 'Screen pop',
  description: '',
  media: 'Voice',
  triggerSet: { type: 'SYSTEM', name: 'CALL_ARRIVES', triggers: [] },
  conditionSet: {
    applyMethod: 'ALL',
    conditions: [condition('dialedNumber', '//Dialog/mediaProperties/dialedNumber', 'CONTAINS', '60')],
  },
};
const ACTION = {
  id: 7,
  name: 'Open the page',
  type: 'BROWSER_POP',
  handledBy: 'FINESSE_DESKTOP',
  params: [
    { name: 'windowName', value: 'crm' },
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of workflows
    { name: 'path', value: 'https://crm.example/?n=${callVariable1}' },
  ],
  variables: [
    {
      name: 'callVariable1',
      type: 'SYSTEM',
      node: "//Dialog/mediaProperties/callvariables/CallVariable[name='callVariable1']/value",
      testValue: '',
    },
  ],
};
const verdictOf = (call: Partial<typeof FIRST_CALL>, actions: readonly object[] = [ACTION]) =>
  tryWorkflow(WORKFLOW as never, actions as never, { ...FIRST_CALL, ...call }).workflows[0]?.verdict;

test('a call that fits runs it, with what its actions come to', () => {
  const call = { ...FIRST_CALL, variables: [['callVariable1', 'a&b <c>']] as const };
  const { workflows, runs } = tryWorkflow(WORKFLOW as never, [ACTION] as never, call);
  expect(workflows[0]?.verdict).toBe('runs');
  expect(runs[0]?.actions[0]).toMatchObject({
    type: 'BROWSER_POP',
    url: 'https://crm.example/?n=a%26b%20%3Cc%3E',
  });
});

test('else it says why not', () => {
  expect(verdictOf({ dialled: '7' })).toBe('conditions');
  expect(verdictOf({ isOutgoing: true })).toBe('trigger');
  expect(verdictOf({ moment: 'DROPPED' })).toBe('trigger');
  expect(verdictOf({}, [])).toBe('noActions');
  expect(verdictOf({ dialled: '60\u0000\ud800</Dialog>' })).toBe('runs');
});
