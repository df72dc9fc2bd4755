/** The invariants that are looked at again and again: pictures, promises, requests. */
import type { CallView, ConnectionView } from '@poise/acd';
import { viewAt } from '../../packages/server/src/domain/dialog-difference.ts';
import { printedCallType } from '../../packages/server/src/domain/outbound.ts';
import { type AgentDesktop, figuresOf } from './desk.ts';
import { CENTRE, QUEUES } from './directory.ts';
import type { SimNode } from './node.ts';
import type { Place } from './place.ts';
import type { World } from './world.ts';

const LOOK_EVERY_MS = 1_000;
/** A picture may be wrong for this long after the last fault is over and the desktop is connected. */
const RIGHT_WITHIN_MS = 10_000;
/** Figures of queues are asked for every 10 s. */
const FIGURES_RIGHT_WITHIN_MS = 25_000;
/** How far the time of a change that happened in calm may be off: whole seconds, and the way. */
const TIME_OFF_MS = 2_500;
/** A time is looked at when the change was so much later than the last fault and than the begin of the service. */
const TIMED_AFTER_MS = 5_000;
/** A desktop is connected again at the latest. */
const CONNECTED_WITHIN_MS = 10_000;
/** After the end of the last fault it may turn out so late that a connection has not survived it. */
const LOST_WITHIN_MS = 20_000;
/** The link, when a side accepts. */
const IN_SERVICE_WITHIN_MS = 15_000;
/** No promise of the SDK stays open longer. */
const SETTLED_WITHIN_MS = 60_000;

/** States of the CTI server as the API names them. */
const STATES: Readonly<Record<string, string>> = {
  AVAILABLE: 'READY',
  WORK_NOT_READY: 'WORK',
};

interface Difference {
  readonly what: string;
  /** Monotonic ms. */
  readonly since: number;
}

export class Checks {
  readonly #world: World;
  readonly #correlations: { check(): void } | undefined;
  readonly #differences = new Map<string, Difference>();
  /** Since when desktops are connected, and not. */
  readonly #liveSince = new Map<AgentDesktop, number>();
  readonly #deadSince = new Map<AgentDesktop, number>();
  /** Since when nodes are out of service, and not. */
  readonly #outSince = new Map<Place, number>();
  readonly #inSince = new Map<Place, number>();

  /** @param correlations what is looked at where there are several nodes */
  constructor(world: World, correlations?: { check(): void }) {
    this.#world = world;
    this.#correlations = correlations;
  }

