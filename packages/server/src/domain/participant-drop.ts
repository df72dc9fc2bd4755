/** Who may remove parties of a conference, and which (desktop.md 4.3; property enableDropParticipantFor). */
import type { Dialog, Participant } from './dialog.ts';

export const PARTICIPANT_DROP_RULES = [
  'supervisor_only',
  'conference_controller_and_supervisor',
  'all',
] as const;
export type ParticipantDropRule = (typeof PARTICIPANT_DROP_RULES)[number];

interface Rule {
  /** May a party of the conference remove others? */
  readonly who: (supervisor: boolean, controller: boolean) => boolean;
  /** Agents only, or everybody: route points, IVR ports, callers too. */
  readonly whom: 'agents' | 'everybody';
}

const RULES: Readonly<Record<ParticipantDropRule, Rule>> = {
  supervisor_only: { who: (supervisor) => supervisor, whom: 'agents' },
  conference_controller_and_supervisor: {
    who: (supervisor, controller) => supervisor || controller,
    whom: 'everybody',
  },
  all: { who: () => true, whom: 'everybody' },
};

/** Whether an agent of the conference may remove others. */
export function mayDropParticipants(
  rule: ParticipantDropRule,
  dialog: Pick<Dialog, 'controller'>,
  participant: Pick<Participant, 'mediaAddress' | 'agentId'>,
  supervises: boolean,
): boolean {
  if (participant.agentId === null) return false;
  return RULES[rule].who(supervises, dialog.controller === participant.mediaAddress);
}

/** Whether the rule lets this party be removed. */
export function isDroppable(
  rule: ParticipantDropRule,
  target: Pick<Participant, 'mediaAddressType'>,
): boolean {
  return RULES[rule].whom === 'everybody' || target.mediaAddressType === 'AGENT_DEVICE';
}
