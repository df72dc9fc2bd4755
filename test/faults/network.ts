/**
 * A simulated network of TCP connections: in order, reliable, with a latency; wires between machines can
 * delay, stall, swallow and cut. Data are JavaScript values; nobody looks at them on the way.
 */
import type { VirtualClock } from '@poise/clock';
import type { SimProcess } from './process.ts';

/** The next repetition of what was lost comes within this time after a wire works again. */
const REPEATED_WITHIN_MS = 1_500;

/** An answer of something on the way, by its status; without one there is no connection at all. */
export interface Refusal {
  readonly status?: number | undefined;
}

/** What lies between two machines. */
export class Wire {
  readonly name: string;
  readonly network: Network;
  /** One way, ms. */
  latencyMs: number;
  /** Nothing gets through before this moment (monotonic ms): a segment was lost and is sent again. */
  stalledUntil = 0;
  /** What answers in the place of the server, or keeps the browser from asking; undefined: nothing does. */
  refuses: ((path: string) => Refusal | undefined) | undefined;
  /** How often, 0 to 1, a connection is reset just when data arrive, which are lost with it. */
  breaks = 0;
  #swallows = false;
  /** Until when what a black hole had kept may arrive (monotonic ms). */
  lateUntil = 0;
  readonly #pipes = new Set<Pipe>();

  constructor(network: Network, name: string, latencyMs: number) {
    this.network = network;
    this.name = name;
    this.latencyMs = latencyMs;
  }

  /** A black hole: what is sent is kept by the sender's TCP until the wire works again; resets are lost. */
  get swallows(): boolean {
    return this.#swallows;
  }

