// Several nodes of one centre, what they share, and the lines between any two of them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import { join } from 'node:path';
import { decode, Framer } from '@poise/ged188';
import { Belief } from '../belief.mjs';
import { Desk, MOVING_KINDS } from '../desk.mjs';
import { Line } from '../line.mjs';
import { RigProcess } from '../process.mjs';
import { inUse, lastLines, lastLog, mountSmall, poise, REASONS, Rig, unmount, WITNESS } from '../rig.mjs';
import { settingsOf } from '../timings.mjs';
import { Witness } from '../witness.mjs';
import { freePort, Nats, Postgres } from './engines.mjs';
import { NodesLedger } from './ledger.mjs';
import { difference, isNew, objectsIn } from './same.mjs';

const FIRST_AGENT = 3_001;
const SPECIAL = { 0: { id: '2051', reasons: REASONS, supervises: [5_001, 5_002] } };
const SECRET = 'rig-of-several-nodes';
const CTI_PORTS = { 'ports.ctiA': 5_027, 'ports.ctiB': 5_127 };
/** Each node has its own, so that a line stands between any two of them: they ask each other at their own port. */
const HTTPS = 8_445;
const HTTPS_STEP = 10;
const PROTOCOL = 24;
/** Reason of a sign-out that no agent has asked for. */
const FORCED_REASON = 255;
const COMPARE_MS = 100;
/** What a node says of NATS, and what it asks for, come on two ways. */
const TOLD_MS = 2_000;
/** A node that sees the others again decides nothing for 15 s (docs/cluster.md, *Rules*). */
const SETTLE_MS = 13_000;

/** Why there are no further addresses on this machine, or null. */
export async function withoutAddresses(count) {
  for (let i = 2; i <= count; i++) {
    const host = `127.0.0.${i}`;
    const server = net.createServer();
    const failed = await new Promise((done) => {
      server.on('error', () => done(true));
      server.listen(0, host, () => done(false));
    });
    server.close();
    if (failed) return `${host} is no address of this machine`;
  }
  return null;
}

/** Why this release shares nothing over NATS, or null. */
export async function withoutCluster() {
  const { settingsDocument } = await import('../../packages/server/dist/settings/print.js');
  return settingsDocument().includes('`cluster.nats`') ? null : 'this release shares nothing over NATS';
}

/**
 * With the interface of {@link Rig}: `server` and its line are missing, in their place there are nodes.
 *
 * A node is `{ name, host, index, process, data, ctiLines, natsLine, postgresLine, peerLines }`, where peerLines lead from it to the others.
 */
export class NodesRig extends Rig {
  nodes = [];
  /** Forced sign-outs as they were asked for at the CTI server: { node, agent, at, cutOff }, the last one whether the node may ask for none. */
  asked = [];
  nats = null;
  postgres = null;
  /** Node → what it said last of NATS: { isOut, since }. */
  #cutOff = new Map();
  /** Users and calls that all nodes said the same of, letter by letter. */
  compared = 0;

  /** @param options as of {@link Rig}, nodes: how many, nats and postgres: whether they share them,
   *    correlates: whether a request made at one of them is an answer at all of them */
  constructor(options, broken) {
    super(options, broken);
    this.broken = broken;
    this.hosts = Array.from({ length: options.nodes }, (_, i) => `127.0.0.${i + 1}`);
    this.ledger = new NodesLedger(3 * options.timings.ctiRequest, broken, this.hosts, options.correlates);
  }

