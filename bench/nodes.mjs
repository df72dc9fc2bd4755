#!/usr/bin/env node
// Several nodes of one centre: how long until desktops that lost their node have a right picture at another one, what a fan-out over several
// nodes carries, and what many sessions over four nodes cost.
//
//   node bench/nodes.mjs --measure kill --desktops 500,2000 [--clients light,paced,sdk] [--transport websocket]
//   node bench/nodes.mjs --measure runs --runs 100 --seed 1 [--desktops 40]
//   node bench/nodes.mjs --measure fanout --nodes 1,2,3 [--sessions 600] [--seconds 20] [--pace MS]
//   node bench/nodes.mjs --measure sessions --nodes 4 --sessions 20000 [--seconds 60]
//
// kill: so many desktops at the first of two nodes and a tenth as many at the second, all signed in. The first node is killed; while nobody
// is there a tenth of the agents change their states at the other node. Measured, from the kill: when each desktop shows for good what the CTI
// server believes at the end. Once in clear and once over TLS. Then every agent changes its state once more and has to be answered by one
// Update, and for `presence.grace` and 20 s more nobody may be signed out.
// runs: the same in small, again and again, with the victim, the moment and the restart from the seed. The grace period is short there (`--grace`):
// a wrongful sign-out has to come before the node that has it in mind is killed itself.
// fanout: sessions over 1, 2 and 3 nodes have subscribed to the agents of one team, who change their states as fast as they are answered.
// sessions: memory after all of them are there, processor time while nothing happens, then with 50 changes of state a second.
// Each prints JSON lines, with the load of the machine before it. Clients and servers share the machine.
import { parseArgs } from 'node:util';
import { AgentState } from '@poise/ged188';
import { randomOf } from '../rig/random.mjs';
import { each } from './bench-agent.mjs';
import { FIRST_AGENT, quantiles, round } from './bench-server.mjs';
import { CtiObserver } from './cti-observer.mjs';
import { Centre, engines, machine, openFilesMax } from './nodes-centre.mjs';
import { Crowd } from './nodes-crowd.mjs';
import { LightDesktop, PacedDesktop, SdkDesktop } from './nodes-desks.mjs';

const text = (fallback) => ({ type: 'string', default: fallback });
const { values: opt } = parseArgs({
  options: {
    measure: text('kill'),
    desktops: text('500,2000'),
    clients: text('light'),
    transport: text('websocket'),
    doors: text('clear,tls'),
    nodes: text(''),
    sessions: text(''),
    seconds: text(''),
    runs: text('100'),
    seed: text('1'),
    grace: text('5'),
    wait: text(''),
    pace: text('0'),
    without: text(''),
    offset: text('8000'),
    help: { type: 'boolean', default: false },
  },
});
const MEASURES = { kill, runs, fanout, sessions };
if (opt.help || MEASURES[opt.measure] === undefined) {
  console.log(`usage: node bench/nodes.mjs --measure ${Object.keys(MEASURES).join('|')} [options]
  --desktops N,N       kill, runs: desktops at the node that is killed (default 500,2000; runs: 40)
  --clients light,sdk  kill: light clients go to the other node at once; paced: with the pauses of our SDK; sdk: our SDK (default light)
  --transport T        of the SDK: websocket or bosh
  --doors clear,tls    kill: one measurement each
  --wait S             kill: how long nobody may be signed out afterwards (default: the grace period and 20 s)
  --runs N, --seed N   runs
  --grace S            runs: presence.grace (default 5)
  --nodes N,N          fanout (default 1,2,3), sessions (default 4)
  --sessions N         fanout (default 600), sessions (default 20000)
  --seconds S          fanout (default 20), sessions (default 60)
  --pace MS            fanout: pause of each agent between two changes (default 0)
  --without nats,postgres   what is left out although it is here
  --offset N           added to every port (default 8000)`);
  process.exit(opt.help ? 0 : 2);
}

const emit = (measure, figures) => console.log(JSON.stringify({ measure, ...figures }));
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const numbers = (list) => list.split(',').map(Number);
const reasons = await engines(opt.without.split(','));
const shared = Object.entries(reasons)
  .filter(([, reason]) => reason === null)
  .map(([name]) => name);
