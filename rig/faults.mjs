// The named faults. Each is begun and ended by itself; while it lasts the traffic goes on.
//
//   target   desk: one client, chosen from the seed; desks: all of them; server: webservices and notification service;
//            cti: the CTI server, or the lines to its two sides
//   away     begin: from its begin on the server may count the clients as gone; end: only when it is over (the server itself
//            was away, and owes everybody a fresh grace); never: nobody may be signed out for it
//   signsOut it may last so long that its agent must be signed out: it is made Not Ready, and called by nobody, before
//   returned whether a client is back (`(desk, since) → boolean`); it has to be, at the end
//   parts    faults that happen together, each of them with all that holds for it
//   silent   nothing tells the server that the client is gone
//   needs    why it cannot be had here, or null
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WRONG_HABITS } from './cti-line.mjs';
import { noticedAfterMs } from './timings.mjs';

/** Clock of the server set forward, and back beyond where it was, s. */
const CLOCK_STEPS = [3_600, -7_200];
const FREEZES = [20, 90, 200];
const STALLS = 3;
const FILL_BYTES = 1024 * 1024;

/** How long one takes: seconds of the product's timings, fewer with `--fast`. */
export const pause = (rig, seconds) => sleep(seconds * 1_000 * rig.timings.scale);
export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Long enough that the server has to sign the agent out, once it is well itself. */
async function longAway({ rig, desk, outagesOver }, silent) {
  await outagesOver;
  await sleep(
    noticedAfterMs(rig.timings, desk.door, silent) + rig.timings.grace + rig.signOutSlackMs + 1_000,
  );
}

/** A BOSH session may survive a change of the address: its requests are answered over new connections. */
const isBack = (desk, since) =>
  desk.presentSince >= since || (desk.present && desk.door === 'bosh' && desk.heardAt !== null);

const linesOf = (desks) => desks.flatMap(({ lines }) => lines);

export async function stalls(rig, lines, random) {
  for (let i = 0; i < STALLS; i++) {
    for (const line of lines) line.stall();
    await pause(rig, random.between(2, 5));
    for (const line of lines) line.heal();
    await pause(rig, random.between(1, 3));
  }
}

export async function during(lines, begin, wait) {
  for (const line of lines) begin(line);
  await wait;
  for (const line of lines) line.heal();
}

const freezes = (target, away) =>
  FREEZES.map((seconds) => ({
    name: `${target === 'desk' ? 'client' : target}-freeze-${seconds}`,
    target,
    away,
    silent: true,
    signsOut: target === 'desk' && seconds >= 200,
    what: `SIGSTOP for ${seconds} s, then SIGCONT`,
    seconds,
    async run({ rig, desk }) {
      const process = desk ?? (target === 'server' ? rig.server : rig.cti);
      process.freeze();
      await pause(rig, seconds);
      process.thaw();
    },
  }));

