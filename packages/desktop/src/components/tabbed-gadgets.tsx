import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { useDesktopState } from '../desktop-context.tsx';
import type { PlacedProps } from '../layout/component.ts';
import { useLayoutPlace } from '../layout/layout-context.ts';
import { managedEntries } from '../layout/managed-entries.ts';
import { useMessages } from '../messages/index.tsx';
import type { DesktopState } from '../session/store.ts';
import { titleOf } from './urls.ts';

const pageFirst = ({ layout }: DesktopState) =>
  layout?.properties.displayNavLevelGadgetsFirstInMultitab ?? false;

/** The Multi-Tab gadget: entries of the layout as tabs in one box. All of them stay on the page, hidden or shown. */
export default function TabbedGadgets({ placement }: PlacedProps) {
  const { t } = useMessages();
  const { layout, draw } = useLayoutPlace();
  const entries = managedEntries(layout, placement, useDesktopState(pageFirst));
  if (entries.length === 0) return <p className="hint">{t('tabs.none')}</p>;
  const first = entries.find(({ isDefault }) => isDefault) ?? entries[0];
  return (
    <Tabs className="multi-tab" defaultSelectedKey={first?.id ?? ''}>
      <TabList className="multi-tab-list" aria-label={t('tabs.heading')}>
        {entries.map(({ id, url }) => (
          <Tab className="multi-tab-tab" key={id} id={id}>
            <bdi>{titleOf(t, url)}</bdi>
          </Tab>
        ))}
      </TabList>
      {entries.map((entry) => (
        <TabPanel className="multi-tab-panel" key={entry.id} id={entry.id} shouldForceMount>
          {draw(entry)}
        </TabPanel>
      ))}
    </Tabs>
  );
}
