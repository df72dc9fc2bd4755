// A contact centre of several nodes for a measurement: `poise cti --bench N`, NATS and PostgreSQL where they can be had, and the nodes at
// 127.0.0.1, 127.0.0.2 and so on with equal ports, each a process of its own.
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { freePort, Nats, Postgres, withoutNats, withoutPostgres } from '../rig/nodes/engines.mjs';
import { withoutAddresses, withoutCluster } from '../rig/nodes/rig.mjs';
import { dataDirectory, round, startServer } from './bench-server.mjs';

const ONLY = 'webservices,notification,desktop';

/** What of the engines is used here, and why not the rest: { nats, postgres }, null or a reason. */
export async function engines(without = []) {
  const unwanted = (name) => (without.includes(name) ? `--without ${name}` : null);
  const nats = unwanted('nats') ?? withoutNats() ?? (await withoutCluster());
  return { nats, postgres: nats ?? unwanted('postgres') ?? withoutPostgres() };
}

export class Centre {
  nodes = [];

  /** @param options agents: how many of `--bench`; count: of nodes; offset: of ports; settings: of the nodes; reasons: of {@link engines} */
  constructor(options) {
    this.options = options;
    this.hosts = Array.from({ length: options.count }, (_, i) => `127.0.0.${i + 1}`);
  }

  async open() {
    const { agents, count, offset, reasons } = this.options;
    const missing = await withoutAddresses(count);
    if (missing !== null) throw new Error(missing);
    this.directory = dataDirectory();
    this.cti = await startServer(
      agents,
      offset,
      {},
      { command: 'cti', data: join(this.directory, 'cti'), pinned: false },
    );
    this.nats = reasons.nats === null ? await new Nats(this.directory, await freePort()).start() : null;
    this.postgres =
      reasons.postgres === null ? await new Postgres(this.directory, await freePort()).start() : null;
    // One after the other: the first one writes the database.
    for (const host of this.hosts) this.nodes.push(await this.#start(host));
    return this;
  }

  get ctiPort() {
    return 42_027 + this.options.offset;
  }

  async #start(host, data = join(this.directory, `node-${host}`)) {
    const { agents, offset, settings = {} } = this.options;
    const all = {
      host,
      domain: host,
      'node.name': `node${this.hosts.indexOf(host) + 1}`,
      'node.primary': this.hosts[0],
      'node.secondary': this.hosts[1] ?? '',
      'node.secret': 'bench-of-several-nodes',
      'ports.metrics': 'off',
      'cti.embedded': 'false',
      'cti.a': `127.0.0.1:${this.ctiPort}`,
      'cti.b': `127.0.0.1:${this.ctiPort + 1_000}`,
      ...(this.nats === null ? {} : { 'cluster.nats': `nats://127.0.0.1:${this.nats.port}` }),
      ...(this.postgres === null
        ? {}
        : { 'store.url': `postgres://poise@127.0.0.1:${this.postgres.port}/postgres` }),
      ...settings,
    };
    const server = await startServer(agents, offset, all, { only: ONLY, data, pinned: false });
    return Object.assign(server, { host, domain: host });
  }

  /** Ends a node as a crash does. */
  async kill(node) {
    await node.kill();
  }

  /** Starts a node again that was killed, in its place. */
  async again(node) {
    const started = await this.#start(node.host, node.data);
    this.nodes[this.nodes.indexOf(node)] = started;
    return started;
  }

  async close() {
    await Promise.all([...this.nodes, this.cti].map((one) => one.kill()));
    await Promise.all([this.nats?.kill(), this.postgres?.kill()]);
  }

  /** Resident memory of all processes, MB, by their kind. */
  memory() {
    return { nodes_rss_mb: this.nodes.map((node) => node.rssMb()), cti_rss_mb: this.cti.rssMb() };
  }

  /** Processor seconds so far, by their kind. */
  cpu() {
    return { nodes: this.nodes.map((node) => node.cpuSeconds()), cti: this.cti.cpuSeconds() };
  }
}

/** What a figure has to be read with: load of the machine before it, and its size. */
export const machine = () => ({
  cores: os.cpus().length,
  load: os.loadavg().map(round),
  memory_free_gb: round(freeMemory()),
});

function freeMemory() {
  try {
    return Number(/MemAvailable:\s+(\d+)/.exec(readFileSync('/proc/meminfo', 'utf8'))[1]) / 1024 ** 2;
  } catch {
    return os.freemem() / 1024 ** 3;
  }
}

/** How many files this process may have open. */
export function openFilesMax() {
  try {
    return Number(/Max open files\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))[1]);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