const GRACE_S = 60;
/** An entry of a dead node is gone by then, and its heirs have looked; and 5 s for a busy machine. */
const INHERITED_S = 20;
/** Desktops that are closed at the end of the runs. */
const GONE = 4;
const RIGHT_MS = 60_000;
/** Sign-ins that are under way at a time. */
const PARALLEL = 32;
/** Every so many-th agent changes its state while its desktop is nowhere. */
const CHANGES_EVERY = 10;
const TEAM = 20;
/** Beside the sessions' own. */
const SPARE_FILES = 500;

/** As what the CTI server tells a forced sign-out that makes an agent Not Ready (`presence.onDisconnect`), beside LOGOUT. */
const MADE_NOT_READY_REASON = 50_002;

/** Counts forced and other sign-outs that the CTI server tells of. */
async function observe(port) {
  const signedOut = [];
  const observer = new CtiObserver(port, (message) => {
    if (message?.name !== 'AGENT_STATE_EVENT' || message.fields.MonitorID) return;
    const { AgentID, AgentState: state, EventReasonCode: reason } = message.fields;
    const isMadeNotReady = state === AgentState.NOT_READY && reason === MADE_NOT_READY_REASON;
    if (state === AgentState.LOGOUT || isMadeNotReady) signedOut.push(AgentID);
  });
  await observer.open();
  return { observer, signedOut };
}

function desktopsOf(kind, count, nodes, { from = 0, home = 0, isSecure = false } = {}) {
  const Kind = { light: LightDesktop, paced: PacedDesktop, sdk: SdkDesktop }[kind];
  return Array.from(
    { length: count },
    (_, i) =>
      new Kind({ id: String(FIRST_AGENT + from + i), nodes, home, isSecure, transport: opt.transport }),
  );
}

async function signIn(desktops) {
  await each(desktops.length, PARALLEL, (i) => desktops[i].open());
  await each(desktops.length, PARALLEL, async (i) => {
    const { status, ms } = await desktops[i].change('LOGIN', `<extension>${desktops[i].id}</extension>`);
    if (status !== 202 || ms === null) throw new Error(`agent ${desktops[i].id} cannot sign in: ${status}`);
  });
}

/** Each agent changes its state once. @returns how many had no Update, and more than one */
async function changeAll(desktops) {
  const asked = [];
  let unanswered = 0;
  await each(desktops.length, PARALLEL, async (i) => {
    const { requestId, ms } = await desktops[i].change(desktops[i].state === 'READY' ? 'NOT_READY' : 'READY');
    if (ms === null) unanswered += 1;
    asked.push({ desktop: desktops[i], requestId });
  });
  await sleep(1_000);
  const doubled = desktops.reduce(
    (sum, { answers }) => sum + [...answers.values()].filter((n) => n > 1).length,
    0,
  );
  return { unanswered, doubled };
}

/** Kills a node; resolves when every desktop is right, or time is up. */
async function killOnce(centre, victim, desktops, observer, changeAtMs = 200) {
  const lost = desktops.filter(({ node }) => node === victim);
  const other = centre.nodes.find((node) => node !== victim);
  const killed = performance.now();
  await centre.kill(victim);
  await sleep(changeAtMs);
  // While nobody listens for them there: what they do is seen by the picture that is asked for later.
  await each(Math.ceil(lost.length / CHANGES_EVERY), 8, async (i) => {
    const { id, state, isSecure } = lost[i * CHANGES_EVERY];
    const next = state === 'READY' ? 'NOT_READY' : 'READY';
    const absent = new LightDesktop({ id, nodes: [other], home: 0, isSecure });
    await absent.rest('PUT', `User/${id}`, `<User><state>${next}</state></User>`);
  });
  let truth = new Map();
  for (const end = killed + RIGHT_MS; performance.now() < end; await sleep(250)) {
    if (!desktops.every(({ isWhole }) => isWhole)) continue;
    truth = new Map();
    await each(desktops.length, 32, async (i) =>
      truth.set(desktops[i].id, await observer.stateOf(desktops[i].id)),
    );
    if (desktops.every((one) => one.isWhole && one.state === truth.get(one.id))) break;
  }
  const right = lost.map((one) => one.rightFrom(truth.get(one.id), killed));
  return {
    lost: lost.length,
    wrong: right.filter((at) => at === null).length,
    times: right.filter((at) => at !== null).map((at) => at - killed),
  };
}

