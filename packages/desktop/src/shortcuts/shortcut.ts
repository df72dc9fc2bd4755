/**
 * The keyboard shortcuts: for each its predefined keys (desktop.md section 15) and the action it stands for. The rule that
 * enables an action is the one of its button.
 */
import { type Action, areStatesComing, signOutActions, stateActions } from '../actions/action.ts';
import { CALL_ACTIONS, type CallVerb, whyBlocked } from '../actions/call-action.ts';
import { sendErrorReport } from '../actions/error-report.ts';
import type { Commands } from '../desk/commands.ts';
import type { MessageKey } from '../messages/catalogue.ts';
import type { DesktopController } from '../session/controller.ts';
import type { DesktopState, Sentence } from '../session/store.ts';
import { callFor } from './call-for.ts';

/** Everything that a shortcut may need. */
export interface Reach {
  readonly state: DesktopState;
  readonly controller: DesktopController;
  readonly commands: Commands;
}

export const GROUPS = [
  'state',
  'calls',
  'variables',
  'supervisor',
  'application',
  'navigation',
  'gadget',
] as const;
export type Group = (typeof GROUPS)[number];

export interface Shortcut {
  /** Kept in the agent's settings: never renamed. */
  readonly id: string;
  readonly group: Group;
  readonly label: Sentence;
  /** Predefined keys. */
  readonly keys: string;
  readonly forSupervisors?: true;
  /** Under whose name it is listed, where it is not the page's. */
  readonly owner?: string;
  enabled(reach: Reach): boolean;
  /** Why it does nothing now; null: no more is known than that. */
  whyNot(reach: Reach): Sentence | null;
  run(reach: Reach): void;
}

type Row = Pick<Shortcut, 'id' | 'group' | 'keys'> & { readonly label: MessageKey | Sentence };

const sentence = (label: MessageKey | Sentence): Sentence =>
  typeof label === 'string' ? { key: label } : label;

/**
 * Runs the one action there is, or opens the menu of several.
 * @param areComing whether there will be actions in a moment: their menu opens already
 */
function choice(
  row: Row,
  actionsOf: (state: DesktopState) => readonly Action[],
  menu: string,
  areComing: (state: DesktopState) => boolean = () => false,
): Shortcut {
  const only = (state: DesktopState) => {
    const actions = actionsOf(state);
    return actions.length === 1 ? actions[0] : undefined;
  };
  return {
    ...row,
    label: sentence(row.label),
    enabled: ({ state, commands }) => {
      const possible = areComing(state) || actionsOf(state).some((action) => action.enabled(state));
      return possible && (only(state) !== undefined || commands.has(menu));
    },
    whyNot: ({ state }) =>
      actionsOf(state)
        .map((action) => action.whyNot(state))
        .find((why) => why !== null) ?? null,
    run: ({ state, controller, commands }) => {
      const action = only(state);
      if (action) void action.run(controller);
      else commands.run(menu);
    },
  };
}

/** Does something with the call that is meant, or opens its field for a number. */
function ofCall(verb: CallVerb, keys: string): Shortcut {
  const action = CALL_ACTIONS.find((each) => each.verb === verb);
  if (!action) throw new Error(`no action of calls: ${verb}`);
  const target = ({ state: { calls, user } }: Reach) => callFor(verb, calls.dialogs, user?.extension ?? '');
  return {
    id: `call.${verb}`,
    group: 'calls',
    label: { key: action.label },
    keys,
    enabled: (reach) => {
      const dialog = target(reach);
      return dialog !== null && whyBlocked(action, dialog, reach.state) === null;
    },
    whyNot: (reach) => {
      const dialog = target(reach);
      return dialog === null ? { key: 'shortcuts.noCall' } : whyBlocked(action, dialog, reach.state) || null;
    },
    run: (reach) => {
      const dialog = target(reach);
      if (dialog === null) return;
      if (action.asks) reach.commands.run(`call.${verb}.${dialog.id}`);
      else void action.run(reach.controller, dialog, '');
    },
  };
}

