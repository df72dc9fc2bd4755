/**
 * Calls at clients that nobody here wrote: a page with Strophe in a browser, stanza from npm, slixmpp from Debian.
 * Each listens as it does anywhere, and controls its call by REST by itself; the test only lets customers call.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { launchBrowser, NO_BROWSER } from '../browser.ts';
import { eventually, within } from '../connections/deadline.ts';
import { Floor } from '../connections/floor.ts';
import { program, type RunningPoise, rest, startPoise } from '../server.ts';

// Each client is a process or a page of its own, and does ten things before it says that it has.
vi.setConfig({ testTimeout: 240_000 });
const SAID_MS = 60_000;

let poise: RunningPoise;
let floor: Floor;
let browser: Browser | undefined;
beforeAll(async () => {
  [poise, browser] = await Promise.all([startPoise(), launchBrowser()]);
  floor = await Floor.open(poise);
});
afterAll(async () => {
  floor?.close();
  await browser?.close();
  await poise?.stop();
});

/** What each client must have seen of a customer's call and then of a call that it made: event and state of its leg. */
const STORY = [
  'POST ALERTING',
  'PUT ACTIVE',
  'PUT HELD',
  'PUT ACTIVE',
  'PUT DROPPED',
  'DELETE DROPPED',
  // The call that it makes.
  'POST INITIATING',
  'PUT INITIATED',
  'PUT ACTIVE',
  'PUT DROPPED',
  'DELETE DROPPED',
];
/** The steps of one client, as it printed them: `step POST ALERTING`. Updates that change no leg of its own are left out. */
function storyOf(text: string): readonly string[] {
  const steps = [...text.matchAll(/^step (.*)$/gm)].map(([, step]) => step!);
  return steps.filter((step, i) => step !== steps[i - 1]);
}

/** Agents are free again once their client has hung up. */
const used = new Set<string>();
afterEach(async () => {
  for (const id of used)
    await eventually(
      `${id} has no dialogs`,
      async () => (await rest(poise, id, 'GET', `/User/${id}/Dialogs`)).text === '<Dialogs/>',
    );
});

/**
 * What the three clients do with an Update, in words that JavaScript of a page and of Node share: signs in, READY;
 * what rings is answered, then held, retrieved, dropped; then a call is made to 10000 and dropped once it talks.
 */
const ACT = `
let made = false, dropped = false;
function act(update, request, print) {
  const event = /<event>(\\w+)</.exec(update)[1];
  const own = [...update.matchAll(/<Participant>[^]*?<\\/Participant>/g)].map(([part]) => part)
    .find((part) => part.includes('<mediaAddress>' + agent + '<'));
  const requestId = /<requestId>([^<]*)</.exec(update)[1];
  if (requestId === 'in') return request('PUT', '/User/' + agent, '<User><state>READY</state></User>', 'ready');
  if (requestId === 'ready') print('ready for calls');
  if (!own) return;
  const state = /<state>(\\w+)</.exec(own)[1];
  const id = /<id>(\\d+)</.exec(update)[1];
  const can = (word) => own.includes('<action>' + word + '<');
  const put = (word) => request('PUT', '/Dialog/' + id, '<Dialog><requestedAction>' + word
    + '</requestedAction><targetMediaAddress>' + agent + '</targetMediaAddress></Dialog>', word);
  print('step ' + event + ' ' + state);
  if (event === 'POST' && state === 'ALERTING') return put('ANSWER');
  if (requestId === 'ANSWER') return put('HOLD');
  if (requestId === 'HOLD') return put('RETRIEVE');
  if (requestId === 'RETRIEVE') return put('DROP');
  if (event === 'DELETE' && !made) {
    made = true;
    return request('POST', '/User/' + agent + '/Dialogs', '<Dialog><requestedAction>MAKE_CALL</requestedAction><fromAddress>'
      + agent + '</fromAddress><toAddress>10000</toAddress></Dialog>', 'make');
  }
  if (made && !dropped && state === 'ACTIVE' && can('DROP')) { dropped = true; return put('DROP'); }
  if (made && event === 'DELETE') print('all done');
}
`;

