/** Dialogs as the SDK reads them. */
import type { Dialog, Participant } from '@poise/client';

/** Extension of the agent. */
export const OWN = '3001';

export function part(mediaAddress: string, state: string, actions: readonly string[] = []): Participant {
  return {
    mediaAddress,
    mediaAddressType: 'AGENT_DEVICE',
    state,
    stateCause: '',
    startTime: null,
    stateChangeTime: null,
    actions,
  };
}

export function dialog(id: string, participants: readonly Participant[], more: Partial<Dialog> = {}): Dialog {
  return {
    uri: `/finesse/api/Dialog/${id}`,
    id,
    state: 'ACTIVE',
    mediaType: 'Voice',
    fromAddress: '15551234',
    toAddress: '6003',
    associatedDialogUri: '',
    secondaryId: '',
    scheduledCallback: null,
    callType: 'PREROUTE_ACD_IN',
    dialedNumber: '6003',
    dnis: OWN,
    wrapUpReason: '',
    callVariables: [],
    mediaProperties: {},
    participants,
    ...more,
  };
}
