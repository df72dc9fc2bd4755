// The processes of a run and the lines between them.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Belief } from './belief.mjs';
import { WrongAnswers } from './cti-line.mjs';
import { Desk, KINDS } from './desk.mjs';
import { Ledger } from './ledger.mjs';
import { Line } from './line.mjs';
import { RigProcess } from './process.mjs';
import { randomOf } from './random.mjs';
import { settingsOf } from './timings.mjs';
import { Witness } from './witness.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const poise = join(root, 'packages/server/bin/poise.mjs');
const FIRST_AGENT = 3_001;
/** Desks of a supervisor, and of an agent who has to give reasons; the others have neither reasons nor members. */
export const REASONS = { NOT_READY: ['1', '2', '3'], LOGOUT: ['4', '5'] };
const SPECIAL = {
  0: { id: '2051', reasons: REASONS, supervises: [5_001, 5_002] },
  2: { id: '47483648', reasons: REASONS },
};
/** Codes of those reasons, and of no other that somebody may have here. */
export const REASON_CODES = new Set([10, 20, 30, 1, 2]);
export const WITNESS = '1001003';
const PERIPHERAL = 5_001;
const DISK_MB = 512;
const SLIXMPP = '/usr/lib/python3/dist-packages/slixmpp';
/** Beside the others, so that an offset finds room for all of them above the ports of outgoing connections. */
const CTI_PORTS = { 'ports.ctiA': 5_027, 'ports.ctiB': 5_127 };

/** libfaketime of Debian, or null. */
export const faketime =
  ['x86_64', 'aarch64']
    .map((arch) => `/usr/lib/${arch}-linux-gnu/faketime/libfaketimeMT.so.1`)
    .find(existsSync) ?? null;

/** Whether `poise service` is there. */
export const services = existsSync(join(root, 'packages/server/dist/cli/service.js'));

/** Why no small disk can be had, or null. */
export function smallDisk() {
  if (process.getuid?.() !== 0) return 'only root can mount a small disk';
  const probe = mkdtempSync(join(os.tmpdir(), 'poise-rig-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', probe]).status === 0;
  if (mounted) spawnSync('umount', [probe]);
  rmSync(probe, { recursive: true, force: true });
  return mounted ? null : 'tmpfs cannot be mounted here';
}

export class Rig {
  desks = [];
  ctiLines = [];

  /**
   * @param options seed; timings; desks: how many; offset of the ports; clocks: targets whose clocks are stepped
   *   (desk, server, cti); disk: whether a fault needs a small one; mutant: name of a defect, '' for none;
   *   onDisconnect: `notReady` or `logout`
   * @param broken called with a sentence for each broken invariant
   */
  constructor(options, broken) {
    const { seed, timings, offset } = options;
    Object.assign(this, { options, timings });
    this.ports = {
      http: 8_082 + offset,
      bosh: 7_071 + offset,
      xmpp: 5_222 + offset,
      ctiA: CTI_PORTS['ports.ctiA'] + offset,
      ctiB: CTI_PORTS['ports.ctiB'] + offset,
    };
    this.requestMs = 2 * timings.ctiRequest;
    /** A forced sign-out may be so late, and a call may put it off. */
    this.signOutSlackMs = 3_000;
    // Requests of one agent wait for each other: the time of two before it may be up first.
    this.ledger = new Ledger(3 * timings.ctiRequest, broken);
    this.wrongAnswers = new WrongAnswers(randomOf(seed, 'answers'), {
      lateMs: timings.ctiRequest * 1.2,
      peripheralId: PERIPHERAL,
    });
  }

