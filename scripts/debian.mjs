// Programs from Debian that the tests need: other people's XMPP clients, a browser, a clock that can be set, a database, what binds nodes.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const PACKAGES = {
  chromium: '/usr/bin/chromium',
  'nginx-light': '/usr/sbin/nginx',
  openssl: '/usr/bin/openssl',
  'openssh-client': '/usr/bin/ssh',
  'firefox-esr': '/usr/bin/firefox-esr',
  faketime: '/usr/bin/faketime',
  finch: '/usr/bin/finch',
  haproxy: '/usr/sbin/haproxy',
  // Without its cluster: the tests make their own.
  'postgresql-15': '/usr/lib/postgresql/15/bin/postgres',
  // Debian starts one as a service, at its usual port; the tests start their own.
  'nats-server': '/usr/sbin/nats-server',
  'python3-slixmpp': '/usr/lib/python3/dist-packages/slixmpp',
};

/** Installs what is missing, where that is possible: on Debian, as root. Elsewhere the tests that need it are skipped and say so. */
export function installDebianPackages() {
  const missing = Object.keys(PACKAGES).filter((name) => !existsSync(PACKAGES[name]));
  if (missing.length === 0) return;
  if (!existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) {
    console.error(`poise: tests that need ${missing.join(', ')} will be skipped (not Debian, or not root).`);
    return;
  }
  console.error(`poise: installing Debian packages for the tests: ${missing.join(', ')} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // A mirror that stalls must not hold up the tests that do without these programs.
  const quiet = { stdio: ['ignore', 'ignore', 'inherit'], env, timeout: 10 * 60_000, killSignal: 'SIGKILL' };
  spawnSync('apt-get', ['update', '-qq'], quiet);
  const done = spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], quiet);
  if (done.status !== 0)
    console.error('poise: apt-get failed; tests that need these programs will be skipped.');
}
