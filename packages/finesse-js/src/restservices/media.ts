import { type RequestHandlers, validateHandlers } from './handlers.ts';
import { DialogLogoutActions, InterruptActions } from './media-actions.ts';
import { MediaDialogs } from './media-dialogs.ts';
import { RestBase, type RestData, type RestHandlers } from './rest-base.ts';

/** How a user signs in to a medium. */
export interface MediaOptions {
  /** 1 to 10. */
  readonly maxDialogLimit?: number | string | undefined;
  /** One of InterruptActions. */
  readonly interruptAction?: string | undefined;
  /** One of DialogLogoutActions. */
  readonly dialogLogoutAction?: string | undefined;
}

const SIGNED_OUT: readonly string[] = ['', 'LOGOUT'];

/** A medium of a user: `/finesse/api/User/{id}/Media/{mrdId}`. */
export class Media extends RestBase {
  static readonly States = {
    READY: 'READY',
    NOT_READY: 'NOT_READY',
    LOGOUT: 'LOGOUT',
    RESERVED: 'RESERVED',
    ACTIVE: 'ACTIVE',
    PAUSED: 'PAUSED',
    INTERRUPTED: 'INTERRUPTED',
    WORK: 'WORK',
    WORK_READY: 'WORK_READY',
  } as const;

  declare private _options: MediaOptions | undefined;
  declare private _mediaDialogs: MediaDialogs | undefined;

  override getRestType(): string {
    return 'Media';
  }
  override getRestUrl(): string {
    const parent = this._parent?.getRestUrl() ?? '/finesse/api/Media';
    return `${parent}/${this._id}`;
  }

  /** Before release 12 desktops heard one node of all media, so none can count on this one being heard. */
  protected override needsNodeSubscription(): boolean {
    return true;
  }

  /** Id of the medium (MRD). */
  getMediaId(): string {
    return this.textOf('id') || this._id;
  }
  getName(): string {
    return this.textOf('name');
  }
  /** One of Media.States; undefined where the server names none, as gadgets ask. */
  getState(): string | undefined {
    return (this.member('state') as string | null | undefined) ?? undefined;
  }
  isLoggedIn(): boolean {
    return !SIGNED_OUT.includes(this.getState() ?? '');
  }
  /** Whether new tasks may come ("true"). */
  getRoutable(): boolean {
    return String(this.member('routable')) === 'true';
  }
  getInterruptible(): boolean {
    return String(this.member('interruptible')) === 'true';
  }
  getMaxDialogLimit(): string {
    return this.textOf('maxDialogLimit');
  }
  getInterruptAction(): string {
    return this.textOf('interruptAction');
  }
  getDialogLogoutAction(): string {
    return this.textOf('dialogLogoutAction');
  }
  /** Undefined without one. */
  getReasonCodeId(): string | undefined {
    const id = this.member('reasonCodeId');
    return id === undefined || id === null || id === '-1' ? undefined : String(id);
  }
  /** "" without one. */
  getReasonCodeLabel(): string {
    return (this.member('reasonCode') as RestData | null | undefined)?.label ?? '';
  }

  /** Asks for a state; it comes as a change. */
  setState(
    newState: string,
    reasonCode?: { readonly id: string | number } | null,
    handlers?: RequestHandlers,
  ): this {
    const hasReason = reasonCode !== undefined && reasonCode !== null;
    return this.put({ state: newState, ...(hasReason && { reasonCodeId: reasonCode.id }) }, handlers);
  }
  /** Signs in. What is not given is what setMediaOptions kept, else what the server takes. @throws Error for an unknown action */
  login(params: MediaOptions & { readonly handlers?: RequestHandlers | undefined } = {}): this {
    const { handlers, ...given } = params;
    this.setMediaOptions({ ...this._options, ...given });
    const { maxDialogLimit, interruptAction, dialogLogoutAction } = this._options ?? {};
    return this.put(
      {
        state: 'LOGIN',
        ...(maxDialogLimit !== undefined && { maxDialogLimit }),
        ...(interruptAction !== undefined && { interruptAction }),
        ...(dialogLogoutAction !== undefined && { dialogLogoutAction }),
      },
      handlers,
    );
  }
  logout(
    reasonCode?: { readonly id: string | number } | null,
    params: { readonly handlers?: RequestHandlers | undefined } = {},
  ): this {
    return this.setState('LOGOUT', reasonCode, params.handlers);
  }
  setRoutable({
    routable,
    handlers,
  }: {
    readonly routable: boolean;
    readonly handlers?: RequestHandlers;
  }): this {
    return this.put({ routable }, handlers);
  }
  /** Keeps how to sign in, also after a failover. @throws Error for an unknown action */
  setMediaOptions(options: MediaOptions): void {
    const { interruptAction, dialogLogoutAction } = options;
    if (interruptAction !== undefined && !InterruptActions.isValidAction(interruptAction))
      throw new Error(`no interrupt action: ${interruptAction}`);
    if (dialogLogoutAction !== undefined && !DialogLogoutActions.isValidAction(dialogLogoutAction))
      throw new Error(`no dialog logout action: ${dialogLogoutAction}`);
    this._options = options;
  }

  /** The tasks of the user. Handlers are those of the first time. */
  getMediaDialogs(handlers?: RestHandlers): MediaDialogs {
    this._mediaDialogs ??= new MediaDialogs({ ...handlers, parentObj: this });
    return this._mediaDialogs;
  }

  /** After a failover the list reads all media again; a sign-in with options is made again here. */
  protected override readAgain(): void {
    if (this._options && this._loaded && this.isLoggedIn()) this.login({});
  }

  private put(body: RestData, handlers?: RequestHandlers): this {
    this.restRequest(this.getRestUrl(), {
      ...validateHandlers(handlers),
      method: 'PUT',
      content: { Media: body },
    });
    return this;
  }
}
