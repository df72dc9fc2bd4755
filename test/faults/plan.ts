/** The faults of a run, all of them from the seed: which, when, for how long. */
import { between, chance, pick, type Random } from './chance.ts';
import type { BadAnswers } from './cti-answers.ts';
import type { AgentDesktop } from './desk.ts';
import { CENTRE } from './directory.ts';
import type { Wire } from './network.ts';
import type { Place } from './place.ts';
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

export type Fault = (faults: Faults) => void;

/** Some wires that fail together. */
interface Stretch {
  readonly name: string;
  readonly wires: readonly Wire[];
  /** It leads to clients. */
  readonly isClients: boolean;
}

/** Begins faults and ends them. */
export class Faults {
  readonly #world: World;
  readonly #random: Random;
  readonly #sides: Readonly<Record<'A' | 'B', Condition>>;
  readonly #faults: readonly Fault[];
  readonly #swallowing = new Map<Wire, Condition>();
  readonly #frozen = new Map<SimProcess, Condition>();
  readonly #breaking = new Map<Wire, Condition>();
  readonly #answering = new Map<string, Condition>();
  readonly #full = new Map<Place, Condition>();
  readonly #notificationDown = new Map<Place, Condition>();
  /** Lines of computers without power. */
  readonly #dark = new Set<Wire>();
  /** Users whose page went for good. */
  readonly gone = new Set<string>();

