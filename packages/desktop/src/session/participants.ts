/** Who can be removed from a conference (desktop.md 4.3). */
import type { Dialog } from '@poise/client';
import { allows } from './calls.ts';

/** Whoever has left, or does not take part yet, has nothing to be removed from. */
const IN_CALL = new Set(['ACTIVE', 'HELD', 'ALERTING']);

/**
 * Addresses of the parties that the agent may remove now. Whether at all, the server says (`PARTICIPANT_DROP`); the layout
 * property `dropParticipant` says whom the list shows.
 */
export function droppable(dialog: Dialog, extension: string, shown: 'agents' | 'all'): readonly string[] {
  if (!allows(dialog, extension, 'PARTICIPANT_DROP')) return [];
  return dialog.participants
    .filter(
      ({ mediaAddress, mediaAddressType, state }) =>
        mediaAddress !== extension &&
        IN_CALL.has(state) &&
        (shown === 'all' || mediaAddressType === 'AGENT_DEVICE'),
    )
    .map(({ mediaAddress }) => mediaAddress);
}
