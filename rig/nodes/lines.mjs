// Faults of the lines between a node and what it works with (docs/faults.md, section 4): cut, silent, silent in one direction, slow.
// What the properties of a fault mean stands in ../faults.mjs and ./faults.mjs.
import { during, pause, sleep, stalls } from '../faults.mjs';
import { noticedAfterMs } from '../timings.mjs';
import { apart, backWhenSettled, long, lost, moved, withoutNats, withoutPostgres } from './health.mjs';

/** Each direction, ms. */
const SLOW_MS = 200;
/** Beyond the time of a sign-out, so that a wrongful one is seen. */
const OVER_MS = 5_000;

/** What a line does: its name, how it is made so, and in words; `toNear` leads to whoever the line begins at. */
const habitsOf = (near) => [
  ['cut', (line) => line.cut(), 'is cut'],
  ['black-hole', (line) => line.blackHole(), 'accepts and delivers nothing, and is reset at the end'],
  ['silence', (line) => line.stall(), 'delivers nothing, and then everything'],
  ['deaf', (line) => line.stall('toNear'), `delivers nothing to ${near}, and everything from it`],
  ['mute', (line) => line.stall('toFar'), `delivers nothing from ${near}, and everything to it`],
];
const HABITS = habitsOf('the node');

const slow = (line) => line.delay(SLOW_MS);
const heal = (lines) => {
  for (const line of lines) line.heal();
};

const toNats = HABITS.map(([name, begin, what]) => ({
  name: `node-nats-${name}`,
  target: 'node',
  away: 'never',
  serves: true,
  defers: true,
  what: `the line of one node to NATS ${what}, for 60 s: it serves on, says so, and signs nobody out whom others could have`,
  needs: withoutNats,
  run: ({ rig, node }) =>
    apart(
      rig,
      [node],
      () => begin(node.natsLine),
      () => node.natsLine.heal(),
      long(rig, 60),
    ),
}));

const toPostgres = HABITS.map(([name, begin, what]) => ({
  name: `node-postgres-${name}`,
  target: 'node',
  away: 'never',
  serves: true,
  what: `the line of one node to PostgreSQL ${what}, for 30 s`,
  needs: withoutPostgres,
  run: ({ rig, node }) => during([node.postgresLine], begin, pause(rig, 30)),
}));

/** A node that stands alone: whoever works at it has to go to another one, or to wait. */
const toCti = HABITS.map(([name, begin, what]) => ({
  name: `node-cti-${name}`,
  target: 'node',
  away: 'never',
  what: `the lines of one node to both sides of the CTI server: each ${what}, for 40 s; the others have theirs`,
  async run({ rig, node }) {
    lost(rig, node);
    await during(node.ctiLines, begin, pause(rig, 40));
    void backWhenSettled(rig, node);
  },
}));

/** A client whose node lives, and is out of its reach: it has to be at another one, and the node that it left may not sign it out. */
const toClient = habitsOf('the client').map(([name, begin, what]) => ({
  name: `client-node-${name}`,
  target: 'desk',
  away: 'begin',
  silent: name !== 'cut',
  moves: true,
  what: `the line between a client and its node ${what}, until the node would have signed it out; its lines to other nodes are well`,
  async run({ rig, desk }) {
    const node = rig.nodes.find(({ host }) => host === desk.at);
    const lines = [desk.rest, desk.xmpp].map((all) => all[desk.hosts.indexOf(node.host)]);
    const { timings } = rig;
    const began = performance.now();
    const enough = sleep(noticedAfterMs(timings, desk.door, name !== 'cut') + timings.grace + OVER_MS);
    let told;
    const tell = async () => {
      told = await moved(rig, node, [desk], began);
    };
    await during(
      lines,
      begin,
      // Silence has to be noticed first, which each client does in its own time.
      Promise.all([enough, name === 'cut' ? tell() : null]),
    );
    return told;
  },
}));

/** Nodes among themselves. */
const betweenNodes = [
  {
    name: 'node-cut-node',
    target: 'nodes',
    away: 'never',
    serves: true,
    what: 'no node reaches another one by the questions of a pair, for 20 s',
    run: ({ rig }) => during(peerLines(rig), (line) => line.cut(), pause(rig, 20)),
  },
  {
    name: 'nodes-apart',
    target: 'nodes',
    away: 'never',
    serves: true,
    defers: true,
    what: 'no node reaches another one, neither over NATS nor by questions, for 60 s: all serve on, and nobody is signed out',
    needs: withoutNats,
    run: ({ rig }) => aparts(rig, rig.nodes, [...peerLines(rig), ...natsLines(rig)], long(rig, 60)),
  },
  {
    name: 'node-island',
    target: 'node',
    away: 'never',
    serves: true,
    defers: true,
    what: 'neither NATS nor another node reaches one node, its agents, the CTI server and PostgreSQL do, for three grace periods and 40 s (without PostgreSQL for one): nobody is signed out',
    needs: withoutNats,
    run({ rig, node }) {
      const questions = peerLines(rig).filter(({ ends }) => ends.includes(node));
      const { grace } = rig.timings;
      // Without PostgreSQL it is taken for dead, and its users are signed out 10 s after this time. With it those who wait for them ask twice.
      const ms = rig.postgres === null ? grace : 3 * grace + 40_000;
      return aparts(rig, [node], [node.natsLine, ...questions], ms);
    },
  },
];

const peerLines = (rig) => rig.nodes.flatMap((node) => node.peerLines);
const natsLines = (rig) => rig.nodes.map(({ natsLine }) => natsLine);

const aparts = (rig, nodes, lines, ms) =>
  apart(
    rig,
    nodes,
    () => {
      for (const line of lines) line.cut();
    },
    () => heal(lines),
    ms,
  );

/** Slow lines, and such that lose segments: everything arrives, late. */
const slowLines = [
  ...[
    ['nats', 'NATS', ({ natsLine }) => [natsLine], withoutNats],
    ['postgres', 'PostgreSQL', ({ postgresLine }) => [postgresLine], withoutPostgres],
    ['cti', 'both sides of the CTI server', ({ ctiLines }) => ctiLines],
  ].flatMap(([name, what, linesOf, needs]) => [
    {
      name: `node-${name}-delay`,
      target: 'node',
      away: 'never',
      serves: true,
      what: `each direction between one node and ${what} takes ${SLOW_MS} ms, for 30 s`,
      needs,
      run: ({ rig, node }) => during(linesOf(node), slow, pause(rig, 30)),
    },
    {
      name: `node-${name}-loss`,
      target: 'node',
      away: 'never',
      what: `what is between one node and ${what} stalls three times for 2 to 5 s, and then delivers everything`,
      needs,
      async run({ rig, node, random }) {
        // Words may come too late to be of use.
        rig.ledger.apart(node.host, 'fault', true);
        await stalls(rig, linesOf(node), random);
        rig.ledger.apart(node.host, 'fault', false);
      },
    },
  ]),
  {
    name: 'nats-delay',
    target: 'nats',
    away: 'never',
    serves: true,
    what: `each direction between NATS and every node takes ${SLOW_MS} ms, for 30 s`,
    needs: withoutNats,
    run: ({ rig }) => during(natsLines(rig), slow, pause(rig, 30)),
  },
];

export const LINE_FAULTS = [...toNats, ...toPostgres, ...toCti, ...toClient, ...betweenNodes, ...slowLines];
