// An agent's desk: a client in a process of its own, the lines between it and the server, and the picture that the
// client has of its agent.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { callLine, dialogsIn } from '../bench/served-picture.mjs';
import { memberLine } from './belief.mjs';
import { equalLines } from './line.mjs';
import { RigProcess } from './process.mjs';

const programs = join(dirname(fileURLToPath(import.meta.url)), 'clients');
const PYTHON = '/usr/bin/python3';
const RETRY_MS = 500;
const RESTART_MS = 1_000;

/** Clients by name: program, door, in which order they are taken. Only `sdk` is ours. */
export const KINDS = {
  'sdk-websocket': { program: 'poise.mjs', door: 'websocket' },
  'stanza-websocket': { program: 'stanza.mjs', door: 'websocket' },
  'strophe-bosh': { program: 'strophe.mjs', door: 'bosh' },
  slixmpp: { program: 'slix.py', door: 'tcp' },
  'raw-bosh': { program: 'bosh.mjs', door: 'bosh' },
  'xmpp.js-tcp': { program: 'xmpp-js.mjs', door: 'tcp' },
  'sdk-bosh': { program: 'poise.mjs', door: 'bosh' },
  'stanza-bosh': { program: 'stanza.mjs', door: 'bosh' },
  'strophe-websocket': { program: 'strophe.mjs', door: 'websocket' },
  'xmpp.js-websocket': { program: 'xmpp-js.mjs', door: 'websocket' },
};

/** Clients that go to another node by what SystemInfo says. */
export const MOVING_KINDS = {
  'sdk-websocket': KINDS['sdk-websocket'],
  'mover-bosh': { program: 'mover.mjs', door: 'bosh' },
  'sdk-bosh': KINDS['sdk-bosh'],
};

export class Desk {
  #rig;
  #process;
  #waiting = new Map();
  #text = '';
  #fetching = null;
  #up = () => {};
  #sequence = 0;
  /** A session stands, as the client says. */
  present = false;
  /** When the present session was told, ms. */
  presentSince = 0;
  state = '';
  /** Code of the reason of the state; '' when none is shown. */
  reason = '';
  /** Agent → state, of a supervisor's teams. */
  members = new Map();
  /** Number → { own, actions, line }. */
  dialogs = new Map();
  /** The client has asked for everything since its session stands. */
  complete = false;
  /** What it knew when its connection was lost was complete: a resumed session goes on from there. */
  #wasComplete = false;
  /** How often its session was resumed. */
  resumptions = 0;
  /** How often its program ended by itself. */
  crashes = 0;
  /** Whether a request is on its way. */
  busy = false;
  /** Times in which the server may have counted it as gone. */
  absences = [];
  /** Called with a sentence when the client loses its session, or ends, and nobody here has ended it. */
  onLost = () => {};

  /**
   * @param agent { id, extension, reasons: ids of the reasons that are demanded, by state; supervises: numbers of teams }
   * @param hosts nodes that it finds, the one that it begins at first
   */
  constructor(rig, kind, { id, extension, reasons = {}, supervises = [] }, hosts = ['127.0.0.1']) {
    this.#rig = rig;
    this.kind = kind;
    this.agent = id;
    this.extension = extension;
    this.reasons = reasons;
    this.supervises = supervises;
    this.hosts = hosts;
    /** Host of the node that it works with, as the client says. */
    this.at = hosts[0];
    this.program = (KINDS[kind] ?? MOVING_KINDS[kind]).program;
    this.door = (KINDS[kind] ?? MOVING_KINDS[kind]).door;
  }

  get name() {
    return `${this.agent}/${this.kind}`;
  }

  get running() {
    return this.#process.running;
  }

  get last() {
    return this.#process.last;
  }