const PAGE = `<!doctype html><meta charset="utf-8"><title>Foreign page</title>
<script src="strophe.js"></script>
<pre id="log"></pre>
<script>
const q = new URLSearchParams(location.search);
const agent = q.get('agent'), service = q.get('service');
const log = (t) => { document.getElementById('log').textContent += t + '\\n'; };
${ACT}
const request = (method, path, body, requestId) => fetch('/finesse/api' + path, {
  method, body,
  headers: { Authorization: 'Basic ' + btoa(agent + ':' + agent), 'Content-Type': 'application/xml', requestId },
}).then((r) => { if (r.status !== 202) log('refused ' + r.status); });
const { Strophe, $pres } = window.strophe ?? window;
const c = new Strophe.Connection(service);
c.addHandler((m) => {
  act(m.getElementsByTagName('notification')[0].textContent, request, log);
  return true;
}, null, 'message');
c.addHandler((p) => {
  if (!p.getAttribute('from').startsWith('finesse@')) return true;
  request('PUT', '/User/' + agent, '<User><state>LOGIN</state><extension>' + agent + '</extension></User>', 'in');
  return true;
}, null, 'presence');
c.connect(agent + '@localhost/' + agent, agent, (status) => {
  if (status === Strophe.Status.CONNECTED) c.send($pres());
});
</script>`;

test.for([
  ['3001', 'WebSocket', () => `ws://localhost:${poise.ports.http}/ws/`],
  ['3002', 'BOSH', () => `http://localhost:${poise.ports.bosh}/http-bind/`],
] as const)('a page with Strophe, agent %s over %s', async ([agent, , service], { skip }) => {
  if (!browser) return skip(NO_BROWSER);
  const files = join(poise.data, '3rdpartygadget/files/calls');
  mkdirSync(files, { recursive: true });
  writeFileSync(join(files, 'page.html'), PAGE);
  copyFileSync(
    resolve(import.meta.dirname, '../../node_modules/strophe.js/dist/strophe.umd.min.js'),
    join(files, 'strophe.js'),
  );
  await floor.phone('10000', 'auto-answer', 'on');
  const page = await browser.newPage();
  const says = (text: string) =>
    page.waitForFunction((t) => document.getElementById('log')?.textContent?.includes(t), text, {
      timeout: SAID_MS,
    });
  try {
    const query = new URLSearchParams({ agent, service: service() });
    await page.goto(`http://localhost:${poise.ports.http}/3rdpartygadget/files/calls/page.html?${query}`);
    await says('ready for calls');
    await floor.customer('6003');
    await says('all done');
    const log = (await page.textContent('#log')) ?? '';
    expect(log).not.toContain('refused');
    expect(storyOf(log)).toEqual(STORY);
    used.add(agent);
  } finally {
    await setNotReady(agent);
    await page.close();
  }
});

const setNotReady = (agent: string) =>
  rest(poise, agent, 'PUT', `/User/${agent}`, '<User><state>NOT_READY</state></User>');

