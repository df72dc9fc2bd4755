// A run: fault after fault under traffic, and after each of them the invariants.
import { performance } from 'node:perf_hooks';
import { partsOf } from './faults.mjs';
import { REASON_CODES } from './rig.mjs';
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
/** An agent is signed in and without a call within so many ms, when a fault demands it; calls are over by then. */
const IDLE_MS = 30_000;
/** Faults that overlap begin within so many ms of each other, times of the product. */
const APART_MS = 3_000;

/** So long after a fault its clients may lose a session that they had not missed: what was on its way has come by then. */
const MAY_BE_LOST_MS = { sdk: AGREE_MS, foreign: COME_BACK_MS };

/** States that only a call explains. */
const BUSY = new Set(['RESERVED', 'TALKING', 'HOLD', 'WORK', 'WORK_READY']);
const CARRIES_REASON = new Set(['LOGOUT', 'NOT_READY']);
/** Targets whose faults are outages of what all clients, or those of a node, work with. */
const SYSTEM = new Set(['server', 'cti', 'node', 'nodes']);
const isOutage = ({ target, serves }) => SYSTEM.has(target) && serves !== true;
/**
 * Nodes that did not see each other sign nobody out for so long after they do again: 15 s until all of them are there, 30 s until who was kept back is
 * asked for once more (docs/cluster.md, *Rules*).
 */
const DEFERRED_MS = 48_000;

