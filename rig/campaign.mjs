// A run: fault after fault under traffic, and after each of them the invariants.
import { performance } from 'node:perf_hooks';
import { FAULTS } from './faults.mjs';
import { noticedAfterMs } from './timings.mjs';
import { changeState, Traffic } from './traffic.mjs';

/** A desktop shows what the CTI server believes so many ms after the fault is over. */
const AGREE_MS = 10_000;
/** A client that nobody here wrote has its own idea of when to come back; after this it never will. */
const COME_BACK_MS = 60_000;
const IN_SERVICE_MS = 10_000;
const QUIET_MS = 60_000;
const BEFORE_MS = [1_000, 3_000];
const LOOK_MS = 40;

/** States that only a call explains. */
const BUSY = new Set(['RESERVED', 'TALKING', 'HOLD', 'WORK', 'WORK_READY']);

export class Campaign {
  #rig;
  #random;
  #traffic;
  #broken;
  #say;
  /** { fault, healed: ms per desk, inServiceMs, noticedMs } of each fault so far. */
  results = [];

  constructor(rig, random, { broken, say }) {
    this.#rig = rig;
    this.#random = random;
    this.#broken = broken;
    this.#say = say;
    this.#traffic = new Traffic(rig, random('traffic'));
  }

  get calls() {
    return this.#traffic.calls;
  }

  /** Everybody is at a desk and signed in. */
  async begin() {
    const { desks, witness } = this.#rig;
    await until(
      'every client has its session',
      () => witness.listening && desks.every(({ picture }) => picture),
    );
    this.#traffic.start();
    await until('every agent is signed in', () => desks.every(({ state }) => state !== 'LOGOUT'));
  }

