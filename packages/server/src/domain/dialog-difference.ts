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
  const agentsOnly =
    changed && told !== undefined && sameDialog(told.dialog, withAgentsOf(told.dialog, dialog))
      ? ({ agentsOnly: true } as const)
      : {};
  const changes: DialogChange[] = [];
  for (const [extension, viewer] of told?.viewers ?? []) {
    if (now.viewers.get(extension) === viewer) continue;
    if (changed && stateAt(dialog, extension) === 'DROPPED' && stateAt(told!.dialog, extension) !== 'DROPPED')
      changes.push({ kind: 'PUT', viewer, extension, dialog: parting(dialog, extension), happening });
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
    else if (!sameView(viewAt(told!.dialog, extension), viewAt(dialog, extension)))
      changes.push({ kind: 'PUT', viewer, extension, dialog, happening });
    else if (changed) changes.push({ kind: 'PUT', viewer, extension, dialog, happening, ...agentsOnly });
  }
  return changes;
}

/** The dialog as if the same agents as before sat at its phones. */
const withAgentsOf = (told: Dialog, dialog: Dialog): Dialog => ({
  ...dialog,
  participants: dialog.participants.map((one, index) => ({
    ...one,
    agentId: told.participants[index]?.agentId ?? null,
  })),
});

/**
 * What somebody reads last who leaves: of a conference or a transfer a dialog that goes on among the others, of any
 * other call one that is over, also while the other party still rings, waits or hears the tone (objects.md 3.4).
 */
function parting(dialog: Dialog, extension: string): Dialog {
  const others = dialog.participants.filter(({ state }) => state !== 'DROPPED' && state !== 'WRAP_UP');
  const transferred = participantAt(dialog, extension)?.stateCause === 'OTHER';
  return transferred || others.length > 1 ? dialog : { ...dialog, state: 'DROPPED' };
}

const participantAt = (dialog: Dialog, extension: string): Participant | undefined =>
  dialog.participants.find(({ mediaAddress }) => mediaAddress === extension);

const stateAt = (dialog: Dialog, extension: string): string | undefined =>
  participantAt(dialog, extension)?.state;

/** Whether the user at the extension is listened to silently, and only shown that it is so: no call of that user's. */
export const isWatched = (dialog: Dialog, extension: string): boolean =>
  dialog.kind === 'monitor' &&
  participantAt(dialog, extension) === undefined &&
  dialog.fromAddress !== extension;

/** What is not the same to everybody, as one user reads it. */
export interface View {
  readonly callType: string;
  readonly dnis: string;
  readonly associatedDialogId: string | null;
}

/** @param extension of the user who looks; null: nobody in particular */
export function viewAt(dialog: Dialog, extension: string | null): View {
  const { media, associatedDialogId } = dialog;
  const own = extension === null ? undefined : participantAt(dialog, extension);
  return {
    callType: own?.callType ?? media.callType,
    dnis: own?.dnis ?? media.dnis,
    // Beside its own monitor call, the consult call of others is of no concern to a supervisor.
    associatedDialogId: own?.associatedDialogId ?? associatedDialogId,
  };
}

const sameView = (a: View, b: View): boolean =>
  a.callType === b.callType && a.dnis === b.dnis && a.associatedDialogId === b.associatedDialogId;

/** Whether users would see the same (a recording is not printed), but for what each has of its own ({@link viewAt}). */
export function sameDialog(a: Dialog, b: Dialog): boolean {
  return (
    a === b ||
    (a.kind === b.kind &&
      a.state === b.state &&
      a.fromAddress === b.fromAddress &&
      a.toAddress === b.toAddress &&
      a.secondaryId === b.secondaryId &&
      a.controller === b.controller &&
      sameMedia(a.media, b.media) &&
      a.participants.length === b.participants.length &&
      a.participants.every((participant, index) => sameParticipant(participant, b.participants[index]!)))
  );
}

/** What the dialog says to another device is not shown. Who the agent is counts: what a supervisor may do is shown to everybody. */
const UNSEEN: ReadonlySet<string> = new Set(['callType', 'dnis', 'associatedDialogId']);

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
