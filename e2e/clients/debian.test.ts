/** XMPP clients from Debian: slixmpp (the successor of SleekXMPP) and finch, the console sibling of Pidgin. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { program, type RunningPoise, rest, signInBody, startPoise } from '../server.ts';

// Each client is a process of its own.
vi.setConfig({ testTimeout: 240_000 });

let poise: RunningPoise;
beforeAll(async () => {
  poise = await startPoise();
});
afterAll(() => poise?.stop());

interface Client {
  readonly until: (pattern: RegExp) => Promise<void>;
  readonly text: () => string;
  readonly end: () => Promise<void>;
}

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Client {
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    detached: true,
  });
  let text = '';
  const waiting = new Set<() => void>();
  const take = (d: Buffer) => {
    text += d;
    for (const look of waiting) look();
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  return {
    text: () => text,
    until: (pattern) =>
      new Promise((done, fail) => {
        const look = () => {
          if (!pattern.test(text)) return;
          waiting.delete(look);
          done();
        };
        waiting.add(look);
        child.once('exit', (code) => fail(new Error(`${command} ended with ${code}:\n${text.slice(-4000)}`)));
        look();
      }),
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      process.kill(-(child.pid as number), 'SIGKILL');
      await gone;
    },
  };
}

const SLIXMPP = `
import sys, asyncio, logging
import slixmpp
class Client(slixmpp.ClientXMPP):
    def __init__(self, jid, password):
        super().__init__(jid, password)
        self.register_plugin('xep_0060')
        self.add_event_handler('session_start', self.start)
        self.add_event_handler('presence_available', self.presence)
        self.register_handler(slixmpp.xmlstream.handler.Callback('any', slixmpp.xmlstream.matcher.MatchXPath('{jabber:client}message'), self.heard))
    async def start(self, event):
        await self.get_roster()
        self.send_presence()
    def presence(self, p):
        if p['from'].user == 'finesse': print('ready', flush=True)
    def heard(self, m):
        print(str(m), flush=True)
c = Client(sys.argv[1] + '@localhost/slix', sys.argv[1])
c['feature_mechanisms'].unencrypted_plain = True
if sys.argv[3] == 'plain':
    c.connect(('127.0.0.1', int(sys.argv[2])), use_ssl=False, force_starttls=False, disable_starttls=True)
else:
    import ssl
    c.ssl_context.check_hostname = False
    c.ssl_context.verify_mode = ssl.CERT_NONE
    c.connect(('127.0.0.1', int(sys.argv[2])), use_ssl=False, force_starttls=True, disable_starttls=False)
c.loop.run_forever()
`;

const python = program('/usr/bin/python3');
const hasSlixmpp = python !== undefined && existsSync('/usr/lib/python3/dist-packages/slixmpp');

test.for([
  ['3006', 'plain'],
  ['3007', 'starttls'],
] as const)('slixmpp signs %s in over 5222, %s', async ([id, mode], { skip }) => {
  if (!hasSlixmpp) return skip('python3-slixmpp is not installed');
  const client = run(
    python as string,
    ['-W', 'ignore', '-c', SLIXMPP, id, String(poise.ports.xmpp), mode],
    {},
  );
  try {
    await client.until(/^ready$/m);
    const answer = await rest(poise, id, 'PUT', `/User/${id}`, signInBody(id), { requestId: `slix-${id}` });
    expect(answer.status).toBe(202);
    await client.until(new RegExp(`requestId(&gt;|>)slix-${id}`));
    expect(client.text()).toContain('NOT_READY');
  } finally {
    await client.end();
  }
});

/** libpurple's account file: plain text over an unencrypted stream allowed, as the vendor's own recipe says. */
function finchHome(id: string): string {
  const home = mkdtempSync(join(tmpdir(), 'poise-finch-'));
  mkdirSync(join(home, '.purple'));
  writeFileSync(
    join(home, '.purple', 'accounts.xml'),
    `<?xml version='1.0' encoding='UTF-8' ?>
<account version='1.0'><account>
<protocol>prpl-jabber</protocol><name>${id}@localhost/test</name><password>${id}</password>
<settings>
<setting name='connection_security' type='string'>opportunistic_tls</setting>
<setting name='auth_plain_in_clear' type='bool'>1</setting>
<setting name='port' type='int'>${poise.ports.xmpp}</setting>
<setting name='connect_server' type='string'>127.0.0.1</setting>
</settings>
<settings ui='gnt-purple'><setting name='auto-login' type='bool'>1</setting></settings>
<current-status/>
</account></account>
`,
  );
  return home;
}

test('finch, the console Pidgin, shows the Update in its XMPP log', async ({ skip }) => {
  const finch = program('/usr/bin/finch');
  const script = program('/usr/bin/script');
  if (!finch || !script) return skip('finch or script is not installed');
  const home = finchHome('3008');
  const log = join(home, 'debug.log');
  // A person is asked once whether to trust the certificate; libpurple keeps the answer in this file.
  const trusted = join(home, '.purple', 'certificates', 'x509', 'tls_peers');
  mkdirSync(trusted, { recursive: true });
  copyFileSync(join(poise.data, 'certs', 'server.crt'), join(trusted, '127.0.0.1'));
  const client = run(script, ['-qfc', `${finch} -d -c ${join(home, '.purple')} 2>>${log}`, '/dev/null'], {
    HOME: home,
    TERM: 'xterm',
    PURPLE_VERBOSE_DEBUG: '1',
  });
  const tail = run('/usr/bin/tail', ['-n', '+1', '--retry', '-qF', log], {});
  try {
    await tail.until(/presence from="finesse@/);
    const answer = await rest(poise, '3008', 'PUT', '/User/3008', signInBody('3008'), {
      requestId: 'finch-1',
    });
    expect(answer.status).toBe(202);
    await tail.until(/requestId&gt;finch-1&lt;/);
  } finally {
    await client.end();
    await tail.end();
    // Its terminal gave it a session of its own.
    spawnSync('pkill', ['-KILL', '-f', home]);
    rmSync(home, { recursive: true, force: true });
  }
});
