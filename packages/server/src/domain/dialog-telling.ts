/**
 * What the users were told of the calls, and what is told next: the difference between the picture and that. A change
 * is held back while it is not known whether one who left wraps up.
 */
import type { Clock, Timer } from '@poise/clock';
import { type CallPicture, dialogOf, isLive, isSeen, type Leg, mapLegs } from './call-picture.ts';
import type { Calls } from './calls.ts';
import type { Dialog, DialogChange, DialogHappening } from './dialog.ts';
import { difference, type Seen } from './dialog-difference.ts';
import { ToldDialogs } from './told-dialogs.ts';

export interface DialogTellingDependencies {
  readonly calls: Calls;
  readonly queueName: (skillGroupNumber: number) => string | undefined;
  readonly clock: Clock;
  /** Login id of the agent who is signed in at an extension. */
  readonly agentAt: (extension: string) => string | undefined;
  /** The wait for this call is over: its legs are decided, and it is told. */
  readonly overdue: (id: string, happening: DialogHappening) => void;
  /** A call was told: it may be over. */
  readonly told: (id: string) => void;
  readonly settleMs: number;
  readonly settleUnseenMs: number;
}

/** A call whose change is held back. */
interface HeldBack {
  readonly happening: DialogHappening;
  readonly timer: Timer;
  /** Calls that the same event changed, to be told of first. */
  readonly before: readonly string[];
}

export class DialogTelling {
  readonly #d: DialogTellingDependencies;
  readonly dialogs = new ToldDialogs();
  readonly #heldBack = new Map<string, HeldBack>();

  constructor(dependencies: DialogTellingDependencies) {
    this.#d = dependencies;
  }

  /** What follows from the changes of these calls. What one event did to several calls is told together. */
  tell(ids: readonly string[], happening: DialogHappening): DialogChange[] {
    const waiting = ids.filter((id) => this.#isSettling(id));
    if (waiting.length > 0) {
      const others = ids.filter((id) => !waiting.includes(id));
      for (const id of waiting) this.#holdBack(id, others, happening);
      return [];
    }
    return ids.flatMap((id) => {
      const held = this.#heldBack.get(id);
      held?.timer.cancel();
      this.#heldBack.delete(id);
      return [...(held?.before ?? []), id].flatMap((one) => this.#tellOne(one, held?.happening ?? happening));
    });
  }

  /** Whether a change of the dialog waits for the word whether an agent wraps up. */
  isHeldBack(id: string): boolean {
    return this.#heldBack.has(id);
  }

  /** Nothing is held back any more; nothing of it is told. */
  suspend(): void {
    for (const { timer } of this.#heldBack.values()) timer.cancel();
    this.#heldBack.clear();
  }

  /** A call that came and went while nothing was told: it is told now, without times. */
  inPassing(call: CallPicture, viewerAt: (leg: Leg) => string | undefined): DialogChange[] {
    const timeless = mapLegs(call, (leg) => ({
      ...leg,
      shown: 'now',
      startTime: null,
      stateChangeTime: null,
    }));
    const dialog = dialogOf(timeless, this.#d.queueName);
    return call.legs.flatMap((leg): DialogChange[] => {
      const viewer = viewerAt(leg);
      if (viewer === undefined) return [];
      const change = { viewer, extension: leg.mediaAddress, dialog, happening: 'recovered' } as const;
      return [
        { ...change, kind: 'POST' },
        { ...change, kind: 'DELETE' },
      ];
    });
  }

  #isSettling(id: string): boolean {
    return this.#d.calls.get(id)?.legs.some(({ shown }) => shown === 'settling') === true;
  }

  #tellOne(id: string, happening: DialogHappening): DialogChange[] {
    const { calls } = this.#d;
    const call = calls.get(id);
    const told = this.dialogs.get(id);
    if (call === undefined) {
      // It goes on under another number.
      this.dialogs.delete(id);
      return told === undefined ? [] : difference(told, { dialog: told.dialog, viewers: new Map() }, 'ended');
    }
    let now = this.#seen(call);
    let changes = difference(told, now, happening);
    const shorter = changes.some(({ kind }) => kind === 'PUT') ? withoutPast(call, told!.dialog) : call;
    if (shorter !== call) {
      calls.store(shorter);
      now = this.#seen(shorter);
      changes = difference(told, now, happening);
    }
    if (now.viewers.size > 0) this.dialogs.set(id, now);
    else if (told !== undefined) {
      this.dialogs.delete(id);
      calls.store(mapLegs(shorter, unlisted));
    }
    this.#d.told(id);
    return changes;
  }

  #seen(call: CallPicture): Seen {
    const viewers = new Map<string, string>();
    for (const leg of call.legs) if (isSeen(leg)) viewers.set(leg.mediaAddress, leg.agentId!);
    const dialog = dialogOf(call, this.#d.queueName);
    // Gadgets that show an agent who listens look for the monitor dialog among the agent's own (docs/rest.md).
    if (dialog.kind === 'monitor' && viewers.size > 0 && call.legs.some(isLive)) {
      const watched = viewers.has(dialog.toAddress) ? undefined : this.#d.agentAt(dialog.toAddress);
      if (watched !== undefined) viewers.set(dialog.toAddress, watched);
    }
    return { dialog, viewers };
  }

  #holdBack(id: string, others: readonly string[], happening: DialogHappening): void {
    const held = this.#heldBack.get(id);
    if (held !== undefined) {
      this.#heldBack.set(id, { ...held, before: [...new Set([...held.before, ...others])] });
      return;
    }
    const { calls, clock, settleMs, settleUnseenMs, overdue } = this.#d;
    const seen = calls.get(id)!.legs.every(({ shown, talked }) => shown !== 'settling' || talked);
    const timer = clock.schedule(seen ? settleMs : settleUnseenMs, () => overdue(id, happening));
    this.#heldBack.set(id, { happening, timer, before: others });
  }
}

/**
 * A party that has left is listed once more, then the others go on without it (objects.md 3.4). When fewer than two
 * are left, the call is ending and keeps its list.
 */
function withoutPast(call: CallPicture, told: Dialog): CallPicture {
  if (call.legs.filter(isLive).length < 2) return call;
  const listed = new Set(
    told.participants.flatMap(({ state, mediaAddress }) => (state === 'DROPPED' ? [mediaAddress] : [])),
  );
  return mapLegs(call, (leg) =>
    leg.state === 'DROPPED' && leg.shown === 'now' && listed.has(leg.mediaAddress)
      ? { ...leg, shown: 'past' }
      : leg,
  );
}

/** Nobody sees the call now; whoever comes next is shown only from whom it was transferred. */
const unlisted = (leg: Leg): Leg =>
  leg.state === 'DROPPED' && leg.shown === 'now' && leg.stateCause !== 'OTHER'
    ? { ...leg, shown: 'past' }
    : leg;
