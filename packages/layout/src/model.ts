/** The desktop layout as data (gadgets.md 1). Everything is immutable and shared freely. */

export type LayoutRole = 'Agent' | 'Supervisor' | 'Admin';

/** A gadget or a component: what the layout puts somewhere. */
export interface LayoutEntry {
  readonly kind: 'gadget' | 'component';
  /** DOM id; null when the layout gives none. */
  readonly id: string | null;
  /** As written, references resolved, placeholders not (see {@link expandPlaceholders}): relative, http: or https:. */
  readonly url: string;
  /** Of a component. */
  readonly stylesheet: string | null;
  /** Of a component. */
  readonly order: number | null;
  /** Id of the gadget that shows this one. */
  readonly managedBy: string | null;
  /** Loaded, not displayed. */
  readonly hidden: boolean;
  /** Chosen at first in a Multi-Tab gadget. */
  readonly isDefault: boolean;
  /** Height in rows, at least 10; null when not given. */
  readonly maxRows: number | null;
  /** Hosts tried in turn when the one of an absolute `url` fails. */
  readonly alternateHosts: readonly string[];
  /** Every other attribute: values of the gadget's UserPrefs. */
  readonly preferences: Readonly<Record<string, string>>;
}

export interface LayoutWidth {
  readonly value: number;
  readonly unit: 'px' | '%';
}

export interface LayoutHeaderColumn {
  /** Null when the layout gives none. */
  readonly width: LayoutWidth | null;
  readonly entry: LayoutEntry | null;
}

export interface LayoutHeader {
  readonly left: readonly LayoutHeaderColumn[];
  readonly right: readonly LayoutHeaderColumn[];
}

export type LayoutIcon =
  | { readonly kind: 'stock'; readonly name: string }
  | { readonly kind: 'image'; readonly url: string };

export interface LayoutTab {
  readonly id: string;
  readonly icon: LayoutIcon | null;
  /** A resource key (`finesse.container.tabs.…`) or text. */
  readonly label: string;
  /** Left to right; a tab with `gadgets` alone has one column. */
  readonly columns: readonly (readonly LayoutEntry[])[];
}

export interface RoleLayout {
  readonly role: LayoutRole;
  /** On every tab, above what the tab holds. */
  readonly page: readonly LayoutEntry[];
  readonly tabs: readonly LayoutTab[];
}

export interface LayoutModel {
  /** Null in layouts of 11.x. */
  readonly version: string | null;
  /** Desktop properties as written; {@link configOf} gives them their types. */
  readonly configs: Readonly<Record<string, string>>;
  readonly header: LayoutHeader;
  /** One for each role that the layout knows, in its order. */
  readonly layouts: readonly RoleLayout[];
}

/** Something wrong, and where. */
export interface LayoutProblem {
  /** From 1. */
  readonly line: number;
  /** Characters into the line, from 1. */
  readonly column: number;
  /** `finesseLayout/layout[2]/tabs/tab[1]/label`; empty where the text is no XML at all. */
  readonly path: string;
  /** A plain sentence. */
  readonly message: string;
}

export type LayoutReading =
  | {
      readonly ok: true;
      readonly layout: LayoutModel;
      /** What is allowed, but surely not meant. */
      readonly warnings: readonly LayoutProblem[];
    }
  | {
      readonly ok: false;
      /** At least one, in the order of the text. */
      readonly errors: readonly LayoutProblem[];
    };

/** What a signed-in user of a role sees: a supervisor the Supervisor layout, and where there is none, the one for agents. */
export function layoutFor(model: LayoutModel, role: LayoutRole): RoleLayout | null {
  const of = (wanted: LayoutRole) => model.layouts.find((layout) => layout.role === wanted);
  return of(role) ?? (role === 'Supervisor' ? of('Agent') : undefined) ?? null;
}
