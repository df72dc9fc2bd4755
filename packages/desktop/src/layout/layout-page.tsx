import { useEffect, useState } from 'react';
import { componentFor } from '../components/index.ts';
import { useDesktop, useDesktopState } from '../desktop-context.tsx';
import { useMessages } from '../messages/index.tsx';
import { ConnectionBanner } from '../parts/connection-banner.tsx';
import type { Placement } from './component.ts';
import { Entry } from './entry.tsx';
import { Navigation } from './navigation.tsx';
import type { HeaderColumn, PageLayout } from './page-layout.ts';
import { labelOf } from './tab-label.ts';
import { useTab } from './use-tab.ts';

/**
 * The desktop of somebody who is signed in, as the layout has it: the header, the tabs at the side, what is on every tab, and the
 * tab that is chosen. Tabs that were opened stay on the page, hidden: what they hold goes on (gadgets.md H12).
 */
export function LayoutPage({ layout }: { layout: PageLayout }) {
  const { t } = useMessages();
  const { controller } = useDesktop();
  const state = useDesktopState((whole) => whole);
  const [tab, choose] = useTab(layout.tabs.map(({ id }) => id));
  const [maximised, maximise] = useState<string | null>(null);
  const [opened, setOpened] = useState<ReadonlySet<string>>(() => new Set([tab]));
  useEffect(() => {
    setOpened((before) => (before.has(tab) ? before : new Set([...before, tab])));
    maximise(null);
  }, [tab]);
  const frame = (placement: Placement) => (
    <Entry
      key={placement.id}
      placement={placement}
      component={componentFor(placement.url)}
      isMaximised={placement.tabId === null ? undefined : maximised === placement.id}
      onMaximise={(yes) => maximise(yes ? placement.id : null)}
    />
  );
  return (
    <div className="desktop">
      <a className="skip" href="#content">
        {t('app.skip')}
      </a>
      <ConnectionBanner state={state} controller={controller} />
      <header className="top">
        <div className="top-start">{layout.header.start.map(headerColumn)}</div>
        <div className="top-end">{layout.header.end.map(headerColumn)}</div>
      </header>
      <div className="below">
        <Navigation tabs={layout.tabs} selected={tab} onSelect={choose} />
        <main id="content" className="workspace" tabIndex={-1}>
          {maximised === null ? <div className="page-level">{layout.page.map(frame)}</div> : null}
          {layout.tabs.map(({ id, label, columns }) => (
            <section
              key={id}
              className="tab-panel"
              id={`panel_${id}`}
              aria-label={labelOf(t, label)}
              hidden={id !== tab}
              data-maximised={maximised === null ? undefined : ''}
            >
              {opened.has(id)
                ? columns.map((entries, index) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: columns have nothing but their place
                    <div className="column" key={index}>
                      {entries
                        .filter((placement) => maximised === null || placement.id === maximised)
                        .map(frame)}
                    </div>
                  ))
                : null}
            </section>
          ))}
        </main>
      </div>
    </div>
  );
}

function headerColumn({ entry }: HeaderColumn, index: number) {
  const component = entry && componentFor(entry.url);
  if (!entry || !component) return null;
  const { Component } = component;
  return (
    <div className="top-column" id={entry.id} key={entry.id || index}>
      <Component placement={entry} />
    </div>
  );
}
