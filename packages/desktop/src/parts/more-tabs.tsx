import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { useMessages } from '../messages/index.tsx';
import { Typed } from '../messages/typed.tsx';
import { Icon } from './icon.tsx';

/** The tabs that found no room: a menu of them, with a dot while one of them asks for attention. */
export function MoreTabs({
  ids,
  title,
  asking,
  onSelect,
}: {
  ids: readonly string[];
  title: (id: string) => string;
  asking: ReadonlySet<string>;
  onSelect: (id: string) => void;
}) {
  const { t } = useMessages();
  const asks = ids.some((id) => asking.has(id));
  const label = t('tabs.more', { count: String(ids.length) });
  return (
    <MenuTrigger>
      <Button
        className="icon-button multi-tab-more"
        aria-label={asks ? `${label}, ${t('tabs.attention')}` : label}
      >
        <Icon name="chevronDown" />
        <span className="attention" data-on={asks ? '' : undefined} />
      </Button>
      <Popover className="popover" placement="bottom end">
        <Menu className="menu" aria-label={label} onAction={(key) => onSelect(String(key))}>
          {ids.map((id) => (
            <MenuItem className="menu-item" key={id} id={id} textValue={title(id)}>
              <span className="text">
                <Typed>{title(id)}</Typed>
              </span>
              {asking.has(id) ? (
                <span className="attention" data-on="">
                  <span className="visually-hidden">{t('tabs.attention')}</span>
                </span>
              ) : null}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
