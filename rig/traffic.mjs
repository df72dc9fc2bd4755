// Simulated customers, and agents who answer, hold, end, change their states, sign out and in again: at random, from the seed.
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';

const CUSTOMERS_MS = [400, 1_600];
const STEP_MS = [30, 200];
/** Most calls are short; some are long enough that what is wrong about them stays wrong. */
const TALK_S = [1, 8];
const LONG_TALK_S = [14, 25];
const LONG = 0.3;
/** While nobody answers, and on hold; of those who are put on hold for long. */
const PATIENCE_S = [3, 10];
const LONG_PATIENCE_S = [20, 25];
/** What agents do with those: as callVariable1 says, they leave them as they are, or put them on hold and leave them so. */
const LEFT = { talk: 'long', hold: 'long, held' };
const DIALLED = '6003';

/** What an agent does with a dialog, by the state of the own leg: action → how often. The rest of the time nothing. */
const DIALOG_HABITS = {
  ALERTING: { ANSWER: 0.7 },
  ACTIVE: { HOLD: 0.15, DROP: 0.15, UPDATE_CALL_DATA: 0.05 },
  HELD: { RETRIEVE: 0.4, DROP: 0.1 },
};
/** The same with the own state: state → how often. */
const STATE_HABITS = {
  LOGOUT: { LOGIN: 0.6 },
  NOT_READY: { READY: 0.5, LOGOUT: 0.03 },
  READY: { NOT_READY: 0.08 },
  WORK: { READY: 0.5 },
  WORK_READY: { READY: 0.5 },
};

export class Traffic {
  #rig;
  #random;
  #running = false;
  calls = 0;
  /** Desks whose agents are called by nobody, and do nothing by themselves. */
  spared = new Set();

  constructor(rig, random) {
    this.#rig = rig;
    this.#random = random;
  }

  start() {
    if (this.#running) return;
    this.#running = true;
    void this.#customers();
    void this.#agents();
  }

  /** No further customers and no further requests; calls that go on go on. */
  pause() {
    this.#running = false;
  }

  /** A command of `poise sim` over the control socket of the CTI server. */
  simulate(command, args) {
    const { directory } = this.#rig;
    const token = readFileSync(join(directory, 'data/control-cti.token'), 'utf8').trim();
    return new Promise((done, fail) => {
      const socket = net.connect(join(directory, 'data/control-cti.sock'));
      let answer = '';
      socket.setTimeout(2_000, () => socket.destroy(new Error('no answer')));
      socket.on('error', fail);
      socket.on('close', () => fail(new Error('closed')));
      socket.on('connect', () => socket.write(`${JSON.stringify({ token, command, arguments: args })}\n`));
      socket.on('data', (chunk) => {
        answer += chunk;
        if (!answer.includes('\n')) return;
        const { ok, result, error } = JSON.parse(answer);
        if (ok) done(result);
        else fail(new Error(`${command}: ${error}`));
        socket.destroy();
      });
    });
  }

  async #customers() {
    const { desks } = this.#rig;
    while (this.#running) {
      await sleep(this.#random.between(...CUSTOMERS_MS));
      if (!this.#running) return;
      const direct = this.#random.next() < 0.7 ? null : this.#random.pick(desks);
      const to = direct === null || this.spared.has(direct) ? DIALLED : direct.extension;
      const isLong = this.#random.next() < LONG;
      const left = !isLong ? '' : this.#random.next() < 0.5 ? LEFT.talk : LEFT.hold;
      const order = {
        to,
        talk: `${Math.round(this.#random.between(...(isLong ? LONG_TALK_S : TALK_S)))}s`,
        patience: `${Math.round(this.#random.between(...(left === LEFT.hold ? LONG_PATIENCE_S : PATIENCE_S)))}s`,
        variables: { callVariable1: `customer ${++this.calls} ${left}`.trimEnd() },
      };
      // While the CTI server is away nobody can call.
      await this.simulate('sim.call', order).catch(() => {});
    }
  }

  async #agents() {
    const { desks } = this.#rig;
    while (this.#running) {
      await sleep(this.#random.between(...STEP_MS));
      const desk = this.#random.pick(desks);
      const chance = this.#random.next();
      if (!desk.running || !desk.present || !desk.complete || desk.busy || this.spared.has(desk)) continue;
      desk.busy = true;
      void this.#step(desk, chance).finally(() => {
        desk.busy = false;
      });
    }
  }

  async #step(desk, chance) {
    for (const [id, { own, actions, line }] of desk.dialogs) {
      const action = chosen(habitsWith(own, line), chance);
      if (action === null || !actions.includes(action)) continue;
      await desk.request('PUT', `Dialog/${id}`, dialogBody(action, desk.extension));
      return;
    }
    const state = chosen(STATE_HABITS[desk.state], chance);
    if (state !== null) await changeState(desk, state);
  }
}

/** Resolves with the answer to the request. */
export function changeState(desk, state) {
  const extension = state === 'LOGIN' ? `<extension>${desk.extension}</extension>` : '';
  const reason = desk.nextReason(state);
  const why = reason === undefined ? '' : `<reasonCodeId>${reason}</reasonCodeId>`;
  return desk.request('PUT', `User/${desk.agent}`, `<User><state>${state}</state>${extension}${why}</User>`);
}

function dialogBody(action, extension) {
  const data =
    action === 'UPDATE_CALL_DATA'
      ? '<mediaProperties><callvariables><CallVariable><name>callVariable1</name><value>seen</value></CallVariable></callvariables></mediaProperties>'
      : '';
  return `<Dialog><requestedAction>${action}</requestedAction><targetMediaAddress>${extension}</targetMediaAddress>${data}</Dialog>`;
}

/** Where nobody does anything for long, what is shown wrongly stays so. */
function habitsWith(own, line) {
  if (own === 'ALERTING' || !line.includes(` ${LEFT.talk}`)) return DIALOG_HABITS[own];
  return own === 'ACTIVE' && line.includes(` ${LEFT.hold}`) ? { HOLD: 0.4 } : {};
}

/** The habit that the chance falls on, or null. */
function chosen(habits = {}, chance = 1) {
  let sum = 0;
  for (const [name, share] of Object.entries(habits)) {
    sum += share;
    if (chance < sum) return name;
  }
  return null;
}

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
