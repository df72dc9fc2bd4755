// A TCP line between two processes, with what can go wrong on one.
import { once } from 'node:events';
import net from 'node:net';

/** Bytes that one direction of a connection may hold back; more ends it, as full buffers of a network would. */
const HELD_BYTES_MAX = 16 * 1024 * 1024;

/**
 * What a line does with its connections:
 *
 * - `open`: carries everything, each direction after `delayMs`
 * - `stalled`: accepts and takes, delivers nothing; what it took, ends of connections among it, is delivered when it opens
 *   again, as data are sent anew until they arrive. A reset is sent once: it is lost, and whoever missed it is told when he
 *   sends something
 * - `blackHole`: the same, but whatever came into it is gone: its connections are reset when it opens again
 * - `cut`: ends its connections and refuses new ones
 *
 * Beside that its present connections can be abandoned: nothing comes over them any more, in neither direction, and
 * nobody is told; new ones work. It can also end whatever is silent for too long.
 */
export class Line {
  #mode = 'open';
  /** The direction that a stall is about, `toFar` or `toNear`; null: both. */
  #stalled = null;
  #delayMs = 0;
  #idleMs = 0;
  #server;
  #connections = new Set();
  /** Resets that were lost. */
  lost = 0;
  /** When something from the far end reached the near one for the first time since {@link listen}, ms; null: not yet. */
  heardAt = null;

  /** @param target port of the far end at 127.0.0.1, or `{ host, port }`
   *  @param alter what becomes of the bytes of a connection: `({toFar, toNear}) → {fromNear, fromFar}` (see cti-line.mjs) */
  constructor(target, alter = null) {
    this.#server = net.createServer((near) => this.#accept(near, target, alter));
  }

  /** @param where `{ host, port }` of the near end: any free port of 127.0.0.1 unless given */
  async open({ host = '127.0.0.1', port = 0 } = {}) {
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    return this;
  }

  get port() {
    return this.#server.address().port;
  }

  /** Connections that stand. */
  get size() {
    return this.#connections.size;
  }

  /** From now on each direction takes so many ms. */
  delay(ms) {
    this.#delayMs = ms;
  }

  /** @param way `toFar` or `toNear`: that direction alone, as where a firewall, or a cable, lost half of a line */
  stall(way = null) {
    this.#mode = 'stalled';
    this.#stalled = way;
  }