  /** @param faults by how often they happen */
  constructor(world: World, faults: readonly Fault[] = FAULTS) {
    this.#world = world;
    this.#faults = faults;
    this.#random = world.random('faults');
    const side = (name: 'A' | 'B') =>
      new Condition(
        () => void world.cti.server.goOffline(name, chance(this.#random, 0.5) ? 'crash' : 'orderly'),
        () => void world.cti.server.comeBack(name),
      );
    this.#sides = { A: side('A'), B: side('B') };
  }

  get world(): World {
    return this.#world;
  }

  get random(): Random {
    return this.#random;
  }

  /** Sets the timers of all faults of this run. */
  plan(): void {
    const random = this.#random;
    for (const { from, until, most } of BURSTS) {
      const count = between(random, 1, most);
      for (let i = 0; i < count; i++) {
        const fault = pick(random, this.#faults);
        this.#world.clock.schedule(between(random, from, until), () => fault(this));
      }
    }
  }

  /** A fault with a length. @param isClients no node feels it */
  during(name: string, lengthMs: number, condition: Condition, isClients = false): void {
    const { clock } = this.#world;
    this.#world.faultBegins(`${name} for ${lengthMs / SECOND} s`, isClients);
    condition.enter();
    clock.schedule(lengthMs, () => {
      condition.leave();
      this.#world.faultEnds(`${name} is over`, isClients);
    });
  }

  /** One that is over at once. */
  at(name: string, happen: () => void, isClients = false): void {
    this.#world.faultBegins(name, isClients);
    happen();
    this.#world.faultEnds(`${name}: done`, isClients);
  }

  /** The only node, or any. */
  place(): Place {
    const { places } = this.#world;
    return places.length === 1 ? places[0]! : pick(this.#random, places);
  }

  condition<K>(map: Map<K, Condition>, of: K, begin: () => void, end: () => void): Condition {
    const known = map.get(of) ?? new Condition(begin, end);
    map.set(of, known);
    return known;
  }

  freezing(process: SimProcess): Condition {
    return this.condition(
      this.#frozen,
      process,
      () => process.freeze(),
      () => process.thaw(),
    );
  }

  blackHole(wires: readonly Wire[]): Condition {
    return together(
      wires.map((wire) =>
        this.condition(
          this.#swallowing,
          wire,
          () => {
            wire.swallows = true;
          },
          () => {
            wire.swallows = false;
          },
        ),
      ),
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
    this.at(
      `client of ${loginId} killed, ${comesBack ? 'comes back' : 'for good'}`,
      () => page.process.kill(),
      true,
    );
    this.#leave(loginId, comesBack);
  };

  readonly clientVanishes: Fault = () => {
    const loginId = this.#user();
    const page = this.#world.desktops.get(loginId);
    if (page === undefined) return;
    const comesBack = !this.#staysAway;
    this.at(
      `client of ${loginId} loses its power, ${comesBack ? 'comes back' : 'for good'}`,
      () => {
        for (const wire of page.lines.all) {
          wire.swallows = true;
          this.#dark.add(wire);
        }
        page.process.kill();
      },
      true,
    );
    this.#leave(loginId, comesBack);
  };

  readonly clientFrozen: Fault = () => {
    const loginId = this.#user();
    const page = this.#world.desktops.get(loginId);
    if (page !== undefined)
      this.during(
        `client of ${loginId} frozen`,
        pick(this.#random, FREEZES_MS),
        this.freezing(page.process),
        true,
      );
  };

  readonly clientClosed: Fault = () => {
    const loginId = this.#user();
    const page = this.#world.desktops.get(loginId);
    if (page === undefined || !page.process.running) return;
    const comesBack = !this.#staysAway;
    this.at(
      `client of ${loginId} closed, ${comesBack ? 'comes back' : 'for good'}`,
      () => page.controller.suspend(),
      true,
    );
    this.#world.clock.schedule(100, () => page.process.kill());
    this.#leave(loginId, comesBack);
  };

  readonly clientRefreshed: Fault = () => {
    const loginId = this.#user();
    const page = this.#world.desktops.get(loginId);
    if (page === undefined || !page.process.running) return;
    this.at(`client of ${loginId} refreshed`, () => page.controller.suspend(), true);
    const { clock } = this.#world;
    clock.schedule(50, () => page.process.kill());
    clock.schedule(between(this.#random, 200, 3_000), () => {
      if (this.#world.desktops.get(loginId) === page && !this.#dark.has(page.wire))
        void this.#world.openBrowser(loginId, page.lines, page.firstHost).signIn();
    });
  };

  /** Any wires: a browser's, all or those to one node, or the link of a node to a side of the CTI server. */
  #stretch(): Stretch | undefined {
    const { desktops, places } = this.#world;
    if (chance(this.#random, 0.3)) {
      const { ctiWires } = this.place();
      const wire = pick(this.#random, [ctiWires.A, ctiWires.B]);
      return { name: wire.name, wires: [wire], isClients: false };
    }
    return this.#linesOf(desktops.get(this.#user()), places.length > 1);
  }

  #linesOf(page: AgentDesktop | undefined, mayBeOne: boolean): Stretch | undefined {
    if (page === undefined) return undefined;
    const { lines } = page;
    if (!mayBeOne || chance(this.#random, 0.5))
      return { name: lines.name, wires: lines.all, isClients: true };
    const wire = chance(this.#random, 0.7) ? lines.to(page.host) : pick(this.#random, lines.all);
    return { name: wire.name, wires: [wire], isClients: true };
  }

  readonly connectionReset: Fault = () => {
    const stretch = this.#stretch();
    if (stretch === undefined) return;
    const { name, wires, isClients } = stretch;
    this.at(`${name} reset`, () => wires.forEach((wire) => void wire.cut()), isClients);
  };

  readonly linkSwallows: Fault = () => {
    const stretch = this.#stretch();
    if (stretch === undefined) return;
    const { name, wires, isClients } = stretch;
    const lengthMs = between(this.#random, 3, 120) * SECOND;
    this.during(`${name} a black hole`, lengthMs, this.blackHole(wires), isClients);
  };

  readonly linkSlow: Fault = () => {
    const stretch = this.#stretch();
    if (stretch === undefined) return;
    const { name, wires, isClients } = stretch;
    const moreMs = between(this.#random, 300, 3_000);
    const slow = new Condition(
      () => {
        for (const wire of wires) wire.latencyMs += moreMs;
      },
      () => {
        for (const wire of wires) wire.latencyMs -= moreMs;
      },
    );
    this.during(`${name} slower by ${moreMs} ms`, between(this.#random, 5, 60) * SECOND, slow, isClients);
  };

  /** Whatever comes may end the connection instead: what was on its way is lost. */
  readonly connectionsBreak: Fault = () => {
    const stretch = this.#linesOf(this.#world.desktops.get(this.#user()), false);
    if (stretch === undefined) return;
    const { name, wires } = stretch;
    const breaking = together(
      wires.map((wire) =>
        this.condition(
          this.#breaking,
          wire,
          () => {
            wire.breaks = BREAKS;
          },
          () => {
            wire.breaks = 0;
          },
        ),
      ),
    );
    this.during(`${name} breaks connections`, between(this.#random, 10, 60) * SECOND, breaking, true);
  };

  readonly segmentsLost: Fault = () => {
    const stretch = this.#stretch();
    if (stretch === undefined) return;
    const { name, wires, isClients } = stretch;
    const { clock } = this.#world;
    const random = this.#random;
    let over = false;
    const lose = () => {
      if (over) return;
      const until = clock.monotonic() + between(random, 200, 3_000);
      for (const wire of wires) wire.stalledUntil = until;
      clock.schedule(between(random, 500, 8_000), lose);
    };
    const losing = new Condition(lose, () => {
      over = true;
    });
    this.during(`${name} loses segments`, between(random, 5, 60) * SECOND, losing, isClients);
  };

  readonly sideDown: Fault = () => {
    const side = pick(this.#random, ['A', 'B'] as const);
    this.during(`CTI side ${side} down`, between(this.#random, 5, 120) * SECOND, this.#sides[side]);
  };

  readonly bothSidesDown: Fault = () => {
    const lengthMs = between(this.#random, 5, 60) * SECOND;
    this.during('CTI side A down (both)', lengthMs, this.#sides.A);
    this.during('CTI side B down (both)', lengthMs + between(this.#random, 0, 5) * SECOND, this.#sides.B);
  };

  readonly ctiFrozen: Fault = () => {
    const { process } = this.#world.cti;
    this.during('CTI server frozen', between(this.#random, 5, 60) * SECOND, this.freezing(process));
  };

  readonly nodeRestarted: Fault = () => {
    const world = this.#world;
    const place = this.place();
    if (place.node === undefined) return;
    const down = new Condition(
      () => world.killNode(place),
      () => void world.startNode(place),
    );
    this.during(`${place.name} killed`, between(this.#random, 2, 40) * SECOND, down);
  };

  readonly nodeFrozen: Fault = () => {
    const { name, node } = this.place();
    if (node !== undefined)
      this.during(`${name} frozen`, between(this.#random, 5, 60) * SECOND, this.freezing(node.process));
  };

  readonly notificationRestarted: Fault = () => {
    const place = this.place();
    const of = this.#world.places.length === 1 ? '' : ` of ${place.name}`;
    const down = this.condition(
      this.#notificationDown,
      place,
      () => void place.node?.stopNotification(),
      () => void place.node?.startNotification(),
    );
    this.during(`notification service${of} down`, between(this.#random, 2, 30) * SECOND, down);
  };

  readonly clockStepped: Fault = () => {
    const { cti, nodes, desktops } = this.#world;
    const processes = [
      cti.process,
      ...nodes.map(({ process }) => process),
      desktops.get(this.#user())?.process,
    ];
    const process = pick(
      this.#random,
      processes.filter((one) => one !== undefined),
    );
    const stepMs = between(this.#random, -5 * HOUR, 5 * HOUR);
    this.at(`clock of ${process.name} stepped by ${stepMs} ms`, () => {
      process.wallOffsetMs += stepMs;
    });
  };

  #answersBadly({ name, ctiAnswers: { kinds } }: Place, kind: BadAnswers): Condition {
    return this.condition(
      this.#answering,
      `${name} ${kind}`,
      () => kinds.add(kind),
      () => kinds.delete(kind),
    );
  }

  /** To whom the CTI server answers badly, where there are several. */
  #to({ name }: Place): string {
    return this.#world.places.length === 1 ? '' : ` ${name}`;
  }

  readonly answersBad: Fault = () => {
    const place = this.place();
    const kind = pick(this.#random, BAD_ANSWERS);
    const lengthMs = between(this.#random, 10, 40) * SECOND;
    this.during(`CTI server answers${this.#to(place)}: ${kind}`, lengthMs, this.#answersBadly(place, kind));
    // The agents are asked for in a recovery.
    if (kind === 'exchanged' || kind === 'twice') this.#cutLink(place);
  };

  readonly answersMissing: Fault = () => {
    const place = this.place();
    const lengthMs = between(this.#random, 20, 40) * SECOND;
    this.during(`CTI server does not answer${this.#to(place)}`, lengthMs, this.#answersBadly(place, 'never'));
  };

  /** Answers are late during a recovery, and many agents act at their phones meanwhile. */
  readonly busyRecovery: Fault = () => {
    const place = this.place();
    const { clock } = this.#world;
    const lengthMs = between(this.#random, 3, 5) * SECOND;
    this.during(
      `CTI server answers${this.#to(place)} late, agents act at their phones`,
      lengthMs,
      this.#answersBadly(place, 'late'),
    );
    this.#cutLink(place);
    // Once each: another event would hide that one was not heeded.
    const acting = CENTRE.users.map(({ loginId }) => loginId);
    for (let at = 0; at < lengthMs; at += between(this.#random, 30, 100))
      clock.schedule(at, () => {
        if (place.node?.link.state !== 'RECOVERING' || acting.length === 0) return;
        const [loginId] = acting.splice(between(this.#random, 0, acting.length - 1), 1);
        this.#actAtPhone(loginId!);
      });
  };

  #cutLink({ ctiWires }: Place): void {
    for (const wire of Object.values(ctiWires)) wire.cut();
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
    const place = this.place();
    const of = this.#world.places.length === 1 ? '' : ` of ${place.name}`;
    const full = this.condition(
      this.#full,
      place,
      () => {
        place.disk.full = true;
      },
      () => {
        place.disk.full = false;
      },
    );
    const lengthMs = between(this.#random, 20, 120) * SECOND;
    this.#world.unwrittenUntil = Math.max(this.#world.unwrittenUntil, this.#world.now + lengthMs);
    this.during(`disk${of} full`, lengthMs, full);
  };
}

/** All of them at once. */
const together = (conditions: readonly Condition[]): Condition =>
  new Condition(
    () => {
      for (const one of conditions) one.enter();
    },
    () => {
      for (const one of conditions) one.leave();
    },
  );

/** Of the centre's own codes (`directory.ts`). */
const REASON_AT_PHONE = { AVAILABLE: 0, NOT_READY: 10, LOGOUT: 1 } as const;

const BAD_ANSWERS = ['late', 'twice', 'exchanged'] as const satisfies readonly BadAnswers[];

/** By how often they happen: those of clients are the usual ones. */
export const FAULTS: readonly Fault[] = (
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
