/**
 * Scheduled collection of client logs (desktop.md D113; admin.md 4): for a while the desktops of some agents are asked for their logs
 * again and again. The original's guide calls schedules live and has them made on each node: they are in memory and end with the process.
 */
import type { Clock, Timer } from '@poise/clock';
import { jsonPayload, type WriteTold } from '../audit/write-line.ts';
import { PlainError, phrase } from '../messages/catalogue.ts';

const LOG_COLLECTION_LIMITS = {
  schedules: 5,
  agents: 15,
  durationS: { min: 30, max: 900 },
  intervalS: { min: 30, max: 240 },
} as const;

export interface LogSchedule {
  /** Counts from 1 in each process; none is given twice. */
  readonly id: number;
  /** Wall ms. */
  readonly createdAt: number;
  readonly durationS: number;
  readonly intervalS: number;
  readonly agentIds: readonly string[];
}

export interface LogCollectionDependencies {
  readonly clock: Clock;
  /** The login id of an agent or supervisor of this id; undefined when there is none. */
  readonly findUser: (id: string) => string | undefined;
  /** Asks the desktop of one agent, if there is one. */
  readonly ask: (loginId: string) => void;
  /** Tells the operator what is collected of whom. */
  readonly note: (text: string) => void;
  /** Tells the audit log who had it begun or ended: whoever may run commands has the data directory, and nobody is signed in. */
  readonly tellWrite: WriteTold;
}

/** The command, by which the audit log names what was done beside the paths of requests. */
const COMMAND = 'poise utils finesse desktop_auto_log_collection';

interface Running {
  readonly schedule: LogSchedule;
  /** Monotonic. */
  readonly endsAtMs: number;
  timer: Timer;
}

type Argument = Readonly<Record<string, unknown>>;

export class LogCollection {
  readonly #d: LogCollectionDependencies;
  readonly #running = new Map<number, Running>();
  #lastId = 0;

  constructor(dependencies: LogCollectionDependencies) {
    this.#d = dependencies;
  }

  /** What the control socket offers. */
  get control(): Readonly<Record<string, (argument: Argument) => unknown>> {
    const name = (verb: string) => `utils.finesse.desktop_auto_log_collection.${verb}`;
    return {
      [name('create')]: (argument) => this.create(argument),
      [name('list')]: () => this.list(),
      [name('delete')]: ({ id }) => this.delete(id),
    };
  }

  /**
   * Asks at once, then after each interval until the duration is over, its end included.
   * @throws PlainError when something given is out of bounds, or there are five schedules
   */
  create({ agents, duration, interval }: Argument): LogSchedule {
    const agentIds = this.#agents(agents);
    const durationS = wholeSeconds('duration', duration, LOG_COLLECTION_LIMITS.durationS);
    const intervalS = wholeSeconds('interval', interval, LOG_COLLECTION_LIMITS.intervalS);
    const max = LOG_COLLECTION_LIMITS.schedules;
    if (this.#running.size >= max) throw new PlainError(phrase('logCollection.schedulesMax', { max }));
    const { clock } = this.#d;
    const id = ++this.#lastId;
    const schedule: LogSchedule = { id, createdAt: clock.now(), durationS, intervalS, agentIds };
    const endsAtMs = clock.monotonic() + durationS * 1000;
    this.#running.set(id, { schedule, endsAtMs, timer: clock.schedule(0, () => this.#askAll(id)) });
    this.#d.note(
      `Client logs of ${agentIds.join(', ')} are collected every ${intervalS} s for ${durationS} s (schedule ${id}).`,
    );
    this.#audit('create', schedule);
    return schedule;
  }

  /** Those that are live, oldest first. */
  list(): readonly LogSchedule[] {
    return [...this.#running.values()].map(({ schedule }) => schedule);
  }

  /** @param id of one, or `all`. @returns how many there were. @throws PlainError when there is none of this id */
  delete(id: unknown): { readonly deleted: number } {
    const word = String(id ?? '').trim();
    const ids =
      word.toLowerCase() === 'all'
        ? [...this.#running.keys()]
        : [...this.#running.keys()].filter((k) => String(k) === word);
    if (ids.length === 0 && word.toLowerCase() !== 'all')
      throw new PlainError(phrase('logCollection.unknown', { id: JSON.stringify(word.slice(0, 64)) }));
    for (const one of ids) this.#end(one, 'deleted');
    if (ids.length > 0) this.#audit('delete', { ids });
    return { deleted: ids.length };
  }

  /** Ends all. */
  close(): void {
    for (const { timer } of this.#running.values()) timer.cancel();
    this.#running.clear();
  }

  #audit(method: 'create' | 'delete', what: object): void {
    this.#d.tellWrite({ user: '', method, url: `${COMMAND} ${method}`, payload: jsonPayload(what) });
  }

  #askAll(id: number): void {
    const running = this.#running.get(id);
    if (running === undefined) return;
    const { clock, ask, findUser } = this.#d;
    const { schedule, endsAtMs } = running;
    // Who was deleted since has no node any more.
    for (const loginId of schedule.agentIds) if (findUser(loginId) === loginId) ask(loginId);
    const leftMs = endsAtMs - clock.monotonic();
    const pauseMs = schedule.intervalS * 1000;
    running.timer =
      pauseMs <= leftMs
        ? clock.schedule(pauseMs, () => this.#askAll(id))
        : clock.schedule(Math.max(0, leftMs), () => this.#end(id, 'over'));
  }

  #end(id: number, why: 'over' | 'deleted'): void {
    const running = this.#running.get(id);
    if (running === undefined) return;
    running.timer.cancel();
    this.#running.delete(id);
    this.#d.note(`The collection of client logs of schedule ${id} is ${why}.`);
  }

  #agents(given: unknown): readonly string[] {
    const words = (typeof given === 'string' ? given.split(',') : [])
      .map((word) => word.trim())
      .filter((word) => word !== '');
    const max = LOG_COLLECTION_LIMITS.agents;
    if (words.length === 0) throw new PlainError(phrase('logCollection.agentsNone'));
    const ids = new Set<string>();
    for (const word of words) {
      const loginId = this.#d.findUser(word);
      if (loginId === undefined)
        throw new PlainError(
          phrase('logCollection.agentUnknown', { agent: JSON.stringify(word.slice(0, 64)) }),
        );
      ids.add(loginId);
      if (ids.size > max) throw new PlainError(phrase('logCollection.agentsMax', { max }));
    }
    return [...ids];
  }
}

function wholeSeconds(
  what: 'duration' | 'interval',
  given: unknown,
  { min, max }: { readonly min: number; readonly max: number },
): number {
  const word = String(given ?? '').trim();
  const seconds = /^\d{1,6}$/.test(word) ? Number(word) : Number.NaN;
  if (seconds >= min && seconds <= max) return seconds;
  throw new PlainError(
    phrase(`logCollection.${what}`, { min, max, given: JSON.stringify(word.slice(0, 64)) }),
  );
}
