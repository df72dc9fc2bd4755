import { keep, recall } from '@poise/pages';
import { useCallback, useState } from 'react';
import { Button } from 'react-aria-components';
import { useCommand } from '../desk/desk-context.tsx';
import { useMessages } from '../messages/index.tsx';
import { Icon } from '../parts/icon.tsx';
import { NO_ICON, type TabLayout } from './page-layout.ts';
import { Search } from './search.tsx';
import { labelOf } from './tab-label.ts';

const COLLAPSED = 'poise.navigation';

/** The tabs of the layout, at the side; can be made narrow, down to the icons. */
export function Navigation({
  tabs,
  selected,
  onSelect,
}: {
  tabs: readonly TabLayout[];
  selected: string;
  onSelect: (id: string) => void;
}) {
  const { t } = useMessages();
  const [isNarrow, setNarrow] = useState(() => recall(COLLAPSED) === 'narrow');
  return (
    <nav className="side" aria-label={t('nav.label')} data-narrow={isNarrow ? '' : undefined}>
      <Button
        className="side-entry side-toggle"
        aria-expanded={!isNarrow}
        aria-label={t(isNarrow ? 'nav.widen' : 'nav.narrow')}
        onPress={() => {
          setNarrow(!isNarrow);
          keep(COLLAPSED, isNarrow ? 'wide' : 'narrow');
        }}
      >
        <Icon name="lines" />
      </Button>
      <Search />
      <ul>
        {tabs.map(({ id, label, icon }, index) => {
          const text = labelOf(t, label);
          return (
            <li key={id} id={`tab_${id}`}>
              <NavigateCommand name={`navigate.${index + 1}`} id={id} onSelect={onSelect} />
              <a
                className="side-entry"
                id={`tablink_${id}`}
                href={`#/${id}`}
                aria-current={id === selected ? 'page' : undefined}
                title={isNarrow ? text : undefined}
                onClick={(event) => {
                  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
                  event.preventDefault();
                  onSelect(id);
                }}
              >
                <TabIcon icon={icon} />
                <span className="side-label">{text}</span>
              </a>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

/** An image that does not come, as from another host, gives way to the icon of tabs without one. */
function TabIcon({ icon }: { icon: TabLayout['icon'] }) {
  const [failed, setFailed] = useState<string | null>(null);
  if (typeof icon !== 'object') return <Icon name={icon} />;
  if (icon.src === failed) return <Icon name={NO_ICON} />;
  return <img className="icon" src={icon.src} alt="" onError={() => setFailed(icon.src)} />;
}

/** Shortcuts choose a tab by its place. */
function NavigateCommand({
  name,
  id,
  onSelect,
}: {
  name: string;
  id: string;
  onSelect: (id: string) => void;
}) {
  useCommand(
    name,
    useCallback(() => onSelect(id), [onSelect, id]),
  );
  return null;
}
