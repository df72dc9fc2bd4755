/** The invariants that are looked at again and again: pictures, promises, requests. */
import type { CallView, ConnectionView } from '@poise/acd';
import type { AgentDesktop } from './desk.ts';
import { CENTRE } from './directory.ts';
import type { World } from './world.ts';

const LOOK_EVERY_MS = 1_000;
/** A picture may be wrong for this long after the last fault is over and the desktop is connected. */
const RIGHT_WITHIN_MS = 10_000;
/** A desktop is connected again at the latest: longest pause between two attempts, and a negotiation. */
const CONNECTED_WITHIN_MS = 75_000;
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
  readonly #differences = new Map<string, Difference>();
  /** Since when desktops are connected, and not. */
  readonly #liveSince = new Map<AgentDesktop, number>();
  readonly #deadSince = new Map<AgentDesktop, number>();
  #outSince: number | undefined;

  constructor(world: World) {
    this.#world = world;
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
    for (const desktop of world.desktops.values()) this.#promises(desktop);
    if (!world.calm) {
      this.#differences.clear();
      this.#liveSince.clear();
      this.#deadSince.clear();
      this.#outSince = undefined;
      return;
    }
    this.#service();
    this.#nodePicture();
    for (const desktop of world.desktops.values()) {
      this.#connected(desktop);
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

  #service(): void {
    const { node, now } = this.#world;
    if (node?.desk.status.inService === true) this.#outSince = undefined;
    else this.#outSince ??= now;
    if (this.#outSince !== undefined && now - this.#outSince > IN_SERVICE_WITHIN_MS)
      this.#world.broken(
        'a lost link heals',
        `out of service for ${now - this.#outSince} ms, ${node?.link.state}`,
      );
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

  /** The webservices' picture against the CTI server's. */
  #nodePicture(): void {
    const { cti, node } = this.#world;
    if (node?.desk.status.inService !== true) return;
    const calls = callsByDevice(cti.server.centre.calls.calls());
    for (const { loginId } of CENTRE.users) {
      const believed = cti.server.centre.model.agent(loginId);
      const state = believed?.status.state ?? 'LOGOUT';
      const expected = STATES[state] ?? state;
      const agent = node.desk.agents.get(loginId);
      this.#compare(`webservices, state of ${loginId}`, agent.state, expected, 0);
      if (expected === 'LOGOUT') continue;
      const extension = believed?.instrument ?? '';
      this.#compare(`webservices, phone of ${loginId}`, agent.extension, extension, 0);
      const here = node.desk.dialogs
        .at(extension)
        .flatMap(({ id, participants }) =>
          participants
            .filter(({ mediaAddress, state: own }) => mediaAddress === extension && !HAS_LEFT.has(own))
            .map(({ state: own }) => `${id} ${own === 'INITIATING' ? 'INITIATED' : own}`),
        )
        .sort();
      this.#compare(
        `webservices, calls of ${loginId}`,
        here.join(', '),
        (calls.get(extension) ?? [])
          .map(({ id, part }) => `${id} ${part}`)
          .sort()
          .join(', '),
        0,
      );
    }
  }

  /** What a page shows against the webservices' picture. */
  #desktopPicture(desktop: AgentDesktop): void {
    const { node } = this.#world;
    if (node?.desk.status.inService !== true) return;
    const { loginId, state } = desktop;
    const since = this.#liveSince.get(desktop) ?? this.#world.now;
    const agent = node.desk.agents.get(loginId);
    const shown = state.user!;
    this.#compare(
      `desktop of ${loginId}, state`,
      `${shown.state} ${shown.pendingState} ${shown.extension} ${shown.reasonLabel ?? ''}`,
      `${agent.state} ${agent.pendingState ?? ''} ${agent.extension} ${this.#reason(loginId)}`,
      since,
    );
    const { presenter, dialogs } = node.desk;
    const told = dialogs
      .at(agent.extension)
      .map((dialog) =>
        [
          dialog.id,
          ...dialog.participants.map(
            (one) =>
              `${one.mediaAddress} ${one.state} ${[...presenter.actionsOf(dialog, one)].sort().join('+')}`,
          ),
        ].join(', '),
      );
    const seen = state.calls.dialogs.map(({ id, participants }) =>
      [
        id,
        ...participants.map((one) => `${one.mediaAddress} ${one.state} ${[...one.actions].sort().join('+')}`),
      ].join(', '),
    );
    this.#compare(`desktop of ${loginId}, calls`, seen.sort().join('; '), told.sort().join('; '), since);
    for (const [member, memberState] of desktop.members)
      this.#compare(
        `desktop of ${loginId}, member ${member}`,
        memberState,
        node.desk.agents.get(member).state,
        since,
      );
  }

  #reason(loginId: string): string {
    const { node, directory } = this.#world;
    const source = node!.desk.presenter.userSource(directory.current.user(loginId)!);
    return source.reason?.label ?? '';
  }

  /** A difference that stays the same for too long is an error; one that changes is only late. */
  #compare(where: string, shown: string, expected: string, since: number): void {
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
    if (now - Math.max(known.since, calmSince, since) > RIGHT_WITHIN_MS)
      this.#world.broken('every desktop shows what the CTI server believes', `${where} ${what}`);
  }
}

const HAS_LEFT = new Set(['DROPPED', 'WRAP_UP']);

/** Local connection states as the API names them; null: not shown. */
const PARTS: Readonly<Record<string, string | null>> = {
  ALERTING: 'ALERTING',
  CONNECT: 'ACTIVE',
  HOLD: 'HELD',
  INITIATE: 'INITIATED',
  FAIL: 'FAILED',
  QUEUED: null,
};

/** Of each phone: the calls it takes part in. */
function callsByDevice(calls: Iterable<CallView>): Map<string, { id: number; part: string }[]> {
  const byDevice = new Map<string, { id: number; part: string }[]>();
  for (const { id, connections } of calls) {
    for (const { device, kind, state } of connections as readonly ConnectionView[]) {
      const part = PARTS[state] === undefined ? state : PARTS[state];
      if (kind !== 'station' || part === null) continue;
      byDevice.set(device, [...(byDevice.get(device) ?? []), { id, part }]);
    }
  }
  return byDevice;
}
