/**
 * Paths of workflow variables: the part of XPath that Finesse's own workflows use. `/` and `//`, names, `*`, `.`, `..`,
 * `text()`, and the predicates `[3]`, `[.='x']` and `[name='x']`. What is more than that is refused, not guessed.
 */
import type { TreeNode } from './dialog-tree.ts';

type Test =
  | { readonly type: 'position'; readonly at: number }
  /** Text of a child, or (name `.`) of the node itself. */
  | { readonly type: 'text'; readonly name: string; readonly value: string };

interface Step {
  readonly anywhere: boolean;
  readonly name: string;
  readonly tests: readonly Test[];
}

export type Path = readonly Step[];

export const PATH_CHARACTERS_MAX = 500;
const STEPS_MAX = 20;

const STEP = /^(\/{0,2})(\.\.?|\*|text\(\)|[A-Za-z_][\w.-]*)/;
const TEST = /^\[\s*(?:(\d{1,4})|(\.|[A-Za-z_][\w.-]*)\s*=\s*(?:'([^']*)'|"([^"]*)"|([^\]'"\s]*)))\s*\]/;

/** @returns null for what is no such path */
export function parsePath(text: string): Path | null {
  let rest = text.trim();
  if (rest.length > PATH_CHARACTERS_MAX) return null;
  const steps: Step[] = [];
  while (rest !== '') {
    const step = STEP.exec(rest);
    if (step === null || (steps.length > 0 && step[1] === '') || steps.length === STEPS_MAX) return null;
    rest = rest.slice(step[0].length);
    const tests: Test[] = [];
    for (let test = TEST.exec(rest); test !== null; test = TEST.exec(rest)) {
      const [whole, at, name = '.', single, double, bare] = test;
      tests.push(
        at === undefined
          ? { type: 'text', name, value: single ?? double ?? bare ?? '' }
          : { type: 'position', at: Number(at) },
      );
      rest = rest.slice(whole.length);
    }
    steps.push({ anywhere: step[1] === '//', name: step[2]!, tests });
  }
  return steps.length === 0 ? null : steps;
}

/** A node, and the nodes that it lies in, outermost first. */
interface Place {
  readonly node: TreeNode;
  readonly within: readonly TreeNode[];
}

/** Text of the first node that the path leads to; empty when there is none. */
export function textAt(path: Path, root: TreeNode): string {
  let places: readonly Place[] = [{ node: root, within: [] }];
  for (const step of path) places = places.flatMap((place) => filtered(reached(place, step), step.tests));
  return places[0] === undefined ? '' : wholeText(places[0].node);
}

function reached(place: Place, { anywhere, name }: Step): readonly Place[] {
  const from = anywhere ? [place, ...below(place)] : [place];
  return from.flatMap((one) => {
    if (name === '.' || name === 'text()') return [one];
    if (name === '..') {
      const parent = one.within.at(-1);
      return parent === undefined ? [] : [{ node: parent, within: one.within.slice(0, -1) }];
    }
    return children(one).filter(({ node }) => name === '*' || node.name === name);
  });
}

const children = ({ node, within }: Place): readonly Place[] =>
  node.children.map((child) => ({ node: child, within: [...within, node] }));

const below = (place: Place): readonly Place[] =>
  children(place).flatMap((child) => [child, ...below(child)]);

function filtered(places: readonly Place[], tests: readonly Test[]): readonly Place[] {
  return tests.reduce<readonly Place[]>((left, test) => {
    if (test.type === 'position') return left.slice(test.at - 1, test.at).filter(() => test.at > 0);
    const { name, value } = test;
    return left.filter(({ node }) =>
      name === '.'
        ? wholeText(node) === value
        : node.children.some((child) => child.name === name && wholeText(child) === value),
    );
  }, places);
}

const wholeText = ({ text, children: parts }: TreeNode): string =>
  parts.length === 0 ? text : parts.map(wholeText).join('');
