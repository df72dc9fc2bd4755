import { useCallback, useRef, useSyncExternalStore } from 'react';
import { Menu, MenuItem, MenuTrigger, Popover, Separator, SubmenuTrigger } from 'react-aria-components';
import { AGENT_ACTIONS, type SupervisorView } from '../actions/agent-action.ts';
import { useDesktop, useDesktopState } from '../desktop-context.tsx';
import { type MessageKey, useMessages } from '../messages/index.tsx';
import type { DesktopState } from '../session/store.ts';
import { isTalking, type Member } from '../session/team-members.ts';
import { Icon } from './icon.tsx';
import { MenuEntry } from './menu-entry.tsx';
import { StateMark } from './state-mark.tsx';

const theLink = (state: DesktopState) => state.link;
const theUser = (state: DesktopState) => state.user;
const theProperties = (state: DesktopState) => state.layout?.properties;
const theDialogs = (state: DesktopState) => state.calls.dialogs;

/** One thing to do; why it cannot be done now stands at the foot of the menu while it is looked at. */
function Entry({
  id,
  label,
  mark,
  why = null,
}: {
  id: string;
  label: MessageKey;
  mark?: string | undefined;
  why?: MessageKey | null;
}) {
  const { t } = useMessages();
  return (
    <MenuEntry id={id} label={t(label)} why={why === null ? null : t(why)}>
      {mark ? <StateMark state={mark} /> : null}
      <span className="text">{t(label)}</span>
    </MenuEntry>
  );
}

/** What can be done with one agent: looking and listening first, the states in a menu of their own. What cannot be done now is there, too. */
export function AgentMenu({
  id,
  at,
  onClose,
  onHistory,
}: {
  id: string;
  at: HTMLElement;
  onClose: () => void;
  onHistory: (member: Member) => void;
}) {
  const { t } = useMessages();
  const { controller } = useDesktop();
  const { team } = controller.areas;
  const { members } = team;
  const link = useDesktopState(theLink);
  const user = useDesktopState(theUser);
  const dialogs = useDesktopState(theDialogs);
  const properties = useDesktopState(theProperties);
  const subscribe = useCallback((listener: () => void) => members.subscribe(id, listener), [members, id]);
  const member = useSyncExternalStore(subscribe, () => members.drawn(id))?.row;
  const anchor = useRef<HTMLElement>(at);
  if (member === undefined) return null;
  const view: SupervisorView = { link, user, dialogs };
  const canLook = isTalking(member) || member.state === 'HOLD';
  const hasDetails = properties?.showActiveCallDetails !== false;
  const hasHistory = properties?.showAgentHistoryGadgets !== false;
  const run = (key: string) => {
    const action = AGENT_ACTIONS.find((each) => each.id === key);
    if (action?.whyNot(member, view) === null) void action.run(controller, member, view);
    if (key === 'details' && canLook) team.look(id);
    if (key === 'history') onHistory(member);
  };
  const listed = (isState: boolean) =>
    AGENT_ACTIONS.filter(({ mark }) => (mark !== undefined) === isState).map((action) => (
      <Entry
        key={action.id}
        id={action.id}
        label={action.label}
        mark={action.mark}
        why={action.whyNot(member, view)}
      />
    ));
  return (
    <MenuTrigger
      isOpen
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
    >
      <Popover
        className="popover agent-menu"
        aria-label={t('agent.actionsOf', { name: member.name })}
        placement="bottom end"
        triggerRef={anchor}
      >
        <Menu
          className="menu"
          autoFocus="first"
          aria-label={t('agent.actionsOf', { name: member.name })}
          onAction={(key) => run(String(key))}
        >
          {listed(false)}
          {hasDetails ? (
            <Entry id="details" label="agent.details" why={canLook ? null : 'agent.monitorTalking'} />
          ) : null}
          {hasHistory ? <Entry id="history" label="agent.history" /> : null}
          <Separator className="menu-line" />
          <SubmenuTrigger>
            <MenuItem className="menu-item" id="state" textValue={t('state.change')}>
              <span className="text">{t('state.change')}</span>
              <Icon name="chevronEnd" />
            </MenuItem>
            <Popover className="popover agent-menu">
              <Menu className="menu" aria-label={t('state.change')} onAction={(key) => run(String(key))}>
                {listed(true)}
              </Menu>
            </Popover>
          </SubmenuTrigger>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
