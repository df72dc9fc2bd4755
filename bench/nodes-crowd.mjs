// A process of its own for sessions that only listen: a process may have so many files open, and each session is one. Started by
// `nodes.mjs`, which says by IPC what to open; it says how many there are, and how often they lost their connection when it is asked.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { each } from './bench-agent.mjs';
import { FIRST_AGENT } from './bench-server.mjs';
import { LightDesktop } from './nodes-desks.mjs';

/** Sessions that are opened at a time. */
const PARALLEL = 64;

/** The sessions of one such process, as `nodes.mjs` has them. */
export class Crowd {
  #child = fork(import.meta.filename, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });

  /** @param groups `{ from, count, home }` each: agents from this one on, at this node */
  async open(nodes, offset, groups) {
    const places = nodes.map(({ host, domain }) => ({ host, domain }));
    this.#child.send({ places, offset, groups });
    const [{ opened }] = await once(this.#child, 'message');
    return opened;
  }

  async losses() {
    this.#child.send('losses');
    const [{ losses }] = await once(this.#child, 'message');
    return losses;
  }

  close() {
    this.#child.kill('SIGKILL');
  }
}

if (process.argv[1] === import.meta.filename) {
  const desktops = [];
  process.setMaxListeners(0);
  process.on('disconnect', () => process.exit(0));
  process.on('message', async (said) => {
    if (said === 'losses') {
      process.send({ losses: desktops.reduce((total, { losses }) => total + losses, 0) });
      return;
    }
    const nodes = said.places.map((place) => ({ ...place, port: (port) => port + said.offset }));
    for (const { from, count, home } of said.groups)
      for (let i = 0; i < count; i++)
        desktops.push(new LightDesktop({ id: String(FIRST_AGENT + from + i), nodes, home, isSecure: false }));
    await each(desktops.length, PARALLEL, (i) => desktops[i].open());
    process.send({ opened: desktops.length });
  });
}
