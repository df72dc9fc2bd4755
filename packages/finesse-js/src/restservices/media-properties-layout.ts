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

/** A layout in one form, however many lines and columns it has. */
export interface LayoutData {
  readonly header: { readonly entry: LayoutEntry | null };
  /** Left, then right. */
  readonly columns: readonly { readonly entry: readonly LayoutEntry[] }[];
  /** As columns. */
  readonly column: readonly { readonly entry: readonly LayoutEntry[] }[];
  readonly name: string;
  readonly description: string;
  readonly type: string;
}

const column = (entries: unknown) => ({ entry: arrayOf<LayoutEntry>((entries as RestData | null)?.entry) });

function layoutData(body: RestData): LayoutData {
  const columns = arrayOf<RestData>(body.column).map(column);
  while (columns.length < 2) columns.push(column(null));
  return {
    header: { entry: body.header?.entry ?? null },
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
  /** Header and two columns, each with an array of entries. */
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
