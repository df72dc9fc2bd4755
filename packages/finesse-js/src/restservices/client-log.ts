import { type RequestHandlers, validateHandlers } from './handlers.ts';
import { RestBase } from './rest-base.ts';

/** The log that a user's browser sends to the server: `/finesse/api/User/{id}/ClientLog`. */
export class ClientLog extends RestBase {
  override getRestType(): string {
    return 'ClientLog';
  }
  protected override needsId(): boolean {
    return false;
  }
  protected override isReadOnDemand(): boolean {
    return true;
  }
  protected override readAgain(): void {}

  /** Sends text to the server's log, at most 1,048,576 characters. */
  sendLogs({ logData }: { readonly logData: string }, handlers?: RequestHandlers): this {
    this.restRequest(this.getRestUrl(), {
      ...validateHandlers(handlers),
      method: 'POST',
      content: { ClientLog: { logData } },
    });
    return this;
  }
}