  begin(): void {
    this.#world.clock.schedule(LOOK_EVERY_MS, () => {
      this.look();
      this.begin();
    });
  }

  look(): void {
    const world = this.#world;
    world.requests.check();
    world.deliveries.check();
    if (world.places.length > 1) world.sameWords.check();
    this.#correlations?.check();
    for (const desktop of world.desktops.values()) this.#promises(desktop);
    if (!world.calm) {
      this.#differences.clear();
      this.#liveSince.clear();
      this.#deadSince.clear();
      this.#outSince.clear();
      return;
    }
    for (const place of world.places) {
      this.#service(place);
      this.#nodePicture(place);
    }
    for (const desktop of world.desktops.values()) {
      this.#connected(desktop);
      this.#unlost(desktop);
      if (desktop.isLive) this.#desktopPicture(desktop);
    }
  }

  #promises(desktop: AgentDesktop): void {
    const { now } = this.#world;
    if (!desktop.process.running) return;
    for (const { what, since } of desktop.open) {
      if (now - since > SETTLED_WITHIN_MS && now - this.#frozenUntil(desktop) > SETTLED_WITHIN_MS)
        this.#world.broken(
          'every promise settles',
          `${desktop.loginId} ${what} is open for ${now - since} ms`,
        );
    }
  }

  /** A page that slept had no time to settle anything. */
  #frozenUntil(desktop: AgentDesktop): number {
    return desktop.process.ranSince;
  }

  #service(place: Place): void {
    const { now } = this.#world;
    const { node } = place;
    if (node?.desk.status.inService === true) this.#outSince.delete(place);
    else {
      if (!this.#outSince.has(place)) this.#outSince.set(place, now);
      this.#inSince.set(place, now);
    }
    const outSince = this.#outSince.get(place);
    if (outSince !== undefined && now - outSince > IN_SERVICE_WITHIN_MS)
      this.#world.broken(
        'a lost link heals',
        `${this.#of(place)}out of service for ${now - outSince} ms, ${node?.link.state}`,
      );
  }

  /** Which node, where there are several. */
  #of({ host }: { readonly host: string }): string {
    return this.#world.places.length === 1 ? '' : `${host} `;
  }

  #connected(desktop: AgentDesktop): void {
    const { now } = this.#world;
    const wants = desktop.process.running && desktop.state.phase === 'signed-in';
    if (desktop.isLive || !wants) {
      this.#deadSince.delete(desktop);
      if (desktop.isLive && !this.#liveSince.has(desktop)) this.#liveSince.set(desktop, now);
      if (!desktop.isLive) this.#liveSince.delete(desktop);
      return;
    }
    this.#liveSince.delete(desktop);
    const since = this.#deadSince.get(desktop) ?? now;
    this.#deadSince.set(desktop, since);
    if (now - since > CONNECTED_WITHIN_MS)
      this.#world.broken(
        'every desktop comes back',
        `${desktop.loginId} is ${desktop.state.link}, ${desktop.connection} for ${now - since} ms`,
      );
  }

  /** A page that is well stays connected. */
  #unlost({ loginId, lost: { at, detail } }: AgentDesktop): void {
    const { calmSince, broken } = this.#world;
    if (at - calmSince > LOST_WITHIN_MS)
      broken(
        'nobody loses a session without a fault',
        `${loginId}: ${detail}, ${at - calmSince} ms after the last one`,
      );
  }

  /** The webservices' picture against the CTI server's. */
  #nodePicture(place: Place): void {
    const { cti } = this.#world;
    const { node } = place;
    if (node?.desk.status.inService !== true) return;
    const webservices = `${this.#of(place)}webservices`;
    const calls = callsByDevice(cti.server.centre.calls.calls());
    for (const { loginId } of CENTRE.users) {
      const believed = cti.server.centre.model.agent(loginId);
      const state = believed?.status.state ?? 'LOGOUT';
      const expected = STATES[state] ?? state;
      const agent = node.desk.agents.get(loginId);
      this.#compare(`${webservices}, state of ${loginId}`, agent.state, expected, 0);
      this.#timer(place, node, loginId, expected === agent.state);
      if (expected === 'LOGOUT') continue;
      const extension = believed?.instrument ?? '';
      this.#compare(`${webservices}, phone of ${loginId}`, agent.extension, extension, 0);
      const here = node.desk.dialogs
        .at(extension)
        .filter(({ participants }) => participants.some((one) => one.mediaAddress === extension && isIn(one)))
        .map((dialog) => `${dialog.id} ${typeOf(viewAt(dialog, extension).callType)} ${partiesOf(dialog)}`);
      this.#compare(
        `${webservices}, calls of ${loginId}`,
        here.sort().join('; '),
        (calls.get(extension) ?? [])
          .map(({ id, type, parties }) => `${id} ${type} ${parties}`)
          .sort()
          .join('; '),
        0,
      );
      const variables = node.desk.dialogs
        .at(extension)
        .map(({ id, media }) => `${id} ${media.callVariables.join('|')}`);
      this.#compare(
        `${webservices}, call variables of ${loginId}`,
        variables
          .filter((line) => calls.get(extension)?.some(({ id }) => line.startsWith(`${id} `)))
          .sort()
          .join(', '),
        (calls.get(extension) ?? [])
          .map(({ id, variables: own }) => `${id} ${own.join('|')}`)
          .sort()
          .join(', '),
        0,
      );
    }
    this.#figures(webservices, node);
  }

  /** The time of a change that happened in calm is that of the virtual clock, as the node's own wall clock shows it. */
  #timer(place: Place, node: SimNode, loginId: string, sameState: boolean): void {
    const { cti, now, calmSince } = this.#world;
    const { stateSeconds } = cti.server.centre.model.agent(loginId)!;
    const where = `${this.#of(place)}webservices, time of ${loginId}`;
    const since = now - stateSeconds * 1000;
    const { stateChangeTime } = node.desk.agents.get(loginId);
    // Who was never signed in has no time.
    const isTimed =
      sameState &&
      stateSeconds > 0 &&
      since > Math.max(calmSince, this.#inSince.get(place) ?? 0) + TIMED_AFTER_MS;
    const age = stateChangeTime === null ? null : node.process.clock.now() - stateChangeTime;
    const isRight = !isTimed || (age !== null && Math.abs(age - stateSeconds * 1000) <= TIME_OFF_MS);
    this.#compare(where, isRight ? 'right' : String(stateChangeTime), 'right', 0);
    // Of what was before a recovery GED-188 tells no reasons.
    if (isTimed)
      this.#compare(
        `${this.#of(place)}webservices, reason of ${loginId}`,
        this.#reason(node, loginId),
        labelOf(cti.server.centre.model.agent(loginId)!.status),
        0,
      );
  }

  /** Figures of the queues against the states that the agents have. */
  #figures(webservices: string, node: SimNode): void {
    const { cti } = this.#world;
    for (const number of QUEUES) {
      const states = CENTRE.users
        .filter(({ skillGroupNumbers }) => skillGroupNumbers.includes(number))
        .map(({ loginId }) => cti.server.centre.model.agent(loginId)?.status.state ?? 'LOGOUT');
      const count = (wanted: (state: string) => boolean) => states.filter(wanted).length;
      const told = node.desk.queues.get(number);
      this.#compare(
        `${webservices}, figures of queue ${number}`,
        `logged on ${told?.agentsLoggedOn}, ready ${told?.agentsReady}, not ready ${told?.agentsNotReady}`,
        `logged on ${count((state) => state !== 'LOGOUT')}, ready ${count((state) => state === 'AVAILABLE')}, ` +
          `not ready ${count((state) => state === 'NOT_READY')}`,
        0,
        FIGURES_RIGHT_WITHIN_MS,
      );
    }
  }

  /** What a page shows against the picture of the webservices that it works with. */
  #desktopPicture(desktop: AgentDesktop): void {
    const node = this.#world.nodeOf(desktop);
    if (node?.desk.status.inService !== true) return;
    const { loginId, state } = desktop;
    const since = this.#liveSince.get(desktop) ?? this.#world.now;
    const agent = node.desk.agents.get(loginId);
    const shown = state.user!;
    this.#compare(
      `desktop of ${loginId}, state`,
      `${shown.state} ${shown.pendingState} ${shown.extension} ${shown.reasonLabel ?? ''} ${timeText(shown.stateChangeTime)}`,
      `${agent.state} ${agent.pendingState ?? ''} ${agent.extension} ${this.#reason(node, loginId)} ${timeText(agent.stateChangeTime)}`,
      since,
    );
    const { presenter, dialogs } = node.desk;
    const told = dialogs
      .at(agent.extension)
      .map((dialog) =>
        [
          dialog.id,
          printedCallType(viewAt(dialog, agent.extension).callType),
          dialog.media.callVariables.join('|'),
          ...dialog.participants.map(
            (one) =>
              `${one.mediaAddress} ${one.state} ${timeText(one.startTime)} ${timeText(one.stateChangeTime)} ${[...presenter.actionsOf(dialog, one)].sort().join('+')}`,
          ),
        ].join(', '),
      );
    const seen = state.calls.dialogs.map(({ id, callType, participants, callVariables }) =>
      [
        id,
        callType,
        callVariables
          .filter(({ name }) => /^callVariable\d/.test(name))
          .map(({ value }) => value)
          .join('|'),
        ...participants.map(
          (one) =>
            `${one.mediaAddress} ${one.state} ${timeText(one.startTime)} ${timeText(one.stateChangeTime)} ${[...one.actions].sort().join('+')}`,
        ),
      ].join(', '),
    );
    this.#compare(`desktop of ${loginId}, calls`, seen.sort().join('; '), told.sort().join('; '), since);
    for (const [member, shownMember] of desktop.members) {
      const { state: memberState, stateChangeTime } = node.desk.agents.get(member);
      this.#compare(
        `desktop of ${loginId}, member ${member}`,
        shownMember,
        `${memberState} ${timeText(stateChangeTime)}`,
        since,
      );
    }
    for (const [number, figures] of desktop.queues) {
      const known = node.desk.queues.get(number);
      if (known !== undefined)
        this.#compare(`desktop of ${loginId}, queue ${number}`, figures, figuresOf(known), since);
    }
  }

  #reason(node: SimNode, loginId: string): string {
    const { directory } = this.#world;
    const source = node.desk.presenter.userSource(directory.current.user(loginId)!);
    return source.reason?.label ?? '';
  }

  /** A difference that stays the same for too long is an error; one that changes is only late. */
  #compare(where: string, shown: string, expected: string, since: number, withinMs = RIGHT_WITHIN_MS): void {
    if (shown === expected) {
      this.#differences.delete(where);
      return;
    }
    const { now, calmSince } = this.#world;
    const what = `shows "${shown}" instead of "${expected}"`;
    const known = this.#differences.get(where);
    if (known?.what !== what) {
      this.#differences.set(where, { what, since: now });
      return;
    }
    if (now - Math.max(known.since, calmSince, since) > withinMs)
      this.#world.broken('every desktop shows what the CTI server believes', `${where} ${what}`);
  }
}

