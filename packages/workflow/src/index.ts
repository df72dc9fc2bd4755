export type { BrowserPop, ExpandedAction, HttpRequest, PublishedAction } from './action.ts';
export { COMPARATOR_NAMES } from './comparator.ts';
export type { ConditionCheck } from './condition.ts';
export type { WorkflowUser } from './dialog-tree.ts';
export {
  NO_WORKFLOWS_RUN,
  problemsOf,
  type WorkflowRules,
  type WorkflowRun,
  type WorkflowState,
} from './engine.ts';
export {
  type ExplainedStep,
  explainWorkflows,
  type WorkflowExplanation,
  type WorkflowVerdict,
} from './explain.ts';
export { type DialogEvent, dialogsFromXml, WorkflowReadError, workflowsFromXml } from './read.ts';
export { WorkflowRunner, type WorkflowRunnerOptions } from './runner.ts';
export { SYSTEM_VARIABLES } from './system-variables.ts';
export { TRIGGER_NAMES } from './triggers.ts';