async function kill() {
  for (const count of numbers(opt.desktops))
    for (const kind of opt.clients.split(','))
      for (const door of opt.doors.split(',')) {
        const before = machine();
        const isSecure = door === 'tls';
        const beside = Math.round(count / 10);
        const centre = await new Centre({
          agents: count + beside,
          count: 2,
          offset: Number(opt.offset),
          reasons,
          settings: { 'notification.access': 'open' },
        }).open();
        const { observer, signedOut } = await observe(centre.ctiPort);
        const desktops = [
          ...desktopsOf(kind, count, centre.nodes, { isSecure }),
          ...desktopsOf(kind, beside, centre.nodes, { from: count, home: 1, isSecure }),
        ];
        await signIn(desktops);
        await sleep(3_000);
        const events = desktops.reduce((sum, one) => sum + one.events, 0);
        const [victim, other] = centre.nodes;
        const cpu = other.cpuSeconds();
        const own = process.cpuUsage();
        const { lost, wrong, times } = await killOnce(centre, victim, desktops, observer);
        const spent = round(other.cpuSeconds() - cpu);
        const generator = process.cpuUsage(own);
        const lossesBeside = desktops.slice(count).filter(({ losses }) => losses > 0).length;
        const after = await changeAll(desktops);
        await sleep(1_000 * (opt.wait === '' ? GRACE_S + 20 : Number(opt.wait)));
        emit('one of two nodes killed', {
          desktops: lost,
          clients: kind === 'sdk' ? `sdk ${opt.transport}` : kind,
          door,
          shared: shared.join('+') || 'pair',
          right_picture: quantiles(times),
          never_right: wrong,
          sign_outs: signedOut.length,
          lost_at_the_other_node: lossesBeside,
          ...after,
          events_before: events,
          cpu_s_of_the_other_node: spent,
          cpu_s_of_the_clients: round((generator.user + generator.system) / 1e6),
          rss_mb_of_the_other_node: other.rssMb(),
          before,
        });
        for (const one of desktops) one.close();
        await centre.close();
      }
}

async function runs() {
  const count = opt.desktops === '500,2000' ? 40 : Number(opt.desktops);
  const seed = Number(opt.seed);
  // Light ones: they can be sent home.
  const kind = 'light';
  const graceS = Number(opt.grace);
  const before = machine();
  const centre = await new Centre({
    agents: 2 * count,
    count: 2,
    offset: Number(opt.offset),
    reasons,
    settings: { 'notification.access': 'open', 'presence.grace': `${graceS}s` },
  }).open();
  const { observer, signedOut } = await observe(centre.ctiPort);
  const nodes = centre.nodes;
  const desktops = [
    ...desktopsOf(kind, count, nodes),
    ...desktopsOf(kind, count, nodes, { from: count, home: 1 }),
  ];
  for (const one of desktops) one.countRepetitions();
  await signIn(desktops);
  const times = [];
  const took = [];
  const moves = [];
  const sums = { wrong: 0, unanswered: 0, doubled: 0, untouched_lost: 0 };
  for (let run = 1; run <= Number(opt.runs); run++) {
    const began = performance.now();
    const random = randomOf(seed + run, 'run');
    const index = Math.floor(random.next() * 2);
    const victim = nodes[index];
    const others = desktops.filter(({ node }) => node !== victim).map((one) => [one, one.losses]);
    await sleep(random.between(0, 2_000));
    const one = await killOnce(centre, victim, desktops, observer, random.between(0, 1_000));
    times.push(...one.times);
    const after = await changeAll(desktops);
    for (const { answers } of desktops) answers.clear();
    sums.wrong += one.wrong;
    sums.unanswered += after.unanswered;
    sums.doubled += after.doubled;
    sums.untouched_lost += others.filter(([desktop, losses]) => desktop.losses > losses).length;
    const worst = Math.max(0, ...one.times);
    console.log(
      `run ${run} of seed ${seed}: ${victim.host} with ${one.lost} desktops, right after ${Math.round(worst)} ms at most` +
        (one.wrong + after.unanswered + after.doubled + signedOut.length === 0
          ? ''
          : `, ${one.wrong} WRONG, ${after.unanswered} UNANSWERED, ${after.doubled} DOUBLED, ${signedOut.length} SIGNED OUT so far`),
    );
    await sleep(random.between(0, 2_000));
    // The desktops know it by its place in the list, and by its host.
    await centre.again(victim);
    // Some desktops go home, so that there is somebody at each node: in good order, as a page that is loaded there.
    const home = desktops.filter((_, i) => i % 2 === run % 2);
    await each(home.length, PARALLEL, async (i) => moves.push(await home[i].moveTo(index)));
    took.push((performance.now() - began) / 1_000);
  }
  // Heirs of the last node that died, and their grace period, are over by then.
  await sleep(1_000 * (graceS + INHERITED_S));
  const wrongful = signedOut.length;
  // Who is gone for good is signed out, and that is seen: else it would say nothing that nobody was.
  const gone = desktops.slice(0, GONE);
  for (const one of gone) one.close();
  await sleep(1_000 * (graceS + INHERITED_S));
  emit('nodes killed again and again', {
    runs: Number(opt.runs),
    seed,
    desktops: 2 * count,
    clients: kind,
    shared: shared.join('+') || 'pair',
    right_picture: quantiles(times),
    moved: times.length,
    moved_home: moves.length,
    away_on_the_way_home_max_ms: round(Math.max(...moves)),
    grace_s: graceS,
    events: sum(desktops, 'events'),
    repetitions: sum(desktops, 'repetitions'),
    s_per_run: round(took.reduce((total, s) => total + s, 0) / took.length),
    sign_outs: wrongful,
    signed_out_of_those_gone_for_good: `${gone.filter(({ id }) => signedOut.slice(wrongful).includes(id)).length} of ${gone.length}`,
    ...sums,
    before,
  });
  for (const one of desktops) one.close();
  await centre.close();
}

