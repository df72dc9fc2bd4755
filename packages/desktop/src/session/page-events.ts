/** What the browser tells of the page and the network, told to the desktop. */
import type { DesktopController } from './controller.ts';

interface Surroundings {
  readonly window: EventTarget;
  readonly document: EventTarget & { readonly visibilityState: DocumentVisibilityState };
  /** Network Information, where the browser has it. */
  readonly connection?: EventTarget | undefined;
}

/** @param hasCall whether the agent is in a call: then the browser asks before the page goes */
export function followPage(
  controller: Pick<DesktopController, 'suspend' | 'resume' | 'probe'>,
  { window, document, connection }: Surroundings,
  hasCall: () => boolean,
): void {
  window.addEventListener('beforeunload', (event) => {
    if (hasCall()) event.preventDefault();
  });
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
