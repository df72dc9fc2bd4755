import { clientConfig } from '../clientservices/client-config.ts';
import { text } from '../utilities/text.ts';
import { arrayOf } from './data.ts';
import { type RequestHandlers, validateHandlers } from './handlers.ts';
import {
  RestBase,
  type RestData,
  type RestHandlers,
  type RestOptions,
  type RestUpdate,
} from './rest-base.ts';

/** Who takes part in a call. */
export interface Participant {
  readonly mediaAddress: string;
  readonly mediaAddressType: string | null;
  readonly state: string;
  readonly stateCause: string | null;
  readonly startTime: string | null;
  readonly stateChangeTime: string | null;
  /** What this participant can do; a single action is not in an array. */
  readonly actions: { readonly action: string | readonly string[] } | null;
}

/** A call variable and its new value. */
export interface CallVariable {
  readonly name: string;
  readonly value: string;
}

export const DIALOG_ACTIONS = {
  DROP: 'DROP',
  ANSWER: 'ANSWER',
  HOLD: 'HOLD',
  RETRIEVE: 'RETRIEVE',
  BARGE_CALL: 'BARGE_CALL',
  PARTICIPANT_DROP: 'PARTICIPANT_DROP',
  MAKE_CALL: 'MAKE_CALL',
  UPDATE_SCHEDULED_CALLBACK: 'UPDATE_SCHEDULED_CALLBACK',
  CANCEL_SCHEDULED_CALLBACK: 'CANCEL_SCHEDULED_CALLBACK',
  CONSULT_CALL: 'CONSULT_CALL',
  TRANSFER: 'TRANSFER',
  TRANSFER_SST: 'TRANSFER_SST',
  CONFERENCE: 'CONFERENCE',
  RECLASSIFY: 'RECLASSIFY',
  UPDATE_CALL_DATA: 'UPDATE_CALL_DATA',
  START_RECORDING: 'START_RECORDING',
  DTMF: 'SEND_DTMF',
  ACCEPT: 'ACCEPT',
  REJECT: 'REJECT',
  CLOSE: 'CLOSE',
} as const;

const STATES = {
  ALERTING: 'ALERTING',
  INITIATING: 'INITIATING',
  INITIATED: 'INITIATED',
  ACTIVE: 'ACTIVE',
  DROPPED: 'DROPPED',
  FAILED: 'FAILED',
  ACCEPTED: 'ACCEPTED',
} as const;

const DROPPABLE: readonly string[] = ['ACTIVE', 'ACCEPTED', 'HELD'];

/** A call: `/finesse/api/Dialog/{id}`. Usually got from Dialogs; one made by itself is read by refresh() only. */
export class Dialog extends RestBase {
  /** What may be asked of a call. */
  static readonly Actions: Readonly<Record<string, string>> & typeof DIALOG_ACTIONS = DIALOG_ACTIONS;
  static readonly States: Readonly<Record<string, string>> & typeof STATES = STATES;
  static readonly ParticipantStates: Readonly<Record<string, string>> = {
    ...STATES,
    HELD: 'HELD',
    WRAP_UP: 'WRAP_UP',
  };
  /** Values of `callType` in getMediaProperties. */
  static readonly CallTypes: Readonly<Record<string, string>> = Object.fromEntries(
    [
      'ACD_IN',
      'PREROUTE_ACD_IN',
      'PREROUTE_DIRECT_AGENT',
      'TRANSFER',
      'OTHER_IN',
      'OUT',
      'AGENT_INSIDE',
      'CONSULT',
      'CONSULT_OFFERED',
      'CONFERENCE',
      'SUPERVISOR_MONITOR',
      'OUTBOUND',
      'OUTBOUND_PREVIEW',
      'OUTBOUND_DIRECT_PREVIEW',
    ].map((type) => [type, type]),
  );
  /** Why a call did not succeed. */
  static readonly ReasonStates: Readonly<Record<string, string>> = {
    BUSY: 'BUSY',
    BAD_DESTINATION: 'BAD_DESTINATION',
    OTHER: 'OTHER',
    DEVICE_RESOURCE_NOT_AVAILABLE: 'DEVICE_RESOURCE_NOT_AVAILABLE',
  };

  declare private _sentDTMF: boolean | undefined;

  constructor(options: RestOptions | string, callbacks?: RestHandlers, parentObj?: RestBase) {
    super(options, callbacks, parentObj);
  }

