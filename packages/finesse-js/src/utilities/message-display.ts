/**
 * `finesse.utilities.MessageDisplay`: a banner of the gadget's own page: the element `#banner` with `#banner-msg` inside.
 * Without them nothing is shown.
 */
const element = (id: string): HTMLElement | null => globalThis.document?.getElementById(id) ?? null;

function show(message: string, kind: 'error' | 'info'): void {
  const banner = element('banner');
  if (!banner) return;
  const place = element('banner-msg') ?? banner;
  place.textContent = message;
  banner.dataset.kind = kind;
  banner.setAttribute('role', kind === 'error' ? 'alert' : 'status');
  banner.style.display = 'block';
}

export const MessageDisplay = {
  showBannerError: (message: string): void => show(message, 'error'),
  showBannerInfo: (message: string): void => show(message, 'info'),
  hideBanner(): void {
    const banner = element('banner');
    if (banner) banner.style.display = 'none';
  },
};
