// Requests and events: every request is answered once, no event comes twice.

import { dialogsIn } from '../bench/served-picture.mjs';

/** Whether no request of a desk may be answered like this. A call that nobody answered may have gone on to another phone meanwhile: then 401 says so. */
export const isUndocumented = (status, text) =>
  status === 500 || (status === 401 && !text.includes('takes no part in the dialog'));

/** Beyond the limit: what clients and lines take. */
const SLACK_MS = 3_000;

export class Ledger {
  #broken;
  #requests = new Map();
  /** `node item` that a client has had, by desk. */
  #heard = new Map();
  #witnessed = new Map();
  /** What was said last, by node and object. */
  #said = new Map();
  #limitMs;
  /** Requests so far, and those that were accepted. */
  count = 0;
  accepted = 0;

  /** @param broken called with a sentence; @param limitMs until an Update must have come */
  constructor(limitMs, broken) {
    this.#limitMs = limitMs + SLACK_MS;
    this.#broken = broken;
  }

  sent(id, desk, method, path) {
    const entry = { id, desk, method, path, at: performance.now(), status: null, excused: false };
    if (method !== 'GET') {
      this.#requests.set(id, entry);
      this.count += 1;
    }
    return entry;
  }

  answered(entry, status, text) {
    entry.status = status;
    if (status === 202) this.accepted += 1;
    if (isUndocumented(status, text))
      this.#broken(
        `${entry.method} ${entry.path} of ${entry.desk.name}: status ${status} ${text.slice(0, 200)}`,
      );
  }

  /**
   * Whatever is under way now may get no Update: the server, or the witness, was not there.
   *
   * @param which of the requests, by their entries
   */
  excuse(which = () => true) {
    this.#said.clear();
    for (const entry of this.#requests.values()) if (which(entry)) entry.excused = true;
  }

  /** Numbers of events begin anew with the server. */
  forget() {
    this.#heard.clear();
    this.#witnessed.clear();
  }

  /** The witness heard an Update. */
  witnessed({ node, item, text }) {
    this.#once(this.#witnessed, 'the witness', node, item);
    this.#ownNode(node, text);
    const id = /<requestId>([^<]+)</.exec(text)?.[1];
    this.#repeated(node, text, id !== undefined);
    if (id === undefined) return;
    const entry = this.#requests.get(id);
    if (entry === undefined) return;
    entry.updates = (entry.updates ?? 0) + 1;
    if (entry.updates > 1) this.#broken(`${describe(entry)}: answered by ${entry.updates} Updates`);
  }

  /** What concerns one user is told on no other one's node; errors of his requests name what they concern. */
  #ownNode(node, text) {
    const [own] = /^\/finesse\/api\/User\/[^/]+/.exec(node) ?? [];
    const [source] = /<source>\/finesse\/api\/User\/[^/<]+/.exec(text) ?? [];
    if (own === undefined || source === undefined || source === `<source>${own}` || /<apiErrors>/i.test(text))
      return;
    this.#broken(`told on ${node} of another one: ${source.replace('<source>', '')}`);
  }

  /** Two Updates in a row about one object that say the same, unless the second is an answer, or the link has recovered. */
  #repeated(node, text, isAnswer) {
    if (node.endsWith('/SystemInfo')) {
      this.#said.clear();
      return;
    }
    const object = `${node} ${/<source>([^<]*)</.exec(text)?.[1]} ${[...dialogsIn(text).keys()].join()}`;
    const said = text.replace(/<requestId>[^<]*<\/requestId>|<requestId\/>/, '');
    if (this.#said.get(object) === said && !isAnswer)
      this.#broken(`told twice on ${node}, and nobody had asked: ${said.replaceAll('\n', '').slice(0, 300)}`);
    this.#said.set(object, said);
  }

  /** A client heard an Update. */
  event(desk, { node, item, requestId, source, text }) {
    // Each node has its own numbers.
    if (item !== null) this.#once(this.#heardBy(desk), desk.name, `${desk.at} ${node}`, item, text);
    else if (requestId !== '') this.#once(this.#heardBy(desk), desk.name, `${node} of ${source}`, requestId);
  }

  /** Requests that still wait for their Update, and could have it still. */
  get waiting() {
    return [...this.#requests.values()].filter((entry) => this.#awaits(entry) && !this.#late(entry)).length;
  }

  /** Looks at all requests whose time is up, and forgets them. */
  check() {
    for (const entry of this.#requests.values()) {
      if (this.#awaits(entry) && !this.#late(entry)) continue;
      if (entry.status === null && !this.#late(entry)) continue;
      if (this.#awaits(entry)) this.#broken(`${describe(entry)}: accepted, and no Update followed`);
      // An Update that comes twice may come late.
      if (performance.now() - entry.at > 2 * this.#limitMs) this.#requests.delete(entry.id);
      else entry.excused = true;
    }
  }

  #awaits({ status, excused, updates }) {
    return status === 202 && !excused && updates === undefined;
  }

  #late({ at }) {
    return performance.now() - at > this.#limitMs;
  }

  #heardBy(desk) {
    let heard = this.#heard.get(desk);
    if (heard === undefined) {
      heard = new Map();
      this.#heard.set(desk, heard);
    }
    return heard;
  }

  #once(heard, who, node, item, text = '') {
    const key = `${node} ${item}`;
    if (heard.has(key)) this.#broken(`${who} was told twice: ${key} ${text.slice(0, 300)}`);
    heard.set(key, true);
  }
}

const describe = ({ id, desk, method, path }) => `request ${id} (${method} ${path}) of ${desk.name}`;
