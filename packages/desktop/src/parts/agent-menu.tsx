import { useCallback, useRef, useSyncExternalStore } from 'react';
import { Menu, MenuItem, Popover, Separator } from 'react-aria-components';
import { AGENT_ACTIONS, type SupervisorView } from '../actions/agent-action.ts';
import { useDesktop, useDesktopState } from '../desktop-context.tsx';
import { useMessages } from '../messages/index.tsx';
import type { DesktopState } from '../session/store.ts';
import { isTalking, type Member } from '../session/team-members.ts';
import { StateMark } from './state-mark.tsx';

const theLink = (state: DesktopState) => state.link;
const theUser = (state: DesktopState) => state.user;
const theProperties = (state: DesktopState) => state.layout?.properties;
const theDialogs = (state: DesktopState) => state.calls.dialogs;

/** What can be done with one agent. What cannot be done now stands there, too, and says why. */
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
  return (
    <Popover
      className="popover agent-menu"
      aria-label={t('agent.actionsOf', { name: member.name })}
      placement="bottom end"
      triggerRef={anchor}
      isOpen
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
    >
      <Menu
        className="menu"
        autoFocus="first"
        aria-label={t('agent.actionsOf', { name: member.name })}
        onAction={(key) => run(String(key))}
        onClose={onClose}
      >
        {AGENT_ACTIONS.map((action) => {
          const why = action.whyNot(member, view);
          return (
            <MenuItem
              className="menu-item"
              key={action.id}
              id={action.id}
              textValue={t(action.label)}
              data-blocked={why === null ? undefined : ''}
            >
              {action.mark ? <StateMark state={action.mark} /> : <span className="state-mark none" />}
              <span className="text">
                <span>{t(action.label)}</span>
                {why === null ? null : <span className="hint">{t(why)}</span>}
              </span>
            </MenuItem>
          );
        })}
        {hasDetails || hasHistory ? <Separator className="menu-line" /> : null}
        {hasDetails ? (
          <MenuItem
            className="menu-item"
            id="details"
            textValue={t('agent.details')}
            data-blocked={canLook ? undefined : ''}
          >
            <span className="state-mark none" />
            <span className="text">
              <span>{t('agent.details')}</span>
              {canLook ? null : <span className="hint">{t('agent.monitorTalking')}</span>}
            </span>
          </MenuItem>
        ) : null}
        {hasHistory ? (
          <MenuItem className="menu-item" id="history" textValue={t('agent.history')}>
            <span className="state-mark none" />
            <span className="text">{t('agent.history')}</span>
          </MenuItem>
        ) : null}
      </Menu>
    </Popover>
  );
}
