/**
 * Requests about dialogs on their way. As for agents: the next one about the same dialog goes out when the previous
 * one was confirmed or refused, and each is answered exactly once, by the first change that is its outcome, by an
 * error, or by the dialog as it is.
 */
import type { Clock } from '@poise/clock';
import type { CtiAnswer, CtiPort } from '../cti/port.ts';
import type { Dialog, DialogChange } from '../domain/dialog.ts';
import { isWatched } from '../domain/dialog-difference.ts';
import { type AsyncError, callError, ctiCode } from '../domain/errors.ts';
import type { Cause } from '../happenings.ts';
import { type DialogPicture, dialogRefusal, invalidAction, isForeign } from './dialog-refusal.ts';
import {
  controlOf,
  type DialogRequest,
  type DialogRequestData,
  ENDS_WITH_CONFIRMATION,
  type ForeignDialogRequest,
  fits,
  laneOf,
  laneOfDialog,
  laneOfUser,
  legAt,
  type OpenDialogRequest,
  shows,
} from './dialog-request.ts';
import { ForeignRequests, isOpen, type ToldOutcome } from './foreign-requests.ts';
import { type Lane, newRequest, RequestLanes } from './request-lanes.ts';
import type { Effect } from './request-life.ts';
import type { RequestTeller } from './request-teller.ts';
import { UnclaimedChanges } from './unclaimed-changes.ts';

/** A change and the request that it answers, if any. */
export interface AnsweredChange {
  readonly change: DialogChange;
  /** Empty: nobody's. */
  readonly requestId: string;
  readonly cause: Cause;
}

/** Where outcomes go. */
export interface DialogOutcomePort {
  /** Changes in the order in which they happened. */
  publishChanges(changes: readonly AnsweredChange[]): void;
  /** The dialog as it is. */
  publishDialog(viewer: string, extension: string, dialog: Dialog, requestId: string, cause: Cause): void;
  /** An accepted request failed. `dialogId` null: it was to make a dialog. */
  publishDialogError(
    error: AsyncError,
    viewer: string,
    dialogId: string | null,
    requestId: string,
    cause: Cause,
  ): void;
}

export interface DialogRequestLimits {
  /** Requests about one dialog, or for new dialogs of one user, that may wait or be in flight. */
  readonly perLaneMax: number;
  /** Requests of one user. */
  readonly perUserMax: number;
  /**
   * How long after a confirmation the change may come before the dialog is published as it is, ms. A confirmation that does not
   * follow its change holds the next request of its lane back for half of it.
   */
  readonly settleMs: number;
}

export const DIALOG_REQUEST_LIMITS: DialogRequestLimits = {
  perLaneMax: 16,
  perUserMax: 32,
  settleMs: 5_000,
};

export interface DialogRequestsDependencies extends DialogPicture {
  readonly cti: CtiPort;
  readonly outcomes: DialogOutcomePort;
  readonly clock: Clock;
  readonly limits?: DialogRequestLimits;
  /** Tells the other nodes; absent: there are none. */
  readonly teller?: RequestTeller<DialogRequestData>;
}

export class DialogRequests {
  readonly #d: DialogRequestsDependencies;
  readonly #limits: DialogRequestLimits;
  readonly #perUser = new Map<string, number>();
  readonly #lanes: RequestLanes<DialogRequest>;
  /** Those that were made at other nodes; undefined: there are none. */
  readonly #foreign: ForeignRequests<ForeignDialogRequest> | undefined;
  /** Changes that nobody here asked for, and of which another node may have word yet. */
  readonly #unclaimed: UnclaimedChanges | undefined;

