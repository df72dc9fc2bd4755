import { RestBase, type RestData } from './rest-base.ts';
import { RestCollectionBase } from './rest-collection-base.ts';

/** A queue: `/finesse/api/Queue/{id}`; its figures come as changes, every 10 s at most. */
export class Queue extends RestBase {
  override getRestType(): string {
    return 'Queue';
  }
  override getRestUrl(): string {
    return `/finesse/api/Queue/${this._id}`;
  }
  protected override needsNodeSubscription(): boolean {
    return true;
  }
  getName(): string {
    return this.textOf('name');
  }
  /** Counters by name, as text: callsInQueue, agentsReady, agentsNotReady, … */
  getStatistics(): Record<string, string | null> {
    return (this.member('statistics') as Record<string, string | null> | null | undefined) ?? {};
  }
}

/** The queues of a user: `/finesse/api/User/{id}/Queues`. */
export class Queues extends RestCollectionBase<Queue> {
  override getRestType(): string {
    return 'Queues';
  }
  override getRestItemType(): string {
    return 'Queue';
  }
  protected override needsNodeSubscription(): boolean {
    return true;
  }
  protected override makeItem(id: string, data: RestData): Queue {
    return new Queue({ id, data, parentObj: this });
  }
}
