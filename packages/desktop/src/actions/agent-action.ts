/**
 * What a supervisor can do with an agent of a team, each thing one object (desktop.md 7.2). The server sends no list of
 * actions for an agent of somebody else: the tables of who may ask for what (objects.md 2.5) stand here, and what can be
 * done with a call comes from the actions of the supervisor's own part in it.
 */
import type { Dialog } from '@poise/client';
import type { MessageKey } from '../messages/catalogue.ts';
import { allows, ownPart } from '../session/calls.ts';
import type { DesktopController } from '../session/controller.ts';
import type { AgentUser, DesktopState } from '../session/store.ts';
import { isTalking, type Member } from '../session/team-members.ts';

/** What decides about an action, apart from the agent. */
export interface SupervisorView {
  readonly link: DesktopState['link'];
  readonly user: Pick<AgentUser, 'loginId' | 'extension' | 'state'> | null;
  readonly dialogs: readonly Dialog[];
}

export interface AgentAction {
  readonly id: string;
  readonly label: MessageKey;
  /** State shown by the coloured mark. */
  readonly mark?: string;
  /** Why it cannot be done now; null: it can. */
  whyNot(member: Member, view: SupervisorView): MessageKey | null;
  run(controller: DesktopController, member: Member, view: SupervisorView): Promise<void>;
}

/** From which states a supervisor may ask for them (objects.md 2.5). */
const FROM: Readonly<Record<'READY' | 'NOT_READY' | 'LOGOUT', ReadonlySet<string>>> = {
  READY: new Set(['NOT_READY', 'WORK', 'WORK_READY', 'RESERVED_OUTBOUND', 'TALKING', 'HOLD']),
  NOT_READY: new Set(['READY', 'WORK', 'WORK_READY']),
  LOGOUT: new Set([
    'READY',
    'NOT_READY',
    'RESERVED',
    'RESERVED_OUTBOUND',
    'RESERVED_OUTBOUND_PREVIEW',
    'TALKING',
    'HOLD',
    'WORK',
    'WORK_READY',
  ]),
};

const isSelf = (member: Member, { user }: SupervisorView): boolean => user?.loginId === member.id;

function stateAction(id: string, label: MessageKey, state: 'READY' | 'NOT_READY' | 'LOGOUT'): AgentAction {
  return {
    id,
    label,
    mark: state,
    whyNot(member, view) {
      if (view.link !== 'up') return 'agent.noLink';
      if (isSelf(member, view)) return 'agent.self';
      if (member.state === 'LOGOUT') return 'agent.signedOut';
      if (member.state === state) return 'agent.already';
      // The follow-up that is asked for already.
      if (member.pendingState === state) return 'agent.follows';
      // CCX: in a call of his own, an agent can only be signed out (desktop.md 7.2).
      if (member.isBusy && state !== 'LOGOUT') return 'agent.otherState';
      return FROM[state].has(member.state) ? null : 'agent.otherState';
    },
    run: (controller, member) => controller.areas.team.setState(member, state),
  };
}

/** The call in which the supervisor may do this, with the agent in it. */
function callFor(member: Member, { user, dialogs }: SupervisorView, action: string): Dialog | undefined {
  return dialogs.find(
    (dialog) =>
      allows(dialog, user?.extension ?? '', action) &&
      (dialog.toAddress === member.extension ||
        dialog.participants.some(
          ({ mediaAddress, state }) => mediaAddress === member.extension && state !== 'DROPPED',
        )),
  );
}

const isInCall = ({ user, dialogs }: SupervisorView): boolean =>
  dialogs.some((dialog) => {
    const state = ownPart(dialog, user?.extension ?? '')?.state;
    return state !== undefined && state !== 'DROPPED' && state !== 'WRAP_UP';
  });

const monitor: AgentAction = {
  id: 'monitor',
  label: 'agent.monitor',
  whyNot(member, view) {
    if (view.link !== 'up') return 'agent.noLink';
    if (isSelf(member, view)) return 'agent.self';
    if (view.user?.state !== 'NOT_READY' || isInCall(view)) return 'agent.monitorSelf';
    return isTalking(member) ? null : 'agent.monitorTalking';
  },
  run: (controller, member) => controller.areas.team.monitor(member),
};

const bargeIn: AgentAction = {
  id: 'barge-in',
  label: 'agent.bargeIn',
  whyNot(member, view) {
    if (view.link !== 'up') return 'agent.noLink';
    return callFor(member, view, 'BARGE_CALL') === undefined ? 'agent.bargeInFirst' : null;
  },
  async run(controller, member, view) {
    const call = callFor(member, view, 'BARGE_CALL');
    if (call !== undefined) await controller.areas.team.bargeIn(member, call.id);
  },
};

const intercept: AgentAction = {
  id: 'intercept',
  label: 'agent.intercept',
  whyNot(member, view) {
    if (view.link !== 'up') return 'agent.noLink';
    return callFor(member, view, 'PARTICIPANT_DROP') === undefined ? 'agent.interceptFirst' : null;
  },
  async run(controller, member, view) {
    const call = callFor(member, view, 'PARTICIPANT_DROP');
    if (call !== undefined) await controller.areas.team.intercept(member, call.id);
  },
};

/** In the order in which they stand in the menu of an agent. */
export const AGENT_ACTIONS: readonly AgentAction[] = [
  stateAction('ready', 'state.READY', 'READY'),
  stateAction('not-ready', 'state.NOT_READY', 'NOT_READY'),
  stateAction('sign-out', 'header.signOut', 'LOGOUT'),
  monitor,
  bargeIn,
  intercept,
];