  /** Several faults at once, each at a target of its own. */
  async step(names) {
    const plan = this.#random('targets');
    const free = plan.shuffled(this.#rig.desks);
    const faults = names.map((name) => {
      const fault = FAULTS.find((one) => one.name === name);
      return { fault, desk: fault.target === 'desk' ? free.pop() : null, random: this.#random(name) };
    });
    this.#traffic.start();
    await sleep(plan.between(...BEFORE_MS));
    const lasted = await Promise.all(faults.map((one) => this.#fault(one)));
    const over = performance.now();
    this.#traffic.pause();
    const [inServiceMs, healed] = await Promise.all([this.#inService(over), this.#agreement(over)]);
    this.#back();
    this.#signOuts(faults, over);
    await this.#nobodyStuck();
    await this.#requests();
    for (const [i, { fault, desk, noticedMs }] of faults.entries()) {
      const who = fault.target === 'desk' ? desk.name : fault.target;
      const of = fault.target === 'desk' ? healed.filter((one) => one.desk === desk) : healed;
      const healings = of.map(({ desk: { kind }, ms, backMs }) => ({ kind, ms, afterReturnMs: ms - backMs }));
      const result = { fault: fault.name, healings, healed: of.map(({ ms }) => ms), inServiceMs, noticedMs };
      this.results.push(result);
      const last = of.toSorted((a, b) => b.ms - a.ms)[0];
      this.#say(
        `${fault.name} (${who}): lasted ${seconds(lasted[i])}, in service after ${Math.round(inServiceMs)} ms, ` +
          `pictures equal after ${Math.round(last?.ms ?? 0)} ms` +
          (last === undefined ? '' : ` (${last.desk.name}, back after ${Math.round(last.backMs)} ms)`) +
          (noticedMs === undefined ? '' : `, signed out ${Math.round(noticedMs)} ms after the grace`),
      );
    }
  }

  /** Calls end, agents sign out, and nothing is left. */
  async end() {
    this.#traffic.pause();
    const { desks, belief } = this.#rig;
    await this.#traffic
      .simulate('sim.stop', {})
      .catch((error) => this.#broken(`customers cannot be stopped: ${error}`));
    for (const desk of desks) {
      const end = performance.now() + QUIET_MS;
      let picture;
      do {
        await sleep(LOOK_MS);
        picture = await belief.pictureOf(desk.agent).catch(() => '?');
        if (picture === 'LOGOUT') break;
        if (desk.state === 'NOT_READY') await changeState(desk, 'LOGOUT');
        else if (desk.dialogs.size === 0) await changeState(desk, 'NOT_READY');
        else {
          const [id] = desk.dialogs.keys();
          const body = `<Dialog><requestedAction>DROP</requestedAction><targetMediaAddress>${desk.agent}</targetMediaAddress></Dialog>`;
          await desk.request('PUT', `Dialog/${id}`, body);
        }
        await sleep(200);
      } while (performance.now() < end);
      if (picture !== 'LOGOUT') this.#broken(`${desk.name} is stuck: the CTI server says ${picture}`);
    }
    await this.#agreement(performance.now());
    await this.#requests();
  }

  async #fault(one) {
    const { fault, desk, random } = one;
    const began = performance.now();
    const { desks, belief } = this.#rig;
    const affected = fault.target === 'desk' ? [desk] : desks;
    const absent = () => {
      for (const gone of affected) gone.absences.push({ from: performance.now(), to: null });
    };
    if (fault.target === 'desk') one.before = await belief.pictureOf(desk.agent).catch(() => null);
    one.began = performance.now();
    if (fault.away === 'begin') absent();
    await fault.run({ rig: this.#rig, desk, random });
    if (fault.away === 'end') absent();
    one.over = performance.now();
    for (const gone of affected) for (const absence of gone.absences) absence.over ??= one.over;
    return performance.now() - began;
  }

  /** Whoever was away is back since the session of now began, or since the fault was over when it survived. */
  #back() {
    const { desks, timings } = this.#rig;
    for (const desk of desks)
      for (const absence of desk.absences) {
        if (absence.to !== null) continue;
        absence.to = Math.max(absence.over, desk.presentSince);
        // A sign-out during a call waits for its end, also when the agent is back by then.
        absence.mayFollow = absence.to - absence.from >= timings.grace && isBusy(desk);
      }
  }

  async #inService(over) {
    while ((await this.#rig.systemStatus()) !== 'IN_SERVICE') {
      if (performance.now() - over > IN_SERVICE_MS) {
        this.#broken(`not in service ${seconds(IN_SERVICE_MS)} after the fault`);
        return Number.NaN;
      }
      await sleep(LOOK_MS);
    }
    return performance.now() - over;
  }

  /** @returns for each desk, in ms after the fault: when it showed what the CTI server believes, and when it was back before that */
  async #agreement(over) {
    const healed = await Promise.all(this.#rig.desks.map((desk) => this.#agrees(desk, over)));
    return healed.filter((one) => one !== null);
  }

  async #agrees(desk, over) {
    for (;;) {
      const ours = desk.picture;
      const theirs = await this.#rig.belief.pictureOf(desk.agent).catch(() => null);
      const now = performance.now();
      if (ours !== null && ours === theirs && ours === desk.picture)
        return { desk, ms: now - over, backMs: Math.max(0, desk.presentSince - over) };
      const ownFault = desk.kind.startsWith('sdk');
      if (!desk.present && now - over > (ownFault ? AGREE_MS : COME_BACK_MS)) {
        this.#broken(`${desk.name} did not come back`, desk);
        return null;
      }
      if (desk.present && now - Math.max(over, ownFault ? over : desk.presentSince) > AGREE_MS) {
        this.#broken(
          `${desk.name} shows “${printed(ours)}”, the CTI server believes “${printed(theirs)}”`,
          desk,
        );
        return null;
      }
      await sleep(LOOK_MS);
    }
  }

  /** No wrongful sign-out, no missing one. */
  #signOuts(faults, over) {
    const { belief, desks, timings, signOutSlackMs } = this.#rig;
    const forced = belief.forced.splice(0);
    for (const { agent, at, reason } of forced) {
      const desk = desks.find((one) => one.agent === agent);
      const cause = desk?.absences.find(
        ({ from, to, mayFollow }) =>
          at >= from + timings.grace - LOOK_MS && (mayFollow || at <= to + signOutSlackMs),
      );
      if (cause !== undefined) cause.mayFollow = false;
      else
        this.#broken(
          `${desk?.name ?? agent} was signed out wrongly (reason ${reason}), ${seconds(over - at)} before the fault was over`,
          desk,
        );
    }
    for (const one of faults) {
      const { fault, desk, before, began, over: end } = one;
      if (fault.target !== 'desk' || fault.away !== 'begin') continue;
      const out = forced.find(({ agent, at }) => agent === desk.agent && at >= began);
      const noticed = fault.leaves ? 0 : noticedAfterMs(timings, desk.door, fault.silent === true);
      if (out !== undefined) {
        one.noticedMs = out.at - began - timings.grace;
        continue;
      }
      const wasIn = before !== null && !before.startsWith('LOGOUT');
      if (wasIn && !isBusy(desk) && end - began > noticed + timings.grace + signOutSlackMs)
        this.#broken(`${desk.name} was away for ${seconds(end - began)} and was not signed out`, desk);
    }
  }

  /** Everybody who is in no call can do something, and has an answer to it. */
  async #nobodyStuck() {
    const stuck = async (desk) => {
      const end = performance.now() + AGREE_MS;
      for (;;) {
        const state = desk.state === 'LOGOUT' ? 'LOGIN' : 'NOT_READY';
        if (desk.dialogs.size > 0) return;
        const { status } = await changeState(desk, state);
        if (status === 202) return;
        if (performance.now() > end) {
          this.#broken(`${desk.name} is stuck in ${desk.state}: ${state} is answered with ${status}`, desk);
          return;
        }
        await sleep(200);
      }
    };
    await Promise.all(this.#rig.desks.map(stuck));
  }

  async #requests() {
    const { ledger } = this.#rig;
    while (ledger.waiting > 0) await sleep(LOOK_MS);
    ledger.check();
  }
}

const isBusy = ({ state, dialogs }) => BUSY.has(state) || dialogs.size > 0;

async function until(what, holds, ms = 60_000) {
  const end = performance.now() + ms;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await sleep(LOOK_MS);
  }
}

const printed = (picture) => (picture === null ? 'nothing' : picture.replaceAll('\n', ' | '));
const seconds = (ms) => `${(ms / 1_000).toFixed(1)} s`;
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