export class Campaign {
  #rig;
  #random;
  #traffic;
  #broken;
  #say;
  /** { fault, healed: ms per desk, inServiceMs, noticedMs } of each fault so far. */
  results = [];
  /** Faults that last, and when the last one was over; the same of the server and the CTI side. */
  #lasting = 0;
  #over = 0;
  #outageOver = 0;
  #watching = false;
  /** Desk → until when it may lose its session, ms. */
  #disturbed = new Map();
  #steps = 0;
  /** When everything was well after the last step, ms since 1970. */
  #wellSince = Date.now();
  /** Sign-outs that a fault demanded so far, and those of them that could not be looked at, in words. */
  demands = 0;
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
    const { desks } = this.#rig;
    await until(
      'every client has its session',
      () => this.#rig.isListening && desks.every(({ picture }) => picture),
    );
    this.#traffic.start();
    // Not all at one time: some sign out again meanwhile.
    const waiting = new Set(desks);
    await until('every agent is signed in', () => {
      for (const desk of waiting) if (desk.state !== '' && desk.state !== 'LOGOUT') waiting.delete(desk);
      return waiting.size === 0;
    });
    this.#watching = true;
    this.#wellSince = Date.now();
    this.#over = performance.now();
    for (const desk of desks) {
      desk.onLost = (what) => this.#lost(desk, what);
      void this.#watch(desk);
    }
  }

  /** Whoever is away has no claim to stay signed in: that it went must be the doing of a fault. */
  #lost(desk, what) {
    if (!this.#watching || performance.now() <= (this.#disturbed.get(desk) ?? 0)) return;
    this.#broken(`${desk.name}: ${what}, and there was no fault`, desk);
  }

  /**
   * From when on a desk can be held to what it shows. Ours has to know when its connection is dead. One that nobody here wrote may take it for a
   * living one, where it sends no pings: its session of before the fault counts from the next word on that its line brings it, and in any case when it
   * should have come back.
   */
  #answerableFrom(desk, over) {
    if (isOurs(desk)) return over;
    if (desk.presentSince > over) return desk.presentSince;
    return desk.heardAt ?? over + COME_BACK_MS;
  }

  /** A state, or a call, that is wrong for too long at a desk, also under load. */
  async #watch(desk) {
    /** Since when they have not been right, by number of the call; '' is the state. */
    const wrong = new Map();
    while (this.#watching) {
      await sleep(WATCH_MS);
      const ours = this.#shown(desk);
      const theirs = await this.#believed(desk);
      const now = performance.now();
      if (this.#lasting > 0 || ours === null || theirs === null) {
        wrong.clear();
        continue;
      }
      const [shown, believed] = [ours, theirs].map(linesOf);
      // Asked for while the client's picture changed.
      if (ours !== this.#shown(desk)) continue;
      for (const id of new Set([...shown.keys(), ...believed.keys(), ...wrong.keys()])) {
        if (shown.get(id) === believed.get(id)) {
          wrong.delete(id);
          continue;
        }
        const since = wrong.get(id) ?? now;
        wrong.set(id, since);
        if (now - Math.max(since, desk.presentSince, this.#answerableFrom(desk, this.#over)) <= AGREE_MS)
          continue;
        this.#broken(
          `under load ${desk.name} shows “${shown.get(id) ?? ''}”, the CTI server believes “${believed.get(id) ?? ''}”, for ${seconds(now - since)}`,
          desk,
        );
        wrong.delete(id);
      }
    }
  }

  /** What a desk shows, the reason beside the state; null while it does not know. */
  #shown(desk) {
    const { picture } = desk;
    return picture === null ? null : picture.replace(/^\w*/, `$& ${this.#reasonShown(desk)}`);
  }

  /** States in calls carry no reason. */
  #reasonShown({ state, reason }) {
    return CARRIES_REASON.has(state) ? reason : '';
  }

  /** What a desk should show, for what the CTI server believes; null while nobody knows. */
  async #believed(desk) {
    const { belief } = this.#rig;
    const picture = await belief.pictureOf(desk, desk.watched).catch(() => null);
    if (picture === null) return null;
    const stands = belief.reasonOf(desk.agent);
    const shown = this.#reasonShown(desk);
    const state = /^\w*/.exec(picture)[0];
    let reason = '';
    // After a call the state of before is told with its reason; one that nobody heard is not compared.
    if (CARRIES_REASON.has(state)) {
      if (stands === null) reason = shown;
      // GED-188 asks for states without their reasons: a recovery does not know them.
      else if (shown === '' && (this.#lasting > 0 || stands.at < this.#outageOver + AGREE_MS)) reason = '';
      // Codes without a record of the team's are not printed.
      else if (stands.reason !== 0 && (REASON_CODES.has(stands.reason) || shown !== ''))
        reason = String(stands.reason);
    }
    return picture.replace(/^\w*/, `$& ${reason}`);
  }

  /** Several faults at once, each at a target of its own. */
  async step(names, step) {
    // Each step draws from streams of its own: it is the same whether those before it were run or not.
    const plan = this.#random(`targets ${step}`);
    const free = plan.shuffled(this.#rig.desks);
    const freeNodes = plan.shuffled(this.#rig.nodes ?? []);
    const faults = names.flatMap((name) => {
      const named = this.#rig.options.faults.find((one) => one.name === name);
      return partsOf(named).map((fault, i, parts) => {
        const random = this.#random(`${name} ${i} ${step}`);
        const desk = fault.target === 'desk' ? free.pop() : null;
        let node = fault.target === 'node' ? freeNodes.pop() : null;
        if (fault.withNode) node = this.#rig.nodes.find(({ host }) => host === desk.at);
        const apartMs = parts.length > 1 ? random.between(0, APART_MS) * this.#rig.timings.scale : 0;
        return { fault, desk, node, random, apartMs, name };
      });
    });
    for (const { fault, desk } of faults) if (fault.signsOut) this.#traffic.spared.add(desk);
    this.#traffic.start();
    const isLong = this.#steps++ % LONG_BEFORE_EVERY === 0;
    await sleep(plan.between(...(isLong ? LONG_BEFORE_MS : BEFORE_MS)));
    if (isLong) await this.#rig.compare(this.#wellSince, AGREE_MS);
    // Before any of them, or they would not overlap.
    await Promise.all(faults.map(({ fault, desk }) => (fault.signsOut ? idle(desk) : null)));
    for (const one of faults) one.touched = this.#rig.touched(one.fault, one.desk, one.node);
    // Whoever must not notice anything is looked at all the time.
    const isNoticed = faults.some(({ fault }) => fault.serves !== true);
    if (isNoticed) this.#lasting += 1;
    this.#disturbs(faults, Number.POSITIVE_INFINITY);
    // A sign-out can be demanded only when server and CTI side are well again.
    const demands = faults.some(({ fault }) => fault.signsOut);
    const defers = ({ defers }) => demands && defers === true;
    const outages = faults.filter(({ fault }) => isOutage(fault) || defers(fault));
    const outagesOver = Promise.all(
      outages.map((one) => new Promise((done) => Object.assign(one, { done }))),
    ).then(() => performance.now());
    const lasted = await Promise.all(
      faults.map((one) =>
        this.#fault(one, outagesOver).finally(() =>
          setTimeout(() => one.done?.(), defers(one.fault) ? DEFERRED_MS : 0),
        ),
      ),
    );
    const over = performance.now();
    this.#over = over;
    for (const desk of this.#rig.desks) desk.listen();
    this.#disturbs(faults, over);
    const outageOver = outages.length > 0 ? await outagesOver : 0;
    if (isNoticed) this.#lasting -= 1;
    this.#traffic.pause();
    const [inServiceMs, healed] = await Promise.all([this.#inService(over), this.#agreement(over)]);
    this.#back();
    this.#signOuts(faults, over, outageOver);
    this.#traffic.spared.clear();
    await this.#nobodyStuck();
    await this.#requests();
    this.#wellSince = Date.now();
    for (const [i, { fault, desk, node, noticedMs, name, told }] of faults.entries()) {
      const target = desk?.name ?? node?.name ?? fault.target;
      const who = `${fault.name === name ? '' : `${fault.name} `}${target}`;
      const of = fault.target === 'desk' ? healed.filter((one) => one.desk === desk) : healed;
      const healings = of.map(({ desk: { kind }, ms, backMs }) => ({ kind, ms, afterReturnMs: ms - backMs }));
      const result = { fault: name, healings, healed: of.map(({ ms }) => ms), inServiceMs, noticedMs };
      this.results.push(result);
      const last = of.toSorted((a, b) => b.ms - a.ms)[0];
      this.#say(
        `${name} (${who}): lasted ${seconds(lasted[i])}, in service after ${Math.round(inServiceMs)} ms, ` +
          `pictures equal after ${Math.round(last?.ms ?? 0)} ms` +
          (last === undefined ? '' : ` (${last.desk.name}, back after ${Math.round(last.backMs)} ms)`) +
          (noticedMs === undefined ? '' : `, signed out ${Math.round(noticedMs)} ms after the grace`) +
          (told === undefined ? '' : `, ${told}`),
      );
    }
  }

  /** @param over when the faults are over, ms */
  #disturbs(faults, over) {
    for (const { touched } of faults)
      for (const one of touched)
        this.#disturbed.set(one, over + (isOurs(one) ? MAY_BE_LOST_MS.sdk : MAY_BE_LOST_MS.foreign));
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
        picture = await belief.pictureOf(desk).catch(() => '?');
        if (/^LOGOUT\b/.test(picture)) break;
        if (desk.state === 'NOT_READY') await changeState(desk, 'LOGOUT');
        else if (desk.dialogs.size === 0) await changeState(desk, 'NOT_READY');
        else {
          const [id] = desk.dialogs.keys();
          await drop(desk, id);
        }
        await sleep(200);
      } while (performance.now() < end);
      if (!/^LOGOUT\b/.test(picture)) this.#broken(`${desk.name} is stuck: the CTI server says ${picture}`);
    }
    await this.#agreement(performance.now());
    await this.#requests();
  }

  /** @param outagesOver settles when the faults of server and CTI side that are part of the step are over */
  async #fault(one, outagesOver) {
    const { fault, desk, node, random, apartMs, touched } = one;
    const { belief } = this.#rig;
    const absences = [];
    const absent = () => {
      for (const gone of touched) {
        // Who works at another node by then is back, whatever becomes of his own.
        const moves = node !== null || fault.moves === true;
        const absence = { from: performance.now(), to: null, moves };
        gone.absences.push(absence);
        absences.push(absence);
      }
    };
    await sleep(apartMs);
    // As it was before: what has become of the agent meanwhile is the matter of the check.
    if (fault.target === 'desk') one.before = await belief.pictureOf(desk).catch(() => null);
    one.began = performance.now();
    if (fault.away === 'begin') absent();
    one.told = await fault.run({ rig: this.#rig, desk, node, random, outagesOver });
    if (fault.away === 'end') absent();
    one.over = performance.now();
    if (isOutage(fault)) this.#outageOver = one.over;
    if (fault.returned !== undefined && !fault.returned(desk, one.began))
      this.#broken(
        `${desk.name} was not back ${seconds(one.over - one.began)} after ${fault.name} began`,
        desk,
      );
    for (const absence of absences) absence.over = one.over;
    return one.over - one.began;
  }

  /** Whoever was away is back since the session of now began, or since the fault was over when it survived. */
  #back() {
    const { belief, desks, timings } = this.#rig;
    for (const desk of desks)
      for (const absence of desk.absences) {
        if (absence.to !== null) continue;
        const moved = absence.moves && desk.presentSince > absence.from;
        absence.to = moved ? desk.presentSince : Math.max(absence.over, desk.presentSince);
        // A sign-out during a call waits for its end, also when the agent is back by then.
        const signedOutFrom = absence.from + timings.grace;
        const follows =
          absence.to >= signedOutFrom && belief.wasBusy(desk.agent, signedOutFrom, absence.to) !== false;
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
      const ours = this.#shown(desk);
      const theirs = await this.#believed(desk);
      const now = performance.now();
      if (ours !== null && ours === theirs && ours === this.#shown(desk))
        return { desk, ms: now - over, backMs: Math.max(0, desk.presentSince - over) };
      if (!desk.present && now - over > (isOurs(desk) ? AGREE_MS : COME_BACK_MS)) {
        this.#broken(`${desk.name} did not come back`, desk);
        return null;
      }
      if (desk.present && now - this.#answerableFrom(desk, over) > AGREE_MS) {
        this.#broken(
          `${desk.name} shows “${printed(ours)}”, the CTI server believes “${printed(theirs)}”`,
          desk,
        );
        return null;
      }
      if (now - over > COME_BACK_MS + AGREE_MS) {
        this.#broken(`${desk.name} comes and goes, and was never right`, desk);
        return null;
      }
      await sleep(LOOK_MS);
    }
  }

  /** No wrongful sign-out, no missing one. */
  #signOuts(faults, over, outageOver) {
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
    this.#rig.review(forced);
    for (const one of faults) {
      const { fault, desk, before, began, over: end } = one;
      if (fault.target !== 'desk' || fault.away !== 'begin' || fault.moves === true) continue;
      const out = forced.find(({ agent, at }) => agent === desk.agent && at >= began);
      const noticed =
        fault.noticedMs?.() ?? (fault.leaves ? 0 : noticedAfterMs(timings, desk.door, fault.silent === true));
      const demanded = end - Math.max(began, outageOver) > noticed + timings.grace + signOutSlackMs;
      if (demanded) this.demands += 1;
      if (out !== undefined) {
        // Some sign out before they have to.
        const from = out.at - timings.grace < outageOver ? began : Math.max(began, outageOver);
        one.noticedMs = out.at - from - timings.grace;
        continue;
      }
      if (!demanded) continue;
      const why = this.#whyNotChecked(desk, before, began, end);
      if (why === null) {
        this.#broken(`${desk.name} was away for ${seconds(end - began)} and was not signed out`, desk);
        continue;
      }
      const sentence = `${fault.name} (${desk.name}): ${why}`;
      this.notChecked.push(sentence);
      this.#say(`not checked whether it was signed out: ${sentence}`);
    }
  }

  /** Why an agent need not have been signed out by force, or null. */
  #whyNotChecked(desk, before, began, end) {
    if (before === null) return 'nobody knows how it was before';
    if (before.startsWith('LOGOUT')) return 'it was signed out before';
    if (before.includes('\n') || BUSY.has(before)) return 'it had a call before';
    const busy = this.#rig.belief.wasBusy(desk.agent, began, end);
    if (busy === null) return 'what became of it was not heard';
    return busy ? 'a call came meanwhile' : null;
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

