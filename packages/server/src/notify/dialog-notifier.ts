/** Updates of dialogs on the nodes User/{id}/Dialogs (notification-service.md 5.4). */
import type { Dialog, DialogAction, DialogBookView, DialogChange } from '../domain/dialog.ts';
import type { AsyncError } from '../domain/errors.ts';
import type { Cause } from '../happenings.ts';
import type { DialogSource } from '../objects/dialog.ts';
import type { Presenter } from '../objects/presenter.ts';
import { errorUpdate, type UpdateEvent, updateOf } from '../objects/update.ts';
import type { Publisher } from './publisher.ts';

const API = '/finesse/api';
const nodeOf = (loginId: string): string => `${API}/User/${loginId}/Dialogs`;
const sourceOf = (dialogId: string): string => `${API}/Dialog/${dialogId}`;

/** A change, and the requestId of what caused it; empty when nobody asked. */
export interface ToldChange {
  readonly change: DialogChange;
  readonly requestId: string;
  readonly cause: Cause;
}

export interface DialogNotifierDependencies {
  readonly presenter: Presenter;
  readonly dialogs: DialogBookView & { isHeldBack(id: string): boolean };
  readonly publisher: Publisher;
}

/** Fits the port of the commands to which outcomes go. */
export class DialogNotifier {
  readonly #d: DialogNotifierDependencies;
  /** What the viewers of a dialog were told last that its participants may do, by dialog. */
  readonly #actionsTold = new Map<string, string>();

  #isRecovering = false;

  constructor(dependencies: DialogNotifierDependencies) {
    this.#d = dependencies;
  }

  /** The link came back, and all dialogs are told anew ({@link republish}): what is told in `run` concerns no other one. */
  recovering(run: () => void): void {
    this.#isRecovering = true;
    try {
      run();
    } finally {
      this.#isRecovering = false;
    }
  }

  publishChanges(changes: readonly ToldChange[]): void {
    const told = new Map(
      changes.map(({ change: { dialog } }) => [dialog.id, this.#actionsTold.get(dialog.id)]),
    );
    for (const { change, requestId, cause } of changes)
      this.#publishChange(change, requestId, cause, told.get(change.dialog.id));
    if (!this.#isRecovering) this.#publishOthers(changes.map(({ change }) => change));
  }

  /** The dialog as it is. */
  publishDialog(viewer: string, extension: string, dialog: Dialog, requestId: string, cause: Cause): void {
    this.#publish('PUT', viewer, this.#sourceFor(dialog, extension), requestId, cause);
  }

  publishDialogError(
    error: AsyncError,
    viewer: string,
    dialogId: string | null,
    requestId: string,
    cause: Cause,
  ): void {
    const source = dialogId === null ? nodeOf(viewer) : sourceOf(dialogId);
    const payload = errorUpdate([error], requestId, source, this.#d.presenter.profile);
    this.#d.publisher.publish('dialogs', nodeOf(viewer), payload, cause);
  }

  /** The dialogs of a user as they are, but for those told already, after the CTI link came back. */
  republish(viewer: string, extension: string, told: ReadonlySet<string> = NONE): void {
    if (extension === '') return;
    for (const dialog of this.#d.dialogs.shownAt(extension))
      if (!told.has(dialog.id)) {
        this.#actionsTold.set(dialog.id, actionsText(this.#sourceFor(dialog, null)));
        this.publishDialog(viewer, extension, dialog, '', {});
      }
  }

  /** @param actionsTold what the viewers were told last that may be done in the dialog */
  #publishChange(
    { kind, viewer, extension, dialog, agentsOnly }: DialogChange,
    requestId: string,
    cause: Cause,
    actionsTold: string | undefined,
  ): void {
    const source = this.#sourceFor(dialog, extension);
    // It would say what the one before has said.
    if (agentsOnly && requestId === '' && actionsText(source) === actionsTold) return;
    if (kind !== 'DELETE') this.#actionsTold.set(dialog.id, actionsText(source));
    else if (this.#d.dialogs.get(dialog.id) === undefined) this.#actionsTold.delete(dialog.id);
    this.#publish(kind, viewer, source, requestId, cause);
  }

  /**
   * What an agent may do with a call depends on its other call: TRANSFER and CONFERENCE appear on the held one when
   * the consulted agent answers. Nothing else would tell.
   */
  #publishOthers(changes: readonly DialogChange[]): void {
    const { dialogs } = this.#d;
    const changed = new Set(changes.map(({ dialog }) => dialog.id));
    const others = new Map<string, Dialog>();
    for (const { extension } of changes)
      for (const dialog of dialogs.at(extension))
        if (!changed.has(dialog.id) && !dialogs.isHeldBack(dialog.id)) others.set(dialog.id, dialog);
    for (const dialog of others.values()) {
      const now = actionsText(this.#sourceFor(dialog, null));
      if (now === this.#actionsTold.get(dialog.id)) continue;
      this.#actionsTold.set(dialog.id, now);
      for (const [viewer, extension] of this.#viewers(dialog))
        this.publishDialog(viewer, extension, dialog, '', {});
    }
  }

  /** Agents who have the dialog, with their extensions. */
  *#viewers({ id }: Dialog): Iterable<readonly [string, string]> {
    for (const [extension, viewer] of this.#d.dialogs.viewersOf(id)) yield [viewer, extension];
  }

  /** The actions are worked out once for each payload. */
  #sourceFor(dialog: Dialog, viewer: string | null): DialogSource {
    const source = this.#d.presenter.dialogSource(dialog, viewer);
    const actions = new Map<unknown, readonly DialogAction[]>();
    for (const participant of dialog.participants) actions.set(participant, source.actionsOf(participant));
    return { ...source, actionsOf: (participant) => actions.get(participant) ?? [] };
  }

  #publish(kind: UpdateEvent, viewer: string, from: DialogSource, requestId: string, cause: Cause): void {
    const { presenter, publisher } = this.#d;
    const node = nodeOf(viewer);
    const whole = kind !== 'PUT';
    const data = whole
      ? `<dialogs>\n${presenter.dialog.item(from, 'flat', 0)}</dialogs>\n`
      : presenter.dialog.event(from);
    const source = whole ? node : sourceOf(from.dialog.id);
    publisher.publish('dialogs', node, updateOf(data, { event: kind, requestId, source }), cause);
  }
}

const NONE: ReadonlySet<string> = new Set();

const actionsText = ({ dialog, actionsOf }: DialogSource): string =>
  dialog.participants.map((participant) => actionsOf(participant).join()).join(';');
