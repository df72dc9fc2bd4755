/**
 * Built-in features as components of the layout (gadgets.md 1): each is known by the URLs that layouts of the original
 * name it by, and is drawn wherever the layout puts it.
 */
import type { ComponentType } from 'react';
import type { MessageKey } from '../messages/index.tsx';

/** Where a component stands, and what the layout says of it. */
export interface Placement {
  /** DOM id given in the layout, else one made of its place. */
  readonly id: string;
  /** As written in the layout, placeholders filled. */
  readonly url: string;
  /** Tab that holds it; null: shown on every tab, or in the header. */
  readonly tabId: string | null;
  /** `maxRows`, `default` and whatever else the entry has. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface PlacedProps {
  readonly placement: Placement;
}

export interface DesktopComponent {
  readonly name: string;
  /** Paths of the original: 12.x first, then older ones. Matched without host, query and leading slash. */
  readonly urls: readonly string[];
  /** Title of its frame; null: it draws its own, or has none (header). */
  readonly title: MessageKey | null;
  readonly Component: ComponentType<PlacedProps>;
}

/** Path of an entry's URL, to be compared with {@link DesktopComponent.urls}. */
export function pathOf(url: string): string {
  const path = url.replace(/^https?:\/\/[^/]*/i, '').replace(/[?#;].*$/s, '');
  return `/${path.replace(/^\/+/, '')}`;
}

/** The built-in component that an entry names, if it is one. */
export function componentFor(
  components: readonly DesktopComponent[],
  url: string,
): DesktopComponent | undefined {
  const path = pathOf(url);
  return components.find(({ urls }) => urls.includes(path));
}
