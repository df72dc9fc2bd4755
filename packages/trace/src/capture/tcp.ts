/**
 * The two byte streams of TCP connections, from segments as a capture has them: repeated, out of order, and with holes
 * where the capture lost some. Bounded: what waits for a missing segment, and how many connections are followed.
 */
import type { Segment } from './segment.ts';

export interface Place {
  /** Number of the packet. */
  readonly number: number;
  /** ms since 1970. */
  readonly at: number;
}

/** What somebody who follows a connection is told. */
export interface Follower {
  /** Bytes in order. @param up from the one who connected */
  data(up: boolean, bytes: Buffer, place: Place): void;
  /** Bytes are missing here. */
  gap(up: boolean): void;
  closed(up: boolean, how: 'fin' | 'rst', place: Place): void;
  /** The capture is over. */
  end(): void;
}

export interface Connection {
  readonly client: string;
  readonly server: string;
  readonly serverPort: number;
  /** Its beginning was captured. */
  readonly isWhole: boolean;
}

/** Connections followed at once; of more, those that were silent the longest are let go. */
const CONNECTIONS_MAX = 4096;
/** Bytes and segments of one direction that wait for a missing one. */
const WAITING_BYTES_MAX = 1024 * 1024;
const WAITING_MAX = 512;
/** Bytes that wait in all connections together. */
const WAITING_ALL_MAX = 64 * 1024 * 1024;
/** Segments after which a hole that the other side acknowledged is one of the capture. */
const PATIENCE = 16;

interface Direction {
  next: number | null;
  waiting: { seq: number; payload: Buffer; place: Place }[];
  waitingBytes: number;
  /** Segments since the hole. */
  waited: number;
  /** What the other side has acknowledged. */
  acked: number | null;
  isOver: boolean;
}

interface Followed {
  readonly connection: Connection;
  readonly follower: Follower | null;
  readonly up: Direction;
  readonly down: Direction;
  isOver: boolean;
}

const direction = (): Direction => ({
  next: null,
  waiting: [],
  waitingBytes: 0,
  waited: 0,
  acked: null,
  isOver: false,
});

/** Distance of two sequence numbers, which turn over at 2^32. */
const after = (a: number, b: number): number => (a - b) | 0;

export class TcpStreams {
  private readonly follow: (connection: Connection) => Follower | null;
  private readonly isServerPort: (port: number) => boolean;
  private readonly connections = new Map<string, Followed>();
  private waitingBytes = 0;

  /** @param follow null: nobody cares for this connection */
  constructor(follow: (connection: Connection) => Follower | null, isServerPort: (port: number) => boolean) {
    this.follow = follow;
    this.isServerPort = isServerPort;
  }

  segment(segment: Segment, place: Place): void {
    const up = this.isUp(segment);
    const client = up ? segment.from : segment.to;
    const server = up ? segment.to : segment.from;
    const key = `${client} ${server}`;
    let followed = this.connections.get(key);
    const isFirst = segment.syn && segment.ack === -1;
    if (followed !== undefined && isFirst && isAnother(followed, segment)) {
      this.finish(followed);
      followed = undefined;
    }
    // Put back at the end: the first of the map is the one that was silent the longest.
    this.connections.delete(key);
    if (followed === undefined) {
      const connection: Connection = {
        client,
        server,
        serverPort: up ? segment.toPort : segment.fromPort,
        isWhole: segment.syn,
      };
      followed = {
        connection,
        follower: this.follow(connection),
        up: direction(),
        down: direction(),
        isOver: false,
      };
      this.makeRoom();
    }
    this.connections.set(key, followed);
    if (followed.follower === null || followed.isOver) return;
    this.take(followed, followed.follower, up, segment, place);
  }

  end(): void {
    for (const followed of this.connections.values()) this.finish(followed);
    this.connections.clear();
  }

  /** The port that is known as a server's decides, else a SYN, else the smaller port. */
  private isUp({ fromPort, toPort, syn, ack }: Segment): boolean {
    const known = [this.isServerPort(fromPort), this.isServerPort(toPort)];
    if (known[0] !== known[1]) return known[1] as boolean;
    if (syn) return ack === -1;
    return toPort <= fromPort;
  }

