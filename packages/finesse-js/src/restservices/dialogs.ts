import { Dialog } from './dialog.ts';
import { type RequestHandlers, validateHandlers } from './handlers.ts';
import type { RestData } from './rest-base.ts';
import { RestCollectionBase } from './rest-collection-base.ts';

/** The calls of a user: `/finesse/api/User/{id}/Dialogs`. */
export class Dialogs extends RestCollectionBase<Dialog> {
  override getRestType(): string {
    return 'Dialogs';
  }
  override getRestItemType(): string {
    return 'Dialog';
  }
  protected override makeItem(id: string, data: RestData): Dialog {
    return new Dialog({ id, data, parentObj: this, autoSubscribe: false });
  }

  /** How many calls there are; inside `onCollectionDelete` the one that goes still counts. */
  getDialogCount(excludeSilentMonitor = false): number {
    if (!excludeSilentMonitor) return this.length;
    return Object.values(this._collection).filter((each) => each.getCallType() !== 'SUPERVISOR_MONITOR')
      .length;
  }

  /** Calls a number. */
  createNewCallDialog(toAddress: string, fromAddress: string, handlers?: RequestHandlers): this {
    return this.post({ requestedAction: 'MAKE_CALL', fromAddress, toAddress }, handlers);
  }
  /** A call of a supervisor: `action` is SILENT_MONITOR. */
  createNewSuperviseCallDialog(
    toAddress: string,
    fromAddress: string,
    action: string,
    handlers?: RequestHandlers,
  ): this {
    return this.post({ requestedAction: action, fromAddress, toAddress }, handlers);
  }
  /** Joins a monitored call: `action` is BARGE_CALL, the address that of the monitoring dialog. */
  createNewBargeCall(
    fromAddress: string,
    toAddress: string,
    action: string,
    associatedDialogUri: string,
    handlers?: RequestHandlers,
  ): this {
    return this.post({ requestedAction: action, fromAddress, toAddress, associatedDialogUri }, handlers);
  }

  private post(body: RestData, handlers?: RequestHandlers): this {
    this.restRequest(this.getRestUrl(), {
      ...validateHandlers(handlers),
      method: 'POST',
      content: { Dialog: body },
    });
    return this;
  }
}
