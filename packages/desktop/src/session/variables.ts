/** Call variables as a layout of them shows them (desktop.md 4.4): pure functions over Dialogs. */
import type { Dialog, MediaPropertiesLayout, MediaPropertyEntry } from '@poise/client';
import { allows, ownPart } from './calls.ts';
import type { Sentence } from './store.ts';

/** A variable that names the layout of its call; the first one that is filled wins. */
const LAYOUT_NAMED_BY = ['user.layout', 'user.Layout'] as const;
const POP_OVER_MAX = 5;
/** Rows of the left column that the pop-over shows where the layout marks none. */
const POP_OVER_FALLBACK = 2;
/** Bytes of a call variable, and of an expanded one. */
const CALL_VARIABLE_BYTES = 40;
const EXPANDED_BYTES = 210;

/** One variable as it is shown. */
export interface ShownVariable {
  /** Its name on the wire: the key of a change, too. */
  readonly property: string;
  /** '' where the layout has no words for it. */
  readonly label: string;
  readonly value: string;
  /** Whether the layout lets the agent change it, and the variable can be changed at all. */
  readonly isEditable: boolean;
  readonly isInPopOver: boolean;
}

export interface ShownVariables {
  readonly header: ShownVariable | null;
  readonly columns: readonly (readonly ShownVariable[])[];
}

/** Value of a variable or of a property of the call; '' when there is none. */
export function variableOf(dialog: Dialog, property: string): string {
  if (property === 'wrapUpReason') return dialog.wrapUpReason;
  return (
    dialog.callVariables.find(({ name }) => name === property)?.value ??
    dialog.mediaProperties[property] ??
    ''
  );
}

/** The layout that the call names, else the default one; null: the server has none. */
export function layoutOf(
  dialog: Dialog,
  layouts: readonly MediaPropertiesLayout[],
): MediaPropertiesLayout | null {
  const named = LAYOUT_NAMED_BY.map((name) => variableOf(dialog, name).trim()).find((name) => name !== '');
  return (
    (named === undefined ? undefined : layouts.find(({ name }) => name === named)) ??
    layouts.find(({ type }) => type === 'DEFAULT') ??
    layouts[0] ??
    null
  );
}

/** Of what stands in a layout, this can be changed by an agent. */
const CHANGEABLE = /^(callVariable([1-9]|10)|user\..+|BAResponse)$/;

/** What is shown of a call; without a layout everything that has a value, in the order of the server. */
export function shownVariables(dialog: Dialog, layouts: readonly MediaPropertiesLayout[]): ShownVariables {
  const layout = layoutOf(dialog, layouts);
  const show = (entry: MediaPropertyEntry): ShownVariable => ({
    property: entry.mediaProperty,
    label: entry.displayName,
    value: variableOf(dialog, entry.mediaProperty),
    isEditable: entry.uiEditable && CHANGEABLE.test(entry.mediaProperty),
    isInPopOver: entry.showInPopOver,
  });
  if (layout !== null)
    return {
      header: layout.header === null ? null : show(layout.header),
      columns: layout.columns.map((column) => column.map(show)),
    };
  const filled = dialog.callVariables
    .filter(({ value }) => value !== '')
    .map(({ name, value }) => ({
      property: name,
      label: '',
      value,
      isEditable: false,
      isInPopOver: false,
    }));
  const half = Math.ceil(filled.length / 2);
  return { header: null, columns: [filled.slice(0, half), filled.slice(half)] };
}

/** Whether there is nothing to see of it, and nothing to fill in. */
export const isEmpty = ({ value, isEditable }: ShownVariable): boolean => value === '' && !isEditable;

/** The rows of the pop-over: those that the layout marks, else the first two of the left column, else of the right. */
export function popOverVariables({ columns }: ShownVariables): readonly ShownVariable[] {
  const marked = columns.flat().filter(({ isInPopOver }) => isInPopOver);
  if (marked.length > 0) return marked.slice(0, POP_OVER_MAX);
  return (columns.find((column) => column.length > 0) ?? []).slice(0, POP_OVER_FALLBACK);
}

/** What is known of a call at a glance: the header first, whether or not the layout marks it, then the rows of the pop-over; nothing empty. */
export function glanceVariables(
  dialog: Dialog,
  layouts: readonly MediaPropertiesLayout[],
): readonly ShownVariable[] {
  const variables = shownVariables(dialog, layouts);
  const { header } = variables;
  return [
    ...(header ? [header] : []),
    ...popOverVariables(variables).filter(({ property }) => property !== header?.property),
  ].filter(({ value }) => value !== '');
}

/** Whether variables of this call can be changed now: while talking and in wrap-up. */
export function mayEdit(dialog: Dialog, extension: string): boolean {
  const state = ownPart(dialog, extension)?.state;
  return (state === 'ACTIVE' || state === 'WRAP_UP') && allows(dialog, extension, 'UPDATE_CALL_DATA');
}

/** What the agent has typed and not saved, by variable. */
export interface Edit {
  /** The value that was there when the agent began. */
  readonly base: string;
  readonly text: string;
}
export type Edits = Readonly<Record<string, Edit>>;

/** Takes what was typed; the text that is there anyway is no change. */
export function edited(edits: Edits, property: string, saved: string, text: string): Edits {
  const { [property]: before, ...others } = edits;
  return text === saved ? others : { ...others, [property]: { base: before?.base ?? saved, text } };
}

/**
 * After an event: what others changed meanwhile takes the place of what was typed, and is told; what has been saved is
 * no change any more.
 */
export function reconciled(
  edits: Edits,
  valueNow: (property: string) => string,
): { readonly edits: Edits; readonly overwritten: readonly string[] } {
  const kept: Record<string, Edit> = {};
  const overwritten: string[] = [];
  let isSame = true;
  for (const [property, edit] of Object.entries(edits)) {
    const now = valueNow(property);
    if (now === edit.base) kept[property] = edit;
    else {
      isSame = false;
      if (now !== edit.text) overwritten.push(property);
    }
  }
  return { edits: isSame ? edits : kept, overwritten };
}

/** What is wrong with a text as the value of a variable, or null. */
export function refusalOf(property: string, text: string): Sentence | null {
  const max = property.startsWith('callVariable') ? CALL_VARIABLE_BYTES : EXPANDED_BYTES;
  return new TextEncoder().encode(text).length > max
    ? { key: 'variables.tooLong', values: { max: String(max) } }
    : null;
}
