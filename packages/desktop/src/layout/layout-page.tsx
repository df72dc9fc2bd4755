import { useCallback, useEffect, useLayoutEffect, useMemo, useState } from 'react';
import { componentFor } from '../components/index.ts';
import { componentNameOf } from '../components/urls.ts';
import { useDesktop, useDesktopState, useLoginId } from '../desktop-context.tsx';
import { useMessages } from '../messages/index.tsx';
import { ConnectionBanner } from '../parts/connection-banner.tsx';
import { MessageBanner } from '../parts/message-banner.tsx';
import { ArrangedTab, type BoxHandle } from './arranged-tab.tsx';
import { Attention } from './attention.ts';
import type { Placement } from './component.ts';
import { Entry, EntryBody } from './entry.tsx';
import { EntryFacts } from './entry-facts.ts';
import { type Filling, LayoutContext } from './layout-context.ts';
import { holdsCalls } from './managed-entries.ts';
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

/** Gadgets that are loaded, and not seen. */
const headless = (entries: readonly Placement[]): readonly Placement[] =>
  entries.filter(
    ({ managedBy, hidden, url }) => managedBy === null && hidden && componentNameOf(url) === null,
  );

const panelOf = (tabId: string): string => `panel_${tabId}`;

/** Whether it has gadgets: those are loaded before the tab is opened (gadgets.md H12). */
const hasGadgets = ({ columns }: TabLayout): boolean =>
  columns.flat().some(({ url }) => componentNameOf(url) === null);

/**
 * The desktop of somebody who is signed in, as the layout has it: the header, the tabs at the side, what is on every tab, and the
 * tab that is chosen. Tabs that were opened stay on the page, hidden: what they hold goes on (gadgets.md H12).
 * @param isArrangeable whether boxes can be moved and resized
 */
export function LayoutPage({ layout, isArrangeable }: { layout: PageLayout; isArrangeable: boolean }) {
  const { t } = useMessages();
  const loginId = useLoginId();
  const [tab, choose] = useTab(layout.tabs.map(({ id }) => id));
  const [maximised, maximise] = useState<string | null>(null);
  const [opened, setOpened] = useState<ReadonlySet<string>>(
    () => new Set([tab, ...layout.tabs.filter(hasGadgets).map(({ id }) => id)]),
  );
  const arrangements = useArrangements(layout, loginId);
  const tabOrders = useTabOrders(layout.version, loginId);
  const [attention] = useState(() => new Attention());
  const [facts] = useState(() => new EntryFacts());
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
  // A key leads from page to page, too: the focus does not stay in one that is hidden, where the browser would drop it.
  useLayoutEffect(() => {
    const left = document.activeElement?.closest('.tab-panel');
    if (left && left.id !== panelOf(tab))
      document.getElementById(panelOf(tab))?.focus({ preventScroll: true });
  }, [tab]);
  const context = useMemo(
    () => ({
      layout,
      tab,
      choose,
      maximised,
      arrangements: isArrangeable ? arrangements : null,
      tabOrders,
      attention,
      facts,
      goTo,
      wanted,
      found,
      draw: drawBody,
      maximise,
    }),
    [
      layout,
      tab,
      choose,
      maximised,
      arrangements,
      isArrangeable,
      tabOrders,
      attention,
      facts,
      goTo,
      wanted,
      found,
    ],
  );
  /** While something fills the tab, calls stay above it, in one line each. */
  const isSeen = (placement: Placement) =>
    maximised === null || maximised === placement.id || holdsCalls(layout, placement);
  const frame = (placement: Placement, handle?: BoxHandle) => (
    <Entry
      key={placement.id}
      placement={placement}
      isMaximised={placement.tabId === null ? undefined : maximised === placement.id}
      isCovered={!isSeen(placement)}
      isSlim={maximised !== null && maximised !== placement.id}
      onMaximise={(yes) => maximise(yes ? placement.id : null)}
      handle={handle}
    />
  );
  const contents = (of: TabLayout) => {
    const columns = of.columns.map(standing);
    if (isArrangeable) {
      const entries = new Map(columns.flat().map((placement) => [placement.id, placement]));
      return (
        <ArrangedTab
          boxes={arrangements.of({ ...of, columns })}
          entries={entries}
          onChange={(boxes) => arrangements.change(of.id, boxes)}
          maximised={maximised}
          isSeen={isSeen}
          draw={frame}
        />
      );
    }
    return columns.map((entries, index) => (
      <div
        className="column"
        // biome-ignore lint/suspicious/noArrayIndexKey: columns have nothing but their place
        key={index}
        hidden={!entries.some(isSeen)}
        data-calls={entries.some((each) => holdsCalls(layout, each)) ? '' : undefined}
      >
        {entries.map((placement) => frame(placement))}
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
            <div className="page-level" hidden={!standing(layout.page).some(isSeen)}>
              {standing(layout.page).map((placement) => frame(placement))}
            </div>
            <Headless entries={headless(layout.page)} />
            {layout.tabs.map((each) => (
              // Gadgets look for a div (gadgets.md H2).
              // biome-ignore lint/a11y/useSemanticElements: see above
              <div
                key={each.id}
                // By `active` libraries of 9.x see that it is their tab that is shown.
                className={each.id === tab ? 'tab-panel active' : 'tab-panel'}
                role="region"
                id={panelOf(each.id)}
                aria-label={labelOf(t, each.label)}
                tabIndex={-1}
                hidden={each.id !== tab}
                data-arranged={isArrangeable ? '' : undefined}
                data-filled={maximised === null ? undefined : ''}
              >
                {opened.has(each.id) ? contents(each) : null}
                <Headless entries={headless(each.columns.flat())} />
              </div>
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

/** They have a place in their tab, where they look for its name, and no size. */
function Headless({ entries }: { entries: readonly Placement[] }) {
  return entries.length === 0 ? null : (
    <div className="headless" inert>
      {entries.map((placement) => (
        <EntryBody key={placement.id} placement={placement} />
      ))}
    </div>
  );
}

const drawBody = (placement: Placement, filling?: Filling) => (
  <EntryBody placement={placement} filling={filling} />
);

/** By itself, so that no event draws the whole page. */
function Banner() {
  const { controller } = useDesktop();
  return <ConnectionBanner state={useDesktopState((whole) => whole)} controller={controller} />;
}

function headerColumn({ width, entry }: HeaderColumn, index: number) {
  if (!entry) return null;
  const Component = componentFor(entry.url);
  return (
    <div
      className="top-column"
      id={entry.id}
      key={entry.id || index}
      style={Component === null && width ? { width: `${width.value}${width.unit}` } : undefined}
    >
      {Component === null ? <EntryBody placement={entry} /> : <Component placement={entry} />}
    </div>
  );
}