  set swallows(swallows: boolean) {
    this.#swallows = swallows;
    if (swallows) return;
    if (this.#pipes.size > 0)
      this.lateUntil = this.network.clock.monotonic() + REPEATED_WITHIN_MS + this.latencyMs;
    for (const pipe of [...this.#pipes]) pipe.release();
  }

  /** Resets every connection on this wire, at both ends. */
  cut(): void {
    for (const end of [...this.ends]) end.broken('ECONNRESET');
  }

  readonly ends = new Set<End>();

  holding(pipe: Pipe, holds: boolean): void {
    if (holds) this.#pipes.add(pipe);
    else this.#pipes.delete(pipe);
  }
}

/** One direction of one connection. */
class Pipe {
  readonly #wire: Wire;
  /** Arrival of the last thing sent. */
  #lastAt = 0;
  #held: (() => void)[] = [];

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  get heldCount(): number {
    return this.#held.length;
  }

  /** @param repeated sent again until it arrives; else lost in a black hole */
  carry(arrive: () => void, repeated = true): void {
    if (!this.#wire.swallows) {
      this.#deliver(arrive, 0);
    } else if (repeated) {
      this.#held.push(arrive);
      this.#wire.holding(this, true);
    }
  }

  release(): void {
    this.#wire.holding(this, false);
    // The next repetition comes some time after the wire works again.
    const { random } = this.#wire.network;
    const lateMs = Math.floor(random() * REPEATED_WITHIN_MS);
    for (const arrive of this.#held.splice(0)) this.#deliver(arrive, lateMs);
  }

  #deliver(arrive: () => void, lateMs: number): void {
    const { network, latencyMs, stalledUntil } = this.#wire;
    const { clock } = network;
    const now = clock.monotonic();
    this.#lastAt = Math.max(this.#lastAt, now + latencyMs + lateMs, stalledUntil);
    clock.schedule(this.#lastAt - now, arrive);
  }
}

export interface EndEvents {
  connected?(): void;
  data(data: unknown): void;
  /** Once; `error` is empty when the other end said goodbye. */
  closed(error: string): void;
}

/** One end of a connection, held by a process. */
export class End {
  readonly process: SimProcess;
  readonly #wire: Wire;
  readonly #out: Pipe;
  #peer: End | null = null;
  #events: EndEvents | null = null;
  #open = true;
  readonly #endOfDeathWatch: () => void;

  constructor(process: SimProcess, wire: Wire, out: Pipe) {
    this.process = process;
    this.#wire = wire;
    this.#out = out;
    wire.ends.add(this);
    this.#endOfDeathWatch = process.onDeath(() => this.reset());
  }

  get open(): boolean {
    return this.#open;
  }

  /** Things that the other side has not taken. */
  get unsent(): number {
    return this.#out.heldCount;
  }

  attach(peer: End): void {
    this.#peer = peer;
  }

  listen(events: EndEvents): void {
    this.#events = events;
  }

  send(data: unknown): void {
    const peer = this.#peer;
    if (!this.#open || peer === null) return;
    this.#out.carry(() => peer.#received(data, this));
  }

  /** Goodbye: what was sent before arrives first. */
  close(): void {
    if (!this.#end()) return;
    const peer = this.#peer;
    this.#out.carry(() => {
      if (peer !== null) peer.#closed('');
    });
  }

  /** At once, and what was sent before may arrive or not. */
  reset(): void {
    if (!this.#end()) return;
    const peer = this.#peer;
    this.#out.carry(() => {
      if (peer !== null) peer.#closed('ECONNRESET');
    }, false);
  }

  /** The connection breaks from outside. */
  broken(error: string): void {
    this.#closed(error);
  }

  established(): void {
    this.process.io(() => this.#open && this.#events?.connected?.());
  }

  #received(data: unknown, from: End): void {
    if (!this.#open) {
      // Nobody is here any more: the kernel answers with a reset.
      this.#out.carry(() => from.#closed('ECONNRESET'), false);
      return;
    }
    if (this.#wire.breaks > 0 && this.#wire.network.random() < this.#wire.breaks) {
      this.broken('ECONNRESET');
      from.broken('ECONNRESET');
      return;
    }
    this.process.io(() => this.#open && this.#events?.data(data));
  }

  #closed(error: string): void {
    if (!this.#open) return;
    this.process.io(() => {
      if (this.#end()) this.#events?.closed(error);
    });
  }

  #end(): boolean {
    if (!this.#open) return false;
    this.#open = false;
    this.#wire.ends.delete(this);
    this.#endOfDeathWatch();
    return true;
  }
}

interface Listening {
  readonly process: SimProcess;
  readonly accept: (end: End) => void;
}

export class Network {
  readonly clock: VirtualClock;
  /** 0 to 1. */
  readonly random: () => number;
  readonly #listening = new Map<string, Listening>();

  constructor(clock: VirtualClock, random: () => number) {
    this.clock = clock;
    this.random = random;
  }

  /** @returns the function that ends it */
  listen(address: string, process: SimProcess, accept: (end: End) => void): () => void {
    const entry = { process, accept };
    this.#listening.set(address, entry);
    const close = () => {
      if (this.#listening.get(address) === entry) this.#listening.delete(address);
    };
    const endOfWatch = process.onDeath(close);
    return () => {
      endOfWatch();
      close();
    };
  }

  /** The end at once; it is connected, or closed with an error, a round trip later. */
  connect(process: SimProcess, wire: Wire, address: string, events: EndEvents): End {
    const there = new Pipe(wire);
    const back = new Pipe(wire);
    const end = new End(process, wire, there);
    end.listen(events);
    there.carry(() => {
      if (!end.open) return;
      const listening = this.#listening.get(address);
      if (listening === undefined || !listening.process.alive) {
        back.carry(() => end.broken('ECONNREFUSED'));
        return;
      }
      // The kernel of a process that is stopped accepts, too.
      const other = new End(listening.process, wire, back);
      other.attach(end);
      end.attach(other);
      back.carry(() => end.established());
      listening.process.io(() => {
        if (other.open) listening.accept(other);
      });
    });
    return end;
  }
}
