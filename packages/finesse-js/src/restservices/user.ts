import { clientConfig } from '../clientservices/client-config.ts';
import { text } from '../utilities/text.ts';
import { ClientLog } from './client-log.ts';
import { arrayOf } from './data.ts';
import { Dialogs } from './dialogs.ts';
import { guarded, type RequestHandlers, type RestResponse, validateHandlers } from './handlers.ts';
import { MediaList } from './media-list.ts';
import { MediaPropertiesLayout, MediaPropertiesLayouts } from './media-properties-layout.ts';
import { PhoneBooks } from './phone-books.ts';
import { Queues } from './queue.ts';
import { WrapUpReasons } from './reasons.ts';
import { RestBase, type RestData, type RestHandlers, type RestOptions } from './rest-base.ts';
import { Workflows } from './workflows.ts';

/** A reason as menus need it. */
export interface ReasonCodeLabel {
  readonly label: string;
  readonly id: string;
}

/** A team that somebody supervises. */
export interface SupervisedTeam {
  readonly id: string;
  readonly name: string;
  readonly uri: string;
}

/** With what a user signs in. */
export interface LoginParams {
  readonly extension: string;
  readonly mobileAgent?: { readonly mode: string; readonly dialNumber: string };
}

const STATES = {
  LOGIN: 'LOGIN',
  LOGOUT: 'LOGOUT',
  NOT_READY: 'NOT_READY',
  READY: 'READY',
  RESERVED: 'RESERVED',
  RESERVED_OUTBOUND: 'RESERVED_OUTBOUND',
  RESERVED_OUTBOUND_PREVIEW: 'RESERVED_OUTBOUND_PREVIEW',
  TALKING: 'TALKING',
  HOLD: 'HOLD',
  WORK: 'WORK',
  WORK_READY: 'WORK_READY',
} as const;

const CHANGES_LATER: readonly string[] = [STATES.TALKING, STATES.HOLD, STATES.RESERVED_OUTBOUND_PREVIEW];

/** A user: `/finesse/api/User/{id}`. */
export class User extends RestBase {
  /** States of an agent. */
  static readonly States = STATES;
  /** Modes of mobile agents. */
  static readonly WorkMode = {
    CALL_BY_CALL: 'CALL_BY_CALL',
    NAILED_CONNECTION: 'NAILED_CONNECTION',
  } as const;
  /** What wrap-up is to a user. */
  static readonly WrapUpMode = {
    REQUIRED: 'REQUIRED',
    REQUIRED_WITH_WRAP_UP_DATA: 'REQUIRED_WITH_WRAP_UP_DATA',
    OPTIONAL: 'OPTIONAL',
    NOT_ALLOWED: 'NOT_ALLOWED',
  } as const;

  declare private _dialogs: Dialogs | undefined;
  declare private _mediaList: MediaList | undefined;

  constructor(options: RestOptions | string, callbacks?: RestHandlers, parentObj?: RestBase) {
    super(options, callbacks, parentObj);
  }

  override getRestType(): string {
    return 'User';
  }

  override getRestUrl(): string {
    return `/finesse/api/User/${encodeURIComponent(this._id)}`;
  }

  protected override needsNodeSubscription(): boolean {
    // The desktop hears its own user's node anyway.
    return this._id !== clientConfig().id;
  }

  /** One of User.States. */
  getState(): string {
    return String(this.member('state') ?? '');
  }
  getExtension(): string {
    return this.textOf('extension');
  }
  getFirstName(): string {
    return this.textOf('firstName');
  }
  getLastName(): string {
    return this.textOf('lastName');
  }
  /** First and last name. */
  getFullName(): string {
    return `${this.getFirstName()} ${this.getLastName()}`.trim();
  }
  getLoginName(): string {
    return this.textOf('loginName');
  }
  getTeamId(): string {
    return this.textOf('teamId');
  }
  getTeamName(): string {
    return this.textOf('teamName');
  }
  /** The state that follows the present call; "" when none was asked for. */
  getPendingState(): string {
    return this.textOf('pendingState');
  }
  /** Since when the state lasts, ISO 8601. */
  getStateChangeTime(): string {
    return this.textOf('stateChangeTime');
  }
  /** Seconds of wrap-up time, as text. */
  getWrapUpTimer(): string {
    return this.textOf('wrapUpTimer');
  }
  /** One of User.WrapUpMode. */
  getWrapUpOnIncoming(): string | undefined {
    return (this.member('settings') as RestData | null | undefined)?.wrapUpOnIncoming ?? undefined;
  }
  getWrapUpOnOutgoing(): string | undefined {
    return (this.member('settings') as RestData | null | undefined)?.wrapUpOnOutgoing ?? undefined;
  }
  isWrapUpRequired(): boolean {
    return String(this.getWrapUpOnIncoming()).startsWith('REQUIRED');
  }
  isWrapUp(): boolean {
    const state = this.getState();
    return state === STATES.WORK || state === STATES.WORK_READY;
  }
  /** Whether a state asked for now takes effect only after what goes on. */
  isPendingStateChange(): boolean {
    return CHANGES_LATER.includes(this.getState());
  }

