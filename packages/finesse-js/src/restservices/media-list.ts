import { validateHandler } from './handlers.ts';
import { Media, type MediaOptions } from './media.ts';
import type { RestData, RestHandlers } from './rest-base.ts';
import { RestCollectionBase } from './rest-collection-base.ts';

/** The media of a user: `/finesse/api/User/{id}/Media`. */
export class MediaList extends RestCollectionBase<Media> {
  override getRestType(): string {
    return 'Media';
  }
  protected override rootName(): string {
    return 'MediaList';
  }
  override getRestItemType(): string {
    return 'Media';
  }
  protected override makeItem(id: string, data: RestData): Media {
    // Each medium has a node of its own.
    return new Media({ id, data, parentObj: this });
  }

  /**
   * A medium, with handlers for it and options to sign in with. `onLoad` is called after this has returned, so that what the gadget
   * keeps of it is there.
   * @throws Error for a medium that the user does not have
   */
  getMedia({
    id,
    mediaOptions,
    ...handlers
  }: RestHandlers & { readonly id: string; readonly mediaOptions?: MediaOptions }): Media {
    const media = Object.hasOwn(this._collection, id) ? this._collection[id] : undefined;
    if (!media) throw new Error(`the user has no media ${id}`);
    if (mediaOptions) media.setMediaOptions(mediaOptions);
    validateHandler(handlers.onLoad);
    queueMicrotask(() => media.addHandler('load', handlers.onLoad));
    media.addHandler('change', handlers.onChange);
    media.addHandler('add', handlers.onAdd);
    media.addHandler('delete', handlers.onDelete);
    media.addHandler('error', handlers.onError);
    return media;
  }
}
