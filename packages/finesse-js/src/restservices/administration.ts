import { type RequestHandlers, validateHandlers } from './handlers.ts';
import { PhoneBooks } from './phone-books.ts';
import { NotReadyReasonCodes, SignOutReasonCodes, WrapUpReasons } from './reasons.ts';
import { RestBase } from './rest-base.ts';
import { Workflows } from './workflows.ts';

/** The layout of all teams that have none of their own: `/finesse/api/LayoutConfig/default`, for administrators. */
export class LayoutConfig extends RestBase {
  override getRestType(): string {
    return 'LayoutConfig';
  }
  override getRestUrl(): string {
    return `/finesse/api/LayoutConfig/${this._id || 'default'}`;
  }
  protected override needsId(): boolean {
    return false;
  }
  getLayoutxml(): string {
    return this.textOf('layoutxml');
  }
  update(layoutxml: string, handlers?: RequestHandlers): this {
    this.restRequest(this.getRestUrl(), {
      ...validateHandlers(handlers),
      method: 'PUT',
      content: { LayoutConfig: { layoutxml } },
    });
    return this;
  }
}

/** The layout of a team (the parent): `/finesse/api/Team/{id}/LayoutConfig`, for administrators. */
export class TeamLayoutConfig extends RestBase {
  override getRestType(): string {
    return 'LayoutConfig';
  }
  protected override rootName(): string {
    return 'TeamLayoutConfig';
  }
  protected override needsId(): boolean {
    return false;
  }
  getLayoutxml(): string {
    return this.textOf('layoutxml');
  }
  /** Whether the default layout is used instead. */
  getUseDefault(): boolean {
    return String(this.member('useDefault')) === 'true';
  }
  update(layoutxml: string, useDefault: boolean, handlers?: RequestHandlers): this {
    this.restRequest(this.getRestUrl(), {
      ...validateHandlers(handlers),
      method: 'PUT',
      content: { TeamLayoutConfig: { layoutxml, useDefault } },
    });
    return this;
  }
}

/** Reasons for NOT_READY of a team (the parent), for administrators. */
export class TeamNotReadyReasonCodes extends NotReadyReasonCodes {}

/** Reasons for LOGOUT of a team (the parent), for administrators. */
export class TeamSignOutReasonCodes extends SignOutReasonCodes {}

/** Wrap-up reasons of a team (the parent), for administrators. */
export class TeamWrapUpReasons extends WrapUpReasons {}

/** Phone books of a team (the parent), for administrators. */
export class TeamPhoneBooks extends PhoneBooks {}

/** Workflows of a team (the parent), for administrators. */
export class TeamWorkflows extends Workflows {}