  /** Roles of the user, as the API names them. */
  getRoles(): string[] {
    return arrayOf<string>((this.member('roles') as RestData | null | undefined)?.role);
  }
  hasRole(role: string): boolean {
    return this.getRoles().includes(role);
  }
  hasAgentRole(): boolean {
    return this.hasRole('Agent');
  }
  hasSupervisorRole(): boolean {
    return this.hasRole('Supervisor');
  }
  /** The teams that the user supervises; always an array. */
  getSupervisedTeams(): SupervisedTeam[] {
    return arrayOf<SupervisedTeam>((this.member('teams') as RestData | null | undefined)?.Team);
  }

  isMobileAgent(): boolean {
    return this.getMobileAgentMode() !== '';
  }
  /** One of User.WorkMode; "" for others than mobile agents. */
  getMobileAgentMode(): string {
    return (this.member('mobileAgent') as RestData | null | undefined)?.mode ?? '';
  }
  getMobileAgentDialNumber(): string {
    return (this.member('mobileAgent') as RestData | null | undefined)?.dialNumber ?? '';
  }
  getActiveDeviceId(): string {
    return this.textOf('activeDeviceId');
  }
  /** The devices of the extension; always an array. */
  getDevices(): RestData[] {
    return arrayOf<RestData>((this.member('devices') as RestData | null | undefined)?.device);
  }

  /** Id of the reason of the present state; undefined without one. */
  getNotReadyReasonCodeId(): string | undefined {
    const id = this.member('reasonCodeId');
    return id === undefined || id === null || id === '-1' ? undefined : String(id);
  }
  /** The reason of the present state as the API has it. */
  getReasonCode(): RestData | undefined {
    return (this.member('reasonCode') ?? this.member('ReasonCode') ?? undefined) as RestData | undefined;
  }
  /** The label of the reason; "" without one. */
  getReasonCodeLabel(): string {
    return this.getReasonCode()?.label ?? '';
  }

  /** Reasons for NOT_READY: `success` gets an array, or undefined when there are none. */
  getNotReadyReasonCodes(handlers: ReasonCodesHandlers): void {
    this.reasonCodes('NOT_READY', handlers);
  }
  /** Reasons for LOGOUT: as getNotReadyReasonCodes. */
  getSignoutReasonCodes(handlers: ReasonCodesHandlers): void {
    this.reasonCodes('LOGOUT', handlers);
  }
  /** One reason: `success` gets `{uri, label, id}`. The id comes second. */
  getReasonCodeById(
    handlers: {
      success?: (code: ReasonCodeLabel & { uri: string }) => void;
      error?: (response: RestResponse) => void;
    },
    id: string,
  ): void {
    this.restRequest(`${this.getRestUrl()}/ReasonCode/${id}`, {
      success: ({ object }) => {
        const { uri, label } = object.ReasonCode ?? {};
        handlers.success?.({ uri, label, id: text.getId(uri) });
      },
      error: handlers.error,
    });
  }

  private reasonCodes(category: string, handlers: ReasonCodesHandlers): void {
    this.restRequest(`${this.getRestUrl()}/ReasonCodes?category=${category}`, {
      success: ({ object }) => {
        const codes = arrayOf<RestData>(object.ReasonCodes?.ReasonCode).map(({ label, uri }) => ({
          label: String(label ?? ''),
          id: text.getId(uri),
        }));
        handlers.success?.(codes.length > 0 ? codes : undefined);
      },
      error: handlers.error,
    });
  }

