// The named faults of several nodes (docs/faults.md, section 4). What their properties mean stands in ../faults.mjs; beside those:
//
//   target   node: one node, chosen from the seed; nodes: all of them; nats, postgres: what they share
//   serves   whoever works at a node notices nothing: no session is lost, no picture is wrong while it lasts
import { clockSteps, FAULTS, pause, sleep, withoutFaketime } from '../faults.mjs';

/** Of the faults of one node those that are faults of clients and of the CTI side, whatever is behind them. */
const ALSO_HERE = [
  'client-kill',
  'client-kill-for-long',
  'client-refresh',
  'client-leave',
  'client-reset',
  'client-black-hole',
  'client-silence',
  'client-new-address',
  'clients-reset',
  'clients-silence',
  'cti-kill',
  'cti-freeze-20',
  'cti-reset',
  'cti-cut-both',
  'cti-silence',
  'cti-clock-step',
];
const FREEZES = [20, 90, 200];
/** Ours works at another node by then, with a whole picture. */
const MOVED_MS = 10_000;
/** An entry of a dead node is gone by then, and its heirs have looked (docs/cluster.md). */
const INHERITED_MS = 15_000;
/** Health tells by then that something is out of reach, or within reach again. */
const TOLD_MS = 20_000;
/** In service for so long without a break. */
const SETTLED_MS = 4_000;
const LOOK_MS = 50;
const STARTED_MS = 60_000;
const RESTART_MS = 1_000;

const withoutNats = ({ nats }) => nats;
const withoutPostgres = ({ postgres }) => postgres;
const lost = (rig, node) => rig.ledger.away(node.host, true);
const back = (rig, node) => rig.ledger.away(node.host, false);

/** A node that stood still is in service by its own word before it has looked: it is back once it has been so for a while. */
async function backWhenSettled(rig, node) {
  let since = null;
  for (const end = performance.now() + TOLD_MS; performance.now() < end; await sleep(LOOK_MS)) {
    if ((await rig.statusOf(node)) !== 'IN_SERVICE') since = null;
    else since ??= performance.now();
    if (since !== null && performance.now() - since > SETTLED_MS) break;
  }
  back(rig, node);
}

async function kill(rig, node) {
  lost(rig, node);
  await node.process.kill();
}

async function startAgain(rig, node) {
  rig.ledger.forget(node.host);
  const isInService = async () => {
    // Without its database it does not start; whoever watches over services starts it again.
    if (!node.process.running) {
      await sleep(RESTART_MS);
      node.process.start();
    }
    // It prints that it is in service when all of its parts are, and serves before that where NATS is away.
    return (await rig.statusOf(node)) === 'IN_SERVICE';
  };
  node.process.start();
  if (!(await until(isInService, STARTED_MS)))
    rig.broken(`${node.name} is not in service ${STARTED_MS / 1_000} s after its start`);
  back(rig, node);
}

async function until(holds, ms) {
  const end = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > end) return false;
    await sleep(LOOK_MS);
  }
  return true;
}

/** Waits until whoever was at the node works at another one. @returns in words how long that took */
async function moved(rig, node, desks, since) {
  const times = [];
  await Promise.all(
    desks.map(async (desk) => {
      const isThere = () => desk.at !== node.host && desk.picture !== null;
      if (await until(isThere, MOVED_MS - (performance.now() - since))) times.push(performance.now() - since);
      else
        rig.broken(`${desk.name} works at no other node ${MOVED_MS / 1_000} s after ${node.name} died`, desk);
    }),
  );
  return times.length === 0
    ? 'nobody had to move'
    : `moved after ${Math.round(Math.max(...times))} ms at most`;
}

/** While a part of the nodes is out of reach each of them says so, and is ready again afterwards. */
async function whilePartIsLost(rig, nodes, part, ms) {
  const began = performance.now();
  const isToldOf = nodes.map((node) =>
    until(async () => (await rig.healthOf(node, part))?.ready === false, ms),
  );
  const told = await Promise.all(isToldOf);
  // A short outage may pass unseen; a long one may not.
  for (const [i, isTold] of told.entries())
    if (!isTold && ms >= TOLD_MS)
      rig.broken(`${nodes[i].name} does not say in its health that ${part} is out of reach`);
  await sleep(Math.max(0, ms - (performance.now() - began)));
}

async function ready(rig, nodes, part) {
  for (const node of nodes)
    if (!(await until(async () => (await rig.healthOf(node, part))?.ready !== false, TOLD_MS)))
      rig.broken(
        `${node.name}: ${part} is not well ${TOLD_MS / 1_000} s after the fault: ${(await rig.healthOf(node, part))?.reason}`,
      );
}

