/** A gadget of the layout: its frame, and what the page says while there is nothing in it. */
import { type Gadget, layoutParameter } from '@poise/gadgets';
import { TEXT_MAX } from '@poise/pages';
import { useEffect, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { Button } from 'react-aria-components';
import { useDesk } from '../desk/desk-context.tsx';
import { useDesktop } from '../desktop-context.tsx';
import type { Placement } from '../layout/component.ts';
import { useLayoutPlace } from '../layout/layout-context.ts';
import { useMessages } from '../messages/index.tsx';
import { Typed } from '../messages/typed.tsx';
import { isMac } from '../shortcuts/listener.ts';
import { handOnInput } from './frame-input.ts';
import { type GadgetDesk, gadgetDeskOf } from './gadget-desk.ts';
import type { GadgetFacts } from './gadget-facts.ts';
import { watchRequests } from './own-requests.ts';

/** Each document of the frame has a window of its own, for whoever listens. */
function listenIn({ contentWindow }: HTMLIFrameElement, desk: GadgetDesk, gadget: Gadget): void {
  try {
    if (!contentWindow?.document) return;
    handOnInput(contentWindow, document.body, () => performance.now(), isMac(navigator.platform));
    const { developer } = desk;
    if (developer !== null)
      watchRequests(contentWindow as Window & typeof globalThis, (note) => developer.noted(gadget, note));
  } catch {
    // Of an origin of its own.
  }
}

/** Height of a gadget that has said nothing, px. */
const HEIGHT = 200;
/** A frame that says nothing for so long has something else in it than a gadget, ms. */
const SILENCE_MS = 30_000;

export function useGadget(placement: Placement): { readonly desk: GadgetDesk; readonly gadget: Gadget } {
  const desktop = useDesktop();
  const ownDesk = useDesk();
  const { layout, tab, choose } = useLayoutPlace();
  const desk = gadgetDeskOf(desktop, ownDesk);
  const { id, url, tabId, alternateHosts, preferences, hidden } = placement;
  const gadget = useMemo(
    () => desk.gadget({ id, url, tabId, alternateHosts, preferences }, hidden),
    [desk, id, url, tabId, alternateHosts, preferences, hidden],
  );
  useEffect(() => {
    desk.place({ active: tab, ids: layout.tabs.map((each) => each.id), choose });
  }, [desk, layout, tab, choose]);
  return { desk, gadget };
}

/**
 * @param isFilling whether the gadget fills its tab now
 * @param maximise undefined: it cannot
 */
export function GadgetView({
  placement,
  isFilling = false,
  maximise,
}: {
  placement: Placement;
  isFilling?: boolean;
  maximise?: ((isMaximised: boolean) => void) | undefined;
}) {
  const { t } = useMessages();
  const { desk, gadget } = useGadget(placement);
  const state = useSyncExternalStore(gadget.subscribe, gadget.snapshot);
  const [told, setTold] = useState<{
    readonly url: string;
    readonly loads: number;
    readonly facts: GadgetFacts;
  } | null>(null);
  const { facts: entries, attention } = useLayoutPlace();
  const [isSilent, setSilent] = useState(false);
  const frame = useRef<HTMLIFrameElement>(null);
  const { url, loads, isAlive, isHeld, refused, wantsAttention } = state;
  // Another address is another gadget: what is known is known of one. Each load asks: the server may not have been able to say.
  const known = told?.url === url ? told : null;
  const facts = known?.loads === loads ? known.facts : null;
  useEffect(() => {
    entries.tell(placement.id, { title: state.title, isHidden: state.isHidden });
  }, [entries, placement.id, state.title, state.isHidden]);
  useEffect(() => {
    if (wantsAttention) attention.ask(placement.id);
    else attention.seen(placement.id);
  }, [attention, placement.id, wantsAttention]);

  useEffect(() => desk.attach(placement.id, { maximise: maximise ?? null }), [desk, placement.id, maximise]);
  useEffect(() => {
    let isWanted = true;
    void desk.facts(gadget, url).then((answer) => isWanted && setTold({ url, loads, facts: answer }));
    return () => {
      isWanted = false;
    };
  }, [desk, gadget, url, loads]);
  // Before the frame can have said anything.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each load has a window of its own
  useLayoutEffect(() => {
    const shown = frame.current?.contentWindow;
    if (!shown) return;
    desk.container.attach(gadget, shown, (message, target) => shown.postMessage(message, target));
    return () => desk.container.detach(shown);
  }, [desk, gadget, loads, isHeld, facts === null]);
  const view = isFilling ? 'canvas' : 'default';
  useEffect(() => {
    if (gadget.snapshot().view !== view) desk.container.viewChanged(gadget, view);
  }, [desk, gadget, view]);
  useEffect(() => {
    setSilent(false);
    if (isAlive || isHeld || refused !== null) return;
    const timer = window.setTimeout(() => setSilent(true), SILENCE_MS);
    return () => window.clearTimeout(timer);
  }, [isAlive, isHeld, refused]);

  const title = state.title || t('gadget.untitled');
  const asked = Number(layoutParameter(url, 'gadgetHeight'));
  const height = state.height ?? (asked > 0 ? asked : (known?.facts.height ?? HEIGHT));
  // The address is that of the load; what changes afterwards is told through the hub.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a gadget is not loaded anew because preferences change
  const src = useMemo(
    () => (facts && !isHeld ? desk.frameUrl(gadget, facts) : null),
    [desk, gadget, loads, facts, isHeld],
  );
  return (
    <div
      className="gadget-view"
      id={`gadgets-gadget-content-${gadget.mid}`}
      data-filling={isFilling ? '' : undefined}
      style={isFilling ? undefined : { height: `${height}px` }}
    >
      {src === null ? null : (
        <iframe
          key={loads}
          ref={frame}
          id={gadget.clientId}
          name={gadget.clientId}
          title={title}
          src={src}
          onLoad={({ currentTarget }) => listenIn(currentTarget, desk, gadget)}
          allow="clipboard-write; autoplay; fullscreen"
        />
      )}
      {isAlive || refused !== null ? null : (
        <p className="gadget-cover hint" role="status">
          {t(isHeld ? 'watchdog.held' : isSilent ? 'gadget.silent' : 'gadget.loading')}
        </p>
      )}
      {refused !== null ? (
        // The server says it in the frame, too, for pages that are not ours; here it has the letters of the desktop.
        <p className="gadget-refused" role="alert">
          <Typed max={TEXT_MAX}>{refused.sentence}</Typed>
        </p>
      ) : null}
      {refused !== null || isSilent || isHeld ? (
        <Button
          className="button gadget-retry"
          onPress={() => {
            desk.watch.load(gadget);
            desk.container.reload(gadget);
          }}
        >
          {t(isHeld ? 'watchdog.load' : 'gadget.retry')}
        </Button>
      ) : null}
    </div>
  );
}
