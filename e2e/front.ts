/** One name in front of nodes: HAProxy or nginx with the configuration that we deliver, put on ports of this machine. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '../packages/server/test/free-port.ts';
import { program } from './server.ts';

const deploy = resolve(import.meta.dirname, '../deploy');
const HAPROXY = program('/usr/sbin/haproxy', '/usr/local/sbin/haproxy');
const NGINX = program('/usr/sbin/nginx', '/usr/local/sbin/nginx');
const OPENSSL = program('/usr/bin/openssl', '/usr/local/bin/openssl');

/** Why the tests of one cannot run; undefined: they can. */
export function frontMissing(kind: 'haproxy' | 'nginx'): string | undefined {
  if (OPENSSL === undefined) return 'openssl is not installed';
  if ((kind === 'haproxy' ? HAPROXY : NGINX) === undefined) return `${kind} is not installed`;
  return undefined;
}

/** An authority and one certificate of it, for the name in front and for every node. */
export interface Certificates {
  readonly folder: string;
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
  remove(): void;
}

export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'poise-front-'));
  // nginx reads them as another user where it is started by root.
  chmodSync(folder, 0o755);
  const openssl = (...args: string[]) => {
    const { status, stderr } = spawnSync(OPENSSL as string, args, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`openssl ${args[0]}: ${stderr}`);
  };
  const names = ['localhost', 'node1.example.com', 'node2.example.com', 'node3.example.com'];
  writeFileSync(
    join(folder, 'san'),
    `subjectAltName=${names.map((name) => `DNS:${name}`).join()},IP:127.0.0.1,IP:127.0.0.2,IP:127.0.0.3\n`,
  );
  const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...EC, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=Test');
  openssl('req', ...EC, '-keyout', 'key.pem', '-out', 'csr.pem', '-subj', '/CN=localhost');
  const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'san'];
  openssl('x509', '-req', '-in', 'csr.pem', ...signed, '-out', 'cert.pem');
  const at = (name: string) => join(folder, name);
  writeFileSync(at('poise.pem'), readFileSync(at('cert.pem')) + String(readFileSync(at('key.pem'))));
  return {
    folder,
    authority: at('ca.pem'),
    certificate: at('cert.pem'),
    key: at('key.pem'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export interface Front {
  /** Origin of the one name. */
  readonly origin: string;
  readonly port: number;
  /** What it has written so far. */
  output(): string;
  /**
   * Waits until HAProxy holds a node for that: `stopping` one gets nothing new, and keeps what it has.
   * @param node counted from 0, as the nodes were given
   */
  holds(node: number, word: 'UP' | 'DOWN' | 'stopping'): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one on a free port. @param nodes `host:port` of each node, over TLS; the configuration has room for three */
export async function startFront(
  kind: 'haproxy' | 'nginx',
  nodes: readonly string[],
  certificates: Certificates,
): Promise<Front> {
  const port = await freePort();
  const [file, args] =
    kind === 'haproxy' ? haproxy(port, nodes, certificates) : nginx(port, nodes, certificates);
  let text = '';
  const child: ChildProcess = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (text += chunk));
  const over = once(child, 'close');
  while (!(await isOpen(port))) {
    if (child.exitCode !== null) throw new Error(`${kind} ended with ${child.exitCode}:\n${text}`);
    await new Promise((done) => setTimeout(done, 50));
  }
  return {
    origin: `https://localhost:${port}`,
    port,
    output: () => text,
    async holds(node, word) {
      const said = new RegExp(`^Server poise/node${node + 1} is (\\w+)`, 'gm');
      // It begins with all of them up, and says what changes.
      const last = () => [...text.matchAll(said)].at(-1)?.[1] ?? 'UP';
      while (last() !== word) {
        if (child.exitCode !== null) throw new Error(`${kind} ended with ${child.exitCode}:\n${text}`);
        await new Promise((done) => setTimeout(done, 50));
      }
    },
    async stop() {
      child.kill('SIGTERM');
      await over;
    },
  };
}

/** The delivered file with other addresses: nothing else is changed. */
function delivered(path: string, nodes: readonly string[], { folder }: Certificates): string {
  let text = readFileSync(join(deploy, path), 'utf8');
  for (const [index, node] of ['node1', 'node2', 'node3'].entries()) {
    const address = nodes[index];
    const line = new RegExp(`^ *server (${node} )?${node}\\.example\\.com:8445.*\\n`, 'gm');
    text =
      address === undefined ? text.replace(line, '') : text.replaceAll(`${node}.example.com:8445`, address);
  }
  return text.replaceAll(/\/etc\/(haproxy|nginx|ssl)\/(private\/)?poise/g, join(folder, 'poise'));
}

function haproxy(
  port: number,
  nodes: readonly string[],
  certificates: Certificates,
): [file: string, args: string[]] {
  const { folder } = certificates;
  const text = delivered('haproxy/haproxy.cfg', nodes, certificates)
    .replace('bind :443 ', `bind 127.0.0.1:${port} `)
    .replace(/^ *bind :\d+ .*\n/gm, '')
    // As many as this process may open.
    .replace(/^ *maxconn 50000$/m, 'maxconn 2000')
    .replace('log /dev/log local0', 'log stdout format raw local0')
    .replaceAll(join(folder, 'poise-ca.pem'), certificates.authority);
  writeFileSync(join(folder, 'haproxy.cfg'), text);
  return [HAPROXY as string, ['-db', '-f', join(folder, 'haproxy.cfg')]];
}

function nginx(
  port: number,
  nodes: readonly string[],
  certificates: Certificates,
): [file: string, args: string[]] {
  const { folder } = certificates;
  const site = delivered('nginx/poise.conf', nodes, certificates)
    .replace('listen 443 ', `listen 127.0.0.1:${port} `)
    .replace(/^ *listen (\[::\]:)?\d+ .*\n/gm, '')
    .replaceAll(join(folder, 'poise-ca.pem'), certificates.authority)
    .replaceAll(join(folder, 'poise.key'), certificates.key);
  // What Debian's nginx.conf has around it.
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; pid ${folder}/nginx.pid; error_log stderr warn; worker_processes 1;
     events { worker_connections 4096; }
     http { include /etc/nginx/mime.types; access_log off; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
       fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
       ${site} }`,
  );
  return [NGINX as string, ['-c', join(folder, 'nginx.conf')]];
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
}
