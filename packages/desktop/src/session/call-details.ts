/** What a supervisor sees of the call of an agent (desktop.md 7.3). */
import type { Dialog, History, MediaPropertiesLayout } from '@poise/client';
import { ownPart } from './calls.ts';
import { glanceVariables, type ShownVariable } from './variables.ts';

export interface CallFacts {
  /** Of the agent's part. */
  readonly state: string;
  /** When the agent came into the call, epoch ms by the server's clock. */
  readonly since: number | null;
  /** Those who talk, the agent among them. */
  readonly active: readonly string[];
  /** The others who are on hold. */
  readonly held: readonly string[];
  /** Those that the pop-over of the call shows. */
  readonly variables: readonly ShownVariable[];
}

/** Whether the agent at this extension is in the call still. */
export function isIn(dialog: Dialog, extension: string): boolean {
  const own = ownPart(dialog, extension);
  return own !== undefined && own.state !== 'DROPPED';
}

/**
 * @param layouts of call variables, as the server has them
 * @returns null: the agent is not in this call any more
 */
export function callDetailsOf(
  dialog: Dialog,
  extension: string,
  layouts: readonly MediaPropertiesLayout[],
): CallFacts | null {
  const own = ownPart(dialog, extension);
  if (own === undefined || own.state === 'DROPPED') return null;
  const numbers = (wanted: (state: string, isOwn: boolean) => boolean) =>
    dialog.participants
      .filter(({ mediaAddress, state }) => wanted(state, mediaAddress === extension))
      .map(({ mediaAddress }) => mediaAddress);
  return {
    state: own.state,
    since: own.startTime?.getTime() ?? null,
    active: numbers((state) => state === 'ACTIVE'),
    held: numbers((state, isOwn) => state === 'HELD' && !isOwn),
    variables: glanceVariables(dialog, layouts),
  };
}

/**
 * The queue of a call: its number, where the server knows no name of it; '' without a queue. Dialogs name it from release 12.6 on
 * (objects.md 3.2); of older ones the history of the agent does.
 */
export function queueOf({ id, mediaProperties }: Dialog, history: Pick<History, 'calls'> | null): string {
  const told = mediaProperties.queueName || (mediaProperties.queueNumber ?? '');
  return told || (history?.calls.find(({ dialogId }) => dialogId === id)?.queueName ?? '');
}