  async open() {
    const { offset, onDisconnect } = this.options;
    this.directory = mkdtempSync(join(os.tmpdir(), 'poise-rig-'));
    process.on('exit', () => {
      if (this.options.disk) for (const { data } of this.nodes) unmount(data);
      if (!this.options.keep) rmSync(this.directory, { recursive: true, force: true });
    });
    this.data = join(this.directory, 'data');
    mkdirSync(this.data);
    const cti = { 'ports.offset': offset, ...CTI_PORTS, 'presence.onDisconnect': onDisconnect };
    this.cti = new RigProcess([process.execPath, poise, 'cti', '--demo', '--data', this.data, ...set(cti)], {
      log: join(this.directory, 'cti.log'),
      env: this.clockOf('cti', 'cti'),
    });
    await this.cti.startUntil(/^poise: IN_SERVICE/m);
    if (this.options.nats) this.nats = await new Nats(this.directory, await freePort()).start();
    if (this.options.postgres) this.postgres = await new Postgres(this.directory, await freePort()).start();
    for (const [index, host] of this.hosts.entries()) this.nodes.push(await this.#node(index, host));
    for (const node of this.nodes)
      for (const other of this.nodes) if (other !== node) await this.#peerLine(node, other);
    // The first one makes the certificate that all of them have, and what is in the database.
    const [first, ...others] = this.nodes;
    await first.process.startUntil(/^poise: IN_SERVICE/m);
    for (const { data } of others)
      cpSync(join(first.data, 'certs'), join(data, 'certs'), { recursive: true });
    await Promise.all(others.map(({ process: one }) => one.startUntil(/^poise: IN_SERVICE/m)));
    this.certificates = new Set(
      this.nodes.map(({ data }) => readFileSync(join(data, 'certs/server.crt'), 'utf8')),
    );
    await this.#openDesks();
    this.belief = new Belief(this.ports.ctiA);
    await this.belief.open();
    this.witnesses = this.nodes.map(({ host }) => this.#witness(host));
    for (const witness of this.witnesses) witness.open();
  }

  async #node(index, host) {
    const { offset } = this.options;
    const name = `node${index + 1}`;
    const data = join(this.directory, name);
    mkdirSync(data);
    if (this.options.disk) mountSmall(data);
    const note = (carry) => ({
      ...this.wrongAnswers.alter(carry),
      fromNear: this.#noteSignOuts(name, carry.toFar),
    });
    const ctiLines = [];
    for (const port of [this.ports.ctiA, this.ports.ctiB]) ctiLines.push(await new Line(port, note).open());
    this.ctiLines.push(...ctiLines);
    const natsLine = this.nats === null ? null : await new Line(this.nats.port).open();
    const postgresLine = this.postgres === null ? null : await new Line(this.postgres.port).open();
    const settings = {
      host,
      domain: host,
      'node.name': name,
      'node.primary': this.hosts[0],
      'node.secondary': this.hosts[1],
      'node.secret': SECRET,
      'ports.offset': offset,
      ...CTI_PORTS,
      'ports.https': HTTPS + HTTPS_STEP * index,
      'ports.metrics': 'off',
      'cti.embedded': 'false',
      'cti.a': `127.0.0.1:${ctiLines[0].port}`,
      'cti.b': `127.0.0.1:${ctiLines[1].port}`,
      'notification.access': 'open',
      'maintenance.notice': `${Math.round(10_000 * this.timings.scale)}ms`,
      ...(natsLine === null ? {} : { 'cluster.nats': `nats://127.0.0.1:${natsLine.port}` }),
      ...(postgresLine === null
        ? {}
        : { 'store.url': `postgres://poise@127.0.0.1:${postgresLine.port}/postgres` }),
      ...settingsOf(this.timings),
    };
    const only = ['--only', 'webservices,notification,desktop'];
    const command = [process.execPath, poise, 'start', '--demo', ...only, '--data', data, ...set(settings)];
    const log = join(this.directory, `${name}.log`);
    // A machine that is too busy cuts nodes off, too; they say so.
    const onLog = (text) => {
      const told = text.match(/NATS is (?:out of|within) reach/g)?.at(-1);
      if (told === undefined) return;
      const isOut = told.includes('out of');
      this.ledger.apart(host, 'told', isOut);
      this.#cutOff.set(name, { isOut, since: performance.now() });
    };
    const env = { ...this.clockOf(name, 'node'), ...this.mutation() };
    const one = new RigProcess(command, { log, env, onLog });
    return { name, index, host, data, process: one, ctiLines, natsLine, postgresLine, peerLines: [] };
  }

  /** From a node to another one, where it asks for it. */
  async #peerLine(node, other) {
    const port = (of) => HTTPS + this.options.offset + HTTPS_STEP * of.index;
    const line = new Line({ host: other.host, port: port(other) });
    await line.open({ host: other.host, port: port(node) });
    node.peerLines.push(Object.assign(line, { ends: [node, other] }));
  }

