/** Channels of gadgets: one button that says how they are, and one menu for all of them, and for each. */
import { ALL_NOT_READY, ALL_READY, type Channel, type Channels } from '@poise/gadgets';
import { Fragment, useCallback, useState, useSyncExternalStore } from 'react';
import { Button, Header, Menu, MenuItem, MenuSection, MenuTrigger, Popover } from 'react-aria-components';
import { useCommand } from '../desk/desk-context.tsx';
import { useMessages } from '../messages/index.tsx';
import { Typed } from '../messages/typed.tsx';
import { Icon } from '../parts/icon.tsx';
import { StateMark } from '../parts/state-mark.tsx';
import { GadgetIcon } from './gadget-icon.tsx';

/** The mark of a colour: shape and colour are those of the agent's own states. */
const MARK: Readonly<Record<Channel['state']['colour'], string>> = {
  available: 'READY',
  unavailable: 'NOT_READY',
  busy: 'WORK',
};

/** Keys of the menu: what is chosen, and where. */
const keyOf = (channelId: string, menuId: string) => JSON.stringify([channelId, menuId]);

export default function ChannelMenu({ channels }: { channels: Channels }) {
  const { t } = useMessages();
  const all = useSyncExternalStore(channels.subscribe, channels.snapshot);
  const [isOpen, setOpen] = useState(false);
  const enabled = all.filter(({ state }) => state.isEnabled);
  const can = enabled.length > 0;
  useCommand(
    all.length > 0 ? 'channels.menu' : null,
    useCallback(() => setOpen(true), []),
  );
  useCommand(
    can ? 'channels.ready' : null,
    useCallback(() => channels.chooseAll(ALL_READY), [channels]),
  );
  useCommand(
    can ? 'channels.not-ready' : null,
    useCallback(() => channels.chooseAll(ALL_NOT_READY), [channels]),
  );
  if (all.length === 0) return null;
  const said = all.map((channel) => sayChannel(channel)).join(', ');
  const isWaiting = all.some(({ pending }) => pending !== null);
  const choose = (key: string) => {
    const [channelId, menuId] = JSON.parse(key) as [string, string];
    if (channelId !== '') channels.choose(channelId, menuId);
    else channels.chooseAll(menuId === ALL_READY ? ALL_READY : ALL_NOT_READY);
  };
  return (
    <div className="channels">
      <MenuTrigger isOpen={isOpen} onOpenChange={setOpen}>
        <Button
          className="button channel-button"
          aria-label={t('channels.now', { channels: said })}
          aria-busy={isWaiting}
        >
          {all.map((channel) => (
            <Fragment key={channel.id}>
              <span className="channel-mark" data-badge={channel.state.badge}>
                <GadgetIcon icon={channel.icon} />
                <StateMark state={MARK[channel.state.colour]} />
              </span>
              {all.length === 1 ? (
                <span className="channel-name">
                  <Typed>{channel.state.current || channel.menu.label}</Typed>
                </span>
              ) : null}
            </Fragment>
          ))}
          <Icon name="chevronDown" />
        </Button>
        <Popover className="popover" placement="bottom start">
          <Menu
            className="menu"
            aria-label={t('channels.heading')}
            disabledKeys={[
              ...(can ? [] : [keyOf('', ALL_READY), keyOf('', ALL_NOT_READY)]),
              ...all
                .filter(({ state }) => !state.isEnabled)
                .flatMap(({ id, menu }) => menu.items.map((item) => keyOf(id, item.id))),
            ]}
            onAction={(key) => choose(String(key))}
          >
            <MenuSection className="menu-section">
              <Header className="menu-heading">{t('channels.all')}</Header>
              <MenuItem className="menu-item" id={keyOf('', ALL_READY)} textValue={t('channels.allReady')}>
                <StateMark state="READY" />
                <span className="text">{t('state.READY')}</span>
              </MenuItem>
              <MenuItem
                className="menu-item"
                id={keyOf('', ALL_NOT_READY)}
                textValue={t('channels.allNotReady')}
              >
                <StateMark state="NOT_READY" />
                <span className="text">{t('state.NOT_READY')}</span>
              </MenuItem>
            </MenuSection>
            {all.map((channel) => (
              <MenuSection className="menu-section" key={channel.id}>
                <Header className="menu-heading">
                  <GadgetIcon icon={channel.icon} />
                  <Typed>{channel.menu.label}</Typed>
                  {channel.state.hoverText ? (
                    <span className="hint">
                      <Typed>{channel.state.hoverText}</Typed>
                    </span>
                  ) : null}
                </Header>
                {channel.menu.items.map((item) => (
                  <MenuItem
                    className="menu-item"
                    key={item.id}
                    id={keyOf(channel.id, item.id)}
                    textValue={`${channel.menu.label}: ${item.label}`}
                  >
                    <StateMark state={MARK[item.colour]} />
                    <span className="text">
                      <Typed>{item.label}</Typed>
                    </span>
                    {channel.pending === item.id ? (
                      <span className="next">{t('channels.pending')}</span>
                    ) : null}
                    {item.label === channel.state.current ? (
                      <span className="check" aria-hidden="true">
                        ✓
                      </span>
                    ) : null}
                  </MenuItem>
                ))}
              </MenuSection>
            ))}
          </Menu>
        </Popover>
      </MenuTrigger>
      <p className="visually-hidden" role="status">
        {said}
      </p>
    </div>
  );
}

const sayChannel = ({ menu, state }: Channel): string =>
  [menu.label, state.current].filter((part) => part !== '').join(': ');