const SINGLE = [
  {
    name: 'client-kill',
    target: 'desk',
    away: 'begin',
    what: 'kill -9, started again after 2 to 40 s',
    async run({ rig, desk, random }) {
      await desk.kill();
      await pause(rig, random.between(2, 40));
      await desk.start();
    },
  },
  {
    name: 'client-kill-for-long',
    target: 'desk',
    away: 'begin',
    signsOut: true,
    what: 'kill -9, started again when its agent must have been signed out',
    async run(here) {
      await here.desk.kill();
      await longAway(here, false);
      await here.desk.start();
    },
  },
  {
    name: 'client-refresh',
    target: 'desk',
    away: 'begin',
    what: 'the session is ended in good order and comes back after 1 to 5 s, as a reloaded page does',
    async run({ rig, desk, random }) {
      await desk.leave();
      await pause(rig, random.between(1, 5));
      await desk.start();
    },
  },
  {
    name: 'client-leave',
    target: 'desk',
    away: 'begin',
    leaves: true,
    signsOut: true,
    what: 'the session is ended in good order; its agent must be signed out after the grace',
    async run({ rig, desk, outagesOver }) {
      await desk.leave();
      await outagesOver;
      await sleep(rig.timings.grace + rig.signOutSlackMs + 1_000);
      await desk.start();
    },
  },
  ...freezes('desk', 'begin'),
  {
    name: 'client-reset',
    target: 'desk',
    away: 'begin',
    what: 'every connection of the client is reset (RST)',
    async run({ desk }) {
      for (const line of desk.lines) line.reset();
    },
  },
  {
    name: 'client-black-hole',
    target: 'desk',
    away: 'begin',
    silent: true,
    what: 'its line accepts connections and delivers nothing for 20 s; they are reset afterwards',
    run: ({ rig, desk }) => during(desk.lines, (line) => line.blackHole(), pause(rig, 20)),
  },
  {
    name: 'client-black-hole-for-long',
    target: 'desk',
    away: 'begin',
    signsOut: true,
    silent: true,
    what: 'the same until its agent must have been signed out',
    run: (here) => during(here.desk.lines, (line) => line.blackHole(), longAway(here, true)),
  },
  {
    name: 'client-silence',
    target: 'desk',
    away: 'begin',
    silent: true,
    what: 'its line delivers nothing for 20 s, and then everything: nobody is told of the hole by a reset',
    run: ({ rig, desk }) => during(desk.lines, (line) => line.stall(), pause(rig, 20)),
  },
  {
    name: 'client-silence-for-long',
    target: 'desk',
    away: 'begin',
    signsOut: true,
    silent: true,
    what: 'the same until its agent must have been signed out',
    run: (here) => during(here.desk.lines, (line) => line.stall(), longAway(here, true)),
  },
  ...[
    ['deaf', 'toNear', 'delivers nothing to it'],
    ['mute', 'toFar', 'delivers nothing from it'],
  ].map(([name, way, what]) => ({
    name: `client-${name}`,
    target: 'desk',
    away: 'begin',
    silent: true,
    what: `its line ${what} for 20 s, and then everything; the other direction is well`,
    run: ({ rig, desk }) => during(desk.lines, (line) => line.stall(way), pause(rig, 20)),
  })),
  {
    name: 'client-new-address',
    target: 'desk',
    away: 'begin',
    silent: true,
    what: 'its connections are silent for good, new ones work, as after a change of its address',
    returned: isBack,
    async run({ rig, desk }) {
      const began = performance.now();
      for (const line of desk.lines) line.abandon();
      desk.listen();
      // Ours notices within 10 s; the others when their own pings or polls tell.
      const end = began + (desk.kind.startsWith('sdk') ? 10_000 : rig.timings.wait + 60_000);
      while (!isBack(desk, began) && performance.now() < end) await sleep(50);
      if (isBack(desk, began) || desk.kind.startsWith('sdk')) return;
      // A library without pings never notices: somebody starts the program again.
      await desk.kill();
      await desk.start();
      while (!isBack(desk, began) && performance.now() < end + 10_000) await sleep(50);
    },
  },
  {
    name: 'client-idle-cut',
    target: 'desk',
    away: 'begin',
    what: 'for 30 s its line resets every connection over which nothing comes for 5 s, as some proxies do',
    run: ({ rig, desk }) =>
      during(desk.lines, (line) => line.cutIdle(5_000 * rig.timings.scale), pause(rig, 30)),
  },
  {
    name: 'client-delay',
    target: 'desk',
    away: 'never',
    what: 'each direction of its line takes 400 ms, for 15 s',
    run: ({ rig, desk }) => during(desk.lines, (line) => line.delay(400), pause(rig, 15)),
  },
  {
    name: 'client-loss',
    target: 'desk',
    away: 'never',
    what: 'its line stalls three times for 2 to 5 s and then delivers everything',
    run: ({ rig, desk, random }) => stalls(rig, desk.lines, random),
  },
  {
    name: 'client-clock-step',
    target: 'desk',
    away: 'never',
    what: 'the wall clock of the client goes an hour forward, then to an hour back, then right',
    needs: withoutFaketime,
    preload: true,
    run: ({ rig, desk }) => clockSteps(rig, desk.agent),
  },
  {
    name: 'clients-reset',
    target: 'desks',
    away: 'begin',
    what: 'every connection of every client is reset (RST)',
    async run({ rig }) {
      for (const line of linesOf(rig.desks)) line.reset();
    },
  },
  {
    name: 'clients-black-hole',
    target: 'desks',
    away: 'begin',
    silent: true,
    what: 'no line of a client delivers anything for 20 s',
    run: ({ rig }) => during(linesOf(rig.desks), (line) => line.blackHole(), pause(rig, 20)),
  },
  {
    name: 'clients-silence',
    target: 'desks',
    away: 'begin',
    silent: true,
    what: 'no line of a client delivers anything for 20 s, and then everything',
    run: ({ rig }) => during(linesOf(rig.desks), (line) => line.stall(), pause(rig, 20)),
  },
  {
    name: 'server-kill',
    target: 'server',
    away: 'end',
    what: 'kill -9 of webservices and notification service, started again after 1 to 10 s',
    async run({ rig, random }) {
      await rig.server.kill();
      rig.ledger.excuse();
      await pause(rig, random.between(1, 10));
      rig.ledger.forget();
      await rig.server.startUntil(/^poise: IN_SERVICE/m);
    },
  },
  ...freezes('server', 'end'),
  ...['notification', 'webservices'].map((part) => ({
    name: `server-stop-${part}`,
    target: 'server',
    away: 'end',
    what: `the part ${part} is stopped alone for 5 to 20 s (poise service)`,
    needs: ({ services }) => (services ? null : 'this release stops no part alone'),
    async run({ rig, random }) {
      await rig.service('stop', part);
      rig.ledger.excuse();
      await pause(rig, random.between(5, 20));
      await rig.service('start', part);
    },
  })),
  {
    name: 'server-clock-step',
    target: 'server',
    away: 'never',
    what: 'the wall clock of the server goes an hour forward, then to an hour back, then right',
    needs: withoutFaketime,
    preload: true,
    run: ({ rig }) => clockSteps(rig, 'server'),
  },
  {
    name: 'server-disk-full',
    target: 'server',
    away: 'never',
    what: 'no byte is free in the data directory for 20 s',
    needs: ({ smallDisk }) => smallDisk,
    disk: true,
    async run({ rig }) {
      const filler = join(rig.data, 'filler');
      fill(filler);
      await pause(rig, 20);
      rmSync(filler, { force: true });
    },
  },
  {
    name: 'cti-kill',
    target: 'cti',
    away: 'never',
    what: 'kill -9 of the CTI server, which forgets everything; started again after 2 to 10 s',
    async run({ rig, random }) {
      await rig.cti.kill();
      await pause(rig, random.between(2, 10));
      await rig.cti.startUntil(/^poise: IN_SERVICE/m);
    },
  },
  ...freezes('cti', 'never'),
  {
    name: 'cti-reset',
    target: 'cti',
    away: 'never',
    what: 'the connection to the CTI server is reset (RST)',
    async run({ rig }) {
      for (const line of rig.ctiLines) line.reset();
    },
  },
  {
    name: 'cti-cut-side',
    target: 'cti',
    away: 'never',
    what: 'the side in use is cut for 20 s, the other accepts',
    run: ({ rig }) => during(rig.ctiLinesInUse, (line) => line.cut(), pause(rig, 20)),
  },
  {
    name: 'cti-cut-both',
    target: 'cti',
    away: 'never',
    what: 'both sides are cut for 5 to 20 s',
    run: ({ rig, random }) => during(rig.ctiLines, (line) => line.cut(), pause(rig, random.between(5, 20))),
  },
  {
    name: 'cti-black-hole',
    target: 'cti',
    away: 'never',
    what: 'neither side delivers anything for 40 s',
    run: ({ rig }) => during(rig.ctiLines, (line) => line.blackHole(), pause(rig, 40)),
  },
  {
    name: 'cti-black-hole-side',
    target: 'cti',
    away: 'never',
    what: 'the side in use accepts and delivers nothing for 40 s, the other is well',
    run: ({ rig }) => during(rig.ctiLinesInUse, (line) => line.blackHole(), pause(rig, 40)),
  },
  {
    name: 'cti-silence',
    target: 'cti',
    away: 'never',
    what: 'neither side delivers anything for 40 s, and then everything: openings that were given up come after all',
    run: ({ rig }) => during(rig.ctiLines, (line) => line.stall(), pause(rig, 40)),
  },
  {
    name: 'cti-silence-side',
    target: 'cti',
    away: 'never',
    what: 'the side in use accepts and delivers nothing for 40 s, and then everything; the other is well',
    run: ({ rig }) => during(rig.ctiLinesInUse, (line) => line.stall(), pause(rig, 40)),
  },
  ...[
    ['deaf', 'toNear', 'nothing comes from either side'],
    ['mute', 'toFar', 'nothing comes to either side'],
  ].map(([name, way, what]) => ({
    name: `cti-${name}`,
    target: 'cti',
    away: 'never',
    what: `${what} for 40 s, and then everything; the other direction is well`,
    run: ({ rig }) => during(rig.ctiLines, (line) => line.stall(way), pause(rig, 40)),
  })),
  {
    name: 'cti-dead-connection',
    target: 'cti',
    away: 'never',
    what: 'the connection in use is silent for good and nobody is told, as when a firewall forgot it; new ones work',
    async run({ rig }) {
      for (const line of rig.ctiLines) line.abandon();
      // Missed heartbeats tell, three of them and the time of one more.
      await sleep(4 * rig.timings.heartbeat);
    },
  },
  {
    name: 'cti-clock-step',
    target: 'cti',
    away: 'never',
    what: 'the wall clock of the CTI server goes an hour forward, then to an hour back, then right',
    needs: withoutFaketime,
    preload: true,
    run: ({ rig }) => clockSteps(rig, 'cti'),
  },
  {
    name: 'cti-delay',
    target: 'cti',
    away: 'never',
    what: 'each direction to the CTI server takes 300 ms, for 15 s',
    run: ({ rig }) => during(rig.ctiLines, (line) => line.delay(300), pause(rig, 15)),
  },
  {
    name: 'cti-loss',
    target: 'cti',
    away: 'never',
    what: 'the lines to the CTI server stall three times for 2 to 5 s and then deliver everything',
    run: ({ rig, random }) => stalls(rig, rig.ctiLines, random),
  },
  ...WRONG_HABITS.map((habit) => ({
    name: `cti-answers-${habit}`,
    target: 'cti',
    away: 'never',
    what: `half of the answers of the CTI server come ${habit}, also while the link recovers, for 20 s`,
    async run({ rig }) {
      rig.wrongAnswers.habit = habit;
      await pause(rig, 10);
      // A recovery full of such answers; another one follows when they are right again.
      for (const line of rig.ctiLinesInUse) line.reset();
      await sleep(Math.max(10_000 * rig.timings.scale, 1.5 * rig.timings.ctiRequest));
      rig.wrongAnswers.habit = null;
      for (const line of rig.ctiLinesInUse) line.reset();
    },
  })),
];