  override getRestType(): string {
    return 'Dialog';
  }
  override getRestUrl(): string {
    return `/finesse/api/Dialog/${this._id}`;
  }
  protected override isReadOnDemand(): boolean {
    return true;
  }
  /** Calls have no node of their own: their events come on the one of the user's calls. */
  protected override getNode(): string {
    return `/finesse/api/User/${clientConfig().id ?? ''}/Dialogs`;
  }
  override applyUpdate(update: RestUpdate): void {
    const own = update.source === undefined || update.source === this.getRestUrl();
    if (own) {
      super.applyUpdate(update);
      return;
    }
    const bodies = arrayOf<RestData>(update.data?.dialogs?.Dialog);
    const body = bodies.find((each) => text.getId(each.uri) === this._id);
    if (body && update.event) super.applyUpdate({ event: update.event, data: { dialog: body } });
  }

  /** One of Dialog.States. */
  getState(): string {
    return String(this.member('state') ?? '');
  }
  getFromAddress(): string {
    return this.textOf('fromAddress');
  }
  getToAddress(): string {
    return this.textOf('toAddress');
  }
  /** "Voice", or the name of the medium. */
  getMediaType(): string {
    return this.textOf('mediaType');
  }
  getDialogUri(): string {
    return this.textOf('uri');
  }
  getAssociatedDialogUri(): string {
    return this.textOf('associatedDialogUri');
  }
  getSecondaryId(): string {
    return this.textOf('secondaryId');
  }
  getCallType(): string {
    return this.mediaProperty('callType');
  }
  getDNIS(): string {
    return this.mediaProperty('DNIS');
  }
  getDialedNumber(): string {
    return this.mediaProperty('dialedNumber');
  }
  getWrapUpReason(): string {
    return this.mediaProperty('wrapUpReason');
  }
  getQueueNumber(): string {
    return this.mediaProperty('queueNumber');
  }
  getQueueName(): string {
    return this.mediaProperty('queueName');
  }

  private mediaProperty(name: string): string {
    return text.convertNullToEmptyString(
      (this.member('mediaProperties') as RestData | null | undefined)?.[name],
    );
  }

  /** Data of the call in one flat object: what stands in mediaProperties, and every call variable by its name; "" for an empty one. */
  getMediaProperties(): Record<string, string> {
    const { callvariables, ...others } =
      (this.member('mediaProperties') as RestData | null | undefined) ?? {};
    const flat: RestData = { ...others };
    for (const { name, value } of arrayOf<RestData>(callvariables?.CallVariable))
      if (name) flat[name] = value;
    return Object.fromEntries(
      Object.entries(flat).map(([name, value]) => [name, text.convertNullToEmptyString(value)]),
    ) as Record<string, string>;
  }

  /** The value of a call variable; "" without one. */
  getCallVariable(name: string): string {
    const { callvariables } = (this.member('mediaProperties') as RestData | null | undefined) ?? {};
    return arrayOf<RestData>(callvariables?.CallVariable).find((each) => each.name === name)?.value ?? '';
  }

  /** Always an array. */
  getParticipants(): Participant[] {
    return arrayOf<Participant>((this.member('participants') as RestData | null | undefined)?.Participant);
  }
  getParticipant(mediaAddress: string): Participant | undefined {
    return this.getParticipants().find((each) => each.mediaAddress === mediaAddress);
  }
  /** Since when a participant takes part and is in its state; empty for one who does not, as gadgets read it when a call goes. */
  getParticipantTimerCounters(
    mediaAddress: string,
  ): Partial<Pick<Participant, 'state' | 'startTime' | 'stateChangeTime'>> {
    const found = this.getParticipant(mediaAddress);
    if (!found) return {};
    return { state: found.state, startTime: found.startTime, stateChangeTime: found.stateChangeTime };
  }
  /** Whether a participant is an agent's device in a state in which it can be dropped. */
  isParticipantDroppable(mediaAddress: string): boolean {
    const found = this.getParticipant(mediaAddress);
    return (
      found !== undefined && found.mediaAddressType === 'AGENT_DEVICE' && DROPPABLE.includes(found.state)
    );
  }
  /** Who could be dropped, without the one of this address. */
  getDroppableParticipants(filterExtension?: string): Participant[] {
    return this.getParticipants().filter(
      ({ mediaAddress }) => mediaAddress !== filterExtension && this.isParticipantDroppable(mediaAddress),
    );
  }