/** A client program, and what it says. */
function client(command: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  const child: ChildProcess = spawn(command, args, {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let text = '';
  const waiting = new Set<() => void>();
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (chunk: Buffer) => {
      text += chunk;
      for (const look of waiting) look();
    });
  return {
    text: () => text,
    says: (words: string) =>
      within(
        SAID_MS,
        () => `“${words}”; it said:\n${text.slice(-4_000)}`,
        new Promise<void>((done, fail) => {
          const look = () => {
            if (text.includes(words)) done();
          };
          waiting.add(look);
          child.once('exit', (code) => fail(new Error(`the client ended with ${code}:\n${text}`)));
          look();
        }),
      ),
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

const STANZA = `
import { createClient } from 'stanza';
const agent = process.env.AGENT;
${ACT}
const request = async (method, path, body, requestId) => {
  const answer = await fetch(process.env.API + path, {
    method, body,
    headers: { Authorization: 'Basic ' + btoa(agent + ':' + agent), 'Content-Type': 'application/xml', requestId },
  });
  if (answer.status !== 202) console.log('refused ' + answer.status);
};
const client = createClient({
  jid: agent + '@localhost', password: agent, resource: 'stanza',
  transports: { websocket: process.env.SERVICE, bosh: false },
});
client.on('session:started', () => { client.sendPresence(); });
client.on('presence', (p) => {
  if (p.from.startsWith('finesse@'))
    request('PUT', '/User/' + agent, '<User><state>LOGIN</state><extension>' + agent + '</extension></User>', 'in');
});
client.on('raw:incoming', (raw) => {
  for (const [, text] of String(raw).matchAll(/<notification[^>]*>([^]*?)<\\/notification>/g))
    act(text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'), request, console.log);
});
client.connect();
`;

test('stanza over WebSocket', async () => {
  await floor.phone('10000', 'auto-answer', 'on');
  const stanza = client(process.execPath, ['--input-type=module', '-e', STANZA], {
    AGENT: '3003',
    API: `http://127.0.0.1:${poise.ports.http}/finesse/api`,
    SERVICE: `ws://127.0.0.1:${poise.ports.bosh}/ws/`,
  });
  try {
    await stanza.says('ready for calls');
    await floor.customer('6003');
    await stanza.says('all done');
    expect(stanza.text()).not.toContain('refused');
    expect(storyOf(stanza.text())).toEqual(STORY);
    used.add('3003');
  } finally {
    await setNotReady('3003');
    await stanza.end();
  }
});

const SLIXMPP = `
import sys, asyncio, base64, urllib.request, xml.etree.ElementTree as ET
import slixmpp
agent, xmpp, http = sys.argv[1:4]
def put(method, path, body, request_id):
    request = urllib.request.Request('http://127.0.0.1:' + http + '/finesse/api' + path, data=body.encode(), method=method)
    request.add_header('Authorization', 'Basic ' + base64.b64encode((agent + ':' + agent).encode()).decode())
    request.add_header('Content-Type', 'application/xml')
    request.add_header('requestId', request_id)
    status = urllib.request.urlopen(request).status
    if status != 202: print('refused', status, flush=True)
def ask(*what):
    asyncio.get_event_loop().run_in_executor(None, put, *what)
class Client(slixmpp.ClientXMPP):
    made = False
    dropped = False
    def __init__(self):
        super().__init__(agent + '@localhost/slix', agent)
        self.register_plugin('xep_0060')
        self.add_event_handler('session_start', self.start)
        self.add_event_handler('presence_available', self.presence)
        self.register_handler(slixmpp.xmlstream.handler.Callback('any', slixmpp.xmlstream.matcher.MatchXPath('{jabber:client}message'), self.heard))
    async def start(self, event):
        self.send_presence()
    def presence(self, p):
        if p['from'].user == 'finesse':
            ask('PUT', '/User/' + agent, '<User><state>LOGIN</state><extension>' + agent + '</extension></User>', 'in')
    def heard(self, m):
        text = next(e.text for e in m.xml.iter() if e.tag.endswith('notification'))
        update = ET.fromstring(text)
        event, request_id = update.findtext('event'), update.findtext('requestId')
        if request_id == 'in': return ask('PUT', '/User/' + agent, '<User><state>READY</state></User>', 'ready')
        if request_id == 'ready': print('ready for calls', flush=True)
        dialog = next((e for e in update.iter() if e.tag in ('Dialog', 'dialog')), None)
        if dialog is None: return
        own = next((p for p in dialog.iter('Participant') if p.findtext('mediaAddress') == agent), None)
        if own is None: return
        state = own.findtext('state')
        print('step', event, state, flush=True)
        def act(word):
            ask('PUT', '/Dialog/' + dialog.findtext('id'), '<Dialog><requestedAction>' + word + '</requestedAction><targetMediaAddress>' + agent + '</targetMediaAddress></Dialog>', word)
        following = {'ANSWER': 'HOLD', 'HOLD': 'RETRIEVE', 'RETRIEVE': 'DROP'}
        if event == 'POST' and state == 'ALERTING': act('ANSWER')
        elif request_id in following: act(following[request_id])
        elif event == 'DELETE' and not self.made:
            self.made = True
            ask('POST', '/User/' + agent + '/Dialogs', '<Dialog><requestedAction>MAKE_CALL</requestedAction><fromAddress>' + agent + '</fromAddress><toAddress>10000</toAddress></Dialog>', 'make')
        elif self.made and not self.dropped and state == 'ACTIVE':
            self.dropped = True
            act('DROP')
        elif self.made and event == 'DELETE': print('all done', flush=True)
c = Client()
c['feature_mechanisms'].unencrypted_plain = True
c.connect(('127.0.0.1', int(xmpp)), use_ssl=False, force_starttls=False, disable_starttls=True)
c.loop.run_forever()
`;

test('slixmpp over TCP', async ({ skip }) => {
  const python = program('/usr/bin/python3');
  if (python === undefined || !existsSync('/usr/lib/python3/dist-packages/slixmpp'))
    return skip('python3-slixmpp is not installed');
  await floor.phone('10000', 'auto-answer', 'on');
  const { xmpp, http } = poise.ports;
  const slixmpp = client(python, ['-W', 'ignore', '-c', SLIXMPP, '3004', String(xmpp), String(http)], {});
  try {
    await slixmpp.says('ready for calls');
    await floor.customer('6003');
    await slixmpp.says('all done');
    expect(slixmpp.text()).not.toContain('refused');
    expect(storyOf(slixmpp.text())).toEqual(STORY);
    used.add('3004');
  } finally {
    await setNotReady('3004');
    await slixmpp.end();
  }
});
