// BOSH by hand, as an integration has it that fails over: what it does when it loses its node stands in the interface, not in our code.
// SystemInfo names primaryNode and secondaryNode. Who loses his session asks the node he is at, then the other one, until one of them is
// IN_SERVICE, and begins a session there. A node that says OUT_OF_SERVICE while the session stands keeps it; after some questions in vain it is left.
import { BoshSession } from './bosh-session.mjs';
import { atHost, hostNow, lost, moveTo, obey } from './desk.mjs';

const { SERVICE, API, HOSTS } = process.env;
const ROUND_MS = 1_000;
const ASK_MS = 2_000;
/** So often a node is asked that lets its sessions stand and is out of service. */
const PATIENCE = 8;

/** Hosts that it was set up with, since a program that is started while its node is dead has nobody to name others; and those that a node has named. */
const known = new Set([hostNow(), ...(HOSTS ?? '').split(',').filter(Boolean)]);
let domain = '';
let session;
let leaving = false;
let gone = new AbortController();

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
    const here = hostNow();
    for (const one of [here, ...[...known].filter((other) => other !== here)]) {
      const info = await systemInfo(one);
      if (info.status !== 'IN_SERVICE') continue;
      domain = info.domain;
      moveTo(one);
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
    const info = await systemInfo(hostNow());
    const leaves = info.mode === 'IN_PROGRESS';
    vain = info.status === 'IN_SERVICE' && !leaves ? 0 : vain + 1;
    if (vain < (leaves ? 1 : PATIENCE)) continue;
    for (const other of known) {
      if (other === hostNow()) continue;
      const its = await systemInfo(other);
      if (its.status !== 'IN_SERVICE' || its.mode !== '' || signal.aborted) continue;
      // Who leaves a node that lives says goodbye to it.
      if (leaves) await session.end().catch(() => {});
      moveTo(other);
      gone.abort();
      return;
    }
  }
}

obey(() => {
  leaving = true;
  return session?.end();
});
while (!leaving) {
  await search();
  gone = new AbortController();
  session = new BoshSession(() => atHost(SERVICE), {
    attempts: 2,
    pauseMs: 300,
    lateS: 5,
    signal: gone.signal,
  });
  void watch(gone.signal);
  try {
    await session.begin(domain);
    while (!leaving) await session.poll();
  } catch (error) {
    if (leaving) break;
    lost(error);
  }
  gone.abort();
  await new Promise((done) => setTimeout(done, ROUND_MS / 4));
}