  private makeRoom(): void {
    if (this.connections.size < CONNECTIONS_MAX) return;
    const [key, oldest] = this.connections.entries().next().value as [string, Followed];
    this.finish(oldest);
    this.connections.delete(key);
  }

  private finish({ follower, up, down, isOver }: Followed): void {
    if (follower === null || isOver) return;
    for (const [one, isUp] of [
      [up, true],
      [down, false],
    ] as const)
      while (one.waiting.length > 0) this.jump(one, isUp, follower);
    follower.end();
  }

  private take(followed: Followed, follower: Follower, up: boolean, segment: Segment, place: Place): void {
    const mine = up ? followed.up : followed.down;
    const other = up ? followed.down : followed.up;
    if (segment.ack !== -1) other.acked = segment.ack;
    const begin = segment.syn ? (segment.seq + 1) | 0 : segment.seq | 0;
    mine.next ??= begin;
    if (segment.payload.length > 0 && !mine.isOver)
      this.payload(mine, up, begin, segment.payload, follower, place);
    if (other.waiting.length > 0) this.impatient(other, !up, follower);
    if ((segment.fin || segment.rst) && !mine.isOver) {
      // What still waits belongs before the end.
      while (mine.waiting.length > 0) this.jump(mine, up, follower);
      mine.isOver = true;
      follower.closed(up, segment.rst ? 'rst' : 'fin', place);
      if (segment.rst || other.isOver) {
        while (other.waiting.length > 0) this.jump(other, !up, follower);
        followed.isOver = true;
        follower.end();
      }
    }
  }

  private payload(
    one: Direction,
    up: boolean,
    seq: number,
    payload: Buffer,
    follower: Follower,
    place: Place,
  ): void {
    const ahead = after(seq, one.next as number);
    if (ahead > 0) {
      if (one.waiting.some((other) => other.seq === seq && other.payload.length >= payload.length)) return;
      one.waiting.push({ seq, payload: Buffer.from(payload), place });
      one.waiting.sort((a, b) => after(a.seq, b.seq));
      one.waitingBytes += payload.length;
      this.waitingBytes += payload.length;
      this.impatient(one, up, follower);
      return;
    }
    this.deliver(one, up, seq, payload, follower, place);
    this.drain(one, up, follower);
  }

  /** What is new of it: the rest came before. */
  private deliver(
    one: Direction,
    up: boolean,
    seq: number,
    payload: Buffer,
    follower: Follower,
    place: Place,
  ): void {
    const known = -after(seq, one.next as number);
    if (known >= payload.length) return;
    const fresh = payload.subarray(known);
    one.next = ((one.next as number) + fresh.length) | 0;
    follower.data(up, fresh, place);
  }

  private drain(one: Direction, up: boolean, follower: Follower): void {
    for (;;) {
      const first = one.waiting[0];
      if (first === undefined || after(first.seq, one.next as number) > 0) break;
      one.waiting.shift();
      one.waitingBytes -= first.payload.length;
      this.waitingBytes -= first.payload.length;
      this.deliver(one, up, first.seq, first.payload, follower, first.place);
    }
    if (one.waiting.length === 0) one.waited = 0;
  }

  /** Gives a missing segment up when the receiver has it, or when too much waits for it. */
  private impatient(one: Direction, up: boolean, follower: Follower): void {
    one.waited++;
    const first = one.waiting[0] as { seq: number };
    const isAcked = one.acked !== null && after(one.acked, first.seq) >= 0;
    if (
      (isAcked && one.waited > PATIENCE) ||
      one.waiting.length > WAITING_MAX ||
      one.waitingBytes > WAITING_BYTES_MAX ||
      this.waitingBytes > WAITING_ALL_MAX
    )
      this.jump(one, up, follower);
  }

  private jump(one: Direction, up: boolean, follower: Follower): void {
    const first = one.waiting[0];
    if (first === undefined) return;
    follower.gap(up);
    one.next = first.seq;
    one.waited = 0;
    this.drain(one, up, follower);
  }
}

/** A port that is used again: its SYN is not the repeated one of the connection that is known. */
const isAnother = ({ up, isOver }: Followed, { seq }: Segment): boolean =>
  isOver || up.isOver || up.next !== ((seq + 1) | 0);
