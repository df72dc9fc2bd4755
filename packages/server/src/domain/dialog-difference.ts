/** What changed between two states of a dialog, and whom that concerns. Pure. */
import type { Dialog, DialogChange, DialogHappening, DialogMedia, Participant } from './dialog.ts';

/** A dialog and the users who see it: login id by extension. */
export interface Seen {
  readonly dialog: Dialog;
  readonly viewers: ReadonlyMap<string, string>;
}

/**
 * The Updates that lead from what was told to what is. POST comes before any PUT, and a user whose leg has left
 * gets that as a PUT before the DELETE (notification-service.md 5.4).
 */
export function difference(told: Seen | undefined, now: Seen, happening: DialogHappening): DialogChange[] {
  const { dialog } = now;
  const changed = told === undefined || !sameDialog(told.dialog, dialog);
  const changes: DialogChange[] = [];
  for (const [extension, viewer] of told?.viewers ?? []) {
    if (now.viewers.get(extension) === viewer) continue;
    if (changed && stateAt(dialog, extension) === 'DROPPED' && stateAt(told!.dialog, extension) !== 'DROPPED')
      changes.push({ kind: 'PUT', viewer, extension, dialog, happening });
    changes.push({
      kind: 'DELETE',
      viewer,
      extension,
      dialog: { ...dialog, state: 'DROPPED' },
      happening: 'ended',
    });
  }
  for (const [extension, viewer] of now.viewers) {
    if (told?.viewers.get(extension) !== viewer)
      changes.push({ kind: 'POST', viewer, extension, dialog, happening });
    else if (changed || callTypeFor(told.dialog, extension) !== callTypeFor(dialog, extension))
      changes.push({ kind: 'PUT', viewer, extension, dialog, happening });
  }
  return changes;
}

const stateAt = (dialog: Dialog, extension: string): string | undefined =>
  dialog.participants.find(({ mediaAddress }) => mediaAddress === extension)?.state;

/** The call type as this device was told it. */
export const callTypeFor = (dialog: Dialog, extension: string): string =>
  dialog.participants.find(({ mediaAddress }) => mediaAddress === extension)?.callType ??
  dialog.media.callType;

/** Whether users would see the same, but for the call type, of which each has its own. */
export function sameDialog(a: Dialog, b: Dialog): boolean {
  return (
    a === b ||
    (a.kind === b.kind &&
      a.state === b.state &&
      a.fromAddress === b.fromAddress &&
      a.toAddress === b.toAddress &&
      a.associatedDialogId === b.associatedDialogId &&
      a.secondaryId === b.secondaryId &&
      a.controller === b.controller &&
      a.recording === b.recording &&
      sameMedia(a.media, b.media) &&
      a.participants.length === b.participants.length &&
      a.participants.every((participant, index) => sameParticipant(participant, b.participants[index]!)))
  );
}

/** Who the agent is, and how the call looks to another device, is not shown. */
const UNSEEN: ReadonlySet<string> = new Set(['agentId', 'callType']);

const sameParticipant = (a: Participant, b: Participant): boolean =>
  (Object.keys(a) as Array<keyof Participant>).every((key) => UNSEEN.has(key) || a[key] === b[key]);

function sameMedia(a: DialogMedia, b: DialogMedia): boolean {
  return (Object.keys(a) as Array<keyof DialogMedia>).every(
    (key) => UNSEEN.has(key) || sameValue(a[key], b[key]),
  );
}

/** Lists and records of the picture are replaced only when they change, except where they are made anew. */
function sameValue(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b));
}
