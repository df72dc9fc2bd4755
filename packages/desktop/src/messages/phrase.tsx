import { TEXT_MAX } from '@poise/pages';
import { createElement, Fragment, type ReactNode } from 'react';
import type { Sentence } from '../session/store.ts';
import { type Translate, useMessages } from './index.tsx';
import { Typed } from './typed.tsx';

/**
 * A sentence of the state as elements. What people typed elsewhere (names, labels, details) stands in `Typed`,
 * so that a right-to-left name does not reorder the words around it. A value that is missing stays visible as its name.
 */
export function phrase(t: Translate, sentence: Sentence): ReactNode {
  // Every second piece is the name of a placeholder.
  const pieces = t(sentence.key).split(/\{(\w+)\}/);
  const nodes = pieces.map((piece, i): ReactNode => {
    if (i % 2 === 0) return piece;
    const value = sentence.values?.[piece];
    if (value === undefined) return `{${piece}}`;
    return typeof value === 'string' ? createElement(Typed, { max: TEXT_MAX }, value) : phrase(t, value);
  });
  return createElement(Fragment, null, ...nodes);
}

/** {@link phrase} in the language of the page. */
export function Phrase({ sentence }: { sentence: Sentence }): ReactNode {
  const { t } = useMessages();
  return phrase(t, sentence);
}
