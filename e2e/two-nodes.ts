/** A pair of nodes on one machine, 127.0.0.1 and 127.0.0.2 with equal ports, and the CTI server that both work with. */
import { rmSync } from 'node:fs';
import { dataDirectory, freeOffset, type LaunchedPoise, launchPoise, type Ports, portsAt } from './server.ts';

export interface PairNode {
  readonly host: string;
  readonly data: string;
  readonly process: LaunchedPoise;
  /** Origin of the desktop page. */
  readonly origin: string;
}

export interface Pair {
  readonly ports: Ports;
  readonly cti: LaunchedPoise;
  readonly a: PairNode;
  readonly b: PairNode;
  /** Starts a node again that has ended. */
  again(node: PairNode): Promise<PairNode>;
  stop(): Promise<void>;
}

export async function startPair(args: readonly string[] = []): Promise<Pair> {
  const ctiPorts = portsAt(await freeOffset());
  const offset = await freeOffset();
  const ports = portsAt(offset);
  const started: { readonly process: LaunchedPoise; readonly data: string }[] = [];
  const launch = async (command: readonly string[], data = dataDirectory()) => {
    const process = launchPoise([...command, '--data', data]);
    started.push({ process, data });
    await process.says(/^poise: IN_SERVICE/m);
    return { process, data };
  };
  const launchNode = async (host: string, data?: string): Promise<PairNode> => {
    const settings = {
      host,
      domain: host,
      'node.name': host,
      'node.primary': '127.0.0.1',
      'node.secondary': '127.0.0.2',
      'ports.offset': offset,
      // Each node would have the one of the machine.
      'ports.metrics': 'off',
      'cti.embedded': false,
      'cti.a': `127.0.0.1:${ctiPorts.ctiA}`,
    };
    const set = Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
    const only = ['--only', 'webservices,notification,desktop'];
    const launched = await launch(['start', '--demo', ...only, ...set, ...args], data);
    return { host, origin: `http://${host}:${ports.http}`, ...launched };
  };
  const stop = async (): Promise<void> => {
    for (const { process } of started)
      if (process.child.exitCode === null && process.child.signalCode === null) await process.end('SIGKILL');
    // A node that was started again writes to the directory of the one before it.
    for (const { data } of started) rmSync(data, { recursive: true, force: true });
  };
  try {
    const cti = await launch(['cti', '--demo', '--set', `ports.offset=${ctiPorts.ctiA - 42027}`]);
    const [a, b] = await Promise.all([launchNode('127.0.0.1'), launchNode('127.0.0.2')]);
    return { ports, cti: cti.process, a, b, again: (node) => launchNode(node.host, node.data), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
