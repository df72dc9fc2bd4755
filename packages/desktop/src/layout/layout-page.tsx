import { useCallback, useEffect, useMemo, useState } from 'react';
import { componentFor } from '../components/index.ts';
import { titleOf } from '../components/urls.ts';
import { useAgent, useDesktop, useDesktopState } from '../desktop-context.tsx';
import { useMessages } from '../messages/index.tsx';
import { ConnectionBanner } from '../parts/connection-banner.tsx';
import { MessageBanner } from '../parts/message-banner.tsx';
import { ArrangedTab, type BoxHandle } from './arranged-tab.tsx';
import { Attention } from './attention.ts';
import type { Placement } from './component.ts';
import { Entry, EntryBody } from './entry.tsx';
import { LayoutContext } from './layout-context.ts';
import { Navigation } from './navigation.tsx';
import type { HeaderColumn, PageLayout, TabLayout } from './page-layout.ts';
import type { PlaceToGo } from './places.ts';
import { labelOf } from './tab-label.ts';
import { useArrangements } from './use-arrangements.ts';
import { useTab } from './use-tab.ts';
import { useTabOrders } from './use-tab-orders.ts';

/** Entries that stand on the page by themselves: those that another entry shows are shown there, headless ones nowhere. */
const standing = (entries: readonly Placement[]): readonly Placement[] =>
  entries.filter(({ managedBy, hidden }) => managedBy === null && !hidden);

/**
 * The desktop of somebody who is signed in, as the layout has it: the header, the tabs at the side, what is on every tab, and the
 * tab that is chosen. Tabs that were opened stay on the page, hidden: what they hold goes on (gadgets.md H12).
 * @param isArrangeable whether boxes can be moved and resized
 */
export function LayoutPage({ layout, isArrangeable }: { layout: PageLayout; isArrangeable: boolean }) {
  const { t } = useMessages();
  const { loginId } = useAgent();
  const [tab, choose] = useTab(layout.tabs.map(({ id }) => id));
  const [maximised, maximise] = useState<string | null>(null);
  const [opened, setOpened] = useState<ReadonlySet<string>>(() => new Set([tab]));
  const arrangements = useArrangements(layout, loginId);
  const tabOrders = useTabOrders(layout.version, loginId);
  const [attention] = useState(() => new Attention());
  const [wanted, want] = useState<string | null>(null);
  const found = useCallback(() => want(null), []);
  const goTo = useCallback(
    ({ id, tabId }: PlaceToGo) => {
      if (tabId !== null) choose(tabId);
      maximise(null);
      want(id);
    },
    [choose],
  );
  // Not before it is drawn: a tab that was never opened is drawn one step later.
  useEffect(() => {
    if (wanted !== null && showEntry(wanted)) found();
  });
  useEffect(() => {
    setOpened((before) => (before.has(tab) ? before : new Set([...before, tab])));
    maximise(null);
  }, [tab]);
  const context = useMemo(
    () => ({
      layout,
      tab,
      choose,
      arrangements: isArrangeable ? arrangements : null,
      tabOrders,
      attention,
      goTo,
      wanted,
      found,
      draw: drawBody,
    }),
    [layout, tab, choose, arrangements, isArrangeable, tabOrders, attention, goTo, wanted, found],
  );
  const frame = (placement: Placement, handle?: BoxHandle) => (
    <Entry
      key={placement.id}
      placement={placement}
      isMaximised={placement.tabId === null ? undefined : maximised === placement.id}
      onMaximise={(yes) => maximise(yes ? placement.id : null)}
      handle={handle}
    />
  );
  const contents = (of: TabLayout) => {
    const columns = of.columns.map(standing);
    if (isArrangeable && maximised === null) {
      const entries = new Map(columns.flat().map((placement) => [placement.id, placement]));
      return (
        <ArrangedTab
          boxes={arrangements.of({ ...of, columns })}
          entries={entries}
          titleOf={({ url }) => titleOf(t, url)}
          onChange={(boxes) => arrangements.change(of.id, boxes)}
          draw={frame}
        />
      );
    }
    return columns.map((entries, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: columns have nothing but their place
      <div className="column" key={index}>
        {entries
          .filter((placement) => maximised === null || placement.id === maximised)
          .map((placement) => frame(placement))}
      </div>
    ));
  };
  return (
    <LayoutContext.Provider value={context}>
      <div className="desktop">
        <a className="skip" href="#content">
          {t('app.skip')}
        </a>
        <Banner />
        <header className="top">
          <h1 className="visually-hidden">{t('app.title')}</h1>
          <div className="top-start">{layout.header.start.map(headerColumn)}</div>
          <MessageBanner />
          <div className="top-end">{layout.header.end.map(headerColumn)}</div>
        </header>
        <div className="below">
          <Navigation tabs={layout.tabs} selected={tab} onSelect={choose} />
          <main id="content" className="workspace" tabIndex={-1}>
            {maximised === null ? (
              <div className="page-level">{standing(layout.page).map((placement) => frame(placement))}</div>
            ) : null}
            {layout.tabs.map((each) => (
              <section
                key={each.id}
                className="tab-panel"
                id={`panel_${each.id}`}
                aria-label={labelOf(t, each.label)}
                tabIndex={-1}
                hidden={each.id !== tab}
                data-arranged={isArrangeable && maximised === null ? '' : undefined}
              >
                {opened.has(each.id) ? contents(each) : null}
              </section>
            ))}
          </main>
        </div>
      </div>
    </LayoutContext.Provider>
  );
}

/** Gives an entry, or a tab, the focus. @returns whether it stands on the page by itself */
function showEntry(id: string): boolean {
  const element = document.getElementById(id);
  if (element === null) return false;
  const heading = element.matches('.tab-panel') ? null : element.querySelector<HTMLElement>('h2[tabindex]');
  (heading ?? element).focus();
  return true;
}

const drawBody = (placement: Placement) => <EntryBody placement={placement} />;

/** By itself, so that no event draws the whole page. */
function Banner() {
  const { controller } = useDesktop();
  return <ConnectionBanner state={useDesktopState((whole) => whole)} controller={controller} />;
}

function headerColumn({ entry }: HeaderColumn, index: number) {
  const Component = entry && componentFor(entry.url);
  if (!entry || !Component) return null;
  return (
    <div className="top-column" id={entry.id} key={entry.id || index}>
      <Component placement={entry} />
    </div>
  );
}
