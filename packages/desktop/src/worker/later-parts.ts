/**
 * Scripts of the page that are loaded when they are wanted, such as those of a dialog, come from the node that the page came from, and have
 * other names in the next release. Where no service worker keeps them, the page has all of them at hand before that node may be gone.
 */

/** Name of the element `meta` in which the build says which scripts these are: paths, parted by blanks. */
export const LATER_PARTS = 'poise:later-parts';

/** Has the browser load them, once for as long as the page is open; nothing of them runs before it is wanted. */
export function loadLaterParts({ head }: Pick<Document, 'head'>): void {
  const told = head.querySelector<HTMLMetaElement>(`meta[name="${LATER_PARTS}"]`)?.content ?? '';
  for (const path of told.split(' ').filter(Boolean)) {
    const link = head.ownerDocument.createElement('link');
    Object.assign(link, { rel: 'modulepreload', crossOrigin: '', href: path });
    head.append(link);
  }
}
