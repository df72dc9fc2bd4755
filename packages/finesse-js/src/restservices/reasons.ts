import { RestBase, type RestData } from './rest-base.ts';
import { RestCollectionBase } from './rest-collection-base.ts';

/** A wrap-up reason. */
export class WrapUpReason extends RestBase {
  override getRestType(): string {
    return 'WrapUpReason';
  }
  getLabel(): string {
    return this.textOf('label');
  }
  getUri(): string {
    return this.textOf('uri');
  }
  /** Whether it is one of all teams. */
  getForAll(): boolean {
    return String(this.member('forAll')) === 'true';
  }
}

/** The wrap-up reasons of a user: `/finesse/api/User/{id}/WrapUpReasons`. */
export class WrapUpReasons extends RestCollectionBase<WrapUpReason> {
  override getRestType(): string {
    return 'WrapUpReasons';
  }
  override getRestItemType(): string {
    return 'WrapUpReason';
  }
  protected override makeItem(id: string, data: RestData): WrapUpReason {
    return new WrapUpReason({ id, data, parentObj: this, autoSubscribe: false });
  }
}

/** A reason for NOT_READY or LOGOUT. */
export class ReasonCode extends RestBase {
  override getRestType(): string {
    return 'ReasonCode';
  }
  getLabel(): string {
    return this.textOf('label');
  }
  getUri(): string {
    return this.textOf('uri');
  }
  getCode(): string {
    return this.textOf('code');
  }
  /** NOT_READY or LOGOUT. */
  getCategory(): string {
    return this.textOf('category');
  }
  getForAll(): boolean {
    return String(this.member('forAll')) === 'true';
  }
  getSystemCode(): boolean {
    return String(this.member('systemCode')) === 'true';
  }
}

/** Reasons: of a user or a team that is the parent, else those of the system. ReasonCodes itself are those of all categories. */
export class ReasonCodes extends RestCollectionBase<ReasonCode> {
  protected category(): string {
    return 'ALL';
  }
  override getRestType(): string {
    return 'ReasonCodes';
  }
  protected override getReadUrl(): string {
    return `${this.getRestUrl()}?category=${this.category()}`;
  }
  override getRestItemType(): string {
    return 'ReasonCode';
  }
  protected override makeItem(id: string, data: RestData): ReasonCode {
    return new ReasonCode({ id, data, parentObj: this, autoSubscribe: false });
  }
}

/** Reasons for NOT_READY. */
export class NotReadyReasonCodes extends ReasonCodes {
  protected override category(): string {
    return 'NOT_READY';
  }
}

/** Reasons for LOGOUT. */
export class SignOutReasonCodes extends ReasonCodes {
  protected override category(): string {
    return 'LOGOUT';
  }
}
