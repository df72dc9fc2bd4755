import { arrayOf } from './data.ts';
import { RestBase, type RestData } from './rest-base.ts';
import { RestCollectionBase } from './rest-collection-base.ts';

/** What one line of call data shows. */
export interface LayoutEntry {
  readonly displayName: string | null;
  readonly mediaProperty: string;
  readonly showInPopOver?: string;
  readonly uiEditable?: string;
}

/** The entry of the header itself; `entry` names it once more. */
export type LayoutHeader = {
  readonly displayName: string | null;
  readonly mediaProperty: string | null;
} & { readonly entry: LayoutEntry | null };
/** The entries from top to bottom; `entry` names them once more. */
export type LayoutColumn = readonly LayoutEntry[] & { readonly entry: readonly LayoutEntry[] };

/** A layout in one form, however many lines and columns it has. */
export interface LayoutData {
  readonly header: LayoutHeader;
  /** Left, then right. */
  readonly columns: readonly LayoutColumn[];
  /** As columns. */
  readonly column: readonly LayoutColumn[];
  readonly name: string;
  readonly description: string;
  readonly type: string;
}

const named = (entry: LayoutEntry): LayoutEntry => ({ ...entry, displayName: entry.displayName ?? '' });

/** Not enumerated, so that who goes through the entries does not meet them twice. */
const withEntry = <Of extends object, Entry>(of: Of, entry: Entry): Of & { readonly entry: Entry } =>
  Object.defineProperty(of, 'entry', { value: entry }) as Of & { readonly entry: Entry };

function columnOf(body: RestData | null): LayoutColumn {
  const entries = arrayOf<LayoutEntry>(body?.entry).map(named);
  return withEntry(entries, entries);
}

function headerOf(found: LayoutEntry | null | undefined): LayoutHeader {
  const entry = found ? named(found) : null;
  return withEntry(entry ? { ...entry } : { displayName: null, mediaProperty: null }, entry);
}

function layoutData(body: RestData): LayoutData {
  const columns = arrayOf<RestData>(body.column).map(columnOf);
  while (columns.length < 2) columns.push(columnOf(null));
  return {
    header: headerOf(body.header?.entry),
    columns,
    column: columns,
    name: body.name ?? '',
    description: body.description ?? '',
    type: body.type ?? 'DEFAULT',
  };
}

/** Which data of a call are shown: `/finesse/api/User/{id}/MediaPropertiesLayout`. */
export class MediaPropertiesLayout extends RestBase {
  override getRestType(): string {
    return 'MediaPropertiesLayout';
  }
  protected override needsId(): boolean {
    return false;
  }
  /** By itself it bears the id of its user. */
  override getRestUrl(): string {
    if (this._parent || this._id === '') return super.getRestUrl();
    return `/finesse/api/User/${this._id}/${this.getRestType()}`;
  }
  /** Reads it again. */
  get(): this {
    return this.refresh();
  }
  getName(): string {
    return this.textOf('name');
  }
  getDescription(): string {
    return this.textOf('description');
  }
  /** DEFAULT or CUSTOM. */
  getType(): string {
    return this.textOf('type');
  }
  /** The entry of the header, and two columns as arrays of entries. */
  override getData(): LayoutData & RestData {
    this.isLoaded();
    return layoutData(this._data);
  }
  /** A layout that shows nothing. */
  getEmptyData(): LayoutData {
    return layoutData({});
  }
}

/** All layouts of a user: `/finesse/api/User/{id}/MediaPropertiesLayouts`. */
export class MediaPropertiesLayouts extends RestCollectionBase<MediaPropertiesLayout> {
  override getRestType(): string {
    return 'MediaPropertiesLayouts';
  }
  override getRestItemType(): string {
    return 'MediaPropertiesLayout';
  }
  protected override makeItem(id: string, data: RestData): MediaPropertiesLayout {
    return new MediaPropertiesLayout({ id, data, parentObj: this, autoSubscribe: false });
  }
}