  async #openDesks() {
    const kinds = Object.keys(MOVING_KINDS);
    const { hosts } = this;
    for (let i = 0; i < this.options.desks; i++) {
      const extension = String(FIRST_AGENT + i);
      const home = i % hosts.length;
      const order = [...hosts.slice(home), ...hosts.slice(0, home)];
      const agent = { id: extension, extension, ...SPECIAL[i] };
      // Each kind at each node.
      this.desks.push(new Desk(this, kinds[Math.floor(i / hosts.length) % kinds.length], agent, order));
    }
    await Promise.all(this.desks.map((desk) => desk.open()));
  }

  #witness(host) {
    return new Witness({
      host,
      domain: host,
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
      ledger: this.ledger.of(host),
    });
  }

  /** What a node sends to the CTI server: notes which node signs whom out by force. */
  #noteSignOuts(name, toFar) {
    const framer = new Framer();
    return (bytes) => {
      for (const frame of framer.push(bytes)) {
        const { name: kind, fields } = decode(Buffer.from(frame), PROTOCOL);
        if (kind === 'SET_AGENT_STATE_REQ' && fields.EventReasonCode === FORCED_REASON && fields.ForcedFlag)
          this.asked.push({
            node: name,
            agent: fields.AgentID,
            at: performance.now(),
            cutOff: this.#isCutOff(name),
          });
      }
      toFar(bytes);
    };
  }

  /** Whether a node has said for a while that NATS is out of its reach, or has said only just now that it is within reach again. */
  #isCutOff(name) {
    const told = this.#cutOff.get(name);
    if (told === undefined) return false;
    const ms = performance.now() - told.since;
    return told.isOut ? ms > TOLD_MS : ms < SETTLE_MS;
  }

  get ctiLinesInUse() {
    return this.nodes.map(({ ctiLines }) => inUse(ctiLines));
  }

  get isListening() {
    return this.witnesses.every(({ listening }) => listening);
  }

  touched(fault, desk, node) {
    if (fault.serves) return [];
    if (node !== null) return this.desksAt(node);
    return super.touched(fault, desk);
  }

  desksAt(node) {
    return this.desks.filter(({ at }) => at === node.host);
  }

  /** IN_SERVICE when all nodes are, know of each other, and are heard. */
  async systemStatus() {
    if (!this.isListening) return 'UNHEARD';
    const all = await Promise.all(
      this.nodes.map(async (node) =>
        (await this.healthOf(node, 'cluster'))?.ready === false ? 'APART' : this.statusOf(node),
      ),
    );
    return all.every((one) => one === 'IN_SERVICE') ? 'IN_SERVICE' : all.join();
  }

  /** Status in SystemInfo of a node; '' when it does not answer. */
  async statusOf({ host }) {
    const text = await this.#get(`http://${host}:${this.ports.http}/finesse/api/SystemInfo`);
    return /<status>(\w+)</.exec(text)?.[1] ?? '';
  }

  /** Health of a node's part, `{ ready, reason }`; null when the node does not answer or has no such part. */
  async healthOf({ host }, part) {
    const text = await this.#get(`http://${host}:${this.ports.http}/poise/api/health`);
    try {
      return JSON.parse(text).parts[part] ?? null;
    } catch {
      return null;
    }
  }

  /** @param user whose credentials are given, his name is his password; none are unless it is given */
  async #get(url, user) {
    const headers =
      user === undefined
        ? {}
        : { authorization: `Basic ${Buffer.from(`${user}:${user}`).toString('base64')}` };
    try {
      return await (await fetch(url, { headers, signal: AbortSignal.timeout(1_000) })).text();
    } catch {
      return '';
    }
  }

  /**
   * All nodes say the same of everybody, and of every call, that has changed since a moment: within so many ms each of these is the same once.
   *
   * @param since ms since 1970
   */
  async compare(since, ms) {
    await Promise.all(this.desks.map((desk) => this.#compareAt(desk, since, performance.now() + ms)));
  }

  async #compareAt({ agent, supervises, name }, since, end) {
    const own = `User/${agent}`;
    const paths = [own, `${own}/Dialogs`, ...supervises.map((team) => `Team/${team}`)];
    /** What was not the same so far, by its name; names of what was. */
    let open = null;
    const same = new Set();
    do {
      const found = new Map();
      for (const path of paths) {
        const [first, ...others] = await Promise.all(
          this.nodes.map(async ({ host }) =>
            objectsIn(path, await this.#get(`http://${host}:${this.ports.http}/finesse/api/${path}`, agent)),
          ),
        );
        for (const other of others)
          for (const key of new Set([...first.keys(), ...other.keys()])) {
            const words = difference(first.get(key), other.get(key), since);
            if (words === null && isNew(first.get(key), since) && isNew(other.get(key), since)) same.add(key);
            if (words !== null && (open === null || open.has(key))) found.set(key, words);
          }
      }
      open = found;
      if (open.size > 0) await new Promise((done) => setTimeout(done, COMPARE_MS));
    } while (open.size > 0 && performance.now() < end);
    this.compared += same.size;
    for (const [key, words] of open)
      this.broken(`nodes say different things of ${key}, asked by ${name}: ${words}`);
  }

  /** `poise …` at a node; resolves with its status and what it printed. */
  async command(node, args) {
    const child = spawn(process.execPath, [poise, ...args, '--data', node.data], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        text += chunk;
      });
    const [status] = await once(child, 'close');
    return { status, text };
  }

  /** Deletes every key of every bucket, as somebody might by hand. */
  async emptyBuckets() {
    const { connect } = await import('@nats-io/transport-node');
    const { Kvm } = await import('@nats-io/kv');
    const connection = await connect({ servers: `127.0.0.1:${this.nats.port}` });
    const buckets = new Kvm(connection);
    for await (const { bucket } of buckets.list()) {
      const kv = await buckets.open(bucket);
      for await (const key of await kv.keys()) await kv.purge(key);
    }
    await connection.close();
  }

  /** One sign-out is asked for by one node, and by none that is cut off. */
  review(forced) {
    const asked = this.asked.splice(0);
    for (const { node, agent, cutOff } of asked)
      if (cutOff) this.broken(`${agent} was signed out by ${node}, which was cut off`);
    for (const { agent, at } of forced) {
      const nodes = new Set(
        asked
          .filter((one) => one.agent === agent && Math.abs(one.at - at) < this.timings.grace)
          .map(({ node }) => node),
      );
      if (nodes.size > 1)
        this.broken(`${agent} was signed out by ${nodes.size} nodes: ${[...nodes].join(', ')}`);
    }
  }

  /** Last lines of logs that may explain what broke. */
  excerpts(desk) {
    return this.nodes.flatMap((node) => [
      [`${node.name} webservices`, lastLog(node.data, desk?.agent)],
      [node.name, lastLines(node.process.last, 6)],
    ]);
  }

  async close() {
    for (const witness of this.witnesses) witness.close();
    this.belief.close();
    await Promise.all(this.desks.map((desk) => desk.close()));
    await Promise.all([...this.nodes.map(({ process: one }) => one.kill()), this.cti.kill()]);
    await Promise.all([this.nats?.kill(), this.postgres?.kill()]);
  }
}

const set = (settings) => Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
