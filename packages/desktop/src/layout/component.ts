/** What is put on the page: gadgets, and our features, which are components of the layout like any other (gadgets.md 1). */

/** Where a component stands, and what the layout says of it. */
export interface Placement {
  /** DOM id given in the layout, else one made of its place. */
  readonly id: string;
  /** As written in the layout, placeholders filled. */
  readonly url: string;
  /** Tab that holds it; null: shown on every tab, or in the header. */
  readonly tabId: string | null;
  /** Id of the entry that shows this one, such as a Multi-Tab gadget. */
  readonly managedBy: string | null;
  /** Loaded, not displayed. */
  readonly hidden: boolean;
  /** Chosen at first in a Multi-Tab gadget. */
  readonly isDefault: boolean;
  /** Height in rows; null: the component's own. */
  readonly maxRows: number | null;
  /** Hosts that are tried when that of the address does not answer. */
  readonly alternateHosts: readonly string[];
  /** Every other attribute of the entry. */
  readonly preferences: Readonly<Record<string, string>>;
}

export interface PlacedProps {
  readonly placement: Placement;
}