  /** Asks for one of Dialog.Actions. @param mediaAddress the extension that acts */
  requestAction(mediaAddress: string, action: string, handlers?: RequestHandlers): this {
    return this.put({ targetMediaAddress: mediaAddress, requestedAction: action }, handlers);
  }
  /** Calls somebody else while the call waits. */
  makeConsultCall(mediaAddress: string, toAddress: string, handlers?: RequestHandlers): this {
    return this.put(
      { targetMediaAddress: mediaAddress, requestedAction: DIALOG_ACTIONS.CONSULT_CALL, toAddress },
      handlers,
    );
  }
  /** Transfers in one step. */
  initiateDirectTransfer(mediaAddress: string, toAddress: string, handlers?: RequestHandlers): this {
    return this.put(
      { targetMediaAddress: mediaAddress, requestedAction: DIALOG_ACTIONS.TRANSFER_SST, toAddress },
      handlers,
    );
  }
  /** Sends digits (0-9, *, #, A-D). They come last. */
  sendDTMFRequest(mediaAddress: string, handlers: RequestHandlers | undefined, digit: string): this {
    return this.withParams(mediaAddress, DIALOG_ACTIONS.DTMF, { dtmfString: digit }, handlers);
  }
  /** Keeps whether digits were sent, for isSentDTMF. */
  setSentDTMF(sent: boolean): void {
    this._sentDTMF = Boolean(sent);
  }
  isSentDTMF(): boolean {
    return this._sentDTMF ?? false;
  }

  /** Ends the part of the extension in the call. */
  dropCall(mediaAddress: string, handlers?: RequestHandlers): this {
    return this.requestAction(mediaAddress, DIALOG_ACTIONS.DROP, handlers);
  }
  /** Puts somebody out of the call. */
  dropParticipant(targetMediaAddress: string, handlers?: RequestHandlers): this {
    return this.requestAction(targetMediaAddress, DIALOG_ACTIONS.PARTICIPANT_DROP, handlers);
  }

  /** Sets the wrap-up reason: a label, or an array of labels where several may be chosen. */
  updateWrapUpReason(reason: string | readonly string[], handlers?: RequestHandlers): this {
    return this.updateCallData(
      Array.isArray(reason) ? { wrapUpItems: { wrapUpItem: reason } } : { wrapUpReason: reason },
      handlers,
    );
  }
  updateCallVariable(name: string, value: string, handlers?: RequestHandlers): this {
    return this.updateCallVariables([{ name, value }], handlers);
  }
  updateCallVariables(variables: readonly CallVariable[], handlers?: RequestHandlers): this {
    const CallVariable = variables.map(({ name, value }) => ({ name, value }));
    return this.updateCallData({ callvariables: { CallVariable } }, handlers);
  }
  private updateCallData(mediaProperties: RestData, handlers?: RequestHandlers): this {
    return this.put({ requestedAction: DIALOG_ACTIONS.UPDATE_CALL_DATA, mediaProperties }, handlers);
  }

  /** `{callbackTime, callbackNumber}` of a scheduled callback; undefined without one. */
  getCallbackInfo(): RestData | undefined {
    return (this.member('scheduledCallbackInfo') as RestData | null | undefined) ?? undefined;
  }
  /** @param callbackTime `YYYY-MM-DDTHH:MM` */
  updateCallbackTime(mediaAddress: string, callbackTime: string, handlers?: RequestHandlers): this {
    return this.withParams(
      mediaAddress,
      DIALOG_ACTIONS.UPDATE_SCHEDULED_CALLBACK,
      { callbackTime },
      handlers,
    );
  }
  updateCallbackNumber(mediaAddress: string, callbackNumber: string, handlers?: RequestHandlers): this {
    return this.withParams(
      mediaAddress,
      DIALOG_ACTIONS.UPDATE_SCHEDULED_CALLBACK,
      { callbackNumber },
      handlers,
    );
  }
  cancelCallback(mediaAddress: string, handlers?: RequestHandlers): this {
    return this.requestAction(mediaAddress, DIALOG_ACTIONS.CANCEL_SCHEDULED_CALLBACK, handlers);
  }
  /** @param classification VOICE, FAX, ANS_MACHINE, INVALID, BUSY or DO_NOT_CALL */
  reclassifyCall(mediaAddress: string, classification: string, handlers?: RequestHandlers): this {
    return this.withParams(
      mediaAddress,
      DIALOG_ACTIONS.RECLASSIFY,
      { outboundClassification: classification },
      handlers,
    );
  }

  private withParams(
    targetMediaAddress: string,
    requestedAction: string,
    params: Readonly<Record<string, string>>,
    handlers?: RequestHandlers,
  ): this {
    const ActionParam = Object.entries(params).map(([name, value]) => ({ name, value }));
    return this.put({ targetMediaAddress, requestedAction, actionParams: { ActionParam } }, handlers);
  }

  protected put(body: RestData, handlers?: RequestHandlers): this {
    this.restRequest(this.getRestUrl(), {
      ...validateHandlers(handlers),
      method: 'PUT',
      content: { Dialog: body },
    });
    return this;
  }
}