  /** Whether nothing is delivered in this direction. */
  #holds(way) {
    return this.#mode !== 'open' && (this.#stalled === null || this.#stalled === way);
  }

  blackHole() {
    this.#mode = 'blackHole';
    this.#stalled = null;
    for (const connection of this.#connections) connection.doomed = true;
  }

  cut() {
    this.#mode = 'cut';
    this.#stalled = null;
    for (const connection of this.#connections) connection.end(false);
  }

  /** Every connection ends with RST; new ones are made at once. */
  reset() {
    for (const connection of this.#connections) connection.end(true);
  }

  /** The address has changed: present connections are silent for good. */
  abandon() {
    for (const connection of this.#connections) connection.fate.abandoned = true;
  }

  /** Waits for the next word of the far end: whoever hears one has a connection that lives. */
  listen() {
    this.heardAt = null;
  }

  /** Connections over which nothing comes for so many ms are reset, until all is well again. */
  cutIdle(ms) {
    this.#idleMs = ms;
    for (const connection of this.#connections) connection.touch();
  }

  /** All is well again. */
  heal() {
    this.#mode = 'open';
    this.#stalled = null;
    this.#delayMs = 0;
    this.#idleMs = 0;
    for (const connection of this.#connections) {
      if (connection.doomed) connection.end(true);
      else connection.flush();
    }
  }

  close() {
    this.cut();
    this.#server.close();
  }

  #accept(near, target, alter) {
    if (this.#mode === 'cut') {
      near.destroy();
      return;
    }
    const { host, port } = typeof target === 'object' ? target : { host: '127.0.0.1', port: target };
    const far = net.connect({ host, port, noDelay: true });
    near.setNoDelay(true);
    const fate = { abandoned: false, resetIsLost: false, reset: () => connection.end(true) };
    const heard = () => {
      this.heardAt ??= performance.now();
    };
    const [out, back] = [this.#way('toFar', far, fate), this.#way('toNear', near, fate, heard)];
    let idle = null;
    const connection = {
      doomed: this.#mode === 'blackHole',
      fate,
      touch: () => {
        clearTimeout(idle);
        if (this.#idleMs > 0)
          idle = setTimeout(() => {
            if (this.#idleMs > 0) connection.end(true);
          }, this.#idleMs);
      },
      end: (reset) => {
        for (const socket of [near, far]) endSocket(socket, reset);
      },
      flush: () => {
        out.pump();
        back.pump();
      },
    };
    const carry = {
      toFar: (bytes) => out.put(bytes, connection),
      toNear: (bytes) => back.put(bytes, connection),
    };
    const altered = alter?.(carry) ?? { fromNear: carry.toFar, fromFar: carry.toNear };
    near.on('data', altered.fromNear);
    far.on('data', altered.fromFar);
    for (const socket of [near, far]) socket.on('data', connection.touch);
    connection.touch();
    this.#connections.add(connection);
    for (const [socket, other, way] of [
      [near, far, out],
      [far, near, back],
    ]) {
      socket.on('error', () => {});
      // An end is news that has to come through the line, too.
      socket.on('close', () => {
        clearTimeout(idle);
        if (other.closed) this.#connections.delete(connection);
        else way.end(socket.errored !== null);
      });
    }
  }

  /** One direction: what is due is written, in its order; nothing is due while the line is not open. */
  #way(name, to, fate, delivered = () => {}) {
    const items = [];
    let bytesHeld = 0;
    let timer = null;
    const add = (item) => {
      items.push({ ...item, due: performance.now() + this.#delayMs });
      pump();
    };
    const pump = () => {
      clearTimeout(timer);
      while (items.length > 0 && !this.#holds(name) && !fate.abandoned) {
        const waitMs = items[0].due - performance.now();
        if (waitMs > 0) {
          timer = setTimeout(pump, Math.ceil(waitMs));
          return;
        }
        const { bytes, end } = items.shift();
        if (end !== undefined) endSocket(to, end === 'reset');
        else {
          bytesHeld -= bytes.length;
          if (to.writable) {
            to.write(bytes);
            delivered();
          } else if (fate.resetIsLost) fate.reset();
        }
      }
    };
    return {
      pump,
      put: (bytes, connection) => {
        bytesHeld += bytes.length;
        if (bytesHeld > HELD_BYTES_MAX) connection.end(true);
        else add({ bytes });
      },
      end: (reset) => {
        if (reset && this.#holds(name)) {
          fate.resetIsLost = true;
          this.lost += 1;
        } else add({ end: reset ? 'reset' : 'close' });
      },
    };
  }
}

function endSocket(socket, reset) {
  if (socket.destroyed) return;
  if (reset && !socket.connecting) socket.resetAndDestroy();
  else if (reset) socket.destroy();
  else socket.destroySoon();
}

/**
 * Lines to the same port of several hosts, from one port of each of these hosts: whoever knows one of them finds the others
 * at the same port, as clients do that read SystemInfo.
 *
 * @param hosts addresses of this machine
 * @returns one line for each host, in their order
 */
export async function equalLines(hosts, port, alter = null) {
  for (let attempt = 1; ; attempt++) {
    const first = await new Line({ host: hosts[0], port }, alter).open({ host: hosts[0] });
    const lines = [first];
    try {
      for (const host of hosts.slice(1))
        lines.push(await new Line({ host, port }, alter).open({ host, port: first.port }));
      return lines;
    } catch (error) {
      // Free at one host, and taken at another.
      for (const line of lines) line.close();
      if (error.code !== 'EADDRINUSE' || attempt === 10) throw error;
    }
  }
}
