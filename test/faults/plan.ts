/** The faults of a run, all of them from the seed: which, when, for how long. */
import { between, chance, pick, type Random } from './chance.ts';
import type { BadAnswers } from './cti-answers.ts';
import { CENTRE } from './directory.ts';
import type { Wire } from './network.ts';
import type { SimProcess } from './process.ts';
import { Condition, type World } from './world.ts';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
/** How long a stopped process stays stopped. */
const FREEZES_MS = [20 * SECOND, 90 * SECOND, 200 * SECOND] as const;

/** Faults come in two bursts, with time between and after them in which everything must be well again. */
export const BURSTS = [
  { from: 20 * SECOND, until: 100 * SECOND, most: 4 },
  { from: 200 * SECOND, until: 240 * SECOND, most: 4 },
] as const;

/** How often data that arrive break their connection. */
const BREAKS = 0.3;

type Fault = (faults: Faults) => void;

/** Begins faults and ends them. */
export class Faults {
  readonly #world: World;
  readonly #random: Random;
  readonly #sides: Readonly<Record<'A' | 'B', Condition>>;
  readonly #swallowing = new Map<Wire, Condition>();
  readonly #frozen = new Map<SimProcess, Condition>();
  readonly #breaking = new Map<Wire, Condition>();
  readonly #answering = new Map<BadAnswers, Condition>();
  readonly #full: Condition;
  readonly #notificationDown: Condition;
  /** Lines of computers without power. */
  readonly #dark = new Set<Wire>();
  /** Users whose page went for good. */
  readonly gone = new Set<string>();

  constructor(world: World) {
    this.#world = world;
    this.#random = world.random('faults');
    const side = (name: 'A' | 'B') =>
      new Condition(
        () => void world.cti.server.goOffline(name, chance(this.#random, 0.5) ? 'crash' : 'orderly'),
        () => void world.cti.server.comeBack(name),
      );
    this.#sides = { A: side('A'), B: side('B') };
    this.#full = new Condition(
      () => {
        world.disk.full = true;
      },
      () => {
        world.disk.full = false;
      },
    );
    this.#notificationDown = new Condition(
      () => void world.node?.stopNotification(),
      () => void world.node?.startNotification(),
    );
  }

  /** Sets the timers of all faults of this run. */
  plan(): void {
    const random = this.#random;
    for (const { from, until, most } of BURSTS) {
      const count = between(random, 1, most);
      for (let i = 0; i < count; i++) {
        const fault = pick(random, FAULTS);
        this.#world.clock.schedule(between(random, from, until), () => fault(this));
      }
    }
  }

