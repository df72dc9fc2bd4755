// BOSH by hand, as an integration has it that fails over: what it does when it loses its node stands in the interface, not in our code.
// SystemInfo names primaryNode and secondaryNode. Who loses his session asks the node he is at, then the other one, until one of them is
// IN_SERVICE, and begins a session there. A node that says OUT_OF_SERVICE while the session stands keeps it; after some questions in vain it is left.
import { agent, hear, lost, moveTo, obey, password, present } from './desk.mjs';

const { SERVICE, API, WAIT, HOSTS } = process.env;
const HTTPBIND = 'http://jabber.org/protocol/httpbind';
const XBOSH = 'urn:xmpp:xbosh';
const ROUND_MS = 1_000;
const ASK_MS = 2_000;
/** So often a node is asked that lets its sessions stand and is out of service. */
const PATIENCE = 8;

let host = new URL(API).hostname;
/** Hosts that it was set up with, since a program that is started while its node is dead has nobody to name others; and those that a node has named. */
const known = new Set([host, ...(HOSTS ?? '').split(',').filter(Boolean)]);
let domain = '';
let rid = 0;
let sid = '';
let leaving = false;
let gone = new AbortController();

const at = (address) => {
  const url = new URL(address);
  url.hostname = host;
  return url.href;
};
const tag = (xml, name) => new RegExp(`<${name}>\\s*([^<]*?)\\s*</${name}>`).exec(xml)?.[1] ?? '';

/** What a node says of itself; '' as status when it says nothing. */
async function systemInfo(of) {
  const url = new URL(`${API}/SystemInfo`);
  url.hostname = of;
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(ASK_MS) });
    const text = await answer.text();
    for (const [, named] of text.matchAll(/<(?:primary|secondary)Node>\s*<host>([^<]+)</g)) known.add(named);
    return { status: tag(text, 'status'), domain: tag(text, 'xmppDomain'), mode: tag(text, 'finesseMMode') };
  } catch {
    return { status: '', domain: '', mode: '' };
  }
}

/** Looks until a node is in service: the one it is at first. */
async function search() {
  for (;;) {
    for (const one of [host, ...[...known].filter((other) => other !== host)]) {
      const info = await systemInfo(one);
      if (info.status !== 'IN_SERVICE') continue;
      host = one;
      domain = info.domain;
      moveTo(host);
      return;
    }
    await new Promise((done) => setTimeout(done, ROUND_MS));
  }
}

/** While a session stands: a node that is out of service for long is left, and one that will be stopped. */
async function watch(signal) {
  let vain = 0;
  while (!signal.aborted) {
    await new Promise((done) => setTimeout(done, ROUND_MS));
    const info = await systemInfo(host);
    const leaves = info.mode === 'IN_PROGRESS';
    vain = info.status === 'IN_SERVICE' && !leaves ? 0 : vain + 1;
    if (vain < (leaves ? 1 : PATIENCE)) continue;
    for (const other of known) {
      if (other === host) continue;
      const its = await systemInfo(other);
      if (its.status !== 'IN_SERVICE' || its.mode !== '' || signal.aborted) continue;
      // Who leaves a node that lives says goodbye to it.
      if (leaves) await goodbye().catch(() => {});
      host = other;
      moveTo(host);
      gone.abort();
      return;
    }
  }
}

async function post(attributes, content = '') {
  rid += 1;
  const body = `<body rid='${rid}' xmlns='${HTTPBIND}'${sid && ` sid='${sid}'`}${attributes}>${content}</body>`;
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await fetch(at(SERVICE), {
        method: 'POST',
        headers: { 'content-type': 'text/xml; charset=utf-8' },
        body,
        signal: AbortSignal.any([gone.signal, AbortSignal.timeout((Number(WAIT) + 5) * 1_000)]),
      });
      const text = await answer.text();
      if (answer.status !== 200 || /^<body[^>]* type=["']terminate/.test(text))
        throw Object.assign(new Error(`status ${answer.status} ${text.slice(0, 200)}`), { final: true });
      return text;
    } catch (error) {
      if (error.final || gone.signal.aborted || attempt === 2) throw error;
      await new Promise((done) => setTimeout(done, 300));
    }
  }
}

async function session() {
  rid = Math.floor(Math.random() * 1e9);
  sid = '';
  const stream = ` to='${domain}' xmpp:version='1.0' xmlns:xmpp='${XBOSH}'`;
  const created = await post(`${stream} hold='1' wait='${WAIT}' ver='1.6' xml:lang='en'`);
  sid = /\bsid=["']([^"']*)/.exec(created)[1];
  const plain = Buffer.from(`\0${agent}\0${password}`).toString('base64');
  const answer = await post(
    '',
    `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${plain}</auth>`,
  );
  if (!answer.includes('<success')) throw new Error(`not let in: ${answer.slice(0, 200)}`);
  await post(`${stream} xmpp:restart='true'`);
  const bind = `<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>desktop</resource></bind>`;
  await post('', `<iq xmlns='jabber:client' type='set' id='bind'>${bind}</iq>`);
  take(await post('', `<presence xmlns='jabber:client'/>`));
  while (!leaving) take(await post(''));
}

function take(text) {
  for (const [stanza] of text.matchAll(/<presence [^>]*>/g))
    present(/from=["']([^"']*)/.exec(stanza)?.[1] ?? '', /type=["']([^"']*)/.exec(stanza)?.[1]);
  hear(text);
}

function goodbye() {
  rid += 1;
  const body = `<body rid='${rid}' sid='${sid}' type='terminate' xmlns='${HTTPBIND}'/>`;
  return fetch(at(SERVICE), { method: 'POST', body });
}

obey(() => {
  leaving = true;
  return goodbye();
});
while (!leaving) {
  await search();
  gone = new AbortController();
  void watch(gone.signal);
  try {
    await session();
  } catch (error) {
    if (leaving) break;
    lost(error);
  }
  gone.abort();
  await new Promise((done) => setTimeout(done, ROUND_MS / 4));
}
