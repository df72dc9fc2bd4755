/**
 * Which workflow runs, and when (desktop.md 14): one dialog after the other goes in, what has to be done comes out. Pure.
 */
import type { Dialog, Workflow, WorkflowCondition } from '@poise/client';
import { type ExpandedAction, expandAction } from './action.ts';
import { compare } from './comparator.ts';
import { checkCondition, filled, holdTogether } from './condition.ts';
import { type TreeNode, treeOf, type WorkflowUser } from './dialog-tree.ts';
import { parsePath } from './path.ts';
import { nodeOf } from './system-variables.ts';
import { SYSTEM_TRIGGERS } from './triggers.ts';

export interface WorkflowRules {
  /** In the order of the team. */
  readonly workflows: readonly Workflow[];
  readonly user: WorkflowUser;
  /** Property `triggerWorkFlowForConsult`. */
  readonly consultCalls: boolean;
}

/** Immutable. */
export interface WorkflowState {
  /** Dialogs in the user's list. */
  readonly shown: ReadonlySet<string>;
  /** Those that were there, with others, when the engine began: they never count. */
  readonly passedOver: ReadonlySet<string>;
  /** The first displayed call: the only one that runs workflows. */
  readonly first: string | null;
  /** Names of the trigger sets that have run for it. */
  readonly ran: ReadonlySet<string>;
}

export const NO_WORKFLOWS_RUN: WorkflowState = {
  shown: new Set(),
  passedOver: new Set(),
  first: null,
  ran: new Set(),
};

/** A workflow that runs: its actions for the dialog, in order. */
export interface WorkflowRun {
  readonly workflow: string;
  readonly trigger: string;
  readonly dialogId: string;
  readonly actions: readonly ExpandedAction[];
}

export interface WorkflowStep {
  readonly state: WorkflowState;
  readonly runs: readonly WorkflowRun[];
}

/** Of more the server's administration knows nothing; bounds the work of one event. */
export const WORKFLOWS_MAX = 100;
const ACTIONS_MAX = 5;
/** Do not run again when the page is loaded anew. */
const ONCE: ReadonlySet<string> = new Set(['CALL_ENDED', 'OUTBOUND_PREVIEW']);
const CONSULT: ReadonlySet<string> = new Set(['CONSULT', 'CONSULT_OFFERED']);

/** The page was loaded (anew), with these dialogs: one alone counts as the first, of several none does. */
export function workflowsBegin(rules: WorkflowRules, dialogs: readonly Dialog[]): WorkflowStep {
  const shown = new Set(dialogs.map(({ id }) => id));
  const [only] = dialogs;
  if (only === undefined || dialogs.length > 1)
    return { state: { ...NO_WORKFLOWS_RUN, shown, passedOver: shown }, runs: [] };
  // What had run before the page was loaded runs again: a call that is talking has arrived and was answered.
  const tree = treeFor(rules, only, false);
  const over = candidates(rules, only).filter(
    (workflow) => ONCE.has(workflow.triggerSet.name) && fits(triggersOf(workflow), 'ALL', tree, rules),
  );
  const ran = new Set(over.map(({ triggerSet }) => triggerSet.name));
  let state: WorkflowState = { ...NO_WORKFLOWS_RUN, shown, first: only.id, ran };
  const runs: WorkflowRun[] = [];
  for (
    let step = runOne(rules, state, only, false);
    step.runs.length > 0;
    step = runOne(rules, state, only, false)
  ) {
    state = step.state;
    runs.push(...step.runs);
  }
  return { state, runs };
}

/** A dialog came, changed, or (`ended`) is gone from the user's list. */
export function workflowsHear(
  rules: WorkflowRules,
  before: WorkflowState,
  dialog: Dialog,
  ended: boolean,
): WorkflowStep {
  const step = runOne(rules, shows(rules, before, dialog, ended), dialog, ended);
  return ended ? { ...step, state: without(step.state, dialog.id) } : step;
}

/** The state with this dialog in the list, before anything has run. */
export function shows(
  rules: WorkflowRules,
  before: WorkflowState,
  dialog: Dialog,
  ended: boolean,
): WorkflowState {
  const { id } = dialog;
  const known = before.shown.has(id);
  const alone = before.shown.size === 0;
  const state = known || ended ? before : { ...before, shown: new Set(before.shown).add(id) };
  if (state.first !== null || before.passedOver.has(id)) return state;
  // Alone when it appeared, or the first one that any trigger fits.
  const counts =
    (alone && !ended) ||
    candidates(rules, dialog).some((workflow) =>
      fits(triggersOf(workflow), 'ALL', treeFor(rules, dialog, ended), rules),
    );
  return counts ? { ...state, first: id, ran: new Set() } : state;
}

