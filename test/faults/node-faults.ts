/** What can happen where there are several nodes: to what they share, between them, and to those who move. */
import { between, chance, pick } from './chance.ts';
import { CENTRE } from './directory.ts';
import type { HubLine } from './hub-line.ts';
import type { Wire } from './network.ts';
import { Disk } from './node.ts';
import { BURSTS, FAULTS, type Fault, type Faults } from './plan.ts';
import { Condition } from './world.ts';

const SECOND = 1_000;
const BUCKETS = ['nodes', 'leases', 'presence', 'verifiers'] as const;
/** How long a node may be cut off from what all share. */
const CUT_OFF_MS = { least: 1, most: 110 } as const;

const outage = (lines: readonly HubLine[], isSilent: boolean): Condition =>
  new Condition(
    () => {
      for (const line of lines) line.down(isSilent);
    },
    () => {
      for (const line of lines) line.up();
    },
  );

/** One node is cut off from what all share; told, or by silence. */
export const nodeCutOff: Fault = (faults) => {
  const { random } = faults;
  const { name, line } = faults.place();
  const isSilent = chance(random, 0.5);
  const lengthMs = between(random, CUT_OFF_MS.least, CUT_OFF_MS.most) * SECOND;
  faults.during(
    `${name} cut off from the hub${isSilent ? ', silently' : ''}`,
    lengthMs,
    outage([line!], isSilent),
  );
};

/** Its words and answers are late. */
const lineSlow: Fault = (faults) => {
  const { random } = faults;
  const { name, line } = faults.place();
  const moreMs = between(random, 20, 900);
  const slow = new Condition(
    () => {
      line!.latencyMs += moreMs;
    },
    () => {
      line!.latencyMs -= moreMs;
    },
  );
  faults.during(`${name} slower to the hub by ${moreMs} ms`, between(random, 5, 60) * SECOND, slow);
};

const linesOf = ({ world }: Faults): readonly HubLine[] => world.places.flatMap(({ line }) => line ?? []);

function empty({ world }: Faults, buckets: readonly (typeof BUCKETS)[number][]): void {
  world.emptiedAt = world.now;
  for (const bucket of buckets) world.hub.empty(bucket);
}

/** The engine is gone for all; with everything that it held, or not. */
const hubDown: Fault = (faults) => {
  const { random, world } = faults;
  const losesAll = chance(random, 0.5);
  const down = outage(linesOf(faults), chance(random, 0.5));
  const lengthMs = between(random, 2, 60) * SECOND;
  faults.during(`hub down${losesAll ? ', loses everything,' : ''}`, lengthMs, down);
  if (losesAll) world.clock.schedule(lengthMs / 2, () => empty(faults, BUCKETS));
};

/** Somebody empties a bucket by hand, or all. */
const bucketsEmptied: Fault = (faults) => {
  const buckets = chance(faults.random, 0.5) ? BUCKETS : [pick(faults.random, BUCKETS)];
  faults.at(`emptied by hand: ${buckets.join(', ')}`, () => empty(faults, buckets));
};

/** No node reaches another one past the hub. */
const nodesApart: Fault = (faults) => {
  const { random, world } = faults;
  const hosts = world.places.map(({ host }) => host);
  const wires: Wire[] = hosts.flatMap((one, at) =>
    hosts.slice(at + 1).map((other) => world.peerWire(one, other)),
  );
  const lengthMs = between(random, 5, 100) * SECOND;
  world.apartUntil = Math.max(world.apartUntil, world.now + lengthMs);
  faults.during('nodes do not reach each other', lengthMs, faults.blackHole(wires));
};

/** One node is cut off from the hub and from all other nodes, and its agents and the database reach it. */
export const nodeIsland: Fault = (faults) => {
  const { random, world } = faults;
  const place = faults.place();
  const wires = world.places
    .filter((other) => other !== place)
    .map(({ host }) => world.peerWire(place.host, host));
  const isSilent = chance(random, 0.5);
  const lengthMs = between(random, 30, 170) * SECOND;
  place.apartUntil = Math.max(place.apartUntil, world.now + lengthMs);
  const apart = faults.blackHole(wires);
  const cut = outage([place.line!], isSilent);
  const island = new Condition(
    () => {
      apart.enter();
      cut.enter();
    },
    () => {
      apart.leave();
      cut.leave();
    },
  );
  faults.during(
    `${place.name} cut off from the hub and all nodes${isSilent ? ', silently' : ''}`,
    lengthMs,
    island,
  );
};

/** The database that nodes share is gone for all, or for one. */
const databaseDown: Fault = (faults) => {
  const { random, world } = faults;
  const { database } = world;
  const place = chance(random, 0.5) ? undefined : faults.place();
  const lengthMs = between(random, 3, 60) * SECOND;
  if (database === undefined) return;
  world.unwrittenUntil = Math.max(world.unwrittenUntil, world.now + lengthMs);
  const down = new Condition(
    () => database.down(place),
    () => database.up(place),
  );
  faults.during(`database out of reach${place === undefined ? '' : ` of ${place.name}`}`, lengthMs, down);
};

