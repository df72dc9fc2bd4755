import { clientConfig } from '../clientservices/client-config.ts';
import { Dialog } from './dialog.ts';
import type { RequestHandlers } from './handlers.ts';
import type { RestData } from './rest-base.ts';
import { RestCollectionBase } from './rest-collection-base.ts';

const ACTIONS = {
  ACCEPT: 'ACCEPT',
  START: 'START',
  PAUSE: 'PAUSE',
  RESUME: 'RESUME',
  WRAP_UP: 'WRAP_UP',
  TRANSFER: 'TRANSFER',
  CLOSE: 'CLOSE',
} as const;

const STATES = {
  OFFERED: 'OFFERED',
  ACCEPTED: 'ACCEPTED',
  ACTIVE: 'ACTIVE',
  PAUSED: 'PAUSED',
  WRAPPING_UP: 'WRAPPING_UP',
  INTERRUPTED: 'INTERRUPTED',
  CLOSED: 'CLOSED',
  UNKNOWN: 'UNKNOWN',
} as const;

/** A task of a medium other than voice. */
export class MediaDialog extends Dialog {
  static override readonly Actions: typeof Dialog.Actions & typeof ACTIONS = {
    ...Dialog.Actions,
    ...ACTIONS,
  };
  static override readonly States: typeof Dialog.States & typeof STATES = { ...Dialog.States, ...STATES };
  /** The same as States and Actions, by the names that say of what. */
  static readonly TaskActions = ACTIONS;
  static readonly TaskStates = STATES;

  protected override getNode(): string {
    return `/finesse/api/User/${clientConfig().id ?? ''}/Dialogs/Media`;
  }

  /** Asks for an action: ACCEPT, START, PAUSE, RESUME, WRAP_UP, TRANSFER or CLOSE. @param target whereto, for TRANSFER */
  setTaskState(action: string, handlers?: RequestHandlers, target?: string): this {
    return this.put(
      {
        targetMediaAddress: clientConfig().id,
        requestedAction: action,
        ...(target !== undefined && { toAddress: target }),
      },
      handlers,
    );
  }
  /** Hands the task to a script selector. */
  transfer(target: string, handlers?: RequestHandlers): this {
    return this.setTaskState(ACTIONS.TRANSFER, handlers, target);
  }
}

/** The tasks of a user: `/finesse/api/User/{id}/Dialogs/Media`. */
export class MediaDialogs extends RestCollectionBase<MediaDialog> {
  override getRestType(): string {
    return 'Dialogs';
  }
  override getRestItemType(): string {
    return 'Dialog';
  }
  /** The user is the one of the medium from which it was got. */
  override getRestUrl(): string {
    const user = /^(.*\/User\/[^/]+)/.exec(this._parent?.getRestUrl() ?? '')?.[1];
    return `${user ?? `/finesse/api/User/${clientConfig().id ?? ''}`}/Dialogs/Media`;
  }
  protected override needsNodeSubscription(): boolean {
    return true;
  }
  protected override makeItem(id: string, data: RestData): MediaDialog {
    return new MediaDialog({ id, data, parentObj: this, autoSubscribe: false });
  }
  getDialogCount(): number {
    return this.length;
  }
}
