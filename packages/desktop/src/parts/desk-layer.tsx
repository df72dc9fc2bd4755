import { lazy, useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useCommand, useDesk, useSettings } from '../desk/desk-context.tsx';
import { giveEscapeToTopLayer, withoutMenu } from '../desk/escape.ts';
import { withFocusReturned } from '../desk/focus-return.ts';
import { showWhatIsCut, tellWhatIsCut } from '../desk/whole-text.ts';
import { useDesktop, useDesktopState, useLoginId } from '../desktop-context.tsx';
import { useGadgetDesk } from '../gadgets/open-desk.ts';
import { useMessages } from '../messages/index.tsx';
import type { DesktopState } from '../session/store.ts';
import { isTyping, meant } from '../shortcuts/listener.ts';
import { bringsCallsForward, type Shortcut } from '../shortcuts/shortcut.ts';
import { ON_MAC, useKeymap } from '../shortcuts/use-keymap.ts';
import { REPORT_SHOWN } from './identity-menu.tsx';
import { ModalDialog } from './modal.tsx';
import { Part } from './part.tsx';
import { PopUps } from './pop-ups.tsx';

const GadgetLayer = lazy(() => import('../gadgets/gadget-layer.tsx'));
const SettingsDialog = lazy(() => import('./settings-dialog.tsx'));
const ShortcutsDialog = lazy(() => import('./shortcuts-dialog.tsx'));

const isSupervisor = ({ user }: DesktopState) => user?.roles.includes('Supervisor') === true;

/**
 * What stands around the work of who is signed in: keys, pop-ups, dialogs, the cover of an idle page.
 * @param keysAllowed `enableShortCutKeys` of the layout
 */
export function DeskLayer({ keysAllowed = true }: { keysAllowed?: boolean }) {
  const { settings } = useDesk();
  const loginId = useLoginId();
  const { choose } = useMessages();
  const gadgets = useGadgetDesk();
  // The language is chosen once for each agent, not with each change of it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `choose` is another function in another language
  useEffect(() => {
    settings.open(loginId);
    const { language } = settings.snapshot();
    if (language !== null && !new URLSearchParams(location.search).has('locale')) choose(language);
  }, [settings, loginId]);
  useEffect(() => giveEscapeToTopLayer(window), []);
  useEffect(() => tellWhatIsCut(document), []);
  useEffect(() => showWhatIsCut(document), []);
  return (
    <>
      {keysAllowed ? <Keys /> : null}
      <Dialogs />
      <ReportNews />
      <PopUps />
      {gadgets === null ? null : (
        <Part>
          <GadgetLayer desk={gadgets} />
        </Part>
      )}
      <IdleCover />
    </>
  );
}

function Keys() {
  const { commands, notifier } = useDesk();
  const { store, controller } = useDesktop();
  const { shortcutsOn } = useSettings();
  const { shortcuts, map } = useKeymap(useDesktopState(isSupervisor));
  useEffect(() => {
    if (!shortcutsOn) return;
    const run = (shortcut: Shortcut) => {
      const reach = { state: store.snapshot(), controller, commands };
      if (shortcut.enabled(reach)) {
        if (bringsCallsForward(shortcut, reach)) commands.run('calls.show');
        return shortcut.run(reach);
      }
      const why = shortcut.whyNot(reach);
      const action = shortcut.label;
      notifier.popUp(
        why
          ? { key: 'shortcuts.notNowWhy', values: { action, why } }
          : { key: 'shortcuts.notNow', values: { action } },
      );
    };
    const pressed = (event: KeyboardEvent) => {
      const target = event.target as Element | null;
      if (event.defaultPrevented || target?.closest?.('[data-takes-keys]')) return;
      const id = meant(event, map, isTyping(target), ON_MAC);
      const shortcut = shortcuts.find((each) => each.id === id);
      if (!shortcut) return;
      event.preventDefault();
      event.stopPropagation();
      if (event.repeat) return;
      withoutMenu(window, () => withFocusReturned(window, () => run(shortcut)));
    };
    window.addEventListener('keydown', pressed, { capture: true });
    return () => window.removeEventListener('keydown', pressed, { capture: true });
  }, [shortcutsOn, shortcuts, map, store, controller, commands, notifier]);
  return null;
}

const theReport = ({ report }: DesktopState) => report;

/** Who sent the error report with a key hears what became of it, too. */
function ReportNews() {
  const { commands, notifier } = useDesk();
  const report = useDesktopState(theReport);
  const before = useRef(report);
  useEffect(() => {
    const wasSending = before.current === 'sending';
    before.current = report;
    if (!wasSending || commands.has(REPORT_SHOWN)) return;
    if (report === 'sent') notifier.popUp({ key: 'report.sent' });
    else if (typeof report === 'object')
      notifier.popUp({ key: 'report.failed', values: { why: report.error } });
  }, [report, commands, notifier]);
  return null;
}

function Dialogs() {
  const { t } = useMessages();
  const [open, setOpen] = useState<'settings' | 'shortcuts' | null>(null);
  const close = useCallback(() => setOpen(null), []);
  useCommand(
    'dialog.settings',
    useCallback(() => setOpen('settings'), []),
  );
  useCommand(
    'dialog.shortcuts',
    useCallback(() => setOpen((now) => (now === 'shortcuts' ? null : 'shortcuts')), []),
  );
  return (
    <Part
      key={open}
      frame={(words) => (
        <ModalDialog
          title={t(open === 'settings' ? 'settings.heading' : 'shortcuts.heading')}
          onClose={close}
        >
          {words}
        </ModalDialog>
      )}
    >
      {open === 'settings' ? <SettingsDialog onClose={close} /> : null}
      {open === 'shortcuts' ? <ShortcutsDialog onClose={close} /> : null}
    </Part>
  );
}

/** Hides the page until somebody is there again; the focus stays where it was. */
function IdleCover() {
  const { t } = useMessages();
  const { idle } = useDesk();
  const isIdle = useSyncExternalStore(idle.subscribe, idle.snapshot);
  const dialog = useRef<HTMLDialogElement>(null);
  const before = useRef<Element | null>(null);
  useEffect(() => {
    if (!isIdle) return;
    before.current = document.activeElement;
    // In the top layer, over every dialog, and what is behind it is inert.
    dialog.current?.showModal();
    return () => {
      dialog.current?.close();
      if (before.current instanceof HTMLElement) before.current.focus();
    };
  }, [isIdle]);
  if (!isIdle) return null;
  return (
    <dialog className="idle-cover" ref={dialog} aria-label={t('idle.heading')}>
      <p>{t('idle.text')}</p>
    </dialog>
  );
}
