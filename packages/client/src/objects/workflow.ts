import type { Element } from '@poise/xml';
import { find, list, type Open, text } from './read.ts';

/** A value out of a Dialog: `node` is a path such as `//Dialog/mediaType`. */
export interface WorkflowVariable {
  readonly name: string;
  readonly node: string;
  readonly type: Open<'SYSTEM' | 'CUSTOM'>;
}

export interface WorkflowCondition {
  readonly variable: WorkflowVariable;
  readonly comparator: Open<'IS_EQUAL' | 'IS_IN_LIST'>;
  readonly value: string;
}

export interface WorkflowAction {
  readonly uri: string;
  readonly name: string;
  readonly type: Open<'BROWSER_POP' | 'HTTP_REQUEST'>;
  readonly handledBy: Open<'FINESSE_DESKTOP' | 'OTHER'>;
  readonly params: ReadonlyArray<{ readonly name: string; readonly value: string }>;
  readonly actionVariables: ReadonlyArray<WorkflowVariable & { readonly testValue: string }>;
}

export interface Workflow {
  readonly uri: string;
  readonly name: string;
  readonly description: string;
  readonly media: string;
  readonly triggerSet: {
    readonly type: string;
    readonly name: string;
    readonly triggers: readonly WorkflowCondition[];
  };
  readonly conditionSet: {
    readonly applyMethod: Open<'ALL' | 'ANY'>;
    readonly conditions: readonly WorkflowCondition[];
  };
  /** In the order in which they run. */
  readonly workflowActions: readonly WorkflowAction[];
}

const readVariable = (element: Element | undefined): WorkflowVariable => ({
  name: text(element, 'name'),
  node: text(element, 'node'),
  type: text(element, 'type'),
});

const readCondition = (element: Element): WorkflowCondition => ({
  variable: readVariable(find(element, 'Variable')),
  comparator: text(element, 'comparator'),
  value: text(element, 'value'),
});

const readAction = (element: Element): WorkflowAction => ({
  uri: text(element, 'uri'),
  name: text(element, 'name'),
  type: text(element, 'type'),
  handledBy: text(element, 'handledBy'),
  // Texts of bodies may begin and end with white space.
  params: list(find(element, 'params'), 'Param').map((param) => ({
    name: text(param, 'name'),
    value: find(param, 'value')?.text ?? '',
  })),
  actionVariables: list(find(element, 'actionVariables'), 'ActionVariable').map((variable) => ({
    ...readVariable(variable),
    testValue: text(variable, 'testValue'),
  })),
});

/** @param root `Workflows`, or whatever holds elements `Workflow` */
export function readWorkflows(root: Element): Workflow[] {
  return list(root, 'Workflow').map((element) => {
    const triggerSet = find(element, 'TriggerSet');
    const conditionSet = find(element, 'ConditionSet');
    return {
      uri: text(element, 'uri'),
      name: text(element, 'name'),
      description: text(element, 'description'),
      media: text(element, 'media'),
      triggerSet: {
        type: text(triggerSet, 'type'),
        name: text(triggerSet, 'name'),
        triggers: list(find(triggerSet, 'triggers'), 'Trigger').map(readCondition),
      },
      conditionSet: {
        applyMethod: text(conditionSet, 'applyMethod'),
        conditions: list(find(conditionSet, 'conditions'), 'Condition').map(readCondition),
      },
      workflowActions: list(find(element, 'workflowActions'), 'WorkflowAction').map(readAction),
    };
  });
}