  /**
   * Asks for a state. The new one comes as a change of the user, not with `success`.
   * @param reasonCode `{id}` of a reason, where one is needed
   */
  setState(
    newState: string,
    reasonCode?: { readonly id: string | number } | null,
    handlers?: RequestHandlers,
  ): this {
    // Gadgets also give "" for no reason.
    return this.put({ state: newState, ...(reasonCode && { reasonCodeId: reasonCode.id }) }, handlers);
  }
  updateToReady(handlers?: RequestHandlers): this {
    return this.setState(STATES.READY, null, handlers);
  }
  updateToNotReady(reasonCode?: { readonly id: string | number } | null, handlers?: RequestHandlers): this {
    return this.setState(STATES.NOT_READY, reasonCode, handlers);
  }
  /** Signs the user in. @param params the extension, or `{extension, mobileAgent?: {mode, dialNumber}}` */
  login(params: string | LoginParams, handlers?: RequestHandlers): this {
    const { extension, mobileAgent } =
      typeof params === 'string' ? { extension: params, mobileAgent: undefined } : params;
    return this.put({ state: STATES.LOGIN, extension, ...(mobileAgent && { mobileAgent }) }, handlers);
  }
  /** Signs a mobile agent in. @param mode one of User.WorkMode. @param dialNumber where the agent is called */
  loginMobileAgent(extension: string, mode: string, dialNumber: string, handlers?: RequestHandlers): this {
    return this.login({ extension, mobileAgent: { mode, dialNumber } }, handlers);
  }
  /** As login. */
  signIn(params: string | LoginParams, handlers?: RequestHandlers): this {
    return this.login(params, handlers);
  }
  logout(reasonCode?: { readonly id: string | number } | null, handlers?: RequestHandlers): this {
    return this.setState(STATES.LOGOUT, reasonCode, handlers);
  }

  /** Calls a number from the user's own extension. @throws Error before the user is loaded */
  makeCall(number: string, handlers?: RequestHandlers): this {
    return this.call({ requestedAction: 'MAKE_CALL', toAddress: number }, handlers);
  }
  /** Listens to the call of an agent, unheard. @param number the agent's extension */
  makeSMCall(number: string, handlers?: RequestHandlers): this {
    return this.call({ requestedAction: 'SILENT_MONITOR', toAddress: number }, handlers);
  }
  /** As makeSMCall. */
  makeSMSCall(number: string, handlers?: RequestHandlers): this {
    return this.makeSMCall(number, handlers);
  }
  /** Joins a call that is being monitored. @param dialogUri the address of the monitoring dialog */
  makeBargeCall(number: string, dialogUri: string, handlers?: RequestHandlers): this {
    return this.call(
      { requestedAction: 'BARGE_CALL', toAddress: number, associatedDialogUri: dialogUri },
      handlers,
    );
  }

  private call(dialog: RestData, handlers?: RequestHandlers): this {
    this.isLoaded();
    this.restRequest(`${this.getRestUrl()}/Dialogs`, {
      ...validateHandlers(handlers),
      method: 'POST',
      content: { Dialog: { ...dialog, fromAddress: this.getExtension() } },
    });
    return this;
  }

  private put(body: RestData, handlers?: RequestHandlers): this {
    this.restRequest(this.getRestUrl(), {
      ...validateHandlers(handlers),
      method: 'PUT',
      content: { User: body },
    });
    return this;
  }

  /** The calls of the user. Handlers are those of the first time; every time gives the same object. */
  getDialogs(handlers?: RestHandlers): Dialogs {
    this._dialogs ??= this.getDialogsNoCache(handlers);
    return this._dialogs;
  }
  /** The calls of the user as an object of its own. */
  getDialogsNoCache(handlers?: RestHandlers): Dialogs {
    return new Dialogs({ ...handlers, parentObj: this });
  }
  /** The media of the user other than voice. Handlers are those of the first time. */
  getMediaList(handlers?: RestHandlers): MediaList {
    this._mediaList ??= new MediaList({ ...handlers, parentObj: this });
    return this._mediaList;
  }
  getPhoneBooks(handlers?: RestHandlers): PhoneBooks {
    return new PhoneBooks({ ...handlers, parentObj: this });
  }
  getQueues(handlers?: RestHandlers): Queues {
    return new Queues({ ...handlers, parentObj: this });
  }
  getWrapUpReasons(handlers?: RestHandlers): WrapUpReasons {
    return new WrapUpReasons({ ...handlers, parentObj: this });
  }
  getMediaPropertiesLayout(handlers?: RestHandlers): MediaPropertiesLayout {
    return new MediaPropertiesLayout({ ...handlers, parentObj: this });
  }
  getMediaPropertiesLayouts(handlers?: RestHandlers): MediaPropertiesLayouts {
    return new MediaPropertiesLayouts({ ...handlers, parentObj: this });
  }
  loadWorkflows(handlers?: RestHandlers): Workflows {
    return new Workflows({ ...handlers, parentObj: this });
  }
  getWorkflows(handlers?: RestHandlers): Workflows {
    return this.loadWorkflows(handlers);
  }
  getClientLog(handlers?: RestHandlers): ClientLog {
    const log = new ClientLog({ ...handlers, parentObj: this });
    guarded('load', () => handlers?.onLoad?.(log));
    return log;
  }
}

export interface ReasonCodesHandlers {
  readonly success?: (codes: ReasonCodeLabel[] | undefined) => void;
  readonly error?: (response: RestResponse) => void;
}
