/** Collects what is wrong with a document, each with its place. */
import type { Element, Place } from '@poise/xml';
import { LAYOUT_LIMITS } from './limits.ts';
import type { LayoutProblem } from './model.ts';

/** An element with the way to it. */
export interface Located {
  readonly element: Element;
  readonly path: string;
}

export class Report {
  readonly errors: LayoutProblem[] = [];
  readonly warnings: LayoutProblem[] = [];
  readonly #places: WeakMap<Element, Place>;

  constructor(places: WeakMap<Element, Place>) {
    this.#places = places;
  }

  error(at: Located, message: string): void {
    if (this.errors.length < LAYOUT_LIMITS.problemsMax) this.errors.push(this.#problem(at, message));
  }

  warn(at: Located, message: string): void {
    if (this.warnings.length < LAYOUT_LIMITS.problemsMax) this.warnings.push(this.#problem(at, message));
  }

  #problem({ element, path }: Located, message: string): LayoutProblem {
    const { line, column } = this.#places.get(element) ?? { line: 1, column: 1 };
    return { line, column, path, message };
  }
}

/** The problems in the order of the text; those of one place as they were found. */
export function inOrder(problems: readonly LayoutProblem[]): readonly LayoutProblem[] {
  return [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
}

/** What the document wrote, short enough for a sentence. */
export const quoted = (text: string): string =>
  JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
