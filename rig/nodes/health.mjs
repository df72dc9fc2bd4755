// What happens to a node, and what has to hold of its health meanwhile: shared by all faults of several nodes.
import { sleep } from '../faults.mjs';

/** Ours works at another node by then, with a whole picture. */
const MOVED_MS = 10_000;
/** An entry of a dead node is gone by then, and its heirs have looked (docs/cluster.md). */
export const INHERITED_MS = 15_000;
/** Health tells by then that something is out of reach, or within reach again. */
const TOLD_MS = 20_000;
/** In service for so long without a break. */
const SETTLED_MS = 4_000;
const LOOK_MS = 50;
const STARTED_MS = 60_000;
const RESTART_MS = 1_000;

export const withoutNats = ({ nats }) => nats;
export const withoutPostgres = ({ postgres }) => postgres;
export const lost = (rig, node) => rig.ledger.away(node.host, true);
export const back = (rig, node) => rig.ledger.away(node.host, false);

/** A node that stood still is in service by its own word before it has looked: it is back once it has been so for a while. */
export async function backWhenSettled(rig, node) {
  let since = null;
  for (const end = performance.now() + TOLD_MS; performance.now() < end; await sleep(LOOK_MS)) {
    if ((await rig.statusOf(node)) !== 'IN_SERVICE') since = null;
    else since ??= performance.now();
    if (since !== null && performance.now() - since > SETTLED_MS) break;
  }
  back(rig, node);
}

export async function kill(rig, node) {
  lost(rig, node);
  await node.process.kill();
}

export async function startAgain(rig, node) {
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
export async function moved(rig, node, desks, since) {
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
export async function apart(rig, nodes, begin, end, ms) {
  for (const { host } of nodes) rig.ledger.apart(host, 'fault', true);
  await begin();
  await whilePartIsLost(rig, nodes, 'cluster', ms);
  await end();
  await ready(rig, nodes, 'cluster');
  for (const { host } of nodes) rig.ledger.apart(host, 'fault', false);
}

/** Long enough that health has to tell of it, however much is shortened. */
export const long = (rig, seconds) => Math.max(TOLD_MS, seconds * 1_000 * rig.timings.scale);