/** When a desktop hears of each request first. */
function heardAt(desktop) {
  const first = new Map();
  const heard = desktop.heard.bind(desktop);
  desktop.heard = (node, requestId, state) => {
    if (requestId !== '' && !first.has(requestId)) first.set(requestId, performance.now());
    heard(node, requestId, state);
  };
  return first;
}

async function fanout() {
  const total = Number(opt.sessions || 600);
  const seconds = Number(opt.seconds || 20);
  const pace = Number(opt.pace);
  for (const count of numbers(opt.nodes || '1,2,3')) {
    const before = machine();
    const centre = await new Centre({
      agents: total + TEAM,
      count,
      offset: Number(opt.offset),
      reasons,
      settings: { 'notification.access': 'open' },
    }).open();
    const talkers = desktopsOf('light', TEAM, centre.nodes);
    const listeners = Array.from({ length: count }, (_, home) =>
      desktopsOf('light', Math.floor(total / count), centre.nodes, {
        from: TEAM + home * Math.floor(total / count),
        home,
      }),
    ).flat();
    await signIn(talkers);
    await each(listeners.length, PARALLEL, (i) => listeners[i].open());
    for (const one of listeners) for (const { id } of talkers) one.subscribe(`/finesse/api/User/${id}`);
    await sleep(5_000);
    const far = heardAt(listeners.find(({ home }) => home === count - 1));
    const heard = () => listeners.reduce((sum, one) => sum + one.events, 0);
    for (const one of listeners) one.answers.clear();
    const [cpu, from, began] = [centre.cpu(), heard(), performance.now()];
    const end = began + seconds * 1_000;
    const times = [];
    const asked = new Map();
    let changes = 0;
    await Promise.all(
      talkers.map(async (talker, i) => {
        if (pace > 0) await sleep((pace * i) / talkers.length);
        while (performance.now() < end) {
          const { requestId, at, ms } = await talker.change(talker.state === 'READY' ? 'NOT_READY' : 'READY');
          changes += 1;
          asked.set(requestId, at);
          if (ms !== null) times.push(ms);
          if (pace > 0) await sleep(pace);
        }
      }),
    );
    const took = (performance.now() - began) / 1_000;
    await sleep(2_000);
    const now = centre.cpu();
    const events = heard() - from;
    const told = listeners.map(({ answers }) => [...answers.values()]);
    const answers = told.reduce((total, of) => total + of.length, 0);
    const doubled = told.reduce((total, of) => total + of.filter((n) => n > 1).length, 0);
    emit('fan-out', {
      nodes: count,
      shared: shared.join('+') || 'pair',
      sessions: listeners.length,
      changes_per_s: round(changes / took),
      events_per_s: Math.round(events / took),
      missing: changes * listeners.length - answers,
      doubled,
      // At another node an event may come before the word of the request that it answers, and is told once more with it.
      told_before_the_request_was_known: events - answers - doubled,
      request_to_event: quantiles(times),
      request_to_event_at_the_last_node: quantiles(
        [...asked].flatMap(([requestId, at]) => (far.has(requestId) ? [far.get(requestId) - at] : [])),
      ),
      cpu_of_a_core: now.nodes.map((one, i) => round((one - cpu.nodes[i]) / took)),
      cpu_of_a_core_cti: round((now.cti - cpu.cti) / took),
      before,
    });
    for (const one of [...talkers, ...listeners]) one.close();
    await centre.close();
  }
}