/** Faults of different targets that overlap. */
const TOGETHER = [
  ['client-kill-for-long', 'cti-cut-both'],
  ['client-leave', 'cti-silence-side'],
  ['client-black-hole', 'cti-cut-side'],
  ['client-new-address', 'cti-reset'],
  ['client-refresh', 'server-kill'],
  ['client-kill-for-long', 'server-kill'],
  ['client-leave', 'server-freeze-20'],
  ['client-silence', 'server-stop-notification'],
  ['server-kill', 'cti-kill'],
  ['server-kill', 'cti-cut-side'],
  ['server-freeze-20', 'cti-reset'],
  ['server-stop-notification', 'cti-silence'],
];

export const FAULTS = [
  ...SINGLE,
  ...TOGETHER.map((names) => {
    const parts = names.map((name) => SINGLE.find((one) => one.name === name));
    return { name: `both-${names.join('+')}`, target: 'both', parts, what: 'both of them, within 3 s' };
  }),
];

/** What a named fault consists of. */
export const partsOf = (fault) => fault.parts ?? [fault];

export async function clockSteps(rig, name) {
  for (const step of [...CLOCK_STEPS.map((_, i) => sum(CLOCK_STEPS.slice(0, i + 1))), 0]) {
    rig.setClock(name, step);
    await pause(rig, 15);
  }
}

export function withoutFaketime({ faketime }) {
  return faketime === null ? 'libfaketime is not installed' : null;
}

const sum = (list) => list.reduce((a, b) => a + b, 0);

/** Writes to the file until nothing more fits on its disk. */
export function fill(file) {
  const block = Buffer.alloc(FILL_BYTES);
  for (let bytes = FILL_BYTES; bytes >= 1; bytes = Math.floor(bytes / 2)) {
    try {
      for (;;) writeFileSync(file, block.subarray(0, bytes), { flag: 'a' });
    } catch (error) {
      if (error.code !== 'ENOSPC') throw error;
    }
  }
}
