import { configOf } from '@poise/layout';
import {
  type DragEvent,
  type KeyboardEvent,
  useCallback,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { useCommand } from '../desk/desk-context.tsx';
import { useDesktop, useDesktopState, useLoginId } from '../desktop-context.tsx';
import type { PlacedProps, Placement } from '../layout/component.ts';
import { type Filling, useLayoutPlace } from '../layout/layout-context.ts';
import { byKey, movedTo, strip } from '../layout/tab-strip.ts';
import { useManaged } from '../layout/use-managed.ts';
import { useTabHeights } from '../layout/use-tab-heights.ts';
import { useMessages } from '../messages/index.tsx';
import { Typed } from '../messages/typed.tsx';
import { Icon } from '../parts/icon.tsx';
import { MoreTabs } from '../parts/more-tabs.tsx';
import { asksForAttention, comesToFront } from '../session/call-attention.ts';
import type { DesktopState } from '../session/store.ts';
import { componentNameOf, titleOf } from './urls.ts';

const PROPERTIES = configOf({}).properties;
const theMax = ({ layout }: DesktopState) => (layout?.properties ?? PROPERTIES).maxTabsOnTabbedGadgetHeader;

/**
 * The Multi-Tab gadget: entries of the layout as tabs in one box (desktop.md 11). All of them stay on the page, hidden or shown. Tabs
 * are dragged into another order, or moved with Ctrl+Shift and an arrow.
 */
export default function TabbedGadgets({ placement }: PlacedProps) {
  const { t } = useMessages();
  const { draw, tabOrders, attention, facts, wanted, found, maximised, maximise } = useLayoutPlace();
  const told = useSyncExternalStore(facts.subscribe, facts.snapshot);
  const max = useDesktopState(theMax);
  const asking = useSyncExternalStore(attention.subscribe, attention.snapshot);
  const { all, shown: entries, callControl } = useManaged(placement);
  // Another gadget fills the page: of this box calls alone are seen, and they are there before one comes.
  const isSlim = maximised !== null && maximised !== placement.id && callControl !== null;
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const order = tabOrders.of(
    placement.id,
    all.map(({ id }) => id),
  );
  const ids = order.filter((id) => byId.has(id));
  // When the tab goes that was chosen last, the one before it is open again.
  const [chosen, setChosen] = useState<readonly string[]>(() => [
    ...all.filter(({ isDefault }) => isDefault).map(({ id }) => id),
    ...ids.slice(0, 1),
  ]);
  const choose = useCallback(
    (id: string) => setChosen((last) => (last[0] === id ? last : [id, ...last.slice(0, 1)])),
    [],
  );
  const selected = chosen.find((id) => byId.has(id)) ?? ids[0] ?? '';
  const { shown, more } = strip(ids, selected, max);
  // A gadget that asks for the whole tab gets it together with the tabs around it (gadgets.md 4, views).
  const fillingOf = (id: string): Filling | undefined =>
    placement.tabId === null
      ? undefined
      : {
          isFilling: maximised === placement.id,
          fill: (isFilling) => {
            if (isFilling) choose(id);
            maximise(isFilling ? placement.id : null);
          },
        };
  const box = useRef<HTMLDivElement>(null);
  /** The tab gets the focus once it is drawn. */
  const focusNext = useRef<string | null>(null);
  const [dragged, setDragged] = useState<string | null>(null);
  const [said, say] = useState('');
  const [isDynamic, setDynamic] = useTabHeights(useLoginId(), placement.id);

  const [hasFocus, setFocus] = useState(false);
  const focusTab = useCallback((id: string) => {
    box.current?.querySelector<HTMLElement>(`#${CSS.escape(`mtab_${id}`)}`)?.focus();
    // React gives the focus back to an element that it moves without telling of it.
    setFocus(true);
  }, []);
  const select = useCallback(
    (id: string) => {
      choose(id);
      focusNext.current = id;
    },
    [choose],
  );
  useEffect(() => {
    if (focusNext.current === null) return;
    focusTab(focusNext.current);
    focusNext.current = null;
  });
  useEffect(() => {
    if (asking.has(selected)) attention.seen(selected);
  }, [attention, selected, asking]);
  useEffect(() => {
    if (wanted === null || !all.some(({ id }) => id === wanted)) return;
    // A tab that is hidden now cannot be shown: the one that is open is.
    select(byId.has(wanted) ? wanted : selected);
    found();
  });
  useFollowsCalls(callControl, selected, choose);
  // Whoever works in a tab that goes is not left without a place.
  const before = useRef(selected);
  useEffect(() => {
    if (before.current !== selected && hasFocus && document.activeElement === document.body)
      focusTab(selected);
    before.current = selected;
  }, [selected, hasFocus, focusTab]);

  const step = (by: number) => () => {
    const next = ids[(ids.indexOf(selected) + by + ids.length) % ids.length];
    if (next !== undefined) select(next);
  };
  useCommand('multi-tab', NOTHING);
  useCommand(hasFocus ? 'multi-tab.next' : null, step(1));
  useCommand(hasFocus ? 'multi-tab.previous' : null, step(-1));

  const title = (id: string) => told.get(id)?.title || titleOf(t, byId.get(id)?.url ?? '');
  const move = (id: string, place: number) => {
    const next = movedTo(ids, id, Math.min(place, ids.length - 1));
    // Tabs that are hidden now keep their places among the others.
    tabOrders.change(placement.id, [...next, ...order.filter((other) => !byId.has(other))]);
    say(
      t('tabs.moved', {
        title: title(id),
        place: String(next.indexOf(id) + 1),
        of: String(next.length),
      }),
    );
    select(id);
  };
  const pressed = (id: string) => (event: KeyboardEvent) => {
    if (event.altKey || event.metaKey) return;
    const isRtl = getComputedStyle(event.currentTarget).direction === 'rtl';
    const next = byKey(event.ctrlKey ? ids : shown, id, event.key, isRtl);
    if (next === null || event.ctrlKey !== event.shiftKey) return;
    event.preventDefault();
    if (event.ctrlKey) move(id, ids.indexOf(next));
    else select(next);
  };
  const drop = (id: string) => (event: DragEvent) => {
    if (dragged === null || dragged === id) return;
    event.preventDefault();
    move(dragged, ids.indexOf(id));
    setDragged(null);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: notices only whether the focus is inside
    <div
      className="multi-tab"
      data-equal-heights={isDynamic ? undefined : ''}
      data-tabbed-gadget=""
      ref={box}
      onFocus={() => setFocus(true)}
      onBlur={() => setFocus(false)}
    >
      {entries.length === 0 && !isSlim ? <p className="hint">{t('tabs.none')}</p> : null}
      <div className="multi-tab-head" hidden={entries.length === 0 || isSlim}>
        <div className="multi-tab-list" role="tablist" aria-label={t('tabs.heading')}>
          {shown.map((id) => (
            <button
              key={id}
              type="button"
              role="tab"
              className="multi-tab-tab"
              id={`mtab_${id}`}
              aria-selected={id === selected}
              aria-controls={`mpanel_${id}`}
              aria-keyshortcuts="Control+Shift+ArrowLeft Control+Shift+ArrowRight"
              tabIndex={id === selected ? 0 : -1}
              title={t('tabs.hint')}
              onClick={() => select(id)}
              onKeyDown={pressed(id)}
              draggable
              data-dragged={dragged === id ? '' : undefined}
              onDragStart={(event) => {
                event.dataTransfer.effectAllowed = 'move';
                event.dataTransfer.setData('text/plain', id);
                setDragged(id);
              }}
              onDragEnd={() => setDragged(null)}
              onDragOver={(event) => {
                if (dragged !== null && dragged !== id) event.preventDefault();
              }}
              onDrop={drop(id)}
            >
              <Typed>{title(id)}</Typed>
              <span className="attention" data-on={asking.has(id) ? '' : undefined}>
                {asking.has(id) ? <span className="visually-hidden">{t('tabs.attention')}</span> : null}
              </span>
            </button>
          ))}
        </div>
        {more.length > 0 ? <MoreTabs ids={more} title={title} asking={asking} onSelect={select} /> : null}
        <button
          type="button"
          className="icon-button multi-tab-height"
          aria-label={t('tabs.dynamicHeight')}
          aria-pressed={isDynamic}
          title={t(isDynamic ? 'tabs.heightsOwn' : 'tabs.heightsEqual')}
          onClick={() => setDynamic(!isDynamic)}
        >
          <Icon name="height" />
        </button>
      </div>
      {/* Gadgets go on where their tab is hidden. */}
      {all
        .filter(
          (entry) =>
            byId.has(entry.id) || componentNameOf(entry.url) === null || (isSlim && entry === callControl),
        )
        .map((entry) => (
          <div
            className="multi-tab-panel"
            role="tabpanel"
            key={entry.id}
            id={`mpanel_${entry.id}`}
            aria-labelledby={shown.includes(entry.id) ? `mtab_${entry.id}` : undefined}
            aria-label={shown.includes(entry.id) ? undefined : title(entry.id)}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls, or holds nothing that takes the focus, is reached by Tab
            tabIndex={0}
            hidden={isSlim ? entry !== callControl : entry.id !== selected}
          >
            {draw(entry, fillingOf(entry.id))}
          </div>
        ))}
      <p className="visually-hidden" role="status">
        {said}
      </p>
    </div>
  );
}

const theExtension = ({ user }: DesktopState) => user?.extension ?? '';
const NOTHING = () => {};

/** Call control comes to the front when the agent begins to work with a call, and asks for attention when it changes unseen. */
function useFollowsCalls(calls: Placement | null, selected: string, choose: (id: string) => void): void {
  const { store } = useDesktop();
  const { attention } = useLayoutPlace();
  const extension = useDesktopState(theExtension);
  const id = calls?.id ?? null;
  const isShown = useRef(false);
  isShown.current = id === selected;
  useEffect(() => {
    if (id === null) return;
    let before = store.snapshot().calls;
    return store.subscribe(() => {
      const { calls: after, layout } = store.snapshot();
      if (comesToFront(before.dialogs, after.dialogs, extension)) choose(id);
      else if (!isShown.current && asksForAttention(before, after, layout?.properties ?? PROPERTIES))
        attention.ask(id);
      before = after;
    });
  }, [store, attention, id, extension, choose]);
  useCommand(
    id === null ? null : 'calls.show',
    useCallback(() => {
      if (id !== null && store.snapshot().calls.dialogs.length > 0) choose(id);
    }, [id, choose, store]),
  );
}
