/**
 * What can be chosen for a text that may be anything: names that the desktop knows of triggers, comparators, variables and parameters. Nobody
 * could guess them; others stay possible, as clients of the API use them.
 */
import { COMPARATOR_NAMES, SYSTEM_VARIABLES, TRIGGER_NAMES } from '@poise/workflow';
import type { Item } from '../schema.ts';

const VARIABLE_NAMES = SYSTEM_VARIABLES.map(({ name }) => name);
/** Of layouts of call variables: those of a call, not of the user or of where the call stands. */
const MEDIA_PROPERTIES = VARIABLE_NAMES.filter((name) =>
  /^(?:callVariable\d+|queue(?:Number|Name)|wrapUpReason|DNIS|dialedNumber)$/.test(name),
);
/** Other names of what is offered already. */
const SYNONYMS = new Set(['EQUALS', 'NOT_EQUALS', 'NOT_CONTAINS', 'STARTS_WITH']);
const COMPARATORS = COMPARATOR_NAMES.filter((name) => !SYNONYMS.has(name));
const PARAMETERS = ['path', 'windowName', 'method', 'location', 'contentType', 'body'];

const SUGGESTIONS: ReadonlyArray<readonly [path: RegExp, names: readonly string[]]> = [
  [/^triggerSet\.name$/, TRIGGER_NAMES],
  [/(?:^|\.)comparator$/, COMPARATORS],
  [/(?:^|\.)variable\.name$|^variables\.\d+\.name$/, VARIABLE_NAMES],
  [/^params\.\d+\.name$/, PARAMETERS],
  [/(?:^|\.)mediaProperty$/, MEDIA_PROPERTIES],
];

/** @param path of the field, with the way there: `conditionSet.conditions.0.comparator` */
export const suggestionsFor = (path: string): readonly string[] =>
  SUGGESTIONS.find(([of]) => of.test(path))?.[1] ?? [];

/** What forms of new objects begin with besides what the server says: an action without an address does nothing. */
export const BEGINNINGS: Readonly<Record<string, Item>> = {
  workflowActions: {
    params: [
      { name: 'path', value: '' },
      { name: 'windowName', value: '' },
    ],
  },
};