async function sessions() {
  const count = Number(opt.nodes || 4);
  const total = Number(opt.sessions || 20_000);
  const seconds = Number(opt.seconds || 60);
  const before = machine();
  const offset = Number(opt.offset);
  const processes = Math.ceil(total / (openFilesMax() - SPARE_FILES));
  const centre = await new Centre({
    agents: total,
    count,
    offset,
    reasons,
    settings: { 'notification.access': 'open', 'notification.unauthenticatedMax': 100_000 },
  }).open();
  emit('nodes, empty', {
    nodes: count,
    agents: total,
    shared: shared.join('+') || 'pair',
    ...centre.memory(),
    before,
  });
  // Of each node's sessions this process has some, those that change their states later among them, and others the rest.
  const each_ = Math.floor(total / count / processes);
  const shares = (part) =>
    Array.from({ length: count }, (_, home) => ({
      from: (home * processes + part) * each_,
      count: each_,
      home,
    }));
  const desktops = shares(0).flatMap((share) => desktopsOf('light', share.count, centre.nodes, share));
  const crowds = Array.from({ length: processes - 1 }, () => new Crowd());
  process.on('exit', () => {
    for (const crowd of crowds) crowd.close();
  });
  const began = performance.now();
  const elsewhere = crowds.map((crowd, i) => crowd.open(centre.nodes, offset, shares(i + 1)));
  await each(desktops.length, 64, (i) => desktops[i].open());
  const there = desktops.length + (await Promise.all(elsewhere)).reduce((all, one) => all + one, 0);
  const opened = (performance.now() - began) / 1_000;
  const lost = async () => {
    const others = await Promise.all(crowds.map((crowd) => crowd.losses()));
    return others.reduce((all, one) => all + one, sum(desktops, 'losses'));
  };
  await sleep(20_000);
  emit('sessions', {
    nodes: count,
    sessions: there,
    processes_of_the_clients: processes,
    opened_per_s: round(there / opened),
    ...centre.memory(),
  });
  const spent = async (during) => {
    const [from, at] = [centre.cpu(), performance.now()];
    await during();
    const took = (performance.now() - at) / 1_000;
    const to = centre.cpu();
    return {
      nodes: to.nodes.map((one, i) => round((one - from.nodes[i]) / took)),
      cti: round((to.cti - from.cti) / took),
    };
  };
  emit('sessions, idle', {
    cpu_of_a_core: await spent(() => sleep(seconds * 1_000)),
    losses: await lost(),
  });
  const workers = desktops.filter((_, i) => i % Math.max(1, Math.floor(desktops.length / 1_000)) === 0);
  await each(workers.length, PARALLEL, (i) =>
    workers[i].change('LOGIN', `<extension>${workers[i].id}</extension>`),
  );
  const times = [];
  let unanswered = 0;
  const cpu = await spent(async () => {
    const all = [];
    for (let n = 0; n < 50 * seconds; n++) {
      const worker = workers[n % workers.length];
      all.push(
        worker.change(worker.state === 'READY' ? 'NOT_READY' : 'READY').then(({ ms }) => {
          if (ms === null) unanswered += 1;
          else times.push(ms);
        }),
      );
      await sleep(20);
    }
    await Promise.all(all);
  });
  emit('sessions, 50 changes a second', {
    cpu_of_a_core: cpu,
    request_to_event: quantiles(times),
    unanswered,
    losses: await lost(),
    ...centre.memory(),
    load_after: machine().load,
  });
}

const sum = (list, name) => list.reduce((total, one) => total + one[name], 0);

process.setMaxListeners(0);
// The certificates are the nodes' own, and our SDK takes the platform's idea of whom to trust.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
await MEASURES[opt.measure]();
process.exit(0);