/** Of the reason that the CTI server knows; empty: it has none. */
const labelOf = ({ state, reason }: { readonly state: string; readonly reason: number }): string =>
  CENTRE.reasonCodes.find(({ category, code }) => category === state && code === reason)?.label ?? '';

/** As it is printed; empty: not known. */
const timeText = (time: Date | number | null): string => (time === null ? '' : new Date(time).toISOString());

const HAS_LEFT = new Set(['DROPPED', 'WRAP_UP']);
const isIn = ({ state }: { state: string }) => !HAS_LEFT.has(state);

/** Everybody who takes part; GED-188 does not tell the two states of dialling apart. */
const partiesOf = ({ participants }: { participants: readonly { mediaAddress: string; state: string }[] }) =>
  participants
    .filter(isIn)
    .map(({ mediaAddress, state }) => `${mediaAddress} ${state === 'INITIATING' ? 'INITIATED' : state}`)
    .sort()
    .join(', ');

/** Which of the calls that agents have made of others it is (objects.md 3.5); empty: none. Recoveries do not know the finer types. */
const MADE = new Set(['CONSULT', 'CONFERENCE']);
const typeOf = (callType: string) => (MADE.has(callType) ? callType : '');

/** Local connection states as the API names them; null: not shown. */
const PARTS: Readonly<Record<string, string | null>> = {
  ALERTING: 'ALERTING',
  CONNECT: 'ACTIVE',
  HOLD: 'HELD',
  INITIATE: 'INITIATED',
  FAIL: 'FAILED',
  QUEUED: null,
};

interface CallAt {
  readonly id: number;
  readonly type: string;
  readonly parties: string;
  readonly variables: readonly string[];
}

/** Of each phone: the calls it takes part in. */
function callsByDevice(calls: Iterable<CallView>): Map<string, CallAt[]> {
  const byDevice = new Map<string, CallAt[]>();
  for (const { id, connections, data } of calls) {
    const shown = (connections as readonly ConnectionView[]).flatMap((one) => {
      const part = PARTS[one.state] === undefined ? one.state : PARTS[one.state];
      return part === null ? [] : [{ ...one, part }];
    });
    const parties = shown
      .map(({ device, part }) => `${device} ${part}`)
      .sort()
      .join(', ');
    for (const { device, kind, callType } of shown) {
      if (kind !== 'station') continue;
      const call = { id, type: typeOf(callType), parties, variables: data.variables };
      byDevice.set(device, [...(byDevice.get(device) ?? []), call]);
    }
  }
  return byDevice;
}