  async open() {
    this.directory = mkdtempSync(join(os.tmpdir(), 'poise-rig-'));
    this.data = join(this.directory, 'data');
    mkdirSync(this.data);
    process.on('exit', () => this.#remove());
    if (this.options.disk) mountSmall(this.data);
    const set = (settings) =>
      Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
    const common = [
      '--demo',
      '--data',
      this.data,
      ...set({ 'ports.offset': this.options.offset, 'ports.metrics': 'off', ...CTI_PORTS }),
    ];
    const node = [process.execPath, poise];
    this.cti = new RigProcess(
      [...node, 'cti', ...common, ...set({ 'presence.onDisconnect': this.options.onDisconnect })],
      { log: join(this.directory, 'cti.log'), env: this.clockOf('cti', 'cti') },
    );
    await this.cti.startUntil(/^poise: IN_SERVICE/m);
    for (const port of [this.ports.ctiA, this.ports.ctiB])
      this.ctiLines.push(await new Line(port, this.wrongAnswers.alter).open());
    const [a, b] = this.ctiLines.map(({ port }) => `127.0.0.1:${port}`);
    const settings = {
      'cti.embedded': 'false',
      'cti.a': a,
      'cti.b': b,
      'notification.access': 'open',
      ...settingsOf(this.timings),
    };
    this.server = new RigProcess(
      [...node, 'start', '--only', 'webservices,notification,desktop', ...common, ...set(settings)],
      {
        log: join(this.directory, 'server.log'),
        env: { ...this.clockOf('server', 'server'), ...this.mutation() },
      },
    );
    await this.server.startUntil(/^poise: IN_SERVICE/m);
    await this.#openDesks();
    this.belief = new Belief(this.ports.ctiA);
    await this.belief.open();
    this.witness = new Witness({
      port: this.ports.xmpp,
      user: WITNESS,
      password: WITNESS,
      nodes: [
        '/finesse/api/SystemInfo',
        ...this.desks.flatMap(({ agent }) => [
          `/finesse/api/User/${agent}`,
          `/finesse/api/User/${agent}/Dialogs`,
        ]),
      ],
      ledger: this.ledger,
    });
    this.witness.open();
  }

  /** What puts a defect into the server, or into each node. */
  mutation() {
    const { mutant = '' } = this.options;
    if (mutant === '') return {};
    const preload = join(root, 'rig/mutate.mjs');
    return {
      RIG_MUTANT: mutant,
      NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import=${pathToFileURL(preload).href}`,
    };
  }

  async #openDesks() {
    const kinds = Object.keys(KINDS).filter((kind) => kind !== 'slixmpp' || existsSync(SLIXMPP));
    for (let i = 0; i < this.options.desks; i++) {
      const extension = String(FIRST_AGENT + i);
      this.desks.push(new Desk(this, kinds[i % kinds.length], { id: extension, extension, ...SPECIAL[i] }));
    }
    await Promise.all(this.desks.map((desk) => desk.open()));
  }

  /** Of each node the line that its webservices have their session over; side A's when there is none. */
  get ctiLinesInUse() {
    return [inUse(this.ctiLines)];
  }

  /** What a process needs for a wall clock of its own, where clocks of its kind are stepped. */
  clockOf(name, target) {
    if (!this.options.clocks.has(target)) return {};
    this.setClock(name, 0);
    return {
      LD_PRELOAD: faketime,
      FAKETIME_TIMESTAMP_FILE: this.#clockFile(name),
      FAKETIME_NO_CACHE: '1',
      DONT_FAKE_MONOTONIC: '1',
    };
  }

  /** Sets the wall clock of a process off by so many s: `server`, `cti`, or a client by its agent. */
  setClock(name, seconds) {
    writeFileSync(this.#clockFile(name), `${seconds < 0 ? '' : '+'}${seconds}\n`);
  }

  #clockFile(name) {
    return join(this.directory, `clock-${name}`);
  }

  /** Whether all that is published is heard. */
  get isListening() {
    return this.witness.listening;
  }

  /** Who may lose a session, or see something wrong, by a fault. */
  touched(fault, desk) {
    return fault.target === 'desk' ? [desk] : this.desks;
  }

  /** What else is looked at after a step. */
  review() {}

  /** What else is looked at while everything has been well for a while. */
  async compare() {}

  /** Last lines of logs that may explain what broke, of one desk or of all: names with their lines. */
  excerpts(desk) {
    return [
      ['webservices', lastLog(this.data, desk?.agent)],
      ['server', lastLines(this.server.last, 6)],
    ];
  }

  /** Status in SystemInfo; '' when nobody answers. */
  async systemStatus() {
    try {
      const answer = await fetch(`http://127.0.0.1:${this.ports.http}/finesse/api/SystemInfo`, {
        signal: AbortSignal.timeout(1_000),
      });
      return /<status>(\w+)</.exec(await answer.text())?.[1] ?? '';
    } catch {
      return '';
    }
  }

  /** `poise service stop notification`, for instance. */
  async service(verb, part) {
    const child = spawn(process.execPath, [poise, 'service', verb, part, '--data', this.data], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let text = '';
    child.stderr.on('data', (chunk) => {
      text += chunk;
    });
    const [status] = await once(child, 'close');
    if (status !== 0) throw new Error(`poise service ${verb} ${part}: ${text}`);
  }

  async close() {
    this.witness.close();
    this.belief.close();
    await Promise.all(this.desks.map((desk) => desk.close()));
    await Promise.all([this.server.kill(), this.cti.kill()]);
    for (const line of this.ctiLines) line.close();
  }

  #remove() {
    if (this.options.disk) unmount(this.data);
    if (!this.options.keep) rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Makes a folder a disk of its own that a fault can fill. */
export function mountSmall(folder) {
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'tmpfs', folder]);
  if (status !== 0) throw new Error('the small disk cannot be mounted');
}

/** Processes are gone by now, or on their way: the mount is taken away lazily. */
export const unmount = (folder) => spawnSync('umount', ['-l', folder]);

/** Of the lines to both sides of the CTI server the one that a session stands over; side A's when there is none. */
export const inUse = (lines) => lines.find(({ size }) => size > 0) ?? lines[0];

/** The last lines of a node's log of the webservices, of one agent or of all. */
export function lastLog(data, agent) {
  try {
    const folder = join(data, 'logs/desktop/logs/webservices');
    const file = readdirSync(folder)
      .filter((name) => name.startsWith('Desktop-webservices'))
      .sort()
      .at(-1);
    const lines = readFileSync(join(folder, file), 'utf8').split('\n');
    return lastLines(lines.filter((line) => agent === undefined || line.includes(agent)).join('\n'), 8);
  } catch {
    // Without a log there is no excerpt.
    return [];
  }
}

export const lastLines = (text, count) =>
  text
    .trimEnd()
    .split('\n')
    .slice(-count)
    .map((line) => line.slice(0, 220));
