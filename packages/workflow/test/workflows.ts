/** Workflows as the SDK reads them. */
import type { Workflow, WorkflowAction, WorkflowCondition } from '@poise/client';
import { OWN } from '../../desktop/test/dialogs.ts';
import type { WorkflowUser } from '../src/dialog-tree.ts';

export const WORKFLOW_USER: WorkflowUser = {
  loginId: '2001',
  loginName: 'mmouse',
  firstName: 'Mickey',
  lastName: 'Mouse',
  extension: OWN,
  teamName: 'Minnies_Team',
};

export const condition = (node: string, comparator: string, value: string): WorkflowCondition => ({
  variable: { name: 'v', node, type: 'CUSTOM' },
  comparator,
  value,
});

export const popAction = (path: string, more: Partial<WorkflowAction> = {}): WorkflowAction => ({
  uri: '/finesse/api/WorkflowAction/1',
  name: 'pop',
  type: 'BROWSER_POP',
  handledBy: 'FINESSE_DESKTOP',
  params: [
    { name: 'path', value: path },
    { name: 'windowName', value: 'w' },
  ],
  actionVariables: [],
  ...more,
});

/** @param trigger of a name that is known, unless conditions are given */
export const workflow = (name: string, trigger = 'CALL_ARRIVES', more: Partial<Workflow> = {}): Workflow => ({
  uri: '/finesse/api/Workflow/1',
  name,
  description: '',
  media: 'Voice',
  triggerSet: { type: 'SYSTEM', name: trigger, triggers: [] },
  conditionSet: { applyMethod: 'ALL', conditions: [] },
  workflowActions: [popAction(`https://x.example/${name}`)],
  ...more,
});