  async open() {
    const { ports, timings, directory, data } = this.#rig;
    const { program, hosts } = this;
    this.rest = await equalLines(hosts, ports.http);
    this.xmpp = await equalLines(hosts, this.door === 'tcp' ? ports.xmpp : ports.bosh);
    this.lines = [...this.rest, ...this.xmpp];
    const [host] = hosts;
    const { port } = this.xmpp[0];
    const services = {
      websocket: `ws://${host}:${port}/ws/`,
      bosh: `http://${host}:${port}/http-bind/`,
      tcp: program.endsWith('.py') ? String(port) : `xmpp://${host}:${port}`,
    };
    const interpreter = program.endsWith('.py') ? [PYTHON, '-W', 'ignore'] : [process.execPath];
    this.#process = new RigProcess([...interpreter, join(programs, program)], {
      log: join(directory, `${this.agent}-${this.kind}.log`),
      env: {
        AGENT: this.agent,
        NODE_EXTRA_CA_CERTS: join(data, 'certs/authority.crt'),
        PASSWORD: this.agent,
        API: `http://${host}:${this.rest[0].port}/finesse/api`,
        SERVICE: services[this.door],
        HOSTS: hosts.join(),
        TRANSPORT: this.door,
        WAIT: String(Math.max(1, timings.wait / 1_000 - 1)),
        REQUEST_MS: String(this.#rig.requestMs),
        SUPERVISES: this.supervises.join(),
        ...this.#rig.clockOf(this.agent, 'desk'),
      },
      onText: (text) => this.#take(text),
      onEnd: () => this.#crashed(),
    });
    this.#process.start();
    return this;
  }

  /** When its notification service was heard for the first time since {@link listen}, ms; null: not yet. */
  get heardAt() {
    const heard = this.xmpp.map((line) => line.heardAt).filter((at) => at !== null);
    return heard.length === 0 ? null : Math.min(...heard);
  }

  /** Waits for the next word of the notification service. */
  listen() {
    for (const line of this.xmpp) line.listen();
  }

  /** Resolves when the program runs; how long that takes is the machine's affair. */
  start() {
    if (this.running) return Promise.resolve();
    return new Promise((up) => {
      this.#up = up;
      this.#process.start();
    });
  }

  async kill() {
    await this.#process.kill();
    this.#over();
  }

  freeze() {
    this.#process.freeze();
  }

  thaw() {
    this.#process.thaw();
  }

  /** Ends the session in good order, as a closed page does, and the process. */
  async leave() {
    this.#order({ order: 'leave' });
    await this.#process.endedWithin(3_000);
    this.#over();
  }

  async close() {
    await this.#process.kill();
    for (const line of this.lines) line.close();
  }

  /** Sends a request through the client. Resolves with its answer; status 0 when there was none. */
  request(method, path, body) {
    const id = `${this.agent}-${++this.#sequence}`;
    const entry = this.#rig.ledger.sent(id, this, method, path);
    return new Promise((done) => {
      const finish = (status, text, at = this.at) => {
        this.#waiting.delete(id);
        this.#rig.ledger.answered(entry, status, text, at);
        done({ id, status, text });
      };
      this.#waiting.set(id, finish);
      if (this.running) this.#order({ order: 'request', id, method, path, body });
      else finish(0, 'the client does not run');
    });
  }

  /** State, each call with its parties and actions, members of teams, as lines of text; null while the client does not know. */
  get picture() {
    if (!this.present || !this.complete) return null;
    return [
      this.state,
      ...[...this.dialogs.values()].map(({ line }) => line).sort(),
      ...this.watched.map((member) => memberLine(member, this.members.get(member) ?? 'not shown')),
    ].join('\n');
  }

  /** Id of the reason that the agent gives for a state, another one each time; undefined: none is demanded. */
  nextReason(state) {
    const ids = this.reasons[state];
    return ids?.[this.#sequence % ids.length];
  }

  /** Agents at desks of the rig whom this one supervises. */
  get watched() {
    return this.supervises.length === 0 ? [] : this.#rig.desks.map(({ agent }) => agent);
  }

  #order(order) {
    this.#process.stdin?.write(`${JSON.stringify(order)}\n`);
  }

  #over() {
    this.#text = '';
    this.#lost();
    this.#wasComplete = false;
    for (const finish of [...this.#waiting.values()]) finish(0, 'the client was killed');
  }

  /** An exception ends a program, not a page: somebody starts it again. */
  #crashed() {
    this.crashes += 1;
    const now = performance.now();
    // It may have been silent for a poll before it ended.
    this.absences.push({ from: now - this.#rig.timings.wait - RESTART_MS, over: now + RESTART_MS, to: null });
    this.onLost('its program ended by itself');
    this.#over();
    setTimeout(() => void this.start(), RESTART_MS);
  }

  #lost() {
    if (this.present) this.#wasComplete = this.complete;
    this.present = false;
    this.complete = false;
    this.#fetching = null;
  }

  #take(text) {
    const lines = (this.#text + text).split('\n');
    this.#text = lines.pop();
    for (const line of lines) if (line.startsWith('{')) this.#record(JSON.parse(line));
  }

  #record(record) {
    switch (record.is) {
      case 'up':
        this.#up();
        break;
      case 'session':
        this.present = true;
        this.at = record.at ?? this.at;
        this.presentSince = performance.now();
        if (record.resumed && this.#wasComplete) {
          this.resumptions += 1;
          this.complete = true;
        } else if (!this.kind.startsWith('sdk')) void this.#fetch();
        break;
      case 'lost':
        if (this.present) {
          const now = performance.now();
          // Whatever the reason, also one of its own: from now on the server may count it as gone.
          if (!record.stands) this.absences.push({ from: now, over: now, to: null });
          this.onLost(`it lost its session (${record.why})`);
        }
        this.#lost();
        break;
      case 'answer':
        this.#waiting.get(record.id)?.(record.status, record.text, record.at);
        break;
      case 'update':
        this.#rig.ledger.event(this, record);
        if (record.text === undefined) break;
        this.#fetching?.push(record);
        this.#update(record);
        break;
      case 'picture':
        this.state = record.state;
        this.reason = record.reason;
        this.members = new Map(Object.entries(record.members));
        this.dialogs = new Map(
          Object.entries(record.dialogs).map(([id, text]) => [id, this.#dialog(id, text)]),
        );
        this.complete = true;
        break;
    }
  }

  /** Once per session, as programs of integrations do; afterwards the events have to suffice. */
  async #fetch() {
    const updates = [];
    this.#fetching = updates;
    this.complete = false;
    while (this.#fetching === updates) {
      const user = await this.request('GET', `User/${this.agent}`);
      const dialogs = await this.request('GET', `User/${this.agent}/Dialogs`);
      if (this.#fetching !== updates) return;
      if (user.status === 200 && dialogs.status === 200) {
        this.#user(user.text);
        this.dialogs.clear();
        for (const [id, text] of dialogsIn(dialogs.text)) this.dialogs.set(id, this.#dialog(id, text));
        // What came meanwhile is newer than the answers, or the same.
        for (const update of updates) this.#update(update);
        this.#fetching = null;
        this.complete = true;
        return;
      }
      await new Promise((done) => setTimeout(done, RETRY_MS));
    }
  }

  #update({ node, text }) {
    const own = `/finesse/api/User/${this.agent}`;
    if (node === own && /<user>/i.test(text)) this.#user(text);
    if (node !== `${own}/Dialogs`) return;
    const event = /<event>(\w+)</.exec(text)?.[1].toUpperCase();
    for (const [id, dialog] of dialogsIn(text)) {
      if (event === 'DELETE') this.dialogs.delete(id);
      else this.dialogs.set(id, this.#dialog(id, dialog));
    }
  }

  #user(text) {
    this.state = /<state>(\w+)</.exec(text)?.[1] ?? '';
    this.reason = /<reasonCode>[\s\S]*?<code>(\d+)</.exec(text)?.[1] ?? '';
  }

  #dialog(id, text) {
    for (const [, part] of text.matchAll(/<Participant>([\s\S]*?)<\/Participant>/g))
      if (part.includes(`<mediaAddress>${this.extension}<`)) {
        const actions = [...part.matchAll(/<action>(\w+)</g)].map(([, action]) => action).sort();
        const line = `${callLine(id, text, this.extension)}; ${actions.join('+')}`;
        return { own: /<state>(\w+)</.exec(part)?.[1], actions, line };
      }
    return { own: undefined, actions: [], line: `${callLine(id, text, this.extension)}; ` };
  }
}
