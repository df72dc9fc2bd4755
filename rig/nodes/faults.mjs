// The named faults of several nodes (docs/faults.md, section 4). What their properties mean stands in ../faults.mjs; beside those:
//
//   target   node: one node, chosen from the seed; nodes: all of them; nats, postgres: what they share
//   defers   while it lasts, and for a while afterwards, nobody is signed out by force, because nobody knows who is at other nodes
//   moves    whoever it takes from its node works at another one, and may not be signed out from then on
//   serves   whoever works at a node notices nothing: no session is lost, no picture is wrong while it lasts
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { clockSteps, FAULTS, fill, pause, sleep, withoutFaketime } from '../faults.mjs';
import {
  apart,
  backWhenSettled,
  INHERITED_MS,
  kill,
  long,
  lost,
  moved,
  startAgain,
  withoutNats,
  withoutPostgres,
} from './health.mjs';
import { LINE_FAULTS } from './lines.mjs';

/** Of the faults of one node those of clients and of the CTI side, whatever is behind them. */
const ALSO_HERE = FAULTS.filter(({ target }) => ['desk', 'desks', 'cti'].includes(target));
const FREEZES = [20, 90, 200];

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
    name: 'nats-kill',
    target: 'nats',
    away: 'never',
    serves: true,
    defers: true,
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
    defers: true,
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
    defers: true,
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
    defers: true,
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
  ...['notification', 'webservices'].map((part) => ({
    name: `node-stop-${part}`,
    target: 'node',
    away: 'begin',
    what: `the part ${part} of one node is stopped alone for 5 to 20 s (poise service)`,
    async run({ rig, node, random }) {
      lost(rig, node);
      await service(rig, node, 'stop', part);
      await pause(rig, random.between(5, 20));
      await service(rig, node, 'start', part);
      void backWhenSettled(rig, node);
    },
  })),
  {
    name: 'node-disk-full',
    target: 'node',
    away: 'never',
    what: 'no byte is free in the data directory of one node for 20 s',
    needs: ({ smallDisk }) => smallDisk,
    disk: true,
    async run({ rig, node }) {
      const filler = join(node.data, 'filler');
      fill(filler);
      await pause(rig, 20);
      rmSync(filler, { force: true });
    },
  },
  ...LINE_FAULTS,
];

async function service(rig, node, verb, part) {
  const { status, text } = await rig.command(node, ['service', verb, part]);
  if (status !== 0) rig.broken(`${node.name}: poise service ${verb} ${part} ended with ${status}: ${text}`);
}

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
  ['client-kill-for-long', 'node-nats-cut'],
  ['client-leave', 'nodes-apart'],
  ['client-silence-for-long', 'nats-freeze'],
  ['node-kill', 'node-freeze-20'],
  ['node-kill', 'node-kill'],
  ['node-kill', 'node-clock-step'],
  ['node-kill', 'node-nats-deaf'],
  ['node-kill-for-long', 'node-postgres-black-hole'],
  ['node-freeze-20', 'cti-kill'],
  ['node-cti-deaf', 'node-nats-mute'],
  ['node-drain', 'cti-reset'],
  ['cti-cut-both', 'nats-kill'],
  ['nats-kill', 'postgres-kill'],
];

const ALL = [...SINGLE, ...ALSO_HERE];

export const NODE_FAULTS = [
  ...ALL,
  ...TOGETHER.map((names) => {
    const parts = names.map((name) => ALL.find((one) => one.name === name));
    return { name: `both-${names.join('+')}`, target: 'both', parts, what: 'both of them, within 3 s' };
  }),
];
