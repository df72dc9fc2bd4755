/** Workflows and dialogs in XML, as the REST API answers them and as events bear them. */
import { type Dialog, readDialog, readWorkflows, type Workflow } from '@poise/client';
import { type Element, element, parse, XmlError } from '@poise/xml';

/** The text is no XML, or has nothing of the kind in it. */
export class WorkflowReadError extends Error {
  override readonly name = 'WorkflowReadError';
  /** Where the XML is broken, in the parser's words; null: it is sound, and something else. */
  readonly detail: string | null;

  constructor(detail: string | null) {
    super(detail ?? 'nothing of the kind is in it');
    this.detail = detail;
  }
}

/** `Workflows`, or one `Workflow`. @throws WorkflowReadError */
export function workflowsFromXml(text: string): readonly Workflow[] {
  const root = rootOf(text);
  const workflows =
    root.name === 'Workflow'
      ? readWorkflows(element('Workflows', '', undefined, [root]))
      : found(root, 'workflows').flatMap((list) => readWorkflows(list));
  if (workflows.length === 0) throw new WorkflowReadError(null);
  return workflows;
}

export interface DialogEvent {
  readonly dialog: Dialog;
  /** An event DELETE: it is gone from the user's list. */
  readonly ended: boolean;
}

/**
 * Every dialog of the text, in order: a `Dialog`, `Dialogs`, an event `Update`, or several of them in one root element.
 * @throws WorkflowReadError
 */
export function dialogsFromXml(text: string): readonly DialogEvent[] {
  const root = rootOf(text);
  const events = dialogsIn(root, false);
  if (events.length === 0) throw new WorkflowReadError(null);
  return events;
}

function dialogsIn(within: Element, ended: boolean): DialogEvent[] {
  if (within.name.toLowerCase() === 'dialog') return [{ dialog: readDialog(within), ended }];
  const isDelete =
    within.name === 'Update' &&
    within.elements().some(({ name, text }) => name === 'event' && text.trim() === 'DELETE');
  return within.elements().flatMap((child) => dialogsIn(child, ended || isDelete));
}

/** Elements of this name, wherever they stand; outermost first. */
function found(within: Element, name: string): Element[] {
  return within.name.toLowerCase() === name
    ? [within]
    : within.elements().flatMap((child) => found(child, name));
}

function rootOf(text: string): Element {
  try {
    return parse(text.replace(/^\uFEFF/, ''), { declaration: 'allow', comments: 'skip' });
  } catch (error) {
    if (error instanceof XmlError) throw new WorkflowReadError(error.message);
    throw error;
  }
}
