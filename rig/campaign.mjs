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
/** Every third step has traffic alone for so long that a wrong picture shows. */
const LONG_BEFORE_MS = [14_000, 16_000];
const LONG_BEFORE_EVERY = 3;
/** While the traffic goes on the pictures are looked at so often. */
const WATCH_MS = 200;
/** A sign-out that waits for the end of a call comes by then. */
const MAY_FOLLOW_MS = 60_000;
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
  /** Faults that last, and when the last one was over, of all desks and of each. */
  #lasting = 0;
  #over = 0;
  #watching = false;
  #steps = 0;
  /** Demands that could not be looked at, in words. */
  notChecked = [];

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
    this.#watching = true;
    this.#over = performance.now();
    for (const desk of desks) void this.#watch(desk);
  }

  /** A state, or a call, that is wrong for too long at a desk, also under load. */
  async #watch(desk) {
    /** Since when they have not been right, by number of the call; '' is the state. */
    const wrong = new Map();
    while (this.#watching) {
      await sleep(WATCH_MS);
      const ours = desk.picture;
      const theirs = await this.#rig.belief.pictureOf(desk.agent).catch(() => null);
      const now = performance.now();
      if (this.#lasting > 0 || ours === null || theirs === null) {
        wrong.clear();
        continue;
      }
      const [shown, believed] = [ours, theirs].map(linesOf);
      for (const id of new Set([...shown.keys(), ...believed.keys(), ...wrong.keys()])) {
        if (shown.get(id) === believed.get(id)) {
          wrong.delete(id);
          continue;
        }
        const since = wrong.get(id) ?? now;
        wrong.set(id, since);
        if (now - Math.max(since, this.#over, desk.presentSince) <= AGREE_MS) continue;
        this.#broken(
          `under load ${desk.name} shows “${shown.get(id) ?? ''}”, the CTI server believes “${believed.get(id) ?? ''}”, for ${seconds(now - since)}`,
          desk,
        );
        wrong.delete(id);
      }
    }
  }

  /** Several faults at once, each at a target of its own. */
  async step(names, step) {
    // Each step draws from streams of its own: it is the same whether those before it were run or not.
    const plan = this.#random(`targets ${step}`);
    const free = plan.shuffled(this.#rig.desks);
    const faults = names.map((name) => {
      const fault = FAULTS.find((one) => one.name === name);
      const random = this.#random(`${name} ${step}`);
      return { fault, desk: fault.target === 'desk' ? free.pop() : null, random };
    });
    this.#traffic.start();
    await sleep(plan.between(...(this.#steps++ % LONG_BEFORE_EVERY === 0 ? LONG_BEFORE_MS : BEFORE_MS)));
    this.#lasting += 1;
    const lasted = await Promise.all(faults.map((one) => this.#fault(one)));
    const over = performance.now();
    this.#over = over;
    this.#lasting -= 1;
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
    this.#watching = false;
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
    if (fault.signsOut) await idle(desk);
    if (fault.target === 'desk') one.before = await belief.pictureOf(desk.agent).catch(() => null);
    one.began = performance.now();
    if (fault.away === 'begin') absent();
    await fault.run({ rig: this.#rig, desk, random });
    if (fault.away === 'end') absent();
    one.over = performance.now();
    if (fault.returns && desk.presentSince < one.began)
      this.#broken(
        `${desk.name} had no new session ${seconds(one.over - one.began)} after ${fault.name}`,
        desk,
      );
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
        const follows = absence.to - absence.from >= timings.grace && isBusy(desk);
        absence.mayFollowUntil = follows ? absence.to + MAY_FOLLOW_MS : 0;
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
      if (now - over > COME_BACK_MS + AGREE_MS) {
        this.#broken(`${desk.name} comes and goes, and was never right`, desk);
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
        ({ from, to, mayFollowUntil }) =>
          at >= from + timings.grace - LOOK_MS && at <= Math.max(mayFollowUntil ?? 0, to + signOutSlackMs),
      );
      if (cause !== undefined) cause.mayFollowUntil = 0;
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
      if (fault.signsOut && (!wasIn || isBusy(desk))) {
        const sentence = `${fault.name} (${desk.name}): the sign-out is not checked, ${wasIn ? 'a call was there' : 'nobody was signed in'}`;
        this.notChecked.push(sentence);
        this.#say(sentence);
      }
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

/** The state by '', and each call by its number. */
const linesOf = (picture) =>
  new Map(picture.split('\n').map((line) => [/^(\d+): /.exec(line)?.[1] ?? '', line]));

/** Signed in, Not Ready and in no call, as far as that can be had within some seconds. */
async function idle(desk) {
  let asked = false;
  for (const end = performance.now() + AGREE_MS; performance.now() < end; ) {
    if (asked && desk.state === 'NOT_READY' && desk.dialogs.size === 0) return;
    if (desk.state === 'LOGOUT') await changeState(desk, 'LOGIN');
    // Also of one who is Not Ready already, perhaps by force: a sign-out would change nothing.
    else if (desk.dialogs.size === 0) asked = (await changeState(desk, 'NOT_READY')).status === 202;
    await sleep(200);
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