  constructor(dependencies: DialogRequestsDependencies) {
    this.#d = dependencies;
    this.#lanes = new RequestLanes(dependencies.clock, {
      dispatch: (lane, request) => this.#dispatch(lane, request),
      answer: (request, effect, error) => this.#tellAnswer(request, this.#answer(request, effect, error)),
      ended: ({ data }) => this.#count(data.actingId, -1),
    });
    this.#limits = dependencies.limits ?? DIALOG_REQUEST_LIMITS;
    if (dependencies.teller === undefined) return;
    this.#unclaimed = new UnclaimedChanges(dependencies.clock);
    this.#foreign = new ForeignRequests(dependencies.clock, {
      answer: (request, effect, error) => void this.#answer(request, effect, error),
      answersLate: (request) => this.#answersLate(request),
      answersShown: (request) => this.#answersLate(request),
    });
  }

  /** Whether one more request about this object, by this user, can be taken. */
  hasRoom(about: Pick<DialogRequestData, 'dialogId' | 'viewer' | 'actingId'>): boolean {
    return (
      this.#lanes.length(laneOf(about)) < this.#limits.perLaneMax &&
      (this.#perUser.get(about.actingId) ?? 0) < this.#limits.perUserMax
    );
  }

  /** Requests that wait, are in flight, or wait for their change. */
  get pending(): number {
    return this.#lanes.pending;
  }

  /** Takes a place in the lane at once. The returned function lets the request go, after the 202 was written. */
  reserve(data: DialogRequestData): () => void {
    this.#count(data.actingId, 1);
    // The word is on its way while the 202 is written: it should be there before the event.
    const isNext = this.#lanes.length(laneOf(data)) === 0;
    const ref = isNext ? this.#d.teller?.asked(data, this.#limits.settleMs) : undefined;
    return this.#lanes.reserve(laneOf(data), {
      ...newRequest(),
      data,
      newDialogId: null,
      last: this.#shown(data),
      at: 0,
      ref,
      outcomeId: null,
    });
  }

  /**
   * A request goes to the CTI server from another node: it is correlated here as one of our own is, and answered.
   * @param key the process that made it and its number there
   * @param withinMs after that nobody will answer it
   * @returns false: there are too many
   */
  foreignAsked(key: string, data: DialogRequestData, withinMs: number): boolean {
    return this.#foreign?.asked(laneOf(data), this.#foreignRequest(key, data), withinMs) ?? false;
  }

  /** A request is over at another node. @returns false: there are too many */
  foreignEnded(key: string, data: DialogRequestData, outcome: ToldOutcome): boolean {
    const said = this.#foreignRequest(key, data);
    const dialogId = 'dialogId' in outcome ? outcome.dialogId : null;
    const known = this.#foreign?.in(laneOf(data)).find((request) => request.key === key) ?? said;
    known.newDialogId ??= dialogId;
    return this.#foreign?.ended(laneOf(data), known, outcome) !== undefined;
  }

  #foreignRequest(key: string, data: DialogRequestData): ForeignDialogRequest {
    const at = this.#d.clock.monotonic();
    return { key, data, at, phase: 'sent', timer: undefined, newDialogId: null, last: this.#shown(data) };
  }

  /** The change came before the word of the request did, and bore no requestId: whoever waits for that is told once more. */
  #answersLate(request: ForeignDialogRequest): boolean {
    const change = this.#unclaimed?.take((candidate) => fits(request, candidate));
    if (change === undefined) return false;
    const { requestId, cause } = request.data;
    if (requestId === '') return true;
    // What is gone cannot be told as it is.
    if (change.kind === 'DELETE') this.#d.outcomes.publishChanges([{ change, requestId, cause }]);
    else
      this.#answer({ ...request, last: change.dialog, newDialogId: change.dialog.id }, 'object', undefined);
    return true;
  }

  #shown({ dialogId }: DialogRequestData): Dialog | null {
    return dialogId === null ? null : (this.#d.dialogs.get(dialogId) ?? null);
  }

  /** Changes of dialogs: finds the requests that they answer, and publishes. */
  heard(changes: readonly DialogChange[]): void {
    if (changes.length === 0) return;
    const touched = new Set<Lane<DialogRequest>>();
    const answered = changes.map((change) => this.#attribute(change, touched));
    this.#d.outcomes.publishChanges(answered);
    for (const change of changes) if (change.kind === 'DELETE') this.#gone(change);
    for (const lane of touched) this.#lanes.advance(lane);
  }

  /** The CTI link is lost: all requests but those that the link answers itself fail. */
  linkLost(): void {
    this.#lanes.linkLost();
    this.#foreign?.suspend();
  }

  /** The link is back, and changes that were found were told ({@link heard}): what else other nodes were asked meanwhile is answered. */
  linkBack(): void {
    this.#foreign?.resume();
  }

  /** The user is gone from the directory: nobody is left to answer to. */
  forget(loginId: string): void {
    const isOfUser = ({ data }: OpenDialogRequest) => data.viewer === loginId || data.actingId === loginId;
    this.#lanes.drop(isOfUser);
    this.#foreign?.drop(isOfUser);
  }

  /** Takes the change as the outcome of the oldest request that it fits. */
  #attribute(change: DialogChange, touched: Set<Lane<DialogRequest>>): AnsweredChange {
    // What somebody else does who listens answers no request of the agent's.
    if (isWatched(change.dialog, change.extension)) return { change, requestId: '', cause: {} };
    for (const key of [laneOfDialog(change.dialog.id), laneOfUser(change.viewer)]) {
      const lane = this.#lanes.get(key);
      const others = this.#foreign?.in(key) ?? NONE;
      if (lane === undefined && others.length === 0) continue;
      const own = lane === undefined ? undefined : answeredBy(lane.requests, change);
      const foreign = answeredBy(others, change);
      // The oldest one, wherever it was made.
      const found = own === undefined || (foreign !== undefined && foreign.at < own.at) ? foreign : own;
      if (found === undefined) continue;
      if (lane !== undefined) touched.add(lane);
      const { requestId, cause } = found.data;
      if (found === foreign) {
        if (this.#foreign?.take(foreign, 'event') === 'object') return { change, requestId, cause };
      } else if (lane !== undefined && own !== undefined) {
        const effect = this.#lanes.take(lane, own, 'event');
        if (effect === 'object' && own.phase === 'answered') this.#awaitConfirmation(lane, own);
        if (effect !== 'object') continue;
        own.outcomeId = change.dialog.id;
        this.#tellAnswer(own, undefined);
        return { change, requestId, cause };
      }
    }
    this.#unclaimed?.add(change);
    return { change, requestId: '', cause: {} };
  }

  /** The DELETE answered one; others that were confirmed end with it. */
  #gone(change: DialogChange): void {
    const lane = this.#lanes.get(laneOfDialog(change.dialog.id));
    for (const request of lane?.requests.filter((candidate) => endsWith(candidate, change)) ?? [])
      this.#lanes.step(lane!, request, 'settle');
  }

  #dispatch(lane: Lane<DialogRequest>, request: DialogRequest): void {
    const { data } = request;
    const { cti, dialogs, deployment } = this.#d;
    // With an older request of the leg still unsettled the picture is about to change: the CTI server decides.
    const unsettled = lane.requests.some(
      (other) => other !== request && other.phase === 'confirmed' && other.data.extension === data.extension,
    );
    const refusal = unsettled && !isForeign(data, dialogs) ? null : dialogRefusal(data, this.#d);
    const agent = this.#d.agentAt(data.extension);
    const control = controlOf(data, {
      dialogs,
      fromReady: agent?.state === 'READY' && deployment === 'CCE',
    });
    if (refusal !== null) this.#lanes.step(lane, request, 'refuse', refusal);
    else if (control === null) {
      const { wish, extension } = data;
      this.#lanes.step(lane, request, 'refuse', invalidAction(wish.verb, extension, deployment));
    } else if (!cti.inService) this.#lanes.step(lane, request, 'lost');
    else {
      this.#lanes.take(lane, request, 'dispatch');
      request.at = this.#d.clock.monotonic();
      const send = () => {
        // The user is gone meanwhile, and nobody is left to ask.
        if (request.phase === 'done') return;
        cti.callControl(control, data.cause, (answer) => this.#answered(lane, request, answer));
      };
      const { teller } = this.#d;
      request.ref ??= teller?.asked(data, this.#limits.settleMs);
      if (teller === undefined || request.ref === undefined) send();
      else teller.told(request.ref, send);
    }
  }

  #answered(lane: Lane<DialogRequest>, request: DialogRequest, answer: CtiAnswer): void {
    if (answer.type === 'confirmed') this.#confirmed(lane, request, answer.newDialogId);
    else if (answer.type === 'refused') {
      const error = callError(answer.refusal, this.#d.deployment);
      this.#lanes.step(lane, request, 'refuse', error);
    } else this.#lanes.step(lane, request, answer.type);
    this.#lanes.advance(lane);
  }

  #confirmed(lane: Lane<DialogRequest>, request: DialogRequest, newDialogId: string | undefined): void {
    const { data } = request;
    const wasOpen = request.phase === 'sent';
    request.newDialogId = newDialogId ?? null;
    this.#lanes.take(lane, request, 'confirm');
    if (!wasOpen) return;
    if (data.dialogId !== null && this.#isSettled(lane, request)) {
      this.#lanes.step(lane, request, 'settle');
      return;
    }
    request.settleTimer = this.#d.clock.schedule(this.#limits.settleMs, () => {
      const shown = data.dialogId !== null || this.#present(request) !== null;
      this.#lanes.step(lane, request, shown ? 'settle' : 'timeout');
      this.#lanes.advance(lane);
    });
  }

  /** The change has told of the outcome: the next request does not wait for a confirmation that is lost. */
  #awaitConfirmation(lane: Lane<DialogRequest>, request: DialogRequest): void {
    request.settleTimer = this.#d.clock.schedule(this.#limits.settleMs / 2, () => {
      this.#lanes.step(lane, request, 'settle');
      this.#lanes.advance(lane);
    });
  }

  /** Whether the dialog will show nothing more of a confirmed request. */
  #isSettled(lane: Lane<DialogRequest>, request: DialogRequest): boolean {
    const { wish } = request.data;
    const now = this.#present(request);
    if (ENDS_WITH_CONFIRMATION.has(wish.verb) || now === null) return true;
    const older = lane.requests.some((other) => other !== request && other.phase === 'confirmed');
    return !older && shows(now, wish);
  }

  /** The dialog that the request is about, or made, as its viewer sees it now; null when it is not (or no longer) there. */
  #present({ data, newDialogId }: OpenDialogRequest): Dialog | null {
    const id = data.dialogId ?? newDialogId;
    const dialog = id === null ? undefined : this.#d.dialogs.get(id);
    return dialog !== undefined && legAt(dialog, data.extension) !== undefined ? dialog : null;
  }

  /** To those who are here. @returns the error that was told; undefined: the dialog was */
  #answer(request: OpenDialogRequest, effect: Effect, error: AsyncError | undefined): AsyncError | undefined {
    const { data } = request;
    const { outcomes, deployment } = this.#d;
    const dialog = effect === 'object' ? (this.#present(request) ?? request.last) : null;
    if (dialog !== null) {
      outcomes.publishDialog(data.viewer, data.extension, dialog, data.requestId, data.cause);
      return undefined;
    }
    const said = error ?? callError({ code: ctiCode('CF_REQUEST_TIMEOUT_REJECTION') }, deployment);
    outcomes.publishDialogError(said, data.viewer, data.dialogId, data.requestId, data.cause);
    return said;
  }

  /** To those who are at other nodes. */
  #tellAnswer({ data, ref, outcomeId, newDialogId }: DialogRequest, error: AsyncError | undefined): void {
    const { teller } = this.#d;
    if (error !== undefined) teller?.ended(data, ref, { type: 'error', error }, 'lost');
    else if (outcomeId !== null) teller?.ended(data, ref, { type: 'changed', dialogId: outcomeId }, 'event');
    else teller?.ended(data, ref, { type: 'unchanged', dialogId: newDialogId }, 'settled');
  }

  #count(loginId: string, by: 1 | -1): void {
    const count = (this.#perUser.get(loginId) ?? 0) + by;
    if (count > 0) this.#perUser.set(loginId, count);
    else this.#perUser.delete(loginId);
  }
}

const NONE: readonly never[] = [];

/** The oldest request whose outcome the change is; each keeps what its viewer sees of the dialog. */
function answeredBy<R extends OpenDialogRequest>(
  requests: readonly R[],
  change: DialogChange,
): R | undefined {
  let found: R | undefined;
  for (const request of requests) {
    if (request.data.viewer === change.viewer && request.data.dialogId === change.dialog.id)
      request.last = change.dialog;
    if (found === undefined && isOpen(request) && fits(request, change)) found = request;
  }
  return found ?? requests.find((request) => endsWith(request, change));
}

/** What was confirmed will show no other outcome when its viewer has the dialog no longer. */
const endsWith = ({ data, phase }: OpenDialogRequest, { kind, viewer, dialog }: DialogChange): boolean =>
  kind === 'DELETE' && phase === 'confirmed' && data.viewer === viewer && data.dialogId === dialog.id;
