/**
 * `finesse.interfaces`: what handlers look like. Nothing has to be derived from these classes; they document, and whoever likes can
 * check with `instanceof` of his own.
 */
import type { RestResponse } from './restservices/handlers.ts';

/** The handlers of a request. */
export class RequestHandlers {
  /** The server has accepted it. */
  success(_response: RestResponse): void {}
  /** It was refused, at once or later. */
  error(_response: RestResponse): void {}
}

/** The handlers of an object. */
export class RestObjectHandlers {
  onLoad(_object: unknown): void {}
  onChange(_object: unknown): void {}
  onAdd(_object: unknown): void {}
  onDelete(_object: unknown): void {}
  onError(_response: RestResponse): void {}
}

/** The handlers of a collection. */
export class RestCollectionHandlers extends RestObjectHandlers {
  onCollectionAdd(_item: unknown): void {}
  onCollectionDelete(_item: unknown): void {}
}
