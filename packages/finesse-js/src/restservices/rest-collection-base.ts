import { text } from '../utilities/text.ts';
import {
  RestBase,
  type RestData,
  type RestHandlers,
  type RestOptions,
  type RestUpdate,
} from './rest-base.ts';

/** Options of every collection. */
export interface RestCollectionOptions extends RestOptions {
  /** An item came to the collection. */
  onCollectionAdd?: RestHandlers['onCollectionAdd'];
  /** An item left the collection; it is still counted while the handler runs. */
  onCollectionDelete?: RestHandlers['onCollectionDelete'];
}

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

/**
 * The base of all collections: items by their id. Items change by the events of the collection's node; what comes and goes is told
 * to `collectionAdd` and `collectionDelete` handlers.
 */
export abstract class RestCollectionBase<Item extends RestBase = RestBase> extends RestBase {
  /** Also read by gadgets. */
  declare _collection: Record<string, Item>;
  /** How many items there are. */
  declare length: number;

  constructor(options: RestCollectionOptions | string, callbacks?: RestHandlers, parentObj?: RestBase) {
    super(options, callbacks, parentObj);
  }

  /** The name of an item's element: `Dialog`. */
  abstract getRestItemType(): string;

  /** An item that does not subscribe by itself. */
  protected abstract makeItem(id: string, data: RestData): Item;

  protected override needsId(): boolean {
    return false;
  }

  protected override prepare(): void {
    this._collection = {};
    this.length = 0;
  }

  /** The items by their id. */
  getCollection(): Record<string, Item> {
    return this._collection;
  }

  /** Reads the collection as if for the first time: `load` is told again. */
  get(): this {
    for (const item of Object.values(this._collection)) item.unsubscribe();
    this._loaded = false;
    this._collection = {};
    this.length = 0;
    return this.refresh();
  }

  /** Which item a body is about. */
  protected idOf(body: RestData): string {
    return text.getId(body.uri) || (typeof body.id === 'string' ? body.id : '');
  }

  /** The bodies of the items in the body of the collection. */
  protected itemBodies(body: RestData | null | undefined): RestData[] {
    const type = this.getRestItemType();
    const found = body?.[type] ?? body?.[lowerFirst(type)];
    return (Array.isArray(found) ? found : [found]).filter(
      (each) => typeof each === 'object' && each !== null,
    );
  }

  /** Adds what is new and tells of it, tells items that are still there of their change, removes what has gone. */
  protected override take(body: RestData | null): void {
    this._data = body ?? {};
    const bodies = this.itemBodies(body);
    if (!this._loaded) {
      // What an event has brought already stays: the answer may be older than the event.
      for (const each of bodies) this.add(each);
      this._loaded = true;
      this.tell('load', this);
      return;
    }
    const present = new Set(bodies.map((each) => this.idOf(each)));
    for (const id of Object.keys(this._collection)) if (!present.has(id)) this.drop(id);
    for (const each of bodies) this.addOrChange(each);
  }

  override applyUpdate(update: RestUpdate): void {
    const { event, source, data } = update;
    if (source === this.getRestUrl()) this.applyToCollection(event, data);
    else this.applyToItem(update);
  }

  protected applyToCollection(event: string | undefined, data: RestData | null | undefined): void {
    const body = this.bodyOf(data);
    if (event === 'POST') for (const each of this.itemBodies(body)) this.addOrChange(each);
    else if (event === 'DELETE') for (const each of this.itemBodies(body)) this.drop(this.idOf(each), each);
    else if (event === 'PUT' && body) this.take(body);
  }

  /** An event of one item: its id stands at the end of the `uri` in the data. */
  protected applyToItem({ event, source, data }: RestUpdate): void {
    const type = this.getRestItemType();
    const body: RestData | undefined = data?.[lowerFirst(type)] ?? data?.[type];
    const id = (body && this.idOf(body)) || text.getId(source);
    if (!Object.hasOwn(this._collection, id)) return;
    if (event === 'DELETE') this.drop(id, body);
    else this._collection[id]?.applyUpdate({ event, source, data } as RestUpdate);
  }

  private add(body: RestData): Item | undefined {
    const id = this.idOf(body);
    if (id === '' || Object.hasOwn(this._collection, id)) return undefined;
    const item = this.makeItem(id, body);
    this._collection[id] = item;
    this.length += 1;
    return item;
  }

  protected addOrChange(body: RestData): void {
    const known = Object.hasOwn(this._collection, this.idOf(body));
    if (known)
      this._collection[this.idOf(body)]?.applyUpdate({
        event: 'PUT',
        data: { [lowerFirst(this.getRestItemType())]: body },
      });
    else {
      const item = this.add(body);
      if (item) this.tell('collectionAdd', item);
    }
  }

  private drop(id: string, body?: RestData): void {
    const item = this._collection[id];
    if (!item) return;
    // The last body is the item's, then the collection is told while it still counts it.
    if (body && Object.keys(body).length > 1) item._data = body;
    this.tell('collectionDelete', item);
    item.applyUpdate({ event: 'DELETE' });
    item.unsubscribe();
    delete this._collection[id];
    this.length -= 1;
  }
}