function without(state: WorkflowState, id: string): WorkflowState {
  const shown = new Set(state.shown);
  const passedOver = new Set(state.passedOver);
  shown.delete(id);
  passedOver.delete(id);
  return state.first === id
    ? { shown, passedOver, first: null, ran: new Set() }
    : { ...state, shown, passedOver };
}

/** The first workflow whose trigger, which has not run for this dialog, and whose conditions fit. */
function runOne(rules: WorkflowRules, state: WorkflowState, dialog: Dialog, ended: boolean): WorkflowStep {
  if (state.first !== dialog.id) return { state, runs: [] };
  const tree = treeFor(rules, dialog, ended);
  for (const workflow of candidates(rules, dialog)) {
    const { triggerSet, workflowActions, name } = workflow;
    if (state.ran.has(triggerSet.name)) continue;
    if (!fits(triggersOf(workflow), 'ALL', tree, rules)) continue;
    if (!meets(workflow, tree, rules)) continue;
    const run: WorkflowRun = {
      workflow: name,
      trigger: triggerSet.name,
      dialogId: dialog.id,
      actions: workflowActions.slice(0, ACTIONS_MAX).map((action) => expandAction(action, tree)),
    };
    return { state: { ...state, ran: new Set(state.ran).add(triggerSet.name) }, runs: [run] };
  }
  return { state, runs: [] };
}

/** Without conditions, all are met. */
const meets = (
  { conditionSet: { applyMethod, conditions } }: Workflow,
  tree: TreeNode,
  rules: WorkflowRules,
) => conditions.length === 0 || fits(conditions, applyMethod, tree, rules);

/** Those that have anything to do, and may for this call. */
export function candidates({ workflows, consultCalls }: WorkflowRules, dialog: Dialog): readonly Workflow[] {
  if (!consultCalls && CONSULT.has(dialog.callType)) return [];
  return workflows.slice(0, WORKFLOWS_MAX).filter(({ workflowActions }) => workflowActions.length > 0);
}

export const treeFor = ({ user }: WorkflowRules, dialog: Dialog, ended: boolean): TreeNode =>
  treeOf(dialog, user, ended);

/** What the server says of the trigger; for a name alone, what is known of it. Nothing at all fits nothing. */
export const triggersOf = ({ triggerSet }: Workflow): readonly WorkflowCondition[] =>
  triggerSet.triggers.length > 0 ? triggerSet.triggers : (SYSTEM_TRIGGERS.get(triggerSet.name) ?? []);

function fits(
  conditions: readonly WorkflowCondition[],
  method: string,
  tree: TreeNode,
  { user }: WorkflowRules,
): boolean {
  return holdTogether(
    conditions.map((condition) => checkCondition(condition, tree, user)),
    method,
  );
}

/** What of the workflows cannot be understood, in sentences for the log: once, when they are read. */
export function problemsOf(workflows: readonly Workflow[]): readonly string[] {
  return workflows.slice(0, WORKFLOWS_MAX).flatMap((workflow) => {
    const problems: string[] = [];
    if (triggersOf(workflow).length === 0)
      problems.push(`the trigger ${workflow.triggerSet.name} is not known`);
    const conditions = [...triggersOf(workflow), ...workflow.conditionSet.conditions];
    for (const { comparator } of conditions)
      if (compare(comparator, '', '') === null) problems.push(`the comparator ${comparator} is not known`);
    const paths = [
      ...conditions.map(({ variable }) => nodeOf(variable)),
      ...workflow.workflowActions.flatMap(({ actionVariables }) => actionVariables.map(nodeOf)),
    ];
    for (const node of paths)
      if (parsePath(filled(node, NOBODY)) === null)
        problems.push(`the path ${node.slice(0, 200)} cannot be read`);
    return problems.map((problem) => `Workflow ${workflow.name}: ${problem}.`);
  });
}

const NOBODY: WorkflowUser = {
  loginId: '0',
  loginName: '',
  firstName: '',
  lastName: '',
  extension: '0',
  teamName: '',
};
