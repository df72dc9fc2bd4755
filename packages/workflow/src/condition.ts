/** One condition of a trigger or a workflow, held against a dialog: what it found, and whether it holds. Pure. */
import type { WorkflowCondition } from '@poise/client';
import { compare } from './comparator.ts';
import type { TreeNode, WorkflowUser } from './dialog-tree.ts';
import { parsePath, textAt } from './path.ts';
import { nodeOf } from './system-variables.ts';

export interface ConditionCheck {
  readonly name: string;
  /** The path, filled; empty where nothing is known of the name. */
  readonly node: string;
  /** What stands there; empty: nothing, or no path. */
  readonly actual: string;
  readonly comparator: string;
  readonly wanted: string;
  readonly holds: boolean;
  /** The path or the comparator cannot be understood. */
  readonly problem: 'path' | 'comparator' | null;
}

export function checkCondition(
  { variable, comparator, value }: WorkflowCondition,
  tree: TreeNode,
  user: WorkflowUser,
): ConditionCheck {
  const node = filled(nodeOf(variable), user);
  const path = parsePath(node);
  const actual = path === null ? '' : textAt(path, tree);
  const wanted = filled(value, user);
  const result = compare(comparator, actual, wanted);
  return {
    name: variable.name,
    node,
    actual,
    comparator,
    wanted,
    holds: result === true,
    problem: result === null ? 'comparator' : path === null ? 'path' : null,
  };
}

/** @param method ANY or ALL; nothing at all fits nothing */
export function holdTogether(checks: readonly ConditionCheck[], method: string): boolean {
  if (checks.length === 0) return false;
  return method === 'ANY' ? checks.some(({ holds }) => holds) : checks.every(({ holds }) => holds);
}

/** Triggers may speak of who the user is. An extension is digits: a quote in it would be another path. */
export const filled = (text: string, { extension, loginId }: WorkflowUser): string =>
  text.replace(/\$\{(userExtension|userId)\}/g, (_whole, name: string) =>
    (name === 'userId' ? loginId : extension).replace(/['"\]]/g, ''),
  );
