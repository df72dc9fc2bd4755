/**
 * A rolling upgrade under load: clients of our SDK that do what the desktop page does when its node will be stopped, and work all the
 * while; `poise drain --stop` at one node after the other, and each is started again. For the test and for the bench.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { PoiseClient } from '@poise/client';
import { WebSocket } from 'ws';
import type { Nodes } from './nodes.ts';
import { launchPoise } from './server.ts';

export interface RollingFigures {
  /** State changes that had their 202 and their event with the same requestId. */
  readonly changes: number;
  /** What went wrong with a change or a read: `status type`. */
  readonly errors: readonly string[];
  /** Milliseconds from the request to its event, in order of size. */
  readonly times: readonly number[];
  /** From the end of the connection to one node to a whole picture at the other, ms, in order of size. */
  readonly moves: readonly number[];
  /** LOGOUT that was told to anybody. */
  readonly signOuts: number;
  /** Connections that broke without a move of their own. */
  readonly losses: number;
  /** Clients whose picture of their agent is not that of the server at the end. */
  readonly wrong: readonly string[];
  /** Of each node, from the order until the process had ended, s. */
  readonly drains: readonly number[];
}

/** A desktop of an agent, without a page. */
class Desk {
  readonly client: PoiseClient;
  readonly agent: string;
  state = '';
  #isMoving = false;
  #leftAt = 0;
  readonly #figures: Collected;
  readonly #spreadMs: number;

  constructor(
    agent: string,
    origin: string,
    transport: 'bosh' | 'websocket',
    figures: Collected,
    spreadMs: number,
  ) {
    this.agent = agent;
    this.#figures = figures;
    this.#spreadMs = spreadMs;
    this.client = new PoiseClient({
      baseUrl: origin,
      user: agent,
      password: agent,
      resource: 'desktop',
      transport,
      // Node 20 has none.
      WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
    });
    this.client.on('update', ({ data }) => {
      if (data.type !== 'user' || data.user.loginId !== agent) return;
      this.state = data.user.state;
      if (data.user.state === 'LOGOUT') figures.signOuts++;
    });
    this.client.on('systemInfo', ({ finesseMMode }) => {
      if (finesseMMode === 'IN_PROGRESS' && !this.#isMoving) void this.#move();
    });
    this.client.on('connection', (status) => {
      if (status === 'disconnected' || status === 'failing') figures.losses++;
      if (status === 'moving') this.#leftAt = performance.now();
      if (status === 'recovered') void this.#recovered();
    });
  }

  async begin(): Promise<void> {
    await this.client.connect();
    await this.client.signIn({ extension: this.agent });
    this.state = (await this.client.user()).state;
  }

  /** One change, and all that belongs to it. */
  async work(): Promise<void> {
    const begun = performance.now();
    try {
      await this.client.setState(this.state === 'READY' ? 'NOT_READY' : 'READY');
      this.#figures.changes++;
      this.#figures.times.push(performance.now() - begun);
    } catch (error) {
      this.#figures.errors.push(`${this.agent} ${this.client.host}: ${String(error)}`);
    }
  }

  async #move(): Promise<void> {
    this.#isMoving = true;
    await sleep(Math.random() * this.#spreadMs);
    while (!(await this.client.moveAway())) await sleep(1_000);
    this.#isMoving = false;
  }

  /** As the page does: what was told meanwhile is read. */
  async #recovered(): Promise<void> {
    try {
      this.state = (await this.client.user()).state;
      this.#figures.moves.push(performance.now() - this.#leftAt);
    } catch (error) {
      this.#figures.errors.push(`${this.agent} read: ${String(error)}`);
    }
  }
}

type Collected = {
  -readonly [Name in keyof RollingFigures]: RollingFigures[Name] extends readonly (infer Item)[]
    ? Item[]
    : RollingFigures[Name];
};

export interface RollingOptions {
  /** Login ids, each also the extension and the password. */
  readonly agents: readonly string[];
  /** Between two changes of one agent, ms. */
  readonly everyMs: number;
  /** Clients of a node leave within this time, ms. */
  readonly spreadMs: number;
  /** How long to go on after the last node is back, ms: whoever would be signed out wrongly is by then. */
  readonly afterMs: number;
  readonly print?: (line: string) => void;
}

export async function rollingUpgrade(nodes: Nodes, options: RollingOptions): Promise<RollingFigures> {
  const { agents, everyMs, spreadMs, afterMs, print = () => {} } = options;
  const figures: Collected = {
    changes: 0,
    errors: [],
    times: [],
    moves: [],
    signOuts: 0,
    losses: 0,
    wrong: [],
    drains: [],
  };
  const desks = agents.map((agent, index) => {
    const { origin } = nodes.nodes[index % nodes.nodes.length]!;
    return new Desk(agent, origin, index % 2 === 0 ? 'websocket' : 'bosh', figures, spreadMs);
  });
  for (let at = 0; at < desks.length; at += 50)
    await Promise.all(desks.slice(at, at + 50).map((desk) => desk.begin()));
  figures.signOuts = 0;
  figures.losses = 0;
  let isOver = false;
  const works = desks.map(async (desk) => {
    await sleep(Math.random() * everyMs);
    while (!isOver) {
      await desk.work();
      await sleep(everyMs * (0.5 + Math.random()));
    }
  });
  for (const { number, data, name, build } of [...nodes.nodes]) {
    const begun = performance.now();
    const drain = launchPoise(['drain', '--stop', '--data', data], build);
    const status = await drain.ended();
    if (status !== 0) throw new Error(`poise drain at ${name} ended with ${status}:\n${drain.output()}`);
    await nodes.nodes[number]?.process.ended();
    const seconds = (performance.now() - begun) / 1_000;
    figures.drains.push(seconds);
    print(`${name}: drained and stopped after ${seconds.toFixed(1)} s\n${drain.output().trim()}`);
    await nodes.again(number);
  }
  await sleep(afterMs);
  isOver = true;
  await Promise.all(works);
  for (const desk of desks) {
    try {
      const { state } = await desk.client.user();
      if (state !== desk.state) figures.wrong.push(`${desk.agent}: ${desk.state}, in truth ${state}`);
    } catch (error) {
      figures.errors.push(`${desk.agent} ${desk.client.host}: ${String(error)}`);
    }
  }
  const { losses } = figures;
  for (const desk of desks) desk.client.close();
  // These were no losses.
  figures.losses = losses;
  figures.times.sort((a, b) => a - b);
  figures.moves.sort((a, b) => a - b);
  return figures;
}