/** Nodes that do not hear of each other. */
async function apart(rig, nodes, begin, end, ms) {
  for (const { host } of nodes) rig.ledger.apart(host, 'fault', true);
  await begin();
  await whilePartIsLost(rig, nodes, 'cluster', ms);
  await end();
  await ready(rig, nodes, 'cluster');
  for (const { host } of nodes) rig.ledger.apart(host, 'fault', false);
}

/** Long enough that health has to tell of it, however much is shortened. */
const long = (rig, seconds) => Math.max(TOLD_MS, seconds * 1_000 * rig.timings.scale);

const SINGLE = [
  {
    name: 'node-kill',
    target: 'node',
    away: 'begin',
    what: 'kill -9 of a node, started again after 1 to 10 s',
    async run({ rig, node, random }) {
      await kill(rig, node);
      await pause(rig, random.between(1, 10));
      await startAgain(rig, node);
    },
  },
  {
    name: 'node-kill-for-long',
    target: 'node',
    away: 'begin',
    what: 'kill -9 of a node, started again when all of its desks work at another one',
    async run({ rig, node }) {
      const desks = rig.desksAt(node);
      const began = performance.now();
      await kill(rig, node);
      const told = await moved(rig, node, desks, began);
      await pause(rig, 20);
      await startAgain(rig, node);
      return told;
    },
  },
  {
    name: 'node-kill-with-client',
    target: 'desk',
    withNode: true,
    away: 'begin',
    signsOut: true,
    what: 'a client and its node are killed at one moment: another node signs the agent out, once',
    needs: withoutNats,
    noticedMs: () => INHERITED_MS,
    async run({ rig, desk, node }) {
      await Promise.all([desk.kill(), kill(rig, node)]);
      await sleep(INHERITED_MS + rig.timings.grace + rig.signOutSlackMs + 2_000);
      await startAgain(rig, node);
      await desk.start();
    },
  },
  ...FREEZES.map((seconds) => ({
    name: `node-freeze-${seconds}`,
    target: 'node',
    away: 'begin',
    silent: true,
    what: `SIGSTOP of a node for ${seconds} s, then SIGCONT: nobody is signed out by what it believes`,
    async run({ rig, node }) {
      lost(rig, node);
      node.process.freeze();
      await pause(rig, seconds);
      node.process.thaw();
      void backWhenSettled(rig, node);
    },
  })),
  {
    name: 'nodes-kill',
    target: 'nodes',
    away: 'end',
    what: 'kill -9 of all nodes, started again after 1 to 10 s',
    async run({ rig, random }) {
      await Promise.all(rig.nodes.map((node) => kill(rig, node)));
      await pause(rig, random.between(1, 10));
      await Promise.all(rig.nodes.map((node) => startAgain(rig, node)));
    },
  },
  {
    name: 'node-drain',
    target: 'node',
    away: 'begin',
    what: 'the desktops of a node are moved (poise drain), it is stopped in good order and started again',
    async run({ rig, node }) {
      const began = performance.now();
      // Also where nobody has to move it takes the time of the announcement.
      const { status, text } = await rig.command(node, ['drain']);
      if (status !== 0) rig.broken(`${node.name} was not drained (status ${status}): ${text}`);
      const told = `drained after ${Math.round(performance.now() - began)} ms`;
      lost(rig, node);
      await node.process.endInOrder();
      await startAgain(rig, node);
      return told;
    },
  },
  {
    name: 'node-clock-step',
    target: 'node',
    away: 'never',
    serves: true,
    what: 'the wall clock of one node goes an hour forward, then to an hour back, then right',
    needs: withoutFaketime,
    preload: true,
    run: ({ rig, node }) => clockSteps(rig, node.name),
  },
  {
    name: 'node-cut-node',
    target: 'nodes',
    away: 'never',
    serves: true,
    what: 'no node reaches another one by the questions of a pair, for 20 s',
    async run({ rig }) {
      const lines = rig.nodes.flatMap(({ peerLines }) => peerLines);
      for (const line of lines) line.cut();
      await pause(rig, 20);
      for (const line of lines) line.heal();
    },
  },
  ...[
    ['cut', 'cut', 'one node is cut off from NATS'],
    ['black-hole', 'blackHole', 'the line of one node to NATS accepts and delivers nothing'],
  ].map(([name, how, what]) => ({
    name: `node-nats-${name}`,
    target: 'node',
    away: 'never',
    serves: true,
    what: `${what} for 60 s: it serves on, says so, and signs nobody out whom others could have`,
    needs: withoutNats,
    run: ({ rig, node }) =>
      apart(
        rig,
        [node],
        () => node.natsLine[how](),
        () => node.natsLine.heal(),
        long(rig, 60),
      ),
  })),
  {
    name: 'nats-kill',
    target: 'nats',
    away: 'never',
    serves: true,
    what: 'kill -9 of NATS, started again after 40 s',
    needs: withoutNats,
    run: ({ rig }) =>
      apart(
        rig,
        rig.nodes,
        () => rig.nats.kill(),
        () => rig.nats.start(),
        long(rig, 40),
      ),
  },
  {
    name: 'nats-data-lost',
    target: 'nats',
    away: 'never',
    serves: true,
    what: 'kill -9 of NATS, started again after 5 s with nothing of what it kept: each node writes its own again',
    needs: withoutNats,
    run: ({ rig }) =>
      apart(
        rig,
        rig.nodes,
        async () => {
          await rig.nats.kill();
          rig.nats.forget();
        },
        () => rig.nats.start(),
        5_000 * rig.timings.scale,
      ),
  },
  {
    name: 'nats-emptied',
    target: 'nats',
    away: 'never',
    serves: true,
    what: 'all buckets are emptied by hand while everything runs',
    needs: withoutNats,
    run: ({ rig }) =>
      apart(
        rig,
        rig.nodes,
        () => rig.emptyBuckets(),
        () => {},
        1_000,
      ),
  },
  {
    name: 'nats-freeze',
    target: 'nats',
    away: 'never',
    serves: true,
    what: 'SIGSTOP of NATS for 60 s, then SIGCONT',
    needs: withoutNats,
    run: ({ rig }) =>
      apart(
        rig,
        rig.nodes,
        () => rig.nats.freeze(),
        () => rig.nats.thaw(),
        long(rig, 60),
      ),
  },
  {
    name: 'postgres-kill',
    target: 'postgres',
    away: 'never',
    serves: true,
    what: 'kill -9 of PostgreSQL, started again after 20 s',
    needs: withoutPostgres,
    async run({ rig }) {
      await rig.postgres.kill();
      await pause(rig, 20);
      await rig.postgres.start();
    },
  },
  {
    name: 'postgres-freeze',
    target: 'postgres',
    away: 'never',
    serves: true,
    what: 'SIGSTOP of PostgreSQL for 30 s, then SIGCONT',
    needs: withoutPostgres,
    async run({ rig }) {
      rig.postgres.freeze();
      await pause(rig, 30);
      rig.postgres.thaw();
    },
  },
  {
    name: 'node-postgres-cut',
    target: 'node',
    away: 'never',
    serves: true,
    what: 'one node is cut off from PostgreSQL for 30 s',
    needs: withoutPostgres,
    async run({ rig, node }) {
      node.postgresLine.cut();
      await pause(rig, 30);
      node.postgresLine.heal();
    },
  },
  {
    name: 'node-cti-cut',
    target: 'node',
    away: 'never',
    what: 'one node alone loses both sides of the CTI server for 40 s; the others have them',
    async run({ rig, node }) {
      lost(rig, node);
      for (const line of node.ctiLines) line.cut();
      await pause(rig, 40);
      for (const line of node.ctiLines) line.heal();
      void backWhenSettled(rig, node);
    },
  },
  {
    name: 'node-cti-silence',
    target: 'node',
    away: 'never',
    what: 'the lines of one node to the CTI server deliver nothing for 40 s, and then everything',
    async run({ rig, node }) {
      lost(rig, node);
      for (const line of node.ctiLines) line.stall();
      await pause(rig, 40);
      for (const line of node.ctiLines) line.heal();
      void backWhenSettled(rig, node);
    },
  },
];

/** Faults that overlap; two of nodes fall to different nodes. */
const TOGETHER = [
  ['client-kill-for-long', 'node-kill'],
  ['client-leave', 'node-freeze-20'],
  ['client-refresh', 'node-kill-for-long'],
  ['node-kill', 'cti-reset'],
  ['node-kill', 'cti-kill'],
  ['node-kill-for-long', 'node-cut-node'],
  ['node-kill', 'nats-kill'],
  ['node-kill', 'node-nats-cut'],
  ['node-freeze-20', 'nats-data-lost'],
  ['node-kill', 'postgres-kill'],
  ['client-leave', 'nats-kill'],
];

const ALL = [...SINGLE, ...ALSO_HERE.map((name) => FAULTS.find((one) => one.name === name))];

export const NODE_FAULTS = [
  ...ALL,
  ...TOGETHER.map((names) => {
    const parts = names.map((name) => ALL.find((one) => one.name === name));
    return { name: `both-${names.join('+')}`, target: 'both', parts, what: 'both of them, within 3 s' };
  }),
];
