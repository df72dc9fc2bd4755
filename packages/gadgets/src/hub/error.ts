/** Errors of the hub, by the names of OpenAjax Hub 2.0. Gadgets compare `error.message` with them. */
export const HUB_ERROR = {
  BadParameters: 'OpenAjax.hub.Error.BadParameters',
  Disconnected: 'OpenAjax.hub.Error.Disconnected',
  Duplicate: 'OpenAjax.hub.Error.Duplicate',
  NoContainer: 'OpenAjax.hub.Error.NoContainer',
  NoSubscription: 'OpenAjax.hub.Error.NoSubscription',
  NotAllowed: 'OpenAjax.hub.Error.NotAllowed',
  WrongProtocol: 'OpenAjax.hub.Error.WrongProtocol',
  IncompatBrowser: 'OpenAjax.hub.Error.IncompatBrowser',
} as const;

export type HubErrorName = keyof typeof HUB_ERROR;
export type HubErrorCode = (typeof HUB_ERROR)[HubErrorName];

/** Why the hub refuses. `message` is the code, and nothing else. */
export class HubError extends Error {
  readonly code: HubErrorCode;

  constructor(name: HubErrorName) {
    super(HUB_ERROR[name]);
    this.name = 'HubError';
    this.code = HUB_ERROR[name];
  }
}
