import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { useAgent, useDesktopState } from '../desktop-context.tsx';
import { say, useMessages } from '../messages/index.tsx';
import { ICONS, type PageSignal, pageSignal } from '../session/page-signal.ts';
import { stateSentence } from '../session/sentences.ts';
import type { DesktopState } from '../session/store.ts';

/** How long each of the two titles stands while a call rings. */
const FLASH_MS = 1_000;

const isHidden = () => document.visibilityState === 'hidden' || !document.hasFocus();
const whenSeen = (listener: () => void) => {
  document.addEventListener('visibilitychange', listener);
  window.addEventListener('focus', listener);
  window.addEventListener('blur', listener);
  return () => {
    document.removeEventListener('visibilitychange', listener);
    window.removeEventListener('focus', listener);
    window.removeEventListener('blur', listener);
  };
};

const theDialogs = ({ calls }: DesktopState) => calls.dialogs;
const theUnread = ({ notices }: DesktopState) => notices.unread;
const theProduct = ({ layout }: DesktopState) => layout?.properties.title ?? null;
const whole = (state: DesktopState) => state;

/**
 * Title and icon of the page: what the agent does; while nobody looks, the call that rings, flashing, or how much was not seen
 * (desktop.md D82).
 */
export function PageSignalLayer() {
  const { t } = useMessages();
  const shown = say(t, stateSentence(useAgent()));
  const hidden = useSyncExternalStore(whenSeen, isHidden);
  const dialogs = useDesktopState(theDialogs);
  const unread = useDesktopState(theUnread);
  const product = useDesktopState(theProduct) ?? t('app.title');
  const state = useDesktopState(whole);
  // biome-ignore lint/correctness/useExhaustiveDependencies: of the state, calls and notices count
  const signal = useMemo(() => pageSignal(state, hidden), [dialogs, unread, hidden]);
  const flash = useFlash(signal);
  const title =
    signal.kind === 'call' && flash
      ? `☎ ${say(t, signal.sentence)}`
      : signal.kind === 'unread'
        ? `(${signal.count}) ${shown}`
        : shown;
  useEffect(() => {
    document.title = `${title} – ${product}`;
  }, [title, product]);
  useEffect(() => {
    setIcon(signal.kind);
    // Most browsers let the window come forward only where the agent has allowed notifications, or not at all.
    if (signal.kind === 'call') window.focus();
  }, [signal.kind]);
  useEffect(() => () => setIcon('none'), []);
  return null;
}

function setIcon(kind: PageSignal['kind']): void {
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (link) link.href = `${import.meta.env.BASE_URL}${ICONS[kind]}`;
}

/** On and off by turns while a call rings; on at first. */
function useFlash({ kind }: PageSignal): boolean {
  const [isOn, setOn] = useState(true);
  useEffect(() => {
    setOn(true);
    if (kind !== 'call') return;
    const timer = window.setInterval(() => setOn((on) => !on), FLASH_MS);
    return () => window.clearInterval(timer);
  }, [kind]);
  return isOn;
}