/** Somebody goes on at another computer, and so at another node: first there, then away here, or the other way round. */
export const agentMoves: Fault = (faults) => {
  const { random, world } = faults;
  const { loginId } = pick(random, CENTRE.users);
  const page = world.desktops.get(loginId);
  if (page === undefined || !page.process.running) return;
  const others = world.places.filter(
    ({ host, node }) => host !== page.host && node?.process.running === true,
  );
  if (others.length === 0) return;
  const { host } = pick(random, others);
  const pauseMs = between(random, -5_000, 20_000);
  faults.at(
    `${loginId} goes from ${page.host} to ${host}, there ${pauseMs} ms after leaving`,
    () => {
      const leave = () => {
        if (!page.process.running) return page.process.kill();
        page.controller.suspend();
        world.clock.schedule(100, () => page.process.kill());
      };
      const come = () => {
        if (world.desktops.get(loginId) === page) void world.openBrowser(loginId, undefined, host).signIn();
      };
      world.clock.schedule(Math.max(0, -pauseMs), leave);
      world.clock.schedule(Math.max(0, pauseMs), come);
    },
    true,
  );
};

/** A node and the page of somebody who works there are gone in one moment; he for good: the other nodes have to see to him. */
export const nodeAndClientKilled: Fault = (faults) => {
  const { random, world } = faults;
  const place = faults.place();
  const page = pick(
    random,
    [...world.desktops.values()].filter(({ host }) => host === place.host),
  );
  if (place.node === undefined || page === undefined || world.now >= BURSTS[0].until) return;
  const lengthMs = between(random, 2, 90) * SECOND;
  faults.at(`client of ${page.loginId} killed with its node, for good`, () => page.process.kill(), true);
  faults.gone.add(page.loginId);
  world.desktops.delete(page.loginId);
  const isLost = chance(random, 0.5);
  const down = new Condition(
    () => world.killNode(place),
    () => void world.startNode(place),
  );
  if (isLost) {
    place.disk = new Disk();
    world.lostAt = world.now;
  }
  faults.during(`${place.name} killed${isLost ? ', its disk lost,' : ''}`, lengthMs, down);
};

/**
 * A node stands still, for so long that the others take it for gone, and its host answers nothing. Our pages move; of some that are gone in the same
 * moment nobody can know whether they wait for it still, as a foreign client does: it comes to another node as late as it can, or never.
 */
export const nodeSilent: Fault = (faults) => {
  const { random, world } = faults;
  const { name, host, node } = faults.place();
  if (node === undefined) return;
  const lengthMs = between(random, 80, 240) * SECOND;
  const page = pick(
    random,
    [...world.desktops.values()].filter((one) => one.host === host && one.isLive),
  );
  const backAfterMs = chance(random, 0.5) ? between(random, 70, 150) * SECOND : undefined;
  faults.during(
    `${name} stands still, and its host answers nothing,`,
    lengthMs,
    faults.freezing(node.process),
  );
  if (page === undefined || world.now >= BURSTS[0].until) return;
  const { loginId } = page;
  const isBack = backAfterMs === undefined ? 'for good' : `another one after ${backAfterMs} ms`;
  faults.at(`client of ${loginId} killed, ${isBack}`, () => page.process.kill(), true);
  faults.gone.add(loginId);
  world.desktops.delete(loginId);
  if (backAfterMs === undefined) return;
  world.clock.schedule(backAfterMs, () => {
    faults.gone.delete(loginId);
    if (!world.desktops.has(loginId)) void world.openBrowser(loginId).signIn();
  });
};

/** Somebody has the page open at two nodes, and both are gone in one moment, for good: both nodes wait for him. */
export const agentAtTwoNodes: Fault = (faults) => {
  const { random, world } = faults;
  const { loginId } = pick(random, CENTRE.users);
  const page = world.desktops.get(loginId);
  if (page === undefined || !page.isLive || world.now >= BURSTS[0].until) return;
  const others = world.places.filter(
    ({ host, node }) => host !== page.host && node?.process.running === true,
  );
  if (others.length === 0) return;
  const { host } = pick(random, others);
  const second = world.openBrowser(loginId, undefined, host);
  void second.signIn();
  const both = new Condition(
    () => {},
    () => {
      page.process.kill();
      if (world.desktops.get(loginId) !== second) return;
      second.process.kill();
      world.desktops.delete(loginId);
      faults.gone.add(loginId);
    },
  );
  const lengthMs = between(random, 5, 40) * SECOND;
  faults.during(`${loginId} is at ${page.host} and ${host}, until both are killed,`, lengthMs, both, true);
};

/** The desktops of a node move to another one, then it is stopped. */
export const nodeDrained: Fault = (faults) => {
  const { world } = faults;
  const place = faults.place();
  const { node } = place;
  if (node === undefined || !node.process.running || !node.desk.maintenance.start()) return;
  faults.at(`${place.name} in maintenance mode`, () => {});
  world.clock.schedule(between(faults.random, 2, 30) * SECOND, () => {
    if (place.node === node) node.desk.maintenance.end();
  });
};

/** With the faults that a single node has. */
export const NODE_FAULTS: readonly Fault[] = [
  ...FAULTS,
  ...(
    [
      [nodeCutOff, 6],
      [lineSlow, 2],
      [hubDown, 3],
      [bucketsEmptied, 3],
      [nodesApart, 2],
      [nodeIsland, 4],
      [databaseDown, 2],
      [agentMoves, 6],
      [nodeAndClientKilled, 4],
      [agentAtTwoNodes, 4],
      [nodeDrained, 1],
    ] as const
  ).flatMap(([fault, weight]) => Array.from({ length: weight }, () => fault)),
  // Nodes are lost more often than where there is one.
  ...Array.from({ length: 3 }, (): Fault => (faults) => faults.nodeRestarted(faults)),
  (faults) => faults.nodeFrozen(faults),
  nodeSilent,
];