  /** A fault with a length. */
  #during(name: string, lengthMs: number, condition: Condition): void {
    const { clock } = this.#world;
    this.#world.faultBegins(`${name} for ${lengthMs / SECOND} s`);
    condition.enter();
    clock.schedule(lengthMs, () => {
      condition.leave();
      this.#world.faultEnds(`${name} is over`);
    });
  }

  /** One that is over at once. */
  #at(name: string, happen: () => void): void {
    this.#world.faultBegins(name);
    happen();
    this.#world.faultEnds(`${name}: done`);
  }

  #condition<K>(map: Map<K, Condition>, of: K, begin: () => void, end: () => void): Condition {
    const known = map.get(of) ?? new Condition(begin, end);
    map.set(of, known);
    return known;
  }

  #freezing(process: SimProcess): Condition {
    return this.#condition(
      this.#frozen,
      process,
      () => process.freeze(),
      () => process.thaw(),
    );
  }

  #blackHole(wire: Wire): Condition {
    return this.#condition(
      this.#swallowing,
      wire,
      () => {
        wire.swallows = true;
      },
      () => {
        wire.swallows = false;
      },
    );
  }

  #user(): string {
    return pick(this.#random, CENTRE.users).loginId;
  }

  /** The page is gone; perhaps somebody opens another one later. */
  #leave(loginId: string, comesBack: boolean): void {
    const { clock, desktops } = this.#world;
    const page = desktops.get(loginId);
    if (!comesBack) {
      this.gone.add(loginId);
      desktops.delete(loginId);
      return;
    }
    clock.schedule(between(this.#random, 1, 100) * SECOND, () => {
      if (desktops.get(loginId) === page) void this.#world.openBrowser(loginId).signIn();
    });
  }

  /** For good only in the first burst: in the second the sign-out would come too late to be seen. */
  get #staysAway(): boolean {
    return this.#world.now < BURSTS[0].until && chance(this.#random, 0.5);
  }

  readonly clientKilled: Fault = () => {
    const loginId = this.#user();
    const page = this.#world.desktops.get(loginId);
    if (page === undefined) return;
    const comesBack = !this.#staysAway;
    this.#at(`client of ${loginId} killed, ${comesBack ? 'comes back' : 'for good'}`, () =>
      page.process.kill(),
    );
    this.#leave(loginId, comesBack);
  };

  readonly clientVanishes: Fault = () => {
    const loginId = this.#user();
    const page = this.#world.desktops.get(loginId);
    if (page === undefined) return;
    const comesBack = !this.#staysAway;
    this.#at(`client of ${loginId} loses its power, ${comesBack ? 'comes back' : 'for good'}`, () => {
      page.wire.swallows = true;
      this.#dark.add(page.wire);
      page.process.kill();
    });
    this.#leave(loginId, comesBack);
  };

  readonly clientFrozen: Fault = () => {
    const loginId = this.#user();
    const page = this.#world.desktops.get(loginId);
    if (page !== undefined)
      this.#during(
        `client of ${loginId} frozen`,
        pick(this.#random, FREEZES_MS),
        this.#freezing(page.process),
      );
  };

  readonly clientClosed: Fault = () => {
    const loginId = this.#user();
    const page = this.#world.desktops.get(loginId);
    if (page === undefined || !page.process.running) return;
    const comesBack = !this.#staysAway;
    this.#at(`client of ${loginId} closed, ${comesBack ? 'comes back' : 'for good'}`, () =>
      page.controller.suspend(),
    );
    this.#world.clock.schedule(100, () => page.process.kill());
    this.#leave(loginId, comesBack);
  };

  readonly clientRefreshed: Fault = () => {
    const loginId = this.#user();
    const page = this.#world.desktops.get(loginId);
    if (page === undefined || !page.process.running) return;
    this.#at(`client of ${loginId} refreshed`, () => page.controller.suspend());
    const { clock } = this.#world;
    clock.schedule(50, () => page.process.kill());
    clock.schedule(between(this.#random, 200, 3_000), () => {
      if (this.#world.desktops.get(loginId) === page && !this.#dark.has(page.wire))
        void this.#world.openBrowser(loginId, page.wire).signIn();
    });
  };

  /** Any wire: a browser's, or the link to a side of the CTI server. */
  #wire(): Wire | undefined {
    const { desktops, ctiWires } = this.#world;
    if (chance(this.#random, 0.3)) return pick(this.#random, [ctiWires.A, ctiWires.B]);
    return desktops.get(this.#user())?.wire;
  }

  readonly connectionReset: Fault = () => {
    const wire = this.#wire();
    if (wire !== undefined) this.#at(`${wire.name} reset`, () => wire.cut());
  };

  readonly linkSwallows: Fault = () => {
    const wire = this.#wire();
    if (wire === undefined) return;
    this.#during(`${wire.name} a black hole`, between(this.#random, 3, 120) * SECOND, this.#blackHole(wire));
  };

  readonly linkSlow: Fault = () => {
    const wire = this.#wire();
    if (wire === undefined) return;
    const moreMs = between(this.#random, 300, 3_000);
    const slow = new Condition(
      () => {
        wire.latencyMs += moreMs;
      },
      () => {
        wire.latencyMs -= moreMs;
      },
    );
    this.#during(`${wire.name} slower by ${moreMs} ms`, between(this.#random, 5, 60) * SECOND, slow);
  };

  /** Whatever comes may end the connection instead: what was on its way is lost. */
  readonly connectionsBreak: Fault = () => {
    const wire = this.#world.desktops.get(this.#user())?.wire;
    if (wire === undefined) return;
    const breaking = this.#condition(
      this.#breaking,
      wire,
      () => {
        wire.breaks = BREAKS;
      },
      () => {
        wire.breaks = 0;
      },
    );
    this.#during(`${wire.name} breaks connections`, between(this.#random, 10, 60) * SECOND, breaking);
  };

  readonly segmentsLost: Fault = () => {
    const wire = this.#wire();
    if (wire === undefined) return;
    const { clock } = this.#world;
    const random = this.#random;
    let over = false;
    const lose = () => {
      if (over) return;
      wire.stalledUntil = clock.monotonic() + between(random, 200, 3_000);
      clock.schedule(between(random, 500, 8_000), lose);
    };
    const losing = new Condition(lose, () => {
      over = true;
    });
    this.#during(`${wire.name} loses segments`, between(random, 5, 60) * SECOND, losing);
  };

  readonly sideDown: Fault = () => {
    const side = pick(this.#random, ['A', 'B'] as const);
    this.#during(`CTI side ${side} down`, between(this.#random, 5, 120) * SECOND, this.#sides[side]);
  };

  readonly bothSidesDown: Fault = () => {
    const lengthMs = between(this.#random, 5, 60) * SECOND;
    this.#during('CTI side A down (both)', lengthMs, this.#sides.A);
    this.#during('CTI side B down (both)', lengthMs + between(this.#random, 0, 5) * SECOND, this.#sides.B);
  };

  readonly ctiFrozen: Fault = () => {
    const { process } = this.#world.cti;
    this.#during('CTI server frozen', between(this.#random, 5, 60) * SECOND, this.#freezing(process));
  };

  readonly nodeRestarted: Fault = () => {
    const world = this.#world;
    if (world.node === undefined) return;
    const down = new Condition(
      () => world.killNode(),
      () => void world.startNode(),
    );
    this.#during('node killed', between(this.#random, 2, 40) * SECOND, down);
  };

  readonly nodeFrozen: Fault = () => {
    const { node } = this.#world;
    if (node !== undefined)
      this.#during('node frozen', between(this.#random, 5, 60) * SECOND, this.#freezing(node.process));
  };

  readonly notificationRestarted: Fault = () => {
    this.#during('notification service down', between(this.#random, 2, 30) * SECOND, this.#notificationDown);
  };

  readonly clockStepped: Fault = () => {
    const { cti, node, desktops } = this.#world;
    const processes = [cti.process, node?.process, desktops.get(this.#user())?.process];
    const process = pick(
      this.#random,
      processes.filter((one) => one !== undefined),
    );
    const stepMs = between(this.#random, -5 * HOUR, 5 * HOUR);
    this.#at(`clock of ${process.name} stepped by ${stepMs} ms`, () => {
      process.wallOffsetMs += stepMs;
    });
  };

  #answersBadly(kind: BadAnswers): Condition {
    const { kinds } = this.#world.ctiAnswers;
    return this.#condition(
      this.#answering,
      kind,
      () => kinds.add(kind),
      () => kinds.delete(kind),
    );
  }

  readonly answersBad: Fault = () => {
    const kind = pick(this.#random, BAD_ANSWERS);
    const lengthMs = between(this.#random, 10, 40) * SECOND;
    this.#during(`CTI server answers: ${kind}`, lengthMs, this.#answersBadly(kind));
    // The agents are asked for in a recovery.
    if (kind === 'exchanged' || kind === 'twice') this.#cutLink();
  };

  readonly answersMissing: Fault = () => {
    const lengthMs = between(this.#random, 20, 40) * SECOND;
    this.#during('CTI server does not answer', lengthMs, this.#answersBadly('never'));
  };

  /** Answers are late during a recovery, and many agents act at their phones meanwhile. */
  readonly busyRecovery: Fault = () => {
    const { clock } = this.#world;
    const lengthMs = between(this.#random, 3, 5) * SECOND;
    this.#during('CTI server answers late, agents act at their phones', lengthMs, this.#answersBadly('late'));
    this.#cutLink();
    // Once each: another event would hide that one was not heeded.
    const acting = CENTRE.users.map(({ loginId }) => loginId);
    for (let at = 0; at < lengthMs; at += between(this.#random, 30, 100))
      clock.schedule(at, () => {
        if (this.#world.node?.link.state !== 'RECOVERING' || acting.length === 0) return;
        const [loginId] = acting.splice(between(this.#random, 0, acting.length - 1), 1);
        this.#actAtPhone(loginId!);
      });
  };

  #cutLink(): void {
    for (const wire of Object.values(this.#world.ctiWires)) wire.cut();
  }

  /** Somebody whose page is there changes between Ready and Not Ready elsewhere, or signs out. */
  #actAtPhone(loginId: string): void {
    const { cti, desktops } = this.#world;
    const { model, calls } = cti.server.centre;
    const state = model.agent(loginId)?.status.state;
    if (desktops.get(loginId)?.process.running !== true || !cti.process.running) return;
    if (state !== 'AVAILABLE' && state !== 'NOT_READY') return;
    const wanted =
      state === 'AVAILABLE' ? 'NOT_READY' : pick(this.#random, ['AVAILABLE', 'LOGOUT', 'LOGOUT'] as const);
    // Where reasons are configured, leaving without one is refused.
    const outcome = model.request({ state: wanted, agentId: loginId, reason: REASON_AT_PHONE[wanted] });
    if (!outcome.ok) throw new Error(`${wanted} of ${loginId} at the phone is refused`);
    if (wanted === 'LOGOUT') this.#world.signedOutAtPhone.add(loginId);
    this.#world.line(`${loginId} is ${wanted} at the phone`);
    calls.agentChanged(outcome.changes);
  }

  readonly diskFull: Fault = () => {
    this.#during('disk full', between(this.#random, 20, 120) * SECOND, this.#full);
  };
}

/** Of the centre's own codes (`directory.ts`). */
const REASON_AT_PHONE = { AVAILABLE: 0, NOT_READY: 10, LOGOUT: 1 } as const;

const BAD_ANSWERS = ['late', 'twice', 'exchanged'] as const satisfies readonly BadAnswers[];

/** By how often they happen: those of clients are the usual ones. */
const FAULTS: readonly Fault[] = (
  [
    ['clientKilled', 2],
    ['clientVanishes', 2],
    ['clientFrozen', 3],
    ['clientClosed', 2],
    ['clientRefreshed', 2],
    ['connectionReset', 2],
    ['linkSwallows', 3],
    ['linkSlow', 1],
    ['connectionsBreak', 2],
    ['segmentsLost', 1],
    ['sideDown', 2],
    ['bothSidesDown', 1],
    ['ctiFrozen', 1],
    ['nodeRestarted', 1],
    ['nodeFrozen', 1],
    ['notificationRestarted', 1],
    ['clockStepped', 1],
    ['diskFull', 1],
    ['answersBad', 2],
    ['answersMissing', 2],
    ['busyRecovery', 6],
  ] as const
).flatMap(([name, weight]) => Array.from({ length: weight }, (): Fault => (faults) => faults[name](faults)));
