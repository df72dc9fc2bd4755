/** What the browser tells of the page and the network, told to the desktop. */
import type { DesktopController } from './controller.ts';

interface Surroundings {
  readonly window: EventTarget;
  readonly document: EventTarget & { readonly visibilityState: DocumentVisibilityState };
  /** Network Information, where the browser has it. */
  readonly connection?: EventTarget | undefined;
}

/** What the page's log says of each event: whoever asks later why a session fell silent reads it there. */
export const PAGE_LINES = {
  pagehide: 'Header : page unload',
  freeze: 'Header : page is frozen by the browser',
  resume: 'Header : page goes on after the browser froze it',
  hidden: 'Header : page is hidden',
  visible: 'Header : page is visible',
  offline: 'Header : the browser is offline',
  online: 'Header : the browser is online',
} as const;

/** @param hasCall whether the agent is in a call: then the browser asks before the page goes */
export function followPage(
  controller: Pick<DesktopController, 'suspend' | 'resume' | 'probe' | 'log'>,
  { window, document, connection }: Surroundings,
  hasCall: () => boolean,
): void {
  window.addEventListener('beforeunload', (event) => {
    if (hasCall()) event.preventDefault();
  });
  const note = (line: keyof typeof PAGE_LINES) => controller.log(PAGE_LINES[line]);
  // Before anything else that listens: a persistent log is written when the page goes.
  for (const type of ['pagehide', 'offline', 'online'] as const)
    window.addEventListener(type, () => note(type), { capture: true });
  for (const type of ['freeze', 'resume'] as const) document.addEventListener(type, () => note(type));
  document.addEventListener('visibilitychange', () =>
    note(document.visibilityState === 'visible' ? 'visible' : 'hidden'),
  );
  // The page goes: the server need not wait for silence. It may come back from the browser's cache as it was.
  window.addEventListener('pagehide', () => controller.suspend());
  window.addEventListener('pageshow', (event) => {
    if ((event as PageTransitionEvent).persisted) controller.resume();
  });
  // The connection may be dead without a word, or the way to the server open again.
  const probe = () => controller.probe();
  window.addEventListener('online', probe);
  document.addEventListener('resume', probe);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') controller.probe();
  });
  connection?.addEventListener('change', probe);
}
