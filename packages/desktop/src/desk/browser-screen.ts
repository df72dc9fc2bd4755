/** Notifications of the browser (desktop.md D12, D80, D82), where it has them and the agent allows them. */
import type { NoticeKind } from '../session/notices.ts';
import type { Sentence } from '../session/store.ts';
import type { Screen } from './notifier.ts';

/** @param text a sentence in the language of the page */
export function browserScreen(text: (sentence: Sentence) => string, title: () => string): Screen {
  return {
    isActive: () => document.visibilityState === 'visible' && document.hasFocus(),
    show(sentence, kind: NoticeKind) {
      if (permission() !== 'granted') return () => {};
      try {
        // One of each kind: a later one takes the place of the one before.
        const shown = new Notification(title(), { body: text(sentence), tag: `poise.${kind}`, silent: true });
        shown.onclick = () => {
          window.focus();
          shown.close();
        };
        return () => shown.close();
      } catch {
        // Browsers of phones have notifications of service workers only.
        return () => {};
      }
    },
  };
}

export function permission(): NotificationPermission | 'none' {
  return typeof Notification === 'undefined' ? 'none' : Notification.permission;
}

/** Asks the agent; only after a click. @returns what was decided */
export async function askPermission(): Promise<NotificationPermission | 'none'> {
  try {
    return await Notification.requestPermission();
  } catch {
    return permission();
  }
}
