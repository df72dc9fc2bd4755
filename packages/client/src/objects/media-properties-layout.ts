import type { Element } from '@poise/xml';
import { boolean, find, idOf, list, type Open, text } from './read.ts';

/** One variable of a layout, and how it is shown. */
export interface MediaPropertyEntry {
  /** '' where the layout names none. */
  readonly displayName: string;
  /** `callVariable1` … `callVariable10`, `user.<name>`, `BA…`, or a property of the call such as `queueName`. */
  readonly mediaProperty: string;
  readonly showInPopOver: boolean;
  readonly uiEditable: boolean;
}

/** Which variables of a call are shown, and where (objects.md 7). */
export interface MediaPropertiesLayout {
  readonly uri: string;
  readonly id: string;
  /** '' up to 11.x, which has the default layout alone. */
  readonly name: string;
  readonly description: string;
  readonly type: Open<'DEFAULT' | 'CUSTOM' | ''>;
  readonly header: MediaPropertyEntry | null;
  /** Left, then right. */
  readonly columns: readonly (readonly MediaPropertyEntry[])[];
}

export function readMediaPropertiesLayouts(root: Element): MediaPropertiesLayout[] {
  return list(root, 'MediaPropertiesLayout').map((element) => {
    const header = list(find(element, 'header'), 'entry')[0];
    return {
      uri: text(element, 'uri'),
      id: idOf(element),
      name: text(element, 'name'),
      description: text(element, 'description'),
      type: text(element, 'type'),
      header: header === undefined ? null : readEntry(header),
      columns: list(element, 'column').map((column) => list(column, 'entry').map(readEntry)),
    };
  });
}

function readEntry(element: Element): MediaPropertyEntry {
  return {
    displayName: text(element, 'displayName'),
    mediaProperty: text(element, 'mediaProperty'),
    showInPopOver: boolean(element, 'showInPopOver'),
    uiEditable: boolean(element, 'uiEditable'),
  };
}
