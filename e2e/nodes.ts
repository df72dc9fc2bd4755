/**
 * Two nodes or more on one machine, 127.0.0.1, 127.0.0.2 and so on with equal ports, and what they share, each in a process of its
 * own: the CTI server, one PostgreSQL, one nats-server.
 */
import { rmSync } from 'node:fs';
import { NatsServer, natsMissing } from '../packages/server/test/nats-server.ts';
import { PostgresCluster, postgresMissing } from '../packages/server/test/postgres-cluster.ts';
import { dataDirectory, freeOffset, type LaunchedPoise, launchPoise, type Ports, portsAt } from './server.ts';

/** What a node connects to. */
export type Shared = 'cti' | 'postgres' | 'nats';

export interface NodesOptions {
  /** How many nodes. Default 3. */
  readonly count?: number;
  /**
   * Folder of another release, which nodes and the CTI server are of at first; a node that is started again is of this one. Default: this
   * repository.
   */
  readonly from?: string | undefined;
  /** Further arguments of every node. */
  readonly args?: readonly string[];
  /** Further arguments of one node; counted from 0. */
  readonly argsOf?: (node: number) => readonly string[];
  /** Further arguments of `poise cti`. */
  readonly ctiArgs?: readonly string[];
  /** Whether there is a nats-server. Default true. */
  readonly nats?: boolean;
  /** Whether all nodes share a database; without it each has a file of its own. Default true. */
  readonly postgres?: boolean;
  /**
   * Port of 127.0.0.1 by which a node reaches something, for tests that put something between.
   * @param node counted from 0
   * @param port where it is
   */
  readonly through?: (what: Shared, node: number, port: number) => number | Promise<number>;
}

/** One node; what is not read-only here changes when it is started again. */
export interface TestNode {
  readonly number: number;
  readonly name: string;
  readonly host: string;
  readonly data: string;
  /** Folder of the release that it is of; undefined: this repository. */
  readonly build: string | undefined;
  readonly process: LaunchedPoise;
  /** Origin of the desktop page. */
  readonly origin: string;
}

export interface Nodes {
  readonly ports: Ports;
  readonly cti: LaunchedPoise;
  readonly postgres: PostgresCluster | undefined;
  /** Address of the database. */
  readonly database: string | undefined;
  readonly nats: NatsServer | undefined;
  /** In order of their numbers. */
  readonly nodes: readonly TestNode[];
  /**
   * Starts a node again that has ended. It takes its place in {@link nodes}.
   * @param build folder of the release that it is of from now on; default: this repository
   */
  again(number: number, args?: readonly string[], build?: string): Promise<TestNode>;
  stop(): Promise<void>;
}

/** Secret that all nodes of a test share. */
export const NODE_SECRET = 'of-all-nodes-of-the-test';

/** Why there can be no such nodes here; undefined: there can. */
export function nodesMissing({ nats = true, postgres = true }: NodesOptions = {}): string | undefined {
  // Linux has all of 127/8; other systems have one address unless more were set up.
  if (process.platform !== 'linux') return '127.0.0.2 and others are needed as addresses of this machine';
  return (nats ? natsMissing() : undefined) ?? (postgres ? postgresMissing() : undefined);
}

/** Host of a node by its number. */
export const hostOf = (number: number): string => `127.0.0.${number + 1}`;

export async function startNodes(options: NodesOptions = {}): Promise<Nodes> {
  const { count = 3, args = [], argsOf = () => [], ctiArgs = [], through = (_, __, port) => port } = options;
  const ctiPorts = portsAt(await freeOffset());
  const offset = await freeOffset();
  const ports = portsAt(offset);
  const processes: LaunchedPoise[] = [];
  const directories: string[] = [];
  const launch = async (
    command: readonly string[],
    data: string,
    build: string | undefined,
  ): Promise<LaunchedPoise> => {
    const launched = launchPoise([...command, '--data', data], build);
    processes.push(launched);
    await launched.says(/^poise: IN_SERVICE/m);
    return launched;
  };
  const newDirectory = (): string => {
    const data = dataDirectory();
    directories.push(data);
    return data;
  };
  const [postgres, nats] = await Promise.all([
    options.postgres === false ? undefined : PostgresCluster.start(),
    options.nats === false ? undefined : NatsServer.start(),
  ]);
  const database = await postgres?.database();
  const launchNode = async (
    number: number,
    more: readonly string[],
    build: string | undefined,
    data = newDirectory(),
  ): Promise<TestNode> => {
    const host = hostOf(number);
    const name = `node${number + 1}`;
    const by = async (what: Shared, port: number) => through(what, number, port);
    const settings: Record<string, string | number | boolean> = {
      host,
      domain: host,
      'node.name': name,
      'node.primary': hostOf(0),
      'node.secondary': hostOf(1),
      'node.others': Array.from({ length: Math.max(0, count - 2) }, (_, n) => hostOf(n + 2)).join(','),
      'node.secret': NODE_SECRET,
      'ports.offset': offset,
      // Each node would have the one of the machine.
      'ports.metrics': 'off',
      'cti.embedded': false,
      'cti.a': `127.0.0.1:${await by('cti', ctiPorts.ctiA)}`,
    };
    if (database !== undefined) {
      const url = new URL(database);
      url.port = String(await by('postgres', Number(url.port)));
      settings['store.url'] = url.href;
    }
    if (nats !== undefined) settings['cluster.nats'] = `nats://127.0.0.1:${await by('nats', nats.port)}`;
    const set = Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
    const only = ['--only', 'webservices,notification,desktop'];
    const launched = await launch(
      ['start', '--demo', ...only, ...set, ...args, ...argsOf(number), ...more],
      data,
      build,
    );
    return { number, name, host, data, build, process: launched, origin: `http://${host}:${ports.http}` };
  };
  const stop = async (): Promise<void> => {
    for (const { child, end } of processes)
      if (child.exitCode === null && child.signalCode === null) await end('SIGKILL');
    await nats?.stop();
    await postgres?.stop();
    for (const data of directories) rmSync(data, { recursive: true, force: true });
  };
  try {
    const cti = await launch(
      ['cti', '--demo', '--set', `ports.offset=${ctiPorts.ctiA - 42027}`, ...ctiArgs],
      newDirectory(),
      options.from,
    );
    // All at the same moment on an empty database: one of them makes it.
    const nodes = await Promise.all(
      Array.from({ length: count }, (_, number) => launchNode(number, [], options.from)),
    );
    return {
      ports,
      cti,
      postgres,
      database,
      nats,
      nodes,
      async again(number, more = [], build?: string) {
        const node = await launchNode(number, more, build, nodes[number]!.data);
        nodes[number] = node;
        return node;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
