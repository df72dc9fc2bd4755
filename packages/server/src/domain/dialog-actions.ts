/** What a participant may do with a dialog, as a table (objects.md 3.6). */
import type { Dialog, DialogAction, Participant } from './dialog.ts';
import type { Profile } from './profile.ts';

/** The question: whose actions, in which dialog, beside which other calls. */
export interface ActionQuestion {
  readonly dialog: Dialog;
  readonly participant: Participant;
  /** Dialogs at the participant's extension; this one among them or not. */
  readonly dialogsThere: readonly Dialog[];
  readonly profile: Profile;
  /** Whether the property lets this participant remove parties of a conference (enableDropParticipantFor). */
  readonly mayDropParticipants: boolean;
}

/** Allowed actions in the printed order. Outside parties get them too; they mean nothing there. */
export function actionsOf(_question: ActionQuestion): readonly DialogAction[] {
  return [];
}
