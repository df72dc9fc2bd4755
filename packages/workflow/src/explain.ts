/**
 * What an event of a dialog would do, and why: the engine's own step, and beside it what it found of each workflow. Nothing is opened
 * or sent. Pure.
 */
import type { Dialog, Workflow } from '@poise/client';
import { type ConditionCheck, checkCondition, holdTogether } from './condition.ts';
import {
  candidates,
  treeFor,
  triggersOf,
  type WorkflowRules,
  type WorkflowRun,
  type WorkflowState,
  workflowsHear,
} from './engine.ts';

/**
 * `runs`; else why not: another call is the first displayed one, consult calls do not count, it has no actions, its trigger is not known,
 * does not fit, or has run; its conditions do not hold; one before it runs.
 */
export type WorkflowVerdict =
  | 'runs'
  | 'otherCall'
  | 'consult'
  | 'noActions'
  | 'unknownTrigger'
  | 'trigger'
  | 'hasRun'
  | 'conditions'
  | 'earlier';

export interface WorkflowExplanation {
  readonly workflow: string;
  readonly trigger: string;
  readonly verdict: WorkflowVerdict;
  readonly triggerChecks: readonly ConditionCheck[];
  /** ANY or ALL. */
  readonly method: string;
  readonly conditionChecks: readonly ConditionCheck[];
}

export interface ExplainedStep {
  readonly dialogId: string;
  readonly state: WorkflowState;
  readonly runs: readonly WorkflowRun[];
  /** In the order of the team. */
  readonly workflows: readonly WorkflowExplanation[];
}

/** A dialog came, changed, or (`ended`) is gone from the user's list; see `workflowsHear`. */
export function explainWorkflows(
  rules: WorkflowRules,
  before: WorkflowState,
  dialog: Dialog,
  ended: boolean,
): ExplainedStep {
  const step = workflowsHear(rules, before, dialog, ended);
  const [run] = step.runs;
  // The end of a call takes it out of the state: whether it counted, its run or the state before tells.
  const isFirst = run !== undefined || step.state.first === dialog.id || before.first === dialog.id;
  const mayRun = new Set(candidates(rules, dialog));
  const tree = treeFor(rules, dialog, ended);
  let hasRun = false;
  const workflows = rules.workflows.map((workflow): WorkflowExplanation => {
    const triggers = triggersOf(workflow);
    const { applyMethod: method, conditions } = workflow.conditionSet;
    const triggerChecks = triggers.map((each) => checkCondition(each, tree, rules.user));
    const conditionChecks = conditions.map((each) => checkCondition(each, tree, rules.user));
    const verdict = ((): WorkflowVerdict => {
      if (workflow.workflowActions.length === 0) return 'noActions';
      if (!mayRun.has(workflow)) return 'consult';
      if (triggers.length === 0) return 'unknownTrigger';
      if (!holdTogether(triggerChecks, 'ALL')) return 'trigger';
      if (!isFirst) return 'otherCall';
      if (wasRun(before, workflow, dialog)) return 'hasRun';
      if (conditions.length > 0 && !holdTogether(conditionChecks, method)) return 'conditions';
      if (hasRun) return 'earlier';
      hasRun = true;
      return 'runs';
    })();
    return {
      workflow: workflow.name,
      trigger: workflow.triggerSet.name,
      verdict,
      triggerChecks,
      method,
      conditionChecks,
    };
  });
  return { dialogId: dialog.id, ...step, workflows };
}

const wasRun = ({ first, ran }: WorkflowState, { triggerSet }: Workflow, { id }: Dialog): boolean =>
  first === id && ran.has(triggerSet.name);