/** A call that rings comes first; without one, the contact that a campaign offers is accepted. */
function answerOrAccept(answer: Shortcut): Shortcut {
  const accepts = (reach: Reach) => !answer.enabled(reach) && reach.commands.has('accept');
  return {
    ...answer,
    enabled: (reach) => answer.enabled(reach) || accepts(reach),
    run: (reach) => (accepts(reach) ? void reach.commands.run('accept', '') : answer.run(reach)),
  };
}

/** Asks a part of the page, while it offers it. */
function command(
  row: Row,
  name: string,
  more: Pick<Shortcut, 'forSupervisors'> = {},
  argument = '',
  why: Sentence | null = null,
): Shortcut {
  return {
    ...row,
    ...more,
    label: sentence(row.label),
    enabled: ({ commands }) => commands.has(name),
    whyNot: () => why,
    run: ({ commands }) => void commands.run(name, argument),
  };
}

const NAVIGATION = Array.from({ length: 9 }, (_, index) =>
  command(
    {
      id: `navigate.${index + 1}`,
      group: 'navigation',
      label: { key: 'shortcuts.page', values: { number: String(index + 1) } },
      keys: `Ctrl+Alt+${index + 1}`,
    },
    `navigate.${index + 1}`,
  ),
);

export const SHORTCUTS: readonly Shortcut[] = [
  choice(
    { id: 'ready', group: 'state', label: 'state.READY', keys: 'Ctrl+Alt+R' },
    (state) => stateActions(state).filter(({ id }) => id === 'ready'),
    '',
  ),
  command(
    { id: 'channels.menu', group: 'state', label: 'channels.heading', keys: 'Ctrl+Shift+L' },
    'channels.menu',
  ),
  command(
    { id: 'channels.ready', group: 'state', label: 'channels.allReady', keys: 'Ctrl+Shift+V' },
    'channels.ready',
  ),
  command(
    { id: 'channels.not-ready', group: 'state', label: 'channels.allNotReady', keys: 'Ctrl+Shift+Z' },
    'channels.not-ready',
  ),
  choice(
    { id: 'not-ready', group: 'state', label: 'state.NOT_READY', keys: 'Ctrl+Alt+N' },
    (state) => stateActions(state).filter(({ mark }) => mark === 'NOT_READY'),
    'not-ready.menu',
    areStatesComing,
  ),
  command({ id: 'call.new', group: 'calls', label: 'calls.makeNew', keys: 'Ctrl+Alt+O' }, 'dial-pad'),
  answerOrAccept(ofCall('ANSWER', 'Ctrl+Alt+A')),
  ofCall('HOLD', 'Ctrl+Alt+V'),
  ofCall('RETRIEVE', 'Ctrl+Alt+G'),
  ofCall('DROP', 'Ctrl+Alt+E'),
  ofCall('CONSULT_CALL', 'Ctrl+Alt+C'),
  ofCall('TRANSFER', 'Ctrl+Alt+X'),
  ofCall('CONFERENCE', 'Ctrl+Alt+H'),
  ofCall('TRANSFER_SST', 'Ctrl+Alt+Q'),
  ofCall('SEND_DTMF', 'Ctrl+Alt+K'),
  command({ id: 'wrap-up', group: 'calls', label: 'call.wrapUp', keys: 'Ctrl+Alt+W' }, 'wrap-up'),
  command(
    { id: 'reclassify', group: 'calls', label: 'shortcuts.reclassify', keys: 'Ctrl+Alt+Y' },
    'reclassify',
  ),
  command({ id: 'callback', group: 'calls', label: 'shortcuts.callback', keys: 'Ctrl+Alt+S' }, 'callback'),
  command({ id: 'reject', group: 'calls', label: 'shortcuts.reject', keys: 'Ctrl+Alt+U' }, 'reject'),
  command({ id: 'close', group: 'calls', label: 'shortcuts.close', keys: 'Ctrl+Alt+J' }, 'close'),
  command(
    { id: 'variables.save', group: 'variables', label: 'shortcuts.save', keys: 'Ctrl+Alt+M' },
    'variables.save',
  ),
  command(
    { id: 'variables.revert', group: 'variables', label: 'shortcuts.revert', keys: 'Ctrl+Alt+Z' },
    'variables.revert',
  ),
  command(
    { id: 'barge-in', group: 'supervisor', label: 'shortcuts.bargeIn', keys: 'Ctrl+Alt+B' },
    'barge-in',
    { forSupervisors: true },
  ),
  command(
    { id: 'drop-participant', group: 'supervisor', label: 'shortcuts.drop', keys: 'Ctrl+Alt+D' },
    'drop-participant',
  ),
  command(
    { id: 'team-message', group: 'supervisor', label: 'shortcuts.teamMessage', keys: 'Ctrl+Alt+0' },
    'team-message',
    { forSupervisors: true },
  ),
  command(
    { id: 'select-team', group: 'supervisor', label: 'shortcuts.selectTeam', keys: 'Ctrl+Shift+F' },
    'select-team',
    { forSupervisors: true },
  ),
  command(
    { id: 'next-pop-over', group: 'application', label: 'shortcuts.nextPopOver', keys: 'Ctrl+Alt+P' },
    'next-pop-over',
  ),
  command(
    { id: 'maximise', group: 'application', label: 'shortcuts.maximise', keys: 'Ctrl+Shift+0' },
    'maximise',
    {},
    '',
    { key: 'shortcuts.maximiseWhere' },
  ),
  command(
    {
      id: 'developer-panel',
      group: 'application',
      label: 'developer.heading',
      keys: 'Ctrl+Alt+Shift+D',
    },
    'developer-panel',
  ),
  command(
    { id: 'list', group: 'application', label: 'shortcuts.heading', keys: 'Ctrl+Alt+F' },
    'dialog.shortcuts',
  ),
  choice(
    { id: 'error-report', group: 'application', label: 'report.send', keys: 'Ctrl+Shift+2' },
    () => [sendErrorReport],
    '',
  ),
  choice(
    { id: 'sign-out', group: 'application', label: 'header.signOut', keys: 'Ctrl+Alt+L' },
    signOutActions,
    'sign-out.menu',
  ),
  command({ id: 'search', group: 'navigation', label: 'search.heading', keys: 'Ctrl+Alt+I' }, 'search'),
  command(
    { id: 'multi-tab.next', group: 'navigation', label: 'shortcuts.nextTab', keys: 'Alt+Shift+N' },
    'multi-tab.next',
  ),
  command(
    { id: 'multi-tab.previous', group: 'navigation', label: 'shortcuts.previousTab', keys: 'Alt+Shift+P' },
    'multi-tab.previous',
  ),
  ...NAVIGATION,
];

