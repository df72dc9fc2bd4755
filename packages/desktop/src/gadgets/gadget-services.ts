/** What the desktop does for gadgets that use the services of finesse.js: pop-overs, channels, shortcuts, certificates, clicks. */
import { platformClock } from '@poise/client';
import { CertificateBanners, Channels, type GadgetContainer, Popovers, TOPIC } from '@poise/gadgets';
import type { Desk } from '../desk/desk-context.tsx';
import type { Desktop } from '../desktop-context.tsx';
import type { Sentence } from '../session/store.ts';
import { SHORTCUTS } from '../shortcuts/shortcut.ts';
import { noticeOfGadget } from './gadget-notice.ts';
import { GadgetShortcuts } from './gadget-shortcuts.ts';

/** Where a click on a notice is told. */
const CLICKS = 'finext.notification.popover.clicks';

export class GadgetServices {
  readonly popovers: Popovers;
  readonly channels: Channels;
  readonly certificates: CertificateBanners;
  readonly shortcuts: GadgetShortcuts;

  constructor(
    container: GadgetContainer,
    { store, controller }: Desktop,
    { registry, settings, commands, notifier }: Desk,
    activeTab: () => string,
  ) {
    const log = (line: string) => controller.log(line);
    this.popovers = new Popovers(container, platformClock, log);
    this.certificates = new CertificateBanners(container);
    this.channels = new Channels(container, platformClock, ({ menu: { label: channel } }, { why, code }) => {
      log(`Channel ${channel}: a choice failed: ${code}`);
      const sentence: Sentence =
        why === ''
          ? { key: 'channels.silent', values: { channel } }
          : { key: 'channels.failed', values: { channel, why } };
      store.dispatch({ type: 'notice', notice: { kind: 'other', sentence }, at: platformClock.now() });
    });
    this.channels.subscribe(() => {
      const holding = this.channels.snapshot().find(({ state }) => state.holdsSignOut);
      store.dispatch({ type: 'channels', heldBy: holding?.menu.label ?? null });
    });
    this.shortcuts = new GadgetShortcuts(container, {
      page: () => SHORTCUTS,
      own: () => settings.snapshot().shortcuts,
      activeTab,
      show: (shortcuts) => registry.setGadgets(shortcuts),
      log,
    });
    let told = new Set<string>();
    this.popovers.subscribe(() => {
      const all = this.popovers.snapshot();
      for (const { id, title, gadget } of all)
        if (!told.has(id))
          notifier.callBack({ key: 'notices.gadget', values: { text: title || gadget.snapshot().title } });
      told = new Set(all.map(({ id }) => id));
    });
    container.subscribe(TOPIC.notification, (data) => {
      const notice = noticeOfGadget(data, (id) => container.isHeard(`${CLICKS}.${id}`));
      if (notice) store.dispatch({ type: 'notice', notice, at: platformClock.now() });
    });
    commands.offer('gadget.notice', (notificationId) =>
      container.publish(`${CLICKS}.${notificationId}`, { notificationId }),
    );
  }
}
