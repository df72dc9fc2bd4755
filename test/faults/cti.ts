/** The CTI server of package acd with its simulated telephony, as a simulated process with sides A and B. */
import { EventEmitter } from 'node:events';
import type { Server, Socket } from 'node:net';
import {
  type CreateServer,
  type CtiServer,
  holdsBesideActive,
  SimulatedSwitch,
  Simulation,
  startCtiServer,
} from '@poise/acd';
import type { CtiSocketFactory } from '../../packages/server/src/cti/socket.ts';
import { acdDirectory } from '../../packages/server/src/cti-host/cti-host.ts';
import { TestAccounts } from '../../packages/server/test/centre/test-accounts.ts';
import type { TestDirectorySource } from '../../packages/server/test/centre/test-directory.ts';
import type { CtiAnswers } from './cti-answers.ts';
import type { End, Network, Wire } from './network.ts';
import type { SimProcess } from './process.ts';

export type Side = 'A' | 'B';
export const CTI_PORTS: Readonly<Record<Side, number>> = { A: 42027, B: 42028 };

/** What the CTI server takes for a socket of node:net. */
class SimSocket extends EventEmitter {
  readonly remoteAddress = '10.0.0.1';
  readonly remotePort = 40_000;
  readonly #end: End;

  constructor(end: End) {
    super();
    this.#end = end;
    end.listen({
      data: (data) => this.emit('data', data),
      closed: (error) => {
        if (error !== '') this.emit('error', new Error(error));
        else this.emit('end');
        this.emit('close');
      },
    });
  }

  get writableLength(): number {
    return this.#end.unsent * 100;
  }

  write(bytes: Uint8Array): boolean {
    this.#end.send(bytes.slice());
    return true;
  }

  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  /** Whoever pauses keeps what comes all the same. */
  pause(): this {
    return this;
  }

  resume(): this {
    return this;
  }

  cork(): void {}

  uncork(): void {}

  destroySoon(): void {
    this.#end.close();
  }

  resetAndDestroy(): this {
    this.#end.reset();
    return this;
  }

  destroy(): this {
    this.#end.close();
    return this;
  }
}

/** `createServer` of node:net on the simulated network. */
function simulatedServers(network: Network, process: SimProcess): CreateServer {
  return (_options, onSocket) => {
    const server = new EventEmitter() as EventEmitter & Record<string, unknown>;
    let close: (() => void) | undefined;
    let port = 0;
    server.listen = (where: { port: number }, listening: () => void) => {
      port = where.port;
      close = network.listen(`cti:${port}`, process, (end) =>
        onSocket(new SimSocket(end) as unknown as Socket),
      );
      queueMicrotask(listening);
    };
    server.close = () => close?.();
    server.address = () => ({ port });
    return server as unknown as Server;
  };
}

/** The link's way to the CTI server: one wire to each side. */
export function ctiSockets(
  network: Network,
  process: SimProcess,
  wires: Readonly<Record<Side, Wire>>,
  answers: CtiAnswers,
): CtiSocketFactory {
  return ({ port }, events) => {
    const wire = port === CTI_PORTS.B ? wires.B : wires.A;
    const filter = answers.connection((bytes) => process.io(() => end.open && events.data(bytes)));
    const end = network.connect(process, wire, `cti:${port}`, {
      connected: () => events.connected(),
      data: (data) => filter.received(data as Uint8Array),
      closed: (error) => events.closed(error || 'closed by the CTI server'),
    });
    return {
      write: (bytes) => {
        const copy = bytes.slice();
        filter.sent(copy);
        end.send(copy);
      },
      get unsentBytes() {
        return end.unsent * 100;
      },
      destroy: () => end.close(),
    };
  };
}

export class SimCti {
  readonly process: SimProcess;
  readonly simulation: Simulation;
  readonly server: CtiServer;

  private constructor(process: SimProcess, server: CtiServer, simulation: Simulation) {
    this.process = process;
    this.server = server;
    this.simulation = simulation;
  }

  static async start(
    network: Network,
    process: SimProcess,
    directory: TestDirectorySource,
    options: { readonly onDisconnect: 'notReady' | 'logout'; readonly seed: number; log(text: string): void },
  ): Promise<SimCti> {
    const { clock } = process;
    let started: CtiServer | undefined;
    const model = () => started?.centre.model;
    const plan = {
      isPhone: (number: string) => model()?.roster.hasDevice(number) === true,
      isRoutePoint: (number: string) => model()?.roster.dialledNumber(number) !== undefined,
    };
    const exchange = new SimulatedSwitch({
      clock,
      plan,
      attended: (extension) => model()?.agentOn(extension) !== undefined,
      holdsAnother: (extension) =>
        started !== undefined && holdsBesideActive(started.centre.calls, extension),
      seed: options.seed,
    });
    const simulation = new Simulation({ clock, plan, switch: exchange });
    let callId = 16_777_217;
    started = await startCtiServer({
      directory: acdDirectory({ directory, accounts: new TestAccounts(directory), peripheralId: 5000 }),
      clock,
      host: 'cti',
      portA: CTI_PORTS.A,
      portB: CTI_PORTS.B,
      deployment: 'CCE',
      onDisconnect: options.onDisconnect,
      switch: exchange,
      nextCallId: () => callId++,
      log: options.log,
      createServer: simulatedServers(network, process),
    });
    return new SimCti(process, started, simulation);
  }
}