/**
 * Whether the list shows it: everything that this agent may ever do, also while it is not possible; but no page and no part that the
 * layout does not have.
 */
export function isListed(shortcut: Shortcut, reach: Reach): boolean {
  if (MULTI_TAB.has(shortcut.id)) return reach.commands.has('multi-tab');
  if (shortcut.id === 'drop-participant') return mayDrop(reach.state);
  return !OF_LAYOUT.has(shortcut.id) || shortcut.enabled(reach);
}

/** Whether this user may ever drop somebody from a conference (desktop.md 4.3). */
const mayDrop = ({ user, layout }: DesktopState): boolean =>
  user?.roles.includes('Supervisor') === true ||
  (layout !== null && layout.properties.enableDropParticipantFor !== 'supervisor_only');

/** Enabled only where the focus is; listed wherever there is such a box. */
const MULTI_TAB: ReadonlySet<string> = new Set(['multi-tab.next', 'multi-tab.previous']);

/** What concerns calls brings call control to the front; the end of the only call does not (desktop.md 11). */
export function bringsCallsForward({ id }: Shortcut, { state }: Pick<Reach, 'state'>): boolean {
  if (!/^call\.[A-Z]/.test(id)) return false;
  return id !== 'call.DROP' || state.calls.dialogs.length > 1;
}

/** Their parts offer them for as long as they are on the page, which is always or never. */
const OF_LAYOUT: ReadonlySet<string> = new Set([
  'developer-panel',
  'channels.menu',
  'channels.ready',
  'channels.not-ready',
  'team-message',
  'select-team',
  ...NAVIGATION.map(({ id }) => id),
]);