/** Our SDK; the others were written by others. */
const isOurs = ({ kind }) => kind.startsWith('sdk');

/** The state with its reason by '', each call by its number, each member of a team. */
const linesOf = (picture) =>
  new Map(picture.split('\n').map((line) => [/^(\d+|member \d+): /.exec(line)?.[1] ?? '', line]));

/** Signed in, Not Ready and in no call, as far as that can be had. */
async function idle(desk) {
  let asked = false;
  for (const end = performance.now() + IDLE_MS; performance.now() < end; ) {
    if (asked && desk.state === 'NOT_READY' && desk.dialogs.size === 0) return;
    if (desk.state === 'LOGOUT') await changeState(desk, 'LOGIN');
    // Also of one who is Not Ready already, perhaps by force: a sign-out would change nothing.
    else if (desk.dialogs.size === 0) asked = (await changeState(desk, 'NOT_READY')).status === 202;
    else for (const [id, { actions }] of desk.dialogs) if (actions.includes('DROP')) await drop(desk, id);
    await sleep(200);
  }
}

const drop = (desk, id) =>
  desk.request(
    'PUT',
    `Dialog/${id}`,
    `<Dialog><requestedAction>DROP</requestedAction><targetMediaAddress>${desk.extension}</targetMediaAddress></Dialog>`,
  );

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
